import Articles
import Feeds
import Manifest
import Values

/// What a feed says of an article: fills what the page left open, and stands in for a page that cannot be had.
enum FeedFacts {
  /// Adds the feed's facts to an article read from its page. The page's own word always wins.
  static func complete(_ article: inout Article, from item: FeedItem, section: String?, publisher: Publisher) {
    article.guid = article.guid ?? item.id
    article.published = article.published ?? item.published
    article.modified = article.modified ?? item.modified
    article.section = article.section ?? section
    article.language = article.language ?? item.language ?? publisher.language
    if article.headline.isEmpty { article.headline = item.title ?? "" }
    if article.keywords.isEmpty { article.keywords = item.tags }
    if article.authors.isEmpty { article.authors = authors(of: item) }
    article.canonicalURL = article.canonicalURL ?? url(of: item)?.withoutTracking.description
  }

  /// The article as far as the feed tells it, marked partial; nil when there is not even a title.
  static func article(from item: FeedItem, section: String?, publisher: Publisher) -> Article? {
    guard let title = item.title, !title.isEmpty else { return nil }
    var article = Article(headline: title)
    article.isPartial = true
    let full = paragraphs(html: item.contentHTML, text: item.contentText)
    let summary = item.summary.map { PlainText.paragraphs(ofText: $0) } ?? []
    if full.isEmpty {
      article.body = summary.map { .paragraph([.text($0)]) }
    } else {
      article.body = full.map { .paragraph([.text($0)]) }
      if summary.count == 1, summary[0].count < 400, summary[0] != full[0] { article.standfirst = summary[0] }
    }
    article.pictures = item.images.map { image in
      Picture(
        isLead: true,
        renditions: [
          Rendition(href: image.url.description, width: image.width, height: image.height, contentType: image.mimeType)
        ], caption: image.caption, credit: image.credit)
    }
    complete(&article, from: item, section: section, publisher: publisher)
    return article
  }

  /// Where an item's page is. An id that looks like an address and is said to be none is all that some items have:
  /// without it they would be left out.
  static func url(of item: FeedItem) -> WebURL? {
    item.url ?? item.externalURL ?? (item.id.hasPrefix("http") ? WebURL(item.id) : nil)
  }

  private static func authors(of item: FeedItem) -> [Author] {
    item.authors.compactMap { author in
      guard let name = author.name, !name.isEmpty, !name.contains("@") else { return nil }
      return Author(name: name, url: author.url.flatMap { WebURL($0)?.description })
    }
  }

  private static func paragraphs(html: String?, text: String?) -> [String] {
    if let html, !html.isEmpty { return PlainText.paragraphs(ofHTML: html) }
    return PlainText.paragraphs(ofText: text ?? "")
  }
}

/// Text out of HTML that a worker has already sanitised. Only strings are looked at here: the daemon parses no markup
/// from outside.
enum PlainText {
  private static let blocks: Set<String> = [
    "p", "div", "br", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "table", "figure",
    "figcaption", "pre",
  ]

  private static let cells: Set<String> = ["td", "th"]

  static func paragraphs(ofHTML html: String) -> [String] {
    var text = ""
    var tag: String?
    for character in html {
      switch (character, tag) {
      case ("<", nil): tag = ""
      case (">", let name?):
        let bare = name.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }.lowercased()
        text += blocks.contains(bare) ? "\n\n" : cells.contains(bare) ? " " : ""
        tag = nil
      case (_, let name?): tag = name.count < 64 ? name + String(character) : name
      case (_, nil): text.append(character)
      }
    }
    return paragraphs(ofText: decoded(text))
  }

  static func paragraphs(ofText text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { line in
      line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }.filter { !$0.isEmpty }
  }

  /// The five references that a sanitiser writes.
  private static func decoded(_ text: String) -> String {
    guard text.contains("&") else { return text }
    var out = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      out += rest[..<start]
      rest = rest[start...]
      let known = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
      if let (reference, character) = known.first(where: { rest.hasPrefix($0.0) }) {
        out += character
        rest = rest.dropFirst(reference.count)
      } else {
        out += "&"
        rest = rest.dropFirst()
      }
    }
    return out + rest
  }
}
