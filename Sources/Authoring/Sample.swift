// Authoring: what plugin authors need, as functions from values to values: samples and their comparison, the preview of
// a page, the linter, suggestions of rules for pages, and the formats of other rule systems. It must not do I/O.
public import Values

/// A page that a plugin must read right: it lies as `samples/<name>.html` beside plugin.toml, with what a careful
/// person would extract as `samples/<name>.json`.
public struct Sample: Sendable {
  /// Where the page came from.
  public var url: WebURL
  public var contentType: String?
  /// The article record that the plugin must give (docs/worker-protocol.md); nil while nobody has said.
  public var article: JSON?

  public init(url: WebURL, contentType: String? = nil, article: JSON? = nil) {
    self.url = url
    self.contentType = contentType
    self.article = article
  }

  /// Reads the text of a sample's JSON file.
  public init(_ text: [UInt8]) throws {
    let json = try JSON(parsing: text)
    guard let url = json["url"]?.string.flatMap({ WebURL($0) }) else {
      throw SampleError(message: "\"url\" is missing or no http or https address")
    }
    self.init(url: url, contentType: json["content_type"]?.string, article: json["article"])
  }

  public var json: JSON {
    var json = JSONObject([("url", .string(url.description))])
    json.set("content_type", contentType)
    json.set("article", article)
    return .object(json)
  }
}

public struct SampleError: Error, Sendable, CustomStringConvertible {
  public let message: String
  public var description: String { message }
}

/// What a field should hold and what it holds.
public struct FieldComparison: Sendable, Equatable {
  public var field: String
  public var expected: [String]
  public var found: [String]
  /// The rule that gave it: an expression of plugin.toml, `generic`, or nil when nothing did.
  public var rule: String?

  public var isEqual: Bool { expected == found }
}

public enum Comparison {
  /// The fields of a record in the order in which a reader meets them.
  public static let fields = [
    "kicker", "headline", "standfirst", "byline", "authors", "published", "modified", "section", "keywords", "language",
    "access", "partial", "kind", "canonical_url", "pictures", "body",
  ]

  /// Every field that either record has.
  public static func fields(expected: JSON, found: JSON, rules: JSON?) -> [FieldComparison] {
    fields.compactMap { field in
      let (wanted, got) = (lines(of: expected, field), lines(of: found, field))
      if wanted.isEmpty, got.isEmpty { return nil }
      return FieldComparison(field: field, expected: wanted, found: got, rule: rule(field, rules))
    }
  }

  /// The rule that gave a field, by the names that workers use.
  public static func rule(_ field: String, _ rules: JSON?) -> String? {
    let key = field == "canonical_url" ? "canonical" : field == "pictures" ? "images" : field
    return rules?[key]?.string ?? rules?[key]?["rule"]?.string
  }

  /// A field as lines of text.
  public static func lines(of record: JSON, _ field: String) -> [String] {
    guard let value = record[field], !value.isNull else { return [] }
    switch field {
    case "authors":
      return (value.array ?? []).map { author in
        [author["name"]?.string, author["kind"]?.string.map { "(\($0))" }, author["url"]?.string].compactMap { $0 }
          .joined(separator: " ")
      }
    case "pictures":
      return (value.array ?? []).flatMap { picture -> [String] in
        let files = (picture["renditions"]?.array ?? []).map { file in
          [file["href"]?.string, file["width"]?.integer.map { "\($0)w" }].compactMap { $0 }.joined(separator: " ")
        }
        let texts = ["caption", "credit", "alt"].compactMap { key in picture[key]?.string.map { "  \(key): \($0)" } }
        return [
          (picture["lead"]?.bool == true ? "lead " : "")
            + "picture, \(files.count) \(files.count == 1 ? "file" : "files")"
        ]
          + files.map { "  \($0)" } + texts
      }
    case "body": return (value.array ?? []).flatMap { block($0, indent: "", depth: 0) }
    default:
      if let elements = value.array { return elements.map { $0.string ?? $0.text() } }
      return [value.string ?? value.text()]
    }
  }

  /// Deeper than this no article record is read either: what a hand wrote must not exhaust the stack.
  private static let deepest = 32
  private static let tooDeep = "(nested deeper than \(deepest) levels)"

  /// A sample is a person's file, which says whatever it says: numbers are brought to what an article can hold.
  private static func block(_ block: JSON, indent: String, depth: Int) -> [String] {
    if depth > deepest { return [indent + tooDeep] }
    switch block["type"]?.string {
    case "h":
      let level = min(max(block["level"]?.integer ?? 2, 2), 4)
      return [indent + String(repeating: "#", count: level) + " " + inline(block["content"], depth: depth)]
    case "list":
      return (block["items"]?.array ?? []).flatMap { item in
        (item.array ?? []).flatMap { Self.block($0, indent: indent + "• ", depth: depth + 1) }
      }
    case "quote":
      return (block["blocks"]?.array ?? []).flatMap { Self.block($0, indent: indent + "> ", depth: depth + 1) }
    case "figure": return [indent + "[picture \(min(max(block["picture"]?.integer ?? 0, 0), 1_000_000) + 1)]"]
    case "table":
      return (block["rows"]?.array ?? []).map { row in
        indent + "| " + (row.array ?? []).map { inline($0["content"], depth: depth) }.joined(separator: " | ")
      }
    case "pre": return [indent + (block["text"]?.string ?? "")]
    default: return [indent + inline(block["content"], depth: depth)]
    }
  }

  private static func inline(_ content: JSON?, depth: Int) -> String {
    guard let content else { return "" }
    if depth > deepest { return tooDeep }
    if let text = content.string { return text }
    return (content.array ?? []).map { part in
      part.string
        ?? (part["br"] != nil ? " ⏎ " : inline(part["b"] ?? part["i"] ?? part["a"], depth: depth + 1))
    }.joined()
  }
}
