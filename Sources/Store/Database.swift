internal import CSQLite
internal import PostgreSQL
internal import Values

/// A value bound to a statement.
enum SQLValue {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  /// A text of any length by which rows are found: where an index has no room for it, its digest stands for its end.
  case key(String)

  static func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
  static func key(_ value: String?) -> SQLValue { value.map { .key($0) } ?? .null }
  static func integer(_ value: Int) -> SQLValue { .integer(Int64(value)) }
  static func integer(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }
  static func real(_ value: Double?) -> SQLValue { value.map { .real($0) } ?? .null }
  static func bool(_ value: Bool) -> SQLValue { .integer(value ? 1 : 0) }
  /// Instants are kept as microseconds since 1970.
  static func time(_ value: Timestamp) -> SQLValue { .integer(value.microseconds) }
  static func time(_ value: Timestamp?) -> SQLValue { value.map { time($0) } ?? .null }
}

/// The columns of the row a statement stands on.
enum Row {
  /// What SQLite keeps in a column.
  enum Kind { case null, integer, real, text }

  case file(OpaquePointer)
  case server(PostgresRow)

  func isNull(_ column: Int32) -> Bool {
    switch self {
    case .file(let statement): sqlite3_column_type(statement, column) == SQLITE_NULL
    case .server(let row): row.isNull(column)
    }
  }

  /// Of a file only: a server's columns have one kind each.
  func kind(_ column: Int32) -> Kind {
    guard case .file(let statement) = self else { return isNull(column) ? .null : .text }
    return switch sqlite3_column_type(statement, column) {
    case SQLITE_NULL: .null
    case SQLITE_INTEGER: .integer
    case SQLITE_FLOAT: .real
    default: .text
    }
  }

  func int64(_ column: Int32) -> Int64 {
    switch self {
    case .file(let statement): sqlite3_column_int64(statement, column)
    case .server(let row): row.int64(column)
    }
  }

  func int(_ column: Int32) -> Int { Int(int64(column)) }
  func optionalInt(_ column: Int32) -> Int? { isNull(column) ? nil : int(column) }
  func bool(_ column: Int32) -> Bool { int64(column) != 0 }
  /// How often something happened. A damaged row may hold any number; one that is counted on must leave room for that.
  func count(_ column: Int32) -> Int { Self.counted(int(column)) }
  /// The same of a number kept inside a text; 0 for none.
  static func counted(_ number: Int?) -> Int { min(max(number ?? 0, 0), 1_000_000) }
  /// One more of them, in SQL.
  static func counting(_ column: String) -> String { "\(column) + CASE WHEN \(column) < 1000000 THEN 1 ELSE 0 END" }
  /// Another revision than the present one, in SQL.
  static let nextRevision = "CASE WHEN revision < 9000000000000000000 THEN revision + 1 ELSE 0 END"

  func real(_ column: Int32) -> Double? {
    switch self {
    case .file(let statement): isNull(column) ? nil : sqlite3_column_double(statement, column)
    case .server(let row): row.real(column)
    }
  }

  func text(_ column: Int32) -> String {
    switch self {
    case .file(let statement):
      guard let bytes = sqlite3_column_text(statement, column) else { return "" }
      let count = Int(sqlite3_column_bytes(statement, column))
      return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    case .server(let row): return row.text(column)
    }
  }

  func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

  func time(_ column: Int32) -> Timestamp { Timestamp(microseconds: int64(column)) }

  func optionalTime(_ column: Int32) -> Timestamp? { isNull(column) ? nil : time(column) }
}

/// The database behind the store: a file, or a server. Statements are written once, in SQL that both understand; where
/// they differ, `server` tells. Confined to one thread by its owner.
final class Database {
  /// How a file is opened.
  enum Access {
    /// Made when it is absent.
    case create
    case existing
    case readOnly
    /// Read-only, and promised not to change meanwhile: for a directory in which SQLite cannot make its own files.
    case frozen
  }

  let path: String
  private let file: FileDatabase?
  /// nil for a file.
  let server: ServerDatabase?

  init(path: String, access: Access = .create) throws(StoreError) {
    self.path = path
    file = try FileDatabase(path: path, access: access)
    server = nil
  }

  init(_ server: ServerDatabase) {
    path = server.path
    file = nil
    self.server = server
  }

  /// Whether another file lies at the path, or none. A server's database has no path.
  var isReplaced: Bool { file?.isReplaced ?? false }

  /// Whether the header of the file forbids to write it, which nothing of ours says.
  var isMarkedReadOnly: Bool { file?.isMarkedReadOnly ?? false }

  /// Runs statements without parameters or results.
  func execute(_ operation: String, _ sql: String) throws(StoreError) {
    if let file { try file.execute(operation, sql) } else { try server!.execute(operation, sql) }
  }

  /// Runs one statement. On a server, inside a transaction, it travels with the next one that brings something, and its
  /// error comes out there.
  func run(_ operation: String, _ sql: String, _ values: SQLValue...) throws(StoreError) {
    if let file { _ = try file.run(operation, sql, values) } else { try server!.run(operation, sql, values) }
  }

  /// Runs one statement; the number of rows it changed.
  func changes(_ operation: String, _ sql: String, _ values: SQLValue...) throws(StoreError) -> Int {
    if let file { try file.run(operation, sql, values) } else { try server!.changes(operation, sql, values) }
  }

  /// Inserts one row into a table with numbered rows; its number.
  func insert(_ operation: String, _ sql: String, _ values: SQLValue...) throws(StoreError) -> Int64 {
    guard let file else { return try server!.rows(operation, sql + " RETURNING id", values) { $0.int64(0) }.first ?? 0 }
    _ = try file.run(operation, sql, values)
    return file.lastInsertedID
  }

  func rows<T>(_ operation: String, _ sql: String, _ values: SQLValue..., read: (Row) -> T) throws(StoreError) -> [T] {
    if let file { return try file.rows(operation, sql, values, read: read) }
    return try server!.rows(operation, sql, values, read: read)
  }

  func first<T>(_ operation: String, _ sql: String, _ values: SQLValue..., read: (Row) -> T) throws(StoreError) -> T? {
    if let file { return try file.first(operation, sql, values, read: read) }
    return try server!.rows(operation, sql, values, limit: 1, read: read).first
  }

  /// One row of a file after the other, however many.
  func each(_ operation: String, _ sql: String, _ body: (Row) throws(StoreError) -> Void) throws(StoreError) {
    guard let file else { preconditionFailure("only a file is read so") }
    try file.each(operation, sql, body)
  }

  // MARK: Transactions

  func begin(_ operation: String) throws(StoreError) {
    if let file { _ = try file.run(operation, "BEGIN IMMEDIATE", []) } else { server!.begin(operation) }
  }

  func commit(_ operation: String) throws(StoreError) {
    if let file { try file.commit(operation) } else { try server!.commit(operation) }
  }

  /// SQLite has already rolled back after some errors (full, I/O); a second time is then an error to ignore.
  func rollBack() {
    if let file { _ = try? file.run("roll back", "ROLLBACK", []) } else { server!.rollBack() }
  }

  /// Begins one view of the database for several questions. A server is asked without: each question costs a round
  /// trip.
  func beginReading(_ operation: String) throws(StoreError) { _ = try file?.run(operation, "BEGIN", []) }

  /// Nothing was written: either way the same is left.
  func endReading() { _ = try? file?.run("end reading", "ROLLBACK", []) }

  /// Copies the whole database, as it is now, into the empty file at `target`.
  func copy(to target: String) throws(StoreError) {
    guard let file else { preconditionFailure("a server's database is saved with pg_dump") }
    try file.copy(to: target)
  }
}
