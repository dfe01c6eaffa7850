import Markup
import Values

/// What a reader does not see, or not as text of the article.
extension BodyWalker {
  /// Elements that show no text of the article, whatever the page.
  static func isSilent(_ node: Node) -> Bool { node.remembering(0) { findSilent(node) } }

  private static func findSilent(_ node: Node) -> Bool {
    if node.isOne(of: silent) {
      return switch node.name {
      case "form": !wrapsPage(node)
      case "button": !isHeading(node)
      case "noscript": !HeldCopy.isForReaders(node)
      // What an element shows in place of its content.
      case "template": !node.hasAttribute("shadowrootmode")
      default: true
      }
    }
    // A reading is shown where the page says how to set it without ruby: in parentheses of its own.
    if node.name == "rt" { return node.parent?.descendants(named: ["rp"]).isEmpty ?? true }
    if node.name == "blockquote", node.isNamed(in: embeddedPosts) { return true }
    if node.hasAttribute("hidden") { return true }
    if node.isSet("aria-hidden", to: "true"), !Self.isShownThough(node) { return true }
    return node["style"].map(hides) ?? false
  }

  /// What networks put into a page for their scripts to make a post of: its words, its author, its date in one line.
  /// WordPress puts the titles of other articles in.
  private static let embeddedPosts: WordSet = [
    "twittertweet", "twittervideo", "instagrammedia", "tiktokembed", "blueskyembed", "mastodonembed", "redditcard",
    "redditembed", "fbxfbml", "textpostmedia", "tumblrpost", "telegrampost", "imgurembed",
    "wpembedded",
  ]

  /// Whether a style keeps its element from being shown, however it is written.
  private static func hides(_ style: String) -> Bool {
    guard style.utf8.count < 4096, style.utf8.contains(UInt8(ascii: ":")) else { return false }
    let folded = String(
      decoding: style.utf8.lazy.filter { $0 > 0x20 }.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
    return folded.holds("display:none") || folded.holds("visibility:hidden")
  }

  /// Pictures and whole paragraphs are kept from screen readers, never from readers.
  private static func isShownThough(_ node: Node) -> Bool {
    switch node.name {
    case "figure", "img", "picture": true
    case "span": isShownInitial(node)
    case "p": node.text.utf8.count > 80 || node.text.utf8.count > 30 && BlockFilter.endsSentence(node.text)
    // Those of a gallery that are not in view yet.
    case "div", "li": node.isNamed(in: slides)
    default: false
    }
  }

  private static let slides: WordSet = [
    "slide", "slides", "carouselslide", "carouselitem", "slickslide", "swiperslide", "splideslide", "galleryslide",
    "galleryitem", "sliderslide", "slideritem", "gliderslide",
  ]

  /// Some servers put the whole page into one form.
  private static func wrapsPage(_ form: Node) -> Bool {
    var paragraphs = 0
    for node in form.descendants {
      if node.name == "h1" || node.name == "article" || node.name == "main" { return true }
      if node.name == "p" { paragraphs += 1 }
      if paragraphs > 5 { return true }
    }
    return false
  }

  static let silent: ElementSet = [
    "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "annotation", "annotation-xml",
    "form", "button", "input", "del", "strike", "select", "textarea", "option", "label", "nav", "dialog", "audio",
    "video", "canvas", "map", "link", "meta", "title", "head", "amp-ad", "amp-analytics", "amp-iframe", "amp-sidebar",
    "progress", "meter",
  ]
}
