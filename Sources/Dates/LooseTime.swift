// The time of day, and the zone behind it.
extension LooseDateReader {
  // MARK: Time of day

  mutating func time() -> Clock? {
    for index in tokens.indices {
      guard let start = tokens.indices.contains(index) ? index : nil,
        var clock = colonTime(start) ?? wordTime(start) ?? pointTime(start)
      else { continue }
      use(start..<clock.end)
      meridiem(&clock, start: start)
      return clock
    }
    for index in tokens.indices {
      guard let clock = compactTime(index) else { continue }
      isUsed[index] = true
      return clock
    }
    // "3 PM": an hour alone, known by what follows.
    for index in tokens.indices {
      guard let hour = number(index), (1...12).contains(hour) else { continue }
      var clock = Clock(hour: hour, end: index + 1)
      meridiem(&clock, start: index)
      if hasMeridiem {
        isUsed[index] = true
        return clock
      }
    }
    return nil
  }

  /// `14:03[:00[.123]]`
  private func colonTime(_ index: Int) -> Clock? {
    guard let hour = number(index), isSign(index + 1, ":"), let minute = number(index + 2) else { return nil }
    // How long a film takes is no time of day.
    if let unit = word(index + 3), Self.minuteWords.contains(unit), tokens[index + 3].word != "m" { return nil }
    var clock = Clock(hour: hour, minute: minute, end: index + 3)
    if isSign(index + 3, ":"), let second = number(index + 4) {
      clock.second = second
      clock.end = index + 5
      let isFraction = isSign(index + 5, ".") || isSign(index + 5, ",") || isSign(index + 5, ":")
      if isFraction, let fraction = number(index + 6, maxDigits: 9), !tokens[index + 6].isSpaced {
        var scaled = fraction
        for _ in tokens[index + 6].digits..<9 { scaled *= 10 }
        clock.nanoseconds = Int32(scaled)
        clock.end = index + 7
      }
    }
    return clock
  }

  private static let hourWords: Set<String> = ["h", "hs", "hrs", "uhr", "時", "时", "點", "点", "시", "gio", "giờ", "ч"]
  private static let minuteWords: Set<String> = ["分", "분", "m", "min", "phut"]
  private static let secondWords: Set<String> = ["秒", "초", "s"]

  func unit(_ index: Int, _ words: Set<String>) -> Bool {
    guard let word = word(index), let first = word.unicodeScalars.first else { return false }
    // Chinese and Korean write no space between words, so only the first character counts.
    return words.contains(word) || (first.value >= 0x3000 && words.contains(String(Character(first))))
  }

  /// `14h03`, `14 Uhr`, `21時37分05秒`
  private func wordTime(_ index: Int) -> Clock? {
    guard let hour = number(index), unit(index + 1, Self.hourWords) else { return nil }
    var clock = Clock(hour: hour, end: index + 2)
    let isMinute = index + 3 >= tokens.count || !tokens[index + 3].isSign("/") && !tokens[index + 3].isSign(".")
    guard word(index + 1) != "uhr", let minute = number(index + 2), isMinute else { return clock }
    clock.minute = minute
    clock.end = index + 3
    guard unit(clock.end, Self.minuteWords) else { return clock }
    clock.end += 1
    if let second = number(clock.end), unit(clock.end + 1, Self.secondWords) {
      clock.second = second
      clock.end += 2
    }
    return clock
  }

  /// `14.03 Uhr`, `kl. 14.03`, `klo 14.03`, `ore 14.03`, `2.03pm`, `1 June 2024 14.03`
  private func pointTime(_ index: Int) -> Clock? {
    guard let hour = number(index), isSign(index + 1, "."), let minute = number(index + 2),
      !tokens[index + 2].isSpaced, tokens[index + 2].digits == 2
    else { return nil }
    let clock = Clock(hour: hour, minute: minute, end: index + 3)
    if let exact = exactPointTime(clock, index) { return exact }
    if word(index + 3) == "uhr" { return Clock(hour: hour, minute: minute, end: index + 4) }
    if isMeridiem(index + 3), (1...12).contains(hour) { return clock }
    if tokens[index].isSpaced, isBehindYear(index), hour < 24, minute < 60 {
      guard isSign(index + 3, ".") else { return clock }
      guard let second = number(index + 4), second < 60, !tokens[index + 4].isSpaced, tokens[index + 4].digits == 2,
        !isSign(index + 5, ".")
      else { return nil }
      return Clock(hour: hour, minute: minute, second: second, end: index + 5)
    }
    let before = isSign(index - 1, ".") ? word(index - 2) : word(index - 1)
    guard let before, ["kl", "klo", "ore", "alle"].contains(before), !isSign(index + 3, ".") else { return nil }
    return clock
  }

  /// `10.15.00 AM`, `10.15.00.000000000 AM`: of databases.
  private func exactPointTime(_ clock: Clock, _ index: Int) -> Clock? {
    guard (1...12).contains(clock.hour), clock.minute < 60, isSign(index + 3, "."), let second = number(index + 4),
      tokens[index + 4].digits == 2, second < 60
    else { return nil }
    var clock = clock
    clock.second = second
    clock.end = index + 5
    if isSign(clock.end, "."), number(clock.end + 1, maxDigits: 9) != nil { clock.end += 2 }
    return isMeridiem(clock.end) ? clock : nil
  }

  /// Whether the year that ends a date stands right before: `22.11.2024 07.57`, `June 1, 2024, 10.15`.
  private func isBehindYear(_ index: Int) -> Bool {
    let year = isSign(index - 1, ",") ? index - 2 : index - 1
    guard year > 1, tokens[year].digits == 4 else { return false }
    return [".", "/", "-"].contains { isSign(year - 1, $0) }
      || tokens[..<year].contains { MonthNames.month($0.word) != nil }
  }

  /// `1015 GMT`, `1015 hrs`: four digits beside a year, known by what follows.
  private func compactTime(_ index: Int) -> Clock? {
    guard let value = number(index, maxDigits: 4), tokens[index].digits == 4, value / 100 < 24, value % 100 < 60,
      let next = word(index + 1), next == "hrs" || ZoneNames.offset(next, zone: zone, local: 0) != nil,
      tokens.indices.contains(where: {
        $0 != index && tokens[$0].digits == 4 && (1900...2100).contains(tokens[$0].value)
      })
    else { return nil }
    return Clock(hour: value / 100, minute: value % 100, end: next == "hrs" ? index + 2 : index + 1)
  }

  /// Whether "am" or "pm" stands here, or "a.m.".
  private func isMeridiem(_ index: Int) -> Bool {
    guard let word = word(index) else { return false }
    return ["am", "pm"].contains(word)
      || ["a", "p"].contains(word) && isSign(index + 1, ".") && self.word(index + 2) == "m"
  }

  private enum Half { case morning, afternoon }

  private mutating func meridiem(_ clock: inout Clock, start: Int) {
    var half: Half?
    let isEnglish = word(clock.end).map { ["am", "pm", "a", "p"].contains($0) } ?? false
    switch word(clock.end) {
    case "am", "sa", "πμ", "ص", "صباحا", "oo", "pagi": half = .morning
    case "pm", "ch", "μμ", "م", "مساء", "os", "malam", "petang", "sore": half = .afternoon
    case "a" where !tokens[clock.end].isSpaced && !isSign(clock.end + 1, "."): half = .morning
    case "p" where !tokens[clock.end].isSpaced && !isSign(clock.end + 1, "."): half = .afternoon
    case let letter? where isSign(clock.end + 1, ".") && ["m", "μ"].contains(word(clock.end + 2)):
      if letter == "a" || letter == "π" { half = .morning }
      if letter == "p" || letter == "μ" { half = .afternoon }
      if half != nil { use(clock.end..<clock.end + 2) }
      if half != nil { clock.end += 2 }
    default: break
    }
    if half != nil {
      isUsed[clock.end] = true
      clock.end += 1
      if isSign(clock.end, ".") { clock.end += 1 }
    } else if let before = word(start - 1) {
      if ["上午", "午前", "오전"].contains(where: { before.hasSuffix($0) }) { half = .morning }
      if ["下午", "午後", "오후", "晚上"].contains(where: { before.hasSuffix($0) }) { half = .afternoon }
    }
    guard let half else { return }
    hasMeridiem = true
    isMeridiemEnglish = isEnglish
    if half == .afternoon, clock.hour < 12 { clock.hour += 12 }
    if half == .morning, clock.hour == 12 { clock.hour = 0 }
  }

  // MARK: Zone

  mutating func zonePart(from start: Int?) -> DateParts.ZonePart {
    for index in (start ?? 0)..<tokens.count where !isUsed[index] {
      let token = tokens[index]
      switch token.kind {
      case .sign where start != nil && (token.sign == "+" || token.sign == "-"):
        let followsNumber = index > 0 && tokens[index - 1].kind == .number && !token.isSpaced && index != start
        if !followsNumber, let (offset, end) = offset(index) {
          use(index..<end)
          return .offset(offset)
        }
      case .word:
        if ZoneNames.isUniversal(token.word), let (offset, end) = offset(index + 1) {
          use(index..<end)
          return .offset(offset)
        }
        if let (name, end) = longName(index, isBehindTime: index == start) {
          use(index..<end)
          return .name(name)
        }
        let isLast = index == tokens.count - 1
        guard start != nil || isLast, MonthNames.month(token.word) == nil,
          ZoneNames.offset(token.word, zone: zone, local: 0) != nil,
          !ZoneNames.areWords.contains(token.word) || isZone(index, behind: start)
        else { continue }
        isUsed[index] = true
        return .name(token.word)
      default: continue
      }
    }
    return .absent
  }

  /// Whether letters that are a word as well ("10:00 et mis à jour") are meant as a zone: they stand right behind the
  /// time, and no sentence goes on behind them.
  private func isZone(_ index: Int, behind start: Int?) -> Bool {
    guard let start, tokens[start..<index].allSatisfy({ $0.kind == .sign && ["(", ",", "["].contains($0.sign) }) else {
      return false
    }
    return !tokens[(index + 1)...].contains {
      $0.kind == .word && MonthNames.month($0.word) == nil && WeekdayNames.number($0.word) == nil
    }
  }

  /// `Eastern Daylight Time`, `Europe/Berlin`, and right behind a time `Eastern`: its short name, and where it ends.
  private func longName(_ index: Int, isBehindTime: Bool) -> (name: String, end: Int)? {
    if isSign(index + 1, "/"), word(index + 2) != nil {
      var name = tokens[index].word
      var end = index + 1
      while isSign(end, "/") || isSign(end, "_") || isSign(end, "-"), let part = word(end + 1),
        !tokens[end + 1].isSpaced
      {
        name += String(Character(tokens[end].sign)) + part
        end += 2
      }
      return ZoneNames.isPlace(name, zone: zone) ? (name, end) : nil
    }
    guard ZoneNames.beginsLong(tokens[index].word) else { return nil }
    if let hours = number(index + 1, maxDigits: 1), let daylight = word(index + 2),
      let name = ZoneNames.short("\(tokens[index].word)\(hours)\(daylight)")
    {
      return (name, index + 3)
    }
    var words: [String] = []
    while words.count < 5, let word = word(index + words.count) { words.append(word) }
    while words.count > (isBehindTime ? 0 : 1) {
      if let name = ZoneNames.short(words.joined(separator: " ")) { return (name, index + words.count) }
      words.removeLast()
    }
    return nil
  }

  /// `+0100`, `-5`, `+05:30`, with its sign at `index`; the digits stand right behind it.
  private func offset(_ index: Int) -> (Int32, end: Int)? {
    let isNegative = isSign(index, "-")
    guard isNegative || isSign(index, "+"), let value = number(index + 1, maxDigits: 6), !tokens[index + 1].isSpaced
    else { return nil }
    let digits = tokens[index + 1].digits
    if digits <= 2, isSign(index + 2, ":"), let minutes = number(index + 3) {
      return DateParts.offset(value, digits: digits, minutes: minutes, isNegative: isNegative).map { ($0, index + 4) }
    }
    if ["-", "/", "."].contains(where: { isSign(index + 2, $0) }), number(index + 3, maxDigits: 4) != nil {
      return nil
    }
    return DateParts.offset(value, digits: digits, isNegative: isNegative).map { ($0, index + 2) }
  }
}
