import Articles
import Dates
import Extraction
import Manifest
import Values

/// A page of a publisher: read by rules of every kind, or without any, and turned into an item.
enum HTMLTarget {
  nonisolated(unsafe) private static let generic = PageExtractor(manifest: nil, zone: .utc)
  nonisolated(unsafe) private static let ruled: PageExtractor = {
    guard let manifest = try? Manifest(parsing: rules, file: "plugin.toml", checkingZone: false) else {
      fatalError("the fuzzer's own plugin does not read")
    }
    return PageExtractor(manifest: manifest, zone: .utc)
  }()
  private static let url = WebURL("https://www.news.example/2026/03/01/a-story")!

  static func run(_ bytes: UnsafeBufferPointer<UInt8>) {
    let page = Array(bytes)
    // The first byte's lowest bit decides, so that one input always takes one way.
    let extractor = page.first.map { $0 & 1 == 0 } ?? true ? generic : ruled
    guard let found = try? extractor.extract(page, url: url) else { return }
    check(found.article)
  }

  /// The promises that no page may break.
  private static func check(_ article: Article) {
    // A worker's record reads back as what was written.
    guard let copy = try? Article(record: article.record) else { fatalError("the record does not read back") }
    precondition(copy.bodyText == article.bodyText && copy.pictures.count == article.pictures.count)
    let html = article.bodyHTML
    for word in ["<script", "<style", "<iframe", "<svg", "javascript:", "<img src=\"data:"] {
      precondition(
        !html.contains("\"\(word)") && !(word.hasPrefix("<") && html.contains(word)), "the HTML holds \(word)")
    }
    let facts = PublisherFacts(id: "x", name: "X", url: "https://x.example/")
    let item = Edition(
      article: article, publisher: facts, uri: "urn:newswire:x:1", version: 1, firstSeen: Timestamp(seconds: 0)
    ).ninjs
    guard (try? JSON(parsing: item.text())) == item else { fatalError("the item does not read back") }
  }

  private static let rules = #"""
    [publisher]
    id = "news"
    name = "The News"
    url = "https://www.news.example/"
    country = "de"
    language = "en"
    zone = "Europe/Berlin"
    [[sources]]
    kind = "rss"
    url = "https://www.news.example/rss"
    [article]
    remove = ["css:.ad, nav", "xpath://div[h3[contains(., 'Read more')]]",
      "xpath://p[.//a and (starts-with(normalize-space(.), 'Read') or normalize-space(.) = 'Share') and not(@id)]",
      "xpath://*[re:test(normalize-space(.), '^[a-z]{2,4}(;|$)', 'i') or not(.//p or ul/li[@class])][@hidden]"]
    headline = ["jsonld:NewsArticle.headline", "json:state=|**.title", "css:article h1", "meta:og:title"]
    kicker = [{ css = ".kicker", replace = [["\\s*:$", ""]] }]
    standfirst = ["css:.lead"]
    byline = ["css:.byline"]
    authors = [{ css = ".author", split = "\\s*,\\s*|\\s+and\\s+", drop = "(?i)staff" }]
    published = ["json:#__NEXT_DATA__|props.**.date", "xpath://time/@datetime"]
    keywords = [{ meta = "keywords", split = "," }]
    section = ["xpath:substring-before(//title, '|')"]
    body = ["css:.body", "json:state=|**.parts[type=text].content", "css:article"]
    body_remove = ["xpath://p[re:test(., '^Sign up')]"]
    subheads = ["css:.subhead"]
    breaks = "paragraphs"
    [article.images]
    select = ["css:figure"]
    from = "css:h1"
    to = "css:.body"
    caption = [{ css = "figcaption", replace = [["\\(([^()]+)\\)$", ""]] }]
    credit = [{ css = "figcaption", match = "\\(([^()]+)\\)$" }]
    [[layouts]]
    name = "live"
    kind = "live-blog"
    body = ["css:.entry"]
    """#
}
