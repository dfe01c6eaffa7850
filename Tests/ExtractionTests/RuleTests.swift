import Articles
import Extraction
import Manifest
import Testing
import Values

private let address = WebURL("https://www.news.example/world/a-story")!
private let page = """
  <html lang=en><head><meta property="og:title" content="From meta | The News">
  <meta name="article:tag" content="one"><meta name="article:tag" content="two">
  <script type="application/ld+json">{"@graph": [{"@type": "WebPage", "name": "Page"}, {"@type": "NewsArticle",
   "headline": "From data", "datePublished": "2026-03-01 10:00", "author": [{"name": "Ann Able"}, {"name": "Bob Baker"}],
   "free": false, "image": [{"url": "/a.jpg"}, {"url": "/b.jpg"}]}]}</script>
  <script id="state" type="application/json">{"page": {"kicker": "From state", "html": "<p>One, two.</p><p>Three, four.</p>"}}</script>
  </head><body><div class="ad">Buy now</div><header><h1>From heading</h1><div class="by">By Ann Able | Bob Baker</div></header>
  <div class="text"><p>First paragraph, of the text.</p><p class="crosshead">A crosshead</p>
  <figure class="pic"><img src="/grey-stand-in.png"><img src="/real.jpg" alt="A real one"><figcaption>The caption
  <span class="cred">Credit: Ann Able</span></figcaption></figure>
  <p>Second paragraph, of the text.</p><div class="promo"><p>Subscribe, or else.</p></div></div></body></html>
  """

private func extraction(_ rules: String) throws -> Extraction {
  let manifest = try Manifest(
    parsing: """
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
      \(rules)
      """, file: "plugin.toml")
  return try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: address)
}

@Suite struct RuleTests {
  @Test(arguments: [
    (#"["css:h1"]"#, "From heading", "css:h1"),
    (#"["css:h7", "jsonld:headline", "css:h1"]"#, "From data", "jsonld:headline"),
    (#"["jsonld:NewsArticle.headline"]"#, "From data", "jsonld:NewsArticle.headline"),
    (#"["jsonld:WebPage.name"]"#, "Page", "jsonld:WebPage.name"),
    (#"[{ meta = "og:title", replace = [["\\s+\\| The News$", ""]] }]"#, "From meta", "meta:og:title"),
    (#"["xpath:string(//h1)"]"#, "From heading", "xpath:string(//h1)"),
    (#"["xpath:'constant'"]"#, "constant", "xpath:'constant'"),
    (#"["json:#state|page.kicker"]"#, "From state", "json:#state|page.kicker"),
    (#"[{ css = "h1", where = "//nothing" }, "meta:og:title"]"#, "From meta | The News", "meta:og:title"),
    (#"[{ css = "h1", where = "//header" }]"#, "From heading", "css:h1"),
    (#"[{ css = "h1", match = "From (\\w+)" }]"#, "heading", "css:h1"),
    (#"[{ css = "h1", drop = "From" }, "meta:og:title"]"#, "From meta | The News", "meta:og:title"),
    (#"[{ css = "h1", replace = [["From (\\w+)", "To $1 for $$"]] }]"#, "To heading for $", "css:h1"),
    (#"[{ css = "figure img", attribute = "alt" }]"#, "A real one", "css:figure img"),
    (#"["jsonld:free"]"#, "false", "jsonld:free"),
    (#"["jsonld:image.1.url"]"#, "/b.jpg", "jsonld:image.1.url"),
    (#"["jsonld:image.*.url"]"#, "/a.jpg", "jsonld:image.*.url"),
  ])
  func candidates(_ rule: String, _ headline: String, _ fired: String) throws {
    let found = try extraction("headline = \(rule)")
    #expect(found.article.headline == headline)
    #expect(found.rules["headline"]?.rule == fired)
  }

  @Test func aFieldWithoutValueFallsBack() throws {
    let found = try extraction(#"headline = ["css:.nothing"]"#)
    #expect(found.article.headline == "From meta")
    #expect(found.rules["headline"]?.rule == "generic")
  }

  @Test func severalValues() throws {
    #expect(try extraction(#"keywords = ["meta:article:tag"]"#).article.keywords == ["one", "two"])
    #expect(
      try extraction(#"authors = ["jsonld:author.name"]"#).article.authors.map(\.name) == ["Ann Able", "Bob Baker"])
    let split = try extraction(#"authors = [{ css = ".by", replace = [["^By ", ""]], split = "\\s*\\|\\s*" }]"#)
    #expect(split.article.authors.map(\.name) == ["Ann Able", "Bob Baker"])
  }

  @Test func authorsComeOutOfTheByline() throws {
    let found = try extraction(#"byline = ["css:.by"]"#).article
    #expect(found.byline == "By Ann Able | Bob Baker")
    #expect(found.authors.map(\.name) == ["Ann Able", "Bob Baker"])
  }

  @Test func datesWithoutOffsetAreInTheZone() throws {
    #expect(
      try extraction(#"published = ["jsonld:datePublished"]"#).article.published?.rfc3339 == "2026-03-01T10:00:00+01:00"
    )
  }

  @Test func bodyOfAContainer() throws {
    let found = try extraction(
      """
      remove = ["css:.ad"]
      body = ["css:.nothing", "css:.text"]
      body_remove = ["css:.promo"]
      subheads = ["css:.crosshead"]
      [article.images]
      select = ["css:figure"]
      drop = "stand-in"
      credit = [{ css = ".cred", replace = [["^Credit: ", ""]] }]
      """)
    #expect(
      found.article.body == [
        .paragraph([.text("First paragraph, of the text.")]), .heading(level: 2, [.text("A crosshead")]), .figure(0),
        .paragraph([.text("Second paragraph, of the text.")]),
      ])
    #expect(
      found.article.pictures == [
        Picture(
          isLead: false, renditions: [Rendition(href: "https://www.news.example/real.jpg")], caption: "The caption",
          credit: "Ann Able", alt: "A real one")
      ])
    #expect(found.rules["body"]?.rule == "css:.text")
  }

  @Test func bodyOfBlocks() throws {
    let found = try extraction(#"body = ["css:.text > p, .text figure"]"#)
    #expect(
      found.article.bodyText == "First paragraph, of the text.\n\nA crosshead\n\nSecond paragraph, of the text.")
    #expect(found.article.body.contains(.figure(0)))
  }

  @Test func bodyOutOfAScript() throws {
    let found = try extraction(#"body = ["json:#state|page.html"]"#)
    #expect(found.article.body == [.paragraph([.text("One, two.")]), .paragraph([.text("Three, four.")])])
  }

  @Test func bodyRemovedNodesStillServeOtherFields() throws {
    let found = try extraction(
      """
      body = ["css:.text"]
      body_remove = ["css:figure", "css:.promo", "css:.crosshead"]
      [article.images]
      select = ["css:figure"]
      lead = ["css:.pic"]
      drop = "stand-in"
      """)
    #expect(found.article.body.count == 2)
    #expect(found.article.pictures.map(\.isLead) == [true])
  }

  /// A selector that finds nothing any more leaves the body its own pictures, and the page its others where the body's
  /// first rule failed as well.
  @Test func picturesWithoutTheirSelector() throws {
    let rules = """
      body = ["css:.%"]
      [article.images]
      select = ["css:.nothing"]
      drop = "stand-in"
      """
    #expect(try extraction(rules.replacing("%", with: "text")).article.pictures.count == 1)
    #expect(try extraction(rules.replacing("%", with: "text > p")).article.pictures.isEmpty)
    #expect(try extraction(rules.replacing("%", with: "nothing")).article.pictures.count == 1)
  }

  @Test func removedDataGivesNothing() throws {
    let found = try extraction(#"remove = ["css:meta[property='og:title']", "xpath://script"]"#)
    #expect(found.article.headline == "From heading")
    #expect(found.article.published == nil)
  }

  @Test func aBylineOfSeveralElements() throws {
    let found = try extraction(#"byline = [{ xpath = "//div[@class='by']", split = " \\| " }]"#).article
    #expect(found.byline == "By Ann Able, Bob Baker")
    #expect(found.authors.map(\.name) == ["Ann Able", "Bob Baker"])
  }

  @Test func fillCountsWhatIsThere() throws {
    let found = try extraction(#"standfirst = ["xpath:'x'"]"#)
    #expect(found.fill > 0.5 && found.fill < 1)
    #expect(found.article.kind == .article)
  }
}
