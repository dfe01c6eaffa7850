import Articles
import Extraction
import Manifest
import Testing
import Values

private let paragraphs = [
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open.",
  "Its members heard from readers and from the two librarians, and it will be read out in public.",
]
private let filler =
  "Another story of the day is told here in a few words, so that a reader may want to see the whole of it some day. "

private func body(_ inner: String, _ rule: String? = nil) throws -> String {
  let page = """
    <html><head><title>Library stays open all year</title></head><body>\(inner)</body></html>
    """
  let url = WebURL("https://www.news.example/world/a-story")!
  let manifest = try rule.map { try exampleManifest($0) }
  return try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: url).article.bodyText
}

/// Articles of a paragraph or two on pages that hold more text besides, and subheads that look like the end of one.
@Suite struct ShortTests {
  private let lines = paragraphs.map { "<p>\($0)</p>" }.joined()
  private let chrome = ["list1", "list2"].map { name in
    "<div class=\(name)>" + (0..<4).map { "<p>\(filler)It is number \($0).</p>" }.joined() + "</div>"
  }.joined()

  @Test func aShortBodyByRule() throws {
    let rule = "body = ['css:.copy > p']"
    let head = "<h1>Library stays open all year</h1>"
    let page = "<main><article>\(head)<div class=copy>\(lines)</div>\(chrome)</article></main>"
    #expect(try body(page, rule) == paragraphs.joined(separator: "\n\n"))
    // A box in the same element holds more of the text.
    let rest = "<div class=x1>" + (0..<8).map { "<p>\(filler)It is number \($0).</p>" }.joined() + "</div>"
    let parted = "<main>\(head)<div class=copy><p>\(paragraphs[0])</p>\(rest)</div></main>"
    #expect(try body(parted, rule).contains("Another story"))
  }

  /// What is left of the heavier box is nothing.
  @Test(arguments: [
    "<div>%</div>", "<main><article>%</article></main>", "<main><article><div class=copy>%</div></article></main>",
  ])
  func aShortTextAmongBoxes(_ markup: String) throws {
    let other = (0..<8).map { "<div><p>All rights reserved. \(filler)It is number \($0).</p></div>" }.joined()
    let page = markup.replacing("%", with: "<h1>Library stays open all year</h1>" + lines)
    #expect(try body(page + "<div class=x1>\(other)</div>") == paragraphs.joined(separator: "\n\n"))
  }

  /// Below such a subhead the text goes on, or other articles follow.
  @Test(arguments: [
    "More on the way", "Mehr von der Welt sehen", "Mehr aus weniger machen", "Más sobre la mesa", "Zur Person",
    "Popular",
    "Topics",
  ])
  func subheadsThatAreNoEnd(_ head: String) throws {
    let text = (0..<12).map {
      "<p>The council met on day \($0), and after four hours it decided nothing at all again.</p>"
    }
    let last = "<p>On the last day the council met once more, and after an hour it was all decided.</p>"
    let page =
      "<main><article><h1>Library stays open</h1><div class=copy>\(text.joined())<h2>\(head)</h2>\(last)</div></article></main>"
    #expect(try body(page).contains("all decided"))
    let links = "<p><a href=/b>Another story of the day, told in a few words for those who read on.</a></p>"
    let listed =
      "<main><article><h1>Library stays open</h1><div class=copy>\(text.joined())<h2>\(head)</h2>\(links)</div></article></main>"
    #expect(try !body(listed).contains("Another story"))
  }
}
