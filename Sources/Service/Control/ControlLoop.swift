import CSystemd
import Glibc
import Values

/// The control thread: accepts, reads lines, hands them to tasks, writes answers. All state is the thread's own.
final class ControlLoop {
  /// What the thread is started with.
  struct Start: Sendable {
    let listener: ControlListener
    let limits: ControlLimits
    let access: ControlAccess
    let changing: Set<String>
    let refused: @Sendable (String, PeerCredentials, ControlError) -> Void
    let handler: ControlServer.Handler
    let inbox: ControlInbox
  }

  private struct Connection {
    let descriptor: Int32
    let peer: PeerCredentials
    var input: [UInt8] = []
    var output: [UInt8] = []
    var task: Task<Void, Never>?
    /// The client has sent its last byte.
    var inputEnded = false
    /// Nothing more is read; closed when the output is written.
    var isClosing = false
    /// When the connection is closed for standing idle.
    var idleAt: UInt64
  }

  private let listener: ControlListener
  private let start: Start
  private var connections: [UInt64: Connection] = [:]
  private var nextID: UInt64 = 0
  private var stopAt: UInt64?
  /// No accepting before this: the process ran out of descriptors.
  private var acceptAt: UInt64 = 0

  init(_ start: Start) {
    self.start = start
    listener = start.listener
  }

  func run() {
    while true {
      if let stopAt, connections.isEmpty || monotonicMicroseconds() >= stopAt { break }
      pollOnce()
      expire()
    }
    listener.close()
    for id in Array(connections.keys) { close(id) }
  }

  // MARK: Waiting

  private func pollOnce() {
    let now = monotonicMicroseconds()
    var entries = [pollfd(fd: start.inbox.wakeDescriptor, events: Int16(POLLIN), revents: 0)]
    let accepts = stopAt == nil && now >= acceptAt
    entries.append(pollfd(fd: accepts ? listener.descriptor : -1, events: Int16(POLLIN), revents: 0))
    let ids = Array(connections.keys)
    for id in ids {
      guard let connection = connections[id] else { continue }
      var events: Int16 = 0
      if !connection.inputEnded, !connection.isClosing { events |= Int16(POLLIN) }
      if !connection.output.isEmpty { events |= Int16(POLLOUT) }
      entries.append(pollfd(fd: connection.descriptor, events: events, revents: 0))
    }
    guard poll(&entries, nfds_t(entries.count), timeout(now)) >= 0 else { return }
    if entries[0].revents != 0 { readInbox() }
    if stopAt == nil, entries[1].revents != 0 { acceptAll() }
    for (id, entry) in zip(ids, entries.dropFirst(2)) where entry.revents != 0 {
      if entry.revents & Int16(POLLIN) != 0 { read(id) }
      if entry.revents & Int16(POLLOUT) != 0 { flush(id) }
      if entry.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0, entry.revents & Int16(POLLIN) == 0 { close(id) }
    }
  }

  /// Milliseconds until something is due; -1 for never.
  private func timeout(_ now: UInt64) -> Int32 {
    var due = connections.values.filter { $0.task == nil }.map(\.idleAt)
    if let stopAt { due.append(stopAt) }
    if now < acceptAt { due.append(acceptAt) }
    guard let first = due.min() else { return -1 }
    return first <= now ? 0 : Int32(clamping: (first - now) / 1000 + 1)
  }

  private func expire() {
    let now = monotonicMicroseconds()
    for (id, connection) in connections where connection.task == nil && now >= connection.idleAt { close(id) }
  }

  private func readInbox() {
    for message in start.inbox.take() {
      switch message {
      case .reply(let id, let line, let isLast):
        guard connections[id] != nil else { continue }
        if isLast { connections[id]?.task = nil }
        send(id, line)
        if isLast { advance(id) }
      case .stop(let deadline):
        stopAt = deadline
        listener.close()
        for id in Array(connections.keys) {
          connections[id]?.isClosing = true
          closeIfDone(id)
        }
      }
    }
  }

  // MARK: Connections

  private func acceptAll() {
    while true {
      let descriptor = accept4(
        listener.descriptor, nil, nil, Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue))
      if descriptor < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        if errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS {
          acceptAt = monotonicMicroseconds() + 200_000
        }
        return
      }
      guard let peer = PeerCredentials(socket: descriptor) else {
        Glibc.close(descriptor)
        continue
      }
      nextID += 1
      connections[nextID] = Connection(descriptor: descriptor, peer: peer, idleAt: idleDeadline())
      if connections.count > start.limits.connections {
        refuse(
          nextID, ControlError(.busy, "Too many connections to the control socket.", hint: "Try again in a moment."))
      }
    }
  }

  private func idleDeadline() -> UInt64 { monotonicMicroseconds() + start.limits.idle.microseconds }

  private func close(_ id: UInt64) {
    guard let connection = connections.removeValue(forKey: id) else { return }
    connection.task?.cancel()
    Glibc.close(connection.descriptor)
  }

  /// Answers with an error and closes when it is written.
  private func refuse(_ id: UInt64, _ error: ControlError) {
    connections[id]?.isClosing = true
    connections[id]?.input = []
    send(id, ControlResponse.failure(error).line)
    closeIfDone(id)
  }

  private func closeIfDone(_ id: UInt64) {
    guard let connection = connections[id], connection.task == nil, connection.output.isEmpty else { return }
    if connection.isClosing || (connection.inputEnded && connection.input.isEmpty) { close(id) }
  }

  // MARK: Reading

  private func read(_ id: UInt64) {
    guard let descriptor = connections[id]?.descriptor else { return }
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    if count < 0 {
      if errno != EAGAIN && errno != EINTR { close(id) }
      return
    }
    if count == 0 {
      connections[id]?.inputEnded = true
    } else {
      connections[id]?.input.append(contentsOf: buffer[..<count])
    }
    advance(id)
  }

  /// Takes the next whole line when no request is running.
  private func advance(_ id: UInt64) {
    while let connection = connections[id], connection.task == nil, !connection.isClosing {
      let newline = connection.input.firstIndex(of: UInt8(ascii: "\n"))
      if (newline ?? connection.input.count) > start.limits.line {
        refuse(
          id,
          ControlError(
            .tooLong, "The request is longer than \(start.limits.line) bytes.", hint: "Send one JSON object a line."))
        return
      }
      var line: [UInt8]
      if let newline {
        line = Array(connection.input[..<newline])
        connections[id]?.input.removeSubrange(...newline)
      } else if connection.inputEnded, !connection.input.isEmpty {
        line = connection.input
        connections[id]?.input = []
      } else {
        break
      }
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      if !line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { answer(line, id, connection.peer) }
    }
    // A client that sends on while its request runs is not read beyond one line and its successor.
    if let connection = connections[id], connection.task != nil,
      connection.input.count > start.limits.line + 16_384
    {
      refuse(id, ControlError(.tooLong, "Too many requests before an answer.", hint: "Wait for the answer."))
    }
    closeIfDone(id)
  }

  private func answer(_ line: [UInt8], _ id: UInt64, _ peer: PeerCredentials) {
    connections[id]?.idleAt = idleDeadline()
    let mayChange = start.access.mayChange(peer)
    let request: ControlRequest
    do throws(ControlError) {
      request = try ControlRequest(line: line)
      if start.changing.contains(request.verb), !mayChange {
        throw ControlError(
          .forbidden, "The command “\(request.verb)” changes the daemon's state, which your user may not.",
          hint: "Run it as root or as a member of the group \(ControlAccess.administrators).")
      }
    } catch {
      start.refused((try? JSON(parsing: line))?["verb"]?.string ?? "", peer, error)
      send(id, ControlResponse.failure(error).line)
      return
    }
    let inbox = start.inbox
    let handler = start.handler
    let call = ControlCall(peer: peer, mayChange: mayChange) { value in
      inbox.post(.reply(connection: id, line: ControlResponse.progress(value).line, isLast: false))
    }
    connections[id]?.task = Task {
      let response: ControlResponse
      do throws(ControlError) {
        response = .result(try await handler(request, call))
      } catch {
        response = .failure(error)
      }
      inbox.post(.reply(connection: id, line: response.line, isLast: true))
    }
  }

  // MARK: Writing

  private func send(_ id: UInt64, _ line: [UInt8]) {
    connections[id]?.output.append(contentsOf: line)
    flush(id)
    if let connection = connections[id], connection.output.count > start.limits.backlog { close(id) }
  }

  private func flush(_ id: UInt64) {
    guard var connection = connections[id] else { return }
    var at = 0
    while at < connection.output.count {
      let count = connection.output[at...].withUnsafeBytes {
        Glibc.send(connection.descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN { break }
        close(id)
        return
      }
      at += count
    }
    if at > 0 {
      connection.output.removeFirst(at)
      connections[id]?.output = connection.output
      connections[id]?.idleAt = idleDeadline()
    }
    closeIfDone(id)
  }
}
