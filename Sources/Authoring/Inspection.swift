public import Extraction
public import Manifest
import Markup
import TOML
public import Values

/// How a plugin's rules meet one page: the article with the rule of each field, what every single expression of the
/// plugin finds, and the page's source with the matched parts marked.
public enum Inspection {
  /// The worker's answer to an `inspect` job. `extraction` is what the page gives as an article, as `extract` answers
  /// it.
  public static func report(
    _ html: [UInt8], url: WebURL, contentType: String?, manifest: Manifest?, extraction: JSON
  ) throws(ExtractionError) -> JSON {
    let probe = try RuleProbe(html, url: url, contentType: contentType)
    var report = extraction.object ?? JSONObject()
    let all = manifest.map { [$0.article] + $0.layouts.map(\.rules) } ?? []
    var seen: Set<String> = []
    // A layout's rules hold those below them too, and shared sets are not the plugin's to mend.
    let own = all.flatMap { matches($0, probe) }.filter { match in
      match["file"]?.string == manifest?.file
        && seen.insert("\(match["line"]?.integer ?? 0):\(match["column"]?.integer ?? 0):\(match["key"]?.string ?? "")")
          .inserted
    }
    report["matches"] = .array(own)
    var marker = SourceMarker(probe: probe, rules: all, extraction: extraction)
    report["source"] = .string(marker.html())
    return .object(report)
  }

  /// What each expression finds, by its place in plugin.toml.
  private static func matches(_ rules: ArticleRules, _ probe: RuleProbe) -> [JSON] {
    func entry(_ key: String, _ expression: Expression, _ count: Int) -> JSON {
      [
        "key": .string(key), "expression": .string(expression.description), "line": JSON(expression.position.line),
        "column": JSON(expression.position.column), "count": JSON(count), "file": .string(expression.file),
      ]
    }
    var all: [JSON] = []
    for (key, expressions) in [
      ("article.remove", rules.remove), ("article.body_remove", rules.bodyRemove), ("article.subheads", rules.subheads),
      ("article.images.select", rules.images.select), ("article.images.lead", rules.images.lead),
      ("article.images.from", rules.images.from), ("article.images.to", rules.images.to),
    ] {
      for expression in expressions { all.append(entry(key, expression, probe.nodes(expression).count)) }
    }
    for field in ArticleRules.Field.allCases {
      for candidate in rules.fields[field] ?? [] {
        all.append(entry("article.\(field.rawValue)", candidate.expression, probe.count(candidate)))
      }
    }
    let pictures = rules.images.select.lazy.map { probe.nodes($0) }.first { !$0.isEmpty } ?? []
    let contexts = pictures.isEmpty ? probe.document.root.descendants(named: ["figure", "picture"]) : pictures
    for (name, candidates) in [
      ("caption", rules.images.caption), ("credit", rules.images.credit), ("alt", rules.images.alt),
    ] {
      for candidate in candidates {
        let count = contexts.reduce(0) { $0 + probe.count(candidate, at: $1) }
        all.append(entry("article.images.\(name)", candidate.expression, count))
      }
    }
    return all
  }
}

/// A page's source as indented, escaped HTML in which the parts that fields came from are marked.
struct SourceMarker {
  /// Larger sources are cut: no person reads them.
  static let limit = 3 << 20

  private var labels: [Node: [(field: String, rule: String)]] = [:]
  private var out = ""
  private let document: Document

  init(probe: RuleProbe, rules: [ArticleRules], extraction: JSON) {
    document = probe.document
    let record = extraction["article"] ?? .null
    let fired = extraction["rules"]
    let finder = TextFinder(document)
    for rules in rules {
      for expression in rules.remove { mark(probe.nodes(expression), "removed", expression.description) }
      for expression in rules.bodyRemove { mark(probe.nodes(expression), "removed", expression.description) }
      for expression in rules.subheads { mark(probe.nodes(expression), "body", expression.description) }
    }
    for field in ArticleRules.Field.allCases {
      guard let rule = Comparison.rule(field.rawValue, fired) else { continue }
      let candidates = rules.flatMap { $0.fields[field] ?? [] }.filter { $0.expression.description == rule }
      var nodes: [Node] = []
      for candidate in candidates {
        nodes = probe.nodes(candidate.expression)
        if nodes.isEmpty { nodes = finder.data(candidate.expression) }
        if !nodes.isEmpty { break }
      }
      if nodes.isEmpty { nodes = finder.find(Self.texts(of: field, in: record)) }
      mark(nodes, field.rawValue, rule)
    }
    let rule = Comparison.rule("pictures", fired) ?? "generic"
    let hrefs = (record["pictures"]?.array ?? []).flatMap { picture in
      (picture["renditions"]?.array ?? []).compactMap { $0["href"]?.string }
    }
    mark(finder.pictures(hrefs), "pictures", rule)
    let captions = (record["pictures"]?.array ?? []).flatMap { [$0["caption"]?.string, $0["credit"]?.string] }
    mark(finder.find(captions.compactMap { $0 }), "pictures", rule)
  }

  /// What a field holds, as the page may have it in a text.
  private static func texts(of field: ArticleRules.Field, in record: JSON) -> [String] {
    switch field {
    case .authors: (record["authors"]?.array ?? []).compactMap { $0["name"]?.string }
    case .body:
      Comparison.lines(of: record, "body").map { line in
        String(line.drop { "#>•| ".contains($0) })
      }
    case .canonical: [record["canonical_url"]?.string].compactMap { $0 }
    default: Comparison.lines(of: record, field.rawValue)
    }
  }

  private mutating func mark(_ nodes: [Node], _ field: String, _ rule: String) {
    for node in nodes where !(labels[node] ?? []).contains(where: { $0.field == field }) {
      labels[node, default: []].append((field, rule))
    }
  }

  // MARK: Writing

  mutating func html() -> String {
    if let root = document.element { write(root, depth: 0) }
    return out
  }

  private static let blocks: Set<String> = [
    "html", "head", "body", "div", "section", "article", "main", "header", "footer", "nav", "aside", "p", "h1", "h2",
    "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "figure", "figcaption", "picture", "table", "tbody",
    "thead", "tr", "td", "th", "meta", "link", "script", "style", "title", "form", "noscript", "template", "iframe",
    "video", "source",
  ]
  private static let empty: Set<String> = ["meta", "link", "br", "img", "hr", "input", "source", "base", "wbr", "col"]

  private mutating func write(_ node: Node, depth: Int) {
    guard out.utf8.count < Self.limit else { return }
    switch node.kind {
    case .text:
      let text = Whitespace.folded(node.rawText)
      if !text.isEmpty { open(node); out += text.escapedForHTML + " "; close(node) }
    case .element: element(node, depth: depth)
    default: break
    }
  }

  private mutating func element(_ node: Node, depth: Int) {
    let name = node.name
    let isBlock = Self.blocks.contains(name)
    if isBlock { out += "\n" + String(repeating: " ", count: min(depth, 40)) }
    open(node)
    out += "<i>&lt;\(name.escapedForHTML)</i>"
    for attribute in node.attributes { write(attribute, of: node) }
    out += "<i>&gt;</i>"
    if name == "script" || name == "style" || name == "svg" {
      let text = name == "svg" ? "" : node.rawText
      let isData = name == "script" && (labels[node] != nil || node["type"]?.contains("json") == true)
      let kept = text.prefix(isData ? 20_000 : 120)
      out += kept.escapedForHTML + (kept.endIndex < text.endIndex || name == "svg" ? "<u>…</u>" : "")
    } else {
      for child in node.children { write(child, depth: depth + 1) }
      if isBlock, node.elements.contains(where: { Self.blocks.contains($0.name) }) {
        out += "\n" + String(repeating: " ", count: min(depth, 40))
      }
    }
    if !Self.empty.contains(name) { out += "<i>&lt;/\(name.escapedForHTML)&gt;</i>" }
    close(node)
  }

  private mutating func write(_ attribute: (name: String, value: String), of node: Node) {
    let marked = labels.keys.contains { $0.kind == .attribute && $0.parent == node && $0.name == attribute.name }
    out += " <b>\(attribute.name.escapedForHTML)</b>=&quot;"
    let value = attribute.value.prefix(600)
    let text = value.escapedForHTML + (value.endIndex < attribute.value.endIndex ? "<u>…</u>" : "")
    if marked,
      let key = labels.keys.first(where: { $0.kind == .attribute && $0.parent == node && $0.name == attribute.name })
    {
      open(key)
      out += text
      close(key)
    } else {
      out += text
    }
    out += "&quot;"
  }

  private mutating func open(_ node: Node) {
    guard let found = labels[node] else { return }
    let classes = found.map { "f-\($0.field)" }.joined(separator: " ")
    let title = found.map { "\($0.field) — \($0.rule)" }.joined(separator: "\n")
    out += "<mark class=\"\(classes.escapedForHTML)\" title=\"\(title.escapedForHTML)\">"
  }

  private mutating func close(_ node: Node) { if labels[node] != nil { out += "</mark>" } }
}

/// Finds where in a page the texts of an article stand.
private struct TextFinder {
  private let document: Document
  private var byText: [String: [Node]] = [:]

  init(_ document: Document) {
    self.document = document
    for node in document.root.descendants(named: Self.carriers) {
      let text = node.text
      guard !text.isEmpty, text.utf8.count < 20_000 else { continue }
      byText[Self.key(text), default: []].append(node)
    }
    for node in document.root.descendants(named: ["meta"]) {
      if let content = node["content"] { byText[Self.key(content), default: []].append(node) }
    }
    for node in document.root.descendants(named: ["time"]) {
      if let time = node["datetime"] { byText[Self.key(time), default: []].append(node) }
    }
    for node in document.root.descendants(named: ["link"]) where node["rel"] == "canonical" {
      if let href = node["href"] { byText[Self.key(href), default: []].append(node) }
    }
  }

  private static let carriers: ElementSet = [
    "p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "blockquote", "figcaption", "td", "th", "span", "a", "time", "div",
    "strong", "b", "em", "pre", "small", "cite",
  ]

  private static func key(_ text: String) -> String {
    String(text.lazy.filter { !$0.isWhitespace }.prefix(400))
  }

  /// For each text the deepest element that holds it and nothing else; visible ones before meta elements.
  func find(_ texts: [String]) -> [Node] {
    texts.prefix(1000).compactMap { text in
      let found = byText[Self.key(text)] ?? []
      return found.last { $0.name != "meta" && $0.name != "link" } ?? found.first
    }
  }

  /// The elements that an expression over data reads.
  func data(_ expression: Expression) -> [Node] {
    switch expression.language {
    case .meta:
      let name = expression.text.lowercased()
      return document.root.descendants(named: ["meta"]).filter { node in
        ["name", "property", "itemprop"].contains { node[$0]?.lowercased() == name }
      }
    case .jsonld:
      let key = expression.text.split(separator: ".").last.map { "\"\($0)\"" } ?? ""
      let blocks = document.root.descendants(named: ["script"]).filter { $0["type"]?.contains("ld+json") == true }
      return blocks.first { $0.rawText.contains(key) }.map { [$0] } ?? Array(blocks.prefix(1))
    case .json:
      let selector = expression.text.split(separator: "|").first.map(String.init) ?? ""
      return (try? XPath(css: selector))?.nodes(at: document.root) ?? []
    case .css, .xpath: return []
    }
  }

  /// The elements that name one of the files.
  func pictures(_ hrefs: [String]) -> [Node] {
    let names = Set(hrefs.map(Self.file))
    return document.root.descendants(named: ["img", "source"]).filter { node in
      node.attributes.contains { attribute in
        ["src", "srcset", "data-src", "data-srcset", "data-original"].contains(attribute.name)
          && attribute.value.split { $0 == " " || $0 == "," }.contains { names.contains(Self.file(String($0))) }
      }
    }
  }

  private static func file(_ address: String) -> String {
    let path = address.split(separator: "?").first.map(String.init) ?? address
    return path.split(separator: "/").suffix(2).joined(separator: "/")
  }
}
