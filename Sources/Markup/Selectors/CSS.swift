extension XPath {
  /// A CSS selector, turned into XPath 1.0: type, `*`, `#id`, `.class`, attributes (`=` `~=` `|=` `^=` `$=` `*=`, flag
  /// `i` left out), the combinators, lists, `:first-child`, `:last-child`, `:only-child`, `:nth-child()`,
  /// `:first-of-type`, `:last-of-type`, `:nth-of-type()`, `:empty`, `:not()`, `:is()`, `:has()` and `:contains()`.
  /// Matches are searched below the context node.
  public convenience init(css selector: String) throws(SelectorError) {
    var reader = CSSReader(selector)
    try self.init(source: selector, expression: try reader.selectorList(axis: "descendant"))
  }
}

/// A recursive descent over the grammar of Selectors Level 4, for the subset above.
struct CSSReader {
  private let characters: [Character]
  private var at = 0

  init(_ text: String) { characters = Array(text) }

  private func failure(_ message: String) -> SelectorError { SelectorError(message: message, offset: at) }
  private var peek: Character? { at < characters.count ? characters[at] : nil }
  private var isAtEnd: Bool { at >= characters.count }

  private mutating func skipSpace() -> Bool {
    let start = at
    while let character = peek, character.isWhitespace { at += 1 }
    return at > start
  }

  private mutating func skip(_ character: Character) -> Bool {
    guard peek == character else { return false }
    at += 1
    return true
  }

  /// The last condition of a compound, as XPath; nil when the text is no compound.
  static func lastCondition(of compound: String) -> String? {
    var reader = CSSReader(compound)
    guard let conditions = try? reader.compound(), reader.isAtEnd else { return nil }
    return conditions.last
  }

  /// A whole list, to the end of the text.
  mutating func selectorList(axis: String) throws(SelectorError) -> String {
    let list = try alternatives(axis: axis, until: nil)
    guard isAtEnd else { throw failure("unexpected “\(characters[at])”") }
    return list.joined(separator: " | ")
  }

  private mutating func alternatives(axis: String, until end: Character?) throws(SelectorError) -> [String] {
    var all: [String] = []
    repeat {
      _ = skipSpace()
      all.append(try complex(axis: axis, until: end))
      _ = skipSpace()
    } while skip(",")
    return all
  }

  /// Compounds joined by combinators, as location steps.
  private mutating func complex(axis: String, until end: Character?) throws(SelectorError) -> String {
    var axis = axis
    var nextOnly = false
    if let character = peek, ">+~".contains(character) {
      (axis, nextOnly) = combinator(character)
      at += 1
      _ = skipSpace()
    }
    var steps = ""
    while true {
      let conditions = try compound()
      steps += step(axis, conditions, nextOnly: nextOnly)
      let spaced = skipSpace()
      guard let character = peek, character != ",", character != end else { return steps }
      if ">+~".contains(character) {
        (axis, nextOnly) = combinator(character)
        at += 1
        _ = skipSpace()
      } else if spaced {
        (axis, nextOnly) = ("descendant", false)
      } else {
        throw failure("unexpected “\(character)”")
      }
      steps += "/"
    }
  }

  private func combinator(_ character: Character) -> (axis: String, nextOnly: Bool) {
    switch character {
    case ">": ("child", false)
    case "+": ("following-sibling", true)
    default: ("following-sibling", false)
    }
  }

  private func step(_ axis: String, _ conditions: [String], nextOnly: Bool) -> String {
    var text = "\(axis)::*"
    if nextOnly { text += "[1]" }
    for condition in conditions { text += "[\(condition)]" }
    return text
  }

  /// Simple selectors without a combinator between them, as conditions on one element.
  private mutating func compound() throws(SelectorError) -> [String] {
    var conditions: [String] = []
    let start = at
    var type: String?
    if skip("*") {
    } else if let character = peek, character.isLetter || character == "_" {
      let name = try identifier().lowercased()
      type = name
      conditions.append(name.contains(":") ? "name()=\(literal(name))" : "self::\(name)")
    }
    while let character = peek {
      switch character {
      case "#":
        at += 1
        conditions.append("@id=\(literal(try identifier()))")
      case ".":
        at += 1
        conditions.append(token("@class", try identifier()))
      case "[":
        at += 1
        conditions.append(try attribute())
      case ":":
        at += 1
        conditions.append(try pseudoClass(type: type))
      default:
        if at == start { throw failure("a selector is due") }
        return conditions
      }
    }
    if at == start { throw failure("a selector is due") }
    return conditions
  }

  private func token(_ value: String, _ word: String) -> String {
    "contains(concat(' ',normalize-space(\(value)),' '),\(literal(" " + word + " ")))"
  }

  private mutating func attribute() throws(SelectorError) -> String {
    _ = skipSpace()
    let name = try identifier(colons: true).lowercased()
    let value = name.contains(":") ? "@*[name()=\(literal(name))]" : "@\(name)"
    _ = skipSpace()
    if skip("]") { return value }
    var sign = ""
    while let character = peek, "~|^$*=".contains(character), !sign.hasSuffix("=") {
      sign.append(character)
      at += 1
    }
    _ = skipSpace()
    let text = try peek == "\"" || peek == "'" ? string() : identifier(colons: true, digits: true)
    _ = skipSpace()
    if let flag = peek, "iIsS".contains(flag) {
      throw failure("the flag “\(flag)” is not known: use [re:test(…, 'i')] of xpath")
    }
    guard skip("]") else { throw failure("“]” is due") }
    let quoted = literal(text)
    switch sign {
    case "=": return "\(value)=\(quoted)"
    case "~=": return token(value, text)
    case "|=": return "\(value)=\(quoted) or starts-with(\(value),\(literal(text + "-")))"
    case "^=": return text.isEmpty ? "false()" : "starts-with(\(value),\(quoted))"
    case "*=": return text.isEmpty ? "false()" : "contains(\(value),\(quoted))"
    case "$=":
      let from = "string-length(\(value))-\(text.unicodeScalars.count - 1)"
      return text.isEmpty ? "false()" : "substring(\(value),\(from))=\(quoted)"
    default: throw failure("unknown comparison “\(sign)”")
    }
  }

  private mutating func pseudoClass(type: String?) throws(SelectorError) -> String {
    let start = at
    if peek == ":" { throw failure("“::” is not known: a candidate says attribute = \"…\" for an attribute") }
    let name = try identifier().lowercased()
    let before = "count(preceding-sibling::*)"
    let after = "count(following-sibling::*)"
    func ofType(_ axis: String) throws(SelectorError) -> String {
      guard let type else { throw failure("“:\(name)” needs an element name before it") }
      return "count(\(axis)-sibling::\(type))"
    }
    switch name {
    case "first-child": return "\(before)=0"
    case "last-child": return "\(after)=0"
    case "only-child": return "\(before)+\(after)=0"
    case "first-of-type": return try ofType("preceding") + "=0"
    case "last-of-type": return try ofType("following") + "=0"
    case "empty": return "not(*) and not(text())"
    case "root": return "not(parent::*)"
    case "nth-child": return try position(before)
    case "nth-last-child": return try position(after)
    case "nth-of-type": return try position(try ofType("preceding"))
    case "contains":
      guard skip("(") else { throw failure("“(” is due") }
      _ = skipSpace()
      let text = try string()
      _ = skipSpace()
      guard skip(")") else { throw failure("“)” is due") }
      return "contains(normalize-space(.),\(literal(text)))"
    case "not", "is", "where", "has":
      guard skip("(") else { throw failure("“(” is due") }
      let all: [String]
      if name == "has" {
        all = try alternatives(axis: "descendant", until: ")")
      } else {
        var compounds: [String] = []
        repeat {
          _ = skipSpace()
          let conditions = try compound()
          compounds.append(conditions.isEmpty ? "true()" : conditions.map { "(\($0))" }.joined(separator: " and "))
          _ = skipSpace()
        } while skip(",")
        all = compounds
      }
      guard skip(")") else { throw failure("“)” is due") }
      let any = all.map { "(\($0))" }.joined(separator: " or ")
      return name == "not" ? "not(\(any))" : any
    default:
      at = start
      throw failure("unknown pseudo-class “:\(name)”")
    }
  }

  /// `odd`, `even`, `3`, `2n+1` in parentheses, for an element after `before` others.
  private mutating func position(_ before: String) throws(SelectorError) -> String {
    guard skip("(") else { throw failure("“(” is due") }
    var text = ""
    while let character = peek, character != ")" {
      text.append(character)
      at += 1
    }
    let formula = text.filter { !$0.isWhitespace }.lowercased()
    var step = 0
    var offset = 0
    switch formula {
    case "odd": (step, offset) = (2, 1)
    case "even": (step, offset) = (2, 0)
    default:
      if let n = formula.firstIndex(of: "n") {
        let factor = formula[..<n]
        let rest = formula[formula.index(after: n)...]
        guard let a = factor.isEmpty || factor == "+" ? 1 : factor == "-" ? -1 : Int(factor),
          let b = rest.isEmpty ? 0 : Int(rest)
        else { throw failure("not a position: “\(text)”") }
        (step, offset) = (a, b)
      } else {
        guard let b = Int(formula) else { throw failure("not a position: “\(text)”") }
        offset = b
      }
    }
    guard skip(")"), abs(step) <= 1_000_000, abs(offset) <= 1_000_000 else { throw failure("“)” is due") }
    if step == 0 { return "\(before)=\(offset - 1)" }
    let rest = "(\(before)+1-(\(offset)))"
    let reach = step > 0 ? "\(rest)>=0" : "\(rest)<=0"
    return "\(reach) and \(rest) mod \(abs(step))=0"
  }

  private mutating func identifier(colons: Bool = false, digits: Bool = false) throws(SelectorError) -> String {
    var name = ""
    while let character = peek {
      if character == "\\", at + 1 < characters.count {
        name += escaped()
        continue
      }
      let fits =
        character.isLetter || character.isNumber || character == "-" || character == "_"
        || (colons && (character == ":" || character == ".")) || (digits && "/%".contains(character))
      guard fits else { break }
      name.append(character)
      at += 1
    }
    guard !name.isEmpty else { throw failure("a name is due") }
    return name
  }

  /// What a backslash stands before: one to six hexadecimal digits and a white space behind them, or a character that
  /// means itself (Syntax Level 3, section 4.3.7).
  private mutating func escaped() -> String {
    at += 1
    let digits = characters[at...].prefix(6).prefix { $0.isASCII && $0.isHexDigit }
    guard !digits.isEmpty else {
      defer { at += 1 }
      return String(characters[at])
    }
    at += digits.count
    if let character = peek, character.isWhitespace { at += 1 }
    return UInt32(String(digits), radix: 16).flatMap(Unicode.Scalar.init).map(String.init) ?? "\u{FFFD}"
  }

  private mutating func string() throws(SelectorError) -> String {
    guard let quote = peek, quote == "\"" || quote == "'" else { throw failure("a string in quotes is due") }
    at += 1
    var text = ""
    while let character = peek {
      if character == "\\", at + 1 < characters.count {
        text += escaped()
        continue
      }
      at += 1
      if character == quote { return text }
      text.append(character)
    }
    throw failure("string without an end")
  }

  /// XPath 1.0 has no escapes in strings; a text with both quotes has to be put together.
  private func literal(_ text: String) -> String {
    if !text.contains("\"") { return "\"\(text)\"" }
    if !text.contains("'") { return "'\(text)'" }
    let parts = text.split(separator: "\"", omittingEmptySubsequences: false).map { "\"\($0)\"" }
    return "concat(" + parts.joined(separator: ",'\"',") + ")"
  }
}
