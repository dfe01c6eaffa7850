#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

enum MonotonicClock {
  /// Nanoseconds since some point before the program began.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
