import Markup
import TOML

/// Reads [article]: every expression and pattern is compiled here once, so that a mistake is found when the plugin is
/// checked and not when a page arrives.
struct RulesReader {
  let log: TableReader.ProblemLog

  func rules(_ reader: TableReader) -> ArticleRules {
    var rules = ArticleRules()
    rules.remove = nodeExpressions(reader, "remove")
    rules.bodyRemove = nodeExpressions(reader, "body_remove")
    rules.subheads = nodeExpressions(reader, "subheads")
    for field in ArticleRules.Field.allCases {
      let candidates = self.candidates(reader, field.rawValue)
      if !candidates.isEmpty { rules.fields[field] = candidates }
    }
    if let images = reader.child("images") { rules.images = self.images(images) }
    reader.finish()
    return rules
  }

  private func images(_ reader: TableReader) -> ImageRules {
    var rules = ImageRules()
    rules.select = nodeExpressions(reader, "select")
    rules.caption = candidates(reader, "caption")
    rules.credit = candidates(reader, "credit")
    rules.alt = candidates(reader, "alt")
    rules.drop = pattern(reader, "drop")
    rules.lead = nodeExpressions(reader, "lead")
    rules.minWidth = reader.integer("min_width", in: 1...10_000)
    reader.finish()
    return rules
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
    return check(Expression(language, rest, at: position)) ? Expression(language, rest, at: position) : nil
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
      case .json where !expression.text.contains("|"):
        log.add("json: needs the script and a path: \"json:#__NEXT_DATA__|props.title\"", at: expression.position)
        return false
      case .jsonld, .meta, .json: break
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
        Expression(language, $0, at: reader.table[language.rawValue]?.position ?? reader.position)
      }
    }
    let attribute = reader.string("attribute")
    let condition = reader.string("where")
    if let condition {
      do { _ = try XPath(condition) } catch {
        reader.report("where: \(error.message)", at: reader.table["where"]?.position ?? reader.position)
      }
    }
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
    var candidate = Candidate(expression)
    candidate.attribute = attribute
    candidate.condition = condition
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
