import Markup

/// The words in an element's class, id and a few attributes that say the same, in lower case: `articleBody__main-text`
/// is article, body, main, text and, joined pairwise, articlebody and so on.
struct ClassTokens {
  private let node: Node

  init(_ node: Node) { self.node = node }

  func containsAny(_ set: WordSet) -> Bool { node.isNamed(in: set) }
}
