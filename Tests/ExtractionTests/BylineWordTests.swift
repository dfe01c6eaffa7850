import Articles
import Extraction
import Testing
import Values

/// Bylines in the languages of the publishers.
@Suite struct BylineWordTests {
  @Test(arguments: [
    // In data, as the system has them.
    ("كتبت نهى عبد الله - كريم الدسوقي", ["نهى عبد الله", "كريم الدسوقي"]),
    ("كتب كريم الدسوقي - القاهرة", ["كريم الدسوقي"]),
    ("بقلم: كريم الدسوقي، نهى عبد الله", ["كريم الدسوقي", "نهى عبد الله"]),
    ("某報 記者林小明／台北即時報導", ["林小明"]), ("記者林小明、李大華／綜合報導", ["林小明", "李大華"]), ("（记者林小明 李大华）", ["林小明", "李大华"]),
    ("记者 林小明 北京报道", ["林小明"]), ("文／林小明", ["林小明"]), ("取材・文／山田花子", ["山田花子"]), ("글=홍길동", ["홍길동"]),
    ("โดย สมชาย ใจดี", ["สมชาย ใจดี"]), ("نویسنده: کریم احمدی", ["کریم احمدی"]), ("מאת נועה לוי", ["נועה לוי"]),
    ("Autor/in Ann Able", ["Ann Able"]), ("Autor:in Ann Able", ["Ann Able"]), ("A cura di Ann Able", ["Ann Able"]),
    ("Piše: Ann Able", ["Ann Able"]), ("Tác giả: Ann Able", ["Ann Able"]),
    ("oprac. Ann Able", ["Ann Able"]), ("Ann Able, (Image: Bob Baker / SWNS)", ["Ann Able"]),
    // With whose help.
    ("Ann Able, avec Belga", ["Ann Able"]), ("Von Ann Able, mit Bob Baker", ["Ann Able", "Bob Baker"]),
    // An agency that writes itself small.
    ("Von Ann Able, Bob Baker und dpa", ["Ann Able", "Bob Baker", "dpa"]),
    ("Ann Able und der Hund", ["Ann Able und der Hund"]),
    // A footnote, and who took the pictures.
    ("Ann Able*", ["Ann Able"]),
    ("Ann Able (Text), Bob Baker (Bild), aus Example City", ["Ann Able"]),
    ("Text: Ann Able, Foto: Bob Baker", ["Ann Able"]), ("Text: Ann Able Fotos: Bob Baker und Carl Other", ["Ann Able"]),
    ("Fotos: Bob Baker, Text: Ann Able", ["Ann Able"]), ("Text und Fotos: Ann Able", ["Ann Able"]),
    ("Von Ann Able (Text) und Bob Baker (Fotos)", ["Ann Able"]), ("Von Ann Able und Bob Baker (Fotos)", ["Ann Able"]),
    ("Ann Able (Text), Bob Baker und Carl Other (Fotos)", ["Ann Able"]),
    ("Von Ann Able (Leeds) und Bob Baker (Bath)", ["Ann Able", "Bob Baker"]),
    // When, behind the names.
    ("By Ann Able April 4, 2024", ["Ann Able"]), ("By Ann Able 4 April 2024", ["Ann Able"]),
    ("By Ann Able April 4, 2024 10:05 am", ["Ann Able"]), ("Von Ann Able 4. März 2024", ["Ann Able"]),
    ("March 3, 2026 by Ann Able", ["Ann Able"]), ("Ann Able, March 3, 2026, edited by Bob Baker", ["Ann Able"]),
    ("Updated 3 March 2026 at 10:05 By Ann Able and Bob Baker", ["Ann Able", "Bob Baker"]),
    ("March 3, 2026 | by Ann Able", ["Ann Able"]),
    // Who did something else behind the day.
    ("Jan Able, 3 March 2026, Updated by Bob Baker", ["Jan Able"]), ("March 3, 2026 Photo by Bob Baker", []),
    ("May Able | March 3, 2026 | Photos by Bob Baker", ["May Able"]),
    ("March 3, 2026 | Medically reviewed by Bob Baker", ["Medically reviewed by Bob Baker"]),
    ("Sun Able, 3 March 2026, posted by Bob Baker", ["Sun Able", "Bob Baker"]),
    ("By Ann Able and May Baker, April 4", ["Ann Able", "May Baker"]), ("By June 4 Ann Able", []),
    // What somebody does.
    ("By Ann Able Senior Reporter", ["Ann Able"]), ("Ann Able Staff Writer", ["Ann Able"]),
    ("By Ann Able, Staff Reporter", ["Ann Able"]), ("Ann Able, News Editor", ["Ann Able"]),
    ("Ann Able, Media Correspondent", ["Ann Able"]), ("By Ann Able PA Political Editor", ["Ann Able"]),
    ("Par Ann Able, envoyé spécial à Lyon", ["Ann Able"]), ("By Chief Bob Baker Other", []), ("Staff Writer", []),
    ("By Senior Reporter Ann Able", ["Ann Able"]),
    ("By Political Editor Ann Able and Bob Baker", ["Ann Able", "Bob Baker"]),
    ("Von unserem Redaktionsmitglied Ann Able", ["Ann Able"]), ("Von unserer Redakteurin Ann Able", ["Ann Able"]),
    ("By our Political Correspondent Ann Able", ["Ann Able"]), ("Par notre correspondant Ann Able", ["Ann Able"]),
    // With whose help.
    ("By Ann Able, with reporting by Bob Baker", ["Ann Able"]),
    ("By Ann Able; additional reporting by Bob Baker", ["Ann Able"]),
    ("Ann Able with additional reporting by Bob Baker", ["Ann Able"]), ("Ann Able and agencies", ["Ann Able"]),
    // Who took the pictures and who edited it, behind the names.
    ("Words by Ann Able, photography by Bob Baker", ["Ann Able"]), ("Ann Able. Edited by Bob Baker", ["Ann Able"]),
    ("By Ann Able and photographs by Bob Baker", ["Ann Able"]), ("林小明 编辑：李大华", ["林小明"]),
    ("来源：例新社 作者：林小明 责任编辑：李大华", ["林小明"]),
    // Where nobody stands before the pictures, who took them wrote it.
    ("Story and photos by Ann Able", ["Story and photos by Ann Able"]),
    ("Story, photos by Ann Able", ["Story", "photos by Ann Able"]),
    ("Special Report and photos by Ann Able", ["Special Report and photos by Ann Able"]),
    ("Written and edited by Ann Able", ["Written and edited by Ann Able"]),
    ("By Video by Ann Able", ["Video by Ann Able"]), ("Staff photo by Ann Able", ["Staff photo by Ann Able"]),
    // For whom.
    ("By Ann Able for Example News", ["Ann Able"]), ("Ann Able for The Example Times", ["Ann Able"]),
    ("Ann Able for Reuters", ["Ann Able"]), ("By Ann Able For MailExample", ["Ann Able For MailExample"]),
    ("Example Center for Justice", ["Example Center for Justice"]),
    ("Example Ground for The Arts", ["Example Ground for The Arts"]),
    ("Common Ground for HealthExample", ["Common Ground for HealthExample"]),
    ("Example Ground for Press and Media Freedom", ["Example Ground for Press", "Media Freedom"]),
    ("Example Academy for Health News", ["Example Academy for Health News"]),
    ("Common Ground for Local News", ["Common Ground for Local News"]),
    ("Example Ground for Peace Institute", ["Example Ground for Peace Institute"]),
    ("By ANN ABLE Associated Press", ["ANN ABLE", "Associated Press"]),
    ("Ann Able The Associated Press", ["Ann Able", "The Associated Press"]),
    ("From The Associated Press", ["From The Associated Press"]),
    ("Ann Able Of The Associated Press", ["Ann Able Of The Associated Press"]),
    ("Inter Example Press Association", ["Inter Example Press Association"]),
    // Labels.
    ("山田花子 記者", ["山田花子"]), ("【山田花子】", ["山田花子"]), ("लेखक: रमेश कुमार", ["रमेश कुमार"]), ("Posted by admin", []),
    ("Bởi Nguyễn Văn An", ["Nguyễn Văn An"]),
    ("Posted by Ann Able", ["Ann Able"]), ("Publié par Ann Able", ["Ann Able"]),
    ("Publicado por Ann Able", ["Ann Able"]),
    ("Interview: Ann Able", ["Ann Able"]), ("Protokoll: Ann Able", ["Ann Able"]),
    ("Interview Magazine", ["Interview Magazine"]),
  ])
  func named(_ byline: String, _ names: [String]) throws {
    let page = """
      <html><head><title>Library stays open all year - Example</title><meta name=author content='\(byline)'></head><body><main>
      <h1>Library stays open all year</h1><p>The council met on Monday evening, and after four hours, it decided to keep the library open.</p>
      <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
      </main></body></html>
      """
    let url = WebURL("https://www.news.example/world/a-story")!
    #expect(try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.authors.map(\.name) == names)
  }

  /// What a rule finds as one may be several.
  @Test(arguments: [
    ("Ann Able, Bob Baker", ["Ann Able", "Bob Baker"]), ("Ann Able and Bob Baker", ["Ann Able", "Bob Baker"]),
    ("Ann Able, Reader", ["Ann Able, Reader"]), ("José Able y Baker", ["José Able y Baker"]),
    ("Ann Able Senior Reporter", ["Ann Able"]),
  ])
  func byRule(_ value: String, _ names: [String]) throws {
    let page =
      "<html><body><h1>Library stays open</h1><b class=a>\(value)</b><p>The council decided to keep the library open.</p>"
    let manifest = try exampleManifest(#"authors = ["css:.a"]"#)
    let url = WebURL("https://www.news.example/world/a-story")!
    #expect(
      try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: url).article.authors.map(\.name) == names)
  }

  /// A text may be signed where its first line says where it comes from.
  @Test(arguments: [
    ("某社台北1月2日电（记者林小明 李大华）市政厅周一晚上开会，经过四个小时的讨论，决定让图书馆全年开放，读者、老师和两位馆员都在会上发了言。", "某某社", ["林小明", "李大华"]),
    ("(서울=某社) 홍길동", "某某新聞社", []),
    (
      "(서울=예시뉴스) 홍길동 김철수 기자 = 시의회는 월요일 저녁에 모여 네 시간의 토론 끝에 도서관을 일 년 내내 열기로 결정했다고 밝혔다. 독자와 교사도 함께했다.", "예시뉴스",
      ["홍길동", "김철수"]
    ),
  ])
  func inDatelines(_ line: String, _ house: String, _ names: [String]) throws {
    let filler = String(repeating: "圖書館的讀者都很高興，因為這座房子以後每天都開門。", count: 4)
    let page = """
      <html><head><title>圖書館全年開放</title><meta property='og:site_name' content='\(house)'><meta name=author content='\(house)'></head>
      <body><main><article><h1>圖書館全年開放</h1><p>\(line)</p><p>\(filler)</p><p>\(filler)孩子們也是。</p></article></main></body></html>
      """
    let url = WebURL("https://www.news.example/world/a-story")!
    let found = try PageExtractor(manifest: nil).extract(Array(page.utf8), url: url).article.authors.map(\.name)
    #expect(found == (names.isEmpty ? [house] : names))
  }
}
