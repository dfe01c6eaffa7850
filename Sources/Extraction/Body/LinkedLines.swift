import Articles
import Markup
import Values

/// Blocks that are there to lead to other pages: a line that is a link, a label with a link behind it, a list of links.
enum LinkedLines {
  static func isOne(_ walked: WalkedBlock) -> Bool {
    switch walked.block {
    case .paragraph(let content): isLine(walked, content)
    case .list(_, let items): items.allSatisfy { $0.allSatisfy(isItem) }
    case .heading: linkAround(walked.node) != nil
    case .quote, .figure, .table, .preformatted: false
    }
  }

  /// Whether a block is the label of links to other articles: `More to read`, in a box that holds nothing else but links,
  /// or set in bold right above a list of them. What ends in a colon announces what is to be read.
  static func labelsLinks(_ walked: WalkedBlock, on page: Page) -> Bool {
    guard walked.weight < 40, !BlockFilter.endsSentence(walked.text), !walked.holdsLink else { return false }
    switch walked.block {
    case .paragraph(let content):
      if let next = element(behind: walked.node), isBold(content), isLinkList(next) { return true }
    case .heading: break
    default: return false
    }
    let boxes = walked.node.ancestors.prefix(2)
    guard let box = boxes.first(where: { $0.isOne(of: labelledBoxes) && $0.elements.count > 1 }),
      box.count(of: lineParts) < 30
    else { return false }
    let links = box.descendants(named: .links).filter { $0.hasAttribute("href") }
    // A heading may be that of a thing that is sold or shown behind the link.
    let isHeading = if case .heading = walked.block { true } else { false }
    guard !links.isEmpty, links.contains(where: { $0.text.utf8.count > (isHeading ? 25 : 15) }),
      links.allSatisfy({ isOfArticle($0, page) && !BlockFilter.endsSentence($0.text) })
    else { return false }
    return box.text(without: Set(links)).trimmingSpaces == walked.text
  }

  /// Whether a link leads to another article of the site.
  private static func isOfArticle(_ link: Node, _ page: Page) -> Bool {
    guard let url = link["href"].flatMap({ WebURL($0, relativeTo: page.base) }) else { return false }
    return GenericFields.isSameSite(url.host, page.url.host) && RelatedLinks.looksLikeArticle(url)
      && url.path != page.url.path
  }

  /// Whether a link leads to no other page.
  private static func isOutside(_ link: Node) -> Bool {
    ["mailto:", "tel:", "#"].contains { link["href"]?.hasPrefix($0) ?? false }
  }

  private static let labelledBoxes: ElementSet = ["div", "section", "aside", "li"]
  private static let listElements: ElementSet = ["ul", "ol"]

  private static func isBold(_ content: [Inline]) -> Bool {
    if content.count == 1, case .strong = content[0] { true } else { false }
  }

  private static func element(behind node: Node) -> Node? {
    var next = node.nextSibling
    while let place = next, !place.isElement { next = place.nextSibling }
    return next
  }

  private static func isLinkList(_ list: Node) -> Bool {
    guard list.isOne(of: listElements), !list.elements.isEmpty else { return false }
    return list.elements.allSatisfy { item in
      item.first(of: .links).map { $0.text == item.text && !isOutside($0) } ?? false
    }
  }

  /// Whether all of a block's links lead to pages of the same site as the page does, or take the page's own address to
  /// another, to share it there: other links may be what the text is about, its sources or where things are sold.
  static func staysOnSite(_ walked: WalkedBlock, _ page: Page) -> Bool {
    addresses(in: walked).allSatisfy { address in
      WebURL(address, relativeTo: page.base).map {
        GenericFields.isSameSite($0.host, page.url.host) || takesAlong(page.url, $0)
      } ?? true
    }
  }

  /// Where the links in a block lead, and that around it. A line without an element of its own has that of the whole
  /// text.
  private static func addresses(in walked: WalkedBlock) -> [String] {
    let around = linkAround(walked.node).flatMap { $0["href"] }.map { [$0] } ?? []
    return switch walked.block {
    case .paragraph(let content), .heading(_, let content): around + addresses(in: content)
    default: around + walked.node.descendants(named: .links).compactMap { $0["href"] }
    }
  }

  private static func addresses(in content: [Inline]) -> [String] {
    content.flatMap { (inline: Inline) -> [String] in
      switch inline {
      case .link(let href, _): return [href]
      case .strong(let children), .emphasis(let children): return addresses(in: children)
      case .text, .lineBreak: return []
      }
    }
  }

  /// Whether a link takes a page's address along to be shared, and no other address:
  /// `…/sharer?u=https%3A%2F%2Fwww.news.example%2Fa`. Links to shops tell on which page they were followed.
  private static func takesAlong(_ page: WebURL, _ link: WebURL) -> Bool {
    guard let query = link.query, query.holds(page.host) else { return false }
    let plain = query.lowercased().replacing("%25", with: "%").replacing("%3a", with: ":").replacing("%2f", with: "/")
    let own = page.host + page.path.lowercased()
    let parts = plain.split(separator: "&").filter { $0.contains("://") }
    return !parts.isEmpty
      && parts.allSatisfy { part in
        shared.contains { part.hasPrefix($0) }
          && part.ranges(of: "://").allSatisfy { part[$0.upperBound...].hasPrefix(own) }
      }
  }

  /// What networks call what is to be shared.
  private static let shared = ["u=", "url=", "text=", "body=", "link=", "href=", "canonicalurl="]

  private static func isLine(_ walked: WalkedBlock, _ content: [Inline]) -> Bool {
    let (text, weight) = (walked.text, walked.weight)
    let isSentence = BlockFilter.endsSentence(text)
    if weight < 150, let link = linkAround(walked.node), !isSentence || isCard(link) { return true }
    let share = BlockFilter.linkShare(content)
    let isInBrackets = text.utf8.first == UInt8(ascii: "[")
    if share > 0.95, !isSentence || isInBrackets { return true }
    if share > 0.4, weight < 150, isPager(content) { return true }
    if share > 0.8, isInBrackets, text.utf8.last == UInt8(ascii: "]") { return true }
    if share > 0.5, weight < 200, !isSentence || text.last == "?", Lines.isLabelledLink(content) { return true }
    return (share > 0.3 || !isSentence) && Lines.pointsElsewhere(text)
  }

  /// Whether a line is links to the other pages of an article: numbers among them, and nothing between.
  private static func isPager(_ content: [Inline]) -> Bool {
    var hasNumber = false
    for inline in content {
      switch inline {
      case .link(_, let label): hasNumber = hasNumber || label.plainText.utf8.allSatisfy(Digits.isDigit)
      case .text(let text): if text.contains(where: { !$0.isWhitespace && $0 != "|" }) { return false }
      case .lineBreak: break
      case .strong, .emphasis: return false
      }
    }
    return hasNumber
  }

  /// Whether all there is to a block is to lead to other pages of the site, in a text that a rule found. Without rules,
  /// lines with marks may be a list of what the text is about.
  static func leadsAway(_ walked: WalkedBlock, on page: Page) -> Bool {
    (isOne(walked) || isMarked(walked)) && staysOnSite(walked, page)
  }

  /// Whether an element holds a link to another page of the site.
  static func areHeld(in node: Node, on page: Page) -> Bool {
    node.descendants(named: .links).contains { link in
      link["href"].flatMap { Links.resolved($0, base: page.base) }.flatMap { WebURL($0) }.map {
        GenericFields.isSameSite($0.host, page.url.host)
      } ?? false
    }
  }

  private static func isMarked(_ walked: WalkedBlock) -> Bool {
    guard case .paragraph(let content) = walked.block else { return false }
    return BlockFilter.linkShare(content) > 0.5 && !BlockFilter.endsSentence(walked.text) && isMarked(content)
  }

  /// Whether a line is links, and nothing else but what marks and divides them: `– A story`, `A story | Another story`.
  /// Names that a system links wherever they stand have commas, colons and dashes between them; other signs say
  /// something, as stars, medals and pins do.
  private static func isMarked(_ content: [Inline]) -> Bool {
    var isAtStart = true
    for inline in content {
      switch inline {
      case .link: isAtStart = false
      case .lineBreak: break
      case .strong(let children), .emphasis(let children):
        guard isMarked(children) else { return false }
        isAtStart = false
      case .text(let text):
        let marks = isAtStart ? bullets + "-–—*" : bullets
        guard text.unicodeScalars.allSatisfy({ $0.properties.isWhitespace || marks.unicodeScalars.contains($0) }) else {
          return false
        }
      }
    }
    return true
  }

  private static let bullets = "•·|>+→➜➡▶►▸▷▪■◾●◆🔴🔵👉🔗\u{FE0E}\u{FE0F}"

  /// The link around all of a line, such as cards that lead to other articles have.
  private static func linkAround(_ node: Node) -> Node? {
    ([node] + node.ancestors.prefix(3)).first { $0.isOne(of: .links) && $0.hasAttribute("href") }
  }

  private static let lineParts: ElementSet = ["p", "li", "td", "br", "div"]

  /// Whether a link holds the title or the picture of another article, besides what is said of it.
  private static func isCard(_ link: Node) -> Bool {
    // Asked of each line in a link that may hold a whole page because nothing closes it.
    link.count(of: lineParts) < 12 && link.text.utf8.count < 600 && (link.holds(.lowerHeadings) || link.holds(.images))
  }

  /// A list of nothing but links is a menu or a list of other articles.
  private static func isItem(_ block: Block) -> Bool {
    guard case .paragraph(let content) = block else { return false }
    let share = BlockFilter.linkShare(content)
    return share > 0.85 || share > 0.5 && Lines.isLabelledLink(content) || Lines.isShareBar(content.plainText)
  }
}
