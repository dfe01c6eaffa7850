/// UTF-8 checked faster than the standard library does it for text that is mostly ASCII, as markup is.
public enum UTF8Text {
  /// The text of the bytes, ill-formed sequences replaced by U+FFFD.
  public static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let (isValid, isASCII) = check(bytes)
    // The standard library's way repairs.
    guard isValid, bytes.count > 15 else { return String(decoding: bytes, as: UTF8.self) }
    return unsafe String(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: isASCII))
  }

  /// The text of bytes that are part of a text checked before, cut at ASCII characters: they are not checked again.
  public static func string(wellFormed bytes: UnsafeBufferPointer<UInt8>) -> String {
    assert(isValid(bytes), "a part of a checked text is cut in a character")
    guard bytes.count > 15, let base = bytes.baseAddress else { return String(decoding: bytes, as: UTF8.self) }
    let isASCII = ByteScan.nonASCII(base, 0, bytes.count) == bytes.count
    return unsafe String(copying: UTF8Span(unchecked: bytes.span, isKnownASCII: isASCII))
  }

  /// Whether the bytes are well-formed UTF-8 (RFC 3629, section 4).
  public static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { check(bytes).isValid }

  private static func check(_ bytes: UnsafeBufferPointer<UInt8>) -> (isValid: Bool, isASCII: Bool) {
    guard let base = bytes.baseAddress else { return (true, true) }
    let count = bytes.count
    var isASCII = true
    var index = 0
    while index < count {
      if base[index] < 0x80 {
        index = ByteScan.nonASCII(base, index, count)
        if index == count { break }
      }
      isASCII = false
      let first = base[index]
      let left = count - index
      if first < 0xE0 {
        guard first >= 0xC2, left > 1, isTail(base[index + 1]) else { return (false, false) }
        index += 2
      } else if first < 0xF0 {
        guard left > 2, isTail(base[index + 1]), isTail(base[index + 2]), first != 0xE0 || base[index + 1] >= 0xA0,
          first != 0xED || base[index + 1] < 0xA0
        else { return (false, false) }
        index += 3
      } else {
        guard first < 0xF5, left > 3, isTail(base[index + 1]), isTail(base[index + 2]), isTail(base[index + 3]),
          first != 0xF0 || base[index + 1] >= 0x90, first != 0xF4 || base[index + 1] < 0x90
        else { return (false, false) }
        index += 4
      }
    }
    return (true, isASCII)
  }

  @inline(__always)
  private static func isTail(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
