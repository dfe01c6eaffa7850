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
  public var fields: [Field: [Candidate]] = [:]
  public var images = ImageRules()

  public init() {}

  /// The fields a rule can fill, named as in plugin.toml.
  public enum Field: String, Sendable, CaseIterable {
    case headline, kicker, standfirst, body, byline, authors, published, modified, section, keywords, canonical,
      language, access
  }
}

/// How to find a page's pictures.
public struct ImageRules: Sendable {
  /// One match a picture.
  public var select: [Expression] = []
  /// Relative to the match, as are the next two.
  public var caption: [Candidate] = []
  public var credit: [Candidate] = []
  public var alt: [Candidate] = []
  /// Regular expression; pictures whose address contains it are left out.
  public var drop: String?
  /// Which matches are lead pictures; by default those before the first paragraph.
  public var lead: [Expression] = []
  /// Pixels; smaller pictures are left out where a width is known.
  public var minWidth: Int?

  public init() {}
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

  public init(_ language: Language, _ text: String, at position: Position = Position(line: 0, column: 0)) {
    self.language = language
    self.text = text
    self.position = position
  }

  /// As written in plugin.toml: `css:h1`.
  public var description: String { "\(language.rawValue):\(text)" }
}

/// One way to fill a field: an expression and what is done to each of its values, in the order of the members here.
public struct Candidate: Sendable, Equatable {
  public var expression: Expression
  /// The attribute to read instead of the text of the nodes.
  public var attribute: String?
  /// XPath condition on the document; the candidate is skipped where it is false.
  public var condition: String?
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
}
