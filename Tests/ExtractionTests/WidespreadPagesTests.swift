import Articles
import Testing
import Values

@testable import Extraction

/// What widespread systems and old templates write, in the languages of the world.
@Suite struct WidespreadPagesTests {
  private static let paragraphs = [
    "The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.",
    "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.",
    "The mayor, who had asked for the vote, said she would sign the decision before the end of the week.",
  ]

  private func article(
    language: String = "en", head: String = "", above: String = "", first: String = "", between: String = "",
    below: String = ""
  ) throws -> Article {
    let text = Self.paragraphs.map { "<p>\($0)</p>" }
    let page = """
      <html lang=\(language)><head><title>Library stays open all year</title>\(head)</head><body><article>
      <h1>Library stays open all year</h1>\(above)<div class=body>\(first)\(text[0])\(between)\(text[1])\(text[2])\(below)</div>
      </article></body></html>
      """
    return try PageExtractor(manifest: nil).extract(
      Array(page.utf8), url: WebURL("https://www.news.example/world/a-story")!
    ).article
  }

  private static func image(_ name: String) -> String { "<img src=/img/\(name).jpg width=800 height=533>" }

  @Test("a caption that stands with its own picture is no other's")
  func captionOfAnother() throws {
    let captioned = "<figure>\(Self.image("pier"))<figcaption>The pier at dusk</figcaption></figure>"
    let found = try article(first: captioned, between: "<div>\(Self.image("boats"))</div>")
    #expect(found.pictures.map(\.caption) == ["The pier at dusk", nil])
    let below = try article(first: "<div>\(Self.image("boats"))</div>", between: captioned)
    #expect(below.pictures.map(\.caption) == [nil, "The pier at dusk"])
    // One below two pictures is of both.
    let shared = try article(
      first: "<div>\(Self.image("pier"))\(Self.image("boats"))<p class=caption>The pier and its boats</p></div>")
    #expect(shared.pictures.compactMap(\.caption).first == "The pier and its boats")
  }

  @Test("a picture in a link to its own file, with its caption", arguments: ["p", "span", "div"])
  func linkedPicture(_ name: String) throws {
    let found = try article(
      above: """
        <div class=featured><a href=/img/pier.jpg>\(Self.image("pier"))<\(name) class=wp-caption-text>The pier at dusk</\(name)></a></div>
        """)
    #expect(found.pictures.map(\.caption) == ["The pier at dusk"])
  }

  @Test("a label that is hidden or belongs to a field is no caption")
  func fieldLabel() throws {
    let found = try article(
      first: """
        <div class="field field--name-field-image"><div class="field__label visually-hidden">Image</div>
        <div class=field__item>\(Self.image("pier"))</div></div>
        """)
    #expect(found.pictures.map(\.caption) == [nil])
    #expect(found.bodyText == Self.paragraphs.joined(separator: "\n\n"))
    // What the names of a box say of its label is not said of its words.
    let words = try article(
      between: """
        <div class="field field--name-field-image field--type-image field--label-hidden">\(Self.image("pier"))
        <div>The pier at dusk, seen from the town</div></div>
        """)
    #expect(words.pictures.map(\.caption) == ["The pier at dusk, seen from the town"])
    #expect(words.bodyText == Self.paragraphs.joined(separator: "\n\n"))
  }

  @Test("an icon beside a caption is no other picture")
  func icon() throws {
    let found = try article(
      between: """
        <div class=media><div class=pic>\(Self.image("pier"))</div><div class=cap>
        <img src=/icons/camera.png width=24 height=24><p class=caption>The pier at dusk</p></div></div>
        """)
    #expect(found.pictures.map(\.caption) == ["The pier at dusk"])
  }

  @Test("pictures that a program hands out are told by what it is asked for")
  func programs() throws {
    func figure(_ id: Int, _ caption: String) -> String {
      "<figure><img src='/image.php?id=\(id)&amp;w=800' width=800 height=533><figcaption>\(caption)</figcaption></figure>"
    }
    let found = try article(first: figure(48211, "The pier at dusk"), between: figure(48212, "The theatre in 1951"))
    #expect(found.pictures.map(\.caption) == ["The pier at dusk", "The theatre in 1951"])
  }

  @Test(
    "who wrote it",
    arguments: [
      // Scripts without capitals, in an element that is named for its author.
      ("ar", "<span class=author>أحمد منصور</span>", ["أحمد منصور"]),
      ("ar", "<span class=author>بقلم: أحمد منصور</span>", ["أحمد منصور"]),
      ("he", "<span class=author>מאת: דנה לוי</span>", ["דנה לוי"]),
      ("hi", "<span class=author>लेखक: राम शर्मा</span>", ["राम शर्मा"]),
      ("ko", "<span class=writer>김민수</span>", ["김민수"]),
      ("ar", "<span class=author>الكاتب</span>", []), ("zh", "<span class=author>编辑</span>", []),
      ("ko", "<span class=author>정치부</span>", []), ("ko", "<span class=author>조회수</span>", []),
      ("ar", "<span class=author>فريق التحرير</span>", []), ("hi", "<span class=author>नई दिल्ली</span>", []),
      ("hi", "<span class=author>राम शर्मा, जयपुर शहर</span>", ["राम शर्मा"]), ("ja", "<span class=author>毎日新聞 社会部</span>", []),
      ("ko", "<p class=meta>홍길동 기자 / 사진 김철수</p>", ["홍길동"]),
      ("ko", "<div class=reporter>홍길동 기자 (사진=연합뉴스)</div>", ["홍길동"]),
      ("ko", "<p>사진부 홍길동 기자</p>", ["홍길동"]),
      // Small words before surnames, and words for "and".
      ("nl", "<span class=author>Door Sanne de Vries en Bas Jansen</span>", ["Sanne de Vries", "Bas Jansen"]),
      ("pt", "<span class=author>Maria da Silva e João Costa</span>", ["Maria da Silva", "João Costa"]),
      ("ru", "<div class=byline>Мария Иванова и Пётр Сидоров</div>", ["Мария Иванова", "Пётр Сидоров"]),
      ("uk", "<div class=byline>Марія Коваль та Петро Сидор</div>", ["Марія Коваль", "Петро Сидор"]),
      ("el", "<div class=byline>Γιώργος Παππάς και Μαρία Δήμου</div>", ["Γιώργος Παππάς", "Μαρία Δήμου"]),
      // Agencies that write themselves small.
      ("de", "<div class=byline>Von dpa</div>", ["dpa"]),
      // Labels.
      ("de", "<span class=author>Geschrieben von: Anna Berger</span>", ["Anna Berger"]),
      ("de", "<span class=author>Verfasst von Anna Berger</span>", ["Anna Berger"]),
      ("fr", "<span class=author>Écrit par : Anne Berger</span>", ["Anne Berger"]),
      ("it", "<span class=author>Scritto da: Anna Bergamo</span>", ["Anna Bergamo"]),
      ("ru", "<span class=author>Журналист: Пётр Сидоров</span>", ["Пётр Сидоров"]),
      ("tr", "<span class=author>Haber: Ayşe Yılmaz</span>", ["Ayşe Yılmaz"]),
    ])
  func names(_ language: String, _ line: String, _ names: [String]) throws {
    #expect(try article(language: language, above: line).authors.map(\.name) == names)
  }

  @Test(
    "an office with \"and\" in its name is one",
    arguments: [
      ("ar", "وزارة الصحة و السكان"), ("uk", "Міністерство освіти і Науки України"), ("vi", "Ban Kinh tế và Xã hội"),
    ])
  func offices(_ language: String, _ name: String) throws {
    let head = #"<script type="application/ld+json">{"@type": "NewsArticle", "author": {"name": "\#(name)"}}</script>"#
    #expect(try article(language: language, head: head).authors.map(\.name) == [name])
  }

  @Test("of an agency and a name in JSON-LD")
  func agency() throws {
    let head = #"<script type="application/ld+json">{"@type": "NewsArticle", "author": {"name": "von dpa"}}</script>"#
    let found = try article(language: "de", head: head)
    #expect(found.authors.map(\.name) == ["dpa"] && found.authors[0].kind == .organisation)
  }

  @Test("who took a picture is no author", arguments: [true, false])
  func koreanPhotographer(_ isSigned: Bool) throws {
    let found = try article(
      language: "ko", above: isSigned ? "<span class=author>김민수 기자</span>" : "",
      first: "<figure>\(Self.image("pier"))<figcaption>해 질 녘의 부두. /사진=박지훈 기자</figcaption></figure>")
    #expect(found.authors.map(\.name) == (isSigned ? ["김민수"] : []))
  }

  @Test("a category is the section, and no keyword")
  func category() throws {
    let filed = #"<a href="/category/news/" rel="category tag">News</a>"#
    let found = try article(below: #"<footer>In \#(filed), about <a href="/tag/pier/" rel="tag">pier</a></footer>"#)
    #expect(found.keywords == ["pier"])
    #expect(found.section == "News")
    #expect(try article(below: "<footer>In \(filed)</footer>").keywords == [])
    // Nobody has said more, and a card beside the article.
    let unfiled = filed.replacing("News", with: "Uncategorized")
    #expect(try article(below: "<footer>In \(unfiled)</footer>").section == nil)
  }

  @Test("a moment that the title of an abbreviation says")
  func abbreviation() throws {
    let time = #"<abbr class=published title="2026-10-13T22:30:00-07:00">10:30 PM</abbr>"#
    #expect(try article(above: time).published?.rfc3339 == "2026-10-13T22:30:00-07:00")
    let header = "<h2 class=date-header>Tuesday, October 13, 2026</h2>"
    let marked = time.replacing("<abbr", with: "<abbr itemprop=datePublished")
    #expect(try article(above: header + marked).published?.rfc3339 == "2026-10-13T22:30:00-07:00")
  }

  @Test(
    "how readers tell of mistakes is no text",
    arguments: [
      "Если вы заметили ошибку, выделите текст и нажмите Ctrl+Enter",
      "Якщо ви помітили помилку, виділіть необхідний текст і натисніть Ctrl+Enter, щоб повідомити про це редакцію.",
      "If you have found a spelling error, please notify us by selecting that text and pressing Ctrl+Enter.",
    ])
  func mistakes(_ line: String) throws {
    #expect(try article(below: "<p>\(line)</p>").bodyText == Self.paragraphs.joined(separator: "\n\n"))
  }

  @Test(
    "a sentence that begins like it is text",
    arguments: [
      "Если вы нашли ошибку в налоговом уведомлении, подайте заявление через личный кабинет до первого декабря.",
      "Заметили ошибку в расчётах и сами учёные, которые проверяли данные несколько недель подряд.",
      "Помітили помилку в розрахунках науковці університету, які перевіряли дані кілька тижнів.",
    ])
  func sentences(_ line: String) throws {
    #expect(try article(between: "<p>\(line)</p>").bodyText.contains(line))
  }
}
