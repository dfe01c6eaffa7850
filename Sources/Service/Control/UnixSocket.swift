import Glibc
import Values

/// Calls `body` with the address of a Unix socket; a leading `@` means the abstract namespace, as systemd writes it.
/// nil when the path does not fit (107 bytes).
func withUnixAddress<Result>(
  _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
) -> Result? {
  var bytes = Array(path.utf8)
  let isAbstract = bytes.first == UInt8(ascii: "@")
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  let room = MemoryLayout.size(ofValue: address.sun_path)
  guard !bytes.isEmpty, bytes.count < room, !bytes.contains(0) else { return nil }
  if isAbstract { bytes[0] = 0 }
  withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
  // An abstract name ends where the length says; a path ends with its zero.
  let length = MemoryLayout<sa_family_t>.size + bytes.count + (isAbstract ? 0 : 1)
  return withUnsafePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(length)) }
  }
}

/// What errno says, without the locale's opinion.
func errorText(_ code: Int32) -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard strerror_r(code, &buffer, buffer.count) == 0 else { return "error \(code)" }
  return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
}

/// Microseconds of the monotonic clock.
func monotonicMicroseconds() -> UInt64 { UInt64(MonotonicClock.now() / 1000) }

extension Duration {
  /// Whole microseconds, rounded towards zero; never negative.
  var microseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    return UInt64(seconds).multipliedReportingOverflow(by: 1_000_000).partialValue
      &+ UInt64(attoseconds / 1_000_000_000_000)
  }
}
