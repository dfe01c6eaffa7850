import Articles
import Markup
import Values

/// What the article is about and filed under, its language, and who publishes it.
extension GenericFields {
  func section() -> String? {
    let candidates =
      metaValues(["article:section", "og:section", "section", "parsely-section", "cxenseparse:section"])
      + data("articleSection") + breadcrumb() + printedCategory()
    return candidates.map { Entities.decoded($0) }.map {
      $0.split(separator: ",").first.map { $0.trimmingSpaces } ?? $0
    }
    .first { (2...60).contains($0.count) && !$0.holds("://") }
  }

  /// A section as it is printed: some systems hand out the name they file it under, `politics`.
  static func capitalised(_ section: String) -> String {
    guard let first = section.first, section.allSatisfy({ $0.isLowercase && $0.isASCII || $0 == " " }) else {
      return section
    }
    return first.uppercased() + section.dropFirst()
  }

  private func breadcrumb() -> [String] {
    for object in page.objects + page.objects.compactMap({ $0["breadcrumb"] })
    where Page.types(of: object).contains("BreadcrumbList") {
      let names =
        object["itemListElement"]?.array?.compactMap { $0["name"]?.string ?? $0["item"]?["name"]?.string } ?? []
      let inner = names.dropFirst().filter { $0.count < 40 }
      if let first = inner.first { return [first] }
    }
    return []
  }

  /// What the article is about, in the publisher's words. `text` is the article's own, asked for only where a list is
  /// long: those that have next to nothing to do with it are the whole site's, or codes of its system.
  func keywords(authors: [String], text: () -> String) -> [String] {
    let sources: [() -> [String]] = [
      { page.meta["news_keywords"].flatMap(Self.listed) },
      articleTags,
      { page.meta["keywords"].flatMap(Self.listed) },
      {
        let structured = data("keywords") + data("keywords.name")
        return structured.count == 1 ? Self.listed(structured[0]) : structured
      },
      { statedTags(but: authors) },
      { data("about.name") },
      { printedTags().filter { !authors.contains($0) } },
    ]
    // The first list that fits, else the first at all.
    var first: [String] = []
    var folded: String?
    for source in sources {
      let stated = source()
      let list = cleaned(stated)
      if list.isEmpty || Self.areCodes(list) { continue }
      // What is made for every page, of the page's address, or for machines, gives way to any other list.
      if isOfSite(stated) || isOfAddress(list) || list.contains(where: { $0.holds(";") }) {
        if first.isEmpty { first = list }
        continue
      }
      if list.count <= 6 { return list }
      let whole = folded ?? Comparable.folded(text())
      folded = whole
      if Self.fits(list, whole) { return list }
      if first.isEmpty { first = list }
    }
    return first
  }

  /// The tags that networks are told of; the whole list where they are only the first of it.
  private func articleTags() -> [String] {
    let tags = page.meta["article:tag"]
    if tags.count == 1 { return Self.listed(tags[0]) }
    let whole = page.meta["keywords"].flatMap(Self.listed)
    return whole.count > tags.count && whole.starts(with: tags) ? whole : tags
  }

  /// Lists in meta elements that systems name each in its way, `example-tags`, `example.tags` and `tags` alone. Some
  /// file an article under who wrote it.
  private func statedTags(but authors: [String]) -> [String] {
    for name in page.meta.names where name.hasSuffix("tags") {
      guard name.utf8.dropLast(4).last.map({ !Self.isLetter($0) }) ?? true else { continue }
      let tags = page.meta[name].flatMap(Self.listed).filter { !authors.contains($0) }
      if !tags.isEmpty { return tags }
    }
    return []
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

  /// A keyword without the sign that networks put before theirs.
  private static func withoutSign(_ keyword: String) -> String {
    keyword.first == "#" || keyword.first == "\u{FF03}" ? keyword.dropFirst().trimmingSpaces : keyword
  }

  /// Keywords without what kind of subject each is, where all say so: `topic/libraries`, `person/ann able`.
  private static func withoutKinds(_ keywords: [String]) -> [String] {
    let parts = keywords.map { $0.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false) }
    let areKinds = parts.allSatisfy { part in
      part.count == 2 && !part[1].isEmpty && part[0].utf8.count > 3
        && part[0].utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
    }
    return keywords.count > 1 && areKinds ? parts.map { $0[1].trimmingSpaces } : keywords
  }

  private func cleaned(_ keywords: [String]) -> [String] {
    var seen: Set<String> = []
    return Self.withoutKinds(keywords.map { Self.withoutSign(Entities.decoded($0).trimmingSpaces) }).filter { keyword in
      (2...80).contains(keyword.count) && (keyword.count < 5 || !keyword.allSatisfy(\.isNumber))
        && keyword.first != "_" && !keyword.holds("://") && !keyword.holds(": ") && !Self.isIdentifier(keyword)
        && (!isSite(keyword) || isSubdomain(keyword)) && !Self.isLabel(keyword.lowercased())
        && seen.insert(keyword.lowercased()).inserted
    }
  }

  /// Whether a keyword names the part of a site that has a host of its own: the town in `exampletown.news.example`.
  private func isSubdomain(_ keyword: String) -> Bool {
    let labels = page.url.host.split(separator: ".")
    guard labels.count > 2, let first = labels.first, first.count > 3 else { return false }
    let isSecondLevel = labels.count == 3 && labels[1].count <= 3 && labels[2].count == 2
    return !isSecondLevel && Comparable.folded(keyword).isEqual(toLowercase: String(first))
  }

  /// Whether a list is that of the whole site: a long one, which begins with its name.
  private func isOfSite(_ keywords: [String]) -> Bool {
    guard keywords.count > 6, let first = keywords.first else { return false }
    let name = Lines.squeezed(Entities.decoded(first))
    return name.count > 3 && sites.contains { $0.hasPrefix(name) }
  }

  /// Whether a list is no more than the words of the page's address, as some systems make it.
  private func isOfAddress(_ keywords: [String]) -> Bool {
    guard keywords.count > 3, let last = page.url.path.split(separator: "/").last else { return false }
    let words = Set(last.split(whereSeparator: { $0 == "-" || $0 == "_" || $0 == "." }).map { $0.lowercased() })
    // A word or two may have been left out of the address since; more where all are written as in an address.
    let found = keywords.count { words.contains(Comparable.folded($0)) || words.contains($0.lowercased()) }
    let areWritten = keywords.allSatisfy { $0.utf8.allSatisfy { (0x61...0x7A).contains($0) || Digits.isDigit($0) } }
    return found * 5 >= keywords.count * (areWritten ? 3 : 4) && keywords.allSatisfy { !$0.contains(" ") }
  }

  /// Whether a list is of codes, as agencies file their stories under: `LIBR`, `BKS01`.
  private static func areCodes(_ keywords: [String]) -> Bool {
    keywords.count > 4
      && keywords.allSatisfy { code in
        code.utf8.count < 9 && code.utf8.allSatisfy { (0x41...0x5A).contains($0) || Digits.isDigit($0) }
      }
  }

  /// Whether a keyword is a number that a system gave: `0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d`.
  private static func isIdentifier(_ keyword: String) -> Bool {
    keyword.utf8.count > 15 && keyword.utf8.contains(where: Digits.isDigit)
      && keyword.utf8.allSatisfy { Digits.isDigit($0) || (0x61...0x66).contains($0 | 0x20) || $0 == UInt8(ascii: "-") }
  }

  private static func isLabel(_ keyword: String) -> Bool {
    labels.contains(keyword) || keyword.utf8.count > 11 && newest.contains { keyword.hasPrefix($0) }
  }

  /// How keywords begin that say no more than that the article is new.
  private static let newest = [
    "breaking news", "latest news", "últimas noticias", "ultimas noticias", "dernières nouvelles", "ultime notizie",
    "aktuelle nachrichten", "neueste nachrichten", "laatste nieuws", "siste nytt", "последние новости",
    "останні новини", "berita terkini", "tin tức mới nhất",
  ]

  /// What stands before a list of tags.
  static let labels: Set<String> = [
    "tags", "tag", "themen", "thema", "topics", "topic", "schlagworte", "stichworte", "mots clés", "mots-clés", "temas",
    "etiquetas", "argomenti", "temi", "onderwerpen", "emner", "ämnen", "aiheet", "témata", "tematy", "темы", "теги",
    "etiketler", "キーワード", "标签", "関連キーワード", "関連タグ", "関連ワード", "关键词", "标签云", "关键字", "標籤", "關鍵字", "태그", "키워드", "관련 태그",
    "관련태그", "keywords", "key words", "schlagwörter", "mehr zum thema", "palabras clave", "palavras-chave",
    "parole chiave", "trefwoorden", "emneord", "stikord", "nyckelord", "avainsanat", "klíčová slova", "štítky",
    "címkék", "słowa kluczowe", "etichete", "етикети", "ключевые слова", "ключові слова", "мітки", "ознаки", "ετικέτες",
    "תגיות", "الوسوم", "كلمات مفتاحية", "anahtar kelimeler", "từ khóa", "themen in diesem artikel",
    "topics in this article", "follow the topics in this article", "related topics", "explore more", "thèmes associés",
    "sur le même thème", "article tags", "filed under", "more about", "mehr lesen über", "lesen sie mehr über",
    "lesen sie mehr zu", "read more about", "en savoir plus sur", "más sobre", "leggi di più su", "lees meer over",
    "les mer om", "läs mer om", "læs mere om", "więcej o", "top news", "news today", "headlines", "ニュース", "新聞",
    "最新ニュース", "速報", "新闻", "뉴스", "nachrichten", "schlagzeilen", "actualités", "noticias", "notizie", "notícias",
    "новости", "haber", "haberler", "son dakika", "son dakika haberler",
  ]

  /// Whether a list may be this article's: short, or with words that the article has too.
  private static func fits(_ keywords: [String], _ text: String) -> Bool {
    guard keywords.count > 6, text.utf8.count > 400, text.characterCount > 400 else { return true }
    let found = keywords.count { keyword in
      let folded = Comparable.folded(keyword)
      if folded.count > 2 || !folded.allSatisfy(\.isASCII), text.holds(folded) { return true }
      return folded.split(separator: " ").contains { $0.count > 4 && text.holds(String($0)) }
    }
    return found > 1 || found * 8 >= keywords.count
  }

  private static func listed(_ text: String) -> [String] {
    // Commas of all scripts, and what stands for them where there are none.
    var separators = [",\u{FF0C}،", ";\u{FF1B}؛", "|", "、"].first { signs in text.contains { signs.contains($0) } }
    // Scripts that set no spaces between words have one left to divide a list.
    if separators == nil, text.unicodeScalars.contains(where: { (0x3040...0x9FFF).contains($0.value) }) {
      separators = " "
    }
    let signs = separators ?? ","
    return text.split { signs.contains($0) }.map { $0.trimmingSpaces }.filter { !$0.isEmpty }
  }

  func language() -> String? {
    let html = page.document.element
    let stated = html?["lang"] ?? html?["xml:lang"] ?? data("inLanguage").first
    return (stated ?? page.meta.first("og:locale", "language", "content-language", "dc.language")).flatMap(Self.tag)
  }

  /// A BCP 47 tag from what pages write: `en_GB`, `EN-gb`, `de`.
  static func tag(_ text: String) -> String? {
    let parts = text.trimmingSpaces.split(whereSeparator: { $0 == "-" || $0 == "_" })
    guard let first = parts.first, (2...3).contains(first.count), first.allSatisfy({ $0.isASCII && $0.isLetter })
    else { return nil }
    var tag = first.lowercased()
    for part in parts.dropFirst() {
      guard part.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) else { break }
      switch part.count {
      case 2: tag += "-" + part.uppercased()
      case 3 where part.allSatisfy(\.isNumber): tag += "-" + part
      case 4: tag += "-" + part.prefix(1).uppercased() + part.dropFirst().lowercased()
      default: break
      }
    }
    return tag
  }

  /// Who publishes the article, by the page's own word: an aggregator's pages name the paper in their data.
  func publisher() -> String? {
    (data("publisher.name")
      + metaValues(["article:publisher_name", "dc.publisher", "og:site_name", "application-name"]))
      .map { Entities.decoded($0).trimmingSpaces }.first { (2...80).contains($0.count) && !$0.holds("://") }
  }
}
