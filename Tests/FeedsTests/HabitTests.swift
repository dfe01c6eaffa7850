import Feeds
import Testing
import Values

/// What programs of publishers do to feeds, each alone a small thing that once cost a title, a text or the whole feed.
@Suite struct HabitTests {
  private func item(_ parts: String) throws -> FeedItem {
    try #require(try read(rss("<item>\(parts)</item>")).items.first)
  }

  // MARK: Signs

  @Test(arguments: [
    ("On $p&lt;q$ and $\\alpha$: a study", "On $p<q$ and $\\alpha$: a study"),
    ("If a&lt;b and c&gt;d, then", "If a<b and c>d, then"), ("Is P&lt;NP", "Is P<NP"),
    ("Price: 5 &lt; x &lt;y and z&gt; end", "Price: 5 < x <y and z> end"),
    ("Dear &lt;customer&gt;, a letter", "Dear <customer>, a letter"),
    ("Mails to &lt;ann@paper.example&gt; count", "Mails to <ann@paper.example> count"),
    ("A &lt;b&gt;bold&lt;/b&gt; &lt;i&gt;word&lt;/i&gt;&lt;br/&gt;here", "A bold word here"),
    ("&lt;span class=\"x\"&gt;A&lt;/span&gt; &lt;custom-tag&gt;B &lt;strike&gt;C", "A B C"),
    ("A &lt;a href=\"https://paper.example/\"&gt;link&lt;/a&gt;", "A link"),
    ("Cut off &lt;a href=\"https://pap", "Cut off"),
  ])
  func titlesKeepTheirSigns(_ written: String, _ title: String) throws {
    #expect(try item("<title>\(written)</title>").title == title)
  }

  @Test func contentKeepsItsSigns() throws {
    let html = try item("<description>We show $a&lt;b$ and $c>d$, &lt;em&gt;all&lt;/em&gt;.</description>").contentHTML
    #expect(html == "We show $a&lt;b$ and $c&gt;d$, <em>all</em>.")
  }

  // MARK: Texts

  @Test func plainDescriptionsKeepTheirParagraphs() throws {
    let html = try item("<description>One\nline.\n\nTwo &amp;amp; three.\n \nFour.</description>").contentHTML
    #expect(html == "<p>One line.</p><p>Two &amp; three.</p><p>Four.</p>")
    #expect(try item("<description>One\nline.</description>").contentHTML == "One\nline.")
    let cut = "&amp;lt;p&amp;gt;The mayor &amp;amp;amp; council&amp;lt;/p&amp;gt;"
    let marked = try item("<description>1 &lt; 2 &lt;b>so&lt;/b>.\n\n&lt;A href='/2'>Two&lt;/A>.</description>")
    #expect(marked.contentHTML == "<p>1 &lt; 2 <b>so</b>.</p><p><a href=\"https://paper.example/2\">Two</a>.</p>")
    #expect(try item("<description>I &lt;3 it.\n\nTwo.</description>").contentHTML == "<p>I &lt;3 it.</p><p>Two.</p>")
    for block in ["&lt;br>", "&lt;!-- -->", "&lt;p>b&lt;/p>"] {
      #expect(try item("<description>a\n\n\(block)</description>").contentHTML?.hasPrefix("a") == true)
    }
    for gap in ["", "\n", "\n\n"] {
      let twice = try item("<description>\(cut)\(gap)&amp;lt;p&amp;gt;Two&amp;lt;/p&amp;gt;</description>").contentHTML
      #expect(
        twice?.replacing("\n", with: "").replacing(" <p>", with: "<p>") == "<p>The mayor &amp; council</p><p>Two</p>")
    }
  }

  @Test func blocksWithoutAPlaceHereAreLines() throws {
    let html = try item("<description>&lt;div&gt;One.&lt;/div&gt;&lt;div&gt;Two.&lt;/div&gt;</description>").contentHTML
    #expect(html == "One.<br>Two.")
  }

  @Test(
    arguments: [
      (
        "", "First.\n\nSecond: the &lt;b&gt; tag, and 3 &lt;4.\n#news", nil,
        "First.\n\nSecond: the <b> tag, and 3 <4.\n#news"
      ),
      ("", "&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;", "<p>One</p><p>Two</p>", nil),
      (" type=\"html\"", "A &lt;b&gt;tag&lt;/b&gt;\nhere", "A <b>tag</b> here", nil),
      ("", "One &amp;amp; two", "One &amp; two", nil),
    ] as [(String, String, String?, String?)])
  func mediaDescriptionsArePlain(_ type: String, _ written: String, _ html: String?, _ text: String?) throws {
    let item = try item("<media:group><media:description\(type)>\(written)</media:description></media:group>")
    #expect(item.contentHTML == html)
    #expect(item.contentText == text)
  }

  // MARK: CDATA

  @Test(arguments: [
    "&lt;![CDATA[A &lt;b&gt;title&lt;/b&gt;]]&gt;", "<![CDATA[<![CDATA[A title]]]]><![CDATA[>]]>",
    "<![CDATA[<![CDATA[A title]]]]>&gt;", "<![CDATA[<![CDATA[A title]]>]]>",
  ])
  func unwrapsWhatIsWrappedTwice(_ written: String) throws {
    let feed = try read(rss("<item><title>\(written)</title></item>"))
    #expect(feed.items.first?.title == "A title")
    #expect(feed.repairs.contains { $0.contains("CDATA") })
  }

  /// The end of CDATA that a script has, or an expression that looks like one, is text.
  @Test(
    arguments: [
      (
        "&lt;![CDATA[&lt;p>A&lt;/p>&lt;script>//&lt;![CDATA[ x() //]]&gt;&lt;/script>&lt;p>B&lt;/p>]]&gt;",
        "<p>A</p><p>B</p>"
      ),
      ("&lt;![CDATA[var x=a[b[0]]&gt;1; c]]&gt;", "var x=a[b[0]]&gt;1; c"),
    ])
  func endsWhatIsWrappedAtItsOwnEnd(_ written: String, _ html: String) throws {
    #expect(try read(rss("<item><description>\(written)</description></item>")).items.first?.contentHTML == html)
  }

  /// A hundred thousand sections in one another once ended the worker.
  @Test(arguments: ["<![CDATA[", "&lt;![CDATA["])
  func unwrapsWhatIsWrappedWithoutEnd(_ begin: String) throws {
    let wrapped = String(repeating: begin, count: 100_000)
    let feed = try read(
      rss("<item><title>\(wrapped)A title]]></title></item><item><description>\(wrapped)</description></item>"))
    #expect(feed.items.first?.title == "A title")
  }

  @Test(arguments: ["title", "description"])
  func closesCDATAWithItsElement(_ name: String) throws {
    let items = (1...3).map { "<item><\(name)><![CDATA[Text \($0)]]></\(name)><guid>\($0)</guid></item>" }
    for broken in 0..<3 {
      var items = items
      items[broken] = items[broken].replacing("]]>", with: "")
      let feed = try read(rss(items.joined()))
      #expect(feed.items.map { $0.title ?? $0.contentHTML } == ["Text 1", "Text 2", "Text 3"], "\(broken)")
      #expect(feed.items.map(\.id) == ["1", "2", "3"])
      #expect(feed.repairs.contains { $0.contains("CDATA without end") })
    }
  }

  @Test func sectionsInsideOfSectionsEndNothing() throws {
    let inner = "<p>A</p><script><![CDATA[ 1 ]]></script><p>B</p>"
    let feed = try read(
      rss("<item><description><![CDATA[\(inner)]]></description></item><item><title>C</title></item>"))
    #expect(feed.items.first?.contentHTML == "<p>A</p><p>B</p>")
    #expect(feed.items.last?.title == "C")
  }

  /// Work stays in proportion to the document, however many sections are not closed.
  @Test(.timeLimit(.minutes(1)), arguments: ["", "]]>"])
  func manyOpenSectionsStayBounded(_ end: String) throws {
    for item in [
      "<item><title><![CDATA[A</title></item>", "<item><description><![CDATA[A<![CDATA[</description></item>",
      "<item><title><![CDATA[<![CDATA[A",
    ] {
      let feed = try read(rss(String(repeating: item, count: 30_000) + end))
      #expect(!feed.repairs.isEmpty)
    }
  }

  @Test func keepsCDATAOfScripts() throws {
    let html = try item(
      "<description><![CDATA[<p>A</p><p>Write <code>&lt;![CDATA[</code> so.</p><!-- <![CDATA[ -->]]></description>"
    ).contentHTML
    #expect(html == "<p>A</p><p>Write <code>&lt;![CDATA[</code> so.</p>")
  }

  // MARK: What stands before a feed

  @Test(arguments: [
    "<br />\n<b>Notice</b>:  Undefined index: x in <b>/srv/x.php</b> on line <b>12</b><br />\n",
    "<script>window.x = 1</script>\n", "<pre>Warning: a &lt; b</pre>", "<!DOCTYPE html><html><body></body></html>\n",
    "Notice: x\n<br>",
  ])
  func skipsWhatStandsBefore(_ junk: String) throws {
    let feed = try read(junk + "<?xml version=\"1.0\"?>\n" + rss("<item><title>A</title></item>"))
    #expect(feed.items.map(\.title) == ["A"])
    #expect(feed.repairs.contains { $0.contains("before the document") })
  }

  @Test func pagesThatShowAFeedAreNone() {
    let page = "<!DOCTYPE html><html><body><pre>" + rss("<item><title>A</title></item>") + "</pre></body></html>"
    #expect(throws: FeedError.self) { try read(page) }
  }

  // MARK: Dates

  @Test(arguments: [
    "Mon, 01 Jan 0001 00:00:00 GMT", "Wed, 30 Nov -0001 00:00:00 +0000", "9999-12-31T23:59:59Z", "1899-12-30",
    "1970-01-01T00:00:00+01:00",
  ])
  func absurdDatesGiveWay(_ absurd: String) throws {
    let feed = try read(
      "<rss xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><item><pubDate>\(absurd)</pubDate>"
        + "<dc:date>2024-06-01T10:15:00Z</dc:date></item></channel></rss>")
    #expect(feed.items.first?.published?.rfc3339 == "2024-06-01T10:15:00Z")
  }

  // MARK: Links

  @Test(
    arguments: [
      ("<![CDATA[https://paper.example/l?a=1&amp;b=2]]>", "https://paper.example/l?a=1&b=2"),
      ("https://paper.example/l?a=1&amp;amp;b=2", "https://paper.example/l?a=1&b=2"),
      ("https://paper.example/l?a=1&amp;b=2", "https://paper.example/l?a=1&b=2"),
      ("www.paper.example/story", "https://www.paper.example/story"), ("www.html", "https://paper.example/www.html"),
      (
        "&lt;a href=\"/story?a=1&amp;amp;b=2\" hreflang=\"en\"&gt;Story&lt;/a&gt;",
        "https://paper.example/story?a=1&b=2"
      ),
      ("&lt;b&gt;x&lt;/b&gt;", nil), ("#", nil), ("{{ post.url }}", nil), ("", nil),
      ("/story", "https://paper.example/story"),
    ] as [(String, String?)])
  func readsLinks(_ written: String, _ url: String?) throws {
    #expect(try item("<link>\(written)</link>").url?.description == url)
  }

  // MARK: People

  @Test(
    arguments: [
      ("<author><name>Ann Lee</name><email>a@p.example</email></author>", ["Ann Lee"], "mailto:a@p.example"),
      ("<author><b>Ann</b> Lee</author>", ["Ann Lee"], nil),
      ("<author>a@p.example (Ann Lee)</author>", ["Ann Lee"], "mailto:a@p.example"),
      ("<author>By Ann Lee, Political Editor</author>", ["Ann Lee"], nil),
      ("<author>Ann Lee, Political Editor</author>", ["Ann Lee"], nil),
      (
        "<author>By Bo Ek, Jr., Ann Lee, M.D., and Cy Day, Staff Writer</author>",
        ["Bo Ek, Jr.", "Ann Lee, M.D.", "Cy Day"], nil
      ),
      ("<author>By Ann Lee, Head of News</author>", ["Ann Lee"], nil),
      ("<author>Lee, Ann</author>", ["Lee, Ann"], nil), ("<author>By Staff Writer</author>", ["Staff Writer"], nil),
    ] as [(String, [String], String?)])
  func readsPeople(_ written: String, _ names: [String], _ address: String?) throws {
    let item = try item(written)
    #expect(item.authors.map(\.name) == names)
    #expect(item.authors.first?.url == address)
  }

  // MARK: Pictures

  @Test(arguments: [
    ("<img src=\"data:image/gif;base64,R0\" data-src=\"/a.jpg\"><noscript><img src=\"/n.jpg\"></noscript>", "/a.jpg"),
    ("<img src=\"data:image/gif;base64,R0\"><noscript><img src=\"/n.jpg\"></noscript>", "/n.jpg"),
    ("<img src=\"/img/placeholder.png\" data-lazy-src=\"/a.jpg\">", "/a.jpg"),
    ("<img src=\"data:,\" data-srcset=\"/s.jpg 100w, /w_1,h_2/l.jpg 900w\">", "/w_1,h_2/l.jpg"),
    ("<img srcset=\"/a.jpg, /b.jpg 2x\">", "/b.jpg"), ("<img src=\"/real.jpg\" data-src=\"/a.jpg\">", "/real.jpg"),
    ("<img src=\"/real.jpg\"><noscript><img src=\"/n.jpg\"></noscript>", "/real.jpg"),
    ("<img src=\"/placeholder.png\">", "/placeholder.png"),
  ])
  func findsLazyPictures(_ written: String, _ address: String) throws {
    let html = try item("<description><![CDATA[<p>\(written)</p>]]></description>").contentHTML
    #expect(html == "<p><img src=\"https://paper.example\(address)\"></p>")
  }

  // MARK: What programs write

  @Test func itemsMayStandInAWrapper() throws {
    #expect(try read(rss("<items><item><title>A</title></item></items>")).items.map(\.title) == ["A"])
    let feed = try read(
      "<Channel xmlns='http://purl.org/net/rss1.1#' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        + "<title>T</title><items rdf:parseType='Collection'><item rdf:about='https://paper.example/1'>"
        + "<title>A</title></item></items></Channel>")
    #expect(feed.items.map(\.title) == ["A"])
  }

  @Test func theLongerOfDescriptionAndSummaryIsTheContent() throws {
    let (long, short) = ("The whole of it.", "In short.")
    for (description, summary) in [(long, short)] {
      let item = try item("<summary>\(summary)</summary><description>\(description)</description>")
      #expect(item.contentHTML == long && item.summary == short)
    }
    let swapped = try item("<summary>\(long)</summary><description>\(short)</description>")
    #expect(swapped.contentHTML == short && swapped.summary == nil)
  }

  @Test(arguments: [
    "<content:encoded>&lt;script>x&lt;/script></content:encoded>",
    "<content:encoded>&lt;br>&lt;p>&lt;/p></content:encoded>",
  ])
  func contentWithoutTextHidesNoSummary(_ content: String) throws {
    let item = try item("<description>In short.</description>" + content)
    #expect(item.contentHTML == "In short." && item.summary == nil)
  }

  /// A blank line in a tag or in a mark of words ends no paragraph.
  @Test(arguments: [
    ("The <a href='/2'\n\n target='_blank'>paper</a>.", #"The <a href="https://paper.example/2">paper</a>."#),
    ("The <a title='a > b\n\nc' href='/2'>paper</a>.", #"The <a href="https://paper.example/2">paper</a>."#),
    ("One <b>two\n\nthree</b> four.", "One <b>two three</b> four."),
    ("One <b>two</b\n\n> three.", "One <b>two</b> three."), ("One <b>two\n\nthree.", "One <b>two three.</b>"),
    ("1 > 0\n\nand <b>two</b> > 1\n\nso", "<p>1 &gt; 0</p><p>and <b>two</b> &gt; 1</p><p>so</p>"),
  ])
  func blankLinesInMarks(_ text: String, _ html: String) throws {
    #expect(try item("<description><![CDATA[\(text)]]></description>").contentHTML == html)
  }

  /// Nobody means a headline to show the name of a character.
  @Test(arguments: ["", " type='text'"])
  func referencesInPlainTitlesAreCharacters(_ type: String) throws {
    let entry = "<entry><id>1</id><title\(type)>Don&amp;#8217;t &amp;amp; won&amp;rsquo;t &lt;3 &lt;b></title></entry>"
    let item = try read("<feed xmlns='http://www.w3.org/2005/Atom'>\(entry)</feed>").items[0]
    #expect(item.title == "Don’t & won’t <3 <b>")
  }

  @Test func plainSummaryBesideContentWithoutText() throws {
    let entry =
      "<entry><id>1</id><summary>In short.</summary><content type='html'>&lt;p>&amp;nbsp;&lt;/p></content></entry>"
    let item = try read("<feed xmlns='http://www.w3.org/2005/Atom'>\(entry)</feed>").items[0]
    #expect(item.contentText == "In short." && item.contentHTML == nil && item.summary == nil)
  }

  @Test(arguments: [
    ("yandex:full-text", "http://news.yandex.ru"), ("rambler:fulltext", "http://news.rambler.ru"),
    ("mailru:full-text", "http://news.mail.ru/"), ("turbo:content", "http://turbo.yandex.ru"),
  ])
  func readsWholeTextsForAggregators(_ name: String, _ namespace: String) throws {
    let prefix = name.prefix { $0 != ":" }
    let item = try item(
      "<description>Short</description><\(name) xmlns:\(prefix)='\(namespace)'>The whole text.</\(name)>")
    #expect(item.contentHTML == "The whole text." && item.summary == "Short")
  }

  @Test(arguments: [
    ("&amp;lt;p&amp;gt;One &amp;lt;b&amp;gt;two&amp;lt;/b&amp;gt;&amp;lt;/p&amp;gt;", "<p>One <b>two</b></p>"),
    ("It&amp;amp;#39;s", "It's"), ("Caf&amp;amp;eacute;", "Café"), ("1 &amp;lt; 2", "1 &lt; 2"),
    ("&lt;p&gt;The &amp;lt;/p&amp;gt; tag&lt;/p&gt;", "<p>The &lt;/p&gt; tag</p>"),
  ])
  func readsWhatWasEscapedTwice(_ written: String, _ html: String) throws {
    #expect(try item("<description>\(written)</description>").contentHTML == html)
  }

  @Test(arguments: [
    ("https://www.a.examplehttps://www.a.example/1", "https://www.a.example/1"),
    ("http://https://www.a.example/1", "https://www.a.example/1"),
    ("https://archive.example/web/https://a.example/1", "https://archive.example/web/https://a.example/1"),
    ("https://a.example?u=https://b.example/", "https://a.example/?u=https://b.example/"),
    ("https://a.example:443/1", "https://a.example/1"),
  ])
  func takesTheAddressInAnAddress(_ written: String, _ address: String) throws {
    #expect(try item("<link>\(written)</link>").url?.description == address)
  }

  @Test func itemsOfOneTitleHaveAnIdentityEach() throws {
    let dates = ["Mon, 25 May 2020 14:03:00 GMT", "Tue, 26 May 2020 14:03:00 GMT"]
    let ids = try read(rss(dates.map { "<item><title>Live</title><pubDate>\($0)</pubDate></item>" }.joined())).items
      .map(\.id)
    #expect(Set(ids).count == 2)
    let text = "<title>Live</title><description>Text</description>"
    #expect(try item(text + "<pubDate>\(dates[0])</pubDate>").id == item(text + "<pubDate>\(dates[1])</pubDate>").id)
  }

  // MARK: Pictures

  @Test func theWidestFormOfAPictureComesFirst() throws {
    func images(_ xml: String) throws -> [String] { try item(xml).images.map { $0.url.path } }
    let forms =
      "<media:content medium='image' url='https://a.example/s.jpg' width='140'/>"
      + "<media:content medium='image' url='https://a.example/l.jpg' width='460'/>"
    #expect(try images("<media:group>\(forms)</media:group>") == ["/l.jpg", "/s.jpg"])
    #expect(try images(forms) == ["/s.jpg", "/l.jpg"])
    let main = "<media:content medium='image' url='https://a.example/m.jpg' width='90' isDefault='true'/>"
    #expect(try images("<media:group>\(forms)\(main)</media:group>") == ["/m.jpg", "/s.jpg", "/l.jpg"])
    let queries = [140, 460].map { "<media:content medium='image' url='https://a.example/1?w=\($0)' width='\($0)'/>" }
    #expect(try item(queries.joined()).images.map(\.width) == [460, 140])
  }

  @Test func aCaptionIsNoText() throws {
    let picture = "<media:content medium='image' url='https://a.example/1.jpg'/>"
    let words = "<media:description>The pier.</media:description>"
    #expect(try item(picture + words).contentHTML == nil)
    let film = "<media:content medium='video' url='https://a.example/1.mp4'/>"
    #expect(try item(film + words).contentHTML == "The pier.")
  }

  /// What is owed to somebody for a picture counts as its credit where none is given; an item's is the text's.
  @Test func aCopyrightIsTheCreditOfAPicture() throws {
    func picture(_ words: String) -> String {
      "<media:content medium='image' url='https://a.example/1.jpg'>\(words)</media:content>"
    }
    let owner = "<media:copyright>Ann Lee</media:copyright>"
    #expect(try item(picture(owner)).images.map(\.credit) == ["Ann Lee"])
    #expect(try item("<media:group>\(picture(""))\(owner)</media:group>").images.map(\.credit) == ["Ann Lee"])
    #expect(try item(picture(owner + "<media:credit>Bo Ek</media:credit>")).images.map(\.credit) == ["Bo Ek"])
    #expect(try item(picture("") + owner).images.map(\.credit) == [nil])
  }

  @Test func facesAreNoPictures() throws {
    let face =
      "<media:content medium='image' url='https://2.gravatar.com/avatar/1'><media:title>ann</media:title></media:content>"
    #expect(try item(face).images.isEmpty)
  }

  @Test(arguments: [
    ("<enclosure url='https://a.example/1.jpg' type='image' length='0'/>", "/1.jpg"),
    ("<enclosure url='https://a.example/1.jpg' type='jpg'/>", "/1.jpg"),
    ("<enclosure url='https://a.example/1.jpg' type='application/octet-stream'/>", "/1.jpg"),
    ("<enclosure url='https://a.example/1.mp3' type='image/jpeg'/>", nil),
    ("<image>https://a.example/1.jpg</image>", "/1.jpg"), ("<image url='https://a.example/1.jpg'/>", "/1.jpg"),
    ("<image><url>https://a.example/1.jpg</url></image>", "/1.jpg"), ("<image>1</image>", nil),
  ])
  func findsPictures(_ xml: String, _ path: String?) throws {
    #expect(try item(xml).images.first?.url.path == path)
  }

  @Test func readsLooseJSON() throws {
    let feed = try read(
      #"{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "authors": ["Ann Lee"], "tags": "a, b", "#
        + #""date_published": 1590415380}, {"id": "2", "author": "Bo Ek", "authors": []}]}"#)
    #expect(feed.items.map { $0.authors.map(\.name) } == [["Ann Lee"], ["Bo Ek"]])
    #expect(feed.items[0].tags == ["a", "b"] && feed.items[0].published?.seconds == 1_590_415_380)
  }
}
