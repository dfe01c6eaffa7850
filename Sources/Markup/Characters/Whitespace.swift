import Values

/// White space and invisible characters as a reader sees them.
public enum Whitespace {
  /// The text as a browser shows it: runs of white space are one space, none at the ends; no-break spaces are spaces;
  /// soft hyphens, zero-width spaces and control characters are gone.
  public static func folded(_ text: String) -> String {
    var copy = text
    if copy.withUTF8({ isFolded($0) }) { return text }
    return copy.withUTF8 { bytes in
      var out: [UInt8] = []
      out.reserveCapacity(bytes.count)
      var atSpace = true
      fold(bytes, into: &out, atSpace: &atSpace)
      return trimmed(out)
    }
  }

  /// The same of bytes that are well-formed UTF-8; nil when nothing is left.
  public static func folded(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    if isFolded(bytes) { return bytes.isEmpty ? nil : UTF8Text.string(wellFormed: bytes) }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var atSpace = true
    fold(bytes, into: &out, atSpace: &atSpace)
    let text = trimmed(out)
    return text.isEmpty ? nil : text
  }

  /// Whether folding changes nothing: no invisible characters, single spaces only, none at the ends.
  private static func isFolded(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = bytes.first, let last = bytes.last else { return true }
    if first == 0x20 || last == 0x20 || first == 0xE3 || last == 0x80 { return false }
    let base = bytes.baseAddress!
    let end = bytes.count
    var index = 0
    while true {
      index = ByteScan.visible(base, index, end)
      guard index < end else { return true }
      let length = visibleLength(base, index, end)
      if length == 0 { return false }
      index += length
    }
  }

  /// How long the visible character is that begins with C2, E2 or EF; 0 for an invisible one and for all other bytes.
  @inline(__always)
  static func visibleLength(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int) -> Int {
    switch bytes[index] {
    case 0xC2:
      return index + 1 < end && bytes[index + 1] > 0xA0 && bytes[index + 1] != 0xAD ? 2 : 0
    case 0xE2:
      guard index + 2 < end else { return 0 }
      let (second, third) = (bytes[index + 1], bytes[index + 2])
      let isSpecial =
        second == 0x80 && (third == 0x8B || third == 0xA8 || third == 0xA9) || second == 0x81 && third == 0xA0
      return isSpecial ? 0 : 3
    case 0xEF:
      guard index + 2 < end else { return 0 }
      let (second, third) = (bytes[index + 1], bytes[index + 2])
      // The byte order mark, and U+FFFE and U+FFFF, which are no characters.
      return second == 0xBB && third == 0xBF || second == 0xBF && third >= 0xBE ? 0 : 3
    default: return 0
    }
  }

  /// Appends `bytes` folded to `out`. `atSpace` says whether what stands before ends in white space (or is the start
  /// of a block), so that a run of white space folds across calls; a single space at either end is kept.
  public static func fold(_ bytes: UnsafeBufferPointer<UInt8>, into out: inout [UInt8], atSpace: inout Bool) {
    var i = 0
    let count = bytes.count
    func space(_ out: inout [UInt8], _ atSpace: inout Bool) {
      if !atSpace { out.append(0x20) }
      atSpace = true
    }
    guard let base = bytes.baseAddress else { return }
    while i < count {
      let byte = bytes[i]
      if byte > 0x20 || byte == 0x20 && !atSpace {
        // Most text stays as it is.
        let stop = ByteScan.visible(base, i, count)
        if stop > i {
          out.append(contentsOf: UnsafeBufferPointer(start: base + i, count: stop - i))
          atSpace = base[stop - 1] == 0x20
          i = stop
          continue
        }
      }
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
        space(&out, &atSpace)
        i += 1
        continue
      case 0x00..<0x20, 0x7F:
        i += 1
        continue
      case 0xC2 where i + 1 < count:
        let next = bytes[i + 1]
        if next == 0xA0 {
          space(&out, &atSpace)
          i += 2
          continue
        }
        if next == 0xAD {
          i += 2
          continue
        }
        if next < 0xA0 {
          // C1 controls are windows-1252 in disguise (HTML standard, numeric character references).
          if let scalar = windows1252[Int(next) - 0x80] {
            out.append(contentsOf: String(scalar).utf8)
            atSpace = false
          }
          i += 2
          continue
        }
      case 0xE2 where i + 2 < count:
        switch (bytes[i + 1], bytes[i + 2]) {
        case (0x80, 0x8B), (0x81, 0xA0):  // zero-width space, word joiner
          i += 3
          continue
        case (0x80, 0xA8), (0x80, 0xA9):  // line and paragraph separator
          space(&out, &atSpace)
          i += 3
          continue
        default: break
        }
      case 0xEF where i + 2 < count && bytes[i + 1] == 0xBB && bytes[i + 2] == 0xBF:
        i += 3
        continue
      default: break
      }
      out.append(byte)
      atSpace = false
      i += 1
      while i < count, bytes[i] & 0xC0 == 0x80 {
        out.append(bytes[i])
        i += 1
      }
    }
  }

  /// The text without spaces, line breaks and ideographic spaces at its ends.
  static func trimmed(_ bytes: [UInt8]) -> String {
    bytes.withUnsafeBufferPointer { bytes in
      var start = 0
      var end = bytes.count
      func isIdeographicSpace(_ at: Int) -> Bool { bytes[at] == 0xE3 && bytes[at + 1] == 0x80 && bytes[at + 2] == 0x80 }
      while start < end {
        if bytes[start] == 0x20 || bytes[start] == 0x0A {
          start += 1
        } else if end - start >= 3, isIdeographicSpace(start) {
          start += 3
        } else {
          break
        }
      }
      while start < end {
        if bytes[end - 1] == 0x20 || bytes[end - 1] == 0x0A {
          end -= 1
        } else if end - start >= 3, isIdeographicSpace(end - 3) {
          end -= 3
        } else {
          break
        }
      }
      return UTF8Text.string(UnsafeBufferPointer(rebasing: bytes[start..<end]))
    }
  }

  static let windows1252: [Unicode.Scalar?] = [
    "\u{20AC}", nil, "\u{201A}", "\u{0192}", "\u{201E}", "\u{2026}", "\u{2020}", "\u{2021}", "\u{02C6}", "\u{2030}",
    "\u{0160}", "\u{2039}", "\u{0152}", nil, "\u{017D}", nil, nil, "\u{2018}", "\u{2019}", "\u{201C}", "\u{201D}",
    "\u{2022}", "\u{2013}", "\u{2014}", "\u{02DC}", "\u{2122}", "\u{0161}", "\u{203A}", "\u{0153}", nil, "\u{017E}",
    "\u{0178}",
  ]
}
