#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Facts of the machine.
enum Machine {
  /// Processors that are online.
  static var cores: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  static var processID: Int { Int(getpid()) }
}
