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
    let content = item.contentHTML.flatMap { $0.isEmpty ? nil : FeedText(html: $0) } ?? FeedText(item.contentText ?? "")
    let full = FeedClosing.removed(from: content.body, title: title)
    let summary = FeedClosing.removed(from: FeedText(item.summary ?? "").body, title: title)
    if full.isEmpty {
      article.body = summary.map { .paragraph([.text($0)]) }
    } else {
      article.body = full.map { .paragraph([.text($0)]) }
      if summary.count == 1, summary[0].count < 400, summary[0] != full[0] { article.standfirst = summary[0] }
    }
    article.pictures = item.images.isEmpty ? content.pictures : pictures(item.images)
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

  /// The files of one picture are its renditions, the widest first; the first picture leads.
  private static func pictures(_ images: [FeedImage]) -> [Picture] {
    var pictures: [Picture] = []
    var places: [String: Int] = [:]
    for image in images {
      let rendition = Rendition(
        href: image.url.description, width: image.width, height: image.height, contentType: image.mimeType)
      let identity = PictureIdentity.of(rendition.href)
      if let place = places[identity] {
        pictures[place].renditions.append(rendition)
        pictures[place].caption = pictures[place].caption ?? image.caption
        pictures[place].credit = pictures[place].credit ?? image.credit
      } else {
        places[identity] = pictures.count
        pictures.append(
          Picture(isLead: pictures.isEmpty, renditions: [rendition], caption: image.caption, credit: image.credit))
      }
    }
    for place in pictures.indices where pictures[place].renditions.count > 1 {
      let sorted = pictures[place].renditions.enumerated().sorted {
        ($1.element.width ?? 0, $0.offset) < ($0.element.width ?? 0, $1.offset)
      }
      pictures[place].renditions = sorted.map(\.element)
    }
    return pictures
  }
}
