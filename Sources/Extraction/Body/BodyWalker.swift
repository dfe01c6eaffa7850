import Articles
import Manifest
import Markup
import Values

/// A block and the element it came from.
struct WalkedBlock {
  let block: Block
  let node: Node
  /// The whole text on one line, and its `TextMass.weight`: both are asked for again and again.
  let text: String
  let weight: Double

  init(block: Block, node: Node) {
    self.block = block
    self.node = node
    text = block.plainText.joined(separator: " ")
    weight = TextMass.weight(text).weight
  }
}

/// Walks elements into typed blocks, the way a reader sees them. Figures become `.figure(k)` where `k` indexes
/// `pictureNodes`; the caller maps them to the article's pictures.
struct BodyWalker {
  let base: WebURL
  /// Elements left out with everything inside.
  let skips: (Node) -> Bool
  /// Subheads that are not h1–h6.
  let subheads: Set<Node>
  let breaks: ArticleRules.LineBreaks
  private(set) var pictureNodes: [Node] = []

  private var out: [WalkedBlock] = []
  private var line: [Inline] = []
  private var lineNode: Node?
  private var atSpace = true
  private var pending: [Node] = []

  init(
    base: WebURL, subheads: Set<Node> = [], breaks: ArticleRules.LineBreaks = .auto,
    skips: @escaping (Node) -> Bool = { _ in false }
  ) {
    self.base = base
    self.subheads = subheads
    self.breaks = breaks
    self.skips = skips
  }

  /// The blocks of the nodes, which are in the order of the document. A node inside an earlier one is taken once: that
  /// is the last one taken.
  mutating func blocks(of nodes: [Node]) -> [WalkedBlock] {
    out = []
    var taken: Node?
    for node in nodes where !(taken?.contains(node) ?? false) {
      taken = node
      if node.isElement, Self.isSilent(node) { continue }
      block(node)
      flush()
    }
    let result = out
    out = []
    return result
  }

  // MARK: Blocks

  private mutating func block(_ node: Node) {
    guard node.isElement else {
      if node.kind == .attribute || node.isText { append(inline(node), from: node.parent ?? node) }
      return
    }
    if subheads.contains(node) {
      flush()
      emit(heading(2, node), node)
      return
    }
    switch node.name {
    case "p", "summary", "dt", "dd", "address":
      flush()
      children(node)
      flush()
    case "h1", "h2", "h3", "h4", "h5", "h6":
      flush()
      if Self.holdsParagraphs(node) {
        children(node)
        flush()
      } else {
        let level = node.name.last?.wholeNumberValue ?? 2
        emit(heading(min(max(level, 2), 4), node), node)
      }
    case "ul", "ol", "menu":
      flush()
      list(node)
    case "blockquote":
      flush()
      let inner = nested(node)
      if !inner.isEmpty { emit(.quote(inner), node) }
    case "figure", "picture", "img", "amp-img", "image":
      picture(node)
    case "table":
      flush()
      table(node)
    case "pre":
      flush()
      let text = node.rawText.replacing("\r\n", with: "\n").replacing("\r", with: "\n").trimmingSpaces
      if !text.isEmpty { emit(.preformatted(text), node) }
    case "br":
      lineBreak()
    case "hr":
      flush()
    case _ where node.isOne(of: Self.inlineElements) && !Self.holdsBlocks(node):
      if node.isOne(of: Self.transparent), node.name != "sup", node.name != "sub" {
        children(node)
      } else {
        append(inline(node), from: node.parent ?? node)
      }
    case _ where node.isOne(of: Self.inlineElements):
      children(node)
    default:
      let isBlock =
        node.isOne(of: Self.blockElements) ? !Self.isInitial(node) : Self.holdsBlocks(node) || Self.standsAlone(node)
      if !isBlock {
        children(node)
      } else {
        flush()
        children(node)
        flush()
      }
    }
  }

  private mutating func children(_ node: Node) {
    var next = node.firstChild
    while let child = next {
      next = child.nextSibling
      if child.isText {
        append(inline(child), from: node)
      } else if child.isElement, !Self.isSilent(child), !skips(child) {
        if !atSpace, Self.isGlued(child) {
          append([.text(" ")], from: node)
          atSpace = true
        }
        block(child)
      }
    }
  }

  private func heading(_ level: Int, _ node: Node) -> Block {
    var copy = self
    copy.atSpace = true
    let content = Inlines.finished(copy.inlines(of: node))
    // A subhead is strong by itself.
    if content.count == 1, case .strong(let inner) = content[0] { return .heading(level: level, inner) }
    return .heading(level: level, content)
  }

  /// The blocks inside a node, as a list item or a quote holds them.
  private mutating func nested(_ node: Node) -> [Block] {
    var inner = BodyWalker(base: base, subheads: subheads, breaks: breaks, skips: skips)
    inner.pictureNodes = pictureNodes
    inner.children(node)
    inner.flush()
    pictureNodes = inner.pictureNodes
    return inner.out.map(\.block)
  }

  private mutating func list(_ node: Node) {
    // Items with subheads and paragraphs of their own, as live reports set their entries, are parts of the text.
    if node.elements.contains(where: { $0.holds(.lowerHeadings) && Self.holdsParagraphs($0) }) {
      for child in node.elements where !Self.isSilent(child) && !skips(child) {
        children(child)
        flush()
      }
      return
    }
    var items: [[Block]] = []
    for child in node.elements where !Self.isSilent(child) && !skips(child) {
      let blocks = nested(child)
      // A picture is no item of a list: it stands beside it.
      let texts = blocks.filter { if case .figure = $0 { false } else { true } }
      for case .figure(let index) in blocks { out.append(WalkedBlock(block: .figure(index), node: child)) }
      if !texts.isEmpty { items.append(texts) }
    }
    guard !items.isEmpty else { return }
    if let label = out.last, Self.isContents(node, below: label) {
      out.removeLast()
      return
    }
    emit(.list(ordered: node.name == "ol", items), node)
  }

  private mutating func table(_ node: Node) {
    var rows: [TableRow] = []
    let own = node.descendants(named: ["tr"]).filter { Self.table(around: $0) == node }
    // Asked before any cell is read: tables in tables would be read once for each around them.
    let isLayout = own.contains { $0.elements.contains(where: Self.isLayoutCell) }
    for row in isLayout ? [] : own {
      var cells: [TableRow.Cell] = []
      for cell in row.elements where cell.name == "td" || cell.name == "th" {
        var copy = self
        copy.atSpace = true
        cells.append(.init(isHeader: cell.name == "th", content: Inlines.finished(copy.inlines(of: cell))))
      }
      if cells.contains(where: { !$0.content.isEmpty }) { rows.append(TableRow(cells: cells)) }
    }
    if isLayout || rows.allSatisfy({ $0.cells.count < 2 }) {
      children(node)
      flush()
      return
    }
    emit(.table(rows), node)
  }

  /// Whether a cell holds what no cell of a table of facts does.
  private static func isLayoutCell(_ cell: Node) -> Bool {
    guard cell.name == "td" || cell.name == "th" else { return false }
    return cell.count(of: ["table", "figure", "h2", "h3"]) > 0 || cell.count(of: ["p"]) > 2
      || cell.count(of: ["br"]) > 3 && cell.text.utf8.count > 300
  }

  private mutating func picture(_ node: Node) {
    if node.name == "figure" {
      // A gallery is as many pictures as it holds: the inmost figures, each once however deep they stand.
      let inner = node.descendants(named: ["figure"]).filter { $0.holds(.images) }
      if inner.count > 1 {
        let around = Set(inner.flatMap(\.ancestors))
        pending += inner.filter { !around.contains($0) && !Self.isSilent($0) && !skips($0) }
        if line.isEmpty { flush() }
        return
      }
    }
    if node.name == "figure", !node.holds(["img", "picture", "source", "amp-img"]),
      node.descendants.allSatisfy({ $0["data-src"] == nil && $0["data-srcset"] == nil })
    {
      // A figure without a picture holds a quote, a table or a player. Text in one is a box, or announces another
      // article.
      guard node.holds(Self.figured) else { return }
      flush()
      var next = node.firstChild
      while let child = next {
        next = child.nextSibling
        // Under a table it says what the numbers are; with a quote it says who spoke.
        let isKept = child.name != "figcaption" || node.holds(Self.tables)
        if child.isElement, isKept, !Self.isSilent(child), !skips(child) { block(child) }
      }
      flush()
      return
    }
    pending.append(node)
    if line.isEmpty { flush() }
  }

  private mutating func emit(_ block: Block, _ node: Node) {
    if case .heading(_, let content) = block, content.isEmpty { return }
    out.append(WalkedBlock(block: block, node: node))
  }

  // MARK: Lines

  private mutating func append(_ inlines: [Inline], from node: Node) {
    guard !inlines.isEmpty else { return }
    if lineNode == nil { lineNode = node }
    line += inlines
  }

  private mutating func lineBreak() {
    if breaks == .paragraphs {
      flush()
    } else if case .lineBreak? = line.last {
      flush()
    } else if !line.isEmpty {
      line.append(.lineBreak)
    }
    atSpace = true
  }

  private mutating func flush() {
    if let node = lineNode {
      let content = Inlines.finished(line)
      let parts = breaks == .auto ? Inlines.paragraphs(content, isOneParagraph: node.name == "p") : [content]
      for part in parts where !part.isEmpty {
        out.append(WalkedBlock(block: .paragraph(part), node: node))
      }
    }
    line = []
    lineNode = nil
    atSpace = true
    for node in pending {
      out.append(WalkedBlock(block: .figure(pictureNodes.count), node: node))
      pictureNodes.append(node)
    }
    pending = []
  }

  // MARK: Inline content

  private mutating func inlines(of node: Node) -> [Inline] {
    var all: [Inline] = []
    var next = node.firstChild
    while let child = next {
      next = child.nextSibling
      guard child.isText || (child.isElement && !Self.isSilent(child) && !skips(child)) else { continue }
      if !atSpace, Self.isGlued(child) {
        all.append(.text(" "))
        atSpace = true
      }
      all += inline(child)
    }
    return all
  }

  private mutating func inline(_ node: Node) -> [Inline] {
    if node.isText || node.kind == .attribute {
      var bytes: [UInt8] = []
      if node.isText {
        var after = atSpace
        node.withTextBytes { Whitespace.fold($0, into: &bytes, atSpace: &after) }
        atSpace = after
      } else {
        var text = node.rawText
        text.withUTF8 { Whitespace.fold($0, into: &bytes, atSpace: &atSpace) }
      }
      return bytes.isEmpty ? [] : [.text(bytes.withUnsafeBufferPointer { UTF8Text.string($0) })]
    }
    switch node.name {
    case "br":
      atSpace = true
      return [.lineBreak]
    case "strong", "b": return styled(node) { .strong($0) }
    case "em", "i", "cite", "dfn": return styled(node) { .emphasis($0) }
    case "a"
    where node["href"]?.hasPrefix("#") == true && node.text.utf8.count < 5
      && node.text.allSatisfy { $0.isNumber || "[]*".contains($0) }:
      // The number of a footnote.
      return []
    case "a":
      guard let href = node["href"].flatMap({ Links.resolved($0, base: base) }) else { return inlines(of: node) }
      return styled(node) { .link(href: href, $0) }
    case "img", "picture", "figure", "amp-img":
      pending.append(node)
      return []
    case "sup", "sub":
      let content = inlines(of: node)
      return RaisedDigits.written(content, below: node.name == "sub") ?? content
    default:
      let isBlock = node.isOne(of: Self.blockElements)
      var all: [Inline] = isBlock && !atSpace ? [.text(" ")] : []
      if isBlock { atSpace = true }
      let content = inlines(of: node)
      all += content
      if isBlock, !content.isEmpty, !atSpace {
        all.append(.text(" "))
        atSpace = true
      }
      return all
    }
  }

  private mutating func styled(_ node: Node, _ make: ([Inline]) -> Inline) -> [Inline] {
    let content = inlines(of: node)
    if content.isEmpty { return [] }
    let text = content.plainText
    if text.allSatisfy(\.isWhitespace) { return content }
    return [make(content)]
  }

  // MARK: Elements

  private static func table(around row: Node) -> Node? {
    var place = row.parent
    while let around = place, !around.isOne(of: tables) { place = around.parent }
    return place
  }

  private static func holdsBlocks(_ node: Node) -> Bool {
    node.holds(blocksAndPictures)
  }

  private static func holdsParagraphs(_ node: Node) -> Bool {
    node.holds(paragraphs)
  }

  static let inlineElements: ElementSet = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins",
    "kbd", "mark", "q", "ruby", "rb", "rp", "rt", "s", "samp", "small", "span", "strike", "strong", "sub", "sup",
    "time", "tt", "u", "var", "wbr", "nobr",
  ]
  /// Inline elements without a form of their own in the article.
  private static let transparent: ElementSet = inlineElements.subtracting([
    "a", "b", "strong", "em", "i", "cite", "dfn",
  ])
  private static let paragraphs: ElementSet = ["p", "ul", "h2", "h3"]
  private static let tables: ElementSet = ["table"]
  private static let figured: ElementSet = ["blockquote", "q", "table", "pre", "code", "math"]
  private static let blocksAndPictures = blockElements.union(["img", "picture"])
  static let blockElements: ElementSet = [
    "address", "article", "aside", "blockquote", "caption", "center", "dd", "details", "div", "dl", "dt", "fieldset",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "menu", "ol",
    "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
  ]
}
