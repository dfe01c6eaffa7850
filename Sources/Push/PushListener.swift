internal import Glibc
internal import Synchronization
internal import Threads
internal import Values

/// A problem with the listener's address.
public struct PushListenerError: Error, Sendable, CustomStringConvertible {
  public var message: String
  public var description: String { message }
}

/// Accepts callbacks on a loopback address. One thread accepts; each connection is read on a thread of its own, few at
/// once and within a time, so that a slow one costs a thread for seconds and nobody else anything.
public final class PushListener: Sendable {
  public typealias Handler = @Sendable (PushRequest) async -> PushResponse

  /// Connections at once; further ones wait in the kernel.
  static let most = 16
  /// Seconds that a request may take to come.
  static let patience: Int = 20

  public let port: Int
  private let socket: Int32
  private let bodyLimit: Int
  private let handler: Handler
  private let busy = Mutex(0)
  private let isStopped = Atomic(false)
  private let detach: Detach

  /// Runs something on a thread of its own; 0 or an error number.
  typealias Detach = @Sendable (_ name: String, _ body: @escaping @Sendable () -> Void) -> Int32

  /// - Parameter address: `127.0.0.1:8417` or `[::1]:8417`; port 0 for any.
  public convenience init(address: String, bodyLimit: Int, handler: @escaping Handler) throws(PushListenerError) {
    try self.init(address: address, bodyLimit: bodyLimit, detach: { startThread($0, $1) }, handler: handler)
  }

  init(address: String, bodyLimit: Int, detach: @escaping Detach, handler: @escaping Handler) throws(PushListenerError)
  {
    self.detach = detach
    let (host, wanted) = try Self.parse(address)
    self.bodyLimit = bodyLimit
    self.handler = handler
    let family = host.contains(":") ? AF_INET6 : AF_INET
    socket = Glibc.socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw Self.failure("make a socket") }
    var on: Int32 = 1
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    let bound: (code: Int32, port: Int)
    if family == AF_INET {
      var place = sockaddr_in()
      place.sin_family = sa_family_t(AF_INET)
      place.sin_port = UInt16(wanted).bigEndian
      inet_pton(AF_INET, host, &place.sin_addr)
      bound = Self.bind(socket, &place) { Int(UInt16(bigEndian: $0.sin_port)) }
    } else {
      var place = sockaddr_in6()
      place.sin6_family = sa_family_t(AF_INET6)
      place.sin6_port = UInt16(wanted).bigEndian
      inet_pton(AF_INET6, host, &place.sin6_addr)
      bound = Self.bind(socket, &place) { Int(UInt16(bigEndian: $0.sin6_port)) }
    }
    port = bound.port
    // From here on `deinit` closes the socket.
    guard bound.code == 0 else { throw Self.failure("listen on \(address)") }
  }

  /// Begins to accept. Runs until `stop`.
  public func start() throws(PushListenerError) {
    let code = detach("push") { [self] in acceptAll() }
    if code != 0 { throw Self.failure("start a thread", code) }
  }

  public func stop() {
    isStopped.store(true, ordering: .relaxed)
    shutdown(socket, Int32(SHUT_RDWR))
  }

  deinit { close(socket) }

  /// Only loopback: what is behind is not made for the open internet.
  public static func parse(_ address: String) throws(PushListenerError) -> (host: String, port: Int) {
    let problem = PushListenerError(
      message: "\(address.prefix(80)) is not a loopback address and port such as 127.0.0.1:8417")
    guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
      throw problem
    }
    var host = String(address[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
    var v4 = in_addr()
    if inet_pton(AF_INET, host, &v4) == 1 {
      guard UInt32(bigEndian: v4.s_addr) >> 24 == 127 else { throw problem }
    } else if host != "::1" {
      throw problem
    }
    return (host, Int(port))
  }

  private static func bind<T>(_ socket: Int32, _ place: inout T, port: (T) -> Int) -> (code: Int32, port: Int) {
    var length = socklen_t(MemoryLayout<T>.size)
    let code = withUnsafeMutablePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address -> Int32 in
        guard Glibc.bind(socket, address, length) == 0, listen(socket, 64) == 0 else { return -1 }
        return getsockname(socket, address, &length)
      }
    }
    return (code, port(place))
  }

  private static func failure(_ what: String, _ code: Int32 = errno) -> PushListenerError {
    PushListenerError(message: "cannot \(what): \(String(cString: strerror(code)))")
  }

  // MARK: Threads

  private func acceptAll() {
    while !isStopped.load(ordering: .relaxed) {
      if busy.withLock({ $0 }) >= Self.most {
        usleep(20_000)
        continue
      }
      let connection = accept(socket, nil, nil)
      if connection < 0 {
        if [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) { usleep(100_000) }
        if errno == EINVAL || errno == EBADF { return }
        continue
      }
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      busy.withLock { $0 += 1 }
      if detach("push", { [self] in serve(connection) }) != 0 {
        // No room for another thread: the hub comes again.
        finish(connection)
        usleep(100_000)
      }
    }
  }

  private func serve(_ connection: Int32) {
    var reader = RequestReader(bodyLimit: bodyLimit)
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    let deadline = MonotonicClock.seconds() + Double(Self.patience)
    while true {
      var descriptor = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
      let left = deadline - MonotonicClock.seconds()
      guard left > 0, poll(&descriptor, 1, Int32(left * 1000) + 1) > 0 else {
        return answer(connection, PushResponse(408))
      }
      let count = recv(connection, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      guard count > 0 else { return finish(connection) }
      switch reader.add(buffer[..<count]) {
      case .incomplete: continue
      case .wantsContinue: Self.send(connection, Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
      case .refused(let response): return answer(connection, response, isUnread: true)
      case .complete(let request):
        Task { [self] in answer(connection, await handler(request)) }
        return
      }
    }
  }

  /// A small answer goes into the socket's buffer at once; one that does not is a client that does not read.
  /// - Parameter isUnread: whether the client may still be sending, and may be waited for.
  private func answer(_ connection: Int32, _ response: PushResponse, isUnread: Bool = false) {
    Self.send(connection, response.bytes)
    shutdown(connection, Int32(SHUT_WR))
    if isUnread { Self.drain(connection) }
    finish(connection)
  }

  /// Reads and drops what a client still sends: closing over it would turn our answer into a reset, which the client
  /// may see before the answer (RFC 9112, section 9.6). For some seconds only, and no longer than the client goes on.
  private static func drain(_ connection: Int32) {
    var rest = [UInt8](repeating: 0, count: 64 << 10)
    let end = MonotonicClock.seconds() + Double(drainTime)
    while true {
      var descriptor = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
      guard MonotonicClock.seconds() < end, poll(&descriptor, 1, drainPause) > 0,
        recv(connection, &rest, rest.count, Int32(MSG_DONTWAIT)) > 0
      else { return }
    }
  }

  /// Seconds for which an unwanted body is read at most, and milliseconds for which the next bytes of it are waited
  /// for.
  private static let drainTime = 10
  private static let drainPause: Int32 = 2000

  private static func send(_ connection: Int32, _ bytes: [UInt8]) {
    _ = Glibc.send(connection, bytes, bytes.count, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
  }

  private func finish(_ connection: Int32) {
    close(connection)
    busy.withLock { $0 -= 1 }
  }
}
