import Feeds
import Testing
import Values

/// Elements of one format in another, with their prefixes and without.
@Suite struct BorrowedElementTests {
  private func item(_ parts: String) throws -> FeedItem {
    let feed = try read(
      "<rss xmlns:atom=\"http://www.w3.org/2005/Atom\" xmlns:content=\"http://purl.org/rss/1.0/modules/content/\">"
        + "<channel><item>\(parts)</item></channel></rss>")
    return try #require(feed.items.first)
  }

  // MARK: In RSS

  @Test(
    arguments: [
      ("published", "2020-01-01T00:00:00Z", nil), ("issued", "2020-01-01T00:00:00Z", nil),
      ("created", "2020-01-01T00:00:00Z", nil), ("date", "2020-01-01T00:00:00Z", nil),
      ("updated", nil, "2020-01-01T00:00:00Z"),
      ("modified", nil, "2020-01-01T00:00:00Z"), ("lastBuildDate", nil, "2020-01-01T00:00:00Z"),
    ] as [(String, String?, String?)])
  func datesWithoutPrefix(_ name: String, _ published: String?, _ modified: String?) throws {
    let item = try item("<\(name)>Wed, 01 Jan 2020 00:00:00 GMT</\(name)>")
    #expect(item.published?.rfc3339 == published)
    #expect(item.modified?.rfc3339 == modified)
  }

  /// Some feeds say so who entered the item, and when what it tells of happens.
  @Test func creatorsAndDatesWithoutPrefixCountLast() throws {
    let creator = "<creator>jdoe_cms</creator>"
    #expect(try item("<creator>Ann Lee</creator>").authors.map(\.name) == ["Ann Lee"])
    for other in [
      "<author>ann@paper.example (Ann Lee)</author>", "<dc:creator>Ann Lee</dc:creator>",
      "<author>ann@paper.example (Ann Lee)</author><dc:creator>Ann Lee</dc:creator>",
    ] {
      #expect(try item(creator + other).authors.map(\.name) == ["Ann Lee"])
    }
    for other in ["<dc:date>2020-01-01T00:00:00Z</dc:date>", "<pubDate>Wed, 01 Jan 2020 00:00:00 GMT</pubDate>"] {
      let item = try item("<date>2021-12-24</date>" + other)
      #expect(item.published?.rfc3339 == "2020-01-01T00:00:00Z")
    }
  }

  @Test func theDateOfTheFormatCountsFirst() throws {
    let item = try item(
      "<published>2019-01-01</published><created>2018-01-01</created><pubDate>Wed, 01 Jan 2020 00:00:00 GMT</pubDate>")
    #expect(item.published?.rfc3339 == "2020-01-01T00:00:00Z")
  }

  @Test(
    arguments: [
      ("<summary>A &lt;b&gt;word&lt;/b&gt;</summary>", "A <b>word</b>", nil, nil),
      ("<summary type=\"text\">A &lt;b&gt;</summary>", nil, "A <b>", nil),
      ("<summary>Short</summary><description>Own</description>", "Own", nil, nil),
      ("<summary>Short</summary><content:encoded>Long</content:encoded>", "Long", nil, "Short"),
      ("<summary>Short</summary><atom:summary>Atom</atom:summary>", "Atom", nil, nil),
    ] as [(String, String?, String?, String?)])
  func summaries(_ parts: String, _ html: String?, _ text: String?, _ summary: String?) throws {
    let item = try item(parts)
    #expect(item.contentHTML == html)
    #expect(item.contentText == text)
    #expect(item.summary == summary)
  }

  @Test(arguments: [
    ("<keywords>Sea, New York ,Sky</keywords>", ["Sea", "New York", "Sky"]), ("<tags>Sea;Sky</tags>", ["Sea", "Sky"]),
    ("<category>Sea</category><keywords>sea, Sky</keywords>", ["Sea", "Sky"]),
    ("<tags><tag>Sea</tag><tag>Sky</tag></tags>", []), ("<atom:category term=\"Sea\"/>", ["Sea"]),
    ("<atom:category term=\"https://a.example/1\" label=\"Sea\"/>", ["Sea"]),
    ("<atom:category>Sea</atom:category><category>Sky</category>", ["Sky", "Sea"]),
  ])
  func tags(_ parts: String, _ tags: [String]) throws {
    #expect(try item(parts).tags == tags)
  }

  @Test(arguments: [
    ("<atom:subtitle>Sub</atom:subtitle>", "Sub"),
    ("<atom:subtitle type=\"html\">A &lt;b&gt;word&lt;/b&gt;</atom:subtitle>", "A <b>word</b>"),
    ("<atom:subtitle>Sub</atom:subtitle><description>Own</description>", "Own"),
    ("<itunes:subtitle>Show</itunes:subtitle><atom:subtitle>Sub</atom:subtitle>", "Sub"),
  ])
  func subtitles(_ parts: String, _ description: String) throws {
    let feed = try read(
      "<rss xmlns:atom=\"http://www.w3.org/2005/Atom\"><channel>\(parts)<item/></channel></rss>")
    #expect(feed.description == description)
  }

  @Test func atomAuthorsWithoutElements() throws {
    #expect(try item("<atom:author>Ann Lee</atom:author>").authors == [FeedAuthor(name: "Ann Lee")])
    #expect(
      try item("<atom:author><atom:name>Ann Lee</atom:name></atom:author>").authors == [FeedAuthor(name: "Ann Lee")])
  }

  // MARK: In Atom

  @Test(
    arguments: [
      ("<author>Ann Lee</author>", ["Ann Lee"], nil), ("<author><![CDATA[Ann Lee]]></author>", ["Ann Lee"], nil),
      ("<author> ann@a.example (Ann Lee) </author>", ["Ann Lee"], "mailto:ann@a.example"),
      ("<author>\n <!-- desk -->\n <name>Ann Lee</name></author>", ["Ann Lee"], nil),
      ("<author>Bo Ek</author><author><name>Ann Lee</name></author>", ["Ann Lee"], nil),
      ("<author></author>", [], nil), ("<author/>", [], nil), ("<author>\n</author>", [], nil),
      ("<source><author>Cy Day</author></source><author>Ann Lee</author>", ["Ann Lee"], nil),
    ] as [(String, [String], String?)])
  func authorsWithoutElements(_ parts: String, _ names: [String], _ address: String?) throws {
    let feed = try read("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry>\(parts)<title>T</title></entry></feed>")
    #expect(feed.items.first?.authors.map(\.name) == names)
    #expect(feed.items.first?.authors.first?.url == address)
    #expect(feed.items.first?.title == "T")
    #expect(feed.repairs == [])
  }

  @Test func aFeedsAuthorWithoutElements() throws {
    let feed = try read("<feed xmlns=\"http://www.w3.org/2005/Atom\"><author>Desk</author><entry/></feed>")
    #expect(feed.authors == [FeedAuthor(name: "Desk")])
  }
}
