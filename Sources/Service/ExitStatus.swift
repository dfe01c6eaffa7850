// Service: how the daemon meets the machine it runs on and the people who run it: systemd's notification and watchdog,
// the event log with its sinks, the control socket with both its ends, terminals and exit statuses.
// It must not know feeds, articles, plugins or the pipeline: those speak to it in events, counters and JSON.

internal import Glibc

/// The exit statuses of newswire's programs: those of sysexits.h that apply, with one meaning each.
/// systemd's own are 200–245 (systemd.exec(5)) and never returned.
public enum ExitStatus: Int32, Sendable, CaseIterable {
  /// Done, or stopped on request.
  case ok = 0
  /// The command line is wrong. Not restarted.
  case usage = 64
  /// Data does not read: of the daemon what newswire itself wrote (state database, queue), of newswirectl also what it
  /// was given.
  case data = 65
  /// The other side is not there: the daemon does not run, does not answer, or starts or stops.
  case unavailable = 69
  /// A bug in newswire.
  case software = 70
  /// The operating system refused something basic: a process, a thread, a socket, an open file.
  case system = 71
  /// A state or queue directory cannot be created.
  case cannotCreate = 73
  /// Reading, writing or fsync failed.
  case inputOutput = 74
  /// Failed for now; the same again later may succeed.
  case temporary = 75
  /// Not permitted. Not restarted.
  case permission = 77
  /// The configuration is refused. Not restarted.
  case configuration = 78

  /// What the status says, in one line: for `--help` and the manual.
  public var meaning: String {
    switch self {
    case .ok: "done, or stopped on request"
    case .usage: "the command line is wrong"
    case .data: "state on disk does not read back"
    case .unavailable: "the daemon does not run or does not answer"
    case .software: "a bug in newswire"
    case .system: "the operating system refused a process, thread, socket or open file"
    case .cannotCreate: "a state or queue directory cannot be created"
    case .inputOutput: "reading, writing or fsync failed"
    case .temporary: "failed for now, try again later"
    case .permission: "not permitted"
    case .configuration: "the configuration is refused"
    }
  }

  /// Ends the program with this status, with all that was printed.
  public func leave() -> Never { endProgram(rawValue) }
}

/// Ends the program with a status of its own, with all that was printed; when some of that could not be written, says
/// so and turns success into failure. What libraries do at `exit` is left out: OpenSSL takes its memory apart there,
/// and a thread that is just ending with a connection still uses it. One of some hundred programs that had done their
/// work then died of SIGSEGV.
public func endProgram(_ status: Int32) -> Never {
  fflush(nil)
  guard let problem = StandardOutput.problem else { _exit(status) }
  let program = CommandLine.arguments.first?.split(separator: "/").last ?? "newswire"
  Terminal.write("\(program): \(problem)\n", to: 2)
  _exit(status == 0 ? ExitStatus.inputOutput.rawValue : status)
}
