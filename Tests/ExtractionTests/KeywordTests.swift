import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://www.news.example/world/library-stays-open-all-year")!
private let text = """
  <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.</p>
  <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
  <p>The mayor, who had asked for the vote, said she would sign the decision before the end of the week.</p>
  """

private func keywords(head: String, after: String = "") throws -> [String] {
  let page =
    "<html lang=en><head>\(head)</head><body><article><h1>Library stays open</h1>\(text)\(after)</article></body></html>"
  return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article.keywords
}

@Suite struct KeywordTests {
  @Test(
    "lists that systems make give way to those that people make",
    arguments: [
      // Of the page's address.
      ("library, stays, open, year", "Council, Reading", ["Council", "Reading"]),
      ("library, stays, open, year", "", ["library", "stays", "open", "year"]),
      ("library, stays, open, year, council", "Reading", ["Reading"]),
      ("library, council, open, mayor", "Reading", ["library", "council", "open", "mayor"]),
      ("library, stays, open, all year", "Reading", ["library", "stays", "open", "all year"]),
      // Of the whole site, which begins with its name.
      ("News.example, politics, council, mayor, sport, culture, money", "Council, Reading", ["Council", "Reading"]),
      ("Council, Reading, news.example", "Mayor", ["Council", "Reading"]),
      // Codes, and the number of a record.
      ("LIBR,BKS01,EDUC,GOV,ASIA,NP", "Council, Reading", ["Council", "Reading"]),
      ("EU, NATO", "Council", ["EU", "NATO"]),
      // The sign of networks, what kind of subject each is, and what every paper calls itself.
      ("#Council, #Reading", "", ["Council", "Reading"]),
      ("topic/reading, person/ann able", "", ["reading", "ann able"]), ("AC/DC, Reading", "", ["AC/DC", "Reading"]),
      ("Council, Breaking News, ニュース", "", ["Council"]),
      ("0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d, Reading", "", ["Reading"]),
    ])
  func ofSystems(_ first: String, _ second: String, _ expected: [String]) throws {
    let tags = second.split(separator: ",").map { "<meta property='article:tag' content='\($0)'>" }.joined()
    #expect(try keywords(head: "<meta name=news_keywords content='\(first)'>\(tags)") == expected)
  }

  @Test(
    "a list of links behind words that say it is one of tags",
    arguments: [
      ("<p>関連キーワード</p><ul><li><a href=/t/1>図書館</a></li><li><a href=/t/2>社会</a></li></ul>", ["図書館", "社会"]),
      ("<h2>■関連キーワード</h2><ul><li><a href=/t/1>図書館</a></ul>", ["図書館"]),
      (
        "<div><span>Filed under:</span> <span><a href=/t/1>Reading</a>, <a href=/t/2>Council</a></span></div>",
        ["Reading", "Council"]
      ),
      ("<strong>Schlagwörter</strong><div><a href=/t/1>Lesen</a></div>", ["Lesen"]),
      // Stories, a menu, and words that say nothing.
      ("<h3>Mehr zum Thema</h3><ul><li><a href=/s>The house has forty thousand books and more</a></ul>", []),
      ("<footer><p>Tags</p><ul><li><a href=/t/1>Reading</a></ul></footer>", []),
      ("<p>Read this</p><ul><li><a href=/t/1>Reading</a></ul>", []),
    ])
  func labelled(_ after: String, _ expected: [String]) throws {
    #expect(try keywords(head: "", after: after) == expected)
  }
}
