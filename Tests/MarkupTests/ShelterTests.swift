import CXML2
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
    "<p title='\u{100000}' data-x='\(long)'>",
    "<p class='\(long)' title=&#x100000;>&#1;&#x100000;&#1048576</p>",
    "<p title='&#x100000;' class='&#1048576;&#1;'>\(long)",
    "<p title='&frac12; caf&eacute; &apos;x&apos; &hellip; &Aacute; &comma;'>&sup2; caf&eacute; &apos; &rarr; &lang;</p>",
    "<p title='&#128; &#x9f; &#13; long'>&#128; &#x9f; long &#xFFFD; &#x1FFFE;</p>",
    "<p>\(long)<b>\(long)</b>  \(long)\n</p> \(long)",
    "<p>\(long)<\(long)</p><p>a < b and \(long)</p></p \(long)>\(long)",
    "<p>\(long)&amp;&lt;&#60;&#x3e;&nbsp;&quot;\(long)</p><p title='&amp;\(long)&#228;&#xE4;&#x1F600;'>x</p>",
    "<p title='\(long)&eacute;'>\(long)&eacute;</p><p title='\(long)&#0;&#xFFFE;&#1;&#9999999;'>\(long)&#0;&#xFFFE;&#1;</p>",
    "<a href='/search?a=1&b=22&copy=3&copy;&lt&x-y;&z'>\(long) R&D &c. && & \(long)</a>",
    "<div @click='a > b; x = \"\(long)\"' class='\(long)' :x='\(long)'>\(long)</div>",
    "<p class='\(long)' Class='\(long)2' CLASS=x>\(long)</p>",
    "<i class='some-name-x\"'></i><i class='some-name'\"></i>\(long)",
    "<head>\(long)<body class='\(long)'>\(long)<html lang='\(long)'>", "\(long)<html>\(long)</html>\(long)",
    "<p>   \n\n      &nbsp; <b>          </b>           x         </p>",
    "<input disabled checked=\"\" value=unquoted/>\(long)",
    "<o:p fb:x='\(long)' xmlns:fb='\(long)'>\(long)</o:p>",
    "<p title='\(long)'><p title='\(long)'/>\(long)<br/>\(long)",
    "<textarea>\(long)<b>\(long)</textarea>\(long)<select><option value='\(long)'>\(long)</select>",
    "<svg><path d='\(long)'/></svg><style media=\"\(long)\">\(long)</style>",
    "<a href='\(long)'/title='\(long)'b=\"\(long)\">x</a>",
    "<meta charset=latin1><meta http-equiv=x content='\(long)é'>",
  ])
  func showsNowhere(_ page: String) {
    let (sheltered, plain) = (Self.document(page, true), Self.document(page, false))
    // Which also says that no mark is left, for the other tree never had one.
    #expect(Self.dump(sheltered?.root) == Self.dump(plain?.root))
  }

  /// What publishers' pages are full of must not send them back to be parsed as they came.
  @Test(arguments: [
    "<p class='\(long)' class='\(long)'>\(long)</p>", "<div @click='\(long)' x-on:click='\(long)'>\(long)</div>",
    "<body class='\(long)'><body class='\(long)'>\(long)", "<i class='some-name'\"></i><p class='\(long)'>\(long)</p>",
    "<!-- \(long) --><p>\(long)&nbsp;&amp;\(long)</p><!---->\(long)",
    "<p>1 < 2 \(long)</p><a href='?a=1&b=2&amp;c=3'>x</a>",
  ])
  func isFoundAgain(_ page: String) throws {
    let bytes = Array("<!doctype html><html><head><title>\(Self.long)</title></head>\(page)</html>".utf8)
    let sheltered = try #require(ShelteredContents(bytes))
    let tree = TreeBuilder.tree(of: bytes, sheltered)
    defer { tree.map { xmlFreeDoc($0) } }
    #expect(tree != nil && sheltered.contents.count > 1)
  }

  @Test func changesLikeAnyTree() throws {
    let page = "<p id=one class='a b'>short</p><p id=two>\(Self.long)</p>"
    let document = try #require(Self.document(page, true))
    let first = try #require(document.root.descendants.first { $0["id"] == "one" })
    first.append(html: "<b class='\(Self.long)'>new &amp; short</b>")
    #expect(first.text == "short new & short")
    #expect(try XPath("id('two')").nodes(at: document.root).map(\.text) == [Whitespace.folded(Self.long)])
    first.remove()
    #expect(document.root.descendants.count { $0.name == "p" } == 1)
    #expect(first["class"] == "a b")
  }

  @Test func isWorthIt() throws {
    let page = "<p class='\(Self.long)'>x</p><p class='\(Self.long)'>y</p><script>\(Self.long)</script>"
    let sheltered = try #require(ShelteredContents(Array(page.utf8)))
    #expect(sheltered.bytes.count < page.utf8.count - 3 * 60)
    #expect(!String(decoding: sheltered.bytes, as: UTF8.self).contains("long value"))
  }

  @Test func showsNowhereInRandomPages() {
    // Scripts are whole: libxml2 drops end tags from those that it looks into, and a sheltered one keeps them, as in a
    // browser.
    let pieces = [
      "<p ", "<div ", "<a ", "</p>", "</div>", "<script>\(Self.long)</script>", "</script>", "<!--", "-->", "class=",
      "title = ",
      "href=", "id=", "\"", "'", ">", "/>", "=", " ", "\n", "<", "&", "&amp;", "x", "é", "<body ", "<html ",
      "<textarea>",
      "</textarea>", "<title>", "\"\(Self.long)\"", "'\(Self.long)'", Self.long, "<svg>", "<![CDATA[", "]]>", "<br>",
      "\u{100000}", " a longer text ", "&nbsp;", "&#8217;", "@click='x > y'", "class='short-name'",
      "longer='\(Self.long)&quot;'", "\t\t\t\t\t\t\t\t\t",
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
