/// Which of the other nodes no longer beat. A node is gone once the same beat of it has been seen for a whole lease.
struct NodeWatch: Sendable {
  typealias Instant = LeaseClock.Instant

  private struct Sighting {
    var mark: NodeMark
    /// When the mark was first seen. The time of an answer, so never before the beat itself.
    var since: Instant
  }

  /// No lease is shorter, whatever a row says.
  static let shortest: Int64 = 5_000_000_000

  /// Of this node, in nanoseconds.
  private let lease: Int64
  private var sightings: [String: Sighting] = [:]
  private var lastLook: Instant?

  init(lease: Int64) { self.lease = lease }

  /// Looks at what all others say of themselves; those that are to be declared gone.
  mutating func look(at others: [Overview.Node], now: Instant) -> [NodeMark] {
    let known = wasBlind(now) ? [:] : sightings
    sightings = [:]
    lastLook = now
    var gone: [NodeMark] = []
    for node in others where !node.isGone {
      let before = known[node.mark.name]
      let sighting = before?.mark == node.mark ? before! : Sighting(mark: node.mark, since: now)
      sightings[node.mark.name] = sighting
      if hasEnded(node.mark, since: sighting.since, now: now) { gone.append(node.mark) }
    }
    return gone
  }

  /// What kept this node from looking may have kept the others from beating: they are given a lease from now.
  func wasBlind(_ now: Instant) -> Bool { lastLook.map { now - $0 > lease / 2 } ?? false }

  /// Whether a mark that was seen all the time since then has outlived its lease.
  func hasEnded(_ mark: NodeMark, since: Instant, now: Instant) -> Bool {
    now - since >= max(Self.shortest, mark.lease)
  }

  /// Something of the fleet was seen that is no overview of it.
  mutating func saw(at now: Instant) { lastLook = now }

  mutating func forget() { sightings = [:] }

  /// How long until the first of those that have missed their beats is to be declared gone; nil without one.
  func untilNextVerdict(_ now: Instant) -> Int64? {
    sightings.values.filter { now - $0.since > $0.mark.lease / 2 }.map { $0.since + $0.mark.lease - now }.min()
  }
}
