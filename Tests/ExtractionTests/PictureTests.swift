import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://news.example/world/a-story")!
private let first =
  "<p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open.</p>"
private let second =
  "<p>Its members heard from readers, from teachers, and from the two librarians who have run the house.</p>"

private func article(_ markup: String, before: String = "") throws -> Article {
  let page =
    "<html><body><article><h1>Library stays open</h1>\(before)\(first)\(markup)\(second)</article></body></html>"
  return try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
}

@Suite struct PictureTests {
  @Test(arguments: [
    (
      "<img src='/a/pic.jpg' width=640 height=480>",
      [Rendition(href: "https://news.example/a/pic.jpg", width: 640, height: 480)]
    ),
    (
      "<img src='/a/pic.jpg' srcset='/a/pic-s.jpg 320w, /a/pic-l.jpg 1280w'>",
      [
        Rendition(href: "https://news.example/a/pic.jpg"),
        Rendition(href: "https://news.example/a/pic-s.jpg", width: 320),
        Rendition(href: "https://news.example/a/pic-l.jpg", width: 1280),
      ]
    ),
    (
      "<img src='data:image/gif;base64,x' data-src='//i.example/p.jpg' data-srcset='//i.example/c,w_10/p.jpg 10w'>",
      [Rendition(href: "https://i.example/p.jpg"), Rendition(href: "https://i.example/c,w_10/p.jpg", width: 10)]
    ),
    (
      "<picture><source type='image/webp' srcset='/p.webp 2x'><img src='/p.jpg'></picture>",
      [
        Rendition(href: "https://news.example/p.jpg"),
        Rendition(href: "https://news.example/p.webp", contentType: "image/webp"),
      ]
    ),
    (
      "<figure><div data-src='/later.jpg' class=lazy></div></figure>",
      [Rendition(href: "https://news.example/later.jpg")]
    ),
    (
      "<figure><img src='/placeholder.png'><noscript><img src='/real.jpg'></noscript></figure>",
      [Rendition(href: "https://news.example/real.jpg")]
    ),
    ("<img src='/resize?width=400&id=1'>", [Rendition(href: "https://news.example/resize?width=400&id=1", width: 400)]),
  ])
  func renditions(_ markup: String, _ expected: [Rendition]) throws {
    #expect(try article(markup).pictures.map(\.renditions) == [expected])
  }

  @Test("a text that goes on behind the picture in it is no caption, in front of it or behind it is")
  func textAroundAPicture() throws {
    let portrait = "<figure><img src=/a.jpg></figure>"
    let around = try article(
      "<div>◇The library<br>\(portrait)<strong>Ann Able</strong> has run it since 1998.<br>(To start on 3 March.)</div>"
    )
    #expect(around.pictures.map(\.caption) == [nil])
    #expect(around.bodyText.contains("Ann Able has run it since 1998.") && around.bodyText.contains("◇The library"))
    for words in [
      "<div>\(portrait)Ann Able in the reading room</div>", "<div>Ann Able in the reading room\(portrait)</div>",
    ] {
      let beside = try article(words)
      #expect(beside.pictures.map(\.caption) == ["Ann Able in the reading room"])
      #expect(!beside.bodyText.contains("Ann Able"))
    }
  }

  @Test(arguments: [
    "<img src='data:image/png;base64,xx'>", "<img src='/track.gif' width=1 height=1>", "<img src='/logo.svg'>", "<img>",
    "<img src='javascript:x'>", "<img src='/spacer.gif'>", "<aside><img src='/ad.jpg'></aside>",
    "<div class=author-box><img src='/face.jpg'></div>", "<img src='/follow.png' width=20>",
    // Portraits and roles of those who write, and links to other articles and to people's pages.
    "<div class=author-box><img src='/face.jpg'><p class=caption>Editor</p></div>",
    "<a href='/by/ann-able'><img src='/face.jpg'></a>",
    "<figure><a href='/autoren/ann-able/'><img src='/face.jpg'></a></figure>",
    "<div><a href='/world/another-story-of-books'><picture><img src='/b.jpg'></picture> Another story of books</a></div>",
    "<article><h3><a href='/world/other'>Another story of books</a></h3><figure><img src='/b.jpg'></figure></article>",
  ])
  func noPictures(_ markup: String) throws {
    #expect(try article(markup).pictures == [])
  }

  @Test(
    "a picture with a link around it that leads to nothing else is the article's own",
    arguments: [
      "<a href='/a.jpg'><img src='/a-small.jpg'></a>",
      "<a href='/world/a-story/photos-of-the-day-4711'><img src='/a.jpg'></a>",
      "<a href='/world/the-old-house-114.html'><img src='/i/the-old-house-114_w_576.jpg'></a>",
      "<a href='https://elsewhere.example/some-story-of-books'><img src='/a.jpg'></a>",
      "<a href='/shop'><img src='/a.jpg'></a>",
      "<figure><a href='/world/another-story-of-books'><img src='/a.jpg'></a><figcaption>The house</figcaption></figure>",
      // An aside, or what is named after one, that is no more than a picture and its caption.
      "<aside class=left><a href='/a.jpg'><img src='/a.jpg'></a><p class=caption>The house</p></aside>",
      "<div class='ps-sidebar headmedia'><img src='/a.jpg'><div class=caption>The house</div></div>",
    ])
  func ownPictures(_ markup: String) throws { #expect(try article(markup).pictures.count == 1) }

  @Test(
    arguments: [
      (
        "<figure><img src=/a.jpg alt='Alt text'><figcaption>The reading room</figcaption></figure>", "The reading room",
        nil, "Alt text"
      ),
      (
        "<figure><img src=/a.jpg><figcaption>The reading room <span class=credit>Photo: Ann Able</span></figcaption></figure>",
        "The reading room", "Ann Able", nil
      ),
      (
        "<figure><img src=/a.jpg><figcaption>The reading room (Foto: Ann Able)</figcaption></figure>",
        "The reading room", "Ann Able", nil
      ),
      (
        "<figure><img src=/a.jpg><figcaption>The reading room. © Ann Able/dpa</figcaption></figure>",
        "The reading room.", "Ann Able/dpa", nil
      ),
      (
        "<div class=wp-caption><img src=/a.jpg><p class=wp-caption-text>The reading room</p></div>", "The reading room",
        nil, nil
      ),
      (
        "<a href=/a-large.jpg data-caption='The reading room' data-credit='Ann Able'><img src=/a.jpg width=640></a>",
        "The reading room", "Ann Able", nil
      ),
      (
        "<figure><img src=/a.jpg><figcaption><span class=copyright>Ann Able</span></figcaption></figure>", nil,
        "Ann Able", nil
      ),
    ] as [(String, String?, String?, String?)])
  func words(_ markup: String, _ caption: String?, _ credit: String?, _ alt: String?) throws {
    let found = try article(markup)
    let picture = try #require(found.pictures.first)
    #expect(picture.caption == caption)
    #expect(picture.credit == credit)
    #expect(picture.alt == alt)
    #expect(!found.bodyText.contains("reading room"))
  }

  @Test func leadAndInlineInTheirPlaces() throws {
    let found = try article("<figure><img src=/inline.jpg></figure>", before: "<figure><img src=/lead.jpg></figure>")
    #expect(found.pictures.map(\.isLead) == [true, false])
    #expect(
      found.pictures.map { $0.renditions[0].href } == [
        "https://news.example/lead.jpg", "https://news.example/inline.jpg",
      ])
    #expect(found.body.filter { if case .figure = $0 { true } else { false } } == [.figure(0), .figure(1)])
    #expect(found.body.firstIndex(of: .figure(1)) == 2)
  }

  @Test(arguments: [
    ("/img/2026/harbour-view-1024x768.jpg", "/img/2026/harbour-view-300x200.jpg"),
    ("/w_640/harbour-view-4711.jpg", "/w_1280/harbour-view-4711.jpg"),
    ("/harbour-view-4711.jpg?w=10", "/harbour-view-4711.webp?w=900"),
    ("https://a.example/640/ab/harbour-view.jpg", "https://b.example/1280/ab/harbour-view.jpg"),
  ])
  func resizedVariantsAreOnePicture(_ one: String, _ other: String) throws {
    let found = try article("<img src='\(one)'>", before: "<img src='\(other)'>")
    #expect(found.pictures.count == 1)
    #expect(found.pictures.first?.renditions.count == 2)
  }

  @Test func differentPicturesStayDifferent() throws {
    #expect(
      try article(
        "<img src='/harbour-1.jpg'><img src='/harbour-2.jpg'><img src='/a/default.jpg'><img src='/b/default.jpg'>"
      ).pictures.count == 4)
  }

  @Test func nothingAfterTheLastText() throws {
    let page =
      "<html><body><article><h1>Library</h1>\(first)\(second)\(first.replacing("Monday", with: "Friday"))<img src=/teaser.jpg></article></body></html>"
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article
    #expect(found.pictures == [])
  }

  /// Caption and credit out of one text, as newsrooms write them.
  @Test(
    arguments: [
      ("The house in March. (AP)", "The house in March.", "AP"),
      ("The house in March. (Ann Able/Example Press)", "The house in March.", "Ann Able/Example Press"),
      ("The house in March. (Unsplash)", "The house in March.", "Unsplash"),
      ("The house in March. (Archivbild)", "The house in March. (Archivbild)", nil),
      ("The house in March (left). It opens at 9.", "The house in March (left). It opens at 9.", nil),
      ("The house in March. Ann Able/dpa", "The house in March.", "Ann Able/dpa"),
      ("The house in March. Supplied", "The house in March.", "Supplied"),
      ("The house in March. It was raining", "The house in March. It was raining", nil),
      ("The house, seen in March / Ann Able", "The house, seen in March", "Ann Able"),
      ("Das Haus im März (Symbolfoto: dpa | Ann Able)", "Das Haus im März", "dpa, Ann Able"),
      ("Дом в марте Фото: Анна Абель", "Дом в марте", "Анна Абель"),
      ("3月の家=AP", "3月の家", "AP"), ("家(東京で、3日)=AP", "家(東京で、3日)", "AP"),
      ("3月の家(C)共同通信社", "3月の家", "共同通信社"), ("3월의 집. 연합뉴스", "3월의 집.", "연합뉴스"),
      ("3월의 집 [사진 출처 = 김하나]", "3월의 집", "김하나"),
      ("Legende: Das Haus im März.", "Das Haus im März.", nil), ("(Example Press)", nil, "Example Press"),
      // In full width, and who took it or gave it.
      ("3月の家\u{FF1D}AP", "3月の家", "AP"), ("家\u{FF08}東京で\u{FF09}\u{FF1D}共同", "家\u{FF08}東京で\u{FF09}", "共同"),
      ("3月の家\u{FF08}代表撮影\u{FF09}", "3月の家", "代表"), ("3月の家(市役所提供)", "3月の家", "市役所"),
      ("3월의 집이다. 김하나 기자", "3월의 집이다.", "김하나"), ("3월의 집이다. 김하나 제공", "3월의 집이다.", "김하나"),
      ("3월의 집이다. 서울=연합뉴스", "3월의 집이다.", "연합뉴스"),
      // Nothing but whose picture it is.
      ("Getty Images", nil, "Getty Images"), ("STR/Getty images", nil, "STR/Getty images"),
      ("Example Media via Getty Images", nil, "Example Media via Getty Images"),
      ("Image credit: Example", nil, "Example"),
      ("коллаж: Анна Абель", nil, "Анна Абель"), ("Kuva: Anna Aapeli", nil, "Anna Aapeli"),
      ("The house of Getty Images", "The house of Getty Images", nil),
      ("A walk via Getty Images", "A walk via Getty Images", nil), ("Books/papers", "Books/papers", nil),
      ("A. Able/AFP", nil, "A. Able/AFP"),
      // A sign that points at the picture; a label with a dash or a slash, and other words for one.
      ("▲ The house from the east", "The house from the east", nil),
      ("The house is open. Photo / Ann Able", "The house is open.", "Ann Able"),
      ("The house (Pic: Example.ie)", "The house", "Example.ie"),
    ] as [(String, String?, String?)])
  func captionAndCredit(_ text: String, _ caption: String?, _ credit: String?) throws {
    let picture = try article("<figure><img src=/a.jpg><figcaption>\(text)</figcaption></figure>").pictures.first
    #expect(picture?.caption == caption)
    #expect(picture?.credit == credit)
  }

  @Test(
    arguments: [
      ("<span class=caption>The house.</span><span class=credit>Photo by Ann Able</span>", "The house.", "Ann Able"),
      ("<span class=caption>The house.</span><i>Foto: Ann Able</i>", "The house.", "Ann Able"),
      ("<small>The house in March. Ann Able/AFP</small>", "The house in March.", "Ann Able/AFP"),
      (
        "<figcaption>The house.<b class=credit>Ann Able</b> <b class=distributor>/News</b></figcaption>", "The house.",
        "Ann Able, News"
      ),
      ("<figcaption>The house.<b class=credit><i class=source>Ann Able</i></b></figcaption>", "The house.", "Ann Able"),
      ("<figcaption>The house.<b class=credit>Credit</b></figcaption>", "The house.Credit", nil),
      (
        "<figcaption><span>Ann Able</span> <cite>Courtesy of Example</cite></figcaption>", "Ann Able",
        "Courtesy of Example"
      ),
      (
        "<figcaption><cite>The Able Papers</cite> in the reading room</figcaption>",
        "The Able Papers in the reading room", nil
      ),
    ] as [(String, String?, String?)])
  func captionAndCreditInMarkup(_ markup: String, _ caption: String?, _ credit: String?) throws {
    let picture = try article("<figure><img src=/a.jpg>\(markup)</figure>").pictures.first
    #expect(picture?.caption == caption)
    #expect(picture?.credit == credit)
  }

  @Test(
    "words beside the element that holds the picture",
    arguments: [
      (
        "<div><figure><img src=/a.jpg></figure><figcaption><span class=caption>The house</span><span class=credit> (<div>Image:</div>Ann Able via Example)</span></figcaption></div>",
        "The house", "Ann Able via Example"
      ),
      (
        "<section><img src=/a.jpg><p class=teaser-image__credits>Ann Able/Example</p></section>", nil,
        "Ann Able/Example"
      ),
      ("<div><picture><img src=/a.jpg></picture><div class=image-copyright>Ann Able</div></div>", nil, "Ann Able"),
      (
        "<div><div><figure><img src=/a.jpg><figcaption>The house</figcaption></figure></div><div><p class=image-copyright>Ann Able</p></div></div>",
        "The house", "Ann Able"
      ),
      // Who wrote the text is not whose picture it is.
      ("<div><img src=/a.jpg><p class=byline>Ann Able</p></div>", nil, nil),
    ] as [(String, String?, String?)])
  func wordsBeside(_ markup: String, _ caption: String?, _ credit: String?) throws {
    let picture = try article("", before: markup).pictures.first
    #expect(picture != nil)
    #expect(picture?.caption == caption)
    #expect(picture?.credit == credit)
  }

  @Test(
    "whose picture it is by the page's data, where it prints nothing",
    arguments: [
      ("\"creditText\": \"Ann Able/Example\"", nil, "Ann Able/Example"),
      ("\"copyrightNotice\": \"Foto: Ann Able\"", nil, "Ann Able"),
      (
        "\"copyrightHolder\": {\"@type\": \"Person\", \"name\": \"Example Press | Ann Able\"}", nil,
        "Example Press, Ann Able"
      ),
      ("\"creditText\": \"Ann Able\"", "Bob Baker", "Bob Baker"),
      // The house's own, and what says nothing.
      ("\"copyrightHolder\": {\"@type\": \"Organization\", \"name\": \"Example\"}", nil, nil),
      ("\"copyrightNotice\": \"© 2026 Example\"", nil, nil), ("\"creditText\": \"\"", nil, nil),
    ] as [(String, String?, String?)])
  func statedCredits(_ field: String, _ printed: String?, _ expected: String?) throws {
    let data = """
      <script type='application/ld+json'>{"@type": "NewsArticle", "headline": "Library stays open",
      "image": [{"@type": "ImageObject", "url": "https://news.example/a/harbour-view-300x200.jpg", \(field)}]}</script>
      """
    let words = printed.map { "<figcaption><span class=credit>\($0)</span></figcaption>" } ?? ""
    let markup =
      "<figure><img src=/a/harbour-view-1024x768.jpg>\(words)</figure>\(first)<figure><img src=/b/other-4711.jpg></figure>"
    #expect(try article(markup, before: data).pictures.map(\.credit) == [expected, nil])
  }

  @Test(
    "stand-ins are no files, and attributes of the publisher's own name them",
    arguments: [
      (
        "<div><img src='/empty.png' data-src='/a1.jpg'></div><div><img src='/empty.png' data-src='/b2.jpg'></div>",
        [["https://news.example/a1.jpg"], ["https://news.example/b2.jpg"]]
      ),
      (
        "<img data-gl-src='/a.jpg?w=660' data-gl-srcset='/a.jpg?w=660, /a.jpg?w=990 2x'>",
        [["https://news.example/a.jpg?w=660", "https://news.example/a.jpg?w=990"]]
      ),
      ("<img src='data:image/gif;base64,R0' data-lazy-img='/a.jpg'>", [["https://news.example/a.jpg"]]),
      (
        "<ul><li class=Carousel__slide><figure><img src='/a1.jpg'><figcaption>The house</figcaption></figure></li><li class=Carousel__slide aria-hidden=true><figure><img src='/b2.jpg'><figcaption>The yard</figcaption></figure></li></ul>",
        [["https://news.example/a1.jpg"], ["https://news.example/b2.jpg"]]
      ),
      (
        "<img src='/a-small.jpg' data-src='/a-large.jpg'>",
        [["https://news.example/a-small.jpg", "https://news.example/a-large.jpg"]]
      ),
      // Each beside its own twin, in the same box as the other.
      (
        "<img src='data:image/gif;base64,R0'><noscript><img src='/a.jpg'></noscript><p>Between the two, there are words.</p><img src='data:image/gif;base64,R0'><noscript><img src='/b.jpg'></noscript>",
        [["https://news.example/a.jpg"], ["https://news.example/b.jpg"]]
      ),
      ("<img data-src='/a.jpg'><noscript><img src='/other.jpg'></noscript>", [["https://news.example/a.jpg"]]),
      ("<img src='/r/640x480/a.jpg'>", [["https://news.example/r/640x480/a.jpg"]]),
    ])
  func filesOfLazyPictures(_ markup: String, _ expected: [[String]]) throws {
    #expect(try article(markup).pictures.map { $0.renditions.map(\.href) } == expected)
  }
}
