internal import Markup
internal import Values

/// The feeds that a web page links to, for the error that says so.
enum FeedLinks {
  /// The links stand in a page's head. A tree of all that follows costs many times the page.
  private static let longestHead = 1 << 20

  static func find(in page: [UInt8], url: WebURL?) -> [WebURL] {
    let head = page.count > longestHead ? Array(page[..<longestHead]) : page
    guard let document = try? Document(html: head, contentType: "text/html; charset=utf-8") else { return [] }
    var base = url
    var found: [WebURL] = []
    for node in document.root.descendants(named: ["base", "link"]) {
      if node.name == "base", let address = node["href"] {
        base = WebURL(address, relativeTo: url) ?? base
        continue
      }
      let words = (node["rel"] ?? "").lowercased().split(separator: " ")
      let type = (node["type"] ?? "").lowercased()
      let isFeed =
        words.contains("feed")
        || words.contains("alternate")
          && (type.contains("rss") || type.contains("atom") || type == "application/feed+json"
            || type.contains("rdf+xml"))
      if isFeed, found.count < 50, let address = node["href"].flatMap({ WebURL($0, relativeTo: base) }),
        !found.contains(address)
      {
        found.append(address)
      }
    }
    return found
  }
}
