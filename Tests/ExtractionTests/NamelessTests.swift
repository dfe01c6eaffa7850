import Articles
import Extraction
import Testing
import Values

private let first =
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open."
private let second =
  "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998."
private let third =
  "The mayor, who had asked for the vote, said she would sign the decision before the end of the week."
private let text = "<p>\(first)</p><p>\(second)</p><p>\(third)</p>"
private let heading = "<h1>Library stays open all year</h1>"

private func article(_ body: String) throws -> Article {
  let page = "<html><head><title>Library stays open all year - Example</title></head><body>\(body)</body></html>"
  return try PageExtractor(manifest: nil).extract(
    Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!
  ).article
}

/// Pages whose elements have no names that say what they are for, as style sheets made by programs leave them.
@Suite struct NamelessTests {
  @Test func theBodyIsWhereTheHeadlineIs() throws {
    let other =
      "<p>Another story has many more words than this one, because it is told at length, in a list of others.</p>"
    let others = "<div>" + String(repeating: "<div>\(other)</div>", count: 12) + "</div>"
    #expect(
      try article("<main>\(heading)<div>\(text)</div></main>\(others)").bodyText
        == [first, second, third].joined(separator: "\n\n"))
    // A headline in a box of its own says nothing of where the body is.
    #expect(try article("<main>\(heading)</main><div>\(text)</div>").body.count == 3)
  }

  /// Names that mean something beside the text on other sites: of every part of it on one, of a label that is not shown
  /// on another.
  @Test(arguments: [
    ("article-widget article-widget-text", "article-widget article-widget-advert"),
    ("field field--label-hidden", "field"),
    // Whatever it is, when all of the text stands in pieces of that name.
    ("story-popup", "story-ad"), ("promo", "ad-slot"), ("sidebar-block", "ad-slot"),
  ])
  func namesOfOtherThings(_ name: String, _ other: String) throws {
    let pieces = [first, second, third, first.replacing("Monday", with: "Friday")]
    let boxes = pieces.map {
      "<div class='\(name)'><div><p>\($0)</p></div></div><div class='\(other)'><div>Advertisement</div></div>"
    }
    #expect(
      try article("<main><article>\(heading)<div class=pieces>\(boxes.joined())</div></article></main>").bodyText
        == pieces.joined(separator: "\n\n"))
  }

  /// What readers wrote stays outside, however little the article says.
  @Test func manyCommentsOnAShortArticle() throws {
    let comment =
      "<div class=comment><p>I have read every one of its books, and I shall read them all again next year.</p></div>"
    let found = try article(
      "<main><article>\(heading)<div><p>\(first)</p><p>\(second)</p></div></article><div class=comments>\(String(repeating: comment, count: 20))</div></main>"
    )
    #expect(found.bodyText == [first, second].joined(separator: "\n\n"))
  }

  @Test func announcementsInTheMidstOfTheText() throws {
    let long =
      text
      + text.replacing("council", with: "board").replacing("Its members", with: "They").replacing(
        "The mayor", with: "She")
    let rest = text.replacing("council", with: "house").replacing("Its members", with: "All").replacing(
      "The mayor", with: "He")
    let box = "<div><h4>Related</h4><ul><li><a href='/a'>Another story of the day</a></li></ul></div>"
    #expect(try article("<div>\(heading)\(long)\(box)\(rest)</div>").body.count == 9)
    #expect(
      try article("<div>\(heading)<section>\(long)</section>\(box)<section>\(rest)</section></div>").body.count == 9)
    // Behind the text stand others'.
    let teasers =
      "<div><b>1 March</b><div>\(rest.replacing("<p>", with: "<div>").replacing("</p>", with: "</div>"))</div></div>"
    #expect(try article("<div>\(heading)<div>\(long)</div><h4>Related</h4>\(teasers)</div>").body.count == 6)
  }

  @Test func whatStandsAroundTheElementThatHoldsTheText() throws {
    let long = text + text.replacing("council", with: "board").replacing("Its members", with: "They")
    let before =
      "<div><p>Save</p><ul><li>Send by mail</li></ul></div><div><p>\(third.replacing("The mayor", with: "A clerk"))</p></div>"
    let behind =
      "<div><div><h4>You are reading this elsewhere</h4><p>One device can be used at a time, we are sorry to say.</p></div></div>"
    let found = try article(
      "<div>\(heading)\(before)<div>\(long)<ul><li>One, of the list.</li><li>Two.</li></ul></div>\(behind)</div>")
    // Short lines and whatever is behind are no text.
    #expect(!found.bodyText.contains("Send by mail"))
    #expect(!found.bodyText.contains("One device"))
    #expect(found.bodyText.contains("of the list"))
    #expect(found.standfirst?.hasPrefix("A clerk") == true)
    #expect(found.body.count(where: { if case .paragraph = $0 { true } else { false } }) == 5)
  }

  @Test func anOpeningWithShortSentences() throws {
    let long = text + text.replacing("council", with: "board").replacing("Its members", with: "They")
    let opening =
      "<div><ul><li>It was close.</li></ul><p>\(third.replacing("The mayor", with: "A clerk"))</p><p>\(second.replacing("Its members", with: "She"))</p><p>It was late.</p></div>"
    let found = try article(
      "<div>\(heading)\(opening)<div>\(long)\(long.replacing("evening", with: "night").replacing("They", with: "All"))</div></div>"
    )
    for line in ["It was close.", "A clerk", "She heard", "It was late."] {
      #expect(found.bodyText.contains(line))
    }
  }

  @Test func aSentenceThatIsACaptionTooIsText() throws {
    let picture = "<figure><img src=/a.jpg width=800><figcaption>\(first)</figcaption></figure>"
    let more = text.replacing("council", with: "board").replacing("Its members", with: "They").replacing(
      "The mayor", with: "She")
    let found = try article(
      "<article>\(heading)\(text)\(more)\(picture)<p>\(third.replacing("The mayor", with: "He"))</p></article>")
    #expect(found.pictures.first?.caption == first)
    #expect(found.bodyText.hasPrefix(first))
    // What leaks out of a caption stands beside the picture.
    let leaked = try article(
      "<article>\(heading)<p>\(second)</p><p>\(third)</p>\(picture)<div>\(first)</div>\(more)</article>")
    #expect(!leaked.bodyText.contains(first))
  }

  @Test func whatStandsAboveTheHeadline() throws {
    let above =
      "<div>A line about nothing in particular, for whoever reads it.</div><img src=/lead-picture.jpg width=800>"
    let found = try article("<article>\(above)\(heading)\(text)\(text.replacing("council", with: "board"))</article>")
    #expect(!found.bodyText.contains("nothing in particular"))
    #expect(found.pictures.count == 1)
  }

  @Test(
    "boxes that lead to other articles",
    arguments: [
      (
        "<div><h3><a href='/world/another-story-of-the-day'>Another story of the same day</a></h3><p>It is told here in short, and at length elsewhere.</p></div>",
        false
      ),
      (
        "<div><a href='/world/another-story-of-the-day'><h3>Another story of the same day</h3></a><p>It is told here in short, and at length elsewhere.</p></div>",
        false
      ),
      // A shop's, or a subhead of which a word is a link.
      (
        "<div><h3><a href='https://shop.example/a-lamp-to-read-by'>A lamp to read by, in blue</a></h3><p>It is told here in short, and at length elsewhere.</p></div>",
        true
      ),
      (
        "<div><h3>What <a href='/world/another-story-of-the-day'>the council</a> said in the end</h3><p>It is told here in short, and at length elsewhere.</p></div>",
        true
      ),
    ])
  func teasers(_ box: String, _ isText: Bool) throws {
    let found = try article(
      "<article>\(heading)\(text)\(box)<p>The vote was held in public, and the doors stayed open, as is usual.</p></article>"
    )
    #expect(found.bodyText.contains("told here in short") == isText)
    #expect(found.bodyText.contains("held in public"))
  }

  @Test(
    "lines between headline and text",
    arguments: [
      ("<div>Readers, teachers and librarians have won a vote on the house.</div>", true),
      ("<div><div><h2>Readers, teachers and librarians have won a vote on the house</h2></div></div>", true),
      ("<p>Readers, teachers and librarians have won a vote on the house.</p><div><a href=/x>Share</a></div>", true),
      // A caption, who wrote it and when, whose picture it is.
      (
        "<div><img src=/a.jpg width=800><span>Readers, teachers and librarians at the house on Monday</span></div>",
        false
      ),
      ("<div>By Ann Able, who writes on libraries and on councils for us</div>", false),
      ("<div>Ann Able for Example Published 3 March 2026, 11:21 am</div>", false),
      ("<div>Readers, teachers and librarians at the house | Foto: Carl Picture</div>", false),
    ])
  func standfirsts(_ line: String, _ isStandfirst: Bool) throws {
    let found = try article("<article>\(heading)\(line)<div>\(text)</div></article>")
    #expect((found.standfirst?.hasPrefix("Readers, teachers") ?? false) == isStandfirst)
    #expect(found.body.count(where: { if case .paragraph = $0 { true } else { false } }) == 3)
  }

  @Test func theFirstParagraphIsNoStandfirst() throws {
    for name in ["p", "div"] {
      let found = try article(
        "<article>\(heading)\(text.replacing("<p>", with: "<\(name)>").replacing("</p>", with: "</\(name)>"))</article>"
      )
      #expect(found.standfirst == nil)
      #expect(found.body.count == 3)
    }
  }

  @Test(
    "words below pictures",
    arguments: [
      (
        "<div><div><img src=/a.jpg width=800></div><div><p>The house on Monday, before the doors were opened to all.</p></div></div>",
        "The house on Monday, before the doors were opened to all.", nil
      ),
      ("<div><img src=/a.jpg width=800><div><p>Picture: Carl Picture</p></div></div>", nil, "Carl Picture"),
      (
        "<div><a href=/a.jpg><img src=/a.jpg width=800></a><p>The house on Monday (archive picture)</p></div>",
        "The house on Monday (archive picture)", nil
      ),
      (
        "<figure><img src=/a.jpg width=800><figcaption>The house on Monday, before it opened <span>Carl Picture</span></figcaption></figure>",
        "The house on Monday, before it opened", "Carl Picture"
      ),
      (
        "<figure><img src=/a.jpg width=800><figcaption><span>The house on Monday, before it opened</span><span> ( <b>Image: </b>Carl Picture/Reuters)</span></figcaption></figure>",
        "The house on Monday, before it opened", "Carl Picture/Reuters"
      ),
      (
        "<figure><img src=/a.jpg width=800><figcaption><div>Carl Picture/REUTERS</div> <div>The house on Monday, before it opened.</div></figcaption></figure>",
        "The house on Monday, before it opened.", "Carl Picture/REUTERS"
      ),
      (
        "<figure><img src=/a.jpg width=800><figcaption><div>BILD: SN/APA/CARL PICTURE</div> <div>The house on Monday, before it opened</div></figcaption></figure>",
        "The house on Monday, before it opened", "SN/APA/CARL PICTURE"
      ),
      (
        "<figure><img src=/a.jpg width=800><div><figcaption>The house on Monday, before it opened.</figcaption><span>Carl Picture/Getty Images</span></div></figure>",
        "The house on Monday, before it opened.", "Carl Picture/Getty Images"
      ),
      // In a line of their own behind the picture, which ends in whose it is.
      (
        "<p><img src=/a.jpg width=800></p><p><em>The house on Monday. Photo: Carl Picture</em></p>",
        "The house on Monday.",
        "Carl Picture"
      ),
      (
        "<table><tr><td><img src=/a.jpg width=800></td></tr><tr><td>The house on Monday. (Photo: Carl Picture)</td></tr></table>",
        "The house on Monday.", "Carl Picture"
      ),
      (
        "<div><img src=/a.jpg width=800></div><div><p>The house on Monday.<br>Photo: Carl Picture</p></div>",
        "The house on Monday.", "Carl Picture"
      ),
      (
        "<figure><img src=/a.jpg width=800><figcaption>The house.</figcaption></figure><p class=image-credit>Carl Picture</p>",
        "The house.", "Carl Picture"
      ),
      // A word set apart is no credit, nor is what opens the rest of the words.
      (
        "<figure><img src=/a.jpg width=800><figcaption>The house on Monday, before it opened for <em>Hamlet</em></figcaption></figure>",
        "The house on Monday, before it opened for Hamlet", nil
      ),
      (
        "<figure><img src=/a.jpg width=800><figcaption>The house on Monday. Foto: Carl Picture <span>Show more</span></figcaption></figure>",
        "The house on Monday.", "Carl Picture Show more"
      ),
    ] as [(String, String?, String?)])
  func captions(_ picture: String, _ caption: String?, _ credit: String?) throws {
    try expect(picture, caption, credit, paragraphs: 3)
  }

  @Test(
    "a picture set into a paragraph, whose words are text and no caption",
    arguments: [
      "<p><img src=/a.jpg width=300 class=alignleft>%</p>",
      "<p><a href=/large.jpg><img src=/a.jpg width=300></a> %</p>",
      "<p>% <img src=/a.jpg width=300></p>",
      "<div class=wp-block-media-text><figure><img src=/a.jpg width=300></figure><div><p>%</p></div></div>",
      "<div><p><img src=/a.jpg width=300>% It is <b>old</b>.</p></div>",
    ])
  func paragraphs(_ picture: String) throws {
    let sentence = "The house on Monday looked as it had for years, said those who came for the vote."
    try expect(picture.replacing("%", with: sentence), nil, nil, paragraphs: 4)
    try expect("<p><img src=/a.jpg width=300><br><i>\(sentence)</i></p>", sentence, nil, paragraphs: 3)
    try expect("<p><img src=/a.jpg width=300> The house.</p>", "The house.", nil, paragraphs: 3)
    // Where all is centred, nothing tells a caption.
    let line = "<p align=center>\(sentence)</p>"
    let other = "<p align=center>So it is.</p>"
    try expect("<p align=center><img src=/a.jpg width=300></p>\(line)\(other)", nil, nil, paragraphs: 5)
  }

  @Test(
    "lines behind a picture that are text, whether it and they are centred or not",
    arguments: [
      "<strong>1. Bay Bridge Hotel</strong>", "“We will never leave this house,” Ann Able told those who came.",
      "Where: The house, 3 High Street. Open daily.", "<em>Chapter two: the harbour</em>",
      "议会星期一决定，图书馆再开放十年，并在冬天到来之前修好屋顶。（记者 王明 文/摄）", "工程五月开始，预计十月结束。记者 王明 摄",
      "工程五月开始，预计十月结束。（山田太郎撮影）",
    ])
  func linesBehind(_ line: String) throws {
    for centred in ["", " style='text-align: center'", " align=center"] {
      let picture = "<p\(centred)><img src=/a.jpg width=800></p>"
      try expect("\(picture)<p\(centred)>\(line)</p>", nil, nil, paragraphs: 4)
    }
  }

  @Test(
    "boxes behind a picture that are text, though they end in whose it is",
    arguments: [
      "<div><p>The house was sold on Monday by those who own it.</p><p>They will not say for how much. © Example</p></div>",
      "<div>The house was sold on Monday.<br>They will not say for how much. © Example</div>",
      "<div><h3>The harbour</h3><p>It was sold as well on Monday © Example</p></div>",
      "<p class=credits>By Ann Able and Bob Baker</p>",
      "<p class=copyright>© 2026 Example News. All rights reserved.</p>",
      "<p class=credits>This article was first published in Spanish</p>",
    ])
  func boxesBehind(_ box: String) throws {
    let found = try article(
      "<article>\(heading)<p>\(first)</p><p><img src=/a.jpg width=800></p>\(box)\(text)</article>")
    #expect(found.pictures.count == 1)
    #expect(found.pictures.first?.caption == nil)
    #expect(found.pictures.first?.credit == nil)
  }

  @Test func theOnlyParagraphBehindAPictureIsTheText() throws {
    let only = "议会星期一决定，图书馆再开放十年，并在冬天到来之前修好屋顶，费用约为两百万元，其中一半由国家支付。工程五月开始，预计十月结束。"
    for signature in ["（记者 王明 文/摄）", "（记者 王明 摄）", "记者 王明 摄"] {
      let found = try article(
        "<article>\(heading)<p><img src=/a.jpg width=800></p><p>\(only)\(signature)</p></article>")
      #expect(found.bodyText.contains(only))
      #expect(found.pictures.first?.caption == nil)
    }
  }

  private func expect(_ picture: String, _ caption: String?, _ credit: String?, paragraphs: Int) throws {
    let found = try article("<article>\(heading)<p>\(first)</p>\(picture)<p>\(second)</p><p>\(third)</p></article>")
    #expect(found.pictures.first?.caption == caption)
    #expect(found.pictures.first?.credit == credit)
    #expect(found.body.count(where: { if case .paragraph = $0 { true } else { false } }) == paragraphs)
  }
}
