import Articles
import NewswirePlugin
import Testing
import Values

@testable import tagesschau

@Suite("The tagesschau plugin", .timeLimit(.minutes(1)))
struct TagesschauTests {
  private let list = """
    {"news": [
      {"type": "story", "title": "Die Fähren fahren wieder", "firstSentence": "Nach sechs Wochen.",
       "date": "2026-03-01T09:30:00.000+01:00", "details": "https://www.tagesschau.de/api2u/inland/faehren-100.json",
       "detailsweb": "https://www.tagesschau.de/inland/faehren-100.html"},
      {"type": "video", "title": "Sendung", "details": "https://www.tagesschau.de/api2u/video-1.json"},
      {"type": "webview", "title": "Fremdes", "detailsweb": "https://www.sportschau.example/x.html"}
    ]}
    """

  private let story = """
    {"title": "Die Fähren fahren wieder", "topline": "Hafen", "firstSentence": "Nach sechs Wochen.", "ressort": "inland",
     "date": "2026-03-01T09:30:00.000+01:00", "sophoraId": "faehren-100",
     "shareURL": "https://www.tagesschau.de/inland/faehren-100.html", "tags": [{"tag": "Hafen"}, {"tag": "Fähre"}],
     "teaserImage": {"title": "Eine Fähre", "copyright": "dpa", "alttext": "Fähre am Kai",
       "imageVariants": {"16x9-960": "https://images.tagesschau.de/a~16x9-960.jpg", "1x1-144": "https://images.tagesschau.de/a~1x1-144.jpg"}},
     "content": [
       {"type": "text", "value": "<strong>Nach sechs Wochen.</strong>"},
       {"type": "text", "value": "Am Morgen war es &quot;kalt &amp; still&quot;, sagt <a href=\\"https://www.tagesschau.de/x.html\\" class=\\"y\\">die Wirtin</a>."},
       {"type": "headline", "value": "<h2>Was nun?</h2>"},
       {"type": "quotation", "quotation": {"text": "Endlich."}},
       {"type": "image_gallery", "gallery": [{"title": "Zwei", "copyright": "epd", "imageVariants": {"16x9-960": "https://images.tagesschau.de/b.jpg"}}]},
       {"type": "video", "video": {"title": "kein Text"}},
       {"type": "text", "value": "Zweiter<br/>Absatz."}
     ]}
    """

  private func page(_ url: String, _ text: String) throws -> Page {
    Page(url: try #require(WebURL(url)), contentType: "application/json", body: Array(text.utf8))
  }

  @Test("stories are listed, videos and links to other houses are not")
  func lists() throws {
    let feed = try PluginHarness(Tagesschau(), publisher: "tagesschau")
      .feed(of: try page("https://www.tagesschau.de/api2u/news/", list))
    #expect(
      feed["items"]?.array?.compactMap { $0["url"]?.string } == [
        "https://www.tagesschau.de/api2u/inland/faehren-100.json"
      ])
    #expect(feed["items"]?[0]?["date_published"]?.string == "2026-03-01T09:30:00+01:00")
  }

  @Test("a document becomes an article, part by part")
  func reads() throws {
    let article = try PluginHarness(Tagesschau(), publisher: "tagesschau")
      .article(from: try page("https://www.tagesschau.de/api2u/inland/faehren-100.json", story))
    #expect(article.headline == "Die Fähren fahren wieder" && article.kicker == "Hafen" && article.section == "Inland")
    #expect(article.canonicalURL == "https://www.tagesschau.de/inland/faehren-100.html")
    #expect(article.keywords == ["Hafen", "Fähre"])
    #expect(
      article.bodyText
        == "Am Morgen war es \"kalt & still\", sagt die Wirtin.\n\nWas nun?\n\nEndlich.\n\nZweiter\nAbsatz.")
    #expect(article.pictures.map(\.caption) == ["Eine Fähre", "Zwei"] && article.pictures[0].isLead)
    #expect(article.pictures[0].best?.width == 960 && article.pictures[1].credit == "epd")
  }

  @Test("a document of another shape is an error with a hint")
  func changed() throws {
    let harness = PluginHarness(Tagesschau(), publisher: "tagesschau")
    #expect(throws: PluginError.self) {
      try harness.feed(of: try page("https://www.tagesschau.de/api2u/news/", "{}"))
    }
  }
}
