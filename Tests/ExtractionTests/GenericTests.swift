import Articles
import Dates
import Extraction
import Testing
import Values

@Suite struct GenericTests: ExamplePage {

  @Test func theWholeFromDataAndMarkup() throws {
    let found = try article(
      head: linkedData(
        """
        {"@type": "NewsArticle", "headline": "Library stays open", "datePublished": "2026-03-01T10:00:00+01:00",
         "dateModified": "2026-03-01T11:30:00Z", "author": [{"@type": "Person", "name": "Ann Able", "url": "/by/ann"},
         {"@type": "Organization", "name": "Example News"}], "articleSection": "Local", "keywords": ["library", "council"],
         "isAccessibleForFree": "False", "description": "The council voted for a whole year."}
        """) + "<link rel=canonical href='/world/a-story'>")
    #expect(found.headline == "Library stays open")
    #expect(found.published?.rfc3339 == "2026-03-01T10:00:00+01:00")
    #expect(found.modified?.rfc3339 == "2026-03-01T11:30:00Z")
    #expect(
      found.authors == [
        Author(name: "Ann Able", url: "https://www.news.example/by/ann"),
        Author(name: "Example News", kind: .organisation),
      ])
    #expect(found.section == "Local")
    #expect(found.keywords == ["library", "council"])
    #expect(found.access == .paid)
    #expect(found.language == "en-GB")
    #expect(found.canonicalURL == "https://www.news.example/world/a-story")
    #expect(found.standfirst == "The council voted for a whole year.")
    #expect(found.body.count == 3)
  }

  @Test(arguments: [
    (
      "<meta property='og:title' content='Vote on Monday | News'><meta property='og:site_name' content=News>",
      "<h2>x</h2>", "Vote on Monday"
    ),
    ("<title>Vote on Monday - news.example</title>", "", "Vote on Monday"),
    (
      "<meta property='og:title' content='Vote on Monday: all you need to know'>",
      "<h1>Vote on Monday: all you need to know</h1>", "Vote on Monday: all you need to know"
    ),
    ("<meta property='og:title' content='A &amp;amp; B'>", "", "A & B"),
    ("", "<h1>Only <span>printed</span></h1>", "Only printed"),
    // Printed with a kicker, shared without.
    (
      "<meta property='og:title' content='The library stays open'><title>Vote on Monday: The library stays open</title>",
      "<h1>Vote on Monday: The library stays open</h1>", "The library stays open"
    ),
    // Shared under another title, which is no card's.
    (
      "<meta property='og:title' content='Readers win'><title>The library stays open</title>",
      "<h1>The library stays open</h1>", "Readers win"
    ),
    // An attribute that ended at its own quotation mark.
    (
      "<meta property='og:title' content='The library stays open and &quot;glad&quot;'><meta name='twitter:title' content='The library stays open and'><title>The library stays open and \"glad\"</title>",
      "<h1>The library stays open and \"glad\"</h1>", "The library stays open and \"glad\""
    ),
    // A title for networks of every kind.
    (
      "<meta property='og:title' content='You will not believe it'><meta name='twitter:title' content='You will not believe it'><title>The library stays open</title>",
      "<h1>The library stays open</h1>", "The library stays open"
    ),
    (
      "<meta property='og:title' content='The library stays open - City News'>"
        + linkedData(
          #"{"@type":"NewsArticle","headline":"The library stays open"}"#), "", "The library stays open"
    ),
    // Two lines of one heading, of which the data's title keeps the first.
    (
      "<meta property='og:title' content='Books for the harbour: council agrees'><meta name='twitter:title' content='Books for the harbour: council agrees'>",
      "<h1><span class='subline'>Books for the harbour</span> <span class='topline'>The council has agreed to the plan</span></h1>",
      "Books for the harbour: council agrees"
    ),
    // The site's name behind signs of other scripts, below a short headline.
    ("<title>図書館は開いたまま：例新聞デジタル</title>", "<h1>図書館は開いたまま</h1>", "図書館は開いたまま"),
    // The masthead is no headline.
    (
      "<meta property='og:title' content='The library stays open'><title>Vote on Monday: The library stays open</title>",
      "<h1><a href='/'><img src='/logo.png' alt='News'></a></h1><h1>Vote on Monday: The library stays open</h1>",
      "The library stays open"
    ),
    (
      "<meta property='og:title' content='Vote on Monday'><meta name='twitter:title' content='Vote on Monday'><title>The library stays open</title>",
      "<h1><a href='/'>The Example Courier</a></h1><h1>The library stays open</h1>", "The library stays open"
    ),
    // Markup, a word that marks the article, and the name of a column.
    ("<meta property='og:title' content='The &lt;em&gt;library&lt;/em&gt; stays open'>", "", "The library stays open"),
    (
      "<title>The library stays open | City News</title>",
      "<h1><span>Premium</span> The library stays open</h1>", "The library stays open"
    ),
    (
      "<meta property='og:title' content='Opinion | The library stays open'>", "<h1>The library stays open</h1>",
      "The library stays open"
    ),
    // A section or a site no data name, above the headline.
    (
      "<meta property='og:title' content='The library stays open | Politics'>",
      "<h1>Politics</h1><h2>The library stays open</h2>", "The library stays open | Politics"
    ),
    (
      "<meta property='og:title' content='The library stays open | The Daily Planet'>",
      "<h1>The Daily Planet</h1><h2>The library stays open</h2>", "The library stays open | The Daily Planet"
    ),
    // What stands behind a colon is no site's name.
    (
      "<meta property='og:title' content='Housing | The library stays open'>"
        + linkedData(#"{"@type":"NewsArticle","headline":"The library stays open"}"#),
      "<h1><span>Housing</span>|<span>The library stays open</span></h1>", "The library stays open"
    ),
    (
      "<meta property='og:title' content='The library stays open: council agrees'><meta name='title' content='The library stays open'>",
      "", "The library stays open: council agrees"
    ),
    // Cut short for networks or in data, and printed whole.
    (
      "<meta property='og:title' content='The library on the hill stays open all…'>",
      "<h1>The library on the hill stays open all year</h1>", "The library on the hill stays open all year"
    ),
    (
      linkedData(#"{"@type":"NewsArticle","headline":"The library on the hill stays open al..."}"#),
      "<h1>The library on the hill stays open all year</h1>", "The library on the hill stays open all year"
    ),
    (
      "<meta property='og:title' content='Will the library ever close?...'>", "<h1>Will the library ever close?</h1>",
      "Will the library ever close?..."
    ),
    (
      "<title>And then he said what nobody in town expected… | Daily Example</title><meta property='og:title' content='And then he said what nobody in town expected…'>",
      "<h1>Daily Example</h1>", "And then he said what nobody in town expected…"
    ),
    // Printed with its dots: behind it stands the name of the site.
    (
      "<title>When the bridge fell, everybody knew - The Paper</title><meta property='og:title' content='When the bridge fell, everybody knew ...'>",
      "<h1>When the bridge fell, everybody knew …</h1>", "When the bridge fell, everybody knew ..."
    ),
    ("<title>图书馆全年开放_例新网</title><meta property='og:site_name' content='例新网'>", "", "图书馆全年开放"),
    (
      "<title>The library stays open | The Paper</title>", "<h1><span>P+</span> The library stays open</h1>",
      "The library stays open"
    ),
  ])
  func headlines(_ head: String, _ heading: String, _ expected: String) throws {
    #expect(try article(head: head, body: heading + text).headline == expected)
  }

  @Test(
    "dates with the month's name in lines that nothing names",
    arguments: [
      ("<p>Example Desk / Sep 2, 2026, 17:07 IST</p>", "2026-09-02T17:07:00+05:30"),
      ("<div>Published: 2 September 2026</div>", "2026-09-02T00:00:00Z"),
      ("<div class=box><h3><a href='/o'>Another story</a></h3><p>2 September 2026</p></div>", nil),
      ("<div>Room 2026 of 30000</div>", nil),
    ])
  func datesWithNamedMonths(_ line: String, _ date: String?) throws {
    #expect(try article(body: "<h1>Library stays open</h1>\(line)\(text)").published?.rfc3339 == date)
  }

  @Test(arguments: [
    ("library, council, 100312362", ["library", "council"]), ("library; city council", ["library", "city council"]),
    ("city library", ["city library"]), ("図書館 市議会", ["図書館", "市議会"]), ("図書館、市 議会", ["図書館", "市 議会"]),
  ])
  func listsOfKeywords(_ stated: String, _ keywords: [String]) throws {
    #expect(try article(head: "<meta name=keywords content='\(stated)'>").keywords == keywords)
  }

  @Test func standfirstIsNotRepeatedInTheBody() throws {
    let found = try article(
      head: "<meta name=description content='A long night ended with a vote for the readers.'>",
      body:
        "<header><h1>Library stays open</h1><p class=standfirst>A long night ended with a vote for the readers.</p></header><div>\(text)</div>"
    )
    #expect(found.standfirst == "A long night ended with a vote for the readers.")
    #expect(found.body.count == 3)
  }

  @Test func descriptionThatRepeatsTheOpeningIsNoStandfirst() throws {
    let found = try article(
      head: "<meta name=description content='The council met on Monday evening, and after four hours of debate…'>")
    #expect(found.standfirst == nil)
    #expect(found.body.count == 3)
  }

  @Test func dateInTheMarkup() throws {
    let found = try article(body: "<h1>Library</h1><time datetime='2026-03-01T10:00:00Z'>1 March</time>\(text)")
    #expect(found.published?.rfc3339 == "2026-03-01T10:00:00Z")
  }

  @Test(arguments: [
    ("https://www.news.de/a-story", "2026-03-01 10:00", "2026-03-01T10:00:00+01:00"),
    ("https://www.news.co.uk/a-story", "2026-07-01 10:00", "2026-07-01T10:00:00+01:00"),
    ("https://www.news.example/a-story", "2026-03-01 10:00", "2026-03-01T10:00:00Z"),
    ("https://www.news.de/a-story", "2026-03-01", "2026-03-01T00:00:00Z"),
    ("https://www.news.de/a-story", "2026-03-01T10:00:00Z", "2026-03-01T10:00:00Z"),
  ])
  func datesAreReadInTheCountrysZone(_ url: String, _ stated: String, _ expected: String) throws {
    let page = "<html><head><meta name=date content='\(stated)'></head><body><h1>Library</h1>\(text)</body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: WebURL(url)!).article
    #expect(found.published?.rfc3339 == expected)
  }

  @Test(arguments: [
    ("<link rel=canonical href='https://elsewhere.test/x'>", "https://www.news.example/world/a-story?id=7"),
    ("<meta property='og:url' content='https://news.example/w/1?fbclid=9'>", "https://news.example/w/1"),
    ("<link rel=canonical href='/'>", "https://www.news.example/world/a-story?id=7"),
    ("<link rel=canonical href='/world/'>", "https://www.news.example/world/a-story?id=7"),
    (
      "<link rel=canonical href='/world'><meta property='og:url' content='/world/a-story'>",
      "https://www.news.example/world/a-story"
    ),
  ])
  func canonical(_ head: String, _ expected: String) throws {
    #expect(try article(head: head).canonicalURL == expected)
  }

  /// What lies above a page is its section, whose articles would all be one, or the article itself.
  @Test(arguments: [
    ("/de/politik/ein-titel", "/de", false), ("/de/politik/ein-titel", "/de/politik/", false),
    ("/2026/03/01/a-title", "/2026/03/01", false), ("/news/uk-politics/a-title", "/news/uk-politics", false),
    ("/news/a-title-1234", "/news", false), ("/news/12345678", "/news", false),
    ("/news/a-title/amp", "/news/a-title", true), ("/news/a-title/2", "/news/a-title", true),
    ("/news/a-title/page/12/", "/news/a-title", true), ("/news/a-title/AMP/", "/news/a-title/", true),
    ("/article/12345678/a-title", "/article/12345678", true), ("/world/a-title", "/world?id=4", true),
    ("/the-council-met-and-went-home/discussion", "/the-council-met-and-went-home", true),
    ("/newsroom/a-title", "/news", true),
    ("/kultur/hafen-offen/komplettansicht", "/kultur/hafen-offen", true), ("/a-title/seite-2", "/a-title", true),
    ("/story/a-title/comment-page-2/", "/story/a-title", true), ("/story/a-title/amp.html", "/story/a-title", true),
    ("/news/1234/a-title", "/news/1234", true), ("/news/2026/a-title", "/news/2026", false),
    ("/news/a-story", "/?lang=en", false), ("/news/a-story", "/news?utm_source=x", false),
  ])
  func canonicalAbove(_ path: String, _ canonical: String, _ isTheArticle: Bool) throws {
    let page = "<html><head><link rel=canonical href='\(canonical)'></head><body><h1>Library</h1>\(text)</body></html>"
    let url = "https://www.news.example" + path
    // Of what stands where a rule says, too.
    for manifest in [nil, try exampleManifest(#"canonical = ["xpath://link[@rel='canonical']/@href"]"#)] {
      let found = try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: WebURL(url)!).article
      #expect(found.canonicalURL == (isTheArticle ? "https://www.news.example" + canonical : url))
    }
  }

  @Test func bodyInOtherElementsThanParagraphs() throws {
    let divs = text.replacing("<p>", with: "<div>").replacing("</p>", with: "</div>")
    #expect(try article(body: "<h1>Library</h1>" + divs).body.count == 3)
  }

  @Test func bodyIsToldFromCommentsAndLists() throws {
    let page = """
      <html><body><nav><a href=/>Home</a></nav><h1>Library stays open</h1><div class=x1>\(text)</div>
      <div class=comments><p>I never liked the place, and I said so before, many times, to everyone who asked me.</p></div>
      <ul>\((1...40).map { "<li><a href=/\($0)>Another headline of the day, number \($0)</a></li>" }.joined())</ul></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.body.count == 3)
  }

  /// Another article follows under a headline of its own, or readers write more than the article has.
  @Test(arguments: [
    "<div class=post><h1>A bridge is mended</h1><div class=text>\(String(repeating: "<p>The bridge, which was closed for years, is open again, and the town is glad of it.</p>", count: 6))</div></div>",
    "<div class=x-1><h3>12 Comments</h3>\(String(repeating: "<div><b>reader</b><p>The bridge, which was closed for years, is open again, and the town is glad of it.</p></div>", count: 6))</div>",
  ])
  func whatFollowsTheArticle(_ other: String) throws {
    let page = """
      <html><head><title>Library stays open all year</title></head><body><main><div class=post><h1>Library stays open all year</h1>
      <div class=text>\(text)</div></div>\(other)</main></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.bodyText.contains("The council met on Monday"))
    #expect(!found.bodyText.contains("bridge"))
  }

  /// What an element shows in place of its content, written into the page.
  @Test func bodyInADeclaredShadow() throws {
    let body =
      "<x-story><template shadowrootmode=open><h1>Library stays open</h1>\(text)\(text.replacing("The", with: "This"))\(text.replacing("The", with: "That"))</template></x-story>"
    #expect(try article(body: body).body.count > 6)
  }

  @Test func bodyOnlyInData() throws {
    let stated = (1...12).map { "Sentence number \($0) of a text that the page itself does not show to anyone." }
    let found = try article(
      head: linkedData(
        #"{"@type":"NewsArticle","headline":"Shown nowhere","articleBody":"\#(stated.joined(separator: "\\n"))"}"#),
      body: "<h1>Shown nowhere</h1><p>Please subscribe, if you want to read on.</p>")
    #expect(found.body.count == 12)
  }

  /// The markup of a stated text may be written as if it were text.
  @Test func escapedBodyInData() throws {
    let stated = (1...12).map {
      "&lt;p&gt;Sentence number \($0) of a text that the page itself does not show.&lt;/p&gt;"
    }
    let found = try article(
      head: linkedData(#"{"@type":"NewsArticle","headline":"Shown nowhere","articleBody":"\#(stated.joined())"}"#),
      body: "<h1>Shown nowhere</h1><p>Please subscribe, if you want to read on.</p>")
    #expect(found.body.count == 12)
    #expect(!found.bodyText.contains("<"))
  }

  /// What a page leads to is described as the article itself is, and often before it.
  @Test(arguments: [true, false]) func articlesThatThePageLeadsTo(_ ownIsStated: Bool) throws {
    let others = (1...3).map { number in
      #"""
      {"@type":"NewsArticle","headline":"Bridge \#(number) is mended","url":"https://news.example/world/bridge-\#(number)",
      "datePublished":"2025-01-0\#(number)T08:00:00Z","author":"Carl Other","description":"A bridge that was closed for years, open again at last."}
      """#
    }
    let own = #"{"@type":"NewsArticle","headline":"Library stays open","datePublished":"2026-03-03T09:00:00Z"}"#
    let found = try article(
      head: linkedData("[" + others.joined(separator: ",") + "]") + (ownIsStated ? linkedData(own) : ""),
      body: "<h1>Library stays open</h1><p class=byline>By Ann Able</p><time datetime='2026-03-03T09:00:00Z'></time>"
        + text)
    #expect(found.authors.map(\.name) == ["Ann Able"])
    #expect(found.published?.rfc3339 == "2026-03-03T09:00:00Z")
    #expect(found.standfirst == nil)
  }

  // MARK: Pages that are no articles

  @Test(arguments: [
    ("<title>Just a moment...</title><p>Checking your browser before accessing</p>", ExtractionError.Reason.challenge),
    ("<script src='https://ct.captcha-delivery.com/c.js'></script><p>Please enable JS</p>", .challenge),
    (
      "<title>Before you continue</title><p>We and our partners store and/or access information on a device.</p>",
      .consent
    ),
    ("<title></title><p></p>", .noArticle),
    ("", .unreadable),
  ])
  func refusals(_ page: String, _ reason: ExtractionError.Reason) {
    let error = #expect(throws: ExtractionError.self) {
      _ = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address)
    }
    #expect(error?.reason == reason)
  }

  // MARK: Hostile input

  @Test func hostilePagesStayBounded() throws {
    let extractor = PageExtractor(manifest: nil)
    let pages = [
      String(repeating: "<div>", count: 100_000) + "<p>text</p>",
      "<h1>T</h1><p title='" + String(repeating: "x", count: 2 << 20) + "'>One, two, three.</p>",
      "<h1>T</h1>" + String(repeating: "<p>a, b.</p>", count: 20_000),
      "<h1>T</h1>" + String(repeating: "<span>a, b. ", count: 2_000) + text,
      "<h1>T</h1>" + String(repeating: "<img srcset='" + String(repeating: "a.jpg 1w,", count: 500) + "'>", count: 50)
        + text,
      "<h1>T</h1>" + linkedData(String(repeating: "[", count: 100_000)) + text,
      "<h1>T</h1>" + String(repeating: "&#x", count: 50_000) + text,
      "<h1>T</h1><table>" + String(repeating: "<tr><td>a<table>", count: 500) + text,
      "<h1>T</h1>" + String(repeating: "<ul><li>a, b.", count: 300) + text,
      "<h1>T</h1><figure><img src=a.jpg><figcaption>" + String(repeating: "photo . (", count: 100_000)
        + "</figcaption></figure>" + text,
      "<h1>T</h1>"
        + String(repeating: "<div data-x='<p>\(String(repeating: "a", count: 200))</p>'></div>", count: 3_000),
      "<h1>T</h1><script>x = " + String(repeating: "[{", count: 200_000) + "</p></script>",
      "<h1>T</h1><p>" + String(repeating: "a, b.<br>", count: 50_000),
    ]
    for page in pages {
      let start = ContinuousClock.now
      _ = try? extractor.extract(Array(page.utf8), url: address)
      #expect(ContinuousClock.now - start < .seconds(30), "\(page.prefix(40))")
    }
  }

  @Test func wrongCharsetLabel() throws {
    let page = "<h1>Žluťoučký kůň</h1>" + text
    let found = try PageExtractor(manifest: nil).extract(
      Array(page.utf8), url: address, contentType: "text/html; charset=iso-8859-1")
    #expect(found.article.headline == "Žluťoučký kůň")
  }

  /// The heading of the first level is the site's own; the line with the date stands in the article.
  @Test func aDateFarFromTheFirstHeading() throws {
    let page = """
      <html lang=de><body><header><div><div><div><div><h1>Example News</h1></div></div></div></div></header>
      <article><h3><a href=/b>Another story</a></h3></article>
      <article><h3>Library stays open</h3><div class=technicalline><div>Mo 02.03.26 | 14:07 Uhr | Von Ann Able</div></div>
      \(text)</article></body></html>
      """
    let url = try #require(WebURL("https://www.news.example/a-story"))
    let found = try PageExtractor(manifest: nil, zone: .utc).extract(Array(page.utf8), url: url).article
    #expect(found.published?.rfc3339.hasPrefix("2026-03-02T14:07") == true)
  }

  @Test(
    "the zone of a time without one",
    arguments: [
      ("www.news.example", "ko", "2026-03-02T14:07:00+09:00"), ("www.news.example", "de", "2026-03-02T14:07:00+01:00"),
      ("www.news.example", "ja-JP", "2026-03-02T14:07:00+09:00"), ("www.news.ch", "en", "2026-03-02T14:07:00+01:00"),
      // Written in several zones.
      ("www.news.example", "en", "2026-03-02T14:07:00Z"), ("www.news.example", "fr", "2026-03-02T14:07:00Z"),
      // The country of the page comes before what most of its language keep.
      ("www.news.example", "tr-CY", "2026-03-02T14:07:00+02:00"), ("www.news.jp", "ko", "2026-03-02T14:07:00+09:00"),
    ])
  func zones(_ host: String, _ language: String, _ date: String) throws {
    let page = """
      <html lang=\(language)><head><meta property=article:published_time content="2026-03-02 14:07:00"></head>
      <body><article><h1>Library stays open</h1>\(text)</article></body></html>
      """
    let url = try #require(WebURL("https://\(host)/a-story"))
    #expect(try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.published?.rfc3339 == date)
  }

  @Test(arguments: [
    ("/2026/03/02/a-story", "2026-03-02"), ("/article/A2026030214320005196", "2026-03-02"),
    ("/news/20260302-a-story", "2026-03-02"), ("/news/2026/13/02/a-story", nil), ("/news/202603021/a", nil),
    ("/news/120260302/a", nil),
  ])
  func aDayInTheAddress(_ path: String, _ day: String?) throws {
    let url = try #require(WebURL("https://www.news.example" + path))
    let page = "<html><body><article><h1>Library stays open</h1>\(text)</article></body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article
    #expect(found.published.map { String($0.rfc3339.prefix(10)) } == day)
  }

  /// Kicker and headline are told apart by their looks alone; the data say what stands between them.
  @Test func aHeadingOfTwoLines() throws {
    let found = try article(
      head: linkedData(#"{"@type": "NewsArticle", "headline": "Vote in Exampleton: Library stays open all year"}"#),
      body: "<h1><span>Vote in Exampleton</span> <span>Library stays open all year</span></h1>\(text)")
    #expect(found.headline == "Vote in Exampleton: Library stays open all year")
  }
}
