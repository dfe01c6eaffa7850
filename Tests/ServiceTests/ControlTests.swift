import Glibc
import Synchronization
import Testing
import Values

@testable import Service

/// A server with a few verbs on a socket of its own.
private final class Daemon: Sendable {
  let scratch = ScratchDirectory()
  let server: ControlServer
  let cancelled: SharedCount
  let refusals: SharedCount
  var path: String { scratch.path + "/control.sock" }

  final class SharedCount: Sendable {
    private let value = Mutex(0)
    func raise() { value.withLock { $0 += 1 } }
    var count: Int { value.withLock { $0 } }
  }

  init(limits: ControlLimits = ControlLimits(), access: ControlAccess? = nil) throws {
    let cancelled = SharedCount()
    let refusals = SharedCount()
    self.cancelled = cancelled
    self.refusals = refusals
    server = try ControlServer(
      listener: .bind(path: scratch.path + "/control.sock"), limits: limits, access: access, changing: ["pause"],
      refused: { _, _, _ in refusals.raise() }
    ) { request, call async throws(ControlError) -> JSON in
      switch request.verb {
      case "echo": return .object(request.arguments)
      case "peer": return ["uid": JSON(Int(call.peer.userID)), "pid": JSON(Int(call.peer.processID))]
      case "count":
        for number in 0..<(request.arguments["to"]?.integer ?? 0) { call.progress(JSON(number)) }
        return "done"
      case "big": return .string(String(repeating: "x", count: request.arguments["size"]?.integer ?? 0))
      case "pause": return [:]
      case "hang":
        do {
          try await Task.sleep(for: .seconds(60))
        } catch {
          cancelled.raise()
        }
        return [:]
      case "missing": throw ControlError(.notFound, "There is no publisher “x”.", hint: "See 'newswirectl status'.")
      default: throw .unknownVerb(request.verb)
      }
    }
    try server.start()
  }

  /// Bytes to the server, and its answer lines until it closes or `lines` have come.
  func talk(_ text: String, lines: Int = 1, half: Bool = false) async -> [String] {
    await blocking { [path] in
      let descriptor = connectTo(path)
      defer { close(descriptor) }
      Terminal.write(text, to: descriptor)
      if half { shutdown(descriptor, Int32(SHUT_WR)) }
      var reader = LineReader(descriptor: descriptor)
      var out: [String] = []
      while out.count < lines, case .line(let line) = reader.next() {
        out.append(String(decoding: line, as: UTF8.self))
      }
      return out
    }
  }

  func call(
    _ verb: String, _ arguments: JSONObject = JSONObject(), timeout: Duration = .seconds(20)
  ) async -> Answer {
    await ask(path, verb, arguments, timeout: timeout)
  }
}

/// How a client's call ended.
private struct Answer: Sendable {
  var result: JSON?
  var failure: ControlFailure?
  var progress: [JSON] = []
}

private func ask(
  _ path: String, _ verb: String, _ arguments: JSONObject = JSONObject(), timeout: Duration = .seconds(20)
) async -> Answer {
  await blocking {
    var answer = Answer()
    do throws(ControlFailure) {
      answer.result = try ControlClient(path: path).call(verb, arguments, timeout: timeout) {
        answer.progress.append($0)
      }
    } catch {
      answer.failure = error
    }
    return answer
  }
}

private func connectTo(_ path: String) -> Int32 {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
  var timeout = timeval(tv_sec: 5, tv_usec: 0)
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  #expect(withUnixAddress(path) { connect(descriptor, $0, $1) } == 0)
  return descriptor
}

@Suite struct ControlServerTests {
  @Test func lines() async throws {
    let daemon = try Daemon()
    let table: [(String, String)] = [
      (#"{"v":1,"verb":"echo","a":[1,"x"]}"#, #"{"v":1,"ok":true,"result":{"a":[1,"x"]},"done":true}"#),
      (
        #"{"v":1,"verb":"missing"}"#,
        #"{"v":1,"ok":false,"error":{"code":"not-found","message":"There is no publisher “x”.","#
          + #""hint":"See 'newswirectl status'."},"done":true}"#
      ),
    ]
    for (request, expected) in table { #expect(await daemon.talk(request + "\n") == [expected]) }
    await daemon.server.stop()
  }

  @Test func whatIsNoRequestIsRefusedWithItsCode() async throws {
    let daemon = try Daemon()
    let table: [(String, String)] = [
      ("hello", "bad-request"), ("[1]", "bad-request"), ("{}", "bad-request"), (#"{"v":1}"#, "bad-request"),
      (#"{"v":1,"verb":""}"#, "bad-request"), (#"{"v":1,"verb":7}"#, "bad-request"),
      (#"{"v":2,"verb":"echo"}"#, "unsupported-version"), (#"{"v":"1","verb":"echo"}"#, "bad-request"),
      (#"{"v":1,"verb":"dance"}"#, "unknown-verb"), ("\u{0}\u{1}\u{2}", "bad-request"),
      (String(repeating: "[", count: 5000), "bad-request"),
    ]
    for (request, code) in table {
      let answer = try JSON(parsing: await daemon.talk(request + "\n").first ?? "")
      #expect(answer["ok"]?.bool == false && answer["done"]?.bool == true, "\(request)")
      #expect(answer["error"]?["code"]?.string == code, "\(request)")
      #expect(answer["error"]?["hint"]?.string != nil, "\(request)")
    }
    // The connection stays usable after a bad line; empty lines and a CR are forgiven.
    let echo = #"{"v":1,"verb":"echo"}"#
    let answers = await daemon.talk("bad\n\r\n  \n\(echo)\r\n\(echo)\n", lines: 3)
    #expect(answers.count == 3 && answers[1] == answers[2] && answers[1].contains(#""ok":true"#))
    await daemon.server.stop()
  }

  @Test func aLineThatIsTooLongEndsTheConnection() async throws {
    let daemon = try Daemon()
    let limit = ControlLimits().line
    let prefix = #"{"v":1,"verb":"echo","a":""#
    let fits = prefix + String(repeating: "x", count: limit - prefix.utf8.count - 2) + "\"}"
    #expect(fits.utf8.count == limit)
    #expect(await daemon.talk(fits + "\n").first?.contains(#""ok":true"#) == true)
    for long in [fits + " \n", String(repeating: "y", count: limit + 5000)] {
      let answers = await daemon.talk(long, lines: 2)
      #expect(answers.count == 1, "the connection is closed after the answer")
      #expect(answers.first?.contains(#""code":"too-long""#) == true)
    }
    await daemon.server.stop()
  }

  @Test func aClientThatHasFinishedSendingIsAnswered() async throws {
    let daemon = try Daemon()
    #expect(await daemon.talk(#"{"v":1,"verb":"echo"}"# + "\n", lines: 2, half: true).count == 1)
    #expect(await daemon.talk(#"{"v":1,"verb":"echo"}"#, lines: 2, half: true).count == 1)
    await daemon.server.stop()
  }

  @Test func twoClientsAtOnce() async throws {
    let daemon = try Daemon()
    let slow = connectTo(daemon.path)
    Terminal.write(#"{"v":1,"verb":"hang"}"# + "\n", to: slow)
    let silent = connectTo(daemon.path)
    defer { close(silent) }
    #expect(await daemon.talk(#"{"v":1,"verb":"echo"}"# + "\n").first?.contains(#""ok":true"#) == true)
    // The client that goes takes its request with it.
    close(slow)
    #expect(await eventually { daemon.cancelled.count == 1 })
    await daemon.server.stop()
  }

  @Test func tooManyConnections() async throws {
    var limits = ControlLimits()
    limits.connections = 2
    let daemon = try Daemon(limits: limits)
    let first = connectTo(daemon.path)
    let second = connectTo(daemon.path)
    #expect(await daemon.talk("", lines: 1).first?.contains(#""code":"busy""#) == true)
    close(first)
    var isFree = false
    // The server learns of the close when it gets a turn, which may take longer than a hundred refusals.
    for _ in 0..<500 where !isFree {
      isFree = await daemon.talk(#"{"v":1,"verb":"echo"}"# + "\n").first?.contains(#""ok":true"#) == true
      if !isFree { try await Task.sleep(for: .milliseconds(20)) }
    }
    #expect(isFree)
    close(second)
    await daemon.server.stop()
  }

  @Test func idleConnectionsAreClosed() async throws {
    var limits = ControlLimits()
    limits.idle = .milliseconds(50)
    let daemon = try Daemon(limits: limits)
    #expect(await daemon.talk("", lines: 1).isEmpty)
    #expect(await daemon.talk("{\"v\":1", lines: 1).isEmpty)
    await daemon.server.stop()
  }

  @Test func answersLargerThanTheSocketsBuffer() async throws {
    let daemon = try Daemon()
    let size = 2_000_000
    let answer = await daemon.call("big", JSONObject([(key: "size", value: JSON(size))]))
    #expect(answer.result?.string?.utf8.count == size)
    await daemon.server.stop()
  }

  @Test func aClientThatDoesNotReadIsDropped() async throws {
    var limits = ControlLimits()
    limits.backlog = 100_000
    let daemon = try Daemon(limits: limits)
    let descriptor = connectTo(daemon.path)
    defer { close(descriptor) }
    Terminal.write(#"{"v":1,"verb":"big","size":3000000}"# + "\n", to: descriptor)
    // Not a byte is read before the server has hung up: a reader beside it could keep up.
    let hungUp = await blocking {
      var entry = pollfd(fd: descriptor, events: 0, revents: 0)
      return poll(&entry, 1, 20_000) == 1 && entry.revents & Int16(POLLHUP) != 0
    }
    #expect(hungUp)
    let text = await blocking { readAll(descriptor) }
    #expect(text.utf8.count < 3_000_000)
    await daemon.server.stop()
  }

  @Test func changingNeedsTheRight() async throws {
    let strangers = ControlAccess(ownUserID: 12_345, groupID: nil, trustsSocketMode: false)
    let daemon = try Daemon(access: strangers)
    let pause = await daemon.talk(#"{"v":1,"verb":"pause"}"# + "\n").first ?? ""
    if geteuid() == 0 {
      #expect(pause.contains(#""ok":true"#))
    } else {
      #expect(pause.contains(#""code":"forbidden""#))
      #expect(daemon.refusals.count == 1)
    }
    #expect(await daemon.talk(#"{"v":1,"verb":"echo"}"# + "\n").first?.contains(#""ok":true"#) == true)
    await daemon.server.stop()
  }

  @Test func accessTable() {
    func peer(_ user: UInt32, _ group: UInt32 = 1000, _ groups: [UInt32] = []) -> PeerCredentials {
      PeerCredentials(processID: 1, userID: user, groupID: group, groups: groups)
    }
    let plain = ControlAccess(ownUserID: 990, groupID: 980, trustsSocketMode: false)
    let inNamespace = ControlAccess(ownUserID: 990, groupID: nil, trustsSocketMode: true)
    let table: [(ControlAccess, PeerCredentials, Bool)] = [
      (plain, peer(0), true), (plain, peer(990), true), (plain, peer(1000), false), (plain, peer(1000, 980), true),
      (plain, peer(1000, 1000, [4, 980]), true), (plain, peer(65_534, 65_534), false),
      (inNamespace, peer(65_534, 65_534, [65_534]), true), (inNamespace, peer(1000), false),
      (inNamespace, peer(0), true),
    ]
    for (access, peer, expected) in table { #expect(access.mayChange(peer) == expected, "\(peer)") }
  }

  @Test func stopping() async throws {
    let daemon = try Daemon()
    let waiting = connectTo(daemon.path)
    defer { close(waiting) }
    Terminal.write(#"{"v":1,"verb":"hang"}"# + "\n", to: waiting)
    #expect(await daemon.talk(#"{"v":1,"verb":"echo"}"# + "\n").count == 1)
    let before = monotonicMicroseconds()
    await daemon.server.stop(grace: .milliseconds(100))
    #expect(monotonicMicroseconds() - before < 3_000_000)
    #expect(await eventually { daemon.cancelled.count == 1 })
    #expect(await blocking { readAll(waiting) }.isEmpty)
    await daemon.server.stop()  // again: nothing happens
  }
}

@Suite struct ControlListenerTests {
  let scratch = ScratchDirectory()
  var path: String { scratch.path + "/control.sock" }

  @Test func modeAndRemoval() throws {
    try withExtendedLifetime(ControlListener.bind(path: path)) { listener in
      var status = stat()
      #expect(lstat(path, &status) == 0)
      #expect(status.st_mode & 0o777 == 0o660)
      #expect(listener.isClosedToOthers)
      #expect(chmod(path, 0o666) == 0)
      #expect(!listener.isClosedToOthers)
    }
    #expect(scratch.names.isEmpty, "the socket goes with its listener")
  }

  @Test func aDeadSocketMakesRoomALivingOneDoesNot() throws {
    let dead = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #expect(withUnixAddress(path) { bind(dead, $0, $1) } == 0)
    close(dead)
    let listener = try ControlListener.bind(path: path)
    let error = #expect(throws: ControlSocketError.self) { try ControlListener.bind(path: path) }
    #expect(error?.reason.contains("another newswired answers there") == true)
    #expect(error?.exitStatus == .temporary)
    #expect(scratch.names == ["control.sock"])
    withExtendedLifetime(listener) {}
  }

  @Test func aFileInTheWayStays() {
    let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
    close(descriptor)
    let error = #expect(throws: ControlSocketError.self) { try ControlListener.bind(path: path) }
    #expect(error?.reason.contains("not a socket") == true)
    #expect(scratch.names == ["control.sock"])
  }

  @Test func pathsThatCannotBe() {
    let long = #expect(throws: ControlSocketError.self) {
      try ControlListener.bind(path: scratch.path + "/" + String(repeating: "x", count: 120))
    }
    #expect(long?.exitStatus == .configuration)
    #expect(throws: ControlSocketError.self) { try ControlListener.bind(path: "") }
  }

  @Test func aPassedSocketIsTakenOver() throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #expect(withUnixAddress(path) { bind(descriptor, $0, $1) } == 0)
    #expect(ControlListener.adopt(descriptor) == nil, "it does not listen yet")
    #expect(listen(descriptor, 4) == 0)
    let listener = try #require(ControlListener.adopt(descriptor))
    #expect(listener.path == path && !listener.isOwn)
    #expect(fcntl(descriptor, F_GETFD) & FD_CLOEXEC != 0)
    #expect(fcntl(descriptor, F_GETFL) & O_NONBLOCK != 0)
    #expect(ControlListener.adopt(-1) == nil)
    withExtendedLifetime(listener) {}
  }

  @Test func namesOfPassedSocketsAreMinded() {
    let other = environment(["LISTEN_PID": "4711", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "metrics"])
    #expect(ControlListener.passed(other) == nil)
    #expect(ControlListener.passed(environment([:])) == nil)
  }

  @Test func peersAreKnown() throws {
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { for end in ends { close(end) } }
    let peer = try #require(PeerCredentials(socket: ends[0]))
    #expect(peer.userID == geteuid() && peer.groupID == getegid() && peer.processID == getpid())
    #expect(PeerCredentials(socket: -1) == nil)
  }
}

@Suite struct ControlClientTests {
  @Test func progressThenResult() async throws {
    let daemon = try Daemon()
    let count = await daemon.call("count", JSONObject([(key: "to", value: 5)]))
    #expect(count.result == "done" && count.progress == [0, 1, 2, 3, 4])
    let peer = try #require(await daemon.call("peer").result)
    #expect(peer["uid"]?.integer == Int(geteuid()) && peer["pid"]?.integer == Int(getpid()))
    await daemon.server.stop()
  }

  @Test func failures() async throws {
    let daemon = try Daemon()
    let missing = await daemon.call("missing").failure
    #expect(missing?.description == "There is no publisher “x”. See 'newswirectl status'.")
    #expect(missing?.exitStatus == .usage)
    let unknown = await daemon.call("dance").failure
    #expect(unknown?.description.contains("“dance”") == true)
    let slow = await daemon.call("hang", timeout: .milliseconds(100)).failure
    #expect(slow == .timeout(path: daemon.path, seconds: 0))
    #expect(slow?.exitStatus == .unavailable)
    await daemon.server.stop()
    let stopped = await daemon.call("echo").failure
    #expect(stopped == .notRunning(path: daemon.path))
  }

  @Test func notRunning() async {
    let scratch = ScratchDirectory()
    for path in [scratch.path + "/nobody", scratch.path + "/no/such/folder"] {
      let failure = await ask(path, "status").failure
      #expect(failure == .notRunning(path: path))
      #expect(failure?.exitStatus.rawValue == 69)
      #expect(failure?.description.contains(path) == true)
      #expect(failure?.description.contains("systemctl start newswired") == true)
    }
  }

  /// Servers that are none: whatever they answer is told as a broken connection, and nothing of it reaches a terminal.
  @Test(arguments: ["", "\n", "hello\n", "{\"v\":9,\"ok\":true,\"result\":1}\n", "{\"v\":1,\"ok\":true}\n", "{\"v\":1"])
  func strangeServers(answer: String) async throws {
    let scratch = ScratchDirectory()
    let path = scratch.path + "/control.sock"
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #expect(withUnixAddress(path) { bind(descriptor, $0, $1) } == 0 && listen(descriptor, 1) == 0)
    async let server: Void = blocking {
      let connection = accept(descriptor, nil, nil)
      var buffer = [UInt8](repeating: 0, count: 4096)
      _ = read(connection, &buffer, buffer.count)
      Terminal.write(answer, to: connection)
      close(connection)
    }
    let failure = await ask(path, "status").failure
    await server
    close(descriptor)
    guard case .broken? = failure else {
      Issue.record("\(String(describing: failure))")
      return
    }
  }

  @Test func standardPath() {
    #expect(ControlClient.standardPath(environment([:])) == "/run/newswire/control.sock")
    #expect(ControlClient.standardPath(environment(["NEWSWIRE_SOCKET": ""])) == "/run/newswire/control.sock")
    #expect(ControlClient.standardPath(environment(["NEWSWIRE_SOCKET": "/tmp/x"])) == "/tmp/x")
  }

  @Test func codesMapToExitStatuses() {
    let table: [(ControlError.Code, Int32)] = [
      (.badRequest, 64), (.notFound, 64), (.unknownVerb, 64), (.forbidden, 77), (.busy, 75), (.failed, 75),
      (.notNow, 75),
      (.refused, 78), (.internalFault, 70), (.unavailable, 69), (.init(rawValue: "new-code"), 69),
    ]
    for (code, status) in table { #expect(ControlError(code, "m").exitStatus.rawValue == status) }
  }
}

@Suite struct ControlErrorTextTests {
  @Test func severalLinesStayLines() {
    #expect(escapingControls(ofLines: "a:1:1: b\nc\u{1B}[2J\n") == "a:1:1: b\nc\\u{1b}[2J\n")
    let error = ControlError(.refused, "a:1:1: b\nc", hint: "Correct it.")
    #expect(error.description == "a:1:1: b\nc\nCorrect it.")
    #expect(ControlResponse(line: ControlResponse.failure(error).line.dropLast()) == .failure(error))
    #expect(ControlError(.refused, "one", hint: "Two.").description == "one. Two.")
    #expect(ControlError(.refused, "One.", hint: "Two.").description == "One. Two.")
  }
}
