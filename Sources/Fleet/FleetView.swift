public import PostgreSQL
public import Values

/// The fleet as its database has it, for people and programs that look at it or empty a node. Needs no daemon.
///
/// Confined to one thread, and blocking.
public final class FleetView {
  /// How a node is, by the database's clock.
  public enum State: String, Sendable {
    case up
    /// Is to be emptied, and still has leases.
    case draining
    case drained
    /// Has not beaten in time; its leases are about to be taken over.
    case silent
    /// Has left, or was declared gone.
    case gone
  }

  public struct Node: Sendable, Equatable {
    public var name: String
    public var state: State
    public var version: String
    public var address: String?
    /// Groups that it holds; of one that is gone, those that nobody has taken yet.
    public var leases: Int
    /// Seconds since it beat; nil when it never has.
    public var lastBeat: Double?
    /// What the node tells of itself.
    public var figures: JSON

    public init(
      name: String, state: State, version: String, address: String? = nil, leases: Int, lastBeat: Double?,
      figures: JSON = .null
    ) {
      self.name = name
      self.state = state
      self.version = version
      self.address = address
      self.leases = leases
      self.lastBeat = lastBeat
      self.figures = figures
    }
  }

  public struct Group: Sendable, Equatable {
    public var name: String
    /// Who may fetch from it; nil for nobody.
    public var node: String?
    public var epoch: Int64
    /// How many sources are in it; 0 for a host that only pages are at.
    public var sources: Int
    /// For how many seconds it has been this node's; nil when it is nobody's.
    public var heldFor: Double?

    public init(name: String, node: String?, epoch: Int64, sources: Int, heldFor: Double?) {
      self.name = name
      self.node = node
      self.epoch = epoch
      self.sources = sources
      self.heldFor = heldFor
    }
  }

  private let connection: PostgresConnection
  private let target: PostgresTarget

  public init(_ target: PostgresTarget) throws(FleetError) {
    self.target = target
    do throws(PostgresError) { connection = try PostgresConnection(target, name: "newswirectl") } catch {
      throw FleetError(error, target)
    }
  }

  private func telling<T>(_ body: () throws(PostgresError) -> T) throws(FleetError) -> T {
    do throws(PostgresError) { return try body() } catch {
      // 42P01: no such table.
      if error.sqlState == "42P01" {
        throw FleetError(.refused, "\(target.description): no node has been here, there are no tables of newswire")
      }
      throw FleetError(error, target)
    }
  }

  /// Every node that is remembered, by name.
  public func nodes() throws(FleetError) -> [Node] {
    try telling { () throws(PostgresError) in
      try connection.rows(
        """
        SELECT n.name, n.version, n.address, n.is_draining, \(PostgresLeases.isGone), n.expires_at > now(),
          extract(epoch FROM now() - n.beat_at), n.figures, (SELECT count(*) FROM leases l WHERE l.node = n.name)
        FROM nodes n ORDER BY n.name
        """
      ) { row in
        let leases = row.int(8)
        let state: State =
          row.bool(4)
          ? .gone : !row.bool(5) ? .silent : !row.bool(3) ? .up : leases == 0 ? .drained : .draining
        return Node(
          name: row.text(0), state: state, version: row.text(1), address: row.optionalText(2), leases: leases,
          lastBeat: row.real(6), figures: (try? JSON(parsing: row.text(7))) ?? .null)
      }
    }
  }

  /// Every group that sources are in or that somebody holds, by name.
  public func groups() throws(FleetError) -> [Group] {
    try telling { () throws(PostgresError) in
      try connection.rows(
        """
        SELECT l.rate_group, CASE WHEN \(PostgresLeases.isGone) THEN NULL ELSE l.node END, l.epoch, l.weight,
          extract(epoch FROM now() - l.held_since)
        FROM leases l LEFT JOIN nodes n ON n.name = l.node
        WHERE l.weight > 0 OR l.node IS NOT NULL ORDER BY l.rate_group
        """
      ) { row in
        let node = row.optionalText(1)
        return Group(
          name: row.text(0), node: node, epoch: row.int64(2), sources: row.int(3),
          heldFor: node == nil ? nil : row.real(4))
      }
    }
  }

  /// How many groups with sources nobody may fetch from at this moment.
  public func freeGroups() throws(FleetError) -> Int {
    try telling { () throws(PostgresError) in
      try connection.first(
        """
        SELECT (SELECT count(*) FROM leases WHERE node IS NULL AND weight > 0)
          + (SELECT count(*) FROM leases l JOIN nodes n ON n.name = l.node WHERE \(PostgresLeases.isGone) AND l.weight > 0)
        """
      ) { $0.int(0) } ?? 0
    }
  }

  /// Has a node emptied, or ends that. It hears of it with its next beat.
  /// - Returns: false when there is no such node.
  public func drain(_ node: String, _ drains: Bool) throws(FleetError) -> Bool {
    try telling { () throws(PostgresError) in
      try connection.run("UPDATE nodes SET is_draining = ?2 WHERE name = ?1", .text(node), .bool(drains)) == 1
    }
  }
}
