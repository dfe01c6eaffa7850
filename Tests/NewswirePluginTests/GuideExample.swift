// The Swift example of docs/plugins.md, as it stands there; the guide's test compares them.
import Articles
import NewswirePlugin
import Testing
import Values

private enum Guide {
  struct Gazette: Extracting {
    init() {}

    func article(from page: Page, host: Host) throws -> Article {
      let json = try page.json()
      guard let title = json["title"]?.string else { throw PluginError("noArticle", "no title") }
      var article = Article(headline: title)
      article.body = (json["text"]?.array ?? []).compactMap(\.string).map { .paragraph([.text($0)]) }
      return article
    }
  }
}

@Suite("The guide's plugin", .timeLimit(.minutes(1)))
struct GuideExampleTests {
  @Test("it reads a document and says when there is none")
  func reads() throws {
    let harness = PluginHarness(Guide.Gazette(), publisher: "gazette")
    let url = try #require(WebURL("https://gazette.example/1"))
    let article = try harness.article(from: Page(url: url, body: Array(#"{"title":"A","text":["One","Two"]}"#.utf8)))
    #expect(article.headline == "A" && article.bodyText == "One\n\nTwo")
    #expect(throws: PluginError.self) { try harness.article(from: Page(url: url, body: Array("{}".utf8))) }
  }
}
