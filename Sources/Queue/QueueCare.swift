internal import Glibc

/// What an operator asks of a queue: how full it is, whether it is sound, and to clear away what the dead left behind.
extension QueueReader {
  public struct Stats: Sendable, Equatable {
    public var pending = 0
    public var claimed = 0
    public var bytes: Int64 = 0
    /// Seconds since the oldest element was published; nil when the queue is empty.
    public var oldestAge: Int64?
    public var buckets = 0
    /// Files in `bad/`.
    public var quarantined = 0
  }

  public struct Purge: Sendable, Equatable {
    public var released: [String] = []
    public var temporary: [String] = []
    public var buckets: [String] = []
  }

  /// An element that failed its digest.
  public struct Damage: Sendable, Equatable {
    public var path: String
    public var reason: String
    public var isQuarantined: Bool
    /// Why it was not set aside though that was asked for.
    public var obstacle: String?
  }

  public struct Check: Sendable, Equatable {
    /// How many were read.
    public var checked = 0
    public var damaged: [Damage] = []
    /// Why others could not be read.
    public var passedOver: [QueueError] = []
  }

  public func stats(now: Int64) throws(QueueError) -> Stats {
    var stats = Stats()
    let buckets = try buckets()
    stats.buckets = buckets.count
    try visit(buckets, to: .look) { bucket, directory throws(QueueError) in
      for entry in try elements(of: bucket, directory) {
        if entry.isClaimed { stats.claimed += 1 } else { stats.pending += 1 }
        stats.bytes += entry.bytes
        if stats.oldestAge == nil {
          // A name ahead of now was given by a clock that was wrong, or continues after one that was.
          let published = entry.name.seconds <= now ? entry.name.seconds : entry.modified
          stats.oldestAge = max(0, now - published)
        }
      }
      return false
    }
    stats.quarantined = try open("bad")?.names().count ?? 0
    return stats
  }

  /// Releases claims and removes temporary files that are older than the given seconds (0: leaves them), and removes
  /// empty buckets, never the newest: a producer is about to use it. What this user may not remove is passed over.
  public func purge(now: Int64, maxLock: Int64 = 600, maxTemporary: Int64 = 300) throws(QueueError) -> Purge {
    var purge = Purge()
    let buckets = try buckets()
    for bucket in buckets {
      guard let directory = try open(bucket, to: .change) else { continue }
      for name in try directory.names().sorted() {
        let isLock = name.hasSuffix(Self.lock)
        let limit = isLock ? maxLock : name.hasSuffix(".tmp") ? maxTemporary : 0
        guard limit > 0, let status = try directory.status(name) else { continue }
        // A directory of such a name is a stranger's.
        guard [S_IFREG, S_IFLNK].contains(status.st_mode & S_IFMT) else { continue }
        let made = status.st_mtim.tv_sec
        if made > now {
          // The clock was ahead when it was made, and would keep it for as long; from now on it grows old like others.
          utimensat(directory.descriptor, name, nil, AT_SYMLINK_NOFOLLOW)
          continue
        }
        guard Int64(made) < now - limit else { continue }
        let path = bucket + "/" + name
        do throws(QueueError) {
          guard try directory.remove(name) else { continue }
        } catch {
          guard error.kind == .permission else { throw error }
          passedOver.note(path, error)
          continue
        }
        if isLock { purge.released.append(path) } else { purge.temporary.append(path) }
      }
      // rmdir itself refuses a bucket that is not empty.
      if bucket != buckets.last, unlinkat(root.descriptor, bucket, AT_REMOVEDIR) == 0 { purge.buckets.append(bucket) }
    }
    return purge
  }

  /// Verifies every element, and with `quarantine` claims the damaged ones and moves them into `bad/`.
  public func check(quarantine: Bool = false) throws(QueueError) -> Check {
    var check = Check()
    for entry in try list() {
      let reason: String
      do throws(QueueError) {
        _ = try read(entry.path)
        check.checked += 1
        continue
      } catch {
        switch error.kind {
        case .notFound: continue  // taken meanwhile
        case .damaged: reason = error.message
        default:
          check.passedOver.append(error)
          continue
        }
      }
      check.checked += 1
      var damage = Damage(path: entry.path, reason: reason, isQuarantined: false)
      if quarantine {
        damage.obstacle = try obstacle(toSettingAside: entry.path)
        damage.isQuarantined = damage.obstacle == nil
      }
      check.damaged.append(damage)
    }
    check.passedOver += passedOver.take()
    return check
  }

  /// Claims a damaged element and sets it aside; why not, when it could not be.
  private func obstacle(toSettingAside element: String) throws(QueueError) -> String? {
    do throws(QueueError) {
      guard try claim(element) else {
        return "a consumer holds it; check again after release, or after purge has freed it"
      }
    } catch {
      guard error.kind == .permission || isAlone(element, error) else { throw error }
      return "it cannot be claimed: \(error.message)"
    }
    do throws(QueueError) {
      try setAside(element)
      return nil
    } catch {
      return "it cannot be moved: \(error.message)"
    }
  }
}
