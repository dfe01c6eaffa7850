#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Facts of the machine.
enum Machine {
  static var processID: Int { Int(getpid()) }

  /// Seconds since the machine started, its sleep included; not touched by setting the clock.
  static var uptime: Double {
    var time = timespec()
    clock_gettime(CLOCK_BOOTTIME, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// The host's name as it was given, often without its domain.
  static var name: String {
    var bytes = [CChar](repeating: 0, count: 256)
    return gethostname(&bytes, 255) == 0
      ? String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "localhost"
  }
}
