import Glibc
import Synchronization
import Values

/// JSON lines in a file that is turned over by size: `newswired.jsonl`, then `.1` (younger) to `.4` (oldest). A record
/// is one write at the end of the file, so that a reader never meets half a line of a living daemon. When the file
/// cannot be written, the sink says so once where it can be heard, tries again every ten seconds, and then tells how
/// many records are missing. A file that somebody removes or moves away is begun anew: within ten seconds of writing,
/// or at once when asked to look.
public final class FileSink: EventSink {
  private struct State {
    var descriptor: Int32 = -1
    var size = 0
    var lost = 0
    var retryAt: UInt64 = 0
    /// When the path is looked at next: whether it still leads to the file that is written.
    var lookAt: UInt64 = 0
    /// The system's number of why it cannot be written; 0 while it can.
    var failure: Int32 = 0
    /// What has been told of that.
    var told: Int32 = 0
  }

  public let path: String
  private let maximumSize: Int
  private let files: Int
  private let lookEvery: UInt64
  /// Gets the record that says that the file cannot be written.
  private let complain: @Sendable (EventRecord) -> Void
  private let state = Mutex(State())

  /// - Parameters:
  ///   - maximumSize: bytes after which the file is turned over.
  ///   - files: how many files are kept, the current one included.
  ///   - lookEvery: seconds from one look at whether the file is still there to the next.
  ///   - complain: gets a record when the file cannot be written.
  public init(
    path: String, maximumSize: Int = 8 << 20, files: Int = 5, lookEvery: Double = 10,
    complain: @escaping @Sendable (EventRecord) -> Void = { _ in }
  ) {
    self.path = path
    self.complain = complain
    self.maximumSize = max(maximumSize, 1)
    self.files = max(files, 1)
    self.lookEvery = UInt64(max(lookEvery, 0) * 1e6)
  }

  deinit {
    state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
  }

  /// Why the file cannot be written; nil while it can.
  public var problem: String? { state.withLock { Self.problem(path, $0.failure) } }

  private static func problem(_ path: String, _ code: Int32) -> String? {
    code == 0 ? nil : "the log file \(path) cannot be written: \(String(cString: strerror(code)))"
  }

  public func write(_ record: EventRecord) {
    var line = record.json.bytes()
    line.append(UInt8(ascii: "\n"))
    add(line, of: record)
    let news = state.withLock { state -> String? in
      defer { state.told = state.failure }
      return state.failure == state.told ? nil : Self.problem(path, state.failure)
    }
    guard let news else { return }
    complain(
      EventRecord(
        time: record.time, level: EventKind.logLost.level, kind: .logLost, message: news,
        next: "what happens is not in it; tried again every 10 s"
      ).cleaned())
  }

  /// Looks at once whether the path still leads to the file that is written.
  public func look() {
    state.withLock { state in
      if state.descriptor >= 0 { look(&state) }
    }
  }

  /// Lets go of a file that was removed or moved away meanwhile: nobody finds what is written to it.
  private func look(_ state: inout State) {
    state.lookAt = monotonicMicroseconds() + lookEvery
    var there = stat()
    var ours = stat()
    guard fstat(state.descriptor, &ours) == 0 else { return }
    if lstat(path, &there) == 0 {
      if there.st_dev == ours.st_dev, there.st_ino == ours.st_ino { return }
    } else if errno != ENOENT, errno != ENOTDIR {
      // Who may not look any more may still write.
      return
    }
    closeFile(&state)
    state.retryAt = 0
  }

  private func add(_ line: [UInt8], of record: EventRecord) {
    state.withLock { state in
      if state.descriptor >= 0, monotonicMicroseconds() >= state.lookAt { look(&state) }
      if state.descriptor < 0 {
        guard monotonicMicroseconds() >= state.retryAt, open(&state) else {
          state.lost += 1
          return
        }
      }
      if state.lost > 0 {
        let notice = EventRecord(
          time: record.time, level: EventKind.logLost.level, kind: .logLost,
          message: "\(state.lost) records could not be written to the log file")
        if append(notice.json.bytes() + [UInt8(ascii: "\n")], &state) { state.lost = 0 }
      }
      if state.size > 0, state.size + line.count > maximumSize { turnOver(&state) }
      if !append(line, &state) { state.lost += 1 }
    }
  }

  private func append(_ bytes: [UInt8], _ state: inout State) -> Bool {
    guard state.descriptor >= 0 else { return false }
    var count: Int
    repeat { count = Glibc.write(state.descriptor, bytes, bytes.count) } while count < 0 && errno == EINTR
    if count == bytes.count {
      state.size += count
      state.failure = 0
      return true
    }
    state.failure = count < 0 ? errno : ENOSPC
    // A full disk takes a part: take it back, so that the next line starts on a line of its own.
    if count > 0 { _ = ftruncate(state.descriptor, off_t(state.size)) }
    closeFile(&state)
    return false
  }

  private func open(_ state: inout State) -> Bool {
    state.descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
    if state.descriptor < 0, errno == ENOENT {
      makeDirectories(above: path)
      state.descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o640)
    }
    var status = stat()
    guard state.descriptor >= 0, fstat(state.descriptor, &status) == 0 else {
      state.failure = errno
      closeFile(&state)
      return false
    }
    state.size = Int(status.st_size)
    state.lookAt = monotonicMicroseconds() + lookEvery
    return true
  }

  private func closeFile(_ state: inout State) {
    if state.descriptor >= 0 { close(state.descriptor) }
    state.descriptor = -1
    state.retryAt = monotonicMicroseconds() + 10_000_000
  }

  private func turnOver(_ state: inout State) {
    if files == 1 {
      _ = ftruncate(state.descriptor, 0)
      state.size = 0
      return
    }
    for number in stride(from: files - 1, to: 1, by: -1) { _ = rename("\(path).\(number - 1)", "\(path).\(number)") }
    _ = rename(path, "\(path).1")
    closeFile(&state)
    if !open(&state) { state.retryAt = 0 }
  }
}

/// Makes the missing directories above a file, readable by owner and group. What fails shows when the file is opened.
func makeDirectories(above path: String) {
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
  let directory = String(path[..<slash])
  guard !directory.isEmpty, mkdir(directory, 0o750) != 0, errno == ENOENT else { return }
  makeDirectories(above: directory)
  _ = mkdir(directory, 0o750)
}
