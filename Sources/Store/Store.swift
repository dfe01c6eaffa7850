// Store: what newswire remembers: the state of every source, the items discovered and not yet fetched, the articles
// seen, and the outbox of the queue. SQLite in WAL mode with synchronous=FULL, reached through Database alone.
// It must not know feeds, pages, the network or the queue directory.

internal import Glibc

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
  }

  /// Opens a database to look at it, beside a daemon or without one: nothing is made, migrated or moved. A file or
  /// directory that may not be written is read all the same.
  public init(inspecting path: String) throws(StoreError) {
    let canWrite = access(path, W_OK) == 0
    let slash = path.lastIndex(of: "/")
    let directory = slash.map { String(path[...$0]) } ?? "."
    var log = stat()
    let hasLog = stat(path + "-wal", &log) == 0 && log.st_size > 0
    let access: Database.Access =
      canWrite ? .existing : hasLog || Glibc.access(directory, W_OK) == 0 ? .readOnly : .frozen
    database = try Database(path: path, access: access)
    try Schema.verifyOwner(database)
  }

  private func checkBeforeService() throws(StoreError) {
    var file = stat()
    guard stat(path, &file) == 0, file.st_size > Self.checkedWhole else { return try check(thorough: false) }
    for table in ["sources", "facts"] { try examine("PRAGMA quick_check('\(table)')") }
  }

  /// Throws `.corrupt` when the file is damaged. The thorough form also compares every index with its table.
  public func check(thorough: Bool = true) throws(StoreError) {
    try examine(thorough ? "PRAGMA integrity_check(5)" : "PRAGMA quick_check(1)")
  }

  private func examine(_ pragma: String) throws(StoreError) {
    let operation = "check state database"
    let findings = try database.rows(operation, pragma) { $0.text(0) }
    guard findings == ["ok"] else {
      throw StoreError(.corrupt, operation: operation, path: path, message: findings.joined(separator: "; "))
    }
  }

  /// Writes a complete, consistent copy to `target` while the store stays in use.
  public func backUp(to target: String) throws(StoreError) { try Schema.backUp(database, to: target) }

  /// For tests that show what is lost without it: commits no longer wait for the disk.
  package func weakenDurability() throws(StoreError) {
    try database.execute("weaken state database", "PRAGMA synchronous = NORMAL")
  }

  /// Moves the write-ahead log into the database file; for a clean stop.
  public func checkpoint() throws(StoreError) {
    _ = try database.first("checkpoint state database", "PRAGMA wal_checkpoint(TRUNCATE)") { $0.int(0) }
  }

  /// Runs `body` in one write transaction: all of it or, when it throws, nothing.
  /// Throws what `body` threw, or a `StoreError` of the transaction itself.
  public func transaction<T>(_ operation: String, _ body: () throws -> T) throws -> T {
    try database.run(operation, "BEGIN IMMEDIATE")
    do {
      let value = try body()
      try database.run(operation, "COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  /// Runs `body`, which only reads, on one view of the database: one look-up of the log for all it reads.
  public func reading<T>(_ operation: String, _ body: () throws -> T) throws -> T {
    try database.run(operation, "BEGIN")
    // Nothing was written: either way the same is left.
    defer { rollBack() }
    return try body()
  }

  func atomically<T>(_ operation: String, _ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    try database.run(operation, "BEGIN IMMEDIATE")
    do throws(StoreError) {
      let value = try body()
      try database.run(operation, "COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  /// SQLite has already rolled back after some errors (full, I/O); a second time is then an error to ignore.
  private func rollBack() { _ = try? database.run("roll back", "ROLLBACK") }
}
