#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// An instant with the offset it was written with. Two timestamps are equal when they name the same instant,
/// whatever their offsets.
public struct Timestamp: Sendable, Hashable, Comparable {
  /// Seconds since 1970-01-01T00:00:00Z.
  public var seconds: Int64
  /// 0 ..< 1,000,000,000.
  public var nanoseconds: Int32
  /// Seconds east of UTC, only for display and for writing back.
  public var offset: Int32

  public init(seconds: Int64, nanoseconds: Int32 = 0, offset: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
    self.offset = offset
  }

  /// The present instant, in UTC: the wall clock's, or where several machines go by one clock (`CommonClock`), that
  /// one's.
  public static func now() -> Timestamp { CommonClock.now() ?? wallClock() }

  /// The wall clock's present instant, in UTC.
  public static func wallClock() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }

  public static func == (a: Timestamp, b: Timestamp) -> Bool {
    a.seconds == b.seconds && a.nanoseconds == b.nanoseconds
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(seconds)
    hasher.combine(nanoseconds)
  }

  public static func < (a: Timestamp, b: Timestamp) -> Bool {
    (a.seconds, a.nanoseconds) < (b.seconds, b.nanoseconds)
  }

  /// Seconds from the other instant to this one, negative when this one is earlier.
  public func seconds(since other: Timestamp) -> Double {
    // Exact for every year that anybody writes; a difference of two Int64s may have no room in one.
    Double(seconds) - Double(other.seconds) + Double(nanoseconds - other.nanoseconds) / 1e9
  }

  /// Later by so many seconds, or earlier; at the end of what can be told it stays there, since instants and spans come
  /// from headers and databases as well.
  public func adding(seconds: Int64) -> Timestamp {
    Timestamp(seconds: self.seconds.saturatingSum(seconds), nanoseconds: nanoseconds, offset: offset)
  }

  /// Microseconds since 1970, as they are kept in the state database, which hold every year a feed may claim; the first
  /// or the last there is for what is beyond.
  public var microseconds: Int64 {
    // From the end of a second before 1970, so that the first instant there is has room.
    let isBefore = seconds < 0
    let (micro, overflow) = (isBefore ? seconds + 1 : seconds).multipliedReportingOverflow(by: 1_000_000)
    if overflow { return isBefore ? .min : .max }
    return micro.saturatingSum(Int64(nanoseconds / 1000 - (isBefore ? 1_000_000 : 0)))
  }

  /// From microseconds since 1970.
  public init(microseconds: Int64) {
    let (seconds, rest) = microseconds.flooredDivision(by: 1_000_000)
    self.init(seconds: seconds, nanoseconds: Int32(rest) * 1000)
  }
}

/// A date and time of day in the proleptic Gregorian calendar, without a zone.
public struct CivilTime: Sendable, Equatable {
  public var year: Int
  /// 1...12
  public var month: Int
  /// 1...31
  public var day: Int
  public var hour: Int
  public var minute: Int
  /// 0...60; a leap second counts as the first second of the next minute.
  public var second: Int

  public init(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = second
  }

  /// Whether the date exists and the time is a time of day.
  public var isValid: Bool {
    (1...9999).contains(year) && (1...12).contains(month) && (1...Self.days(in: month, of: year)).contains(day)
      && (0...23).contains(hour) && (0...59).contains(minute) && (0...60).contains(second)
  }

  public static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  public static func days(in month: Int, of year: Int) -> Int {
    month == 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
  }

  /// Days from 1970-01-01 to this date.
  public var dayNumber: Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  /// The seconds since 1970-01-01T00:00:00 on a clock without a zone.
  public var localSeconds: Int64 { Int64(dayNumber) * 86_400 + Int64(hour * 3600 + minute * 60 + second) }

  public init(localSeconds: Int64) {
    let (days, secondsOfDay) = localSeconds.flooredDivision(by: 86_400)
    let rest = Int(secondsOfDay)
    let z = Int(days) + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    month = shifted < 10 ? shifted + 3 : shifted - 9
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    hour = rest / 3600
    minute = rest / 60 % 60
    second = rest % 60
  }
}

extension Timestamp {
  /// The instant at which a clock `offset` seconds east of UTC shows `civil`.
  public init(_ civil: CivilTime, nanoseconds: Int32 = 0, offset: Int32) {
    self.init(seconds: civil.localSeconds - Int64(offset), nanoseconds: nanoseconds, offset: offset)
  }

  /// What a clock at this timestamp's own offset shows.
  public var civil: CivilTime { CivilTime(localSeconds: seconds.saturatingSum(Int64(offset))) }

  /// RFC 3339 with offset (`Z` for UTC); a fraction only when there is one, to the millisecond.
  public var rfc3339: String {
    let time = civil
    // Beyond four digits RFC 3339 has no form; the longer year is written as it is.
    let year = (0...9999).contains(time.year) ? "" : "\(time.year)"
    let milliseconds = Int(nanoseconds / 1_000_000)
    return String(unsafeUninitializedCapacity: 40 + year.utf8.count) { bytes in
      var count = 0
      func put(_ byte: UInt8) {
        bytes[count] = byte
        count += 1
      }
      func two(_ value: Int) {
        put(0x30 + UInt8(value / 10))
        put(0x30 + UInt8(value % 10))
      }
      if year.isEmpty {
        two(time.year / 100)
        two(time.year % 100)
      } else {
        for byte in year.utf8 { put(byte) }
      }
      put(UInt8(ascii: "-"))
      two(time.month)
      put(UInt8(ascii: "-"))
      two(time.day)
      put(UInt8(ascii: "T"))
      two(time.hour)
      put(UInt8(ascii: ":"))
      two(time.minute)
      put(UInt8(ascii: ":"))
      two(time.second)
      if milliseconds > 0 {
        put(UInt8(ascii: "."))
        put(0x30 + UInt8(milliseconds / 100))
        two(milliseconds % 100)
      }
      if offset == 0 {
        put(UInt8(ascii: "Z"))
      } else {
        let minutes = Int(offset.magnitude / 60)
        put(offset < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        two(minutes / 60 % 100)
        put(UInt8(ascii: ":"))
        two(minutes % 60)
      }
      return count
    }
  }

  /// Reads RFC 3339 and nothing else (`T`, `t` or one space between date and time). Other forms are the Dates module's.
  public init?(rfc3339 text: String) {
    let b = Array(text.utf8)
    func digits(_ range: Range<Int>) -> Int? {
      guard range.upperBound <= b.count else { return nil }
      var value = 0
      for i in range {
        guard (0x30...0x39).contains(b[i]) else { return nil }
        value = value * 10 + Int(b[i] - 0x30)
      }
      return value
    }
    guard b.count >= 20, b[4] == 0x2D, b[7] == 0x2D, [0x54, 0x74, 0x20].contains(b[10]), b[13] == 0x3A, b[16] == 0x3A,
      let year = digits(0..<4), let month = digits(5..<7), let day = digits(8..<10),
      let hour = digits(11..<13), let minute = digits(14..<16), let second = digits(17..<19)
    else { return nil }
    let civil = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    guard civil.isValid else { return nil }
    var at = 19
    var nanoseconds: Int32 = 0
    if b[at] == 0x2E {
      at += 1
      let start = at
      var scale: Int32 = 100_000_000
      while at < b.count, (0x30...0x39).contains(b[at]) {
        nanoseconds += Int32(b[at] - 0x30) * scale
        scale /= 10
        at += 1
      }
      if at == start { return nil }
    }
    guard at < b.count else { return nil }
    if b[at] == 0x5A || b[at] == 0x7A {
      guard at + 1 == b.count else { return nil }
      self.init(civil, nanoseconds: nanoseconds, offset: 0)
      return
    }
    guard b[at] == 0x2B || b[at] == 0x2D, at + 6 == b.count, b[at + 3] == 0x3A,
      let hours = digits(at + 1..<at + 3), let minutes = digits(at + 4..<at + 6), hours < 24, minutes < 60
    else { return nil }
    let offset = Int32((hours * 60 + minutes) * 60)
    self.init(civil, nanoseconds: nanoseconds, offset: b[at] == 0x2D ? -offset : offset)
  }
}
