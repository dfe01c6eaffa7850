internal import Glibc
internal import Markup
internal import Values

/// What is wrong with the tags of a document, and where.
struct XMLDamage {
  var message: String
  /// In bytes.
  var at: Int
}

/// Finds the elements of a feed in its bytes and hands them to a handler.
///
/// A scanner of bytes, no XML processor: it looks for the next "<" and for the end of what begins there, and makes no
/// object of anything. What a handler does not ask for is passed over. No entity but those of HTML is known, none can
/// be declared (`DeclaredEntities` replaces harmless ones before), nothing is loaded, and what is kept is bounded by
/// the size of the document.
///
/// Damage of the tags ends a strict reading. A recovering one reads on: an end tag ends what it names and all inside,
/// one that names nothing open counts nothing, an item ends where the next begins, a text where the next field begins.
///
/// Tags and what is open are read in XMLScannerTags.swift, the text of an element in XMLScannerContent.swift.
struct XMLScanner<Handler: XMLHandler> {
  /// Twice what a sitemap may list; beyond it the items would cost more memory than their bytes are worth.
  let mostItems: Int
  /// The same of all that items hold; what a small document lists can need more memory than its bytes are worth, too.
  let mostWeight: Int

  var handler: Handler
  var damage: XMLDamage?
  private(set) var declaresEntities = false
  var isTooDeep = false
  /// There are more items than are read.
  var isFull = false
  /// Whether anything but the outermost element was there.
  var sawContent = false
  /// Whether items follow behind the end of the outermost element.
  private(set) var goesOn = false
  /// Whether the outermost element ended, so that damage only concerns what comes after.
  var isComplete = false

  let bytes: UnsafePointer<UInt8>
  let count: Int
  let store: TextStore
  let isRecovering: Bool
  var at = 0
  var isStopped = false
  /// Where an end of CDATA was looked for last, and found.
  var lastSection: (from: Int, end: Int?) = (.max, nil)
  /// From where on what begins has no end, so that none is looked for again.
  private var endless = (instruction: Int.max, comment: Int.max, section: Int.max)
  /// How many more bytes may be read a second time.
  var patience: Int

  struct Element {
    var nameStart: Int
    var nameEnd: Int
    var tag: XMLTag
  }

  /// libxml2's limit, which other readers share.
  static var deepest: Int { 256 }
  let elements: UnsafeMutablePointer<Element>
  var depth = 0

  static var mostAttributes: Int { 64 }
  let attributes: UnsafeMutablePointer<XMLAttribute>
  var attributeCount = 0
  var holdsXMLAttributes = false

  var names: XMLNames
  var places: XMLPlaces

  init(
    handler: Handler, document: UnsafeBufferPointer<UInt8>, store: TextStore, bases: Bases, isRecovering: Bool,
    mostItems: Int, mostWeight: Int
  ) {
    self.handler = handler
    self.store = store
    self.isRecovering = isRecovering
    self.mostItems = mostItems
    self.mostWeight = mostWeight
    bytes = document.baseAddress ?? UnsafePointer(bitPattern: 1)!
    count = document.count
    patience = 4 * document.count
    elements = .allocate(capacity: Self.deepest)
    attributes = .allocate(capacity: Self.mostAttributes)
    names = XMLNames(bytes: bytes, count: count, home: handler.home)
    places = XMLPlaces(bases: bases)
  }

  /// To be called once, after `run`.
  func free() {
    elements.deallocate()
    attributes.deallocate()
    names.free()
  }

  // MARK: Bytes

  @inline(__always)
  func byte(_ index: Int) -> UInt8 { index < count ? bytes[index] : 0 }

  @inline(__always)
  func find(_ byte: UInt8, from start: Int) -> Int? { find(byte, from: start, before: count) }

  @inline(__always)
  func find(_ byte: UInt8, from start: Int, before end: Int) -> Int? {
    guard start < end, let found = memchr(bytes + start, Int32(byte), end - start) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
  }

  @inline(__always)
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }
  @inline(__always)
  static func isNameStart(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte >= 0x80 || byte == UInt8(ascii: "_")
  }
  /// The control characters, the space, "/", "<", "=" and ">", a bit each.
  @inline(__always)
  private static var nameEnds: UInt64 { 0x7000_8001_FFFF_FFFF }
  /// Whether a byte ends the name of an element or an attribute.
  @inline(__always)
  static func endsName(_ byte: UInt8) -> Bool {
    byte < 64 && nameEnds &>> UInt64(byte) & 1 == 1
  }

  func begins(_ index: Int, _ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    return index + length <= count && memcmp(bytes + index, text.utf8Start, length) == 0
  }

  /// Where a run that ends with these three bytes ends, nil without an end.
  func end(of first: UInt8, _ second: UInt8, _ third: UInt8, from start: Int) -> Int? {
    var index = start
    while let found = find(first, from: index) {
      if found + 2 < count, bytes[found + 1] == second, bytes[found + 2] == third { return found + 3 }
      index = found + 1
    }
    return nil
  }

  func name(_ from: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: bytes + from, count: min(end - from, 80)), as: UTF8.self)
  }

  mutating func note(_ message: String, at place: Int) {
    if damage == nil { damage = XMLDamage(message: message, at: place) }
    if !isRecovering { isStopped = true }
  }

  // MARK: Reading

  mutating func run() {
    while !isStopped {
      guard let open = find(UInt8(ascii: "<"), from: at) else {
        if depth == 0, isComplete, holdsText(at, count) { note("text after the end of the document", at: at) }
        at = count
        break
      }
      if depth == 0, isComplete, holdsText(at, open) {
        note("text after the end of the document", at: at)
        return
      }
      at = open
      let next = byte(open + 1)
      if Self.isNameStart(next) {
        if depth == 0, isComplete, !beginsAnother(open + 1) {
          note("text after the end of the document", at: open)
          return
        }
        startTag()
      } else if next == UInt8(ascii: "/") {
        endTag()
      } else if !declaration() {
        note("\"<\" begins no tag", at: open)
        at = open + 1
      }
    }
    if depth > 0, !isStopped {
      let last = name(elements[depth - 1].nameStart, elements[depth - 1].nameEnd)
      note("the document ends inside <\(last)>", at: count)
    }
  }

  /// Whether what a feed lists goes on behind the end of the outermost element. Only a recovering reading takes it.
  private mutating func beginsAnother(_ nameStart: Int) -> Bool {
    var nameEnd = nameStart
    while nameEnd < count, !Self.endsName(bytes[nameEnd]) { nameEnd += 1 }
    // Its tag still lies where the outermost element was; a writer may put one document behind another.
    let root = elements[0]
    let length = root.nameEnd - root.nameStart
    let isRoot = nameEnd - nameStart == length && memcmp(bytes + nameStart, bytes + root.nameStart, length) == 0
    guard isRoot || names.tag(nameStart, nameEnd, isRoot: false).isRepeated else { return false }
    goesOn = true
    return isRecovering
  }

  func holdsText(_ from: Int, _ end: Int) -> Bool {
    var index = from
    while index < end, bytes[index] <= 0x20 { index += 1 }
    return index < end
  }

  /// Passes over a comment, an instruction, CDATA or a document type; false where none begins.
  mutating func declaration() -> Bool {
    let open = at
    if byte(open + 1) == UInt8(ascii: "?") {
      let end = open >= endless.instruction ? nil : end(of: UInt8(ascii: "?"), from: open + 2)
      if end == nil { endless.instruction = min(endless.instruction, open) }
      pass(to: end, "an instruction without end")
    } else if begins(open, "<!--") {
      let end = open >= endless.comment ? nil : end(of: 0x2D, 0x2D, UInt8(ascii: ">"), from: open + 4)
      if end == nil { endless.comment = min(endless.comment, open) }
      pass(to: end, "a comment without end")
    } else if begins(open, "<![CDATA[") {
      let end = open >= endless.section ? nil : end(of: 0x5D, 0x5D, UInt8(ascii: ">"), from: open + 9)
      if end == nil { endless.section = min(endless.section, open) }
      pass(to: end, "CDATA without end")
    } else if byte(open + 1) == UInt8(ascii: "!"), (byte(open + 2) | 0x20) &- 0x61 < 26 {
      documentType()
    } else {
      return false
    }
    return true
  }

  func end(of first: UInt8, from start: Int) -> Int? {
    var index = start
    while let found = find(first, from: index) {
      if byte(found + 1) == UInt8(ascii: ">") { return found + 2 }
      index = found + 1
    }
    return nil
  }

  /// What never ends hides nothing: the rest of the document would go with it.
  private mutating func pass(to end: Int?, _ message: String) {
    if let end {
      at = end
    } else {
      note(message, at: at)
      at += 2
    }
  }

  /// A document type may name a DTD, which is not read; one that declares entities is refused.
  private mutating func documentType() {
    var index = at + 2
    var brackets = 0
    // No comment from there on has an end: it is not looked for again.
    var hasOpenComment = false
    while index < count {
      switch bytes[index] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if let close = find(bytes[index], from: index + 1) { index = close }
      case UInt8(ascii: "["): brackets += 1
      case UInt8(ascii: "]"): brackets -= 1
      case UInt8(ascii: "<"):
        if !hasOpenComment, begins(index, "<!--") {
          if let close = end(of: 0x2D, 0x2D, UInt8(ascii: ">"), from: index + 4) {
            index = close - 1
          } else {
            hasOpenComment = true
          }
        } else if UnsafeBufferPointer(start: bytes + index, count: min(8, count - index)).equals("<!entity") {
          declaresEntities = true
          isStopped = true
          damage = XMLDamage(message: "entities are declared", at: index)
          return
        } else if brackets <= 0 {
          note("a document type without end", at: at)
          at = index
          return
        }
      case UInt8(ascii: ">") where brackets <= 0:
        at = index + 1
        return
      default: break
      }
      index += 1
    }
    note("a document type without end", at: at)
    at = count
  }
}
