import Glibc
import Synchronization

/// Tells the service manager what state the daemon is in (sd_notify(3)). Without `$NOTIFY_SOCKET` every call does
/// nothing, so a run in the foreground needs no special care. No call blocks: when the manager's buffer is full the
/// message is lost, as the protocol provides.
public final class Notifier: Sendable {
  private struct State {
    var throttle = StatusThrottle()
    var flushIsScheduled = false
  }

  private let socketPath: String?
  private let descriptor: Int32
  private let state = Mutex(State())

  public init(environment: ServiceEnvironment) {
    socketPath = environment.notifySocket
    descriptor =
      socketPath == nil
      ? -1 : socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  /// Whether anybody listens.
  public var isConnected: Bool { descriptor >= 0 }

  /// Start-up is over: configuration read, state locked and recovered, control socket listening. Also ends a reload,
  /// whether the new configuration was taken or refused.
  public func ready(status: String? = nil) { send(["READY=1"] + statusLine(status)) }

  /// The configuration is being read again; `ready` must follow.
  public func reloading() { send(["RELOADING=1", "MONOTONIC_USEC=\(monotonicMicroseconds())"]) }

  /// Shutdown has begun. The first thing a stopping daemon says.
  public func stopping(status: String? = nil) { send(["STOPPING=1"] + statusLine(status)) }

  /// The daemon is alive. Only `Watchdog` should call this: it knows whether that is true.
  public func pingWatchdog() { send(["WATCHDOG=1"]) }

  /// Why the daemon fails: shown by `systemctl status`.
  public func failed(errno code: Int32, status: String) { send(["ERRNO=\(code)"] + statusLine(status)) }

  /// Asks for this much more time to start or stop. To be repeated while long work (recovery, migration) goes on.
  public func extendTimeout(_ duration: Duration) { send(["EXTEND_TIMEOUT_USEC=\(duration.microseconds)"]) }

  /// The one line that `systemctl status` shows. Sent when it changed and at most once a second; a line that comes too
  /// early is sent when the second is over, unless a newer one replaces it.
  public func status(_ text: String) {
    guard isConnected else { return }
    let step = state.withLock { state -> StatusThrottle.Step in
      let step = state.throttle.offer(oneLine(text), at: monotonicMicroseconds())
      guard case .later = step else { return step }
      if state.flushIsScheduled { return .nothing }
      state.flushIsScheduled = true
      return step
    }
    perform(step)
  }

  private func perform(_ step: StatusThrottle.Step) {
    switch step {
    case .nothing: break
    case .send(let text): send(["STATUS=\(text)"])
    case .later(let microseconds):
      Task.detached { [self] in
        try? await Task.sleep(for: .microseconds(Int64(microseconds)))
        let step = state.withLock { state in
          state.flushIsScheduled = false
          return state.throttle.flush(at: monotonicMicroseconds())
        }
        if case .send(let text) = step { send(["STATUS=\(text)"]) }
      }
    }
  }

  /// A status that goes out with a state change is not held back.
  private func statusLine(_ text: String?) -> [String] {
    guard let text else { return [] }
    let line = oneLine(text)
    state.withLock { $0.throttle.sent(line, at: monotonicMicroseconds()) }
    return ["STATUS=\(line)"]
  }

  private func oneLine(_ text: String) -> String { escapingControls(redacted(text)) }

  private func send(_ lines: [String]) {
    guard let socketPath, descriptor >= 0 else { return }
    let bytes = Array(lines.joined(separator: "\n").utf8)
    _ = withUnixAddress(socketPath) { address, length in
      sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length)
    }
  }
}

/// Decides when a status line goes out: on change, at most one a second, and never loses the last one.
struct StatusThrottle {
  enum Step: Equatable {
    case nothing
    case send(String)
    /// Call `flush` after this many microseconds.
    case later(UInt64)
  }

  static let interval: UInt64 = 1_000_000

  private var lastText: String?
  private var lastTime: UInt64?
  private var pending: String?

  mutating func offer(_ text: String, at now: UInt64) -> Step {
    if text == lastText {
      pending = nil
      return .nothing
    }
    if let lastTime, now < lastTime + Self.interval {
      pending = text
      return .later(lastTime + Self.interval - now)
    }
    sent(text, at: now)
    return .send(text)
  }

  mutating func flush(at now: UInt64) -> Step {
    guard let text = pending else { return .nothing }
    sent(text, at: now)
    return .send(text)
  }

  mutating func sent(_ text: String, at now: UInt64) {
    (lastText, lastTime, pending) = (text, now, nil)
  }
}
