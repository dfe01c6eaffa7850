import CXML2

/// The part of an XPath that the matcher of selectors can answer: steps down the tree, `//a[…]//b[…]/c[…]`, whose
/// conditions do not count positions, perhaps one of what they find, `(…)[1]`, and perhaps an attribute at the end.
/// What follows is left to libxml2, from the nodes found, and so are the conditions that are no plain questions about
/// an attribute, of the few elements that pass the others. Nearly all expressions of rules are of this kind, and
/// libxml2 walks through the whole page for each of them.
struct XPathChain {
  /// Alternatives, joined by `|`.
  private let matcher: CSSMatcher
  /// Whether they begin at the context node (`.//`) and not at the document.
  private let isRelative: Bool
  private let pick: Pick?
  private let attribute: String?
  /// What follows, from each node.
  private let rest: XPathPart?

  enum Pick {
    case place(Int)
    case last
  }

  /// nil for expressions that are of another kind.
  init?(_ expression: String) {
    guard var parser = XPathChainParser(expression), let chain = parser.chain() else { return nil }
    self = chain
  }

  init(matcher: CSSMatcher, isRelative: Bool, pick: Pick?, attribute: String?, rest: XPathPart?) {
    (self.matcher, self.isRelative, self.pick, self.attribute, self.rest) = (matcher, isRelative, pick, attribute, rest)
  }

  /// nil when only the whole expression can tell: what several nodes lead to would have to be brought in order.
  func value(at node: Node) throws(SelectorError) -> XPath.Value? {
    let scope = isRelative ? node : node.document.root
    var found = try matcher.nodes(inside: scope)
    switch pick {
    case .place(let place): found = found.count >= place ? [found[place - 1]] : []
    case .last: found = found.suffix(1)
    case nil: break
    }
    if let attribute {
      return .nodes(
        found.compactMap { element in
          xmlHasProp(element.pointer, attribute).map { attribute in
            Node(
              document: node.document,
              pointer: UnsafeMutableRawPointer(attribute).assumingMemoryBound(to: xmlNode.self))
          }
        })
    }
    guard let rest else { return .nodes(found) }
    guard let first = found.first else { return .nodes([]) }
    return found.count == 1 ? try rest.value(at: first) : nil
  }
}

/// A compiled expression that is part of a larger one: its steps are counted with that one's.
final class XPathPart {
  private let compiled: xmlXPathCompExprPtr

  init?(_ expression: String) {
    guard let compiled = try? XPath.compile(expression) else { return nil }
    self.compiled = compiled
  }

  deinit { xmlXPathFreeCompExpr(compiled) }

  func value(at node: Node) throws(SelectorError) -> XPath.Value { try XPath.value(of: compiled, at: node) }

  func holds(at node: Node) throws(SelectorError) -> Bool { try value(at: node).holds }
}
