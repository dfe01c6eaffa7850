#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Standard error without buffers, for last words.
private enum LastWords {
  static func complain(_ text: String) {
    let bytes = Array((text + "\n").utf8)
    _ = write(2, bytes, bytes.count)
  }
}

/// Faults on demand, so that the daemon's handling of a dying worker can be tested with the real thing.
enum Faults {
  static func act(on body: [UInt8]) {
    let text = String(decoding: body.prefix(65_536), as: UTF8.self)
    if text.contains("newswire-fault-crash") { abort() }
    if text.contains("newswire-fault-escape") {
      LastWords.complain("escaped: \(Self.escapes().joined(separator: ", "))")
      abort()
    }
    if text.contains("newswire-fault-hang") { while true { sleep(1) } }
    if text.contains("newswire-fault-memory") {
      var hoard: [[UInt8]] = []
      while true { hoard.append([UInt8](repeating: 1, count: 1 << 24)) }
    }
    if text.contains("newswire-fault-garbage") { _ = "this is not a frame\n".withCString { write(1, $0, 20) } }
  }

  /// What the sandbox should forbid and does not; "nothing" when it holds.
  private static func escapes() -> [String] {
    var escaped: [String] = []
    if open("/etc/passwd", O_RDONLY) >= 0 { escaped.append("reading a file") }
    if open("/tmp/newswire-escape", O_WRONLY | O_CREAT, 0o600) >= 0 { escaped.append("writing a file") }
    if socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0) >= 0 { escaped.append("the network") }
    if socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0) >= 0 { escaped.append("a local socket") }
    var pid: pid_t = 0
    if posix_spawn(&pid, "/bin/true", nil, nil, [nil], [nil]) == 0 { escaped.append("a process") }
    if kill(getppid(), 0) == 0 { escaped.append("a signal to the daemon") }
    return escaped.isEmpty ? ["nothing"] : escaped
  }
}
