internal import Glibc

/// The exclusive right to a state directory, held as long as the object lives. The kernel gives it back when the
/// process ends, however it ends.
public final class StateLock: Sendable {
  private let file: Int32

  /// Locks `directory`, or throws `.busy` naming the process that holds it.
  public init(directory: String) throws(StoreError) {
    let path = directory + "/lock"
    let operation = "lock state directory"
    func failure(_ kind: StoreError.Kind) -> StoreError {
      StoreError(kind, operation: operation, code: errno, path: path, message: String(cString: strerror(errno)))
    }
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard file >= 0 else {
      switch errno {
      case ENOSPC, EDQUOT: throw failure(.full)
      case EMFILE, ENFILE: throw failure(.exhausted)
      default: throw failure(.cannotCreate)
      }
    }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      defer { close(file) }
      guard code == EWOULDBLOCK else {
        errno = code
        throw failure(.io)
      }
      var text = [UInt8](repeating: 0, count: 32)
      let count = max(0, pread(file, &text, text.count, 0))
      let digits = text.prefix(count).prefix { (0x30...0x39).contains($0) }
      let holder = digits.isEmpty ? "another process" : "process \(String(decoding: digits, as: UTF8.self))"
      throw StoreError(.busy, operation: operation, path: path, message: "held by \(holder)")
    }
    Self.giveToOwner(of: directory, file)
    let text = Array("\(getpid())\n".utf8)
    ftruncate(file, 0)
    _ = pwrite(file, text, text.count, 0)  // for the message above only: the lock itself is the kernel's
    self.file = file
  }

  /// What root makes here on an operator's behalf must not keep the daemon's user out.
  private static func giveToOwner(of directory: String, _ file: Int32) {
    var home = stat()
    guard geteuid() == 0, stat(directory, &home) == 0, home.st_uid != 0 else { return }
    fchown(file, home.st_uid, home.st_gid)
  }

  deinit { close(file) }
}
