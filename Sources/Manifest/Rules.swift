public import Articles
public import TOML

/// How to read a publisher's article pages. A field without candidates, or whose candidates find nothing, falls back to
/// the generic extractor.
public struct ArticleRules: Sendable {
  /// Taken out of the page before any field is read.
  public var remove: [Expression] = []
  /// Taken out of the body only.
  public var bodyRemove: [Expression] = []
  /// Nodes inside the body that are subheads though no h2–h4.
  public var subheads: [Expression] = []
  /// What a line break inside the body's text means.
  public var breaks: LineBreaks?
  public var fields: [Field: [Candidate]] = [:]
  public var images = ImageRules()
  /// Keys written as an empty list: they take nothing from the rules below them.
  var cleared: Set<String> = []

  public init() {}

  /// The fields a rule can fill, named as in plugin.toml.
  public enum Field: String, Sendable, CaseIterable {
    case kind, headline, kicker, standfirst, body, byline, authors, published, modified, section, keywords, canonical,
      language, access
  }

  public enum LineBreaks: String, Sendable, CaseIterable {
    /// Two in a row end a paragraph, and one does where whole sentences stand on both sides.
    case auto
    /// Each one ends a paragraph.
    case paragraphs
    /// Only two in a row end a paragraph; one stays a line break.
    case lines
  }
}

/// How to find a page's pictures.
public struct ImageRules: Sendable {
  /// One match a picture.
  public var select: [Expression] = []
  /// Pictures before the first match are left out.
  public var from: [Expression] = []
  /// Pictures after the last match are left out.
  public var to: [Expression] = []
  /// Relative to the match, as are the next two.
  public var caption: [Candidate] = []
  public var credit: [Candidate] = []
  public var alt: [Candidate] = []
  /// Regular expressions; pictures whose address contains one of them are left out.
  public var drop: [String] = []
  /// Which matches are lead pictures; by default those before the first paragraph.
  public var lead: [Expression] = []
  /// Pixels; smaller pictures are left out where a width is known.
  public var minWidth: Int?
  var cleared: Set<String> = []

  public init() {}
}

/// One of several layouts that a publisher's pages come in.
public struct Layout: Sendable {
  /// What logs and reports call it.
  public var name: String
  /// It is used where one of these finds something; where there are none, `kinds` alone decide.
  public var when: [Candidate]
  /// Page kinds it is used for; all when empty.
  public var kinds: [Article.Kind]
  /// Complete: its own rules, and those of the plugin below them.
  public var rules: ArticleRules
}

/// Where to look in a page.
public struct Expression: Sendable, Equatable {
  public enum Language: String, Sendable, CaseIterable {
    case css, xpath, jsonld, meta, json
  }

  public var language: Language
  public var text: String
  /// Where the expression stands in its file.
  public var position: Position
  /// The file it was written in: a plugin's plugin.toml or a shared set's rules.toml.
  public var file = ""
  /// The layout it belongs to; nil for the rules of `[article]`.
  public var layout: String?

  public init(_ language: Language, _ text: String, at position: Position = Position(line: 0, column: 0)) {
    self.language = language
    self.text = text
    self.position = position
  }

  /// As written in plugin.toml: `css:h1`.
  public var description: String { "\(language.rawValue):\(text)" }

  public var origin: RuleOrigin {
    RuleOrigin(rule: description, file: file, position: position, layout: layout)
  }
}

/// One way to fill a field: an expression and what is done to each of its values, in the order of the members here.
public struct Candidate: Sendable, Equatable {
  public var expression: Expression
  /// The attribute to read instead of the text of the nodes.
  public var attribute: String?
  /// XPath condition on the document; the candidate is skipped where it is false.
  public var condition: String?
  /// Page kinds it is used for; all when empty.
  public var kinds: [Article.Kind] = []
  /// Regular expression at which one value is cut into several.
  public var split: String?
  /// Regular expressions with their replacement text.
  public var replace: [Replacement] = []
  /// Keeps only values that contain the expression; its first group, if any, becomes the value.
  public var match: String?
  /// Leaves out values that contain the expression.
  public var drop: String?

  public struct Replacement: Sendable, Equatable {
    public var pattern: String
    public var with: String
  }

  public init(_ expression: Expression) { self.expression = expression }

  /// Whether a value found may be another one afterwards, several, or none.
  public var changesValues: Bool { split != nil || match != nil || drop != nil || !replace.isEmpty }

  /// What a report says of a value that the candidate gave.
  public var origin: RuleOrigin { expression.origin }
}

/// Which rule gave a field its value, and where an author finds it.
public struct RuleOrigin: Sendable, Equatable {
  /// The expression as written, `css:h1`; `generic` for the generic extractor.
  public var rule: String
  /// The file's path as it was read, such as `Plugins/bbc/plugin.toml`; nil for the generic extractor.
  public var file: String?
  public var position: Position?
  /// The layout it belongs to; nil for the rules of `[article]`.
  public var layout: String?

  public init(rule: String, file: String? = nil, position: Position? = nil, layout: String? = nil) {
    self.rule = rule
    self.file = file
    self.position = position
    self.layout = layout
  }

  public static let generic = RuleOrigin(rule: "generic")
  public var isGeneric: Bool { rule == "generic" && file == nil }
}

/// A rule that could not be run on a page, as an expression that costs more steps than a page may.
public struct RuleFailure: Sendable, Equatable {
  public var origin: RuleOrigin
  public var message: String

  public init(origin: RuleOrigin, message: String) {
    self.origin = origin
    self.message = message
  }
}

extension Manifest {
  /// Whether regular expressions have a part in reading its pages. Unlike XPath they have no limit of steps, so that
  /// one may take all of a page's time.
  public var readsByPatterns: Bool {
    ([article] + layouts.map(\.rules)).contains { rules in
      let candidates = rules.fields.values.joined() + rules.images.caption + rules.images.credit + rules.images.alt
      return !rules.images.drop.isEmpty
        || candidates.contains { $0.changesValues || $0.expression.text.contains("re:test(") }
    }
  }
}

// MARK: Layers

extension ArticleRules {
  /// These rules with others below them: candidates of both, these first; lists of what goes joined. A key that these
  /// give as an empty list takes nothing from below.
  func over(_ base: ArticleRules) -> ArticleRules {
    var joined = self
    if !cleared.contains("remove") { joined.remove += base.remove }
    if !cleared.contains("body_remove") { joined.bodyRemove += base.bodyRemove }
    if !cleared.contains("subheads") { joined.subheads += base.subheads }
    joined.breaks = breaks ?? base.breaks
    for (field, candidates) in base.fields where !cleared.contains(field.rawValue) {
      joined.fields[field, default: []] += candidates
    }
    joined.images = images.over(base.images)
    joined.cleared.formUnion(base.cleared)
    return joined
  }

  /// Names the layout in every expression.
  mutating func mark(layout: String) {
    func mark(_ candidates: inout [Candidate]) {
      for index in candidates.indices { candidates[index].expression.layout = layout }
    }
    for field in fields.keys { mark(&fields[field, default: []]) }
    mark(&images.caption)
    mark(&images.credit)
    mark(&images.alt)
    for index in images.select.indices { images.select[index].layout = layout }
  }
}

extension ImageRules {
  func over(_ base: ImageRules) -> ImageRules {
    var joined = self
    if !cleared.contains("select") { joined.select += base.select }
    if !cleared.contains("from") { joined.from += base.from }
    if !cleared.contains("to") { joined.to += base.to }
    if !cleared.contains("caption") { joined.caption += base.caption }
    if !cleared.contains("credit") { joined.credit += base.credit }
    if !cleared.contains("alt") { joined.alt += base.alt }
    if !cleared.contains("drop") { joined.drop += base.drop }
    if !cleared.contains("lead") { joined.lead += base.lead }
    joined.minWidth = minWidth ?? base.minWidth
    joined.cleared.formUnion(base.cleared)
    return joined
  }
}
