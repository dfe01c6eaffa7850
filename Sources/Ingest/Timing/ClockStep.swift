import Configuration
import Manifest
import Scheduling
import Service
import Store
import Values

/// Tells when the clock was set, by comparing it with the time since boot. Pure but for the times handed in.
struct ClockWatch: Sendable {
  private var offset: Double?

  /// Seconds; NTP's slewing stays far below it.
  static let threshold = 30.0

  /// How far the clock was set since the last look, in seconds; nil when it was not.
  mutating func step(now: Timestamp, uptime: Double) -> Int64? {
    let present = now.seconds(since: Timestamp(seconds: 0)) - uptime
    defer { offset = present }
    guard let before = offset, abs(present - before) >= Self.threshold else { return nil }
    return Int64((present - before).rounded())
  }
}

extension Ingester {
  /// What is planned keeps its distance when the clock is set: a clock set back would stop everything until it has
  /// caught up, one set forward would make everything due at once.
  func followClock() async throws(LedgerFailure) {
    guard let step = clock.step(now: .now(), uptime: Machine.uptime) else { return }
    for number in 0..<roster.count {
      if let due = heap.due(number) { heap.set(number, due: due.adding(seconds: step)) }
    }
    for place in roster.manifests.indices {
      if let due = agenda.due(place) { agenda.set(place, due: due.adding(seconds: step)) }
    }
    network.follow(clock: step)
    pauseEnd = pauseEnd?.adding(seconds: step)
    nextPrune = nextPrune.adding(seconds: step)
    holds = holds.mapValues { $0.adding(seconds: step) }
    wellbeing.nextLook = nil
    wellbeing.nextKeep = nil
    if step < 0 {
      // The hours that were counted meanwhile have not come yet.
      try await keepRhythms()
      wellbeing.known = []
    }
    // The plans of a fleet are not this clock's alone.
    if fleet == nil { try await ledger.shiftPlans(seconds: step) }
    log.record(
      .clockStepped, "the clock was set \(step > 0 ? "forward" : "back") by \(Int(abs(step)).spokenSeconds)",
      next: "what is planned moves with it", fields: ["seconds": "\(step)"])
  }

  /// The farthest time from now at which a page is planned to be looked at again, in seconds, and a day at least: what
  /// is further off was planned by a clock that was wrong.
  var farthestLook: Int64 {
    let ages = roster.manifests.compactMap(\.fetch.revisit).joined() + settings.schedule.revisit
    return Int64(min(max(ages.max() ?? 0, Cadence.day), 36_500 * Cadence.day))
  }
}
