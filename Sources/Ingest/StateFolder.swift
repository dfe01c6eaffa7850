#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension Ledger {
  /// Makes a directory and those above it, as `mkdir -p` does; they are for the owner and the group alone.
  static func makeDirectory(_ path: String) throws(LedgerFailure) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
      if mkdir(partial, 0o750) != 0, errno != EEXIST {
        let code = errno
        throw LedgerFailure(
          temporary: false, exitStatus: 73, errno: code,
          message:
            "cannot make \(partial): \(String(cString: strerror(code))); set [paths] state to a place that this user may write to"
        )
      }
    }
  }
}
