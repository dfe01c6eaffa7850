import Markup

/// Groups of elements that are asked for again and again.
extension ElementSet {
  static let linkedHeads: ElementSet = ["h2", "h3", "h4", "p"]
  static let bodyBoxes: ElementSet = ["div", "section", "article"]
  static let linkBoxes: ElementSet = ["div", "section", "table", "article", "dl"]
  /// Blocks that are a part of a text and never hold one.
  static let textParts: ElementSet = [
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol", "blockquote", "figure", "tr",
  ]
  static let neverSide: ElementSet = ["html", "body", "main", "article", "img", "picture", "figure"]
  /// Elements whose names say more of their look than of their purpose.
  static let looks: ElementSet = ["p", "h2", "h3", "h4", "ul", "ol", "li", "blockquote"]
  static let lists: ElementSet = ["ul", "ol"]
  static let introductions: ElementSet = ["p", "h2", "h3"]
  static let tagLists: ElementSet = ["div", "ul", "ol", "section", "p", "aside", "nav"]
  static let pageHeads: ElementSet = ["nav", "header"]
  static let entries: ElementSet = ["article", "div", "li", "section"]
  static let sideElements: ElementSet = ["nav", "footer", "aside", "form", "button", "ul"]
  static let wholes: ElementSet = ["article", "main", "body"]
  static let largeBoxes: ElementSet = ["article", "main", "body", "section"]
  static let pictureParts: ElementSet = ["img", "picture", "source", "a", "figure"]
  static let headings: ElementSet = ["h1"]
  static let lowerHeadings: ElementSet = ["h2", "h3", "h4", "h5", "h6"]
  /// Those in which others than the author speak.
  static let ofOthers: ElementSet = ["aside", "footer", "nav", "blockquote"]
  static let images: ElementSet = ["img", "amp-img"]
  static let plainImages: ElementSet = ["img"]
  static let articles: ElementSet = ["article"]
  static let links: ElementSet = ["a"]
  static let captions: ElementSet = ["figcaption"]
}
