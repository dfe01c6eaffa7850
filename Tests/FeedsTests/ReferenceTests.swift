import Feeds
import Testing

/// References that a program wrote once too often, or into plain text.
@Suite struct ReferenceTests {
  private func item(_ parts: String) throws -> FeedItem {
    try #require(try read(rss("<item>\(parts)</item>")).items.first)
  }

  @Test(arguments: [
    ("L&amp;#039;&amp;eacute;t&amp;eacute; fran&amp;ccedil;ais", "L'été français"),
    ("Informa&amp;ccedil;&amp;atilde;o", "Informação"),
    ("&lt;strong&gt;Hello&lt;/strong&gt; world", "<strong>Hello</strong> world"),
    ("&lt;ul&gt;&lt;li&gt;Hello&lt;/li&gt;&lt;/ul&gt;", "<ul><li>Hello</li></ul>"),
    ("&lt;img src=&quot;https://x.example/i.jpg&quot; /&gt; Text", "<img src=\"https://x.example/i.jpg\"> Text"),
    ("Text &lt;em class=&quot;a&quot;&gt;x&lt;/em&gt; y", "Text <em>x</em> y"),
    ("How `&lt;strong&gt;` works", "How `&lt;strong&gt;` works"), ("Use `&amp;nbsp;` there", "Use `&amp;nbsp;` there"),
    ("The end tag &lt;/strong&gt; is missing", "The end tag &lt;/strong&gt; is missing"),
    ("The &lt;img &gt; element", "The &lt;img &gt; element"), ("R&amp;D and &amp;c; so", "R&amp;D and &amp;c; so"),
  ])
  func texts(_ written: String, _ html: String) throws {
    #expect(try item("<description><![CDATA[\(written)]]></description>").contentHTML == html)
  }

  @Test(arguments: [
    ("L&amp;#039;&amp;eacute;t&amp;eacute;", "L'été"), ("m&amp;aacute;s &amp;#8217;", "más ’"),
    ("It&amp;rsquo;s", "It’s"),
    ("R&amp;amp;D", "R&amp;D"), ("R&amp;D", "R&D"), ("How `&amp;eacute;` is written", "How `&eacute;` is written"),
    ("What &amp;lt;b&amp;gt; means", "What &lt;b&gt; means"), ("Of &amp;nbsp; and more", "Of &nbsp; and more"),
    ("AT&T; new", "AT&T; new"), ("1 &amp;#60; 2", "1 &#60; 2"),
  ])
  func titles(_ written: String, _ title: String) throws {
    #expect(try item("<title><![CDATA[\(written)]]></title>").title == title)
  }

  @Test(arguments: [
    ("It&#8217;s over &amp; out&nbsp;now", "It’s over & out\u{A0}now"),
    ("One\n\nTwo &quot;x&quot;", "One\n\nTwo \"x\""),
    ("1 < 2 &lt; 3", "1 < 2 < 3"), ("R&D", "R&D"), ("<p>It&#8217;s</p>", "<p>It’s</p>"),
  ])
  func plainTexts(_ written: String, _ text: String) throws {
    let escaped = written.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
    let entry = "<entry><id>urn:1</id><summary type=\"text\">\(escaped)</summary></entry>"
    #expect(try read("<feed xmlns=\"http://www.w3.org/2005/Atom\">\(entry)</feed>").items[0].contentText == text)
    let string = written.replacing("\n", with: "\\n").replacing("\"", with: "\\\"")
    let json = #"{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_text": "\#(string)"}]}"#
    #expect(try read(json).items[0].contentText == text)
  }
}
