import Testing
import Values

@testable import Markup

/// The sanitiser reads without a tree: what is well nested as a tree would have it, everything else so that it comes
/// out well nested, of allowed elements only, and with the text that readers see.
@Suite struct FragmentTests {
  static let base = WebURL("https://news.example/world/story.html")

  private func html(_ fragment: String) -> String { Sanitiser.html(fragment, base: Self.base) }

  @Test(arguments: [
    "<p>A <b>b</b> &amp; c</p>", "<h1>a</h1><div>b<div>c</div></div>", "x &lt; y &#8217; &#x2019; &eacute;&nbsp; z",
    "<a href='../a?b=1&c=2&amp;d=3'>x</a>", "<a href='javascript:alert(1)'>x</a> y",
    "<p>a<br/>b<br>c</p>\n\n<p> d </p>",
    "<ul>\n<li>a</li>\n<li><p>b</p></li>\n</ul>", "<table><tr><td colspan=\"2\">x</td><th>y</th></tr></table>",
    "<pre>a\n  b &lt; c</pre>", "<!--more--><p>a<!-- b -->c</p>", "“a” – b\u{200B}c\u{AD}d\u{A0}e\u{2028}f",
    "<figure><img src=\"/a.jpg\" alt=\"a &quot;b&quot;\" width=\"10\" height=\"x\"><figcaption>c</figcaption></figure>",
    "<IMG SRC='a.png'><P>b</P>", "<p>a</p><hr><p>b</p>", "a<hr/>b", "\u{3000}a\u{3000}",
    "<span style=\"x\">a</span><div class='b'>c</div>d", "1 &amp;lt; 2", "<b>a</b> <i>b</i>",
    "<dl><dt>a</dt><dd>b</dd></dl>",
    "<p title=\"a > b\">c</p>", "<a>b</a>", "<a href=\"mailto:a@b.example\">c</a>", "<blockquote>a</blockquote>",
    "<p>a<p>b", "<p>a <b>b", "<ul><li>a<li><p>b</ul>c", "<div><p>a</div>b", "<p>a<ul><li>b</li></ul>c",
    "<p onclick=x() id=y hidden>a</p>", "<a href=/x class=y>b</a>", "<p>a<iframe src=\"x\"> </iframe>b</p>",
    "a <math><semantics><mrow><mi>x</mi><mo>&gt;</mo></mrow><annotation>x &gt; 1</annotation></semantics></math> b",
    "<style>p { color: red }</style>a", "<script src=\"x\"></script>a", "<details><summary>a</summary>b</details>",
    "<table><tfoot><tr><td>a</td></tr></tfoot></table>", "<p xml:lang=\"en\">a</p>",
  ])
  func readsSimpleMarkup(_ fragment: String) {
    #expect(html(fragment) == TreeOracle.html(fragment, base: Self.base), "\(fragment.debugDescription)")
    #expect(Sanitiser.text(fragment) == TreeOracle.text(fragment), "\(fragment.debugDescription)")
  }

  @Test(arguments: [
    ("</p>", ""), ("a</p>b", "a<br>b"), ("a</br>b", "a<br>b"), ("<b><i>x</b>y</i>", "<b><i>x</i></b>y"),
    (
      "<a href=/1>x<a href=/2>y</a>z</a>",
      #"<a href="https://news.example/1">x</a><a href="https://news.example/2">y</a>z"#
    ),
    ("<b><p>a</p></b>", "<b><p>a</p></b>"), ("<p><div>x</div></p>y", "<p></p>x<br>y"),
    ("<p>a<h2>b</h2>", "<p>a</p><h2>b</h2>"),
    ("<ul><li>a<ul><li>b</ul><li>c</ul>", "<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"),
    ("<table><tr><td>a<td>b<tr><td>c</table>d", "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>d"),
    ("<td>a</b></td>", "<td>a</td>"), ("<b>a<div>b</b>c</div>d", "<b>a<br>bc<br>d</b>"),
    ("a < b", "a &lt; b"), ("a <3 b", "a &lt;3 b"), ("<!x>a", "a"), ("<!x a", "&lt;!x a"), ("<?php x ?>a", "a"),
    ("<!-- a > b -->c", "c"), ("<!-->a", "a"), ("<!--->a", "a"), ("<!-- a --!>b", "b"), ("<![CDATA[a]]>b", "b"),
    ("<!-- a", "&lt;!-- a"), ("</ >a", "a"), ("</", "&lt;/"), ("<", "&lt;"), ("<p", ""), ("<a href=\"", ""),
    ("<a href=\"/x>y</a> z", #"<a href="https://news.example/x">y</a> z"#),
    ("&unknown; &amp &copy=1", "&amp;unknown; &amp;amp &amp;copy=1"), ("&#150;&#0;&#1114112;&#8217a", "– \u{FFFD}’a"),
    ("&#55357;&#56832; &#xd83d&#xde80 &#55357;&#", "😀 🚀 \u{FFFD}&amp;#"),
    ("<p/>a", "<p>a</p>"), ("<p a=\"1\"b=\"2\">x</p>", "<p>x</p>"), ("<x-y>a</x-y><o:p>b</o:p>", "ab"),
    ("<a href>y</a>", #"<a href="https://news.example/world/story.html">y</a>"#), ("a\u{1}b\u{FFFE}c\u{85}", "abc…"),
    ("<p <b>a</b>", "<p><b>a</b></p>"), ("<img src=/a.png", ""), ("<p class=\"a>b\">c</p>", "<p>c</p>"),
    ("<form>a<select><option>b</select><textarea><b>c</textarea>d</form>", "ad"),
    ("<svg><style><a></style><text>t</text></svg>a", "a"), ("<p>a<svg>b</p>c", "<p>a</p>c"), ("<svg>a", "a"),
    ("<script><b></script>a", "a"), ("<script>a", ""), ("<style>a", ""), ("<iframe>a", "a"),
    ("<iframe><b>x</iframe>a", "a"),
    ("<SCRIPT>x</ScRiPt >a", "a"), ("<script>\"</script>\"</script>a", "\"a"), ("<scr<script>ipt>a", "ipt&gt;a"),
    ("<b onclick=x>a</b><b style='x'>c</b>", "<b>a</b><b>c</b>"), ("<math><mi>x</mi></math>", "x"),
    ("<object><param><b>a</b></object>b", "b"), ("<video><source>a</video>b", "b"), ("<title>a</title>b", "b"),
    ("<a href='java&#115;cript:x'>a</a>", "a"), ("<a href='jav&#x09;ascript:x'>a</a>", "a"),
    ("<img src=\"http://a.example/\"onerror=\"x\">", #"<img src="http://a.example/">"#),
    ("<plaintext>a", "a"), ("<noscript><b>x</noscript>a", "a"), ("<li>a<li>b", "<li>a</li><li>b</li>"),
  ])
  func readsBrokenMarkup(_ fragment: String, _ expected: String) {
    #expect(html(fragment) == expected, "\(fragment.debugDescription)")
  }

  /// Every element in every other, with text and space around.
  @Test func nestsAnythingInAnything() {
    let names = [
      "div", "section", "article", "blockquote", "figure", "figcaption", "p", "h1", "h3", "pre", "ul", "ol", "li", "dl",
      "dt", "dd", "table", "thead", "tbody", "tr", "td", "th", "a", "b", "i", "em", "strong", "span", "code", "sup",
      "u",
      "s", "del", "ins", "small", "cite", "abbr", "q", "tt", "kbd", "var", "samp", "mark", "time", "font", "picture",
      "big", "header", "tfoot", "details", "summary", "center", "math", "mrow", "mi", "aside", "main", "nav", "footer",
      "form", "address", "unknown", "x-y",
    ]
    for outer in names {
      for inner in names {
        check("x <\(outer)> a <\(inner)> b </\(inner)> c </\(outer)> d", "xabcd")
        check("<\(outer)><\(inner)>b</\(outer)></\(inner)><\(inner)>e</\(outer)>", "be")
        for innermost in ["p", "div", "ul", "a", "b", "font", "table", "li", "td"] {
          check("<\(outer)><\(inner)>a<\(innermost)> b</\(inner)></\(innermost)></\(outer)>c", "abc")
        }
      }
    }
  }

  /// Random strings of pieces, the same in every run.
  @Test func readsMixtures() {
    let pieces = [
      "<p>", "</p>", "<b>", "</b>", "<a href='/x?a=1&b=2'>", "</a>", "<br>", "<br/>", "<ul>", "<li>", "</li>", "</ul>",
      "<div>", "</div>", "<h1>", "</h1>", "<pre>", "</pre>", "<img src=\"i.png\" alt=' a  b '>", "<img>", "<hr>", "a",
      " ",
      "\n", "  b ", "&amp;", "&nbsp;", "&", "&lt", "&copy;", "&#39;", "&#x41;", "&&", "&b=", "<", ">", "\"", "'", "é",
      "\u{A0}", "\u{2019}", "\u{3000}", "\u{FEFF}", "<!-- c -->", "<!--", "-->", "</", "<table>", "<tr>", "<td>",
      "</td>",
      "</tr>", "</table>", "<span>", "</span>", "<blockquote>", "</blockquote>", "<p class=x hidden>", "<a href=/y>",
      "<iframe src='x'></iframe>", "<ol>", "</ol>", "<h3>", "</h3>", "<svg>", "</svg>", "<form>", "<object>",
      "</object>",
      "<style>x</style>", "<script>1</script>", "<dl>", "</dl>", "<dd>", "</dd>", "&apos;", "&hellip;", "&num;",
    ]
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    for _ in 0..<20_000 {
      var fragment = ""
      for _ in 0..<(1 + next(14)) { fragment += pieces[next(pieces.count)] }
      check(fragment, nil)
    }
  }

  /// The output is well nested, of allowed elements, and safe to read again; its text is what was expected.
  private func check(_ fragment: String, _ text: String?) {
    let out = html(fragment)
    var open: [Substring] = []
    var rest = out[...]
    var plain = ""
    while let start = rest.firstIndex(of: "<") {
      plain += rest[..<start]
      guard let end = rest[start...].firstIndex(of: ">") else {
        Issue.record("\(fragment.debugDescription) has a tag without end in \(out)")
        return
      }
      let tag = rest[rest.index(after: start)..<end]
      rest = rest[rest.index(after: end)...]
      let name = tag.prefix { $0 != " " }
      if name.first == "/" {
        guard open.popLast() == name.dropFirst() else {
          Issue.record("\(fragment.debugDescription) is not well nested in \(out)")
          return
        }
      } else {
        guard Sanitiser.allowed.contains(String(name)) else {
          Issue.record("\(fragment.debugDescription) lets \(name) through")
          return
        }
        if name != "br", name != "img" { open.append(name) }
      }
    }
    plain += rest
    if !open.isEmpty { Issue.record("\(fragment.debugDescription) leaves \(open) open in \(out)") }
    if let text {
      // The marks of a quotation are in no fragment here.
      func isLetter(_ character: Character) -> Bool { !character.isWhitespace && !"“”".contains(character) }
      let letters = plain.filter(isLetter)
      if letters != text { Issue.record("\(fragment.debugDescription) has the text \(letters)") }
      let words = Sanitiser.text(fragment).filter(isLetter)
      if words != text { Issue.record("\(fragment.debugDescription) has the words \(words)") }
    }
  }

  @Test func readsNamedReferences() {
    #expect(Sanitiser.text("&eacute;&hellip;&rsquo;&euro;&Omega;&hearts;&ccaron;&apos;&num;") == "é…’€Ω♥č'#")
  }

  /// Work stays in proportion to the input, whatever it is.
  @Test func hostileNestingStaysBounded() {
    for piece in [
      "<svg>", "<iframe>", "<style", "<!--", "<a b='", "<a b=\"", "</p", "<textarea>", "<object><", "<li><b>", "<![",
      "<?",
      "<a href=x>", "<table><td>",
    ] {
      check(String(repeating: piece, count: 20_000), nil)
    }
  }

  /// What grows fivefold as it is written must not cost that much, and what comes of it is still well nested.
  @Test func textOfNothingButSignsIsCut() {
    let signs = String(repeating: "&", count: 1_000_000)
    let written = html("<p><b>" + signs + "</b>")
    #expect(written.utf8.count < 4 * signs.utf8.count + 70_000)
    #expect(written.hasPrefix("<p><b>&amp;&amp;"))
    #expect(written.hasSuffix("&amp;</b></p>"))
    #expect(Sanitiser.text(signs) == signs)
  }
}
