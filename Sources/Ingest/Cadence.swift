import Values

/// Decides when a source is fetched next. Pure: the same facts give the same time.
struct Cadence: Sendable {
  /// Seconds; what the plugin allows, within what the operator allows.
  var minInterval: Int
  var maxInterval: Int
  /// Seconds to the second try after a failure.
  var retry: Int

  static let day = 86_400

  /// What an attempt brought.
  struct Facts: Sendable {
    /// New items a day, smoothed; nil while unknown.
    var itemsPerDay: Double?
    /// Seconds for which the server calls its answer fresh: Cache-Control, Expires, ttl and the like.
    var freshFor: Int?
    /// Failures in a row, this attempt included; 0 after a success.
    var failures = 0
    /// Seconds that the server asked us to wait.
    var retryAfter: Int?
    /// 0 ..< 1; spreads sources that would come back in lockstep.
    var jitter: Double
  }

  /// A time to wait, and why it is what it is.
  struct Decision: Sendable, Equatable {
    var seconds: Int
    var reason: Reason

    enum Reason: String, Sendable {
      case rhythm = "its own rhythm"
      case shortest = "the shortest interval allowed"
      case longest = "the longest interval allowed"
      case freshness = "the server calls its answer fresh until then"
      case backoff = "back-off after failures"
      case retryAfter = "the server asked for it"
      case ours = "the fault was on this side, so it is tried again soon"
    }
  }

  func next(_ facts: Facts) -> Decision {
    facts.failures > 0 ? afterFailure(facts) : afterSuccess(facts)
  }

  /// Half the mean gap between items catches most of them soon, without asking much more often than they come.
  private func afterSuccess(_ facts: Facts) -> Decision {
    var decision = Decision(seconds: minInterval, reason: .shortest)
    if let rate = facts.itemsPerDay {
      let half = rate > 0 ? Double(Self.day) / rate / 2 : Double(maxInterval)
      if half >= Double(maxInterval) {
        decision = Decision(seconds: maxInterval, reason: .longest)
      } else if half > Double(minInterval) {
        decision = Decision(seconds: Int(half), reason: .rhythm)
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
      return Decision(seconds: min(asked, Self.day), reason: .retryAfter)
    }
    return Decision(seconds: max(seconds, 1), reason: .backoff)
  }

  /// The smoothed number of new items a day after a fetch that brought `new` ones `elapsed` seconds after the last.
  /// A day's memory: what is older counts less and less.
  static func rhythm(_ before: Double?, new: Int, elapsed: Double) -> Double? {
    guard elapsed > 1 else { return before }
    let observed = Double(new) / elapsed * Double(day)
    guard let before else { return observed }
    let weight = min(1, elapsed / Double(day))
    return before + (observed - before) * weight
  }
}

extension Int {
  /// Seconds as a person says them: `45 s`, `5 min`, `3 h`, `2 d`.
  var spokenSeconds: String {
    switch self {
    case ..<120: "\(self) s"
    case ..<7200: "\(self / 60) min"
    case ..<172_800: "\(self / 3600) h"
    default: "\(self / 86_400) d"
    }
  }
}
