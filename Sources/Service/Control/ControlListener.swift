import Glibc
import Synchronization

/// Why the control socket cannot be listened on.
public struct ControlSocketError: Error, Sendable, Equatable, CustomStringConvertible {
  public let path: String
  public let reason: String
  public let exitStatus: ExitStatus
  public var description: String { "The control socket \(path) cannot be opened: \(reason)." }
}

/// The listening control socket, passed by systemd or bound here; closed with its owner. A socket bound here is also
/// removed from the file system.
public final class ControlListener: Sendable {
  let descriptor: Int32
  /// Where clients find it, as far as known.
  public let path: String?
  /// Whether this process made the file, and removes it.
  public let isOwn: Bool
  private let isClosed = Mutex(false)

  private init(descriptor: Int32, path: String?, isOwn: Bool) {
    (self.descriptor, self.path, self.isOwn) = (descriptor, path, isOwn)
    let flags = fcntl(descriptor, F_GETFL)
    _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  }

  deinit { close() }

  /// Stops listening: later clients find nobody (or, behind a socket of systemd's, wait for the next daemon).
  public func close() {
    let isFirst = isClosed.withLock { closed in
      defer { closed = true }
      return !closed
    }
    guard isFirst else { return }
    if isOwn, let path { unlink(path) }
    Glibc.close(descriptor)
  }

  /// The socket that systemd passed under `name` (`FileDescriptorName=`), if it did. To be called once: the listener
  /// owns the descriptor.
  public static func passed(_ environment: ServiceEnvironment, name: String = "control") -> ControlListener? {
    guard let passed = environment.passedSockets.first(where: { $0.name == name }) else { return nil }
    return adopt(passed.descriptor)
  }

  /// Takes over a descriptor that is a listening Unix stream socket; nil when it is not.
  static func adopt(_ descriptor: Int32) -> ControlListener? {
    var value: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &value, &length) == 0, value == 1 else { return nil }
    return ControlListener(descriptor: descriptor, path: boundPath(descriptor), isOwn: false)
  }

  /// Binds `path` with mode 0660 and, when this process may, the group `newswire-admin`. A socket file that is in the
  /// way is removed when nobody answers behind it.
  public static func bind(path: String) throws(ControlSocketError) -> ControlListener {
    func failure(_ reason: String, _ code: ExitStatus) -> ControlSocketError {
      ControlSocketError(path: path, reason: reason, exitStatus: code)
    }
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure(errorText(errno), .system) }
    do throws(ControlSocketError) {
      var code = try bind(descriptor, path)
      if code == ENOENT {
        makeDirectories(above: path)
        code = try bind(descriptor, path)
      }
      if code == EADDRINUSE {
        try removeStale(path)
        code = try bind(descriptor, path)
      }
      guard code == 0 else {
        throw failure(errorText(code), code == EACCES || code == EPERM ? .permission : .cannotCreate)
      }
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    let listener = ControlListener(descriptor: descriptor, path: path, isOwn: true)
    if let group = ControlAccess.groupID(named: ControlAccess.administrators) { _ = chown(path, uid_t.max, group) }
    guard chmod(path, 0o660) == 0, listen(descriptor, 32) == 0 else { throw failure(errorText(errno), .system) }
    return listener
  }

  /// 0 or an errno. The file is made closed to everyone else from the start: nobody slips in before `chmod`.
  private static func bind(_ descriptor: Int32, _ path: String) throws(ControlSocketError) -> Int32 {
    let mask = umask(0o177)
    defer { umask(mask) }
    let result = withUnixAddress(path) { address, length in
      Glibc.bind(descriptor, address, length) == 0 ? 0 : errno
    }
    guard let result else {
      throw ControlSocketError(path: path, reason: "the path is longer than 107 bytes", exitStatus: .configuration)
    }
    return result
  }

  private static func removeStale(_ path: String) throws(ControlSocketError) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else {
      throw ControlSocketError(
        path: path, reason: "a file that is not a socket is in the way; move it away", exitStatus: .cannotCreate)
    }
    let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
    guard probe >= 0 else { return }
    defer { Glibc.close(probe) }
    let code = withUnixAddress(path) { address, length in connect(probe, address, length) == 0 ? 0 : errno } ?? 0
    guard code == ECONNREFUSED else {
      throw ControlSocketError(
        path: path,
        reason: "another newswired answers there; stop it or choose another path with [paths] socket or --socket",
        exitStatus: .temporary)
    }
    unlink(path)
  }

  private static func boundPath(_ descriptor: Int32) -> String? {
    var address = sockaddr_un()
    var length = socklen_t(MemoryLayout<sockaddr_un>.size)
    let ok = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
    }
    guard ok, address.sun_family == sa_family_t(AF_UNIX), Int(length) > MemoryLayout<sa_family_t>.size else {
      return nil
    }
    let bytes = withUnsafeBytes(of: &address.sun_path) { raw in
      Array(raw.prefix(Int(length) - MemoryLayout<sa_family_t>.size).prefix { $0 != 0 })
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Whether the socket file's mode keeps everyone but its owner and group from connecting.
  var isClosedToOthers: Bool {
    var status = stat()
    guard let path, lstat(path, &status) == 0 else { return false }
    return status.st_mode & S_IFMT == S_IFSOCK && status.st_mode & 0o007 == 0
  }
}
