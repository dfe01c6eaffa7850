import Articles
import Extraction
import Manifest
import Testing
import Values

private let address = WebURL("https://www.news.example/world/a-story")!
private let own = #"""
  {"@type": "NewsArticle", "headline": "Library stays open", "url": "https://www.news.example/world/a-story",
   "datePublished": "2026-03-01T10:00:00Z", "author": {"@type": "Person", "name": "Ann Able"}}
  """#
private let other = #"""
  {"@type": "NewsArticle", "headline": "Harbour closes", "url": "https://www.news.example/world/another",
   "datePublished": "2020-01-01T00:00:00Z", "dateModified": "2020-01-02T00:00:00Z", "articleSection": "Sea", "keywords": ["harbour"],
   "isAccessibleForFree": false, "author": {"@type": "Person", "name": "Bob Baker"}}
  """#

private let rules = """
  headline = ["jsonld:NewsArticle.headline"]
  authors = ["jsonld:NewsArticle.author.name"]
  published = ["jsonld:datePublished"]
  modified = ["jsonld:NewsArticle.dateModified"]
  section = ["jsonld:NewsArticle.articleSection"]
  keywords = ["jsonld:NewsArticle.keywords"]
  access = [{ jsonld = "isAccessibleForFree", replace = [["^true$", "free"], ["^false$", "paid"]] }]
  """

private func article(_ blocks: String..., head: String = "", rules text: String? = rules) throws -> Article {
  let scripts = blocks.map { "<script type='application/ld+json'>\($0)</script>" }.joined()
  let page = """
    <html><head>\(head)\(scripts)</head><body><main><h1>Library stays open</h1>
    <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open.</p></main></body></html>
    """
  let manifest = try text.map(exampleManifest)
  return try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: address).article
}

/// Data about articles on a page that holds one and leads to others.
@Suite struct StatedArticleTests {
  @Test(
    "what the data say of other articles is said of others",
    arguments: [
      [other, own], [own, other], ["[\(other), \(own)]"], [#"{"@graph": [\#(other), \#(own)]}"#],
      // In a list, and the own one in the page that it is the main thing of.
      [#"{"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": \#(other)}]}"#, own],
      [
        #"{"@type": "ItemList", "itemListElement": [{"item": \#(other)}]}"#,
        #"{"@type": "WebPage", "mainEntity": \#(own)}"#,
      ],
      // The own one is of another type, or does not say where it is.
      [other, own.replacing("NewsArticle", with: "OpinionNewsArticle")],
      [other, own.replacing(#""url": "https://www.news.example/world/a-story","#, with: "")],
    ])
  func ofOthers(_ blocks: [String]) throws {
    for rules in [rules, nil] {
      let found = try article(blocks[0], blocks.count > 1 ? blocks[1] : "{}", rules: rules)
      #expect(found.headline == "Library stays open")
      #expect(found.authors.map(\.name) == ["Ann Able"])
      #expect(found.published?.rfc3339 == "2026-03-01T10:00:00Z")
      #expect(found.modified == nil)
      #expect(found.section == nil)
      #expect(found.keywords.isEmpty)
      #expect(found.access == nil)
    }
  }

  /// Quotes in the description make the own article unreadable.
  @Test("what cannot be read does not leave its place to what it holds", arguments: ["mentions", "liveBlogUpdate"])
  func insideOfDamage(_ member: String) throws {
    let block = #"""
      {"@graph": [{"@type": "NewsArticle", "headline": "Library stays open", "description": "Said "stop","go": and left",
       "author": {"@type": "Person", "name": "Ann Able"}, "\#(member)": [\#(other)]}, {"@type": "WebPage", "name": "P"}]}
      """#
    for rules in [rules, nil] {
      let (found, bare) = (try article(block, rules: rules), try article(rules: rules))
      #expect(found.authors.isEmpty && found.published == nil && found.modified == nil)
      #expect(found.section == nil && found.access == bare.access)
    }
  }

  @Test("an unsigned article has no author of another one") func unsigned() throws {
    let unsigned = own.replacing(#", "author": {"@type": "Person", "name": "Ann Able"}"#, with: "")
    #expect(try article(unsigned, other).authors.isEmpty)
  }

  @Test(
    "what one block leaves out another one of the same article says",
    arguments: [
      other.replacing("Harbour closes", with: "Library stays open"),
      other.replacing("/world/another", with: "/world/a-story"),
      other.replacing(#""url": "https://www.news.example/world/another","#, with: ""),
    ])
  func inTwoBlocks(_ second: String) throws {
    let found = try article(own, second)
    #expect(found.authors.map(\.name) == ["Ann Able"])
    #expect(found.section == "Sea")
  }

  @Test("an article under the address that the page calls its own") func canonical() throws {
    let found = try article(
      other, own.replacing("/world/a-story", with: "/2026/library"),
      head: "<link rel=canonical href=https://www.news.example/2026/library>")
    #expect(found.authors.map(\.name) == ["Ann Able"])
  }

  @Test(
    "a single article is the page's own, whatever address it has",
    arguments: [
      other, other.replacing("Harbour closes", with: "Library stays open"),
      other.replacing(#""url": "https://www.news.example/world/another""#, with: #""mainEntityOfPage": "True""#),
    ])
  func single(_ block: String) throws {
    #expect(try article(block).authors.map(\.name) == ["Bob Baker"])
  }

  @Test("of several one that names no address is the page's own") func withoutAddress() throws {
    let placeless = own.replacing(
      #""url": "https://www.news.example/world/a-story""#, with: #""mainEntityOfPage": "True""#)
    #expect(try article(other, placeless).authors.map(\.name) == ["Ann Able"])
  }
}
