import Glibc
import Values

/// Records out of the journal, by way of journalctl(1): it knows about namespaces, permissions and rotated files.
/// Blocks its thread.
public struct JournalStream: ~Copyable {
  private let process: pid_t
  private let descriptor: Int32
  private var reader: LineReader

  /// Whether systemd runs this machine.
  public static var isAvailable: Bool { access("/run/systemd/system", F_OK) == 0 }

  /// Whether systemd runs the unit right now: it keeps a link a unit for exactly this question.
  public static func runs(unit: String) -> Bool {
    var status = stat()
    return lstat("/run/systemd/units/invocation:\(unit)", &status) == 0
  }

  private static func failure(_ code: Int32) -> LogFileError {
    LogFileError(path: "of the journal", reason: "journalctl: \(errorText(code))", exitStatus: .unavailable)
  }

  /// Starts journalctl; 0 or an errno comes back as the error.
  public init(arguments: [String]) throws(LogFileError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Self.failure(errno) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addclose(&actions, ends[0])
    posix_spawn_file_actions_addclose(&actions, ends[1])
    var vector: [UnsafeMutablePointer<CChar>?] = (["journalctl"] + arguments).map { strdup($0) }
    defer { for pointer in vector { free(pointer) } }
    vector.append(nil)
    var process: pid_t = 0
    let code = posix_spawnp(&process, "journalctl", &actions, nil, vector, environ)
    close(ends[1])
    guard code == 0 else {
      close(ends[0])
      throw Self.failure(code)
    }
    self.process = process
    descriptor = ends[0]
    reader = LineReader(descriptor: ends[0])
  }

  deinit { close(descriptor) }

  /// Whether `next` would have something to read within that time.
  public func isReady(within milliseconds: Int32) -> Bool { reader.isReady(within: milliseconds) }

  /// The next entry; nil at the end.
  public mutating func next() -> EventRecord? {
    while case .line(let line) = reader.next() {
      if let json = try? JSON(parsing: line), let record = EventRecord(journal: json) { return record }
    }
    return nil
  }

  /// Waits for journalctl and returns its exit status, 128 and the signal's number when one ended it.
  public consuming func wait() throws(LogFileError) -> Int32 {
    var status: Int32 = 0
    while waitpid(process, &status, 0) != process {
      guard errno == EINTR else { throw Self.failure(errno) }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}
