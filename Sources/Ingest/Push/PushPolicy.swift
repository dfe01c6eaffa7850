import Store
import Values

/// When a hub is asked to push (WebSub), and when its pushes are relied on. Pure.
enum PushPolicy {
  enum Action: Equatable {
    case nothing
    /// Make a new subscription.
    case subscribe
    /// Ask again with what there is: for a lease that is half over, or a hub that did not come to verify.
    case renew
  }

  /// The longest lease that is believed, and the shortest.
  static let longestLease = 30 * 86_400
  static let shortestLease = 60
  /// A hub that did not come, or refused, is asked again after this many seconds, doubled with each failure, up to a
  /// day.
  static let retry: Int64 = 3600
  static let retryAfterDenial: Double = 7 * 86_400
  /// Pushes of a lease younger than this are not missed yet, and items younger than this may be under way.
  static let grace: Double = 600

  static func action(_ push: PushSubscription?, hub: String, topic: String, now: Timestamp) -> Action {
    guard let push, push.hub == hub, push.topic == topic else { return .subscribe }
    let sinceAsked = isAhead(push.askedAt, now) ? .infinity : now.seconds(since: push.askedAt)
    let patience = Double(min(retry << min(push.failures, 5), 86_400))
    switch push.state {
    case .denied: return sinceAsked >= retryAfterDenial ? .subscribe : .nothing
    case .requested: return sinceAsked >= patience ? .renew : .nothing
    case .active, .broken:
      guard let since = push.since, let end = push.leaseEnd else { return .renew }
      if isAhead(since, now) { return sinceAsked >= patience ? .renew : .nothing }
      let isHalfOver = now.seconds(since: since) >= end.seconds(since: since) / 2
      return isHalfOver && sinceAsked >= min(patience, end.seconds(since: since) / 4) ? .renew : .nothing
    }
  }

  /// Whether polls may be seldom, because the hub delivers.
  static func isRelied(_ push: PushSubscription?, now: Timestamp) -> Bool {
    guard let push, push.state == .active, let since = push.since, let end = push.leaseEnd else { return false }
    return !isAhead(since, now) && now < end
  }

  /// Whether a time of the past lies ahead: it was noted by a clock that was, and says nothing. A visit may have begun
  /// before a hub came.
  private static func isAhead(_ time: Timestamp, _ now: Timestamp) -> Bool { time.seconds(since: now) > 300 }

  /// Whether an item that a poll found first should have been pushed.
  static func isMissed(_ push: PushSubscription, itemDate: Timestamp?, now: Timestamp) -> Bool {
    guard isRelied(push, now: now), let since = push.since, let date = itemDate else { return false }
    return date > since.adding(seconds: Int64(grace)) && now.seconds(since: date) > grace
  }

  /// The lease that a hub gives, within what is believed.
  static func lease(_ text: String?, asked: Int) -> Int {
    max(shortestLease, min(longestLease, text.flatMap { Int($0) } ?? asked))
  }
}
