import Articles
import Manifest
import Markup
import Values

// The body of a page, and what is read beside it: the standfirst, the pictures, the entries of a live blog.
extension PageReading {
  mutating func readBody(into article: inout Article) {
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
    article.body = Self.withoutPictureTexts(
      pictures.blocks, pictures.pictures, pictures.printed, keepingSentences: isByRule)
    if !article.pictures.isEmpty { fired.merge(pictures.origins) { _, new in new } }
  }

  /// The blocks without paragraphs that say no more than the words below a picture.
  ///
  /// - Parameter keepingSentences: whether sentences stay though they stand beside the picture: a rule finds the body,
  ///   and leaves captions out of it.
  private static func withoutPictureTexts(
    _ blocks: [Block], _ pictures: [Picture], _ printed: [String], keepingSentences: Bool
  ) -> [Block] {
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
      if keepingSentences || !isBeside, BlockFilter.endsSentence(text) { return true }
      return !words.contains(Lines.squeezed(text))
    }.map { blocks[$0] }
  }

  /// The entries of a live blog; where the page itself shows no text yet, as when scripts load it, they are the body.
  mutating func readEntries(into article: inout Article) {
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
    if found == nil, let description = descriptions.first(where: { !saysCaption($0) }) {
      // A description that is the opening cut short would be read twice.
      let stem = Lines.squeezed(description).prefix(40)
      let first = prose.first.flatMap { first in blocks.firstIndex { $0.node == first.node } } ?? 0
      let opens = blocks.prefix(first + 1).contains { walked in
        Lines.squeezed(walked.text).hasPrefix(stem)
      }
      if !opens, !Self.isBeginning(description, of: all), !isOfSite(description) { found = description }
    }
    guard let found else { return }
    article.standfirst = Names.withoutSignature(found, of: article.authors.map(\.name))
    fired[ArticleRules.Field.standfirst.rawValue] = .generic
  }

  /// Whether a description is what the site says of itself below its name.
  private func isOfSite(_ description: String) -> Bool {
    let folded = Comparable.folded(description)
    return page.document.root.descendants.contains { node in
      node.isNamed(in: Self.sitesLines) && Comparable.folded(node.text) == folded
    }
  }

  private static let sitesLines: WordSet = [
    "sitedescription", "sitetagline", "siteslogan", "blogdescription", "descriptionwrapper", "headertagline",
  ]

  /// Whether a description is how a text of several short paragraphs begins, cut off where it was long enough.
  private static func isBeginning(_ description: String, of paragraphs: [WalkedBlock]) -> Bool {
    let beginning = Lines.squeezed(description)
    guard beginning.characterCount > 40 else { return false }
    var opening = ""
    for walked in paragraphs.prefix(12) where opening.utf8.count < beginning.utf8.count {
      opening += Lines.squeezed(walked.text)
    }
    return opening.hasPrefix(beginning)
  }

  /// Whether a description is the caption of one of the page's pictures: some systems take the one for the other.
  private func saysCaption(_ description: String) -> Bool {
    let said = Set([description, PictureCredits.split(description, boldly: true).caption].map(Comparable.folded))
    return page.document.root.descendants(named: .captions).prefix(100).contains { caption in
      guard !caption.ancestors.contains(where: { $0.isOne(of: .ofOthers) || $0.isOne(of: .links) }) else {
        return false
      }
      let text = caption.text
      return [text, PictureCredits.split(text, boldly: true).caption].contains {
        said.contains(Comparable.folded($0))
      }
    }
  }

  private typealias Body = (blocks: [WalkedBlock], pictureNodes: [Node], containers: [Node])

  private mutating func bodyByRule(of article: Article) -> Body? {
    guard let rules else { return nil }
    let page = page
    func walked(_ nodes: [Node], in root: Node) -> Body {
      let removed = Set(rules.bodyRemove.flatMap { $0.nodes(at: root, in: page) })
      let subheads = Set(rules.subheads.flatMap { $0.nodes(at: root, in: page) })
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
        ? text : text.split(whereSeparator: \.isNewline).map { "<p>\($0.escapedForHTML)</p>" }.joined()
    }.joined()
    return try? Document(html: Array("<div>\(markup)</div>".utf8), contentType: "text/html; charset=utf-8")
  }
}
