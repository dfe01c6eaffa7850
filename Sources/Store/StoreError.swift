/// What went wrong with the state database or its lock: what was attempted, where, and what to do next.
public struct StoreError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// The file is damaged or is no database of ours.
    case corrupt
    /// The file was written by a newer program.
    case newerSchema
    /// The file or its directory cannot be opened, created or written.
    case cannotCreate
    /// No space, or a quota is reached. The transaction was rolled back; nothing changed.
    case full
    /// The device failed. Whether the transaction survived is unknown until the database is opened again.
    case io
    /// Another process holds the database or the state directory.
    case busy
    /// Everything else SQLite reports; a bug of ours more often than not.
    case failed
  }

  public let kind: Kind
  /// What was attempted, as a noun phrase or verb: "record fetch".
  public let operation: String
  /// SQLite's extended result code, or errno for the lock file; 0 when neither applies.
  public let code: Int32
  public let path: String
  /// What the library or the kernel said.
  public let message: String

  public init(_ kind: Kind, operation: String, code: Int32 = 0, path: String, message: String) {
    self.kind = kind
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
    case .full, .busy: 75
    case .io: 74
    case .failed: 70
    }
  }

  /// What the operator can do.
  public var hint: String {
    switch kind {
    case .corrupt:
      "stop newswired, move the file and its -wal and -shm aside, put a backup in its place (newswirectl state backup makes "
        + "them; a copy from before the last migration lies beside it as .bak) or start without: everything is then "
        + "fetched and published again, under the same uri"
    case .newerSchema: "install the newer version again, or restore the backup that lies beside the file"
    case .cannotCreate: "check that the directory exists and that this user may write in it"
    case .full: "free space on that file system"
    case .io: "check the device and the kernel log, then start again"
    case .busy: "stop the other process, or give this one a state directory of its own"
    case .failed: "report this with the lines before it"
    }
  }

  public var description: String {
    "\(operation): \(path): \(message)" + (code == 0 ? "" : " (code \(code))") + "; \(hint)"
  }
}
