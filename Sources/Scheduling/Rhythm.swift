public import Values

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// What is known of when a source brings items: how many a day, at which hours and on which days of the week, and
/// whether more come just now than usual. Learned from what visits bring, with a memory that fades, so that a source
/// that changes its habits is followed within days.
///
/// Hours and days are kept apart (24 and 7 pairs of numbers instead of 168), because a few days of a source with ten
/// items a day say enough for those and far too little for each hour of the week. They are in UTC.
public struct Rhythm: Sendable, Equatable {
  /// Items and the time they came in, both fading.
  private var items = 0.0
  private var seconds = 0.0
  private var hours = Shares(count: 24)
  private var days = Shares(count: 7)
  /// Items of the last hours, and how many were expected.
  private var recent = 0.0
  private var recentExpected = 0.0
  /// How many items the source lists; 0 while unknown.
  private var listing = 0.0

  private static let day = 86_400.0
  // How long things are remembered: after this time they count a third (1/e).
  private static let rateMemory = 6 * day
  private static let hourMemory = 12 * day
  private static let dayMemory = 35 * day
  private static let recentMemory = 2 * 3600.0
  // What is assumed before anything is known, and how much knowledge it takes to outweigh that.
  private static let usualItemsPerDay = 12.0
  private static let usualSeconds = 0.1 * day
  private static let hourPrior = 1.5
  private static let dayPrior = 6.0
  private static let recentPrior = 3.0

  /// Items by hour or by weekday, and the seconds of each in which they came, both fading. An hour that has not been
  /// seen counts as any other.
  private struct Shares: Sendable, Equatable {
    var items: [Double]
    var seconds: [Double]

    init(count: Int) {
      items = Array(repeating: 0, count: count)
      seconds = items
    }

    mutating func fade(_ factor: Double) {
      for index in items.indices {
        items[index] *= factor
        seconds[index] *= factor
      }
    }

    /// How many times as many items as on average, given as much trust as `prior` items would earn.
    func factors(_ prior: Double) -> [Double] {
      let rate = items.reduce(0, +) / max(1, seconds.reduce(0, +))
      return items.indices.map { (items[$0] + prior) / (rate * seconds[$0] + prior) }
    }
  }

  public init() {}

  // MARK: Learning

  /// What the first visit shows: the dates of the items that are listed tell the rhythm before any waiting.
  public mutating func begin(listed: Int, published: [Timestamp], now: Timestamp) {
    note(listed: listed)
    let oldest = now.adding(seconds: -14 * Int64(Self.day))
    let dates = published.filter { $0 > oldest && $0 <= now }
    guard dates.count >= 2, let first = dates.min() else { return }
    // The oldest item only marks where the observation begins.
    let span = max(3600, now.seconds(since: first))
    for date in dates where date != first { count(at: date, 1) }
    Self.forEachPart(from: now.adding(seconds: -Int64(span)), to: now) { time, length in pass(at: time, length) }
    seconds = span
    items = Double(dates.count - 1)
  }

  /// What a visit brought since the last one: `new` items, of which some have plausible dates.
  public mutating func record(
    new: Int, listed: Int? = nil, published: [Timestamp] = [], from: Timestamp, to: Timestamp
  ) {
    if let listed { note(listed: listed) }
    let elapsed = to.seconds(since: from)
    guard elapsed > 1 else { return }
    let usual = usualItems(from: from, to: to)
    let fading = exp(-elapsed / Self.rateMemory)
    items = items * fading + Double(new)
    seconds = seconds * fading + elapsed
    let recentFading = exp(-elapsed / Self.recentMemory)
    recent = recent * recentFading + Double(new)
    recentExpected = recentExpected * recentFading + usual
    let (hourFading, dayFading) = (exp(-elapsed / Self.hourMemory), exp(-elapsed / Self.dayMemory))
    hours.fade(hourFading)
    days.fade(dayFading)
    // A date from before the last visit is an item that came late, or a publisher's mistake.
    let dates = published.filter { $0 >= from && $0 <= to }.prefix(new)
    for date in dates { count(at: date, 1) }
    let rest = Double(new - dates.count)
    Self.forEachPart(from: from, to: to) { time, length in
      pass(at: time, length)
      if rest > 0 { count(at: time, rest * length / elapsed) }
    }
  }

  private mutating func note(listed: Int) {
    guard listed > 0 else { return }
    // What counts is how short the list can be.
    listing = listing == 0 ? Double(listed) : min(Double(listed), listing + (Double(listed) - listing) * 0.1)
  }

  private mutating func count(at time: Timestamp, _ amount: Double) {
    hours.items[Self.hour(time)] += amount
    days.items[Self.weekday(time)] += amount
  }

  private mutating func pass(at time: Timestamp, _ length: Double) {
    hours.seconds[Self.hour(time)] += length
    days.seconds[Self.weekday(time)] += length
  }

  // MARK: Knowing

  /// Whether more is known than assumed.
  public var isLearned: Bool { seconds > Self.usualSeconds }

  /// Items a day over the last days.
  public var itemsPerDay: Double { rate * Self.day }

  /// Items a second, whatever the hour.
  private var rate: Double {
    (items + Self.usualItemsPerDay * Self.usualSeconds / Self.day) / (seconds + Self.usualSeconds)
  }

  /// Items a second at an hour of a day of the week.
  private struct Speeds {
    let rate: Double
    let hours: [Double]
    let days: [Double]

    func callAsFunction(_ time: Timestamp) -> Double { rate * hours[Rhythm.hour(time)] * days[Rhythm.weekday(time)] }
  }

  private var speeds: Speeds {
    Speeds(rate: rate, hours: hours.factors(Self.hourPrior), days: days.factors(Self.dayPrior))
  }

  /// How many items a time without any would usually have brought: by what was known when it began, as far as that can
  /// still be told, and by hours and days.
  public func usual(from: Timestamp, to: Timestamp) -> Double {
    let elapsed = min(max(0, to.seconds(since: from)), 31 * Self.day)
    // What was learned of items has faded since, and what is assumed of a source that nothing is known of says nothing
    // here.
    let before = items * exp(elapsed / Self.rateMemory) / max(1, seconds)
    return usualItems(from: from, to: to) * before / rate
  }

  /// Items expected in a time by hours and days alone.
  private func usualItems(from: Timestamp, to: Timestamp) -> Double {
    let speeds = speeds
    var sum = 0.0
    Self.forEachPart(from: from, to: to) { time, length in sum += speeds(time) * length }
    return sum
  }

  /// How much more than usual comes just now; 1 for as usual.
  private var surge: Double {
    min(8, max(0.4, (recent + Self.recentPrior) / (recentExpected + Self.recentPrior)))
  }

  // MARK: Deciding

  /// Seconds until the items that will have come since `now` are expected to have waited `patience` seconds together,
  /// or until they would fill so much of the source's list that one might fall off its end.
  ///
  /// With a steady stream of r items a second this is √(2·patience/r): the interval for which the waiting of items and
  /// the cost of requests, `patience` each, are least together. At hours without news it goes on to the first that has.
  public func wait(from now: Timestamp, patience: Double, longest: Double) -> Double {
    let speeds = speeds
    let excess = surge - 1
    let most = listing > 0 ? max(1, listing * 0.4) : .infinity
    var (elapsed, items, waited) = (0.0, 0.0, 0.0)
    while elapsed < longest {
      let time = now.adding(seconds: Int64(elapsed))
      let toNextHour = Double(3600 - Self.floorMod(time.seconds, 3600))
      let length = min(toNextHour, 900, longest - elapsed)
      let decayed = 1 + excess * exp(-elapsed / Self.recentMemory)
      let speed = speeds(time) * decayed
      // waited + items·s + speed·s²/2 = patience
      let missing = patience - waited
      let root = (items * items + 2 * speed * missing).squareRoot()
      let s = speed > 0 ? (root - items) / speed : items > 0 ? missing / items : .infinity
      let full = speed > 0 ? (most - items) / speed : .infinity
      let stop = min(s, full)
      if stop <= length { return elapsed + stop }
      waited += items * length + speed * length * length / 2
      items += speed * length
      elapsed += length
    }
    return longest
  }

  // MARK: Time

  private static func forEachPart(from: Timestamp, to: Timestamp, _ body: (Timestamp, Double) -> Void) {
    // A daemon that slept for a month learns nothing from the hours of a year.
    var at = max(from, to.adding(seconds: -31 * Int64(day)))
    while at < to {
      let next = Timestamp(seconds: at.seconds - floorMod(at.seconds, 3600) + 3600)
      let end = min(next, to)
      body(at, end.seconds(since: at))
      at = end
    }
  }

  private static func floorMod(_ value: Int64, _ divisor: Int64) -> Int64 {
    let rest = value % divisor
    return rest < 0 ? rest + divisor : rest
  }

  private static func hour(_ time: Timestamp) -> Int { Int(floorMod(time.seconds, 86_400) / 3600) }
  /// 0 for Thursday, the day of 1970-01-01.
  private static func weekday(_ time: Timestamp) -> Int { Int(floorMod(time.seconds, 604_800) / 86_400) }

  // MARK: Keeping

  /// Some 500 ASCII characters, for the store: a version, then numbers in ten thousandths. Coarser ones would not fade,
  /// because the little that fades between two visits would be rounded away.
  public var text: String {
    var out: [UInt8] = [UInt8(ascii: "1")]
    out.reserveCapacity(512)
    func add(_ number: Double) {
      out.append(UInt8(ascii: " "))
      out.append(contentsOf: String(Int64((min(max(number, 0), 1e13) * Self.scale).rounded())).utf8)
    }
    for number in [items, recent, recentExpected, listing] { add(number) }
    for shares in [hours, days] { for number in shares.items { add(number) } }
    add(seconds / Self.timeUnit)
    for shares in [hours, days] { for number in shares.seconds { add(number / Self.timeUnit) } }
    return String(decoding: out, as: UTF8.self)
  }

  private static let scale = 10_000.0
  /// Seconds; a tenth of one is care enough.
  private static let timeUnit = 1000.0

  /// nil for text of another version or with anything that is no such number.
  public init?(text: String) {
    // Read at every visit: digit by digit.
    let count = 5 + 2 * (24 + 7)
    guard text.utf8.starts(with: "1 ".utf8) else { return nil }
    var numbers: [Double] = []
    numbers.reserveCapacity(count)
    for part in text.utf8.dropFirst(2).split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
      var number: Int64 = 0
      for byte in part {
        guard (0x30...0x39).contains(byte), number < 1 << 56 else { return nil }
        number = number * 10 + Int64(byte - 0x30)
      }
      guard !part.isEmpty, number < 1 << 60 else { return nil }
      numbers.append(Double(number) / Self.scale)
    }
    guard numbers.count == count else { return nil }
    (items, recent, recentExpected, listing) = (numbers[0], numbers[1], numbers[2], numbers[3])
    (hours.items, days.items) = (Array(numbers[4..<28]), Array(numbers[28..<35]))
    let times = numbers[35...].map { $0 * Self.timeUnit }
    (seconds, hours.seconds, days.seconds) = (times[0], Array(times[1..<25]), Array(times[25..<32]))
  }
}
