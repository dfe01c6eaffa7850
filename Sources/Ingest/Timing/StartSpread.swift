import Values

/// Spreads the first visits after a start over time: a thousand plugins must not make a thousand requests in one
/// second, neither those that are new nor those that fell due while the daemon was not running. What is due later keeps
/// its time. Pure but for the count that it keeps.
struct StartSpread {
  private var fresh = 0
  private var late = 0
  private let isTakingOver: Bool

  static let freshPerSecond = 20
  static let latePerSecond = 50

  /// - Parameter takingOver: sources of other nodes' groups. What of them is late has waited for a lease already, and
  ///   is due at once, the latest first. Their servers are kept from a storm by the fetcher's own limits.
  init(takingOver: Bool = false) { isTakingOver = takingOver }

  /// - Parameter known: when the last run meant to visit the source; nil for one that was never visited.
  mutating func due(_ known: Timestamp?, now: Timestamp) -> Timestamp {
    guard let known else {
      defer { fresh += 1 }
      return now.adding(seconds: Int64(fresh / Self.freshPerSecond))
    }
    guard known < now, !isTakingOver else { return known }
    defer { late += 1 }
    return now.adding(seconds: Int64(late / Self.latePerSecond))
  }
}
