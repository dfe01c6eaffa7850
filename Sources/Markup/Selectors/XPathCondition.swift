/// What stands in the brackets of a step: which conditions are questions that the matcher answers, about attributes,
/// the text and elements inside, and which at least ask for nothing but the element itself. A number is a position
/// there, and must not be taken for a question.
enum XPathCondition {
  /// The parts of a condition that all have to hold.
  static func conjunction(_ condition: String) -> [String] {
    // `or` binds less tightly.
    if alternatives(condition).count > 1 { return [condition.trimmedForXPath] }
    return parts(of: condition, between: "and")
  }

  private static func alternatives(_ condition: String) -> [String] { parts(of: condition, between: "or") }

  private static func parts(of condition: String, between separator: String) -> [String] {
    let bytes = Array(condition.utf8)
    var parts: [String] = []
    var start = 0
    for (word, range) in operators(condition) where word == separator {
      parts.append(String(decoding: bytes[start..<range.lowerBound], as: UTF8.self).trimmedForXPath)
      start = range.upperBound
    }
    parts.append(String(decoding: bytes[start...], as: UTF8.self).trimmedForXPath)
    return parts.contains("") ? [condition.trimmedForXPath] : parts
  }

  /// The operators outside brackets, parentheses and quotes that make a truth of their sides. They bind less tightly
  /// than all that makes numbers.
  private static func operators(_ text: String) -> [(word: String, range: Range<Int>)] {
    let bytes = Array(text.utf8)
    var found: [(String, Range<Int>)] = []
    var depth = XPathDepth()
    for (at, byte) in bytes.enumerated() {
      if depth.isOutside {
        switch byte {
        case UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"):
          found.append((String(UnicodeScalar(byte)), at..<at + 1))
        case 0x20:
          for word in ["and", "or"] {
            let end = at + 1 + word.utf8.count
            if end < bytes.count, bytes[end] == 0x20, bytes[(at + 1)..<end].elementsEqual(word.utf8) {
              found.append((word, at + 1..<end))
            }
          }
        default: break
        }
      }
      depth.enter(byte)
    }
    return found
  }

  /// Whether the condition is certain to be no number, and not to ask for positions.
  static func isQuestion(_ condition: String) -> Bool {
    let text = condition.trimmedForXPath
    if asksForPosition(text) { return false }
    if text.hasPrefix("("), isOneCall(text) { return isQuestion(String(text.dropFirst().dropLast())) }
    if !operators(text).isEmpty { return true }
    for function in ["not(", "contains(", "starts-with(", "boolean(", "re:test("] where text.hasPrefix(function) {
      return isOneCall(text)
    }
    return isPath(text)
  }

  /// Whether the first parenthesis is closed by the last character.
  private static func isOneCall(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let open = bytes.firstIndex(of: UInt8(ascii: "(")) else { return false }
    var depth = XPathDepth()
    for at in open..<bytes.count {
      depth.enter(bytes[at])
      if depth.isOutside { return at == bytes.count - 1 }
    }
    return false
  }

  /// Whether the text is steps and nothing else; what is in brackets is theirs.
  private static func isPath(_ text: String) -> Bool {
    var depth = XPathDepth()
    var before = UInt8(ascii: "/")
    for byte in text.utf8 {
      let wasOutside = depth.isOutside
      depth.enter(byte)
      defer { before = byte }
      guard wasOutside else { continue }
      switch byte {
      case 0x41...0x5A, 0x61...0x7A, 0x5F, UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@"),
        UInt8(ascii: "["):
        continue
      case 0x30...0x39, 0x2D:
        // Within a name.
        guard XPathCursor.isNameByte(before) else { return false }
      case UInt8(ascii: "*"):
        guard before == UInt8(ascii: "/") || before == UInt8(ascii: ":") || before == UInt8(ascii: "@") else {
          return false
        }
      default: return false
      }
    }
    return depth.isOutside
  }

  /// Outside brackets, in which there are other positions.
  private static func asksForPosition(_ text: String) -> Bool {
    var depth = 0
    var quote: UInt8?
    var outside: [UInt8] = []
    for byte in text.utf8 {
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case 0x22, 0x27: quote = byte
      case UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "]"): depth -= 1
      default: if depth == 0 { outside.append(byte) }
      }
    }
    let words = String(decoding: outside, as: UTF8.self)
    return words.contains("position") || words.contains("last")
  }

  /// What the matcher asks by itself; nil when libxml2 has to.
  static func test(_ condition: String) -> CSSMatcher.Test? {
    if let names = alternativeNames(condition) { return .names(ElementSet(names)) }
    return attributeTest(condition) ?? textTest(condition) ?? joined(condition) ?? path(condition)
  }

  /// Of several questions, in parentheses or joined by `and` and `or`; or the opposite of one.
  private static func joined(_ condition: String) -> CSSMatcher.Test? {
    let text = condition.trimmedForXPath
    if isOneCall(text) {
      for (function, isNot) in [("(", false), ("boolean(", false), ("not(", true)] where text.hasPrefix(function) {
        let inside = String(text.dropFirst(function.utf8.count).dropLast())
        guard let tests = all(conjunction(inside)) else { return nil }
        return isNot ? .not(tests) : .either([tests])
      }
    }
    let ways = alternatives(text)
    guard ways.count > 1 else {
      let parts = conjunction(text)
      return parts.count > 1 ? all(parts).map { .either([$0]) } : nil
    }
    var tests: [[CSSMatcher.Test]] = []
    for way in ways {
      guard let way = all(conjunction(way)) else { return nil }
      tests.append(way)
    }
    return .either(tests)
  }

  private static func all(_ conditions: [String]) -> [CSSMatcher.Test]? {
    var tests: [CSSMatcher.Test] = []
    for condition in conditions {
      guard let test = test(condition) else { return nil }
      tests.append(test)
    }
    return tests
  }

  /// A step to an element inside, and perhaps further ones: `.//a[@href]`, `ul/li`.
  private static func path(_ condition: String) -> CSSMatcher.Test? {
    let text = condition.trimmedForXPath
    // That would begin at the document.
    if text.hasPrefix("/") { return nil }
    var steps = "/" + text
    if text.hasPrefix(".//") { steps = String(text.dropFirst()) } else if text.hasPrefix("./") { steps.removeFirst(2) }
    guard var parser = XPathChainParser(steps), let list = parser.onlySteps() else { return nil }
    return CSSMatcher(lists: [list]).map { .inside($0) }
  }

  /// A plain question about the text: `normalize-space(.) = "…"`, `starts-with(normalize-space(), "…")`, `contains(…)`,
  /// `re:test(…)`.
  private static func textTest(_ condition: String) -> CSSMatcher.Test? {
    var cursor = XPathCursor(condition.trimmedForXPath)
    let isStart = cursor.skip("starts-with(")
    let isPart = !isStart && cursor.skip("contains(")
    let isPattern = !isStart && !isPart && cursor.skip("re:test(")
    cursor.skipSpace()
    let isUnfolded = isPart && cursor.skip(".")
    if !isUnfolded {
      guard cursor.skip("normalize-space(") else { return nil }
      cursor.skipSpace()
      _ = cursor.skip(".")
      cursor.skipSpace()
      guard cursor.skip(")") else { return nil }
    }
    if isStart || isPart || isPattern {
      guard cursor.skipComma(), let text = cursor.string(), !text.isEmpty else { return nil }
      var flags = ""
      if isPattern, cursor.skipComma() {
        guard let given = cursor.string() else { return nil }
        flags = given
      }
      cursor.skipSpace()
      guard cursor.skip(")"), cursor.isAtEnd else { return nil }
      if isPattern { return .text(FoldedText(.matches(LazyPattern(text, flags: flags)))) }
      return .text(FoldedText(isStart ? .begins : isUnfolded ? .holdsUnfolded : .holds, text))
    }
    cursor.skipSpace()
    if cursor.isAtEnd { return .text(FoldedText(.isNotEmpty)) }
    guard cursor.skip("=") else { return nil }
    cursor.skipSpace()
    guard let text = cursor.string(), cursor.isAtEnd else { return nil }
    return .text(FoldedText(.equals, text))
  }

  /// A plain question about an attribute.
  private static func attributeTest(_ condition: String) -> CSSMatcher.Test? {
    var cursor = XPathCursor(condition)
    if cursor.skip("@") {
      guard let name = cursor.name() else { return nil }
      cursor.skipSpace()
      if cursor.isAtEnd { return .exists(name) }
      guard cursor.skip("=") else { return nil }
      cursor.skipSpace()
      guard let text = cursor.string(), cursor.isAtEnd else { return nil }
      return .equals(name, text)
    }
    let isStart = cursor.skip("starts-with(")
    guard isStart || cursor.skip("contains(") else { return nil }
    cursor.skipSpace()
    if !isStart, cursor.skip("concat(") { return spaced(&cursor) }
    guard cursor.skip("@"), let name = cursor.name(), cursor.skipComma(), let text = cursor.string(), !text.isEmpty
    else { return nil }
    cursor.skipSpace()
    guard cursor.skip(")"), cursor.isAtEnd else { return nil }
    return isStart ? .begins(name, text) : .holds(name, text)
  }

  /// The names of `self::p or self::div`.
  private static func alternativeNames(_ condition: String) -> [String]? {
    var cursor = XPathCursor(condition)
    var names: [String] = []
    while true {
      guard cursor.skip("self::"), let name = cursor.name(), !name.utf8.contains(UInt8(ascii: ":")) else { return nil }
      names.append(name)
      cursor.skipSpace()
      if cursor.isAtEnd { return names }
      guard cursor.skip("or ") else { return nil }
      cursor.skipSpace()
    }
  }

  /// `contains(concat(' ', @class, ' '), ' word ')`, from after the second parenthesis.
  private static func spaced(_ cursor: inout XPathCursor) -> CSSMatcher.Test? {
    guard cursor.string() == " ", cursor.skipComma() else { return nil }
    let isFolded = cursor.skip("normalize-space(")
    guard cursor.skip("@"), let name = cursor.name(), !isFolded || cursor.skip(")"), cursor.skipComma(),
      cursor.string() == " ", cursor.skip(")"), cursor.skipComma(), let text = cursor.string(), cursor.skip(")"),
      cursor.isAtEnd, text.hasPrefix(" "), text.hasSuffix(" "), text.utf8.count > 2
    else { return nil }
    let word = String(text.dropFirst().dropLast())
    guard !word.utf8.contains(where: XPathCursor.isSpace) else { return nil }
    return isFolded ? .token(attribute: name, word) : .spaced(attribute: name, word)
  }
}
