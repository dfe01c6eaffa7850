/// Which addresses may be connected to: only those of the public internet, whatever a feed, a page, a redirect or a
/// name server says. Asked about the very address that is about to be dialled, so a name that changes its address
/// between check and use gains nothing.
///
/// The refused blocks are those that the IANA special-purpose address registries (RFC 6890) do not call globally
/// reachable. IPv6 forms that carry an IPv4 address are judged by that address.
public struct AddressGuard: Sendable, Hashable {
  public enum Verdict: Sendable, Hashable {
    case allowed
    /// The reason names the kind of address, in words.
    case refused(String)

    public var isAllowed: Bool { self == .allowed }
  }

  private let exempt: [AddressBlock]

  /// Refuses everything that is not public.
  public init() { exempt = [] }

  init(allowing blocks: [AddressBlock]) { exempt = blocks }

  /// For the proxies that the operator names.
  static let forProxies = AddressGuard(allowing: ["0.0.0.0/0", "::/0"].compactMap { AddressBlock($0) })

  /// Link-local addresses (cloud metadata services live there), multicast and the unspecified address are refused even
  /// inside an exempt block: an operator who exempts 0.0.0.0/0 for an intranet does not mean those.
  public func verdict(for address: IPAddress) -> Verdict {
    let inner = Self.unwrapped(address)
    guard let (reason, exemptible) = Self.special(inner) else { return .allowed }
    if exemptible, exempt.contains(where: { $0.contains(inner) || $0.contains(address) }) { return .allowed }
    return .refused(reason)
  }

  /// The IPv4 address that an IPv6 address stands for, or the address itself: IPv4-mapped ::ffff:0:0/96 and
  /// IPv4-compatible ::/96 (RFC 4291, section 2.5.5), NAT64 64:ff9b::/96 (RFC 6052), 6to4 2002::/16 (RFC 3056).
  static func unwrapped(_ address: IPAddress) -> IPAddress {
    guard case .v6(let high, let low) = address else { return address }
    let tail = UInt32(truncatingIfNeeded: low)
    if high == 0, low >> 32 == 0xFFFF { return .v4(tail) }
    if high == 0, low >> 32 == 0, low > 1 { return .v4(tail) }
    if high == 0x0064_FF9B_0000_0000, low >> 32 == 0 { return .v4(tail) }
    if high >> 48 == 0x2002 { return .v4(UInt32(truncatingIfNeeded: high >> 16)) }
    return address
  }

  /// What makes the address special, and whether an operator may exempt it; nil for a public one.
  private static func special(_ address: IPAddress) -> (reason: String, exemptible: Bool)? {
    if let row = table.first(where: { $0.block.contains(address) }) { return (row.reason, row.exemptible) }
    // Of IPv6 only 2000::/3 has been given out as global unicast (RFC 4291, section 2.4; IANA registry).
    if case .v6(let high, _) = address, high >> 61 != 1 { return ("not global unicast", true) }
    return nil
  }

  private static let table: [(block: AddressBlock, reason: String, exemptible: Bool)] = [
    ("0.0.0.0/8", "this network", false),
    ("10.0.0.0/8", "private", true),
    ("100.64.0.0/10", "shared address space of carriers", true),
    ("127.0.0.0/8", "loopback", true),
    ("169.254.0.0/16", "link-local", false),
    ("172.16.0.0/12", "private", true),
    ("192.0.0.0/24", "protocol assignments", true),
    ("192.0.2.0/24", "documentation", true),
    ("192.88.99.0/24", "6to4 relay", true),
    ("192.168.0.0/16", "private", true),
    ("198.18.0.0/15", "benchmarking", true),
    ("198.51.100.0/24", "documentation", true),
    ("203.0.113.0/24", "documentation", true),
    ("224.0.0.0/4", "multicast", false),
    ("240.0.0.0/4", "reserved", false),
    ("::/128", "unspecified", false),
    ("::1/128", "loopback", true),
    ("64:ff9b:1::/48", "local translation", true),
    ("100::/64", "discard only", true),
    ("2001::/32", "Teredo", true),
    ("2001::/23", "protocol assignments", true),
    ("2001:db8::/32", "documentation", true),
    ("3fff::/20", "documentation", true),
    ("fc00::/7", "unique local", true),
    ("fe80::/10", "link-local", false),
    ("fec0::/10", "site-local", true),
    ("ff00::/8", "multicast", false),
  ].map { text, reason, exemptible in
    guard let block = AddressBlock(text) else { preconditionFailure("not a block: \(text)") }
    return (block, reason, exemptible)
  }
}
