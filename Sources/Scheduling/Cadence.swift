// Scheduling: when each source is fetched next, and in which order. Pure: facts and times are handed in, decisions come
// out. It must not know the network, the store or the clock.
public import Values

/// Decides when a source is fetched next. Pure: the same facts give the same time.
public struct Cadence: Sendable {
  /// Seconds; what the plugin allows, within what the operator allows.
  public var minInterval: Int
  public var maxInterval: Int
  /// Seconds to the second try after a failure.
  public var retry: Int
  /// What one request is worth, in seconds that one item waits for it: the exchange rate between being early and asking
  /// seldom.
  public var patience: Double

  public static let usualPatience = 2400.0

  public init(minInterval: Int, maxInterval: Int, retry: Int, patience: Double = usualPatience) {
    self.minInterval = minInterval
    self.maxInterval = maxInterval
    self.retry = retry
    self.patience = patience
  }

  public static let day = 86_400

  /// What an attempt brought.
  public struct Facts: Sendable {
    public var now: Timestamp
    /// When the source brings items; nil while unknown.
    public var rhythm: Rhythm?
    /// Seconds for which the server calls its answer fresh: Cache-Control, Expires, ttl and the like.
    public var freshFor: Int?
    /// Failures in a row, this attempt included; 0 after a success.
    public var failures = 0
    /// Seconds that somebody asked us to wait.
    public var retryAfter: Int?
    /// Who that was: the server, unless it was something of ours.
    public var retryReason: Decision.Reason
    /// 0 ..< 1; spreads sources that would come back in lockstep.
    public var jitter: Double

    public init(
      now: Timestamp, rhythm: Rhythm? = nil, freshFor: Int? = nil, failures: Int = 0, retryAfter: Int? = nil,
      retryReason: Decision.Reason = .retryAfter, jitter: Double
    ) {
      self.now = now
      self.rhythm = rhythm
      self.freshFor = freshFor
      self.failures = failures
      self.retryAfter = retryAfter
      self.retryReason = retryReason
      self.jitter = jitter
    }
  }

  /// A time to wait, and why it is what it is.
  public struct Decision: Sendable, Equatable {
    public var seconds: Int
    public var reason: Reason

    public init(seconds: Int, reason: Reason) {
      self.seconds = seconds
      self.reason = reason
    }

    public enum Reason: String, Sendable, CaseIterable {
      case rhythm = "its own rhythm"
      case shortest = "the shortest interval allowed"
      case longest = "the longest interval allowed"
      case freshness = "the server calls its answer fresh until then"
      case backoff = "back-off after failures"
      case retryAfter = "the server asked for it"
      case login = "its login failed and rests until then"
      case program = "its program failed and rests until then"
      case ours = "the fault was on this side, so it is tried again soon"
      case quiet = "the feed says that nothing comes before (skipHours, skipDays)"
      case push = "a hub pushes what is new, and this is the poll for safety"
      case held = "its server asked the whole rate group to rest"

      /// A word for the state database; `init(word:)` reads it back.
      public var word: String { "\(self)" }

      public init?(word: String) {
        guard let reason = Self.allCases.first(where: { $0.word == word }) else { return nil }
        self = reason
      }
    }
  }

  public func next(_ facts: Facts) -> Decision {
    facts.failures > 0 ? afterFailure(facts) : afterSuccess(facts)
  }

  private func afterSuccess(_ facts: Facts) -> Decision {
    var decision = Decision(seconds: minInterval, reason: .shortest)
    if let rhythm = facts.rhythm {
      let wait = rhythm.wait(from: facts.now, patience: patience, longest: Double(maxInterval))
      if wait >= Double(maxInterval) {
        decision = Decision(seconds: maxInterval, reason: .longest)
      } else if wait > Double(minInterval) {
        decision = Decision(seconds: Int(wait), reason: .rhythm)
      }
    }
    // Servers claim freshness of years; the plugin's bound is what a news source can be trusted with.
    if let fresh = facts.freshFor, min(fresh, maxInterval) > decision.seconds {
      decision = Decision(seconds: min(fresh, maxInterval), reason: .freshness)
    }
    decision.seconds += Int(Double(decision.seconds) * 0.1 * facts.jitter)
    return decision
  }

  /// Doubles from `retry` up to a day and never gives up.
  private func afterFailure(_ facts: Facts) -> Decision {
    let doubled = Double(retry) * Double(1 << min(facts.failures - 1, 20))
    var seconds = Int(min(doubled, Double(Self.day)))
    // Plus or minus a fifth: sources that failed together must not come back together.
    seconds += Int(Double(seconds) * (facts.jitter - 0.5) * 0.4)
    if let asked = facts.retryAfter, min(asked, Self.day) > seconds {
      return Decision(seconds: min(asked, Self.day), reason: facts.retryReason)
    }
    return Decision(seconds: max(seconds, 1), reason: .backoff)
  }
}
