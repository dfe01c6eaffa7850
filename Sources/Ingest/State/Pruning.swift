import Configuration
import Scheduling
import Store
import Values

/// Forgetting what is old, four times a day.
extension Ingester {
  func pruneIfDue(_ now: Timestamp) async throws(LedgerFailure) {
    guard now >= nextPrune, !isPruning else { return }
    nextPrune = now.adding(seconds: 21_600)
    holds = holds.filter { $0.value > now }
    try await ledger.forgetParts(notVisitedSince: now.adding(seconds: -14 * Int64(Cadence.day)))
    await shelf?.tidy()
    isPruning = true
    Task { await prune(notListedSince: now.adding(seconds: -Int64(settings.schedule.rememberDays) * 86_400)) }
  }

  /// A step at a time, beside everything else: visits and articles have at least half of the ledger's time.
  private func prune(notListedSince cutoff: Timestamp) async {
    defer { isPruning = false }
    let clock = SuspendingClock()
    var mark: PruningMark? = .start
    while let from = mark, !isStopping {
      let began = clock.now
      do throws(LedgerFailure) {
        mark = try await ledger.prune(from: from, notListedSince: cutoff)
      } catch {
        // What is left goes the next time.
        if !isStopping { noteFailure(error) }
        return
      }
      try? await clock.sleep(for: clock.now - began)
    }
    wellbeing.known = []
  }
}
