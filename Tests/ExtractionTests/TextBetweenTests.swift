import Articles
import Extraction
import Manifest
import Testing
import Values

private let paragraphs = [
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.",
  "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.",
  "The mayor, who had asked for the vote, said she would sign the decision before the end of the week.",
  "Until now, the house has closed for six weeks in summer, when the schools around it are closed as well.",
]

private let rest = """
  <p class=text>The house costs four hundred thousand a year, most of it for those who work there and for the heating.</p>
  <p class=text>A fee was proposed in spring, and taken back when one reader in ten said that he would stay away.</p>
  <p class=text>What is left to pay comes from the county, which has promised it for another three years.</p>
  """

/// Rules that name the paragraphs of the page that they were written on, on pages that hold more than paragraphs.
@Suite struct TextBetweenTests {
  private func body(_ between: String, rules: String = "body = ['css:.story p.text']") throws -> String {
    let lines = paragraphs.map { "<p class=text>\($0)</p>" }
    let page = """
      <html><head><title>Library stays open all year</title></head><body><h1>Library stays open all year</h1>
      <div class=story>\(lines[..<2].joined())\(between)\(lines[2...].joined())</div></body></html>
      """
    let url = WebURL("https://www.news.example/world/a-story")!
    return try PageExtractor(manifest: exampleManifest(rules)).extract(Array(page.utf8), url: url).article.bodyText
  }

  @Test(arguments: [
    ("<ul><li>One thing.</li><li>Another thing.</li></ul>", ["One thing.", "Another thing."]),
    ("<ol><li>The first thing.</li></ol>", ["The first thing."]),
    ("<h2>What comes next</h2>", ["What comes next"]), ("<h3>What comes next</h3>", ["What comes next"]),
    ("<blockquote><p>They all read.</p></blockquote>", ["They all read."]),
    ("<div class=grid><ul><li>One thing.</li></ul></div>", ["One thing."]),
    ("<h5>What comes next</h5>", ["What comes next"]),
    ("<pre>First line\nsecond line</pre>", ["First line\nsecond line"]),
  ])
  func isText(_ markup: String, _ words: [String]) throws {
    #expect(try body(markup) == (paragraphs[..<2] + words + paragraphs[2...]).joined(separator: "\n\n"))
  }

  /// A sentence in a box of its own, under a rule that names children.
  @Test(arguments: [
    ("<div><p class=text>They all read it.</p></div>", true), ("<div><p class=text>Library</p></div>", false),
    ("<div><p class=small>They all read it.</p></div>", false),
    ("<div><p class=text><a href=/b>They all read it.</a></p></div>", false),
    ("<div class=newsletter><p class=text>They all read it.</p></div>", false),
  ])
  func sentencesInABox(_ box: String, _ isText: Bool) throws {
    #expect(try body(box, rules: "body = ['css:.story > p.text']").contains("They all read it.") == isText)
  }

  @Test func tables() throws {
    let lines = paragraphs.map { "<p class=text>\($0)</p>" }
    let table = "<table><tr><th>Year<th>Readers<tr><td>2025<td>412</table>"
    let page =
      "<html><body><h1>Library stays open all year</h1><div class=story>\(lines[..<2].joined())\(table)\(lines[2...].joined())</div></body></html>"
    let found = try PageExtractor(manifest: exampleManifest("body = ['css:.story p.text']")).extract(
      Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!)
    #expect(
      found.article.body.map { if case .table = $0 { "table" } else { "text" } } == [
        "text", "text", "table", "text", "text",
      ])
  }

  @Test(arguments: [
    "<ul><li><a href=/b>Another story of the day</a></li><li><a href=/c>One more story</a></li></ul>",
    "<h3><a href=/b>Another story of the day</a></h3>", "<h3>Related</h3>", "<h2>Mehr zum Thema</h2>",
    "<ul class=share><li>Send</li><li>Print</li></ul>",
    "<blockquote class=newsletter>Our letter, every day.</blockquote>",
    "<div>Anything else that the rule does not name.</div>", "<p>A line of another class.</p>",
    "<ul><li><button>Listen</button></li></ul>",
    "<div><ul><li><a href=/b>Another story of the day</a></li></ul></div>",
    "<div>Loose words<ul><li>One.</li></ul></div>", "<div><p class=small>A line of another class.</p></div>",
  ])
  func isNoText(_ markup: String) throws {
    #expect(try body(markup) == paragraphs.joined(separator: "\n\n"))
  }

  /// What readers pay for may stand in a box of its own, which a rule that names children does not reach.
  @Test(arguments: [
    ("<div>\(rest)</div>", true), ("<div class=json-ld-paywall-marker><h2>What it costs</h2>\(rest)</div>", true),
    ("<div>\(rest)<figure class=text><img src=/a.jpg></figure></div>", true),
    // Under its own heading, in lines of another kind, or named as something else, it is a box.
    ("<div><h2>What it costs</h2>\(rest)</div>", false),
    ("<div>\(rest.replacing("class=text", with: "class=small"))</div>", false),
    ("<div class=newsletter>\(rest)</div>", false),
  ])
  func theRestInABox(_ box: String, _ isText: Bool) throws {
    let lines = paragraphs.map { "<p class=text>\($0)</p>" }.joined()
    let page = "<html><body><h1>Library stays open all year</h1><div class=story>\(lines)\(box)</div></body></html>"
    let rule = try exampleManifest("body = ['css:.story > p.text, .story figure']")
    let found = try PageExtractor(manifest: rule).extract(
      Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!)
    #expect(found.article.bodyText.contains("one reader in ten") == isText)
  }

  /// What stands in the box of the text and leads away from it, or is named as something else.
  @Test(arguments: [
    "<p><a href=/b>Another library closes its doors for good</a></p>",
    "<p><b><a href=https://shop.news.example/b>All about libraries in one book</a></b></p>",
    "<p>Also of interest: <a href=/b>Another library closes its doors</a></p>",
    "<ul><li><a href=/b>Another library closes its doors for good</a></li><li><a href=/c>One more story of the day</a></li></ul>",
    "<ul>\(String(repeating: "<li><a href=/b>Another library of the county closes its doors for good</a></li>", count: 12))</ul>",
    "<a href=/b><div><h3>Another library closes its doors for good</h3></div></a>",
    "<div class=author-bio><img src=/ann.jpg><p>Ann Able has written on libraries since 2011.</p></div>",
    "<div class=comments><h3>3 comments</h3><p>I have read there for years, and so have all my friends.</p></div>",
    "<div class=video-player><p>The house from above, on film.</p><video src=/a.mp4></video></div>",
    "<div class=embed-consent><p>We need you to agree before this is shown.</p><button>Yes</button></div>",
    "<ul class=tags><li>Libraries</li><li>Councils</li></ul>",
    "<p>– <a href=/b>Another library closes its doors</a></p><p>– <a href=/c>One more story of the day</a></p>",
    "<p><a href=/b>Another library closes its doors</a> | <a href=/c>One more story of the day</a></p>",
    "<a href=/b><img src=/b.jpg><h3>Another library closes</h3><p>The council of the county said so.</p></a>",
    "<h3>Read also</h3><p><a href=/b>Another library closes its doors for good</a></p>",
    "<h2>Mehr zum Thema</h2><ul><li><a href=/b>Another library closes its doors for good</a></li></ul>",
    "<h2>Mehr zum Thema</h2><div class=teaser><a href=/b>Another library closes its doors for good</a></div>",
    "<a class=link href=/b><span>Libraries</span><span>Another library closes its doors</span></a>",
    """
    <ul><li><a href='https://net.example/sharer?u=https%3A%2F%2Fwww.news.example%2Fworld%2Fa-story'>Share on Net</a></li>
    <li><a href='https://post.example/?text=https://www.news.example/world/a-story'>Send to friends</a></li></ul>
    """,
    "<blockquote class=wp-embedded-content><a href=/b>Another library closes its doors</a></blockquote>",
  ])
  func leadsAway(_ markup: String) throws {
    #expect(try body(markup, rules: "body = ['css:.story']") == paragraphs.joined(separator: "\n\n"))
  }

  @Test(arguments: [
    ("<p><a href=/b>They all read it.</a></p>", "They all read it."),
    ("<p><a href=/b>Ann Able</a>, <a href=/c>Bob Baker</a></p>", "Ann Able, Bob Baker"),
    ("<p><a href=/b>Bay City</a> – <a href=/c>Hill Town</a></p>", "Bay City – Hill Town"),
    ("<p><a href=/b>Bayshire</a>: <a href=/c>Bay City</a></p>", "Bayshire: Bay City"),
    ("<p>– <a href=https://books.example/b>A Book of Books</a></p>", "– A Book of Books"),
    (
      "<p><a href='https://viewer.example/?url=https://www.news.example/files/report.pdf'>The report as a PDF</a></p>",
      "The report as a PDF"
    ),
    ("<p>★★★★☆ <a href=/b>A Book of Books</a></p>", "★★★★☆ A Book of Books"),
    ("<p>🥇 <a href=/b>Ann Able</a></p>", "🥇 Ann Able"),
    // A shop is told on which page its link was followed.
    (
      """
      <p><a href='https://go.net.example/?id=1&amp;url=https%3A%2F%2Fshop.example%2Fb&amp;sref=https%3A%2F%2Fwww.news.example%2Fa'>
      12 pounds at the shop</a></p>
      """, "12 pounds at the shop"
    ),
    (
      """
      <ul><li><a href='https://go.net.example/?url=https://www.news.example/a&amp;to=https://shop.example/b'>A Book</a></li>
      <li><a href='https://shop.example/b?ref=https%3A%2F%2Fwww.news.example%2Fa'>Another Book</a></li></ul>
      """, "A Book\n\nAnother Book"
    ),
    ("<h3>Read also</h3><p>The mayor did, on Monday.</p>", "Read also\n\nThe mayor did, on Monday."),
    ("<h3>Watch: a house closes</h3><figure><img src=/a.jpg width=800 height=500></figure>", "Watch: a house closes"),
    (
      """
      <h3>Watch: a house closes</h3><blockquote class=twitter-tweet><p>It did. <a href=https://net.example/1>1 May</a></p>
      </blockquote>
      """, "Watch: a house closes"
    ),
    ("<h3>Watch: a house closes</h3><div class=newsletter>Our letter, every day.</div>", "Watch: a house closes"),
    (
      "<h3>Watch: a house closes</h3>On Monday, said <a href=/b>the mayor</a>, it did.<br><br>",
      "Watch: a house closes\n\nOn Monday, said the mayor, it did."
    ),
    ("<p>»We all read it«, said <a href=/b>the mayor of it</a></p>", "»We all read it«, said the mayor of it"),
    ("<p>»We all read it«</p>", "»We all read it«"),
    ("<p><a href=https://books.example/b>A Book of Books, 12 pounds</a></p>", "A Book of Books, 12 pounds"),
    ("<ul><li><a href=https://books.example/b>A Book of Books</a></li></ul>", "A Book of Books"),
    ("<ul><li><a href=/b>A Book of Books</a> is out now.</li></ul>", "A Book of Books is out now."),
    ("<h3><a href=#b>What comes next</a></h3>", "What comes next"),
    ("<a href=/b><h2>2. The Bay Library</h2></a>", "2. The Bay Library"),
    ("<p><a href=/b>Ann Able (Labour), 12,345 votes</a></p>", "Ann Able (Labour), 12,345 votes"),
    (
      "<p>Those who spoke are:</p><ul><li><a href=/b>Ann Able</a></li><li><a href=/c>Bob Baker</a></li></ul>",
      "Those who spoke are:\n\nAnn Able\n\nBob Baker"
    ),
    (
      "<p>Those who spoke are:</p><p><a href=/b>Ann Able</a></p><p><a href=/c>Bob Baker</a></p>",
      "Those who spoke are:\n\nAnn Able\n\nBob Baker"
    ),
  ])
  func isWrittenWithLinks(_ markup: String, _ words: String) throws {
    let whole = (paragraphs[..<2] + [words] + paragraphs[2...]).joined(separator: "\n\n")
    #expect(try body(markup, rules: "body = ['css:.story']") == whole)
  }

  /// Where a rule takes lines in bold for subheads, one may be a link to what is told of below it.
  @Test func linkedSubheads() throws {
    let rules = "body = ['css:.story']\nsubheads = ['css:p:has(> strong)']"
    let subhead = "<p class=text><strong><a href=/b>The Bay Library</a></strong></p>"
    let whole = (paragraphs[..<2] + ["The Bay Library"] + paragraphs[2...]).joined(separator: "\n\n")
    #expect(try body(subhead, rules: rules) == whole)
  }

  @Test(
    "an offer to subscribe in a body that a rule names",
    arguments: ["body = ['css:.story']", "body = ['css:.story p, .story li']"])
  func offers(_ rule: String) throws {
    let offer = """
      <div class=paywall><img src=/logo.svg><p>Read on with one of our offers.</p><ul><li>All articles, every day</li></ul>
      <a href=/subscribe>Choose</a></div>
      """
    #expect(try body(offer, rules: rule) == paragraphs.joined(separator: "\n\n"))
  }

  @Test func whatTheRulesTakeOut() throws {
    let rules = "body = ['css:.story p.text']\nbody_remove = ['css:.story ul']"
    #expect(try body("<ul><li>One thing.</li></ul>", rules: rules) == paragraphs.joined(separator: "\n\n"))
  }

  @Test func twoParagraphsAreTooFewToTell() throws {
    let rules = "body = ['css:.story p.text:nth-child(-n+2)']"
    #expect(try body("<ul><li>One thing.</li></ul>", rules: rules) == paragraphs[..<2].joined(separator: "\n\n"))
  }
}
