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

  /// What stays the same of a page's address when a site moves to https or drops `www.`: for comparing, not for
  /// fetching.
  public var identity: String {
    let plain = withoutTracking
    let host = plain.host.hasPrefix("www.") ? String(plain.host.dropFirst(4)) : plain.host
    let path = plain.path.count > 1 && plain.path.hasSuffix("/") ? String(plain.path.dropLast()) : plain.path
    return host + (plain.port.map { ":\($0)" } ?? "") + path + (plain.query.map { "?" + $0 } ?? "")
  }
}
