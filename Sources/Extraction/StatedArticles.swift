import Markup
import Values

/// Tells which of the articles that a page's JSON-LD describes is the page's own: many describe those they lead to as
/// well.
struct StatedArticles {
  private let addresses: [WebURL]
  /// What the page calls itself, letters and digits alone.
  private let titles: [String]
  /// A single article is the page's own, whatever address a template gave it.
  private let areSeveral: Bool

  init(url: WebURL, meta: MetaTags, document: Document, areSeveral: Bool) {
    self.areSeveral = areSeveral
    let root = document.root
    let canonical = root.descendants(named: ["link"]).first { $0.isSet("rel", to: "canonical") }?["href"]
    addresses =
      [url] + [canonical, meta.first("og:url")].compactMap { $0.flatMap { WebURL($0, relativeTo: url) } }
    let printed = root.descendants(named: ["title", "h1"]).prefix(6).map(\.text)
    titles = ([meta.first("og:title"), meta.first("twitter:title")].compactMap { $0 } + printed)
      .map { Lines.squeezed(Entities.decoded(String($0.prefix(Self.longest)))) }.filter { $0.utf8.count > 3 }
  }

  /// Whether an object says that it describes another page, and its headline is none of this page's titles.
  func isOfOther(_ object: JSON) -> Bool {
    guard areSeveral, !titles.isEmpty, let headline = object["headline"]?.string ?? object["name"]?.string else {
      return false
    }
    let stated = statedAddresses(of: object)
    return !stated.isEmpty && !stated.contains(where: isOwn) && !isTitle(headline)
  }

  /// The object that says most of an article, the page's own before others.
  func chosen(_ articles: [JSON]) -> JSON? {
    func score(_ object: JSON) -> Int {
      var score = 0
      if object["headline"]?.string != nil { score += 4 }
      if object["datePublished"]?.string != nil { score += 2 }
      if object["author"] != nil { score += 1 }
      return score + 8 * statedAddresses(of: object).count(where: isOwn)
    }
    // The first of equals: max(by:) would give the last.
    var best: (object: JSON, score: Int)?
    for object in articles {
      let score = score(object)
      if score > best?.score ?? -1 { best = (object, score) }
    }
    return best?.object
  }

  /// The pages that an object names as its own; the home page is nobody's.
  private func statedAddresses(of object: JSON) -> [WebURL] {
    let page = object["mainEntityOfPage"]
    return [page?.string, page?["@id"]?.string, page?["url"]?.string, object["url"]?.string].compactMap {
      // Some templates write "True" there.
      $0.flatMap { $0.holds("/") ? WebURL($0, relativeTo: addresses[0]) : nil }
    }.filter { $0.path.utf8.count > 1 }
  }

  private func isOwn(_ address: WebURL) -> Bool {
    addresses.contains { own in
      if own.path == address.path { return true }
      // The same page for telephones has another folder in front.
      let (last, ownLast) = (Self.name(address), Self.name(own))
      return last == ownLast && last.utf8.count > 8
    }
  }

  /// How much of a title is compared, in characters.
  private static let longest = 500

  private static func name(_ url: WebURL) -> Substring {
    url.path.split(separator: "/").last.map { $0.prefix { $0 != "." } } ?? ""
  }

  /// Whether a headline is one of the titles, or has a good part of its words in one.
  private func isTitle(_ headline: String) -> Bool {
    let headline = Entities.decoded(String(headline.prefix(Self.longest)))
    let squeezed = Lines.squeezed(headline)
    let words = Comparable.folded(headline).split { !$0.isLetter && !$0.isNumber }.filter { $0.count > 3 }
    return titles.contains { title in
      title.holds(squeezed) || squeezed.holds(title)
        || !words.isEmpty && words.count { title.holds(Lines.squeezed(String($0))) } * 3 >= words.count
    }
  }
}
