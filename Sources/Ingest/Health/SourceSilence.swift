import Scheduling
import Store
import Values

/// Whether a source that answers has stopped bringing anything, by its own past. Pure.
///
/// It is a fault that no error tells of: a feed that is still there and no longer written (docs/decisions/0017, request
/// 38).
enum SourceSilence {
  /// Items that the silence would usually have brought at least, before it is one.
  static let leastItems = 6.0
  /// Seconds after which any source is silent that ever brought something.
  static let longest = 30.0 * 86_400

  /// One phrase for people; nil for a source that does as usual, that fails, or of which too little is known.
  static func account(_ state: SourceState, now: Timestamp) -> String? {
    guard state.failures == 0, !state.muted else { return nil }
    if let last = state.attempts.list.first, last.outcome == "nothing-new", last.items == 0 {
      return "its list holds no item that is taken"
    }
    guard let newest = state.newestItem, newest < now else { return nil }
    let span = now.seconds(since: newest)
    let text = "the newest item is of \(newest.rfc3339), \(Int(span).spokenSeconds) ago"
    // Before anything is learned, what is usual is only assumed.
    if let rhythm = state.rhythm.flatMap({ Rhythm(text: $0) }), rhythm.isLearned {
      let usual = rhythm.usual(from: newest, to: now)
      if usual >= leastItems { return text + "; such a time usually brings \(Int(usual.rounded()))" }
    }
    return span >= longest ? text : nil
  }
}
