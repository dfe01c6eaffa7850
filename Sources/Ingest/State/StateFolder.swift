#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

extension Ledger {
  /// Makes the directories above the queue's own. Consumers of other users have to get through them.
  static func makeParents(ofQueue path: String) throws(LedgerFailure) {
    let parents = path.split(separator: "/").dropLast().joined(separator: "/")
    try makeDirectory((path.hasPrefix("/") ? "/" : "") + parents, setting: "spool", mode: 0o755)
  }

  /// Makes a directory and those above it, as `mkdir -p` does; they are for the owner and the group alone.
  static func makeDirectory(_ path: String, setting: String, mode: mode_t = 0o750) throws(LedgerFailure) {
    var partial = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      partial += (partial.isEmpty || partial.hasSuffix("/") ? "" : "/") + part
      if mkdir(partial, mode) != 0, errno != EEXIST {
        let code = errno
        throw LedgerFailure(
          temporary: false, exitStatus: 73, errno: code,
          message:
            "cannot make \(partial): \(String(cString: strerror(code))); set [paths] \(setting) to a place that this user may write to"
        )
      }
    }
  }
}
