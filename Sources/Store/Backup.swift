internal import Glibc

/// A complete, consistent copy of a database in a file.
enum Backup {
  static let operation = "back up state database"

  /// Writes a copy to `target`, replacing an older one only when the new one is good and safely on disk. Nothing is
  /// left of one that failed.
  ///
  /// - Parameter checking: whether the copy is read whole first, as `Store.check` does.
  static func write(_ database: Database, to target: String, checking: Bool) throws(StoreError) {
    let partial = target + ".partial"
    unlink(partial)
    do throws(StoreError) {
      try make(partial, like: database.path)
      try database.copy(to: partial)
      if checking { try check(partial, of: database.path) }
      guard sync(partial, O_RDONLY) else { throw failure("fsync", target) }
      guard rename(partial, target) == 0 else { throw failure("rename", target) }
    } catch {
      for suffix in ["", "-journal"] { unlink(partial + suffix) }
      throw error
    }
    guard sync(directory(of: target), O_RDONLY | O_DIRECTORY) else { throw failure("fsync of the directory", target) }
  }

  /// Throws when `target` is a file of the database itself, under whatever name: a copy put in its place would cut
  /// whoever has it open off what is written from then on.
  static func refuse(_ target: String, ifPartOf database: String) throws(StoreError) {
    let parts = ["", "-wal", "-shm", "-journal", ".open"].map { database + $0 } + [directory(of: database) + "/lock"]
    var there = stat()
    let isThere = stat(target, &there) == 0
    var (home, goal) = (stat(), stat())
    let isBeside =
      stat(directory(of: database), &home) == 0 && stat(directory(of: target), &goal) == 0 && isSame(home, goal)
    for part in parts {
      var status = stat()
      let isPart = isThere && stat(part, &status) == 0 && isSame(there, status)
      guard isPart || isBeside && name(of: target) == name(of: part) else { continue }
      throw StoreError(
        .cannotCreate, operation: operation, path: target, message: "this is a file of the database itself",
        hint: "name another file, best on another disk")
    }
  }

  /// Makes the file for the copy, which holds what the database holds: nobody may read it who may not read that.
  private static func make(_ path: String, like database: String) throws(StoreError) {
    var status = stat()
    let rights = stat(database, &status) == 0 ? status.st_mode & 0o777 : 0o600
    // Its maker must be able to write it.
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, rights | 0o600)
    guard file >= 0 else {
      let code = errno
      throw StoreError(
        code == ENOSPC || code == EDQUOT ? .full : .cannotCreate, operation: operation, code: code, path: path,
        message: String(cString: strerror(code)))
    }
    close(file)
  }

  private static func check(_ copy: String, of database: String) throws(StoreError) {
    let findings: String
    do throws(StoreError) {
      let reader = try Database(path: copy, access: .frozen)
      let rows = try reader.rows(operation, "PRAGMA integrity_check(5)") { $0.text(0) }
      if rows == ["ok"] { return }
      findings = rows.joined(separator: "; ")
    } catch {
      guard error.kind == .corrupt else { throw error }
      findings = error.message
    }
    throw StoreError(.corrupt, operation: operation, path: database, message: "it is damaged: \(findings)")
  }

  private static func isSame(_ one: stat, _ other: stat) -> Bool {
    one.st_dev == other.st_dev && one.st_ino == other.st_ino
  }

  private static func directory(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
  }

  private static func name(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }

  private static func failure(_ what: String, _ target: String) -> StoreError {
    let code = errno
    let kind: StoreError.Kind =
      switch code {
      case ENOSPC, EDQUOT: .full
      case EISDIR, ENOTDIR, EACCES, EPERM, EROFS: .cannotCreate
      default: .io
      }
    return StoreError(
      kind, operation: operation, code: code, path: target, message: "\(what): \(String(cString: strerror(code)))")
  }

  private static func sync(_ path: String, _ flags: Int32) -> Bool {
    let file = open(path, flags | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    return fsync(file) == 0
  }
}
