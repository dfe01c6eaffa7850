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
/// object of anything. What a handler does not ask for is passed over. No entity but those of HTML is known, none can be
/// declared (`DeclaredEntities` replaces harmless ones before), nothing is loaded, and what is kept is bounded by the size of
/// the document.
///
/// Damage of the tags ends a strict reading. A recovering one reads on: an end tag ends what it names and all inside, one
/// that names nothing open counts nothing, an item ends where the next begins, a text where the next field begins.
struct XMLScanner<Handler: XMLHandler> {
  /// Twice what a sitemap may list; beyond it the items would cost more memory than their bytes are worth.
  let mostItems: Int

  private(set) var handler: Handler
  private(set) var damage: XMLDamage?
  private(set) var declaresEntities = false
  private(set) var isTooDeep = false
  /// There are more items than are read.
  private(set) var isFull = false
  /// Whether anything but the outermost element was there.
  private(set) var sawContent = false
  /// Whether the outermost element ended, so that damage only concerns what comes after.
  private(set) var isComplete = false

  private let bytes: UnsafePointer<UInt8>
  private let count: Int
  private let store: TextStore
  private let isRecovering: Bool
  private var at = 0
  private var isStopped = false
  /// Where an end of CDATA was looked for last, and found.
  private var lastSection: (from: Int, end: Int?) = (.max, nil)
  /// How many more bytes may be read a second time.
  private var patience: Int

  private struct Element {
    var nameStart: Int
    var nameEnd: Int
    var tag: XMLTag
  }

  /// libxml2's limit, which other readers share.
  private static var deepest: Int { 256 }
  private let elements: UnsafeMutablePointer<Element>
  private var depth = 0

  private static var mostAttributes: Int { 64 }
  private let attributes: UnsafeMutablePointer<XMLAttribute>
  private var attributeCount = 0
  private var holdsXMLAttributes = false

  private var names: XMLNames
  private var places: XMLPlaces

  init(
    handler: Handler, document: UnsafeBufferPointer<UInt8>, store: TextStore, bases: Bases, isRecovering: Bool,
    mostItems: Int
  ) {
    self.handler = handler
    self.store = store
    self.isRecovering = isRecovering
    self.mostItems = mostItems
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
  private func byte(_ index: Int) -> UInt8 { index < count ? bytes[index] : 0 }

  @inline(__always)
  private func find(_ byte: UInt8, from start: Int) -> Int? {
    guard start < count, let found = memchr(bytes + start, Int32(byte), count - start) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
  }

  @inline(__always)
  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }
  @inline(__always)
  private static func isNameStart(_ byte: UInt8) -> Bool {
    (byte | 0x20) &- 0x61 < 26 || byte >= 0x80 || byte == UInt8(ascii: "_")
  }
  /// Whether a byte ends the name of an element or an attribute.
  @inline(__always)
  private static func endsName(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
      || byte == UInt8(ascii: "=")
  }

  private func begins(_ index: Int, _ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    return index + length <= count && memcmp(bytes + index, text.utf8Start, length) == 0
  }

  /// Where a run that ends with these three bytes ends, nil without an end.
  private func end(of first: UInt8, _ second: UInt8, _ third: UInt8, from start: Int) -> Int? {
    var index = start
    while let found = find(first, from: index) {
      if found + 2 < count, bytes[found + 1] == second, bytes[found + 2] == third { return found + 3 }
      index = found + 1
    }
    return nil
  }

  private func name(_ from: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(start: bytes + from, count: min(end - from, 80)), as: UTF8.self)
  }

  private mutating func note(_ message: String, at place: Int) {
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
        if depth == 0, isComplete {
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

  private func holdsText(_ from: Int, _ end: Int) -> Bool {
    var index = from
    while index < end, bytes[index] <= 0x20 { index += 1 }
    return index < end
  }

  /// Passes over a comment, an instruction, CDATA or a document type; false where none begins.
  private mutating func declaration() -> Bool {
    let open = at
    if byte(open + 1) == UInt8(ascii: "?") {
      pass(to: end(of: UInt8(ascii: "?"), from: open + 2), "an instruction without end")
    } else if begins(open, "<!--") {
      pass(to: end(of: 0x2D, 0x2D, UInt8(ascii: ">"), from: open + 4), "a comment without end")
    } else if begins(open, "<![CDATA[") {
      pass(to: end(of: 0x5D, 0x5D, UInt8(ascii: ">"), from: open + 9), "CDATA without end")
    } else if byte(open + 1) == UInt8(ascii: "!"), (byte(open + 2) | 0x20) &- 0x61 < 26 {
      documentType()
    } else {
      return false
    }
    return true
  }

  private func end(of first: UInt8, from start: Int) -> Int? {
    var index = start
    while let found = find(first, from: index) {
      if byte(found + 1) == UInt8(ascii: ">") { return found + 2 }
      index = found + 1
    }
    return nil
  }

  private mutating func pass(to end: Int?, _ message: String) {
    if let end {
      at = end
    } else {
      note(message, at: at)
      at = count
    }
  }

  /// A document type may name a DTD, which is not read; one that declares entities is refused.
  private mutating func documentType() {
    var index = at + 2
    var brackets = 0
    while index < count {
      switch bytes[index] {
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if let close = find(bytes[index], from: index + 1) { index = close }
      case UInt8(ascii: "["): brackets += 1
      case UInt8(ascii: "]"): brackets -= 1
      case UInt8(ascii: "<"):
        if begins(index, "<!--"), let close = end(of: 0x2D, 0x2D, UInt8(ascii: ">"), from: index + 4) {
          index = close - 1
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

  // MARK: Tags

  /// Reads the attributes from `at` to the tag's end; nil when the document ends before, else whether the tag ends
  /// itself.
  @inline(__always)
  private mutating func readAttributes() -> Bool? {
    attributeCount = 0
    holdsXMLAttributes = false
    if at < count, bytes[at] == UInt8(ascii: ">") {
      at += 1
      return false
    }
    return readMoreAttributes()
  }

  private mutating func readMoreAttributes() -> Bool? {
    while at < count {
      let byte = bytes[at]
      if byte == UInt8(ascii: ">") {
        at += 1
        return false
      }
      if byte <= 0x20 {
        at += 1
        continue
      }
      if byte == UInt8(ascii: "/") {
        at += 1
        if self.byte(at) == UInt8(ascii: ">") {
          at += 1
          return true
        }
        continue
      }
      if byte == UInt8(ascii: "<") {
        note("a tag without end", at: at)
        return false
      }
      if !Self.isNameStart(byte) {
        note("no attribute begins like this", at: at)
        at += 1
        continue
      }
      readAttribute()
    }
    note("the document ends inside a tag", at: count)
    return nil
  }

  private mutating func readAttribute() {
    let start = at
    var local = start
    while at < count, !Self.endsName(bytes[at]) {
      if bytes[at] == UInt8(ascii: ":") { local = at + 1 }
      at += 1
    }
    var attribute = XMLAttribute(nameStart: start, localStart: local, nameEnd: at, valueStart: start, valueEnd: at)
    while at < count, Self.isSpace(bytes[at]) { at += 1 }
    if byte(at) == UInt8(ascii: "=") {
      at += 1
      while at < count, Self.isSpace(bytes[at]) { at += 1 }
      readValue(&attribute)
    } else {
      note("an attribute without a value", at: start)
    }
    for index in 0..<attributeCount {
      let other = attributes[index]
      let length = attribute.nameEnd - start
      if other.nameEnd - other.nameStart == length, memcmp(bytes + other.nameStart, bytes + start, length) == 0 {
        note("an attribute given twice", at: start)
        return
      }
    }
    guard attributeCount < Self.mostAttributes else { return }
    if bytes[start] == UInt8(ascii: "x"), byte(start + 1) == UInt8(ascii: "m"), byte(start + 2) == UInt8(ascii: "l") {
      holdsXMLAttributes = true
    }
    attributes[attributeCount] = attribute
    attributeCount += 1
  }

  @inline(__always)
  private mutating func readValue(_ attribute: inout XMLAttribute) {
    let quote = byte(at)
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"), let close = find(quote, from: at + 1) {
      attribute.valueStart = at + 1
      attribute.valueEnd = close
      if memchr(bytes + at + 1, 0x3C, close - at - 1) != nil { note("\"<\" in an attribute", at: at) }
      at = close + 1
      return
    }
    note("an attribute without quotes", at: at)
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") { at += 1 }
    attribute.valueStart = at
    while at < count, bytes[at] > 0x20, bytes[at] != UInt8(ascii: ">"), bytes[at] != UInt8(ascii: "<") { at += 1 }
    attribute.valueEnd = at
  }

  private mutating func startTag() {
    let nameStart = at + 1
    var nameEnd = nameStart
    while nameEnd < count, !Self.endsName(bytes[nameEnd]) { nameEnd += 1 }
    at = nameEnd
    guard let isEmpty = readAttributes() else { return }
    guard !isStopped else { return }
    if isRecovering, depth > 0 {
      let tag = names.tag(nameStart, nameEnd, isRoot: false)
      if tag.isRepeated { closeOpen(tag) }
      if isStopped { return }
    }
    guard depth < Self.deepest else { return stopTooDeep(nameStart) }
    if holdsXMLAttributes {
      let read = XMLAttributes(start: attributes, count: attributeCount, bytes: bytes, store: store)
      names.enter(read, depth: depth + 1)
      places.enter(read, depth: depth + 1)
    }
    let tag = names.tag(nameStart, nameEnd, isRoot: depth == 0)
    elements[depth] = Element(nameStart: nameStart, nameEnd: nameEnd, tag: .unknown)
    depth += 1
    if depth > 1 { sawContent = true }
    let place = places.place
    let read = XMLAttributes(start: attributes, count: attributeCount, bytes: bytes, store: store)
    let response = handler.start(tag, read, place)
    if isEmpty {
      switch response {
      case .descend, .childrenOrText:
        handler.end(tag)
        checkFull()
      case .skip: break
      case .text, .markup: handler.finish(tag, XMLText(text: .empty, isMarkup: false, elements: 0, place: place))
      }
      pop()
      return
    }
    switch response {
    case .descend: elements[depth - 1].tag = tag
    case .childrenOrText:
      if beginsWithText { capture(tag, place, wantsMarkup: false) } else { elements[depth - 1].tag = tag }
    case .skip: skip(tag)
    case .text: capture(tag, place, wantsMarkup: false)
    case .markup: capture(tag, place, wantsMarkup: true)
    }
  }

  /// Whether from here no element is the next mark-up but the end of text, or a CDATA section.
  private var beginsWithText: Bool {
    guard let open = find(UInt8(ascii: "<"), from: at) else { return true }
    let next = byte(open + 1)
    return next == UInt8(ascii: "/") || next == UInt8(ascii: "!") && byte(open + 2) == UInt8(ascii: "[")
  }

  private mutating func stopTooDeep(_ place: Int) {
    isTooDeep = true
    isStopped = true
    damage = XMLDamage(message: "nested more than \(Self.deepest) levels deep", at: place)
  }

  @inline(__always)
  private mutating func pop() {
    if names.deepest == depth { names.leave(depth) }
    if places.deepest == depth { places.leave(depth) }
    depth -= 1
    if depth == 0 { isComplete = true }
  }

  /// Ends the innermost element, telling the handler of it.
  private mutating func close() {
    let tag = elements[depth - 1].tag
    if !tag.isUnknown {
      handler.end(tag)
      checkFull()
    }
    pop()
  }

  private mutating func checkFull() {
    if handler.itemCount >= mostItems {
      isFull = true
      isStopped = true
    }
  }

  /// In a damaged document: an item that begins ends the one before.
  private mutating func closeOpen(_ tag: XMLTag) {
    var index = depth
    while index > 1 {
      index -= 1
      if elements[index].tag == tag {
        while depth > index { close() }
        return
      }
    }
  }

  private mutating func endTag() {
    let nameStart = at + 2
    guard depth > 0 else {
      let close = find(UInt8(ascii: ">"), from: nameStart)
      note("an end tag without a start tag", at: at)
      at = close.map { $0 + 1 } ?? count
      return
    }
    if let end = endOfTag(nameStart, naming: elements[depth - 1]) {
      at = end
      close()
      return
    }
    let (nameEnd, tagEnd) = looseEndTag(nameStart)
    noteMismatch(nameStart, nameEnd)
    guard !isStopped else { return }
    at = tagEnd
    if let index = openElement(nameStart, nameEnd) {
      while depth > index, !isStopped { close() }
    }
  }

  private mutating func noteMismatch(_ nameStart: Int, _ nameEnd: Int) {
    // The first damage is told of; of the others there can be many.
    guard damage == nil else { return }
    let (found, last) = (name(nameStart, nameEnd), name(elements[depth - 1].nameStart, elements[depth - 1].nameEnd))
    note("</\(found)> where <\(last)> is open", at: nameStart - 2)
  }

  /// Where an end tag ends whose name begins at `nameStart`, if it is that of this element.
  @inline(__always)
  private func endOfTag(_ nameStart: Int, naming element: Element) -> Int? {
    let length = element.nameEnd - element.nameStart
    let nameEnd = nameStart + length
    guard nameEnd < count, memcmp(bytes + nameStart, bytes + element.nameStart, length) == 0 else { return nil }
    if bytes[nameEnd] == UInt8(ascii: ">") { return nameEnd + 1 }
    var index = nameEnd
    while index < count, Self.isSpace(bytes[index]) { index += 1 }
    return index < count && index > nameEnd && bytes[index] == UInt8(ascii: ">") ? index + 1 : nil
  }

  private func looseEndTag(_ nameStart: Int) -> (nameEnd: Int, tagEnd: Int) {
    var nameEnd = nameStart
    while nameEnd < count, !Self.endsName(bytes[nameEnd]) { nameEnd += 1 }
    var index = nameEnd
    while index < count, bytes[index] != UInt8(ascii: ">"), bytes[index] != UInt8(ascii: "<") { index += 1 }
    return (nameEnd, index < count && bytes[index] == UInt8(ascii: ">") ? index + 1 : index)
  }

  /// The innermost open element of that name, in whatever case.
  private func openElement(_ nameStart: Int, _ nameEnd: Int) -> Int? {
    let length = nameEnd - nameStart
    var index = depth
    while index > 0 {
      index -= 1
      let element = elements[index]
      if element.nameEnd - element.nameStart == length,
        strncasecmp(
          UnsafeRawPointer(bytes + nameStart).assumingMemoryBound(to: CChar.self),
          UnsafeRawPointer(bytes + element.nameStart).assumingMemoryBound(to: CChar.self), length) == 0
      {
        return index
      }
    }
    return nil
  }

  // MARK: Content

  private enum ContentEnd {
    /// Its own end tag.
    case own
    /// The end tag of something around it, or a field that begins.
    case other
    case document
  }

  private struct Content {
    var end = 0
    var by = ContentEnd.document
    var elements = 0
    /// CDATA, comments or a stray "<", so that it is no single text.
    var isMixed = false
  }

  /// Finds the end of the innermost element's content and leaves the element.
  private mutating func content(isText: Bool, wantsMarkup: Bool, tag: XMLTag) -> Content {
    let floor = depth
    var content = Content()
    while true {
      guard let open = find(UInt8(ascii: "<"), from: at) else { break }
      at = open
      let next = byte(open + 1)
      if next == UInt8(ascii: "/") {
        if let end = endOfTag(open + 2, naming: elements[depth - 1]) {
          at = end
          pop()
          if depth < floor {
            content.end = open
            content.by = .own
            return content
          }
          continue
        }
        let (nameEnd, tagEnd) = looseEndTag(open + 2)
        noteMismatch(open + 2, nameEnd)
        if isStopped { return content }
        guard let index = openElement(open + 2, nameEnd) else {
          at = tagEnd
          continue
        }
        if index >= floor {
          while depth > index { pop() }
          at = tagEnd
          continue
        }
        while depth >= floor { pop() }
        content.end = open
        content.by = .other
        if index == floor - 1 {
          at = tagEnd
          content.by = .own
        }
        return content
      }
      if Self.isNameStart(next) {
        let nameStart = open + 1
        var nameEnd = nameStart
        while nameEnd < count, !Self.endsName(bytes[nameEnd]) { nameEnd += 1 }
        if isText, isRecovering, depth == floor, interrupts(nameStart, nameEnd, tag, wantsMarkup) {
          pop()
          content.end = open
          content.by = .other
          return content
        }
        at = nameEnd
        guard let isEmpty = readAttributes() else { break }
        if isStopped { return content }
        content.elements += 1
        if isEmpty { continue }
        guard depth < Self.deepest else {
          stopTooDeep(nameStart)
          return content
        }
        elements[depth] = Element(nameStart: nameStart, nameEnd: nameEnd, tag: .unknown)
        depth += 1
        continue
      }
      content.isMixed = true
      if !declaration() {
        note("\"<\" begins no tag", at: open)
        at = open + 1
      }
      if isStopped { return content }
    }
    at = count
    return content
  }

  /// Whether an element shows that the one whose text is being read was never closed.
  private mutating func interrupts(_ nameStart: Int, _ nameEnd: Int, _ open: XMLTag, _ wantsMarkup: Bool) -> Bool {
    switch names.tag(nameStart, nameEnd, isRoot: false) {
    case .item, .entry, .guid, .pubdate, .description, .published, .updated, .url, .sitemap, .loc: true
    case .link: !wantsMarkup || open == .title || open == .author
    case .title: !wantsMarkup || open == .author
    default: false
    }
  }

  private mutating func skip(_ tag: XMLTag) {
    let start = at
    let depthBefore = depth
    let found = content(isText: false, wantsMarkup: false, tag: tag)
    // An element that was never closed would take the rest of its item with it.
    guard isRecovering, found.by != .own, !isStopped else { return }
    let length = (found.by == .document ? count : found.end) - start
    guard length <= patience, depthBefore > 1 else { return }
    patience -= length
    at = start
    while depth >= depthBefore { pop() }
  }

  /// Takes a section of CDATA that is the whole of the innermost element; false when there is more to it.
  private mutating func section(_ open: Int, _ tag: XMLTag, _ place: XMLPlace) -> Bool {
    let start = open + 9
    guard let close = firstEndOfSection(start) else { return unclosedSection(open, tag, place) }
    var inner: Int?
    // What is wrapped twice begins with a section. The "!" is rarer than "<" in any text.
    var index = start + 9
    while inner == nil, index < close, let found = find(UInt8(ascii: "!"), from: index), found < close {
      if bytes[found - 1] == UInt8(ascii: "<"), begins(found - 1, "<![CDATA[") { inner = found }
      index = found + 1
    }
    // The element ends before a second section begins: the first was never closed, and the end is that of the second.
    if let inner, let own = ownEnd(from: start), own.end < inner { return unclosedSection(open, tag, place) }
    var next = close
    while next < count, Self.isSpace(bytes[next]) { next += 1 }
    if byte(next) == UInt8(ascii: "<"), byte(next + 1) == UInt8(ascii: "/"),
      let end = endOfTag(next + 2, naming: elements[depth - 1])
    {
      finish(tag, place, Slice(start, close - 3), at: end)
      return true
    }
    // In a damaged document a section inside of this one, such as a script's, ended it too early.
    guard inner != nil, isRecovering, let own = ownEnd(from: close) else { return false }
    var last = own.end
    while last > close, bytes[last - 1] <= 0x20 { last -= 1 }
    guard last - 3 >= close, begins(last - 3, "]]>") else { return false }
    finish(tag, place, Slice(start, last - 3), at: own.tagEnd)
    return true
  }

  /// Ends a section that was never closed with its element.
  private mutating func unclosedSection(_ open: Int, _ tag: XMLTag, _ place: XMLPlace) -> Bool {
    note("CDATA without end", at: open)
    guard !isStopped, let own = ownEnd(from: open + 9) else { return false }
    finish(tag, place, Slice(open + 9, own.end), at: own.tagEnd)
    return true
  }

  private mutating func finish(_ tag: XMLTag, _ place: XMLPlace, _ text: Slice, at end: Int) {
    at = end
    pop()
    let text = store.unwrapped(store.trimmed(text))
    handler.finish(tag, XMLText(text: text, isMarkup: false, elements: 0, place: place))
  }

  /// Where the first "]]>" from here on ends, nil without one; looked for once where many sections are not closed.
  private mutating func firstEndOfSection(_ start: Int) -> Int? {
    if start < lastSection.from || lastSection.end.map({ start > $0 - 3 }) == true {
      lastSection = (start, end(of: 0x5D, 0x5D, UInt8(ascii: ">"), from: start))
    }
    return lastSection.end
  }

  /// The next end tag of the innermost element, whatever stands before it.
  private func ownEnd(from start: Int) -> (end: Int, tagEnd: Int)? {
    var index = start
    while let open = find(UInt8(ascii: "<"), from: index) {
      if byte(open + 1) == UInt8(ascii: "/"), let end = endOfTag(open + 2, naming: elements[depth - 1]) {
        return (open, end)
      }
      index = open + 1
    }
    return nil
  }

  private mutating func capture(_ tag: XMLTag, _ place: XMLPlace, wantsMarkup: Bool) {
    let start = at
    // Nearly all are one text, or one CDATA.
    guard let open = find(UInt8(ascii: "<"), from: start) else {
      at = count
      return
    }
    if byte(open + 1) == UInt8(ascii: "/"), let end = endOfTag(open + 2, naming: elements[depth - 1]) {
      at = end
      pop()
      let text = store.unwrapped(store.text(start, open))
      handler.finish(tag, XMLText(text: text, isMarkup: false, elements: 0, place: place))
      return
    }
    let isSection = byte(open + 1) == UInt8(ascii: "!") && !holdsText(start, open) && begins(open, "<![CDATA[")
    if isSection, section(open, tag, place) || isStopped { return }
    let found = content(isText: true, wantsMarkup: wantsMarkup, tag: tag)
    // Of a text that the document's end cuts off nothing is known to be whole.
    guard !isStopped, found.by != .document else { return }
    let isMarkup = wantsMarkup && found.elements > 0
    let text: Slice
    if found.elements == 0, !found.isMixed {
      text = store.text(start, found.end)
    } else {
      let rebuilder = XMLRebuilder(bytes: bytes, store: store, bases: places.bases, outerBase: Int(place.base))
      text = store.unwrapped(rebuilder.text(start, found.end, asMarkup: isMarkup))
    }
    handler.finish(tag, XMLText(text: text, isMarkup: isMarkup, elements: found.elements, place: place))
  }
}
