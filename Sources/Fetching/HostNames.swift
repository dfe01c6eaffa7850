/// Which hosts' addresses libcurl knows, and who waits until it does.
///
/// libcurl looks a name up once for each transfer that begins before the first has its answer, each time with a thread
/// of its own and questions to the name server. So the first goes alone, and the others follow when the answer is in
/// libcurl's cache, or when there is none.
struct HostNames {
  typealias Instant = Int64
  typealias Follower = CheckedContinuation<Void, Never>

  enum Turn {
    /// The name is known: nothing to wait for.
    case known
    /// Nobody is looking it up: the caller does, and calls `settle`.
    case first
    /// Somebody is: wait with `follow`.
    case follows
  }

  private var knownUntil: [String: Instant] = [:]
  private var followers: [String: [Follower]] = [:]

  /// A little less than libcurl keeps an answer, in nanoseconds.
  private static let life: Instant = 55_000_000_000

  mutating func turn(_ host: String, now: Instant) -> Turn {
    if let end = knownUntil[host], end > now { return .known }
    if followers[host] != nil { return .follows }
    followers[host] = []
    return .first
  }

  mutating func follow(_ host: String, _ follower: Follower) { followers[host, default: []].append(follower) }

  /// Ends the look-up, if it has not ended yet, and lets all others go on.
  mutating func settle(_ host: String, isKnown: Bool, now: Instant) {
    guard let waiting = followers.removeValue(forKey: host) else { return }
    if isKnown { knownUntil[host] = now + Self.life }
    for follower in waiting { follower.resume() }
  }

  mutating func forgetOld(now: Instant) { knownUntil = knownUntil.filter { $0.value > now } }
}
