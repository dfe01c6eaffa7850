import Articles
import Extraction
import Manifest
import TOML
import Testing
import Values

private let address = WebURL("https://www.news.example/world/a-story")!

private func extraction(_ page: String, _ rules: String) throws -> Extraction {
  let manifest = try Manifest(
    parsing: """
      [publisher]
      id = "news"
      name = "The News"
      url = "https://www.news.example/"
      country = "de"
      language = "en"
      zone = "Europe/Berlin"
      [article]
      \(rules)
      """, file: "plugin.toml")
  return try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: address)
}

private let scripts = """
  <h1>Head</h1><p>The council met on Monday evening, and after four hours of debate it decided to keep the library open.</p>
  <script>window.one = 1; window.app.state = {"page": {"title": "Assigned", "parts": [{"type": "image", "text": "no"},
   {"type": "text", "text": "First part."}, {"type": "text", "text": "Second part."}], "deep": [{"inner": {"tag": "found"}}],
   "packed": "{\\"title\\": \\"Packed\\"}"}}; window.other = {};</script>
  <script>var parsed = JSON.parse("{\\"title\\": \\"Parsed\\", \\"n\\": [1, 2]}");</script>
  <script>var single = JSON.parse('{"title": "Ann\\'s \\\\"Single\\\\" \\x3Cb>", "n": [3]}');</script>
  <script>push({"flight": {"title": "Member"}, "half": </script>
  """

@Suite struct ScriptRuleTests {
  @Test(arguments: [
    ("window.app.state=|page.title", "Assigned"),
    ("state=|page.title", "Assigned"),
    ("window.app.state = | page.title", "Assigned"),
    ("window.app.state=|page.parts[type=text].text", "First part."),
    ("window.app.state=|page.parts[type='text'].1.text", "Second part."),
    ("window.app.state=|**.tag", "found"),
    ("window.app.state=|page.packed.title", "Packed"),
    ("parsed=|title", "Parsed"),
    ("parsed=|n.1", "2"), ("single=|title", "Ann's \"Single\" <b>"), ("single=|n.0", "3"),
    ("flight=|title", "Member"),
    ("half=|title", "Head"),
    ("tate=|page.title", "Head"),
    ("absent=|title", "Head"),
  ])
  func valuesOutOfScripts(_ rule: String, _ headline: String) throws {
    let found = try extraction(scripts, "headline = [\"json:\(rule)\", \"css:h1\"]")
    #expect(found.article.headline == headline)
  }

  @Test("markup in data is read as markup where a text is due", arguments: ["json:#s|", "jsonld:"])
  func markup(_ place: String) throws {
    let data =
      #"{"title": "Ferries <em>return</em> to Smith &amp; Co", "excerpt": "<p>Six weeks of repairs are over.<\/p>\n"}"#
    let page = """
      <h1>Head</h1><p>The council met on Monday evening, and after four hours it decided to keep the library open.</p>
      <script id=s type="application/ld+json">\(data)</script>
      """
    let found = try extraction(page, "headline = [\"\(place)title\"]\nstandfirst = [\"\(place)excerpt\"]")
    #expect(found.article.headline == "Ferries return to Smith & Co")
    #expect(found.article.standfirst == "Six weeks of repairs are over.")
  }

  @Test("lines of data are paragraphs, whichever way they end", arguments: ["\\n", "\\r\\n", "\\r", "\\r\\n\\r\\n"])
  func lines(_ end: String) throws {
    let text = ["The ferry left.", "It came back.", "Nobody was on board."].joined(separator: end)
    let page = "<h1>Head</h1><script id=s>{\"text\": \"\(text)\"}</script>"
    let found = try extraction(page, "body = [\"json:#s|text\"]")
    #expect(found.article.body.flatMap(\.plainText) == ["The ferry left.", "It came back.", "Nobody was on board."])
  }

  @Test("a text that the data state is divided where its lines end, also by CR LF")
  func statedLines() throws {
    let sentence = "The council met on Monday evening, and after four hours it decided to keep the library open."
    let text = Array(repeating: sentence, count: 60).enumerated().map { "\($0): \($1)" }.joined(
      separator: "\\r\\n\\r\\n")
    let page = """
      <script type="application/ld+json">{"@type": "NewsArticle", "headline": "Head", "articleBody": "\(text)"}</script>
      <article><h1>Head</h1></article>
      """
    #expect(try extraction(page, "").article.body.count == 60)
  }

  @Test func aBodyOfParts() throws {
    let found = try extraction(scripts, #"body = ["json:window.app.state=|page.parts[type=text].text"]"#)
    #expect(found.article.bodyText == "First part.\n\nSecond part.")
  }
}

@Suite struct BreakTests {
  private let page = "<h1>Head</h1><div class=b>One short<br>Two short<br><br>Three short</div>"

  @Test(arguments: [
    ("auto", ["One short\nTwo short", "Three short"]),
    ("lines", ["One short\nTwo short", "Three short"]),
    ("paragraphs", ["One short", "Two short", "Three short"]),
  ])
  func breaks(_ mode: String, _ paragraphs: [String]) throws {
    let found = try extraction(page, "body = [\"css:.b\"]\nbreaks = \"\(mode)\"")
    #expect(found.article.body.flatMap(\.plainText) == paragraphs)
  }

  @Test("what is taken out of a body is asked only of one that a rule found: it was written for no other")
  func partsOfAGenericBody() throws {
    let text = """
      <p>The council met on Monday evening, and after four hours of debate it decided to keep the library open.</p>
      <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
      """
    let rules = #"body = ["css:.story"]"# + "\n" + #"body_remove = ["css:.intro"]"#
    let found = try extraction("<h1>Head</h1><article class=intro>\(text)</article>", rules).article
    #expect(found.body.count == 2)
  }

  @Test func wholeSentencesAreParagraphsUnlessTheRuleSaysLines() throws {
    let sentence = "A sentence that is long enough to be a paragraph of its own in anybody's eyes, is it not."
    let page = "<h1>Head</h1><div class=b>\(sentence)<br>\(sentence)</div>"
    #expect(try extraction(page, "body = [\"css:.b\"]").article.body.count == 2)
    #expect(try extraction(page, "body = [\"css:.b\"]\nbreaks = \"lines\"").article.body.count == 1)
  }
}

@Suite struct PictureRuleTests {
  private let page = """
    <h1>Head</h1><figure id=a><img src=/first-picture-1.jpg><figcaption>Ann Able / Agency</figcaption></figure>
    <div class=b><p>The council met on Monday evening, and after four hours of debate it decided to keep all open.</p><figure id=b><img src=/second-picture-2.jpg><figcaption>What is seen</figcaption>
    </figure><p>More text, one sentence.</p></div><figure id=c><img src=/third-picture-3.jpg></figure>
    """

  @Test(arguments: [
    ("", ["first-picture-1.jpg", "second-picture-2.jpg", "third-picture-3.jpg"]),
    ("from = \"css:.b\"", ["second-picture-2.jpg", "third-picture-3.jpg"]),
    ("to = \"css:.b p\"", ["first-picture-1.jpg", "second-picture-2.jpg"]),
    ("from = \"css:.b\"\nto = \"css:.b\"", ["second-picture-2.jpg"]),
    ("from = \"css:#b\"", ["second-picture-2.jpg", "third-picture-3.jpg"]),
    ("from = \"css:.nothing\"", ["first-picture-1.jpg", "second-picture-2.jpg", "third-picture-3.jpg"]),
    ("drop = [\"first\", \"third\"]", ["second-picture-2.jpg"]),
  ])
  func bounds(_ rules: String, _ files: [String]) throws {
    let found = try extraction(page, "body = [\"css:.b\"]\n[article.images]\nselect = [\"css:figure\"]\n\(rules)")
    let names = found.article.pictures.map { $0.renditions[0].href.split(separator: "/").last.map(String.init) ?? "" }
    #expect(names == files)
  }

  /// A gallery is a figure of figures: each is a picture.
  /// The rule was written on a page that had a lead picture alone.
  @Test(arguments: [
    ("<figure><img src=/inline.jpg><figcaption>The house from the east</figcaption></figure>", true),
    ("<div class=wide><figure><img src=/inline.jpg><figcaption>The house</figcaption></figure></div>", true),
    ("<figure><img src=/inline.jpg></figure>", false),
    ("<div class=related><figure><img src=/inline.jpg><figcaption>Another house</figcaption></figure></div>", false),
    ("<div><h3>Another house</h3><figure><img src=/inline.jpg><figcaption>It</figcaption></figure></div>", false),
    ("<figure><img src=/logo-inline.jpg><figcaption>The house</figcaption></figure>", false),
    ("<figure><a href=/large/inline.jpg><img src=/inline.jpg></a><figcaption>The house</figcaption></figure>", true),
    ("<figure><a href=/b><img src=/inline.jpg><figcaption>Another house</figcaption></a></figure>", false),
    ("<a href=/b><figure><img src=/inline.jpg><figcaption>Another house</figcaption></figure></a>", false),
    (
      "<figure><a href=https://shop.example/buy><img src=/inline.jpg></a><figcaption>Buy now</figcaption></figure>",
      false
    ),
  ])
  func figuresBetweenParagraphs(_ figure: String, _ isTaken: Bool) throws {
    let line =
      "<p>The council met on Monday evening, and after four hours of debate it decided to keep the library open.</p>"
    let page = """
      <h1>Head</h1><div class=hero><img src=/lead.jpg></div><div class=text>\(line)<p>Nobody spoke against it, not even once.</p>
      \(figure)<p>It will be read out in public, as every decision is.</p><p>Then it is nailed to the door.</p></div>
      """
    for body in ["css:.text", "css:.text p"] {
      let rules = """
        body = ["\(body)"]
        [article.images]
        select = ["css:.hero img"]
        drop = "logo"
        """
      let pictures = try extraction(page, rules).article.pictures
      #expect(pictures.map { $0.renditions[0].href.hasSuffix("/inline.jpg") } == (isTaken ? [false, true] : [false]))
      #expect(pictures.map(\.isLead) == (isTaken ? [true, false] : [true]))
    }
  }

  /// The rule selects every figure, and the page it was written on announced no other article between its paragraphs.
  @Test(arguments: [
    ("<figure><img src=/inline.jpg></figure>", true),
    ("<a href=/photos/12><figure><img src=/inline.jpg></figure></a>", true),
    (
      "<a href=/world/another-house-is-closed><figure><img src=/inline.jpg><figcaption>It</figcaption></figure></a>",
      true
    ),
    ("<div><a href=/world/another-house-is-closed><figure><img src=/inline.jpg></figure></a></div>", false),
    ("<div><figure><a href=/world/another-house-is-closed><img src=/inline.jpg></a></figure></div>", false),
    (
      "<article><figure><img src=/inline.jpg></figure><h3><a href=/b>Another house is closed</a></h3></article>", false
    ),
  ])
  func figuresOfCards(_ figure: String, _ isTaken: Bool) throws {
    let line =
      "<p>The council met on Monday evening, and after four hours of debate it decided to keep the library open.</p>"
    let lead = "<a href=/world/the-house-in-pictures-all><figure><img src=/lead.jpg></figure></a>"
    let page = "<h1>Head</h1>\(lead)<div class=text>\(line)\(line)\(figure)<p>It will be read out in public.</p></div>"
    for body in ["css:.text", "css:.text p", "css:.text p, .text figure"] {
      let rules = "body = ['\(body)']\n[article.images]\nselect = ['css:figure']"
      let pictures = try extraction(page, rules).article.pictures
      #expect(pictures.map { $0.renditions[0].href.hasSuffix("/inline.jpg") } == (isTaken ? [false, true] : [false]))
    }
  }

  @Test func aFigureOfFigures() throws {
    let inner = (1...3).map {
      "<figure><img src=/picture-number-\($0).jpg><figcaption>Seen from place \($0)</figcaption></figure>"
    }
    let page =
      "<h1>Head</h1><div class=b><p>Text, one sentence.</p><figure class=gallery>\(inner.joined())</figure><p>More.</p></div>"
    let rules = "body = ['css:.b']\n[article.images]\nselect = ['css:.b figure']\ncaption = ['css:figcaption']"
    let pictures = try extraction(page, rules).article.pictures
    #expect(pictures.map(\.caption) == (1...3).map { "Seen from place \($0)" })
  }

  /// A rule that cuts the credit out of the line below a picture may leave nothing: then that picture has no caption.
  @Test func anEmptiedCaptionStands() throws {
    let rules = """
      [article.images]
      select = ["css:figure"]
      caption = [{ css = "figcaption", replace = [["^[^/]+ / \\\\w+$", ""]] }]
      credit = [{ css = "figcaption", match = "^([^/]+) / \\\\w+$" }]
      """
    let pictures = try extraction(page, rules).article.pictures
    #expect(pictures.map(\.caption) == [nil, "What is seen", nil])
    #expect(pictures.map(\.credit) == ["Ann Able", nil, nil])
  }
}

@Suite struct ReportTests {
  @Test func everyFieldNamesItsRule() throws {
    let page = """
      <meta property="article:published_time" content="2026-03-01T10:00:00Z"><h1 title="(">Head</h1>
      <div class=b><p>Text, one sentence.</p><figure><img src=/a-picture-file-1.jpg alt=Alt><figcaption>Seen</figcaption></figure>
      <p>More text, one sentence.</p></div>
      """
    let found = try extraction(
      page,
      """
      headline = ["css:h1"]
      kicker = ["css:.kicker"]
      body = ["css:.b"]
      section = ["xpath://p[re:test(., //h1/@title)]"]
      remove = ["xpath://i[re:test(., 'x')]", "xpath://h1[re:test(., @title)]"]
      [article.images]
      select = ["css:figure"]
      caption = ["css:figcaption"]
      """)
    #expect(
      found.rules["headline"] == RuleOrigin(rule: "css:h1", file: "plugin.toml", position: .init(line: 9, column: 13)))
    #expect(found.rules["published"] == .generic)
    #expect(found.rules["images"]?.rule == "css:figure")
    #expect(found.rules["images.caption"]?.position?.line == 16)
    #expect(found.rules["images.alt"] == .generic)
    #expect(found.missed == ["kicker", "section"])
    // A rule that fails costs its own field alone, and says why.
    #expect(
      found.failures.map(\.origin.rule) == ["xpath://h1[re:test(., @title)]", "xpath://p[re:test(., //h1/@title)]"])
    #expect(found.failures.allSatisfy { $0.message.contains("not a regular expression") })
  }
}
