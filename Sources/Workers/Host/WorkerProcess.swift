import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// One running worker and the channel to it. Confined to one thread; every call blocks at most until its deadline.
final class WorkerProcess {
  let pid: pid_t
  private var channel: FrameChannel
  private let diagnostics: Int32
  private var isReaped = false

  /// Starts `program` in a process group of its own, with an empty environment and no descriptors but its three.
  init(program: String, arguments: [String], startLimit: Double) throws(JobError) {
    var sockets: [Int32] = [-1, -1]
    var pipes: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &sockets) == 0 else {
      throw JobError(.unavailable, "no socket for a worker: \(String(cString: strerror(errno)))")
    }
    // Never blocking: a worker that floods standard error must not come to wait for a reader.
    let quiet = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    guard socketpair(AF_UNIX, quiet, 0, &pipes) == 0 else {
      let reason = String(cString: strerror(errno))
      close(sockets[0])
      close(sockets[1])
      throw JobError(.unavailable, "no second socket for a worker: \(reason)")
    }
    defer {
      close(sockets[1])
      close(pipes[1])
    }
    do throws(JobError) {
      pid = try Self.spawn(program, arguments, channel: sockets[1], diagnostics: pipes[1])
    } catch {
      close(sockets[0])
      close(pipes[0])
      throw error
    }
    channel = FrameChannel(input: sockets[0], output: sockets[0])
    diagnostics = pipes[0]
    // From here on deinit cleans up.
    let hello: Frame?
    do throws(ChannelError) {
      hello = try channel.read(deadline: monotonicSeconds() + startLimit)
    } catch {
      throw failure(error, "starting", limit: startLimit)
    }
    guard let hello, hello.type == "hello" else { throw failure(.closed, "starting", limit: startLimit) }
    let version = hello.header["protocol"]?.integer ?? 0
    guard version == Frame.protocolVersion else {
      throw JobError(
        .unavailable, "\(program) speaks worker protocol \(version), this newswired \(Frame.protocolVersion)",
        hint: "install newswired and newswire-worker of the same version")
    }
  }

  deinit { stop() }

  /// Sends a message that has no answer.
  func tell(_ frame: Frame, limit: Double) throws(JobError) {
    do throws(ChannelError) {
      try channel.write(frame, deadline: monotonicSeconds() + limit)
    } catch {
      throw failure(error, "taking its settings", limit: limit)
    }
  }

  /// Sends a job and waits for its answer.
  func ask(_ frame: Frame, limit: Double) throws(JobError) -> Frame {
    let deadline = monotonicSeconds() + limit
    do throws(ChannelError) {
      try channel.write(frame, deadline: deadline)
      guard let answer = try channel.read(deadline: deadline) else { throw ChannelError.closed }
      return answer
    } catch {
      throw failure(error, "at work", limit: limit)
    }
  }

  /// Ends the worker and everything it started, and collects its status. May be called twice.
  @discardableResult
  func stop() -> Int32? {
    guard !isReaped else { return nil }
    isReaped = true
    kill(-pid, SIGKILL)
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    close(channel.input)
    close(diagnostics)
    return status
  }

  /// Turns a broken channel into an error that says how the worker ended.
  private func failure(_ error: ChannelError, _ doing: String, limit: Double) -> JobError {
    switch error {
    case .deadline:
      return JobError(.timedOut, "worker \(pid) was still \(doing) after \(Int(limit)) s and was killed")
    case .malformed(let reason):
      return JobError(.protocolViolation, "worker \(pid) broke the protocol: \(reason)")
    case .closed, .system:
      let words = lastWords()
      guard let status = waitForEnd() else { return JobError(.crashed, "worker \(pid) closed its channel") }
      let signal = status & 0x7F
      var message =
        signal == 0
        ? "worker \(pid) exited with status \((status >> 8) & 0xFF) while \(doing)"
        : "worker \(pid) died of \(Self.name(ofSignal: signal)) while \(doing)"
      if !words.isEmpty { message += " (\(words))" }
      return JobError(.crashed, message)
    }
  }

  /// The status of a worker that closed its channel; it gets a moment to die by itself before it is killed.
  private func waitForEnd() -> Int32? {
    guard !isReaped else { return nil }
    var status: Int32 = 0
    for _ in 0..<50 {
      let ended = waitpid(pid, &status, WNOHANG)
      if ended == pid {
        isReaped = true
        kill(-pid, SIGKILL)
        close(channel.input)
        close(diagnostics)
        return status
      }
      usleep(10_000)
    }
    return stop()
  }

  /// The last line the worker wrote to standard error.
  private func lastWords() -> String {
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = read(diagnostics, &bytes, bytes.count)
    guard count > 0 else { return "" }
    let lines = String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
    return String((lines.first ?? "").prefix(200))
  }

  private static func name(ofSignal signal: Int32) -> String {
    switch signal {
    case SIGSEGV: "SIGSEGV"
    case SIGABRT: "SIGABRT"
    case SIGILL: "SIGILL (a trap)"
    case SIGTRAP: "SIGTRAP (a trap)"
    case SIGKILL: "SIGKILL (the memory limit, or a person)"
    case SIGXCPU: "SIGXCPU (its processor time limit)"
    case SIGSYS: "SIGSYS (a forbidden system call)"
    case SIGBUS: "SIGBUS"
    default: "signal \(signal)"
    }
  }

  private static func spawn(
    _ program: String, _ arguments: [String], channel: Int32, diagnostics: Int32
  ) throws(JobError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, channel, 0)
    posix_spawn_file_actions_adddup2(&actions, channel, 1)
    posix_spawn_file_actions_adddup2(&actions, diagnostics, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let argv: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    // The crash reporter of the Swift runtime starts processes and reads files, which the sandbox forbids.
    let environment: [UnsafeMutablePointer<CChar>?] = [
      strdup("SWIFT_BACKTRACE=enable=no"), strdup("LC_ALL=C.UTF-8"), nil,
    ]
    defer { for text in argv + environment { free(text) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, program, &actions, &attributes, argv, environment)
    guard result == 0 else {
      throw JobError(
        .unavailable, "cannot start \(program): \(String(cString: strerror(result)))",
        hint: "set [workers] program to the path of newswire-worker")
    }
    return pid
  }
}
