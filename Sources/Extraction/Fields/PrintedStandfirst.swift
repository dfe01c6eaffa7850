import Articles
import Markup
import Values

/// The introduction that a page prints: named so, said by the page's description too, or a line of its own below the
/// headline.
extension GenericFields {
  /// The introduction as printed between the headline and `text`, where the body begins.
  func printedStandfirst(
    headline: String?, descriptions folded: Set<String>, before text: Node?, outside containers: Containers
  ) -> Node? {
    let foldedHeadline = headline.map(Comparable.folded)
    let head =
      headline.flatMap(headlineNode)
      ?? root.descendants(named: .headings).first { !BodyWalker.isSilent($0) && $0.text.count > 3 }
    if let part = head.flatMap({ Self.secondLine(of: $0, descriptions: folded) }) { return part }
    let pictureTexts = page.pictureTexts
    let aroundHead = Set(head.map { Array($0.ancestors) } ?? [])
    var named: Node?
    var near: Node?
    for node in root.descendants {
      let isHeading = node.name == "h4"
      guard node.isOne(of: Self.leadElements) || isHeading || node.name.holds("-"), !BodyWalker.isSilent(node) else {
        continue
      }
      let isNamed = ClassTokens(node).containsAny(Self.leadTokens) || node.isSet("itemprop", to: "description")
      if isHeading, !isNamed { continue }
      // Inside the body only a name tells a standfirst from the first paragraph.
      if !isNamed, node.elements.count < 3, !containers.hold(node),
        head.map({ $0.precedes(node) }) ?? false, let last = node.text.last, !last.isLetter,
        folded.contains(where: { Self.isDatelined(node.text, $0) })
      {
        return node
      }
      // A long line of the second level right below the headline is no subhead.
      let isBelow = node.name == "h2" && head.map { Self.isBelow(node, $0) } ?? false
      // A line of its own between the headline and whatever else there is.
      let isUnder = !isNamed && (head.map { Self.isLineUnder(node, $0) || Self.isListBelow(node, $0) } ?? false)
      guard
        isNamed || isBelow || isUnder
          || node.isOne(of: .introductions) && !containers.hold(node)
      else { continue }
      if let head, !head.precedes(node) || head.contains(node) { continue }
      if let text, node == text && !isNamed || !node.precedes(text) && node != text { break }
      if let text, node.contains(text), node != text { continue }
      // What holds the headline as well is no side matter, whatever else it is called after.
      let own = node.ancestors.prefix { !aroundHead.contains($0) }
      if own.contains(where: BodyWalker.isSilent) { continue }
      let isInHeader = isNamed && node.ancestors.dropFirst(own.count).first?.name == "header"
      if !isInHeader, own.contains(where: { GenericBody.looksLikeSideMatter($0) && $0.name != "header" }) { continue }
      if ([node] + own.prefix(3)).contains(where: Self.isCaption) { continue }
      let caption = node.descendants.prefix(20).first(where: Self.isCaption)
      let words = node.text
      // A box called "lead" may be that of the first picture.
      if let caption, !isNamed || caption.text.utf8.count * 2 > words.utf8.count { continue }
      let comparable = Comparable.folded(words)
      let length = words.characterCount
      // Scripts whose characters are words say as much in half of them.
      guard length >= 25 || TextMass.weight(words).weight >= 24, length <= 900, comparable != foldedHeadline,
        !pictureTexts.contains(comparable),
        !Boilerplate.matches(words, folded: comparable, linked: LinkedPart(of: node)), !Lines.isOffer(words)
      else { continue }
      let authors = Self.stated(page)
      if Biography.tells(words, of: authors) { continue }
      // Who wrote it, from where or as what: `Ann Able, Kyiv, and Bob Baker, Berlin`.
      if !isNamed, !folded.contains(comparable),
        node.name != "h2" && Biography.listsOne(of: authors, words)
          || words.utf8.count < 100 && !BlockFilter.endsSentence(words) && Self.isInByline(node, besides: head)
          || Lines.isReadingTime(words)
      {
        continue
      }
      // What is named as an introduction and stands first is one, whatever the page's description says; what a machine
      // made has a heading of its own, or is to be unfolded.
      if folded.contains(comparable) { return named.map { $0.holds(Self.boxParts) ? node : $0 } ?? node }
      if Self.isLink(node, saying: words) { continue }
      // Who wrote it and when.
      if words.holdsByte(where: Digits.isDigit), !BlockFilter.endsSentence(words) || words.hasSuffix(".m."),
        PrintedDate.isDated(node)
      {
        continue
      }
      let isPlain =
        node.count(of: ["p"]) <= 3 && !node.holds(["h1", "figure", "time"])
        && node.count(of: ["a"]) < 2
      if isNamed, named == nil, isPlain { named = node }
      if !isNamed, near == nil, isPlain, let head, isBelow || isUnder || Self.follows(node, head), words.count > 40 {
        near = node
      }
    }
    return named ?? near
  }

  /// Whether an element or the one around it is called after who wrote the article, and holds no more than that.
  private static func isInByline(_ node: Node, besides head: Node?) -> Bool {
    ([node] + node.ancestors.prefix(1)).contains { box in
      ClassTokens(box).containsAny(lineTokens) && !(head.map(box.contains) ?? false)
    }
  }

  /// Whether all that an element says stands in one link, as the title of another article does.
  private static func isLink(_ node: Node, saying words: String) -> Bool {
    node.descendants(named: .links).contains { $0.text == words && $0["href"].map { !$0.hasPrefix("#") } ?? false }
  }

  private static func stated(_ page: Page) -> [String] {
    var names: [String] = []
    func add(_ value: JSON) {
      switch page.resolved(value) {
      case .array(let elements): elements.forEach(add)
      case .object(let object): if let name = object["name"]?.string { names.append(name) }
      case .string(let name): names.append(name)
      default: break
      }
    }
    if let author = page.article?["author"] { add(author) }
    return names + page.meta["author"]
  }

  /// The words of an introduction, without those of its paragraphs that say who took the pictures or where to write to,
  /// and without a label that the page's descriptions do not have.
  static func words(ofStandfirst node: Node, descriptions folded: Set<String>) -> String {
    let parts = node.descendants(named: ["p", "li"])
    let kept = parts.filter { part in
      !Boilerplate.matches(part.text, linked: LinkedPart(of: part)) && !isInvitation(part)
    }
    // What heads the points of a story is none of them: `At a glance`.
    if let head = node.elements.first, head.isOne(of: .lowerHeadings), head.text.wordCount < 6,
      !BlockFilter.endsSentence(head.text), kept.count > 1, parts.allSatisfy({ $0.name == "li" }),
      node.elements.allSatisfy({ $0 == head || $0.isOne(of: .lists) || $0.isOne(of: pressed) })
    {
      return joined(kept.filter { item in !kept.contains { $0 != item && $0.contains(item) } }.map(\.text))
    }
    let isList = node.name == "ul"
    if parts.count > 1, kept.count < parts.count || isList, !kept.isEmpty { return joined(kept.map(\.text)) }
    return withoutLabel(node, folded)
  }

  /// The parts of an introduction as one text. Points that end no sentence would run into each other: each gets a line.
  static func joined(_ parts: [String]) -> String {
    guard var text = parts.first else { return "" }
    for (before, part) in zip(parts, parts.dropFirst()) {
      text += (BlockFilter.endsSentence(before) ? " " : "\n") + part
    }
    return text
  }

  /// Whether an item of a list asks readers to write, or leads to another article.
  private static func isInvitation(_ item: Node) -> Bool {
    item.name == "li"
      && item.descendants(named: .links).contains { link in
        link["href"]?.hasPrefix("mailto:") ?? false || link.text.utf8.count * 2 > item.text.utf8.count
      }
  }

  private static func withoutLabel(_ node: Node, _ descriptions: Set<String>) -> String {
    let text = node.text
    // A place before a full stop or a dash is where the text comes from.
    guard let label = node.elements.first?.text, label.last?.isLetter ?? false, label.utf8.count < 40,
      text.hasPrefix(label)
    else { return text }
    let rest = text.dropFirst(label.count).drop { $0.isWhitespace || $0 == ":" || $0 == "|" }
    return descriptions.contains(Comparable.folded(String(rest))) ? String(rest) : text
  }

  /// The part of a headline that says what the page's description says, and so is no part of it.
  private static func secondLine(of head: Node, descriptions folded: Set<String>) -> Node? {
    guard !folded.isEmpty, head.descendants.count < 12 else { return nil }
    return head.descendants.first { part in
      let text = part.text
      return text.utf8.count > 40 && text.utf8.count + 10 < head.text.utf8.count
        && folded.contains(Comparable.folded(text))
    }
  }

  /// Whether an element is a list of a few sentences right behind the headline, the points of the story.
  private static func isListBelow(_ node: Node, _ head: Node) -> Bool {
    guard node.name == "ul", head.parent == node.parent else { return false }
    var place = node.previousSibling
    while let before = place, !before.isElement { place = before.previousSibling }
    let items = node.elements
    return place == head && (2...6).contains(items.count)
      && items.allSatisfy { $0.name == "li" && (30...240).contains($0.text.characterCount) }
  }

  private static func isBelow(_ node: Node, _ head: Node) -> Bool {
    var place = node.previousSibling
    while let before = place, !before.isElement { place = before.previousSibling }
    return place == head && node.text.characterCount > 60
  }

  /// Whether an element is a line and stands right behind the headline, not among the paragraphs of the text.
  private static func isLineUnder(_ node: Node, _ head: Node) -> Bool {
    // Most elements are told by where they stand.
    guard let parent = node.parent, holds(parent, head, levels: 3) else { return false }
    guard node.descendants.count < 12, node.descendants.allSatisfy({ $0.isOne(of: linePart) }) else { return false }
    let text = node.text
    guard text.utf8.count > 40 else { return false }
    // The wrappers around it that hold nothing else.
    var outer = node
    while let parent = outer.parent, parent.isElement, parent.descendants.count < 15, parent.text == text {
      outer = parent
    }
    guard let parent = outer.parent, follows(outer, head), !outer.holds(.images) else { return false }
    // Below a picture it is the caption.
    var place = outer.previousSibling
    while let before = place, !before.contains(head) {
      if before.isElement, before.isOne(of: .images) || before.holds(.images) { return false }
      place = before.previousSibling
    }
    guard Names.afterPrefix(text) == nil, !creditSigns.contains(where: { text.holds($0) }), !PrintedDate.isDated(node)
    else { return false }
    let isLong: (Node) -> Bool = { $0.text.utf8.count > 60 }
    if parent.elements.count(where: { $0.name == "p" && isLong($0) }) > 2 { return false }
    let next = parent.elements.drop { $0 != outer }.dropFirst().first { !$0.text.isEmpty }
    // Some systems wrap each paragraph of a text.
    if let next, next.name == outer.name, next["class"] == outer["class"], isLong(next),
      next.count(of: ["p"]) == outer.count(of: ["p"])
    {
      return false
    }
    return next.map {
      $0.name != outer.name || !isLong($0) || outer.name != "p" && ($0.holds(["p"]) || $0.holds(["time"]))
    } ?? true
  }

  /// Whether an element or one of the next around it holds the headline.
  private static func holds(_ box: Node, _ head: Node, levels: Int) -> Bool {
    var place: Node? = box
    for _ in 0..<levels {
      guard let around = place, around.isElement else { return false }
      if around.contains(head) { return true }
      place = around.parent
    }
    return false
  }

  private static let creditSigns = ["Foto:", "Fotos:", "Photo:", "Bild:", "Image:", "©"]
  private static let linePart: ElementSet = [
    "p", "h2", "h3", "div", "span", "em", "i", "b", "strong", "a", "br", "wbr", "q",
  ]

  /// Whether an element stands right behind the headline: beside it, nothing but labels between the two.
  private static func follows(_ node: Node, _ head: Node) -> Bool {
    guard node.name != "h3", let parent = node.parent, parent.contains(head) else { return false }
    var place = node.previousSibling
    while let before = place {
      if before.contains(head) { return true }
      if before.isElement, before.text.characterCount > 30 { return false }
      place = before.previousSibling
    }
    return false
  }

  /// Whether a text is the description with the name of a place before it.
  private static func isDatelined(_ text: String, _ description: String) -> Bool {
    let (whole, part) = (text.characterCount, description.characterCount)
    guard whole > part, whole < part + 30 else { return false }
    return Comparable.folded(text).hasSuffix(description)
  }

  static func isLead(_ node: Node) -> Bool { ClassTokens(node).containsAny(leadTokens) }

  private static func isCaption(_ node: Node) -> Bool {
    node.name == "figure" || node.name == "figcaption" || ClassTokens(node).containsAny(PictureReader.captionTokens)
  }

  private static let pressed: ElementSet = ["button"]
  private static let boxParts: ElementSet = ["h2", "h3", "h4", "button"]
  private static let leadElements: ElementSet = [
    "p", "div", "h2", "h3", "section", "header", "span", "strong", "b", "ul",
  ]
  private static let leadTokens: WordSet = [
    "standfirst", "lead", "lede", "leadtext", "articlelead", "intro", "introtext", "introduction", "dek", "deck",
    "subtitle", "subheadline", "subheading", "subhead", "summary", "excerpt", "vorspann", "chapo", "chapeau", "anriss",
    "teasertext", "abstract", "ingress", "manchet", "underrubrik", "bajada", "entradilla", "sommario", "occhiello",
    "sottotitolo", "perex", "articlesubtitle", "articleintro", "articlesummary", "articleteaser", "storyintro",
    "description", "standfirsttext", "articledek", "preamble", "kurztext", "shorttext", "einleitung", "subtitulo",
    "linhafina", "articledescription", "header2", "epigraph", "epigrafe", "subheader", "subline", "unterzeile",
    "unterzeilen", "anreisser", "anleser", "teaserlead", "accroche", "copete", "sumario", "volanta", "gravata", "olho",
    "catenaccio", "sommaire", "undertitel", "underrubrikk", "rubrikk", "ingressi", "zajawka", "opener", "bevezeto",
    "sapou", "spot", "ozet", "sapo", "anons", "podnaslov", "prologos", "artdek", "headdek", "headerdek", "hed2",
    "leadin", "leadparagraph", "articlelede", "storylead", "storydek", "postexcerpt", "postsubtitle", "entrysubtitle",
    "subhed", "nutgraf", "tagline", "blurb", "synopsis", "strapline", "subtit", "articleexcerpt", "textoverview",
    "articledeck", "headerdek", "contentheaderdek", "articlestrapline",
  ]
}
