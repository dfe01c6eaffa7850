import Testing

@testable import Markup

/// What makes reading fast must find what the slow way finds.
@Suite struct TreeOrderTests {
  private static let filler = String(repeating: "const value = 1 < 2 && 3 > 2; ", count: 4)

  /// Contents of scripts and styles in order; long enough to be taken out before the parser runs.
  @Test(arguments: [
    ("<body><script>A\(filler)</script><p>x</p>", ["A\(filler)"]),
    (
      "<script>\(filler)'</scrip' + '<b>'</script><STYLE>p { } \(filler)</Style >",
      ["\(filler)'</scrip' + '<b>'", "p { } \(filler)"]
    ),
    // A script that a comment or an attribute holds is none.
    ("<body><!-- <script>\(filler)</script> --><script>B\(filler)</script>", ["B\(filler)"]),
    ("<body><p title='<script>\(filler)</script>'>x</p><script>C\(filler)</script>", ["C\(filler)"]),
    ("<body><script data-a='>' src=\"a>b\">\(filler)</script>", [filler]),
    ("<body><script>\(filler)\r\n\t\(filler)</script>", ["\(filler)\r\n\t\(filler)"]),
    // The parser drops control characters.
    ("<body><script>\(filler)\u{1}\u{2}</script>", [filler]),
    ("<body><script>\(filler) ＃、日本語</script>", ["\(filler) ＃、日本語"]),
    ("<body><script>\(filler)\u{F8FF}0\u{F8FF}</script>", ["\(filler)\u{F8FF}0\u{F8FF}"]),
    ("<body><script>\u{F8FF}0\u{F8FF}</script><!-- <script>\(filler)</script> -->", ["\u{F8FF}0\u{F8FF}"]),
    ("<body><scripts>\(filler)</scripts><script>\(filler)&lpar;&amp;</script>", ["\(filler)&lpar;&amp;"]),
    ("<body><textarea><script>\(filler)</script></textarea>", [filler]),
  ])
  func scriptsAreKept(_ page: String, _ contents: [String]) throws {
    let document = try Document(html: Array(page.utf8))
    #expect(document.root.descendants(named: ["script", "style"]).map(\.rawText) == contents)
  }

  /// A page with a script that never ends, and one cut off inside its tag.
  @Test(arguments: ["<p>a</p><script>\(filler)", "<p>a</p><script>\(filler)</script><script src='\(filler)"])
  func damagedScripts(_ page: String) throws {
    let document = try Document(html: Array(page.utf8))
    #expect(document.root.descendants(named: ["p"]).map(\.text) == ["a"])
    #expect(document.root.descendants(named: ["script"]).first?.rawText == Self.filler)
  }

  @Test func whatChangesIsSeen() throws {
    let document = try Document(html: Array("<body><div><p>a <b>b</b></p><p>c</p><x-y>d</x-y></div><p>e</p>".utf8))
    let div = try #require(document.root.first(of: ["div"]))
    #expect(div.text == "a b c d")
    #expect(div.descendants.map(\.name) == ["p", "b", "p", "x-y"])
    #expect(div.descendants(named: ["x-y", "b"]).map(\.text) == ["b", "d"])
    #expect(document.root.count(of: ["p"]) == 3 && div.count(of: ["p"]) == 2 && !div.holds(["li"]))
    let first = div.descendants[0]
    first.remove()
    #expect(div.text == "c d")
    #expect(div.descendants.map(\.name) == ["p", "x-y"])
    // What was taken out is readable as before.
    #expect(first.descendants.map(\.name) == ["b"] && first.text == "a b")
    div.append(html: "<ul><li>f</li></ul>")
    #expect(div.text == "c d f")
    #expect(div.descendants(named: ["li"]).map(\.text) == ["f"])
    #expect(document.root.descendants(named: ["p"]).map(\.text) == ["c", "e"])
  }

  private static let page = """
    <body class="  home\tpage "><div id="a" class="story lead-story"><p class="lead">1 <a href="/x.pdf" rel=nofollow>2</a></p>
    <section class="story"><p data-kind="">3</p><x-card lang="de-at" title="a b  c">4<p class="LEAD">5</p></x-card></section>
    <p>6</p></div><article class=""><p class="lead story" hidden>7</p><div><div><p>8</p></div></div></article>
    """

  /// Each selector by bytes and through XPath, from the whole page and from inside it.
  @Test(arguments: [
    "p", "P", "*", "#a", "#b", ".story", ".lead", ".stor", "p.lead", "p.lead.story", ".lead-story p", "div > p",
    "div p",
    "body div div p", "div > div > p", "> div", "> p", "section > *", "x-card", "x-card p, p.lead", ".home.page > div",
    "[hidden]", "p[hidden]", "[data-kind]", "[data-kind='']", "[rel=nofollow]", "a[href$='.pdf']", "a[href^='/x']",
    "[href*=pdf]", "[lang|=de]", "[title~=b]", "[class~='story']", "[class='story']", "article p , section p",
    "body > p",
    ".story .story p", "[class]", "div:first-child p", "p:not(.lead)",
  ])
  func simpleSelectors(_ selector: String) throws {
    let document = try Document(html: Array(Self.page.utf8))
    var reader = CSSReader(selector)
    let byXPath = try XPath(source: "", expression: try reader.selectorList(axis: "descendant"))
    let css = try XPath(css: selector)
    for place in [document.root] + document.root.descendants {
      #expect(css.nodes(at: place) == byXPath.nodes(at: place), "\(selector) at \(place.name)")
    }
  }
}
