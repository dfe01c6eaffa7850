import Articles
import Manifest
import Markup
import Values

/// A plugin's rules: those for every page, and those of each layout, made when a page of it comes.
final class CompiledPlugin {
  struct Layout {
    let name: String
    let when: [ValueRule]
    let kinds: [Article.Kind]
    fileprivate let index: Int

    func claims(_ page: Page) -> Bool {
      if !kinds.isEmpty, !kinds.contains(page.kind) { return false }
      return when.isEmpty || when.contains { $0.finds(in: page) }
    }
  }

  /// What tells the kind of a page, where the plugin says so.
  let kind: [ValueRule]
  private let manifest: Manifest
  private let layouts: [Layout]
  private lazy var standard = CompiledRules(manifest.article)
  private var compiled: [Int: CompiledRules] = [:]

  init(_ manifest: Manifest) {
    self.manifest = manifest
    kind = (manifest.article.fields[.kind] ?? []).map { ValueRule($0) }
    layouts = manifest.layouts.enumerated().map { index, layout in
      Layout(name: layout.name, when: layout.when.map { ValueRule($0) }, kinds: layout.kinds, index: index)
    }
  }

  /// The rules for a page, and the name of the layout they belong to.
  func rules(for page: Page) -> (rules: CompiledRules, layout: String?) {
    guard let layout = layouts.first(where: { $0.claims(page) }) else { return (standard, nil) }
    if let known = compiled[layout.index] { return (known, layout.name) }
    let rules = CompiledRules(manifest.layouts[layout.index].rules)
    compiled[layout.index] = rules
    return (rules, layout.name)
  }
}

/// Rules that compile themselves when they are asked.
final class CompiledRules {
  let remove: [NodeRule]
  let bodyRemove: [NodeRule]
  let subheads: [NodeRule]
  let breaks: ArticleRules.LineBreaks
  let fields: [ArticleRules.Field: [ValueRule]]
  let images: CompiledImageRules

  init(_ rules: ArticleRules) {
    remove = rules.remove.map { NodeRule($0) }
    bodyRemove = rules.bodyRemove.map { NodeRule($0) }
    subheads = rules.subheads.map { NodeRule($0) }
    breaks = rules.breaks ?? .auto
    fields = rules.fields.mapValues { $0.map { ValueRule($0) } }
    images = CompiledImageRules(rules.images)
  }
}

final class CompiledImageRules {
  let select: [NodeRule]
  let from: [NodeRule]
  let to: [NodeRule]
  let caption: [ValueRule]
  let credit: [ValueRule]
  let alt: [ValueRule]
  private(set) lazy var drop = rules.drop.compactMap { try? TextPattern($0) }
  let lead: [NodeRule]
  let minWidth: Int?
  private let rules: ImageRules

  init(_ rules: ImageRules) {
    self.rules = rules
    select = rules.select.map { NodeRule($0) }
    from = rules.from.map { NodeRule($0) }
    to = rules.to.map { NodeRule($0) }
    caption = rules.caption.map { ValueRule($0) }
    credit = rules.credit.map { ValueRule($0) }
    alt = rules.alt.map { ValueRule($0) }
    lead = rules.lead.map { NodeRule($0) }
    minWidth = rules.minWidth
  }
}

/// An expression that selects nodes, compiled when it is first asked; none for one that does not compile.
final class NodeRule {
  private let expression: Expression
  private lazy var path: XPath? =
    switch expression.language {
    case .css: try? XPath(css: expression.text)
    case .xpath: try? XPath(expression.text)
    case .jsonld, .meta, .json: nil
    }
  /// Which rule this is, and where it stands.
  private(set) lazy var origin = expression.origin

  init(_ expression: Expression) { self.expression = expression }

  /// None for an expression that fails on this page, which the page notes.
  func nodes(at node: Node, in page: Page) -> [Node] {
    guard let path else { return [] }
    do throws(SelectorError) {
      guard case .nodes(let found) = try path.evaluate(at: node) else { return [] }
      return found
    } catch {
      page.note(RuleFailure(origin: origin, message: error.message))
      return []
    }
  }
}
