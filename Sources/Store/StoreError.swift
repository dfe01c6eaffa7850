internal import PostgreSQL

/// What went wrong with the state database or its lock: what was attempted, where, and what to do next.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The file is damaged or is no database of ours.
    case corrupt
    /// The file was written by a newer program.
    case newerSchema
    /// The file or its directory cannot be opened, created or written.
    case cannotCreate
    /// This process, or the machine, has as many files open as it may.
    case exhausted
    /// No space, or a quota is reached. The transaction was rolled back; nothing changed.
    case full
    /// The device failed. Whether the transaction survived is unknown until the database is opened again.
    case io
    /// Another process holds the database or the state directory.
    case busy
    /// The database's server is not there, starts, stops or is silent; the connection is lost. Whether a transaction
    /// whose commit was under way survived is unknown until the store is open again. Passes by itself.
    case unreachable
    /// The database's server does not let us in: login, TLS, no such database, a right that is missing.
    case refused
    /// Everything else SQLite or the server reports; a bug of ours more often than not.
    case failed
  }

  public let kind: Kind
  /// What was attempted, as a noun phrase or verb: "record fetch".
  public let operation: String
  /// SQLite's extended result code, or errno for the lock file; 0 when neither applies.
  public let code: Int32
  /// The server's code (SQLSTATE); nil where there is no server, or it was not it that spoke.
  public let sqlState: String?
  public let path: String
  /// What the library or the kernel said.
  public let message: String
  private let ownHint: String?

  public init(
    _ kind: Kind, operation: String, code: Int32 = 0, sqlState: String? = nil, path: String, message: String,
    hint: String? = nil
  ) {
    self.kind = kind
    self.sqlState = sqlState
    ownHint = hint
    self.operation = operation
    self.code = code
    self.path = path
    self.message = message
  }

  /// The status a program should exit with when it cannot go on (sysexits.h).
  public var exitStatus: Int32 {
    switch kind {
    case .corrupt: 65
    case .newerSchema: 78
    case .cannotCreate: 73
    case .exhausted: 71
    case .full, .busy, .unreachable: 75
    case .refused: 78
    case .io: 74
    case .failed: 70
    }
  }

  /// What the operator can do.
  public var hint: String {
    if let ownHint { return ownHint }
    return switch kind {
    case .corrupt:
      "stop newswired, move the file and its -wal and -shm aside, put a backup in its place (newswirectl state backup makes "
        + "them; a copy from before the last migration lies beside it as .bak) or start without: everything is then "
        + "fetched and published again, under the same uri"
    case .newerSchema: "install the newer version again, or restore the backup that lies beside the file"
    case .cannotCreate: "check that the directory exists and that this user may write in it"
    case .exhausted: "raise the limit of open files (LimitNOFILE= of the unit, ulimit -n)"
    case .full: "free space on that file system"
    case .io: "check the device and the kernel log, then start again"
    case .busy: "stop the other process, or give this one a state directory of its own"
    case .unreachable: "check that the database's server runs and can be reached; it is tried again"
    case .refused: "check [state] url and credential, and what the server allows this user (pg_hba.conf, GRANT)"
    case .failed: "report this with the lines before it"
    }
  }

  public var description: String {
    "\(operation): \(path): \(message)" + (code == 0 ? "" : " (code \(code))")
      + (sqlState.map { " (\($0))" } ?? "") + "; \(hint)"
  }
}

extension StoreError {
  /// What a server or the way to it says.
  init(_ error: PostgresError, operation: String, path: String) {
    var hint: String?
    let kind: Kind
    switch (error.kind, error.sqlState) {
    case (.failed, "58030"?):
      (kind, hint) = (.io, "check the device and the log of the database's server")
    case (.failed, let state?) where state.hasPrefix("XX"):
      (kind, hint) = (.corrupt, "see the log of the database's server; its tables or indexes may be damaged")
    case (.failed, "42501"?):
      (kind, hint) = (.refused, "give this user the right, or let the tables' owner migrate them")
    case (.failed, _): kind = .failed
    case (.unreachable, _): kind = .unreachable
    case (.refused, _): kind = .refused
    case (.readOnly, _):
      (kind, hint) = (.unreachable, "the server only answers questions now: a standby? Name the one that takes changes")
    case (.full, _): (kind, hint) = (.full, "free space on the database's server")
    case (.conflict, _):
      (kind, hint) = (.busy, "another node changed the same rows; nothing was done, it is tried again")
    }
    self.init(
      kind, operation: error.operation ?? operation, sqlState: error.sqlState, path: path, message: error.message,
      hint: hint)
  }

  /// Runs a conversation with a server; its error becomes one of the store.
  @discardableResult
  static func telling<T>(
    _ operation: String, _ path: String, _ body: () throws(PostgresError) -> T
  ) throws(StoreError) -> T {
    do throws(PostgresError) { return try body() } catch {
      throw StoreError(error, operation: operation, path: path)
    }
  }
}
