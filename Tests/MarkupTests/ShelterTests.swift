import Testing
import Values

@testable import Markup

/// Taking scripts and long values out before libxml2 parses must show nowhere.
struct ShelterTests {
  private static func document(_ page: String, _ isSheltering: Bool) -> Document? {
    try? Document(
      html: Array(page.utf8), contentType: "text/html; charset=utf-8", limit: Document.standardLimit,
      isSheltering: isSheltering)
  }

  /// Everything that a tree holds.
  private static func dump(_ node: Node?) -> String {
    guard let node else { return "" }
    switch node.kind {
    case .element, .document:
      let attributes = node.attributes.map { " \($0.name)=[\($0.value)]" }.joined()
      return "<\(node.name)\(attributes)>" + node.children.map { dump($0) }.joined() + "</>"
    default: return "\(node.kind){\(node.rawText)}"
    }
  }

  private static let long = String(repeating: "long value / ", count: 6)

  @Test(arguments: [
    "<p class='\(long)' title=\"\(long)\">x</p>", "<script>\(long)</script><img src = \"\(long)\"  alt='\(long)'>",
    "<p id='\(long)'>x</p><a name=\"\(long)\">y</a><p data-x=\"\(long)&amp;\(long)\">z</p>",
    "<p class='\(long)' class='\(long)2'>twice</p>",
    "<p title='\(long)>\(long)'>x<b title='<script>\(long)</script>'>y</b>",
    "<!-- <p title='\(long)'> --><p title='\(long)'>x",
    "<textarea><p title='\(long)'></textarea><title><p title='\(long)'></title>",
    "<p title=x'\(long)'>stray</p><p title='\(long)'>x</p>", "<p title='\(long)\u{FFFE}\r\n\t\u{1}é'>x</p>",
    "<body class='\(long)'><p>x</p><body id=b class='\(long)' data-y='\(long)'>", "<p title='\(long)",
    "<p \"'\(long)'=\"\(long)\">x",
    "<p title='\u{F8FF}1\u{F8FF}' data-x='\(long)'>",
    "<svg><path d='\(long)'/></svg><style media=\"\(long)\">\(long)</style>",
    "<a href='\(long)'/title='\(long)'b=\"\(long)\">x</a>",
    "<meta charset=latin1><meta http-equiv=x content='\(long)é'>",
  ])
  func showsNowhere(_ page: String) {
    let (sheltered, plain) = (Self.document(page, true), Self.document(page, false))
    #expect(Self.dump(sheltered?.root) == Self.dump(plain?.root))
    let shown = Self.dump(sheltered?.root)
    #expect(!shown.contains("\u{F8FF}0"))
  }

  @Test func isWorthIt() throws {
    let page = "<p class='\(Self.long)'>x</p><p class='\(Self.long)'>y</p><script>\(Self.long)</script>"
    let sheltered = try #require(ShelteredContents(Array(page.utf8)))
    #expect(sheltered.bytes.count < page.utf8.count - 3 * 60)
    #expect(!String(decoding: sheltered.bytes, as: UTF8.self).contains("long value"))
  }

  @Test func showsNowhereInRandomPages() {
    // Scripts are whole: libxml2 drops end tags from those that it looks into, and a sheltered one keeps them, as in a browser.
    let pieces = [
      "<p ", "<div ", "<a ", "</p>", "</div>", "<script>\(Self.long)</script>", "</script>", "<!--", "-->", "class=",
      "title = ",
      "href=", "id=", "\"", "'", ">", "/>", "=", " ", "\n", "<", "&", "&amp;", "x", "é", "<body ", "<html ",
      "<textarea>",
      "</textarea>", "<title>", "\"\(Self.long)\"", "'\(Self.long)'", Self.long, "<svg>", "<![CDATA[", "]]>", "<br>",
      "\u{F8FF}",
    ]
    var random = SystemRandomNumberGenerator()
    for _ in 0..<4000 {
      let page = (0..<Int.random(in: 1..<40, using: &random)).map { _ in pieces.randomElement(using: &random)! }
        .joined()
      let (sheltered, plain) = (Self.dump(Self.document(page, true)?.root), Self.dump(Self.document(page, false)?.root))
      guard sheltered == plain else {
        Issue.record("not the same tree: \(page)\n\(sheltered)\n\(plain)")
        return
      }
    }
  }

  /// A quotation mark or a tag without end must not send every tag behind it to the end of the page.
  @Test(.timeLimit(.minutes(1))) func takesLinearTime() {
    for piece in ["<a ", "<a x=\"", "<script ", "<a '", "<!-"] {
      let page = Array(String(repeating: piece, count: (8 << 20) / piece.utf8.count).utf8)
      #expect(ShelteredContents(page) == nil, "\(piece)")
    }
  }
}
