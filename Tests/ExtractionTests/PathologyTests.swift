import Articles
import Extraction
import Testing
import Values

/// Pages that no publisher makes on purpose: each ends with an article or a clear error, and within the time that a
/// worker has for a job. The limits of a test run are generous: how fast it is, Benchmarks/articles measures.
@Suite struct PathologyTests {
  private static let address = WebURL("https://www.news.example/a")!
  private static let copy = """
    <h1>The library stays open</h1><p>The council met on Monday evening, and after four hours of debate, it decided to keep
    the library open all year.</p><p>Its members heard from readers, from teachers, and from two librarians.</p>
    """

  private func read(_ page: String) throws -> Article {
    try PageExtractor(manifest: nil).extract(Array(page.utf8), url: Self.address).article
  }

  @Test(.timeLimit(.minutes(1))) func aHundredMegabytes() throws {
    let page = [UInt8](repeating: UInt8(ascii: "a"), count: 100 << 20)
    #expect {
      _ = try PageExtractor(manifest: nil).extract(page, url: Self.address)
    } throws: { error in
      "\(error)" == "page cannot be read: document of 104857600 bytes is larger than the limit of 16777216"
    }
  }

  @Test(.timeLimit(.minutes(1))) func aMillionSiblings() throws {
    #expect {
      _ = try read(Self.copy + String(repeating: "<p>x</p>", count: 1_000_000))
    } throws: { error in
      "\(error)".hasPrefix("page cannot be read: document of 1000")
        && "\(error)".contains("elements has more than the limit of")
    }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["div", "span", "b", "ul><li", "blockquote", "table><tr><td", "font", "article"])
  func aHundredThousandNestedElements(_ name: String) throws {
    let elements = name.split(separator: "<").count
    let page = Self.copy + String(repeating: "<\(name)>", count: 100_000 / elements) + "deep" + Self.copy
    #expect(try read(page).headline == "The library stays open")
  }

  /// Each was read once for every table around it.
  @Test(.timeLimit(.minutes(1))) func tablesInTables() throws {
    let (open, close) = ("<table><tr><td>", "</td></tr></table>")
    let chain =
      String(repeating: open, count: 60) + "<p>A cell, of a page of old.</p>" + String(repeating: close, count: 60)
    #expect(try read(Self.copy + String(repeating: chain, count: 400)).headline == "The library stays open")
  }

  /// A text was copied whole for every piece that came to it, and a line made anew for every word that is explained in
  /// it.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "<span>The council</span>", "type <span class=tooltip>type<span class=tooltiptext>Letters of lead</span></span> ",
      "<span class=sr-only>T</span>he ", "<span aria-hidden=true>T</span>he ",
    ])
  func linesOfManyPieces(_ piece: String) throws {
    let line = "<p>" + String(repeating: piece, count: 40_000) + "</p>"
    #expect(try read(Self.copy + line + Self.copy).headline == "The library stays open")
  }

  /// Each asked all the others whether one of them is the same picture.
  @Test(.timeLimit(.minutes(1))) func picturesForReadersWithoutScripts() throws {
    let pictures = String(repeating: "<noscript><img src='/a.jpg'></noscript>", count: 30_000)
    #expect(try read(Self.copy + pictures).headline == "The library stays open")
  }

  /// Found by fuzzing: each level asked all below it again.
  @Test(.timeLimit(.minutes(1))) func figuresInFigures() throws {
    let deep = String(repeating: "<figure> x <figure>", count: 100) + "<img src='/a-picture-1.jpg'>"
    #expect(try read(Self.copy + deep).headline == "The library stays open")
    let wide =
      "<figure>" + String(repeating: "<figure><img src='/a-picture-1.jpg'></figure>", count: 20_000) + "</figure>"
    #expect(try read(Self.copy + wide + Self.copy).pictures.count <= 300)
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: ["class", "id", "style", "data-x", "alt", "srcset", "href", "content", "data-src", "title", "datetime"])
  func attributesOfMegabytes(_ name: String) throws {
    let value = String(repeating: "word /a.jpg 640w, By ", count: 50_000)
    let page = """
      <meta name=author content="Ann Able" \(name)="\(value)"><div \(name)="\(value)"><img src="/a-picture-1.jpg"
      \(name)="\(value)"><a \(name)="\(value)">x</a><time \(name)="\(value)">x</time></div>\(Self.copy)
      """
    #expect(try read(page).headline == "The library stays open")
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "&#99999999999999999999;", "&#xFFFFFFFFFFFFFFFF;", "&#0;", "&#xD800;", "&#1114112;", "&#-1;", "&#x;", "&;",
      "&&&&",
    ])
  func entitiesOutOfRange(_ entity: String) throws {
    let found = try read(Self.copy + "<p>" + String(repeating: entity, count: 20_000) + "</p>")
    #expect(found.bodyText.hasPrefix("The council met"))
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      "<script type='application/ld+json'>" + String(repeating: "[", count: 50_000) + "</script>",
      "<script type='application/ld+json'>" + String(repeating: "{\"a\":", count: 20_000) + "</script>",
      "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"author\":\""
        + String(repeating: "A and ", count: 20_000)
        + "\"}</script>",
      "<script type='application/ld+json'>{\"@type\":\"NewsArticle\",\"headline\":\""
        + String(repeating: "a - ", count: 30_000)
        + "\"}</script>",
      "<meta property='og:title' content='" + String(repeating: "a | ", count: 30_000) + "'>",
      "<meta name=author content='" + String(repeating: "Ann Able, ", count: 10_000) + "'>",
      "<div class=byline>" + String(repeating: "By Ann Able in Berlin ", count: 5_000) + "</div>",
      "<figure><img src=/a-picture-1.jpg><figcaption>" + String(repeating: "(Photo: a) ", count: 5_000)
        + "</figcaption></figure>",
      String(
        repeating: "<figure><img src=/a-picture-1.jpg><figcaption>Seen (Photo: Ann)</figcaption></figure>", count: 500),
      String(repeating: "<img src=/a-picture-1.jpg>", count: 5_000),
      String(repeating: "<h1>The library stays open</h1>", count: 2_000),
      String(
        repeating: "<div class='entry live'><time datetime=2026-03-01>x</time><p>Said so.</p></div>", count: 1_000),
      String(repeating: "<meta name=keywords content=a>", count: 5_000),
      String(repeating: "<br>", count: 20_000),
      "<article>" + String(repeating: "<p>A line.</p>", count: 20_000)
        + String(repeating: "<article><h3><a href=/o>Other</a></h3></article>", count: 20_000) + "</article>",
      "<table>" + String(repeating: "<tr><td>a<td>b", count: 1_000) + "</table>",
      String(repeating: "<ul>", count: 200) + String(repeating: "<li>a", count: 4_000),
      "<!--" + String(repeating: "-", count: 200_000),
      String(repeating: "<a href=/x>", count: 6_000),
      String(repeating: "<p><b><i>", count: 6_000),
      String(repeating: "<div class=comment><cite class=author>Carl Comment</cite></div>", count: 15_000),
      String(repeating: "<p><a rel=author href=/author/c>Carl Other</a></p>", count: 15_000),
      String(repeating: "<blockquote><p>By Carl Quoted</p></blockquote>", count: 15_000),
      String(repeating: "<div class=quote>", count: 200)
        + String(repeating: "<b class=byline>By Carl Quoted</b>", count: 15_000),
      String(repeating: "<p>A desk / Sep 2, 2026</p>", count: 15_000),
      // Lines that end a text, each with more of the text behind it.
      (0..<15_000).map {
        "<h4>Related</h4><p>In the year \($0), the council met again, and it spoke of the library for a whole night.</p>"
      }.joined(),
    ])
  func floods(_ flood: String) throws {
    // Before the copy, where it is met first.
    let found = try? read("<html><head></head><body>" + flood + Self.copy)
    let after = try? read(Self.copy + flood)
    #expect(found != nil || after != nil)
  }

  /// Boxes beside paragraphs that a rule names, each of which is asked whether it belongs to them.
  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      String(repeating: "<div class=ad>a</div>", count: 24_000),
      (0..<12_000).map { "<p class=text>Line \($0) of a text, which goes on.</p><div class=newsletter>a</div>" }
        .joined(),
      (0..<9_000).map { "<figure><img src=/\($0).jpg><figcaption>\($0)</figcaption></figure>" }.joined()
        + "<p class=text>End.",
      String(repeating: "<div class=paywall>", count: 200)
        + String(repeating: "<p class=text>a <a href=/login>b</a></p>", count: 6_000),
      (0..<9_000).map { "<p class=text>Line \($0).</p><div><p class=text>a<p class=text>b<p class=text>c</div>" }
        .joined(),
    ])
  func boxesBesideARule(_ flood: String) throws {
    let text = (1...4).map {
      "<p class=text>The council met for the \($0)th time, and it spoke of the library all night.</p>"
    }
    let page =
      "<html><body><h1>Library stays open all year</h1><div class=story>\(text.joined())\(flood)</div></body></html>"
    let url = WebURL("https://www.news.example/world/a-story")!
    let pictures = "[article.images]\nselect = ['css:figure']"
    for rule in ["body = ['css:.story']", "body = ['css:.story > p.text']", "body = ['css:.story']\n\(pictures)"] {
      let found = try PageExtractor(manifest: exampleManifest(rule)).extract(Array(page.utf8), url: url)
      #expect(found.article.bodyText.contains("for the 4th time"))
    }
  }
}
