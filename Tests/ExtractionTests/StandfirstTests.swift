import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://www.news.example/world/the-library-stays-open-4711")!
private let first =
  "<p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open.</p>"
private let rest = """
  <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
  <p>The mayor, who had asked for the vote, said she would sign the decision before the end of the week.</p>
  <p>The house has forty thousand books, and more than two hundred people come in on a usual day of the week.</p>
  """
private let lead = "The council voted for a whole year, and the readers were glad of it."

private func article(head: String = "", _ body: String) throws -> Article {
  let page = "<html lang=en><head>\(head)</head><body>\(body)</body></html>"
  return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
}

private func data(_ fields: String) -> String {
  "<script type='application/ld+json'>{\"@type\": \"NewsArticle\", \"headline\": \"Library stays open\", \(fields)}</script>"
}

@Suite struct StandfirstTests {
  /// Systems wrap each paragraph, and some texts are lists.
  @Test(arguments: [
    (first + rest).replacing("<p>", with: "<section class=block><div><p>").replacing(
      "</p>", with: "</p></div></section>"),
    "<ul>" + (first + rest).replacing("<p>", with: "<li>").replacing("</p>", with: "</li>") + "</ul>",
  ])
  func firstParagraphsThatAreText(_ text: String) throws {
    let found = try article("<article><h1>Library stays open</h1>\(text)</article>")
    #expect(found.standfirst == nil)
    #expect(found.bodyText.hasPrefix("The council met on Monday"))
    #expect(found.bodyText.hasSuffix("of the week."))
  }

  @Test(
    "the introduction is found whatever boxes stand around it",
    arguments: [
      // A box with the headline in it is named after the sidebar that it leaves room for, or an advertisement.
      "<div class='withSidebar'><div><h1>Library stays open</h1><div class=article-excerpt>\(lead)</div>\(first)\(rest)</div></div>",
      "<div class='page-ad-hidden'><header><h1>Library stays open</h1><div class=content-header-dek>\(lead)</div></header><div>\(first)\(rest)</div></div>",
      // In the header, beside the line that says who wrote it.
      "<article><header><h1>Library stays open</h1><div class=byline-social>Ann Able<p class=strapline>\(lead)</p></div></header>\(first)\(rest)</article>",
      // Right below the headline, without a name of its own.
      "<article><h1>Library stays open</h1><h2>\(lead)</h2><div class=byline>By Ann Able</div>\(first)\(rest)</article>",
      "<article><h1>Library stays open</h1><div itemprop=articleBody><h2 class=sub-tit-l>\(lead)</h2>\(first)\(rest)</div></article>",
    ])
  func printed(_ body: String) throws {
    let found = try article(body)
    #expect(found.standfirst == lead)
    #expect(found.bodyText.hasPrefix("The council met"))
  }

  @Test("a line that tells who wrote it is no introduction") func biography() throws {
    let bio = "<div class=contrib-blurb>Ann Able is a reporter who covers houses and books.</div>"
    let head = data(#""author": {"@type": "Person", "name": "Ann Able"}, "description": "\#(lead)""#)
    let found = try article(
      head: head, "<article><h1>Library stays open</h1>\(bio)<div>\(first)\(rest)</div></article>")
    #expect(found.standfirst == lead)
  }

  @Test("a short line below the headline is a subhead") func subhead() throws {
    let found = try article(
      "<article><h1>Library stays open</h1><h2>Four hours of debate</h2>\(first)\(rest)</article>")
    #expect(found.standfirst == nil)
    #expect(found.bodyText.contains("Four hours of debate"))
  }

  @Test(
    "of several descriptions the one about the article is taken, whole",
    arguments: [
      // The words below the picture are in the data by mistake.
      (
        data("\"description\": \"The house in the evening light of March.\"")
          + "<meta property='og:description' content='\(lead)'>",
        "<img src=/a.jpg alt='The house in the evening light of March.'>", lead
      ),
      // Where nothing else describes the article, they stay.
      (
        data("\"description\": \"The house in the evening light of March.\""),
        "<img src=/a.jpg alt='The house in the evening light of March.'>", "The house in the evening light of March."
      ),
      // Cut off in one place and whole in another.
      (
        data(
          "\"alternativeHeadline\": \"\(lead)\", \"description\": \"The council voted for a whole year, and the rea...\""
        ),
        "", lead
      ),
      (
        "<meta property='og:description' content='The council voted for a whole year, and …'><meta name=description content='\(lead)'>",
        "", lead
      ),
      (
        data("\"description\": \"The council voted for a whole year, and ...\""), "",
        "The council voted for a whole year, and ..."
      ),
      // A bar that stood before the site's name.
      (data("\"description\": \"\(lead) |\""), "", lead),
      // Who wrote it is no part of it.
      (data("\"author\": {\"name\": \"Ann Able\"}, \"description\": \"\(lead) By Ann Able\""), "", lead),
      (
        data("\"author\": {\"name\": \"Ann Able\"}, \"description\": \"They chose a new head. Ann Able\""), "",
        "They chose a new head. Ann Able"
      ),
    ])
  func described(_ head: String, _ picture: String, _ expected: String) throws {
    let body = "<article><h1>Library stays open</h1>\(picture)\(first)\(rest)</article>"
    #expect(try article(head: head, body).standfirst == expected)
  }

  @Test("an introduction with its author's name is not read twice") func signed() throws {
    let head = data("\"author\": {\"name\": \"Ann Able\"}, \"description\": \"\(lead) By Ann Able\"")
    let body =
      "<article><h1>Library stays open</h1><div class=shorttext><p>\(lead) By <b>Ann Able</b></p></div>\(first)\(rest)</article>"
    let found = try article(head: head, body)
    #expect(found.standfirst == lead)
    #expect(found.bodyText.hasPrefix("The council met"))
  }

  @Test("what is printed below the headline is the introduction, the described opening is text") func twoDescriptions()
    throws
  {
    let opening = "The council met on Monday evening, and it decided to keep the library open."
    let head = data("\"description\": \"\(opening)\"") + "<meta property='og:description' content='\(lead)'>"
    let body = """
      <article><header><h1>Library stays open</h1><h2 class=subheader>\(lead)</h2></header>
      <div><p class=intro>\(opening)</p>\(rest)</div></article>
      """
    let found = try article(head: head, body)
    #expect(found.standfirst == lead)
    #expect(found.bodyText.hasPrefix(opening))
  }
}

private let described = "<meta property='og:description' content='\(lead)'>"

/// Introductions that the page's description tells from what stands around them.
@Suite struct DescribedStandfirstTests {
  @Test(
    "a label before it is none of it",
    arguments: [
      ("<p class=desc><span class=kicker>Reportage</span> \(lead)</p>", lead),
      ("<p class=summary><strong>Reportage</strong><span>\(lead)</span></p>", lead),
      ("<p class=summary><b>Reportage:</b> \(lead)</p>", "Reportage: \(lead)"),
      // A place says where the text comes from.
      ("<p class=summary><span>Example City.</span> \(lead)</p>", "Example City. \(lead)"),
      ("<p class=summary><b>Example City - </b>\(lead)</p>", "Example City - \(lead)"),
      // And so may be what the description does not have.
      ("<p class=summary><b>Readers</b> win: \(lead)</p>", "Readers win: \(lead)"),
    ])
  func label(_ line: String, _ expected: String) throws {
    let found = try article(
      head: described, "<article><h1>Library stays open</h1>\(line)<div>\(first)\(rest)</div></article>")
    #expect(found.standfirst == expected)
    #expect(found.bodyText.hasPrefix("The council met"))
  }

  @Test("the second line of a headline") func secondLine() throws {
    let found = try article(
      head: described + "<meta property='og:title' content='Library stays open'>",
      "<article><h1><span>Library stays open</span><br><span class=rest>\(lead)</span></h1><p class=lead>\(lead) Really.</p>\(first)\(rest)</article>"
    )
    #expect(found.standfirst == lead)
    #expect(found.headline == "Library stays open")
  }

  @Test(
    "a first paragraph that is set apart",
    arguments: [
      // By a class that no other has, each in a box of its own.
      ("<div><p class='bold large'>\(lead)</p></div>", "p class='large'", true),
      ("<div><p class='large'>\(lead)</p></div>", "p class='large'", false),
      ("<div><p class='large first-letter'>\(lead)</p></div>", "p class='large'", false),
      // In bold and italics, without a full stop.
      ("<p><strong><em>\(lead) ANN ABLE writes</em></strong></p>", "p", true),
    ])
  func apart(_ opening: String, _ paragraph: String, _ isStandfirst: Bool) throws {
    let words = opening.contains("ANN ABLE") ? lead + " ANN ABLE writes" : lead
    let texts = (first + rest).replacing("<p>", with: "<\(paragraph)>")
    let found = try article(
      head: "<meta property='og:description' content='\(words)'>",
      "<article><h1>Library stays open</h1><div class=body>\(opening)\(texts)</div></article>")
    #expect(found.standfirst == (isStandfirst ? words : nil))
    #expect(found.bodyText.contains(lead) != isStandfirst)
  }

  @Test("the introduction with a label in front is not read twice", arguments: ["Town life", "EXAMPLETON -"])
  func labelled(_ label: String) throws {
    let found = try article(
      "<article><h1>Library stays open</h1><p class=standfirst>\(lead)</p><div class=body><p>\(label) \(lead)</p>\(first)\(rest)</div></article>"
    )
    #expect(found.standfirst == lead)
    #expect(found.bodyText.contains(lead) == label.hasSuffix("-"))
  }

  @Test("a place and an agency open a text, also where the place is cut short") func dateline() throws {
    let opening = "HALDEN, Neb. (AP) — The leak that nearly ended the town's feast began as a dark spot on its tower."
    let found = try article(
      head: "<meta property='og:description' content='\(opening)'>",
      "<article><h1>Library stays open</h1><p>By Ann Able</p><div class=body><div><p>\(opening)</p></div><figure><img src=/a.jpg></figure><div>\(first)\(rest)</div></div></article>"
    )
    #expect(found.bodyText.hasPrefix("HALDEN, Neb. (AP)"))
  }
}

/// Introductions of several lines.
@Suite struct StandfirstLineTests {
  private let points =
    "<li>Forty thousand books stay where they are</li><li>Readers and teachers had asked for it.</li>"
  private let joined = "Forty thousand books stay where they are\nReaders and teachers had asked for it."

  @Test(
    "points right below the headline",
    arguments: [
      "", "<li><b>More news:</b> <a href='/s'>Another library is open at night as well</a></li>",
      "<li><a href='mailto:news@news.example'>Do you know more of it? Write to news@news.example</a></li>",
    ])
  func points(_ invitation: String) throws {
    let found = try article(
      "<article><h1>Library stays open</h1><ul>\(points)\(invitation)</ul>\(first)\(rest)</article>")
    #expect(found.standfirst == joined)
    #expect(found.bodyText.hasPrefix("The council met"))
  }

  @Test(
    "lists that are none",
    arguments: [
      "<ul><li>Share</li><li>Print</li></ul>",
      "<p>\(lead)</p><ul>\("<li>Forty thousand books stay where they are</li>")</ul>",
    ])
  func others(_ list: String) throws {
    let found = try article("<article><h1>Library stays open</h1>\(list)\(first)\(rest)</article>")
    #expect(found.standfirst.map { !$0.contains("Forty") && !$0.contains("Share") } ?? true)
  }

  @Test("two headings below each other before the text") func headings() throws {
    let lines = "<h2>Forty thousand books stay where they are</h2><h2>Readers and teachers had asked for it</h2>"
    let found = try article("<article><h1>Library stays open</h1><div>\(lines)</div>\(first)\(rest)</article>")
    #expect(found.standfirst == "Forty thousand books stay where they are\nReaders and teachers had asked for it")
    #expect(found.bodyText.hasPrefix("The council met"))
    // One alone is a subhead.
    let subhead = "<div><h2>Forty thousand books stay where they are</h2></div>"
    #expect(try article("<article><h1>Library stays open</h1>\(subhead)\(first)\(rest)</article>").standfirst == nil)
  }

  @Test("a box called after the lead may be that of the first picture") func picture() throws {
    let picture =
      "<div class=article-lede><img src=/a.jpg><div class=caption>The house in the evening light of March, with its readers.</div></div>"
    let found = try article(
      head: described, "<article><h1>Library stays open</h1>\(picture)<div>\(first)\(rest)</div></article>")
    #expect(found.standfirst == lead)
  }

  @Test("values of a rule") func rule() throws {
    let manifest = try exampleManifest("standfirst = ['css:.point']")
    let page = """
      <html><body><article><h1>Library stays open</h1><p class=point>One point</p><p class=point>A sentence.</p><p class=point>Another.</p>
      \(first)\(rest)</article></body></html>
      """
    let found = try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: address).article
    #expect(found.standfirst == "One point\nA sentence. Another.")
  }

  @Test(
    "what the text begins with is not read twice, as a description that a system cut short",
    arguments: [
      ("meta:description", "The council met on Monday evening, and after four hours of …"),
      ("meta:description", "The council met on Monday evening, and after..."),
      ("jsonld:description", "Its members heard from readers, from teachers, and from …"),
      (
        "css:.nothing",
        "The council met on Monday evening, and after four hours of debate, it decided to keep the library open."
      ),
    ])
  func repeated(_ rule: String, _ description: String) throws {
    let page = """
      <html><head><meta name=description content="\(description)">\(data("\"description\": \"\(description)\""))</head>
      <body><h1>Library stays open</h1><div class=text>\(first)\(rest)</div></body></html>
      """
    let rules = try exampleManifest("body = ['css:.text']\nstandfirst = ['\(rule)']")
    let found = try PageExtractor(manifest: rules).extract(Array(page.utf8), url: address)
    #expect(found.article.standfirst == nil)
    #expect(found.article.body.count == 4)
    #expect(found.rules["standfirst"] == nil)
  }

  @Test("a description that breaks off and is no part of the text stands") func cut() throws {
    let page =
      "<html><body><h1>Library stays open</h1><h2>\(lead.dropLast())…</h2><div class=text>\(first)\(rest)</div></body></html>"
    let rules = try exampleManifest("body = ['css:.text']\nstandfirst = ['css:h2']")
    #expect(
      try PageExtractor(manifest: rules).extract(Array(page.utf8), url: address).article.standfirst
        == "\(lead.dropLast())…")
  }

  @Test(
    "the title of another article, or words below a picture, are no introduction",
    arguments: [
      "<h2 class=subtitle><a href=/world/another-2>Another house closes for good, and nobody knows what will become of it.</a></h2>",
      "<div class=media><img src=/a.jpg><span class=mediaSubtitle><span class=mediaSubtitleText>The house by the river from the east, on Monday.</span></span></div>",
    ])
  func announced(_ markup: String) throws {
    #expect(
      try article("<article><h1>Library stays open</h1>\(markup)<div>\(first)\(rest)</div></article>").standfirst == nil
    )
  }
}
