internal import Glibc

/// How often a call that a signal interrupted is made again. A bound, so that a kernel gone mad is an error and no
/// loop.
let interruptions = 100

/// Makes a call again while a signal interrupts it; what it returned last.
func uninterrupted(_ call: () -> Int32) -> Int32 {
  for _ in 1..<interruptions {
    let result = call()
    if result >= 0 || errno != EINTR { return result }
  }
  return call()
}

/// An open directory. Everything in a queue is reached relative to one, never through a path that could be swapped.
final class Directory {
  let descriptor: Int32
  let path: String

  init(path: String) throws(QueueError) {
    descriptor = uninterrupted { Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    self.path = path
    guard descriptor >= 0 else { throw QueueError(errno: errno, operation: "open directory", path: path) }
  }

  init(_ name: String, in parent: Directory) throws(QueueError) {
    descriptor = uninterrupted {
      Glibc.openat(parent.descriptor, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    }
    path = parent.path + "/" + name
    guard descriptor >= 0 else { throw QueueError(errno: errno, operation: "open directory", path: path) }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Whether its path leads to another directory now, or to none: somebody removed it, renamed it, or mounted over it.
  func isReplaced() throws(QueueError) -> Bool {
    let here = try status()
    var there = stat()
    if stat(path, &there) == 0 { return there.st_dev != here.st_dev || there.st_ino != here.st_ino }
    guard errno == ENOENT || errno == ENOTDIR else {
      throw QueueError(errno: errno, operation: "inspect", path: path)
    }
    return true
  }

  /// What a user may do with a directory.
  enum Use: String {
    /// Read its names and what they stand for.
    case look = "look into directory"
    /// Make and remove names as well.
    case change = "write to directory"
  }

  /// Throws unless it may be used so.
  func check(_ use: Use) throws(QueueError) {
    guard mayUse(".", R_OK | X_OK | (use == .change ? W_OK : 0)) else {
      throw QueueError(errno: errno, operation: use.rawValue, path: path)
    }
  }

  /// Whether what bears a name may be used so, with the rights that calls have: setgid and capabilities give some that
  /// faccessat leaves out unless it is asked. errno tells why not.
  func mayUse(_ name: String, _ mode: Int32, _ flags: Int32 = 0) -> Bool {
    if faccessat(descriptor, name, mode, flags | AT_EACCESS) == 0 { return true }
    // So answer filters of system calls that are older than this one.
    return errno == EPERM && faccessat(descriptor, name, mode, 0) == 0
  }

  /// Gives what was just made the rights that the caller's umask took from it. Only where some are missing: under
  /// systemd's RestrictSUIDSGID= no mode may be set that holds the setgid bit, which a directory here has.
  static func share(_ descriptor: Int32, _ rights: mode_t) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & rights != rights else { return }
    fchmod(descriptor, status.st_mode & 0o7777 | rights)
  }

  /// The names in it, in no order, without `.` and `..`.
  func names() throws(QueueError) -> [String] {
    let copy = uninterrupted { Glibc.openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    guard copy >= 0, let stream = fdopendir(copy) else {
      let code = errno
      if copy >= 0 { close(copy) }
      throw QueueError(errno: code, operation: "list", path: path)
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else {
        guard errno == 0 else { throw QueueError(errno: errno, operation: "list", path: path) }
        return names
      }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
  }

  /// nil when there is nothing of that name.
  func status(_ name: String) throws(QueueError) -> stat? {
    var status = stat()
    if fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return status }
    guard errno == ENOENT else { throw QueueError(errno: errno, operation: "inspect", path: path + "/" + name) }
    return nil
  }

  func status() throws(QueueError) -> stat {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw QueueError(errno: errno, operation: "inspect", path: path) }
    return status
  }

  /// Removes a file; false when it was not there.
  @discardableResult
  func remove(_ name: String) throws(QueueError) -> Bool {
    if uninterrupted({ unlinkat(descriptor, name, 0) }) == 0 { return true }
    guard errno == ENOENT else { throw QueueError(errno: errno, operation: "remove", path: path + "/" + name) }
    return false
  }

  /// The content of a regular file; nil when there is none of that name. One that the device cannot read is damaged, as
  /// one that it gives wrongly: others beside it may be whole.
  func read(_ name: String, limit: Int = 64 << 20) throws(QueueError) -> [UInt8]? {
    let where_ = path + "/" + name
    let file = uninterrupted { Glibc.openat(descriptor, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK) }
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      if errno == ELOOP {
        throw QueueError(.damaged, operation: "read", path: where_, message: "not a file but a link")
      }
      throw QueueError(unread: errno, operation: "open", path: where_)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw QueueError(unread: errno, operation: "inspect", path: where_) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
      throw QueueError(.damaged, operation: "read", path: where_, message: "not a file of a sensible size")
    }
    let size = Int(status.st_size)
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      while count < size {
        let got = Glibc.read(file, buffer.baseAddress! + count, size - count)
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = errno }
        if got <= 0 { break }
        count += got
      }
    }
    guard failure == 0 else { throw QueueError(unread: failure, operation: "read", path: where_) }
    return bytes
  }

  /// The content of a file whose size is not known beforehand, as those in /proc; nil when there is none of that name.
  func readStream(_ name: String) throws(QueueError) -> [UInt8]? {
    let file = Glibc.openat(descriptor, name, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw QueueError(errno: errno, operation: "read", path: path + "/" + name) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }
}
