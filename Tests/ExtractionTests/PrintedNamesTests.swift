import Articles
import Extraction
import Testing
import Values

private let text = """
  <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.</p>
  <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
  <p>The mayor, who had asked for the vote, said she would sign the decision before the end of the week.</p>
  """

private func authors(
  head: String = "", before: String = "", _ byline: String, after: String = ""
) throws -> [String] {
  let page = """
    <html><head><title>Library stays open all year - Example</title>\(head)</head><body>\(before)<main><article>
    <h1>Library stays open all year</h1>\(byline)\(text)</article></main>\(after)</body></html>
    """
  let url = WebURL("https://www.news.example/world/a-story")!
  return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.authors.map(\.name)
}

@Suite struct PrintedNamesTests {
  @Test(
    "several in an element each",
    arguments: [
      "<p><a rel=author>Ann Able</a>, <a rel=author>Bob Baker</a></p>",
      "<p>By <a href='/author/a'>Ann Able</a> and <a href='/author/b'>Bob Baker</a></p>",
      "<div class=byline><span class=byline__name>Ann Able</span> <span class=byline__name>Bob Baker</span></div>",
      "<ul class=authors><li><b data-testid=author-name>Ann Able</b><sup>1</sup></li><li><b data-testid=author-name>Bob Baker</b></li></ul>",
      "<address><a href='/x'>Ann Able</a>, Reporter, <span>Bob Baker</span></address>",
      "<p class=sentence>Von <a href='/autoren/ann'>Ann Able</a> und Bob Baker</p>",
      "<div class=authors><a class=author-name>Ann Able <i>– Journalist</i></a> <a class=author-name>Bob Baker <i>– Journalist</i></a></div>",
    ])
  func several(_ byline: String) throws {
    #expect(try authors(byline) == ["Ann Able", "Bob Baker"])
  }

  @Test(
    "several in one line",
    arguments: [
      ("<p class=author>Ann Able, Bob Baker and Carl Case</p>", ["Ann Able", "Bob Baker", "Carl Case"]),
      ("<p class=author>Ann Able, Example City</p>", ["Ann Able"]),
      ("<p>Door Jan de Vries</p>", ["Jan de Vries"]),
    ])
  func inALine(_ byline: String, _ names: [String]) throws { #expect(try authors(byline) == names) }

  @Test(
    "the nearest to the headline",
    arguments: [
      "<a rel=author>Carl Other</a>", "<a href='/author/carl'>Carl Other</a>", "<span class=byline>Carl Other</span>",
    ])
  func nearest(_ other: String) throws {
    let far = "<div class=list>" + String(repeating: "<div><p>\(other)</p><b>Opinion</b></div>", count: 5) + "</div>"
    let between = String(repeating: "<i>x</i>", count: 20)
    let own = other.replacing("carl", with: "ann").replacing("Carl Other", with: "Ann Able")
    #expect(try authors(before: far + between, "<p>\(own)</p>", after: between + far) == ["Ann Able"])
  }

  @Test(arguments: [
    ("<div><span>Ann Able |</span> <span>05.04.2026</span></div>", ["Ann Able"]),
    ("<p><a href='/topic/1'>Ann Able</a><br>28.04.2026 | 09:36 Uhr</p>", ["Ann Able"]),
    // A place is no line of its own with a date.
    ("<p>Example City has voted, and how, on 5.4.2026.</p>", []),
    ("<div><span>Ann Able</span></div>", []),
  ])
  func besideTheDate(_ line: String, _ names: [String]) throws {
    #expect(try authors(line) == names)
  }

  @Test(arguments: [
    ("<div class=writer>순천 <strong>홍길동</strong> 기자 <i>hong@news.example</i></div>", ["홍길동"]),
    ("<dl><dt>김철수 기자</dt><dd>a@news.example</dd></dl><dl><dt>이영희 선임기자</dt></dl>", ["김철수", "이영희"]),
    ("<div class=writer>김철수·이영희 기자</div>", ["김철수", "이영희"]),
  ])
  func koreanReporters(_ line: String, _ names: [String]) throws {
    #expect(try authors(line) == names)
  }

  @Test(arguments: [
    ("<p class=byline>By Ann Able | Example</p>", ["Ann Able"]),
    ("<p class=byline>Ann Able writes from Example City</p>", ["Ann Able"]),
    ("<p class=byline>Ann van der Able</p>", ["Ann van der Able"]),
    ("<p class=byline>Photo: Carl Picture</p>", []),
    ("<p><a href='/authors/guide'>Guide to authors</a></p>", []),
    ("<p class=byline><b>Ann Able</b> <i>3 min</i></p>", ["Ann Able"]),
    ("<p class=byline>Ann Able, Journalist i Paris</p>", ["Ann Able"]),
    ("<p>Redaktion: <a href='/author/bob'>Bob Baker</a></p>", []),
    ("<div class=byline><div>By <b>Ann Able</b><span>Political editor</span></div></div>", ["Ann Able"]),
    ("<p class=author>Ann Able<br>Senior Reporter</p>", ["Ann Able"]),
    ("<div>By Ann Able <time>April 4, 2024</time></div>", ["Ann Able"]),
    (
      "<p>By <a href='/author/ann'>Ann Able</a> <span>edited by <a href='/author/bob'>Bob Baker</a></span></p>",
      ["Ann Able"]
    ),
    (
      "<p>By <a href='/author/ann'>Ann Able</a></p><p>Editor: <a rel=author href='/bob'>Bob Baker</a></p>", ["Ann Able"]
    ),
  ])
  func whatIsNoName(_ line: String, _ names: [String]) throws {
    #expect(try authors(line) == names)
  }

  @Test(
    "whoever took a picture",
    arguments: [
      "<div class=image-description><h2>The library at night</h2><span class=image-description__author-info>Bob Baker</span></div>",
      "<figure><img src=/a.jpg><figcaption>The library at night <span class=author>Bob Baker</span></figcaption></figure>",
      "<div class=photo-credit>Photograph <span class=author-name>Bob Baker</span></div>",
    ])
  func ofPictures(_ box: String) throws {
    #expect(try authors(box).isEmpty)
    #expect(try authors("<p class=author>Ann Able</p>" + box) == ["Ann Able"])
  }

  @Test(arguments: [
    "<section><h4><a href='/author/ann'>Ann Able</a></h4><p>Writes on libraries.</p></section>",
    "<div><h2><a href='/comments'>A comment by</a></h2><a rel=author href='/x'><h4 itemprop=name>Ann Able</h4></a></div>",
  ])
  func namesInHeadings(_ part: String) throws {
    #expect(try authors(part) == ["Ann Able"])
  }
}

private let many = "<p>" + String(repeating: "<i>x</i> ", count: 400) + "</p>"

/// Names that the page prints and its data do not have.
@Suite struct StatedNamesTests {
  private func stated(_ names: [String]) -> String {
    let list = names.map { #"{"@type": "Person", "name": "\#($0)"}"# }.joined(separator: ",")
    return #"<script type="application/ld+json">{"@type": "NewsArticle", "author": [\#(list)]}</script>"#
  }

  @Test(
    "of two printed names the data have the first",
    arguments: [
      "<div class=author_block>By <a class=author href='/author/ann'>Ann Able</a> <span>with Bob Baker</span></div>",
      "<div class=byline>Par <b>Ann Able</b> avec Bob Baker</div>", "<p class=authors>Ann Able et Bob Baker</p>",
      "<ul class=writers><li><a href='/reporter/1'>Ann Able</a></li><li><a href='/reporter/2'>Bob Baker</a></li></ul>",
      "<ul class=authors><li>Autor/in <a href='/autor/ann'>Ann Able</a></li><li>Autor/in <b>Bob Baker</b></li></ul>",
    ])
  func second(_ byline: String) throws {
    #expect(try authors(head: stated(["Ann Able"]), byline) == ["Ann Able", "Bob Baker"])
  }

  /// Whoever is at home where the site begins is the house, whatever the data call it.
  @Test(arguments: [
    ("https://www.news.example/", ["Bob Baker"]), ("https://www.news.example", ["Bob Baker"]),
    ("https://www.news.example/ann", ["TownVoice"]), ("https://town.example/", ["TownVoice"]),
  ])
  func atHome(_ home: String, _ names: [String]) throws {
    let head =
      #"<script type="application/ld+json">{"@type": "NewsArticle", "author": {"@type": "Person", "name": "TownVoice", "url": "\#(home)"}}</script>"#
    #expect(try authors(head: head, "<p class=byline>By <a href='/author/bob'>Bob Baker</a></p>") == names)
  }

  /// What stands behind `for` belongs to the name of an organisation.
  @Test func organisationFor() throws {
    let head =
      #"<script type="application/ld+json">{"@type": "NewsArticle", "author": {"@type": "Organization", "name": "Common Ground for Example News"}}</script>"#
    #expect(try authors(head: head, "") == ["Common Ground for Example News"])
  }

  /// A site of one's own.
  @Test func atHomeOnAnOwnSite() throws {
    let head =
      #"<script type="application/ld+json">{"@type": "NewsArticle", "author": {"@type": "Person", "name": "Ann Able", "url": "https://www.news.example"}}</script>"#
    #expect(try authors(head: head, "<p class=byline>By <a href='/author/bob'>Bob Baker</a></p>") == ["Ann Able"])
  }

  @Test(
    "what stands beside the name is nobody",
    arguments: [
      "<div class=byline>By Ann Able with agencies</div>", "<div class=byline>By Ann Able and Example Staff</div>",
      "<div class=byline>By Ann Able, Example City</div>", "<div class=byline>Par Ann Able avec AFP</div>",
      "<ul class=authors><li><a href='/author/ann'>Ann Able</a></li><li>Share this</li></ul>",
    ])
  func alone(_ byline: String) throws {
    #expect(try authors(head: stated(["Ann Able"]), byline) == ["Ann Able"])
  }

  @Test(
    "a line in bold below the text",
    arguments: [
      ("<p><b>Ann Able, Example City</b></p><p><i>Фото Bob Baker</i></p>", ["Ann Able"]),
      ("<p><i>Фото Bob Baker</i></p>", []), ("<p><b>New Rules, old mistakes</b></p>", []),
      // A dash stands before the items of a list, and before who is quoted.
      ("<p>— Red Wine</p>", []), ("<p>— Ann Able</p>", []), ("<p>— The vote is final —</p>", []),
      // What companies send out ends in what they say of themselves.
      ("<p><b>About Example</b></p><p>Example lends out books.</p>", []),
      ("<p><b>Investor Relations</b></p><p>Please write to the house.</p>", []),
      ("<p><b>Ann Able</b></p><p>Able writes of the city.</p>", ["Ann Able"]),
      ("<p><b>Ann Able</b></p><p>The writer is a fellow of the house.</p>", ["Ann Able"]),
      ("<p><em>Ann Able</em></p><p>This article was first printed on Friday.</p>", ["Ann Able"]),
      ("<p><b>Om Able</b></p>", ["Om Able"]),
    ])
  func bold(_ line: String, _ names: [String]) throws {
    let page = """
      <html><head><title>Library stays open all year - Example</title></head><body><main><article>
      <h1>Library stays open all year</h1><div>\(text)\(line)</div></article></main></body></html>
      """
    let url = WebURL("https://www.news.example/world/a-story")!
    #expect(try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.authors.map(\.name) == names)
  }

  @Test(arguments: [
    // A desk gives way to the byline by the headline, not to one far off.
    ("Online Desk", "<p class=post-author>By <a rel=author href='/author/desk'>Ann Able</a></p>", "", ["Ann Able"]),
    ("Online Desk", "", "\(many)<p class=byline><a href='/author/ann'>Ann Able</a></p>", ["Online Desk"]),
    ("Online Desk", "<p class=byline>Redaktion: <a href='/author/ann'>Ann Able</a></p>", "", ["Online Desk"]),
    // An agency, the house, and who signs behind the text.
    ("Reuters", "", "<div class=note><p>Author: Ann Able</p></div>", ["Ann Able"]),
    ("Example", "", "<div class=note><p>Author: Ann Able</p><p>Editor: Bob Baker</p></div>", ["Ann Able"]),
    ("Example", "", "<div class=note><p>Text: on the way to you</p></div>", ["Example"]),
    ("Example", "", "", ["Example"]),
    // The account that put it in.
    ("web03", "<p class=author>By Ann Able / Example Staff Writer</p>", "", ["Ann Able"]), ("web03", "", "", ["web03"]),
    // Whose page lies among the editors'.
    ("Newsroom", "<p class=author><a href='/editor/ann-able/'>Ann Able</a></p>", "", ["Ann Able"]),
    // The house's office in a town.
    ("Example Leeds", "<p class=post-author>By <a rel=author href='/author/a'>Ann Able</a></p>", "", ["Ann Able"]),
  ])
  func nobody(_ author: String, _ byline: String, _ after: String, _ names: [String]) throws {
    let page = """
      <html><head><title>Library stays open all year - Example</title><meta property='og:site_name' content='Example'>
      \(stated([author]))</head><body><main><article><h1>Library stays open all year</h1>\(byline)<div class=body>\(text)</div>
      \(after)</article></main></body></html>
      """
    let url = WebURL("https://www.news.example/world/a-story")!
    #expect(try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.authors.map(\.name) == names)
  }
}

/// What a plugin takes out before the page is read.
@Suite struct PrintedFactsTests {
  private func extracted(_ rules: String, _ head: String = "") throws -> Article {
    let manifest = try exampleManifest(
      "remove = ['css:.about', 'css:.list', \"css:meta[name='author']\"]\n\(rules)")
    let list = "<ul class=list>" + String(repeating: "<li><b>Another</b></li>", count: 200) + "</ul>"
    let page = """
      <html><head><title>Library stays open all year - Example</title>\(head)</head><body>\(list)<main><article>
      <h1>Library stays open all year</h1><div class=about>By <a rel=author>Ann Able</a> <time>28.4.2026, 18:11</time></div>
      \(text)</article></main></body></html>
      """
    let url = WebURL("https://www.news.example/world/a-story")!
    return try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: url).article
  }

  @Test func isReadWhereItsRulesFindNothing() throws {
    let found = try extracted("authors = ['css:.signature']\npublished = ['css:.when']")
    #expect(found.authors.map(\.name) == ["Ann Able"])
    #expect(found.published?.rfc3339 == "2026-04-28T18:11:00+02:00")
    #expect(!found.bodyText.contains("Ann Able"))
  }

  @Test func isGoneWhereNoRuleAsksForIt() throws {
    let found = try extracted("headline = ['css:h1']")
    #expect(found.authors.isEmpty)
    #expect(found.published == nil)
    // And where the data themselves were put right.
    let house = "<meta name=author content='Ann Able'>"
    #expect(try extracted("authors = ['css:.signature']", house).authors.isEmpty)
  }

  /// What stands where is counted anew when elements have gone, on pages of which the house alone is named.
  @Test func theHeadlineIsFoundAgain() throws {
    let house =
      #"<script type="application/ld+json">{"@type": "NewsArticle", "author": {"name": "Example", "url": "/x"}}</script>"#
    #expect(try extracted("authors = ['css:.signature']", house).authors.map(\.name) == ["Ann Able"])
    #expect(try extracted("authors = ['css:h1']", house).authors.map(\.name) == ["Library stays open all year"])
  }
}

@Suite struct HeadlinePlaceTests {
  /// Without titles for networks the printed headline is the article's, not the window's.
  @Test(arguments: [
    ("Readers win a vote - Example", "<h1>The library stays open all year</h1>", "The library stays open all year"),
    (
      "The library stays open | Local | Example", "<h1>The library stays open all year</h1>",
      "The library stays open all year"
    ),
    ("The library stays open all year", "<h1>Example</h1>", "The library stays open all year"),
    // Cards beside it have headings of the first level too.
    (
      "The library stays open, says council - Example",
      "<h1>The library stays open all year, and the council says why</h1>\(text)<div><h1>Something else that happened on the same day in the same city, and more</h1></div>",
      "The library stays open all year, and the council says why"
    ),
  ])
  func theWindowAlone(_ window: String, _ body: String, _ headline: String) throws {
    let page = "<html><head><title>\(window)</title></head><body><main>\(body)\(text)</main></body></html>"
    let url = WebURL("https://www.news.example/world/a-story")!
    #expect(try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.headline == headline)
  }
}
