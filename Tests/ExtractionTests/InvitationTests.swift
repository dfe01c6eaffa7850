import Articles
import Extraction
import Manifest
import Testing
import Values

private let address = WebURL("https://www.news.example/world/a-story")!

private let paragraphs = [
  "The council met on Monday evening, and after four hours of debate, it decided to keep the library open.",
  "Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.",
  "The mayor said that she had never seen so many letters about a single house, and that she would sign.",
  "It will be read out in public, as every decision of the council is.",
]

private func page(_ line: String) -> [UInt8] {
  let text = paragraphs.map { "<p>\($0)</p>" }
  return Array(
    """
    <html><head><title>Library stays open all year</title></head><body><main><article><h1>Library stays open all year</h1>
    <div class=text>\(text[0])\(text[1])<p>\(line)</p>\(text[2])\(text[3])</div></article></main></body></html>
    """.utf8)
}

/// Lines between paragraphs that speak of the house and its other articles, in the languages in which they are met.
@Suite struct InvitationTests {
  @Test(arguments: [
    "This is a developing story; more of it will come.", "Watch more of our films on the town's channel.",
    "This article was updated on Tuesday with what the mayor said.", "Im Audio: Wie die Bibliothek gerettet wurde.",
    // On buttons, and over lists.
    "Print this page", "Artikel teilen", "Partager cet article", "Condividi", "Compartilhe", "Deel dit artikel",
    "Dela artikeln", "Udostępnij", "Sdílet", "Поделиться", "Поділитися", "İlgili Haberler", "مواضيع ذات صلة", "שתפו",
    "शेयर करें", "关注我们", "訂閱電子報", "この記事をシェア", "구독하기", "แชร์",
    "Chia sẻ", "Bagikan", "Megosztás", "Distribuie", "Podijeli", "Get unlimited access to all we write, for a pound.",
    "Der Text geht weiter unter der Anzeige.", "Sie wollen nichts mehr verpassen? Dann kommen Sie zu uns.",
    "Vidéo. La bibliothèque vue du ciel", "À voir aussi : la bibliothèque vue du ciel.", "Seguí leyendo:",
    "Para no perderte nada, vuelve mañana.", "Te recomendamos otra historia de bibliotecas.",
    "Veja vídeo: a biblioteca por dentro",
    "Ascolta questo articolo ora...", "Guarda anche la biblioteca dall'alto.", "De tekst gaat verder onder de video.",
    "Saken fortsetter under annonsen.", "Artiklen fortsætter efter annoncen.", "Artikeln fortsätter efter annonsen.",
    "Juttu jatkuu mainoksen jälkeen.", "Dalszy ciąg materiału pod wideo",
    "Dziękujemy, że przeczytałaś nasz artykuł do końca.",
    "Článek pokračuje pod reklamou.", "Článok pokračuje pod reklamou.", "Urmărește cele mai noi știri și pe telefon.",
    "Sursa foto: Arhiva orașului", "Pročitajte i priču o drugoj knjižnici.", "Прочетете още за библиотеката.",
    "Подпишитесь на наш канал.", "Читайте також про іншу бібліотеку.", "Loe ka teist lugu raamatukogust.",
    "Skatīt visas (17)", "Taip pat skaitykite apie kitą biblioteką.", "Olvassa el a másik könyvtárról is.",
    "Haberin devamı aşağıda.", "Δείτε επίσης μια άλλη βιβλιοθήκη.", "اقرأ أيضًا عن مكتبة أخرى", "انتهای پیام",
    "קראו גם על ספרייה אחרת.", "یہ بھی پڑھیں: دوسری لائبریری", "यह भी पढ़ें: दूसरा पुस्तकालय", "আরও পড়ুন: আরেকটি গ্রন্থাগার",
    "อ่านข่าวที่เกี่ยวข้อง", "Xem thêm: một thư viện khác", "Simak juga: perpustakaan lain", "延伸閱讀：另一座圖書館", "続きはこちら",
    "관련기사: 다른 도서관", "Advertentie", "廣告", "Articolo precedente", "(With inputs from agencies)", "1 / 12",
    "Bookmark our website, and come back.", "Our website is your place for all that the town talks of.",
    "Mehr aktuelle News aus der Stadt lesen Sie hier.", "Um eingebettete Inhalte anzuzeigen, stimmen Sie bitte zu.",
    "Pogledajte video: kako radi knjižnica", "BONUS VIDEO: knjižnica iz zraka", "FUNDA NALA: Omunye umtapo wezincwadi",
    "SOMA ZAIDI: Maktaba nyingine", "[Further reading: Two houses]", "Pour visionner ce contenu, dites oui.",
    "Vă recomandăm și:",
    "(Borítókép: A ház. Fotó: Anna Able)", "Get in touch by writing to us.", "Mit Informationen von dpa",
    "ये खबर भी पढ़ें...", "报道：王安 摄影：李波", "更多文章：",
    "Zum Weiterlesen: Die Bücherei im Nachbarort", "An dieser Stelle findest du Inhalte von anderen.",
    "Dalszy ciąg artykułu pod materiałem wideo", "Mitä ajatuksia juttu herättää?", "(责编：王安、李波)", "【纠错】 【责任编辑:王安】",
    "Read the full story: Another library", "Have a tip? Write to us.", "Stay on top of our town with our letter.",
    "This article appeared in the print edition.", "When you buy a book using a link here, we get a part of it.",
    "<strong>Read more from the town:</strong><br><a href=/b>Another library</a><br><a href=/c>Who reads there?</a>",
    "<strong>Other towns:</strong> <a href=/story-about-a-library-1>What is a library, and who needs it?</a>",
    "Dette er en kommentar. Den er skribentens egen.", "Passer la publicité", "* Follow us on our channel.",
    "Mehr zur Lage lesen Sie in unserem Liveblog:", "Dieses Element ist nicht mehr verfügbar", "有料会員になると続きを読めます。",
    "This article appears in the winter issue.", "Noticia relacionada", "Ascultă și podcastul nostru",
    "Published - January 01, 2026 08:30 am IST", "FacebookTwitterCopy Link",
    "</p><ul><li>Facebook</li><li>WhatsApp</li></ul><p>",
    "<a href=/b>Mehr dazu</a> lesen Sie in einem anderen Bericht.", "Mehr zum Thema",
    "Folgen Sie uns auf allen Kanälen.",
    "Más información en <a href=/b>esta página</a>.", "Il vous reste 80 % de cet article à lire.", "loading-",
    "By coming here you accept our terms of use.", "Mit der Anmeldung nehmen Sie die Datenschutzerklärung an.",
    "Read more in the <a href=/b>privacy policy</a>.", "Our readers find more on the WhatsApp channel.",
    "Haben Sie einen Fehler entdeckt? Schreiben Sie uns.", "Dieser Inhalt kann nicht angezeigt werden.",
    "Foto Ann Able", "Фото Анны Абель", "Haben Sie Hinweise zu diesem Thema?", "Źródło: Agencja",
  ])
  func isNoPartOfAText(_ line: String) throws {
    let body = try PageExtractor(manifest: nil).extract(page(line), url: address).article.bodyText
    #expect(body == paragraphs.joined(separator: "\n\n"))
  }

  @Test(arguments: [
    "Also on Monday, the council heard of the bridge.", "Der Artikel geht auf eine Rede zurück.",
    "Video games are lent there, too.",
    "Most readers came on foot, as the house has no yard.", "The Post reported first that it would be closed.",
    "Follow the money, a reader said, and you will find the library.",
    "Reporting by the town's paper had brought it to light.",
    "Get our books back, one of them cried.", "Alle Rechte an dem Haus hat die Stadt.",
    "Melden Sie sich bei der Polizei, riet sie ihm.",
    "Haben Sie Hinweise? Zeugen sollen sich melden.", "Recibe a diario cien lectores.",
    "Der Text geht zurück an den Rat.",
    "Foto Ann Able kept in her drawer shows the house.", "Update: Monday, 2 March 2026, 9 a.m.",
    "Published in 1998, it tells of the house.", "Twitter and Facebook were asked about the house.",
    "Have a seat by the window, she said.",
    "<strong>Haben Sie einen Fehler gemacht, als Sie dem Bau zugestimmt haben?</strong>",
    "<strong>Sehen Sie auch ein Versagen des Rates bei diesem Bau?</strong>",
    "<strong>Lesen Sie auch die Briefe, in denen man Sie beschimpft?</strong>",
    "Folgen Sie damit nicht einfach der Linie Ihrer Vorgängerin?",
    "Sie haben einen Fehler gemacht, sagte ein Leser, und er sagte es laut.",
    "Zurück zur alten Regelung will im Rat niemand mehr, auch die Opposition nicht.",
    "Mehr dazu wollte ein Sprecher des Rates am Montag nicht sagen.",
    "Mehr aus Zufall als aus Absicht entdeckte ein Archivar den Plan im Keller.",
    "Dieser Inhalt wurde nach Angaben der Stadt in wenigen Stunden tausendfach geteilt.",
    "Contact us before you sell the house, the readers told the council.",
    "Get the latest figures wrong, the mayor said, and the whole plan falls apart.",
    "Send us home, the librarians wrote, and nobody will read here.",
    "Pour aller plus loin, la ville veut désormais taxer les retards.",
    "Il vous reste jusqu'au 8 juin pour rendre vos livres, rappelle la maison.",
    "Per approfondire la vicenda il Comune ha chiesto una nuova perizia.",
    "Más información pidió también el juez, que dio diez días a la ciudad.",
    "The house changed its privacy policy in June, a move that readers did not like.",
    "The house's terms of use forbid exactly that, the court found on Monday.",
    "The mayor announced the cut on her WhatsApp channel, hours before the council met.",
    "Two of the readers had been asked to click here to confirm a parcel, the police said.",
    "The lorry hit the unloading-bay of the library and came to rest there.",
    "In der Datenschutzerklärung des Hauses steht davon kein Wort, sagte die Behörde.",
    "Das teilte die Bürgermeisterin am Abend auf ihrem WhatsApp-Kanal mit.",
    "La policía informó en su canal de WhatsApp de que el libro había sido hallado.",
    "Human error contributed to this report being late, the auditor said.",
    "Don't miss the sunset from the reading room, a neighbour advised the council.",
    "Top stories of the day rarely move readers to write, she said.",
    "To read more books was the only wish of the mayor that year.",
    "Mehr zu diesem Vorfall wollte die Polizei am Montag nicht sagen.",
    "Auch interessant ist, dass das Haus viel weniger Strom braucht.",
    "Fehler gefunden haben die Prüfer in jedem zweiten Buch.",
    "À écouter la maire, la réforme sera votée avant l'été.",
    "Lire nos auteurs du XIXe siècle aide à comprendre la crise, dit-il.",
    "Leer más no es leer mejor, sostiene la bibliotecaria.",
    "Guarda il video e scoppia a piangere, la bibliotecaria del paese.",
    "Les mer bøker, lyder rådet fra ministeren.", "Se også på tallene, sier han.",
    "Lees meer boeken, luidt het advies van de raad.",
    "Don't miss a word, the mayor told her <a href=/a>readers</a> on Monday.",
    "Mehr Hintergründe nannte die <a href=/a>Bürgermeisterin</a> am Montag nicht.",
  ])
  func isPartOfAText(_ line: String) throws {
    let plain = line.replacing(/<[^>]*>/, with: "")
    for manifest in [nil, try exampleManifest(#"body = ["css:.text"]"#)] {
      let found = try PageExtractor(manifest: manifest).extract(page(line), url: address).article.bodyText
      #expect(found.contains(plain))
    }
  }

  /// What news may begin with is an invitation where most of the line leads elsewhere.
  @Test(arguments: [
    "Don't miss <a href=/b/another-story>the sunset over the second house.</a>",
    "Auch interessant: <a href=/b/another-story>Das Haus braucht weniger Strom.</a>",
    "Les mer: <a href=/b/another-story>Flere bøker til alle.</a>",
    "Lees meer over <a href=/b/another>het tweede huis.</a>",
    "Mehr zu diesem Thema lesen Sie <a href=/b/another>hier</a>.", "Les mer om saken <a href=/b/another>her</a>.",
    "Leia mais sobre o caso <a href=/b/another>aqui</a>.",
    "À écouter : la bibliothèque vue du ciel.", "Don't miss our letter on Sundays.", "Fehler gefunden?",
  ])
  func leadsElsewhere(_ line: String) throws {
    for manifest in [nil, try exampleManifest(#"body = ["css:.text"]"#)] {
      let found = try PageExtractor(manifest: manifest).extract(page(line), url: address).article.bodyText
      #expect(found == paragraphs.joined(separator: "\n\n"))
    }
  }

  /// News about contracts has the words of offers to subscribe, and links.
  @Test(arguments: [
    ("Customers may cancel at any time, the <a href=/b>regulator</a> ruled on Monday.", true),
    ("Der Vertrag sei jederzeit kündbar, sagte der <a href=/b>Minister</a> am Montag.", true),
    ("Les discussions restent sans engagement, a dit le <a href=/b>ministre</a> lundi.", true),
    ("Read all of our articles for a pound, <a href=/b>cancel at any time</a>.", false),
    ("Four weeks for a pound, <a href=/b>cancel at any time</a>", false),
  ])
  func offersAndContracts(_ line: String, _ isText: Bool) throws {
    let found = try PageExtractor(manifest: nil).extract(page(line), url: address).article.bodyText
    #expect(found.contains(String(line.prefix { $0 != "<" })) == isText)
    #expect(found.contains(paragraphs[3]))
  }

  /// The page that a rule was written on had other such lines, or none.
  @Test func inABodyByRule() throws {
    let rule = try exampleManifest(#"body = ["css:.text"]"#)
    func body(_ line: String) throws -> String {
      try PageExtractor(manifest: rule).extract(page(line), url: address).article.bodyText
    }
    #expect(try body("Lesen Sie auch: Die Bücherei im Nachbarort") == paragraphs.joined(separator: "\n\n"))
    // In bold alone, or as the only item of a list.
    #expect(try body("<strong>SOMA ZAIDI: Maktaba nyingine</strong>") == paragraphs.joined(separator: "\n\n"))
    let item = "</p><ul><li><strong>READ MORE: <a href=/b>Another library</a></strong></li></ul><p>"
    #expect(try body(item) == paragraphs.joined(separator: "\n\n"))
    #expect(try body("</p><ul><li>Read more: it is free.</li><li>Stay longer.</li></ul><p>").contains("it is free"))
    #expect(try body("</p><h2>Related: two houses, one name</h2><p>").contains("two houses"))
    // What may stand anywhere in a line is left to the rule.
    #expect(try body("The library has a privacy policy now.").contains("a privacy policy"))
  }

  @Test(arguments: [
    ("<aside class=fact-box><h3>The house</h3><p>It was built in 1898 and has two floors.</p></aside>", false),
    ("<div class=newsletter-box><p>All that the town talks of, in one letter.</p></div>", false),
    (
      "<div class=slider><figure><img src=/a.jpg><figcaption>The house</figcaption></figure><p>Two floors.</p></div>",
      true
    ),
    ("<div class=elementor-widget><p>It was built in 1898 and has two floors.</p></div>", true),
    ("<div class=text-block><p>It was built in 1898 and has two floors.</p></div>", true),
  ])
  func boxesInABodyByRule(_ box: String, _ isText: Bool) throws {
    let rule = try exampleManifest(#"body = ["css:.text"]"#)
    let found = try PageExtractor(manifest: rule).extract(page("</p>" + box + "<p>"), url: address).article
    #expect(found.bodyText.contains("floors") == isText)
    #expect(found.bodyText.contains("one letter") == false)
    #expect(found.bodyText.contains(paragraphs[3]))
  }

  /// A rule that names paragraphs reaches into the boxes between them.
  @Test func boxesAroundWhatARuleNames() throws {
    let box = "</p><div class='fact-box rich-text__block'><h3>The house</h3><p>It has two floors.</p></div><p>"
    let rule = try exampleManifest(#"body = ["css:.text p, .text h3"]"#)
    let found = try PageExtractor(manifest: rule).extract(page(box), url: address).article
    #expect(found.bodyText == paragraphs.joined(separator: "\n\n"))
    // Where all of a body stands in such a box, it is the text.
    let whole = try exampleManifest(#"body = ["css:.fact-box p, .fact-box h3"]"#)
    #expect(try PageExtractor(manifest: whole).extract(page(box), url: address).article.bodyText.contains("two floors"))
  }

  /// What a body ends with on who wrote it, by rule and without.
  @Test(arguments: [
    ("<p><em>Ann Able teaches planning in Leeds. Her last book is on libraries.</em></p>", false),
    ("<p><i>*Ann Able reads on the train.</i></p>", false),
    ("<p>Dr. Ann Able war zweiunddreißig Jahre lang Bibliothekarin.</p>", false),
    ("<p class=bio>Ann Able est historienne. Elle publie une histoire des gares.</p>", false),
    ("<p><em>The writer is a librarian and teaches in Leeds</em></p>", false),
    ("<p>▽安部安子（あべ・やすこ） 1976年、例市生まれ。司書。</p>", false),
    // Of somebody else, or of what she saw.
    ("<p>The writer is a librarian, the mayor said, and knows it all.</p>", true),
    ("<p>Bob Baker is a reader of forty years, and he was the first to come.</p>", true),
    ("<p>Ann Able saw the first reader come in at ten, with a bag of books.</p>", true),
    ("<p>Able is what the house is called after those who built it in 1898.</p>", true),
  ])
  func whoWroteIt(_ line: String, _ isText: Bool) throws {
    let text = paragraphs.map { "<p>\($0)</p>" }.joined()
    let page = Array(
      """
      <html><head><title>Library stays open all year</title><meta name=author content='Ann Able'></head><body><main><article>
      <h1>Library stays open all year</h1><div class=text>\(text)\(line)</div></article></main></body></html>
      """.utf8)
    for manifest in [nil, try exampleManifest(#"body = ["css:.text"]"#)] {
      let found = try PageExtractor(manifest: manifest).extract(page, url: address).article.bodyText
      #expect(found.split(separator: "\n\n").count == paragraphs.count + (isText ? 1 : 0))
    }
  }

  /// A last paragraph in bold is read as a heading, and has no text behind it.
  @Test func aLastLineInBold() throws {
    let last = "Frau Able, wir danken Ihnen für das Gespräch."
    func body(_ line: String, _ manifest: Manifest?) throws -> String {
      let page = String(decoding: page("x"), as: UTF8.self).replacing(
        "</div></article>", with: line + "</div></article>")
      return try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: address).article.bodyText
    }
    let rules = "body = ['css:.text']\nsubheads = ['xpath://p[strong]']"
    #expect(try body("<p><strong>\(last)</strong></p>", nil).hasSuffix(last))
    let manifest = try exampleManifest(rules)
    #expect(try body("<p><strong>\(last)</strong></p>", manifest).hasSuffix(last))
    #expect(try !body("<p><strong>Other libraries</strong></p>", manifest).hasSuffix("libraries"))
    #expect(try !body("<h3>Who reads there?</h3>", manifest).hasSuffix("?"))
  }

  @Test func theNumberOfAPicture() throws {
    let rule = try exampleManifest(#"body = ["css:.text"]"#)
    #expect(
      try PageExtractor(manifest: rule).extract(page("1 / 3"), url: address).article.bodyText
        == paragraphs.joined(separator: "\n\n"))
    #expect(try PageExtractor(manifest: rule).extract(page("24/7."), url: address).article.bodyText.contains("24/7"))
  }

  /// A quote that the text holds too, and one that it does not.
  @Test func quotesInABodyByRule() throws {
    let quote = "<blockquote>she had never seen so many letters about a single house</blockquote>"
    func quotes(_ body: String, _ quote: String) throws -> Int {
      let found = try PageExtractor(manifest: exampleManifest(body)).extract(page("</p>" + quote + "<p>"), url: address)
      return found.article.body.count { if case .quote = $0 { true } else { false } }
    }
    for body in [#"body = ["css:.text"]"#, #"body = ["css:.text > p, .text > blockquote"]"#] {
      #expect(try quotes(body, quote) == 0)
      #expect(try quotes(body, "<blockquote>There is no house like it in the whole of the county</blockquote>") == 1)
    }
  }

  /// A box that is left out still stands between two lines.
  @Test func boxesBetweenLinesByRule() throws {
    let rule = try exampleManifest(#"body = ["css:.lines"]"#)
    let page =
      "<html><body><h1>Library stays open</h1><div class=lines>\(paragraphs[0])<div class=ad></div>\(paragraphs[1])</div>"
    let found = try PageExtractor(manifest: rule).extract(Array(page.utf8), url: address).article
    #expect(found.bodyText == paragraphs[..<2].joined(separator: "\n\n"))
  }
}
