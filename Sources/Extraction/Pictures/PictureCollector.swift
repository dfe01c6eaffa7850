import Articles
import Manifest
import Markup
import Values

/// Finds the pictures of a page, tells lead from inline, and puts them into their places in the body.
struct PictureCollector {
  let page: Page
  let rules: CompiledImageRules?
  /// The names of those who wrote the article.
  let authors: [String]

  /// Where `select` finds nothing, the pictures that the body holds are taken; when `isOtherLayout` says that the
  /// body's first rule found nothing either, as on a page they were not written for, pictures are surveyed as without
  /// rules.
  func collect(
    blocks: [WalkedBlock], pictureNodes: [Node], containers: Containers, isOtherLayout: Bool = false
  ) -> (pictures: [Picture], blocks: [Block], origins: [String: RuleOrigin], printed: [String]) {
    let roots = roots(containers)
    let firstText = blocks.first { walked in
      if case .figure = walked.block { return false }
      if case .heading = walked.block { return false }
      return true
    }?.node
    var origins: [String: RuleOrigin] = ["images": .generic]
    var matches: [Node]?
    if let rules, !rules.select.isEmpty {
      let (all, rule) = selected(rules, below: roots)
      if let rule {
        let nodes = withoutCards(all, behind: firstText, containers)
        origins["images"] = rule.origin
        let others = FiguresBetween(collector: self).find(blocks, besides: nodes)
        matches = others.isEmpty ? nodes : (nodes + others).sorted { $0 != $1 && $0.precedes($1) }
      } else if !isOtherLayout {
        matches = pictureNodes
      }
    }
    let leads = Set((rules?.lead ?? []).flatMap { rule in roots.flatMap { rule.nodes(at: $0, in: page) } })
    let nodes = bounded(matches ?? surveyed(blocks, containers, pictureNodes), roots).prefix(Self.most)
    var reader = PictureReader(page: page, rules: rules, isOtherLayout: isOtherLayout)
    // Rules that find the words of none of the pictures are for another layout as well.
    if !isOtherLayout, !nodes.contains(where: reader.hasWordsByRule) { reader.isOtherLayout = true }

    var pictures: [Picture] = []
    // Words below pictures as they are printed, those of pictures that are left out with them.
    var printed: [String] = []
    var thumbnails: [(node: Node, picture: Picture)] = []
    var indexes: [String: Int] = [:]
    // Which picture each match became.
    var indexByNode: [(node: Node, index: Int)] = []
    func take(_ node: Node, _ read: Picture) {
      var picture = read
      let identity = page.identity(picture.renditions[0].href)
      if let known = indexes[identity] {
        Self.merge(picture, into: &pictures[known])
        indexByNode.append((node, known))
        return
      }
      if leads.isEmpty {
        picture.isLead =
          firstText.map { node.document !== $0.document || node.precedes($0) || node.contains($0) } ?? true
      } else {
        picture.isLead = leads.contains { $0.contains(node) || node.contains($0) }
      }
      indexes[identity] = pictures.count
      indexByNode.append((node, pictures.count))
      pictures.append(picture)
    }
    for node in nodes {
      guard let (read, words, below) = reader.read(node) else { continue }
      if let below { printed.append(below) }
      if matches == nil {
        if ImageSources.isFurniture(read.renditions[0].href) || isPortrait(read) || isPersonBox(node, read) { continue }
        if isThumbnail(read) {
          thumbnails.append((node, read))
          continue
        }
        if let caption = read.caption, Self.isAnnounced(caption) { continue }
        if isFilm(node) || isTimed(node, read.caption, reader),
          !pictures.isEmpty || !mayLead(node, firstText, containers)
        {
          continue
        }
      }
      for (key, origin) in words where origins[key] == nil { origins[key] = origin }
      take(node, read)
    }
    if pictures.isEmpty, let stated = statedLead(matches, reader) { pictures = [stated] }
    // Small, and the only one: an old page's picture. Others may be small copies of what stands there at large.
    let isOnly = pictures.isEmpty && thumbnails.count == 1
    for (node, small) in thumbnails where isOnly || indexes[page.identity(small.renditions[0].href)] != nil {
      take(node, small)
    }
    nameInBrackets(&pictures, printed)
    var placed: Set<Int> = []
    func place(_ block: Block) -> Block? {
      switch block {
      case .figure(let number):
        guard pictureNodes.indices.contains(number) else { return nil }
        let node = pictureNodes[number]
        guard
          let found = indexByNode.first(where: { $0.node == node || $0.node.contains(node) || node.contains($0.node) }),
          placed.insert(found.index).inserted
        else { return nil }
        return .figure(found.index)
      case .quote(let inner):
        let kept = inner.compactMap(place)
        return kept.isEmpty ? nil : .quote(kept)
      case .list(let ordered, let items):
        let kept = items.map { $0.compactMap(place) }.filter { !$0.isEmpty }
        return kept.isEmpty ? nil : .list(ordered: ordered, kept)
      default: return block
      }
    }
    return (pictures, blocks.compactMap { place($0.block) }, origins, printed)
  }

  /// Whether the words below a picture end in how long a film takes, in an element of its own; an hour stands in a
  /// sentence.
  private func isTimed(_ node: Node, _ caption: String?, _ reader: PictureReader) -> Bool {
    guard let caption, caption.utf8.last.map(Digits.isDigit) ?? false,
      let length = caption.firstMatch(of: Self.length)?.output.1
    else { return false }
    return reader.frame(around: node).descendants.contains { $0.elements.isEmpty && $0.text == length }
  }

  nonisolated(unsafe) private static let length = /(?:^|\s)(\d{1,2}:\d\d)$/

  /// Whether the words below a picture say that it is an advertisement.
  private static func isAnnounced(_ caption: String) -> Bool {
    caption.utf8.count < 40
      && Boilerplate.opens(
        String(caption.drop { !$0.isLetter }.reversed().drop { !$0.isLetter }.reversed()), linked: .most)
  }

  /// Whether a picture shows who wrote the article: it is described by the name alone and says nothing of its own.
  private func isPortrait(_ picture: Picture) -> Bool {
    guard picture.caption == nil || picture.caption == picture.alt else { return false }
    let alt = picture.alt ?? ""
    // A file may be called by who sent it, and be described by what it shows.
    let isDescribed = alt.split(separator: " ").count > 4 && !authors.contains { alt.holds($0) }
    if !isDescribed, let file = picture.renditions.first?.href,
      authors.contains(where: { Self.isNamed(file, after: $0) })
    {
      return true
    }
    guard !alt.isEmpty, alt.utf8.count < 120 else { return false }
    let words = Comparable.folded(alt).split(separator: " ").count
    return authors.contains { name in
      let name = Comparable.folded(name)
      return name.holds(" ") && Comparable.folded(alt).holds(name) && words <= name.split(separator: " ").count + 3
    }
  }

  /// Whether a file is called by a name: `anna-baecker-100.jpg` for Anna Bäcker.
  private static func isNamed(_ href: String, after name: String) -> Bool {
    let file = href.prefix { $0 != "?" && $0 != "#" }.split(separator: "/").last.map { $0.lowercased() } ?? ""
    let words = name.lowercased().split(separator: " ").map { word in
      word.replacing("ä", with: "ae").replacing("ö", with: "oe").replacing("ü", with: "ue").replacing("ß", with: "ss")
    }
    return words.count > 1 && words.allSatisfy { $0.utf8.count > 2 } && file.hasPrefix(words.joined(separator: "-"))
      || words.count > 1 && file.hasPrefix(words.joined(separator: "_"))
  }

  /// The matches between the bounds that rules set: none before the first match of `from`, none after the last of `to`.
  private func bounded(_ matches: [Node], _ roots: [Node]) -> [Node] {
    guard let rules, !rules.from.isEmpty || !rules.to.isEmpty else { return matches }
    func first(_ rules: [NodeRule], _ choose: ([Node]) -> Node?) -> Node? {
      for rule in rules {
        if let node = choose(roots.flatMap { rule.nodes(at: $0, in: page) }) { return node }
      }
      return nil
    }
    let start = first(rules.from, \.first)
    let end = first(rules.to, \.last)
    return matches.filter { match in
      if let start, start.document === match.document, match.precedes(start), !match.contains(start) { return false }
      if let end, end.document === match.document, end.precedes(match), !end.contains(match) { return false }
      return true
    }
  }

  /// The same picture met twice: all its files, and the words that were missing.
  private static func merge(_ other: Picture, into picture: inout Picture) {
    let known = Set(picture.renditions.map(\.href))
    picture.renditions += other.renditions.filter { !known.contains($0.href) }
    picture.caption = picture.caption ?? other.caption
    picture.credit = picture.credit ?? other.credit
    picture.alt = picture.alt ?? other.alt
  }

  /// The page, and the document that a body out of data is.
  private func roots(_ containers: Containers) -> [Node] {
    let page = page.document.root
    guard let other = containers.nodes.first?.document, other !== page.document else { return [page] }
    return [page, other.root]
  }

  private func selected(_ rules: CompiledImageRules, below roots: [Node]) -> (nodes: [Node], rule: NodeRule?) {
    for rule in rules.select {
      let nodes = roots.flatMap { rule.nodes(at: $0, in: page) }.filter(\.isElement)
      if !nodes.isEmpty { return (Self.outermost(nodes).flatMap(Self.figures), rule) }
    }
    return ([], nil)
  }

  /// Nodes that are in no other of the list.
  private static func outermost(_ nodes: [Node]) -> [Node] {
    var kept: [Node] = []
    for node in nodes where !(kept.last?.contains(node) ?? false) { kept.append(node) }
    return kept
  }

  /// The figures of a gallery that is a figure itself; other nodes as they are.
  private static func figures(of node: Node) -> [Node] {
    guard node.name == "figure" else { return [node] }
    if let slides = slides(of: node) { return slides }
    let inner = node.descendants(named: ["figure"]).filter { $0.holds(.images) }
    return inner.count > 1 ? inner : [node]
  }

  // MARK: Without rules

  /// Pictures between the start of the article and its last text, those of side matter left out.
  private func surveyed(_ blocks: [WalkedBlock], _ containers: Containers, _ inBody: [Node]) -> [Node] {
    let texts = blocks.filter { if case .figure = $0.block { false } else { true } }
    let around = page.headlinePlace.node?.ancestors.first { $0.isOne(of: .wholes) }
    guard let scope = scope(containers) ?? around else { return [] }
    // A gallery's pictures stand below its text, if there is any.
    let last = page.kind == .gallery ? nil : texts.last?.node
    var found: [Node] = []
    func visit(_ node: Node) {
      for child in node.elements {
        if child.isOne(of: Self.pictureElements) || ImageSources.isCustomPicture(child) {
          found += single(child)
          continue
        }
        if BodyWalker.isSilent(child), child.name != "noscript" { continue }
        // The picture for readers without scripts, where its lazy twin names no file.
        if child.name == "noscript", holdsPicture(besides: child) { continue }
        if isSideMatter(child), !containers.standIn(child) { continue }
        if isTeaser(child) { continue }
        visit(child)
      }
    }
    visit(scope)
    found = Array(found.prefix(Self.most))
    for node in inBody.prefix(Self.most)
    where !found.contains(where: { $0 == node || $0.contains(node) || node.contains($0) }) {
      found.append(node)
    }
    found.sort { $0 != $1 && $0.precedes($1) }
    if let first = texts.first?.node, !found.contains(where: { $0.precedes(first) || $0.contains(first) }),
      let lead = leadBefore(scope), !leadsElsewhere(lead, containers)
    {
      found.insert(lead, at: 0)
    }
    return found.filter { node in
      let isIn = last.map { node.precedes($0) || $0.contains(node) || node == $0 } ?? true
      return (isIn || isClosing(node, containers)) && !leadsElsewhere(node, containers)
    }
  }

  /// Whether a figure with its caption ends a text: it stands behind the last paragraph, and leads nowhere.
  private func isClosing(_ node: Node, _ containers: Containers) -> Bool {
    node.name == "figure" && node.holds(.captions) && !node.holds(.links)
      && node.parent.map(containers.include) ?? false
  }

  /// Whether the element right before or behind names a file: the lazy twin. What stands farther off is another
  /// picture.
  private func holdsPicture(besides noscript: Node) -> Bool {
    [BodyWalker.beside(noscript, \.previousSibling), BodyWalker.beside(noscript, \.nextSibling)].contains { twin in
      guard let twin, twin.isElement, twin.name != "noscript" else { return false }
      return ImageSources.elements(in: twin).contains { !page.renditions(of: $0).isEmpty }
    }
  }

  func hasWords(_ node: Node) -> Bool {
    node.descendants.contains { inner in
      (inner.isOne(of: .captions) || ClassTokens(inner).containsAny(PictureReader.captionTokens)) && !inner.text.isEmpty
        && !inner.holds(.plainImages)
    }
  }

  /// A figure with several pictures, a gallery, gives each of them.
  private func single(_ node: Node) -> [Node] {
    guard node.name == "figure", node.count(of: ["figure", "img"]) > 1 else { return [node] }
    if let slides = Self.slides(of: node) { return slides }
    let inner = node.descendants(named: ["figure"])
    if inner.count > 1 { return inner }
    // Those that are large, each another one: beside them stand icons, and the same once more for readers without
    // scripts.
    var seen: Set<String> = []
    let images = node.descendants(named: .images).filter { image in
      guard ImageSources.pixels(image["width"]) ?? 0 >= Self.large, let file = page.renditions(of: image).first else {
        return false
      }
      return seen.insert(page.identity(file.href)).inserted
    }
    return images.count > 1 ? images : [node]
  }

  /// The items of a list in a figure, where each holds one picture and words.
  private static func slides(of figure: Node) -> [Node]? {
    let items = figure.descendants(named: ["li"])
    guard items.count > 1, items.allSatisfy({ $0.count(of: ["img"]) == 1 && !$0.text.isEmpty }) else { return nil }
    return items
  }

  private static let large = 300

  private func isSideMatter(_ node: Node) -> Bool {
    isNamedSideMatter(node) && !isCaptionedPicture(node)
  }

  /// Whether an element is no more than one picture and its caption, whatever it is called.
  func isCaptionedPicture(_ node: Node) -> Bool {
    guard node.isOne(of: Self.sideBoxes), !ClassTokens(node).containsAny(Self.personTokens),
      node.text.characterCount < 500, node.count(of: ["a"]) < 3,
      !node.holds(["h1", "h2", "h3", "h4", "ul", "ol", "form", "button"]), hasWords(node)
    else { return false }
    let files = ImageSources.elements(in: node).compactMap {
      page.renditions(of: $0).first.map { page.identity($0.href) }
    }
    return Set(files).count == 1
  }

  /// A portrait with a name and a role below it is no picture of the article.
  private static let personTokens: WordSet = [
    "author", "authors", "autor", "autoren", "auteur", "authorbio", "authorbox", "byline", "bylines", "avatar",
    "profile", "headshot", "journalist", "reporter", "logo", "logos", "icon", "icons", "ad", "ads", "advert",
    "advertisement", "sponsor", "sponsored", "promo", "newsletter", "podcast",
  ]
  private static let sideBoxes: ElementSet = ["aside", "div", "section"]

  func isNamedSideMatter(_ node: Node) -> Bool {
    if node.isOne(of: .sideElements) { return !isSlideshow(node) }
    let tokens = ClassTokens(node)
    // Systems call whatever they build a page of a widget, the article's picture too.
    let isWidget = tokens.containsAny(Self.widgetTokens) && !isPictureWidget(node, tokens)
    if isWidget || tokens.containsAny(Self.sideTokens) {
      // A grid may be named after the sidebar that it holds beside the article's head.
      return !node.holds(.headings)
    }
    // The article's own picture is called a teaser too, where it announces it elsewhere: that one leads nowhere.
    return tokens.containsAny(Self.teaserTokens) && node.holds(["a"])
      && !node.holds(.headings)
  }

  /// Whether a widget is a picture and no more: what leads somewhere or says something is an advertisement as well.
  private func isPictureWidget(_ node: Node, _ tokens: ClassTokens) -> Bool {
    tokens.containsAny(Self.pictureWidgets)
      && (!tokens.containsAny(Self.mediaWidgets) || tokens.containsAny(["elementor"]))
      && !node.holds(.links) && !node.ancestors.prefix(4).contains { $0.isOne(of: .links) }
      && !node.holds(["button", "form"])
      && node.descendants.allSatisfy { !$0.hasAttribute("onclick") && $0["role"] != "link" }
      && (hasWords(node) || node.text.isEmpty && isLargeOrShared(node))
  }

  /// Whether an element's picture is large, or that which the page gives to networks.
  private func isLargeOrShared(_ node: Node) -> Bool {
    let shared = page.meta.first("og:image").map(page.identity)
    return ImageSources.elements(in: node).contains { element in
      ImageSources.pixels(element["width"]) ?? 0 >= 400
        || page.renditions(of: element).contains { page.identity($0.href) == shared || $0.width ?? 0 >= 400 }
    }
  }

  /// Whether a list is one of pictures, each with its caption.
  private func isSlideshow(_ list: Node) -> Bool {
    let items = list.elements
    return !items.isEmpty && list.isOne(of: Self.lists)
      && items.allSatisfy { hasWords($0) && $0.holds(.images) && !$0.holds(Self.announced.subtracting(["p"])) }
  }

  private static let lists: ElementSet = ["ul", "ol"]

  /// The element that holds headline and body together: where lead pictures stand.
  private func scope(_ containers: Containers) -> Node? {
    guard let container = containers.nodes.first else { return nil }
    if containers.nodes.count > 1 || !container.isOne(of: .wholes) {
      let around = container.ancestors.first { $0.name == "article" || $0.name == "main" }
      if let around, page.headlinePlace.node.map(around.contains) ?? true || around.name == "main" { return around }
    }
    let head =
      page.headlinePlace.node ?? page.document.root.descendants(named: .headings).first { !BodyWalker.isSilent($0) }
    guard let head, !container.contains(head) else { return container }
    return container.ancestors.first { $0.contains(head) } ?? container
  }

  /// The longest galleries have some hundred pictures; pages with more elements of the kind mean none of them.
  static let most = 300
  static let announced: ElementSet = ["h2", "h3", "h4", "p"]
  private static let teaserTokens: WordSet = ["teaser", "teasers", "teaserbox", "linkbox", "embedarticle"]
  private static let widgetTokens: WordSet = ["widget"]
  private static let mediaWidgets: WordSet = ["mediaimage", "widgetmedia"]
  private static let pictureWidgets: WordSet = ["image", "picture", "photo", "featuredimage", "elementor"]
  private static let pictureElements: ElementSet = ["figure", "picture", "img", "amp-img"]
  private static let sideTokens: WordSet = [
    "related", "relatedarticles", "relatedcontent", "newsletter", "promo", "share", "sharing", "social", "comments",
    "ad", "ads", "advert", "advertisement", "sponsor", "sponsored", "sidebar", "breadcrumb", "breadcrumbs",
    "navigation", "menu", "recommended", "recommendations", "recirc", "readmore", "mostread", "trending", "tags",
    "outbrain", "taboola", "authorbio", "authorbox", "author", "authors", "byline", "bylines", "avatar", "logo",
    "logos", "icon", "icons", "podcast", "toolbar", "profile", "headshot", "autor", "topbar",
  ]
}
