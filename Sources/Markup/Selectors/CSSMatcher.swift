import CXML2

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Selectors that ask for names, classes, identifiers, attributes, texts and elements inside, below and inside each
/// other: those most rules are made of. They are compared with a page's elements in order, which costs a small part of
/// what their XPath does. What else they ask of an element, libxml2 answers for those that pass.
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
    /// The element's text, white space folded as `normalize-space()` does.
    case text(FoldedText)
    /// An element inside it.
    case inside(CSSMatcher)
    /// One of these, each of which is several things at once.
    case either([[Test]])
    case not([Test])
    /// True of the element, says libxml2.
    case condition(XPathPart)

    /// Whether a look at the element's name and attributes answers it.
    var isOfElementAlone: Bool {
      switch self {
      case .text, .inside, .condition: false
      case .either(let ways): ways.allSatisfy { $0.allSatisfy(\.isOfElementAlone) }
      case .not(let tests): tests.allSatisfy(\.isOfElementAlone)
      default: true
      }
    }
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
    case .id(let id): compound.signature |= ElementSignature.bit(id, .id)
    case .token("class", let word), .spaced("class", let word): compound.signature |= ElementSignature.bit(word, .word)
    case .exists(let attribute), .equals(let attribute, _), .begins(let attribute, _), .ends(let attribute, _),
      .holds(let attribute, _), .language(let attribute, _), .token(let attribute, _), .spaced(let attribute, _):
      compound.signature |= ElementSignature.bit(attribute, .attribute)
    case .names, .text, .inside, .either, .not, .condition: break
    }
  }

  func nodes(inside node: Node) throws(SelectorError) -> [Node] {
    var found: [Node] = []
    var cost = 0
    try search(inside: node, &cost) { element in
      found.append(Node(document: node.document, pointer: element))
      return true
    }
    return found
  }

  private func isFound(inside node: Node, _ cost: inout Int) throws(SelectorError) -> Bool {
    var isFound = false
    try search(inside: node, &cost) { _ in
      isFound = true
      return false
    }
    return isFound
  }

  /// Tells each element, in document order, as long as the answer is true.
  private func search(
    inside node: Node, _ cost: inout Int, _ tell: (xmlNodePtr) -> Bool
  ) throws(SelectorError) {
    let (order, range) = node.document.elements(inside: node.pointer)
    order.makeSignatures(&node.document.notes.pointee)
    let last = lists.map { ($0[$0.count - 1].signature, $0[$0.count - 1].number) }
    for place in range {
      // Most elements are dismissed by a look at their bits.
      if place & 7 == 0 { cost += 1 }
      let number = order.numbers[place]
      let signature = order.signatures[place]
      guard
        last.contains(where: { wanted in
          signature & wanted.0 == wanted.0 && (wanted.1 == nil || wanted.1 == number)
        })
      else { continue }
      let element = order.nodes[place]
      for list in lists where try matches(list, list.count - 1, element, number, node, &cost) {
        if !tell(element) { return }
        break
      }
      if cost > Self.limit { throw SelectorError(message: "needs more steps than a page may cost", offset: 0) }
    }
  }

  private func matches(
    _ list: [Compound], _ index: Int, _ element: xmlNodePtr, _ number: UInt8, _ scope: Node, _ cost: inout Int
  ) throws(SelectorError) -> Bool {
    cost += 1
    for test in list[index].tests where try !holds(test, element, number, scope.document, &cost) { return false }
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
    _ test: Test, _ element: xmlNodePtr, _ number: UInt8, _ document: Document, _ cost: inout Int
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
    case .text(let wanted): return try wanted.isText(of: element, &cost)
    case .inside(let matcher): return try matcher.isFound(inside: Node(document: document, pointer: element), &cost)
    case .either(let ways):
      for way in ways where try holds(way, element, number, document, &cost) { return true }
      return false
    case .not(let tests): return try !holds(tests, element, number, document, &cost)
    case .condition(let condition): return try condition.holds(at: Node(document: document, pointer: element))
    }
  }

  private func holds(
    _ tests: [Test], _ element: xmlNodePtr, _ number: UInt8, _ document: Document, _ cost: inout Int
  ) throws(SelectorError) -> Bool {
    for test in tests where try !holds(test, element, number, document, &cost) { return false }
    return true
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
