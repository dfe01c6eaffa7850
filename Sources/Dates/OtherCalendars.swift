internal import Values

/// Years counted otherwise than in the Gregorian calendar, as newspapers of some countries print them.
enum OtherCalendars {
  /// Thailand counts from the death of the Buddha. No other calendar has such years.
  static let buddhistYears = 2400...2699
  static let yearsOfBuddha = 543

  /// The years of the Solar Hijri calendar of Iran and Afghanistan that can be met, 1921 to 2031. Later ones would be
  /// those of the lunar calendar, whose days depend on the moon.
  static let solarYears = 1300...1410

  /// A day of the Solar Hijri calendar, nil when there is none.
  static func solar(year: Int, month: Int, day: Int) -> (year: Int, month: Int, day: Int)? {
    guard solarYears.contains(year), (1...12).contains(month), day >= 1 else { return nil }
    // Eight leap years in 33, at the places that hold for these centuries.
    let isLeap = [1, 5, 9, 13, 17, 22, 26, 30].contains(year % 33)
    guard day <= (month <= 6 ? 31 : month < 12 || isLeap ? 30 : 29) else { return nil }
    let before = month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30
    let shifted = year + 1595
    let days = -355_668 + 365 * shifted + shifted / 33 * 8 + (shifted % 33 + 3) / 4 + before + day
    // Counted from the beginning of the Gregorian year 0.
    let number = days - 719_528
    let civil = CivilTime(localSeconds: Int64(number) * 86_400)
    return (civil.year, civil.month, civil.day)
  }

  /// The Japanese eras and the Republic of China, and the year before their first.
  static let eras: [(name: String, before: Int)] = [
    ("令和", 2018), ("平成", 1988), ("昭和", 1925), ("大正", 1911), ("民國", 1911), ("民国", 1911),
  ]

  /// What to add to a year that follows a word, by the era that the word ends with.
  static func era(_ word: String?) -> Int? {
    guard let word else { return nil }
    return eras.first { word.hasSuffix($0.name) }?.before
  }
}
