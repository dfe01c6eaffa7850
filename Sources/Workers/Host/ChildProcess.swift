#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A process in a group of its own, with an empty environment, one socket as its standard input and output and another
/// as its standard error. Confined to one thread.
final class ChildProcess {
  let pid: pid_t
  /// Our end of its standard input and output.
  let channel: Int32
  /// Our end of its standard error; reading never blocks.
  let diagnostics: Int32
  private var isReaped = false

  /// - Parameters:
  ///   - waits: whether the process waits where nobody reads what it writes to standard error; if not, that is lost.
  ///   - environment: `NAME=value`, beside what keeps the Swift runtime quiet.
  init(program: String, arguments: [String], environment: [String], waits: Bool) throws(JobError) {
    var sockets: [Int32] = [-1, -1]
    var errors: [Int32] = [-1, -1]
    let stream = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard socketpair(AF_UNIX, stream, 0, &sockets) == 0 else {
      throw JobError(.unavailable, "no socket for \(program): \(String(cString: strerror(errno)))")
    }
    guard socketpair(AF_UNIX, stream, 0, &errors) == 0 else {
      let reason = String(cString: strerror(errno))
      for socket in sockets { close(socket) }
      throw JobError(.unavailable, "no second socket for \(program): \(reason)")
    }
    Self.stopBlocking(errors[0])
    if !waits { Self.stopBlocking(errors[1]) }
    defer {
      close(sockets[1])
      close(errors[1])
    }
    do throws(JobError) {
      pid = try Self.spawn(program, arguments, environment, channel: sockets[1], diagnostics: errors[1])
    } catch {
      close(sockets[0])
      close(errors[0])
      throw error
    }
    channel = sockets[0]
    diagnostics = errors[0]
  }

  deinit { stop() }

  /// Ends the process and everything it started, and collects its status; nil when that is not to be had. May be called
  /// twice.
  @discardableResult
  func stop() -> Int32? {
    guard !isReaped else { return nil }
    kill(-pid, SIGKILL)
    var status: Int32 = 0
    var ended = waitpid(pid, &status, 0)
    while ended < 0, errno == EINTR { ended = waitpid(pid, &status, 0) }
    finish()
    return ended == pid ? status : nil
  }

  /// The status of a process that closed its channel; it gets half a second to end by itself before it is killed.
  func waitForEnd() -> Int32? {
    guard !isReaped else { return nil }
    var status: Int32 = 0
    for _ in 0..<50 {
      if waitpid(pid, &status, WNOHANG) == pid {
        // What it started may still run.
        kill(-pid, SIGKILL)
        finish()
        return status
      }
      usleep(10_000)
    }
    return stop()
  }

  private func finish() {
    isReaped = true
    close(channel)
    close(diagnostics)
  }

  private static func stopBlocking(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  /// A status of waitpid(2) as a phrase: `exited with status 1`, `died of SIGSEGV`.
  static func phrase(for status: Int32) -> String {
    let signal = status & 0x7F
    return signal == 0 ? "exited with status \((status >> 8) & 0xFF)" : "died of \(name(ofSignal: signal))"
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
    _ program: String, _ arguments: [String], _ environment: [String], channel: Int32, diagnostics: Int32
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
    let standard = ["SWIFT_BACKTRACE=enable=no", "LC_ALL=C.UTF-8"]
    let variables: [UnsafeMutablePointer<CChar>?] = (standard + environment).map { strdup($0) } + [nil]
    defer { for text in argv + variables { free(text) } }
    var pid: pid_t = 0
    let result = posix_spawn(&pid, program, &actions, &attributes, argv, variables)
    guard result == 0 else {
      throw JobError(.unavailable, "cannot start \(program): \(String(cString: strerror(result)))")
    }
    return pid
  }
}
