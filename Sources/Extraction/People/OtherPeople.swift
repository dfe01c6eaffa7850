import Markup
import Values

/// Tells the places where a page names its article's author from those where it names others: whoever wrote a comment,
/// said a quotation, took a picture, or wrote another article that the page points to.
final class OtherPeople {
  /// The headline, most likely.
  let head: Node?
  /// How many places are still looked at: a page may name as many as it likes.
  private var looks = 1000

  private let base: WebURL

  init(_ headline: HeadlinePlace, base: WebURL) {
    head = headline.node
    self.base = base
  }

  /// Whether a name at this place is somebody else's.
  ///
  /// - Parameter isByHeadline: that it stands so near to the headline that a heading behind it begins something else.
  func areNamed(at node: Node, isByHeadline: Bool = false) -> Bool {
    guard looks > 0 else { return true }
    looks -= 1
    for around in [node] + node.ancestors {
      if let head, around.contains(head) { return false }
      if around.isOne(of: .ofOthers), !isColophon(around) { return true }
      if ClassTokens(around).containsAny(Self.tokens) || isCaption(around, of: node) { return true }
      guard head != nil, isTeaserSized(around) else { continue }
      if around.name == "a", around != node { return true }
      let title = around.first(of: .lowerHeadings)
      guard let title, leadsElsewhere(title), !isByHeadline || title.precedes(node) else { continue }
      // Some set the author's name as a heading.
      if !title.contains(node), !node.contains(title) { return true }
    }
    return false
  }

  /// Whether a heading is a link to another article: not to the page of whoever wrote this one.
  private func leadsElsewhere(_ title: Node) -> Bool {
    // `A comment by`, above who wrote it.
    if title.text.split(separator: " ").last.map({ Self.labelEnds.contains($0.lowercased()) }) ?? false { return false }
    guard let link = title.first(of: .links) ?? title.ancestors.prefix(4).first(where: { $0.isOne(of: .links) }) else {
      return false
    }
    let url = link["href"].flatMap { WebURL($0, relativeTo: base) }
    return !(url.map(GenericFields.isAuthorPage) ?? false)
  }

  private static let labelEnds: Set<String> = ["by", "von", "par", "por", "di", "av", "af", "door"]

  /// Whether a picture's caption says more than the name at this place, which is then the photographer's and not that
  /// of whom a portrait shows.
  private func isCaption(_ box: Node, of node: Node) -> Bool {
    box.name == "figcaption" && box.text.wordCount > node.text.wordCount + 3
  }

  /// Whether an aside or a footer is the article's own: a few words on who wrote it and when.
  private func isColophon(_ box: Node) -> Bool {
    guard let head, box.name == "aside" || box.name == "footer", isTeaserSized(box),
      let article = box.ancestors.first(where: { $0.isOne(of: .wholes) })
    else { return false }
    return article.name != "body" && article.contains(head)
  }

  /// Whether a box may be no more than a headline that leads to another article; larger ones hold the article.
  private func isTeaserSized(_ box: Node) -> Bool { box.descendants.count < 60 && box.text.utf8.count < 600 }

  private static let tokens: WordSet = [
    "comment", "comments", "commentlist", "commentauthor", "discussion", "disqus", "quote", "quotation", "pullquote",
    "blockquote", "zitat", "related", "relatedarticles", "relatedcontent", "relatedposts", "recommended",
    "recommendations", "mostread", "mostpopular", "popular", "trending", "readmore", "seealso",
    // Whoever took a picture.
    "figcaption", "imagecaption", "imagedescription", "imagecredit", "photocaption", "photocredit", "photographer",
    "picturecaption", "picturecredit",
  ]
}
