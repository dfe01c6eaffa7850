internal import PostgreSQL
internal import Store
internal import Values

/// Answers a book's statements with those of PostgreSQL, one round trip each. Every decision is made in the statement
/// itself, against rows that it locks: what a node believed when it sent one may be old when it is executed, and a
/// statement whose sender gave up waiting may be executed later still.
///
/// Confined to one thread, and blocking.
final class PostgresLeases {
  private let target: PostgresTarget
  private let node: String
  private let instance: String
  private let lease: Int64
  private let version: String
  private let address: String?
  /// What the node tells of itself besides what it holds.
  var figures = JSONObject()
  private var connection: PostgresConnection?
  /// Statements sent since the beginning, for tests of how many there are.
  private(set) var statements = 0

  init(
    target: PostgresTarget, node: String, instance: String, lease: Int64, version: String, address: String?
  ) {
    self.target = target
    self.node = node
    self.instance = instance
    self.lease = lease
    self.version = version
    self.address = address
  }

  /// Gives the connection up; the next statement makes another.
  func disconnect() {
    connection?.close()
    connection = nil
  }

  /// For tests: as if the server were out of reach.
  var isCutOff = false

  func run(_ statement: LeaseStatement) throws(FleetError) -> LeaseAnswer {
    if isCutOff {
      disconnect()
      throw FleetError(.unreachable, "cut off")
    }
    do throws(PostgresError) {
      return try answer(statement, on: try connected())
    } catch {
      if connection?.isUsable != true || error.kind == .unreachable { disconnect() }
      throw FleetError(error, target)
    }
  }

  private func connected() throws(PostgresError) -> PostgresConnection {
    if let connection, connection.isUsable { return connection }
    let made = try PostgresConnection(target, name: "newswire fleet \(node)")
    // A beat that takes longer than the time between two would be late for more than itself.
    try made.allowLong(.seconds(max(1, lease / 3_000_000_000)))
    connection = made
    return made
  }

  private func answer(
    _ statement: LeaseStatement, on connection: PostgresConnection
  ) throws(PostgresError) -> LeaseAnswer {
    let me = PostgresValue.text(node)
    statements += 1
    switch statement {
    case .join(let session, let trusts, let over): return try join(session, trusts, over, connection)
    case .adopt(let session):
      return .leases(
        try connection.rows(Self.adopt, me, .integer(session)) { Self.row($0, before: .active) })
    case .beat(let session, let holding): return try beat(session, holding, connection)
    case .list(let session):
      return .leases(try connection.rows(Self.list, me, .integer(session)) { Self.row($0, before: .active) })
    case .wish(let wishes):
      try connection.run(
        Self.wish, .texts(wishes.map(\.group)), .integers(wishes.map { Int64(min($0.weight, Int(Int32.max))) }))
      return .done
    case .bury(let marks):
      return .buried(
        try connection.rows(
          Self.bury, .texts(marks.map(\.name)), .integers(marks.map(\.session)), .integers(marks.map(\.beat))
        ) { $0.text(0) })
    case .claim(let session, let weight, let limit, let only):
      let rows = try connection.rows(
        Self.claim, me, .integer(session), .integer(limit), .integer(weight), only.map { .texts($0) } ?? .null
      ) { Self.row($0, before: $0.bool(4) ? .silent : $0.bool(3) ? .active : .nobody) }
      return .claimed(rows)
    case .release(let session, let fences, let holding):
      return .kept(
        try connection.rows(
          Self.release, me, .integer(session), .texts(fences.map(\.group)), .integers(fences.map(\.epoch)),
          .text(told(holding))
        ) { $0.text(0) })
    case .note(let session, let holding):
      try connection.run(
        "UPDATE nodes SET figures = ?3 WHERE name = ?1 AND session = ?2", me, .integer(session), .text(told(holding)))
      return .done
    case .acquire(let session, let group): return try acquire(session, group, connection)
    case .tidy:
      try connection.run(Self.tidy)
      return .done
    case .leave(let session):
      try connection.run(
        "UPDATE nodes SET session = -1, expires_at = '-infinity' WHERE name = ?1 AND session = ?2", me,
        .integer(session))
      return .done
    }
  }

  private func join(
    _ session: Int64, _ trusts: Bool, _ over: [NodeMark], _ connection: PostgresConnection
  ) throws(PostgresError) -> LeaseAnswer {
    let joined = try connection.first(
      Self.join, .text(node), .text(instance), .integer(session), .integer(lease / 1000), .text(version),
      .text(address), .bool(trusts), .integers(over.map(\.session)), .integers(over.map(\.beat))
    ) { $0.bool(0) }
    if let joined { return .joined(isDraining: joined) }
    statements += 1
    let occupant = try connection.first(
      "SELECT name, session, \(Self.beatOf), \(Self.leaseOf), expires_at > now() FROM nodes AS n WHERE name = ?1",
      .text(node)
    ) { (Self.mark($0), $0.bool(4)) }
    // Gone between the two: as one that is not alive, and free to join over at the next attempt.
    guard let occupant else {
      return .occupied(NodeMark(name: node, session: 0, beat: 0, lease: lease), isAlive: false)
    }
    return .occupied(occupant.0, isAlive: occupant.1)
  }

  private func beat(
    _ session: Int64, _ holding: Holding, _ connection: PostgresConnection
  ) throws(PostgresError) -> LeaseAnswer {
    var overview = Overview(isRenewed: false, isDraining: false, nodes: [], free: 0, clock: 0)
    overview.nodes = try connection.rows(
      Self.beat, .text(node), .integer(session), .integer(lease / 1000), .text(told(holding))
    ) { row in
      overview.isRenewed = row.bool(8)
      overview.isDraining = row.bool(9)
      overview.free = row.int(10)
      overview.clock = row.real(11) ?? 0
      return Overview.Node(
        mark: Self.mark(row), isDraining: row.bool(4), isGone: row.bool(5), weight: row.int(6), wished: row.int(7))
    }
    return .overview(overview)
  }

  private func acquire(
    _ session: Int64, _ group: String, _ connection: PostgresConnection
  ) throws(PostgresError) -> LeaseAnswer {
    let row = try connection.first(Self.acquire, .text(node), .integer(session), .text(group)) {
      Self.row($0, before: $0.bool(4) ? .silent : $0.bool(3) ? .active : .nobody)
    }
    if let row { return .acquired(row) }
    statements += 1
    let holder = try connection.first("SELECT node FROM leases WHERE rate_group = ?1", .text(group)) {
      $0.optionalText(0)
    }
    return .elsewhere(node: holder.flatMap { $0 == node ? nil : $0 })
  }

  /// The text of a node's figures. `beat` looks for the weights in it.
  private func told(_ holding: Holding) -> String {
    var object = figures
    object["leases"] = .integer(Int64(holding.leases))
    object["weight"] = .integer(Int64(holding.weight))
    object["wished"] = .integer(Int64(holding.wished))
    return JSON.object(object).text()
  }

  private static func row(_ row: PostgresRow, before: PastHolder) -> LeaseRow {
    LeaseRow(group: row.text(0), epoch: row.int64(1), weight: row.int(2), before: before)
  }

  private static func mark(_ row: PostgresRow) -> NodeMark {
    NodeMark(name: row.text(0), session: row.int64(1), beat: row.int64(2), lease: min(row.int64(3), .max / 1000) * 1000)
  }
}

extension FleetError {
  init(_ error: PostgresError, _ target: PostgresTarget) {
    let kind: Kind =
      switch error.kind {
      case .unreachable, .conflict: .unreachable
      case .refused: .refused
      case .readOnly, .full: .readOnly
      case .failed: .failed
      }
    self.init(kind, "\(target.description): \(error.description)")
  }
}
