import Articles
import Markup
import TOML

/// Reads [article] and [[layouts]]: every expression and pattern is compiled here once, so that a mistake is found when
/// the plugin is checked and not when a page arrives.
struct RulesReader {
  let log: TableReader.ProblemLog

  func rules(_ reader: TableReader, leavingOut others: Set<ArticleRules.Field> = []) -> ArticleRules {
    var rules = ArticleRules()
    rules.remove = nodeExpressions(reader, "remove")
    rules.bodyRemove = nodeExpressions(reader, "body_remove")
    rules.subheads = nodeExpressions(reader, "subheads")
    rules.breaks = choice(reader, "breaks")
    for field in ArticleRules.Field.allCases where !others.contains(field) {
      let candidates = self.candidates(reader, field.rawValue)
      if !candidates.isEmpty { rules.fields[field] = candidates }
    }
    if let images = reader.child("images") { rules.images = self.images(images) }
    rules.cleared = Self.emptyLists(reader)
    reader.finish()
    return rules
  }

  private func images(_ reader: TableReader) -> ImageRules {
    var rules = ImageRules()
    rules.select = nodeExpressions(reader, "select")
    rules.from = nodeExpressions(reader, "from")
    rules.to = nodeExpressions(reader, "to")
    rules.caption = candidates(reader, "caption")
    rules.credit = candidates(reader, "credit")
    rules.alt = candidates(reader, "alt")
    rules.drop = patterns(reader, "drop")
    rules.lead = nodeExpressions(reader, "lead")
    rules.minWidth = reader.integer("min_width", in: 1...10_000)
    rules.cleared = Self.emptyLists(reader)
    reader.finish()
    return rules
  }

  /// The `[[layouts]]` of a file.
  func layouts(_ top: TableReader) -> [Layout] {
    var names: Set<String> = []
    return top.children("layouts").compactMap { reader in
      let name = reader.requiredString("name", hint: "what logs call the layout, such as \"2024\"")
      if let name, !names.insert(name).inserted {
        reader.report(
          "\(reader.path).name: another layout is called \"\(name)\"",
          at: reader.table["name"]?.position ?? reader.position)
      }
      let when = candidates(reader, "when")
      let kinds = self.kinds(reader)
      var rules = self.rules(reader, leavingOut: [.kind])
      // A list that is not empty and yet holds nothing has been reported already.
      let empty = Self.emptyLists(reader)
      let areMissing = ["when", "kind"].allSatisfy { reader.table[$0] == nil || empty.contains($0) }
      if when.isEmpty, kinds.isEmpty, areMissing {
        reader.report(
          "\(reader.path) needs when or kind: what a page of this layout shows, such as when = \"css:article.v2\"",
          at: reader.position)
      }
      guard let name else { return nil }
      rules.mark(layout: name)
      return Layout(name: name, when: when, kinds: kinds, rules: rules)
    }
  }

  private static func emptyLists(_ reader: TableReader) -> Set<String> {
    Set(
      reader.table.entries.compactMap { entry in
        if case .array(let elements) = entry.value.kind, elements.isEmpty { entry.key } else { nil }
      })
  }

  // MARK: Choices

  /// The page kinds under `kind`.
  private func kinds(_ reader: TableReader) -> [Article.Kind] {
    reader.strings("kind").compactMap { name, position in
      if let kind = Article.Kind(rawValue: name) { return kind }
      let known = Article.Kind.allCases.map(\.rawValue).joined(separator: ", ")
      reader.report("kind must be one of \(known), not \"\(name)\"", at: position)
      return nil
    }
  }

  private func choice<Choice: CaseIterable & RawRepresentable>(_ reader: TableReader, _ key: String) -> Choice?
  where Choice.RawValue == String {
    guard let name = reader.string(key) else { return nil }
    if let choice = Choice(rawValue: name) { return choice }
    let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    reader.report("\(key) must be one of \(known)", at: reader.table[key]?.position ?? reader.position)
    return nil
  }

  // MARK: Expressions

  private func nodeExpressions(_ reader: TableReader, _ key: String) -> [Expression] {
    guard let entry = reader.entry(key) else { return [] }
    return reader.elements(of: entry).compactMap { nodeExpression($0, key) }
  }

  /// An expression that selects nodes: CSS or XPath.
  func nodeExpression(_ value: TOMLValue, _ key: String) -> Expression? {
    guard case .string(let text) = value.kind else {
      log.add("\(key) must be a string such as \"css:figure\", not \(value.kindName)", at: value.position)
      return nil
    }
    guard let expression = expression(text, at: value.position) else { return nil }
    guard expression.language == .css || expression.language == .xpath else {
      log.add("\(key) selects nodes, so it must begin with css: or xpath:", at: value.position)
      return nil
    }
    return expression
  }

  /// Splits `css:h1` and compiles the rest.
  private func expression(_ text: String, at position: Position) -> Expression? {
    let languages = Expression.Language.allCases.map { $0.rawValue + ":" }.joined(separator: ", ")
    guard let colon = text.firstIndex(of: ":"),
      let language = Expression.Language(rawValue: String(text[..<colon]))
    else {
      log.add("\"\(text.prefix(60))\" must begin with one of \(languages)", at: position)
      return nil
    }
    let rest = String(text[text.index(after: colon)...].drop { $0 == " " })
    let expression = self.expression(language, rest, at: position)
    return check(expression) ? expression : nil
  }

  private func expression(_ language: Expression.Language, _ text: String, at position: Position) -> Expression {
    var expression = Expression(language, text, at: position)
    expression.file = log.file
    return expression
  }

  private func check(_ expression: Expression) -> Bool {
    if expression.text.isEmpty {
      log.add("\(expression.language.rawValue): names nothing", at: expression.position)
      return false
    }
    do {
      switch expression.language {
      case .css: _ = try XPath(css: expression.text)
      case .xpath: _ = try XPath(expression.text)
      case .json:
        let parts = expression.text.split(separator: "|", maxSplits: 1)
        guard parts.count == 2, !parts[0].allSatisfy(\.isWhitespace), !parts[1].allSatisfy(\.isWhitespace) else {
          log.add("json: needs the script and a path: \"json:#__NEXT_DATA__|props.title\"", at: expression.position)
          return false
        }
        // A name with = behind it is a variable; anything else selects the script.
        let place = parts[0].trimmingSpaces
        if !place.hasSuffix("=") { _ = try XPath(css: place) }
      case .jsonld, .meta: break
      }
      return true
    } catch {
      log.add("\(expression.description.prefix(80)): \(error.message)", at: expression.position)
      return false
    }
  }

  // MARK: Candidates

  func candidates(_ reader: TableReader, _ key: String) -> [Candidate] {
    guard let entry = reader.entry(key) else { return [] }
    return reader.elements(of: entry).compactMap { element in
      switch element.kind {
      case .string(let text): expression(text, at: element.position).map { Candidate($0) }
      case .table(let table):
        candidate(TableReader(table, path: "\(reader.path).\(key)", position: element.position, log: log))
      default: notACandidate(element, key)
      }
    }
  }

  private func notACandidate(_ element: TOMLValue, _ key: String) -> Candidate? {
    log.add("\(key) must hold strings such as \"css:h1\" or tables, not \(element.kindName)", at: element.position)
    return nil
  }

  private func candidate(_ reader: TableReader) -> Candidate? {
    let languages = Expression.Language.allCases
    let given = languages.compactMap { language in
      reader.string(language.rawValue).map {
        expression(language, $0, at: reader.table[language.rawValue]?.position ?? reader.position)
      }
    }
    let attribute = reader.string("attribute")
    let condition = reader.string("where")
    if let condition {
      do { _ = try XPath(condition) } catch {
        reader.report("where: \(error.message)", at: reader.table["where"]?.position ?? reader.position)
      }
    }
    let kinds = self.kinds(reader)
    let split = pattern(reader, "split")
    let match = pattern(reader, "match")
    let drop = pattern(reader, "drop")
    let replace = replacements(reader)
    reader.finish()
    guard given.count == 1, let expression = given.first else {
      let names = languages.map(\.rawValue).joined(separator: ", ")
      reader.report("\(reader.path): a candidate needs exactly one of \(names)", at: reader.position)
      return nil
    }
    guard check(expression) else { return nil }
    if attribute != nil, expression.language != .css, expression.language != .xpath {
      reader.report(
        "\(reader.path): attribute is of what css and xpath find; \(expression.language.rawValue) finds texts",
        at: reader.table["attribute"]?.position ?? reader.position)
      return nil
    }
    var candidate = Candidate(expression)
    candidate.attribute = attribute
    candidate.condition = condition
    candidate.kinds = kinds
    candidate.split = split
    candidate.match = match
    candidate.drop = drop
    candidate.replace = replace
    return candidate
  }

  private func replacements(_ reader: TableReader) -> [Candidate.Replacement] {
    guard let entry = reader.entry("replace") else { return [] }
    return reader.elements(of: entry).compactMap { element in
      guard case .array(let pair) = element.kind, pair.count == 2, case .string(let pattern) = pair[0].kind,
        case .string(let with) = pair[1].kind
      else {
        reader.report("replace holds pairs: replace = [[\"expression\", \"text\"]]", at: element.position)
        return nil
      }
      return compiles(pattern, "replace", at: pair[0].position) ? .init(pattern: pattern, with: with) : nil
    }
  }

  // MARK: Regular expressions

  func pattern(_ reader: TableReader, _ key: String) -> String? {
    guard let text = reader.string(key) else { return nil }
    return compiles(text, key, at: reader.table[key]?.position ?? reader.position) ? text : nil
  }

  private func patterns(_ reader: TableReader, _ key: String) -> [String] {
    reader.strings(key).filter { compiles($0.text, key, at: $0.position) }.map(\.text)
  }

  private func compiles(_ pattern: String, _ key: String, at position: Position) -> Bool {
    do {
      _ = try Regex(pattern)
      return true
    } catch {
      log.add("\(key): not a regular expression: \(pattern.prefix(80))", at: position)
      return false
    }
  }
}

extension StringProtocol {
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop { $0.isWhitespace })
  }
}
