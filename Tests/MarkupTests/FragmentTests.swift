import Testing
import Values

@testable import Markup

/// What is read without a tree has to come out as it would by way of one.
@Suite struct FragmentTests {
  static let base = WebURL("https://news.example/world/story.html")

  private func agree(_ fragment: String) {
    if let html = FragmentReader.html(fragment, base: Self.base) {
      #expect(html == Sanitiser.htmlOfTree(fragment, base: Self.base), "\(fragment.debugDescription)")
    }
    if let text = FragmentReader.text(fragment) {
      #expect(text == Sanitiser.textOfTree(fragment), "\(fragment.debugDescription)")
    }
  }

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
    #expect(FragmentReader.html(fragment, base: Self.base) != nil, "\(fragment.debugDescription)")
    agree(fragment)
  }

  @Test(arguments: [
    "</p>", "<script><b></script>", "<b><i>x</b></i>", "<a><a>x</a></a>", "<iframe>x</iframe>", "<b><p>a</p></b>",
    "<svg></svg>", "<p><div>x</div></p>", "a < b", "<!x>", "&unknown;", "<p/>", "<a href=x\">y</a>", "\u{1}",
    "\u{FFFE}",
    "<p a=\"1\"b=\"2\">x</p>", "<p", "<a href=\"", "&#0;", "&#150;", "&#1114112;", "<a href>y</a>", "<x-y>a</x-y>",
  ])
  func leavesTheRestToTheTree(_ fragment: String) {
    #expect(FragmentReader.html(fragment, base: Self.base) == nil)
    #expect(FragmentReader.text(fragment) == nil)
  }

  /// Every element in every other, with text and space around.
  @Test func agreesOnAllNestings() {
    let names = [
      "div", "section", "article", "blockquote", "figure", "figcaption", "p", "h1", "h3", "pre", "ul", "ol", "li", "dl",
      "dt", "dd", "table", "thead", "tbody", "tr", "td", "th", "a", "b", "i", "em", "strong", "span", "code", "sup",
      "u",
      "s", "del", "ins", "small", "cite", "abbr", "q", "tt", "kbd", "var", "samp", "mark", "time", "font", "picture",
      "big", "header", "tfoot", "details", "summary", "center", "annotation", "math", "semantics", "mrow", "mi", "msup",
      "iframe", "style", "script", "aside", "main", "nav",
      "footer",
    ]
    for outer in names {
      agree("<\(outer)> a <\(outer)> b </\(outer)> c </\(outer)> d")
      for void in ["br", "img src='/i.png'", "hr"] { agree("<\(outer)>a <\(void)> b</\(outer)> c<\(void)>") }
      for inner in names {
        agree("x <\(outer)> a <\(inner)> b </\(inner)> c </\(outer)> d")
        agree("<\(outer)><\(inner)>b</\(inner)></\(outer)><\(inner)>e</\(inner)>")
        for innermost in ["p", "div", "ul", "a", "b", "font", "table"] {
          agree("<\(outer)><\(inner)>a<\(innermost)> b</\(innermost)></\(inner)></\(outer)>")
        }
      }
    }
  }

  /// Random strings of pieces, the same in every run.
  @Test func agreesOnMixtures() {
    let pieces = [
      "<p>", "</p>", "<b>", "</b>", "<a href='/x?a=1&b=2'>", "</a>", "<br>", "<br/>", "<ul>", "<li>", "</li>", "</ul>",
      "<div>", "</div>", "<h1>", "</h1>", "<pre>", "</pre>", "<img src=\"i.png\" alt=' a  b '>", "<img>", "<hr>", "a",
      " ",
      "\n", "  b ", "&amp;", "&nbsp;", "&", "&lt", "&copy;", "&#39;", "&#x41;", "&&", "&b=", "<", ">", "\"", "'", "é",
      "\u{A0}", "\u{2019}", "\u{3000}", "\u{FEFF}", "<!-- c -->", "<!--", "-->", "</", "<table>", "<tr>", "<td>",
      "</td>",
      "</tr>", "</table>", "<span>", "</span>", "<blockquote>", "</blockquote>", "<p class=x hidden>", "<a href=/y>",
      "<iframe src='x'></iframe>", "<ol>", "</ol>", "<h3>", "</h3>",
      "<style>x</style>", "<script>1</script>", "<dl>", "</dl>", "<dd>", "</dd>", "&apos;", "&hellip;", "&num;",
    ]
    var state: UInt64 = 42
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    var read = 0
    for _ in 0..<20_000 {
      var fragment = ""
      var open: [String] = []
      for _ in 0..<(1 + next(12)) {
        // Half of the time what was opened is closed, so that much is well nested.
        if let last = open.last, next(3) == 0 {
          fragment += last
          open.removeLast()
          continue
        }
        let piece = pieces[next(pieces.count)]
        fragment += piece
        if let name = piece.dropFirst().split(whereSeparator: { !$0.isLetter && !$0.isNumber }).first,
          piece.hasPrefix("<"), pieces.contains("</\(name)>"), !piece.hasPrefix("</")
        {
          open.append("</\(name)>")
        }
      }
      fragment += open.reversed().joined()
      if FragmentReader.html(fragment, base: Self.base) != nil { read += 1 }
      agree(fragment)
    }
    #expect(read > 2000)
  }
}
