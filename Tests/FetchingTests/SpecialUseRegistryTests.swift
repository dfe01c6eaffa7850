import Testing

@testable import Fetching

/// The guard against every row of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and later), and
/// of what else is no place on the public internet.
@Suite struct SpecialUseRegistryTests {
  /// Blocks that the registries do not call globally reachable.
  static let ipv4: [(block: String, name: String)] = [
    ("0.0.0.0/8", "This network, RFC 791"), ("0.0.0.0/32", "This host on this network, RFC 1122"),
    ("10.0.0.0/8", "Private-Use, RFC 1918"), ("100.64.0.0/10", "Shared Address Space, RFC 6598"),
    ("127.0.0.0/8", "Loopback, RFC 1122"), ("169.254.0.0/16", "Link Local, RFC 3927"),
    ("172.16.0.0/12", "Private-Use, RFC 1918"), ("192.0.0.0/24", "IETF Protocol Assignments, RFC 6890"),
    ("192.0.0.0/29", "IPv4 Service Continuity Prefix, RFC 7335"), ("192.0.0.8/32", "IPv4 dummy address, RFC 7600"),
    ("192.0.0.170/31", "NAT64/DNS64 Discovery, RFC 7050"), ("192.0.2.0/24", "Documentation (TEST-NET-1), RFC 5737"),
    ("192.88.99.0/24", "Deprecated (6to4 Relay Anycast), RFC 7526"), ("192.168.0.0/16", "Private-Use, RFC 1918"),
    ("198.18.0.0/15", "Benchmarking, RFC 2544"), ("198.51.100.0/24", "Documentation (TEST-NET-2), RFC 5737"),
    ("203.0.113.0/24", "Documentation (TEST-NET-3), RFC 5737"), ("224.0.0.0/4", "Multicast, RFC 5771"),
    ("240.0.0.0/4", "Reserved, RFC 1112"), ("255.255.255.255/32", "Limited Broadcast, RFC 8190"),
  ]

  static let ipv6: [(block: String, name: String)] = [
    ("::1/128", "Loopback Address, RFC 4291"), ("::/128", "Unspecified Address, RFC 4291"),
    ("64:ff9b:1::/48", "IPv4-IPv6 Translation, RFC 8215"), ("100::/64", "Discard-Only, RFC 6666"),
    ("100:0:0:1::/64", "Dummy IPv6 Prefix, RFC 9780"), ("2001::/23", "IETF Protocol Assignments, RFC 2928"),
    ("2001::/32", "TEREDO, RFC 4380"), ("2001:2::/48", "Benchmarking, RFC 5180"),
    ("2001:10::/28", "Deprecated (ORCHID), RFC 4843"), ("2001:db8::/32", "Documentation, RFC 3849"),
    ("3fff::/20", "Documentation, RFC 9637"), ("5f00::/16", "Segment Routing SIDs, RFC 9602"),
    ("fc00::/7", "Unique-Local, RFC 4193"), ("fe80::/10", "Link-Local Unicast, RFC 4291"),
    ("fec0::/10", "Site-Local, deprecated by RFC 3879"), ("ff00::/8", "Multicast, RFC 4291"),
    ("::ffff:0:0:0/96", "IPv4-translated, RFC 2765"),
  ]

  /// First, last and some address between of a block.
  private static func samples(_ text: String) throws -> [IPAddress] {
    let block = try #require(AddressBlock(text))
    switch block.address {
    case .v4(let first):
      let mask = block.length == 32 ? 0 : UInt32.max >> UInt32(block.length)
      return [.v4(first), .v4(first | mask), .v4(first | mask & 0x0155_5555)]
    case .v6(let high, let low):
      let highMask = block.length >= 64 ? 0 : UInt64.max >> UInt64(block.length)
      let lowMask = block.length <= 64 ? UInt64.max : block.length == 128 ? 0 : UInt64.max >> UInt64(block.length - 64)
      return [
        .v6(high, low), .v6(high | highMask, low | lowMask),
        .v6(high | highMask & 0x0155_5555_5555_5555, low | lowMask & 0x5555_5555_5555_5555),
      ]
    }
  }

  @Test(arguments: ipv4.map(\.block) + ipv6.map(\.block))
  func refused(_ block: String) throws {
    for address in try Self.samples(block) {
      #expect(!AddressGuard().verdict(for: address).isAllowed, "\(address)")
    }
  }

  @Test(arguments: ipv4.map(\.block))
  func refusedInsideIPv6(_ block: String) throws {
    for case .v4(let inner) in try Self.samples(block) where inner > 1 {
      let forms: [(String, IPAddress)] = [
        ("mapped", .v6(0, 0xFFFF_0000_0000 | UInt64(inner))), ("compatible", .v6(0, UInt64(inner))),
        ("NAT64", .v6(0x0064_FF9B_0000_0000, UInt64(inner))),
        ("6to4", .v6(0x2002_0000_0000_0000 | UInt64(inner) << 16, 1)),
        ("Teredo", .v6(0x2001_0000_0000_0000, UInt64(~inner))),
      ]
      for (name, address) in forms {
        #expect(!AddressGuard().verdict(for: address).isAllowed, "\(name) \(address)")
      }
    }
  }

  /// What no exemption opens, so that `allow_addresses = ["0.0.0.0/0", "::/0"]` is not a way to a metadata service.
  @Test(arguments: ["0.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/128", "fe80::/10", "ff00::/8"])
  func neverExempt(_ block: String) throws {
    let open = AddressGuard(allowing: ["0.0.0.0/0", "::/0", block].compactMap(AddressBlock.init))
    for address in try Self.samples(block) {
      #expect(!open.verdict(for: address).isAllowed, "\(address)")
      if case .v4(let inner) = address, inner > 1 {
        #expect(!open.verdict(for: .v6(0, 0xFFFF_0000_0000 | UInt64(inner))).isAllowed)
        #expect(!open.verdict(for: .v6(0x0064_FF9B_0000_0000, UInt64(inner))).isAllowed)
      }
    }
  }

  /// Half of all IPv4 addresses lie in no special block; none of them may be refused by accident.
  @Test func ordinaryAddressesAreAllowed() throws {
    let blocks = try Self.ipv4.map { try #require(AddressBlock($0.block)) }
    var state: UInt64 = 42
    var checked = 0
    for _ in 0..<30_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let address = IPAddress.v4(UInt32(state >> 32))
      let isSpecial = blocks.contains { $0.contains(address) }
      #expect(AddressGuard().verdict(for: address).isAllowed != isSpecial, "\(address)")
      checked += isSpecial ? 0 : 1
    }
    #expect(checked > 15_000)
  }
}
