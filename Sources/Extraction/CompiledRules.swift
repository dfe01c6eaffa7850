import Articles
import Manifest
import Markup
import Values

/// A plugin's rules, compiled when they are first needed: those for every page, and those of each layout.
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
    kind = (manifest.article.fields[.kind] ?? []).compactMap { ValueRule($0) }
    layouts = manifest.layouts.enumerated().map { index, layout in
      Layout(name: layout.name, when: layout.when.compactMap { ValueRule($0) }, kinds: layout.kinds, index: index)
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

/// Rules with every expression compiled. A rule that does not compile is left out: checking a plugin reports it.
final class CompiledRules {
  let remove: [NodeRule]
  let bodyRemove: [NodeRule]
  let subheads: [NodeRule]
  let breaks: ArticleRules.LineBreaks
  let fields: [ArticleRules.Field: [ValueRule]]
  let images: CompiledImageRules

  init(_ rules: ArticleRules) {
    remove = rules.remove.compactMap { NodeRule($0) }
    bodyRemove = rules.bodyRemove.compactMap { NodeRule($0) }
    subheads = rules.subheads.compactMap { NodeRule($0) }
    breaks = rules.breaks ?? .auto
    fields = rules.fields.mapValues { $0.compactMap { ValueRule($0) } }
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
  let drop: [Regex<AnyRegexOutput>]
  let lead: [NodeRule]
  let minWidth: Int?

  init(_ rules: ImageRules) {
    select = rules.select.compactMap { NodeRule($0) }
    from = rules.from.compactMap { NodeRule($0) }
    to = rules.to.compactMap { NodeRule($0) }
    caption = rules.caption.compactMap { ValueRule($0) }
    credit = rules.credit.compactMap { ValueRule($0) }
    alt = rules.alt.compactMap { ValueRule($0) }
    drop = rules.drop.compactMap { try? Regex($0) }
    lead = rules.lead.compactMap { NodeRule($0) }
    minWidth = rules.minWidth
  }
}

/// An expression that selects nodes.
final class NodeRule {
  private let path: XPath
  /// Which rule this is, and where it stands.
  let origin: RuleOrigin

  init?(_ expression: Expression) {
    let compiled: XPath?
    switch expression.language {
    case .css: compiled = try? XPath(css: expression.text)
    case .xpath: compiled = try? XPath(expression.text)
    case .jsonld, .meta, .json: compiled = nil
    }
    guard let compiled else { return nil }
    path = compiled
    origin = expression.origin
  }

  func nodes(at node: Node) -> [Node] { path.nodes(at: node) }
}
