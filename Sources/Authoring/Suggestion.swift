import Articles
import Dates
public import Extraction
import Manifest
import Markup
import TOML
public import Values

/// Works out rules for one page: which selectors pin down what the generic reader found, and which find what it did
/// not. A rule is offered only when the page, read with it, loses nothing.
public enum Suggestion {
  /// The worker's answer to a `suggest` job: facts of the publisher, the article as found without rules, and rules.
  public static func report(
    _ html: [UInt8], url: WebURL, contentType: String?, extraction: JSON?, refusal: String? = nil
  ) throws(ExtractionError) -> JSON {
    let probe = try RuleProbe(html, url: url, contentType: contentType)
    let record = extraction?["article"] ?? .null
    var report = JSONObject([("facts", PageFacts(probe: probe, url: url, record: record).json)])
    guard let extraction else {
      report.set("refusal", refusal)
      return .object(report)
    }
    report["article"] = record
    report["rules"] = extraction["rules"] ?? [:]
    report.set("fill", extraction["fill"])
    var maker = RuleMaker(html: html, url: url, contentType: contentType, probe: probe, record: record)
    report["suggested"] = maker.rules().json
    return .object(report)
  }
}

/// Rules in the form in which they are tried and written: keys of [article] with expressions.
public struct DraftRules: Sendable, Equatable {
  public var fields: [(key: String, expressions: [String])] = []

  public init() {}

  public init(json: JSON?) {
    for member in json?.object?.members ?? [] {
      fields.append((member.key, (member.value.array ?? []).compactMap(\.string)))
    }
  }

  public subscript(key: String) -> [String] {
    get { fields.first { $0.key == key }?.expressions ?? [] }
    set {
      fields.removeAll { $0.key == key }
      if !newValue.isEmpty { fields.append((key, newValue)) }
    }
  }

  public var json: JSON {
    .object(JSONObject(fields.map { ($0.key, .array($0.expressions.map { .string($0) })) }))
  }

  public static func == (a: DraftRules, b: DraftRules) -> Bool { a.json == b.json }

  /// The [article] table.
  public var toml: String {
    fields.map { "\($0.key) = [\($0.expressions.map(TOMLText.quoted).joined(separator: ", "))]\n" }.joined()
  }
}

/// Text as TOML writes it.
public enum TOMLText {
  public static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\t": out += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          out +=
            "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
            + String(scalar.value, radix: 16)
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    return out + "\""
  }
}

struct RuleMaker {
  private let html: [UInt8]
  private let url: WebURL
  private let contentType: String?
  private let probe: RuleProbe
  private let record: JSON
  private let maker: SelectorMaker
  private let effort: Effort
  private var draft = DraftRules()

  init(html: [UInt8], url: WebURL, contentType: String?, probe: RuleProbe, record: JSON) {
    self.html = html
    self.url = url
    self.contentType = contentType
    self.probe = probe
    self.record = record
    effort = Effort(Self.limit)
    let texts = ["headline", "section"].compactMap { record[$0]?.string }
    let lists = ["authors", "keywords"].flatMap { Comparison.lines(of: record, $0) }
    maker = SelectorMaker(
      root: probe.document.root, effort: effort,
      article: texts + lists + (url.path.split(separator: "/").last.map { [String($0)] } ?? []))
  }

  /// What the search for a page's rules may cost: about three seconds of a processor. A selector tried costs one for
  /// each thousand nodes of the page, the page read with rules as much as `reading` selectors.
  private static let limit = 10_000
  private static let reading = 40

  private var root: Node { probe.document.root }
  private lazy var index = TextIndex(probe.document.root)

  mutating func rules() -> DraftRules {
    suggestBody()
    suggestKicker()
    for (field, key) in [
      ("standfirst", "standfirst"), ("byline", "byline"), ("section", "section"), ("published", "published"),
    ]
    where Comparison.lines(of: record, field).isEmpty {
      suggest(field: key)
    }
    return draft
  }

  // MARK: Trying

  /// The page read with rules; nil when it gives no article then.
  private func read(_ rules: DraftRules) -> JSON? {
    guard effort.take(Self.reading * maker.cost) else { return nil }
    let text = """
      [publisher]
      id = "draft"
      name = \(TOMLText.quoted(probe.meta("og:site_name") ?? "Draft"))
      url = \(TOMLText.quoted(url.origin + "/"))
      country = "gb"
      language = \(TOMLText.quoted(record["language"]?.string ?? "en"))
      zone = "UTC"
      [article]
      \(rules.toml)
      """
    guard let manifest = try? Manifest(parsing: text, file: "draft", checkingZone: false),
      let extraction = try? PageExtractor(manifest: manifest, zone: .utc).extract(
        html, url: url, contentType: contentType)
    else { return nil }
    return extraction.article.record
  }

  /// The record read without rules, in the same zone: what a draft is compared with.
  private lazy var plain: JSON = read(DraftRules()) ?? record

  /// Takes a rule for a field into the draft if the page, read with it, is the same in all other fields.
  private mutating func accept(_ rules: DraftRules, about fields: Set<String>) -> JSON? {
    guard let found = read(rules) else { return nil }
    for field in Comparison.fields where !fields.contains(field) && field != "partial" {
      if Comparison.lines(of: found, field) != Comparison.lines(of: plain, field) { return nil }
    }
    return found
  }

  // MARK: Body

  private mutating func suggestBody() {
    let lines = Comparison.lines(of: plain, "body")
    guard lines.count >= 3 else { return }
    let places = BlockPlaces(index, lines: lines)
    for container in places.containers() {
      guard let selector = maker.selector(for: container, accepts: { $0 == [container] }) else { continue }
      var rules = draft
      rules["body"] = ["css:\(selector)"]
      for _ in 0..<5 {
        guard let found = read(rules) else { break }
        let got = Comparison.lines(of: found, "body")
        let extra = got.filter { !lines.contains($0) }
        if extra.isEmpty {
          if got == lines, accept(rules, about: ["body"]) != nil {
            draft = rules
            return
          }
          break
        }
        let removals = self.removals(extra, container, keeping: places)
        let more = removals.filter { !rules["body_remove"].contains($0) }
        if more.isEmpty { break }
        rules["body_remove"] += more.prefix(12)
      }
    }
  }

  /// Selectors for the boxes in a container that hold blocks which are no copy.
  private mutating func removals(_ extra: [String], _ container: Node, keeping places: BlockPlaces) -> [String] {
    var found: [String] = []
    for line in extra {
      guard var node = index.node(of: line, in: container), node != container else { continue }
      while let parent = node.parent, parent != container, !places.nodes.contains(where: { parent.contains($0) }) {
        node = parent
      }
      guard !places.nodes.contains(where: { node == $0 || node.contains($0) }) else { continue }
      let selector = maker.selector(for: node) { selected in
        selected.contains(node)
          && !selected.contains { chosen in places.nodes.contains { chosen == $0 || chosen.contains($0) } }
      }
      if let selector, !found.contains("css:\(selector)") { found.append("css:\(selector)") }
    }
    return found
  }

  // MARK: Other fields

  /// Words in classes that say what an element is, by field.
  private static let names: [String: [String]] = [
    "kicker": [
      "kicker", "eyebrow", "overline", "topline", "dachzeile", "roofline", "pretitle", "pre-title", "antetitulo",
      "supertitle", "strapline", "surtitre", "occhiello",
    ],
    "standfirst": [
      "standfirst", "dek", "lead", "intro", "subtitle", "sub-title", "subheadline", "sub-headline", "summary",
      "excerpt", "chapo", "vorspann", "teaser", "bajada", "entradilla", "sommario", "description", "ingress", "lede",
    ],
    "byline": ["byline", "author", "autor", "writer", "reporter", "signature", "firma", "auteur", "autore"],
    "section": ["breadcrumb", "section", "category", "rubric", "rubrik", "channel", "ressort", "topic"],
    "published": ["published", "pubdate", "date", "datetime", "timestamp", "datum", "fecha"],
  ]

  /// Looks near the headline for an element that is named as the field.
  private mutating func named(_ field: String, longest: Int, from shortest: Int = 2) -> [Node] {
    let words = Self.names[field] ?? []
    let headline = index.node(of: record["headline"]?.string ?? "")
    let copy = Comparison.lines(of: plain, "body").first.flatMap { index.node(of: $0) }
    var found: [Node] = []
    var (isBelowHeadline, isBelowCopy) = (false, false)
    for node in root.descendants {
      if node == headline { isBelowHeadline = true }
      if node == copy { isBelowCopy = true }
      // A standfirst stands between the headline and the text, a section above the text; further down are other
      // stories'.
      if field == "standfirst", !isBelowHeadline || isBelowCopy { continue }
      if field == "section", isBelowCopy { continue }
      guard !["script", "style", "svg", "a", "meta"].contains(node.name) else { continue }
      let name =
        ((node["class"] ?? "") + " " + (node["id"] ?? "") + " " + (node["itemprop"] ?? "") + " "
        + (node["data-testid"] ?? "")).lowercased()
      guard words.contains(where: { name.contains($0) }) else { continue }
      guard let text = Self.shortText(node, upTo: longest), (shortest...longest).contains(text.count),
        !node.ancestors.contains(where: { ["nav", "footer", "aside"].contains($0.name) })
      else { continue }
      found.append(node)
    }
    // The nearest to the headline: the one with the deepest ancestor in common. What has only the whole page in common
    // with it is a line of the site, not of the article.
    guard let headline else { return [] }
    let own = headline.ancestors.prefix { !["body", "html"].contains($0.name) }
    let near = min(own.count, max(5, (own.firstIndex { $0.name == "article" } ?? 0) + 1))
    func distance(_ node: Node) -> Int { own.prefix(near).firstIndex { $0.contains(node) } ?? own.count }
    found.removeAll { distance($0) >= near }
    return found.enumerated().sorted { (distance($0.element), $0.offset) < (distance($1.element), $1.offset) }.map(
      \.element)
  }

  /// The element's text, or nil when it is longer: most elements of a page hold much of it.
  private static func shortText(_ node: Node, upTo limit: Int) -> String? {
    var length = 0
    var stack = [node]
    while let next = stack.popLast() {
      if next.isText {
        length += next.rawText.count { !$0.isWhitespace }
        if length > limit { return nil }
      } else {
        stack += next.children
      }
    }
    return node.text
  }

  private mutating func suggestKicker() {
    guard plain["kicker"] == nil, let headline = index.node(of: record["headline"]?.string ?? "") else { return }
    let near = headline.ancestors.prefix(3)
    let section = plain["section"]?.string?.lowercased()
    for node in named("kicker", longest: 60) where near.contains(where: { $0.contains(node) }) {
      let text = node.text
      // The section under another name says nothing more.
      guard text.lowercased() != section, text != record["headline"]?.string else { continue }
      if take("kicker", node, text) { return }
    }
  }

  private mutating func suggest(field: String) {
    let longest = ["standfirst": 600, "byline": 120, "section": 40, "published": 60][field] ?? 200
    for node in named(field, longest: longest, from: field == "standfirst" ? 40 : 2).prefix(6) {
      if take(field, node, node.text) { return }
    }
  }

  private mutating func take(_ field: String, _ node: Node, _ text: String) -> Bool {
    guard let selector = maker.selector(for: node, accepts: { $0.first == node && $0.count == 1 }) else { return false }
    var rules = draft
    rules[field] = ["css:\(selector)"]
    // An author's line brings authors too, a standfirst may have been the first paragraph.
    let about: Set<String> = field == "byline" ? ["byline", "authors"] : [field]
    guard let found = accept(rules, about: about), !Comparison.lines(of: found, field).isEmpty else { return false }
    if field == "standfirst", Comparison.lines(of: found, "body").contains(text) { return false }
    draft = rules
    return true
  }
}

/// The beginnings of all elements' texts, to find where a text stands.
final class TextIndex {
  private let entries: [(node: Node, start: String)]
  private static let length = 60
  private static let silent: Set<String> = ["script", "style", "title", "noscript", "template", "option", "head"]

  init(_ root: Node) {
    entries = root.descendants.compactMap { node in
      guard node.isElement, !Self.silent.contains(node.name),
        !node.ancestors.contains(where: { Self.silent.contains($0.name) })
      else { return nil }
      var start = ""
      Self.collect(node, into: &start)
      return start.isEmpty ? nil : (node, start)
    }
  }

  private static func collect(_ node: Node, into start: inout String) {
    for child in node.children {
      if start.count >= length { return }
      if child.isText {
        for character in child.rawText where !character.isWhitespace {
          start.append(character)
          if start.count >= length { return }
        }
      } else if child.isElement, !silent.contains(child.name) {
        collect(child, into: &start)
      }
    }
  }

  /// The deepest element that begins with the text, in `container` if one is given. `line` may carry the marks of a
  /// comparison's lines.
  func node(of line: String, in container: Node? = nil) -> Node? {
    let wanted = String(
      line.drop { "#>•| ".contains($0) }.lazy.filter { !$0.isWhitespace && $0 != "⏎" }.prefix(Self.length))
    guard wanted.count > 1 else { return nil }
    var best: Node?
    for (node, start) in entries where start.hasPrefix(wanted) && (container?.contains(node) ?? true) {
      // Deeper ones come later; the first that stands alone wins over repetitions further down.
      if let known = best { if known.contains(node) { best = node } } else { best = node }
    }
    return best
  }
}

/// Where in a page the blocks of a body stand.
struct BlockPlaces {
  private(set) var nodes: Set<Node> = []
  private var weights: [(node: Node, weight: Int)] = []

  init(_ index: TextIndex, lines: [String]) {
    for line in lines where line.count > 15 {
      guard let node = index.node(of: line) else { continue }
      nodes.insert(node)
      weights.append((node, line.count))
    }
  }

  /// Elements that hold nearly all of the text, the deepest first, up to the fourth.
  func containers() -> [Node] {
    let total = weights.reduce(0) { $0 + $1.weight }
    guard total > 0, let first = weights.max(by: { $0.weight < $1.weight }) else { return [] }
    return ([first.node] + first.node.ancestors).filter { node in
      node.isElement && node.name != "body" && node.name != "html"
        && weights.reduce(0, { $0 + (node == $1.node || node.contains($1.node) ? $1.weight : 0) }) * 100 >= total * 93
    }.prefix(4).map { $0 }
  }
}
