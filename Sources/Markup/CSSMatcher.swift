import CXML2

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Selectors that ask for names, classes, identifiers and attributes, below and inside each other: those most rules are
/// made of. They are compared with a page's elements in order, which costs a small part of what their XPath does. What
/// else they ask of an element, libxml2 answers for those that pass.
struct CSSMatcher {
  enum Test {
    case name(number: UInt8, String)
    /// One of several names.
    case names(ElementSet)
    case id(String)
    case token(attribute: String, String)
    case exists(String)
    case equals(String, String)
    case begins(String, String)
    case ends(String, String)
    case holds(String, String)
    /// The value, or the value and a hyphen at the start.
    case language(String, String)
    /// The word between spaces, or at the ends.
    case spaced(attribute: String, String)
    /// True of the element.
    case condition(XPathPart)
  }

  /// What one element must be, and where the one before it must stand.
  struct Compound {
    var tests: [Test] = []
    /// Whether it must be a child of the one before; else it is anywhere inside.
    var isChild = false
    /// Bits that an element has which passes the tests.
    var signature: UInt64 = 0
    /// The number of its name, where it must have one.
    var number: UInt8?
  }

  private let lists: [[Compound]]
  /// Comparisons that one page may cost.
  private static let limit = 20_000_000

  /// nil for selectors that ask for more.
  init?(_ selector: String) {
    var parser = SimpleSelectorParser(selector)
    guard let lists = parser.lists() else { return nil }
    self.init(lists: lists)
  }

  /// - Parameter lists: alternatives.
  init?(lists: [[Compound]]) {
    guard !lists.isEmpty else { return nil }
    self.lists = lists.map { list in
      list.map { compound in
        var compound = compound
        for test in compound.tests { Self.add(test, to: &compound) }
        return compound
      }
    }
  }

  private static func add(_ test: Test, to compound: inout Compound) {
    switch test {
    case .name(let number, _): compound.number = number
    case .id(let id): compound.signature |= Signature.bit(id, .id)
    case .token("class", let word), .spaced("class", let word): compound.signature |= Signature.bit(word, .word)
    case .exists(let attribute), .equals(let attribute, _), .begins(let attribute, _), .ends(let attribute, _),
      .holds(let attribute, _), .language(let attribute, _), .token(let attribute, _), .spaced(let attribute, _):
      compound.signature |= Signature.bit(attribute, .attribute)
    case .names, .condition: break
    }
  }

  func nodes(inside node: Node) throws(SelectorError) -> [Node] {
    let (order, range) = node.document.elements(inside: node.pointer)
    order.makeSignatures(&node.document.notes.pointee)
    var found: [Node] = []
    var cost = 0
    let last = lists.map { ($0[$0.count - 1].signature, $0[$0.count - 1].number) }
    for place in range {
      let number = order.numbers[place]
      let signature = order.signatures[place]
      guard
        last.contains(where: { wanted in
          signature & wanted.0 == wanted.0 && (wanted.1 == nil || wanted.1 == number)
        })
      else { continue }
      let element = order.nodes[place]
      for list in lists where try matches(list, list.count - 1, element, number, node, &cost) {
        found.append(Node(document: node.document, pointer: element))
        break
      }
      if cost > Self.limit { throw SelectorError(message: "needs more steps than a page may cost", offset: 0) }
    }
    return found
  }

  private func matches(
    _ list: [Compound], _ index: Int, _ element: xmlNodePtr, _ number: UInt8, _ scope: Node, _ cost: inout Int
  ) throws(SelectorError) -> Bool {
    cost += 1
    for test in list[index].tests where try !holds(test, element, number, scope.document) { return false }
    if index == 0 {
      // The first step of a selector that begins with ">" is a child of the scope.
      return !list[0].isChild || element.pointee.parent == scope.pointer
    }
    let (wanted, name) = (list[index - 1].signature, list[index - 1].number)
    var place = element.pointee.parent
    while let around = place, around != scope.pointer, around.pointee.type == XML_ELEMENT_NODE, cost <= Self.limit {
      let (number, signature) = scope.document.notes.pointee.numberAndSignature(of: around)
      if signature & wanted == wanted, name == nil || name == number {
        if try matches(list, index - 1, around, number, scope, &cost) { return true }
      } else {
        cost += 1
      }
      if list[index].isChild { return false }
      place = around.pointee.parent
    }
    return false
  }

  private func holds(
    _ test: Test, _ element: xmlNodePtr, _ number: UInt8, _ document: Document
  ) throws(SelectorError) -> Bool {
    switch test {
    case .name(let wanted, let name):
      if wanted != ElementNumber.unknown { return wanted == number }
      return number == ElementNumber.unknown && element.pointee.name.map { Self.isEqual($0, name) } ?? false
    case .names(let names): return names.contains(number: number, element)
    case .id(let id): return value("id", element) { Self.isEqual($0, id) }
    case .exists(let attribute): return value(attribute, element) { _ in true }
    case .equals(let attribute, let text): return value(attribute, element) { Self.isEqual($0, text) }
    case .begins(let attribute, let text): return value(attribute, element) { Self.begins($0, text) }
    case .ends(let attribute, let text):
      return value(attribute, element) { value in
        let (length, wanted) = (Int(xmlStrlen(value)), text.utf8.count)
        return length >= wanted && Self.isEqual(value + (length - wanted), text)
      }
    case .holds(let attribute, let text):
      return value(attribute, element) { value in text.withCString { strstr(Self.characters(value), $0) != nil } }
    case .language(let attribute, let text):
      return value(attribute, element) { Self.isEqual($0, text) || Self.begins($0, text + "-") }
    case .token(let attribute, let word):
      return value(attribute, element) { Self.holdsWord($0, word) }
    case .spaced(let attribute, let word):
      return value(attribute, element) { Self.holdsWord($0, word, onlySpaces: true) }
    case .condition(let condition): return try condition.holds(at: Node(document: document, pointer: element))
    }
  }

  private func value(_ attribute: String, _ element: xmlNodePtr, _ test: (UnsafePointer<xmlChar>) -> Bool) -> Bool {
    var next = element.pointee.properties
    while let property = next {
      if let name = property.pointee.name, Self.isEqual(name, attribute) {
        guard let text = property.pointee.children else { return test([0]) }
        if text.pointee.next == nil, text.pointee.type == XML_TEXT_NODE {
          return text.pointee.content.map { test($0) } ?? test([0])
        }
        guard let joined = xmlNodeListGetString(element.pointee.doc, text, 1) else { return test([0]) }
        defer { newswire_xml_free(joined) }
        return test(joined)
      }
      next = property.pointee.next
    }
    return false
  }

  // MARK: Bytes

  private static func characters(_ text: UnsafePointer<xmlChar>) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text).assumingMemoryBound(to: CChar.self)
  }

  private static func isEqual(_ text: UnsafePointer<xmlChar>, _ wanted: String) -> Bool {
    wanted.withCString { strcmp(characters(text), $0) == 0 }
  }

  private static func begins(_ text: UnsafePointer<xmlChar>, _ wanted: String) -> Bool {
    wanted.withCString { strncmp(characters(text), $0, wanted.utf8.count) == 0 }
  }

  private static func holdsWord(_ text: UnsafePointer<xmlChar>, _ word: String, onlySpaces: Bool = false) -> Bool {
    word.withCString { wanted in
      let count = word.utf8.count
      func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || !onlySpaces && (byte == 0x09 || byte == 0x0A || byte == 0x0D)
      }
      var at = characters(text)
      while let hit = strstr(at, wanted) {
        let start = UnsafePointer(hit)
        let after = UInt8(bitPattern: start[count])
        let isStart = start == characters(text) || isSpace(UInt8(bitPattern: start[-1]))
        if isStart, after == 0 || isSpace(after) { return true }
        at = start + 1
      }
      return false
    }
  }
}

/// Reads the simple selectors, by bytes; everything else is left to the whole grammar.
private struct SimpleSelectorParser {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() -> Bool {
    let start = at
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A { at += 1 }
    return at > start
  }

  mutating func lists() -> [[CSSMatcher.Compound]]? {
    var all: [[CSSMatcher.Compound]] = []
    while true {
      _ = skipSpace()
      guard let list = complex() else { return nil }
      all.append(list)
      _ = skipSpace()
      guard let byte = peek else { return all }
      guard byte == UInt8(ascii: ",") else { return nil }
      at += 1
    }
  }

  private mutating func complex() -> [CSSMatcher.Compound]? {
    var list: [CSSMatcher.Compound] = []
    var isChild = false
    if peek == UInt8(ascii: ">") {
      at += 1
      isChild = true
      _ = skipSpace()
    }
    while true {
      guard var compound = compound() else { return nil }
      compound.isChild = isChild
      list.append(compound)
      let isSpaced = skipSpace()
      guard let byte = peek, byte != UInt8(ascii: ",") else { return list }
      if byte == UInt8(ascii: ">") {
        at += 1
        isChild = true
        _ = skipSpace()
      } else if isSpaced {
        isChild = false
      } else {
        return nil
      }
    }
  }

  private mutating func compound() -> CSSMatcher.Compound? {
    var compound = CSSMatcher.Compound()
    var conditions: [CSSMatcher.Test] = []
    var type = ""
    let start = at
    if peek == UInt8(ascii: "*") {
      at += 1
    } else if let byte = peek, Self.isNameByte(byte), !(0x30...0x39).contains(byte), byte != UInt8(ascii: "-") {
      guard let name = name() else { return nil }
      type = name.lowercased()
      compound.tests.append(.name(number: ElementNumber.of(type), type))
    }
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "#"):
        at += 1
        guard let id = name() else { return nil }
        compound.tests.append(.id(id))
      case UInt8(ascii: "."):
        at += 1
        guard let word = name() else { return nil }
        compound.tests.append(.token(attribute: "class", word))
      case UInt8(ascii: "["):
        at += 1
        guard let test = attribute() else { return nil }
        compound.tests.append(test)
      case UInt8(ascii: ":"):
        guard let condition = pseudoClass(type: type) else { return nil }
        conditions.append(condition)
      case 0x20, 0x09, 0x0A, UInt8(ascii: ","), UInt8(ascii: ">"):
        // The cheap ones first.
        compound.tests += conditions
        return at > start ? compound : nil
      default: return nil
      }
    }
    compound.tests += conditions
    return at > start ? compound : nil
  }

  /// As the whole grammar understands it.
  private mutating func pseudoClass(type: String) -> CSSMatcher.Test? {
    let start = at
    at += 1
    guard name() != nil else { return nil }
    if peek == UInt8(ascii: "(") {
      var depth = 0
      var quote: UInt8?
      repeat {
        guard let byte = peek, byte != UInt8(ascii: "\\") else { return nil }
        at += 1
        if let open = quote {
          if byte == open { quote = nil }
        } else if byte == 0x22 || byte == 0x27 {
          quote = byte
        } else if byte == UInt8(ascii: "(") {
          depth += 1
        } else if byte == UInt8(ascii: ")") {
          depth -= 1
        }
      } while depth > 0
    }
    let text = type + String(decoding: bytes[start..<at], as: UTF8.self)
    guard let condition = CSSReader.lastCondition(of: text), let part = XPathPart("boolean(\(condition))") else {
      return nil
    }
    return .condition(part)
  }

  private mutating func attribute() -> CSSMatcher.Test? {
    guard let name = name()?.lowercased() else { return nil }
    if peek == UInt8(ascii: "]") {
      at += 1
      return .exists(name)
    }
    var sign = ""
    while let byte = peek, "~|^$*=".utf8.contains(byte), !sign.hasSuffix("=") {
      sign.unicodeScalars.append(Unicode.Scalar(byte))
      at += 1
    }
    let text: String
    if let quote = peek, quote == 0x22 || quote == 0x27 {
      at += 1
      let start = at
      while let byte = peek, byte != quote {
        if byte == UInt8(ascii: "\\") { return nil }
        at += 1
      }
      text = String(decoding: bytes[start..<at], as: UTF8.self)
      at += 1
    } else {
      guard let word = self.name() else { return nil }
      text = word
    }
    guard peek == UInt8(ascii: "]"), !text.isEmpty || sign == "=" else { return nil }
    at += 1
    switch sign {
    case "=": return .equals(name, text)
    case "~=" where !text.contains(" "): return .token(attribute: name, text)
    case "|=": return .language(name, text)
    case "^=": return .begins(name, text)
    case "$=": return .ends(name, text)
    case "*=": return .holds(name, text)
    default: return nil
    }
  }

  /// ASCII letters, digits, hyphens and underscores.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  private mutating func name() -> String? {
    let start = at
    while let byte = peek, Self.isNameByte(byte) { at += 1 }
    return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
  }
}

/// What an element has, as one bit for each word of its class, for its identifier and for the name of each attribute, told
/// by a hash: an element without a bit has not what the bit stands for.
enum Signature {
  enum Kind: UInt64 { case word = 1, id, attribute }

  static func bit(_ text: String, _ kind: Kind) -> UInt64 {
    var text = text
    return text.withUTF8 { bit(of: $0, kind) }
  }

  /// Never 0, so that it is seen to be known: every element has the highest bit.
  static func of(_ node: xmlNodePtr) -> UInt64 {
    var signature: UInt64 = 1 << 63
    guard node.pointee.type == XML_ELEMENT_NODE else { return signature }
    var next = node.pointee.properties
    while let property = next {
      next = property.pointee.next
      guard let name = property.pointee.name else { continue }
      let bytes = UnsafeBufferPointer(start: name, count: Int(xmlStrlen(name)))
      signature |= bit(of: bytes, .attribute)
      let isClass = bytes.elementsEqual("class".utf8)
      guard isClass || bytes.elementsEqual("id".utf8) else { continue }
      guard let text = property.pointee.children, text.pointee.next == nil, let content = text.pointee.content else {
        // A value in several pieces: nothing can be told from it.
        if property.pointee.children != nil { return ~0 }
        continue
      }
      let value = UnsafeBufferPointer(start: content, count: Int(xmlStrlen(content)))
      if isClass {
        for word in value.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) {
          signature |= bit(of: UnsafeBufferPointer(rebasing: word), .word)
        }
      } else {
        signature |= bit(of: value, .id)
      }
    }
    return signature
  }

  private static func bit(of bytes: UnsafeBufferPointer<UInt8>, _ kind: Kind) -> UInt64 {
    var hash = NameHash.adding(UInt8(truncatingIfNeeded: kind.rawValue), to: NameHash.start)
    for byte in bytes { hash = NameHash.adding(byte, to: hash) }
    return 1 << ((hash ^ hash >> 32) % 63)
  }
}
