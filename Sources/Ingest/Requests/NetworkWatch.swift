import Values

/// Tells an outage here from failures there. Failures that may well be our own network's count against nobody at first:
/// the source is tried again soon. When several sites in a row cannot be reached, the network here is down, and nobody
/// is to blame for as long as that lasts; when a source keeps failing while nothing else does, it is its own fault.
/// Pure but for the times handed in.
struct NetworkWatch: Sendable {
  enum Change: Sendable {
    case wentDown, cameBack
  }

  enum Verdict: Sendable {
    /// Counts against nobody.
    case ours
    case theirs
  }

  private var hosts: Set<String> = []
  /// How often in a row those that failed for a reason that may be ours were let off.
  private var letOff: [String: Int] = [:]
  private var until: Timestamp?
  private var wait = probe

  /// Different hosts that must fail, without one answer in between, before the network counts as down; fewer where
  /// fewer are known.
  static let threshold = 3
  /// Times that one source is let off while it alone fails.
  static let patience = 2
  /// Seconds to the first probe while the network is down; doubled with each that fails, up to `longestProbe`.
  static let probe: Int64 = 30
  static let longestProbe: Int64 = 300

  /// Whether to rest. When this ends while the network still counts as down, one probe is made.
  func isDown(_ now: Timestamp) -> Bool { until.map { now < $0 } ?? false }

  /// When the next probe is made.
  var nextProbe: Timestamp? { until }

  /// Any answer at all, whatever its status. `key` is who asked.
  mutating func answered(_ key: String) -> Change? {
    hosts = []
    letOff[key] = nil
    guard until != nil else { return nil }
    letOff = [:]
    until = nil
    wait = Self.probe
    return .cameBack
  }

  /// No address could be reached, for a reason that may well be local.
  /// - Parameter known: how many different hosts there are to ask at all.
  mutating func unreachable(
    _ key: String, host: String, known: Int, now: Timestamp
  ) -> (verdict: Verdict, change: Change?) {
    if let until {
      // What was under way when it went down is no probe.
      if now >= until {
        wait = min(wait * 2, Self.longestProbe)
        self.until = now.adding(seconds: wait)
      }
      return (.ours, nil)
    }
    hosts.insert(host)
    if hosts.count >= min(Self.threshold, max(1, known)) {
      until = now.adding(seconds: wait)
      return (.ours, .wentDown)
    }
    letOff[key, default: 0] += 1
    // Keys of pages come and go.
    if letOff.count > 10_000 { letOff = [key: letOff[key] ?? 1] }
    return ((letOff[key] ?? 0) <= Self.patience ? .ours : .theirs, nil)
  }

  /// A request was given up that may never have arrived: tried again at once, but not for ever.
  mutating func undelivered(_ key: String) -> Verdict {
    letOff[key, default: 0] += 1
    return (letOff[key] ?? 0) <= Self.patience ? .ours : .theirs
  }

  /// Keeps the distance to the next probe when the clock is set.
  mutating func follow(clock step: Int64) { until = until?.adding(seconds: step) }

  /// Whether the network counts as down, probes included.
  var isSuspected: Bool { until != nil }
}
