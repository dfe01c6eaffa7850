// Dates: what publishers write as a date, read into instants; and the time zones needed for that.
// It must not know feeds, pages or the present time.

/// A time zone: the offsets from UTC that the clocks of a place showed and will show (RFC 8536).
public struct Zone: Sendable, Hashable {
  /// The name in the time zone database (`Europe/London`), or `UTC`, or an offset (`+01:00`).
  public let name: String
  /// Instants, in UTC seconds, from which `kinds[kindOfTransition[i]]` applies; ascending.
  let transitions: [Int64]
  let kindOfTransition: [UInt8]
  let kinds: [LocalTimeKind]
  /// What applies after the last transition.
  let rule: PosixRule?

  /// One kind of local time: an offset and the letters it is called by.
  struct LocalTimeKind: Sendable, Hashable {
    /// Seconds east of UTC.
    let offset: Int32
    let isDaylight: Bool
    /// Lower case, such as `cest`.
    let abbreviation: String
  }

  public static let utc = Zone(name: "UTC", offset: 0)

  /// A zone whose clocks never change; `offset` in seconds east of UTC.
  public init(offset: Int32) {
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let minutes = abs(offset) / 60
    self.init(name: (offset < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60), offset: offset)
  }

  private init(name: String, offset: Int32) {
    self.init(
      name: name, transitions: [], kindOfTransition: [],
      kinds: [LocalTimeKind(offset: offset, isDaylight: false, abbreviation: name.lowercased())], rule: nil)
  }

  init(
    name: String, transitions: [Int64], kindOfTransition: [UInt8], kinds: [LocalTimeKind], rule: PosixRule?
  ) {
    self.name = name
    self.transitions = transitions
    self.kindOfTransition = kindOfTransition
    self.kinds = kinds
    self.rule = rule
  }

  /// Seconds east of UTC at an instant, given as seconds since 1970-01-01T00:00:00Z.
  public func offset(at seconds: Int64) -> Int32 {
    if let last = transitions.last, seconds >= last, let rule { return rule.offset(at: seconds) }
    if transitions.isEmpty, let rule { return rule.offset(at: seconds) }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
    }
    if low == 0 { return (kinds.first { !$0.isDaylight } ?? kinds[0]).offset }
    return kinds[Int(kindOfTransition[low - 1])].offset
  }

  /// Seconds east of UTC when a clock in this zone shows `civil` (its seconds counted as if it were UTC).
  /// Of a time that occurs twice the first is meant; one that is skipped is read with the offset before the change.
  public func offset(atLocal civil: Int64) -> Int32 {
    let day: Int64 = 86_400
    let before = offset(at: civil &- day)
    let after = offset(at: civil &+ day)
    if before == after || offset(at: civil - Int64(before)) == before { return before }
    return offset(at: civil - Int64(after)) == after ? after : before
  }

  /// The offset that people of this zone mean by letters such as `IST`, nil when the zone has never used them.
  func offset(abbreviation: String) -> Int32? {
    kinds.last { $0.abbreviation == abbreviation }?.offset
  }
}
