/// UTF-8 checked faster than the standard library does it for text that is mostly ASCII, as markup is.
public enum UTF8Text {
  /// The text of the bytes, ill-formed sequences replaced by U+FFFD.
  public static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    let (isValid, isASCII) = check(bytes)
    // The standard library's way repairs.
    guard isValid, bytes.count > 15 else { return String(decoding: bytes, as: UTF8.self) }
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
      if index + 8 <= count {
        let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080
        if word == 0 {
          index += 8
          continue
        }
        index += UInt64(littleEndian: word).trailingZeroBitCount >> 3
      }
      let first = base[index]
      if first < 0x80 {
        index += 1
        continue
      }
      isASCII = false
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
