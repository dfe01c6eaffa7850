import Glibc
import Values

/// Why a log file cannot be read.
public struct LogFileError: Error, Sendable, Equatable, CustomStringConvertible {
  public let path: String
  public let reason: String
  public let exitStatus: ExitStatus
  public var description: String { "The log file \(path) cannot be read: \(reason)." }
}

/// Reads the JSON-lines file that `FileSink` writes, with the files it was turned over to, and follows it as it grows.
/// Blocks its thread: for command-line programs.
public struct LogFile: ~Copyable {
  public let path: String
  private var descriptor: Int32
  private var inode: UInt64 = 0
  /// What was read of the current file, and the unfinished line at its end.
  private var offset: Int = 0
  private var rest: [UInt8] = []

  public init(path: String) throws(LogFileError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw LogFileError(
        path: path, reason: errorText(errno), exitStatus: errno == EACCES ? .permission : .unavailable)
    }
    inode = Self.inode(descriptor)
  }

  deinit { close(descriptor) }

  /// The last `count` records that match, oldest first; all of them for nil. Reads backwards through the older files
  /// for as long as records are wanted. `next` goes on where this ends.
  public mutating func last(_ count: Int?, matching filter: EventFilter) throws(LogFileError) -> [EventRecord] {
    var found: [EventRecord] = []  // youngest first
    var (lines, isComplete) = Self.lines(try readOn())
    if !isComplete, let unfinished = lines.popLast() { rest = unfinished }
    var older = 1
    while count != 0 {
      for line in lines.reversed() {
        guard let record = Self.record(line) else { continue }
        // Times of one writer rise; a minute of slack for a clock that was set back.
        if let since = filter.since, record.time < since.adding(seconds: -60) { return found.reversed() }
        if filter.matches(record) { found.append(record) }
        if let count, found.count >= count { return found.reversed() }
      }
      guard let bytes = try Self.read("\(path).\(older)") else { break }
      lines = Self.lines(bytes).lines
      older += 1
    }
    return found.reversed()
  }

  /// The records that have come since the last call, in order; empty when there are none. Goes over to the new file
  /// when this one was turned over.
  public mutating func next(matching filter: EventFilter) throws(LogFileError) -> [EventRecord] {
    var records = try take(filter)
    let present = Self.inode(path)
    if let present, present != inode {
      records += try take(filter)  // what came between the look and the turn
      let fresh = open(path, O_RDONLY | O_CLOEXEC)
      if fresh >= 0 {
        close(descriptor)
        (descriptor, inode, offset, rest) = (fresh, Self.inode(fresh), 0, [])
        records += try take(filter)
      }
    } else if Self.size(descriptor) < offset {
      // Emptied in place.
      lseek(descriptor, 0, SEEK_SET)
      (offset, rest) = (0, [])
      records += try take(filter)
    }
    return records
  }

  private mutating func take(_ filter: EventFilter) throws(LogFileError) -> [EventRecord] {
    let bytes = try readOn()
    if bytes.isEmpty { return [] }
    var (lines, isComplete) = Self.lines(rest + bytes)
    rest = isComplete ? [] : lines.popLast() ?? []
    return lines.compactMap(Self.record).filter(filter.matches)
  }

  private mutating func readOn() throws(LogFileError) -> [UInt8] {
    let bytes = try Self.readAll(descriptor, of: path)
    offset += bytes.count
    return bytes
  }

  // MARK: Bytes

  private static func record(_ line: [UInt8]) -> EventRecord? {
    guard let json = try? JSON(parsing: line) else { return nil }
    return EventRecord(json: json)
  }

  /// The lines without their breaks, and whether the last one had one.
  private static func lines(_ bytes: [UInt8]) -> (lines: [[UInt8]], isComplete: Bool) {
    let isComplete = bytes.isEmpty || bytes.last == UInt8(ascii: "\n")
    return (bytes.split(separator: UInt8(ascii: "\n")).map(Array.init), isComplete)
  }

  private static func readAll(_ descriptor: Int32, of path: String) throws(LogFileError) -> [UInt8] {
    var out: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = Glibc.read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw LogFileError(path: path, reason: errorText(errno), exitStatus: .inputOutput) }
      if count == 0 { return out }
      out.append(contentsOf: chunk[..<count])
    }
  }

  /// nil when there is none.
  private static func read(_ path: String) throws(LogFileError) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw LogFileError(
        path: path, reason: errorText(errno), exitStatus: errno == EACCES ? .permission : .inputOutput)
    }
    defer { close(descriptor) }
    return try readAll(descriptor, of: path)
  }

  private static func inode(_ descriptor: Int32) -> UInt64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? UInt64(status.st_ino) : 0
  }

  private static func inode(_ path: String) -> UInt64? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt64(status.st_ino) : nil
  }

  private static func size(_ descriptor: Int32) -> Int {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }
}
