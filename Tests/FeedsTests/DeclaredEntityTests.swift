import Testing
import Values

@testable import Feeds

/// Entities that a document declares for itself.
struct DeclaredEntityTests {
  private func title(_ type: String, _ title: String) throws -> String? {
    try read("<?xml version=\"1.0\"?>\n" + type + rss("<item><title>\(title)</title></item>")).items.first?.title
  }

  @Test(arguments: [
    (#"<!ENTITY paper "The Gazette">"#, "From &paper; today", "From The Gazette today"),
    (#"<!entity paper 'The "Old" Gazette'>"#, "From &paper; today", #"From The "Old" Gazette today"#),
    (#"<!ENTITY nbsp "&#160;"> <!ENTITY mdash "&#x2014;">"#, "One&nbsp;&mdash; two", "One — two"),
    (#"<!ENTITY and "&amp;">"#, "Bread &and; butter", "Bread & butter"),
    (#"<!ENTITY lt "x"><!ENTITY amp "y">"#, "1 &lt; 2 &amp; 3", "1 < 2 & 3"),
    (#"<!ENTITY a "first"><!ENTITY a "second">"#, "&a;", "first"),
    (#"<!-- <!ENTITY a "in a comment"> --><!ENTITY a "x">"#, "&a;", "x"),
    (#"<!ENTITY a "x">"#, "<![CDATA[a &a; b]]> &a;", "a &a; b x"),
    (#"<!ENTITY a "x">"#, "&b; and &a and &a;", "&b; and &a and x"),
    (#"<!ELEMENT rss ANY><!ENTITY a "x ]> y">"#, "&a;", "x ]> y"),
  ])
  func standForTheirTexts(_ declarations: String, _ written: String, _ read: String) throws {
    #expect(try title("<!DOCTYPE rss [\(declarations)]>", written) == read)
  }

  @Test func areReplacedInAttributes() throws {
    let feed = try read(
      #"<!DOCTYPE feed [<!ENTITY home 'http://www.example.org/"a"'>]><feed xmlns="http://www.w3.org/2005/Atom">"#
        + #"<entry><id>1</id><link href="&home;/1"/></entry></feed>"#)
    #expect(feed.items.first?.url?.description == "http://www.example.org/%22a%22/1")
  }

  /// The beginning that the specification of RSS 1.0 once recommended.
  @Test(arguments: [
    #"<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml-lat1.ent">"#,
    #"<!ENTITY % HTMLlat1 SYSTEM "file:///etc/passwd" >"#,
  ])
  func areNotLoaded(_ declaration: String) throws {
    let feed = try read(
      "<!DOCTYPE rdf:RDF [\n\(declaration)\n%HTMLlat1;\n]>\n"
        + rss("<item><title>caf&eacute; &HTMLlat1;</title></item>"))
    #expect(feed.items.map(\.title) == ["café &HTMLlat1;"])
    #expect(feed.repairs.contains("entities declared elsewhere not loaded"))
  }

  @Test func keepTheLinesOfErrors() {
    let error = #expect(throws: FeedError.self) {
      try read("\n<!DOCTYPE rss [\n<!ENTITY a \"x\">\n]>\n<rss>\n</channel>")
    }
    #expect(error?.line == 6)
  }

  /// A small text that is named often grows, too.
  @Test func mayNotBlowUp() throws {
    let type = "<!DOCTYPE rss [<!ENTITY a \"\(String(repeating: "x", count: 256))\">]>"
    #expect(try title(type, String(repeating: "&a;", count: 200))?.count == 200 * 256)
    let error = #expect(throws: FeedError.self) { try title(type, String(repeating: "&a;", count: 300)) }
    #expect(error?.reason == .entityDeclaration)
  }

  /// Declarations cut anywhere neither trap nor take the feed along.
  @Test func mayEndAnywhere() {
    let document = Array(
      #"<!DOCTYPE rss [<!-- c --><?p i?><!ENTITY % b PUBLIC "p" "s"><!ENTITY a "x&#49;">]><rss>&a;<![CDATA[&a;]]><!--&a;-->"#
        .utf8)
    for end in 0...document.count {
      let cut = document[..<end]
      guard let entities = DeclaredEntities(cut), let applied = entities.applied(to: cut) else { continue }
      #expect(applied.count <= cut.count)
    }
    let whole = document[...]
    let text = DeclaredEntities(whole).flatMap { $0.applied(to: whole) }.map { String(decoding: $0, as: UTF8.self) }
    #expect(text == "<rss>x&#49;<![CDATA[&a;]]><!--&a;-->")
  }
}
