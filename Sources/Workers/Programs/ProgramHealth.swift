/// Whether a plugin's program may be started: a pure state machine over failures, successes and a clock in seconds.
///
/// After a failure the program rests, each time twice as long, up to five minutes. After `attempts` failures in a row
/// it is in quarantine: one job every `probe` seconds tries it again, until one succeeds or an operator lifts the
/// quarantine.
struct ProgramHealth: Sendable {
  enum State: Sendable, Equatable {
    case sound
    /// Rests until then.
    case resting(until: Double)
    /// In quarantine; the next probe is then.
    case quarantined(until: Double)
  }

  /// What a failure led to.
  enum Verdict: Sendable, Equatable {
    case rests(seconds: Double)
    /// `isNew` the first time, not when a probe failed.
    case quarantined(seconds: Double, isNew: Bool)
  }

  /// Failures in a row that lead to quarantine.
  let attempts: Int
  /// Seconds of the first rest.
  let retry: Double
  /// Seconds between two probes.
  let probe: Double
  private(set) var failures = 0
  private(set) var state = State.sound

  static let longestRest = 300.0

  init(attempts: Int, retry: Double, probe: Double) {
    self.attempts = attempts
    self.retry = retry
    self.probe = probe
  }

  /// One that an earlier run left in quarantine, `wait` seconds before its next probe.
  init(attempts: Int, retry: Double, probe: Double, failures: Int, wait: Double, now: Double) {
    self.init(attempts: attempts, retry: retry, probe: probe)
    // The operator may allow more failures by now: quarantine stays quarantine.
    self.failures = max(failures, attempts)
    state = .quarantined(until: now + min(max(0, wait), probe))
  }

  var isQuarantined: Bool { if case .quarantined = state { true } else { false } }

  /// Seconds that a job has to wait; nil when it may run now.
  func wait(now: Double) -> Double? {
    switch state {
    case .sound: nil
    case .resting(let until), .quarantined(let until): until > now ? until - now : nil
    }
  }

  /// `jitter` is 0 ..< 1: programs that failed together must not come back together.
  mutating func failed(now: Double, jitter: Double) -> Verdict {
    failures += 1
    if failures >= attempts {
      let isNew = !isQuarantined
      state = .quarantined(until: now + probe)
      return .quarantined(seconds: probe, isNew: isNew)
    }
    let doubled = retry * Double(1 << min(failures - 1, 20))
    let seconds = min(doubled, Self.longestRest) * (1 + 0.2 * jitter)
    state = .resting(until: now + seconds)
    return .rests(seconds: seconds)
  }

  /// Returns whether it had failed before.
  mutating func succeeded() -> Bool {
    defer { self = ProgramHealth(attempts: attempts, retry: retry, probe: probe) }
    return failures > 0
  }
}
