import Glibc
public import Values

/// Why a command did not reach the daemon or came back refused: what happened, where, and what to do.
public enum ControlFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Nobody listens at the path.
  case notRunning(path: String)
  /// The file system forbids to connect.
  case notPermitted(path: String)
  /// Connecting, sending or receiving failed.
  case broken(path: String, reason: String)
  /// No answer in time.
  case timeout(path: String, seconds: Int)
  /// The daemon answered with an error.
  case refused(ControlError)

  public var description: String {
    switch self {
    case .notRunning(let path):
      "newswired does not run: nobody answers at \(path). Start it with 'systemctl start newswired', or name the socket "
        + "of another one with --socket."
    case .notPermitted(let path):
      "You may not use the control socket \(path). Run this as root or as a member of the group "
        + "\(ControlAccess.administrators)."
    case .broken(let path, let reason):
      "The connection to newswired at \(path) failed: \(reason). See 'systemctl status newswired'."
    case .timeout(let path, let seconds):
      "newswired at \(path) did not answer within \(seconds) s. See 'systemctl status newswired'."
    case .refused(let error): error.description
    }
  }

  public var exitStatus: ExitStatus {
    switch self {
    case .notRunning, .broken, .timeout: .unavailable
    case .notPermitted: .permission
    case .refused(let error): error.exitStatus
    }
  }
}

/// The client's end of the control protocol. Blocks its thread: for command-line programs and tests.
public struct ControlClient: Sendable {
  public static let defaultPath = "/run/newswire/control.sock"

  public let path: String

  public init(path: String) { self.path = path }

  /// The socket named by `$NEWSWIRE_SOCKET`, else the system service's.
  public static func standardPath(_ environment: ServiceEnvironment = .current()) -> String {
    let named = environment.variables["NEWSWIRE_SOCKET"] ?? ""
    return named.isEmpty ? defaultPath : named
  }

  /// Sends one request and waits for its final answer.
  /// - Parameters:
  ///   - timeout: how long to wait for each line of the answer; nil waits for as long as the daemon works.
  ///   - progress: called with each line before the final one.
  public func call(
    _ verb: String, _ arguments: JSONObject = JSONObject(), timeout: Duration? = .seconds(30),
    progress: (JSON) -> Void = { _ in }
  ) throws(ControlFailure) -> JSON {
    let descriptor = try connect()
    defer { close(descriptor) }
    setTimeouts(descriptor, timeout)
    try send(descriptor, ControlRequest(verb: verb, arguments: arguments).line, timeout)
    var reader = LineReader(descriptor: descriptor)
    while true {
      let line = try receive(&reader, timeout)
      switch ControlResponse(line: line) {
      case .progress(let value)?: progress(value)
      case .result(let value)?: return value
      case .failure(let error)?: throw .refused(error)
      case nil: throw .broken(path: path, reason: "the answer is not of protocol version \(controlVersion)")
      }
    }
  }

  private func connect() throws(ControlFailure) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw .broken(path: path, reason: errorText(errno)) }
    setTimeouts(descriptor, .seconds(10))
    let code = withUnixAddress(path) { address, length in
      Glibc.connect(descriptor, address, length) == 0 ? 0 : errno
    }
    if code == 0 { return descriptor }
    close(descriptor)
    switch code {
    case nil: throw .broken(path: path, reason: "the path is longer than 107 bytes")
    case ENOENT?, ECONNREFUSED?, ENOTDIR?: throw .notRunning(path: path)
    case EACCES?, EPERM?: throw .notPermitted(path: path)
    case EAGAIN?: throw .timeout(path: path, seconds: 10)
    case let code?: throw .broken(path: path, reason: errorText(code))
    }
  }

  private func setTimeouts(_ descriptor: Int32, _ timeout: Duration?) {
    let microseconds = timeout?.microseconds ?? 0
    var value = timeval(tv_sec: Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  private func failure(_ code: Int32, _ timeout: Duration?) -> ControlFailure {
    if code == EAGAIN, let timeout { return .timeout(path: path, seconds: Int(timeout.components.seconds)) }
    return .broken(path: path, reason: errorText(code))
  }

  private func send(_ descriptor: Int32, _ bytes: [UInt8], _ timeout: Duration?) throws(ControlFailure) {
    var at = 0
    while at < bytes.count {
      let count = bytes[at...].withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw failure(errno, timeout)
      }
      at += count
    }
  }

  private func receive(_ reader: inout LineReader, _ timeout: Duration?) throws(ControlFailure) -> [UInt8] {
    switch reader.next() {
    case .line(let line): return line
    case .end: throw .broken(path: path, reason: "it ended before the answer was complete")
    case .failure(let code): throw failure(code, timeout)
    }
  }
}

/// Lines from a descriptor, without their line breaks. An answer may be long; it comes from our own daemon.
struct LineReader {
  enum Next {
    case line([UInt8])
    case end
    case failure(Int32)
  }

  let descriptor: Int32
  private var buffer: [UInt8] = []
  private var searched = 0

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Whether `next` has something to do within that time: a whole line, new bytes, or the end.
  func isReady(within milliseconds: Int32) -> Bool {
    if buffer[searched...].contains(UInt8(ascii: "\n")) { return true }
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, milliseconds) > 0
  }

  mutating func next() -> Next {
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        searched = 0
        return .line(line)
      }
      searched = buffer.count
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = read(descriptor, &chunk, chunk.count)
      if count < 0 {
        if errno == EINTR { continue }
        return .failure(errno)
      }
      if count == 0 { return .end }
      buffer.append(contentsOf: chunk[..<count])
    }
  }
}
