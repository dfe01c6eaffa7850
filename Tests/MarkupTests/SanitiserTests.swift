import Markup
import Testing
import Values

private let base = WebURL("https://news.example/world/story.html")

@Suite struct SanitiserTests {
  @Test(arguments: [
    ("<p>a <b>b</b></p>", "<p>a <b>b</b></p>"),
    ("<h1>a</h1><div>b<div>c</div></div>", "<h2>a</h2>b<br>c"),
    (
      "<div>a <a href=/x>b</a></div> <div><b>c</b></div><center>d</center>",
      #"a <a href="https://news.example/x">b</a><br><b>c</b><br>d"#
    ),
    (
      "<a href=/x><div>a</div><div>b</div></a><ul><li><div>c</div></li></ul>",
      #"<a href="https://news.example/x">a<br>b</a><ul><li>c</li></ul>"#
    ),
    ("<script>alert(1)</script><p onclick='x()' style='color:red' class=a>x</p>", "<p>x</p>"),
    ("<a href='javascript:alert(1)'>x</a>", "x"),
    ("<a href=' JAVA\nSCRIPT:alert(1)'>x</a>", "x"),
    ("<a href='../a?b=1&c=2'>x</a>", "<a href=\"https://news.example/a?b=1&amp;c=2\">x</a>"),
    ("<a href='mailto:a@b.example'>x</a>", "<a href=\"mailto:a@b.example\">x</a>"),
    ("<a href='mailto:a@b.example\"onx='>x</a>", "x"),
    ("<img src='data:image/png;base64,xx'>", ""),
    (
      "<img src=//i.example/a.jpg alt='a \"b\" <c>' onerror=x() width=10 height=x>",
      "<img src=\"https://i.example/a.jpg\" alt=\"a &quot;b&quot; &lt;c&gt;\" width=\"10\">"
    ),
    ("<svg><a xlink:href='javascript:x'><text>t</text></a></svg>b", "b"),
    (
      "<p>so <math><semantics><msup><mi>a</mi><mn>2</mn></msup><annotation>a^2</annotation></semantics></math> it is</p>",
      "<p>so a2 it is</p>"
    ),
    ("<p>1 &lt; 2 &amp;&amp; 3 > 2 &quot;x&quot;</p>", "<p>1 &lt; 2 &amp;&amp; 3 &gt; 2 \"x\"</p>"),
    ("&lt;script&gt;alert(1)&lt;/script&gt;", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    ("<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>", ""),
    ("<iframe src=x></iframe><form><input><button>b</button></form>t", "t"),
    ("<table><tr><td colspan=2 rowspan=9999>x</table>", "<table><tr><td colspan=\"2\">x</td></tr></table>"),
    ("<pre>a\n  b</pre>", "<pre>a\n  b</pre>"),
    ("<p>a<br>b</p>", "<p>a<br>b</p>"),
    ("plain & simple", "plain &amp; simple"),
    ("", ""),
    ("<p>x", "<p>x</p>"),
    ("<img src=''><img src='#' alt=x><img src>", ""),
    (
      "a<img src=/count.gif width=1 height='1'><img src=/b width=1><img src=/c.JPG width=1 height=1>",
      #"a<img src="https://news.example/b" width="1">"#
        + #"<img src="https://news.example/c.JPG" width="1" height="1">"#
    ),
    ("<p>He said <q> go <b>now</b></q>, <q>“or” never</q></p>", "<p>He said “go <b>now</b>”, “or” never</p>"),
    ("<p>x <q>y <q>&laquo;z&raquo;</q></p>w", "<p>x “y «z»”</p>w"),
    (
      "<img src=data:x data-src=/a width=1 height=1><img src=/1.gif srcset='/b 800w' width=1 height=1>",
      #"<img src="https://news.example/a" width="1" height="1"><img src="https://news.example/1.gif" "#
        + #"width="1" height="1">"#
    ),
    (
      "<img src=data:x width=1 height=1><noscript><img src=/a></noscript>"
        + "<img src=/b width=1 height=1><noscript>c</noscript>",
      #"<img src="https://news.example/a">"#
    ),
    ("“<q>x</q>” &quot;<q>x</q>&quot; “<b><q>x</q></b>”", "“x” \"x\" “<b>x</b>”"),
    ("<p>“x”</p><p><q>y</q> “z” <q>w</q></p>", "<p>“x”</p><p>“y” “z” “w”</p>"),
    (
      "a <q>&#x201C;x&#x201D;</q>, <q><em>\"x\"</em></q>, <q>&nbsp;«x»</q>, <q><b>x</b></q>",
      "a “x”, <em>\"x\"</em>, «x», “<b>x</b>”"
    ),
    ("a <q></q><q> <b></b></q>b<q>", "a <b></b>b"),
    ("</div></body></html><p>after</p>", "<p>after</p>"),
  ])
  func html(_ fragment: String, _ expected: String) {
    #expect(Sanitiser.html(fragment, base: base) == expected)
  }

  @Test(arguments: [
    ("plain  text", "plain text"),
    ("<p>a</p><p>b</p>", "a\n\nb"),
    ("a<br>b<br><br>c", "a\nb\n\nc"),
    ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
    ("<p>x <a href=y>y</a></p><script>z</script>", "x y"),
    ("a &amp; b", "a & b"), ("It <q>fell</q>", "It “fell”"),
    ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
    ("", ""),
  ])
  func text(_ fragment: String, _ expected: String) {
    #expect(Sanitiser.text(fragment) == expected)
  }

  @Test(arguments: [
    ("", ""), ("plain", "plain"), ("<&>\"'", "&lt;&amp;&gt;&quot;&#39;"), ("ä<ö", "ä&lt;ö"), ("<", "&lt;"),
    ("&amp;", "&amp;amp;"), ("end>", "end&gt;"), ("日本 & 東京", "日本 &amp; 東京"),
  ])
  func escaping(_ text: String, _ expected: String) {
    #expect(text.escapedForHTML == expected)
    #expect(text[...].escapedForHTML == expected)
  }

  @Test func sanitisingTwiceChangesNothing() {
    let wild = "<div><p>a<b>b<p>c</b><ul><li>x<table><td>y</table><a href=z>z<a href=q>q</a>"
    let once = Sanitiser.html(wild, base: base)
    #expect(Sanitiser.html(once, base: base) == once)
  }

  @Test func hostileFragmentsStayBounded() {
    // What is nested beyond reason is taken apart, and its text is kept.
    let nested = Sanitiser.html(String(repeating: "<b>", count: 50_000) + "x", base: nil)
    #expect(nested == String(repeating: "<b>", count: 200) + "x" + String(repeating: "</b>", count: 200))
    let signs = String(repeating: "<", count: 200_000)
    #expect(Sanitiser.text(signs) == signs)
    let references = Sanitiser.html(String(repeating: "&#", count: 100_000), base: nil)
    #expect(references == String(repeating: "&amp;#", count: 100_000))
  }
}
