#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// A clock that nobody sets and that never steps, for deadlines and durations within one run of a program. It stands
/// while the machine sleeps.
public enum MonotonicClock {
  /// Nanoseconds since some point before the program began.
  public static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The same in seconds.
  public static func seconds() -> Double { Double(now()) / 1e9 }
}
