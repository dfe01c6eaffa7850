import Articles
import Markup
import Values

/// Links to other articles that the page sets beside this one.
struct RelatedLinks {
  let page: Page
  let canonical: String?

  func find() -> [Related] {
    var found: [Related] = []
    var seen: Set<String> = []
    for node in page.document.root.descendants where ClassTokens(node).containsAny(Self.tokens) {
      if !node.ancestors.allSatisfy({ $0.name != "nav" && $0.name != "footer" }) { continue }
      for link in node.descendants(named: ["a"]) {
        guard let url = link["href"].flatMap({ WebURL($0, relativeTo: page.base) }),
          GenericFields.isSameSite(url.host, page.url.host), Self.looksLikeArticle(url)
        else { continue }
        let address = GenericFields.withoutTracking(url).description
        let title = link.text
        guard (20...200).contains(title.count), address != canonical, seen.insert(address).inserted else { continue }
        found.append(Related(title: title, url: address))
        if found.count == 10 { return found }
      }
    }
    return found
  }

  /// Articles have long or numbered last segments; sections and topics have not.
  static func looksLikeArticle(_ url: WebURL) -> Bool {
    // A path is written in ASCII.
    guard let last = url.path.utf8.split(separator: UInt8(ascii: "/")).last else { return false }
    return last.contains(where: Digits.isDigit) || last.count { $0 == UInt8(ascii: "-") } >= 3
  }

  private static let tokens: WordSet = [
    "related", "relatedarticles", "relatedcontent", "relatedlinks", "relatedstories", "relatednews", "seealso",
    "moreon", "lireaussi", "lesenauch", "readmore", "linklist", "correlati", "relacionadas", "relacionados",
    "mehrzumthema", "verwandte",
  ]
}
