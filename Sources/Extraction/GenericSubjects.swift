import Articles
import Markup
import Values

extension GenericFields {
  // MARK: Classification

  func section() -> String? {
    let candidates =
      metaValues(["article:section", "og:section", "section", "parsely-section", "cxenseparse:section"])
      + data("articleSection") + breadcrumb()
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

  /// What the article is about, in the publisher's words. `text` is the article's own: lists that have next to nothing to
  /// do with it are those of the whole site, or codes of its system.
  func keywords(text: String) -> [String] {
    let sources: [() -> [String]] = [
      { page.meta["news_keywords"].flatMap(Self.listed) },
      {
        let tags = page.meta["article:tag"]
        return tags.count == 1 ? Self.listed(tags[0]) : tags
      },
      { page.meta["keywords"].flatMap(Self.listed) },
      {
        let structured = data("keywords")
        return structured.count == 1 ? Self.listed(structured[0]) : structured
      },
      { page.meta["parsely-tags"].flatMap(Self.listed) },
      { data("about.name") },
      printedTags,
    ]
    // The first list that fits, else the first at all.
    var first: [String] = []
    var folded: String?
    for source in sources {
      let list = cleaned(source())
      if list.isEmpty { continue }
      if list.count <= 6 { return list }
      let whole = folded ?? Comparable.folded(text)
      folded = whole
      if Self.fits(list, whole) { return list }
      if first.isEmpty { first = list }
    }
    return first
  }

  private func cleaned(_ keywords: [String]) -> [String] {
    var seen: Set<String> = []
    return keywords.map { Entities.decoded($0).trimmingSpaces }.filter { keyword in
      (2...80).contains(keyword.count) && (keyword.count < 5 || !keyword.allSatisfy(\.isNumber))
        && !keyword.holds("://") && !keyword.holds(": ")
        && !isSite(keyword) && !Self.labels.contains(keyword.lowercased())
        && seen.insert(keyword.lowercased()).inserted
    }
  }

  /// What stands before a list of tags.
  private static let labels: Set<String> = [
    "tags", "tag", "themen", "thema", "topics", "topic", "schlagworte", "stichworte", "mots clés", "mots-clés", "temas",
    "etiquetas", "argomenti", "temi", "onderwerpen", "emner", "ämnen", "aiheet", "témata", "tematy", "темы", "теги",
    "etiketler", "キーワード", "标签",
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
    let marked = root.descendants(named: .links).filter { $0["rel"]?.split(separator: " ").contains("tag") == true }
    if !marked.isEmpty { return marked.prefix(20).map(\.text).filter { $0.count < 50 } }
    let list = root.descendants.first { node in
      guard node.isOne(of: .tagLists) || node.name.holds("-"),
        ClassTokens(node).containsAny(Self.tagTokens)
      else { return false }
      // Those of the site stand in its head and foot.
      let isOutside = node.ancestors.contains { ancestor in
        ancestor.name == "footer"
          || ancestor.isOne(of: .pageHeads) && !ancestor.holds(.headings)
      }
      return !isOutside && (1...20).contains(node.count(of: ["a", "button"]))
    }
    return list.map { Names.unique($0.descendants(named: ["a", "button"]).map(\.text)) }?
      .filter { (2...40).contains($0.count) } ?? []
  }

  private static let tagTokens: WordSet = [
    "tags", "taglist", "tag", "topics", "topiclist", "keywords", "themen", "schlagworte", "posttags", "articletags",
    "articletopics", "etiquetas", "temas", "relatedtopics", "tagcloud", "keywordlist", "taggroup", "tagslist",
    "tagitems",
    "motscles", "etichette", "argomenti", "tagwrapper", "articletaglist", "storytags", "entrytags", "posttaglist",
    "stichworte", "stichwoerter", "themenliste", "emner", "emneord", "etiketter", "etiketler", "asiasanat", "stitky",
    "tagi", "topicslist", "topictags", "contenttags", "relatedtags", "newstags", "tagcontainer", "articlekeywords",
  ]

  private static func listed(_ text: String) -> [String] {
    var separator: Character = text.holds(",") ? "," : text.holds(";") ? ";" : text.holds("|") ? "|" : "、"
    // Scripts that set no spaces between words have one left to divide a list.
    let isUnspaced = text.unicodeScalars.contains { (0x3040...0x9FFF).contains($0.value) }
    if isUnspaced, !text.contains(separator) { separator = " " }
    return text.split(separator: separator).map { $0.trimmingSpaces }.filter { !$0.isEmpty }
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
      guard let url = WebURL(candidate, relativeTo: page.url), Self.isSameSite(url.host, page.url.host) else {
        continue
      }
      // A canonical address that is the home page is a template's mistake.
      if url.path == "/", page.url.path != "/" { continue }
      return Self.withoutTracking(url).description
    }
    return Self.withoutTracking(page.url).description
  }

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
    "smid",
    "smtyp", "ito", "xtor", "wt_mc", "wt.mc_id", "sara_ecid", "icid", "ncid", "traffic_source", "taid",
    "__twitter_impression",
    "amp", "outputtype", "rss", "src", "partner", "mibextid", "_ga", "spm",
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
    switch text.lowercased().trimmingSpaces {
    case "true", "free", "yes", "1", "open", "offen", "frei": .free
    case "metered", "registration", "registered": .metered
    case "false", "paid", "locked", "no", "0", "premium", "subscriber", "subscription", "plus", "paywall", "abo": .paid
    default: nil
    }
  }
}
