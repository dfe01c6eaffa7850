import Feeds
import Testing
import Values

/// What programs print before a feed, into it and behind it.
@Suite struct NoticeTests {
  private static let notice =
    "<br />\n<b>Warning</b>:  Undefined key \"x\" in <b>/home/z.php</b> on line <b>12</b><br />\n"
  private static let plainNotice = "\nWarning: Undefined key \"x\" in /home/z.php on line 12\n"

  private func item(_ parts: String) throws -> FeedItem {
    try #require(try read(rss("<item>\(parts)</item>")).items.first)
  }

  @Test("feeds begin far behind notices", arguments: [40, 400])
  func farNotices(count: Int) throws {
    let feed = rss("<item><title>A</title></item>")
    for notice in [Self.notice, Self.plainNotice] {
      let before = String(repeating: notice, count: count)
      #expect(try read(before + "<?xml version='1.0'?>" + feed).items.map(\.title) == ["A"])
    }
    #expect(try read(String(repeating: Self.notice, count: count) + feed).items.map(\.title) == ["A"])
    let json = #"{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A"}]}"#
    #expect(try read(String(repeating: Self.notice, count: count) + json).items.map(\.title) == ["A"])
  }

  @Test("pages are no feeds though they show one")
  func pages() throws {
    let rules = String(repeating: "body { color: red }\n", count: 500)
    let head =
      "<!DOCTYPE html><html><head><link rel=\"alternate\" type=\"application/rss+xml\" href=\"/feed\"><style>\(rules)</style>"
    let feed = "<?xml version='1.0'?>" + rss("<item><title>A</title></item>")
    #expect(try read(head + "</head><body>x</body></html>\n" + feed).items.map(\.title) == ["A"])
    let pages = [
      head + "</head><body><pre>\(feed)</pre></body></html>",
      head + "<script type='text/xml'>\(feed)</script></head></html>",
      "<p>" + rules + rss("<item/>"), "<br>\(rules)<script>\nx = {\"a\": 1}</script>",
    ]
    for page in pages { #expect(throws: FeedError.self) { try read(page) } }
    let error = #expect(throws: FeedError.self) { try read(pages[0]) }
    #expect(error?.reason == .htmlPage(feeds: [try #require(WebURL("https://paper.example/feed"))]))
  }

  @Test(
    "links are found among words",
    arguments: [
      (notice + "https://paper.example/1", "1"), (plainNotice + "https://paper.example/1", "1"),
      ("<![CDATA[" + notice + "https://paper.example/1]]>", "1"), ("<a href=\"https://paper.example/1\">x</a>", "1"),
      ("<b>https://paper.example/1</b>", "1"), ("\n https://paper.example/a b.html \n", "a%20b.html"),
      ("/a b.html", "a%20b.html"), ("story one", "story%20one"),
    ])
  func links(_ written: String, _ path: String) throws {
    #expect(try item("<link>\(written)</link>").url?.description == "https://paper.example/" + path)
  }

  @Test(
    "a notice is no part of a field",
    arguments: [
      (notice + "Real", "Real"), (notice + notice + "Real", "Real"), ("<![CDATA[" + notice + "Real]]>", "Real"),
      (plainNotice + "Real", "Real"),
      ("Warning: storms in the north on line 12", "Warning: storms in the north on line 12"),
      ("Warning: delays on line 12 of the tube", "Warning: delays on line 12 of the tube"),
      ("Notice: new rules", "Notice: new rules"),
    ])
  func fields(_ written: String, _ text: String) throws {
    let item = try item(
      "<title>\(written)</title><guid isPermaLink='false'>\(written)</guid><dc:creator>\(written)</dc:creator>")
    #expect(item.title == text && item.id == text && item.authors.map(\.name) == [text])
  }

  @Test("documents behind one another are one feed")
  func documents() throws {
    func document(_ range: Range<Int>) -> String {
      "<?xml version='1.0'?>" + rss(range.map { "<item><title>\($0)</title><guid>urn:\($0)</guid></item>" }.joined())
    }
    #expect(try read(document(0..<3) + "\n" + document(3..<5)).items.map(\.title) == ["0", "1", "2", "3", "4"])
    #expect(try read(document(0..<3) + document(0..<3)).items.map(\.id) == ["urn:0", "urn:1", "urn:2"])
    #expect(try read(document(0..<3) + "<script>var a = 1 < 2;</script>").items.count == 3)
  }
}
