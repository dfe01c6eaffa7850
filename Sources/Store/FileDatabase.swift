internal import CSQLite
internal import Glibc

/// A database in a file: one connection and its prepared statements. Confined to one thread by its owner.
final class FileDatabase {
  let path: String
  private let handle: OpaquePointer
  private var prepared: [StatementText: OpaquePointer] = [:]
  /// What the file system knows the file by.
  private let device: dev_t
  private let inode: ino_t

  init(path: String, access: Database.Access) throws(StoreError) {
    var opened: OpaquePointer?
    let common = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
    let (name, flags) =
      switch access {
      case .create: (path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
      case .existing: (path, SQLITE_OPEN_READWRITE)
      case .readOnly: (path, SQLITE_OPEN_READONLY)
      case .frozen: ("file:\(Self.escaped(path))?immutable=1", SQLITE_OPEN_READONLY | SQLITE_OPEN_URI)
      }
    let code = sqlite3_open_v2(name, &opened, flags | common, nil)
    guard let opened else {
      throw StoreError(.failed, operation: "open state database", path: path, message: "out of memory")
    }
    guard code == SQLITE_OK else {
      let error = FileDatabase.error(opened, "open state database", path)
      sqlite3_close_v2(opened)
      throw error
    }
    sqlite3_extended_result_codes(opened, 1)
    sqlite3_busy_timeout(opened, 5000)
    self.path = path
    handle = opened
    var status = stat()
    (device, inode) = stat(path, &status) == 0 ? (status.st_dev, status.st_ino) : (0, 0)
  }

  /// Whether the path leads to another file by now, or to none.
  var isReplaced: Bool {
    var status = stat()
    return stat(path, &status) != 0 || status.st_dev != device || status.st_ino != inode
  }

  /// A path inside a URI, as sqlite3_open_v2 reads it.
  private static func escaped(_ path: String) -> String {
    path.utf8.map { byte in
      let isPlain = byte != 0x25 && byte != 0x3F && byte != 0x23 && byte > 0x20 && byte < 0x7F
      let digits = String(byte, radix: 16)
      return isPlain ? String(UnicodeScalar(byte)) : "%" + (digits.utf8.count < 2 ? "0" : "") + digits
    }.joined()
  }

  deinit {
    for statement in prepared.values { sqlite3_finalize(statement) }
    sqlite3_close_v2(handle)
  }

  /// Runs statements without parameters or results.
  func execute(_ operation: String, _ sql: String) throws(StoreError) {
    errno = 0
    guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw error(operation) }
  }

  /// Runs one statement; the number of rows it changed.
  func run(_ operation: String, _ sql: String, _ values: [SQLValue]) throws(StoreError) -> Int {
    let statement = try prepare(operation, sql, values)
    defer { finish(statement) }
    let code = sqlite3_step(statement)
    guard code == SQLITE_DONE || code == SQLITE_ROW else { throw error(operation) }
    return Int(sqlite3_changes(handle))
  }

  /// Commits. Once its last write to the log is done a commit may survive whatever follows, though it reports an error:
  /// the log's index grows after it. Only a write that found no room says that nothing was committed.
  func commit(_ operation: String) throws(StoreError) {
    do throws(StoreError) {
      _ = try run(operation, "COMMIT", [])
    } catch {
      guard error.kind == .full, !Self.failedWrites.contains(error.code) else { throw error }
      throw StoreError(
        .io, operation: operation, code: error.code, path: path, message: error.message,
        hint: "free space on that file system, then start again")
    }
  }

  func rows<T>(_ operation: String, _ sql: String, _ values: [SQLValue], read: (Row) -> T) throws(StoreError) -> [T] {
    let statement = try prepare(operation, sql, values)
    defer { finish(statement) }
    var result: [T] = []
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: result.append(read(.file(statement)))
      case SQLITE_DONE: return result
      default: throw error(operation)
      }
    }
  }

  /// One row after the other, however many.
  func each(_ operation: String, _ sql: String, _ body: (Row) throws(StoreError) -> Void) throws(StoreError) {
    let statement = try prepare(operation, sql, [])
    defer { finish(statement) }
    while true {
      switch sqlite3_step(statement) {
      case SQLITE_ROW: try body(.file(statement))
      case SQLITE_DONE: return
      default: throw error(operation)
      }
    }
  }

  func first<T>(_ operation: String, _ sql: String, _ values: [SQLValue], read: (Row) -> T) throws(StoreError) -> T? {
    let statement = try prepare(operation, sql, values)
    defer { finish(statement) }
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return read(.file(statement))
    case SQLITE_DONE: return nil
    default: throw error(operation)
    }
  }

  var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

  /// Copies the whole database, as it is now, into the empty file at `target`.
  func copy(to target: String) throws(StoreError) {
    var opened: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOFOLLOW
    let code = sqlite3_open_v2(target, &opened, flags, nil)
    defer { sqlite3_close_v2(opened) }
    guard code == SQLITE_OK, let opened else {
      throw StoreError(
        .cannotCreate, operation: "back up state database", code: code, path: target,
        message: String(cString: sqlite3_errstr(code)))
    }
    guard let backup = sqlite3_backup_init(opened, "main", handle, "main") else {
      throw FileDatabase.error(opened, "back up state database", target)
    }
    let step = sqlite3_backup_step(backup, -1)
    let finish = sqlite3_backup_finish(backup)
    guard step == SQLITE_DONE, finish == SQLITE_OK else {
      throw FileDatabase.error(opened, "back up state database", target)
    }
  }

  /// The text of a statement as a key. Statements are long and few, so that their lengths tell them apart: hashing all
  /// of a text takes longer than many a statement does.
  private struct StatementText: Hashable {
    let sql: String
    func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
  }

  private func prepare(_ operation: String, _ sql: String, _ values: [SQLValue]) throws(StoreError) -> OpaquePointer {
    errno = 0
    let statement: OpaquePointer
    let text = StatementText(sql: sql)
    if let known = prepared[text] {
      statement = known
    } else {
      var made: OpaquePointer?
      let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &made, nil)
      guard code == SQLITE_OK, let made else { throw error(operation) }
      prepared[text] = made
      statement = made
    }
    for (offset, value) in values.enumerated() {
      let index = Int32(offset + 1)
      let code =
        switch value {
        case .null: sqlite3_bind_null(statement, index)
        case .integer(let number): sqlite3_bind_int64(statement, index, number)
        case .real(let number): sqlite3_bind_double(statement, index, number)
        case .text(let text), .key(let text):
          newswire_bind_text(statement, index, text, Int32(clamping: text.utf8.count))
        }
      guard code == SQLITE_OK else {
        finish(statement)
        throw error(operation)
      }
    }
    return statement
  }

  private func finish(_ statement: OpaquePointer) {
    sqlite3_reset(statement)
    sqlite3_clear_bindings(statement)
  }

  /// SQLITE_IOERR_FSYNC and SQLITE_IOERR_DIR_FSYNC, macros that Swift cannot import.
  private static let failedSyncs = [SQLITE_IOERR | 4 << 8, SQLITE_IOERR | 5 << 8]

  /// A write that found no room: SQLITE_FULL, and SQLITE_IOERR_WRITE for a quota.
  private static let failedWrites = [SQLITE_FULL, SQLITE_IOERR | 3 << 8]

  /// Which of a database's files keeps SQLite from writing it: all it says itself is "readonly".
  private static func unwritable(_ path: String) -> String? {
    ["", "-wal", "-shm"].map { path + $0 }.first { access($0, F_OK) == 0 && access($0, W_OK) != 0 }
  }

  /// Whether the file's header names a form of schema that SQLite does not know; it has no code of its own for that.
  private static func isOfUnknownForm(_ handle: OpaquePointer) -> Bool {
    String(cString: sqlite3_errmsg(handle)) == "unsupported file format"
  }

  /// Whether the file's header forbids this version of SQLite to write (SQLite's file format, section 1.3.3): nobody
  /// but a damaged byte says so. Read through SQLite's own descriptor: closing another would give up its locks
  /// (fcntl(2)).
  var isMarkedReadOnly: Bool { Self.isMarkedReadOnly(handle) }

  private static func isMarkedReadOnly(_ handle: OpaquePointer) -> Bool {
    var file: UnsafeMutablePointer<sqlite3_file>?
    var version: UInt8 = 0
    guard sqlite3_file_control(handle, "main", SQLITE_FCNTL_FILE_POINTER, &file) == SQLITE_OK, let file,
      let read = file.pointee.pMethods?.pointee.xRead, read(file, &version, 1, 18) == SQLITE_OK
    else { return false }
    return version > 2
  }

  private func error(_ operation: String) -> StoreError { FileDatabase.error(handle, operation, path) }

  private static func error(_ handle: OpaquePointer, _ operation: String, _ path: String) -> StoreError {
    // What the kernel said last, for errors that stand for a failed system call. SQLite's own record of it misses most.
    let last = errno
    let code = sqlite3_extended_errcode(handle)
    let reason = [SQLITE_IOERR, SQLITE_CANTOPEN].contains(code & 0xFF) ? last : 0
    // No room is no broken device. A failed sync stays one, whatever its reason: the commit may have survived.
    let isFull = (reason == EDQUOT || reason == ENOSPC) && !Self.failedSyncs.contains(code)
    let kind: StoreError.Kind =
      switch code & 0xFF {
      case SQLITE_CORRUPT, SQLITE_NOTADB: .corrupt
      case SQLITE_ERROR where isOfUnknownForm(handle): .corrupt
      case SQLITE_READONLY where isMarkedReadOnly(handle): .corrupt
      case SQLITE_CANTOPEN where reason == EMFILE || reason == ENFILE: .exhausted
      case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_PERM, SQLITE_AUTH: .cannotCreate
      case SQLITE_FULL: .full
      case SQLITE_IOERR: isFull ? .full : .io
      case SQLITE_BUSY, SQLITE_LOCKED: .busy
      default: .failed
      }
    var message = String(cString: sqlite3_errmsg(handle))
    if reason != 0 { message += ": " + String(cString: strerror(reason)) }
    if code & 0xFF == SQLITE_READONLY, let file = unwritable(path) { message += ": \(file) may not be written" }
    return StoreError(kind, operation: operation, code: code, path: path, message: message)
  }
}
