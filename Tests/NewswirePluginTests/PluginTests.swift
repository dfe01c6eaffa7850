import Articles
import Testing
import Values

@testable import NewswirePlugin

private struct Gazette: Discovering, Extracting {
  func items(in list: Page, host: Host) throws -> [Item] {
    guard let stories = try list.json()["stories"]?.array else { throw PluginError("layout-changed", "no stories") }
    return stories.compactMap { story in
      story["url"]?.string.flatMap { WebURL($0) }.map { Item($0, title: story["title"]?.string) }
    }
  }

  func article(from page: Page, host: Host) throws -> Article {
    var article = Article(headline: page.text)
    guard let more = WebURL("https://gazette.example/more") else { preconditionFailure("a constant") }
    let second = try host.fetch(more)
    article.body = [.paragraph([.text(second.text)]), .paragraph([.text(host.settings["edition"] ?? "none")])]
    article.kicker = host.publisher.name
    return article
  }
}

@Suite("Plugins in Swift", .timeLimit(.minutes(1)))
struct PluginTests {
  private func page(_ url: String, _ text: String) throws -> Page {
    Page(url: try #require(WebURL(url)), body: Array(text.utf8))
  }

  @Test("items become a JSON Feed, what a plugin throws an error")
  func discovers() throws {
    let harness = PluginHarness(Gazette(), publisher: "gazette")
    let feed = try harness.feed(
      of: try page(
        "https://gazette.example/api", #"{"stories":[{"url":"https://gazette.example/1","title":"One"},{"url":"no"}]}"#)
    )
    #expect(feed["items"]?.array?.count == 1)
    #expect(feed["items"]?[0]?["title"]?.string == "One")
    let error = #expect(throws: PluginError.self) {
      try harness.feed(of: try page("https://gazette.example/api", "{}"))
    }
    #expect(error?.reason == "layout-changed" && error?.message == "no stories")
    #expect(throws: (any Error).self) { try harness.feed(of: try page("https://gazette.example/api", "no JSON")) }
  }

  @Test("a job may ask for pages, and learns who its publisher is")
  func extracts() throws {
    let more = try page("https://gazette.example/more", "the second page")
    let harness = PluginHarness(
      Gazette(), publisher: "gazette", name: "The Gazette", settings: ["edition": "uk"],
      pages: ["https://gazette.example/more": more])
    let article = try harness.article(from: try page("https://gazette.example/1", "Headline"))
    #expect(article.headline == "Headline" && article.kicker == "The Gazette")
    #expect(article.bodyText == "the second page\n\nuk")
    #expect(harness.fetched == ["https://gazette.example/more"])
  }

  @Test("a page that is refused is an error of the job")
  func refused() throws {
    let harness = PluginHarness(Gazette(), publisher: "gazette")
    let error = #expect(throws: PluginError.self) {
      try harness.article(from: try page("https://gazette.example/1", "Headline"))
    }
    #expect(error?.reason == "http-404", "\(String(describing: error))")
  }
}
