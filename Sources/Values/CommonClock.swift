internal import Glibc
internal import Synchronization

/// The clock of a fleet: one machine's, followed by the others' time since boot. Plans that one node makes are due for
/// another at the same instant, whatever the clocks on their walls show, and setting those moves nothing.
public enum CommonClock {
  /// Nanoseconds from the start of this machine's time since boot back to 1970 by the common clock; 0 when none is
  /// followed.
  private static let origin = Atomic<Int64>(0)

  /// Differences below this many nanoseconds are the way of an answer, not the clock's: following them would make time
  /// go back and forth.
  private static let tolerance: Int64 = 500_000_000

  /// Nanoseconds since boot, sleep included.
  static var uptime: Int64 {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Goes by the common clock from now on.
  ///
  /// - Parameters:
  ///   - time: what it showed, in seconds since 1970.
  ///   - uptime: nanoseconds since boot at that instant.
  public static func follow(_ time: Double, at uptime: Int64) {
    // Another machine's answer: a time that has no room here is none to go by.
    guard let nanoseconds = Int64(exactly: (time * 1e9).rounded()) else { return }
    let found = nanoseconds.saturatingDifference(uptime)
    let known = origin.load(ordering: .relaxed)
    if known == 0 || found.saturatingDifference(known).magnitude > tolerance {
      origin.store(found, ordering: .relaxed)
    }
  }

  /// Goes by the machine's own clock again.
  static func stop() { origin.store(0, ordering: .relaxed) }

  /// nil when no common clock is followed.
  static func now() -> Timestamp? {
    let origin = origin.load(ordering: .relaxed)
    guard origin != 0 else { return nil }
    let seconds = origin.saturatingSum(uptime).flooredDivision(by: 1_000_000_000)
    return Timestamp(seconds: seconds.quotient, nanoseconds: Int32(seconds.remainder))
  }
}
