import Articles
import Markup
import Values

extension GenericFields {
  // MARK: Classification

  func section() -> String? {
    let candidates =
      metaValues(["article:section", "og:section", "section", "parsely-section", "cxenseparse:section"])
      + data("articleSection") + breadcrumb() + printedCategory()
    return candidates.map { Entities.decoded($0) }.map {
      $0.split(separator: ",").first.map { $0.trimmingSpaces } ?? $0
    }
    .first { (2...60).contains($0.count) && !$0.holds("://") }
  }

  /// The category that the article is filed under, as systems link it that call it a tag too: `rel="category tag"`. The
  /// cards around the article have theirs.
  private func printedCategory() -> [String] {
    let own = links(rel: "category").filter { Self.isCategory($0) && !page.others.areNamed(at: $0) }
    return own.first.map { [$0.text] } ?? []
  }

  private func links(rel: String) -> [Node] {
    root.descendants(named: .links).filter { $0["rel"]?.split(separator: " ").contains(rel[...]) == true }
  }

  private static func isCategory(_ link: Node) -> Bool {
    let rels = link["rel"]?.split(separator: " ") ?? []
    return rels.contains("category") && rels.contains("tag")
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
        && !keyword.holds("://") && !keyword.holds(": ") && !Self.isIdentifier(keyword)
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
  private static let labels: Set<String> = [
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

  /// The links in a list of tags below or above the text.
  private func printedTags() -> [String] {
    let marked = links(rel: "tag")
    if !marked.isEmpty {
      return marked.filter { !Self.isCategory($0) }.prefix(20).map(\.text).filter { $0.count < 50 }
    }
    let list = root.descendants.first { node in
      guard node.isOne(of: .tagLists) || node.name.holds("-"),
        ClassTokens(node).containsAny(Self.tagTokens)
      else { return false }
      // Those of the site stand in its head and foot; an article may have a foot of its own.
      let isOutside = node.ancestors.contains { ancestor in
        ancestor.name == "footer" && !ancestor.ancestors.contains(where: { $0.isOne(of: .articles) })
          || ancestor.isOne(of: .pageHeads) && !ancestor.holds(.headings)
      }
      return !isOutside && (1...20).contains(node.count(of: ["a", "button"]))
    }
    let tags = list.map(Self.texts(ofTags:)) ?? []
    if tags.count > 1 { return tags }
    // What stands alone above the headline may be the first of those below the text.
    let labelled = labelledList().map(Self.texts(ofTags:)) ?? []
    return tags.allSatisfy(labelled.contains) ? labelled : tags
  }

  private static func texts(ofTags list: Node) -> [String] {
    // A button beside links is for following what they name.
    let links = list.descendants(named: .links).map(\.text).filter { !$0.isEmpty }
    let texts = links.isEmpty ? list.descendants(named: ["button"]).map(\.text) : links
    return Names.unique(texts).filter { (2...40).contains($0.count) }
  }

  /// A list of links behind words that say it is one of tags.
  private func labelledList() -> Node? {
    for label in root.descendants where label.isOne(of: Self.labelElements) {
      // What is dear to know of every element comes last.
      var next = label.nextSibling
      while let sibling = next, !sibling.isElement { next = sibling.nextSibling }
      guard let next, next.isOne(of: Self.labelledElements), !label.holds(.links), next.holds(.links) else { continue }
      let text = label.text
      guard text.utf8.count < 120, (2...40).contains(text.characterCount) else { continue }
      let bare = text.lowercased().split(whereSeparator: { !$0.isLetter && $0 != "-" }).joined(separator: " ")
      guard Self.labels.contains(bare), !label.ancestors.contains(where: { $0.isOne(of: Self.outside) }) else {
        continue
      }
      let links = next.descendants(named: .links)
      // Teasers lead to stories, and say so at length.
      if links.count <= 20, links.allSatisfy({ $0.text.characterCount < 30 }) { return next }
    }
    return nil
  }

  private static let labelElements: ElementSet = [
    "h2", "h3", "h4", "h5", "h6", "p", "span", "div", "strong", "b", "dt",
  ]
  private static let labelledElements: ElementSet = ["ul", "ol", "div", "p", "span", "section", "dd"]
  private static let outside: ElementSet = ["footer", "nav"]

  private static let tagTokens: WordSet = [
    "tags", "taglist", "tag", "topics", "topiclist", "keywords", "themen", "schlagworte", "posttags", "articletags",
    "articletopics", "etiquetas", "temas", "relatedtopics", "tagcloud", "keywordlist", "taggroup", "tagslist",
    "tagitems", "motscles", "etichette", "argomenti", "tagwrapper", "articletaglist", "storytags", "entrytags",
    "posttaglist", "stichworte", "stichwoerter", "themenliste", "emner", "emneord", "etiketter", "etiketler",
    "asiasanat", "stitky", "tagi", "topicslist", "topictags", "contenttags", "relatedtags", "newstags", "tagcontainer",
    "articlekeywords", "entities", "entitieslist",
  ]

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

  // MARK: Address and access

  func canonical() -> String? {
    let links = root.descendants(named: ["link"]).filter { $0["rel"]?.lowercased() == "canonical" }.compactMap {
      $0["href"]
    }
    let candidates = links + page.meta["og:url"] + data("mainEntityOfPage") + data("mainEntityOfPage.@id") + data("url")
    for candidate in candidates {
      // A template that was left unfilled would give all articles one address.
      if Self.unfilled.contains(where: { candidate.holds($0) }) { continue }
      guard let url = WebURL(candidate, relativeTo: page.base), Self.isSameSite(url.host, page.url.host) else {
        continue
      }
      // A canonical address that is the home page or the article's section is a template's mistake: its articles would
      // all be one.
      if Self.isSection(url, of: page.url) { continue }
      return Self.withoutTracking(url).description
    }
    return Self.withoutTracking(page.url).description
  }

  /// Whether an address lies above a page's, as that of its section or of the home page does. It may be the article's
  /// all the same: where it has a number or a title of its own, and where the page is only another view of it, as
  /// `/story/amp` and `/story/2` are.
  static func isSection(_ url: WebURL, of page: WebURL) -> Bool {
    let url = withoutTracking(url)
    if url.path == "/" { return page.path != "/" }
    guard url.query == nil else { return false }
    let (above, whole) = (url.path.split(separator: "/"), page.path.split(separator: "/"))
    guard above.count < whole.count, whole.starts(with: above) else { return false }
    guard let last = above.last else { return true }
    return !isOwn(last) && !whole.dropFirst(above.count).allSatisfy(isView)
  }

  private static func isOwn(_ segment: Substring) -> Bool {
    let digits = segment.utf8.count(where: Digits.isDigit)
    // Four digits may be a year, whose pages are a section.
    if digits == segment.utf8.count, let number = Int(segment), number > 99, !(1900...2099).contains(number) {
      return true
    }
    return digits > 4 || segment.utf8.count { $0 == UInt8(ascii: "-") } > 3
  }

  /// `amp`, `2`, `seite-2`, `comment-page-3`, `print.html`
  private static func isView(_ segment: Substring) -> Bool {
    let words = segment.lowercased().split { $0 == "-" || $0 == "." || $0 == "_" }
    return segment.utf8.count < 24
      && words.allSatisfy { views.contains(String($0)) || $0.utf8.count <= 3 && $0.utf8.allSatisfy(Digits.isDigit) }
  }

  private static let views: Set<String> = [
    "all", "alle", "amp", "comment", "comments", "druck", "druckansicht", "drucken", "full", "galerie", "gallery",
    "htm", "html", "index", "kommentare", "komplettansicht", "mobil", "mobile", "page", "pagina", "photos", "php",
    "print", "seite", "sida", "side", "single", "strona", "video", "view",
  ]

  private static let unfilled = ["{{", "}}", "${", "<%", "%%", "[[", "[object"]

  static func isSameSite(_ a: String, _ b: String) -> Bool {
    func site(_ host: String) -> String {
      let labels = host.split(separator: ".")
      let short = labels.count > 2 && labels[labels.count - 2].count <= 3 && labels[labels.count - 1].count == 2
      return labels.suffix(short ? 3 : 2).joined(separator: ".")
    }
    return a == b || site(a) == site(b)
  }

  static func withoutTracking(_ url: WebURL) -> WebURL {
    var url = url.withoutFragment
    guard let query = url.query else { return url }
    let kept = query.split(separator: "&").filter { pair in
      let name = pair.prefix { $0 != "=" }.lowercased()
      return !trackers.contains(name) && !name.hasPrefix("utm_") && !name.hasPrefix("at_") && !name.hasPrefix("mc_")
    }
    url.query = kept.isEmpty ? nil : kept.joined(separator: "&")
    return url
  }

  private static let trackers: Set<String> = [
    "fbclid", "gclid", "dclid", "msclkid", "igshid", "twclid", "yclid", "ocid", "cmpid", "cmp", "ref", "ref_src",
    "smid", "smtyp", "ito", "xtor", "wt_mc", "wt.mc_id", "sara_ecid", "icid", "ncid", "traffic_source", "taid",
    "__twitter_impression", "amp", "outputtype", "rss", "src", "partner", "mibextid", "_ga", "spm",
  ]

  func access() -> Access? {
    for value in data("isAccessibleForFree")
      + page.objects.compactMap({ $0["isAccessibleForFree"] }).flatMap({ value in
        value.bool.map { [$0 ? "true" : "false"] } ?? value.string.map { [$0] } ?? []
      })
    {
      if let access = Self.access(value) { return access }
    }
    return page.meta.first("article:content_tier", "cxenseparse:recs:paywall", "paywall").flatMap(Self.access)
  }

  static func access(_ text: String) -> Access? {
    // Some write the value as the vocabulary's address: `http://schema.org/False`.
    let word = text.lowercased().split(separator: "/").last.map(String.init) ?? ""
    return switch word.trimmingSpaces {
    case "true", "free", "yes", "1", "open", "offen", "frei": .free
    case "metered", "registration", "registered": .metered
    case "false", "paid", "locked", "no", "0", "premium", "subscriber", "subscription", "plus", "paywall", "abo": .paid
    default: nil
    }
  }
}
