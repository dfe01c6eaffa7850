import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Decides whether the database is to be checked before it is used, by a file that lies beside it while it is open.
///
/// The check reads every page, seconds for a million articles and half a minute from a cold disk. A process that was
/// killed cannot damage a write-ahead log; a machine that lost its power can. So a large database is checked only when
/// it was open when the machine went down: the file is there, and names another boot.
struct OpenTrace: Sendable {
  private let path: String
  let wantsCheck: Bool

  /// Bytes up to which the check is too cheap to be left out.
  static let small: Int64 = 64 << 20

  init(database: String) { self.init(database: database, boot: Self.boot) }

  init(database: String, boot: String) {
    path = database + ".open"
    var status = stat()
    let size = stat(database, &status) == 0 ? Int64(status.st_size) : 0
    let before = Self.read(path)
    wantsCheck = size <= Self.small || (before != nil && before != boot)
    self.boot = boot
  }

  private let boot: String

  /// Whether there is a file, and no table in it.
  static func isEmpty(database: String) -> Bool {
    var status = stat()
    guard stat(database, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
    if status.st_size == 0 { return true }
    // The tables of a first start that was killed are in the log.
    if stat(database + "-wal", &status) == 0, status.st_size > 0 { return false }
    let file = open(database, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    // https://www.sqlite.org/fileformat.html: the schema cookie, which each change of a table makes greater.
    var header = [UInt8](repeating: 0, count: 100)
    guard pread(file, &header, 100, 0) == 100, header.starts(with: "SQLite format 3\0".utf8) else { return false }
    return header[40..<44].allSatisfy { $0 == 0 }
  }

  /// The database is open from now on. Where that cannot be written down, the next start checks nothing more than
  /// SQLite itself does.
  func leave() {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard file >= 0 else { return }
    let bytes = Array(boot.utf8)
    _ = write(file, bytes, bytes.count)
    fsync(file)
    close(file)
  }

  /// The database was closed in order.
  func remove() { unlink(path) }

  /// Different after each start of the machine (proc(5), boot_id).
  private static let boot = read("/proc/sys/kernel/random/boot_id") ?? "unknown"

  private static func read(_ path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = Glibc.read(file, &bytes, bytes.count)
    return String(decoding: bytes[..<max(count, 0)], as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
  }
}
