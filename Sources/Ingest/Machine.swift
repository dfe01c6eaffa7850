#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Facts of the machine.
enum Machine {
  static var processID: Int { Int(getpid()) }
}
