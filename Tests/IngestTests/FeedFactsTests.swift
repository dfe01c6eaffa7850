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
    "what closes a feed's texts is no part of them",
    arguments: [
      ("<p>One.</p><p>The post <a>Ferries</a> appeared first on <a>Courier</a>.</p>", ["One."]),
      ("<p>One. […]</p><p>The post Ferries return appeared first on Courier.</p>", ["One."]),
      ("One […] The post Ferries return appeared first on Courier.", ["One […]"]),
      ("<p>Eins.</p><p>Der Beitrag <a>Fähren</a> erschien zuerst auf <a>Courier</a>.</p>", ["Eins."]),
      ("<p>One</p> <a href=\"https://courier.example/a\">Continue reading...</a>", ["One"]),
      ("<p>One</p><p>Continue reading Ferries return →</p>", ["One"]), ("<p>Un.</p><p>[Lire la suite]</p>", ["Un."]),
      ("<p>Eins.</p><p>Weiterlesen …</p>", ["Eins."]), ("<p>It is so. <a>Read more »</a></p>", ["It is so."]),
      ("<p>The post he wrote appeared first on Facebook.</p>", ["The post he wrote appeared first on Facebook."]),
      ("<p>The post appeared first on Facebook.</p>", ["The post appeared first on Facebook."]),
      (
        "<p>The post Ferries appeared first on Courier.</p><p>B</p>",
        ["The post Ferries appeared first on Courier.", "B"]
      ),
      ("<p>They like to read more.</p>", ["They like to read more."]),
      ("<p>Children should read more…</p>", ["Children should read more…"]),
      (
        "<figure><img src=\"https://courier.example/a.jpg\"><figcaption>A ferry</figcaption></figure><p>One</p>",
        ["One"]
      ),
      ("<figure><img src=\"https://courier.example/a.jpg\"><figcaption>A ferry</figcaption></figure>", ["A ferry"]),
    ])
  func closings(html: String, body: [String]) throws {
    var item = item()
    item.contentHTML = html
    let article = try #require(FeedFacts.article(from: item, section: nil, publisher: publisher))
    #expect(article.body.flatMap(\.plainText) == body)
    item.contentHTML = "<p>Another text</p>"
    item.summary = "One. […] The post Ferries return appeared first on Courier."
    #expect(FeedFacts.article(from: item, section: nil, publisher: publisher)?.standfirst == "One.")
  }

  @Test(
    "the files of one picture are its renditions",
    arguments: [
      (["5000.jpg?width=140 140", "5000.jpg?width=460 460"], [["5000.jpg?width=460", "5000.jpg?width=140"]]),
      (
        ["a-300x200.jpg 300", "a-1024x683.jpg 1024", "a.jpg 2000"], [["a.jpg", "a-1024x683.jpg", "a-300x200.jpg"]]
      ),
      (["a.jpg", "b.jpg", "a-300x200.jpg"], [["a.jpg", "a-300x200.jpg"], ["b.jpg"]]),
      (["image.php?id=1", "image.php?id=2"], [["image.php?id=1"], ["image.php?id=2"]]),
    ])
  func pictures(files: [String], pictures: [[String]]) throws {
    var item = item()
    item.contentHTML = "<p>One</p><img src=\"https://courier.example/c.jpg\">"
    item.images = files.map { file in
      let parts = file.split(separator: " ")
      return FeedImage(
        url: WebURL("https://courier.example/i/" + parts[0])!, width: parts.count > 1 ? Int(parts[1]) : nil)
    }
    item.images[files.count - 1].credit = "Ada Moor"
    let article = try #require(FeedFacts.article(from: item, section: nil, publisher: publisher))
    let found = article.pictures.map {
      $0.renditions.map { String($0.href.dropFirst("https://courier.example/i/".count)) }
    }
    #expect(found == pictures)
    #expect(article.pictures.map(\.isLead) == pictures.indices.map { $0 == 0 })
    #expect(article.pictures.contains { $0.credit == "Ada Moor" })
  }

  @Test("the pictures of a text count where the feed names none")
  func picturesOfText() throws {
    var item = item()
    item.contentHTML = """
      <figure><img src="https://courier.example/a.jpg?x=1&amp;y=2" alt="Ship" width="800" height="600"><figcaption>A \
      <em>ferry</em></figcaption></figure><p>One</p><img src="https://courier.example/b.jpg">\
      <img src="https://courier.example/count.gif" width="1" height="1">
      """
    let article = try #require(FeedFacts.article(from: item, section: nil, publisher: publisher))
    #expect(article.body.flatMap(\.plainText) == ["One"])
    #expect(article.pictures.map { $0.renditions[0].href.suffix(13) } == ["a.jpg?x=1&y=2", "example/b.jpg"])
    #expect(article.pictures.map(\.caption) == ["A ferry", nil] && article.pictures.map(\.alt) == ["Ship", nil])
    #expect(article.pictures.map(\.isLead) == [true, false] && article.pictures[0].renditions[0].width == 800)
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
