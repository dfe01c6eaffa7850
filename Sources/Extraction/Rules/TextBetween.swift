import Markup
import Values

/// What a rule that names paragraphs leaves out between them: lists, subheads, quotes and tables. The page that the
/// rule was written on may have had none, other articles of the same publisher have.
enum TextBetween {
  /// The nodes of a body, with those elements of the text that stand between them under the same parent.
  ///
  /// - Parameter removed: what the rules say is no part of the body.
  static func filled(_ nodes: [Node], removed: Set<Node>) -> [Node] {
    var siblings: [Node: [Node]] = [:]
    for node in nodes where node.isElement {
      if let parent = node.parent { siblings[parent, default: []].append(node) }
    }
    var found: Set<Node> = []
    for (parent, own) in siblings where own.count(where: { $0.isOne(of: .paragraphs) }) >= fewest {
      guard let first = own.first, let last = own.last else { continue }
      let chosen = Set(own)
      let like = own.first { $0.isOne(of: .paragraphs) }?["class"]
      let bytes = own.reduce(0) { $0 + $1.text.utf8.count }
      var (isBetween, isBehind) = (false, false)
      for child in parent.elements {
        if child == first { isBetween = true }
        if isBetween, !chosen.contains(child), !removed.contains(child) {
          if isRest(child, like: like, besides: bytes) || !isBehind && isText(child, like: like) { found.insert(child) }
        }
        if child == last { isBehind = true }
      }
    }
    if found.isEmpty { return nodes }
    // What holds a node of the rule, or stands in one, is there already; but the rest of a text may hold a picture that
    // the rule names.
    let all = Set(nodes)
    let around = Set(nodes.flatMap(\.ancestors))
    let new = found.filter {
      (!around.contains($0) || $0.isOne(of: wrappers)) && !$0.ancestors.contains(where: all.contains)
    }
    return (nodes + new).sorted { $0 != $1 && $0.precedes($1) }
  }

  /// Paragraphs of one parent from which on what stands between them is text.
  private static let fewest = 3

  /// Whether a box holds the rest of a text, as what readers pay for does: paragraphs such as stand beside it, a third
  /// as much of them, and nothing that heads them unless its name says that they are paid for.
  ///
  /// - Parameters:
  ///   - like: the class of the paragraphs beside it.
  ///   - bytes: how much text stands beside it.
  private static func isRest(_ node: Node, like: String?, besides bytes: Int) -> Bool {
    guard node.isOne(of: wrappers), !BodyWalker.isSilent(node), !GenericBody.looksLikeSideMatter(node) else {
      return false
    }
    let paragraphs = node.elements.filter { $0.isOne(of: .paragraphs) && $0["class"] == like }
    guard paragraphs.count >= fewest, let first = node.elements.first,
      !first.isOne(of: .lowerHeadings) || node.isNamed(in: paidFor)
    else { return false }
    return paragraphs.reduce(0) { $0 + $1.text.utf8.count } * 3 > bytes
  }

  private static let paidFor: WordSet = [
    "paywall", "paywalled", "paywallmarker", "paywallcontent", "paidcontent", "premium", "premiumcontent",
    "subscribercontent", "restricted",
  ]
  private static let wrappers: ElementSet = ["div", "section"]

  private static func isText(_ node: Node, like: String?) -> Bool {
    guard node.isOne(of: textual) || isWrapped(node, like: like), !BodyWalker.isSilent(node),
      !GenericBody.looksLikeSideMatter(node),
      !node.holds(.paragraphFields)
    else { return false }
    let text = node.text
    guard !text.isEmpty,
      TextMass.weight(text).weight >= 400 || !Boilerplate.matches(text, linked: LinkedPart(of: node))
    else { return false }
    let isHeading = node.isOne(of: .lowerHeadings)
    if isHeading, Boilerplate.isEndMark(Comparable.folded(text), isHeading: true) { return false }
    let linked = node.descendants(named: .links).reduce(0) { $0 + $1.text.utf8.count }
    return linked * 10 < text.utf8.count * 6
  }

  /// Whether a box holds a list, a table or a sentence such as stand beside it, and nothing else: what a system's grid
  /// needs.
  private static func isWrapped(_ node: Node, like: String?) -> Bool {
    guard node.isOne(of: wrappers), node.elements.count == 1, let inner = node.elements.first else { return false }
    if inner.isOne(of: .paragraphs), inner["class"] == like, BlockFilter.endsSentence(inner.text) {
      return inner.text == node.text
    }
    return inner.isOne(of: lists) && inner.text == node.text
  }

  private static let lists: ElementSet = ["ul", "ol", "table", "dl"]
  private static let textual: ElementSet = [
    "ul", "ol", "h2", "h3", "h4", "h5", "blockquote", "table", "dl", "pre",
  ]
}

extension ElementSet {
  fileprivate static let paragraphs: ElementSet = ["p"]
  /// What is filled in or pressed: no part of a text.
  fileprivate static let paragraphFields: ElementSet = ["form", "input", "button", "script", "iframe"]
}
