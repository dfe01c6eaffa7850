import Articles
import Manifest
import Markup
import Values

/// Finds the pictures of a page, tells lead from inline, and puts them into their places in the body.
struct PictureCollector {
  let page: Page
  let rules: CompiledImageRules?

  /// `isOtherLayout` says that the rules for the body found nothing: the page is of a kind they were not written for,
  /// and where those for pictures find nothing either, pictures are surveyed as without rules.
  func collect(
    blocks: [WalkedBlock], pictureNodes: [Node], containers: [Node], isOtherLayout: Bool = false
  ) -> (pictures: [Picture], blocks: [Block], origins: [String: RuleOrigin]) {
    let roots = roots(containers)
    var origins: [String: RuleOrigin] = ["images": .generic]
    var matches: [Node]?
    if let rules, !rules.select.isEmpty {
      let (nodes, rule) = selected(rules, below: roots)
      if let rule { origins["images"] = rule.origin }
      if !nodes.isEmpty || !isOtherLayout { matches = nodes }
    }
    let leads = Set((rules?.lead ?? []).flatMap { rule in roots.flatMap { rule.nodes(at: $0) } })
    let firstText = blocks.first { walked in
      if case .figure = walked.block { return false }
      if case .heading = walked.block { return false }
      return true
    }?.node
    let reader = PictureReader(page: page, rules: rules)

    var pictures: [Picture] = []
    var indexes: [String: Int] = [:]
    // Which picture each match became.
    var indexByNode: [(node: Node, index: Int)] = []
    for node in bounded(matches ?? surveyed(blocks, containers, pictureNodes), roots) {
      guard let (read, words) = reader.read(node) else { continue }
      var picture = read
      for (key, origin) in words where origins[key] == nil { origins[key] = origin }
      let identity = ImageSources.identity(picture.renditions[0].href)
      if let known = indexes[identity] {
        Self.merge(picture, into: &pictures[known])
        indexByNode.append((node, known))
        continue
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
    return (pictures, blocks.compactMap { place($0.block) }, origins)
  }

  /// The matches between the bounds that rules set: none before the first match of `from`, none after the last of `to`.
  private func bounded(_ matches: [Node], _ roots: [Node]) -> [Node] {
    guard let rules, !rules.from.isEmpty || !rules.to.isEmpty else { return matches }
    func first(_ rules: [NodeRule], _ choose: ([Node]) -> Node?) -> Node? {
      for rule in rules {
        if let node = choose(roots.flatMap { rule.nodes(at: $0) }) { return node }
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
  private func roots(_ containers: [Node]) -> [Node] {
    let page = page.document.root
    guard let other = containers.first?.document, other !== page.document else { return [page] }
    return [page, other.root]
  }

  private func selected(_ rules: CompiledImageRules, below roots: [Node]) -> (nodes: [Node], rule: NodeRule?) {
    for rule in rules.select {
      let nodes = roots.flatMap { rule.nodes(at: $0) }.filter(\.isElement)
      if !nodes.isEmpty { return (Self.outermost(nodes), rule) }
    }
    return ([], nil)
  }

  /// Nodes that are in no other of the list.
  private static func outermost(_ nodes: [Node]) -> [Node] {
    var kept: [Node] = []
    for node in nodes where !(kept.last?.contains(node) ?? false) { kept.append(node) }
    return kept
  }

  // MARK: Without rules

  /// Pictures between the start of the article and its last text, those of side matter left out.
  private func surveyed(_ blocks: [WalkedBlock], _ containers: [Node], _ inBody: [Node]) -> [Node] {
    let texts = blocks.filter { if case .figure = $0.block { false } else { true } }
    guard let last = texts.last?.node, let scope = scope(containers) else { return [] }
    var found: [Node] = []
    func visit(_ node: Node) {
      for child in node.elements {
        if Self.pictureElements.contains(child.name) {
          found += Self.single(child)
          continue
        }
        if BodyWalker.isSilent(child), child.name != "noscript" { continue }
        if child.name == "noscript", !found.isEmpty { continue }
        if isSideMatter(child), !containers.contains(where: { child.contains($0) }) { continue }
        visit(child)
      }
    }
    visit(scope)
    for node in inBody where !found.contains(where: { $0 == node || $0.contains(node) || node.contains($0) }) {
      found.append(node)
    }
    found.sort { $0 != $1 && $0.precedes($1) }
    return found.filter { $0.precedes(last) || last.contains($0) || $0 == last }
  }

  /// A figure with several pictures, a gallery, gives each of them.
  private static func single(_ node: Node) -> [Node] {
    guard node.name == "figure" else { return [node] }
    let inner = node.descendants(named: ["figure"])
    if inner.count > 1 { return inner }
    return [node]
  }

  private func isSideMatter(_ node: Node) -> Bool {
    ["nav", "footer", "aside", "form", "button", "ul"].contains(node.name)
      || ClassTokens(node).containsAny(Self.sideTokens)
  }

  /// The element that holds headline and body together: where lead pictures stand.
  private func scope(_ containers: [Node]) -> Node? {
    guard let container = containers.first else { return nil }
    if containers.count > 1 || !["article", "main", "body"].contains(container.name) {
      if let around = container.ancestors.first(where: { $0.name == "article" || $0.name == "main" }) { return around }
    }
    let head = page.document.root.descendants(named: ["h1"]).first { !BodyWalker.isSilent($0) }
    guard let head, !container.contains(head) else { return container }
    return container.ancestors.first { $0.contains(head) } ?? container
  }

  private static let pictureElements: Set<String> = ["figure", "picture", "img", "amp-img"]
  private static let sideTokens: Set<String> = [
    "related", "relatedarticles", "relatedcontent", "newsletter", "promo", "share", "sharing", "social", "comments",
    "ad", "ads", "advert", "advertisement", "sponsor", "sponsored", "sidebar", "breadcrumb", "breadcrumbs",
    "navigation",
    "menu", "recommended", "recommendations", "recirc", "readmore", "mostread", "trending", "tags", "outbrain",
    "taboola",
    "authorbio", "authorbox", "author", "authors", "byline", "bylines", "avatar", "logo", "logos", "icon", "icons",
    "teaser",
    "teasers", "widget", "podcast", "toolbar", "profile", "headshot", "autor", "topbar",
  ]
}
