import Articles
import Extraction
import Manifest
import Testing
import Values

private let paragraphs = [
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.",
  "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.",
  "The mayor, who had asked for the vote, said she would sign the decision before the end of the week.",
  "Until now, the house has closed for six weeks in summer, when the schools around it are closed as well.",
]

private func extraction(_ rules: String, _ body: String) throws -> Extraction {
  let manifest = try exampleManifest(rules)
  let page = """
    <html><head><title>Library stays open all year - Example</title></head><body><main>
    <h1>Library stays open all year</h1>\(body)</main></body></html>
    """
  let url = WebURL("https://www.news.example/world/a-story")!
  return try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: url)
}

/// Pages that have changed since a plugin's rules were written.
@Suite struct RedesignTests {
  private let text = paragraphs.map { "<p>\($0)</p>" }.joined()

  @Test func aRemovalThatWouldTakeTheArticle() throws {
    let rules = "remove = ['css:.slide:not(.active)', 'css:.box']\nbody = ['css:.story-text']"
    let other = "<div class=slide><p>Another story of the day, told in a few words.</p></div>"
    let body = "<div class=story-text>\(text)<div class=box>Read our letter.</div></div>"
    let page = { (name: String) in "<div class='\(name)'><h1>Library stays open all year</h1>\(body)</div>\(other)" }
    for name in ["slide active", "slide"] {
      let manifest = try exampleManifest(rules)
      let html = "<html><head><title>Library stays open all year</title></head><body>\(page(name))</body></html>"
      let url = WebURL("https://www.news.example/world/a-story")!
      let found = try PageExtractor(manifest: manifest).extract(Array(html.utf8), url: url).article
      #expect(found.bodyText == paragraphs.joined(separator: "\n\n"), "\(name)")
    }
  }

  @Test func aLaterRuleThatMatchesSomethingElse() throws {
    let list =
      "<div class=list>"
      + String(repeating: "<p>Another story of the day, told in a few words.</p>", count: 3)
      + "</div>"
    let rules = "body = ['css:.story-text', 'css:.list']"
    // The first rule's layout, then one that neither was written for.
    #expect(try extraction(rules, "<div class=story-text>\(text)</div>\(list)").article.body.count == 4)
    let found = try extraction(rules, "<div class=x1>\(text)</div>\(list)")
    #expect(found.article.bodyText.hasPrefix(paragraphs[0]))
    #expect(!found.article.bodyText.contains("Another story"))
    #expect(found.rules["body"]?.isGeneric == true)
  }

  @Test func aLaterRuleThatIsRight() throws {
    let rules = "body = ['css:.story-text', 'css:.older-text']\nbody_remove = ['css:.odd']"
    let found = try extraction(
      rules, "<div class=older-text>\(text)<p class=odd>This line goes, as the rules say it does.</p></div>")
    #expect(found.article.body.count == 4)
    #expect(found.rules["body"]?.isGeneric == false)
  }

  @Test(
    "words of pictures whose rules find none",
    arguments: [
      // By the rules; under other names.
      ("<div class=cap>The house</div><div class=by>Ann Able</div>", "The house", "Ann Able"),
      (
        "<figcaption>The house on Monday, before it opened <span class=x2>Ann Able</span></figcaption>",
        "The house on Monday, before it opened", "Ann Able"
      ),
    ])
  func pictures(_ words: String, _ caption: String, _ credit: String) throws {
    let rules = """
      body = ['css:.story-text']
      [article.images]
      select = ['css:.story-text figure']
      caption = ['css:.cap']
      credit = ['css:.by']
      """
    let figure = "<figure><img src=/a.jpg width=800>\(words)</figure>"
    let picture = try extraction(rules, "<div class=story-text>\(text)\(figure)</div>").article.pictures.first
    #expect(picture?.caption == caption)
    #expect(picture?.credit == credit)
  }
}
