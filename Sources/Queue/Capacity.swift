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

  public init(
    maxFiles: Int = 50_000, maxBytes: Int64 = 2 << 30, highWater: Double = 0.9, lowWater: Double = 0.7,
    floorBytes: Int64 = 64 << 20, floorShare: Double = 0.05, floorShareLimit: Int64 = 1 << 30,
    floorInodes: Int64 = 1000
  ) {
    self.maxFiles = maxFiles
    self.maxBytes = maxBytes
    self.highWater = highWater
    self.lowWater = lowWater
    self.floorBytes = floorBytes
    self.floorShare = floorShare
    self.floorShareLimit = floorShareLimit
    self.floorInodes = floorInodes
  }

  public enum Admission: Sendable, Equatable {
    case open
    /// With the reason as an operator should read it.
    case paused(String)

    public var isOpen: Bool { self == .open }
  }

  /// Decides from figures alone. `wasPaused` gives the hysteresis.
  public func admission(_ usage: Usage, _ space: Space, wasPaused: Bool) -> Admission {
    let water = wasPaused ? lowWater : highWater
    func percent(_ part: Double, _ whole: Double) -> Int { whole > 0 ? Int(part * 100 / whole) : 100 }
    if Double(usage.files) >= water * Double(maxFiles) {
      return .paused("queue at \(percent(Double(usage.files), Double(maxFiles)))% (\(usage.files) files)")
    }
    if Double(usage.bytes) >= water * Double(maxBytes) {
      return .paused("queue at \(percent(Double(usage.bytes), Double(maxBytes)))% (\(usage.bytes >> 20) MiB)")
    }
    let margin = wasPaused ? 1.25 : 1
    let share = min(Double(floorShareLimit), floorShare * Double(space.totalBytes))
    let floor = max(Double(floorBytes), share) * margin
    if Double(space.freeBytes) < floor {
      return .paused("disk nearly full (\(space.freeBytes >> 20) MiB free, floor \(Int64(floor) >> 20) MiB)")
    }
    if space.totalInodes > 0, Double(space.freeInodes) < Double(floorInodes) * margin {
      return .paused("disk nearly out of inodes (\(space.freeInodes) free)")
    }
    return .open
  }
}

/// Keeps count of a queue and decides admission. Counts what its owner adds, and looks at the directory again when
/// enough time has passed; a bucket whose directory has not changed is not read again.
public final class CapacityGauge {
  public var capacity: Capacity
  public private(set) var admission: Capacity.Admission = .open
  private let root: Directory
  private let rescanSeconds: Double
  private let clock: () -> Double
  private var buckets: [String: (changed: timespec, usage: Usage)] = [:]
  private var added = Usage(files: 0, bytes: 0)
  private var scanned: Double?

  /// - Parameter rescanSeconds: how old the count of what consumers took may be.
  public convenience init(spool: Spool, capacity: Capacity = Capacity(), rescanSeconds: Double = 5) {
    self.init(root: spool.root, capacity: capacity, rescanSeconds: rescanSeconds, clock: Self.monotonic)
  }

  init(root: Directory, capacity: Capacity, rescanSeconds: Double, clock: @escaping () -> Double) {
    self.root = root
    self.capacity = capacity
    self.rescanSeconds = rescanSeconds
    self.clock = clock
  }

  /// Tells of an element just published.
  public func add(bytes: Int) {
    added.files += 1
    added.bytes += Int64(bytes)
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

  public func space() throws(QueueError) -> Space {
    var info = statvfs()
    guard fstatvfs(root.descriptor, &info) == 0 else {
      throw QueueError(errno: errno, operation: "inspect file system", path: root.path)
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
    admission = capacity.admission(try usage(), try space(), wasPaused: !admission.isOpen)
    return admission
  }

  private func rescan(_ now: Double) throws(QueueError) {
    var found: [String: (changed: timespec, usage: Usage)] = [:]
    var wall = timespec()
    clock_gettime(CLOCK_REALTIME, &wall)
    for name in try root.names() where ElementName.isBucket(name) {
      guard let changed = try root.status(name)?.st_mtim else { continue }
      if let known = buckets[name], known.changed.tv_sec == changed.tv_sec, known.changed.tv_nsec == changed.tv_nsec {
        found[name] = known
        continue
      }
      guard let usage = try count(name) else { continue }
      // A change in the same clock tick as the look would not show: such a bucket is read again next time.
      let settled = wall.tv_sec - changed.tv_sec >= 2
      found[name] = (settled ? changed : timespec(), usage)
    }
    buckets = found
    added = Usage(files: 0, bytes: 0)
    scanned = now
  }

  private func count(_ bucket: String) throws(QueueError) -> Usage? {
    guard let directory = try? Directory(bucket, in: root) else { return nil }
    var usage = Usage(files: 0, bytes: 0)
    for name in try directory.names() where ElementName(name) != nil {
      guard let status = try directory.status(name) else { continue }
      usage.files += 1
      usage.bytes += Int64(status.st_size)
    }
    return usage
  }

  private static func monotonic() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
