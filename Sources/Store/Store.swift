// Store: what newswire remembers: the state of every source, the items discovered and not yet fetched, the articles
// seen, and the outbox of the queue. In a file (SQLite in WAL mode with synchronous=FULL), or for a fleet on a
// PostgreSQL server; both are reached through Database alone. It must not know feeds, pages, the network or the queue
// directory.

internal import Glibc
public import PostgreSQL

/// The state database. Not Sendable: its owner confines it to one thread. Every call blocks.
public final class Store {
  let database: Database

  public var path: String { database.path }

  /// A file up to this size is checked whole when it is opened for service: a fifth of a second. Of a larger one the
  /// tables that decide what is published are; `check` reads the rest.
  static let checkedWhole = 64 << 20

  /// Opens or creates the database and brings it to the present schema. The caller holds the state lock.
  ///
  /// - Parameter checking: runs SQLite's quick check first, so that damage is found before work starts.
  public init(path: String, checking: Bool = true) throws(StoreError) {
    guard access(path, F_OK) == 0 || access(path + Self.movedSuffix, F_OK) != 0 else {
      throw StoreError(
        .cannotCreate, operation: "open state database", path: path, message: "the state was moved to a server",
        hint: "set [state] url to it; or, to go on from how it was then, rename \(path + Self.movedSuffix) back")
    }
    database = try Database(path: path)
    let operation = "open state database"
    let mode = try database.first(operation, "PRAGMA journal_mode = WAL") { $0.text(0) }
    guard mode == "wal" else {
      throw StoreError(
        .cannotCreate, operation: operation, path: path, message: "write-ahead log refused (mode \(mode ?? "unknown"))")
    }
    try database.execute(
      operation,
      """
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA trusted_schema = OFF;
      PRAGMA cell_size_check = ON;
      PRAGMA journal_size_limit = 16777216;
      PRAGMA wal_autocheckpoint = 3000;
      PRAGMA cache_size = -8192;
      """)
    if checking { try checkBeforeService() }
    try Schema.migrate(database)
    if checking { try SchemaShape.verify(database) }
  }

  /// Opens the database on a server as one node of a fleet, and brings it to the present schema. An earlier connection
  /// of the node is ended first: when this returns, whatever it was committing is committed or never will be.
  ///
  /// - Parameter instance: tells machines that were given the same node name apart; kept in the state directory. While
  ///   another one's node is alive this throws `.busy`.
  public init(postgres target: PostgresTarget, node: String, instance: String) throws(StoreError) {
    database = Database(try ServerDatabase(target, node: node, instance: instance))
  }

  /// Opens the database on a server to look at it: nothing is made, migrated, locked or written.
  public init(inspecting target: PostgresTarget, node: String = "") throws(StoreError) {
    database = Database(try ServerDatabase(inspecting: target, node: node))
  }

  /// Opens the database on a server for work that no node does: no outbox, no lock of a node's name.
  public init(maintaining target: PostgresTarget) throws(StoreError) {
    database = Database(try ServerDatabase(inspecting: target, node: "", canWrite: true))
  }

  /// The names of the nodes that are alive, by the server's clock; none where there is no fleet.
  public func aliveNodes() throws(StoreError) -> [String] {
    guard database.server != nil else { return [] }
    return try database.rows("read nodes", "SELECT name FROM nodes WHERE expires_at > now() ORDER BY name") {
      $0.text(0)
    }
  }

  /// The node whose store this is; nil when it is in a file.
  public var node: String? { database.server?.node }

  /// True once the connection to the server is lost: every call throws `.unreachable` until `reopen`, and whether the
  /// transaction under way survived is unknown until then. A file is never lost.
  public var isLost: Bool { database.server?.isLost ?? false }

  /// Connects again. Afterwards the publisher recovers, as after a start.
  public func reopen() throws(StoreError) { try database.server?.reopen() }

  /// Opens a database to look at it, beside a daemon or without one: nothing is made, migrated or moved. A file or
  /// directory that may not be written is read all the same.
  public init(inspecting path: String) throws(StoreError) {
    let canWrite = access(path, W_OK) == 0
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[...$0]) } ?? "."
    var log = stat()
    let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
    // SQLite makes its files beside the database's, unless a daemon has.
    let canMake = Glibc.access(directory, W_OK) == 0
    let hasIndex = Glibc.access(path + "-shm", F_OK) == 0
    let access: Database.Access =
      canWrite && (canMake || hasLog || hasIndex) ? .existing : !canWrite && (canMake || hasLog) ? .readOnly : .frozen
    database = try Database(path: path, access: access)
    try Schema.verifyOwner(database)
    try SchemaShape.verify(database)
  }

  private func checkBeforeService() throws(StoreError) {
    var file = stat()
    guard stat(path, &file) == 0, file.st_size > Self.checkedWhole else { return try check(thorough: false) }
    for table in ["sources", "facts"] { try examine("PRAGMA quick_check('\(table)')") }
  }

  /// Throws `.corrupt` when the file is damaged. The thorough form also compares every index with its table.
  /// On a server: when an index was left unfinished; it looks for damage itself whenever it reads.
  public func check(thorough: Bool = true) throws(StoreError) {
    if let server = database.server { return try server.checkIndexes() }
    try examine(thorough ? "PRAGMA integrity_check(5)" : "PRAGMA quick_check(1)")
  }

  /// Throws when another file lies at the path by now, or none: the next start would know nothing of what is written
  /// here.
  public func verifyPlace() throws(StoreError) {
    guard database.isReplaced else { return }
    throw StoreError(
      .io, operation: "look after state database", path: path,
      message: "the file was removed, renamed or replaced while it was in use",
      hint: "the next start takes what lies there then; stop newswired before its state is changed")
  }

  /// Whether there is no table in it, as in a file that was copied beside the daemon without its log. Taken for new by
  /// a start.
  public func isEmpty() throws(StoreError) -> Bool {
    guard database.server == nil else { return false }
    return try database.first("check state database", "SELECT count(*) FROM sqlite_schema") { $0.int(0) } == 0
  }

  private func examine(_ pragma: String) throws(StoreError) {
    let operation = "check state database"
    let findings = try database.rows(operation, pragma) { $0.text(0) }
    guard findings == ["ok"] else {
      throw StoreError(.corrupt, operation: operation, path: path, message: findings.joined(separator: "; "))
    }
  }

  /// Writes a complete, consistent copy to `target` while the store stays in use. Throws `.corrupt`, and leaves what is
  /// at `target` as it is, when the copy is damaged.
  public func backUp(to target: String) throws(StoreError) {
    guard database.server == nil else {
      throw StoreError(
        .failed, operation: "back up state database", path: path, message: "it is on a server",
        hint: "save it with pg_dump --schema=newswire")
    }
    try Backup.refuse(target, ifPartOf: path)
    try Backup.write(database, to: target, checking: true)
  }

  /// For tests that show what is lost without it: commits no longer wait for the disk.
  package func weakenDurability() throws(StoreError) {
    try database.execute("weaken state database", "PRAGMA synchronous = NORMAL")
  }

  /// Moves the write-ahead log into the database file; for a clean stop.
  public func checkpoint() throws(StoreError) {
    guard database.server == nil else { return }
    _ = try database.first("checkpoint state database", "PRAGMA wal_checkpoint(TRUNCATE)") { $0.int(0) }
  }

  /// Runs `body` in one write transaction: all of it or, when it throws, nothing.
  /// Throws what `body` threw, or a `StoreError` of the transaction itself.
  ///
  /// - Parameter publishers: whose rows no other node may change meanwhile.
  public func transaction<T>(
    _ operation: String, locking publishers: Set<String> = [], _ body: () throws -> T
  ) throws -> T {
    try database.begin(operation)
    do {
      try database.server?.lock(publishers: publishers)
      let value = try body()
      try database.commit(operation)
      return value
    } catch {
      database.rollBack()
      if (error as? StoreError)?.kind == .full { makeRoom() }
      throw error
    }
  }

  /// Runs `body`, which only reads, on one view of the database: one look-up of the log for all it reads.
  public func reading<T>(_ operation: String, _ body: () throws -> T) throws -> T {
    try database.beginReading(operation)
    defer { database.endReading() }
    return try body()
  }

  func atomically<T>(
    _ operation: String, locking publishers: Set<String> = [], _ body: () throws(StoreError) -> T
  ) throws(StoreError) -> T {
    try database.begin(operation)
    do throws(StoreError) {
      try database.server?.lock(publishers: publishers)
      let value = try body()
      try database.commit(operation)
      return value
    } catch {
      database.rollBack()
      if error.kind == .full { makeRoom() }
      throw error
    }
  }

  /// The log grows until it holds some megabytes, and is moved into the database only after a commit: on a disk that it
  /// fills there would be none any more.
  private func makeRoom() { try? checkpoint() }
}
