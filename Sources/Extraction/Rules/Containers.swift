import Markup

/// The elements in which a body's text stands. A rule may name each paragraph of a long one, and every element of the
/// page is asked where it stands to them: a question costs an element's depth at most, however many containers there
/// are.
struct Containers {
  let nodes: [Node]
  private let members: Set<Node>
  /// The containers and everything around them.
  private let around: Set<Node>

  init(_ nodes: [Node]) {
    self.nodes = nodes
    members = Set(nodes)
    var around = members
    for node in members {
      var outer = node.parent
      while let place = outer, around.insert(place).inserted { outer = place.parent }
    }
    self.around = around
  }

  /// Whether a node is one of them.
  func include(_ node: Node) -> Bool { members.contains(node) }

  /// Whether a node is one of them or stands in one.
  func hold(_ node: Node) -> Bool {
    nodes.count < Self.few ? nodes.contains { $0.contains(node) } : first(around: node) { _ in true } != nil
  }

  /// Whether one of them is a node or stands in it.
  func standIn(_ node: Node) -> Bool {
    nodes.count < Self.few ? nodes.contains { node.contains($0) } : around.contains(node)
  }

  /// So many are asked one by one in less time than a look into a set takes.
  private static let few = 6

  /// Of those that are a node or hold it, the inmost for which something is so.
  func first(around node: Node, where isMeant: (Node) -> Bool) -> Node? {
    var place: Node? = node
    while let at = place {
      if members.contains(at), isMeant(at) { return at }
      place = at.parent
    }
    return nil
  }
}
