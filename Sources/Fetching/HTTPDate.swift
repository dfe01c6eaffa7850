public import Values

/// Dates in header fields (RFC 9110, section 5.6.7): IMF-fixdate, and the two obsolete forms that recipients must still
/// accept. All are in UTC.
public enum HTTPDate {
  /// nil when the text is none of the three forms or names no instant.
  /// - Parameter now: decides the century of RFC 850's two-digit years: one that seems more than 50 years ahead is
  ///   of the century before.
  public static func parse(_ text: String, now: Timestamp = .now()) -> Timestamp? {
    // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
    let words = text.split { $0 == " " || $0 == "," || $0 == "\t" }
    guard let first = words.first, first.count >= 3, dayNames.contains(where: { first.lowercased().hasPrefix($0) })
    else { return nil }
    switch words.count {
    case 6:  // IMF-fixdate
      guard isUTC(words[5]) else { return nil }
      return instant(day: words[1], month: words[2], year: words[3], time: words[4], now: nil)
    case 4:  // RFC 850; also "06-Nov-1994", which servers send
      let date = words[1].split(separator: "-", omittingEmptySubsequences: false)
      guard date.count == 3, isUTC(words[3]) else { return nil }
      return instant(
        day: date[0], month: date[1], year: date[2], time: words[2], now: date[2].utf8.count == 2 ? now : nil)
    case 5:  // asctime
      return instant(day: words[2], month: words[1], year: words[4], time: words[3], now: nil)
    default: return nil
    }
  }

  private static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
  private static let monthNames = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ]

  private static func isUTC(_ word: Substring) -> Bool { ["gmt", "utc", "+0000"].contains(word.lowercased()) }

  private static func number(_ text: Substring, digits: ClosedRange<Int>) -> Int? {
    guard digits.contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return Int(text)
  }

  private static func instant(
    day: Substring, month: Substring, year: Substring, time: Substring, now: Timestamp?
  ) -> Timestamp? {
    let clock = time.split(separator: ":", omittingEmptySubsequences: false)
    guard let day = number(day, digits: 1...2), let monthIndex = monthNames.firstIndex(of: month.lowercased()),
      var year = number(year, digits: now == nil ? 4...4 : 2...2), clock.count == 3,
      let hour = number(clock[0], digits: 2...2), let minute = number(clock[1], digits: 2...2),
      let second = number(clock[2], digits: 2...2)
    else { return nil }
    if let now {
      let present = now.civil.year
      year += present - present % 100
      if year > present + 50 { year -= 100 }
    }
    let civil = CivilTime(year: year, month: monthIndex + 1, day: day, hour: hour, minute: minute, second: second)
    return civil.isValid ? Timestamp(civil, offset: 0) : nil
  }
}
