import CXML2

/// The elements of a tree in document order, and the numbers of their names; what is inside an element follows it.
/// It stays as it is when the tree changes: nodes live as long as their document.
final class ElementOrder {
  let nodes: [xmlNodePtr]
  let numbers: [UInt8]
  /// What each has, as bits; made when a selector is looked for.
  private(set) var signatures: [UInt64] = []

  init(nodes: [xmlNodePtr], numbers: [UInt8]) {
    self.nodes = nodes
    self.numbers = numbers
  }

  func makeSignatures(_ notes: inout NodeNotes) {
    guard signatures.isEmpty, !nodes.isEmpty else { return }
    signatures = nodes.map { notes.signature(of: $0) }
  }
}

/// All elements inside a node, in document order. Made without a walk while the tree is as it was.
public struct Descendants: RandomAccessCollection {
  let document: Document
  let order: ElementOrder
  /// Where in the order they begin.
  let offset: Int
  public let endIndex: Int
  public var startIndex: Int { 0 }

  init(_ document: Document, _ order: ElementOrder, _ range: Range<Int>) {
    self.document = document
    self.order = order
    offset = range.lowerBound
    endIndex = range.count
  }

  public subscript(position: Int) -> Node {
    precondition(position >= 0 && position < endIndex, "no such descendant")
    return Node(document: document, pointer: order.nodes[offset + position])
  }
}

extension Descendants {
  /// Of each, how many stand before it and with it, those of the names not counted. One walk.
  public func positions(leavingOut names: ElementSet) -> [Int] {
    var count = 0
    return (offset..<offset + endIndex).map { place in
      if !names.contains(number: order.numbers[place], order.nodes[place]) { count += 1 }
      return count
    }
  }

  /// Where an element is; nil for one that is not inside.
  public func place(of node: Node) -> Int? {
    (0..<endIndex).first { order.nodes[offset + $0] == node.pointer }
  }
}

extension Node {
  /// All elements inside this node, in document order.
  public var descendants: Descendants {
    let (order, range) = document.elements(inside: pointer)
    return Descendants(document, order, range)
  }

  /// All elements of one of the names inside this node, in document order.
  public func descendants(named names: ElementSet) -> [Node] {
    let (order, range) = document.elements(inside: pointer)
    var all: [Node] = []
    for place in range where names.contains(number: order.numbers[place], order.nodes[place]) {
      all.append(Node(document: document, pointer: order.nodes[place]))
    }
    return all
  }

  /// How many elements of the names are inside this node.
  public func count(of names: ElementSet) -> Int {
    let (order, range) = document.elements(inside: pointer)
    return range.count { names.contains(number: order.numbers[$0], order.nodes[$0]) }
  }

  /// Whether an element of one of the names is inside this node.
  public func holds(_ names: ElementSet) -> Bool { first(of: names) != nil }

  /// The first element of one of the names inside this node.
  public func first(of names: ElementSet) -> Node? {
    let (order, range) = document.elements(inside: pointer)
    return range.first { names.contains(number: order.numbers[$0], order.nodes[$0]) }.map {
      Node(document: document, pointer: order.nodes[$0])
    }
  }
}

extension Document {
  /// The elements inside a node: a part of the whole tree's, or, of what was taken out of it, a list of its own.
  func elements(inside node: xmlNodePtr) -> (ElementOrder, Range<Int>) {
    switch node.pointee.type {
    case XML_HTML_DOCUMENT_NODE, XML_DOCUMENT_NODE:
      let order = currentOrder()
      return (order, 0..<order.nodes.count)
    case XML_ELEMENT_NODE:
      let order = currentOrder()
      if let range = notes.pointee.rangeInside(node) { return (order, range) }
      let own = notes.pointee.ordered(below: node, isWhole: false)
      return (own, 0..<own.nodes.count)
    default: return (Self.noElements, 0..<0)
    }
  }

  private func currentOrder() -> ElementOrder {
    if let order { return order }
    let made = notes.pointee.ordered(below: root.pointer, isWhole: true)
    order = made
    return made
  }

  nonisolated(unsafe) private static let noElements = ElementOrder(nodes: [], numbers: [])

  /// What was found out about the tree's order and texts holds no longer.
  func noteChange() {
    order = nil
    notes.pointee.forgetTexts()
  }
}
