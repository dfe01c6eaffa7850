internal import Values

/// Dates in the forms that people write: the time is found first, then the zone after it, then the date in what is
/// left. Where there are several, only the pieces of one are looked at.
struct LooseDateReader {
  let zone: Zone
  var tokens: [DateToken]
  var isUsed: [Bool]
  var hasMeridiem = false
  /// Whether that was "am" or "pm", as those write who put the month first.
  var isMeridiemEnglish = false

  init(_ text: String, zone: Zone) {
    let all = DateToken.withoutAges(DateToken.tokens(of: text) ?? [])
    self.init(DateLine.first(DateLine.chosen(all) { Self($0, zone: zone).date() != nil }), zone: zone)
  }

  private init(_ tokens: [DateToken], zone: Zone) {
    self.zone = zone
    self.tokens = tokens
    isUsed = Array(repeating: false, count: tokens.count)
  }

  struct Clock {
    var hour = 0
    var minute = 0
    var second: Int?
    var nanoseconds: Int32 = 0
    /// The first token after it.
    var end = 0
  }

  mutating func parts() -> DateParts? {
    guard !tokens.isEmpty else { return nil }
    let clock = time()
    let zonePart = zonePart(from: clock?.end)
    guard var parts = date() else { return nil }
    parts.zone = zonePart
    if let clock {
      parts.hour = clock.hour
      parts.minute = clock.minute
      parts.second = clock.second ?? 0
      parts.nanoseconds = clock.nanoseconds
      parts.precision = clock.second == nil ? .minute : .second
    }
    return parts
  }

  // MARK: Looking at tokens

  func number(_ index: Int, maxDigits: Int = 2) -> Int? {
    guard tokens.indices.contains(index), tokens[index].kind == .number, tokens[index].digits <= maxDigits,
      !isUsed[index]
    else { return nil }
    return tokens[index].value
  }

  func word(_ index: Int) -> String? {
    tokens.indices.contains(index) && tokens[index].kind == .word ? tokens[index].word : nil
  }

  func isSign(_ index: Int, _ sign: Unicode.Scalar) -> Bool {
    tokens.indices.contains(index) && tokens[index].isSign(sign)
  }

  mutating func use(_ range: Range<Int>) { for index in range { isUsed[index] = true } }

  // MARK: Date

  private func date() -> DateParts? {
    asianDate() ?? namedDate() ?? numericDate() ?? compactDate()
  }

  /// `2025年1月13日`, `2025년 1월 13일`, `令和7年1月13日`, `民國114年1月13日`
  private func asianDate() -> DateParts? {
    for index in tokens.indices {
      // The first year of an era is written with a word.
      if let word = word(index), word.hasSuffix("元年"), let before = OtherCalendars.era(String(word.dropLast(2))),
        let month = number(index + 1), unit(index + 2, ["月"])
      {
        return DateParts(year: before + 1, month: month, day: number(index + 3) ?? 1)
      }
      guard let year = number(index, maxDigits: 4), unit(index + 1, ["年", "년"]), let month = number(index + 2),
        unit(index + 3, ["月", "월"])
      else { continue }
      let day = number(index + 4) ?? 1
      let digits = tokens[index].digits
      // Three digits are a year of the Republic of China.
      let before = OtherCalendars.era(word(index - 1)) ?? (digits == 3 ? OtherCalendars.era("民國") : nil)
      return DateParts(
        year: before.map { $0 + year } ?? DateParts.fullYear(year, digits: digits), month: month, day: day)
    }
    return nil
  }

  /// A month by name, with a day and a year on either side.
  private func namedDate() -> DateParts? {
    guard let (place, month, skip, isSolar) = namedMonth() else { return nil }
    let numbers = tokens.indices.filter { tokens[$0].kind == .number && !isUsed[$0] && $0 != skip }
    let days = numbers.filter { tokens[$0].digits <= 2 && (1...31).contains(tokens[$0].value) }
    let day = days.min { (abs($0 - place), $0) < (abs($1 - place), $1) }
    let year =
      numbers.first { tokens[$0].digits == 4 }
      ?? numbers.first { $0 != day && tokens[$0].digits <= 3 && (tokens[$0].digits >= 2) }
    guard let year else { return nil }
    let isThai = tokens[place].word.unicodeScalars.first.map { (0xE00...0xE7F).contains($0.value) } == true
    var parts = DateParts(
      year: isThai && tokens[year].digits == 2
        ? tokens[year].value + 2500 : DateParts.fullYear(tokens[year].value, digits: tokens[year].digits),
      month: month, day: day.map { tokens[$0].value } ?? 1)
    parts.isSolar = isSolar
    return parts
  }

  /// The month that a word names: the last beside a number, since "April" may be a person's name, and "mar" before
  /// another month is a Tuesday in the Romance languages.
  private func namedMonth() -> (place: Int, month: Int, skip: Int?, isSolar: Bool)? {
    var best: (place: Int, month: Int, skip: Int?, isSolar: Bool)?
    var isBeside = false
    for index in tokens.indices where tokens[index].kind == .word && !isUsed[index] {
      // "29 Th11 2026": Vietnamese WordPress; the "th" of "30th" stands at its number's end.
      let isShort =
        tokens[index].word == "th" && tokens[index].isSpaced && index + 1 < tokens.count && !tokens[index + 1].isSpaced
      if isShort || MonthNames.beforeNumber.contains(tokens[index].word), let number = number(index + 1) {
        (best, isBeside) = ((index, number, index + 1, false), true)
        continue
      }
      // "05 3月 2024": the month as a number, in the place of a name.
      if let number = number(index - 1), (1...12).contains(number), unit(index, ["月", "월"]), !tokens[index].isSpaced {
        (best, isBeside) = ((index, number, index - 1, false), true)
        continue
      }
      let next = word(isSign(index + 1, ".") ? index + 2 : index + 1)
      let solar = MonthNames.solarMonth(tokens[index].word)
      guard
        let month = MonthNames.month(tokens[index].word, in: zone) ?? next.flatMap({
          MonthNames.month(tokens[index].word, $0)
        })
          ?? solar
      else { continue }
      let isNumberBeside = hasNumberBeside(index)
      if MonthNames.areNamesToo(tokens[index].word, in: zone), !isBetweenDayAndYear(index) { continue }
      if isNumberBeside || !isBeside {
        let isSolar = solar != nil && MonthNames.month(tokens[index].word) == nil
        (best, isBeside) = ((index, month, nil, isSolar), isNumberBeside)
      }
    }
    return best
  }

  /// Whether a word has a day before it and a year behind it, but for a point or a dash.
  private func isBetweenDayAndYear(_ index: Int) -> Bool {
    func isSet(_ place: Int) -> Bool { tokens.indices.contains(place) && tokens[place].kind == .sign }
    let (before, behind) = (isSet(index - 1) ? index - 2 : index - 1, isSet(index + 1) ? index + 2 : index + 1)
    guard tokens.indices.contains(before), tokens[before].kind == .number, tokens[before].digits <= 2,
      tokens.indices.contains(behind), tokens[behind].kind == .number
    else { return false }
    return tokens[behind].digits == 4
  }

  /// Whether a number stands beside a word, but for a sign or "de".
  private func hasNumberBeside(_ index: Int) -> Bool {
    func isNumber(_ place: Int) -> Bool { tokens.indices.contains(place) && tokens[place].kind == .number }
    func isLink(_ place: Int) -> Bool {
      tokens.indices.contains(place)
        && (tokens[place].kind == .sign || ["de", "of", "del"].contains(tokens[place].word))
    }
    return isNumber(index - 1) || isNumber(index + 1) || isLink(index - 1) && isNumber(index - 2)
      || isLink(index + 1) && isNumber(index + 2)
  }

  /// Three numbers with the same sign between them.
  private func numericDate() -> DateParts? {
    for index in tokens.indices {
      guard let first = number(index, maxDigits: 4), index + 4 < tokens.count, tokens[index + 1].kind == .sign,
        ["/", "-", "."].contains(tokens[index + 1].sign), let second = number(index + 2),
        isSign(index + 3, tokens[index + 1].sign), let third = number(index + 4, maxDigits: 4)
      else { continue }
      // More of the same sign: a path or a version, no date.
      if index + 6 < tokens.count, isSign(index + 5, tokens[index + 1].sign), number(index + 6) != nil { return nil }
      if tokens[index].digits == 4 { return numeric(first, second, third) }
      guard tokens[index].digits <= 2, tokens[index + 4].digits != 3 else { continue }
      let year = DateParts.fullYear(third, digits: tokens[index + 4].digits)
      let isMonthFirst =
        second > 12
        || first <= 12 && (meansMonthFirst(year, first, second) ?? (tokens[index + 1].sign == "/" && prefersMonthFirst))
      return isMonthFirst ? numeric(year, first, second) : numeric(year, second, first)
    }
    return nil
  }

  /// What a weekday beside the date says of two numbers that both may be the month; nil when it says nothing.
  private func meansMonthFirst(_ year: Int, _ first: Int, _ second: Int) -> Bool? {
    guard first != second, let word = tokens.first(where: { $0.kind == .word })?.word,
      let weekday = WeekdayNames.number(word)
    else { return nil }
    func falls(_ month: Int, _ day: Int) -> Bool {
      // 1970-01-01 was a Thursday.
      ((CivilTime(year: year, month: month, day: day).dayNumber + 4) % 7 + 7) % 7 == weekday
    }
    let (isMonthFirst, isDayFirst) = (falls(first, second), falls(second, first))
    return isMonthFirst == isDayFirst ? nil : isMonthFirst
  }

  private func numeric(_ year: Int, _ month: Int, _ day: Int) -> DateParts {
    var parts = DateParts(year: year, month: month, day: day)
    parts.isSolar = true
    return parts
  }

  /// `20200525`
  private func compactDate() -> DateParts? {
    guard let index = tokens.indices.first(where: { tokens[$0].digits == 8 && !isUsed[$0] }) else { return nil }
    let value = tokens[index].value
    return DateParts(year: value / 10000, month: value / 100 % 100, day: value % 100)
  }

  /// Which way "05/04/2020" is meant: the United States put the month first; where the zone says nothing, AM and PM do.
  private var prefersMonthFirst: Bool {
    zone.name.contains("/") ? Self.monthFirstZones.contains(zone.name) : isMeridiemEnglish
  }

  private static let monthFirstZones: Set<String> = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix",
    "America/Detroit", "America/Anchorage", "America/Boise", "America/Indiana/Indianapolis",
    "America/Kentucky/Louisville", "Pacific/Honolulu", "Asia/Manila", "US/Eastern", "US/Central", "US/Mountain",
    "US/Pacific",
  ]
}
