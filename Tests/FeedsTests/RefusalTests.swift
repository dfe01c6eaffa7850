import Feeds
import Testing
import Values

/// What is no feed, and what no feed may do.
@Suite struct RefusalTests {
  @Test(arguments: ["", "  \n\t ", "\u{FEFF}"])
  func refusesNothing(_ text: String) {
    #expect(throws: FeedError(.empty)) { try read(text) }
  }

  @Test func namesTheFeedsOfAPage() throws {
    let page = """
      <!DOCTYPE html><html><head><title>Paper</title><base href="https://paper.example/news/">
      <link rel="stylesheet" href="x.css"><link rel="alternate" hreflang="de" href="/de">
      <link rel="alternate" type="application/rss+xml" href="feed.xml">
      <link rel="alternate" type="application/atom+xml" href="/atom"></head><body><p>Hi</body></html>
      """
    let feeds = ["https://paper.example/news/feed.xml", "https://paper.example/atom"].compactMap { WebURL($0) }
    let error = #expect(throws: FeedError(.htmlPage(feeds: feeds))) { try read(page) }
    #expect(error?.hint.contains("https://paper.example/atom") == true)
  }

  /// A tree of a page of megabytes would cost many times its size.
  @Test func looksForFeedsInTheHeadOfAPage() throws {
    let link = "<link rel=alternate type=application/rss+xml href="
    let page = "<html>\(link)/feed>" + String(repeating: "<p>x</p>", count: 150_000) + "\(link)/other></html>"
    let error = #expect(throws: FeedError.self) { try read(page) }
    #expect(error?.reason == .htmlPage(feeds: [try #require(WebURL("https://paper.example/feed"))]))
  }

  @Test(arguments: [
    ("hello", FeedError.Reason.notAFeed), ("\u{89}PNG\r\n", .notAFeed),
    ("<html><body>x</body></html>", .htmlPage(feeds: [])),
    ("{\"a\": 1}", .unknownFormat("JSON without the members of a JSON Feed")),
    ("<?xml version='1.0'?><opml version='2.0'><body/></opml>", .unknownFormat("XML with the root element <opml>")),
  ])
  func tellsWhatItIs(_ text: String, reason: FeedError.Reason) {
    let error = #expect(throws: FeedError.self) { try read(text) }
    #expect(error?.reason == reason)
    #expect(error?.hint.isEmpty == false)
  }

  @Test func tellsWhereItBreaks() {
    let error = #expect(throws: FeedError.self) { try read("<!-- a\nb -->\n<rss><") }
    #expect(error?.line == 3)
    guard case .malformed = error?.reason else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func refusesLargeBodies() {
    #expect(throws: FeedError(.tooLarge(limit: 10))) {
      try FeedReader.read(Array(repeating: 0x3C, count: 11), limit: 10)
    }
  }

  @Test(arguments: [
    "<!DOCTYPE rss [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
    "<!DOCTYPE rss [<!ENTITY % a \"x\"> %a;]>", "<!DOCTYPE rss [<!ENTITY a \"<b>x</b>\">]>",
    "<!DOCTYPE rss [<!ENTITY a \"\(String(repeating: "x", count: 257))\">]>",
    "<!DOCTYPE rss [\((0..<65).map { "<!ENTITY a\($0) \"x\">" }.joined())]>",
    "<!DOCTYPE rss [<!ENTITY a \"x\">]><!DOCTYPE rss [<!ENTITY b \"x\">]>",
    "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\">]>",
    "<!DOCTYPE rss [<!NOTATION n SYSTEM \"n\"><!ENTITY a SYSTEM \"x\" NDATA n>]>",
  ])
  func refusesEntities(_ type: String) {
    let error = #expect(throws: FeedError.self) {
      try read("<?xml version=\"1.0\"?>\n" + type + rss("<item><title>&a;</title></item>"))
    }
    #expect(error?.reason == .entityDeclaration)
    #expect(error?.line == 2)
  }

  @Test func allowsADocumentType() throws {
    let type =
      #"<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">"#
    let feed = try read(type + rss("<item><title>&eacute;t&eacute;</title></item>"))
    #expect(feed.items.first?.title == "été")
  }

  @Test func boundsDepth() throws {
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(throws: FeedError(.tooDeep)) { try withoutPlace { try read("<rss>" + deep) } }
    let feed = try read(rss("<item><title>First</title></item><item><description>" + deep + "</description></item>"))
    #expect(feed.items.map(\.title) == ["First"])
    #expect(throws: FeedError.self) { try read(String(repeating: "[", count: 100_000)) }
  }

  @Test func boundsItemsAndParts() throws {
    let item =
      "<item><guid>1</guid><title>An item of the length that is usual</title><link>/a/story/of/the/usual/length</link></item>"
    let feed = try read(rss(String(repeating: item, count: 100_001)))
    #expect(feed.items.count == 100_000)
    #expect(feed.repairs == ["only the first 100000 items read"])
    // Items of seven bytes would cost fifty times their size.
    let dense = try read(rss(String(repeating: "<item/>", count: 100_000)))
    #expect(dense.items.count < 40_000)
    #expect(dense.repairs.count == 1)
    // So would items of fifty that hold more than texts.
    let rich = try read(rss(String(repeating: "<item><guid>1</guid><comments>/c</comments></item>", count: 60_000)))
    #expect(rich.items.count < 40_000)
    #expect(rich.repairs == ["only the first \(rich.items.count) items read"])
    let files = (0..<5000).map { "<enclosure url='/\($0).jpg'/>" }.joined()
    let full = try #require(try read(rss("<item>\(files)</item>")).items.first)
    #expect(full.attachments.count == 200)
    #expect(full.images.count == 200)
  }

  private func withoutPlace(_ body: () throws -> Feed) throws {
    do { _ = try body() } catch let error as FeedError { throw FeedError(error.reason) }
  }

  @Test(arguments: ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", " JaVaScRiPt:x"])
  func refusesOtherSchemes(_ address: String) throws {
    let feed = try read(
      rss(
        "<item><title>T</title><link>\(address)</link><guid>\(address)</guid>"
          + "<enclosure url=\"\(address)\" type=\"image/png\"/>"
          + "<description>&lt;a href=\"\(address)\"&gt;x&lt;/a&gt;&lt;img src=\"\(address)\"&gt;</description></item>"))
    let item = try #require(feed.items.first)
    #expect(item.url == nil)
    #expect(item.attachments.isEmpty)
    #expect(item.images.isEmpty)
    #expect(item.contentHTML == "x")
  }

  /// Whatever byte is changed and wherever the document ends, an answer comes.
  @Test(arguments: ["rss20.xml", "atom10.xml", "news-sitemap.xml", "feed.json"])
  func neverTraps(_ name: String) throws {
    let bytes = try fixture(name)
    var feeds = 0
    for index in stride(from: 0, to: bytes.count, by: 17) {
      var changed = bytes
      changed[index] = [0x00, 0x3C, 0x26, 0xFF, 0x5D, 0x22][index % 6]
      if (try? FeedReader.read(changed)) != nil { feeds += 1 }
      if (try? FeedReader.read(Array(bytes[..<index]))) != nil { feeds += 1 }
    }
    #expect(feeds > 40)
  }
}
