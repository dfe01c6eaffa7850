import Scheduling
import Values

/// How one program decides when to ask again.
protocol Policy {
  var name: String { get }
  /// Seconds to the next request. `state` is what the program keeps of the source.
  func next(_ visit: Visit, _ state: inout State, _ random: inout Random) -> Int
}

/// What a request brought, and what a program may remember.
struct Visit {
  var now: Int
  var failed: Bool
  /// Items seen for the first time, and the length of the list.
  var new: Range<Int>
  var listed: Range<Int>
  var freshFor: Int?
  var source: Source
}

struct State {
  var seen = 0
  var isKnown = false
  var lastSuccess = 0
  var failures = 0
  /// newswire's, as its store keeps it.
  var rhythm: String?
}

/// The same interval for all, as most readers have it.
struct FixedPolling: Policy {
  let name = "every 60 minutes"
  func next(_ visit: Visit, _ state: inout State, _ random: inout Random) -> Int { 3600 }
}

/// Miniflux's POLLING_SCHEDULER=entry_frequency with its defaults (factor 1, 5 minutes to 24 hours): a week divided by
/// the items of the last week, raised to what the server calls fresh. It looks at due feeds once an hour by default;
/// here it may fetch at the very second, which is to its advantage.
struct EntryFrequency: Policy {
  let name = "Miniflux entry_frequency"
  func next(_ visit: Visit, _ state: inout State, _ random: inout Random) -> Int {
    let weekAgo = Int32(visit.now - 7 * 86_400)
    // Before its first visit it knew nothing, and then what was listed.
    let known = max(0, visit.source.start - visit.source.listing)..<max(state.seen, visit.source.start)
    let old = visit.source.published.endIndex(through: weekAgo - 1, from: 0)
    let count = max(0, known.upperBound - max(known.lowerBound, old))
    let interval = count == 0 ? 86_400 : min(86_400, max(300, 604_800 / count))
    return max(interval, min(visit.freshFor ?? 0, 86_400))
  }
}

/// The daemon's own code, with a plugin's default bounds; what it learned goes through the text that the store keeps.
struct Newswire: Policy {
  let name = "newswire"
  var cadence: Cadence

  func next(_ visit: Visit, _ state: inout State, _ random: inout Random) -> Int {
    let now = Timestamp(seconds: World.start + Int64(visit.now))
    var rhythm: Rhythm?
    if !visit.failed {
      var learned = state.rhythm.flatMap { Rhythm(text: $0) } ?? Rhythm()
      func dates(_ range: Range<Int>) -> [Timestamp] {
        visit.source.published[range].map { Timestamp(seconds: World.start + Int64($0)) }
      }
      if state.isKnown {
        learned.record(
          new: visit.new.count, listed: visit.new.isEmpty ? nil : visit.listed.count, published: dates(visit.new),
          from: Timestamp(seconds: World.start + Int64(state.lastSuccess)), to: now)
      } else {
        learned.begin(listed: visit.listed.count, published: dates(visit.listed), now: now)
      }
      state.rhythm = learned.text
      rhythm = learned
    }
    return cadence.next(
      Cadence.Facts(
        now: now, rhythm: rhythm, freshFor: visit.freshFor, failures: state.failures, jitter: random.unit())
    ).seconds
  }
}
