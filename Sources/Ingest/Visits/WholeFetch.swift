import Store
import Values

/// When a source is asked for its whole list although there are validators. Some servers answer 304 for ever once they
/// have given one; one whole answer in a while finds them out. Pure.
enum WholeFetch {
  static let usual: Double = 7 * 86_400
  /// For a server that was found out. Publishers bear one unconditional request a day.
  static let distrustful: Double = 86_400
  /// After an unconditional request was answered with 403 or 429: such a host is left in peace for this long.
  static let punished: Double = 28 * 86_400

  /// - Parameter every: the plugin's own interval, 0 for never; nil for the usual one.
  static func isDue(_ state: SourceState, every: Int?, now: Timestamp) -> Bool {
    var state = state
    // One that lies ahead was dated by a clock that was.
    if let last = state.lastWhole, last > now { state.lastWhole = Timestamp(seconds: 0) }
    guard state.etag != nil || state.lastModified != nil, let due = due(state, every: every) else { return false }
    return now >= due
  }

  /// When the next one is due; nil for never.
  static func due(_ state: SourceState, every: Int?) -> Timestamp? {
    if every == 0 { return nil }
    guard let last = state.lastWhole else { return nil }
    let interval = state.details.validatorsLie ? distrustful : every.map(Double.init) ?? usual
    let due = last.adding(seconds: Int64(interval))
    return max(due, state.details.wholePunished?.adding(seconds: Int64(punished)) ?? due)
  }

  /// Whether an answer in full shows that the 304 before it was a lie: it lists items that are older than the last time
  /// the server said that nothing had changed, and were unknown. An hour's grace is for clocks and caches.
  static func isLie(newItemDates: [Timestamp], lastNotModified: Timestamp?) -> Bool {
    guard let last = lastNotModified else { return false }
    return newItemDates.contains { $0 < last.adding(seconds: -3600) }
  }
}
