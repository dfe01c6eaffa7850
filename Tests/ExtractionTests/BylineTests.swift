import Articles
import Extraction
import Testing

@Suite struct BylineTests: ExamplePage {
  @Test(arguments: [
    ("By Ann Able and Bob Baker", ["Ann Able", "Bob Baker"]),
    ("Von Anna Abel, Bernd Bäcker und Carla Cäsar", ["Anna Abel", "Bernd Bäcker", "Carla Cäsar"]),
    ("Par Anne Abel et Bruno Boulanger", ["Anne Abel", "Bruno Boulanger"]),
    ("Ana Abel y Benito Panadero", ["Ana Abel", "Benito Panadero"]),
    ("Ann Able, Political Editor", ["Ann Able"]),
    ("Ann Able in London", ["Ann Able"]),
    ("Associated Press", ["Associated Press"]),
    ("Mary-Jane O'Neil & Bob Baker", ["Mary-Jane O'Neil", "Bob Baker"]),
    ("Byron Bysshe", ["Byron Bysshe"]),
    ("渡辺一郎、鈴木二郎", ["渡辺一郎", "鈴木二郎"]),
    ("Ann Able, Ann Able", ["Ann Able"]), ("Автор: Анна Абель", ["Анна Абель"]), ("Oleh Ana Abel", ["Ana Abel"]),
    ("记者\u{FF1A}王明、李华", ["王明", "李华"]), ("Textor Able", ["Textor Able"]),
    ("Marta Abel, inviata a Esempio (Sondrio)", ["Marta Abel"]), ("dpa und Anna Abel", ["dpa", "Anna Abel"]),
    ("By Ann Able able@news.example", ["Ann Able"]), ("Ann Able @annable", ["Ann Able"]),
    ("Ann Able@annable", ["Ann Able"]), ("Ann Able/AFP", ["Ann Able", "AFP"]),
    ("Ann Able, Jr., and Bob Baker", ["Ann Able Jr.", "Bob Baker"]), ("Ann Able, MD", ["Ann Able"]),
    ("By Ann Able, Bob Baker, and Carla Cook", ["Ann Able", "Bob Baker", "Carla Cook"]),
    ("&lt;b&gt;Ann Able&lt;/b&gt;", ["Ann Able"]), ("undefined undefined", []), ("N/A", []), ("null", []),
    ("By Ann Able PUBLISHED: June 1, 2026 at 10:15 a.m.", ["Ann Able"]),
  ])
  func bylines(_ byline: String, _ names: [String]) throws {
    let found = try article(head: "<meta name=author content=\"\(byline)\">")
    #expect(found.authors.map(\.name) == names)
  }

  @Test(
    "a line below the headline, in an element that is named for nothing",
    arguments: [
      (
        "<ul><li>3 min</li><li>Von: <span><a href='/x'>Anna ABEL</a>,</span> <span>Bernd Bäcker</span></li></ul>",
        ["Anna ABEL", "Bernd Bäcker"]
      ),
      ("<div>By TPN, in <a href='/n'>News</a>, <a href='/p'>Property</a> &middot; 31 Jan 2026</div>", ["TPN"]),
      ("<div>记者\u{FF1A}王明、李华</div>", ["王明", "李华"]),
      ("<div><div>By Ann Able</div><div>1 March</div></div>", ["Ann Able"]),
      ("<div>By Using This Site You Agree</div>", []), ("<div>Von Montag an gilt das neue Gesetz</div>", []),
      ("<div>By popular demand</div>", []), ("<div>Text size: small</div>", []), ("<div>文字サイズ</div>", []),
      ("<nav>By Ann Able</nav>", []), ("<p>By Ann Able was the library saved.</p>", []),
    ])
  func belowTheHeadline(_ line: String, _ names: [String]) throws {
    #expect(try article(body: "<h1>Library stays open</h1>\(line)\(text)").authors.map(\.name) == names)
  }

  @Test(
    "names of others than the author",
    arguments: [
      "<ol class=comment-list><li><cite class=author>Carl Comment</cite></li></ol>",
      "<blockquote><p>Good.</p><p class=author>Carla Quoted</p></blockquote>",
      "<div class=pullquote><span class=author>Carla Quoted</span></div>",
      "<div class=box><h3><a href='/other'>Another story</a></h3><p><a href='/author/c'>Carl Other</a></p></div>",
      "<a class=box href='/other'><div>Another story</div><div class=authors>Carl Other</div></a>",
      "<div class=box><a href='/other'><h4>Another story</h4></a><span rel=author>Carl Other</span></div>",
    ])
  func namesOfOthers(_ part: String) throws {
    #expect(try article(body: "<h1>Library stays open</h1>\(text)\(part)").authors == [])
    let own = "<p class=author>von Ann Able, Example City</p>"
    let found = try article(body: "\(part)<h1>Library stays open</h1>\(own)\(text)")
    #expect(found.authors.map(\.name) == ["Ann Able"])
  }

  @Test func theAuthorStandsBesideTheHeadlineOfTheArticle() throws {
    let found = try article(
      body: """
        <header><h1>Local</h1></header><section><div><h1>Library stays open all year</h1>
        <p><a href='/author/ann-able'>Ann Able</a></p></div></section>\(text)
        """)
    #expect(found.authors.map(\.name) == ["Ann Able"])
  }

  @Test(
    "names as catalogues write them",
    arguments: [
      (["Able, Ann", "Baker, Bob J."], ["Ann Able", "Bob J. Baker"]),
      (["Ann Able, Bob Baker"], ["Ann Able", "Bob Baker"]),
      (["Reuters, Ann Able"], ["Reuters", "Ann Able"]), (["Able, editor"], ["Able"]), (["Ann Able"], ["Ann Able"]),
    ])
  func catalogued(_ values: [String], _ names: [String]) throws {
    let metas = values.map { "<meta name=citation_author content='\($0)'>" }.joined()
    #expect(try article(head: metas).authors.map(\.name) == names)
  }

  @Test(arguments: [
    ("Ann Able, Sep 2, 2026", ["Ann Able"]), ("Ann Able, Bob Baker The Example Press Posted May 24", ["Ann Able"]),
    ("Channel 4", ["Channel 4"]), ("Radio 24 Example News Desk", ["Radio 24 Example News Desk"]),
    ("June Able", ["June Able"]),
  ])
  func daysAreNoNames(_ byline: String, _ names: [String]) throws {
    #expect(try article(head: "<meta name=author content='\(byline)'>").authors.map(\.name) == names)
  }

  @Test(
    "the element for authors, given twice",
    arguments: [
      (["News", "Ann Able"], ["Ann Able"]), (["Ann Able", "AFP"], ["Ann Able", "AFP"]), (["News", "News"], ["News"]),
    ])
  func repeatedMeta(_ values: [String], _ names: [String]) throws {
    let metas = values.map { "<meta name=author content='\($0)'>" }.joined()
    let found = try article(head: "<meta property='og:site_name' content=News>" + metas)
    #expect(found.authors.map(\.name) == names)
  }

  @Test(arguments: ["\u{FF08}责任编辑\u{FF1A}王明\u{FF09}", "(记者 王明)", "dpa/abc"])
  func signaturesAreNoText(_ line: String) throws {
    #expect(try !article(body: "<h1>Library stays open</h1>\(text)<p>\(line)</p>").bodyText.contains(line))
  }

  @Test(arguments: [
    ("Ann Able", Author.Kind.person), ("AFP", .organisation), ("dpa", .organisation),
    ("Redaktion Example", .organisation),
    ("Example Staff", .organisation), ("The Associated Press", .organisation),
    ("Jo Li", .person),
  ])
  func organisations(_ name: String, _ kind: Author.Kind) throws {
    let found = try article(head: linkedData(#"{"@type":"NewsArticle","author":{"name":"\#(name)"}}"#))
    #expect(found.authors == [Author(name: name, kind: kind)])
  }

  @Test(arguments: [
    "<p><a href='/author/ann-able'>Ann Able</a></p>", "<span rel=author>By Ann Able</span>",
    "<p class=author>von Ann Able, Example City</p>", "<div class=byline>By Ann Able</div>",
  ])
  func theBylineKnowsBetterThanTheHouse(_ byline: String) throws {
    let found = try article(
      head: "<meta property='og:site_name' content='Example News'>"
        + linkedData(#"{"@type":"NewsArticle","author":{"@type":"Organization","name":"Example News"}}"#),
      body: "<h1>Library stays open</h1>\(byline)\(text)")
    #expect(found.authors.map(\.name) == ["Ann Able"])
  }

  @Test func agenciesAreNamed() throws {
    #expect(try article(head: "<meta name=author content='Ann Able, AFP'>").agencies == ["AFP"])
  }
}
