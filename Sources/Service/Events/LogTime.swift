import Glibc
public import Values

/// Points in time as people type them after `--since`.
public enum LogTime {
  /// Reads, relative to `now` and in the machine's zone: RFC 3339; `2026-11-22`, `2026-11-22 17:24[:05]`; `17:24[:05]`
  /// today; `today`, `yesterday`, `now`; a distance back like `10m`, `2h`, `3 days`, `90 s ago`. nil for anything else.
  public static func read(_ text: String, now: Timestamp = .now()) -> Timestamp? {
    read(text, now: now, offset: localOffset)
  }

  /// - Parameter offset: seconds east of UTC at an instant.
  static func read(_ text: String, now: Timestamp, offset: (Int64) -> Int32) -> Timestamp? {
    let text = trimmed(text.lowercased())
    if let exact = Timestamp(rfc3339: text.uppercased()) { return exact }
    if let distance = distance(text) { return now.adding(seconds: -distance) }
    var today = CivilTime(localSeconds: now.seconds + Int64(offset(now.seconds)))
    (today.hour, today.minute, today.second) = (0, 0, 0)
    switch text {
    case "now": return now
    case "today": return instant(today, offset)
    case "yesterday": return instant(CivilTime(localSeconds: today.localSeconds - 86_400), offset)
    default: break
    }
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "t" }).map(String.init)
    switch parts.count {
    case 1: return (day(parts[0]) ?? clock(parts[0], on: today)).flatMap { instant($0, offset) }
    case 2: return day(parts[0]).flatMap { clock(parts[1], on: $0) }.flatMap { instant($0, offset) }
    default: return nil
    }
  }

  /// The zone's offset may differ between the instant guessed and the one found; the second look settles it.
  private static func instant(_ civil: CivilTime, _ offset: (Int64) -> Int32) -> Timestamp? {
    guard civil.isValid else { return nil }
    let guess = civil.localSeconds - Int64(offset(civil.localSeconds))
    return Timestamp(seconds: civil.localSeconds - Int64(offset(guess)))
  }

  private static func day(_ text: String) -> CivilTime? {
    let numbers = text.split(separator: "-", omittingEmptySubsequences: false).map { number(String($0)) }
    guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let day = numbers[2], year > 1969 else {
      return nil
    }
    let civil = CivilTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
    return civil.isValid ? civil : nil
  }

  private static func clock(_ text: String, on day: CivilTime) -> CivilTime? {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { number(String($0)) }
    guard numbers.count == 2 || numbers.count == 3, let hour = numbers[0], let minute = numbers[1] else { return nil }
    guard let second = numbers.count == 3 ? numbers[2] : 0 else { return nil }
    let civil = CivilTime(
      year: day.year, month: day.month, day: day.day, hour: hour, minute: minute, second: second)
    return civil.isValid ? civil : nil
  }

  /// Seconds of `10m`, `2 hours`, `90s ago`.
  private static func distance(_ text: String) -> Int64? {
    var rest = text[...]
    if rest.hasSuffix(" ago") { rest = rest.dropLast(4) }
    if rest.hasPrefix("-") { rest = rest.dropFirst() }
    let digits = rest.prefix { $0.isASCII && $0.isNumber }
    guard let value = Int64(digits), value < 1_000_000_000 else { return nil }
    switch trimmed(String(rest.dropFirst(digits.count))) {
    case "s", "sec", "second", "seconds": return value
    case "m", "min", "minute", "minutes": return value * 60
    case "h", "hour", "hours": return value * 3600
    case "d", "day", "days": return value * 86_400
    case "w", "week", "weeks": return value * 604_800
    default: return nil
    }
  }

  private static func number(_ text: String) -> Int? {
    text.utf8.count <= 4 && text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
  }

  private static func trimmed(_ text: String) -> String {
    var text = text[...]
    while text.first == " " { text = text.dropFirst() }
    while text.last == " " { text = text.dropLast() }
    return String(text)
  }

  /// Seconds east of UTC in the machine's zone.
  static let localOffset: @Sendable (Int64) -> Int32 = { seconds in
    var instant = time_t(seconds)
    var local = tm()
    return localtime_r(&instant, &local) == nil ? 0 : Int32(local.tm_gmtoff)
  }
}
