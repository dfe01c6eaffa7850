extension WebURL {
  /// The address without fragment and without query parameters that only say where a reader came from. What is left
  /// names the page; two addresses that differ in it may be two pages.
  public var withoutTracking: WebURL {
    var copy = withoutFragment
    guard let query else { return copy }
    let kept = query.split(separator: "&").filter { pair in
      let name = pair.prefix { $0 != "=" }.lowercased()
      return !Self.trackingNames.contains(name) && !Self.trackingPrefixes.contains { name.hasPrefix($0) }
    }
    copy.query = kept.isEmpty ? nil : kept.joined(separator: "&")
    return copy
  }

  private static let trackingPrefixes = ["utm_", "mtm_", "pk_", "at_", "ns_", "hsa_", "oly_", "vero_", "wt_"]
  private static let trackingNames: Set<String> = [
    "fbclid", "gclid", "dclid", "msclkid", "yclid", "twclid", "igshid", "mc_cid", "mc_eid", "cmp", "cmpid",
    "ito", "ocid", "xtor", "ref", "ref_src", "referrer", "smid", "ftcamp", "traffic_source", "spm", "wtmc",
    "__twitter_impression", "_ga",
  ]

  /// What stays the same of a page's address when a site moves to https or drops `www.`, and when its server gives
  /// each visitor a session: for comparing, not for fetching.
  public var identity: String {
    let plain = withoutTracking
    let host = plain.host.hasPrefix("www.") ? String(plain.host.dropFirst(4)) : plain.host
    let whole = Self.withoutSession(path: plain.path)
    let path = whole.count > 1 && whole.hasSuffix("/") ? String(whole.dropLast()) : whole
    let query = plain.query.flatMap(Self.withoutSession(query:))
    return host + (plain.port.map { ":\($0)" } ?? "") + path + (query.map { "?" + $0 } ?? "")
  }

  /// Servlets put the session's number behind a part of the path. Other parameters there may name the page.
  private static func withoutSession(path: String) -> String {
    guard path.utf8.contains(UInt8(ascii: ";")) else { return path }
    let mark = ";jsessionid="
    return path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      let pieces = part.split(separator: ";", omittingEmptySubsequences: false)
      return pieces.enumerated().filter { $0 == 0 || !(";" + $1.prefix(mark.count)).lowercased().hasPrefix(mark) }
        .map(\.element).joined(separator: ";")
    }.joined(separator: "/")
  }

  /// Only names that a server gives to nothing else: `sid` and `session` often number what a page is about.
  private static func withoutSession(query: String) -> String? {
    let pairs = query.split(separator: "&").map { (pair: $0, name: $0.prefix { $0 != "=" }.lowercased()) }
    // ColdFusion's come together; alone, the first is a name like any other.
    let isColdFusion = ["cfid", "cftoken"].allSatisfy { name in pairs.contains { $0.name == name } }
    let kept = pairs.filter { _, name in
      !["phpsessid", "jsessionid"].contains(name) && !name.hasPrefix("aspsessionid")
        && !(isColdFusion && ["cfid", "cftoken"].contains(name))
    }
    if kept.count == pairs.count { return query }
    return kept.isEmpty ? nil : kept.map(\.pair).joined(separator: "&")
  }
}
