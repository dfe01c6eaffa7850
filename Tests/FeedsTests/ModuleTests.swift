import Feeds
import Testing
import Values

/// What the modules add to feeds, and what of it reaches JSON Feed.
@Suite struct ModuleTests {
  static let namespaces = """
    xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" \
    xmlns:dcterms="http://purl.org/dc/terms/" xmlns:media="http://search.yahoo.com/mrss/" \
    xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:slash="http://purl.org/rss/1.0/modules/slash/" \
    xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" xmlns:a="http://www.w3.org/2005/Atom" \
    xmlns:thr="http://purl.org/syndication/thread/1.0" xmlns:georss="http://www.georss.org/georss" \
    xmlns:gml="http://www.opengis.net/gml" xmlns:geo="http://www.w3.org/2003/01/geo/wgs84_pos#" \
    xmlns:prism="http://prismstandard.org/namespaces/basic/2.0/" xmlns:fh="http://purl.org/syndication/history/1.0" \
    xmlns:cc="http://backend.userland.com/creativeCommonsRssModule" xmlns:fb="http://rssnamespace.org/feedburner/ext/1.0"
    """

  func feed(_ xml: String) throws -> Feed {
    let feed = try read("<rss version=\"2.0\" \(Self.namespaces)><channel>\(xml)</channel></rss>")
    #expect(feed.repairs == [])
    #expect(Feed(jsonFeed: feed.jsonFeed) == feed)
    return feed
  }

  func item(_ xml: String) throws -> FeedItem { try #require(try feed("<item>\(xml)</item>").items.first) }

  func entry(_ xml: String) throws -> FeedItem {
    let feed = try read("<feed xmlns=\"http://www.w3.org/2005/Atom\" \(Self.namespaces)><entry>\(xml)</entry></feed>")
    #expect(Feed(jsonFeed: feed.jsonFeed) == feed)
    return try #require(feed.items.first)
  }

  // MARK: Feeds

  @Test func tellsTheSchedulerWhatItNeeds() throws {
    let feed = try feed(
      """
      <ttl>30</ttl><skipHours><hour>1</hour></skipHours><skipDays><day>sunday</day></skipDays>
      <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>
      <sy:updateBase>2000-01-01T12:00+00:00</sy:updateBase>
      <a:link rel="hub" href="https://hub.example/"/><a:link rel="self" href="/feed.xml"/>
      <a:link rel="next" href="?page=2"/><a:link rel="prev-archive" href="/2019.xml"/><a:link rel="current" href="/now.xml"/>
      <fh:complete/><itunes:new-feed-url>https://new.example/feed</itunes:new-feed-url>
      """)
    #expect(feed.ttl == 1800)
    #expect(feed.skipHours == [1])
    #expect(feed.skipDays == [7])
    #expect(feed.updatePeriod == 43_200)
    #expect(feed.updateBase?.rfc3339 == "2000-01-01T12:00:00Z")
    #expect(feed.hubs.map(\.description) == ["https://hub.example/"])
    #expect(feed.feedURL?.description == "https://paper.example/feed.xml")
    #expect(feed.nextPage?.description == "https://paper.example/feed.xml?page=2")
    #expect(feed.previousArchive?.description == "https://paper.example/2019.xml")
    #expect(feed.currentDocument?.description == "https://paper.example/now.xml")
    #expect(feed.isComplete)
    #expect(feed.movedTo?.description == "https://new.example/feed")
    #expect(feed.jsonFeed["next_url"]?.string == "https://paper.example/feed.xml?page=2")
  }

  @Test func readsWhatIsSaidOfTheFeed() throws {
    let feed = try feed(
      """
      <copyright>&#169; Paper &amp;amp; Sons</copyright><generator>Press 2.0</generator><category>News</category>
      <pubDate>Mon, 25 May 2020 14:03:00 GMT</pubDate><lastBuildDate>Mon, 25 May 2020 15:03:00 GMT</lastBuildDate>
      <dc:publisher>The Paper</dc:publisher>
      """)
    #expect(feed.copyright == "© Paper & Sons")
    #expect(feed.generator == "Press 2.0")
    #expect(feed.tags == ["News"])
    #expect(feed.published?.rfc3339 == "2020-05-25T14:03:00Z")
    #expect(feed.modified?.rfc3339 == "2020-05-25T15:03:00Z")
    #expect(feed.authors == [FeedAuthor(name: "The Paper")])
  }

  // MARK: Items

  @Test func readsDublinCore() throws {
    let item = try item(
      """
      <dc:title>T</dc:title><dc:creator>Ann</dc:creator><dc:subject>S</dc:subject><dc:description>D</dc:description>
      <dc:date>2020-05-25</dc:date><dc:language>nl</dc:language><dc:identifier>doi:10.1/x</dc:identifier>
      <dc:rights>R</dc:rights><dcterms:modified>2020-05-26</dcterms:modified>
      """)
    #expect(item.title == "T")
    #expect(item.authors == [FeedAuthor(name: "Ann")])
    #expect(item.tags == ["S"])
    #expect(item.contentHTML == "D")
    #expect(item.published?.rfc3339 == "2020-05-25T00:00:00Z")
    #expect(item.dateGuessed)
    #expect(item.modified?.rfc3339 == "2020-05-26T00:00:00Z")
    #expect(item.language == "nl")
    #expect(item.details.identifier == "doi:10.1/x")
    #expect(item.details.rights == "R")
  }

  @Test func readsDublinCoreByTheNamesOfItsTerms() throws {
    let item = try item(
      """
      <dcterms:rights>R</dcterms:rights><dcterms:identifier>doi:10.1/x</dcterms:identifier>
      <dcterms:license>https://l.example/by</dcterms:license>
      """)
    #expect(item.details.rights == "R" && item.details.identifier == "doi:10.1/x")
    #expect(item.details.license == "https://l.example/by")
    #expect(try feed("<dcterms:publisher>The Paper</dcterms:publisher>").authors == [FeedAuthor(name: "The Paper")])
  }

  @Test(
    arguments: [
      ("<source url='https://w.example/feed'>Wire</source>", "Wire", "https://w.example/feed"),
      ("<source>Wire</source>", "Wire", nil), ("<source>https://w.example/</source>", nil, "https://w.example/"),
      ("<source><title>Wire</title><id>1</id></source>", nil, nil),
    ] as [(String, String?, String?)])
  func readsSources(_ xml: String, title: String?, url: String?) throws {
    let details = try item(xml).details
    #expect(details.sourceTitle == title && details.sourceURL?.description == url)
  }

  @Test func readsMedia() throws {
    let item = try item(
      """
      <media:title>Group</media:title><media:credit>Desk</media:credit>
      <media:group><media:description>Whole</media:description><media:credit role="author">Cy</media:credit>
        <media:content url="/a.jpg" medium="IMAGE" width="800px" height="600"><media:description>Own</media:description>
          <media:credit>Ann</media:credit><media:credit>Ann</media:credit><media:credit>Bo</media:credit></media:content>
        <media:content url="/b.jpg" type="image/jpeg"/><media:content url="/c.mp4" duration="5" fileSize="9"/>
        <media:thumbnail url="/t.jpg" width="75"/></media:group>
      <media:content><media:player url="https://v.example/1"/></media:content>
      <media:content url="/d.png"><media:text>Text</media:text></media:content>
      <media:keywords>k, l</media:keywords><media:category>m</media:category>
      """)
    #expect(
      item.images == [
        FeedImage(
          url: WebURL("https://paper.example/a.jpg")!, width: 800, height: 600, caption: "Own", credit: "Ann, Bo"),
        FeedImage(
          url: WebURL("https://paper.example/b.jpg")!, mimeType: "image/jpeg", caption: "Whole", credit: "Cy"),
        FeedImage(url: WebURL("https://paper.example/d.png")!, caption: "Whole", credit: "Desk"),
        FeedImage(url: WebURL("https://paper.example/t.jpg")!, width: 75, credit: "Desk"),
      ])
    #expect(item.attachments.map(\.url.description) == ["https://paper.example/c.mp4", "https://v.example/1"])
    #expect(item.attachments.first?.duration == 5)
    #expect(item.attachments.first?.size == 9)
    #expect(item.tags == ["k", "l", "m"])
    #expect(item.title == "Group")
  }

  @Test func readsPodcasts() throws {
    let item = try item(
      """
      <itunes:title>T</itunes:title><itunes:author>Host</itunes:author><itunes:summary>S</itunes:summary>
      <itunes:image href="/i.jpg"/><itunes:duration>1:01:01</itunes:duration><itunes:season>2</itunes:season>
      <itunes:episode>3</itunes:episode><itunes:explicit>yes</itunes:explicit><itunes:keywords>a,b</itunes:keywords>
      <itunes:category text="News"><itunes:category text="Daily"/></itunes:category>
      <enclosure url="/e.mp3" type="audio/mpeg" length="7"/>
      """)
    #expect(item.title == "T")
    #expect(item.authors == [FeedAuthor(name: "Host")])
    #expect(item.contentHTML == "S")
    #expect(item.images.map(\.url.description) == ["https://paper.example/i.jpg"])
    #expect(item.attachments.first?.duration == 3661)
    #expect(item.tags == ["a", "b", "News", "Daily"])
    #expect(item.details.season == 2)
    #expect(item.details.episode == 3)
    #expect(item.details.isExplicit == true)
  }

  @Test func readsComments() throws {
    let rss = try item(
      "<comments>/c#x</comments><slash:comments>0</slash:comments><slash:section>World &amp;amp; us</slash:section>")
    #expect(rss.details.commentsURL?.description == "https://paper.example/c#x")
    #expect(rss.details.commentCount == 0)
    #expect(rss.details.section == "World & us")
    let atom = try entry(
      """
      <link rel="replies" type="application/atom+xml" href="/c.atom" thr:count="4"/>
      <link rel="replies" type="text/html" href="/c"/><thr:in-reply-to ref="tag:a,2020:1" href="/p"/><thr:total>5</thr:total>
      """)
    #expect(atom.details.commentsURL?.description == "https://paper.example/c")
    #expect(atom.details.commentCount == 5)
    #expect(atom.details.replyTo == "https://paper.example/p")
  }

  @Test(
    arguments: [
      (
        "<georss:point>45.256 -71.92</georss:point><georss:featureName>Here</georss:featureName>", 45.256, -71.92,
        "Here"
      ),
      ("<georss:point> 45.5, 7 </georss:point>", 45.5, 7, nil),
      ("<georss:where><gml:Point><gml:pos>1 2</gml:pos></gml:Point></georss:where>", 1, 2, nil),
      ("<geo:lat>1.5</geo:lat><geo:long>-2.5</geo:long>", 1.5, -2.5, nil),
      ("<geo:Point><geo:lat>1</geo:lat><geo:long>2</geo:long></geo:Point>", 1, 2, nil),
    ] as [(String, Double, Double, String?)])
  func readsPlaces(_ xml: String, latitude: Double, longitude: Double, name: String?) throws {
    #expect(try item(xml).details.place == FeedPlace(latitude: latitude, longitude: longitude, name: name))
    #expect(try entry(xml).details.place == FeedPlace(latitude: latitude, longitude: longitude, name: name))
  }

  @Test(arguments: ["<georss:point>x y</georss:point>", "<georss:point>91 0</georss:point>", "<geo:lat>1</geo:lat>"])
  func readsNoPlaceOutOfNothing(_ xml: String) throws { #expect(try item(xml).details.place == nil) }

  @Test func readsPRISM() throws {
    let item = try item(
      """
      <prism:publicationDate>2020-05-25T14:03:00Z</prism:publicationDate><prism:section>Law</prism:section>
      <prism:url>https://j.example/1</prism:url><prism:keyword>a</prism:keyword><prism:teaser>T</prism:teaser>
      <prism:byteline>Ann</prism:byteline><prism:modificationDate>2020-05-26</prism:modificationDate>
      """)
    #expect(item.published?.rfc3339 == "2020-05-25T14:03:00Z")
    #expect(item.modified?.rfc3339 == "2020-05-26T00:00:00Z")
    #expect(item.details.section == "Law")
    #expect(item.url?.description == "https://j.example/1")
    #expect(item.tags == ["a"])
    #expect(item.contentHTML == "T")
    #expect(item.authors == [FeedAuthor(name: "Ann")])
  }

  @Test func readsRightsAndSources() throws {
    let rss = try item(
      "<cc:license>https://l.example/by</cc:license><source url='https://o.example/feed'>Other &amp;amp; paper</source>"
    )
    #expect(rss.details.license == "https://l.example/by")
    #expect(rss.details.sourceTitle == "Other & paper")
    #expect(rss.details.sourceURL?.description == "https://o.example/feed")
    let atom = try entry(
      """
      <rights>All</rights><link rel="license" href="https://l.example/by"/>
      <source><title>Other</title><id>x</id><link href="https://o.example/"/><updated>2001-01-01T00:00:00Z</updated></source>
      """)
    #expect(atom.details.rights == "All")
    #expect(atom.details.license == "https://l.example/by")
    #expect(atom.details.sourceTitle == "Other")
    #expect(atom.details.sourceURL?.description == "https://o.example/")
    #expect(atom.modified == nil)
  }

  @Test func readsAtomInRSS() throws {
    let item = try item(
      """
      <a:id>i</a:id><a:link href="/1"/><a:link rel="enclosure" href="/e.mp3" type="audio/mpeg"/><a:title>T</a:title>
      <a:published>2020-05-25T14:03:00Z</a:published><a:updated>2020-05-26T14:03:00Z</a:updated>
      <a:author><a:name>Ann</a:name><a:uri>/ann</a:uri></a:author><a:summary type="text">a &lt; b</a:summary>
      """)
    #expect(item.id == "i")
    #expect(item.url?.description == "https://paper.example/1")
    #expect(item.attachments.count == 1)
    #expect(item.title == "T")
    #expect(item.published != nil)
    #expect(item.modified != nil)
    #expect(item.authors == [FeedAuthor(name: "Ann", url: "https://paper.example/ann")])
    #expect(item.contentText == "a < b")
  }

  @Test(arguments: ["<email>ann@paper.example</email>", "<email> mailto:ann@paper.example </email>"])
  func keepsAnAddressBesideASite(_ email: String) throws {
    let author = "<name>Ann</name><uri>/ann</uri>" + email
    let feed = try read("<feed xmlns='http://www.w3.org/2005/Atom'><author>\(author)</author><title>T</title></feed>")
    let expected = FeedAuthor(name: "Ann", url: "https://paper.example/ann", email: "ann@paper.example")
    #expect(feed.authors == [expected])
    #expect(Feed(jsonFeed: feed.jsonFeed) == feed)
  }

  /// What `_newswire` says is ours: in the feed of another it means nothing.
  @Test func aStrangersMailAddressIsNotTaken() throws {
    let author = #"{"name":"Ann","url":"https://paper.example/ann","_newswire":{"email":"x@y.example"}}"#
    let feed = try read(
      #"{"version":"https://jsonfeed.org/version/1.1","title":"T","authors":[\#(author)],"#
        + #""items":[{"id":"1","content_text":"x","authors":[\#(author)]}]}"#)
    let expected = FeedAuthor(name: "Ann", url: "https://paper.example/ann")
    #expect(feed.authors == [expected] && feed.items.map(\.authors) == [[expected]])
  }

  @Test func takesFeedBurnersOriginal() throws {
    let item = try item("<link>https://feeds.example/~r/1</link><fb:origLink>https://paper.example/1</fb:origLink>")
    #expect(item.url?.description == "https://paper.example/1")
  }

  @Test func resolvesByBaseAndLanguage() throws {
    let feed = try read(
      """
      <feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/x/" xml:lang="de"><link href="y"/>
      <entry xml:base="z/" xml:lang="fr"><link href="1"/><content type="html" xml:base="/c/">&lt;a href="d"&gt;e&lt;/a&gt;</content>
      </entry><entry><link href="2"/><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml" xml:base="/in/">
      <a href="f">g</a><p xml:base="deep/"><img src="h"/></p><img src="i"/></div></content></entry></feed>
      """)
    #expect(feed.repairs == [])
    #expect(feed.homePage?.description == "https://a.example/x/y")
    #expect(feed.language == "de")
    #expect(feed.items.map { $0.url?.description } == ["https://a.example/x/z/1", "https://a.example/x/2"])
    #expect(feed.items.map(\.language) == ["fr", nil])
    #expect(feed.items[0].contentHTML == #"<a href="https://a.example/c/d">e</a>"#)
    #expect(
      feed.items[1].contentHTML
        == #"<a href="https://a.example/in/f">g</a><p><img src="https://a.example/in/deep/h"></p><img src="https://a.example/in/i">"#
    )
  }

  // MARK: Sitemaps

  @Test func readsAllOfASitemap() throws {
    let feed = try read(
      """
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"
        xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:video="http://www.google.com/schemas/sitemap-video/1.1">
      <url><loc>https://paper.example/1</loc><changefreq>hourly</changefreq><priority>0.9</priority>
        <xhtml:link rel="alternate" hreflang="de" href="https://paper.example/de/1"/>
        <xhtml:link rel="alternate" hreflang="x-default" href="/1"/>
        <news:news><news:publication><news:name>P</news:name><news:language>en</news:language></news:publication>
          <news:genres>Blog, OpEd</news:genres><news:publication_date>2020-05-25T14:03:00Z</news:publication_date>
          <news:title>T</news:title></news:news>
        <video:video><video:thumbnail_loc>/t.jpg</video:thumbnail_loc><video:title>V</video:title>
          <video:description>D &amp;lt;b&amp;gt;</video:description><video:player_loc>https://v.example/p</video:player_loc>
          <video:duration>60</video:duration><video:tag>x</video:tag></video:video></url>
      </urlset>
      """)
    let item = try #require(feed.items.first)
    #expect(
      item.details.translations.map { "\($0.language) \($0.url)" } == [
        "de https://paper.example/de/1", "x-default https://paper.example/1",
      ])
    #expect(item.details.genres == ["Blog", "OpEd"])
    #expect(item.attachments.first?.url.description == "https://v.example/p")
    #expect(item.attachments.first?.duration == 60)
    #expect(item.tags == ["x"])
    #expect(item.title == "T")
    #expect(Feed(jsonFeed: feed.jsonFeed) == feed)
  }

  @Test func readsNewsWithoutItsPrefix() throws {
    let feed = try read(
      """
      <urlset><url><loc>https://paper.example/1</loc><news><publication><name>P</name><language>en</language>
      </publication><publication_date>2020-05-25T14:03:00Z</publication_date><title>T</title></news></url></urlset>
      """)
    #expect(feed.kind == .newsSitemap && feed.title == "P" && feed.language == "en")
    #expect(feed.items.first?.title == "T")
    #expect(feed.items.first?.published == Timestamp(rfc3339: "2020-05-25T14:03:00Z"))
  }

  /// A picture's title, its prefix forgotten, is no headline.
  @Test func titlesOfMediaAreNoNews() throws {
    let start = "<urlset xmlns:image=\"http://www.google.com/schemas/sitemap-image/1.1\"><url>"
    let picture = "<image:image><image:loc>https://paper.example/i.jpg</image:loc><title>A photo</title></image:image>"
    func title(_ more: String) throws -> String? {
      try read(start + "<loc>https://paper.example/1</loc>" + picture + more + "</url></urlset>").items.first?.title
    }
    #expect(try title("") == nil)
    #expect(try title("<news><title>T</title></news>") == "T")
    #expect(try title("<title>T</title>") == "T")
  }

  // MARK: Old and rare formats

  @Test func readsRSS090() throws {
    let feed = try read(
      """
      <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
      <channel><title>Old</title><link>http://old.example/</link></channel>
      <item><title>One</title><link>http://old.example/1</link></item></rdf:RDF>
      """)
    #expect(feed.kind == .rdf)
    #expect(feed.items.first?.url?.description == "http://old.example/1")
  }

  @Test(arguments: [
    #"<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91">"#,
    #"<rss version="0.91">"#, #"<rss version="0.92">"#, #"<rss version="0.93">"#,
  ])
  func readsRSS09x(_ start: String) throws {
    let feed = try read(
      start + "<channel><title>Old</title><language>en-us</language><item><title>One</title><link>/1</link>"
        + "<description>A &amp; B</description></item></channel></rss>")
    #expect(feed.kind == .rss)
    #expect(feed.language == "en-us")
    #expect(feed.items.first?.contentHTML == "A &amp; B")
    #expect(feed.repairs == [])
  }

  @Test func readsCDF() throws {
    let feed = try read(
      """
      <CHANNEL HREF="http://cdf.example/"><TITLE>Channel</TITLE><ABSTRACT>About</ABSTRACT><LOGO HREF="l.gif" STYLE="icon"/>
      <ITEM HREF="http://cdf.example/1" LASTMOD="1998-11-05T22:15-0800"><TITLE>One</TITLE><ABSTRACT>Short</ABSTRACT></ITEM>
      </CHANNEL>
      """)
    #expect(feed.kind == .cdf)
    #expect(feed.title == "Channel")
    #expect(feed.items.first?.url?.description == "http://cdf.example/1")
    #expect(feed.items.first?.modified?.rfc3339 == "1998-11-05T22:15:00-08:00")
  }

  @Test(
    arguments: [
      ("BASE=\"http://cdf.example/a/\"", "http://cdf.example/a/1", nil),
      ("BASE=\"/b/\" HREF=\"x\"", "https://paper.example/b/1", "https://paper.example/b/x"),
      ("BASE=\"javascript:x\"", "https://paper.example/1", nil),
      ("BASE=\"/b/\" xml:base=\"/c/\"", "https://paper.example/c/1", nil), ("", "https://paper.example/1", nil),
    ] as [(String, String, String?)])
  func resolvesAgainstTheBaseOfCDF(_ attributes: String, _ url: String, _ homePage: String?) throws {
    let feed = try read(
      "<CHANNEL \(attributes)><ITEM HREF=\"1\"><TITLE>One</TITLE></ITEM><CHANNEL BASE=\"/d/\" HREF=\"y\"/></CHANNEL>")
    #expect(feed.kind == .cdf)
    #expect(feed.items.first?.url?.description == url)
    #expect(feed.homePage?.description == homePage)
  }

  @Test func aChannelOfRSSIsNoCDF() throws {
    let feed = try read("<rss xml:base=\"/b/\"><channel xml:base=\"c/\"><item><link>1</link></item></channel></rss>")
    #expect(feed.kind == .rss)
    #expect(feed.items.first?.url?.description == "https://paper.example/b/c/1")
  }

  @Test func readsJSONFeedsNewerMembers() throws {
    let feed = try read(
      #"{"version":"https://jsonfeed.org/version/1.1","next_url":"/2","expired":true,"items":[{"id":1.5,"content_text":"x"}]}"#
    )
    #expect(feed.nextPage?.description == "https://paper.example/2")
    #expect(feed.isExpired)
    #expect(feed.items.first?.id == "1.5")
    #expect(feed.jsonFeed["expired"]?.bool == true)
  }
}
