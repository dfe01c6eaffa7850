internal import Values

/// ISO 8601 and its profiles RFC 3339 and W3CDTF: calendar, week and ordinal dates, basic and extended, with the
/// liberties seen in feeds: a space for the T, offsets without colon or minutes, letters for the zone.
struct ISODateReader {
  let bytes: UnsafeBufferPointer<UInt8>
  var at = 0

  init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private func byte(_ offset: Int = 0) -> UInt8 { at + offset < bytes.count ? bytes[at + offset] : 0 }
  private var isAtEnd: Bool { at >= bytes.count }

  private func digitCount() -> Int {
    var count = 0
    while (0x30...0x39).contains(byte(count)) { count += 1 }
    return count
  }

  private mutating func number(_ digits: Int) -> Int? {
    guard at + digits <= bytes.count else { return nil }
    var value = 0
    for byte in bytes[at..<at + digits] {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    at += digits
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard byte() == UInt8(ascii: character), !isAtEnd else { return false }
    at += 1
    return true
  }

  /// nil when the text as a whole is of another form.
  mutating func parts() -> DateParts? {
    guard var parts = date() else { return nil }
    if isAtEnd { return parts }
    if byte() == UInt8(ascii: "T") || byte() == UInt8(ascii: "t") || byte() == UInt8(ascii: "_") {
      at += 1
    } else if byte() == 0x20 {
      skipSpaces()
    } else if digitCount() != 6, digitCount() != 4 {
      return zoneAndEnd(&parts) ? parts : nil
    }
    if (0x30...0x39).contains(byte()) {
      guard time(&parts) else { return nil }
    }
    return zoneAndEnd(&parts) ? parts : nil
  }

  private mutating func skipSpaces() { while byte() == 0x20 || byte() == 0x09 { at += 1 } }

  private mutating func date() -> DateParts? {
    switch digitCount() {
    case 4:
      guard let year = number(4) else { return nil }
      if isAtEnd { return DateParts(year: year) }
      if byte() == UInt8(ascii: "W") || byte() == UInt8(ascii: "w") { return week(of: year, isExtended: false) }
      guard take("-") else { return nil }
      if byte() == UInt8(ascii: "W") || byte() == UInt8(ascii: "w") { return week(of: year, isExtended: true) }
      switch digitCount() {
      case 3: return ordinal(of: year)
      case 1, 2:
        guard let month = number(digitCount()) else { return nil }
        if isAtEnd { return DateParts(year: year, month: month) }
        guard take("-"), (1...2).contains(digitCount()), let day = number(digitCount()) else { return nil }
        return DateParts(year: year, month: month, day: day)
      default: return nil
      }
    case 6:
      guard bytes.count == 6, let year = number(4), let month = number(2) else { return nil }
      return DateParts(year: year, month: month)
    case 7:
      guard let year = number(4) else { return nil }
      return ordinal(of: year)
    case 8, 12, 14:
      guard let year = number(4), let month = number(2), let day = number(2) else { return nil }
      return DateParts(year: year, month: month, day: day)
    default: return nil
    }
  }

  private mutating func ordinal(of year: Int) -> DateParts? {
    guard let day = number(3), day >= 1, day <= (CivilTime.isLeap(year) ? 366 : 365), year >= 1 else { return nil }
    return Self.parts(dayNumber: CivilTime(year: year, month: 1, day: 1).dayNumber + day - 1)
  }

  /// Week 1 is the one with January 4; weeks begin on Monday.
  private mutating func week(of year: Int, isExtended: Bool) -> DateParts? {
    at += 1
    guard let week = number(2), (1...53).contains(week), year >= 1 else { return nil }
    var weekday = 1
    if isExtended ? take("-") : (0x31...0x37).contains(byte()) {
      guard let read = number(1), (1...7).contains(read) else { return nil }
      weekday = read
    }
    let fourth = CivilTime(year: year, month: 1, day: 4).dayNumber
    let monday = fourth - ((fourth + 3) % 7 + 7) % 7
    return Self.parts(dayNumber: monday + (week - 1) * 7 + weekday - 1)
  }

  private static func parts(dayNumber: Int) -> DateParts {
    let civil = CivilTime(localSeconds: Int64(dayNumber) * 86_400)
    return DateParts(year: civil.year, month: civil.month, day: civil.day)
  }

  private mutating func time(_ parts: inout DateParts) -> Bool {
    let digits = digitCount()
    guard digits == 1 || digits == 2 || digits == 4 || digits == 6,
      let hour = number(digits == 1 ? 1 : 2)
    else { return false }
    parts.hour = hour
    parts.precision = .minute
    if digits <= 2 {
      guard take(":") else { return isAtEnd || byte() != 0x20 }
      guard (1...2).contains(digitCount()), let minute = number(digitCount()) else { return false }
      parts.minute = minute
      if take(":") {
        guard (1...2).contains(digitCount()), let second = number(digitCount()) else { return false }
        parts.second = second
        parts.precision = .second
      }
    } else {
      guard let minute = number(2) else { return false }
      parts.minute = minute
      if digits == 6 {
        guard let second = number(2) else { return false }
        parts.second = second
        parts.precision = .second
      }
    }
    if parts.precision == .second, byte() == UInt8(ascii: ".") || byte() == UInt8(ascii: ",") {
      at += 1
      var scale: Int32 = 100_000_000
      while (0x30...0x39).contains(byte()) {
        parts.nanoseconds += Int32(byte() - 0x30) * scale
        scale /= 10
        at += 1
      }
    }
    return true
  }

  /// The zone and then nothing more; RFC 9557's suffix in brackets only repeats the zone.
  private mutating func zoneAndEnd(_ parts: inout DateParts) -> Bool {
    skipSpaces()
    if isAtEnd || byte() == UInt8(ascii: "[") { return true }
    if (0x61...0x7A).contains(byte() | 0x20) {
      let start = at
      while (0x61...0x7A).contains(byte() | 0x20) { at += 1 }
      let name = String(decoding: bytes[start..<at], as: UTF8.self).lowercased()
      if ["am", "pm", "a", "p"].contains(name) { return false }
      parts.zone = .name(name)
      skipSpaces()
      if isAtEnd || byte() == UInt8(ascii: "[") { return true }
      guard ZoneNames.isUniversal(name) else { return false }
    }
    let isNegative = byte() == UInt8(ascii: "-")
    guard isNegative || byte() == UInt8(ascii: "+") else { return false }
    at += 1
    let digits = digitCount()
    guard digits > 0, digits <= 6, let value = number(digits) else { return false }
    var minutes: Int?
    if digits <= 2, take(":") {
      minutes = number(2)
      if minutes != nil, take(":") { _ = number(2) }
    }
    if let offset = DateParts.offset(value, digits: digits, minutes: minutes, isNegative: isNegative) {
      parts.zone = .offset(offset)
    } else {
      parts.zone = .absent
    }
    skipSpaces()
    return isAtEnd || byte() == UInt8(ascii: "[") || byte() == UInt8(ascii: "(")
  }
}
