import Glibc
import Values

/// Writes what `FragmentReader` reads: text folded, and escaped in HTML, elements rebuilt from their names. Its memory
/// is its own and has to be freed.
struct FragmentWriter {
  let isPlain: Bool
  private var out: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int
  private var atSpace = true
  private var preformatted = 0
  /// Line breaks due before the next text.
  private var breaks = 0
  /// Where the line begins that is being written, of HTML: behind the last element that ends one.
  private var lineStart = 0

  init(capacity: Int, isPlain: Bool) {
    self.capacity = capacity
    self.isPlain = isPlain
    out = .allocate(capacity: capacity)
  }

  func free() { out.deallocate() }

  /// What was written, without white space at its ends.
  var finished: String {
    var start = 0
    var end = count
    func isIdeographicSpace(_ index: Int) -> Bool {
      out[index] == 0xE3 && out[index + 1] == 0x80 && out[index + 2] == 0x80
    }
    while true {
      if start < end, out[start] == 0x20 || out[start] == 0x0A {
        start += 1
      } else if end - start >= 3, isIdeographicSpace(start) {
        start += 3
      } else {
        break
      }
    }
    while true {
      if end > start, out[end - 1] == 0x20 || out[end - 1] == 0x0A {
        end -= 1
      } else if end - start >= 3, isIdeographicSpace(end - 3) {
        end -= 3
      } else {
        break
      }
    }
    return UTF8Text.string(wellFormed: UnsafeBufferPointer(start: out + start, count: end - start))
  }

  // MARK: Bytes

  @inline(never)
  private mutating func grow(_ more: Int) {
    let larger = max(capacity * 2, count + more + 64)
    let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    moved.update(from: out, count: count)
    out.deallocate()
    out = moved
    capacity = larger
  }

  @inline(__always)
  private mutating func append(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    if count + length > capacity { grow(length) }
    memcpy(out + count, bytes, length)
    count += length
  }

  @inline(__always)
  private mutating func append(_ byte: UInt8) {
    if count == capacity { grow(1) }
    out[count] = byte
    count += 1
  }

  private mutating func append(_ text: StaticString) { append(text.utf8Start, text.utf8CodeUnitCount) }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "&"): append("&amp;")
    case UInt8(ascii: "<"): append("&lt;")
    case UInt8(ascii: ">"): append("&gt;")
    case UInt8(ascii: "\""): append("&quot;")
    case UInt8(ascii: "'"): append("&#39;")
    default: append(byte)
    }
  }

  private mutating func escaped(_ text: String) {
    var text = text
    text.withUTF8 { escaped($0) }
  }

  private mutating func escaped(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress else { return }
    var copied = 0
    while copied < bytes.count {
      let place = ByteScan.htmlEscape(base, copied, bytes.count)
      if place > copied { append(base + copied, place - copied) }
      guard place < bytes.count else { return }
      escape(base[place])
      copied = place + 1
    }
  }

  // MARK: Text

  /// The breaks that are due come before the first byte of text.
  @inline(__always)
  private mutating func begin() {
    if breaks > 0 { writeBreaks() }
  }

  private mutating func writeBreaks() {
    if count > 0 {
      while count > 0, out[count - 1] == 0x20 { count -= 1 }
      if isPlain { for _ in 0..<breaks { append(0x0A) } } else { append("<br>") }
    }
    breaks = 0
    lineStart = count
  }

  /// In HTML: a block begins or ends that is not written, such as a `div`. What follows begins a line.
  private mutating func endLine() {
    if count > lineStart { breaks = 1 }
    atSpace = true
  }

  mutating func scalar(_ scalar: Unicode.Scalar) {
    var word: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
    withUnsafeMutableBytes(of: &word) { raw in
      var length = 0
      for byte in UTF8.encode(scalar)! {
        raw[length] = byte
        length += 1
      }
      let bytes = raw.baseAddress!.assumingMemoryBound(to: UInt8.self)
      _ = text(bytes, from: 0, to: length, isMarkup: false)
    }
  }

  /// Writes text up to the end or, in markup, up to the next "<" or "&"; returns where it stopped. The bytes are
  /// well-formed UTF-8.
  mutating func text(_ base: UnsafePointer<UInt8>, from start: Int, to end: Int, isMarkup: Bool) -> Int {
    if preformatted > 0 { return preformattedText(base, from: start, to: end, isMarkup: isMarkup) }
    var index = start
    while index < end {
      if atSpace, base[index] == 0x20 {
        index += 1
        continue
      }
      // A run that comes out as it is.
      let first = index
      while true {
        index =
          isPlain
          ? isMarkup ? ByteScan.visibleBeforeMarkup(base, index, end) : ByteScan.visible(base, index, end)
          : ByteScan.visibleUnescaped(base, index, end)
        guard index < end else { break }
        let length = Whitespace.visibleLength(base, index, end)
        if length == 0 { break }
        index += length
      }
      if index > first {
        begin()
        append(base + first, index - first)
        atSpace = base[index - 1] == 0x20
        if index == end { break }
      }
      let byte = base[index]
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
        space()
        index += 1
      case 0x26, 0x3C, 0x3E:
        if isMarkup, byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { return index }
        begin()
        if isPlain { append(byte) } else { escape(byte) }
        atSpace = false
        index += 1
      case 0xC2 where index + 1 < end:
        let second = base[index + 1]
        if second == 0xA0 {
          space()
        } else if second < 0xA0, let meant = Whitespace.windows1252[Int(second) - 0x80] {
          // Controls that are Windows-1252 in disguise.
          scalar(meant)
        }
        index += 2
      case 0xE2 where index + 2 < end:
        if base[index + 1] == 0x80, base[index + 2] >= 0xA8 { space() }
        index += 3
      case 0xEF where index + 2 < end: index += 3
      default: index += 1
      }
    }
    return index
  }

  private mutating func space() {
    if !atSpace {
      begin()
      append(0x20)
    }
    atSpace = true
  }

  private mutating func preformattedText(
    _ base: UnsafePointer<UInt8>, from start: Int, to end: Int, isMarkup: Bool
  ) -> Int {
    var index = start
    while index < end {
      let byte = base[index]
      if isMarkup, byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { break }
      if byte == 0xEF, index + 2 < end, base[index + 1] == 0xBF, base[index + 2] >= 0xBE {
        index += 3
        continue
      }
      index += 1
      if byte < 0x20, byte != 0x0A, byte != 0x09 { continue }
      begin()
      if isPlain || byte == 0x22 || byte == 0x27 { append(byte) } else { escape(byte) }
      atSpace = false
    }
    return index
  }

  /// The end of a paragraph that never began.
  mutating func boundary() {
    if isPlain {
      separate(2)
    } else {
      endLine()
    }
  }

  // MARK: Elements

  private mutating func separate(_ lines: Int) {
    breaks = max(breaks, lines)
    atSpace = true
  }

  mutating func open(_ rule: FragmentRule, columns: Int?, rows: Int?) {
    if isPlain {
      if rule.role == .cell {
        if !atSpace { append(0x20) }
        atSpace = true
      }
      if rule.breaks > 0 { separate(rule.breaks) }
    } else {
      if let name = rule.written {
        if rule.isBlock { beginBlock() } else { begin() }
        let isAtStart = count == lineStart
        append(UInt8(ascii: "<"))
        append(name)
        attribute(" colspan=\"", columns.map { String($0) })
        attribute(" rowspan=\"", rows.map { String($0) })
        append(UInt8(ascii: ">"))
        if rule.isBlock || isAtStart { lineStart = count }
      } else if rule.isBlock {
        endLine()
      }
    }
    if rule.isPreformatted { preformatted += 1 }
  }

  mutating func close(_ rule: FragmentRule, isWritten: Bool) {
    if rule.isPreformatted { preformatted -= 1 }
    if isPlain {
      if rule.breaks > 0 { separate(rule.breaks) }
      return
    }
    if isWritten, let name = rule.written {
      if rule.isBlock { beginBlock() }
      let isAtStart = count == lineStart
      append("</")
      append(name)
      append(UInt8(ascii: ">"))
      if rule.isBlock || isAtStart { lineStart = count }
    } else if rule.isBlock {
      endLine()
    }
  }

  /// An element that begins a line of its own.
  private mutating func beginBlock() {
    breaks = 0
    atSpace = true
  }

  /// `br` and `hr`.
  mutating func void(_ rule: FragmentRule) {
    if isPlain {
      separate(rule.isBreak ? min(breaks + 1, 2) : rule.breaks)
      return
    }
    if rule.isBreak {
      append("<br>")
      breaks = 0
      lineStart = count
      atSpace = true
    } else {
      endLine()
    }
  }

  /// Whether the last character of the line that is being written is a quotation mark, behind a few tags perhaps.
  var endsWithQuotationMark: Bool {
    guard breaks == 0 else { return false }
    var (last, tags) = (count, 0)
    // What stands in text and attributes is escaped.
    while !isPlain, last > lineStart, out[last - 1] == UInt8(ascii: ">"), tags < 8 {
      while last > lineStart, out[last - 1] != UInt8(ascii: "<") { last -= 1 }
      last -= 1
      tags += 1
    }
    let first = max(lineStart, last - 4)
    guard first < last else { return false }
    let end = String(decoding: UnsafeBufferPointer(start: out + first, count: last - first), as: UTF8.self)
    return QuotationMarks.contains(end.unicodeScalars.last!)
  }

  mutating func openQuotation() {
    begin()
    append("\u{201C}")
    atSpace = true
  }

  mutating func closeQuotation() {
    begin()
    append("\u{201D}")
    atSpace = false
  }

  mutating func link(_ address: UnsafeBufferPointer<UInt8>) {
    begin()
    let isAtStart = count == lineStart
    append("<a href=\"")
    escaped(address)
    append("\">")
    if isAtStart { lineStart = count }
  }

  mutating func image(
    _ address: UnsafeBufferPointer<UInt8>, alt: UnsafeBufferPointer<UInt8>?, width: Int?, height: Int?
  ) {
    begin()
    append("<img src=\"")
    escaped(address)
    append(UInt8(ascii: "\""))
    if let alt {
      append(" alt=\"")
      escaped(alt)
      append(UInt8(ascii: "\""))
    }
    attribute(" width=\"", width.map { String($0) })
    attribute(" height=\"", height.map { String($0) })
    append(UInt8(ascii: ">"))
    atSpace = false
  }

  private mutating func attribute(_ start: StaticString, _ value: String?) {
    guard let value else { return }
    append(start)
    escaped(value)
    append(UInt8(ascii: "\""))
  }
}
