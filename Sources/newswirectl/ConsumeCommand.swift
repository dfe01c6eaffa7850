import Glibc
import Service

/// A program run with bytes on its standard input.
struct Command {
  let words: [String]

  init(_ words: [String]) { self.words = words }

  /// Why a program cannot be run whose reason is in the command line, and not in the state of the machine.
  private static let mistakes = [ENOENT, EACCES, ENOEXEC, ENOTDIR, ELOOP, ENAMETOOLONG, E2BIG]

  /// fcntl's F_SETPIPE_SZ, which Glibc's module leaves out.
  private static let setPipeSize: Int32 = 1031

  enum End: Equatable, CustomStringConvertible {
    /// With this status, or 128 and the signal that ended it, as shells have it.
    case exited(Int32)
    /// It took too long and was made to, whatever status it gave.
    case timedOut(Double)
    /// It went on though its consumer was to end.
    case stopped

    var reason: String { if case .exited(let status) = self { "\(status)" } else { description } }

    var description: String {
      switch self {
      case .exited(let status): "exited with \(status)"
      case .timedOut(let seconds): "took longer than \(Int(seconds)) s and was ended"
      case .stopped: "was ended"
      }
    }
  }

  /// Runs it to its end.
  ///
  /// - Parameters:
  ///   - timeout: seconds after which it is made to end; nil for never.
  ///   - minute: called each minute until its end.
  ///   - long: called once when it has run for long.
  func run(
    input: [UInt8], environment: [String: String], timeout: Double?, minute: () -> Void, long: () -> Void
  ) throws -> End {
    // A pipe and no socket: Linux opens none as /dev/stdin.
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { try fail("no pipe for the command: \(String(cString: strerror(errno)))", .system) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    // Room for nearly all articles: a command that ends unread, but leaves its standard input to another process, keeps
    // nobody waiting. Less will do.
    _ = fcntl(ends[1], Self.setPipeSize, 1 << 20)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    // What this program ignores is no business of the command's.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    for (key, value) in environment { setenv(key, value, 1) }
    let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    defer { for word in argv { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, words[0], &actions, &attributes, argv, environ)
    close(ends[0])
    guard code == 0 else {
      close(ends[1])
      try fail(
        "cannot run \(words[0]): \(String(cString: strerror(code)))", Self.mistakes.contains(code) ? .usage : .system)
    }
    // Often enough that a signal which comes just before a wait, and interrupts nothing, is not missed for long.
    alarm(1)
    defer { alarm(0) }
    var patience = CommandPatience(timeout: timeout, began: .now())
    func interrupted() {
      switch patience.next(now: .now(), asked: Interruption.count) {
      case .wait: break
      case .refresh: minute()
      case .tell: long()
      case .end(let signal): kill(pid, signal)
      }
      alarm(1)
    }
    var status: Int32 = 0
    var ended: pid_t = 0
    var sent = 0
    while sent < input.count, ended == 0 {
      let count = input.withUnsafeBytes { write(ends[1], $0.baseAddress! + sent, input.count - sent) }
      // A command that does not want the rest of its input may still succeed.
      if count < 0, errno != EINTR { break }
      sent += max(count, 0)
      // Only a signal ends a write before all is written. What it left its standard input to may never read it.
      if sent < input.count {
        interrupted()
        ended = waitpid(pid, &status, WNOHANG)
      }
    }
    close(ends[1])
    if ended == 0 { ended = waitpid(pid, &status, 0) }
    while ended < 0, errno == EINTR {
      interrupted()
      ended = waitpid(pid, &status, 0)
    }
    guard ended == pid else {
      try fail("cannot learn how \(words[0]) ended: \(String(cString: strerror(errno)))", .system)
    }
    switch patience.ending {
    case .timeout?: return .timedOut(timeout ?? 0)
    case .asked?: return .stopped
    case nil: return .exited(status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F))
    }
  }
}

/// How long a command is waited for, and what is done about it meanwhile. Pure.
struct CommandPatience {
  /// Seconds between a wish to end and the end, whether it wishes or not.
  static let grace: Double = 5
  /// Seconds that a command may go on when its consumer is to end.
  static let farewell: Double = 30
  /// Seconds after which a command that is still at work is told of.
  static let long: Double = 600
  static let refreshing: Double = 60

  enum Step: Equatable {
    case wait
    /// The claims are to be kept fresh.
    case refresh
    case tell
    case end(Int32)
  }

  enum Cause { case timeout, asked }

  let timeout: Double?
  let began: Moment
  /// Why the command was made to end; nil while it was not.
  private(set) var ending: Cause?
  private var endedAt: Moment?
  private var askedAt: Moment?
  private var refreshed: Moment
  private var isTold = false

  init(timeout: Double?, began: Moment) {
    self.timeout = timeout
    self.began = began
    refreshed = began
  }

  /// What to do now.
  ///
  /// - Parameter asked: how often the consumer was asked to end.
  mutating func next(now: Moment, asked: Int) -> Step {
    if asked > 0, askedAt == nil { askedAt = now }
    if let endedAt {
      if now.seconds(since: endedAt) >= Self.grace || asked > 2 { return .end(SIGKILL) }
    } else if asked > 1 || askedAt.map({ now.seconds(since: $0) >= Self.farewell }) ?? false {
      return end(.asked, now)
    } else if let timeout, now.seconds(since: began) >= timeout {
      return end(.timeout, now)
    }
    if now.seconds(since: refreshed) >= Self.refreshing {
      refreshed = now
      return .refresh
    }
    if !isTold, now.seconds(since: began) >= Self.long {
      isTold = true
      return .tell
    }
    return .wait
  }

  private mutating func end(_ cause: Cause, _ now: Moment) -> Step {
    (ending, endedAt) = (cause, now)
    return .end(SIGTERM)
  }
}
