import Articles
import Feeds
import Manifest
import Testing
import Values

@testable import Ingest

@Suite("What the feed says")
struct FeedFactsTests {
  private let publisher = try! Manifest(
    parsing: """
      [publisher]
      id = "courier"
      name = "Courier"
      url = "https://courier.example/"
      country = "gb"
      language = "en"
      zone = "UTC"
      """, file: "plugin.toml"
  ).publisher

  private func item() -> FeedItem {
    var item = FeedItem(id: "urn:1")
    item.url = WebURL("https://courier.example/a?utm_source=rss")
    item.title = "Ferries return"
    item.published = Timestamp(seconds: 1000)
    item.tags = ["ferries"]
    item.authors = [FeedAuthor(name: "Ada Moor"), FeedAuthor(name: "desk@courier.example")]
    return item
  }

  @Test("the page's word wins, the feed fills the rest")
  func complete() {
    var article = Article(headline: "Ferries are back")
    article.published = Timestamp(seconds: 2000)
    FeedFacts.complete(&article, from: item(), section: "News", publisher: publisher)
    #expect(article.headline == "Ferries are back")
    #expect(article.published == Timestamp(seconds: 2000))
    #expect(article.section == "News" && article.language == "en" && article.guid == "urn:1")
    #expect(article.authors.map(\.name) == ["Ada Moor"])
    #expect(article.canonicalURL == "https://courier.example/a")
  }

  @Test(
    "an article from the feed alone",
    arguments: [
      ("<p>One &amp; two</p><p>Three<br>four</p>", nil, ["One & two", "Three", "four"], nil as String?),
      ("<p>Body one</p><p>Body two</p>", "The summary", ["Body one", "Body two"], "The summary"),
      ("<p>Body</p>", "Fewer than 5 < 6, and <b", ["Body"], "Fewer than 5 < 6, and <b"),
      (nil, "Only 3 <5 &lt; here", ["Only 3 <5 &lt; here"], nil),
      (nil, nil, [], nil),
      ("a < b &lt;script&gt;", nil, ["a", "b <script>"], nil),
    ] as [(String?, String?, [String], String?)])
  func alone(html: String?, summary: String?, body: [String], standfirst: String?) throws {
    var item = item()
    item.contentHTML = html
    item.summary = summary
    let article = try #require(FeedFacts.article(from: item, section: nil, publisher: publisher))
    #expect(article.isPartial)
    if html?.contains("a <") != true { #expect(article.body.flatMap(\.plainText) == body) }
    #expect(article.standfirst == standfirst)
  }

  @Test(
    "an id is an address where there is no other", arguments: [("https://courier.example/1", true), ("urn:1", false)])
  func addressOfID(id: String, isAddress: Bool) {
    var item = FeedItem(id: id)
    #expect(FeedFacts.url(of: item)?.description == (isAddress ? id : nil))
    item.url = WebURL("https://courier.example/a")
    #expect(FeedFacts.url(of: item) == item.url)
  }

  @Test("nothing is made of an item without a title")
  func untitled() {
    var item = item()
    item.title = nil
    #expect(FeedFacts.article(from: item, section: nil, publisher: publisher) == nil)
  }
}
