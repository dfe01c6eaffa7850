import Markup
import Values

/// Copy that a page holds back until a script shows it: as HTML in an element's attribute, or in the JSON of a script
/// where the page itself holds next to no text. Put where it will be shown, it is read like any other.
enum HeldCopy {
  static func unfold(in document: Document) {
    guard let body = document.element?.elements.last(where: { $0.name == "body" }) else { return }
    unfoldAttributes(below: body)
    let shown = shown(body)
    guard shown < enough else { return }
    let least = max(600, shown * 2)
    if let copy = longestCopy(in: scripts(of: document), above: least)
      ?? (isShell(body, of: document) ? longestCopy(in: data(of: document), above: least) : nil)
    {
      body.append(html: "<article data-held-copy>\(copy)</article>")
    }
  }

  /// Whether a page shows neither a headline nor a sentence above its foot, and states no text.
  private static func isShell(_ body: Node, of document: Document) -> Bool {
    !body.holds(.headings) && TextMass(TextParts(body), leavingOut: { $0.isOne(of: feet) })[body].paragraphs == 0
      && !document.root.descendants(named: ["script"]).contains { $0.rawText.holds("\"articleBody\"") }
  }

  /// Empty elements with paragraphs in a data attribute.
  private static func unfoldAttributes(below body: Node) {
    for node in body.descendants(named: holders) {
      for value in node.attributes(beginning: "data-", longerThan: 200) {
        guard isHeld(value, by: node) else { continue }
        node.append(html: data(value).map { copies(in: $0).joined() } ?? value)
        break
      }
    }
  }

  private static func isHeld(_ value: String, by node: Node) -> Bool {
    isCopy(value) && value.holds("<p") && node.text.count < 200 && !refused.contains { value.holds($0) }
  }

  /// The markup that data hold, in its order.
  private static func copies(in value: JSON, depth: Int = 0) -> [String] {
    guard depth < 40 else { return [] }
    return switch value {
    case .object(let object): object.members.flatMap { copies(in: $0.value, depth: depth + 1) }
    case .array(let elements): elements.flatMap { copies(in: $0, depth: depth + 1) }
    case .string(let text): isCopy(text) ? [text] : []
    case .null, .bool, .integer, .number: []
    }
  }

  /// The data that a script builds a page from, if a value is that and no markup, as `[box]<p>…` is.
  private static func data(_ value: String) -> JSON? {
    guard let first = value.utf8.first(where: { $0 > 0x20 }), first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    else { return nil }
    return try? JSON(parsing: value)
  }

  /// Embedded posts, players and forms are no copy of the publisher's.
  private static let refused = [
    "<form", "<iframe", "<script", "<input", "twitter-tweet", "instagram-media", "tiktok-embed",
  ]

  /// The weight of the text that the page itself holds; no more is measured than is asked for.
  private static func shown(_ body: Node) -> Double {
    var weight = 0.0
    var count = 0
    for node in body.descendants(named: texts) where count < 8000 {
      let text = node.text
      count += text.utf8.count
      weight += TextMass.weight(text).weight
      if weight >= enough { break }
    }
    return weight
  }

  /// Whether an element for readers without scripts holds a whole text, as on pages that scripts fill for all others.
  static func isForReaders(_ noscript: Node) -> Bool {
    let sentences = noscript.descendants(named: ["p"]).prefix(40).map(\.text).filter(BlockFilter.endsSentence)
    return sentences.count > 3 && sentences.reduce(0) { $0 + TextMass.weight($1).weight } > 600
  }

  private static let enough = 1500.0
  private static let texts: ElementSet = ["p", "h2", "li", "td"]
  private static let holders: ElementSet = ["div", "section", "template"]
  private static let feet: ElementSet = ["footer"]
  private static let dataHolders: ElementSet = ["div", "section", "main", "body", "article", "template", "script"]

  /// The values of scripts that may hold copy.
  private static func scripts(of document: Document, readingCalls: Bool = false) -> some Sequence<JSON> {
    document.root.descendants(named: ["script"]).lazy.filter { $0["src"] == nil }.compactMap { script -> JSON? in
      let text = script.rawText
      guard text.utf8.count > 1000, !readingCalls || text.holds("JSON.parse("),
        signs.contains(where: { text.holds($0) })
      else { return nil }
      return Document.json(inScript: text, readingCalls: readingCalls)
    }
  }

  /// The data in attributes, and what scripts hand to `JSON.parse`. Most of it is settings, comments and other
  /// articles, which are nothing beside an article of two sentences: it is looked at in a shell alone.
  private static func data(of document: Document) -> [JSON] {
    let attributes = document.root.descendants(named: dataHolders).flatMap { node in
      node.attributes(beginning: "data-", longerThan: 800).compactMap { value -> JSON? in
        signs.contains { value.holds($0) } ? data(value) : nil
      }
    }
    return Array(scripts(of: document, readingCalls: true)) + attributes
  }

  private static func longestCopy(in values: some Sequence<JSON>, above least: Double) -> String? {
    var best: (text: String, weight: Double)?
    func consider(_ text: String, _ weight: Double) {
      if weight > best?.weight ?? least { best = (text, weight) }
    }
    func visit(_ value: JSON, _ depth: Int) {
      guard depth < 40 else { return }
      switch value {
      case .object(let object): for member in object.members { visit(member.value, depth + 1) }
      case .array(let elements):
        if let copy = HeldBlocks.copy(elements) { consider(copy.html, copy.weight) }
        for element in elements { visit(element, depth + 1) }
      case .string(let text):
        guard text.utf8.count > 800 else { return }
        let inner = inner(text)
        if !inner.isEmpty {
          for value in inner { visit(value, depth + 1) }
        } else if isCopy(text) {
          consider(text, TextMass.weight(Sanitiser.text(text)).weight)
        }
      case .null, .bool, .integer, .number: return
      }
    }
    for value in values { visit(value, 0) }
    return best?.text
  }

  /// Markup, or the type of a part, without which a script holds no copy.
  private static let signs = [
    "<", "\\u003c", "\\u003C", "\\x3c", "\\x3C", "type\"", "Type\"", "typename\"", "kind\"", "tagName\"", "component\"",
  ]

  /// The JSON in a text, which may come in numbered lines, as frameworks send what a page is made of.
  private static func inner(_ text: String) -> [JSON] {
    text.split { $0 == "\n" || $0 == "\r\n" }.prefix(1000).compactMap { line in
      let number = line.prefix(while: \.isHexDigit)
      let rest = number.count < 6 && line[number.endIndex...].first == ":" ? line[number.endIndex...].dropFirst() : line
      guard let first = rest.utf8.first, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") else { return nil }
      return try? JSON(parsing: String(rest))
    }
  }

  private static func isCopy(_ text: String) -> Bool {
    text.holds("</p>") || text.holds("<br") || text.holds("</div>")
  }
}
