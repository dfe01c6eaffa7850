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
