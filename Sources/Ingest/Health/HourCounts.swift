/// Counts by the hour over the last six weeks. A ring: constant memory (2 kB), whatever happens.
struct HourCounts: Sendable, Equatable {
  static let span = 42 * 24

  private var counts = [UInt16](repeating: 0, count: span)
  /// The newest hour there is a slot for; hours since 1970.
  private var newest: Int64 = .min

  mutating func add(_ count: Int = 1, at hour: Int64) {
    advance(to: hour)
    guard hour > newest - Int64(Self.span) else { return }
    let slot = Self.slot(hour)
    counts[slot] = UInt16(clamping: Int(counts[slot]) + count)
  }

  subscript(hour: Int64) -> Int {
    guard newest != .min, hour <= newest, hour > newest - Int64(Self.span) else { return 0 }
    return Int(counts[Self.slot(hour)])
  }

  func sum(_ hours: Range<Int64>) -> Int { hours.reduce(0) { $0 + self[$1] } }

  /// The latest hour with a count; nil when there is none.
  var latest: Int64? {
    guard newest != .min else { return nil }
    return (newest - Int64(Self.span) + 1...newest).last { self[$0] > 0 }
  }

  /// Gives the slots of hours that have passed to new ones.
  private mutating func advance(to hour: Int64) {
    guard newest != .min else {
      newest = hour
      return
    }
    guard hour > newest else { return }
    for passed in max(newest + 1, hour - Int64(Self.span) + 1)...hour { counts[Self.slot(passed)] = 0 }
    newest = hour
  }

  private static func slot(_ hour: Int64) -> Int {
    let rest = Int(hour % Int64(span))
    return rest < 0 ? rest + span : rest
  }
}
