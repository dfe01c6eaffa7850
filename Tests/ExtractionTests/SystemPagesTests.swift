import Articles
import Extraction
import Testing
import Values

/// Pages as content systems build them: texts in pieces, lines that are no paragraphs by name, pictures' words in
/// every form.
@Suite struct SystemPagesTests {
  private static let sentences = [
    "The council met on Monday evening, and after four hours of debate, it decided to keep the library open.",
    "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.",
    "The mayor said that she had never seen so many letters about a single house, and that she would sign.",
    "It will be read out in public, as every decision of the council is, and put up in the house itself.",
    "A neighbour said she would come and listen, as she has done for thirty years on every such evening.",
    "The house has forty thousand books, a room for children, and a garden that the town looks after.",
    "Last year it lent nine thousand of them, a tenth more than in the year before, the librarians said.",
    "Its roof is to be mended in the summer, when the school is closed and the readers are away.",
  ]

  private func extract(_ body: String, head: String = "") throws -> Article {
    let page =
      "<html><head><title>Library stays open</title>\(head)</head><body><main><article><h1>Library stays open</h1>"
      + body + "</article></main></body></html>"
    return try PageExtractor(manifest: nil).extract(
      Array(page.utf8), url: WebURL("https://www.news.example/town/library-stays-open")!
    ).article
  }

  private func paragraphs(_ texts: some Sequence<String>) -> String { texts.map { "<p>\($0)</p>" }.joined() }

  // MARK: Bodies

  @Test(arguments: [1, 2, 3])
  func textInPieces(_ last: Int) throws {
    let (first, rest) = (Self.sentences.dropLast(last), Self.sentences.suffix(last))
    let advertisement = "<div class=advert><p>Buy now</p></div>"
    for (open, close) in [
      ("<div class=chunk>", "</div>"), ("<div class=column><div class=inner>", "</div></div>"),
    ] {
      let body =
        "<div class=story>" + open + paragraphs(first) + close + advertisement + open + paragraphs(rest) + close
      #expect(try extract(body + "</div>").bodyText == Self.sentences.joined(separator: "\n\n"))
    }
  }

  /// What follows in an element of another name, or under a headline of its own, is not the article's.
  @Test(arguments: [
    ("<div class=bio>", ""), ("<div>", ""), ("<div class=column><h2>Another story</h2><div class=inner>", ""),
    ("<div class=column><div class=inner>", "<a href=/another-story>"),
  ])
  func whatFollowsIsNone(_ open: String, _ link: String) throws {
    let other =
      "<p>\(link)Ann Able has written about the town and its houses for the paper since 2009, and lives in it.</p>"
    let body = "<div class=column><div class=inner>" + paragraphs(Self.sentences) + "</div></div>" + open + other
    #expect(try !extract(body).bodyText.contains("Ann Able"))
  }

  @Test(arguments: ["<div class=par>", "<div class=par><div>", "<div>"])
  func shortLinesThatAreNoParagraphs(_ open: String) throws {
    let lines = [
      Self.sentences[0], "Nobody was hurt.", "Readers should use the other door.", "“It is a nuisance,” said one.",
    ]
    let close = open.replacing("<div class=par>", with: "</div>").replacing("<div>", with: "</div>")
    let body = "<div class=article-body>" + lines.map { open + $0 + close }.joined() + "</div>"
    #expect(try extract(body).bodyText == lines.joined(separator: "\n\n"))
  }

  @Test func momentsInAList() throws {
    let list =
      "<ul><li><time><span>Published Feb. 13, 2026</span> <span>Updated Feb. 14, 2026, 10 p.m. ET</span></time></li></ul>"
    let body = list + "<div class=text>" + paragraphs(Self.sentences) + "</div>"
    #expect(try extract(body).bodyText == Self.sentences.joined(separator: "\n\n"))
  }

  @Test(arguments: [
    "<div class='kg-card kg-button-card'><a class=kg-btn href=/join>Support us</a></div>",
    "<details><summary>Key Takeaways AI-generated summary reviewed by our newsroom.</summary><ul><li>It stays.</li></ul></details>",
    "<p>Reach reporter Ann Able at ann@news.example.</p>",
  ])
  func chrome(_ box: String) throws {
    let body = "<div class=text>" + paragraphs(Self.sentences) + box + "</div>"
    #expect(try extract(body).bodyText == Self.sentences.joined(separator: "\n\n"))
  }

  // MARK: Beside the text

  @Test func aRemarkBehindTheSharedTitle() throws {
    let head =
      #"<meta property="og:title" content="Library stays open (Published 2019)">"#
      + #"<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Library stays open"}</script>"#
    #expect(try extract(paragraphs(Self.sentences), head: head).headline == "Library stays open")
  }

  /// A description that is the beginning of the text, cut off where it was long enough.
  @Test func theBeginningIsNoStandfirst() throws {
    let lines = ["The house is closed.", "It opens again in the spring.", Self.sentences[0], Self.sentences[1]]
    let head = #"<meta name="description" content="\#(lines.joined(separator: " ").prefix(110))...">"#
    #expect(try extract("<div class=text>" + paragraphs(lines) + "</div>", head: head).standfirst == nil)
  }

  @Test(
    arguments: [
      ("<p class=site-description>All that the town talks of, every day of the week.</p>", nil),
      ("", "All that the town talks of, every day of the week."),
    ] as [(String, String?)])
  func whatTheSiteSaysOfItself(_ masthead: String, _ expected: String?) throws {
    let head = #"<meta name="description" content="All that the town talks of, every day of the week.">"#
    let page =
      "<html><head><title>Library</title>\(head)</head><body><header>\(masthead)</header><main><article>"
      + "<h1>Library stays open</h1><div class=text>\(paragraphs(Self.sentences))</div></article></main></body></html>"
    let article = try PageExtractor(manifest: nil).extract(
      Array(page.utf8), url: WebURL("https://www.news.example/town/library")!
    ).article
    #expect(article.standfirst == expected)
  }

  @Test(arguments: [
    "<h4 class=subheading>Repairs will take three weeks, and the readers wait</h4>",
    "<h2 class=subtitle>Repairs will take three weeks, and the readers wait</h2>",
  ])
  func standfirsts(_ line: String) throws {
    // The box around headline and picture is called after the picture's words.
    let body = "<div class='head hasCaption'><h1>Library stays open</h1>\(line)</div>"
    let page =
      "<html><head><title>Library</title></head><body><main>\(body)<div class=text>\(paragraphs(Self.sentences))"
    let article = try PageExtractor(manifest: nil).extract(
      Array((page + "</div></main></body></html>").utf8), url: WebURL("https://www.news.example/town/library")!
    ).article
    #expect(article.standfirst == "Repairs will take three weeks, and the readers wait")
  }

  @Test func keywordsOfTheSystem() throws {
    let head = #"<meta name="keywords" content="Library, _syndication_noshow, Town">"#
    #expect(try extract(paragraphs(Self.sentences), head: head).keywords == ["Library", "Town"])
  }

  // MARK: Pictures' words

  @Test(
    arguments: [
      ("O presidente em Brasília - Adriano Machado/Reuters", "O presidente em Brasília", "Adriano Machado/Reuters"),
      ("A house on the hill – Bruno Santos/Folhapress", "A house on the hill", "Bruno Santos/Folhapress"),
      ("Photo by Ola Dahl on Unsplash", nil, "Ola Dahl on Unsplash"),
      ("Image by Ola Dahl from Pixabay", nil, "Ola Dahl from Pixabay"),
      ("Das Haus (Illustration: Ola Dahl)", "Das Haus", "Ola Dahl"),
      ("So soll das Haus aussehen (Grafik: Büro Lenz)", "So soll das Haus aussehen", "Büro Lenz"),
      ("A chart (Graphic: the rise of prices in ten years)", "A chart (Graphic: the rise of prices in ten years)", nil),
      ("The old town (Photo: the rowing club of the town)", "The old town", "the rowing club of the town"),
      ("From left: Ann Able - Bo Baker/Carl Cook", "From left: Ann Able - Bo Baker/Carl Cook", nil),
      ("Wo die Häuser stehen (Karte: rot = gesperrt)", "Wo die Häuser stehen (Karte: rot = gesperrt)", nil),
      ("<span>Foto: Petr Horník, Právo</span><span>Ilustrační foto</span>", "Ilustrační foto", "Petr Horník, Právo"),
      ("<span>Foto: Ola Dahl</span><span>The house on Monday</span>", "The house on Monday", "Ola Dahl"),
    ] as [(String, String?, String?)])
  func captionsAndCredits(_ words: String, _ caption: String?, _ credit: String?) throws {
    let figure = "<figure><img src=/img/a.jpg width=900 height=600><figcaption>\(words)</figcaption></figure>"
    let picture = try #require(
      try extract("<div class=text>" + figure + paragraphs(Self.sentences) + "</div>").pictures.first)
    #expect(picture.caption == caption)
    #expect(picture.credit == credit)
  }

  /// One box called for both, with a credit of its own inside.
  @Test func aBoxForCaptionAndCredit() throws {
    let words =
      "<div class=imageCaptionAndCredit><span class=title>המפעל הבוער</span><span class=credit>(צילום: משה כהן)</span></div>"
    let figure = "<div class=imageBox><img src=/img/a.jpg width=900 height=600>\(words)</div>"
    let picture = try #require(
      try extract("<div class=text>" + figure + paragraphs(Self.sentences) + "</div>").pictures.first)
    #expect(picture.caption == "המפעל הבוער")
    #expect(picture.credit == "משה כהן")
  }

  // MARK: By rule

  @Test func aSentenceThatACaptionRepeats() throws {
    let figure =
      "<figure><img src=/img/a.jpg width=900 height=600><figcaption>\(Self.sentences[1])</figcaption></figure>"
    let page =
      "<html><body><main><h1>Library stays open</h1><div class=text>" + paragraphs(Self.sentences.prefix(2)) + figure
      + paragraphs(Self.sentences.dropFirst(2)) + "</div></main></body></html>"
    let article = try PageExtractor(manifest: exampleManifest(#"body = ["css:.text > p, .text > figure"]"#)).extract(
      Array(page.utf8), url: WebURL("https://www.news.example/town/library")!
    ).article
    #expect(article.bodyText == Self.sentences.joined(separator: "\n\n"))
  }

  @Test(
    arguments: [
      ("A nurse of the World Health Organization (WHO)", "A nurse of the World Health Organization (WHO)", nil),
      ("The house as it stood then (1987)", "The house as it stood then (1987)", nil),
      ("The house as it stood then (AFP)", "The house as it stood then", "AFP"),
    ] as [(String, String?, String?)])
  func bracketsThatARuleTakesForCredits(_ words: String, _ caption: String?, _ credit: String?) throws {
    let figure = "<figure><img src=/img/a.jpg width=900 height=600><figcaption>\(words)</figcaption></figure>"
    let page =
      "<html><body><main><h1>Library stays open</h1><div class=text>" + figure + paragraphs(Self.sentences)
      + "</div></main></body></html>"
    let manifest = try exampleManifest(
      #"""
      body = ["css:.text > p, .text > figure"]
      [article.images]
      caption = [{ css = "figcaption", replace = [["\\s*\\([^()]*\\)$", ""]] }]
      credit = [{ css = "figcaption", match = "\\(([^()]+)\\)$" }]
      """#)
    let picture = try #require(
      try PageExtractor(manifest: manifest).extract(
        Array(page.utf8), url: WebURL("https://www.news.example/town/library")!
      ).article.pictures.first)
    #expect(picture.caption == caption)
    #expect(picture.credit == credit)
  }
}
