import Articles
import Testing
import Values

/// An article that uses everything.
private func sample() -> Article {
  var article = Article(headline: "Ferries return to the harbour")
  article.kicker = "Transport"
  article.standfirst = "After six weeks the first boat sails."
  article.byline = "By Ada Moor and PA in Port Ellen"
  article.authors = [Author(name: "Ada Moor", url: "https://a.b/ada"), Author(name: "PA", kind: .organisation)]
  article.pictures = [
    Picture(
      isLead: true,
      renditions: [
        Rendition(href: "https://a.b/1.jpg?w=320", width: 320),
        Rendition(href: "https://a.b/1.jpg?w=640", width: 640, height: 400),
      ],
      caption: "The boat <leaves>", credit: "Jo Lens", alt: "A boat"),
    Picture(isLead: false, renditions: [Rendition(href: "https://a.b/2.png", contentType: "image/png")]),
  ]
  article.body = [
    .paragraph([.text("It was "), .strong([.text("early")]), .text(" & cold.")]), .figure(1),
    .heading(level: 2, [.text("What now?")]),
    .list(ordered: true, [[.paragraph([.text("One")])], [.paragraph([.text("Two"), .lineBreak, .text("lines")])]]),
    .quote([.paragraph([.link(href: "https://a.b/x", [.emphasis([.text("Said")])])])]),
    .table([
      TableRow(cells: [.init(isHeader: true, content: [.text("A")]), .init(isHeader: false, content: [.text("B")])])
    ]),
    .preformatted("a  b"), .paragraph([.link(href: "javascript:x", [.text("safe")])]),
  ]
  article.section = "News"
  article.keywords = ["ferries", "harbour"]
  article.published = Timestamp(rfc3339: "2025-03-01T08:00:00+01:00")
  article.modified = Timestamp(rfc3339: "2025-03-01T09:00:00Z")
  article.language = "en-GB"
  article.canonicalURL = "https://a.b/news/ferries"
  article.guid = "urn:x:1"
  article.access = .metered
  article.isPartial = true
  article.agencies = ["PA"]
  article.related = [Related(title: "Other", url: "https://a.b/other")]
  return article
}

@Suite("Articles")
struct ArticleTests {
  @Test("a worker's record gives the same article back")
  func record() throws {
    let article = sample()
    #expect(try Article(record: JSON(parsing: article.record.text())) == article)
  }

  @Test(
    "a malformed record is refused with the place",
    arguments: [
      ("{}", "article.headline"), (#"{"headline":1}"#, "article.headline"),
      (#"{"headline":"x","published":"today"}"#, "article.published"),
      (#"{"headline":"x","body":[{"type":"script"}]}"#, "article.body[0].type"),
      (#"{"headline":"x","body":{}}"#, "article.body"),
      (#"{"headline":"x","pictures":[{"renditions":[]}]}"#, "article.pictures[0].renditions"),
      (#"{"headline":"x","body":[{"type":"figure","picture":3}]}"#, "body"),
      (#"{"headline":"x","body":[{"type":"p","content":[7]}]}"#, "article.body[0].content[0]"),
    ])
  func refused(text: String, path: String) throws {
    let json = try JSON(parsing: text)
    let error = #expect(throws: ArticleRecordError.self) { try Article(record: json) }
    #expect(error?.path == path)
  }

  @Test("nesting without end is refused, not followed")
  func depth() throws {
    var block: JSON = ["type": "p", "content": "x"]
    for _ in 0..<60 { block = ["type": "quote", "blocks": [block]] }
    let json: JSON = ["headline": "x", "body": [block]]
    #expect(throws: ArticleRecordError.self) { try Article(record: json) }
  }

  @Test("the text holds blocks with blank lines between, captions left out")
  func text() {
    #expect(
      sample().bodyText
        == "It was early & cold.\n\nWhat now?\n\nOne\n\nTwo\nlines\n\nSaid\n\na  b\n\nsafe")
  }

  @Test("a table is no text, unless it holds sentences or there is nothing else")
  func tablesInTheText() {
    func table(_ cells: String...) -> Block {
      .table([TableRow(cells: cells.map { .init(isHeader: false, content: [.text($0)]) })])
    }
    var article = Article(headline: "Results")
    article.body = [.paragraph([.text("They won.")]), table("Leeds", "3")]
    #expect(article.bodyText == "They won.")
    article.body = [table("Leeds", "3")]
    #expect(article.bodyText == "Leeds | 3")
    let prose = String(repeating: "A table for the looks alone. ", count: 8)
    article.body = [.paragraph([.text("They won.")]), table(prose)]
    #expect(article.bodyText == "They won.\n\n" + prose)
  }

  @Test("the HTML holds allowed elements only, escaped, figures in place")
  func html() {
    #expect(
      sample().bodyHTML
        == "<p>It was <strong>early</strong> &amp; cold.</p>"
        + "<figure><img src=\"https://a.b/2.png\" alt=\"\"></figure><h2>What now?</h2>"
        + "<ol><li>One</li><li>Two<br>lines</li></ol><blockquote><p><a href=\"https://a.b/x\"><em>Said</em></a></p></blockquote>"
        + "<table><tr><th>A</th><td>B</td></tr></table><pre>a  b</pre><p>safe</p>")
  }

  @Test("the signature changes with content, not with dates, sizes and keywords")
  func signature() {
    let before = sample().signature
    var chrome = sample()
    chrome.modified = Timestamp(seconds: 0)
    chrome.keywords = []
    #expect(chrome.signature == before)
    for href in [
      "https://a.b/1.jpg?w=999", "http://a.b/1.jpg", "https://img2.a.b/1-1024x683.webp", "https://a.b/640x360/1.jpg",
    ] {
      chrome.pictures[0].renditions[0].href = href
      #expect(chrome.signature == before, "\(href)")
    }
    var headline = sample()
    headline.headline += "!"
    var paragraph = sample()
    paragraph.body[0] = .paragraph([.text("It was late.")])
    var caption = sample()
    caption.pictures[0].caption = "Other"
    var picture = sample()
    picture.pictures[0].renditions[0].href = "https://a.b/3.jpg"
    var entry = sample()
    entry.entries = [LiveEntry(text: "The boat has left.")]
    for changed in [headline, paragraph, caption, picture, entry] { #expect(changed.signature != before) }
    // When an entry was written is no content.
    var later = entry
    later.entries[0].published = Timestamp(seconds: 0)
    #expect(later.signature == entry.signature)
  }

  @Test("a program's pictures are told by what it is asked for")
  func pictureOfAProgram() {
    func signature(_ href: String) -> String {
      var article = sample()
      article.pictures[0].renditions[0].href = href
      return article.signature
    }
    for (one, other) in [
      ("/photos/12345/image.jpg", "/photos/67890/image.jpg"), ("/article/4711/lead.jpg", "/article/4712/lead.jpg"),
      ("/daily/2026-11-29/press-photo-of-the-day.jpg", "/daily/2026-11-30/press-photo-of-the-day.jpg"),
      ("/gallery/bridge-10.jpg", "/gallery/bridge-20.jpg"),
    ] {
      #expect(signature("https://a.b" + one) != signature("https://a.b" + other), "\(one)")
    }
    #expect(signature("https://a.b/image.php?id=1&w=640") == signature("https://a.b/image.php?id=1&w=800"))
    #expect(signature("https://a.b/image.php?id=1&w=640") != signature("https://a.b/image.php?id=2&w=640"))
    #expect(
      signature("https://a.b/_next/image?url=%2Fa%2Fone.jpg&w=640")
        != signature("https://a.b/_next/image?url=%2Fa%2Ftwo.jpg&w=640"))
  }

  @Test("the key is the canonical address where it is the publisher's own article")
  func identity() {
    var article = sample()
    func key() -> String { ArticleIdentity.key(article, found: "a.b/found", hosts: ["a.b"]) }
    #expect(key() == "a.b/news/ferries")
    article.canonicalURL = "https://www.a.b/"
    #expect(key() == "a.b/found")
    article.canonicalURL = "https://elsewhere.example/x"
    #expect(key() == "a.b/found")
    article.canonicalURL = nil
    #expect(key() == "a.b/found")
  }
}

@Suite("ninjs")
struct NinjsTests {
  private var item: JSON {
    Edition(
      article: sample(),
      publisher: PublisherFacts(id: "courier", name: "Courier", url: "https://a.b/", copyrightHolder: "Courier Ltd"),
      uri: "urn:newswire:courier:1", version: 3, firstSeen: Timestamp(seconds: 1_740_816_000)
    ).ninjs
  }

  @Test("every field has its place")
  func places() {
    let item = item
    #expect(item["uri"]?.string == "urn:newswire:courier:1")
    #expect(item["version"]?.string == "3")
    #expect(item["representationType"]?.string == "partial")
    #expect(item["contentCreated"]?.string == "2025-03-01T08:00:00+01:00")
    #expect(item["versionCreated"]?.string == "2025-03-01T09:00:00Z")
    #expect(item["firstCreated"]?.string == "2025-03-01T08:00:00Z")
    #expect(item["headlines"]?.array?.map { $0["role"]?.string } == ["main", "kicker"])
    #expect(item["descriptions"]?[0]?["role"]?.string == "summary")
    #expect(item["bodies"]?[0]?["wordCount"]?.integer == 14)
    #expect(item["people"]?.array?.compactMap { $0["name"]?.string } == ["Ada Moor", "PA"])
    #expect(item["organisations"]?.array?.compactMap { $0["name"]?.string } == ["PA"])
    #expect(item["subjects"]?.array?.compactMap { $0["rel"]?.string } == ["section", "keyword", "keyword", "access"])
    #expect(item["infoSources"]?.array?.compactMap { $0["role"]?.string } == ["publisher", "agency"])
    #expect(item["associations"]?.array?.compactMap { $0["rel"]?.string } == ["lead", "inline", "related"])
    #expect(item["associations"]?[0]?["uri"]?.string == "https://a.b/1.jpg?w=640")
    #expect(item["associations"]?[0]?["by"]?.string == "Jo Lens")
    #expect(item["associations"]?[0]?["renditions"]?.array?.compactMap { $0["name"]?.string } == ["w320", "w640"])
  }

  @Test("what is absent has no member, and no member is null or empty")
  func absent() {
    let bare = Edition(
      article: Article(headline: "x"), publisher: PublisherFacts(id: "c", name: "C", url: "https://a.b/"), uri: "urn:x",
      version: 1, firstSeen: Timestamp(seconds: 0)
    ).ninjs
    for (key, value) in bare.object?.members ?? [] {
      #expect(!value.isNull && value.array?.isEmpty != true && value.string?.isEmpty != true, "\(key)")
    }
    #expect(bare["bodies"] == nil && bare["associations"] == nil)
  }
}
