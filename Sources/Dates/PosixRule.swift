internal import Values

/// A zone rule in the form of the POSIX variable TZ, such as `CET-1CEST,M3.5.0,M10.5.0/3`, with the
/// extension of RFC 8536, section 3.3.1: times of day from -167 to 167 hours.
struct PosixRule: Sendable, Hashable {
  /// Seconds east of UTC.
  let standard: Int32
  /// nil in a zone without daylight time.
  let daylight: Daylight?

  struct Daylight: Sendable, Hashable {
    let offset: Int32
    let start: Change
    let end: Change
  }

  /// A moment of the year, in the local time that is valid just before it.
  struct Change: Sendable, Hashable {
    enum Day: Sendable, Hashable {
      /// 1...365, February 29 never counted.
      case julian(Int)
      /// 0...365, February 29 counted.
      case zeroBased(Int)
      /// The `week`th (5: last) `weekday` (0: Sunday) of the month.
      case weekday(month: Int, week: Int, weekday: Int)
    }
    let day: Day
    /// Seconds from midnight.
    let time: Int

    /// Seconds since 1970 on the local clock.
    func localSeconds(in year: Int) -> Int64 {
      let firstOfYear = CivilTime(year: year, month: 1, day: 1).dayNumber
      let number: Int
      switch day {
      case .julian(let day):
        number = firstOfYear + day - 1 + (CivilTime.isLeap(year) && day >= 60 ? 1 : 0)
      case .zeroBased(let day):
        number = firstOfYear + day
      case .weekday(let month, let week, let weekday):
        let first = CivilTime(year: year, month: month, day: 1).dayNumber
        let weekdayOfFirst = ((first + 4) % 7 + 7) % 7
        var day = (weekday - weekdayOfFirst + 7) % 7 + (week - 1) * 7
        if day >= CivilTime.days(in: month, of: year) { day -= 7 }
        number = first + day
      }
      return Int64(number) * 86_400 + Int64(time)
    }
  }

  func offset(at seconds: Int64) -> Int32 {
    guard let daylight else { return standard }
    let clamped = min(max(seconds, -60_000_000_000), 250_000_000_000)
    let year = CivilTime(localSeconds: clamped + Int64(standard)).year
    let start = daylight.start.localSeconds(in: year) - Int64(standard)
    let end = daylight.end.localSeconds(in: year) - Int64(daylight.offset)
    let isDaylight = start < end ? (start..<end).contains(clamped) : !(end..<start).contains(clamped)
    return isDaylight ? daylight.offset : standard
  }

  init?(_ text: String) {
    var reader = RuleReader(bytes: Array(text.utf8))
    guard reader.name(), let west = reader.time() else { return nil }
    standard = Int32(-west)
    if reader.isAtEnd {
      daylight = nil
      return
    }
    guard reader.name() else { return nil }
    var offset = standard + 3600
    if !reader.isAtEnd, !reader.isAtComma {
      guard let west = reader.time() else { return nil }
      offset = Int32(-west)
    }
    guard let start = reader.change(), let end = reader.change(), reader.isAtEnd else { return nil }
    daylight = Daylight(offset: offset, start: start, end: end)
  }
}

private struct RuleReader {
  let bytes: [UInt8]
  var at = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  var isAtEnd: Bool { at >= bytes.count }
  var isAtComma: Bool { at < bytes.count && bytes[at] == UInt8(ascii: ",") }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard at < bytes.count, bytes[at] == UInt8(ascii: character) else { return false }
    at += 1
    return true
  }

  /// Letters, or anything in angle brackets.
  mutating func name() -> Bool {
    let start = at
    if take("<") {
      while at < bytes.count, bytes[at] != UInt8(ascii: ">") { at += 1 }
      return take(">")
    }
    while at < bytes.count, (0x61...0x7A).contains(bytes[at] | 0x20) { at += 1 }
    return at > start
  }

  private mutating func number(max: Int) -> Int? {
    let start = at
    var value = 0
    while at < bytes.count, (0x30...0x39).contains(bytes[at]), at - start < 4 {
      value = value * 10 + Int(bytes[at] - 0x30)
      at += 1
    }
    return at > start && value <= max ? value : nil
  }

  /// `[+-]hh[:mm[:ss]]` in seconds.
  mutating func time() -> Int? {
    let isNegative = take("-")
    if !isNegative { _ = take("+") }
    guard let hours = number(max: 167) else { return nil }
    var seconds = hours * 3600
    if take(":") {
      guard let minutes = number(max: 59) else { return nil }
      seconds += minutes * 60
      if take(":") {
        guard let rest = number(max: 59) else { return nil }
        seconds += rest
      }
    }
    return isNegative ? -seconds : seconds
  }

  mutating func change() -> PosixRule.Change? {
    guard take(",") else { return nil }
    let day: PosixRule.Change.Day
    if take("M") {
      guard let month = number(max: 12), month > 0, take("."), let week = number(max: 5), week > 0, take("."),
        let weekday = number(max: 6)
      else { return nil }
      day = .weekday(month: month, week: week, weekday: weekday)
    } else if take("J") {
      guard let number = number(max: 365), number > 0 else { return nil }
      day = .julian(number)
    } else {
      guard let number = number(max: 365) else { return nil }
      day = .zeroBased(number)
    }
    var seconds = 7200
    if take("/") {
      guard let read = time() else { return nil }
      seconds = read
    }
    return PosixRule.Change(day: day, time: seconds)
  }
}
