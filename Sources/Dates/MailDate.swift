/// The date of RFC 822 and 2822 in its plain form, `[Mon, ]25 May 2020 14:03[:00] (+0100|GMT|EST)`: nearly all that
/// RSS holds, read without a String. Everything that deviates is left to `LooseDateReader`.
struct MailDateReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var at = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private func byte(_ offset: Int = 0) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }

  private mutating func number(_ digits: ClosedRange<Int>) -> Int? {
    var value = 0
    var count = 0
    while (0x30...0x39).contains(byte()), count < digits.upperBound {
      value = value * 10 + Int(byte() - 0x30)
      at += 1
      count += 1
    }
    return digits.contains(count) && !(0x30...0x39).contains(byte()) ? value : nil
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard byte() == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  private mutating func spaces() -> Bool {
    let start = at
    while byte() == 0x20 { at += 1 }
    return at > start
  }

  mutating func parts() -> DateParts? {
    if !(0x30...0x39).contains(byte()) {
      for _ in 0..<3 {
        guard (0x61...0x7A).contains(byte() | 0x20) else { return nil }
        at += 1
      }
      guard take(",") else { return nil }
      _ = spaces()
    }
    guard let day = number(1...2), spaces(), let month = month(), spaces(), let year = number(4...4), spaces(),
      let hour = number(2...2), take(":"), let minute = number(2...2)
    else { return nil }
    var parts = DateParts(year: year, month: month, day: day)
    parts.hour = hour
    parts.minute = minute
    parts.precision = .minute
    if take(":") {
      guard let second = number(2...2) else { return nil }
      parts.second = second
      parts.precision = .second
    }
    guard spaces() else { return nil }
    let isNegative = byte() == UInt8(ascii: "-")
    if isNegative || byte() == UInt8(ascii: "+") {
      at += 1
      guard let value = number(4...4), at == bytes.count,
        let offset = DateParts.offset(value, digits: 4, isNegative: isNegative)
      else { return nil }
      parts.zone = .offset(offset)
      return parts
    }
    guard bytes.count - at == 3, byte() | 0x20 == UInt8(ascii: "g"), byte(1) | 0x20 == UInt8(ascii: "m"),
      byte(2) | 0x20 == UInt8(ascii: "t")
    else { return nil }
    parts.zone = .offset(0)
    return parts
  }

  /// Three English letters, any case.
  private mutating func month() -> Int? {
    func key(_ a: UInt8, _ b: UInt8, _ c: UInt8) -> UInt32 { UInt32(a) << 16 | UInt32(b) << 8 | UInt32(c) }
    guard at + 3 < bytes.count else { return nil }
    let month =
      switch key(byte() | 0x20, byte(1) | 0x20, byte(2) | 0x20) {
      case 0x6A616E: 1
      case 0x666562: 2
      case 0x6D6172: 3
      case 0x617072: 4
      case 0x6D6179: 5
      case 0x6A756E: 6
      case 0x6A756C: 7
      case 0x617567: 8
      case 0x736570: 9
      case 0x6F6374: 10
      case 0x6E6F76: 11
      case 0x646563: 12
      default: 0
      }
    guard month > 0 else { return nil }
    at += 3
    return month
  }
}
