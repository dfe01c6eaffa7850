import Values

/// What makes two pages the same article.
public enum ArticleIdentity {
  /// The article's identity inside its publisher: its canonical address where the page names one of the publisher's own
  /// article pages, else the identity of the address it was found under. An article listed by several sources, or under
  /// several addresses, comes out the same.
  public static func key(_ article: Article, found: String, hosts: [String]) -> String {
    guard let canonical = article.canonicalURL.flatMap({ WebURL($0) }) else { return found }
    let isOwn = hosts.contains { canonical.host == $0 || canonical.host.hasSuffix("." + $0) }
    // Some templates name the home page or the section as canonical, for every article.
    let isArticle = canonical.path.utf8.count > 1
    return isOwn && isArticle ? canonical.identity : found
  }

  /// The ninjs `uri`: stable over versions, restarts and machines. `digest` is the SHA-256 of the key in hexadecimal.
  public static func uri(publisher: String, digest: String) -> String {
    "urn:newswire:\(publisher):\(digest.prefix(24))"
  }
}
