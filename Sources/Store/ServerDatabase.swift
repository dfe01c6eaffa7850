internal import Digests
internal import Glibc
internal import PostgreSQL

/// A database on a PostgreSQL server, as one node sees it.
///
/// The connection holds a lock of the node's name as long as it lives. A commit whose answer was lost may still be
/// under way on the server; whoever connects next ends that, and waits until it is over, before it looks at anything.
final class ServerDatabase {
  let target: PostgresTarget
  /// The node whose outbox and queue this is; empty for who only looks.
  let node: String
  private let instance: String
  private var connection: PostgresConnection?
  private var isInTransaction = false

  var path: String { target.description }

  /// - Parameter instance: tells two machines that were given the same name apart.
  init(_ target: PostgresTarget, node: String, instance: String) throws(StoreError) {
    (self.target, self.node, self.instance) = (target, node, instance)
    try open()
  }

  /// For who only looks: nothing is made, migrated, locked or written. `canWrite` for work beside or without the nodes.
  init(inspecting target: PostgresTarget, node: String, canWrite: Bool = false) throws(StoreError) {
    (self.target, self.node, instance) = (target, node, "")
    let operation = "open state database"
    let connection = try telling(operation) { () throws(PostgresError) in
      let connection = try PostgresConnection(target, name: "newswirectl")
      try connection.run("SELECT set_config('newswire.node', ?, false)", .text(node))
      if !canWrite { try connection.execute("SET default_transaction_read_only = on") }
      return connection
    }
    guard let found = try telling(operation, { () throws(PostgresError) in try PostgresSchema.found(connection) })
    else {
      throw StoreError(
        .cannotCreate, operation: operation, path: path, message: "no tables of newswire are there",
        hint: "start newswired with this [state] url, or fill it from a file with newswirectl state move")
    }
    try PostgresSchema.verify(found, known: PostgresSchema.version, path: path)
    self.connection = connection
  }

  private func open() throws(StoreError) {
    let operation = "open state database"
    let connection = try telling(operation) { () throws(PostgresError) in
      try PostgresConnection(target, name: "newswired " + node)
    }
    try PostgresSchema.migrate(connection)
    try lockNode(connection)
    try telling(operation) { () throws(PostgresError) in
      try connection.run("SELECT set_config('newswire.node', ?, false)", .text(node))
    }
    isInTransaction = false
    self.connection = connection
  }

  /// True once the connection broke; nothing works until `reopen`.
  var isLost: Bool { connection?.isUsable != true }

  func reopen() throws(StoreError) {
    connection?.close()
    connection = nil
    try open()
  }

  // MARK: The node's lock

  /// How long an earlier connection of the same node may take to end.
  private static let patience: Duration = .seconds(10)

  private func lockNode(_ connection: PostgresConnection) throws(StoreError) {
    let operation = "lock node \(node)"
    let key = PostgresValue.text("node \(target.schema) \(node)")
    let other = try telling(operation) { () throws(PostgresError) in
      try connection.first(
        "SELECT coalesce(address, '') FROM nodes WHERE name = ? AND expires_at > now() AND instance <> ?", .text(node),
        .text(instance)
      ) { $0.text(0) }
    }
    if let other {
      throw StoreError(
        .busy, operation: operation, path: path,
        message: "a node of this name is alive on another machine\(other.isEmpty ? "" : " (\(other))")",
        hint: "give each machine a name of its own: [fleet] node")
    }
    let deadline = ContinuousClock.now + Self.patience
    while true {
      let isOurs = try telling(operation) { () throws(PostgresError) in
        try connection.first("SELECT pg_try_advisory_lock(hashtextextended(?, 0))", key) { $0.bool(0) }
      }
      if isOurs == true { return }
      guard ContinuousClock.now < deadline else {
        throw StoreError(
          .busy, operation: operation, path: path, message: "an earlier connection of this node does not end",
          hint: "see pg_stat_activity on the server, application_name \"newswired \(node)\"")
      }
      try telling(operation) { () throws(PostgresError) in
        try connection.run(
          """
          SELECT pg_terminate_backend(pid) FROM pg_locks
          WHERE locktype = 'advisory' AND objsubid = 1 AND granted
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND (classid::bigint << 32) | objid::bigint = hashtextextended(?, 0)
          """, key)
      }
      usleep(20_000)
    }
  }

  /// Until the transaction ends no other node changes what these publishers have.
  func lock(publishers: Set<String>) throws(StoreError) {
    let connection = try usable("lock publishers")
    // One after the other in one order, so that two nodes never wait for each other.
    for publisher in publishers.sorted() {
      connection.enqueue(
        operation: "lock publishers", "SELECT pg_advisory_xact_lock(hashtextextended(?, 1))",
        [.text("\(target.schema) \(publisher)")])
    }
  }

  // MARK: Statements

  private func usable(_ operation: String) throws(StoreError) -> PostgresConnection {
    guard let connection, connection.isUsable else {
      throw StoreError(.unreachable, operation: operation, path: path, message: "the connection is lost")
    }
    return connection
  }

  /// Hands the connection itself to `body`, for what only a server can do.
  @discardableResult
  func with<T>(
    _ operation: String, _ body: (PostgresConnection) throws(PostgresError) -> T
  ) throws(StoreError) -> T {
    let connection = try usable(operation)
    return try telling(operation) { () throws(PostgresError) in try body(connection) }
  }

  func execute(_ operation: String, _ sql: String) throws(StoreError) {
    try with(operation) { connection throws(PostgresError) in try connection.execute(sql) }
  }

  func run(_ operation: String, _ sql: String, _ values: [SQLValue]) throws(StoreError) {
    if isInTransaction {
      try usable(operation).enqueue(operation: operation, sql, values.map(Self.value))
    } else {
      _ = try changes(operation, sql, values)
    }
  }

  /// Inside a transaction: travels with the next question.
  func enqueue(_ operation: String, _ sql: String, _ values: [PostgresValue]) throws(StoreError) {
    try usable(operation).enqueue(operation: operation, sql, values)
  }

  func changes(_ operation: String, _ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int {
    try with(operation) { connection throws(PostgresError) in
      try connection.run(operation: operation, sql, values.map(Self.value))
    }
  }

  func rows<T>(
    _ operation: String, _ sql: String, _ values: [SQLValue], limit: Int = .max, read: (Row) -> T
  ) throws(StoreError) -> [T] {
    try with(operation) { connection throws(PostgresError) in
      try connection.rows(operation: operation, sql, values.map(Self.value), limit: limit) { read(.server($0)) }
    }
  }

  /// Writes rows into a table, inside a transaction: `table (column, column)`.
  func copy(
    _ operation: String, into table: String,
    _ body: (_ write: ([PostgresValue]) throws(StoreError) -> Void) throws(StoreError) -> Void
  ) throws(StoreError) {
    // What is queued comes first.
    _ = try changes(operation, "SELECT 1", [])
    let connection = try usable(operation)
    try telling(operation) { () throws(PostgresError) in try connection.beginCopy(into: table) }
    do throws(StoreError) {
      try body { row throws(StoreError) in
        try telling(operation) { () throws(PostgresError) in try connection.copy(row) }
      }
    } catch {
      // A copy that is broken off takes the transaction with it, and the connection is of no use in the middle of one.
      connection.close()
      throw error
    }
    try telling(operation) { () throws(PostgresError) in try connection.endCopy() }
  }

  /// A column of a file's row as it is kept here.
  static func copied(_ row: Row, _ column: Int32, isKey: Bool) -> PostgresValue {
    switch row.kind(column) {
    case .null: .null
    case .integer: .integer(row.int64(column))
    case .real: .real(row.real(column) ?? 0)
    case .text: .text(isKey ? kept(row.text(column)) : row.text(column))
    }
  }

  func begin(_ operation: String) {
    isInTransaction = true
    // A connection that is lost says so at the first question.
    connection?.enqueue(operation: operation, "BEGIN", [])
  }

  func commit(_ operation: String) throws(StoreError) {
    isInTransaction = false
    _ = try changes(operation, "COMMIT", [])
  }

  func rollBack() {
    isInTransaction = false
    connection?.rollBack()
  }

  /// Throws when an index cannot be relied on, as after a `CREATE INDEX CONCURRENTLY` that failed.
  func checkIndexes() throws(StoreError) {
    let broken = try with("check state database") { connection throws(PostgresError) in
      try connection.rows(
        """
        SELECT indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indrelid
        WHERE relnamespace = to_regnamespace(quote_ident(?)) AND NOT indisvalid
        """, .text(target.schema)
      ) { $0.text(0) }
    }
    guard !broken.isEmpty else { return }
    throw StoreError(
      .corrupt, operation: "check state database", path: path,
      message: "unfinished indexes: \(broken.joined(separator: ", "))", hint: "REINDEX them on the server")
  }

  func vacuum() throws(StoreError) {
    try with("vacuum state database") { connection throws(PostgresError) in
      try connection.allowLong(.seconds(3600))
      try connection.execute("VACUUM (ANALYZE, SKIP_LOCKED)")
      try connection.allowLong(nil)
    }
  }

  /// An index has room for 2700 bytes. What is longer keeps its beginning and the digest of all of it.
  static let longestKey = 1000

  static func kept(_ key: String) -> String {
    guard key.utf8.count > longestKey else { return key }
    return String(decoding: key.utf8.prefix(longestKey - 100), as: UTF8.self) + "#" + SHA256.hex(key.utf8)
  }

  static func value(_ value: SQLValue) -> PostgresValue {
    switch value {
    case .null: .null
    case .integer(let number): .integer(number)
    case .real(let number): .real(number)
    case .text(let text): .text(text)
    case .key(let key): .text(kept(key))
    }
  }

  @discardableResult
  private func telling<T>(_ operation: String, _ body: () throws(PostgresError) -> T) throws(StoreError) -> T {
    try StoreError.telling(operation, path, body)
  }
}
