internal import Glibc
internal import Markup

/// What stands in an element whose text or mark-up the handler wants, up to the end of the element, or where a damaged
/// document shows that it should have ended.
extension XMLScanner {
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
        if isText, isRecovering {
          if depth == floor, let end = misspelledEnd(nameStart, nameEnd) {
            pop()
            at = end
            content.end = open
            content.by = .own
            return content
          }
          if interrupts(nameStart, nameEnd, tag, wantsMarkup, isDirect: depth == floor) {
            while depth >= floor { pop() }
            content.end = open
            content.by = .other
            return content
          }
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
      } else if at == open + 2, byte(at) == UInt8(ascii: "[") {
        // A section that never ends holds this text and nothing else.
        at = ownEnd(of: elements[floor - 1], from: at)?.end ?? count
      }
      if isStopped { return content }
    }
    at = count
    return content
  }

  /// Whether an element shows that the one whose text is being read was never closed. Mark-up may hold elements of
  /// HTML, which a feed's own elements are called like; a text holds none.
  private mutating func interrupts(
    _ nameStart: Int, _ nameEnd: Int, _ open: XMLTag, _ wantsMarkup: Bool, isDirect: Bool
  ) -> Bool {
    let tag = names.tag(nameStart, nameEnd, isRoot: false)
    // Whatever was opened by mistake, what a feed lists goes on.
    if tag.isUnknown || tag.isRepeated { return tag.isRepeated }
    switch tag {
    case .guid, .pubdate, .description, .published, .updated, .loc, .category, .enclosure, .comments, .lastbuilddate,
      .managingeditor:
      return true
    case .link: return !wantsMarkup || open == .title || open == .author
    case .title: return !wantsMarkup && isDirect || open == .author
    default: return isDirect && (!wantsMarkup || tag.isOfModule)
    }
  }

  /// Where a start tag ends that stands for the end tag of the innermost element: the same name, with the next tag
  /// behind it. Before a text it begins the next element of its kind.
  private func misspelledEnd(_ nameStart: Int, _ nameEnd: Int) -> Int? {
    let element = elements[depth - 1]
    let length = nameEnd - nameStart
    guard byte(nameEnd) == UInt8(ascii: ">"), element.nameEnd - element.nameStart == length,
      memcmp(bytes + nameStart, bytes + element.nameStart, length) == 0
    else { return nil }
    var index = nameEnd + 1
    while index < count, Self.isSpace(bytes[index]) { index += 1 }
    return index == count || bytes[index] == UInt8(ascii: "<") ? nameEnd + 1 : nil
  }

  mutating func skip(_ tag: XMLTag) {
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
  mutating func section(_ open: Int, _ tag: XMLTag, _ place: XMLPlace) -> Bool {
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
    guard !isStopped else { return false }
    guard let own = ownEnd(from: open + 9) else {
      // The document is cut off in it.
      at = count
      return true
    }
    finish(tag, place, Slice(open + 9, own.end), at: own.tagEnd)
    return true
  }

  mutating func finish(_ tag: XMLTag, _ place: XMLPlace, _ text: Slice, at end: Int) {
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
  private func ownEnd(from start: Int) -> (end: Int, tagEnd: Int)? { ownEnd(of: elements[depth - 1], from: start) }

  private func ownEnd(of element: Element, from start: Int) -> (end: Int, tagEnd: Int)? {
    var index = start
    while let open = find(UInt8(ascii: "<"), from: index) {
      if byte(open + 1) == UInt8(ascii: "/"), let end = endOfTag(open + 2, naming: element) { return (open, end) }
      index = open + 1
    }
    return nil
  }

  /// A text without mark-up. Only where references are replaced can marks of CDATA come into it.
  @inline(__always)
  private func unwrapped(_ start: Int, _ end: Int) -> Slice {
    let text = store.text(start, end)
    return text.isStored ? store.unwrapped(text) : text
  }

  mutating func capture(_ tag: XMLTag, _ place: XMLPlace, wantsMarkup: Bool) {
    let start = at
    // Nearly all are one text, or one CDATA.
    guard let open = find(UInt8(ascii: "<"), from: start) else {
      at = count
      return
    }
    if byte(open + 1) == UInt8(ascii: "/"), let end = endOfTag(open + 2, naming: elements[depth - 1]) {
      at = end
      pop()
      let text = unwrapped(start, open)
      handler.finish(tag, XMLText(text: text, isMarkup: false, elements: 0, place: place))
      return
    }
    let isSection = byte(open + 1) == UInt8(ascii: "!") && !holdsText(start, open) && begins(open, "<![CDATA[")
    if isSection, section(open, tag, place) || isStopped { return }
    let found = content(isText: true, wantsMarkup: wantsMarkup, tag: tag)
    // Of a text that the document's end cuts off nothing is known to be whole.
    guard !isStopped, found.by != .document else { return }
    // Some programs put a link of HTML where its address belongs.
    let isMarkup = (wantsMarkup || tag == .link) && found.elements > 0
    let text: Slice
    if found.elements == 0, !found.isMixed {
      text = unwrapped(start, found.end)
    } else {
      let rebuilder = XMLRebuilder(bytes: bytes, store: store, bases: places.bases, outerBase: Int(place.base))
      text = store.unwrapped(rebuilder.text(start, found.end, asMarkup: isMarkup))
    }
    handler.finish(tag, XMLText(text: text, isMarkup: isMarkup, elements: found.elements, place: place))
  }
}
