internal import CPSL
public import Values

/// Which requests count together for politeness.
///
/// By default a group is the registrable domain by the public suffix list, because `www.`, `feeds.` and `user.` hosts
/// of one publisher are one set of machines. For addresses, for names without a dot and for names that are a public
/// suffix themselves it is host and port, where several services share a host.
public enum RateGroup {
  /// The group of an address: its registrable domain (`bbc.co.uk`), else `host:port`.
  public static func name(for url: WebURL) -> String {
    var host = url.host
    while host.hasSuffix(".") { host.removeLast() }
    if isLocal(host) { return hostAndPort(url) }
    return PublicSuffixes.shared.registrableDomain(of: Punycode.asciiHost(host)) ?? hostAndPort(url)
  }

  /// The group of an address whose host is to be counted by itself, for hosts that carry many unrelated publishers.
  public static func hostAndPort(_ url: WebURL) -> String {
    var host = url.host
    while host.hasSuffix(".") { host.removeLast() }
    return "\(host):\(url.effectivePort)"
  }

  /// A name without a dot, or an IP address in one of its forms (WHATWG URL, "ends in a number").
  private static func isLocal(_ host: String) -> Bool {
    let labels = host.split(separator: ".")
    guard labels.count >= 2, !host.hasPrefix("["), let last = labels.last else { return true }
    return last.utf8.allSatisfy { (0x30...0x39).contains($0) } || last.hasPrefix("0x")
  }
}

/// The public suffix list: the newer one of the copy in libpsl and the system's (package publicsuffix).
private final class PublicSuffixes: Sendable {
  static let shared = PublicSuffixes()

  /// Read only once it is made, and so for any thread.
  private nonisolated(unsafe) let list: OpaquePointer

  private init() {
    guard let list = psl_latest(nil) else { preconditionFailure("libpsl has no public suffix list") }
    self.list = list
  }

  /// nil for a public suffix itself. A name below a suffix that is not on the list counts by its last two labels.
  /// The name is lower case and in its ASCII form.
  func registrableDomain(of host: String) -> String? {
    host.withCString { psl_registrable_domain(list, $0).map { String(cString: $0) } }
  }
}
