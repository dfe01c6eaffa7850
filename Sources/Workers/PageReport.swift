public import Articles
public import Manifest
import TOML
public import Values

/// What a worker answers to an extract job: the article, and how it was read. Its JSON form is in
/// docs/worker-protocol.md.
public struct PageReport: Sendable {
  public var article: Article
  /// For each field that has a value, the rule that gave it: `headline`, `body`, …, `images`, `images.caption`.
  public var rules: [String: RuleOrigin]
  /// The share of the eight fields every article should have that got a value, 0...1.
  public var fill: Double?
  /// Fields that have rules none of which gave a value on this page.
  public var missed: [String]
  /// Rules that could not be run on this page.
  public var failures: [RuleFailure]
  /// The layout whose rules were used.
  public var layout: String?

  /// Reads a worker's answer. A worker is not trusted: an article that is none is an error, all else is ignored where
  /// it does not fit.
  public init(record json: JSON) throws(ArticleRecordError) {
    guard let record = json["article"] else { throw ArticleRecordError(path: "article", reason: "is missing") }
    article = try Article(record: record)
    rules = [:]
    for member in json["rules"]?.object?.members ?? [] {
      if let origin = RuleOrigin(record: member.value) { rules[member.key] = origin }
    }
    fill = json["fill"]?.number.flatMap { (0...1).contains($0) ? $0 : nil }
    missed = json["missed"]?.array?.compactMap(\.string) ?? []
    failures = (json["failures"]?.array ?? []).compactMap { failure in
      guard let origin = RuleOrigin(record: failure), let message = failure["message"]?.string else { return nil }
      return RuleFailure(origin: origin, message: message)
    }
    layout = json["layout"]?.string
  }

  init(
    article: Article, rules: [String: RuleOrigin], fill: Double, missed: [String], failures: [RuleFailure],
    layout: String?
  ) {
    self.article = article
    self.rules = rules
    self.fill = fill
    self.missed = missed
    self.failures = failures
    self.layout = layout
  }

  /// The report as a worker sends it.
  var record: JSON {
    var json = JSONObject([("article", article.record)])
    json["rules"] = .object(
      JSONObject(rules.sorted { $0.key < $1.key }.map { (key: $0.key, value: .object($0.value.record)) }))
    json["fill"] = fill.map { .number($0) }
    if !missed.isEmpty { json["missed"] = .array(missed.map { .string($0) }) }
    if !failures.isEmpty {
      json["failures"] = .array(
        failures.map { failure in
          var record = failure.origin.record
          record["message"] = .string(failure.message)
          return .object(record)
        })
    }
    json.set("layout", layout)
    return .object(json)
  }
}

extension RuleOrigin {
  fileprivate var record: JSONObject {
    var json = JSONObject([("rule", .string(rule))])
    json.set("file", file)
    json.set("line", position?.line)
    json.set("column", position?.column)
    json.set("layout", layout)
    return json
  }

  /// A rule's name alone will do: workers in other languages need not keep places.
  fileprivate init?(record json: JSON) {
    guard let rule = json.string ?? json["rule"]?.string else { return nil }
    self.init(rule: rule, file: json["file"]?.string, layout: json["layout"]?.string)
    if let line = json["line"]?.integer, let column = json["column"]?.integer {
      position = Position(line: line, column: column)
    }
  }
}
