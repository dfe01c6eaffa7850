import Articles
import Markup
import Values

/// Articles of a paragraph or two, on pages that hold more text besides.
enum ShortBody {
  /// The sentences below the headline of a short article, where there is too little text to weigh: those in the article
  /// or the main part that the headline stands in, or beside it.
  static func sentences(of page: Page, standfirst: String?) -> [WalkedBlock] {
    guard let head = page.headlinePlace.node,
      let box = head.ancestors.first(where: { $0.isOne(of: articleParts) }) ?? head.parent
    else { return [] }
    let isNamed = box.isOne(of: articleParts)
    let nodes = box.descendants(named: paragraphs).filter { node in
      head.precedes(node) && (isNamed || node.parent == box) && node.text != standfirst
        && BlockFilter.endsSentence(node.text)
        && !([node] + node.ancestors.prefix { $0 != box }).contains {
          BodyWalker.isSilent($0) || GenericBody.looksLikeSideMatter($0) || $0.name == "article" && $0 != box
        }
    }
    guard (1...6).contains(nodes.count) else { return [] }
    var walker = BodyWalker(base: page.base)
    return walker.blocks(of: nodes).filter { walked in
      guard case .paragraph(let content) = walked.block else { return false }
      return walked.weight > 30 && BlockFilter.linkShare(content) < 0.5
        && !Boilerplate.matches(walked.text, linked: walked.linkedPart)
    }
  }

  private static let articleParts: ElementSet = ["article", "main"]
  private static let paragraphs: ElementSet = ["p"]

  /// Whether blocks are the whole of a text of which a rule found a scrap: they hold the scrap, and most of what they
  /// hold besides stands in the same element or in one of the same class. A short article has lists and boxes around
  /// it.
  static func isRest(_ blocks: [WalkedBlock], of scrap: [WalkedBlock]) -> Bool {
    let known = Set(scrap.map { Lines.squeezed($0.text) })
    let boxes = scrap.compactMap(\.node.parent)
    let classes = Set(boxes.compactMap { $0["class"] }.filter { !$0.isEmpty })
    let others = blocks.filter { !known.contains(Lines.squeezed($0.text)) }
    guard others.count < blocks.count else { return false }
    let beside = others.filter { walked in
      guard let box = walked.node.parent else { return false }
      // What is paid for may have a box of its own in it.
      return boxes.contains(box) || box.parent.map(boxes.contains) ?? false
        || box["class"].map(classes.contains) ?? false
    }
    func weight(_ blocks: [WalkedBlock]) -> Double { blocks.reduce(0) { $0 + $1.weight } }
    return weight(beside) * 2 > weight(others)
  }
}
