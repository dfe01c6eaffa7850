import Articles
import Markup
import Values

/// What a body that a rule found holds besides its text: boxes, invitations, the headline once more. The page that the
/// rule was written on had other such things, or none.
enum RuleBody {
  /// The blocks without the headline and the standfirst, which have fields of their own.
  static func cleared(_ blocks: [WalkedBlock], headline: String, standfirst: String?) -> [WalkedBlock] {
    let head = Comparable.folded(headline)
    let lead = standfirst.map(Comparable.folded)
    var isAtStart = true
    let kept = blocks.filter { walked in
      let isHeading = if case .heading = walked.block { true } else { false }
      // Behind the first paragraph nothing but headings is asked about.
      guard isAtStart || isHeading else { return true }
      let text = Comparable.folded(walked.text)
      if text.isEmpty { return true }
      if text == head || isAtStart && text == lead { return false }
      if !isHeading { isAtStart = false }
      return true
    }
    return BlockFilter.withoutDanglingHeadings(kept)
  }

  /// The nodes that a rule names one by one, without those that stand in a box beside the text.
  static func outsideBoxes(_ nodes: [Node]) -> [Node] {
    guard nodes.count > 1, let first = nodes.first, first.isElement,
      let whole = first.ancestors.first(where: { around in nodes.allSatisfy { around.contains($0) } })
    else { return nodes }
    let chosen = Set(nodes)
    var known: [Node: Bool] = [:]
    return nodes.filter { node in
      var passed: [Node] = []
      var isInBox = false
      var place = node.parent
      while let box = place, box != whole {
        if let answer = known[box] {
          isInBox = answer
          break
        }
        passed.append(box)
        if isSideBox(box, in: chosen) {
          isInBox = true
          break
        }
        place = box.parent
      }
      for box in passed { known[box] = isInBox }
      return !isInBox
    }
  }

  /// Whether a box in a body found by rule is named like something beside an article, and shows no pictures, which may
  /// be a gallery of it. Between lines that have no element of their own a box may be what keeps them apart.
  static func isSideBox(_ node: Node, in nodes: Set<Node>) -> Bool {
    guard node.isOne(of: .sideBoxes), !nodes.contains(node) else { return false }
    // A house's emblem is the only picture of an offer.
    if SubscriptionOffer.isFound(in: node) { return true }
    guard GenericBody.isBoxInBody(node), node.text.utf8.count < 1500,
      !node.holds(.images) || ClassTokens(node).containsAny(peopleNames)
    else { return false }
    return ![node.previousSibling, node.nextSibling].contains { beside in
      beside.map { $0.isText && !$0.rawText.allSatisfy(\.isWhitespace) } ?? false
    }
  }

  /// Boxes whose pictures are portraits: of who wrote the text, of who comments on it.
  private static let peopleNames: WordSet = [
    "authorbio", "authorbox", "aboutauthor", "authorinfo", "authorcard", "writerbio", "minibio", "boxauthor",
    "autorbox", "autorenbox", "comments", "commentlist",
  ]

  /// The blocks without what is said there of the house and its other articles.
  static func withoutInvitations(_ blocks: [WalkedBlock], on page: Page) -> [WalkedBlock] {
    // Whether the text has said that something follows.
    var isAnnounced = false
    return blocks.enumerated().filter { index, walked in
      let next = index + 1 < blocks.count ? blocks[index + 1] : nil
      if LinkedLines.leadsAway(walked, on: page) {
        if !isAnnounced, !isEntry(walked), !headsText(walked, next) { return false }
      } else {
        isAnnounced = announces(walked)
      }
      guard walked.weight < 400 else { return true }
      return switch walked.block {
      case .paragraph: !Boilerplate.opens(walked.text, linked: walked.linkedPart) && !Lines.isCount(walked.text)
      // A line in bold is read as a heading; what the page itself makes one heads what stands below, and goes with it.
      case .heading:
        !Boilerplate.opens(walked.text, linked: walked.linkedPart)
          || walked.node.isOne(of: .lowerHeadings) && (next.map { heads(walked, $0, on: page) } ?? false)
      case .list(_, let items):
        !items.allSatisfy {
          Boilerplate.opens($0.flatMap(\.plainText).joined(separator: " "), linked: walked.linkedPart)
        }
      default: true
      }
    }.map(\.element)
  }

  /// Whether a paragraph ends in a colon, and is no label over other articles: `The winners of the prize are:`
  private static func announces(_ walked: WalkedBlock) -> Bool {
    guard case .paragraph = walked.block, walked.text.last == ":" else { return false }
    return !Boilerplate.opens(walked.text, linked: walked.linkedPart)
      && !Boilerplate.isEndMark(Comparable.folded(walked.text))
  }

  /// Whether a line is a name with its figure behind a comma, as those of results and prices are:
  /// `Ann Able (Labour), 12,345 votes`.
  private static func isEntry(_ walked: WalkedBlock) -> Bool {
    guard case .paragraph = walked.block, !walked.text.contains(":"), let comma = walked.text.ranges(of: ", ").last
    else { return false }
    return walked.text[comma.upperBound...].first?.isNumber ?? false
  }

  /// Whether what stands below a heading is part of the text: no links to other pages of the site, and no box of them
  /// that was taken out. Pictures and posts may stand between.
  private static func heads(_ heading: WalkedBlock, _ next: WalkedBlock, on page: Page) -> Bool {
    if LinkedLines.leadsAway(next, on: page) { return false }
    // Text without an element of its own has that around the heading.
    if next.node.contains(heading.node) { return true }
    var below = heading.node.nextSibling
    while let node = below, !node.contains(next.node) {
      if LinkedLines.areHeld(in: node, on: page) { return false }
      below = node.nextSibling
    }
    return true
  }

  /// Whether a heading with nothing else in the link around it stands above a paragraph, as in a list of hotels or
  /// books. Cards hold more than a heading.
  private static func headsText(_ walked: WalkedBlock, _ next: WalkedBlock?) -> Bool {
    guard case .heading = walked.block, walked.node.isOne(of: .lowerHeadings), let next,
      case .paragraph = next.block, !LinkedLines.isOne(next), let link = walked.node.parent
    else { return false }
    return link.isOne(of: .links) && link.text == walked.text
  }
}

extension ElementSet {
  /// What side matter stands in.
  fileprivate static let sideBoxes: ElementSet = ["aside", "section", "ul", "div", "blockquote"]
}
