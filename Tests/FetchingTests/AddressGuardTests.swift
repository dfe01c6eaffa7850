import Testing

@testable import Fetching

@Suite struct AddressGuardTests {
  /// The first and last address of every refused block, the forms that hide an IPv4 address, and the neighbours that
  /// must stay reachable.
  static let refused = [
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
    "127.255.255.255", "169.254.0.0", "169.254.169.254", "169.254.255.255", "172.16.0.0", "172.31.255.255",
    "192.0.0.0", "192.0.0.255", "192.0.2.0", "192.0.2.255", "192.88.99.1", "192.168.0.0", "192.168.255.255",
    "198.18.0.0", "198.19.255.255", "198.51.100.0", "198.51.100.255", "203.0.113.0", "203.0.113.255", "224.0.0.0",
    "239.255.255.255", "240.0.0.0", "255.255.255.255",
    "::", "::1", "fc00::", "fdff:ffff::1", "fe80::1", "febf::1", "fec0::1", "feff::1", "ff00::", "ff02::1",
    "2001:db8::", "2001:db8:ffff::1", "2001::", "2001:0:53aa:64c:1:2:3:4", "2001:2::1", "2001:10::1", "2001:1ff::1",
    "100::1", "64:ff9b:1::1", "3fff::1", "3fff:fff:ffff::1", "4000::1", "5f00::1", "1fff::1", "8000::1",
    // IPv4 inside IPv6.
    "::ffff:127.0.0.1", "::ffff:10.1.2.3", "::ffff:169.254.169.254", "::127.0.0.1", "::10.0.0.1", "::0.0.0.2",
    "64:ff9b::127.0.0.1", "64:ff9b::c0a8:101", "2002:7f00:1::", "2002:a00:1::1", "2002:a9fe:a9fe::1",
  ]

  static let allowed = [
    "1.0.0.0", "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
    "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.88.98.255",
    "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
    "203.0.112.255", "203.0.114.0", "223.255.255.255", "8.8.8.8",
    "2001:200::1", "2001:4860:4860::8888", "2600::", "2a00:1450:4001::1", "2001:db7:ffff::1", "2001:db9::1",
    "3ffe:ffff::1", "3fff:1000::1",
    "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
  ]

  @Test(arguments: refused) func refusesSpecialAddresses(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(!AddressGuard().verdict(for: address).isAllowed)
  }

  @Test(arguments: allowed) func allowsPublicAddresses(_ text: String) throws {
    let address = try #require(IPAddress(text))
    #expect(AddressGuard().verdict(for: address) == .allowed)
  }

  @Test(arguments: [
    (["127.0.0.1/32"], "127.0.0.1", true), (["127.0.0.1"], "127.0.0.1", true), (["127.0.0.1"], "127.0.0.2", false),
    (["10.0.0.0/8"], "10.200.0.1", true), (["10.0.0.0/8"], "11.0.0.1", true), (["10.0.0.0/8"], "192.168.0.1", false),
    (["10.0.0.0/8"], "::ffff:10.0.0.1", true), (["::1"], "::1", true), (["fd00::/8"], "fd12::1", true),
    (["fd00::/8"], "fc12::1", false), (["0.0.0.0/0"], "10.0.0.1", true), (["0.0.0.0/0"], "fd00::1", false),
    // Never exempt.
    (["0.0.0.0/0"], "169.254.169.254", false), (["169.254.169.254"], "169.254.169.254", false),
    (["0.0.0.0/0"], "0.0.0.0", false), (["::/0"], "fe80::1", false), (["::/0"], "ff02::1", false),
    (["::/0"], "::", false), (["0.0.0.0/0", "::/0"], "::ffff:169.254.169.254", false),
  ]) func exemptions(_ blocks: [String], _ text: String, _ expected: Bool) throws {
    let address = try #require(IPAddress(text))
    #expect(AddressGuard(allowing: blocks.compactMap(AddressBlock.init)).verdict(for: address).isAllowed == expected)
  }

  @Test(arguments: [
    "", "1.2.3", "0x7f.1", "2130706433", "1.2.3.4.5", "256.1.1.1", "::g", "localhost", "[::1", "fe80::1%eth0",
    "1.2.3.4/8",
  ]) func isNoAddress(_ text: String) { #expect(IPAddress(text) == nil) }

  @Test(arguments: [
    "", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "/8", "::/129", "10.0.0.0/8/8", "host/8", "10.0.0.0/+8",
  ])
  func isNoBlock(_ text: String) { #expect(AddressBlock(text) == nil) }

  @Test(arguments: [
    ("192.168.1.9", "192.168.1.9"), ("[2001:DB8:0::1]", "2001:db8::1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
  ])
  func description(_ text: String, _ shown: String) { #expect(IPAddress(text)?.description == shown) }
}
