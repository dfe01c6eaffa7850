import Glibc
import Testing

@testable import Service

/// What a service manager has: a datagram socket with a name.
private final class Manager: Sendable {
  let descriptor: Int32

  init(_ path: String) {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    let code = withUnixAddress(path) { bind(descriptor, $0, $1) }
    precondition(code == 0)
    var timeout = timeval(tv_sec: 3, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// The lines of the next message; nil after three seconds.
  func next() -> [String]? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    guard count >= 0 else { return nil }
    return String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  var isEmpty: Bool {
    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&entry, 1, 50) == 0
  }
}

@Suite struct NotifierTests {
  let scratch = ScratchDirectory()

  @Test(arguments: ["file", "abstract"]) func everyMessageReachesTheManager(kind: String) {
    let path = kind == "file" ? scratch.path + "/notify" : "@newswire-test-\(getpid())"
    let manager = Manager(path)
    let notifier = Notifier(environment: environment(["NOTIFY_SOCKET": path]))
    #expect(notifier.isConnected)

    notifier.ready(status: "12 publishers")
    #expect(manager.next() == ["READY=1", "STATUS=12 publishers"])
    let before = monotonicMicroseconds()
    notifier.reloading()
    let reloading = manager.next()
    #expect(reloading?.first == "RELOADING=1")
    let stamp = reloading?.last?.split(separator: "=").last.flatMap { UInt64($0) } ?? 0
    #expect(stamp >= before && stamp <= monotonicMicroseconds())
    notifier.pingWatchdog()
    #expect(manager.next() == ["WATCHDOG=1"])
    notifier.extendTimeout(.milliseconds(1500))
    #expect(manager.next() == ["EXTEND_TIMEOUT_USEC=1500000"])
    notifier.failed(errno: ENOSPC, status: "disk full")
    #expect(manager.next() == ["ERRNO=28", "STATUS=disk full"])
    notifier.stopping()
    #expect(manager.next() == ["STOPPING=1"])
  }

  @Test func statusIsOneCleanLine() {
    let path = scratch.path + "/notify"
    let manager = Manager(path)
    let notifier = Notifier(environment: environment(["NOTIFY_SOCKET": path]))
    notifier.status("fetching https://user:secret@example.org/\nREADY=1\u{1B}[31m")
    #expect(manager.next() == ["STATUS=fetching https://example.org/\\nREADY=1\\u{1b}[31m"])
  }

  @Test func theLastStatusOfABurstArrives() async {
    let path = scratch.path + "/notify"
    let manager = Manager(path)
    let notifier = Notifier(environment: environment(["NOTIFY_SOCKET": path]))
    for number in 1...50 { notifier.status("fetch \(number)") }
    #expect(await blocking { manager.next() } == ["STATUS=fetch 1"])
    #expect(await blocking { manager.isEmpty })
    #expect(await blocking { manager.next() } == ["STATUS=fetch 50"])
    #expect(await blocking { manager.isEmpty })
  }

  @Test(arguments: [[:], ["NOTIFY_SOCKET": ""]]) func withoutASocketNothingHappens(variables: [String: String]) {
    let notifier = Notifier(environment: environment(variables))
    #expect(!notifier.isConnected)
    notifier.ready(status: "x")
    notifier.status("y")
    notifier.stopping()
  }

  @Test func aDeadManagerDoesNoHarm() {
    let notifier = Notifier(environment: environment(["NOTIFY_SOCKET": scratch.path + "/nobody"]))
    notifier.ready()
    let tooLong = Notifier(environment: environment(["NOTIFY_SOCKET": "/" + String(repeating: "a", count: 200)]))
    tooLong.ready()
  }

  @Test func throttle() {
    typealias Step = StatusThrottle.Step
    var throttle = StatusThrottle()
    let second = StatusThrottle.interval
    let table: [(at: UInt64, text: String?, Step)] = [
      (0, "a", .send("a")),
      (10, "a", .nothing),
      (20, "b", .later(second - 20)),
      (30, "c", .later(second - 30)),
      (second, nil, .send("c")),
      (second + 1, nil, .nothing),
      (second + 5, "d", .later(second - 5)),
      // Back to what is shown: nothing is to be sent any more.
      (second + 6, "c", .nothing),
      (2 * second, nil, .nothing),
      (2 * second + 1, "e", .send("e")),
    ]
    for (at, text, expected) in table {
      let step = text.map { throttle.offer($0, at: at) } ?? throttle.flush(at: at)
      #expect(step == expected, "at \(at), \(text ?? "flush")")
    }
  }
}
