internal import Glibc

/// How much is in the queue.
public struct Usage: Sendable, Equatable {
  public var files: Int
  public var bytes: Int64

  public init(files: Int, bytes: Int64) {
    self.files = files
    self.bytes = bytes
  }
}

/// How much room the file system has for ordinary users.
public struct Space: Sendable, Equatable {
  public var freeBytes: Int64
  public var totalBytes: Int64
  public var freeInodes: Int64
  /// 0 on file systems that make inodes as they need them.
  public var totalInodes: Int64

  public init(freeBytes: Int64, totalBytes: Int64, freeInodes: Int64, totalInodes: Int64) {
    self.freeBytes = freeBytes
    self.totalBytes = totalBytes
    self.freeInodes = freeInodes
    self.totalInodes = totalInodes
  }
}

/// What the queue may hold, and whether there is room for more. Full means that fetching pauses: nothing is dropped.
public struct Capacity: Sendable, Equatable {
  public var maxFiles: Int
  public var maxBytes: Int64
  /// Pause at this share of either maximum, go on below the low one.
  public var highWater: Double
  public var lowWater: Double
  /// Pause when the file system has less free than the greater of `floorBytes` and `floorShare` of it, the share
  /// counted up to `floorShareLimit`; go on a quarter above that.
  public var floorBytes: Int64
  public var floorShare: Double
  public var floorShareLimit: Int64
  public var floorInodes: Int64
  /// Elements of one publisher that may wait; at this number its pages are fetched no more until seven tenths are left.
  public var maxFilesPerPublisher: Int

  public init(
    maxFiles: Int = 50_000, maxBytes: Int64 = 2 << 30, highWater: Double = 0.9, lowWater: Double = 0.7,
    floorBytes: Int64 = 64 << 20, floorShare: Double = 0.05, floorShareLimit: Int64 = 1 << 30,
    floorInodes: Int64 = 1000, maxFilesPerPublisher: Int? = nil
  ) {
    self.maxFiles = maxFiles
    self.maxBytes = maxBytes
    self.highWater = highWater
    self.lowWater = lowWater
    self.floorBytes = floorBytes
    self.floorShare = floorShare
    self.floorShareLimit = floorShareLimit
    self.floorInodes = floorInodes
    self.maxFilesPerPublisher = maxFilesPerPublisher ?? max(1, maxFiles / 4)
  }

  public enum Admission: Sendable, Equatable {
    case open
    /// With the reason as an operator should read it.
    case paused(String)

    public var isOpen: Bool { self == .open }
  }

  /// The publishers that have their share of the queue, from what each has in it.
  public func crowded(_ counts: [String: Int], before: Set<String>) -> Set<String> {
    Set(
      counts.filter { publisher, count in
        let water = before.contains(publisher) ? lowWater / highWater : 1
        return Double(count) >= Double(maxFilesPerPublisher) * water
      }.keys)
  }

  /// Decides from figures alone. `wasPaused` gives the hysteresis.
  ///
  /// - Parameter state: the room for the state, where that is another file system. It grows little: of that one no
  ///   share must be free.
  public func admission(_ usage: Usage, _ space: Space, state: Space? = nil, wasPaused: Bool) -> Admission {
    let water = wasPaused ? lowWater : highWater
    func percent(_ part: Double, _ whole: Double) -> Int { whole > 0 ? Int(part * 100 / whole) : 100 }
    if Double(usage.files) >= water * Double(maxFiles) {
      return .paused("queue at \(percent(Double(usage.files), Double(maxFiles)))% (\(usage.files) files)")
    }
    if Double(usage.bytes) >= water * Double(maxBytes) {
      return .paused("queue at \(percent(Double(usage.bytes), Double(maxBytes)))% (\(usage.bytes >> 20) MiB)")
    }
    let share = min(Double(floorShareLimit), floorShare * Double(space.totalBytes))
    let shortage =
      shortage(of: space, on: "disk", floor: max(Double(floorBytes), share), wasPaused)
      ?? state.flatMap { self.shortage(of: $0, on: "disk of the state", floor: Double(floorBytes), wasPaused) }
    return shortage.map { .paused($0) } ?? .open
  }

  private func shortage(of space: Space, on disk: String, floor: Double, _ wasPaused: Bool) -> String? {
    let margin = wasPaused ? 1.25 : 1
    if Double(space.freeBytes) < floor * margin {
      // A floor above what 64 bits hold is somebody's way to say "never".
      let mebibytes = Int64(floor * margin / Double(1 << 20))
      return "\(disk) nearly full (\(space.freeBytes >> 20) MiB free, floor \(mebibytes) MiB)"
    }
    if space.totalInodes > 0, Double(space.freeInodes) < Double(floorInodes) * margin {
      return "\(disk) nearly out of inodes (\(space.freeInodes) free)"
    }
    return nil
  }
}

/// Keeps count of a queue and decides admission. Counts what its owner adds, and looks at the directory again when
/// enough time has passed; a bucket whose directory has not changed is not read again.
public final class CapacityGauge {
  public var capacity: Capacity
  public private(set) var admission: Capacity.Admission = .open
  /// Publishers that have as much in the queue as one may have.
  public private(set) var crowded: Set<String> = []
  /// Whose article an element is, for elements that were there before.
  private let owner: (ElementName) -> String?
  private let root: Directory
  /// Where the state is kept, when that is another file system.
  private let state: Directory?
  private let rescanSeconds: Double
  private let clock: () -> Double
  private struct Bucket {
    var changed: timespec
    var usage: Usage
    /// The publisher of each element by its name; an empty text where nobody knows.
    var owners: [String: String]
  }
  private var buckets: [String: Bucket] = [:]
  private var added = Usage(files: 0, bytes: 0)
  private var addedOwners: [String: String] = [:]
  private var scanned: Double?

  /// - Parameters:
  ///   - state: the directory of the state, which must have room too.
  ///   - rescanSeconds: how old the count of what consumers took may be.
  ///   - owner: asked once for each element that was not told of with `add`.
  public convenience init(
    spool: Spool, state: String? = nil, capacity: Capacity = Capacity(), rescanSeconds: Double = 5,
    owner: @escaping (ElementName) -> String? = { _ in nil }
  ) throws(QueueError) {
    var other: Directory?
    if let state {
      let directory = try Directory(path: state)
      if try directory.status().st_dev != spool.root.status().st_dev { other = directory }
    }
    self.init(
      root: spool.root, state: other, capacity: capacity, rescanSeconds: rescanSeconds, owner: owner,
      clock: monotonicSeconds)
  }

  init(
    root: Directory, state: Directory? = nil, capacity: Capacity, rescanSeconds: Double,
    owner: @escaping (ElementName) -> String? = { _ in nil },
    clock: @escaping () -> Double
  ) {
    self.owner = owner
    self.root = root
    self.state = state
    self.capacity = capacity
    self.rescanSeconds = rescanSeconds
    self.clock = clock
  }

  /// Tells of an element just published: its `<bucket>/<name>`, whose it is, its size.
  public func add(_ element: String, of publisher: String, bytes: Int) {
    added.files += 1
    added.bytes += Int64(bytes)
    addedOwners[String(element.drop { $0 != "/" }.dropFirst())] = publisher
  }

  /// How many elements each publisher has in the queue, as of the last look and what was added since.
  public func countsByPublisher() -> [String: Int] {
    var counts: [String: Int] = [:]
    for bucket in buckets.values {
      for owner in bucket.owners.values where !owner.isEmpty { counts[owner, default: 0] += 1 }
    }
    for owner in addedOwners.values { counts[owner, default: 0] += 1 }
    return counts
  }

  /// How much is in the queue: as of the last look, plus what was added since.
  public func usage() throws(QueueError) -> Usage {
    let now = clock()
    if scanned.map({ now - $0 >= rescanSeconds }) ?? true { try rescan(now) }
    return buckets.values.reduce(into: added) { sum, bucket in
      sum.files += bucket.usage.files
      sum.bytes += bucket.usage.bytes
    }
  }

  private func space(of directory: Directory) throws(QueueError) -> Space {
    var info = statvfs()
    guard fstatvfs(directory.descriptor, &info) == 0 else {
      throw QueueError(errno: errno, operation: "inspect file system", path: directory.path)
    }
    let unit = Int64(clamping: info.f_frsize)
    func bytes(_ blocks: UInt) -> Int64 { Int64(clamping: blocks).multipliedReportingOverflow(by: unit).partialValue }
    return Space(
      freeBytes: bytes(info.f_bavail), totalBytes: bytes(info.f_blocks), freeInodes: Int64(clamping: info.f_favail),
      totalInodes: Int64(clamping: info.f_files))
  }

  /// Whether more may be fetched (P0).
  @discardableResult
  public func check() throws(QueueError) -> Capacity.Admission {
    let usage = try usage()
    let stateSpace: Space? = if let state { try space(of: state) } else { nil }
    admission = capacity.admission(
      usage, try space(of: root), state: stateSpace, wasPaused: !admission.isOpen)
    // Nobody can have a share of less.
    let hasMuch = Double(usage.files) * 10 >= Double(capacity.maxFilesPerPublisher) * 7
    crowded = hasMuch ? capacity.crowded(countsByPublisher(), before: crowded) : []
    return admission
  }

  private func rescan(_ now: Double) throws(QueueError) {
    if try root.isReplaced() { throw QueueError(replaced: root, operation: "count queue") }
    var found: [String: Bucket] = [:]
    var wall = timespec()
    clock_gettime(CLOCK_REALTIME, &wall)
    for name in try root.names() where ElementName.isBucket(name) {
      guard let changed = try root.status(name)?.st_mtim else { continue }
      if let known = buckets[name], known.changed.tv_sec == changed.tv_sec, known.changed.tv_nsec == changed.tv_nsec {
        found[name] = known
        continue
      }
      guard let (usage, owners) = try count(name) else { continue }
      // A change in the same clock tick as the look would not show: such a bucket is read again next time.
      let settled = wall.tv_sec - changed.tv_sec >= 2
      found[name] = Bucket(changed: settled ? changed : timespec(), usage: usage, owners: owners)
    }
    buckets = found
    added = Usage(files: 0, bytes: 0)
    addedOwners = [:]
    scanned = now
  }

  private func count(_ bucket: String) throws(QueueError) -> (Usage, [String: String])? {
    // Into a stranger's it may not be possible to look.
    guard let directory = try? Directory(bucket, in: root), (try? directory.check(.look)) != nil else { return nil }
    var usage = Usage(files: 0, bytes: 0)
    var owners: [String: String] = [:]
    let known = buckets[bucket]?.owners ?? [:]
    for text in try directory.names() {
      guard let name = ElementName(text), let status = try directory.status(text) else { continue }
      usage.files += 1
      usage.bytes += Int64(status.st_size)
      owners[text] = known[text] ?? addedOwners[text] ?? owner(name) ?? ""
    }
    return (usage, owners)
  }
}

/// Seconds of a clock that nobody sets.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
