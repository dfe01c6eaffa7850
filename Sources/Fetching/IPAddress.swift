#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// An IP address as the number that it is.
public enum IPAddress: Sendable, Hashable, CustomStringConvertible {
  /// In host order: 127.0.0.1 is 0x7F000001.
  case v4(UInt32)
  /// The upper and the lower half, in host order.
  case v6(UInt64, UInt64)

  /// Reads the standard text forms, an IPv6 address with or without brackets; no names, no zones, no `0x7f.1`.
  public init?(_ text: String) {
    var bare = text[...]
    if bare.hasPrefix("["), bare.hasSuffix("]") { bare = bare.dropFirst().dropLast() }
    let name = String(bare)
    if name.utf8.contains(0) { return nil }
    var v4 = in_addr()
    if inet_pton(AF_INET, name, &v4) == 1 {
      self = .v4(UInt32(bigEndian: v4.s_addr))
      return
    }
    var bytes: (UInt64, UInt64) = (0, 0)
    guard inet_pton(AF_INET6, name, &bytes) == 1 else { return nil }
    self = .v6(UInt64(bigEndian: bytes.0), UInt64(bigEndian: bytes.1))
  }

  /// The address in a socket address; nil for a family that is not an IP family or a length that is too short.
  init?(_ address: UnsafePointer<sockaddr>, length: Int) {
    let raw = UnsafeRawPointer(address)
    switch Int32(address.pointee.sa_family) {
    case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
      self = .v4(UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
    case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
      let address = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
      self = withUnsafeBytes(of: address) {
        .v6(
          UInt64(bigEndian: $0.loadUnaligned(as: UInt64.self)),
          UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
      }
    default: return nil
    }
  }

  public var description: String {
    var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    switch self {
    case .v4(let value):
      var address = in_addr(s_addr: value.bigEndian)
      inet_ntop(AF_INET, &address, &buffer, socklen_t(buffer.count))
    case .v6(let high, let low):
      var halves = (high.bigEndian, low.bigEndian)
      inet_ntop(AF_INET6, &halves, &buffer, socklen_t(buffer.count))
    }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// A CIDR block; a single address is a block of its full length.
struct AddressBlock: Sendable, Hashable {
  let address: IPAddress
  let length: Int

  /// `192.168.0.0/16`, `fd00::/8` or an address. Bits beyond the length are ignored.
  init?(_ text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
    let full = if case .v4 = address { 32 } else { 128 }
    var length = full
    if parts.count == 2 {
      guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(parts[1]),
        (0...full).contains(number)
      else { return nil }
      length = number
    }
    self.address = address
    self.length = length
  }

  func contains(_ other: IPAddress) -> Bool {
    switch (address, other) {
    case (.v4(let a), .v4(let b)):
      return length == 0 || (a ^ b) >> UInt32(32 - length) == 0
    case (.v6(let aHigh, let aLow), .v6(let bHigh, let bLow)):
      if length == 0 { return true }
      if length <= 64 { return (aHigh ^ bHigh) >> UInt64(64 - length) == 0 }
      return aHigh == bHigh && (aLow ^ bLow) >> UInt64(128 - length) == 0
    default: return false
    }
  }
}
