import Articles
import Extraction
import Values

/// For suites that read pages of one article, without rules: a headline, three paragraphs, and what a test adds.
protocol ExamplePage {}

extension ExamplePage {
  var text: String {
    """
    <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.</p>
    <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
    <p>The mayor, who had asked for the vote, said she would sign the decision before the end of the week.</p>
    """
  }

  var address: WebURL { WebURL("https://www.news.example/world/a-story?utm_source=feed&id=7#top")! }

  /// What is read from a page with this head, and this body in place of headline and text.
  func article(head: String = "", body: String? = nil) throws -> Article {
    let body = body ?? "<h1>Library stays open</h1>\(text)"
    let page = "<html lang='en_gb'><head>\(head)</head><body><main><article>\(body)</article></main></body></html>"
    return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
  }
}

/// What a page says of itself in JSON-LD.
func linkedData(_ json: String) -> String { "<script type='application/ld+json'>\(json)</script>" }
