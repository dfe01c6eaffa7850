import Markup

/// Makes selectors that a person would write: by what an element is or is called, never by its place or by names that a
/// build tool made.
struct SelectorMaker {
  let root: Node
  /// When the search for selectors ends: a page may offer thousands, and a worker's time is limited.
  let deadline: ContinuousClock.Instant

  var isOver: Bool { ContinuousClock.now > deadline }

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

  /// None once the time is over.
  func select(_ css: String) -> [Node] { isOver ? [] : (try? XPath(css: css))?.nodes(at: root) ?? [] }

  /// Selectors for the element alone, from the most telling to the least.
  func parts(of node: Node) -> [String] {
    guard node.isElement else { return [] }
    var parts: [String] = []
    for name in ["itemprop", "data-testid", "data-component", "data-qa", "data-type", "data-name", "data-role", "role"]
    {
      if let value = node[name], Self.isPlain(value), !Lint.isGenerated(value) { parts.append("[\(name)='\(value)']") }
    }
    if let id = node["id"], Self.isName(id), !Lint.isGenerated(id), !id.contains(where: \.isNumber) {
      parts.append("#\(id)")
    }
    let classes = (node["class"] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
      .filter { Self.isName($0) && !Lint.isGenerated($0) && !Self.isLayout($0) }
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

  private static func isPlain(_ value: String) -> Bool {
    (2...60).contains(value.utf8.count)
      && value.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D
          || byte == 0x5F
      } && value.filter(\.isNumber).count < 4
  }

  private static func isName(_ value: String) -> Bool {
    isPlain(value) && !(value.first?.isNumber ?? true) && !value.hasPrefix("-")
  }

  private static let words = [
    "article", "story", "body", "content", "text", "entry", "post", "copy", "paragraph", "lead", "intro", "standfirst",
    "dek",
    "kicker", "headline", "title", "byline", "author", "caption", "credit", "section", "rubric", "teaser", "artikel",
    "absatz",
    "texte", "corps", "cuerpo", "testo", "noticia", "nota",
  ]

  private static func isTelling(_ name: String) -> Bool {
    let lower = name.lowercased()
    return words.contains { lower.contains($0) }
  }

  /// Classes of CSS frameworks, which say how something looks and not what it is.
  private static func isLayout(_ name: String) -> Bool {
    name.wholeMatch(
      of:
        /(col|row|grid|flex|mb|mt|mx|my|ml|mr|pb|pt|px|py|p|m|w|h|text|font|bg|border|rounded|is|has|js|u|o|lg|md|sm|xs|xl|d|clearfix|container|wrapper|span|block|hidden|relative|absolute|sticky|container-fluid|left|right|center|active|first|last)(-[a-z0-9]+)*/
    ) != nil
      && !isTelling(name.split(separator: "-").dropFirst().joined())
  }
}
