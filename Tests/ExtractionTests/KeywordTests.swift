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
      // Three of five, written as in an address, or as people write.
      ("library, stays, year, house, book", "Reading", ["Reading"]),
      ("Library, Stays, Year, House, Book", "Reading", ["Library", "Stays", "Year", "House", "Book"]),
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
      ("<span>Explore more</span><div><a href=/t/1>Reading</a><a href=/t/2>Council</a></div>", ["Reading", "Council"]),
      ("<strong>Schlagwörter</strong><div><a href=/t/1>Lesen</a></div>", ["Lesen"]),
      // Stories, a menu, and words that say nothing.
      ("<h3>Mehr zum Thema</h3><ul><li><a href=/s>The house has forty thousand books and more</a></ul>", []),
      ("<footer><p>Tags</p><ul><li><a href=/t/1>Reading</a></ul></footer>", []),
      ("<p>Read this</p><ul><li><a href=/t/1>Reading</a></ul>", []),
    ])
  func labelled(_ after: String, _ expected: [String]) throws {
    #expect(try keywords(head: "", after: after) == expected)
  }

  @Test(arguments: ["图书馆，市议会，读者", "图书馆、市议会、读者", "图书馆；市议会；读者", "图书馆 市议会 读者"])
  func listsInOtherScripts(_ list: String) throws {
    #expect(try keywords(head: "<meta name=keywords content='\(list)'>") == ["图书馆", "市议会", "读者"])
  }

  @Test func arabicCommas() throws {
    #expect(
      try keywords(head: "<meta name=keywords content='مكتبة، مجلس المدينة، قراء'>") == [
        "مكتبة", "مجلس المدينة", "قراء",
      ])
  }

  @Test func termsOfAVocabulary() throws {
    let list = #"[{"@type":"DefinedTerm","name":"Reading"},{"@type":"DefinedTerm","name":"Council"}]"#
    let head = #"<script type="application/ld+json">{"@type":"NewsArticle","keywords":\#(list)}</script>"#
    #expect(try keywords(head: head) == ["Reading", "Council"])
  }

  @Test(
    "which of several lists in the head is the article's",
    arguments: [
      // Networks are told of the first few.
      (
        "article:tag=Reading article:tag=Council keywords=Reading,Council,Mayor,Vote",
        ["Reading", "Council", "Mayor", "Vote"]
      ),
      ("article:tag=Reading article:tag=Council keywords=Council,Reading,Mayor", ["Reading", "Council"]),
      // A list that is divided twice is for machines.
      ("news_keywords=Reading_K-12,Council;Mayor article:tag=Reading article:tag=Council", ["Reading", "Council"]),
      ("news_keywords=Reading;Council", ["Reading", "Council"]),
      // Elements of systems.
      ("tags=Reading,Council", ["Reading", "Council"]), ("example.tags=Reading,Council", ["Reading", "Council"]),
      ("example-tags=Reading,Council keywords=Mayor", ["Mayor"]), ("vantags=Reading,Council", []),
      ("author=Ann_Able tags=Ann_Able,Reading", ["Reading"]),
      // What every article is.
      ("keywords=Reading,Latest_news_of_Example_City,Últimas_noticias", ["Reading"]),
    ])
  func choice(_ head: String, _ expected: [String]) throws {
    let metas = head.split(separator: " ").map { pair in
      let parts = pair.split(separator: "=")
      return "<meta name='\(parts[0])' content='\(parts[1].replacing("_", with: " "))'>"
    }
    #expect(try keywords(head: metas.joined()) == expected)
  }

  @Test(
    "the part of a site that has a host of its own",
    arguments: [
      ("https://exampletown.news.example/a-story", ["Exampletown", "Reading"]),
      ("https://www.exampletown.example/a-story", ["Reading"]),
      ("https://exampletown.co.uk/a-story", ["Reading"]),
    ])
  func subdomain(_ address: String, _ expected: [String]) throws {
    let page = """
      <html lang=en><head><meta name=keywords content='Exampletown, Reading'></head><body><article><h1>Library stays open</h1>
      \(text)</article></body></html>
      """
    let url = WebURL(address)!
    #expect(try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.keywords == expected)
  }

  @Test(
    "links of a list of tags, not its buttons",
    arguments: [
      ("<div class=tags><a href=/t/1>Reading</a><button>Follow this</button></div>", ["Reading"]),
      ("<div class=tags><button>Reading</button><button>Council</button></div>", ["Reading", "Council"]),
      (
        "<div class=entities><ul><li><a href=/t/1>Reading</a><li><a href=/t/2>Council</a></ul></div>",
        ["Reading", "Council"]
      ),
      // At an article's own foot.
      ("<footer><ul class=td-tags><li><span>TAGS</span><li><a href=/t/1>Reading</a></ul></footer>", ["Reading"]),
      // The list below the text goes on where the one above the headline has its first alone; who wrote it is no topic.
      (
        "<div class=topper__tags><a href=/t/1>Reading</a></div><h2>Follow the topics in this article</h2><ul><li><a href=/t/1>Reading</a><li><a href=/t/2>Council</a><li><a href=/t/3>Ann Able</a></ul>",
        ["Reading", "Council"]
      ),
      (
        "<div class=topper__tags><a href=/t/1>Reading</a></div><h2>Related topics</h2><ul><li><a href=/t/2>Council</a></ul>",
        ["Reading"]
      ),
    ])
  func printed(_ after: String, _ expected: [String]) throws {
    #expect(try keywords(head: "<meta name=author content='Ann Able'>", after: after) == expected)
  }
}
