import Articles
import Dates
import Markup
import Values

/// The fields of an article on any page, from JSON-LD, meta elements and the markup most publishers share.
struct GenericFields {
  let page: Page
  let zone: Zone
  /// The names the publisher goes by.
  private let house: [String]
  private var root: Node { page.document.root }

  init(page: Page, zone: Zone, house: [String]) {
    self.page = page
    self.zone = zone
    self.house = house
  }

  /// The texts at a path of the page's article object.
  func data(_ path: String) -> [String] {
    guard let article = page.article else { return [] }
    return JSONPath(path).strings(in: article, resolve: page.resolved).map(Whitespace.folded).filter { !$0.isEmpty }
  }

  // MARK: Headline

  func headline() -> String? {
    let site = siteNames()
    let heads = root.descendants(named: ["h1"]).filter { !BodyWalker.isSilent($0) }.map(\.text).filter { $0.count > 3 }
    let social = page.meta.first("og:title", "twitter:title").map { Self.withoutSite(Entities.decoded($0), site) }
    let structured = data("headline").first.map { Self.withoutSite($0, site) }
    let title = root.descendants(named: ["title"]).first.map { Self.withoutSite($0.text, site) }
    let candidates = [social, structured, title].compactMap { $0 }.filter { !$0.isEmpty }
    // What is printed is the headline, as long as the page's data agree that it is.
    if let printed = heads.first(where: { head in
      let folded = Comparable.folded(head)
      return candidates.contains { candidate in
        let other = Comparable.folded(candidate)
        if other == folded { return true }
        // The same with something of the site's behind a dash or bar.
        guard other.hasPrefix(folded), folded.count > 15 else { return false }
        let rest = other.dropFirst(folded.count).drop { $0 == " " }
        return rest.first.map { "-|·:ㅣ".contains($0) } ?? false
      }
    }) {
      return printed
    }
    return candidates.first ?? heads.first
  }

  private func siteNames() -> [String] {
    var names = house + page.meta["og:site_name"] + page.meta["application-name"]
    names += data("publisher.name")
    let host = page.url.host.split(separator: ".").filter { !["www", "m", "amp"].contains($0) }
    names.append(host.joined(separator: "."))
    if let first = host.first { names.append(String(first)) }
    if host.count > 2 { names.append(String(host[1])) }
    return names.map { Comparable.folded($0).filter { $0.isLetter || $0.isNumber } }.filter { $0.count > 1 }
  }

  /// The title without the site's name at its end or start.
  static func withoutSite(_ title: String, _ sites: [String]) -> String {
    let text = Whitespace.folded(title)
    func isSite(_ part: Substring) -> Bool {
      let folded = Comparable.folded(String(part)).filter { $0.isLetter || $0.isNumber }
      if folded.isEmpty { return false }
      return sites.contains {
        $0 == folded || ($0.count > 3 && folded.hasPrefix($0) && folded.count < $0.count + 14)
          || (folded.count > 3 && $0.hasPrefix(folded))
      }
    }
    for separator in [" | ", " - ", " – ", " — ", " · ", " :: ", " » ", " • ", "｜", "：", "|"] {
      let places = text.ranges(of: separator)
      if let last = places.last, isSite(text[last.upperBound...]) {
        return withoutSite(String(text[..<last.lowerBound]).trimmingSpaces, sites)
      }
      if let first = places.first, separator != " - ", isSite(text[..<first.lowerBound]) {
        return String(text[first.upperBound...]).trimmingSpaces
      }
    }
    return text
  }

  // MARK: Standfirst

  /// What the page's data say the article is about, folded for comparison.
  func descriptions() -> [String] {
    (data("description")
      + [page.meta.first("og:description"), page.meta.first("description", "twitter:description")]
      .compactMap { $0 }).map { Whitespace.folded(Entities.decoded($0)) }.filter { $0.count > 20 }
  }

  /// The introduction as printed between the headline and `text`, where the body begins.
  func printedStandfirst(headline: String?, before text: Node?, outside containers: [Node]) -> Node? {
    let folded = Set(descriptions().map { Comparable.folded($0) })
    let head = root.descendants(named: ["h1"]).first { !BodyWalker.isSilent($0) && $0.text.count > 3 }
    var fallback: Node?
    for node in root.descendants {
      guard Self.leadElements.contains(node.name), !BodyWalker.isSilent(node) else { continue }
      let isNamed = ClassTokens(node).containsAny(Self.leadTokens) || node["itemprop"] == "description"
      // Inside the body only a name tells a standfirst from the first paragraph.
      guard isNamed || ["p", "h2", "h3"].contains(node.name) && !containers.contains(where: { $0.contains(node) })
      else { continue }
      if let head, !head.precedes(node) || head.contains(node) { continue }
      if let text, node == text && !isNamed || !node.precedes(text) && node != text { break }
      if let text, node.contains(text), node != text { continue }
      if node.ancestors.contains(where: { GenericBody.looksLikeSideMatter($0) && $0.name != "header" }) { continue }
      if ([node] + node.ancestors.prefix(3)).contains(where: Self.isCaption) { continue }
      let words = node.text
      guard (25...900).contains(words.count), Comparable.folded(words) != headline.map(Comparable.folded) else {
        continue
      }
      if folded.contains(Comparable.folded(words)) { return node }
      let isPlain =
        node.descendants(named: ["p"]).count <= 3 && node.descendants(named: ["h1", "figure", "time"]).isEmpty
        && node.descendants(named: ["a"]).count < 2
      if isNamed, fallback == nil, isPlain { fallback = node }
    }
    return fallback
  }

  static func isLead(_ node: Node) -> Bool { ClassTokens(node).containsAny(leadTokens) }

  private static func isCaption(_ node: Node) -> Bool {
    node.name == "figure" || node.name == "figcaption" || ClassTokens(node).containsAny(PictureReader.captionTokens)
  }

  private static let leadElements: Set<String> = [
    "p", "div", "h2", "h3", "section", "header", "span", "strong", "b", "ul",
  ]
  private static let leadTokens: Set<String> = [
    "standfirst", "lead", "lede", "leadtext", "articlelead", "intro", "introtext", "introduction", "dek", "deck",
    "subtitle", "subheadline", "subheading", "subhead", "summary", "excerpt", "vorspann", "chapo", "chapeau", "anriss",
    "teasertext",
    "abstract", "ingress", "manchet", "underrubrik", "bajada", "entradilla", "sommario", "occhiello", "sottotitolo",
    "perex", "articlesubtitle", "articleintro", "articlesummary", "storyintro", "description", "standfirsttext",
    "articledek",
    "preamble", "kurztext", "einleitung", "subtitulo", "linhafina", "articledescription", "header2",
  ]

  // MARK: People

  func byline() -> String? {
    for node in root.descendants {
      guard let rel = bylineRank(node) else { continue }
      _ = rel
      let text = node.text
      if (3...120).contains(text.count) { return text }
    }
    return nil
  }

  private func bylineRank(_ node: Node) -> Int? {
    if BodyWalker.isSilent(node) { return nil }
    if node["itemprop"] == "author" || node["rel"] == "author" { return 0 }
    return ClassTokens(node).containsAny(["byline", "bylines", "articleauthor", "authorname", "authors"]) ? 1 : nil
  }

  func authors() -> [Author] {
    var found = structuredAuthors()
    let sites = siteNames()
    let isHouse: (Author) -> Bool = { author in
      let folded = Comparable.folded(author.name).filter { $0.isLetter || $0.isNumber }
      return author.kind == .organisation && sites.contains { $0.hasPrefix(folded) || folded.hasPrefix($0) }
    }
    if !found.isEmpty, found.allSatisfy(isHouse) {
      // The data name the house alone; the byline may know better.
      let persons = printedNames().filter { kind(of: $0) == .person }
      if !persons.isEmpty, persons.count < 6 { return persons.map { Author(name: $0) } }
    }
    if found.isEmpty {
      for name in [
        "author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator",
        "article:author_name", "cxenseparse:author", "authors", "twitter:data1",
      ] {
        let values = page.meta[name].filter { !$0.contains("://") }
        let names = values.flatMap { Names.split($0) }
        guard !names.isEmpty, !(name == "twitter:data1" && names.contains { $0.contains(where: \.isNumber) }) else {
          continue
        }
        found = names.map { Author(name: $0) }
        break
      }
    }
    if found.isEmpty { found = printedNames().prefix(8).map { Author(name: $0) } }
    return found.map { author in
      var author = author
      if author.kind == .person { author.kind = kind(of: author.name) }
      return author
    }
  }

  /// The names in the page's own byline.
  private func printedNames() -> [String] {
    for name in ["author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator"] {
      let names = page.meta[name].filter { !$0.contains("://") }.flatMap { Names.split($0) }
      if names.contains(where: { kind(of: $0) == .person }), !names.contains(where: isSite) {
        return names
      }
    }
    let nodes = root.descendants.filter {
      ($0["rel"] == "author" || $0["itemprop"] == "author") && !BodyWalker.isSilent($0)
        && !$0.ancestors.contains { $0.name == "aside" || $0.name == "footer" || $0.name == "nav" }
    }
    let names = nodes.prefix(6).flatMap { node in
      Names.split((node.descendants.first { $0["itemprop"] == "name" } ?? node).text)
    }
    if !names.isEmpty { return Names.unique(names) }
    return byline().map { Names.split($0) } ?? []
  }

  /// Whether a name is a person's, or that of an agency, a desk or the house itself.
  func kind(of name: String) -> Author.Kind {
    if Names.isOrganisation(name, publisher: nil) || isSite(name) { return .organisation }
    let folded = name.lowercased()
    func isStated(_ value: JSON?) -> Bool {
      guard let value else { return false }
      if let list = value.array { return list.contains { isStated($0) } }
      let object = page.resolved(value)
      return object["name"]?.string?.lowercased() == folded
        && Page.types(of: object).contains { $0.hasSuffix("Organization") }
    }
    for key in ["author", "creator", "publisher", "sourceOrganization"] where isStated(page.article?[key]) {
      return .organisation
    }
    return .person
  }

  private func isSite(_ name: String) -> Bool {
    let folded = Comparable.folded(name).filter { $0.isLetter || $0.isNumber }
    return siteNames().contains(folded)
  }

  private func structuredAuthors() -> [Author] {
    guard let value = page.article?["author"] ?? page.article?["creator"] else { return [] }
    var found: [Author] = []
    func add(_ value: JSON) {
      switch page.resolved(value) {
      case .array(let elements): for element in elements { add(element) }
      case .string(let text):
        if !text.contains("://") {
          for name in Names.split(Entities.decoded(text)) { found.append(Author(name: name)) }
        }
      case .object(let object):
        if case .array(let names)? = object["name"] {
          for name in names { add(name) }
          return
        }
        guard let text = object["name"]?.string, !text.contains("://") else { return }
        let isOrganisation = Page.types(of: .object(object)).contains { $0.hasSuffix("Organization") }
        let url = (object["url"]?.string).flatMap { WebURL($0, relativeTo: page.base)?.description }
        let names = isOrganisation ? [Names.cleaned(Entities.decoded(text))] : Names.split(Entities.decoded(text))
        for name in names where !name.isEmpty {
          found.append(
            Author(name: name, url: names.count == 1 ? url : nil, kind: isOrganisation ? .organisation : .person))
        }
      default: break
      }
    }
    add(value)
    var seen: Set<String> = []
    return found.filter { seen.insert($0.name.lowercased()).inserted }
  }

  // MARK: Dates

  func published() -> Timestamp? {
    date(
      data("datePublished")
        + metaValues([
          "article:published_time", "article:published", "og:published_time", "datepublished", "date", "dc.date",
          "dc.date.issued", "dcterms.created", "dcterms.date", "pubdate", "publishdate", "publish_date",
          "publication_date",
          "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime", "last-modified-date",
          "article.published",
          "originalpublicationdate", "article_date_original", "citation_online_date", "citation_publication_date",
          "publish-date",
        ]) + data("dateCreated") + data("uploadDate") + objectValues("datePublished") + timeElements())
  }

  func modified() -> Timestamp? {
    date(
      data("dateModified")
        + metaValues([
          "article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod", "dcterms.modified",
          "dc.date.modified", "article:modified", "date_modified", "revised",
        ]) + objectValues("dateModified"))
  }

  private func date(_ texts: [String]) -> Timestamp? {
    for text in texts { if let read = DateReader.read(text, zone: zone) { return read.timestamp } }
    return nil
  }

  private func metaValues(_ names: [String]) -> [String] { names.flatMap { page.meta[$0].prefix(1) } }
  private func objectValues(_ key: String) -> [String] { page.objects.compactMap { $0[key]?.string } }

  private func timeElements() -> [String] {
    let all = root.descendants.filter { $0["itemprop"] == "datePublished" || $0.name == "time" }
    let marked = all.filter { $0["itemprop"] == "datePublished" || $0["pubdate"] != nil }
    let stated = (marked + all).prefix(10).flatMap { [$0["datetime"], $0["content"], $0.text].compactMap { $0 } }
    let printed = root.descendants.filter { node in
      ClassTokens(node).containsAny(Self.dateTokens) && !BodyWalker.isSilent(node)
    }.prefix(20).map(\.text).filter { $0.count < 80 && $0.contains(where: \.isNumber) }
    return stated + printed
  }

  private static let dateTokens: Set<String> = [
    "date", "datetime", "pubdate", "published", "publishdate", "publisheddate", "articledate", "postdate", "timestamp",
    "datum", "fecha", "data", "dato", "tarih", "dateline", "time", "entrydate", "newsdate", "publishedat", "pubtime",
  ]

  // MARK: Classification

  func section() -> String? {
    let candidates =
      metaValues(["article:section", "og:section", "section", "parsely-section", "cxenseparse:section"])
      + data("articleSection") + breadcrumb()
    return candidates.map { Entities.decoded($0) }.map {
      $0.split(separator: ",").first.map { $0.trimmingSpaces } ?? $0
    }
    .first { (2...60).contains($0.count) && !$0.contains("://") }
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

  func keywords() -> [String] {
    let structured = data("keywords")
    let tags = page.meta["article:tag"]
    let sources: [[String]] = [
      page.meta["news_keywords"].flatMap(Self.listed),
      tags.count == 1 ? Self.listed(tags[0]) : tags,
      page.meta["keywords"].flatMap(Self.listed),
      structured.count == 1 ? Self.listed(structured[0]) : structured,
      page.meta["parsely-tags"].flatMap(Self.listed),
      printedTags(),
    ]
    for source in sources {
      var seen: Set<String> = []
      let kept = source.map { Entities.decoded($0).trimmingSpaces }.filter { keyword in
        (2...80).contains(keyword.count) && !keyword.contains("://") && !isSite(keyword)
          && seen.insert(keyword.lowercased()).inserted
      }
      if !kept.isEmpty { return kept }
    }
    return []
  }

  /// The links in a list of tags below or above the text.
  private func printedTags() -> [String] {
    let marked = root.descendants(named: ["a"]).filter { $0["rel"]?.split(separator: " ").contains("tag") == true }
    if !marked.isEmpty { return marked.prefix(20).map(\.text).filter { $0.count < 50 } }
    let list = root.descendants.first { node in
      ["div", "ul", "section", "p", "aside"].contains(node.name) && ClassTokens(node).containsAny(Self.tagTokens)
        && !node.ancestors.contains { $0.name == "nav" || $0.name == "header" || $0.name == "footer" }
        && (1...20).contains(node.descendants(named: ["a"]).count)
    }
    return list?.descendants(named: ["a"]).map(\.text).filter { (2...40).contains($0.count) } ?? []
  }

  private static let tagTokens: Set<String> = [
    "tags", "taglist", "tag", "topics", "topiclist", "keywords", "themen", "schlagworte", "posttags", "articletags",
    "articletopics", "etiquetas", "temas", "relatedtopics", "tagcloud",
  ]

  private static func listed(_ text: String) -> [String] {
    let separator: Character = text.contains(",") ? "," : text.contains(";") ? ";" : text.contains("|") ? "|" : "、"
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
