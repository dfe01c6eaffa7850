import Articles
import Extraction
import Manifest
import Testing
import Values

private let address = WebURL("https://www.news.example/world/a-story")!
private let copy = """
  <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.</p>
  <figure><img src='/house.jpg'><figcaption>The house in March.</figcaption></figure>
  <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
  <p>The mayor, who had asked for the vote, said she would sign the decision before the end of the week.</p>
  """
private let longCopy =
  copy
  + (1...12).map { "<p>Sentence number \($0) of a text, which only a script would show to its readers.</p>" }.joined()

private func escaped(_ text: String) -> String {
  text.replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
}

private func paragraphs(_ article: Article) -> Int {
  article.body.count { if case .paragraph = $0 { true } else { false } }
}

/// Copy that a script would show.
@Suite struct HeldCopyTests {
  @Test(arguments: ["window.__STATE__ = %;", "self.push({\"a\": [], \"b\": %})", "%"])
  func inTheJSONOfAScript(_ script: String) throws {
    let json = #"{"props": {"story": {"title": "x", "html": "\#(escaped(longCopy))", "other": "<p>short</p>"}}}"#
    let page = """
      <html><head><title>Library stays open</title></head><body><div id=app></div>
      <script>\(script.replacing("%", with: json))</script></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 15)
    #expect(found.pictures.map(\.caption) == ["The house in March."])
  }

  /// As one string, in either kind of quotation marks.
  @Test func inWhatAScriptParses() throws {
    let json = #"{"story": {"title": "Ann\'s \"house\"", "html": "\#(escaped(longCopy))"}}"#.replacing(
      #"\'"#, with: "'")
    let inDouble = json.replacing(#"\"#, with: #"\\"#).replacing(#"""#, with: #"\""#)
    let inSingle = json.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#).replacing("<", with: #"\x3C"#)
    for script in ["window.state = JSON.parse(\"\(inDouble)\");", "window.state=JSON.parse('\(inSingle)')"] {
      let page =
        "<html><head><title>Library stays open</title></head><body><div id=app></div><script>\(script)</script></body></html>"
      let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
      #expect(paragraphs(found) == 15)
    }
  }

  /// As the data that a script builds the page from: never the data themselves.
  @Test(arguments: ["<div id=app data-page=\"%\"></div>", "<main data-props=\"%\"></main>"])
  func inTheDataOfAnElement(_ element: String) throws {
    let json = #"{"component": "Story", "props": {"story": {"html": "\#(escaped(longCopy))"}}}"#
    let held = json.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
    let page =
      "<html><head><title>Library stays open</title></head><body>\(element.replacing("%", with: held))</body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 15)
    #expect(!found.bodyText.contains("{") && !found.bodyText.contains("props"))
  }

  /// Settings, comments and other articles, beside an article of two paragraphs.
  @Test(arguments: [
    "<div data-settings=\"%\"></div>", "<section data-next=\"%\"></section>", "<script>x = JSON.parse('%')</script>",
    // Unescaped.
    "<main data-settings=\"%\"></main>",
  ])
  func notInDataBesideAnArticle(_ element: String) throws {
    let json = #"{"policy": {"html": "\#(escaped(longCopy.replacing("The council", with: "Another board")))"}}"#
      .replacing("<", with: element.hasPrefix("<main") ? "<" : #"\u003c"#)
    let held =
      element.hasPrefix("<script")
      ? json.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#) : json.replacing("\"", with: "&quot;")
    let shown = """
      <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open.</p>
      <p>Its members heard from readers, from teachers, and from the librarians who have run the house since 1998.</p>
      """
    let page = """
      <html><head><title>Library stays open</title></head><body><main><h1>Library stays open</h1><article>\(shown)</article></main>
      \(element.replacing("%", with: held))</body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 2)
    #expect(found.bodyText.contains("The council met"))
  }

  @Test(arguments: [
    #"{"type": "paragraph", "text": "%"}"#, #"{"kind": "p", "html": "<p>%</p>"}"#,
    #"{"_type": "block", "children": [{"_type": "span", "text": "%"}, {"_type": "span", "text": " So it is."}]}"#,
  ])
  func inAListOfParts(_ part: String) throws {
    let parts = (1...14).map {
      part.replacing("%", with: "Sentence number \($0) of a text, which a script would show to its readers.")
    }
    let json = #"{"page": {"content": [{"type": "heading", "text": "A subhead"}, \#(parts.joined(separator: ","))]}}"#
    let page =
      "<html><head><title>Library stays open</title></head><body><div id=app></div><script>x = \(json)</script></body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 14)
    #expect(found.body.first == .heading(level: 2, [.text("A subhead")]))
  }

  /// Other articles are lists of parts with words, too.
  @Test func notInAListOfArticles() {
    let stories = (1...14).map {
      #"{"type": "story", "slug": "s-\#($0)", "text": "Sentence number \#($0) of another text, which is told elsewhere."}"#
    }
    let page =
      "<html><head><title>Library stays open</title></head><body><div id=app></div><script>x = {\"a\": [\(stories.joined(separator: ","))]}</script></body></html>"
    #expect(throws: ExtractionError.self) {
      try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address)
    }
  }

  /// What readers say below an article of two paragraphs, and what they answer.
  @Test(arguments: [
    #"{"type": "comment", "text": "%"}"#, #"{"@type": "Q", "__typename": "Answer", "text": "%"}"#,
    #"{"type": "text", "username": "ann", "likes": 3, "text": "%"}"#,
  ])
  func notInWhatReadersSay(_ part: String) throws {
    let parts = (1...14).map {
      part.replacing("%", with: "Reader number \($0) has thought so for years, whatever they say of it in town.")
    }
    let shown = """
      <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open.</p>
      <p>Its members heard from readers, from teachers, and from the librarians who have run the house since 1998.</p>
      """
    let page = """
      <html><head><title>Library stays open</title></head><body><h1>Library stays open</h1><article>\(shown)</article>
      <script type=application/json>{"said": [\(parts.joined(separator: ","))]}</script></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 2)
  }

  @Test func inNumberedLines() throws {
    let line = #"5:["$","div",null,{"html":"\#(escaped(longCopy))"}]"#
    let page = """
      <html><head><title>Library stays open</title></head><body><div id=app></div>
      <script>self.push([1,"1:[]\\n\(escaped(line.replacing("\\", with: "\\\\")))\\n"])</script></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 15)
  }

  @Test func forReadersWithoutScripts() throws {
    let page =
      "<html><head><title>Library stays open</title></head><body><div id=app></div><noscript>\(longCopy)</noscript></body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 15)
  }

  @Test func notWhereThePageShowsText() throws {
    let json = #"{"html": "\#(escaped(longCopy.replacing("The council", with: "Another board")))"}"#
    let shown = (1...20).map { "<p>Sentence number \($0) of a text, which this page shows to everyone who asks.</p>" }
    let page = """
      <html><body><h1>Library stays open</h1><article>\(shown.joined())</article>
      <script>x = \(json)</script></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 20)
  }

  @Test func inAnAttribute() throws {
    let held = copy.replacing("The council", with: "Another board").replacing("\"", with: "&quot;").replacing(
      "'", with: "")
    let page = """
      <html><body><h1>Library stays open</h1><article>\(copy)<div class=later data-embed="\(held)"></div>
      <div data-embed="<blockquote class=twitter-tweet>\(held)</blockquote>"></div></article></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.bodyText.contains("Another board met"))
    #expect(paragraphs(found) == 4)
  }

  /// As data, of which the copy alone is shown, in its order.
  @Test(arguments: [
    #"[{'type': 'p', 'html': '<p>%1</p>'}, {'type': 'p', 'html': '<p>%2</p>'}, {'html': '<p>%3</p>'}]"#,
    #"{'story': {'id': 'a-story', 'body': '<p>%1</p><p>%2</p><p>%3</p>'}}"#,
  ])
  func inTheDataOfAnAttribute(_ data: String) throws {
    let held = (1...3).reduce(data.replacing("'", with: "&quot;")) {
      $0.replacing("%\($1)", with: "Sentence number \($1) of a text, which only a script would show to its readers.")
    }
    let page = """
      <html><body><h1>Library stays open</h1><article><p>The council met on Monday, and decided to keep it open.</p>
      <div data-blocks="\(held)"></div></article></body></html>
      """
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 4)
    #expect(!found.bodyText.contains("{"))
  }

  /// What begins with a bracket may be markup.
  @Test func inAnAttributeBehindABracket() throws {
    let held = copy.replacing("'", with: "")
    let page =
      "<html><body><h1>Library stays open</h1><article><div class=later data-embed=\"[box]\(held)\"></div></article></body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.bodyText.contains("The mayor"))
  }

  @Test func rulesReachPicturesOfABodyThatIsData() throws {
    let manifest = try exampleManifest(
      """
      body = ["json:#state|html"]
      body_remove = ["xpath://p[starts-with(., 'The mayor')]"]
      [article.images]
      select = ["css:figure"]
      caption = [{ css = "figcaption", replace = [["\\\\.$", ""]] }]
      """)
    let page = """
      <html><body><h1>Library stays open</h1><figure><img src=/lead.jpg></figure>
      <script id=state>{"html": "\(escaped(copy))"}</script></body></html>
      """
    let found = try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: address).article
    #expect(paragraphs(found) == 2)
    #expect(found.pictures.map(\.isLead) == [true, false])
    #expect(found.pictures.map(\.caption) == [nil, "The house in March"])
    #expect(found.body.contains(.figure(1)))
  }
}
