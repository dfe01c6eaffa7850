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
    blocks.filter { walked in
      if LinkedLines.isOne(walked), LinkedLines.staysOnSite(walked, page) { return false }
      guard walked.weight < 400 else { return true }
      return switch walked.block {
      case .paragraph: !Boilerplate.opens(walked.text, isLinked: walked.holdsLink) && !Lines.isCount(walked.text)
      // A line in bold is read as a heading; what the page itself makes one heads what stands below.
      case .heading:
        walked.node.isOne(of: .lowerHeadings) || !Boilerplate.opens(walked.text, isLinked: walked.holdsLink)
      case .list(_, let items):
        !items.allSatisfy {
          Boilerplate.opens($0.flatMap(\.plainText).joined(separator: " "), isLinked: walked.holdsLink)
        }
      default: true
      }
    }
  }
}

extension ElementSet {
  /// What side matter stands in.
  fileprivate static let sideBoxes: ElementSet = ["aside", "section", "ul", "div", "blockquote"]
}
