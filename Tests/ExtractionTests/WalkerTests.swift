import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://news.example/world/a-story")!
private let filler = """
  <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.</p>
  <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
  """

/// The body that a page with this markup between two plain paragraphs gives, those two left out.
private func body(_ markup: String) throws -> [Block] {
  let page = """
    <html><head><title>Library stays open</title></head><body><article><h1>Library stays open</h1>
    \(filler)\(markup)<p>The mayor, who had asked for the vote, said she would sign the decision before the end of the week.</p>
    </article></body></html>
    """
  let article = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
  return Array(article.body.dropFirst(2).dropLast())
}

private func paragraph(_ text: String) -> Block { .paragraph([.text(text)]) }

@Suite struct WalkerTests {
  /// Whatever a picture's box is called after, it stands between the paragraphs.
  @Test(arguments: [
    "<figure><amp-img src=/a.jpg width=900 height=600></amp-img><figcaption>The house</figcaption></figure>",
    "<table class=tr-caption-container><tr><td><img src=/a.jpg width=900></td></tr><tr><td class=tr-caption>The house</td></tr></table>",
    "<dl class=wp-caption><dt><img src=/a.jpg width=900></dt><dd class=wp-caption-dd>The house</dd></dl>",
    "<a class=lightbox href=/large.jpg><img src=/a.jpg width=900></a>",
  ])
  func placesOfPictures(_ box: String) throws { #expect(try body(box) == [.figure(0)]) }

  @Test func paragraphsAndInlineContent() throws {
    #expect(
      try body("<p>A <b>bold</b>\n and <i> slanted</i> word,&nbsp;a <a href='/x?a=1'>link</a> and so on.</p>") == [
        .paragraph([
          .text("A "), .strong([.text("bold")]), .text(" and "), .emphasis([.text("slanted")]), .text(" word, a "),
          .link(href: "https://news.example/x?a=1", [.text("link")]), .text(" and so on."),
        ])
      ])
  }

  @Test(arguments: [
    ("<p>One line,<br>two lines.</p>", [Block.paragraph([.text("One line,"), .lineBreak, .text("two lines.")])]),
    (
      "<p>He waited, and waited, for the whole of that long and rainy Monday evening in March.<br>Then she came, late as ever, and asked him whether he had been waiting for very long.</p>",
      [
        paragraph("He waited, and waited, for the whole of that long and rainy Monday evening in March."),
        paragraph("Then she came, late as ever, and asked him whether he had been waiting for very long."),
      ]
    ),
    (
      "<p>The <ruby>漢字<rp>(</rp><rt>かんじ</rt><rp>)</rp></ruby> and <ruby>文<rt>ぶん</rt></ruby>, shown.</p>",
      [paragraph("The 漢字(かんじ) and 文, shown.")]
    ),
    (
      "<p>So <math><msup><mi>a</mi><mn>2</mn></msup><annotation>a^2</annotation></math> it is, then.</p>",
      [paragraph("So a2 it is, then.")]
    ),
    // What heads a list is short.
    (
      "<div>He waited, and waited, for the whole of that long and rainy Monday evening in March.<br>She brought three things with her that night:<ul><li>A hat.</li></ul></div>",
      [
        paragraph("He waited, and waited, for the whole of that long and rainy Monday evening in March."),
        paragraph("She brought three things with her that night:"), Block.list(ordered: false, [[paragraph("A hat.")]]),
      ]
    ),
    (
      "<div>First part, in a div.<br><br>Second part, in a div.</div>",
      [paragraph("First part, in a div."), paragraph("Second part, in a div.")]
    ),
    // Bold words are a subhead where nothing else says that they belong to the next line.
    (
      "<div><b>A subhead</b><br>Its text stands in the next line, and it is as long as the texts of papers are, or longer still.<br><br>More, here.</div>",
      [
        .paragraph([.strong([.text("A subhead")])]),
        paragraph("Its text stands in the next line, and it is as long as the texts of papers are, or longer still."),
        paragraph("More, here."),
      ]
    ),
    (
      "<p><b>Bold words</b><br>Their text stands in the next line, and it is as long as the texts of papers are, or longer still.</p>",
      [
        .paragraph([
          .strong([.text("Bold words")]), .lineBreak,
          .text("Their text stands in the next line, and it is as long as the texts of papers are, or longer still."),
        ])
      ]
    ),
    ("<p>Here it ends, at last. <span>■</span></p><p>■</p>", [paragraph("Here it ends, at last.")]),
    // Kept from screen readers, not from readers.
    (
      "<p aria-hidden=true>Here they are, one and all, and the kettle.</p><p aria-hidden=true>Advertisement</p>",
      [paragraph("Here they are, one and all, and the kettle.")]
    ),
    ("<p> <span></span>&nbsp;</p><p>Not empty, this one.</p>", [paragraph("Not empty, this one.")]),
    // The first letter, printed large.
    (
      "<p><div class=big>O</div>nce it was a bakery, then a bank.</p>",
      [paragraph("Once it was a bakery, then a bank.")]
    ),
    (
      "<p><span class=big aria-hidden=true>O</span>nce it was a bakery, then a bank.</p>",
      [paragraph("Once it was a bakery, then a bank.")]
    ),
    (
      "<p><span class=big aria-hidden=true>O</span><span class=sr-only>O</span>nce it was a bakery, then a bank.</p>",
      [paragraph("Once it was a bakery, then a bank.")]
    ),
    (
      "<p><b class=big aria-hidden=true>O</b><span class=sr-only>Once</span><span aria-hidden=true>nce</span> it was a bakery.</p>",
      [paragraph("Once it was a bakery.")]
    ),
    // Nothing but their look divides them.
    (
      "<ul><li><span>3 March</span><span>The council meets, at last.</span></li></ul>",
      [Block.list(ordered: false, [[paragraph("3 March The council meets, at last.")]])]
    ),
    (
      "<p><span>i</span><span>Pad</span>, <b>Mc</b><b>Able</b>, and so on.</p>",
      [
        .paragraph([.text("iPad, "), .strong([.text("Mc")]), .strong([.text("Able")]), .text(", and so on.")])
      ]
    ),
    (
      "<p>See <span>You</span><span>Tube</span>, on a <b>Mac</b><i>Book</i> or not.</p>",
      [
        .paragraph([
          .text("See YouTube, on a "), .strong([.text("Mac")]), .emphasis([.text("Book")]), .text(" or not."),
        ])
      ]
    ),
    // Words that are explained, and what explains them.
    (
      "<p>They set the <span class=tooltip>type<span class=tooltiptext>Letters made of lead</span></span> by hand, in the yard.</p>",
      [paragraph("They set the type by hand, in the yard.")]
    ),
    (
      "<p>They set the <span class=glossary>type<span class=tooltip>Letters made of lead</span></span> by hand, in the yard.</p>",
      [paragraph("They set the type by hand, in the yard.")]
    ),
    // Elements of the publisher's own.
    (
      "<x-text>One paragraph, of the first kind.</x-text><x-text>One more, of the <x-term>other</x-term> kind.</x-text>",
      [paragraph("One paragraph, of the first kind."), paragraph("One more, of the other kind.")]
    ),
    (
      "<h3><button>How old is it?</button></h3><p>Very old, they say.</p>",
      [Block.heading(level: 3, [.text("How old is it?")]), paragraph("Very old, they say.")]
    ),
    // Whatever its heading may unfold.
    (
      "<h3><button>How old is it?</button></h3><div hidden><p>Very old, they say.</p></div>",
      [.heading(level: 3, [.text("How old is it?")])]
    ),
    // What is on the page, and where.
    (
      "<p>Contents</p><ul><li><a href='#a'>The house</a></li><li><a href='#b'>1. Its books</a></li></ul><p>Very old, they say.</p>",
      [paragraph("Very old, they say.")]
    ),
    (
      "<h2>Inhalt</h2><ol><li><a href='#a'>The house</a></li><li><a href='#b'>Its books</a></li></ol>", []
    ),
    // Points of the text that lead down the page, names that a script says more of, and who wrote it.
    (
      "<h2>In short</h2><ul><li><a href='#a'>It stays open.</a></li><li><a href='#b'>It costs more.</a></li></ul>",
      [
        Block.heading(level: 2, [.text("In short")]),
        .list(ordered: false, [[paragraph("It stays open.")], [paragraph("It costs more.")]]),
      ]
    ),
    (
      "<p>The nominees are</p><ul><li><a href='#'>The Hill</a></li><li><a href='#'>The Bay</a></li></ul>",
      [
        paragraph("The nominees are"),
        Block.list(ordered: false, [[paragraph("The Hill")], [paragraph("The Bay")]]),
      ]
    ),
    (
      "<p><b>Ann Able</b></p><ol><li><a href='#a'>The house</a></li><li><a href='#b'>Its books</a></li></ol>",
      [
        .paragraph([.strong([.text("Ann Able")])]),
        Block.list(ordered: true, [[paragraph("The house")], [paragraph("Its books")]]),
      ]
    ),
    (
      "<ul><li>The house has walls of clay<a href='#n1'>1</a></li><li>Its books are older<a href='#n2'>2</a></li></ul>",
      [Block.list(ordered: false, [[paragraph("The house has walls of clay")], [paragraph("Its books are older")]])]
    ),
    ("<p>Soft\u{AD}ly, zero\u{200B}width.</p>", [paragraph("Softly, zerowidth.")]),
    ("<p>Read <script>var x = 'this'</script>on, please.</p>", [paragraph("Read on, please.")]),
    ("<p>Visible, yes. <span style='display: none'>Hidden, no.</span></p>", [paragraph("Visible, yes.")]),
    (
      "<form><input value=a>Your mail, please.</form><button>Send</button><p>Text, at last.</p>",
      [paragraph("Text, at last.")]
    ),
    (
      "<h2>A subhead</h2><p>Text, below it.</p>",
      [Block.heading(level: 2, [.text("A subhead")]), paragraph("Text, below it.")]
    ),
    ("<h5>Deep</h5><p>Text, below it.</p>", [Block.heading(level: 4, [.text("Deep")]), paragraph("Text, below it.")]),
    (
      "<ul><li>One, first.</li><li><p>Two, second.</p></li></ul>",
      [Block.list(ordered: false, [[paragraph("One, first.")], [paragraph("Two, second.")]])]
    ),
    ("<ol><li>Step, one.</li></ol>", [Block.list(ordered: true, [[paragraph("Step, one.")]])]),
    (
      "<blockquote><p>Said, quoted.</p></blockquote>", [Block.quote([paragraph("Said, quoted.")])]
    ),
    (
      "<table><tr><th>City</th><th>Books</th></tr><tr><td>Ulm</td><td>12</td></tr></table>",
      [
        Block.table([
          TableRow(cells: [
            .init(isHeader: true, content: [.text("City")]), .init(isHeader: true, content: [.text("Books")]),
          ]),
          TableRow(cells: [
            .init(isHeader: false, content: [.text("Ulm")]), .init(isHeader: false, content: [.text("12")]),
          ]),
        ])
      ]
    ),
    ("<pre>a\n  b</pre>", [Block.preformatted("a\n  b")]),
    ("<p>Push <a href='javascript:x()'>here</a>, if you dare.</p>", [paragraph("Push here, if you dare.")]),
    ("<span><p>A paragraph, in a span.</p></span>", [paragraph("A paragraph, in a span.")]),
  ])
  func blocks(_ markup: String, _ expected: [Block]) throws {
    #expect(try body(markup) == expected)
  }

  @Test(arguments: [
    "<p>Advertisement</p>", "<p><a href=/a>Read more: another story of the day</a></p>",
    "<p>Sign up for our newsletter to get it all.</p>",
    "<div class='related-articles'><p>Another story, with a sentence of its own, which is not ours.</p></div>",
    "<ul><li><a href=/a>Another story</a></li><li><a href=/b>A third story</a></li></ul>",
    "<p>Page 1 of 3</p>", "<div><a href='?page=2'>2</a> | <a href='?page=3'>3</a> | <a href='?page=2'>Next</a></div>",
    "<aside><p>Beside the text, and not part of it.</p></aside>", "<p>Lesen Sie auch: ein anderer Text.</p>",
    "<nav><p>Home, World, Sport.</p></nav>", "<noscript><p>Please enable JavaScript, thank you.</p></noscript>",
  ])
  func sideMatterIsLeftOut(_ markup: String) throws {
    #expect(try body(markup) == [])
  }
}
