import CSystemd
import Glibc
import Synchronization
import Threads
public import Values

/// What a connection may cost.
public struct ControlLimits: Sendable {
  /// Bytes of a request's line.
  public var line = 64 << 10
  public var connections = 32
  /// How long a connection may stand without a request; running requests do not count.
  public var idle: Duration = .seconds(60)
  /// Bytes of answers that wait for a client to read them.
  public var backlog = 4 << 20

  public init() {}
}

/// A request on its way through a handler.
public struct ControlCall: Sendable {
  public let peer: PeerCredentials
  /// Whether the peer may change something; the server has checked it for the changing verbs already.
  public let mayChange: Bool
  private let send: @Sendable (JSON) -> Void

  init(peer: PeerCredentials, mayChange: Bool, send: @escaping @Sendable (JSON) -> Void) {
    (self.peer, self.mayChange, self.send) = (peer, mayChange, send)
  }

  /// Sends a line before the final one. Does not wait; lost when the client has gone.
  public func progress(_ value: JSON) { send(value) }
}

/// Answers requests on the control socket. One thread of its own polls the sockets, so that nothing a client does or
/// does not do reaches the cooperative pool; handlers run as tasks. A handler's task is cancelled when its client goes.
public final class ControlServer: Sendable {
  /// Carries out a request: the value returned is its `result`.
  public typealias Handler = @Sendable (ControlRequest, ControlCall) async throws(ControlError) -> JSON

  private let inbox: ControlInbox
  private let thread: Mutex<ControlLoop.Start?>

  /// - Parameters:
  ///   - changing: the verbs that only peers with the right to change things may use.
  ///   - refused: told about each refused request: the place to record `control.refused`.
  public init(
    listener: ControlListener, limits: ControlLimits = ControlLimits(), access: ControlAccess? = nil,
    changing: Set<String>,
    refused: @escaping @Sendable (String, PeerCredentials, ControlError) -> Void = { _, _, _ in },
    handler: @escaping Handler
  ) throws(ControlSocketError) {
    let wakeDescriptor = newswire_eventfd()
    guard wakeDescriptor >= 0 else {
      throw ControlSocketError(
        path: listener.path ?? "passed by systemd", reason: errorText(errno), exitStatus: .system)
    }
    let inbox = ControlInbox(wakeDescriptor: wakeDescriptor)
    self.inbox = inbox
    thread = Mutex(
      ControlLoop.Start(
        listener: listener, limits: limits, access: access ?? .standard(for: listener), changing: changing,
        refused: refused, handler: handler, inbox: inbox))
  }

  /// Starts to answer. A second call does nothing.
  public func start() throws(ControlSocketError) {
    guard let start = thread.withLock({ $0.take() }) else { return }
    let inbox = inbox
    let code = startThread("control") {
      ControlLoop(start).run()
      inbox.finish()
    }
    if code != 0 {
      inbox.finish()
      throw ControlSocketError(
        path: start.listener.path ?? "passed by systemd", reason: errorText(code), exitStatus: .system)
    }
  }

  /// Stops listening at once, lets running requests finish for up to `grace`, then cancels them. Returns when all
  /// connections are closed.
  public func stop(grace: Duration = .seconds(5)) async {
    if thread.withLock({ $0.take() }) != nil { return }  // never started
    inbox.post(.stop(deadline: monotonicMicroseconds() + grace.microseconds))
    await inbox.finished()
  }
}

/// What the rest of the program tells the control thread, and the eventfd that wakes it.
final class ControlInbox: Sendable {
  enum Message: Sendable {
    case reply(connection: UInt64, line: [UInt8], isLast: Bool)
    case stop(deadline: UInt64)
  }

  private struct State {
    var messages: [Message] = []
    var isFinished = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let wakeDescriptor: Int32
  private let state = Mutex(State())

  /// Takes over an eventfd.
  init(wakeDescriptor: Int32) { self.wakeDescriptor = wakeDescriptor }

  deinit { close(wakeDescriptor) }

  func post(_ message: Message) {
    let isOpen = state.withLock { state in
      if !state.isFinished { state.messages.append(message) }
      return !state.isFinished
    }
    guard isOpen else { return }
    // A wake that is lost is a stop that never comes.
    while eventfd_write(wakeDescriptor, 1) != 0, errno == EINTR {}
  }

  func take() -> [Message] {
    var count: eventfd_t = 0
    _ = eventfd_read(wakeDescriptor, &count)
    return state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
  }

  func finish() {
    let waiting = state.withLock { state in
      state.isFinished = true
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }

  func finished() async {
    await withCheckedContinuation { continuation in
      let isFinished = state.withLock { state in
        if !state.isFinished { state.waiting.append(continuation) }
        return state.isFinished
      }
      if isFinished { continuation.resume() }
    }
  }
}
