import Markup

/// Makes selectors that a person would write: by what an element is or is called, never by its place, by names that a
/// build tool made, or by what only this one article is called.
struct SelectorMaker {
  let root: Node
  let effort: Effort
  /// What trying a selector costs on this page.
  let cost: Int
  /// Words of the article itself: a name that holds one of them is not the name of a part of every page.
  private let own: Set<String>

  /// - Parameter article: texts that belong to the article: headline, authors, section, keywords, the end of its
  ///   address.
  init(root: Node, effort: Effort, article: [String]) {
    self.root = root
    self.effort = effort
    cost = 1 + root.descendants.reduce(0) { count, _ in count + 1 } / 1000
    own = Set(article.flatMap { Self.pieces(of: $0) }.filter { $0.count >= 4 && !Self.isTelling($0) })
      .subtracting(Self.common)
  }

  /// A CSS selector for the node that `accepts` what it selects in the document; the shortest of the most telling kind
  /// first. nil when the page offers none.
  func selector(for node: Node, accepts: ([Node]) -> Bool) -> String? {
    let own = parts(of: node)
    for part in own where accepts(select(part)) { return part }
    // With the help of what stands around it.
    for ancestor in node.ancestors.prefix(6) {
      for outer in parts(of: ancestor) where outer != "div" && outer != "section" {
        for inner in own {
          let text = outer + " " + inner
          if accepts(select(text)) { return text }
        }
      }
    }
    return nil
  }

  /// None once the search has cost enough.
  func select(_ css: String) -> [Node] {
    effort.take(cost) ? (try? XPath(css: css))?.nodes(at: root) ?? [] : []
  }

  /// Selectors for the element alone, from the most telling to the least.
  func parts(of node: Node) -> [String] {
    guard node.isElement else { return [] }
    var parts: [String] = []
    for name in ["itemprop", "data-testid", "data-component", "data-qa", "data-type", "data-name", "data-role", "role"]
    {
      if let value = node[name], isStable(value) { parts.append("[\(name)='\(value)']") }
    }
    if let id = node["id"], Self.isName(id), isStable(id) { parts.append("#\(id)") }
    let classes = (node["class"] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
      .filter { Self.isName($0) && isStable($0) && !Self.isLayout($0) }
    let telling = classes.filter(Self.isTelling)
    parts += telling.map { "\(node.name).\($0)" }
    parts += classes.filter { !Self.isTelling($0) }.map { "\(node.name).\($0)" }
    for pair in zip(telling, telling.dropFirst()) { parts.append("\(node.name).\(pair.0).\(pair.1)") }
    if Self.meaning.contains(node.name) { parts.append(node.name) }
    return parts
  }

  /// Elements that mean something by themselves.
  private static let meaning: Set<String> = [
    "article", "main", "h1", "time", "figure", "figcaption", "blockquote", "address",
  ]

  /// Whether a name will be there on other pages and after the next deployment: made of words, without numbers, and of
  /// none of this article's own words.
  private func isStable(_ name: String) -> Bool {
    Self.isPlain(name) && Self.isWordy(name) && !Lint.isGenerated(name) && own.isDisjoint(with: Self.pieces(of: name))
  }

  private static func isPlain(_ value: String) -> Bool {
    (2...60).contains(value.utf8.count)
      && value.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || byte == 0x2D || byte == 0x5F
      }
  }

  private static func isName(_ value: String) -> Bool { !value.hasPrefix("-") }

  /// A name's words in small letters: "articleBody_text" is article, body, text.
  static func pieces(of name: String) -> [String] {
    var pieces: [String] = []
    var piece = ""
    var wasSmall = false
    for character in name {
      if !character.isLetter || (character.isUppercase && wasSmall), !piece.isEmpty {
        pieces.append(piece)
        piece = ""
      }
      if character.isLetter { piece += character.lowercased() }
      wasSmall = character.isLowercase
    }
    return piece.isEmpty ? pieces : pieces + [piece]
  }

  /// Whether most of a name is words that can be spoken, and not `nfyQp` or `g_fK`.
  static func isWordy(_ name: String) -> Bool {
    if isTelling(name) { return true }
    let pieces = pieces(of: name)
    let letters = pieces.reduce(0) { $0 + $1.count }
    let spoken = pieces.filter { $0.count >= 3 && $0.contains { "aeiou".contains($0) } }.reduce(0) { $0 + $1.count }
    return spoken * 2 > letters && pieces.count { $0.count == 1 } < 2
  }

  private static let words = [
    "article", "story", "body", "content", "text", "entry", "post", "copy", "paragraph", "lead", "intro", "standfirst",
    "dek", "kicker", "headline", "title", "byline", "author", "caption", "credit", "section", "rubric", "teaser",
    "artikel", "absatz", "texte", "corps", "cuerpo", "testo", "noticia", "nota",
  ]

  /// Words that classes are made of and headlines hold too.
  private static let common: Set<String> = [
    "news", "main", "page", "site", "media", "image", "images", "photo", "video", "header", "date", "time", "name",
    "detail", "details", "item", "block", "live", "full", "long", "link", "links", "comments", "related", "share",
    "info", "desc", "description",
  ]

  private static func isTelling(_ name: String) -> Bool {
    let lower = name.lowercased()
    return words.contains { lower.contains($0) }
  }

  /// Classes of CSS frameworks, which say how something looks and not what it is.
  static func isLayout(_ name: String) -> Bool {
    name.wholeMatch(
      of:
        /(col|cols|column|columns|row|rows|grid|flex|inline|mb|mt|mx|my|ml|mr|pb|pt|pl|pr|px|py|p|m|w|h|min|max|text|font|bg|border|rounded|shadow|space|gap|justify|items|self|place|order|grow|shrink|basis|aspect|overflow|object|leading|tracking|align|float|clear|pull|offset|small|medium|large|xlarge|is|has|js|no|u|o|z|lg|md|sm|xs|xl|d|clearfix|container|wrapper|wrap|inner|outer|span|block|hidden|visible|show|hide|relative|absolute|sticky|fixed|static|full|half|left|right|top|bottom|center|middle|active|first|last|even|odd|default|primary|secondary|dark|light)([-_][A-Za-z]+)*/
    ) != nil
      && !isTelling(name.split(separator: "-").dropFirst().joined())
  }
}
