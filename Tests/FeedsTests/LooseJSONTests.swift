import Feeds
import Testing
import Values

/// JSON Feeds as programs write them that do not keep to the specification, and as they arrive.
@Suite struct LooseJSONTests {
  /// One where the specification has a list, numbers in other forms, and the address where the id is.
  @Test(arguments: [
    #""authors": {"name": "Ann Lee"}"#, #""author": [{"name": "Ann Lee"}]"#, #""authors": "Ann Lee""#,
    #""authors": [null], "author": {"name": "Ann Lee"}"#,
  ])
  func readsOneForMany(_ author: String) throws {
    let feed = try read(
      #"{"version": "https://jsonfeed.org/version/1.1", "hubs": {"type": "WebSub", "url": "https://hub.example/"}, "#
        + #""items": [{"id": "https://paper.example/1", "date_published": 1590415380.5, "image": {"url": "/a.jpg"}, "#
        + #""attachments": {"url": "/a.mp3", "size_in_bytes": "12", "duration_in_seconds": "61"}, \#(author)}]}"#)
    let item = try #require(feed.items.first)
    #expect(item.authors == [FeedAuthor(name: "Ann Lee")])
    #expect(item.url?.description == "https://paper.example/1")
    #expect(item.published?.seconds == 1_590_415_380)
    #expect(item.attachments.first?.size == 12 && item.attachments.first?.duration == 61)
    #expect(item.images.first?.url.path == "/a.jpg")
    #expect(feed.hubs.count == 1)
  }

  @Test(arguments: [
    ("<p>In <b>short</b> &amp; good</p>", "In short & good"), ("1 < 2 &amp; <3", "1 < 2 & <3"),
  ])
  func summariesAreTexts(_ written: String, _ text: String) throws {
    let feed = try read(
      #"{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_text": "x", "summary": "\#(written)"}]}"#
    )
    #expect(feed.items.first?.summary == text)
  }

  /// Templates escape addresses as they do in HTML.
  @Test func readsEscapedAddresses() throws {
    let feed = try read(
      #"{"version": "https://jsonfeed.org/version/1.1", "home_page_url": " https://paper.example/ ", "#
        + #""items": [{"id": "1", "url": "https://paper.example/?a=1&amp;b=2", "image": "{{image}}"}]}"#)
    #expect(feed.items.first?.url?.description == "https://paper.example/?a=1&b=2")
    #expect(feed.items.first?.images.isEmpty == true)
    #expect(feed.homePage?.description == "https://paper.example/")
  }

  /// PHP's lists with gaps are objects.
  @Test func readsListsThatAreNumbered() throws {
    let feed = try read(
      #"{"version": "https://jsonfeed.org/version/1.1", "items": {"0": {"id": "1", "tags": {"0": "a", "2": "b"}}, "#
        + #""2": {"id": "2", "tags": [{"name": "c"}]}}}"#)
    #expect(feed.items.map(\.id) == ["1", "2"])
    #expect(feed.items.map(\.tags) == [["a", "b"], ["c"]])
  }

  private static let start = #"{"version": "https://jsonfeed.org/version/1.1", "#

  /// A hub of another kind would be asked in vain.
  @Test(
    arguments: [
      (#"{"type": "WebSub", "url": "https://h.example/"}"#, true), (#"{"url": "https://h.example/"}"#, true),
      (#"{"type": "websub", "url": "https://h.example/"}"#, true),
      (#"{"type": "rssCloud", "url": "https://h.example/"}"#, false),
    ])
  func takesHubsOfWebSub(_ hub: String, isTaken: Bool) throws {
    let feed = try read(Self.start + #""hubs": [\#(hub)], "items": []}"#)
    #expect(feed.hubs.map(\.description) == (isTaken ? ["https://h.example/"] : []))
  }

  /// Numbers of more than 64 bits, in a sound document and in one that has to be repaired.
  @Test(arguments: ["", ","])
  func keepsTheDigitsOfIDs(_ slip: String) throws {
    let items = ["17845678901234567001", "17845678901234567002", "9223372036854775807", "7"]
    let feed = try read(
      Self.start
        + #""items": [\#(items.map { #"{"id": \#($0), "content_text": "x"}"# }.joined(separator: ","))\#(slip)]}"#)
    #expect(feed.items.map(\.id) == items)
  }

  @Test func keepsFacesAndIcons() throws {
    let feed = try read(
      Self.start
        + #""icon": "/i.png", "favicon": "/f.ico", "authors": [{"name": "Ann", "avatar": "/ann.png"}], "items": []}"#)
    #expect(feed.icon == "https://paper.example/i.png" && feed.favicon == "https://paper.example/f.ico")
    #expect(feed.authors == [FeedAuthor(name: "Ann", avatar: "https://paper.example/ann.png")])
    #expect(Feed(jsonFeed: feed.jsonFeed) == feed)
    let small = try read(Self.start + #""favicon": "/f.ico", "items": []}"#)
    #expect(small.icon == "https://paper.example/f.ico" && small.favicon == nil)
  }

  /// A slip in the second of three items.
  @Test(arguments: [
    (#"{"id": "2", "title": "B", "x": True}"#, ["1", "2", "3"]), (#"{"id": "2", "title": "B""#, ["1", "2", "3"]),
    (#"{"id": "2", "tags": ["a", "b"}"#, ["1", "2", "3"]), (#"{"id": "2", "title": "B"}}"#, ["1", "2", "3"]),
    (#"{"id": "2", "title" "B"}"#, ["1", "3"]),
    (#"{"id": "2", "attachments": [{"url" "/a"}, {"url": "/b"}]}"#, ["1", "3"]),
    (#"{"id": "2", "title": "A" : "b", "_wp": {"id": "8"}, "authors": [{"id": "9"}, {"id": "10"}]}"#, ["1", "3"]),
    (#"{"id": "2",<br />"url": "https://a.example/2", "title": "B"}"#, ["1", "3"]),
    ("{\"id\": \"2\",\u{A0}\"title\": \"B\",\u{A0}\"tags\": [\"a\", \"b\"]}", ["1", "2", "3"]),
    (#"{"id": "2", "title": "B",<br />"tags": ["a", "b"]}"#, ["1", "3"]),
  ])
  func oneSlipCostsOneItem(_ second: String, _ ids: [String]) throws {
    let feed = try read(
      #"{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}, \#(second), {"id": "3"}], "title": "T"}"#
    )
    #expect(feed.items.map(\.id) == ids)
    #expect(feed.title == "T" && !feed.endsEarly && feed.repairs.count == 1)
  }

  /// Rather none than items that are none, and rather none than an empty feed.
  @Test(arguments: [
    #""authors": [{"name": "A"}]], "items": [{"id": "1"}, {"id": "2"}]"#,
    #""description": "d", {"home_page_url": "https://paper.example/"}, "items": [{"id": "1"}]"#,
    #""items": [{"id": "1"}, {"id": "2", "content_html": "<p x="{"id":"5","title":"ad"}">x</p>"}, {"id": "3"}]"#,
    #""items": [{"id": "1", "title" "B"}]"#,
  ])
  func refusesToGuess(_ members: String) {
    #expect(throws: FeedError.self) {
      try read(#"{"version": "https://jsonfeed.org/version/1.1", "title": "T", \#(members)}"#)
    }
  }

  /// What a cache writes behind a document says nothing about its end.
  @Test(arguments: ["\n<!-- Cached -->", ";", "\n{}", ", "])
  func textBehindJSONCostsNoItem(_ text: String) throws {
    let feed = try read(#"{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}, {"id": "2"}]}"# + text)
    #expect(feed.items.map(\.id) == ["1", "2"])
    #expect(!feed.endsEarly && feed.repairs.count == 1)
  }

  /// Wherever a document is cut, the items before it are read.
  @Test func cutJSONKeepsWhatIsWhole() throws {
    let item = #"{"id": "1", "title": "\u043d\u0430", "x": [true, false, null, -1.5e3], "content_text": "\n\"a"}"#
    let whole = #"{"version": "https://jsonfeed.org/version/1.1", "items": [\#(item), \#(item), \#(item)]}"#
    let second = try #require(whole.ranges(of: item).dropFirst().first).upperBound
    for end in whole[second...].indices {
      let feed = try read(String(whole[..<end]))
      #expect(feed.endsEarly && feed.items.count >= 1, "\(whole[..<end].suffix(20))")
    }
  }
}
