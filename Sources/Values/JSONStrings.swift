// How a string is read: its escapes, and where it ends when there are quotes inside it.
extension JSONReader {
  /// What a string is, which says what may stand behind it.
  enum StringPlace { case name, member, element }

  mutating func string(_ place: StringPlace) throws(JSONError) -> String {
    at += 1
    var start = at
    var pieces: [UInt8] = []
    var isPieced = false
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\"") where repairing && !endsString(at, place):
        at += 1
      case UInt8(ascii: "\""):
        let end = at
        at += 1
        if !isPieced { return text(start, end) }
        pieces.append(contentsOf: bytes[start..<end])
        return pieces.withUnsafeBufferPointer { UTF8Text.string($0) }
      case UInt8(ascii: "\\"):
        isPieced = true
        pieces.append(contentsOf: bytes[start..<at])
        at += 1
        try escape(into: &pieces)
        start = at
      case 0..<0x20 where !repairing:
        throw failure("control character in a string")
      default:
        // Control characters stop the run too: one at a time is looked at above.
        at = bytes.withUnsafeBufferPointer { ByteScan.jsonEscape($0.baseAddress!, at + 1, $0.count) }
      }
    }
    throw failure("string without an end")
  }

  /// Whether what follows a quote is what may follow a string: one inside a headline goes on in words, and where the
  /// headline ends with one, the string's own stands behind it.
  private func endsString(_ quote: Int, _ place: StringPlace) -> Bool {
    let isDoubled = quote + 1 < bytes.count && bytes[quote + 1] == UInt8(ascii: "\"")
    return mayEnd(quote, place) && !(isDoubled && mayEnd(quote + 1, place))
  }

  private func mayEnd(_ quote: Int, _ place: StringPlace) -> Bool {
    let next = nextByte(quote + 1)
    guard next < bytes.count else { return true }
    switch bytes[next] {
    // With a value behind it a colon is a member's, and what stands between is damaged.
    case UInt8(ascii: ":"): return place != .member || byte(nextByte(next + 1)).map { "\"[{".utf8.contains($0) } ?? true
    case UInt8(ascii: ","): return isBehindComma(nextByte(next + 1), place)
    // The comma between is missing.
    case UInt8(ascii: "\""): return place != .member || isName(next)
    default: return "}]/;".utf8.contains(bytes[next])
    }
  }

  /// Whether this may stand behind the comma after a string.
  private func isBehindComma(_ next: Int, _ place: StringPlace) -> Bool {
    guard next < bytes.count else { return true }
    if place == .member {
      return bytes[next] == UInt8(ascii: "\"") ? isName(next) : "{[}],/".utf8.contains(bytes[next])
    }
    return "\"{[}],-0123456789/".utf8.contains(bytes[next])
      || ["true", "false", "null"].contains { bytes[next...].starts(with: $0.utf8) }
  }

  /// Whether a member's name begins here: another string in quotes inside a text is followed by no colon. Where that is
  /// missing, a value in quotes follows.
  private func isName(_ quote: Int) -> Bool {
    let rest = bytes[(quote + 1)...].prefix(Self.longestName)
    guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return rest.count < Self.longestName }
    let next = nextByte(end + 1)
    guard next < bytes.count, bytes[next] == UInt8(ascii: "\"") else {
      return next >= bytes.count || bytes[next] == UInt8(ascii: ":") || bytes[next] == UInt8(ascii: "=")
    }
    let value = nextByte(next + 1)
    return value < bytes.count && !",:}]".utf8.contains(bytes[value])
  }

  private static let longestName = 200

  private func text(_ start: Int, _ end: Int) -> String {
    bytes.withUnsafeBufferPointer { UTF8Text.string(UnsafeBufferPointer(rebasing: $0[start..<end])) }
  }

  private mutating func escape(into out: inout [UInt8]) throws(JSONError) {
    guard let byte = peek else { throw failure("string without an end") }
    at += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "u"): out.append(contentsOf: String(try unicodeScalar()).utf8)
    default:
      if !repairing { throw failure("unknown escape") }
      // As JavaScript writes it.
      if byte == UInt8(ascii: "x"), let value = hex(2) {
        at += 2
        out.append(contentsOf: String(Unicode.Scalar(UInt8(value))).utf8)
      } else {
        out.append(byte)
      }
    }
  }

  /// The scalar after `\u`, surrogate pairs joined; half a pair becomes U+FFFD.
  private mutating func unicodeScalar() throws(JSONError) -> Unicode.Scalar {
    let first = try hex4()
    if (0xD800..<0xDC00).contains(first), at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
      bytes[at + 1] == UInt8(ascii: "u")
    {
      let back = at
      at += 2
      let second = try hex4()
      if (0xDC00..<0xE000).contains(second) {
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
      }
      at = back
    }
    return Unicode.Scalar(first) ?? "\u{FFFD}"
  }

  private mutating func hex4() throws(JSONError) -> UInt32 {
    guard at + 4 <= bytes.count else {
      at = bytes.count
      throw failure("string without an end")
    }
    guard let value = hex(4) else { throw failure("four hexadecimal digits are due") }
    at += 4
    return value
  }

  /// The number that so many hexadecimal digits say here.
  private func hex(_ count: Int) -> UInt32? {
    guard at + count <= bytes.count, bytes[at] != UInt8(ascii: "+") else { return nil }
    return UInt32(String(decoding: bytes[at..<at + count], as: UTF8.self), radix: 16)
  }
}
