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
  private var fired: [String: RuleOrigin] = [:]
  private let layout: String?
  /// Where the standfirst is printed, when it was found by what it is.
  private var introduction: Node?
  /// Whether the body came by the first of its rules.
  private var isByFirstBodyRule = false
  private var root: Node { page.document.root }

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
  private mutating func all(_ field: ArticleRules.Field) -> [String]? {
    for rule in rules?.fields[field] ?? [] {
      var seen: Set<String> = []
      let values = rule.values(in: page, at: root).filter { seen.insert($0).inserted }
      if values.isEmpty { continue }
      fired[field.rawValue] = rule.origin
      return values
    }
    return nil
  }

  private mutating func one(_ field: ArticleRules.Field) -> String? { all(field)?.first }

  private mutating func date(_ field: ArticleRules.Field) -> Timestamp? {
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

  // MARK: Body

  private mutating func readBody(into article: inout Article) {
    if let texts = all(.standfirst) {
      article.standfirst = GenericFields.joined(texts)
    }
    var body = bodyByRule(of: article)
    let isByRule = body != nil
    if body == nil, let found = GenericBody(page: page).find() {
      body = (found.blocks, found.pictureNodes, [found.container])
    }
    if !isByRule, Self.weight(body?.blocks ?? []) < Self.scrap, let scripted = ScriptedBody.document(page),
      let element = scripted.element
    {
      var walker = BodyWalker(base: page.base)
      let blocks = walker.blocks(of: [element])
      if Self.weight(blocks) > Self.scrap { body = (blocks, walker.pictureNodes, [element]) }
    }
    let containers = Containers(body?.containers ?? [])
    if !isByRule { readSignature(into: &article, body?.blocks ?? [], in: body?.containers.last) }
    if article.standfirst == nil { readStandfirst(into: &article, body?.blocks ?? [], containers) }
    if !isByRule {
      let filter = BlockFilter(
        page: page, headline: article.headline, standfirst: article.standfirst, introduction: introduction,
        names: article.authors.map(\.name),
        sites: generic.sites)
      var blocks = filter.filtered(body?.blocks ?? [])
      if let stated = StatedBody(page: page)?.blocks(insteadOf: blocks) { blocks = filter.filtered(stated) }
      if blocks.allSatisfy({ $0.text.isEmpty }) {
        blocks += ShortBody.sentences(of: page, standfirst: article.standfirst)
      }
      body = (blocks, body?.pictureNodes ?? [], body?.containers ?? [])
      if !blocks.isEmpty { fired[ArticleRules.Field.body.rawValue] = .generic }
    }
    let blocks = body?.blocks ?? []
    let standfirst = ArticleRules.Field.standfirst.rawValue
    if let text = article.standfirst,
      RepeatedStandfirst.isFound(text, in: blocks, isByRule: fired[standfirst]?.isGeneric == false)
    {
      article.standfirst = nil
      fired[standfirst] = nil
    }
    let collector = PictureCollector(page: page, rules: rules?.images, authors: article.authors.map(\.name))
    let pictures = collector.collect(
      blocks: blocks, pictureNodes: body?.pictureNodes ?? [], containers: containers,
      isOtherLayout: rules?.fields[.body] != nil && !isByFirstBodyRule)
    // A part of the address may be a town, which a caption names in brackets as well.
    let parts = Set(page.url.host.split(separator: ".").map(String.init))
    let sites = generic.sites.filter { !parts.contains($0) }
    article.pictures = pictures.pictures.map { picture in
      guard picture.credit == nil, let caption = picture.caption,
        let found = PictureCredits.house(endOf: caption, sites: sites)
      else { return picture }
      var picture = picture
      (picture.caption, picture.credit) = (found.caption, found.credit)
      return picture
    }
    article.body = Self.withoutPictureTexts(pictures.blocks, pictures.pictures, pictures.printed)
    if !article.pictures.isEmpty { fired.merge(pictures.origins) { _, new in new } }
  }

  /// The blocks without paragraphs that say no more than the words below a picture.
  private static func withoutPictureTexts(_ blocks: [Block], _ pictures: [Picture], _ printed: [String]) -> [Block] {
    let texts = pictures.flatMap { picture -> [String?] in
      [picture.caption, [picture.caption, picture.credit].compactMap { $0 }.joined(separator: " "), picture.credit]
    }
    let words = Set((texts.compactMap { $0 } + printed).map(Lines.squeezed).filter { $0.characterCount > 3 })
    if words.isEmpty { return blocks }
    func isFigure(_ index: Int) -> Bool {
      guard blocks.indices.contains(index), case .figure = blocks[index] else { return false }
      return true
    }
    return blocks.indices.filter { index in
      guard case .paragraph(let content) = blocks[index] else { return true }
      let text = content.plainText
      guard text.characterCount < 600 else { return true }
      // Editors take sentences of the text for captions; what leaks out of a caption stands beside its picture.
      let isBeside = (index - 2...index + 2).contains(where: isFigure)
      if !isBeside, BlockFilter.endsSentence(text) { return true }
      return !words.contains(Lines.squeezed(text))
    }.map { blocks[$0] }
  }

  /// The entries of a live blog; where the page itself shows no text yet, as when scripts load it, they are the body.
  private mutating func readEntries(into article: inout Article) {
    let found = LiveEntries(page: page, zone: generic.zone).find()
    article.entries = found.map(\.entry)
    guard article.bodyText.count < 200 else { return }
    article.body += found.flatMap(\.blocks)
    if fired[ArticleRules.Field.body.rawValue] == nil { fired[ArticleRules.Field.body.rawValue] = .generic }
  }

  /// Takes the authors from the lines above and below the text where nothing else names more than the house.
  private mutating func readSignature(into article: inout Article, _ blocks: [WalkedBlock], in box: Node?) {
    let key = ArticleRules.Field.authors.rawValue
    guard fired[key]?.isGeneric ?? true, article.authors.allSatisfy(generic.isNobody),
      let found = generic.signature(of: blocks) ?? box.flatMap({ generic.signature(behind: $0) }),
      article.authors.allSatisfy(generic.isHouse) || generic.arePersons(found.names)
    else { return }
    article.authors = found.names.map { Author(name: $0, kind: generic.kind(of: $0)) }
    article.byline = found.line
    // The agency that the data name sent the text all the same.
    article.agencies = Names.unique(article.agencies + found.names.filter { Names.isAgency($0) })
    fired[key] = .generic
    fired[ArticleRules.Field.byline.rawValue] = .generic
  }

  /// The standfirst as printed, or the page's description of itself where that says more than the first paragraph.
  private mutating func readStandfirst(into article: inout Article, _ blocks: [WalkedBlock], _ containers: Containers) {
    let descriptions = generic.descriptions()
    let prose = blocks.filter { walked in
      if case .paragraph = walked.block { walked.weight > 60 } else { false }
    }
    let folded = Set(descriptions.map { Comparable.folded($0) })
    let opening = BlockFilter.standfirst(in: blocks, descriptions: folded)
    // Of two short paragraphs none introduces the other, and a single one is the text.
    let all = blocks.filter { if case .paragraph = $0.block { true } else { false } }
    let text = (prose.count > 2 ? prose[1] : prose.first ?? all.first)?.node
    var printed = generic.printedStandfirst(
      headline: article.headline, descriptions: folded, before: text, outside: containers)
    // What holds all there is to read introduces nothing.
    let isAll = blocks.allSatisfy { walked in
      if case .heading = walked.block { true } else { printed?.contains(walked.node) ?? true }
    }
    if printed?.isOne(of: .lists) ?? false, isAll { printed = nil }
    var found = opening?.text
    // Where the page describes itself in two ways, the one that is printed below the headline is its introduction.
    if let printed,
      opening.map({
        printed != $0.node && printed.precedes($0.node) && folded.contains(Comparable.folded(printed.text))
      }) ?? true
    {
      found = GenericFields.words(ofStandfirst: printed, descriptions: folded)
      introduction = printed
    }
    if found == nil { found = BlockFilter.boldOpening(blocks, descriptions: folded)?.text }
    if found == nil, let opening = BlockFilter.openingHeadings(blocks) {
      found = GenericFields.joined(opening.lines)
      introduction = opening.box
    }
    if found == nil, let description = descriptions.first {
      // A description that is the opening cut short would be read twice.
      let stem = Lines.squeezed(description).prefix(40)
      let first = prose.first.flatMap { first in blocks.firstIndex { $0.node == first.node } } ?? 0
      let opens = blocks.prefix(first + 1).contains { walked in
        Lines.squeezed(walked.text).hasPrefix(stem)
      }
      if !opens { found = description }
    }
    guard let found else { return }
    article.standfirst = Names.withoutSignature(found, of: article.authors.map(\.name))
    fired[ArticleRules.Field.standfirst.rawValue] = .generic
  }

  private typealias Body = (blocks: [WalkedBlock], pictureNodes: [Node], containers: [Node])

  private mutating func bodyByRule(of article: Article) -> Body? {
    guard let rules else { return nil }
    func walked(_ nodes: [Node], in root: Node) -> Body {
      let removed = Set(rules.bodyRemove.flatMap { $0.nodes(at: root) })
      let subheads = Set(rules.subheads.flatMap { $0.nodes(at: root) })
      let nodes = TextBetween.filled(RuleBody.outsideBoxes(nodes.filter { !removed.contains($0) }), removed: removed)
      let chosen = Set(nodes)
      var walker = BodyWalker(
        base: page.base, subheads: subheads, breaks: rules.breaks,
        skips: { removed.contains($0) || RuleBody.isSideBox($0, in: chosen) })
      let blocks = walker.blocks(of: nodes)
      return (blocks, walker.pictureNodes, nodes)
    }
    var best: (body: Body, rule: ValueRule, weight: Double)?
    for rule in rules.fields[.body] ?? [] {
      let nodes = rule.nodes(in: page, at: root)
      var body: Body
      if !nodes.isEmpty {
        body = walked(nodes, in: root)
      } else if let data = dataBody(rule.values(in: page, at: root, keepingLines: true)) {
        body = walked(data.element.map { [$0] } ?? [], in: data.root)
      } else {
        continue
      }
      body.blocks = RuleBody.cleared(body.blocks, headline: article.headline, standfirst: article.standfirst)
      body.blocks = RuleBody.withoutInvitations(PullQuotes.removed(from: body.blocks), on: page)
      body.blocks = Biography.removed(from: body.blocks, of: article.authors.map(\.name))
      let weight = Self.weight(body.blocks)
      // The first candidate wins, unless what it finds is a scrap of what a later one does: on another layout it may
      // match two stray paragraphs.
      guard weight > 0, best.map({ $0.weight * 3 < weight }) ?? true else { continue }
      best = (body, rule, weight)
    }
    guard let best else { return nil }
    isByFirstBodyRule = best.rule === rules.fields[.body]?.first
    if !isByFirstBodyRule, !agreesWithGeneric(best.body.blocks, headline: article.headline) { return nil }
    if best.weight < Self.scrap, let generic = GenericBody(page: page).find(),
      best.body.containers.contains(where: { generic.container.contains($0) && generic.container != $0 }),
      Self.weight(generic.blocks) > max(600, best.weight * 3), ShortBody.isRest(generic.blocks, of: best.body.blocks)
    {
      return nil
    }
    fired[ArticleRules.Field.body.rawValue] = best.rule.origin
    return best.body
  }

  /// Whether a body found by another rule than the first, as on a layout that nobody wrote rules for, is about what the
  /// generic extractor finds: a rule that was right for one layout may match a list of other articles on the next.
  private func agreesWithGeneric(_ blocks: [WalkedBlock], headline: String) -> Bool {
    guard let found = GenericBody(page: page).find() else { return true }
    let generic = BlockFilter(page: page, headline: headline, standfirst: nil).filtered(found.blocks)
    let texts = Set(blocks.map { Lines.squeezed($0.text) })
    let common = generic.filter { texts.contains(Lines.squeezed($0.text)) }
    let weight = Self.weight(generic)
    if weight < Self.scrap { return true }
    return Self.weight(common) > weight * 0.7 && Self.weight(blocks) < weight * 1.3
  }

  /// Characters below which a body found by rule is doubted, where the generic extractor finds one around it.
  private static let scrap = 250.0

  private static func weight(_ blocks: [WalkedBlock]) -> Double {
    blocks.reduce(0) { $0 + $1.weight }
  }

  /// A body that is data, as a document of its own: HTML, or paragraphs between line breaks.
  private func dataBody(_ texts: [String]) -> Document? {
    if texts.isEmpty { return nil }
    let markup = texts.map { text in
      text.holds("</") || text.holds("<br")
        ? text : text.split(separator: "\n").map { "<p>\($0.escapedForHTML)</p>" }.joined()
    }.joined()
    return try? Document(html: Array("<div>\(markup)</div>".utf8), contentType: "text/html; charset=utf-8")
  }

  // MARK: The whole

  private func isPartial(_ article: Article) -> Bool {
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
