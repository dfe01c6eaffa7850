internal import CCurl
internal import Synchronization
internal import Threads

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// Frees the curl thread from a server that floods it.
///
/// libcurl reads HTTP/2 frames in a loop that ends when there is nothing left to read or when one brought something for
/// the transfer. A server that sends frames which bring nothing (empty DATA, WINDOW_UPDATE, PRIORITY) faster than they
/// are read keeps it in there for as long as it likes: no limit is looked at, and every other transfer stands still.
/// So a second thread looks, while there are transfers, whether the curl thread has computed for long within one turn,
/// and then shuts down the socket that received most meanwhile. libcurl sees the connection's end and goes on.
final class SocketWatch: Sendable {
  private struct State {
    var sockets: Set<Int32> = []
    /// Local ports of connections that were shut down, the latest last.
    var flooded: [UInt16] = []
    var isRetired = false
  }

  private let state = Mutex(State())
  /// A pipe: a byte in it wakes the watching thread.
  private let wake: (read: Int32, write: Int32)
  /// How long the kernel goes on trying to deliver what a socket was given; nil for as long as it likes.
  let deliveryLimit: Duration?
  /// Turns of the curl thread so far.
  private let turns: @Sendable () -> UInt64

  /// How often is looked in milliseconds, while the thread computes and while it hardly does, and how much processor
  /// time in one turn is too much. Honest turns take a few milliseconds.
  private static let (pause, calmPause) = (Int32(100), Int32(400))
  private static let patience: Int64 = 150_000_000
  /// Bytes that only a flood reaches while the thread computes for `sample` nanoseconds more in the same turn. By the
  /// processor's time and not by the clock: on a busy machine both the thread and the flood advance slowly.
  private static let flood: UInt64 = 64 << 10
  private static let sample: Int64 = 50_000_000

  init(deliveryLimit: Duration? = nil, turns: @escaping @Sendable () -> UInt64) {
    self.deliveryLimit = deliveryLimit
    self.turns = turns
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no pipe: \(String(cString: strerror(errno)))")
    for end in ends {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    wake = (ends[0], ends[1])
  }

  deinit {
    close(wake.read)
    close(wake.write)
  }

  // MARK: From the curl thread

  func opened(_ socket: Int32) {
    let isFirst = state.withLock {
      $0.sockets.insert(socket)
      return $0.sockets.count == 1
    }
    if isFirst { rouse() }
  }

  /// How many are open.
  var count: Int { state.withLock { $0.sockets.count } }

  var openSockets: Set<Int32> { state.withLock { $0.sockets } }

  /// Closes a socket of ours: under the lock, so that its number is not shut down after it means something else.
  func closeSocket(_ socket: Int32) -> Int32 {
    state.withLock {
      $0.sockets.remove(socket)
      return close(socket)
    }
  }

  /// Whether the connection from that port was shut down for flooding. Answers once.
  func takeFlooded(localPort: Int) -> Bool {
    guard let port = UInt16(exactly: localPort), port > 0 else { return false }
    return state.withLock {
      guard let index = $0.flooded.firstIndex(of: port) else { return false }
      $0.flooded.remove(at: index)
      return true
    }
  }

  func retire() {
    state.withLock { $0.isRetired = true }
    rouse()
  }

  /// A pipe that is full wakes as well.
  private func rouse() {
    while write(wake.write, [1], 1) < 0, errno == EINTR {}
  }

  // MARK: The watching thread

  /// Watches the thread until `retire`.
  func start(watching thread: pthread_t) {
    var clock = clockid_t()
    guard pthread_getcpuclockid(thread, &clock) == 0 else { return }
    let code = startThread("socket-watch") { [clock] in self.run(clock) }
    precondition(code == 0, "no thread to watch sockets: \(String(cString: strerror(code)))")
  }

  private func run(_ clock: clockid_t) {
    var turn = turns()
    var begin = Self.time(clock)
    var isCalm = false
    while true {
      let (isIdle, isRetired) = state.withLock { ($0.sockets.isEmpty, $0.isRetired) }
      if isRetired { return }
      // Without sockets there is nothing to watch, and nothing wakes a sleeping machine.
      var event = pollfd(fd: wake.read, events: Int16(POLLIN), revents: 0)
      poll(&event, 1, isIdle ? -1 : isCalm ? Self.calmPause : Self.pause)
      var bytes = [UInt8](repeating: 0, count: 64)
      _ = read(wake.read, &bytes, bytes.count)
      let present = turns()
      let used = Self.time(clock)
      isCalm = used - begin < 10_000_000
      if present != turn {
        (turn, begin) = (present, used)
      } else if used - begin > Self.patience {
        endFlood(turn, clock)
        begin = Self.time(clock)
      }
    }
  }

  private func endFlood(_ turn: UInt64, _ clock: clockid_t) {
    let before = received()
    let begin = Self.time(clock)
    while Self.time(clock) - begin < Self.sample {
      usleep(10_000)
      if turns() != turn || state.withLock({ $0.isRetired }) { return }
    }
    state.withLock { state in
      // Under the lock nothing is closed, so every number still means the same connection.
      let grown = state.sockets.map { ($0, Self.received($0) &- (before[$0] ?? .max)) }
        .filter { $0.1 >= Self.flood && $0.1 < 1 << 48 }
      guard turns() == turn, let worst = grown.max(by: { $0.1 < $1.1 }) else { return }
      if let port = Self.localPort(worst.0) { state.flooded.append(port) }
      if state.flooded.count > 64 { state.flooded.removeFirst() }
      shutdown(worst.0, Int32(SHUT_RDWR))
    }
  }

  private func received() -> [Int32: UInt64] {
    state.withLock { state in
      Dictionary(uniqueKeysWithValues: state.sockets.map { ($0, Self.received($0)) })
    }
  }

  /// IPPROTO_TCP and TCP_INFO.
  private static let (tcp, tcpInfo) = (Int32(6), Int32(11))

  /// `tcpi_bytes_received` of linux/tcp.h, which glibc's own header does not have.
  private static func received(_ socket: Int32) -> UInt64 {
    var info = [UInt8](repeating: 0, count: 256)
    var length = socklen_t(info.count)
    guard getsockopt(socket, Self.tcp, Self.tcpInfo, &info, &length) == 0, length >= 136 else { return 0 }
    return info.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 128, as: UInt64.self) }
  }

  private static func localPort(_ socket: Int32) -> UInt16? {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      let raw = UnsafeMutableRawPointer(pointer)
      guard getsockname(socket, raw.assumingMemoryBound(to: sockaddr.self), &length) == 0 else { return nil }
      // The port is at the same place in both families (RFC 3493).
      return UInt16(bigEndian: raw.loadUnaligned(fromByteOffset: 2, as: UInt16.self))
    }
  }

  private static func time(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
