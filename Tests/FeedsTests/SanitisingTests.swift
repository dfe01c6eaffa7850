import Feeds
import Foundation
import Testing
import Values

/// The attacks on sanitisers that feedparser collects, where they lie beside the project. They are nobody's to copy.
@Suite struct SanitisingTests {
  static let folder = CorpusTests.folder.deletingLastPathComponent()
    .appendingPathComponent("feedparser/wellformed/sanitize")
  static let isThere = FileManager.default.fileExists(atPath: folder.path)

  @Test(.enabled(if: isThere, "skipped: no corpus at ../shared/corpus/feedparser"))
  func letsNothingHarmfulThrough() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(names.count >= 300)
    for name in names {
      let bytes = Array(try Data(contentsOf: Self.folder.appendingPathComponent(name)))
      let feed = try FeedReader.read(bytes, url: WebURL("http://127.0.0.1:8097/\(name)"))
      var texts = [feed.description]
      for item in feed.items { texts += [item.contentHTML] }
      for html in texts.compactMap({ $0 }) {
        if let harm = Self.harm(in: html) { Issue.record("\(name): \(harm) in \(html)") }
      }
    }
  }

  private static let elements: Set<String> = [
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "a", "em", "strong", "b", "i", "figure", "img",
    "figcaption", "table", "thead", "tbody", "tr", "th", "td", "br", "pre", "code", "sup", "sub",
  ]
  private static let attributes: Set<String> = ["href", "src", "alt", "width", "height", "colspan", "rowspan"]

  /// The first thing that should not be there.
  private static func harm(in html: String) -> String? {
    for match in html.matches(of: /<\/?([^\s>]*)([^>]*)>/) {
      guard elements.contains(String(match.1)) else { return "the element \(match.1)" }
      var rest = match.2[...]
      while let attribute = rest.prefixMatch(of: /\s+([a-z]+)="([^"]*)"/) {
        guard attributes.contains(String(attribute.1)) else { return "the attribute \(attribute.1)" }
        let isAddress = attribute.1 == "href" || attribute.1 == "src"
        if isAddress, attribute.2.prefixMatch(of: /https?:\/\/|mailto:/) == nil { return "the address \(attribute.2)" }
        rest = rest[attribute.range.upperBound...]
      }
      guard rest.isEmpty else { return "the attributes \(rest)" }
    }
    return nil
  }

  /// Attacks of our own, in each of the places that carry HTML.
  @Test(arguments: [
    "<script>alert(1)</script>safe", "<scr<script>ipt>alert(1)</script>safe", "<img src=x onerror=alert(1)>safe",
    "<a href=\"java\nscript:alert(1)\">safe</a>", "<a href='&#106;avascript:alert(1)'>safe</a>",
    "<svg/onload=alert(1)>safe",
    "<p style=\"width: expression(alert(1))\">safe</p>", "<iframe srcdoc='<script>alert(1)</script>'></iframe>safe",
    "<object data=x><embed src=x></object>safe", "<form action=x><input onfocus=alert(1) autofocus></form>safe",
    "<math><mtext></p><style><img src=x onerror=alert(1)></style></math>safe", "<base href='javascript:'>safe",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">x</p></noscript>safe",
    "<!--><script>alert(1)</script>-->safe",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>safe", "<a href=data:text/html,x>safe</a>",
    "<img src=\"javascript:alert(1)\">safe", "<table background='javascript:alert(1)'><tr><td>safe</table>",
    "<![CDATA[<script>alert(1)</script>]]>safe", "<p/onclick=alert(1)>safe",
    "<div style=x:url(javascript:1)>safe</div>",
    "<svg><![CDATA[</svg><script>alert(1)</script>]]></svg>safe", "<template><script>alert(1)</script></template>safe",
  ])
  func defendsEveryField(_ attack: String) throws {
    let escaped = attack.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    let json = JSON.object(
      JSONObject([
        ("version", "https://jsonfeed.org/version/1.1"),
        ("items", [.object(JSONObject([("id", "1"), ("content_html", .string(attack))]))]),
      ])
    ).text()
    let feeds = [
      rss("<description>\(escaped)</description><item><description>\(escaped)</description></item>"),
      rss("<item><content:encoded>\(escaped)</content:encoded></item>"),
      "<feed><subtitle type='html'>\(escaped)</subtitle><entry><content type='html'>\(escaped)</content></entry></feed>",
      "<feed><entry><summary type='html'>\(escaped)</summary></entry></feed>", json,
    ]
    for text in feeds {
      let feed = try read(text)
      let html = try #require(feed.items.first?.contentHTML)
      #expect(Self.harm(in: html) == nil, "\(html)")
      #expect(html.contains("safe"), "\(html)")
      if let description = feed.description, text.contains("subtitle") || text.contains("<description>") {
        #expect(Self.harm(in: description) == nil, "\(description)")
      }
    }
  }
}
