internal import Glibc
internal import Values

/// Puts the text of an element together that is more than one run of characters: its CDATA, and as HTML the elements
/// inside. What is read here was read before, so that its tags are known to end.
struct XMLRebuilder {
  let bytes: UnsafePointer<UInt8>
  let store: TextStore
  let bases: Bases
  /// The base that holds at the element.
  let outerBase: Int

  /// - Parameter asMarkup: whether elements come out as HTML, the text escaped as it stands; else only the text does,
  ///   with its references replaced.
  func text(_ from: Int, _ end: Int, asMarkup: Bool) -> Slice {
    let start = store.mark
    var at = from
    var inside = Inside(room: end - from + Self.leastRoom)
    while at < end {
      let mark = memchr(bytes + at, 0x3C, end - at)
      let open = mark.map { UnsafeRawPointer($0) - UnsafeRawPointer(bytes) } ?? end
      run(at, open, asMarkup)
      guard open < end else { break }
      at = open
      let next = open + 1 < end ? bytes[open + 1] : 0
      if begins(open, end, "<![CDATA[") {
        let close = self.end(of: "]]>", from: open + 9, end)
        section(open + 9, close.content, asMarkup)
        at = close.end
      } else if begins(open, end, "<!--") {
        at = self.end(of: "-->", from: open + 4, end).end
      } else if next == UInt8(ascii: "?") {
        at = self.end(of: "?>", from: open + 2, end).end
      } else if next == UInt8(ascii: "/") {
        at = endTag(open, end, asMarkup)
        inside.leave()
      } else if (next | 0x20) &- 0x61 < 26 || next >= 0x80 || next == UInt8(ascii: "_") {
        at = startTag(open, end, asMarkup, &inside)
      } else if next == UInt8(ascii: "!"), open + 2 < end, (bytes[open + 2] | 0x20) &- 0x61 < 26 {
        at = self.end(of: ">", from: open + 2, end).end
      } else {
        if asMarkup { store.append("&lt;") } else { store.append(0x3C) }
        at = open + 1
      }
    }
    return store.trimmed(Slice(start, store.mark, isStored: true))
  }

  /// Where in the text the reading is.
  private struct Inside {
    var depth = 0
    /// The bases that elements inside have set, with the depth of each.
    var bases: [(depth: Int, url: WebURL?)] = []
    /// By how many bytes resolving addresses may still make the text longer: a base is written once and copied many
    /// times.
    var room: Int

    init(room: Int) { self.room = room }

    mutating func leave() {
      while let last = bases.last, last.depth >= depth { bases.removeLast() }
      depth -= 1
    }
  }

  private static let leastRoom = 65_536

  private func begins(_ index: Int, _ end: Int, _ text: StaticString) -> Bool {
    let length = text.utf8CodeUnitCount
    return index + length <= end && memcmp(bytes + index, text.utf8Start, length) == 0
  }

  private func end(of mark: StaticString, from start: Int, _ end: Int) -> (content: Int, end: Int) {
    var index = start
    while index < end, let found = memchr(bytes + index, Int32(mark.utf8Start[0]), end - index) {
      let place = UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
      if begins(place, end, mark) { return (place, place + mark.utf8CodeUnitCount) }
      index = place + 1
    }
    return (end, end)
  }

  private func run(_ from: Int, _ end: Int, _ asMarkup: Bool) {
    guard end > from else { return }
    if asMarkup { store.append(bytes + from, end - from) } else { store.appendDecoded(from, end) }
  }

  private func section(_ from: Int, _ end: Int, _ asMarkup: Bool) {
    guard end > from else { return }
    if asMarkup { escape(bytes + from, end - from) } else { store.append(bytes + from, end - from) }
  }

  private func escape(_ text: UnsafePointer<UInt8>, _ count: Int) {
    for index in 0..<count {
      switch text[index] {
      case UInt8(ascii: "&"): store.append("&amp;")
      case UInt8(ascii: "<"): store.append("&lt;")
      case UInt8(ascii: ">"): store.append("&gt;")
      case UInt8(ascii: "\""): store.append("&quot;")
      case let byte: store.append(byte)
      }
    }
  }

  private static let empty: [StaticString] = ["br", "img", "hr", "input", "col", "wbr", "meta", "link", "area"]

  /// The name without its prefix.
  private func localName(_ from: Int, _ end: Int) -> UnsafeBufferPointer<UInt8> {
    var start = from
    var index = from
    while index < end, bytes[index] > 0x20, !"/><=".utf8.contains(bytes[index]) {
      if bytes[index] == UInt8(ascii: ":") { start = index + 1 }
      index += 1
    }
    return UnsafeBufferPointer(start: bytes + start, count: index - start)
  }

  private func append(_ text: UnsafeBufferPointer<UInt8>) {
    if let base = text.baseAddress { store.append(base, text.count) }
  }

  private func endTag(_ open: Int, _ end: Int, _ asMarkup: Bool) -> Int {
    let name = localName(open + 2, end)
    if asMarkup, !Self.empty.contains(where: { name.equals($0) }) {
      store.append("</")
      append(name)
      store.append(0x3E)
    }
    return self.end(of: ">", from: open + 2, end).end
  }

  private func startTag(
    _ open: Int, _ end: Int, _ asMarkup: Bool, _ inside: inout Inside
  ) -> Int {
    let name = localName(open + 1, end)
    var at = UnsafeRawPointer(name.baseAddress! + name.count) - UnsafeRawPointer(bytes)
    if asMarkup {
      store.append(0x3C)
      append(name)
    }
    inside.depth += 1
    var isEmpty = false
    var found: [(name: UnsafeBufferPointer<UInt8>, isXML: Bool, start: Int, end: Int)] = []
    while at < end, bytes[at] != UInt8(ascii: ">"), bytes[at] != UInt8(ascii: "<") {
      if bytes[at] <= 0x20 || bytes[at] == UInt8(ascii: "/") || bytes[at] == UInt8(ascii: "=") {
        isEmpty = bytes[at] == UInt8(ascii: "/")
        at += 1
        continue
      }
      isEmpty = false
      let start = at
      while at < end, bytes[at] > 0x20, !"/><=".utf8.contains(bytes[at]) { at += 1 }
      let local = localName(start, at)
      let isXML =
        at - start > 3 && memcmp(bytes + start, "xml", 3) == 0
        && (bytes[start + 3] == UInt8(ascii: ":") || bytes[start + 3] == UInt8(ascii: "n"))
      var (from, to) = (start, at)
      while at < end, bytes[at] <= 0x20 { at += 1 }
      if at < end, bytes[at] == UInt8(ascii: "=") {
        at += 1
        while at < end, bytes[at] <= 0x20 { at += 1 }
        (from, to) = value(&at, end)
      }
      if asMarkup { found.append((local, isXML, from, to)) }
    }
    for attribute in found where attribute.isXML && attribute.name.equals("base") {
      let outer = inside.bases.last?.url ?? bases.urls[outerBase]
      let value = UnsafeBufferPointer(start: bytes + attribute.start, count: attribute.end - attribute.start)
      // Longer bases would be copied into every address.
      let isShort = value.count <= Bases.longest
      let url = isShort ? WebURL(value, relativeTo: outer).flatMap { Bases.isShort($0) ? $0 : nil } : nil
      inside.bases.append((inside.depth, url ?? outer))
    }
    for attribute in found where !attribute.isXML {
      let value = UnsafeBufferPointer(start: bytes + attribute.start, count: attribute.end - attribute.start)
      // Inside, another base may hold than the one for the whole text.
      let base = ["href", "src", "cite"].contains { attribute.name.equals($0) } ? inside.bases.last : nil
      if base != nil, inside.room < 0 { continue }
      var address = base.flatMap { WebURL(value, relativeTo: $0.url)?.description }
      if let address { inside.room -= max(0, address.utf8.count - value.count) }
      store.append(0x20)
      append(attribute.name)
      store.append("=\"")
      if address?.withUTF8({ escape($0.baseAddress!, $0.count) }) == nil {
        for byte in value {
          if byte == UInt8(ascii: "\"") { store.append("&quot;") } else { store.append(byte) }
        }
      }
      store.append(0x22)
    }
    if asMarkup { store.append(0x3E) }
    if at < end, bytes[at] == UInt8(ascii: ">") { at += 1 }
    let isVoid = Self.empty.contains(where: { name.equals($0) })
    if isEmpty {
      if asMarkup, !isVoid {
        store.append("</")
        append(name)
        store.append(0x3E)
      }
      inside.leave()
    }
    return at
  }

  private func value(_ at: inout Int, _ end: Int) -> (Int, Int) {
    guard at < end else { return (at, at) }
    let quote = bytes[at]
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'"),
      let found = memchr(bytes + at + 1, Int32(quote), end - at - 1)
    {
      let close = UnsafeRawPointer(found) - UnsafeRawPointer(bytes)
      defer { at = close + 1 }
      return (at + 1, close)
    }
    if quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") { at += 1 }
    let start = at
    while at < end, bytes[at] > 0x20, bytes[at] != UInt8(ascii: ">"), bytes[at] != UInt8(ascii: "<") { at += 1 }
    return (start, at)
  }
}
