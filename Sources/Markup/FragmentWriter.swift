import Glibc
import Values

/// Writes what `FragmentReader` reads: text folded, and escaped in HTML, elements rebuilt from their names. Its memory
/// is its own and has to be freed.
struct FragmentWriter {
  let isPlain: Bool
  private var out: UnsafeMutablePointer<UInt8>
  private var count = 0
  private var capacity: Int
  private var atSpace = true
  private var preformatted = 0
  /// Line breaks due before the next text, in plain text.
  private var breaks = 0
  private let kinds = ByteKinds.table

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
    return UTF8Text.string(UnsafeBufferPointer(start: out + start, count: end - start))
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
    var copied = 0
    for index in bytes.indices where kinds[Int(bytes[index])] == ByteKinds.escaped {
      if index > copied { append(bytes.baseAddress! + copied, index - copied) }
      escape(bytes[index])
      copied = index + 1
    }
    if bytes.count > copied { append(bytes.baseAddress! + copied, bytes.count - copied) }
  }

  // MARK: Text

  /// In plain text the breaks that are due come before the first byte that is.
  @inline(__always)
  private mutating func begin() {
    guard breaks > 0 else { return }
    if count > 0 {
      while count > 0, out[count - 1] == 0x20 { count -= 1 }
      for _ in 0..<breaks { append(0x0A) }
    }
    breaks = 0
  }

  mutating func scalar(_ scalar: Unicode.Scalar) -> Bool {
    var word: (UInt8, UInt8, UInt8, UInt8) = (0, 0, 0, 0)
    return withUnsafeMutableBytes(of: &word) { raw in
      var length = 0
      for byte in UTF8.encode(scalar)! {
        raw[length] = byte
        length += 1
      }
      let bytes = UnsafeBufferPointer(start: raw.baseAddress!.assumingMemoryBound(to: UInt8.self), count: length)
      return text(bytes, from: 0, isMarkup: false) >= 0
    }
  }

  /// Writes text up to the end or, in markup, up to the next "<" or "&"; returns where it stopped, -1 when there is
  /// something in it that the tree has to judge.
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isMarkup: Bool) -> Int {
    if preformatted > 0 { return preformattedText(bytes, from: start, isMarkup: isMarkup) }
    let base = bytes.baseAddress!
    let end = bytes.count
    var index = start
    while index < end {
      // A run that comes out as it is: ordinary characters, and single spaces between them.
      let first = index
      run: while index < end {
        let kind = kinds[Int(base[index])]
        if kind == ByteKinds.ordinary {
          index += 1
          continue
        }
        if kind == ByteKinds.space {
          guard base[index] == 0x20, index > first, index + 1 < end, kinds[Int(base[index + 1])] == 0 else { break run }
          index += 2
          continue
        }
        switch kind {
        case ByteKinds.escaped where isPlain:
          if isMarkup, base[index] == UInt8(ascii: "<") || base[index] == UInt8(ascii: "&") { break run }
          index += 1
        case ByteKinds.latin:
          guard index + 1 < end, base[index + 1] > 0xA0, base[index + 1] != 0xAD else { break run }
          index += 2
        case ByteKinds.punctuation:
          guard index + 2 < end, !ByteKinds.isSpecialPunctuation(base[index + 1], base[index + 2]) else { break run }
          index += 3
        case ByteKinds.presentation:
          guard index + 2 < end, base[index + 1] != 0xBB, base[index + 1] != 0xBF else { break run }
          index += 3
        default: break run
        }
      }
      if index > first {
        begin()
        append(base + first, index - first)
        atSpace = false
        if index == end { break }
      }
      let byte = base[index]
      switch kinds[Int(byte)] {
      case ByteKinds.space:
        space()
        index += 1
      case ByteKinds.escaped:
        if isMarkup, byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { return index }
        begin()
        if isPlain { append(byte) } else { escape(byte) }
        atSpace = false
        index += 1
      case ByteKinds.latin where index + 1 < end && base[index + 1] >= 0xA0:
        if base[index + 1] == 0xA0 { space() }
        index += 2
      case ByteKinds.punctuation where index + 2 < end:
        if base[index + 1] == 0x80, base[index + 2] >= 0xA8 { space() }
        index += 3
      case ByteKinds.presentation where index + 2 < end:
        let isMark = base[index + 1] == 0xBB && base[index + 2] == 0xBF
        if !isMark {
          if base[index + 1] == 0xBF, base[index + 2] >= 0xBE { return -1 }
          begin()
          append(base + index, 3)
          atSpace = false
        }
        index += 3
      default: return -1
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

  private mutating func preformattedText(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, isMarkup: Bool) -> Int {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      if isMarkup, byte == UInt8(ascii: "<") || byte == UInt8(ascii: "&") { break }
      if byte < 0x20, byte != 0x0A, byte != 0x09 { return -1 }
      if byte == 0xEF, index + 2 < bytes.count, bytes[index + 1] == 0xBF, bytes[index + 2] >= 0xBE { return -1 }
      begin()
      if isPlain { append(byte) } else { escape(byte) }
      atSpace = false
      index += 1
    }
    return index
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
      if rule.isBlock { atSpace = true }
      if let name = rule.written {
        append(UInt8(ascii: "<"))
        append(name)
        attribute(" colspan=\"", columns.map { String($0) })
        attribute(" rowspan=\"", rows.map { String($0) })
        append(UInt8(ascii: ">"))
      } else if rule.isBlock, count > 0, out[count - 1] != UInt8(ascii: ">") {
        append(0x20)
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
      append("</")
      append(name)
      append(UInt8(ascii: ">"))
    } else if rule.isBlock, count > 0, out[count - 1] != UInt8(ascii: ">"), out[count - 1] != 0x20 {
      append(0x20)
    }
    if rule.isBlock { atSpace = true }
  }

  /// `br` and `hr`.
  mutating func void(_ rule: FragmentRule) {
    if isPlain {
      separate(rule.isBreak ? min(breaks + 1, 2) : rule.breaks)
      return
    }
    if rule.isBreak {
      append("<br>")
    } else if count > 0, out[count - 1] != UInt8(ascii: ">") {
      append(0x20)
    }
    atSpace = true
  }

  mutating func link(_ address: String) {
    append("<a href=\"")
    escaped(address)
    append("\">")
  }

  mutating func link(_ address: UnsafeBufferPointer<UInt8>) {
    append("<a href=\"")
    escaped(address)
    append("\">")
  }

  mutating func image(_ address: String, alt: String?, width: Int?, height: Int?) {
    append("<img src=\"")
    escaped(address)
    append(UInt8(ascii: "\""))
    attribute(" alt=\"", alt)
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

/// What bytes of UTF-8 mean to folding and escaping.
enum ByteKinds {
  static let ordinary: UInt8 = 0
  static let space: UInt8 = 1
  /// & < > " '
  static let escaped: UInt8 = 2
  /// C2: no-break space, soft hyphen, C1 controls.
  static let latin: UInt8 = 3
  /// E2: zero-width space, word joiner, line and paragraph separator.
  static let punctuation: UInt8 = 4
  /// EF: byte order mark, non-characters.
  static let presentation: UInt8 = 5
  static let control: UInt8 = 6

  struct Table: @unchecked Sendable {
    let kinds: UnsafePointer<UInt8>
    subscript(index: Int) -> UInt8 { kinds[index] }
  }

  static let table: Table = {
    let kinds = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
    for byte in 0..<256 {
      kinds[byte] =
        switch byte {
        case 0x20, 0x09, 0x0A, 0x0D: space
        case 0x26, 0x3C, 0x3E, 0x22, 0x27: escaped
        case ..<0x20, 0x7F: control
        case 0xC2: latin
        case 0xE2: punctuation
        case 0xEF: presentation
        default: ordinary
        }
    }
    return Table(kinds: UnsafePointer(kinds))
  }()

  static func isSpecialPunctuation(_ second: UInt8, _ third: UInt8) -> Bool {
    second == 0x80 && (third == 0x8B || third == 0xA8 || third == 0xA9) || second == 0x81 && third == 0xA0
  }
}
