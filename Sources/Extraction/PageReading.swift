import Articles
import Dates
import Manifest
import Markup
import Values

/// The reading of one page: each field by the publisher's rules, then generically. A field that fails stays empty and
/// takes no other with it.
struct PageReading {
  let page: Page
  let manifest: Manifest?
  let rules: CompiledRules?
  let generic: GenericFields
  private let printed: PrintedFacts
  var fired: [String: RuleOrigin] = [:]
  private let layout: String?
  /// Where the standfirst is printed, when it was found by what it is.
  var introduction: Node?
  /// Whether the body came by the first of its rules.
  var isByFirstBodyRule = false
  var root: Node { page.document.root }

  init(
    page: Page, manifest: Manifest?, rules: CompiledRules?, layout: String?, generic: GenericFields,
    printed: PrintedFacts
  ) {
    self.page = page
    self.layout = layout
    self.manifest = manifest
    self.rules = rules
    self.generic = generic
    self.printed = printed
  }

  mutating func read() throws(ExtractionError) -> Extraction {
    var article = Article(headline: one(.headline) ?? fallback(.headline, generic.headline()) ?? "")
    article.kicker = one(.kicker)
    readPeople(into: &article)
    article.published = date(.published) ?? fallback(.published, printed.published ?? generic.published())
    article.modified = date(.modified) ?? fallback(.modified, generic.modified())
    article.section = (one(.section) ?? fallback(.section, generic.section())).map(GenericFields.capitalised)
    article.language =
      one(.language).flatMap(GenericFields.tag) ?? fallback(.language, generic.language())
      ?? manifest?.publisher.language
    article.canonicalURL = canonical() ?? fallback(.canonical, generic.canonical())
    article.access = one(.access).flatMap(GenericFields.access) ?? fallback(.access, generic.access())
    readBody(into: &article)
    if let keywords = all(.keywords) {
      article.keywords = keywords
    } else {
      let (body, names) = (article, article.authors.map(\.name))
      let keywords = generic.keywords(authors: names) {
        body.headline + " " + (body.standfirst ?? "") + " " + body.bodyText
      }
      article.keywords = fallback(.keywords, keywords) ?? []
    }
    if page.kind == .liveBlog { readEntries(into: &article) }
    let isEmpty = article.body.isEmpty && article.standfirst == nil && article.pictures.isEmpty
    // A page that scripts are to fill has a title and a description, both the site's.
    let isShell = article.body.isEmpty && generic.isSite(article.headline)
    if article.headline.isEmpty || (isEmpty || isShell) && article.entries.isEmpty {
      let detail = article.headline.isEmpty ? "no headline" : "a headline, but no text"
      throw ExtractionError(reason: .noArticle, detail: detail)
    }
    article.isPartial = isPartial(article)
    article.related = RelatedLinks(page: page, canonical: article.canonicalURL).find()
    article.kind = page.kind
    article.publisher = generic.publisher()
    return Extraction(
      article: article, rules: fired, fill: fill(article), missed: missed(), failures: page.failures,
      layout: layout)
  }

  // MARK: Fields by rule

  /// The values of the first candidate that has any.
  mutating func all(_ field: ArticleRules.Field) -> [String]? {
    for rule in rules?.fields[field] ?? [] {
      var seen: Set<String> = []
      let values = rule.values(in: page, at: root).filter { seen.insert($0).inserted }
      if values.isEmpty { continue }
      fired[field.rawValue] = rule.origin
      return values
    }
    return nil
  }

  mutating func one(_ field: ArticleRules.Field) -> String? { all(field)?.first }

  mutating func date(_ field: ArticleRules.Field) -> Timestamp? {
    for rule in rules?.fields[field] ?? [] {
      for value in rule.values(in: page, at: root) {
        guard let read = DateReader.read(value, zone: generic.zone), GenericFields.isPlausible(read.timestamp) else {
          continue
        }
        fired[field.rawValue] = rule.origin
        return read.timestamp
      }
    }
    return nil
  }

  private mutating func canonical() -> String? {
    for rule in rules?.fields[.canonical] ?? [] {
      for value in rule.values(in: page, at: root) {
        // A rule names the place; what stands there is as often a template's mistake as anywhere.
        guard let url = WebURL(value, relativeTo: page.url), !GenericFields.isSection(url, of: page.url) else {
          continue
        }
        fired[ArticleRules.Field.canonical.rawValue] = rule.origin
        return GenericFields.withoutTracking(url).description
      }
    }
    return nil
  }

  private mutating func fallback<Value>(_ field: ArticleRules.Field, _ value: Value?) -> Value? {
    if let value, (value as? [String])?.isEmpty != true { fired[field.rawValue] = .generic }
    return value
  }

  // MARK: People

  private mutating func readPeople(into article: inout Article) {
    // Several persons may stand in an element each.
    article.byline = all(.byline).map { Names.unique($0).prefix(6).joined(separator: ", ") }
    if let names = all(.authors) {
      article.authors = Names.unique(names.flatMap(Names.each)).filter { !$0.isEmpty }.map { name in
        Author(name: name, kind: generic.kind(of: name))
      }
      attachAddresses(to: &article.authors)
    }
    if article.authors.isEmpty, let byline = article.byline {
      article.authors = Names.split(byline).map { name in
        Author(name: name, kind: generic.kind(of: name))
      }
      if !article.authors.isEmpty {
        fired[ArticleRules.Field.authors.rawValue] = fired[ArticleRules.Field.byline.rawValue]
      }
    }
    if article.authors.isEmpty {
      article.authors = printed.authors.isEmpty ? generic.authors() : printed.authors
      if !article.authors.isEmpty { fired[ArticleRules.Field.authors.rawValue] = .generic }
    }
    if article.byline == nil, !article.authors.isEmpty {
      // The line as printed, when it is found and names those who wrote; their names otherwise.
      let printed = generic.byline()
      let namesAll = printed.map { line in article.authors.allSatisfy { line.localizedContains($0.name) } } ?? false
      if namesAll, let printed, fired[ArticleRules.Field.authors.rawValue]?.isGeneric ?? false {
        // Who wrote with the one whom the data name.
        let last = article.authors.last.flatMap { printed.ranges(of: $0.name).first?.upperBound }
        let others = last.map { Names.behindWith(printed[$0...]) } ?? []
        article.authors += others.map { Author(name: $0) }
      }
      article.byline = namesAll ? printed : article.authors.map(\.name).joined(separator: ", ")
      fired[ArticleRules.Field.byline.rawValue] = .generic
    }
    article.agencies = article.authors.map(\.name).filter { Names.isAgency($0) }
  }

  /// Gives the authors found by rule the addresses that the page's data or links have for the same names.
  private func attachAddresses(to authors: inout [Author]) {
    let known = generic.addressedAuthors()
    let links = root.descendants(named: .links).prefix(2000)
    for index in authors.indices {
      let name = authors[index].name.lowercased()
      if let url = known.first(where: { $0.name.isEqual(toLowercase: name) })?.url {
        authors[index].url = url
      } else if let link = links.first(where: { $0.text.isEqual(toLowercase: name) && $0["href"] != nil }) {
        // A name that leads to the home page is the house's, not an author's page.
        let url = link["href"].flatMap { WebURL($0, relativeTo: page.base) }
        if let url, url.path != "/" { authors[index].url = url.description }
      }
    }
  }

  // MARK: The whole

  private func isPartial(_ article: Article) -> Bool {
    // Its text did not come with the page this time, or never does.
    if article.body.isEmpty, page.kind == .article { return true }
    // What is free to read is there, whatever the data count among its words.
    if article.access == .free { return false }
    // Counted only where something depends on it.
    func words() -> Int { article.bodyText.wordCount }
    if let stated = generic.data("wordCount").first.flatMap({ Int($0) }), stated > 150, words() * 2 < stated {
      return true
    }
    if let text = generic.data("articleBody").first, text.characterCount > 600 {
      let (stated, own) = (Whitespace.folded(text), article.bodyText)
      // A text that begins otherwise is more than the article: all that the page says, with its players and lists.
      if own.characterCount * 2 < stated.characterCount,
        Lines.squeezed(String(stated.prefix(600))).holds(Lines.squeezed(String(own.prefix(60))))
      {
        return true
      }
    }
    return article.access == .paid && words() < 120
  }

  private func fill(_ article: Article) -> Double {
    let filled = [
      !article.headline.isEmpty, !article.body.isEmpty, article.standfirst != nil, !article.authors.isEmpty,
      article.published != nil, !article.pictures.isEmpty, article.section != nil, article.canonicalURL != nil,
    ]
    return Double(filled.count { $0 }) / Double(filled.count)
  }

  /// The fields that have rules none of which gave a value, in the order of plugin.toml's reference. A layout that has
  /// changed shows here, though the generic extractor may have filled the field.
  private func missed() -> [String] {
    guard let rules else { return [] }
    var missed = ArticleRules.Field.allCases.filter { field in
      guard field != .kind, rules.fields[field]?.isEmpty == false else { return false }
      return fired[field.rawValue]?.isGeneric ?? true
    }.map(\.rawValue)
    if !rules.images.select.isEmpty, fired["images"]?.isGeneric ?? true { missed.append("images") }
    return missed
  }
}

extension String {
  /// Whether the other text occurs here, case folded.
  fileprivate func localizedContains(_ other: String) -> Bool { lowercased().holds(other.lowercased()) }
}
