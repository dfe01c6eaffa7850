import Articles
import Testing
import Values

@testable import Extraction

/// What pages showed that were written by hand after publishers of which no page was at hand.
@Suite struct UnseenPagesTests {
  private static let paragraphs = [
    "The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.",
    "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.",
    "The mayor, who had asked for the vote, said she would sign the decision before the end of the week.",
    "The house has forty thousand books, and more than two hundred people come in on a usual day of the week.",
  ]

  private func article(head: String = "", above: String = "", between: String = "", below: String = "") throws
    -> Article
  {
    let text = Self.paragraphs.map { "<p>\($0)</p>" }
    let page = """
      <html lang=en><head><title>Library stays open all year - Example</title>
      <meta property=og:title content="Library stays open all year">\(head)</head><body><main><article>
      <header><h1>Library stays open all year</h1>\(above)</header><div class=text>\(text[0])\(text[1])\(between)\(text[2])\(text[3])\(below)</div>
      </article></main></body></html>
      """
    return try PageExtractor(manifest: nil).extract(
      Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!
    ).article
  }

  private static func data(_ fields: String) -> String {
    #"<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Library stays open all year", \#(fields)}</script>"#
  }

  private static let named = data(#""author": [{"name": "Ann Able"}, {"name": "Bob-Jan Baker"}]"#)

  // MARK: Above the text

  @Test(
    "who wrote it, from where and as what, is no introduction and no text",
    arguments: [
      "<p class=x1>Ann Able, Leeds, and Bob-Jan Baker, York</p>",
      "<p class=x1>Ann Able (text) and Bob-Jan Baker (pictures)</p>",
      "<p class=x1>Ann Able, correspondent, Washington</p>",
      "<div class=author><span>Ann Able</span><span>Editor of the pages on politics</span></div>",
    ])
  func lineOfNames(_ line: String) throws {
    let found = try article(head: Self.named, above: line)
    #expect(found.standfirst == nil)
    #expect(found.bodyText == Self.paragraphs.joined(separator: "\n\n"))
    let below = try article(
      head: Self.named, above: "<p class=lead>The readers asked for it, and were glad.</p>" + line)
    #expect(below.standfirst == "The readers asked for it, and were glad.")
    #expect(below.bodyText == Self.paragraphs.joined(separator: "\n\n"))
  }

  @Test(
    "names and roles in elements without a sign between them",
    arguments: [
      ("<div class=author><span>Ann Able</span><span>Editor Politics</span></div>", ["Ann Able"], "Ann Able"),
      (
        "<div class=author><div class=name>Ann Able</div><div class=role>Redakteurin Politik</div></div>", ["Ann Able"],
        "Ann Able"
      ),
      (
        "<ul class=authors><li>Ann Able</li><li>Bob-Jan Baker</li></ul>", ["Ann Able", "Bob-Jan Baker"],
        "Ann Able, Bob-Jan Baker"
      ),
      (
        "<div class=authors><span>Ann Able</span><span>Bob-Jan Baker</span></div>", ["Ann Able", "Bob-Jan Baker"],
        "Ann Able, Bob-Jan Baker"
      ),
      (
        "<p class=byline><span>Ann Able</span> <span>Photographs by</span> <span>Bob Baker</span></p>", ["Ann Able"],
        nil
      ),
      (
        "<div class=author><span>By Ann Able</span> <span>and Bob-Jan Baker</span></div>",
        ["Ann Able", "Bob-Jan Baker"], nil
      ),
      ("<p class=byline>Perspective by Ann Able</p>", ["Ann Able"], "Perspective by Ann Able"),
    ] as [(String, [String], String?)])
  func partedNames(_ line: String, _ names: [String], _ byline: String?) throws {
    let found = try article(above: line)
    #expect(found.authors.map(\.name) == names)
    if let byline { #expect(found.byline == byline) }
  }

  @Test("what a system calls its keeper is no author", arguments: ["webadmin", "user12", "Super User", "newsdesk"])
  func login(_ name: String) throws {
    let found = try article(
      head: Self.data(#""author": {"name": "\#(name)"}"#), above: "<p class=byline>By Ann Able</p>")
    #expect(found.authors.map(\.name) == ["Ann Able"])
  }

  @Test func descriptionThatIsACaption() throws {
    let words = "The library in the evening, which stays open."
    let figure =
      "<figure><img src=/a.jpg width=800 height=500><figcaption>\(words) Photo: Ann Able</figcaption></figure>"
    #expect(try article(head: Self.data(#""description": "\#(words)""#), above: figure).standfirst == nil)
    #expect(try article(head: Self.data(#""description": "\#(words)""#)).standfirst == words)
  }

  @Test("points with a heading of their own, and those that a machine made beside the introduction")
  func summaries() throws {
    let points = "<ul><li>The library stays open.</li><li>The readers are glad of it.</li></ul>"
    let box = try article(above: "<div class=summary><h2>At a glance</h2>\(points)</div>")
    #expect(box.standfirst == "The library stays open. The readers are glad of it.")
    let lead = "The readers of the town asked for it, and were glad."
    let both = try article(
      head: Self.data(#""description": "\#(lead)""#),
      above:
        "<div class=article-summary><h4>Short version</h4>\(points)<button>Show more</button></div><p class=lead>\(lead)</p>"
    )
    #expect(both.standfirst == lead)
  }

  @Test func kickerInTheHeadingAndInTheData() throws {
    let page = """
      <html><head><meta property=og:title content="After the debate: Library stays open all year"></head><body><article>
      <h1><span class=kicker>After the debate</span> <span class=headline>Library stays open all year</span></h1>
      \(Self.paragraphs.map { "<p>\($0)</p>" }.joined())</article></body></html>
      """
    let url = WebURL("https://www.news.example/world/a-story")!
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article
    #expect(found.headline == "After the debate: Library stays open all year")
  }

  // MARK: In the text

  @Test(
    "labels of links, signatures and boxes",
    arguments: [
      "<div class=q><span>More to know</span><a href=/news/a-new-house-4711><img src=/t.jpg width=200><h3>What a new house costs</h3></a></div>",
      "<div><h4>Background</h4><a href=/news/a-new-house-4711>What a new house would cost the town</a></div>",
      "<p><strong>On the subject</strong></p><ul><li><a href=/a>What a new house costs</a></li><li><a href=/b>Who reads</a></li></ul>",
      "<p>- Anzeige -</p>",
      "<div class=teaserbox><img src=/t.jpg width=300 height=200><h4><a href=/x>The minister promises</a></h4><p>More is to come, he said.</p></div>",
    ])
  func asides(_ box: String) throws {
    let found = try article(between: box)
    #expect(found.bodyText == Self.paragraphs.joined(separator: "\n\n"))
    #expect(found.pictures.isEmpty)
  }

  @Test(
    "a short line beside links that are read stays",
    arguments: [
      "<div><p>Those who spoke:</p><p>Ann Able, for <a href=/x>the readers</a>.</p></div>",
      "<p><strong>The vote</strong></p><p>It was close.</p>",
    ])
  func labelsOfText(_ box: String) throws {
    #expect(try article(between: box).bodyText.contains(box.contains("vote") ? "The vote" : "Those who spoke:"))
  }

  @Test(arguments: ["abc, def, dpa", "AFP/krott"]) func signature(_ line: String) throws {
    #expect(try article(below: "<p>\(line)</p>").bodyText == Self.paragraphs.joined(separator: "\n\n"))
  }

  // MARK: Pictures

  private static let words = "The old library seen from the landward side"

  @Test(
    "caption and credit in lines of one box",
    arguments: [
      ("<div>\(words)</div><div>Ann Able/AP</div>", words, "Ann Able/AP"),
      ("<span>\(words)</span> <em>Ann Able/AP</em>", words, "Ann Able/AP"),
      ("\(words)<br>Ann Able/AP", words, "Ann Able/AP"), ("\(words) | Ann Able/AP", words, "Ann Able/AP"),
      ("\(words) | E. Able/Reuters", words, "E. Able/Reuters"), ("\(words) | AP", words, "AP"),
      ("Ann Able/AP<br>\(words) on Monday.", words + " on Monday.", "Ann Able/AP"),
      ("\(words) (right)(AFP/Ann Able)", words + " (right)", "AFP/Ann Able"),
      ("\(words), fot. Anna Able/PAP", words, "Anna Able/PAP"),
      ("\(words) / A. Able / LRT nuotr.", words, "A. Able / LRT"),
      ("会見する市長＝東京都で2026年5月1日、AP", "会見する市長＝東京都で2026年5月1日", "AP"),
      ("会見する市長＝東京都で2026年5月1日、本社ヘリから山田太郎撮影", "会見する市長＝東京都で2026年5月1日", "山田太郎"),
      ("会見する市長＝2026年5月1日撮影", "会見する市長＝2026年5月1日撮影", nil), ("(Illustration by Ann Able/AP)", nil, "Ann Able/AP"),
      ("\(words) as <em>The Times</em>", words + " as The Times", nil),
    ] as [(String, String?, String?)])
  func captionLines(_ inside: String, _ caption: String?, _ credit: String?) throws {
    let figure = "<figure><img src=/a.jpg width=800 height=500><figcaption>\(inside)</figcaption></figure>"
    let found = try article(between: figure).pictures.first
    #expect(found?.caption == caption)
    #expect(found?.credit == credit)
  }

  @Test(
    "what looks like a credit and is none, and credits that go on before their last line",
    arguments: [
      (
        "A view of the old town of Washington, D.C. AP Photo/Ann Able", "A view of the old town of Washington, D.C.",
        "AP Photo/Ann Able"
      ),
      ("The accused, Bob B. dpa", "The accused, Bob B.", "dpa"),
      ("\(words).<br>Photo by Ann Able<br>Reuters", words + ".", "Ann Able Reuters"),
      (
        "Clara Whitfield<br>She runs the shop by the harbour.", "Clara Whitfield She runs the shop by the harbour.", nil
      ),
      ("Team GB<br>The rowers celebrate by the river.", "Team GB The rowers celebrate by the river.", nil),
      ("Reuters<br>The house of the agency by the river.", "Reuters The house of the agency by the river.", nil),
      (
        "The winners in the mixed doubles | A. Able/B. Baker", "The winners in the mixed doubles | A. Able/B. Baker",
        nil
      ),
      ("San Francisco<br>A city of hills by the sea.", "San Francisco A city of hills by the sea.", nil),
      ("港を出る船＝東京都で、日本財団提供", "港を出る船＝東京都で", "日本財団"),
      ("Photo courtesy of the family of the victim/Reuters", nil, "Photo courtesy of the family of the victim/Reuters"),
      ("\(words) | Minneapolis/St. Paul", words + " | Minneapolis/St. Paul", nil),
      ("\(words) of <em>The Times</em>", words + " of The Times", nil),
    ] as [(String, String?, String?)])
  func noCredits(_ inside: String, _ caption: String?, _ credit: String?) throws {
    try captionLines(inside, caption, credit)
  }

  @Test(
    "introductions that look like lines of names",
    arguments: [
      "<h2>Ann Able, the mayor of the town, on books, debts and the reading room</h2>",
      "<p class=x1>Ann Able, London correspondent, on the storm and the reading room that it closed</p>",
      "<p class=x1>Ann Able (Labour) and Bob-Jan Baker (Greens) fight for the town hall and its library</p>",
      "<p class=x1>Ann Able (54) has lived beside the library since she was a child in the town</p>",
      "<div class=with-author><p class=x1>The readers of the town have asked for it since the year 2019. Now they get it.</p></div>",
    ])
  func introductions(_ line: String) throws {
    #expect(try article(head: Self.named, above: line).standfirst?.isEmpty == false)
  }

  @Test("headings of what is shown or sold behind a link stay") func headingsOfThings() throws {
    let item =
      "<div class=product><h3>Reading lamp number eight</h3><a href=https://shop.example/lamp-8>Buy it now at the Shop for 90</a></div>"
    #expect(try article(between: item).bodyText.contains("Reading lamp number eight"))
  }

  @Test(
    "widgets that are no picture of the article",
    arguments: [
      "<div class='widget widget_media_image'><a href=https://shop.example/><img src=/ad.jpg width=300 height=250></a></div>",
      "<div class='elementor-widget elementor-widget-image'><img src=/qr.png width=300 height=300></div>",
      "<div class='elementor-widget elementor-widget-image'><a href=https://shop.example/><img src=/ad.jpg width=800 height=250></a></div>",
    ])
  func advertisements(_ box: String) throws {
    #expect(try article(between: box).pictures.isEmpty)
  }

  @Test func captionInItalicsBehindAPicture() throws {
    let found = try article(
      between: "<p><img src=/a.jpg width=800 height=500></p><p><em>\(Self.words) (AP Photo/Ann Able)</em></p>")
    #expect(found.pictures.first?.caption == Self.words)
    #expect(found.pictures.first?.credit == "AP Photo/Ann Able")
    #expect(found.bodyText == Self.paragraphs.joined(separator: "\n\n"))
    let remark = try article(
      between: "<p><img src=/a.jpg width=800 height=500></p><p><em>She was not available for comment (AFP)</em></p>")
    #expect(remark.bodyText.contains("She was not available"))
    let prose = try article(
      between: "<p><img src=/a.jpg width=800 height=500></p><p><em>It stays open, all agreed (nearly).</em></p>")
    #expect(prose.bodyText.contains("It stays open"))
  }

  @Test(
    "a picture that its system calls a widget",
    arguments: ["image-widget", "elementor-widget elementor-widget-theme-post-featured-image"])
  func widgets(_ names: String) throws {
    let found = try article(
      above:
        "<div class='\(names)'><div class=elementor-widget-container><img src=/a.jpg width=1200 height=800></div></div>"
    )
    #expect(found.pictures.map(\.isLead) == [true])
  }

  @Test(
    "addresses with a part that a script fills in",
    arguments: [
      ("data-url='/image/6543002_${formatId}.jpg'", ["/image/6543002_605.jpg", "/image/6543002_600.jpg"]),
      (
        "data-src='/image/{width}/b.jpg' data-widths='[320, 640, 1280]'",
        ["/image/1280/b.jpg", "/image/640/b.jpg", "/image/320/b.jpg"]
      ),
      ("data-src='/lead_{width}x{height}.jpg' data-widths='[320, 640]'", []),
      ("data-src='/image/{{card.id}}/b.jpg'", []),
      ("data-src='/image/{id}.jpg'", []), ("data-src='/other/{size}/b.jpg'", []), ("data-src='/image/7_{a'", []),
      ("data-src='{a}'", []),
      ("data-src='/image/7_}x{.jpg'", []),
    ])
  func templates(_ attributes: String, _ files: [String]) throws {
    let found = try article(
      above:
        "<figure><img src=/image/6543001_605.jpg srcset='/image/6543001_600.jpg 480w, /image/6543001_605.jpg 1200w'></figure>",
      between: "<figure><img \(attributes)><figcaption>\(Self.words)</figcaption></figure>")
    let renditions = found.pictures.first { $0.caption == Self.words }?.renditions.map(\.href) ?? []
    #expect(renditions == files.map { "https://www.news.example" + $0 })
  }
}
