import Articles
import Markup
import Values

/// Finds the body on a page whose publisher nobody described: the element with most running text and least of anything
/// else, walked into blocks, cleared of what only stands between paragraphs.
struct GenericBody {
  let page: Page

  struct Result {
    var blocks: [WalkedBlock]
    var pictureNodes: [Node]
    var container: Node
  }

  /// The body as it stands on the page, before anything is cleared from it.
  func find() -> Result? {
    guard let root = page.document.element else { return nil }
    let parts = TextParts(root)
    let raw = TextMass(parts, leavingOut: Self.asksForConsent)
    let total = raw[root].prose
    guard total > 0 else { return nil }
    var spared: Set<String> = []
    // Something named like a side matter is one, unless much of the text stands in it.
    func isSideMatter(_ node: Node) -> Bool {
      guard Self.looksLikeSideMatter(node) else { return false }
      if !spared.isEmpty, let name = node["class"], spared.contains(name) { return false }
      if Self.asksForConsent(node) { return true }
      // An offer is less than what it is made for.
      if SubscriptionOffer.isFound(in: node) { return raw[node].prose < total * 0.5 }
      return raw[node].prose < total * 0.35
        && !(raw[node].prose > (node.holds(.articles) ? 800 : 300) && Self.holdsNamedBody(node))
        && !Self.isCaptioned(node)
    }
    var mass = TextMass(parts, leavingOut: isSideMatter)
    if mass[root].prose < total * 0.2 {
      spared = Self.sharedNames(root, raw, total)
      if !spared.isEmpty { mass = TextMass(parts, leavingOut: isSideMatter) }
    }
    guard let found = StatedBody(page: page)?.container(root, mass) ?? best(scope(root, mass), mass) else {
      return nil
    }
    let container = Self.around(found, mass)
    let skips: (Node) -> Bool = { node in
      node != container
        && (isSideMatter(node) || Self.isLinkHeavy(node, mass[node]) || isTeaser(node) || Self.isForm(node, mass[node]))
    }
    var walker = BodyWalker(base: page.base, skips: skips)
    let walked = walker.blocks(of: Self.withTwins(container, mass))
    return Result(blocks: walked, pictureNodes: walker.pictureNodes, container: container)
  }

  /// The names of side matter that pieces share which hold much of the text together, on a page where next to nothing
  /// is left besides: a system may call each part of a text what others call a box beside it. What readers wrote is
  /// left out.
  private static func sharedNames(_ root: Node, _ raw: TextMass, _ total: Double) -> Set<String> {
    var prose: [String: (pieces: Int, weight: Double)] = [:]
    for node in root.descendants where node.isOne(of: .bodyBoxes) && raw[node].prose > 0 {
      guard looksLikeSideMatter(node), let name = node["class"], !asksForConsent(node),
        !([node] + node.ancestors).contains(where: { ClassTokens($0).containsAny(readersTokens) })
      else { continue }
      prose[name, default: (0, 0)].pieces += 1
      prose[name, default: (0, 0)].weight += raw[node].prose
    }
    return Set(prose.filter { $0.value.pieces > 1 && $0.value.weight > total * 0.35 }.keys)
  }

  private static let readersTokens: WordSet = [
    "comment", "comments", "commentlist", "disqus", "kommentar", "kommentare", "reactions", "replies", "footer",
    "navigation", "menu",
  ]

  /// Consent dialogs hold more running text than many an article.
  static func asksForConsent(_ node: Node) -> Bool {
    node.remembering(2) { findConsent(node) }
  }

  private static func findConsent(_ node: Node) -> Bool {
    guard node.name == "div" || node.name == "section" || node.name == "aside" else { return false }
    return ClassTokens(node).containsAny(consentTokens) && !node.holds(["h1", "article"])
  }

  private static let consentTokens: WordSet = [
    "onetrust", "cookiebot", "cybotcookiebotdialog", "didomi", "usercentrics", "gdpr", "ccpa", "consent",
    "cookieconsent", "cookiebanner", "cookienotice", "cookie", "cookies", "cmpbox", "privacymanager", "otsdk",
    "onetrustconsentsdk", "qccmp2", "spmessage", "truste", "trustarc", "iubenda", "cookieyes", "cmplz", "borlabs",
    "klaro", "axeptio", "cookiefirst", "termly", "osano",
  ]

  /// A link around a headline or a paragraph leads to another article, and so does a small box with a headline that is
  /// a link.
  func isTeaser(_ node: Node) -> Bool {
    if node.name == "a" {
      let inside = node.descendants
      return inside.contains { $0.isOne(of: .linkedHeads) } && !inside.contains { $0.name == "figcaption" }
    }
    guard node.isOne(of: .entries), node.descendants.count < 60, let head = node.first(of: .lowerHeadings),
      let link = head.first(of: .links) ?? head.ancestors.prefix(2).first(where: { $0.isOne(of: .links) }),
      link.text.utf8.count >= head.text.utf8.count, node.text.utf8.count < 600,
      let url = link["href"].flatMap({ WebURL($0, relativeTo: page.base) })
    else { return false }
    // Sentences before it make it a part of them.
    let text = node.text
    if let start = text.firstRange(of: head.text)?.lowerBound, text[..<start].utf8.count > 100 { return false }
    // An article inside the article is another one; of another box its length and address tell.
    let isOther = node.name == "article" || head.text.utf8.count > 20 && RelatedLinks.looksLikeArticle(url)
    return isOther && GenericFields.isSameSite(url.host, page.url.host) && url.path != page.url.path
  }

  /// The container, and its siblings of the same name and class when the body is cut into such pieces.
  private static func withTwins(_ container: Node, _ mass: TextMass) -> [Node] {
    guard let parent = container.parent, let name = container["class"], !name.isEmpty else { return [container] }
    let twins = parent.elements.filter { node in
      node.name == container.name && node["class"] == name && mass[node].prose > mass[container].prose * 0.1
    }
    return twins.contains(container) ? twins : [container]
  }

  /// The element around a single paragraph, where others that are called alike stand beside it: of a short text the
  /// longest may outweigh the whole, as short lines count for nothing in elements that are no paragraphs by name.
  private static func around(_ found: Node, _ mass: TextMass) -> Node {
    func isParagraph(_ node: Node) -> Bool {
      var inmost = node
      while let only = inmost.elements.first, inmost.elements.count == 1, only.name == "div" { inmost = only }
      return !inmost.hasChild(of: BodyWalker.blockElements) && mass[node].all > 0
        && mass[node].linked < mass[node].all * 0.3
    }
    guard found.name == "div", isParagraph(found) else { return found }
    var node = found
    while let parent = node.parent, parent.name == "div", parent.elements.count == 1 { node = parent }
    guard let parent = node.parent, mass[parent].linked < mass[parent].all * 0.3 else { return found }
    let others = parent.elements.filter {
      $0 != node && $0.name == node.name && $0["class"] == node["class"] && isParagraph($0)
    }
    let weight = others.reduce(mass[node].all) { $0 + mass[$1].all }
    return others.contains { BlockFilter.endsSentence($0.text) } && weight > mass[parent].all * 0.6 ? parent : found
  }

  /// Whether an element named as a body stands inside, as in `sidebar-grid` around `article-body`.
  private static func holdsNamedBody(_ node: Node) -> Bool {
    node.descendants.contains {
      $0.isOne(of: .bodyBoxes) && ClassTokens($0).containsAny(bodyTokens)
    }
  }

  /// A picture and its caption may stand in a box that is named after the caption.
  private static func isCaptioned(_ node: Node) -> Bool {
    guard node.isOne(of: pictureBoxes), node.holds(.images) else { return false }
    let tokens = ClassTokens(node)
    return tokens.containsAny(PictureReader.captionTokens) || node.name == "a" && tokens.containsAny(enlarging)
  }

  private static let pictureBoxes: ElementSet = ["div", "section", "article", "table", "dl", "span", "a"]
  /// What a link is called that shows its picture at large.
  private static let enlarging: WordSet = ["lightbox"]

  /// A group that is mostly links leads elsewhere.
  private static func isLinkHeavy(_ node: Node, _ mass: TextMass.Mass) -> Bool {
    guard node.isOne(of: .linkBoxes), mass.all > 40 else { return false }
    return mass.linked > mass.all * 0.6 && mass.prose < mass.all * 0.25 && node.count(of: .links) > 1
  }

  /// A box with a field for an address, or a line beside a button: to sign up, to listen, to share.
  private static func isForm(_ node: Node, _ mass: TextMass.Mass) -> Bool {
    guard node.isOne(of: .bodyBoxes), mass.all < 600, mass.paragraphs < 3 else { return false }
    if node.holds(fields) { return !node.holds(.plainImages) || node.holds(inputs) }
    return mass.all < 120 && node.holds(buttons) && !node.holds(.textParts)
  }

  static let fields: ElementSet = ["form", "input"]
  private static let inputs: ElementSet = ["input"]
  private static let buttons: ElementSet = ["button"]

  // MARK: Container

  /// The main part or article that the headline stands in, when much of the text does; all of the page otherwise. Lists
  /// of other articles beside it may hold more text than a short article.
  private func scope(_ root: Node, _ mass: TextMass) -> Node {
    if let post = ownPost(mass) { return post }
    let all = page.headlinePlace.node.map { $0.ancestors.filter { $0.isOne(of: Self.scopes) } } ?? []
    // The inmost article, when it holds much of the text: beside it may stand others.
    if let own = all.first, own.name == "article", mass[own].prose > mass[root].prose * 0.3, mass[own].paragraphs > 3 {
      return own
    }
    let around = all.last
    guard let around, mass[around].prose > mass[root].prose * 0.1, mass[around].paragraphs > 2 else { return root }
    return around
  }

  private static let scopes: ElementSet = ["main", "article"]

  /// The post that the headline stands in, where others follow it, each under a headline of its own: such pages go on
  /// as they are read.
  private func ownPost(_ mass: TextMass) -> Node? {
    guard let head = page.headlinePlace.node, head.isOne(of: Self.postHeads) else { return nil }
    let names = ElementSet([head.name])
    func isPost(_ node: Node) -> Bool { mass[node].paragraphs > 2 && node.count(of: names) == 1 }
    for box in head.ancestors.prefix(6) where !box.isOne(of: Self.pages) {
      guard let name = box["class"], !name.isEmpty, isPost(box), let parent = box.parent else { continue }
      let isFollowed = parent.elements.prefix(200).drop { $0 != box }.dropFirst().contains {
        $0.name == box.name && $0["class"] == name && isPost($0)
      }
      if isFollowed { return box }
    }
    return nil
  }

  private static let postHeads: ElementSet = ["h1", "h2"]
  private static let pages: ElementSet = ["html", "body", "main"]

  private func best(_ root: Node, _ mass: TextMass) -> Node? {
    var best: (node: Node, score: Double)?
    for node in [root] + root.descendants {
      let m = mass[node]
      guard m.prose > 0, node.isOne(of: Self.containers) || !node.isOne(of: BodyWalker.inlineElements),
        !node.isOne(of: .textParts)
      else { continue }
      let density = m.prose / max(m.all, 1)
      let score = m.prose * density * hint(node)
      if score > best?.score ?? 0 { best = (node, score) }
    }
    return best?.node
  }

  private func hint(_ node: Node) -> Double {
    if node.hasAttribute("itemprop") && node["itemprop"]?.lowercased().holds("articlebody") == true
      || node.hasAttribute("property") && node["property"]?.lowercased().holds("articlebody") == true
    {
      return 1.6
    }
    let tokens = ClassTokens(node)
    if tokens.containsAny(Self.bodyTokens) { return 1.3 }
    switch node.name {
    case "article": return 1.15
    case "main": return 1.05
    case "aside", "footer", "header": return 0.3
    default: return 1
    }
  }

  private static let containers: ElementSet = ["div", "section", "article", "main", "td", "body", "span"]

  static let bodyTokens: WordSet = [
    "articlebody", "articletext", "articlecontent", "storybody", "storycontent", "storytext", "entrycontent",
    "postcontent", "postbody", "bodytext", "bodycontent", "contentbody", "maintext", "articlemain", "richtext",
    "newstext", "newsbody", "textbody", "articledetail", "pagecontent", "blockcontent", "fulltext", "contenttext",
    "articleparagraphs", "storyarticle", "cuerpo", "corpo", "brodtext", "articlebodycontent",
  ]
}
