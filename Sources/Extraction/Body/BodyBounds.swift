import Articles
import Markup

/// Where a body begins and ends among the blocks of the element it was found in: from the headline on, inside the
/// elements that hold the text, before the line under which other articles are announced.
struct BodyBounds {
  let headline: Node?

  func blocks(of all: [WalkedBlock]) -> [WalkedBlock] { Self.beforeEnd(withinHome(belowHeadline(all))) }

  /// The blocks from the headline on, where one stands among them with little before it. Pictures may stand above.
  private func belowHeadline(_ blocks: [WalkedBlock]) -> [WalkedBlock] {
    guard let headline, let place = blocks.firstIndex(where: { $0.node == headline }) else { return blocks }
    let above = blocks[..<place].reduce(0) { $0 + $1.weight }
    guard above < blocks.reduce(0, { $0 + $1.weight }) * 0.2 else { return blocks }
    return blocks[..<place].filter { if case .figure = $0.block { true } else { false } } + blocks[place...]
  }

  /// The blocks before the line under which other articles are announced, if there is one after most of the text. Such
  /// a line may also stand in the midst of it: then the text goes on behind in the elements it stood in before.
  private static func beforeEnd(_ blocks: [WalkedBlock]) -> [WalkedBlock] {
    let weights = blocks.map(\.weight)
    let total = weights.reduce(0, +)
    let places = blocks.map { isProse($0) ? Place(of: $0.node) : nil }
    // Added up once: there may be as many such lines as paragraphs.
    var whole: [Place: Double] = [:]
    for (place, weight) in zip(places, weights) { if let place { whole[place, default: 0] += weight } }
    var passed: [Place: Double] = [:]
    var home: Place?
    var before = 0.0
    for (index, walked) in blocks.enumerated() {
      let isHeading = if case .heading = walked.block { true } else { false }
      if before > total * 0.25, weights[index] < 60,
        Boilerplate.isEndMark(Comparable.folded(walked.text), isHeading: isHeading)
      {
        let behind = home.map { whole[$0, default: 0] - passed[$0, default: 0] } ?? 0
        if behind <= total * 0.2, !headsText(blocks, at: index) { return Array(blocks[..<index]) }
      }
      before += weights[index]
      guard let place = places[index] else { continue }
      let weight = passed[place, default: 0] + weights[index]
      passed[place] = weight
      if weight > home.map({ passed[$0, default: 0] }) ?? 0 { home = place }
    }
    return blocks
  }

  /// Whether a heading that other articles could be announced under has a sentence below it, in the element in which
  /// the text before it stands.
  private static func headsText(_ blocks: [WalkedBlock], at index: Int) -> Bool {
    guard case .heading = blocks[index].block, let next = blocks[(index + 1)...].first(where: { !isFigure($0) }),
      case .paragraph = next.block, isProse(next), let box = next.node.parent, !next.holdsLink,
      BlockFilter.endsSentence(next.text), !Boilerplate.headsOthers(Comparable.folded(blocks[index].text))
    else { return false }
    return blocks[..<index].last(where: isProse).map { $0.node != next.node && $0.node.parent == box } ?? false
  }

  private static func isFigure(_ walked: WalkedBlock) -> Bool {
    if case .figure = walked.block { true } else { false }
  }

  private static func isProse(_ walked: WalkedBlock) -> Bool {
    if case .paragraph = walked.block { walked.weight > 60 } else { false }
  }

  /// The blocks of the element that holds most of the text, where it holds nearly all of it: what stands behind it is
  /// none, nor are short lines before it.
  private func withinHome(_ blocks: [WalkedBlock]) -> [WalkedBlock] {
    let prose = blocks.filter(Self.isProse)
    let total = prose.reduce(0) { $0 + $1.weight }
    var parents: [Node: Double] = [:]
    var places: [Place: Double] = [:]
    for walked in prose {
      if let parent = walked.node.parent { parents[parent, default: 0] += walked.weight }
      if let place = Place(of: walked.node) { places[place, default: 0] += walked.weight }
    }
    // In one element, or in several of the same kind.
    var home = parents.max { $0.value < $1.value }.flatMap { $0.value > total * 0.75 ? $0.key : nil }
    if home == nil, let place = places.max(by: { $0.value < $1.value }), place.value > total * 0.6 {
      let own = prose.filter { Place(of: $0.node) == place.key }
      home = own.first.flatMap { first in own.last.flatMap { Self.commonAncestor(first.node, $0.node) } }
    }
    guard prose.count > 3, let common = home else { return blocks }
    // What leads elsewhere is no piece of the text.
    let pieces = Set(prose.filter { $0.linkedPart != .most }.compactMap(\.node.parent))
    let homes = [common] + twins(of: common, among: pieces)
    guard let start = blocks.firstIndex(where: { block in homes.contains { $0.contains(block.node) } }),
      let end = blocks.lastIndex(where: { block in homes.contains { $0.contains(block.node) } })
    else { return blocks }
    // In front of it an opening set apart may stand, with its short sentences, and pictures.
    let openingBoxes = Set(blocks[..<start].filter(Self.isProse).compactMap(\.node.parent))
    let opening = blocks[..<start].filter { walked in
      if walked.node == headline || walked.node.parent.map(openingBoxes.contains) ?? false { return true }
      switch walked.block {
      case .figure: return true
      case .list(_, let items):
        return items.allSatisfy { $0.allSatisfy(Self.isSentence) }
          || walked.weight > 60 && !walked.node.holds(.links) && !(walked.node.parent?.holds(.links) ?? true)
      default: return walked.weight > 60
      }
    }
    return opening + blocks[start...end]
  }

  /// The elements of text that are parts of the same whole as the one that holds most of it: systems put a few
  /// paragraphs each between two advertisements. They are called alike and stand side by side, or do so with one element
  /// around each.
  private func twins(of home: Node, among parents: some Sequence<Node>) -> [Node] {
    guard let outer = home.parent, let name = home["class"], !name.isEmpty else { return [] }
    return parents.filter { node in
      guard node != home, node.name == home.name, node["class"] == name, let around = node.parent else { return false }
      if around == outer { return true }
      // An element with a headline of its own is another article.
      return around.name == outer.name && around["class"] == outer["class"] && around.parent == outer.parent
        && headline.map(outer.contains) != true
        && !around.descendants(named: Self.heads).contains { !node.contains($0) }
    }
  }

  private static let heads: ElementSet = ["h1", "h2", "h3"]

  private static func isSentence(_ block: Block) -> Bool {
    block.plainText.allSatisfy { BlockFilter.endsSentence($0) }
  }

  private static func commonAncestor(_ a: Node, _ b: Node) -> Node? {
    var place = a.parent
    while let around = place, !around.contains(b) { place = around.parent }
    return place
  }

  /// Where a paragraph stands: in elements of certain classes; where they have none, in one of several side by side.
  private enum Place: Hashable {
    case classes(String, String)
    case around(Node)

    init?(of paragraph: Node) {
      guard let box = paragraph.parent, let outer = box.parent else { return nil }
      let names = (box["class"] ?? "", outer["class"] ?? "")
      self = names.0.isEmpty && names.1.isEmpty ? .around(outer) : .classes(names.0, names.1)
    }
  }
}
