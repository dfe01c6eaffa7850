import Articles
import Manifest
import Markup
import Values

/// A candidate: where to look, and what is done to each value found.
final class ValueRule {
  private enum Place {
    case path(XPath)
    case jsonLD(JSONLDPath)
    case meta(String)
    case script(XPath, JSONPath)
    case variable(String, JSONPath)
  }

  /// Which rule this is, and where it stands.
  let origin: RuleOrigin
  private let place: Place
  private let attribute: String?
  private let condition: XPath?
  private let kinds: [Article.Kind]
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
        if parts[0].hasSuffix("=") {
          place = .variable(String(parts[0].dropLast()).trimmingSpaces, JSONPath(parts[1]))
        } else {
          place = .script(try XPath(css: parts[0]), JSONPath(parts[1]))
        }
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
    kinds = candidate.kinds
    origin = candidate.origin
  }

  /// The nodes of an expression that selects nodes; none for others, and none where the condition does not hold.
  func nodes(in page: Page, at node: Node) -> [Node] {
    guard case .path(let path) = place, holds(page) else { return [] }
    guard case .nodes(let found)? = evaluated(path, page, node) else { return [] }
    return found
  }

  /// What a candidate found.
  enum Finding {
    /// Nothing, or nothing that `match` and `drop` leave.
    case nothing
    /// A text of which `replace` left nothing: an answer, and no reason to ask the next candidate.
    case emptied
    /// At least one value, none of them empty.
    case values([String])

    var values: [String] { if case .values(let values) = self { values } else { [] } }
  }

  /// The values found with `node` as the context, worked on as the candidate says; no empty ones.
  /// With `keepingLines`, values out of data keep their line breaks, which divide paragraphs there.
  func values(in page: Page, at node: Node, keepingLines: Bool = false) -> [String] {
    finding(in: page, at: node, keepingLines: keepingLines).values
  }

  /// The same, told from a text that was emptied on purpose.
  func finding(in page: Page, at node: Node, keepingLines: Bool = false) -> Finding {
    guard holds(page) else { return .nothing }
    func worked(_ values: [String]) -> Finding { self.worked(values, keepingLines: keepingLines) }
    switch place {
    case .path(let path):
      guard let value = evaluated(path, page, node) else { return .nothing }
      guard let attribute else { return worked(value.strings) }
      guard case .nodes(let found) = value else { return .nothing }
      return worked(found.compactMap { $0[attribute].map(Whitespace.folded) })
    case .jsonLD(let path): return worked(path.strings(in: page))
    case .meta(let name): return worked(page.meta[name])
    case .script(let selector, let path):
      guard case .nodes(let scripts)? = evaluated(selector, page, page.document.root) else { return .nothing }
      for script in scripts {
        guard let json = page.json(in: script) else { continue }
        let found = worked(path.strings(in: json))
        if case .nothing = found { continue }
        return found
      }
      return .nothing
    case .variable(let name, let path):
      for json in page.values(assignedTo: name) {
        let found = worked(path.strings(in: json))
        if case .nothing = found { continue }
        return found
      }
      return .nothing
    }
  }

  /// Whether the page shows what the rule asks for: a node, a value, an expression that is true.
  func finds(in page: Page) -> Bool {
    let isPlain = attribute == nil && split == nil && match == nil && drop == nil && replacements.isEmpty
    if isPlain, case .path(let path) = place {
      return holds(page) && evaluated(path, page, page.document.root)?.holds ?? false
    }
    return !values(in: page, at: page.document.root).isEmpty
  }

  /// The same for the texts of nodes already found.
  func worked(_ texts: [String], keepingLines: Bool = false) -> Finding {
    var values = keepingLines ? texts : texts.map(Whitespace.folded)
    if let split { values = values.flatMap { $0.split(separator: split).map(String.init) } }
    values.removeAll { $0.isEmpty }
    if values.isEmpty { return .nothing }
    for (pattern, template) in replacements { values = values.map { $0.replacing(pattern, template: template) } }
    if values.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) { return .emptied }
    if let match {
      values = values.compactMap { value in
        guard let found = try? match.firstMatch(in: value) else { return nil }
        guard found.output.count > 1 else { return value }
        return found.output[1].substring.map(String.init)
      }
    }
    if let drop { values = values.filter { (try? drop.firstMatch(in: $0)) == nil } }
    if !keepingLines { values = values.map(Whitespace.folded) }
    values.removeAll { $0.isEmpty }
    return values.isEmpty ? .nothing : .values(values)
  }

  private func holds(_ page: Page) -> Bool {
    if !kinds.isEmpty, !kinds.contains(page.kind) { return false }
    guard let condition else { return true }
    return evaluated(condition, page, page.document.root)?.holds ?? false
  }

  /// An expression that fails on this page fails for its field alone: the failure is noted, and the next candidate asked.
  private func evaluated(_ path: XPath, _ page: Page, _ node: Node) -> XPath.Value? {
    do throws(SelectorError) {
      return try path.evaluate(at: node)
    } catch {
      page.note(RuleFailure(origin: origin, message: error.message))
      return nil
    }
  }
}

extension String {
  /// Every match replaced by the template, in which `$1` stands for a group's text and `$$` for a dollar sign.
  func replacing(_ pattern: Regex<AnyRegexOutput>, template: String) -> String {
    if !template.holds("$") { return replacing(pattern, with: template) }
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
