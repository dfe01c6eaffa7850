import Scheduling
import Values

/// What a policy achieved.
struct Result {
  var name: String
  var days: Int
  var sources = 0
  var requests = 0
  var notModified = 0
  var lost = 0
  /// Items by seconds of delay, and so by size of source.
  var delays = [Int32](repeating: 0, count: 2 * 86_400 + 1)
  var bySize: [Source.Size: (sources: Int, requests: Int, items: Int, delays: [Int32])] = [:]

  init(name: String, days: Int) {
    (self.name, self.days) = (name, days)
    for size in Source.Size.allCases { bySize[size] = (0, 0, 0, [Int32](repeating: 0, count: 2 * 86_400 + 1)) }
  }

  static func quantile(_ delays: [Int32], _ share: Double) -> Int {
    let total = delays.reduce(0) { $0 + Int($1) }
    if total == 0 { return 0 }
    let wanted = max(1, Int((Double(total) * share).rounded(.up)))
    var sum = 0
    for (seconds, count) in delays.enumerated() {
      sum += Int(count)
      if sum >= wanted { return seconds }
    }
    return delays.count - 1
  }

  var items: Int { delays.reduce(0) { $0 + Int($1) } }
  var mean: Double {
    var sum = 0.0
    for (seconds, count) in delays.enumerated() { sum += Double(seconds) * Double(count) }
    return sum / Double(max(1, items))
  }
  var requestsPerDay: Double { Double(requests) / Double(sources) / Double(days) }
}

/// Lets a policy run through the world's days.
func run(_ policy: some Policy, _ world: World, seed: UInt64) -> Result {
  var result = Result(name: policy.name, days: world.days)
  var random = Random(state: seed)
  var heap = DueHeap()
  var states = [State](repeating: State(), count: world.sources.count)
  func at(_ second: Int) -> Timestamp { Timestamp(seconds: World.start + Int64(second)) }
  for (number, source) in world.sources.enumerated() {
    // All are new at the start, and spread as the daemon spreads new sources.
    heap.set(number, due: at(number / 20))
    result.sources += 1
    result.bySize[source.size]?.sources += 1
  }
  let end = at(world.days * 86_400)
  while let due = heap.next(), due < end, let number = heap.pop(by: due) {
    let source = world.sources[number]
    let now = Int(due.seconds - World.start)
    result.requests += 1
    result.bySize[source.size]?.requests += 1
    var visit = Visit(now: now, failed: false, new: 0..<0, listed: 0..<0, source: source)
    if source.outages.contains(where: { $0.0 <= now && now < $0.1 }) {
      visit.failed = true
      states[number].failures += 1
    } else {
      states[number].failures = 0
      let age = source.maxAge == 0 ? 0 : (now + source.phase) % source.maxAge
      if source.maxAge > 0 { visit.freshFor = source.maxAge - age }
      let shown = source.published.endIndex(through: Int32(now - age), from: states[number].seen)
      let first = max(0, shown - source.listing)
      visit.listed = first..<shown
      if states[number].isKnown {
        visit.new = max(states[number].seen, first)..<max(states[number].seen, shown)
        result.lost += max(0, first - states[number].seen)
      } else {
        // What was there before the start is no news.
        visit.new = max(source.start, first)..<max(source.start, shown)
      }
      for time in source.published[visit.new] {
        let delay = min(now - Int(time), 2 * 86_400)
        result.delays[delay] += 1
        result.bySize[source.size]?.delays[delay] += 1
        result.bySize[source.size]?.items += 1
      }
      if visit.new.isEmpty, states[number].isKnown, source.hasValidators { result.notModified += 1 }
      states[number].seen = max(states[number].seen, shown)
    }
    let wait = max(1, policy.next(visit, &states[number], &random))
    if !visit.failed {
      states[number].isKnown = true
      states[number].lastSuccess = now
    }
    heap.set(number, due: at(now + wait))
  }
  return result
}

extension [Int32] {
  /// How many are not greater; the search begins at a place that is known to be no later.
  func endIndex(through value: Int32, from start: Int) -> Int {
    var (low, high) = (start, start + 1)
    while high <= count, self[high - 1] <= value { (low, high) = (high, high + 2 * (high - start) + 1) }
    high = Swift.min(high, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] <= value { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
