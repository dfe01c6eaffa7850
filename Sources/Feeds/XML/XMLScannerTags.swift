internal import Glibc

/// Start tags with their attributes, end tags, and what is open between them.
extension XMLScanner {
  /// Reads the attributes from `at` to the tag's end; nil when the document ends before, else whether the tag ends
  /// itself.
  @inline(__always)
  mutating func readAttributes() -> Bool? {
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
      if memchr(bytes + at + 1, 0x3C, close - at - 1) != nil {
        note("\"<\" in an attribute", at: at)
        if isRecovering, let end = endOfOpenValue(at + 1, close) {
          attribute.valueEnd = end
          at = end
          return
        }
      }
      at = close + 1
      return
    }
    note("an attribute without quotes", at: at)
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") { at += 1 }
    attribute.valueStart = at
    while at < count, bytes[at] > 0x20, bytes[at] != UInt8(ascii: ">"), bytes[at] != UInt8(ascii: "<") { at += 1 }
    attribute.valueEnd = at
  }

  /// Where a value ends whose closing quote is missing, so that the next quote is that of another tag: a ">" stands in
  /// it and behind that an element of a feed begins or ends. A value may hold HTML, whose elements are called
  /// otherwise. nil for others.
  private mutating func endOfOpenValue(_ from: Int, _ close: Int) -> Int? {
    guard let end = find(UInt8(ascii: ">"), from: from, before: close),
      let open = find(UInt8(ascii: "<"), from: end, before: close)
    else { return nil }
    let nameStart = byte(open + 1) == UInt8(ascii: "/") ? open + 2 : open + 1
    var nameEnd = nameStart
    while nameEnd < close, !Self.endsName(bytes[nameEnd]) { nameEnd += 1 }
    guard nameEnd > nameStart, !names.tag(nameStart, nameEnd, isRoot: false).isUnknown else { return nil }
    // Of the outermost element it is an address that ends in "/".
    return depth > 0 && end > from && bytes[end - 1] == UInt8(ascii: "/") ? end - 1 : end
  }

  mutating func startTag() {
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
    let tag = names.tag(nameStart, nameEnd, isRoot: depth == 0 && !isComplete)
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

  mutating func stopTooDeep(_ place: Int) {
    isTooDeep = true
    isStopped = true
    damage = XMLDamage(message: "nested more than \(Self.deepest) levels deep", at: place)
  }

  @inline(__always)
  mutating func pop() {
    if names.deepest == depth { names.leave(depth) }
    if places.deepest == depth { places.leave(depth) }
    depth -= 1
    if depth == 0 { isComplete = true }
  }

  /// Ends the innermost element, telling the handler of it.
  mutating func close() {
    let tag = elements[depth - 1].tag
    if !tag.isUnknown {
      handler.end(tag)
      checkFull()
    }
    pop()
  }

  private mutating func checkFull() {
    if handler.itemCount >= mostItems || handler.weight >= mostWeight {
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

  mutating func endTag() {
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

  mutating func noteMismatch(_ nameStart: Int, _ nameEnd: Int) {
    // The first damage is told of; of the others there can be many.
    guard damage == nil else { return }
    let (found, last) = (name(nameStart, nameEnd), name(elements[depth - 1].nameStart, elements[depth - 1].nameEnd))
    note("</\(found)> where <\(last)> is open", at: nameStart - 2)
  }

  /// Where an end tag ends whose name begins at `nameStart`, if it is that of this element.
  @inline(__always)
  func endOfTag(_ nameStart: Int, naming element: Element) -> Int? {
    let length = element.nameEnd - element.nameStart
    let nameEnd = nameStart + length
    guard nameEnd < count, memcmp(bytes + nameStart, bytes + element.nameStart, length) == 0 else { return nil }
    if bytes[nameEnd] == UInt8(ascii: ">") { return nameEnd + 1 }
    var index = nameEnd
    while index < count, Self.isSpace(bytes[index]) { index += 1 }
    return index < count && index > nameEnd && bytes[index] == UInt8(ascii: ">") ? index + 1 : nil
  }

  func looseEndTag(_ nameStart: Int) -> (nameEnd: Int, tagEnd: Int) {
    var nameEnd = nameStart
    while nameEnd < count, !Self.endsName(bytes[nameEnd]) { nameEnd += 1 }
    var index = nameEnd
    while index < count, bytes[index] != UInt8(ascii: ">"), bytes[index] != UInt8(ascii: "<") { index += 1 }
    return (nameEnd, index < count && bytes[index] == UInt8(ascii: ">") ? index + 1 : index)
  }

  /// The innermost open element of that name, in whatever case.
  func openElement(_ nameStart: Int, _ nameEnd: Int) -> Int? {
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
}
