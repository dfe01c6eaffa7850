import Feeds
import Testing
import Values

/// Rules about identity, addresses, people and dates.
@Suite struct RuleTests {
  func item(_ xml: String) throws -> FeedItem {
    try #require(try read(rss("<item>\(xml)</item>")).items.first)
  }

  @Test(
    arguments: [
      ("<guid>https://a.example/1</guid>", "https://a.example/1", "https://a.example/1"),
      (
        "<guid isPermaLink='true'>https://a.example/1</guid><link>https://a.example/2</link>", "https://a.example/1",
        "https://a.example/2"
      ),
      ("<guid isPermaLink='false'>https://a.example/1</guid>", "https://a.example/1", nil),
      ("<guid>17</guid>", "17", nil), ("<guid/><link>/2</link>", "https://paper.example/2", "https://paper.example/2"),
      ("<link> /x/../y z?q=ä </link>", "https://paper.example/y%20z?q=%C3%A4", "https://paper.example/y%20z?q=%C3%A4"),
      ("<link/><guid>http://a.example</guid>", "http://a.example", "http://a.example/"),
      ("<guid isPermaLink='true'>/p/1</guid>", "https://paper.example/p/1", "https://paper.example/p/1"),
      ("<guid>/p/1</guid><link>/2</link>", "https://paper.example/p/1", "https://paper.example/2"),
      ("<guid isPermaLink='false'>/p/1</guid>", "/p/1", nil), ("<guid isPermaLink='true'>17</guid>", "17", nil),
    ] as [(String, String, String?)])
  func identifies(_ xml: String, id: String, url: String?) throws {
    let item = try item(xml)
    #expect(item.id == id)
    #expect(item.url?.description == url)
  }

  @Test func hashesWhatHasNoIdentity() throws {
    let one = try item("<title>A</title><description>B</description>")
    #expect(one.id == (try item("<title> A </title><description>B</description>")).id)
    #expect(one.id != (try item("<title>A</title><description>C</description>")).id)
    #expect(one.id != (try item("<title>AB</title>")).id)
    #expect(one.id.count == "urn:newswire:item:".count + 32)
  }

  @Test func tellsItemsWithOneGuidApart() throws {
    let feed = try read(
      rss(
        "<item><guid>same</guid><link>https://a.example/1</link></item>"
          + "<item><guid>same</guid><link>https://a.example/2</link></item><item><guid>own</guid></item>"))
    #expect(feed.items.map(\.id) == ["same#https://a.example/1", "same#https://a.example/2", "own"])
    #expect(feed.repairs.count == 1)
    let twice = try read(
      rss(String(repeating: "<item><guid>g</guid><link>https://a.example/1</link></item>", count: 2)))
    #expect(twice.items.map(\.id) == ["g", "g"])
  }

  @Test("items without titles are one by what they say")
  func tellsUntitledItemsApart() throws {
    func item(_ mark: Int, _ text: String) -> String {
      "<item><guid>g</guid><link>https://a.example/live#\(mark)</link><description>\(text)</description></item>"
    }
    #expect(
      try read(rss(item(1, "one") + item(2, "two"))).items.map(\.id) == [
        "g#https://a.example/live#1", "g#https://a.example/live#2",
      ])
    #expect(try read(rss(item(1, "one") + item(2, "one"))).items.map(\.id) == ["g", "g"])
  }

  /// One article twice, by links that differ in what makes no other page of them.
  @Test(
    arguments: [
      ("https://a.example/1", "https://a.example/1?utm_source=rss", true),
      ("http://a.example/1", "https://www.a.example/1", true),
      ("https://a.example/1", "https://a.example/1#more", true),
      ("https://a.example/1?id=1", "https://a.example/1?id=2", false),
    ])
  func knowsOneArticleByItsLinks(_ first: String, _ second: String, isOne: Bool) throws {
    let items = [first, second].map { "<item><guid>g</guid><title>T</title><link>\($0)</link></item>" }.joined()
    let feed = try read(rss(items))
    #expect(feed.items.map(\.id) == (isOne ? ["g", "g"] : ["g#\(first)", "g#\(second)"]))
    #expect(feed.repairs.isEmpty == isOne)
  }

  /// Notes on one page, each with a place of its own there.
  @Test func tellsPlacesOfAPageApart() throws {
    let items = ["a", "b"].map {
      "<item><guid>g</guid><title>\($0)</title><link>https://a.example/#\($0)</link></item>"
    }
    #expect(try read(rss(items.joined())).items.map(\.id) == ["g#https://a.example/#a", "g#https://a.example/#b"])
  }

  @Test(
    arguments: [
      ("ann@a.example (Ann Lee)", "Ann Lee", "mailto:ann@a.example"),
      ("Ann Lee <ann@a.example>", "Ann Lee", "mailto:ann@a.example"),
      ("Ann Lee (mailto:ann@a.example)", "Ann Lee", "mailto:ann@a.example"),
      ("ann@a.example", "ann@a.example", "mailto:ann@a.example"),
      ("Ann Lee", "Ann Lee", nil), ("@ann", "@ann", nil), ("AT&amp;amp;T", "AT&T", nil),
      ("Ann Lee, ann@a.example", "Ann Lee", "mailto:ann@a.example"),
    ] as [(String, String, String?)])
  func readsPeople(_ text: String, name: String, url: String?) throws {
    #expect(
      try item("<author>\(text.replacing("<", with: "&lt;"))</author>").authors == [FeedAuthor(name: name, url: url)])
  }

  @Test(
    arguments: [
      ("By Ann Lee and Bo Ek", ["Ann Lee", "Bo Ek"]), ("by Ann Lee, Bo Ek and Cy Day", ["Ann Lee", "Bo Ek", "Cy Day"]),
      ("Ann Lee and Bo Ek", ["Ann Lee", "Bo Ek"]), ("By Ann", ["Ann"]), ("Arts and Culture", ["Arts and Culture"]),
      ("Lee, Ann", ["Lee, Ann"]), ("Byron Hill", ["Byron Hill"]), ("By", ["By"]),
      ("Ann Lee, Bo Ek and Cy Day", ["Ann Lee", "Bo Ek", "Cy Day"]), ("BY ANN LEE AND BO EK", ["ANN LEE", "BO EK"]),
      ("Ann Lee, Bo Ek, Cy Day", ["Ann Lee", "Bo Ek", "Cy Day"]), ("Ann Lee, Bo Ek", ["Ann Lee, Bo Ek"]),
      ("Ann Lee; Bo Ek", ["Ann Lee", "Bo Ek"]), ("Written by: Ann Lee", ["Ann Lee"]), ("By By Ann Lee", ["Ann Lee"]),
      ("Von Anna Meier und Bernd Vogel", ["Anna Meier", "Bernd Vogel"]), ("Von Miller", ["Von Miller"]),
      ("Par Anne Petit et Luc Roux", ["Anne Petit", "Luc Roux"]), ("Ana Ruiz y Luis Gil", ["Ana Ruiz", "Luis Gil"]),
      ("José Ortega y Gasset", ["José Ortega y Gasset"]), ("Vincent van Dyk og Bo Ek", ["Vincent van Dyk", "Bo Ek"]),
      ("王小明、李小華", ["王小明", "李小華"]), ("Johnson and Johnson", ["Johnson and Johnson"]),
      ("World News and Daily Sport", ["World News and Daily Sport"]), ("null", []), ("N/A", []), (" - ", []),
    ])
  func readsBylines(_ text: String, names: [String]) throws {
    #expect(try item("<dc:creator>\(text)</dc:creator>").authors.map(\.name) == names)
  }

  @Test func readsBylinesInAtom() throws {
    let feed = try read(
      "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id><author><name>By Ann Lee and Bo Ek</name></author>"
        + "<category term='1.234' label='Politics'/><content type='image/png'>iVBORw0KGgo=</content><summary>S</summary>"
        + "</entry></feed>")
    #expect(feed.items[0].authors.map(\.name) == ["Ann Lee", "Bo Ek"])
    #expect(feed.items[0].tags == ["Politics"])
    #expect(feed.items[0].contentText == "S" && feed.items[0].summary == nil)
  }

  @Test func prefersNamesToAddresses() throws {
    let item = try item(
      "<itunes:author>Show</itunes:author><author>desk@a.example</author><dc:creator>Ann Lee</dc:creator>")
    #expect(item.authors == [FeedAuthor(name: "Ann Lee")])
    #expect(try self.item("<itunes:author>Show</itunes:author>").authors == [FeedAuthor(name: "Show")])
  }

  @Test(
    arguments: [
      ("<author>Al Bo</author><dc:creator>Cy Day</dc:creator>", ["Al Bo", "Cy Day"]),
      ("<author>a@a.example (Ann Lee), b@a.example (Bo Ek)</author>", ["Ann Lee", "Bo Ek"]),
      ("<author>a@a.example, b@a.example</author>", ["a@a.example", "b@a.example"]),
      ("<author>news@a.example (Ann Lee and Bo Ek)</author>", ["Ann Lee", "Bo Ek"]),
      ("<author>news@a.example (By Ann Lee)</author>", ["Ann Lee"]),
      ("<dc:creator>Von Ann Lee und Bo Ek, Berlin</dc:creator>", ["Ann Lee", "Bo Ek"]),
      ("<dc:creator>Von Ann Lee, Berlin</dc:creator>", ["Ann Lee"]),
      ("<dc:creator>أحمد علي، محمد حسن</dc:creator>", ["أحمد علي", "محمد حسن"]),
      ("<author>a@a.example (Ann Lee)</author><dc:creator>ANN LEE</dc:creator>", ["Ann Lee"]),
      ("<author>a@a.example (Ann Lee)</author><dc:creator>Ann Lee</dc:creator>", ["Ann Lee"]),
      ("<author>Ann Leeson</author><dc:creator>Ann Lee</dc:creator>", ["Ann Leeson", "Ann Lee"]),
      ("<author>Ann Lee</author><dc:creator>Lee, A.</dc:creator>", ["Ann Lee"]),
      ("<author>ann</author><dc:creator>Ann Lee</dc:creator>", ["Ann Lee"]),
      ("<author>Ann Lee</author><dc:creator>desk@a.example</dc:creator>", ["Ann Lee"]),
      ("<author>Ann Lee</author><itunes:author>Show</itunes:author>", ["Ann Lee"]),
      (
        "<author><name>Ann Lee</name><email>a@a.example</email></author><dc:creator>Ann Lee</dc:creator>", ["Ann Lee"]
      ),
    ])
  func namesThePeopleOfBothFields(_ xml: String, _ names: [String]) throws {
    #expect(try item(xml).authors.map(\.name) == names)
    let many = (1...11).map { "Ann\($0) Lee" }
    let crowd = many.map { "<author>\($0)</author>" }.joined() + "<dc:creator>Bo Ek</dc:creator>"
    #expect(try item(crowd).authors.map(\.name) == many)
    let address = try item("<author>a@a.example (Ann)</author><dc:creator>Ann Lee</dc:creator>").authors
    #expect(address == [FeedAuthor(name: "Ann Lee", url: "mailto:a@a.example")])
  }

  @Test func anEditorOfAnItemIsItsAuthor() throws {
    let feed = try read(
      rss(
        "<managingEditor>Chief</managingEditor>"
          + "<item><managingEditor>a&#64;paper.example (A&#110;n)</managingEditor></item>"
          + "<item><managingEditor>Desk</managingEditor><author>Bo Ek</author></item><item><title>C</title></item>"))
    #expect(feed.authors == [FeedAuthor(name: "Chief")])
    #expect(feed.items.map { $0.authors.map(\.name) } == [["Ann"], ["Bo Ek"], []])
    #expect(feed.items[0].authors.first?.url == "mailto:a@paper.example")
    #expect(try read(rss("<item><managingEditor>Ann</managingEditor></item>")).authors == [])
  }

  @Test(arguments: ["<rss xml:lang='pt_BR'><channel>", "<rss><channel><language>pt_BR</language>"])
  func writesLanguagesWithHyphens(_ start: String) throws {
    let feed = try read(start + "<item><dc:language>zh_Hant_TW</dc:language></item></channel></rss>")
    #expect(feed.language == "pt-BR")
    #expect(feed.items.first?.language == "zh-Hant-TW")
    #expect(try read("<feed xml:lang='en_US'><entry xml:lang='en-US'/></feed>").items.first?.language == nil)
    let json = try read(
      #"{"version":"https://jsonfeed.org/version/1.1","language":"en_US","items":[{"id":"1","language":"pt_BR"}]}"#)
    #expect(json.language == "en-US")
    #expect(json.items.first?.language == "pt-BR")
  }

  @Test func takesTheNextDateWhenOneCannotBeRead() throws {
    let item = try item("<pubDate>whenever</pubDate><dc:date>2020-05-25T14:03:00Z</dc:date>")
    #expect(item.published?.rfc3339 == "2020-05-25T14:03:00Z")
  }

  @Test func takesNoDateForBeginningOfTime() throws {
    #expect(try item("<pubDate>Thu, 01 Jan 1970 00:00:00 GMT</pubDate>").published == nil)
    #expect(try item("<pubDate>soon</pubDate>").published == nil)
  }

  @Test func prefersTheDateOfTheFormat() throws {
    let both = try read(
      "<rss><channel><item><dc:date>2019-01-01</dc:date><pubDate>1 Jan 2020</pubDate>"
        + "<dcterms:modified>2021-01-01</dcterms:modified></item></channel></rss>")
    #expect(both.items.first?.published?.rfc3339 == "2020-01-01T00:00:00Z")
    #expect(both.items.first?.modified?.rfc3339 == "2021-01-01T00:00:00Z")
  }

  @Test(
    arguments: [
      ("<ttl>60</ttl>", 3600, nil), ("<ttl>-5</ttl>", nil, nil), ("<ttl>99999999999999999999</ttl>", nil, nil),
      ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", nil, 21600),
      ("<sy:updatePeriod> Weekly </sy:updatePeriod>", nil, 604_800),
      ("<sy:updateFrequency>2</sy:updateFrequency>", nil, 43200),
      ("<sy:updatePeriod>often</sy:updatePeriod>", nil, nil),
    ] as [(String, Int?, Int?)])
  func readsPeriods(_ xml: String, ttl: Int?, period: Int?) throws {
    let feed = try read(rss(xml))
    #expect(feed.ttl == ttl)
    #expect(feed.updatePeriod == period)
  }

  @Test func leavesSourceAndImageAlone() throws {
    let item = try item(
      "<title>Own</title><source url='https://b.example/'>B</source><image><title>No</title><link>https://c.example/</link>"
        + "<url>/p.png</url></image><x:variant xmlns:x='urn:x'><title>No</title><id>no</id></x:variant>")
    #expect(item.title == "Own")
    #expect(item.url == nil)
    #expect(item.images.map(\.url.description) == ["https://paper.example/p.png"])
  }

  @Test func dropsUserinfo() throws {
    let item = try item("<link>https://ann:secret@a.example/1</link>")
    #expect(item.url == WebURL("https://a.example/1"))
    #expect(
      !(try read(rss("<item><link>https://ann:secret@a.example/1</link></item>")).jsonFeed.text().contains("secret")))
  }

  @Test func resolvesAgainstTheItemWithoutBase() throws {
    let item = try item("<link>https://a.example/dir/page</link><description>&lt;img src='i.png'&gt;</description>")
    #expect(item.contentHTML == #"<img src="https://a.example/dir/i.png">"#)
  }
}
