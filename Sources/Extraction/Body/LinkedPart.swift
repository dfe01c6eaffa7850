import Articles
import Markup

/// How much of a text leads elsewhere.
enum LinkedPart {
  case none
  case some
  case most

  /// Of a line with a name or a source in a link most is not linked; of one that invites to another text that text's
  /// title is.
  private static let share = 0.35

  init(share: Double) { self = share > Self.share ? .most : share > 0 ? .some : .none }

  init(of node: Node) {
    guard node.holds(.links) else {
      self = .none
      return
    }
    let linked = node.descendants(named: .links).reduce(0) { $0 + $1.text.utf8.count }
    self = Double(linked) > Double(node.text.utf8.count) * Self.share ? .most : .some
  }
}

extension WalkedBlock {
  var linkedPart: LinkedPart {
    switch block {
    case .paragraph(let content), .heading(_, let content): LinkedPart(share: BlockFilter.linkShare(content))
    default: LinkedPart(of: node)
    }
  }
}
