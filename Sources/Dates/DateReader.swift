public import Values

/// A date as found, and how much of it was written.
public struct ReadDate: Sendable, Equatable {
  public enum Precision: Sendable, Equatable { case day, minute, second }

  public var timestamp: Timestamp
  /// False when the text names no zone: the one given was assumed.
  public var hasZone: Bool
  /// The finest part that was written; a date without day stands for its first day and has the precision `day`.
  public var precision: Precision

  public init(timestamp: Timestamp, hasZone: Bool, precision: Precision) {
    self.timestamp = timestamp
    self.hasZone = hasZone
    self.precision = precision
  }
}

/// Reads what publishers write as a date.
///
/// Understood are RFC 3339 and the forms of ISO 8601, RFC 822 and 2822 with the liberties seen in feeds, the form of
/// C's asctime, numeric dates of the United States, Europe and Asia, month names in fifty languages, the calendars of
/// Thailand, Iran, Japan and Taiwan, and Unix times. Of several dates in one text the first is read, or the one that is
/// called published. A weekday is looked at only where it tells the month from the day. The time is linear in the
/// length; no text makes it trap.
public enum DateReader {
  /// Longer texts hold no date; this bounds the work.
  static let longest = 160

  /// - Parameter zone: the zone of dates that name none, which also decides what ambiguous letters ("CST") and
  ///   ambiguous numbers ("05/04/2020") mean.
  public static func read(_ text: String, zone: Zone = .utc) -> ReadDate? {
    var text = text
    return text.withUTF8 { read($0, zone: zone) }
  }

  /// The same for UTF-8 bytes, such as a part of a feed.
  public static func read(_ bytes: UnsafeBufferPointer<UInt8>, zone: Zone = .utc) -> ReadDate? {
    var start = 0
    var end = bytes.count
    while start < end, bytes[start] <= 0x20 { start += 1 }
    while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
    guard end > start, end - start <= longest else { return nil }
    let trimmed = UnsafeBufferPointer(rebasing: bytes[start..<end])
    if (0x30...0x39).contains(trimmed[0]) {
      if let number = UnixTime.read(trimmed) { return number }
      var iso = ISODateReader(bytes: trimmed)
      if var parts = iso.parts() {
        parts.isSolar = true
        return parts.date(zone: zone)
      }
    }
    var mail = MailDateReader(bytes: trimmed)
    if let parts = mail.parts() { return parts.date(zone: zone) }
    var loose = LooseDateReader(String(decoding: trimmed, as: UTF8.self), zone: zone)
    return loose.parts()?.date(zone: zone)
  }
}

/// The parts of a date as written, before zone and calendar have their say.
struct DateParts {
  var year: Int
  var month = 1
  var day = 1
  var hour = 0
  var minute = 0
  var second = 0
  var nanoseconds: Int32 = 0
  var precision = ReadDate.Precision.day
  var zone = ZonePart.absent
  /// Whether the month has the number that the Solar Hijri calendar gives it.
  var isSolar = false

  enum ZonePart: Equatable {
    case absent
    /// Seconds east of UTC.
    case offset(Int32)
    /// Letters, lower case.
    case name(String)
  }

  init(year: Int, month: Int = 1, day: Int = 1) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// Before it no calendar was like ours: what is written so is an empty field ("0001-01-01") or damage.
  private static let firstYear = 1583

  /// The end of the year 9999, in seconds since 1970: beyond it RFC 3339 has no form, so nothing could keep the date.
  private static let endOfYears: Int64 = 253_402_300_800

  private var gregorian: (year: Int, month: Int, day: Int)? {
    if year >= Self.firstYear {
      return (OtherCalendars.buddhistYears.contains(year) ? year - OtherCalendars.yearsOfBuddha : year, month, day)
    }
    return isSolar ? OtherCalendars.solar(year: year, month: month, day: day) : nil
  }

  /// nil when there is no such day or time.
  func date(zone given: Zone) -> ReadDate? {
    // 24:00 is the end of the day (ISO 8601-1:2004, 4.2.3), and feeds write it for midnight.
    let isEndOfDay = hour == 24 && minute == 0 && second == 0
    guard let written = gregorian else { return nil }
    let civil = CivilTime(
      year: written.year, month: written.month, day: written.day, hour: isEndOfDay ? 0 : hour, minute: minute,
      second: second)
    guard civil.isValid else { return nil }
    let local = civil.localSeconds + (isEndOfDay ? 86_400 : 0)
    guard local < Self.endOfYears else { return nil }
    let known: Int32? =
      switch zone {
      case .absent: nil
      case .offset(let offset): offset
      case .name(let name): ZoneNames.offset(name, zone: given, local: local)
      }
    let offset = known ?? given.offset(atLocal: local)
    return ReadDate(
      timestamp: Timestamp(seconds: local - Int64(offset), nanoseconds: nanoseconds, offset: offset),
      hasZone: known != nil, precision: precision)
  }

  /// RFC 2822, section 4.3: two digits below 50 are of this century, three digits count from 1900.
  static func fullYear(_ value: Int, digits: Int) -> Int {
    switch digits {
    case ...2: value < 50 ? value + 2000 : value + 1900
    case 3: value + 1900
    default: value
    }
  }

  /// An offset from its digits: `1`, `01`, `130`, `0130`, `013000`. nil when no clock on earth shows it.
  static func offset(_ value: Int, digits: Int, minutes: Int? = nil, isNegative: Bool) -> Int32? {
    var hours = value
    var rest = minutes ?? 0
    if minutes == nil {
      switch digits {
      case 1, 2: break
      case 3, 4: (hours, rest) = (value / 100, value % 100)
      case 6: (hours, rest) = (value / 10000, value / 100 % 100)
      default: return nil
      }
    }
    guard (0...15).contains(hours), (0...59).contains(rest) else { return nil }
    let seconds = Int32((hours * 60 + rest) * 60)
    return isNegative ? -seconds : seconds
  }
}

/// Seconds, milliseconds, microseconds or nanoseconds since 1970, told apart by their number of digits: ten digits
/// reach from 2001 to 2286.
enum UnixTime {
  static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> ReadDate? {
    let digits = bytes.prefix { (0x30...0x39).contains($0) }.count
    guard [9, 10, 13, 16, 19].contains(digits) else { return nil }
    if digits < bytes.count {
      guard bytes[digits] == UInt8(ascii: "."), bytes.count - digits <= 10,
        bytes[(digits + 1)...].allSatisfy({ (0x30...0x39).contains($0) })
      else { return nil }
    }
    guard let value = Int64(String(decoding: bytes[..<digits], as: UTF8.self)) else { return nil }
    let scale: Int64 =
      switch digits {
      case 9, 10: 1
      case 13: 1000
      case 16: 1_000_000
      default: 1_000_000_000
      }
    let nanoseconds = Int32(value % scale * (1_000_000_000 / scale))
    return ReadDate(
      timestamp: Timestamp(seconds: value / scale, nanoseconds: nanoseconds), hasZone: true, precision: .second)
  }
}
