import Articles
import Extraction
import Testing
import Values

private let paragraphs = [
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.",
  "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.",
  "The mayor, who had asked for the vote, said she would sign the decision before the end of the week.",
  "It will be read out in public, as every decision of the council is, and then be nailed to the door.",
]
private let text = paragraphs.map { "<p>\($0)</p>" }.joined()

private func extraction(_ page: String) throws(ExtractionError) -> Article {
  try PageExtractor(manifest: nil).extract(
    Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!
  ).article
}

private func article(
  head: String = "", title: String = "Library stays open all year",
  heading: String = "<h1>Library stays open all year</h1>",
  _ body: String = text
) throws -> Article {
  try extraction(
    "<html><head><title>\(title)</title>\(head)</head><body><main><article>\(heading)<div>\(body)</div></article></main></body></html>"
  )
}

private func data(_ json: String) -> String { "<script type='application/ld+json'>\(json)</script>" }

/// What publishers' pages are like beside the plain ones: scripts, galleries, dates that are none, markup of other
/// days.
@Suite struct PublishedPagesTests {
  @Test(
    "pages that answer as if they were articles",
    arguments: [
      ("<title>Page not found | Example</title>", "<h1>Page not found</h1><p>Sorry, it was moved, or never was.</p>"),
      ("<title>Erreur 404 - Exemple</title>", "<h1>Oups !</h1><p>La page que vous cherchez n’existe pas ou plus.</p>"),
      (
        "<title>Example</title>",
        "<h1>Seite nicht gefunden</h1><p>Vielleicht hilft Ihnen unsere Suche weiter, hier.</p>"
      ),
      (
        "<title>Log in | Example</title>",
        "<h1>Log in to your account</h1><form><input type=password></form><p>Not yet a reader? Subscribe today, from 1 a week.</p>"
      ),
      (
        "<title>Back soon</title>",
        "<h1>We’ll be back soon!</h1><p>We are performing some maintenance at the moment.</p>"
      ),
      (
        "<title>451 Unavailable</title>",
        "<h1>451: Unavailable due to legal reasons</h1><p>Access cannot be granted to you, at this time.</p>"
      ),
    ])
  func notArticles(_ head: String, _ body: String) {
    #expect {
      try extraction("<html><head>\(head)</head><body>\(body)</body></html>")
    } throws: {
      ($0 as? ExtractionError)?.reason == .noArticle
    }
  }

  @Test(arguments: [
    ("Page not found: the library that nobody can find", text), ("Not found in the library: a book from 1898", text),
    ("Bridge under maintenance until the end of May", "<p>\(paragraphs[0])</p>"),
    ("Wartungsarbeiten: Tunnel gesperrt", "<p>\(paragraphs[0])</p>"),
    ("When something went wrong at the old mill", "<p>\(paragraphs[0])</p>"),
    ("The 404 to the harbour is the last bus that runs", "<p>\(paragraphs[0])</p><p>\(paragraphs[1])</p>"),
  ])
  func articlesAboutThem(_ headline: String, _ body: String) throws {
    #expect(try article(title: headline, heading: "<h1>\(headline)</h1>", body).headline == headline)
  }

  @Test(arguments: [
    ("<?xml version='1.0'?><!-- made --><rss version='2.0'><channel><title>Example</title></channel></rss>", "feed"),
    ("<feed xmlns='http://www.w3.org/2005/Atom'><title>Example</title></feed>", "feed"),
    ("%PDF-1.7 and so on", "PDF"), ("GIF89a and so on", "GIF"),
  ])
  func otherDocuments(_ bytes: String, _ name: String) {
    #expect {
      try extraction(bytes)
    } throws: {
      guard let error = $0 as? ExtractionError else { return false }
      return error.reason == .unreadable && (error.detail.contains(name))
    }
  }

  @Test(
    "scripts without spaces between words, and mostly without marks between sentences",
    arguments: [
      "สภาเมืองประชุมกันเมื่อเย็นวันจันทร์และตัดสินใจเปิดห้องสมุดตลอดทั้งปี", "ສະພາເມືອງໄດ້ປະຊຸມກັນໃນຕອນແລງວັນຈັນແລະຕັດສິນໃຈເປີດຫໍສະໝຸດຕະຫຼອດປີ",
      "မြို့တော်ကောင်စီသည်တနင်္လာနေ့ညနေတွင်တွေ့ဆုံပြီးစာကြည့်တိုက်ကိုတစ်နှစ်ပတ်လုံးဖွင့်ရန်ဆုံးဖြတ်ခဲ့သည်။",
      "ក្រុមប្រឹក្សាបានជួបគ្នានៅល្ងាចថ្ងៃច័ន្ទហើយបានសម្រេចចិត្តបើកបណ្ណាល័យពេញមួយឆ្នាំ។",
    ])
  func unspaced(_ sentence: String) throws {
    let lines = (1...4).map { "\(sentence) \($0)" }
    let found = try article(lines.map { "<p>\($0)</p>" }.joined())
    #expect(found.bodyText == lines.joined(separator: "\n\n"))
    #expect(found.standfirst == nil)
  }

  @Test func shortNewsIsTextNotStandfirst() throws {
    let one = try article("<p>The council closed the library on Tuesday.</p>")
    #expect(one.bodyText == "The council closed the library on Tuesday." && one.standfirst == nil)
    let two = try article("<p>\(paragraphs[0])</p><p>\(paragraphs[1])</p>")
    #expect(two.bodyText == paragraphs[0] + "\n\n" + paragraphs[1] && two.standfirst == nil)
  }

  @Test func aShortBodyInTheData() throws {
    let stated = paragraphs[...2].joined(separator: "\\n\\n")
    let head = data(
      #"{"@type": "NewsArticle", "headline": "Library stays open all year", "articleBody": "\#(stated)"}"#)
    #expect(try article(head: head, "<div id=root></div>").bodyText == paragraphs[...2].joined(separator: "\n\n"))
  }

  @Test func galleriesAndFilms() throws {
    let figures = (1...3).map {
      "<figure><img src=/p/harbour-\($0).jpg width=900 height=600><figcaption>The harbour in year \($0).</figcaption></figure>"
    }.joined()
    #expect(try article(figures).pictures.map(\.caption) == (1...3).map { "The harbour in year \($0)." })
    let gallery = data(#"{"@type": "ImageGallery", "name": "The harbour"}"#)
    #expect(try article(head: gallery, "<p>\(paragraphs[0])</p>" + figures).pictures.count == 3)
    let film = data(#"{"@type": "VideoObject", "name": "The harbour", "description": "\#(paragraphs[0])"}"#)
    #expect(try article(head: film, "<div id=player></div>").standfirst == paragraphs[0])
    // Nothing to read and nothing to see is no article, whatever the data call it.
    #expect(throws: ExtractionError.self) {
      try article(head: data(#"{"@type": "NewsArticle", "headline": "Library stays open all year"}"#), "<div></div>")
    }
  }

  @Test(
    "dates that no article has, beside one that it may have",
    arguments: ["0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2197-06-01T10:00:00Z"])
  func implausibleDates(_ date: String) throws {
    let printed = "<time datetime='2026-03-01T10:00:00+02:00'>March 1</time>"
    let stated = data(
      #"{"@type": "NewsArticle", "headline": "Library stays open all year", "datePublished": "\#(date)"}"#)
    #expect(try article(head: stated, printed + text).published?.rfc3339 == "2026-03-01T10:00:00+02:00")
    #expect(
      try article("<time datetime='\(date)'>1</time>" + printed + text).published?.rfc3339
        == "2026-03-01T10:00:00+02:00")
  }

  @Test func theTimeOfADayThatDataState() throws {
    let day = data(
      #"{"@type": "NewsArticle", "headline": "Library stays open all year", "datePublished": "2026-03-01"}"#)
    let time = "<meta property='article:published_time' content='2026-03-01T18:30:00-04:00'>"
    #expect(try article(head: day + time).published?.rfc3339 == "2026-03-01T18:30:00-04:00")
    let other = "<meta property='article:published_time' content='2026-03-02T18:30:00-04:00'>"
    #expect(try article(head: day + other).published?.rfc3339 == "2026-03-01T00:00:00Z")
  }

  @Test(
    "one line says when it was published and when it was changed",
    arguments: [
      "Published: 10:15, 1 March 2026 | Updated: 12:00, 2 March 2026",
      "Pubblicato il 1 marzo 2026 alle 10:15 - Ultimo aggiornamento 2 marzo 2026",
      "Publié le 1er mars 2026 à 10h15, mis à jour le 2 mars 2026 à 9h00",
      "By Ann Able<br>PUBLISHED: March 1, 2026 at 10:15 a.m. | UPDATED: March 2, 2026 at 9:00 a.m.",
    ])
  func publishedAndChanged(_ line: String) throws {
    let found = try article("<p>\(line)</p>" + text)
    #expect(found.published?.rfc3339 == "2026-03-01T10:15:00Z")
    #expect(found.standfirst == nil)
    #expect(found.bodyText == paragraphs.joined(separator: "\n\n"))
  }

  @Test func addressesThatATemplateLeftUnfilled() throws {
    let canonical = "<link rel=canonical href='{{url}}'>"
    #expect(try article(head: canonical).canonicalURL == "https://www.news.example/world/a-story")
    let shared = "<meta property='og:url' content='https://www.news.example/world/a-story-2'>"
    #expect(try article(head: canonical + shared).canonicalURL == "https://www.news.example/world/a-story-2")
    let base = "<base href='https://www.news.example/other/'><link rel=canonical href='b-story'>"
    #expect(try article(head: base).canonicalURL == "https://www.news.example/other/b-story")
  }

  @Test(arguments: [
    (
      "<div id=a1 class='wp-caption alignnone'><img src=/p/mill-300x200.jpg width=300 height=200><p class=wp-caption-text>The mill in May. Photo: Ann Able</p></div>",
      ["The mill in May."]
    ),
    (
      "<figure class=wp-block-gallery><figure><img src=/p/mill-at-dawn.jpg><figcaption>At dawn.</figcaption></figure><figure><img src=/p/mill-at-dusk.jpg><figcaption>At dusk.</figcaption></figure><figcaption>All of them.</figcaption></figure>",
      ["At dawn.", "At dusk."]
    ),
    (
      "<figure aria-labelledby=w1><img src=/p/mill.jpg></figure><div id=w1 class=caption>The mill by day.</div>",
      ["The mill by day."]
    ),
    (
      "<img src=/p/mill.jpg width=600 height=400><p class=wp-caption-text>The mill by night.</p>",
      ["The mill by night."]
    ),
    (
      "<figure><img src=/p/mill.jpg><figcaption><span class=caption-text>The mill at noon.</span> <a class='btn buy-now' href=/shop>Buy Now</a></figcaption></figure>",
      ["The mill at noon."]
    ),
  ])
  func pictures(_ markup: String, _ captions: [String]) throws {
    let found = try article("<p>\(paragraphs[0])</p>\(markup)" + text.replacing("<p>\(paragraphs[0])</p>", with: ""))
    #expect(found.pictures.map(\.caption) == captions)
    // Each in its place, and its words nowhere else.
    #expect(found.body.count { if case .figure = $0 { true } else { false } } == captions.count)
    #expect(found.bodyText == paragraphs.joined(separator: "\n\n"))
  }

  @Test func whoseAPictureIsByItsTitle() throws {
    let figure =
      "<figure><img src=/p/mill.jpg alt='The mill' title='The mill | Ann Able/AFP'><figcaption>By day, it stands still.</figcaption></figure>"
    #expect(try article(figure + text).pictures.map(\.credit) == ["Ann Able/AFP"])
    let plain =
      "<figure><img src=/p/mill.jpg alt='The mill' title='The mill at dawn'><figcaption>By day, it stands still.</figcaption></figure>"
    #expect(try article(plain + text).pictures.map(\.credit) == [nil])
  }

  @Test(arguments: [
    (
      "The dose was 10<sup>6</sup> units, or 3 × 10<sup>−6</sup> mol of CO<sub>2</sub>.",
      "The dose was 10⁶ units, or 3 × 10⁻⁶ mol of CO₂."
    ),
    ("On the 4<sup>th</sup> of March, the M<sup>me</sup> came.", "On the 4th of March, the Mme came."),
    ("They counted <del>12</del> <ins>10</ins> readers, in one day.", "They counted 10 readers, in one day."),
    (
      "<span class=dateline>LONDON (AP) — </span>They counted ten readers, in one day.",
      "LONDON (AP) — They counted ten readers, in one day."
    ),
  ])
  func whatTheWordsSay(_ line: String, _ words: String) throws {
    #expect(try article("<p>\(line)</p>" + text).bodyText.hasPrefix(words + "\n\n"))
  }

  @Test(
    "headlines and what stands in them or behind them",
    arguments: [
      (
        "Library stays open | Example",
        "<h1>Library stays open<span class=sr-only> - opens here</span><button>Share</button></h1>",
        "Library stays open"
      ),
      ("図書館は一年中開館へ | 例新聞デジタル", "<h1>図書館は一年中開館へ</h1>", "図書館は一年中開館へ"),
      (
        "Library stays open all year | The Some Paper", "<h2 class=title>Library stays open all year</h2>",
        "Library stays open all year"
      ),
    ])
  func headlines(_ title: String, _ heading: String, _ headline: String) throws {
    #expect(try article(title: title, heading: heading).headline == headline)
  }

  @Test func otherArticlesBesideAndInside() throws {
    let teaser =
      "<article class=teaser><h3><a href=/o>Dog</a></h3><p>It bit a man in the town, who had done nothing to it.</p></article>"
    let beside =
      "<article><h2>Dog bites man</h2>" + text.replacing("council", with: "dog").replacing("Its members", with: "They")
      + "</article>"
    let page =
      "<html><head><title>Library stays open all year</title></head><body><main><article><h1>Library stays open all year</h1><div>\(text)\(teaser)</div></article>\(beside)</main></body></html>"
    #expect(try extraction(page).bodyText == paragraphs.joined(separator: "\n\n"))
  }

  @Test func tablesThatLayThePageOut() throws {
    let words = paragraphs.joined(separator: "<br><br>")
    let found = try article(
      "<table><tr><td><font size=2>\(words)</font></td><td width=120><font size=1>Ads<br>Links</font></td></tr></table>"
    )
    #expect(found.bodyText == paragraphs.joined(separator: "\n\n"))
  }

  @Test func aTeaserByNameThatHoldsTheBeginning() throws {
    let pieces = paragraphs.map { "<div class=article-body><p>\($0) \($0)</p></div>" }
    let body =
      "<div class=teaser-content>\(pieces[0])\(pieces[1])</div><div class=remainder-content>\(pieces[2...].joined())\(pieces.joined().replacing("The", with: "A"))</div>"
    #expect(try article(body).bodyText.hasPrefix(paragraphs[0]))
  }

  @Test(
    "what stands below a text and is no part of it",
    arguments: [
      "<p>Example</p>", "<p>(„Example“, Print-Ausgabe, 15.02.2026)</p>",
      "<p><i>Ann Able writes about libraries and harbours.</i></p>",
      "<p>Contact Ann Able at 555-0142. She likes letters.</p>", "<p>02:48 Min.</p>", "<p>Mehr aus Example-City:</p>",
    ])
  func belowTheText(_ line: String) throws {
    let head = "<meta property='og:site_name' content='Example'><meta name=author content='Ann Able'>"
    #expect(try article(head: head, text + line).bodyText == paragraphs.joined(separator: "\n\n"))
  }

  @Test func anIntroductionOfSeveralParagraphs() throws {
    let lead =
      "<div data-test-tag=lead-text><p>They met on Monday, all of them.</p><p>They stayed until midnight, and voted.</p></div>"
    let found = try article(lead + text)
    #expect(found.standfirst == "They met on Monday, all of them. They stayed until midnight, and voted.")
    #expect(found.bodyText == paragraphs.joined(separator: "\n\n"))
    let pictures = lead.replacing(
      "They stayed until midnight, and voted.", with: "Photographs by <a href=/p>Ann Able</a>")
    #expect(try article(pictures + text).standfirst == "They met on Monday, all of them.")
  }

  @Test func picturesByTheirFilesAndWords() throws {
    let name = "<meta name=author content='Anna Bäcker'>"
    let portrait = "<img src=/p/ci1x1-w80/anna-baecker.jpg width=80 height=80>"
    let box =
      "<div class=media><picture><img src=/p/mill-in-the-fog.jpg></picture><p class=infotext>The mill in fog. <span class=rights>| Bildquelle: Ann Able/AFP</span></p></div>"
    let footer =
      "<figure><img src=/p/mill-in-the-sun.jpg><figcaption>The mill in the sun.</figcaption><footer>Getty Images</footer></figure>"
    let comma =
      "<figure><img src=/p/mill-at-night.jpg><figcaption>The mill at night, <span>Foto: LAT Images</span></figcaption></figure>"
    let found = try article(head: name, portrait + text + box + footer + comma + "<p>\(paragraphs[0]) And so on.</p>")
      .pictures
    #expect(found.map(\.caption) == ["The mill in fog.", "The mill in the sun.", "The mill at night"])
    #expect(found.map(\.credit) == ["Ann Able/AFP", "Getty Images", "LAT Images"])
  }

  @Test func theLeadPictureStandsBesideTheHeadline() throws {
    let page = """
      <html><head><title>Library stays open all year</title></head><body><main><header><h1>Library stays open all year</h1></header>
      <figure><img src=/p/library.jpg><figcaption>The library.</figcaption></figure><div><article><div>\(text)
      <article><h3><a href=/b/>Dog</a></h3><p>It bit a man, who had done nothing at all to it.</p></article></div></article></div></main></body></html>
      """
    let found = try extraction(page)
    #expect(found.pictures.map(\.caption) == ["The library."])
    #expect(found.bodyText == paragraphs.joined(separator: "\n\n"))
  }

  @Test(arguments: [
    ("…と話した。【山田花子、鈴木一郎】", ["山田花子", "鈴木一郎"]), ("…と話した。【共同】", ["共同"]), ("…と話した。【３面に関連記事と表がある】", ["例新聞"]),
  ])
  func japaneseSignatures(_ end: String, _ names: [String]) throws {
    let house = data(
      #"{"@type": "NewsArticle", "headline": "図書館は一年中開館へ", "author": {"@type": "Organization", "name": "例新聞"}, "publisher": {"@type": "Organization", "name": "例新聞"}}"#
    )
    let sentence = "市議会は月曜日の夜に開かれ、四時間の議論の末、図書館を一年中開館することを決めた。読者や教師も意見を述べた。"
    let body = "<p>\(sentence)</p><p>市長は\(sentence)</p><p>司書は\(sentence)\(end)</p>"
    #expect(
      try article(head: house, title: "図書館は一年中開館へ", heading: "<h1>図書館は一年中開館へ</h1>", body).authors.map(\.name) == names)
  }
}

/// Captions and credits, and what is said around a text, as newsrooms of several countries print them.
@Suite struct PrintedWordsTests {
  @Test(arguments: [
    // Named for both, the credit in a caption of its own.
    (
      "<figure><img src=/p/mill.jpg alt='The mill'><div><div itemprop=caption class='image__caption attribution'>The old mill stands still.</div><figcaption class=image__credit>Ann Able/Getty Images</figcaption></div></figure>",
      "The old mill stands still.", "Ann Able/Getty Images"
    ),
    (
      "<div class=credit-caption><img src=/p/mill.jpg><div class=caption><p>The old mill stands still. <b class=hide-caption>hide caption</b></p></div><b class=toggle-caption>toggle caption</b><span class=credit>Ann Able for News</span></div>",
      "The old mill stands still.", "Ann Able for News"
    ),
    (
      "<figure><img src=/p/mill.jpg><figcaption>MØLLEN: Den står ved elva. <span class=x1>Foto:</span> <span class=credit>Anne Abel</span></figcaption></figure>",
      "MØLLEN: Den står ved elva.", "Anne Abel"
    ),
    (
      "<figure><img src=/p/mill.jpg><figcaption>المطحنة القديمة عند النهر (رويترز)</figcaption></figure>",
      "المطحنة القديمة عند النهر", "رويترز"
    ),
    (
      "<figure><img src=/p/mill.jpg><figcaption>Ο παλιός μύλος στο ποτάμι. [INTIME NEWS / ΑΝΝΑ]</figcaption></figure>",
      "Ο παλιός μύλος στο ποτάμι.", "INTIME NEWS / ΑΝΝΑ"
    ),
    (
      "<figure><img src=/p/mill.jpg><figcaption>De oude molen. <span class=image__credit>Foto Anna Abel</span></figcaption></figure>",
      "De oude molen.", "Anna Abel"
    ),
    (
      "<figure><img src=/p/mill.jpg><figcaption>O moinho velho <span class=credit>- Ana Abel/Folhapress</span></figcaption></figure>",
      "O moinho velho", "Ana Abel/Folhapress"
    ),
    ("<figure><img src=/p/mill.jpg><figcaption>古老的水磨坊仍在河边。新华社记者 王明 摄</figcaption></figure>", "古老的水磨坊仍在河边。", "新华社记者 王明"),
    (
      "<div class=x1><img src=/p/mill.jpg><div class=media-caption><figcaption><em>The old mill stands still.</em></figcaption><cite> Photo: Ann Able / News</cite></div></div>",
      "The old mill stands still.", "Ann Able / News"
    ),
  ])
  func captions(_ figure: String, _ caption: String, _ credit: String) throws {
    let picture = try #require(try article("<p>\(paragraphs[0])</p>\(figure)" + text).pictures.first)
    #expect(picture.caption == caption)
    #expect(picture.credit == credit)
  }

  @Test(
    "lines around a text",
    arguments: [
      "<p>Produced by ElevenLabs and News Over Audio using AI narration.</p>", "<p>Editor : M.T.</p>",
      "<p>Riproduzione riservata ©</p>",
      "<p>责任编辑：王明 SN233</p>", "<p>🌱</p>",
      "<div class=footnote><a href='#a1'>1</a><div><p>Regular readers will remember what was said of it.</p></div></div>",
      "<div class='author-mini-bio'><a href=#>Ann Able</a><p>Ann Able covers libraries, harbours and mills, and reads at night.</p></div>",
    ])
  func aroundTheText(_ line: String) throws {
    #expect(try article(text + line).bodyText == paragraphs.joined(separator: "\n\n"))
  }

  @Test func numbersOfFootnotes() throws {
    let noted = text.replacing("all year.", with: "all year.<a class=footnote-anchor href='#footnote-1'>1</a>")
    #expect(try article(noted).bodyText == paragraphs.joined(separator: "\n\n"))
    let linked = text.replacing("1998", with: "<a href='/years/1998'>1998</a>")
    #expect(try article(linked).bodyText == paragraphs.joined(separator: "\n\n"))
  }

  @Test func aBodyThatStandsInAScript() throws {
    let elements = paragraphs.map { #"{"type": "text", "content": "\#($0)"}"# }
    let others = [
      #"{"type": "header", "level": 3, "content": "What comes next"}"#,
      #"{"type": "interstitial_link", "content": "Another story"}"#,
      #"{"type": "list", "list_type": "unordered", "items": [{"type": "text", "content": "One thing."}]}"#,
      #"{"type": "image", "url": "https://www.news.example/p/mill.jpg", "caption": "The mill.", "credits": {"by": [{"name": "Ann Able"}]}}"#,
    ]
    let script =
      "<script>Fusion.globalContent={\"content_elements\": [\((elements[..<2] + others + elements[2...]).joined(separator: ","))]};</script>"
    let found = try article("<div id=root></div>\(script)")
    #expect(
      found.bodyText
        == (paragraphs[..<2] + ["What comes next", "One thing."] + paragraphs[2...]).joined(separator: "\n\n"))
    #expect(found.pictures.map(\.caption) == ["The mill."] && found.pictures.map(\.credit) == ["Ann Able"])
    // What the page shows comes first.
    #expect(try article(text + script).bodyText == paragraphs.joined(separator: "\n\n"))
  }
}
