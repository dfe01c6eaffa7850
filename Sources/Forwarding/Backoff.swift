/// How long to wait after failures in a row: doubled each time up to a limit, and spread, so that many that lost the
/// same server do not come back at the same instant. It never ends.
public struct Backoff: Sendable, Equatable {
  /// Seconds after the first failure.
  public var first = 0.25
  /// Seconds that no wait exceeds.
  public var longest = 30.0

  public init() {}

  /// - Parameters:
  ///   - failures: in a row, 1 for the first.
  ///   - random: 0 ..< 1.
  /// - Returns: seconds, between half of the doubled time and all of it.
  public func seconds(failures: Int, random: Double) -> Double {
    let doublings = Double(min(max(failures, 1) - 1, 30))
    var whole = first
    for _ in 0..<Int(doublings) where whole < longest { whole *= 2 }
    return min(whole, longest) * (0.5 + 0.5 * random)
  }
}
