// Store: what newswire remembers: the state of every source, the items discovered and not yet fetched, the articles
// seen, and the outbox of the queue. SQLite in WAL mode with synchronous=FULL, reached through Database alone.
// It must not know feeds, pages, the network or the queue directory.

/// The state database. Not Sendable: its owner confines it to one thread. Every call blocks.
public final class Store {
  let database: Database

  public var path: String { database.path }

  /// Opens or creates the database and brings it to the present schema.
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
      """)
    if checking { try check(thorough: false) }
    try Schema.migrate(database)
  }

  /// Throws `.corrupt` when the file is damaged. The thorough form also compares every index with its table.
  public func check(thorough: Bool = true) throws(StoreError) {
    let operation = "check state database"
    let pragma = thorough ? "PRAGMA integrity_check(5)" : "PRAGMA quick_check(1)"
    let findings = try database.rows(operation, pragma) { $0.text(0) }
    guard findings == ["ok"] else {
      throw StoreError(.corrupt, operation: operation, path: path, message: findings.joined(separator: "; "))
    }
  }

  /// Writes a complete, consistent copy to `target` while the store stays in use.
  public func backUp(to target: String) throws(StoreError) { try Schema.backUp(database, to: target) }

  /// Moves the write-ahead log into the database file; for a clean stop.
  public func checkpoint() throws(StoreError) {
    _ = try database.first("checkpoint state database", "PRAGMA wal_checkpoint(TRUNCATE)") { $0.int(0) }
  }

  /// Runs `body` in one write transaction: all of it or, when it throws, nothing.
  /// Throws what `body` threw, or a `StoreError` of the transaction itself.
  public func transaction<T>(_ operation: String, _ body: () throws -> T) throws -> T {
    try database.execute(operation, "BEGIN IMMEDIATE")
    do {
      let value = try body()
      try database.execute(operation, "COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  func atomically<T>(_ operation: String, _ body: () throws(StoreError) -> T) throws(StoreError) -> T {
    try database.execute(operation, "BEGIN IMMEDIATE")
    do throws(StoreError) {
      let value = try body()
      try database.execute(operation, "COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  /// SQLite has already rolled back after some errors (full, I/O); a second time is then an error to ignore.
  private func rollBack() { try? database.execute("roll back", "ROLLBACK") }
}
