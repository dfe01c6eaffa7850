/// A repeatable stream of numbers (SplitMix64).
struct Random: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
  mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }
  /// Spread evenly over orders of magnitude.
  mutating func logBetween(_ low: Double, _ high: Double) -> Double {
    var power = 1.0
    let ratio = high / low
    // ratio^u by halving: no need of a mathematics library.
    var (u, root) = (unit(), ratio.squareRoot())
    for _ in 0..<30 {
      u *= 2
      if u >= 1 {
        power *= root
        u -= 1
      }
      root = root.squareRoot()
    }
    return low * power
  }
  mutating func chance(_ probability: Double) -> Bool { unit() < probability }
  mutating func pick<T>(_ choices: [(weight: Double, value: T)]) -> T {
    var at = unit() * choices.reduce(0) { $0 + $1.weight }
    for choice in choices {
      at -= choice.weight
      if at < 0 { return choice.value }
    }
    return choices[choices.count - 1].value
  }
  /// Knuth's for small means, halves for large ones.
  mutating func poisson(_ mean: Double) -> Int {
    if mean <= 0 { return 0 }
    if mean > 20 { return poisson(mean / 2) + poisson(mean / 2) }
    var (count, product) = (0, unit())
    // e^-mean as a power series of its inverse is exact enough here.
    var (term, sum) = (1.0, 1.0)
    for n in 1..<80 {
      term *= mean / Double(n)
      sum += term
    }
    let limit = 1 / sum
    while product > limit {
      count += 1
      product *= unit()
    }
    return count
  }
}

/// A news source: when it publishes, and how its server shows that.
struct Source {
  enum Size: Int, CaseIterable {
    case wire, daily, regional, quiet, weekly, dead
    var name: String {
      switch self {
      case .wire: "wire, live (200–800 items a day)"
      case .daily: "national daily (30–150)"
      case .regional: "regional, section (5–30)"
      case .quiet: "quiet (0.5–5)"
      case .weekly: "weekly (0.05–0.5)"
      case .dead: "dead"
      }
    }
  }

  var size: Size
  /// Seconds from the start, rising; what was published before it is negative.
  var published: [Int32]
  /// Items that the feed lists.
  var listing: Int
  /// Cache-Control: max-age of the CDN in front of it, which also shows copies that old; 0 for none.
  var maxAge: Int
  /// Where in its period the CDN's copy is renewed.
  var phase: Int
  /// Whether it answers 304.
  var hasValidators: Bool
  /// From, to: times at which it answers with errors.
  var outages: [(Int32, Int32)]
  /// The first of `published` that is not from before the start.
  var start: Int
}

/// Sources with the rhythms of news sites: hours and days by their readers' clocks, bulletins on the hour, editions in
/// one go, bursts of their own and breaking news for all.
struct World {
  let days: Int
  let sources: [Source]

  static let before = 14
  /// 2026-03-02, a Monday, 00:00 UTC.
  static let start: Int64 = 1_772_409_600

  /// The share of a day's items at each local hour, for a newsroom that sleeps.
  private static let newsroom: [Double] = [
    0.25, 0.15, 0.1, 0.1, 0.2, 0.6, 1.1, 1.5, 1.6, 1.6, 1.6, 1.6, 1.5, 1.5, 1.5, 1.5, 1.6, 1.5, 1.3, 1.1, 0.9, 0.7, 0.5,
    0.35,
  ]

  init(sources count: Int, days: Int, seed: UInt64) {
    self.days = days
    var random = Random(state: seed)
    let breaking = (0..<max(1, days / 4)).map { _ in
      (hour: Int(random.between(0, Double(days * 24))), force: random.between(0.5, 2), hours: random.between(3, 10))
    }
    sources = (0..<count).map { _ in Self.source(days, breaking, &random) }
  }

  private static func source(
    _ days: Int, _ breaking: [(hour: Int, force: Double, hours: Double)], _ random: inout Random
  ) -> Source {
    let size = random.pick([
      (weight: 0.05, value: Source.Size.wire), (0.3, .daily), (0.35, .regional), (0.2, .quiet), (0.07, .weekly),
      (0.03, .dead),
    ])
    let perDay =
      switch size {
      case .wire: random.logBetween(200, 800)
      case .daily: random.logBetween(30, 150)
      case .regional: random.logBetween(5, 30)
      case .quiet: random.logBetween(0.5, 5)
      case .weekly: random.logBetween(0.05, 0.5)
      case .dead: 0.0
      }
    // Newsrooms of Europe, the Americas, Asia and Australia, by offset from UTC.
    let offset = random.pick([
      (weight: 0.45, value: Int(random.between(0, 3))), (0.25, Int(random.between(-8, -3))),
      (0.25, Int(random.between(5, 10))), (0.05, 11),
    ])
    // How much of the night and the weekend such a newsroom keeps.
    let night = size == .wire ? random.between(0.4, 1) : random.between(0, 0.4)
    let weekend = [random.between(0.25, 1), random.between(0.25, 1)]
    let style = random.pick([(weight: 0.7, value: 0), (0.15, 1), (0.15, 2)])  // steady, on the hour, in batches
    let batch = random.between(3, 15)
    let minute = random.between(0, 59)
    var ownBursts: [Int: Double] = [:]
    for day in 0..<days where random.chance(0.1) {
      let (begin, length, force) = (
        day * 24 + Int(random.between(0, 24)), Int(random.between(3, 8)), random.between(2, 5)
      )
      for hour in begin..<(begin + length) { ownBursts[hour] = force }
    }
    let deathDay = random.chance(0.01) ? Int(random.between(5, Double(days))) : .max

    var published: [Int32] = []
    for hour in -(before * 24)..<(days * 24) {
      if hour / 24 >= deathDay { break }
      let local = hour + offset
      let hourOfDay = ((local % 24) + 24) % 24
      let weekday = (((local - hourOfDay) / 24 % 7) + 7) % 7  // 0 is Monday
      var share = newsroom[hourOfDay]
      share = share < 0.6 ? share * (1 - night) + 0.8 * night : share
      if weekday >= 5 { share *= weekend[weekday - 5] }
      share *= ownBursts[hour] ?? 1
      for event in breaking where hour >= event.hour {
        let age = Double(hour - event.hour) / event.hours
        if age < 3 { share *= 1 + event.force * (1 - age / 3) }
      }
      let mean = perDay / 24 * share
      let begin = Double(hour * 3600)
      switch style {
      case 1:
        // The bulletin: most of an hour's items within three minutes of a fixed one.
        for _ in 0..<random.poisson(mean) {
          published.append(
            Int32(random.chance(0.7) ? begin + minute * 60 + random.between(0, 180) : begin + random.between(0, 3600)))
        }
      case 2:
        for _ in 0..<random.poisson(mean / batch) {
          let moment = begin + random.between(0, 3600)
          for _ in 0..<max(1, random.poisson(batch)) { published.append(Int32(moment + random.between(0, 120))) }
        }
      default:
        for _ in 0..<random.poisson(mean) { published.append(Int32(begin + random.between(0, 3600))) }
      }
    }
    published.sort()
    let end = Int32(days * 86_400)
    published.removeAll { $0 >= end }
    var outages: [(Int32, Int32)] = []
    for day in 0..<days where random.chance(0.02) {
      let begin = Double(day * 86_400) + random.between(0, 86_400)
      outages.append((Int32(begin), Int32(begin + random.logBetween(600, 6 * 3600))))
    }
    let maxAge = random.pick([(weight: 0.35, value: 0), (0.25, 60), (0.2, 300), (0.1, 600), (0.07, 900), (0.03, 3600)])
    return Source(
      size: size, published: published,
      listing: random.pick([(weight: 0.15, value: 10), (0.3, 20), (0.25, 30), (0.2, 50), (0.1, 100)]),
      maxAge: maxAge, phase: Int(random.between(0, 3600)), hasValidators: random.chance(0.8), outages: outages,
      start: published.endIndex(through: -1, from: 0))
  }
}
