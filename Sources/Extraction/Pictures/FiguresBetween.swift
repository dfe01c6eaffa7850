import Markup

/// Figures that stand between the paragraphs of a text though no rule names them. The page that the rule was written on
/// may have had one kind of pictures alone.
struct FiguresBetween {
  let collector: PictureCollector

  /// The figures with captions that stand between paragraphs under the same parent, without those in `chosen`.
  func find(_ blocks: [WalkedBlock], besides chosen: [Node]) -> [Node] {
    // Pages with more pictures than the longest galleries mean none of them.
    guard chosen.count < PictureCollector.most else { return [] }
    var lines: [Node: [Node]] = [:]
    for walked in blocks where walked.node.isOne(of: Self.paragraphs) {
      if let parent = walked.node.parent { lines[parent, default: []].append(walked.node) }
    }
    var found: [Node] = []
    for (parent, own) in lines where own.count >= Self.fewest {
      guard let first = own.first, let last = own.last else { continue }
      var isBetween = false
      for child in parent.elements {
        if child == first { isBetween = true }
        if child == last || found.count == PictureCollector.most { break }
        guard isBetween, let figure = Self.figure(in: child),
          !chosen.contains(where: { $0 == figure || $0.contains(figure) || figure.contains($0) }),
          !collector.isNamedSideMatter(child), !collector.isNamedSideMatter(figure),
          !BodyWalker.isSilent(child), !collector.isLinkedElsewhere(figure, in: child)
        else { continue }
        found.append(figure)
      }
    }
    return found.sorted { $0 != $1 && $0.precedes($1) }
  }

  /// The element itself, or the only thing in it.
  private static func figure(in node: Node) -> Node? {
    let figure = node.name == "figure" ? node : node.descendants(named: ["figure"]).first
    guard let figure, figure.holds(.captions), figure.holds(.images), figure.text == node.text,
      !figure.descendants(named: .captions).allSatisfy(\.text.isEmpty)
    else { return nil }
    return figure
  }

  private static let fewest = 3
  private static let paragraphs: ElementSet = ["p"]
}
