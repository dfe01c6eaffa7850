// The program of the tagesschau plugin: the publisher's JSON interface as articles.
import Articles
import NewswirePlugin
import Values

@main
struct Tagesschau: Discovering, Extracting {
  init() {}

  /// The list holds, beside stories, videos and links to other houses; those are left out.
  func items(in list: Page, host: Host) throws -> [Item] {
    guard let news = try list.json()["news"]?.array else {
      throw PluginError("layout-changed", "the list has no \"news\"", hint: "the interface may have changed")
    }
    return news.compactMap { entry in
      guard entry["type"]?.string == "story", let url = entry["details"]?.string.flatMap({ WebURL($0) }) else {
        return nil
      }
      var item = Item(url, title: entry["title"]?.string)
      item.summary = entry["firstSentence"]?.string
      item.published = entry["date"]?.string.flatMap { Timestamp(rfc3339: $0) }
      return item
    }
  }

  func article(from page: Page, host: Host) throws -> Article {
    let json = try page.json()
    guard let title = json["title"]?.string else {
      throw PluginError("noArticle", "the document has no title", hint: "the interface may have changed")
    }
    var article = Article(headline: title)
    article.kicker = json["topline"]?.string
    article.standfirst = json["firstSentence"]?.string
    article.section = json["ressort"]?.string.map { $0.prefix(1).uppercased() + $0.dropFirst() }
    article.published = json["date"]?.string.flatMap { Timestamp(rfc3339: $0) }
    article.keywords = (json["tags"]?.array ?? []).compactMap { $0["tag"]?.string }
    article.canonicalURL = json["shareURL"]?.string ?? json["detailsweb"]?.string
    article.guid = json["externalId"]?.string ?? json["sophoraId"]?.string
    article.language = "de"
    article.access = .free
    if let picture = json["teaserImage"].flatMap({ Self.picture($0, isLead: true) }) { article.pictures = [picture] }
    for part in json["content"]?.array ?? [] { Self.add(part, to: &article) }
    return article
  }

  /// One part of the text; kinds that are no text (videos, related stories, polls) are left out.
  private static func add(_ part: JSON, to article: inout Article) {
    switch part["type"]?.string {
    case "text":
      var text = TextMarkup(part["value"]?.string ?? "")
      let inlines = text.inlines()
      let plain = inlines.plainText
      // A subhead stands in the interface as a text that is nothing but <h2>.
      if text.isHeading {
        article.body.append(.heading(level: 2, [.text(plain)]))
      } else if !plain.isEmpty, plain != article.standfirst {
        article.body.append(.paragraph(inlines))
      }
    case "headline":
      var text = TextMarkup(part["value"]?.string ?? "")
      article.body.append(.heading(level: 2, [.text(text.inlines().plainText)]))
    case "quotation":
      var text = TextMarkup(part["quotation"]?["text"]?.string ?? "")
      article.body.append(.quote([.paragraph(text.inlines())]))
    case "image_gallery":
      for image in part["gallery"]?.array ?? [] { add(picture: image, to: &article) }
    case "image":
      add(picture: part["image"] ?? .null, to: &article)
    default: break
    }
  }

  private static func add(picture json: JSON, to article: inout Article) {
    guard let picture = picture(json, isLead: false),
      !article.pictures.contains(where: { $0.renditions == picture.renditions })
    else { return }
    article.body.append(.figure(article.pictures.count))
    article.pictures.append(picture)
  }

  /// The sizes are named `16x9-1920` and the like.
  private static func picture(_ json: JSON, isLead: Bool) -> Picture? {
    let sizes = json["imageVariants"]?.object?.members ?? []
    let renditions = sizes.compactMap { size -> Rendition? in
      guard let href = size.value.string, WebURL(href) != nil else { return nil }
      return Rendition(href: href, width: size.key.split(separator: "-").last.flatMap { Int($0) })
    }
    guard !renditions.isEmpty else { return nil }
    return Picture(
      isLead: isLead, renditions: renditions, caption: json["title"]?.string, credit: json["copyright"]?.string,
      alt: json["alttext"]?.string)
  }
}
