import Articles
import Markup
import Values

/// Blocks that are there to lead to other pages: a line that is a link, a label with a link behind it, a list of links.
enum LinkedLines {
  static func isOne(_ walked: WalkedBlock) -> Bool {
    switch walked.block {
    case .paragraph(let content): isLine(walked, content)
    case .list(_, let items): items.allSatisfy { $0.allSatisfy(isItem) }
    case .heading: isInLink(walked.node)
    case .quote, .figure, .table, .preformatted: false
    }
  }

  /// Whether all of a block's links lead to pages of the same site as the page does: those to others may be what the
  /// text is about, its sources or where things are sold.
  static func staysOnSite(_ walked: WalkedBlock, _ page: Page) -> Bool {
    let node = walked.node
    let links = ([node] + node.ancestors.prefix(3)).filter { $0.isOne(of: .links) } + node.descendants(named: .links)
    return links.allSatisfy { link in
      link["href"].flatMap { WebURL($0, relativeTo: page.base) }.map {
        GenericFields.isSameSite($0.host, page.url.host)
      } ?? true
    }
  }

  private static func isLine(_ walked: WalkedBlock, _ content: [Inline]) -> Bool {
    let (text, weight) = (walked.text, walked.weight)
    let isSentence = BlockFilter.endsSentence(text)
    if weight < 150, isInLink(walked.node), !isSentence { return true }
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

  /// Whether all of a line stands in a link around it, as cards that lead to other articles do.
  private static func isInLink(_ node: Node) -> Bool {
    ([node] + node.ancestors.prefix(3)).contains { $0.isOne(of: .links) && $0.hasAttribute("href") }
  }

  /// A list of nothing but links is a menu or a list of other articles.
  private static func isItem(_ block: Block) -> Bool {
    guard case .paragraph(let content) = block else { return false }
    let share = BlockFilter.linkShare(content)
    return share > 0.85 || share > 0.5 && Lines.isLabelledLink(content) || Lines.isShareBar(content.plainText)
  }
}
