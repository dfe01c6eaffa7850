internal import Glibc

/// Which queue it is: where it lies, and what the file system knows its `tmp/` by. A queue that is made anew or mounted
/// in its place is known by something else; one that was only renamed keeps it.
public struct QueuePlace: Sendable, Equatable, CustomStringConvertible {
  /// Absolute, without links.
  public var path: String
  var inode: UInt64
  /// Tells a directory from an earlier one that had the same number; 0 where the file system has no such thing.
  var generation: UInt32
  /// When it was made, in nanoseconds since 1970; 0 where the file system does not know. Of two that were made in the
  /// same way number and generation are the same on btrfs, which counts both.
  var birth: Int64

  init(path: String, inode: UInt64, generation: UInt32, birth: Int64 = 0) {
    self.path = path
    self.inode = inode
    self.generation = generation
    self.birth = birth
  }

  /// Reads what `description` wrote, or an earlier version, which did not know of births.
  public init?(_ text: String) {
    let parts = text.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let inode = UInt64(parts[0]) else { return nil }
    let made = parts[1].split(separator: "@", omittingEmptySubsequences: false)
    guard let generation = UInt32(made[0]), made.count <= 2, let birth = made.count == 2 ? Int64(made[1]) : 0 else {
      return nil
    }
    self.init(path: String(parts[2]), inode: inode, generation: generation, birth: birth)
  }

  public var description: String { "\(inode) \(generation)@\(birth) \(path)" }

  fileprivate init(path: String, tmp: Directory) throws(QueueError) {
    // FS_IOC_GETVERSION; it fills an int, whatever its number says.
    var generation: UInt64 = 0
    let isKnown = ioctl(tmp.descriptor, 0x8008_7601, &generation) == 0
    self.init(
      path: path, inode: UInt64(try tmp.status().st_ino),
      generation: isKnown ? UInt32(truncatingIfNeeded: generation) : 0, birth: tmp.birth)
  }

  func hasMark(of other: QueuePlace) -> Bool {
    func agree<Mark: BinaryInteger>(_ one: Mark, _ other: Mark) -> Bool { one == other || one == 0 || other == 0 }
    return inode == other.inode && agree(generation, other.generation) && agree(birth, other.birth)
  }
}

extension Directory {
  /// When it was made (statx(2), stx_btime), in nanoseconds since 1970; 0 when that is not known.
  fileprivate var birth: Int64 {
    typealias Statx =
      @convention(c) (Int32, UnsafePointer<CChar>, Int32, UInt32, UnsafeMutableRawPointer) -> Int32
    // Looked up by name: <sys/stat.h> declares it only under _GNU_SOURCE, without which Swift imports Glibc.
    guard let symbol = dlsym(nil, "statx") else { return 0 }
    let statx = unsafeBitCast(symbol, to: Statx.self)
    let (emptyPath, wanted) = (Int32(0x1000), UInt32(0x800))  // AT_EMPTY_PATH, STATX_BTIME
    return withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { facts in
      guard let start = facts.baseAddress, statx(descriptor, "", emptyPath, wanted, start) == 0,
        start.load(as: UInt32.self) & wanted != 0
      else { return 0 }
      let seconds = start.load(fromByteOffset: 80, as: Int64.self)
      let nanoseconds = Int64(start.load(fromByteOffset: 88, as: UInt32.self))
      return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ nanoseconds
    }
  }
}

extension Spool {
  /// Where this queue lies.
  public func place() throws(QueueError) -> QueuePlace {
    guard let resolved = realpath(path, nil) else { throw QueueError(errno: errno, operation: "inspect", path: path) }
    defer { free(resolved) }
    return try QueuePlace(path: String(cString: resolved), tmp: tmp)
  }

  /// Where the queue of an earlier run is, as seen from this one.
  public enum Whereabouts {
    /// It is this one.
    case here
    case elsewhere(LeftQueue)
    /// Another queue lies at its place.
    case replaced
    /// Nothing lies there: its disk is not mounted, or it was removed.
    case unseen
  }

  public func whereabouts(of before: QueuePlace) throws(QueueError) -> Whereabouts {
    let here = try place()
    let isAlike = before.hasMark(of: here)
    if isAlike && before.path == here.path { return .here }
    let there: Directory
    do throws(QueueError) {
      there = try Directory(path: before.path + "/tmp")
    } catch {
      guard error.kind == .notFound || error.code == ENOTDIR else { throw error }
      return isAlike ? .here : .unseen
    }
    // Two disks may use the same numbers; one directory that is reached by two paths is on one device.
    if isAlike, try there.status().st_dev == tmp.status().st_dev { return .here }
    let isThere = try QueuePlace(path: before.path, tmp: there).hasMark(of: before)
    return isThere ? .elsewhere(LeftQueue(tmp: there)) : .replaced
  }
}

/// The `tmp/` of a queue that this newswired has left, for what it staged there.
public struct LeftQueue {
  fileprivate let tmp: Directory

  public func readStaged(_ id: String) throws(QueueError) -> [UInt8]? { try tmp.read(id) }

  public func discardStaged(_ id: String) throws(QueueError) { try tmp.remove(id) }
}
