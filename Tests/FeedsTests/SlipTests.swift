import Feeds
import Testing
import Values

/// Small slips of templates and transport that once cost every item, or the fields behind them.
@Suite struct SlipTests {
  private static let items = (1...3).map {
    "<item><title>Story \($0)</title><link>https://paper.example/\($0)</link></item>"
  }.joined()
  private static let entries = (1...3).map {
    "<entry><title>Story \($0)</title><id>\($0)</id></entry>"
  }.joined()

  // MARK: CDATA in CDATA

  @Test(
    arguments: [
      ("<![CDATA[Breaking: <![CDATA[Fire in X]]>]]>", "Breaking: Fire in X"),
      ("&lt;![CDATA[Fire]]&gt; in X", "Fire in X"), ("<![CDATA[<![CDATA[Fire]]> in X]]>", "Fire in X"),
      ("<![CDATA[A <![CDATA[B]]> C <![CDATA[D]]> E]]>", "A B C D E"), ("A &lt;![cdata[B", "A B"),
      ("<![CDATA[<![CDATA[Fire]]>]]>", "Fire"), ("A &lt;![CDATA[B &lt;![CDATA[C]]&gt;]]&gt; ]]&gt;", "A B C ]]>"),
    ])
  func unwrapsCDATAAnywhere(_ text: String, _ expected: String) throws {
    let feed = try read(rss("<item><title>\(text)</title><description>\(text)</description></item>"))
    #expect(feed.items.map(\.title) == [expected])
    #expect(feed.items[0].contentHTML?.replacing("&gt;", with: ">") == expected)
    #expect(feed.repairs.contains("CDATA inside of CDATA unwrapped"))
  }

  @Test func leavesAScriptsCDATAAlone() throws {
    let html = "<p>A!</p><script>//<![CDATA[\n x() //]]]]><![CDATA[></script><p>B</p>"
    let feed = try read(rss("<item><description><![CDATA[\(html)]]></description></item>"))
    #expect(feed.items[0].contentHTML == "<p>A!</p><p>B</p>")
    #expect(feed.repairs == [])
  }

  @Test(.timeLimit(.minutes(1))) func manySectionsStayLinear() throws {
    let text = String(repeating: "a &lt;![CDATA[", count: 100_000)
    let feed = try read(rss("<item><title>T</title><description>\(text)</description></item>"))
    #expect(feed.items[0].contentHTML?.count ?? 0 > 199_000)
  }

  // MARK: The head

  @Test(arguments: [
    "<title>News<title><link>https://paper.example/</link>", "<generator>X<generator>", "<language>en<language>",
    "<title>News <b>of the day<link>https://paper.example/</link>", "<description>News<br>of the day</descripton>",
    "<generator>X<\u{E9}generator>", "<title>News</title><description>Of the day<image><url>/a.png</url></image>",
    "<managingEditor>Ann<managingEditor><webMaster>Bo</webMaster>",
  ])
  func oneSlipInTheHeadCostsNoItem(_ head: String) throws {
    let feed = try read("<rss version=\"2.0\"><channel>\(head)\(Self.items)</channel></rss>")
    #expect(feed.items.map(\.title) == ["Story 1", "Story 2", "Story 3"])
    #expect((feed.title ?? "").count < 40, "\(feed.title ?? "")")
  }

  @Test(arguments: ["<title>News<title>", "<subtitle>x<subtitle>", "<id>x<id>", "<generator>x<br>"])
  func norDoesItInAtom(_ head: String) throws {
    let feed = try read("<feed xmlns=\"http://www.w3.org/2005/Atom\">\(head)\(Self.entries)</feed>")
    #expect(feed.items.map(\.title) == ["Story 1", "Story 2", "Story 3"])
  }

  @Test func aStartTagForAnEndTagEndsTheField() throws {
    let feed = try read(
      "<rss><channel><title>News<title><link>https://paper.example/<link>\(Self.items)</channel></rss>")
    #expect(feed.title == "News")
    #expect(feed.homePage?.description == "https://paper.example/")
  }

  @Test(arguments: [
    "<rss><channel><item><title>Story 1</title></item></channel></rss><item><title>Story 2</title></item></channel></rss>",
    "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Story 1</title></entry></feed>"
      + "<entry><title>Story 2</title></entry></feed>",
  ])
  func itemsBehindAnEarlyEndAreRead(_ text: String) throws {
    #expect(try read(text).items.map(\.title) == ["Story 1", "Story 2"])
  }

  /// The quote that is missing is that of another tag then, in another item or in none.
  @Test(arguments: [
    ("<rss xmlns:dc=\"http://purl.org/dc/elements/1.1/><channel>", ""), ("<rss><channel xml:lang=\"en>", ""),
    ("<rss><channel><atom:link rel=\"self\" href=\"/feed/>", ""),
    ("<rss><channel>", "<enclosure url=\"/a.jpg\" length=\"1/>"),
    ("<rss><channel>", "<guid isPermaLink=\"false>g</guid>"),
    ("<rss><channel>", "<category domain='x>News</category>"),
    ("<rss><channel>", "<media:content url=\"/a.jpg></media:content>"),
  ])
  func anOpenQuoteCostsNoItem(_ head: String, _ field: String) throws {
    let items = ["A", "B", "C"].map {
      "<item><title>\($0)</title>\($0 == "B" ? field : "")<guid isPermaLink=\"false\">\($0)</guid>"
        + "<category domain='y'>News</category><enclosure url=\"/\($0).mp3\"/></item>\n"
    }
    let feed = try read(head + items.joined() + "</channel></rss>")
    #expect(feed.items.map(\.title) == ["A", "B", "C"])
    #expect(feed.items.map(\.id) == ["A", "B", "C"])
    #expect(feed.items.allSatisfy { $0.tags == ["News"] && $0.attachments.last?.mimeType == "audio/mpeg" })
  }

  @Test func markupInAnAttributeIsItsValue() throws {
    let picture =
      "<media:content medium=\"image\" title=\"<p>a</p> <b>b</b>\" url=\"/a.jpg\"/><description>D</description>"
    let item = try #require(try read(rss("<item>\(picture)</item>")).items.first)
    #expect(item.images.map(\.url.path) == ["/a.jpg"])
    #expect(item.contentHTML == "D")
  }

  @Test(arguments: ["<!-- x", "<?x", "<?title>A</title>", "<link>/a<?a=1</link>", "<![CDATA[x"])
  func whatNeverEndsHidesNothing(_ junk: String) throws {
    let feed = try read("<rss><channel><item>\(junk)</item>\(Self.items)</channel></rss>")
    #expect(feed.items.map(\.title).suffix(3) == ["Story 1", "Story 2", "Story 3"])
    #expect(!feed.endsEarly)
  }

  /// What is cut off inside of a text ends there, whatever the text holds.
  @Test(arguments: ["<![CDATA[", "x <![CDATA["])
  func aCutSectionHoldsNoElements(_ begin: String) throws {
    let lines = String(repeating: "One<br>", count: 300)
    let feed = try read("<rss><channel><title>T</title><item><description>\(begin)\(lines)<link>/no</link><item>")
    #expect(feed.items.isEmpty && feed.endsEarly)
  }

  @Test(arguments: ["<xml version=\"1.0\"?>", "<xml version=\"1.0\">\n", "<-- made by hand -->"])
  func aBrokenDeclarationIsNoRoot(_ declaration: String) throws {
    #expect(try read(declaration + rss(Self.items)).items.count == 3)
  }

  // MARK: Inside an item

  /// An item whose fields are all there, but for one end tag.
  @Test(arguments: ["title", "link", "category", "dc:creator", "pubDate", "description", "content:encoded", "guid"])
  func oneEndTagCostsNoOtherField(_ name: String) throws {
    let whole = """
      <item><title>Story</title><link>https://paper.example/1</link><category>News</category><category>UK</category>
      <dc:creator>Ann Lee</dc:creator><pubDate>Tue, 05 Mar 2024 10:00:00 GMT</pubDate><guid>g1</guid>
      <description>Text</description><content:encoded>&lt;p&gt;Body&lt;/p&gt;</content:encoded>
      <media:content url="https://paper.example/a.jpg" medium="image"/></item>
      """
    let feed = try read(rss(whole.replacing("</\(name)>", with: "", maxReplacements: 1) + Self.items))
    #expect(feed.items.count == 4)
    let item = try #require(feed.items.first)
    #expect(item.title == "Story")
    #expect(item.url?.description == "https://paper.example/1")
    #expect(item.tags == ["News", "UK"])
    #expect(item.authors == [FeedAuthor(name: "Ann Lee")])
    #expect(item.published == Timestamp(rfc3339: "2024-03-05T10:00:00Z"))
    #expect(item.contentHTML == "<p>Body</p>")
    #expect(item.images.count == 1)
  }

  // MARK: Namespaces

  /// Addresses that publishers write for modules, and some that they make up.
  @Test(arguments: [
    ("media", "http://www.rssboard.org/media-rss", "<media:content url='https://paper.example/a.jpg' medium='image'/>"),
    ("media", "https://paper.example/ns", "<media:content url='https://paper.example/a.jpg' medium='image'/>"),
    ("content", "http://web.resource.org/rss/1.0/modules/content/", "<content:encoded>Body</content:encoded>"),
    ("dc", "http://dublincore.org/documents/dcmi-namespace/", "<dc:creator>Ann Lee</dc:creator>"),
    ("dcterms", "http://purl.org/dc/terms/", "<dcterms:creator>Ann Lee</dcterms:creator>"),
    ("prism", "http://purl.org/rss/1.0/modules/prism/", "<prism:publicationDate>2024-03-05</prism:publicationDate>"),
  ])
  func modulesByTheirPrefix(_ prefix: String, _ namespace: String, _ element: String) throws {
    let feed = try read(
      "<rss xmlns:\(prefix)=\"\(namespace)\"><channel><item><title>A</title>\(element)</item></channel></rss>")
    let item = try #require(feed.items.first)
    let hasPart = !item.images.isEmpty || item.contentHTML != nil || !item.authors.isEmpty || item.published != nil
    #expect(hasPart)
    // The name of another's element stays another's.
    let other = try read("<rss xmlns:x=\"\(namespace)/x\"><channel><item><x:title>A</x:title></item></channel></rss>")
    #expect(other.items.first?.title == nil)
  }

  @Test func theRootMayNameItsOwnElementsAsItLikes() throws {
    let feed = try read(
      "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns=\"http://paper.example/ns\">"
        + "<channel><title>T</title></channel>\(Self.items)</rdf:RDF>")
    #expect(feed.items.map(\.title) == ["Story 1", "Story 2", "Story 3"])
    let inner = try read(rss("<item><title>A</title><x xmlns=\"http://paper.example/ns\"><title>B</title></x></item>"))
    #expect(inner.items.map(\.title) == ["A"])
  }

  // MARK: Empty fields and wrappers

  @Test(arguments: [
    "<description/><itunes:summary>Sum</itunes:summary>", "<description/><dc:description>Sum</dc:description>",
    "<description> </description><media:description>Sum</media:description>",
    "<description><![CDATA[]]></description><atom:summary>Sum</atom:summary>",
    "<description></description><description>Sum</description>", "<content>Sum</content>",
  ])
  func emptyTextsHideNothing(_ fields: String) throws {
    let item = try #require(try read(rss("<item><title/><dc:title>Name</dc:title>\(fields)</item>")).items.first)
    #expect(item.contentHTML ?? item.contentText == "Sum")
    #expect(item.title == "Name")
  }

  @Test func emptyFactsOfAtomHideNothing() throws {
    let feed = try read(
      "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>A</title><title/><id>i</id><id/>"
        + "<published>2024-03-05T10:00:00Z</published><published/><updated>2024-03-06T10:00:00Z</updated><updated/>"
        + "<description>Sum</description></entry></feed>")
    let item = try #require(feed.items.first)
    #expect(item.title == "A")
    #expect(item.id == "i")
    #expect(item.published == Timestamp(rfc3339: "2024-03-05T10:00:00Z"))
    #expect(item.modified == Timestamp(rfc3339: "2024-03-06T10:00:00Z"))
    #expect(item.contentHTML == "Sum" || item.summary == "Sum" || item.contentText == "Sum")
  }

  @Test func fieldsMayStandInAWrapper() throws {
    let feed = try read(
      rss(
        "<item><categories><category>News</category><category>UK</category></categories>"
          + "<authors><author>Ann Lee</author></authors><description>D</description><content>Whole</content></item>"))
    let item = try #require(feed.items.first)
    #expect(item.tags == ["News", "UK"])
    #expect(item.authors == [FeedAuthor(name: "Ann Lee")])
    #expect(item.contentHTML == "Whole")
    #expect(item.summary == "D")
  }

  // MARK: Addresses

  @Test(arguments: ["\u{A0}", "\u{200B}", "\u{FEFF}", "\u{A0}\u{200B}"])
  func invisibleSignsBesideAnAddress(_ sign: String) throws {
    let item = try read(rss("<item><link>\(sign)https://paper.example/1\(sign)</link></item>")).items.first
    #expect(item?.url?.description == "https://paper.example/1")
    #expect(try read(rss("<item><link>\(sign)</link><title>A</title></item>")).items.first?.url == nil)
  }

  // MARK: Pictures

  /// What programs write of a picture that is not quite a media type.
  @Test(arguments: [
    #"url="/1.jpg" type="image/jpeg" width="640px" height="360""#,
    #"url="/1.jpg" type="image" width="640" height="360""#,
    #"url="/1.jpg" type="jpg" width="640" height="360""#, #"url="/1.jpg" medium="photo" width="640" height="360""#,
    #"url="/1.jpg" type="application/octet-stream" width="640" height="360""#,
    #"url="/api/res/1.2/0f3c" width="640" height="360""#, #"url="/1.jpg!w600" width="640" height="360""#,
  ])
  func loosePicturesKeepTheirWords(_ attributes: String) throws {
    let media =
      "<media:content \(attributes)><media:description>Cap</media:description><media:credit>Ann</media:credit>"
    let item = try #require(try read(rss("<item>\(media)</media:content></item>")).items.first)
    let image = try #require(item.images.first)
    #expect(item.images.count == 1 && item.attachments.isEmpty)
    #expect(image.caption == "Cap" && image.credit == "Ann" && image.width == 640 && image.height == 360)
  }

  @Test(arguments: [
    #"url="/1.mp4" width="640" height="360""#, #"url="/film" width="640" height="360" duration="60""#,
    #"url="/film" medium="video" width="640" height="360""#, #"url="/a.pdf" type="application/pdf""#,
  ])
  func filmsAreNoPictures(_ attributes: String) throws {
    let item = try #require(try read(rss("<item><media:content \(attributes)/></item>")).items.first)
    #expect(item.images.isEmpty && item.attachments.count == 1)
  }

  // MARK: JSON

  @Test func namesAndTitlesOfJSONFeedsAreTexts() throws {
    let feed = try read(
      #"{"version":"https://jsonfeed.org/version/1.1","title":"A &amp; B","items":[{"id":"1","title":"I&#039;m <i>here</i>","#
        + #""authors":[{"name":"By Ann Lee and Bo Ek"}],"tags":["News","news","A &amp; B"],"content_text":"x"}]}"#)
    #expect(feed.title == "A & B")
    let item = try #require(feed.items.first)
    #expect(item.title == "I'm <i>here</i>")
    #expect(item.authors.map(\.name) == ["Ann Lee", "Bo Ek"])
    #expect(item.tags == ["News", "A & B"])
  }

  // MARK: Cost

  /// What once took time that grew with the square of its size: a quarter of a megabyte took minutes.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("<item><author>a@a.example Ann ", "-", "</author></item>"),
      ("<item><author>a@a.example Ann", " ,", "</author></item>"),
      ("<item><dc:creator>By Ann Lee", ", Jr", "</dc:creator></item>"),
      ("<!DOCTYPE x [", "<!--", "<item/>"), ("", "<!-- ", ""), ("", "<? ", ""), ("", "<![CDATA[ ", ""),
      (
        "<item><link>https://a.example/" + String(repeating: "L", count: 60_000) + "/x</link><description>",
        "&lt;a href=../../b>x&lt;/a>", "</description></item>"
      ),
    ])
  func costsNoMoreThanItsSize(_ begin: String, _ piece: String, _ end: String) throws {
    _ = try? read(rss(begin + String(repeating: piece, count: 500_000 / piece.utf8.count) + end))
  }

  /// The end of a value is looked for in the value alone.
  @Test(.timeLimit(.minutes(1))) func manyValuesWithSignsStayBounded() throws {
    _ = try? read(rss("<item " + String(repeating: "a=\"<\" ", count: 700_000) + "/>"))
  }

  /// Bases in one another are each short, and long together.
  @Test func basesInOneAnotherAreNotCopiedWithoutEnd() throws {
    let text =
      String(repeating: "<p xml:base='a/'>", count: 200) + String(repeating: "<a href='b'>x</a>", count: 20_000)
      + String(repeating: "</p>", count: 200)
    let feed = try read(
      "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><content type='xhtml'>\(text)</content></entry></feed>"
    )
    let html = try #require(feed.items.first?.contentHTML)
    #expect(html.contains("/a/a/b\">x</a>"))
    #expect(html.utf8.count < 4 * text.utf8.count)
  }

  /// A base address inside a text is not copied into every link behind it.
  @Test func longBasesOfTextsAreNotTaken() throws {
    let links = String(repeating: "<a href=\"b\">x</a>", count: 2000)
    for length in [100, 30_000] {
      let base = "https://a.example/" + String(repeating: "L", count: length) + "/"
      let feed = try read(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><content type='xhtml'>"
          + "<div xmlns='http://www.w3.org/1999/xhtml' xml:base='\(base)'>\(links)</div></content></entry></feed>")
      let html = try #require(feed.items.first?.contentHTML)
      #expect(html.hasPrefix(length == 100 ? "<a href=\"\(base)b\">" : "<a href=\"https://paper.example/b\">"))
      #expect(html.utf8.count < 400_000)
    }
  }
}
