import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://www.news.example/world/a-story")!
private let text = """
  <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.</p>
  <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
  <p>The mayor, who had asked for the vote, said she would sign the decision before the end of the week.</p>
  """

private func article(
  head: String = "", before: String = "", after: String = "", in middle: String = ""
) throws -> Article {
  let page = """
    <html><head>\(head)</head><body><main><article><h1>Library stays open</h1>\(before)<div>\(text)\(middle)
    <p>It will be read out in public, as every decision of the council is.</p>\(after)</div></article></main></body></html>
    """
  return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
}

private func data(_ json: String) -> String { "<script type='application/ld+json'>\(json)</script>" }

/// What stands around the text of an article and is no part of it.
@Suite struct ClearingTests {
  @Test(arguments: [
    "<h2>Vote on Monday Library stays open</h2>", "<p>06.01.2026, Lesezeit 5 Min.</p>", "<p>Lecture 3 min.</p>",
    "<p>1 March 2026</p>", "<p>30 พ.ย. 2569 เวลา 08.15 น.</p>",
  ])
  func aboveTheText(_ line: String) throws {
    #expect(try article(before: line).body.count == 4)
  }

  /// A list of short points is read where a heading of its own stands above it.
  @Test func pointsAboveTheText() throws {
    let points = "<ul><li>It stays open</li><li>All year</li></ul>"
    #expect(try article(before: "<div><h2>Key points</h2>\(points)</div>").body.count == 6)
    #expect(try article(before: points).body.count == 4)
    let names = "<ul><li>Ann Able</li><li>1 March 2026</li></ul>"
    #expect(try article(before: "<div><h2>The vote</h2>\(names)</div>").bodyText.contains("Ann Able") == false)
  }

  @Test(arguments: [
    "<p>RELATED <a href=/b>Another story of the day, and what came of it</a></p>",
    "<p>Weiter hier: <a href=/b>Another story of the day</a></p>",
    "<p>FUNDA LAPHA | <a href=/b>Another story of the day</a></p>",
    "<ul><li><b>Also:</b> <a href=/b>Another story of the day</a></li></ul>",
    "<p>12 mins ago11:48 Ann Able</p>", "<p>The house from the east © Example Pictures</p>",
    "<p>The house from the east (AFP / ANN ABLE)</p>",
    "<img src=/a.jpg alt='The house from the east'><span><br><br>The house from the east<br><br></span>",
    "<p>12</p>", "<p>23. 12. 2024 13:31</p>", "<p>$$ADVERT$$</p>", "<p>Published 2 days ago</p>",
    "<p>Sign in to read on, please, or create an account.</p>",
    "<div class=more-topic><p>The story of another house, which was closed, in spite of everything.</p></div>",
  ])
  func insideTheText(_ line: String) throws {
    let body = try article(in: line).body.filter { if case .figure = $0 { false } else { true } }
    #expect(body.count == 4)
  }

  @Test(arguments: [
    "<p>(dmk)</p>", "<p>Ann Able ann@news.example</p>", "<p>Additional reporting by Bob Baker</p>", "<p>abc/dpa</p>",
    "<p>NWS (dst)</p>", "<p>Reuters</p>", "<p>Ann Able</p>",
    "<p>Ann Able</p><p>AFP</p>",
    "<h2>Mehr zum Rathaus</h2><p>The story of another house, which was closed, in spite of everything.</p>",
  ])
  func belowTheText(_ line: String) throws {
    #expect(try article(head: "<meta name=author content='Ann Able'>", after: line).body.count == 4)
  }

  @Test(arguments: [
    "<p>“No.”</p>", "<p>The end</p>", "<p>He said: <a href=/b>wait</a>, and left.</p>",
    "<p aria-hidden=true>Its oldest book, which no reader has asked for in a hundred years, stays where it has always been.</p>",
    "<p>Write to her at ann@news.example, and she will answer.</p>", "<p>2026 was long.</p>",
    "<p>• <a href=https://help.example/b>The helpline, 116 123</a></p>",
    "<p>– <a href=https://books.example/b>Ann Able, a librarian</a></p>",
    "<p>★★★★☆ <a href=/b>The House on the Hill</a></p>",
    "<p>📍 <a href=https://maps.example/b>Hill Café, 3 High Street</a></p>",
    "<p>It cost 12 dollars (about 11 euros).</p>", "<p>Their names are Ann Able and Bob Baker.</p>",
  ])
  func whatIsText(_ line: String) throws {
    #expect(try article(in: line).body.count == 5)
    #expect(try article(after: line).body.count == 5)
  }

  @Test func aDescriptionCutShortIsNoStandfirst() throws {
    let found = try article(
      head: "<meta name=description content='The council met on Monday evening, and after four hours of debate ...'>")
    #expect(found.standfirst == nil)
    #expect(found.body.count == 4)
  }

  @Test func aBoldOpeningIsTheStandfirst() throws {
    let found = try article(
      before: "<p><b>A long night ended with a vote for the readers of this town, and for its library.</b></p>")
    #expect(found.standfirst == "A long night ended with a vote for the readers of this town, and for its library.")
    #expect(found.body.count == 4)
  }

  @Test func aDescriptionInMarkup() throws {
    let found = try article(
      head: data(
        #"{"@type":"NewsArticle","description":"<p>A long night ended with a <b>vote</b> for the readers.</p>"}"#))
    #expect(found.standfirst == "A long night ended with a vote for the readers.")
  }

  @Test func aPlaceBeforeTheDescription() throws {
    let long = (1...20).map { "<p>Sentence number \($0) of a text, which this page shows to everyone who asks.</p>" }
    let page = """
      <html><head><meta name=description content='A long night ended with a vote for the readers.'></head><body><article>
      <h1>Library stays open</h1><div><span>Exampleton. A long night ended with a vote for the readers.</span></div>
      <div class=article-body>\(long.joined())</div></article></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.standfirst == "Exampleton. A long night ended with a vote for the readers.")
    #expect(found.body.count == 20)
  }

  // MARK: Who signed it

  @Test(arguments: [
    ("<p><strong>Ann Able</strong></p>", "", ["Ann Able"]), ("", "<p><b>Ann Able</b></p>", ["Ann Able"]),
    ("<p>Von: Ann Able, Bob Baker</p>", "", ["Ann Able", "Bob Baker"]),
    ("", "<p>By Example Staff</p>", ["Example Staff"]),
    ("<p><strong>Breaking News</strong></p>", "", ["News"]), ("<p><b>What we know</b></p>", "", ["News"]),
  ])
  func signatures(_ before: String, _ after: String, _ names: [String]) throws {
    let found = try article(
      head: data(#"{"@type":"NewsArticle","author":{"@type":"Organization","name":"News"}}"#), before: before,
      after: after)
    #expect(found.authors.map(\.name) == names)
    #expect(found.body.count == 4)
  }

  @Test func aSignatureDoesNotDisplaceTheDatasAuthors() throws {
    let found = try article(
      head: data(#"{"@type":"NewsArticle","author":{"name":"Ann Able"}}"#), before: "<p><b>Bob Baker</b></p>")
    #expect(found.authors.map(\.name) == ["Ann Able"])
  }

  @Test func theBylineNamesMoreThanTheData() throws {
    let byline = """
      <div class=byline><a rel=author href=/by/ann>Ann Able</a> <a rel=author href=/by/bob>Bob Baker</a></div>
      """
    let head = data(#"{"@type":"NewsArticle","author":{"name":"Bob Baker","url":"bbaker"}}"#)
    let found = try article(head: head, before: byline)
    #expect(found.authors.map(\.name) == ["Ann Able", "Bob Baker"])
    // "bbaker" is no address.
    #expect(found.authors.allSatisfy { $0.url == nil })
  }

  @Test(arguments: [("politics", "Politics"), ("US politics", "US politics"), ("iPhone", "iPhone")])
  func sections(_ stated: String, _ section: String) throws {
    #expect(try article(head: "<meta property='article:section' content='\(stated)'>").section == section)
  }
}
