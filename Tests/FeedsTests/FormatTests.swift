import Dates
import Feeds
import Testing
import Values

/// Each format once, with all that it can say.
@Suite struct FormatTests {
  @Test func readsRSS() throws {
    let zone = try Zone(name: "Europe/London")
    let feed = try FeedReader.read(fixture("rss20.xml"), url: WebURL("https://gazette.example/feed.xml?x"), zone: zone)
    #expect(feed.kind == .rss)
    #expect(feed.title == "The Harbour Gazette & Post")
    #expect(feed.homePage?.description == "https://gazette.example/")
    #expect(feed.feedURL?.description == "https://gazette.example/feed.xml")
    #expect(feed.description == "News from the <b>harbour</b>")
    #expect(feed.icon?.description == "https://gazette.example/logo.png")
    #expect(feed.language == "en-GB")
    #expect(feed.authors == [FeedAuthor(name: "Ada Pilot", url: "mailto:editor@gazette.example")])
    #expect(feed.hubs.map(\.description) == ["https://hub.example/"])
    #expect(feed.ttl == 900)
    #expect(feed.skipHours == [0, 3])
    #expect(feed.skipDays == [6, 7])
    #expect(feed.updatePeriod == 1800)
    #expect(feed.repairs == [])
    #expect(feed.items.count == 3)

    let ferry = feed.items[0]
    #expect(ferry.id == "gazette-1")
    #expect(ferry.url?.description == "https://gazette.example/ferry?id=1&ref=rss")
    #expect(ferry.title == "Ferry runs again after storm")
    #expect(ferry.published?.rfc3339 == "2020-05-25T14:03:00+01:00")
    #expect(!ferry.dateGuessed)
    #expect(ferry.authors == [FeedAuthor(name: "Ben Quay"), FeedAuthor(name: "Cara Mole")])
    #expect(ferry.tags == ["Transport", "Harbour"])
    #expect(ferry.contentHTML == #"<p>The ferry <a href="https://gazette.example/f">runs</a>.</p>"#)
    #expect(ferry.summary == "Short & sweet")
    #expect(
      ferry.attachments == [
        FeedAttachment(url: WebURL("https://gazette.example/ferry.mp3")!, mimeType: "audio/mpeg", size: 1234),
        FeedAttachment(
          url: WebURL("https://gazette.example/film.mp4")!, mimeType: "video/mp4", size: 999, duration: 65),
      ])
    #expect(
      ferry.images == [
        FeedImage(
          url: WebURL("https://gazette.example/a-800.jpg")!, width: 800, height: 600, mimeType: "image/jpeg",
          caption: "The ferry leaves", credit: "Dora Lens"),
        FeedImage(
          url: WebURL("https://gazette.example/a-400.jpg")!, width: 400, height: 300, caption: "The ferry leaves",
          credit: "Dora Lens"),
        FeedImage(url: WebURL("https://gazette.example/t.jpg")!, width: 75, height: 50),
      ])

    let tides = feed.items[1]
    #expect(tides.url?.description == "https://gazette.example/tides")
    #expect(tides.title == "Tides: 1 < 2 & 3 > 2")
    #expect(tides.published?.rfc3339 == "2020-05-25T10:00:00+01:00")
    #expect(tides.dateGuessed)
    #expect(tides.authors == [FeedAuthor(name: "Eva Tide", url: "mailto:eva@gazette.example")])
    #expect(tides.contentHTML == "<p>High <em>tide</em> &amp; low</p>")
    #expect(tides.summary == nil)

    #expect(feed.items[2].id.hasPrefix("urn:newswire:item:"))
    #expect(feed.items[2].url == nil)
  }

  @Test func readsAtom() throws {
    let feed = try FeedReader.read(fixture("atom10.xml"), url: WebURL("https://blatt.example/x/feed.atom"))
    #expect(feed.kind == .atom)
    #expect(feed.title == "Das Blatt")
    #expect(feed.description == "Klar &amp; knapp")
    #expect(feed.language == "de")
    #expect(feed.homePage?.description == "https://blatt.example/section/")
    #expect(feed.feedURL?.description == "https://blatt.example/section/feed.atom")
    #expect(feed.icon?.description == "https://blatt.example/icon.png")
    #expect(feed.hubs.count == 1)
    #expect(feed.authors == [FeedAuthor(name: "Redaktion", url: "https://blatt.example/impressum")])

    let bridge = try #require(feed.items.first)
    #expect(bridge.id == "tag:blatt.example,2020:1")
    #expect(bridge.url?.description == "https://blatt.example/section/2020/bruecke.html")
    #expect(bridge.externalURL?.description == "https://stadt.example/bruecke")
    #expect(bridge.title == "Brücke <neu> eröffnet")
    #expect(bridge.published?.rfc3339 == "2020-05-25T14:03:00.500+02:00")
    #expect(bridge.modified?.rfc3339 == "2020-05-25T15:00:00+02:00")
    #expect(
      bridge.authors == [
        FeedAuthor(name: "Frida Fluss", url: "mailto:frida@blatt.example"),
        FeedAuthor(name: "gast@blatt.example", url: "mailto:gast@blatt.example"),
      ])
    #expect(bridge.tags == ["bruecken", "Stadt"])
    #expect(bridge.summary == "Kurz")
    #expect(
      bridge.contentHTML
        == #"<p>Die <img src="https://blatt.example/section/2020/bilder/b.jpg" alt="B"> Brücke &lt;neu&gt;</p>"#)
    #expect(bridge.attachments.map(\.title) == ["Plan"])
    #expect(bridge.images.map(\.url.description) == ["https://blatt.example/section/2020/titel.jpg"])
    #expect(bridge.images.first?.caption == "Blick")
    #expect(bridge.images.first?.credit == "G. Auge")
    #expect(bridge.language == nil)

    let second = feed.items[1]
    #expect(second.title == "Two words")
    #expect(second.url?.description == "https://blatt.example/zwei")
    #expect(second.language == "en")
    #expect(second.authors == [FeedAuthor(name: "Guest Writer")])
    #expect(second.contentText == "a < b")
    #expect(second.published == nil)
  }

  @Test func readsOldAtom() throws {
    let feed = try FeedReader.read(fixture("atom03.xml"))
    #expect(feed.title == "Old & good")
    #expect(feed.description == "Still here")
    let item = try #require(feed.items.first)
    #expect(item.url?.description == "http://old.example/1")
    #expect(item.published?.rfc3339 == "2004-01-02T03:04:05Z")
    #expect(item.modified?.rfc3339 == "2004-01-03T03:04:05Z")
    #expect(item.contentHTML == "<p>Hello</p>")
  }

  @Test func readsRDF() throws {
    let feed = try FeedReader.read(fixture("rss10.rdf"))
    #expect(feed.kind == .rdf)
    #expect(feed.title == "RDF news")
    #expect(feed.language == "fr")
    #expect(feed.icon?.description == "http://rdf.example/i.gif")
    #expect(feed.items.map(\.id) == ["http://rdf.example/1", "http://rdf.example/2"])
    #expect(feed.items.map { $0.url?.description } == ["http://rdf.example/1?a", "http://rdf.example/2"])
    #expect(feed.items[0].published?.rfc3339 == "2003-12-31T10:14:55Z")
    #expect(feed.items[0].tags == ["Things"])
  }

  @Test func readsNewsSitemap() throws {
    let feed = try FeedReader.read(fixture("news-sitemap.xml"))
    #expect(feed.kind == .newsSitemap)
    #expect(feed.title == "News Example")
    #expect(feed.language == "en")
    #expect(feed.items.map(\.id) == ["https://news.example/a?x=1&y=2", "https://news.example/b"])
    let item = feed.items[0]
    #expect(item.title == "Storm & calm")
    #expect(item.published?.rfc3339 == "2020-05-25T00:00:00Z")
    #expect(item.dateGuessed)
    #expect(item.modified?.rfc3339 == "2020-05-25T15:00:00+01:00")
    #expect(item.tags == ["weather", "storm"])
    #expect(item.images.map(\.url.description) == ["https://news.example/a.jpg", "https://news.example/v.jpg"])
    #expect(item.images[0].caption == "Waves")
    #expect(item.attachments.first?.duration == 90)
    #expect(item.attachments.first?.mimeType == "video/mp4")
  }

  /// Dates are kept no finer than they are written.
  @Test func aSitemapIndexComesBackFromItsJSON() throws {
    let feed = try read(
      "<sitemapindex><sitemap><loc>https://news.example/s1.xml</loc><lastmod>2020-05-25T15:00:00.0020571Z</lastmod></sitemap></sitemapindex>"
    )
    #expect(feed.sitemaps.first?.lastModified?.rfc3339 == "2020-05-25T15:00:00.002Z")
    #expect(Feed(jsonFeed: feed.jsonFeed) == feed)
  }

  @Test func readsSitemapIndex() throws {
    let feed = try FeedReader.read(fixture("sitemap-index.xml"))
    #expect(feed.kind == .sitemapIndex)
    #expect(
      feed.sitemaps == [
        SitemapReference(
          url: WebURL("https://news.example/s1.xml")!, lastModified: Timestamp(rfc3339: "2020-05-25T15:00:00Z")),
        SitemapReference(url: WebURL("https://news.example/s2.xml.gz")!),
      ])
    #expect(feed.items.isEmpty)
  }

  @Test func readsJSONFeed() throws {
    let feed = try FeedReader.read(fixture("feed.json"), url: WebURL("https://json.example/feed.json"))
    #expect(feed.kind == .jsonFeed)
    #expect(feed.title == "JSON paper")
    #expect(feed.description == "All &lt;news&gt;")
    #expect(feed.hubs.count == 1)
    #expect(feed.authors == [FeedAuthor(name: "Desk", url: "mailto:desk@json.example")])
    let seven = feed.items[0]
    #expect(seven.id == "7")
    #expect(seven.url?.description == "https://json.example/seven")
    #expect(seven.contentHTML == #"<p>Body <a href="https://json.example/more">more</a></p>"#)
    #expect(seven.summary == "Sum < all")
    #expect(seven.authors == [FeedAuthor(name: "Old Style")])
    #expect(seven.tags == ["a"])
    #expect(
      seven.images.map(\.url.description) == ["https://json.example/7.jpg"], "a stranger's extension counts nothing")
    #expect(seven.attachments.first?.duration == 3)
    #expect(feed.items[1].contentText == "Plain & simple")
    #expect(feed.items[1].externalURL?.description == "https://elsewhere.example/")
  }

  @Test func readsTheModulesOfRSSInJSON() throws {
    let feed = try read(
      ##"{"rss":{"channel":{"title":"T","language":"en","generator":"G","lastBuildDate":"Mon, 30 Nov 2026 05:00:00 GMT","##
        + ##""item":[{"guid":{"isPermaLink":false,"#value":"https://a.example/1"},"description":"D","##
        + ##""content:encoded":"<p>F</p>","dc:creator":"Ann Lee","dc:date":"2026-11-30T10:00:00Z","##
        + ##""atom:updated":"2026-11-30T11:00:00Z"}]}}}"##)
    #expect(feed.language == "en" && feed.generator == "G" && feed.modified?.rfc3339 == "2026-11-30T05:00:00Z")
    let item = try #require(feed.items.first)
    #expect(item.id == "https://a.example/1" && item.url == nil)
    #expect(item.contentHTML == "<p>F</p>" && item.summary == "D" && item.authors.map(\.name) == ["Ann Lee"])
    #expect(item.published?.rfc3339 == "2026-11-30T10:00:00Z" && item.modified?.rfc3339 == "2026-11-30T11:00:00Z")
  }

  @Test func readsRSSInJSON() throws {
    let feed = try read(
      ##"{"rss":{"channel":{"title":"T","ttl":5,"item":[{"link":"https://a.example/1","guid":{"##
        + ##""isPermaLink":"false","#value":"g"},"pubDate":"Mon, 25 May 2020 14:03:00 GMT"},{"title":"Two"}]}}}"##)
    #expect(feed.kind == .rss)
    #expect(feed.ttl == 300)
    #expect(feed.items.map(\.title) == [nil, "Two"])
    #expect(feed.items[0].id == "g")
  }

  @Test(arguments: [
    "rss20.xml", "atom10.xml", "atom03.xml", "rss10.rdf", "news-sitemap.xml", "sitemap-index.xml", "feed.json",
  ])
  func goesThroughJSONAndBack(_ name: String) throws {
    let feed = try FeedReader.read(fixture(name), url: WebURL("https://gazette.example/feed"))
    let text = feed.jsonFeed.text()
    #expect(Feed(jsonFeed: try JSON(parsing: text)) == feed)
    #expect(feed.jsonFeed["version"]?.string == "https://jsonfeed.org/version/1.1")
    for item in feed.jsonFeed["items"]?.array ?? [] {
      #expect(item["id"]?.string?.isEmpty == false)
      #expect(item["content_html"] != nil || item["content_text"] != nil)
    }
  }

  @Test func readsNoStrangersJSONBack() throws {
    #expect(Feed(jsonFeed: try JSON(parsing: fixture("feed.json"))) == nil)
    #expect(Feed(jsonFeed: ["version": "https://jsonfeed.org/version/1.1", "items": []]) == nil)
  }
}
