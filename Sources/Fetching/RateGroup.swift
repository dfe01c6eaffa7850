public import Values

/// Which requests count together for politeness.
///
/// By default a group is the registrable domain, because `www.`, `feeds.` and `user.` hosts of one publisher are one
/// set of machines; for addresses and names without a dot it is host and port, where several services share a host.
/// Without the public suffix list this is an approximation: the last two labels, or the last three where the second
/// level belongs to the registry.
public enum RateGroup {
  public static func name(for url: WebURL) -> String {
    var host = url.host
    while host.hasSuffix(".") { host.removeLast() }
    let labels = host.split(separator: ".")
    // A last label of digits only is an IPv4 address in one of its forms (WHATWG URL, "ends in a number").
    let isNumeric = labels.last.map { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } || $0.hasPrefix("0x") } ?? true
    if labels.count < 2 || host.hasPrefix("[") || isNumeric {
      return "\(host):\(url.effectivePort)"
    }
    return labels.suffix(hasRegistrySecondLevel(labels) ? 3 : 2).joined(separator: ".")
  }

  private static func hasRegistrySecondLevel(_ labels: [Substring]) -> Bool {
    let top = labels[labels.count - 1]
    let second = labels[labels.count - 2]
    if let known = secondLevels[String(top)] { return known.contains(String(second)) }
    // Country registries outside the table mostly use these when they sell at the third level.
    return top.utf8.count == 2 && genericSecondLevels.contains(String(second))
  }

  private static let genericSecondLevels: Set<String> = ["ac", "co", "com", "edu", "gov", "net", "org"]

  /// Registries with names of their own at the second level. Where a country is listed, only these count.
  private static let secondLevels: [String: Set<String>] = [
    "au": ["asn", "com", "edu", "gov", "id", "net", "org"],
    "br": ["blog", "com", "edu", "gov", "jor", "net", "org", "tv"],
    "jp": ["ac", "ad", "co", "ed", "go", "gr", "lg", "ne", "or"],
    "kr": ["ac", "co", "go", "ne", "or", "pe", "re"],
    "nz": ["ac", "co", "geek", "govt", "iwi", "kiwi", "maori", "net", "org", "school"],
    "uk": ["ac", "co", "gov", "ltd", "me", "mod", "net", "nhs", "org", "plc", "police", "sch"],
    "za": ["ac", "co", "gov", "law", "net", "nom", "org", "web"],
    // Registries that sell the second level only; a generic name there is somebody's domain.
    "de": [], "fr": [], "nl": [], "ch": [], "at": ["ac", "co", "gv", "or"], "be": [], "dk": [], "it": ["edu", "gov"],
  ]
}
