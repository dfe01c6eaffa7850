import Values

/// What a publisher usually brings and how well, learned from itself: the ground on which "less than usual" stands.
/// Pure; all times are handed in.
struct PublisherRhythm: Sendable, Equatable {
  /// New articles by the hour.
  private(set) var articles = HourCounts()
  /// The hour from which on the counts are complete; nil while nothing is known.
  private(set) var firstHour: Int64?
  /// The share of the fields that an article should have and that its page gave, 0...1.
  var fill = Drift()
  /// 1 for an article with its whole text, 0 for one without.
  var whole = Drift()

  /// A mean of the last few values beside a long-term mean.
  struct Drift: Sendable, Equatable {
    private(set) var recent = 0.0
    private(set) var usual = 0.0
    private(set) var count = 0

    init() {}

    init(recent: Double, usual: Double, count: Int) {
      (self.recent, self.usual, self.count) = (recent, usual, count)
    }

    mutating func note(_ value: Double) {
      count += 1
      recent += (value - recent) / Double(min(count, Self.short))
      usual += (value - usual) / Double(min(count, Self.long))
    }

    static let short = 10
    static let long = 300
    /// Values before the long-term mean means anything.
    static let enough = 30

    /// How far the last few lie below what is usual; 0 while too little is known.
    var drop: Double { count < Self.enough ? 0 : max(0, usual - recent) }
  }

  mutating func note(articles count: Int = 1, hour: Int64) {
    firstHour = min(firstHour ?? hour, hour)
    articles.add(count, at: hour)
  }

  static func hour(_ time: Timestamp) -> Int64 { time.seconds >= 0 ? time.seconds / 3600 : 0 }

  // MARK: Today

  /// Articles since midnight (UTC).
  func today(_ now: Timestamp) -> Int {
    let hour = Self.hour(now)
    return articles.sum(hour - hour % 24..<hour + 1)
  }

  /// How many articles there usually are by this time of day: the median of the days before, of those of the same kind
  /// (weekday or weekend) when at least three are known. nil before the third whole day.
  func usualByNow(_ now: Timestamp) -> Int? {
    let hour = Self.hour(now)
    let midnight = hour - hour % 24
    let share = Double(now.seconds % 3600) / 3600
    return usual(midnight) { start in
      let passed = self.articles.sum(start..<start + (hour - midnight))
      return Double(passed) + Double(self.articles[start + hour - midnight]) * share
    }
  }

  /// How many articles a day such as this one usually brings.
  func usualDay(_ now: Timestamp) -> Int? {
    let hour = Self.hour(now)
    return usual(hour - hour % 24) { Double(self.articles.sum($0..<$0 + 24)) }
  }

  private func usual(_ midnight: Int64, _ count: (Int64) -> Double) -> Int? {
    let starts = (1...28).map { midnight - 24 * $0 }.filter { isKnown($0) }
    guard starts.count >= 2 else { return nil }
    let alike = starts.filter { Self.isWeekend($0) == Self.isWeekend(midnight) }
    return Self.median((alike.count >= 3 ? alike : starts).map(count)).map { Int($0.rounded()) }
  }

  /// Whether a window from that hour on lies within what is known. The very first hour may be a backlog of days.
  private func isKnown(_ hour: Int64) -> Bool { firstHour.map { hour > $0 } ?? false }

  /// 1970 began on a Thursday.
  private static func isWeekend(_ midnight: Int64) -> Bool { (midnight / 24 + 3) % 7 >= 5 }

  private static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  // MARK: Silence

  /// A silence that the publisher's own past does not know.
  struct Silence: Sendable, Equatable {
    /// Whole hours without an article.
    var hours: Int
    /// Articles that the same hours usually bring.
    var usual: Int
  }

  /// Compares the hours since the last article with the same hours of the days before. It is a silence when none of
  /// them was ever empty and they usually bring six articles or more; a week must be known, so that a publisher that
  /// rests on Sundays may do so.
  func silence(at now: Timestamp) -> Silence? {
    guard let last = articles.latest else { return nil }
    let hours = Self.hour(now) - last - 1
    guard hours >= 1 else { return nil }
    // Windows that lie wholly before the silence.
    let nearest = (hours + 23) / 24
    guard nearest <= 28 else { return nil }
    let starts = (nearest...nearest + 27).map { last + 1 - 24 * $0 }.filter { isKnown($0) }
    guard starts.count >= 7 else { return nil }
    let counts = starts.map { Double(articles.sum($0..<$0 + hours)) }
    guard let usual = Self.median(counts), usual >= 6, !counts.contains(0) else { return nil }
    return Silence(hours: Int(hours), usual: Int(usual.rounded()))
  }
}

// MARK: What is kept over a restart. The hours are counted from the articles themselves.

extension PublisherRhythm {
  var kept: JSON {
    func list(_ drift: Drift) -> JSON {
      .array([.number(rounded(drift.recent)), .number(rounded(drift.usual)), JSON(drift.count)])
    }
    return .object(JSONObject([("fill", list(fill)), ("whole", list(whole))]))
  }

  private func rounded(_ value: Double) -> Double { (value * 10_000).rounded() / 10_000 }

  /// Takes up what an earlier run kept; what does not read is left out.
  mutating func restore(_ json: JSON) {
    func drift(_ json: JSON?) -> Drift? {
      guard let list = json?.array, list.count == 3, let recent = list[0].number, let usual = list[1].number,
        let count = list[2].integer, (0...1).contains(recent), (0...1).contains(usual), count >= 0
      else { return nil }
      return Drift(recent: recent, usual: usual, count: count)
    }
    fill = drift(json["fill"]) ?? fill
    whole = drift(json["whole"]) ?? whole
  }
}
