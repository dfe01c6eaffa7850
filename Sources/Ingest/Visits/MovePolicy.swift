import Store
import Values

/// When a permanent redirect (301, 308) is believed: one that was seen often enough, over long enough, is followed at
/// once from then on; one that ends in failure is forgotten again. Pure.
///
/// A single 301 may be a mistake of an hour, a captive portal or a cache of one; the plugin's own address stays the
/// truth, and is asked again once a week.
enum MovePolicy {
  static let sightings = 5
  static let period: Double = 86_400
  static let recheck: Double = 7 * 86_400

  /// What was learned from an answer to the source's own address.
  /// - Parameter target: where redirects that were all permanent led; nil when there were none or others.
  /// - Returns: whether the target is adopted with this sighting.
  static func saw(_ target: String?, in state: inout SourceState, now: Timestamp) -> Bool {
    guard let target else {
      state.permanentTo = nil
      state.permanentSeen = 0
      state.permanentSince = nil
      state.details.movedTo = nil
      state.details.movedAt = nil
      return false
    }
    if target == state.permanentTo {
      state.permanentSeen += 1
    } else {
      state.permanentTo = target
      state.permanentSeen = 1
      state.permanentSince = now
      state.details.movedTo = nil
    }
    let isKnown = state.details.movedTo == target
    guard let since = state.permanentSince, state.permanentSeen >= sightings, now.seconds(since: since) >= period
    else { return false }
    state.details.movedTo = target
    state.details.movedAt = now
    return !isKnown
  }

  /// The address to ask instead of the source's own; nil for the own.
  static func address(_ state: SourceState, now: Timestamp) -> WebURL? {
    guard let text = state.details.movedTo, let at = state.details.movedAt, now.seconds(since: at) < recheck else {
      return nil
    }
    return WebURL(text)
  }

  /// The adopted address failed: the source's own is asked again, and sightings are counted anew.
  static func failed(_ state: inout SourceState) {
    state.details.movedTo = nil
    state.details.movedAt = nil
    state.permanentTo = nil
    state.permanentSeen = 0
    state.permanentSince = nil
  }
}
