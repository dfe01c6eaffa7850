import Articles
import Manifest
import Markup
import Values

/// A candidate: where to look, and what is done to each value found. Its parts are compiled when they are first needed:
/// of a publisher's candidates most pages ask only the first of each field. A part that does not compile makes the rule
/// find nothing: checking a plugin reports it.
final class ValueRule {
  private enum Place {
    case path(XPath)
    case jsonLD(JSONLDPath)
    case meta(String)
    case script(XPath, JSONPath)
    case variable(String, JSONPath)
  }

  /// Which rule this is, and where it stands.
  private(set) lazy var origin = candidate.origin
  private let candidate: Candidate
  private lazy var place = try? Self.place(candidate.expression)
  private lazy var condition = candidate.condition.flatMap { try? XPath($0) }
  private lazy var treatment = try? ValueTreatment(candidate)

  init(_ candidate: Candidate) { self.candidate = candidate }

  private static func place(_ expression: Expression) throws(SelectorError) -> Place? {
    switch expression.language {
    case .css: return .path(try XPath(css: expression.text))
    case .xpath: return .path(try XPath(expression.text))
    case .jsonld: return .jsonLD(JSONLDPath(expression.text))
    case .meta: return .meta(expression.text)
    case .json:
      let parts = expression.text.split(separator: "|", maxSplits: 1).map { $0.trimmingSpaces }
      guard parts.count == 2 else { return nil }
      let path = JSONPath(parts[1])
      if parts[0].hasSuffix("=") { return .variable(String(parts[0].dropLast()).trimmingSpaces, path) }
      return .script(try XPath(css: parts[0]), path)
    }
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

    var withoutMarkup: Finding {
      guard case .values(let values) = self, values.contains(where: GenericFields.isMarkup) else { return self }
      let texts = values.map { Whitespace.folded(GenericFields.plain($0)) }.filter { !$0.isEmpty }
      return texts.isEmpty ? .nothing : .values(texts)
    }
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
    // What stands in data may have markup in it, as a headline's emphasis.
    func data(_ values: [String]) -> Finding { keepingLines ? worked(values) : worked(values).withoutMarkup }
    switch place {
    case nil: return .nothing
    case .path(let path)?:
      guard let value = evaluated(path, page, node) else { return .nothing }
      guard let attribute = candidate.attribute else { return worked(value.strings) }
      guard case .nodes(let found) = value else { return .nothing }
      return worked(found.compactMap { $0[attribute].map(Whitespace.folded) })
    case .jsonLD(let path)?: return data(path.strings(in: page))
    case .meta(let name)?: return worked(page.meta[name])
    case .script(let selector, let path)?:
      guard case .nodes(let scripts)? = evaluated(selector, page, page.document.root) else { return .nothing }
      for script in scripts {
        guard let json = page.json(in: script) else { continue }
        let found = data(path.strings(in: json))
        if case .nothing = found { continue }
        return found
      }
      return .nothing
    case .variable(let name, let path)?:
      for json in page.values(assignedTo: name) {
        let found = data(path.strings(in: json))
        if case .nothing = found { continue }
        return found
      }
      return .nothing
    }
  }

  /// Whether the page shows what the rule asks for: a node, a value, an expression that is true.
  func finds(in page: Page) -> Bool {
    if candidate.attribute == nil, !candidate.changesValues, case .path(let path) = place {
      return holds(page) && evaluated(path, page, page.document.root)?.holds ?? false
    }
    return !values(in: page, at: page.document.root).isEmpty
  }

  /// The same for the texts of nodes already found.
  func worked(_ texts: [String], keepingLines: Bool = false) -> Finding {
    var values = keepingLines ? texts : texts.map(Whitespace.folded)
    values.removeAll { $0.isEmpty }
    if values.isEmpty { return .nothing }
    return treatment?.treated(values, keepingLines: keepingLines) ?? .nothing
  }

  private func holds(_ page: Page) -> Bool {
    if !candidate.kinds.isEmpty, !candidate.kinds.contains(page.kind) { return false }
    if candidate.condition == nil { return true }
    guard let condition else { return false }
    return evaluated(condition, page, page.document.root)?.holds ?? false
  }

  /// An expression that fails on this page fails for its field alone: the failure is noted, and the next candidate
  /// asked.
  private func evaluated(_ path: XPath, _ page: Page, _ node: Node) -> XPath.Value? {
    do throws(SelectorError) {
      return try path.evaluate(at: node)
    } catch {
      page.note(RuleFailure(origin: origin, message: error.message))
      return nil
    }
  }
}
