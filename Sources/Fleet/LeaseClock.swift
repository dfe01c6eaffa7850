internal import Glibc

/// The clock that a node's own deadlines are kept by.
enum LeaseClock {
  typealias Instant = Int64

  /// Nanoseconds since the machine started. Setting the clock does not touch it, and it goes on while the machine
  /// sleeps: other nodes do not wait for a sleeper either.
  static func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Seconds of the clock on the wall.
  static func wall() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

extension Duration {
  var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
