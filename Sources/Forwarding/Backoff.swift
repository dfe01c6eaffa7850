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

/// A small generator of our own, so that a run can be repeated from its seed (SplitMix64, public domain).
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64
  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
