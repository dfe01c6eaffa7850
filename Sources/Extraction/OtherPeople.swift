import Markup

/// Tells the places where a page names its article's author from those where it names others: whoever wrote a comment, said a
/// quotation, or wrote another article that the page points to.
final class OtherPeople {
  /// The headline, most likely: some have a heading of the first level for the section too, and that is short.
  let head: Node?
  /// How many places are still looked at: a page may name as many as it likes.
  private var looks = 1000

  init(_ document: Document) {
    head = document.root.descendants(named: .headings).filter { !BodyWalker.isSilent($0) }
      .max { $0.text.utf8.count < $1.text.utf8.count }
  }

  /// Whether a name at this place is somebody else's.
  func areNamed(at node: Node) -> Bool {
    guard looks > 0 else { return true }
    looks -= 1
    for around in [node] + node.ancestors {
      if let head, around.contains(head) { return false }
      if around.isOne(of: .ofOthers) || ClassTokens(around).containsAny(Self.tokens) { return true }
      guard head != nil, isTeaserSized(around) else { continue }
      if around.name == "a", around != node { return true }
      let title = around.first(of: .lowerHeadings)
      if let title, title.holds(.links) || title.ancestors.prefix(4).contains(where: { $0.name == "a" }) { return true }
    }
    return false
  }

  /// Whether a box may be no more than a headline that leads to another article; larger ones hold the article.
  private func isTeaserSized(_ box: Node) -> Bool { box.descendants.count < 60 && box.text.utf8.count < 600 }

  private static let tokens: WordSet = [
    "comment", "comments", "commentlist", "commentauthor", "discussion", "disqus", "quote", "quotation", "pullquote",
    "blockquote", "zitat", "related", "relatedarticles", "relatedcontent", "relatedposts", "recommended",
    "recommendations", "mostread", "mostpopular", "popular", "trending", "readmore", "seealso",
  ]
}
