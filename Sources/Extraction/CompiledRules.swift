import Manifest
import Markup
import Values

/// A manifest's rules with every expression compiled.
final class CompiledRules {
  let remove: [NodeRule]
  let bodyRemove: [NodeRule]
  let subheads: [NodeRule]
  let fields: [ArticleRules.Field: [ValueRule]]
  let images: CompiledImageRules

  init(_ rules: ArticleRules) {
    remove = rules.remove.compactMap { NodeRule($0) }
    bodyRemove = rules.bodyRemove.compactMap { NodeRule($0) }
    subheads = rules.subheads.compactMap { NodeRule($0) }
    fields = rules.fields.mapValues { $0.compactMap { ValueRule($0) } }
    images = CompiledImageRules(rules.images)
  }
}

final class CompiledImageRules {
  let select: [NodeRule]
  let caption: [ValueRule]
  let credit: [ValueRule]
  let alt: [ValueRule]
  let drop: Regex<AnyRegexOutput>?
  let lead: [NodeRule]
  let minWidth: Int?

  init(_ rules: ImageRules) {
    select = rules.select.compactMap { NodeRule($0) }
    caption = rules.caption.compactMap { ValueRule($0) }
    credit = rules.credit.compactMap { ValueRule($0) }
    alt = rules.alt.compactMap { ValueRule($0) }
    drop = rules.drop.flatMap { try? Regex($0) }
    lead = rules.lead.compactMap { NodeRule($0) }
    minWidth = rules.minWidth
  }
}

/// An expression that selects nodes.
final class NodeRule {
  private let path: XPath

  init?(_ expression: Expression) {
    let compiled: XPath?
    switch expression.language {
    case .css: compiled = try? XPath(css: expression.text)
    case .xpath: compiled = try? XPath(expression.text)
    case .jsonld, .meta, .json: compiled = nil
    }
    guard let compiled else { return nil }
    path = compiled
  }

  func nodes(at node: Node) -> [Node] { path.nodes(at: node) }
}

/// A candidate: where to look, and what is done to each value found.
final class ValueRule {
  private enum Place {
    case path(XPath)
    case jsonLD(JSONLDPath)
    case meta(String)
    case script(XPath, JSONPath)
  }

  /// As written in plugin.toml.
  let description: String
  private let place: Place
  private let attribute: String?
  private let condition: XPath?
  private let split: Regex<AnyRegexOutput>?
  private let replacements: [(pattern: Regex<AnyRegexOutput>, template: String)]
  private let match: Regex<AnyRegexOutput>?
  private let drop: Regex<AnyRegexOutput>?

  init?(_ candidate: Candidate) {
    let text = candidate.expression.text
    do {
      switch candidate.expression.language {
      case .css: place = .path(try XPath(css: text))
      case .xpath: place = .path(try XPath(text))
      case .jsonld: place = .jsonLD(JSONLDPath(text))
      case .meta: place = .meta(text)
      case .json:
        let parts = text.split(separator: "|", maxSplits: 1).map { $0.trimmingSpaces }
        guard parts.count == 2 else { return nil }
        place = .script(try XPath(css: parts[0]), JSONPath(parts[1]))
      }
      condition = try candidate.condition.map { try XPath($0) }
      split = try candidate.split.map { try Regex($0) }
      match = try candidate.match.map { try Regex($0) }
      drop = try candidate.drop.map { try Regex($0) }
      replacements = try candidate.replace.map { (try Regex($0.pattern), $0.with) }
    } catch {
      return nil
    }
    attribute = candidate.attribute
    description = candidate.expression.description
  }

  /// The nodes of an expression that selects nodes; none for others, and none where the condition does not hold.
  func nodes(in page: Page, at node: Node) -> [Node] {
    guard case .path(let path) = place, holds(page) else { return [] }
    return path.nodes(at: node)
  }

  /// The values found with `node` as the context, worked on as the candidate says; no empty ones.
  /// With `keepingLines`, values out of data keep their line breaks, which divide paragraphs there.
  func values(in page: Page, at node: Node, keepingLines: Bool = false) -> [String] {
    guard holds(page) else { return [] }
    func worked(_ values: [String]) -> [String] { self.worked(values, keepingLines: keepingLines) }
    switch place {
    case .path(let path):
      guard let attribute else { return worked(path.strings(at: node)) }
      return worked(path.nodes(at: node).compactMap { $0[attribute].map(Whitespace.folded) })
    case .jsonLD(let path): return worked(path.strings(in: page))
    case .meta(let name): return worked(page.meta[name])
    case .script(let selector, let path):
      for script in selector.nodes(at: page.document.root) {
        guard let json = Document.json(inScript: script.rawText) else { continue }
        let found = worked(path.strings(in: json))
        if !found.isEmpty { return found }
      }
      return []
    }
  }

  /// The same for the texts of nodes already found.
  func worked(_ values: [String], keepingLines: Bool = false) -> [String] {
    var values = keepingLines ? values : values.map(Whitespace.folded)
    if let split { values = values.flatMap { $0.split(separator: split).map(String.init) } }
    for (pattern, template) in replacements { values = values.map { $0.replacing(pattern, template: template) } }
    if let match {
      values = values.compactMap { value in
        guard let found = try? match.firstMatch(in: value) else { return nil }
        guard found.output.count > 1 else { return value }
        return found.output[1].substring.map(String.init)
      }
    }
    if let drop { values = values.filter { (try? drop.firstMatch(in: $0)) == nil } }
    if !keepingLines { values = values.map(Whitespace.folded) }
    return values.filter { !$0.isEmpty }
  }

  private func holds(_ page: Page) -> Bool { condition?.holds(at: page.document.root) ?? true }
}

extension String {
  /// Every match replaced by the template, in which `$1` stands for a group's text and `$$` for a dollar sign.
  func replacing(_ pattern: Regex<AnyRegexOutput>, template: String) -> String {
    if !template.contains("$") { return replacing(pattern, with: template) }
    return replacing(pattern) { match in
      var out = ""
      var rest = template[...]
      while let mark = rest.firstIndex(of: "$") {
        out += rest[..<mark]
        rest = rest[mark...].dropFirst()
        if rest.first == "$" {
          out += "$"
          rest = rest.dropFirst()
        } else if let digit = rest.first?.wholeNumberValue {
          if digit < match.output.count, let group = match.output[digit].substring { out += group }
          rest = rest.dropFirst()
        } else {
          out += "$"
        }
      }
      return out + rest
    }
  }
}
