import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://www.news.example/live/council-vote")!

@Suite struct LiveBlogTests {
  private let markup = """
    <html lang=en-GB><title>Live: the council votes</title><body><main><h1>Live: the council votes on the library</h1>
    <p>The council meets on Monday evening to decide, after four hours of debate, whether the library stays open all year.</p>
    <div class="feed">
    \((1...5).map { """
    <article class="live-blog-entry" id="e\($0)"><time datetime="2026-03-02T1\($0):00:00Z">1\($0).00</time><h3>Entry \($0)</h3>
    <p>Entry number \($0) tells what was said in the hall, and who said it to whom, at some length.</p></article>
    """ }.joined())
    </div></main></body></html>
    """

  @Test func entriesOutOfTheMarkup() throws {
    let found = try PageExtractor(manifest: nil).extract(Array(markup.utf8), url: address).article
    #expect(found.kind == .liveBlog)
    #expect(found.entries.map(\.headline) == ["Entry 1", "Entry 2", "Entry 3", "Entry 4", "Entry 5"])
    #expect(found.entries[0].published?.rfc3339 == "2026-03-02T11:00:00Z")
    #expect(found.entries[1].text.hasPrefix("Entry number 2 tells"))
    #expect(found.entries[1].url == "https://www.news.example/live/council-vote#e2")
    let facts = PublisherFacts(id: "x", name: "X", url: "https://x.example/")
    let item = Edition(article: found, publisher: facts, uri: "urn:x", version: 1, firstSeen: Timestamp(seconds: 0))
      .ninjs
    #expect(item["genres"]?[0]?["literal"]?.string == "live-blog")
    let entries = item["associations"]?.array?.filter { $0["rel"]?.string == "entry" } ?? []
    #expect(entries.count == 5)
    #expect(entries[2]["contentCreated"]?.string == "2026-03-02T13:00:00Z")
    #expect(try Article(record: found.record) == found)
  }

  @Test func entriesOutOfTheData() throws {
    let page = """
      <html><script type="application/ld+json">{"@type": "LiveBlogPosting", "headline": "The council votes",
      "datePublished": "2026-03-02T10:00:00Z", "liveBlogUpdate": [
       {"@type": "BlogPosting", "headline": "First", "datePublished": "2026-03-02T11:00:00+01:00", "articleBody": "<p>One.</p><p>Two.</p>"},
       {"@type": "BlogPosting", "datePublished": "2026-03-02T12:00:00Z", "articleBody": "Three.", "url": "/live/x#3"}]}</script>
      <body><h1>The council votes</h1></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.kind == .liveBlog)
    #expect(found.entries.map(\.text) == ["One.\n\nTwo.", "Three."])
    #expect(found.entries.map(\.published?.rfc3339) == ["2026-03-02T11:00:00+01:00", "2026-03-02T12:00:00Z"])
    #expect(found.entries[1].url == "https://www.news.example/live/x#3")
    // The page shows nothing else: the entries are the text.
    #expect(found.bodyText.contains("One.") && found.bodyText.contains("First"))
  }

  @Test(arguments: [
    ("1772449200", "2026-03-02T11:00:00Z"), ("1772449200000", "2026-03-02T11:00:00Z"),
    // Microseconds, and a number that is no time: neither may name a year that no record can keep.
    ("1772449200000000", "2026-03-02T11:00:00Z"), ("103333333333433", nil),
  ])
  func unixTimesOfEntries(written: String, expected: String?) throws {
    let page = markup.replacing("2026-03-02T11:00:00Z", with: written)
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.entries[0].published?.rfc3339 == expected)
    #expect(try Article(record: found.record) == found)
  }

  /// A card that leads to another article does not take the entry with it, and the hour of an entry is no line of the
  /// text.
  @Test func aCardBelowAnEntry() throws {
    let said = "The hall is full, and the clerk has asked twice for silence before the first speaker is heard by all. "
    let entries = (1...6).map {
      """
      <li itemprop=liveBlogUpdate id=e\($0)><div><span itemprop=datePublished content="2026-03-02T1\($0):00:00Z">Mar 2, 2026 1\($0):00 (UTC)</span></div>
      <h2>Entry \($0)</h2><div class=post_content><p>\(said)</p><p>Entry \($0) ends with who went home, and why.</p>
      <div class=card><a href="/news/what-a-library-means-to-us-\($0)"><h3>What a library means to us, part \($0)</h3></a></div></div></li>
      """
    }
    let page =
      "<html><title>Live: the council votes</title><body><main><h1>Live: the council votes on the library</h1>"
      + "<ul>\(entries.joined())</ul></main></body></html>"
    let text = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article.bodyText
    #expect(text.contains("Entry 3 ends with who went home"))
    #expect(!text.contains("What a library means"))
    #expect(!text.contains("(UTC)"))
  }

  @Test func aListOfNewsIsNoLiveBlog() throws {
    let page = markup.replacing("Live: the", with: "The").replacing("live-blog-entry", with: "teaser")
    #expect(
      try PageExtractor(manifest: nil).extract(Array(page.utf8), url: WebURL("https://www.news.example/a")!).article
        .kind == .article)
  }
}
