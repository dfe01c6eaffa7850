import Glibc

/// What the service manager says in the environment (systemd.exec(5), "Environment variables in spawned processes").
/// Read once at the start; tests hand in their own.
public struct ServiceEnvironment: Sendable {
  public let variables: [String: String]
  /// The process the variables were meant for.
  public let processID: Int32

  public init(variables: [String: String], processID: Int32) {
    self.variables = variables
    self.processID = processID
  }

  /// The environment of this process.
  public static func current() -> ServiceEnvironment {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.utf8.firstIndex(of: UInt8(ascii: "=")) {
        variables[String(pair[..<equals])] = String(pair[pair.utf8.index(after: equals)...])
      }
      entry += 1
    }
    return ServiceEnvironment(variables: variables, processID: getpid())
  }

  private func value(_ name: String) -> String? {
    guard let value = variables[name], !value.isEmpty else { return nil }
    return value
  }

  /// The first of the colon-separated directories systemd made for us.
  private func directory(_ name: String) -> String? {
    value(name)?.split(separator: ":").first.map(String.init)
  }

  /// `StateDirectory=`: where the database and the log file live.
  public var stateDirectory: String? { directory("STATE_DIRECTORY") }
  /// Where `LoadCredential=` put the secrets, readable by this unit alone.
  public var credentialsDirectory: String? { value("CREDENTIALS_DIRECTORY") }
  /// Where readiness and state are told; nil when nobody listens.
  public var notifySocket: String? { value("NOTIFY_SOCKET") }

  /// True when systemd started this very process as a unit's main process: the variables of a unit are inherited by
  /// everything below it, terminals of a desktop included, so their presence alone proves nothing.
  public var isService: Bool {
    value("SYSTEMD_EXEC_PID").flatMap(Int32.init) == processID || notifySocket != nil
  }

  /// `WatchdogSec=` in microseconds, when it is meant for this process.
  public var watchdogMicroseconds: UInt64? {
    guard let text = value("WATCHDOG_USEC"), let interval = UInt64(text), interval > 0 else { return nil }
    if let owner = value("WATCHDOG_PID"), Int32(owner) != processID { return nil }
    return interval
  }

  /// The sockets that the manager passed, by name (sd_listen_fds(3)): descriptors from 3 on, in order.
  /// A socket without a name is called `unknown`, as systemd does.
  public var passedSockets: [(name: String, descriptor: Int32)] {
    guard value("LISTEN_PID").flatMap(Int32.init) == processID, let count = value("LISTEN_FDS").flatMap(Int32.init),
      count > 0, count < 1024
    else { return [] }
    let names = (variables["LISTEN_FDNAMES"] ?? "").split(separator: ":", omittingEmptySubsequences: false)
    return (0..<count).map { index in
      let name = Int(index) < names.count ? String(names[Int(index)]) : ""
      return (name.isEmpty ? "unknown" : name, 3 + index)
    }
  }

  /// Whether `descriptor` is the very stream to the journal that `$JOURNAL_STREAM` names (device and inode), so that
  /// native records may replace lines of text.
  public func isJournalStream(_ descriptor: Int32) -> Bool {
    guard let parts = value("JOURNAL_STREAM")?.split(separator: ":"), parts.count == 2,
      let device = UInt64(parts[0]), let inode = UInt64(parts[1])
    else { return false }
    var status = stat()
    return fstat(descriptor, &status) == 0 && UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
  }
}
