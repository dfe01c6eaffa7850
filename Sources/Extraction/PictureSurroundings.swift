import Articles
import Markup
import Values

/// What stands around a picture's frame and says whose it is or what it shows, and what in a caption is no part of it.
extension PictureReader {
  /// Whose picture it is, in a small box around the frame that is named so.
  func creditBeside(_ frame: Node) -> String? {
    let own = frame.text.characterCount
    for box in frame.ancestors.prefix(5) {
      let length = box.text.characterCount
      guard !box.isOne(of: .largeBoxes), length < own + 120 else { break }
      // Nothing more than the frame says.
      if length == own { continue }
      guard Self.holdsOnePicture(box, page) else { break }
      let named = box.descendants.first { node in
        ClassTokens(node).containsAny(Self.pictureCreditTokens) && !node.text.isEmpty && !node.contains(frame)
          && !frame.contains(node)
      }
      if let named { return PictureCredits.listed(PictureCredits.cleaned(named.text)) }
    }
    return nil
  }

  /// Whose picture it is by the page's own data, where nothing is printed.
  func statedCredit(_ element: Node) -> String? {
    let stated = page.pictureCredits
    guard !stated.isEmpty else { return nil }
    return page.renditions(of: element).lazy.compactMap { stated[page.identity($0.href)] }.first
  }

  /// Whose picture it is by its title, where that is the picture's description, a bar, and a few words.
  static func titledCredit(_ element: Node) -> String? {
    guard let title = element["title"].map(Whitespace.folded), let alt = element["alt"].map(Whitespace.folded),
      !alt.isEmpty, title.hasPrefix(alt), title.utf8.count < alt.utf8.count + 100
    else { return nil }
    let rest = title.dropFirst(alt.count).trimmingSpaces
    guard rest.first == "|", rest.count > 3 else { return nil }
    return PictureCredits.listed(PictureCredits.cleaned(rest.dropFirst().trimmingSpaces))
  }

  /// The words that a picture says describe it, or that stand right behind it in an element named as a caption.
  func wordsBeside(_ node: Node, _ element: Node) -> String? {
    for place in [node, element] {
      guard let name = place["aria-labelledby"] ?? place["aria-describedby"] ?? place["aria-details"] else { continue }
      let around = node.ancestors.prefix(4).last ?? page.document.root
      if let words = around.descendants.first(where: { $0["id"] == name }), Self.areWords(words) { return words.text }
    }
    guard let parent = node.parent, let next = parent.elements.drop(while: { $0 != node }).dropFirst().first,
      ClassTokens(next).containsAny(Self.captionTokens)
        || next.name == "p" && ClassTokens(next).containsAny(Self.infoTokens),
      Self.areWords(next)
    else { return nil }
    return next.text
  }

  private static let infoTokens: WordSet = ["infotext"]

  private static func areWords(_ node: Node) -> Bool {
    (3...600).contains(node.text.characterCount) && !node.holds(.images) && node.count(of: ["p"]) < 3
  }

  /// What in a caption is pressed, not read: `Buy this picture`.
  static func buttons(in caption: Node) -> [Node] {
    caption.descendants.filter { node in
      node.isOne(of: .links) && ClassTokens(node).containsAny(buttonTokens) || node.isOne(of: pressed)
        || ClassTokens(node).containsAny(toggleTokens)
    }
  }

  private static let pressed: ElementSet = ["button"]
  private static let toggleTokens: WordSet = ["togglecaption", "hidecaption", "showcaption", "captiontoggle"]
  private static let buttonTokens: WordSet = ["btn", "button", "buynow", "buyphoto", "cta"]

  /// Whether an element holds a picture and, beside whose it is, nothing.
  func isCreditBox(_ node: Node) -> Bool {
    let text = node.text
    guard !text.isEmpty, text.characterCount < 120, !node.holds(["h1", "h2", "h3", "time", "button"]) else {
      return false
    }
    let isNamed = node.descendants.contains { inner in
      ClassTokens(inner).containsAny(Self.pictureCreditTokens) && inner.text == text
        && !inner.holds(.plainImages)
    }
    return isNamed && Self.holdsOnePicture(node, page)
  }
}
