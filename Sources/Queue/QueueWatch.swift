internal import Glibc

/// Waits for a queue to change: for new elements and for claims given back. Uses inotify, so that a waiting consumer
/// costs nothing and hears of an article within milliseconds, and looks again every 30 seconds whatever it hears,
/// because inotify may lose events and knows nothing of other machines. Where the kernel gives no more of that to a
/// user, it looks again every second.
///
/// Not Sendable: confined to one thread. `wait` blocks.
public final class QueueWatch {
  /// -1 without inotify.
  private let descriptor: Int32
  private let path: String
  private var watched: [String: Int32] = [:]
  private var root: Int32 = -1
  /// Whether the path led to the same queue all the time since the last wait.
  private var isSettled = true
  /// Whether every bucket is watched.
  private var seesAll = true

  /// Seconds after which a wait ends without news.
  public static let rescan = 30.0
  /// The same where something may come unseen.
  private static let glance = 1.1
  /// Seconds between two looks whether another queue lies at the path: nothing tells of one that is mounted there, or
  /// of a folder above that was renamed.
  private static let look = 5.0

  /// Watches the directory at `path`.
  public init(path: String) throws(QueueError) {
    self.path = path
    let made = inotify_init1(Int32(IN_CLOEXEC) | Int32(IN_NONBLOCK))
    guard made >= 0 else {
      guard Self.limits.contains(errno) else { throw QueueError(errno: errno, operation: "watch", path: path) }
      descriptor = -1
      return
    }
    root = inotify_add_watch(made, path, Self.ofRoot)
    guard root >= 0 else {
      let code = errno
      close(made)
      guard Self.limits.contains(code) else { throw QueueError(errno: code, operation: "watch", path: path) }
      descriptor = -1
      return
    }
    descriptor = made
    addBuckets()
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// As many instances or watches as one user may have (/proc/sys/fs/inotify), open files, or memory.
  private static let limits = [EMFILE, ENFILE, ENOSPC, ENOMEM]

  /// Returns when something may be there that was not before: at the latest after `seconds`. A caller looks at the
  /// queue after each return, and once before the first: what came before the watch began makes no event.
  public func wait(seconds: Double) {
    guard descriptor >= 0 else {
      // As any wait, it ends with a signal.
      poll(nil, 0, Int32(min(max(seconds, 0), Self.glance) * 1000))
      return
    }
    var set = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    followPath()
    // While no queue lies there nothing tells of one that comes, and in another one much may lie already.
    var left = min(max(seconds, 0), isSettled && seesAll ? Self.rescan : Self.glance)
    isSettled = true
    var found: Int32
    repeat {
      found = poll(&set, 1, Int32(min(left, Self.look) * 1000))
      left -= Self.look
      followPath()
    } while found == 0 && isSettled && left > 0
    guard found > 0 else { return }
    // What changed does not matter: the caller looks at everything. New buckets must be watched before that look.
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while read(descriptor, &buffer, buffer.count) > 0 {}
    addBuckets()
  }

  /// Buckets come and go, or the queue itself does.
  private static let ofRoot = UInt32(IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVE_SELF | IN_ONLYDIR)

  /// Watches what lies at the path now.
  private func followPath() {
    let now = inotify_add_watch(descriptor, path, Self.ofRoot)
    if now == root { return }
    isSettled = false
    guard now >= 0 else { return }
    // Another queue, whose buckets may have the names of those that are gone.
    root = now
    watched = [:]
    addBuckets()
  }

  private func addBuckets() {
    guard let root = try? Directory(path: path), let names = try? root.names() else { return }
    let buckets = Set(names.filter { $0.utf8.count == 8 && $0.utf8.allSatisfy(\.isHexDigit) })
    for name in watched.keys where !buckets.contains(name) { watched[name] = nil }
    seesAll = true
    // An element arrives by rename; a claim ends with the removal of its lock.
    for name in buckets where watched[name] == nil {
      let mask = UInt32(IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR)
      let number = inotify_add_watch(descriptor, path + "/" + name, mask)
      if number >= 0 { watched[name] = number } else if Self.limits.contains(errno) { seesAll = false }
    }
  }
}

extension UInt8 {
  fileprivate var isHexDigit: Bool { (0x30...0x39).contains(self) || (0x61...0x66).contains(self) }
}
