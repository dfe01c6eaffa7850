import Manifest
import Values
import WorkerProtocol

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// One running program of a plugin. Confined to one thread; every call blocks at most until its deadline. What the
/// program writes to standard error is handed on while something is awaited from it.
final class ProgramProcess {
  private let child: ChildProcess
  private let name: String
  private let say: (ProgramLog.Line) -> Void
  private var decoder = FrameDecoder()
  private var log = ProgramLog()

  /// Starts the program, confined by `launcher`, and waits for a hello that promises all that the plugin says it does.
  init(
    _ program: Program, of publisher: Publisher, in folder: String, launcher: String, startLimit: Double,
    say: @escaping (ProgramLog.Line) -> Void
  ) throws(JobError) {
    name = "the program \(program.command)"
    self.say = say
    child = try ChildProcess(
      program: launcher,
      arguments: ["--confine", folder, "\(program.memory)", "--", "\(folder)/\(program.command)"] + program.arguments,
      environment: [
        "PATH=/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1", "NEWSWIRE_PLUGIN=\(publisher.id)",
      ], waits: true)
    let hello = try receive(deadline: MonotonicClock.seconds() + startLimit, doing: "starting", limit: startLimit)
    guard hello.type == "hello" else {
      throw violation("said \"\(hello.type.prefix(40))\" before its hello")
    }
    let version = hello.header["protocol"]?.integer ?? 0
    guard version == Frame.protocolVersion else {
      throw JobError(
        .unavailable, reason: "wrong-version",
        "\(name) speaks worker protocol \(version), this newswired \(Frame.protocolVersion)",
        hint: "bring the plugin up to date (docs/worker-protocol.md)")
    }
    if let plugin = hello.header["plugin"]?.string, plugin != publisher.id {
      throw JobError(
        .protocolViolation, reason: "wrong-publisher", "\(name) says that it is \"\(plugin.prefix(60))\"",
        hint: "it was started for \(publisher.id)")
    }
    let able = Set((hello.header["capabilities"]?.array ?? []).compactMap(\.string))
    let missing = program.jobs.map(\.rawValue).filter { !able.contains($0) }
    guard missing.isEmpty else {
      throw JobError(
        .unavailable, reason: "not-capable", "\(name) does not offer \(missing.joined(separator: " and "))",
        hint: "list only what it offers in program.jobs")
    }
    try tell(Self.introduction(publisher, program), limit: startLimit)
  }

  var pid: pid_t { child.pid }

  private static func introduction(_ publisher: Publisher, _ program: Program) -> Frame {
    Frame(
      JSONObject([
        ("type", "plugin"), ("plugin", .string(publisher.id)),
        (
          "publisher",
          [
            "name": .string(publisher.name), "url": .string(publisher.url.description),
            "hosts": .array(publisher.hosts.map { .string($0) }), "language": .string(publisher.language),
            "zone": .string(publisher.zone),
          ]
        ),
        ("settings", .object(JSONObject(program.settings.map { ($0.name, .string($0.value)) }))),
      ]))
  }

  func startJob() { log.startJob() }

  /// What the program wrote beyond the lines that a job may write.
  var droppedLines: Int { log.dropped }

  func tell(_ frame: Frame, limit: Double) throws(JobError) {
    let bytes = frame.bytes
    let deadline = MonotonicClock.seconds() + limit
    var sent = 0
    while sent < bytes.count {
      try wait(POLLOUT, deadline, "taking a message", limit)
      let count = bytes.withUnsafeBytes {
        send(child.channel, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        sent += count
      } else if errno != EINTR, errno != EAGAIN {
        throw death("taking a message")
      }
    }
  }

  /// The next message.
  func receive(deadline: Double, doing: String, limit: Double) throws(JobError) -> Frame {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      do throws(FrameError) {
        if let frame = try decoder.next() { return frame }
      } catch {
        throw violation("broke the protocol: \(error.reason)")
      }
      try wait(POLLIN, deadline, doing, limit)
      let count = read(child.channel, &chunk, chunk.count)
      if count > 0 {
        decoder.append(chunk[..<count])
      } else if count == 0 || (errno != EINTR && errno != EAGAIN) {
        throw death(doing)
      }
    }
  }

  /// Ends the program and everything it started. May be called twice.
  func stop() {
    drain()
    child.stop()
  }

  private func wait(_ events: Int32, _ deadline: Double, _ doing: String, _ limit: Double) throws(JobError) {
    while true {
      let rest = deadline - MonotonicClock.seconds()
      if rest <= 0 {
        throw JobError(.timedOut, "\(name) was still \(doing) after \(Int(limit)) s and was killed")
      }
      var set = [
        pollfd(fd: child.channel, events: Int16(events), revents: 0),
        pollfd(fd: child.diagnostics, events: Int16(POLLIN), revents: 0),
      ]
      let ready = poll(&set, 2, Int32(min(rest * 1000 + 1, 3_600_000)))
      if ready < 0, errno != EINTR { throw death(doing) }
      if ready <= 0 { continue }
      if set[1].revents & Int16(POLLIN) != 0 { drain() }
      if log.isFlooding {
        throw violation("flooded its log with more than \(ProgramLog.byteLimit >> 20) MiB in one job")
      }
      if set[0].revents != 0 { return }
      // Standard error closed: nothing more comes of it, and poll would return at once for ever.
      if set[1].revents & Int16(POLLIN) == 0 { usleep(2000) }
    }
  }

  /// Hands on what stands in standard error; at most a megabyte a call.
  private func drain() {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    for _ in 0..<16 {
      let count = read(child.diagnostics, &chunk, chunk.count)
      guard count > 0 else { return }
      for line in log.take(chunk[..<count]) { say(line) }
    }
  }

  private func violation(_ what: String) -> JobError { JobError(.protocolViolation, "\(name) \(what)") }

  /// Says how the program ended, with its last words.
  private func death(_ doing: String) -> JobError {
    drain()
    guard let status = child.waitForEnd() else { return JobError(.crashed, "\(name) closed its channel") }
    let message = "\(name) \(ChildProcess.phrase(for: status)) while \(doing)"
    let words = log.last.prefix(200)
    return JobError(.crashed, words.isEmpty ? message : message + " (\(words))")
  }
}
