import Values

/// Tells an outage here from failures there: when attempts at several sites in a row fail to reach any address, the
/// local network is down and no source is to blame. Pure but for the times handed in.
struct NetworkWatch: Sendable {
  enum Change: Sendable {
    case wentDown, cameBack
  }

  private var failures = 0
  private var hosts: Set<String> = []
  private var until: Timestamp?

  /// Different hosts that must fail, without one answer in between, before the network counts as down.
  static let threshold = 3
  /// Seconds between probes while it is down.
  static let probe: Int64 = 30

  func isDown(_ now: Timestamp) -> Bool { until.map { now < $0 } ?? false }

  /// Any answer at all, whatever its status.
  mutating func answered() -> Change? {
    failures = 0
    hosts = []
    defer { until = nil }
    return until == nil ? nil : .cameBack
  }

  /// No address could be reached, for a reason that may well be local.
  mutating func unreachable(_ host: String, now: Timestamp) -> Change? {
    failures += 1
    hosts.insert(host)
    guard hosts.count >= Self.threshold || until != nil else { return nil }
    defer { until = now.adding(seconds: Self.probe) }
    return until == nil ? .wentDown : nil
  }

  /// Keeps the distance to the next probe when the clock is set.
  mutating func follow(clock step: Int64) { until = until?.adding(seconds: step) }

  /// Whether failures are held against nobody at present.
  var isSuspected: Bool { until != nil }
}
