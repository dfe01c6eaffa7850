import Articles
import Extraction
import Testing
import Values

private let sentence =
  "The council met on Monday evening, and after four hours of debate it decided to keep the library open this year. "

private func article(_ head: String, paragraphs: Int = 12) throws -> Article {
  let text = (0..<paragraphs).map { "<p>\(sentence)It was vote number \($0) of the night.</p>" }.joined()
  let page = """
    <html><head><title>Library stays open</title>\(head)</head><body><main><article><h1>Library stays open all year</h1>
    <div class=text>\(text)</div></article></main></body></html>
    """
  return try PageExtractor(manifest: nil).extract(
    Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!
  ).article
}

private func data(_ json: String) -> String { "<script type='application/ld+json'>\(json)</script>" }

/// What a page says of its length, and what kind of page its films make it.
@Suite struct WholeTests {
  @Test func whatIsFreeIsWhole() throws {
    let counted = #"{"@type": "NewsArticle", "headline": "Library stays open", "wordCount": 2737"#
    #expect(try article(data(counted + #", "isAccessibleForFree": true}"#)).isPartial == false)
    #expect(try article(data(counted + "}")).isPartial)
    #expect(try article(data(counted + #", "isAccessibleForFree": false}"#)).isPartial)
  }

  @Test(arguments: ["false", #""False""#, #""http://schema.org/False""#, #""https://schema.org/false""#])
  func whatIsPaidFor(_ value: String) throws {
    let stated = #"{"@type": "NewsArticle", "headline": "Library stays open", "isAccessibleForFree": \#(value)}"#
    #expect(try article(data(stated)).access == .paid)
  }

  @Test func aStatedTextThatGoesOn() throws {
    let more = String(repeating: sentence, count: 40)
    func stated(_ text: String) -> String {
      data(#"{"@type": "NewsArticle", "headline": "Library stays open", "articleBody": "\#(text)"}"#)
    }
    #expect(try article(stated(more), paragraphs: 5).isPartial)
    // All that the page says, players and lists included, or the same with more white space.
    let player = "To view this film please enable scripts, and consider another browser. "
    #expect(try article(stated(String(repeating: player, count: 10) + more), paragraphs: 5).isPartial == false)
    let spaces = String(repeating: " ", count: 3000)
    #expect(try article(stated(spaces + sentence + spaces + sentence), paragraphs: 5).isPartial == false)
  }

  @Test(arguments: [
    ("", 12, Article.Kind.article),
    ("", 1, .video),
    ("<meta property='og:type' content='article'>", 1, .article),
    ("<meta property='og:type' content='video.other'>", 12, .video),
  ])
  func aFilmInAText(_ head: String, _ paragraphs: Int, _ kind: Article.Kind) throws {
    let film = data(#"{"@type": "VideoObject", "name": "The library", "contentUrl": "https://www.news.example/a.mp4"}"#)
    #expect(try article(film + head, paragraphs: paragraphs).kind == kind)
  }
}
