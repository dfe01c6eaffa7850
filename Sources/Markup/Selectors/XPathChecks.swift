import Values

/// libxml2 looks functions up only when it evaluates; a rule's author wants to hear of a wrong name at once.
enum FunctionNames {
  static let known: Set<String> = [
    "last", "position", "count", "id", "local-name", "namespace-uri", "name", "string", "concat", "starts-with",
    "contains", "substring-before", "substring-after", "substring", "string-length", "normalize-space", "translate",
    "boolean", "not", "true", "false", "lang", "number", "sum", "floor", "ceiling", "round", "re:test",
    "comment", "text", "processing-instruction", "node", "and", "or", "div", "mod",
  ]

  static func firstUnknown(in expression: String) -> SelectorError? {
    let bytes = Array(expression.utf8)
    // Of the name that is being read, or was read last.
    var name: Range<Int>?
    var quote: UInt8?
    var afterSpace = false
    for (at, byte) in bytes.enumerated() {
      if let open = quote {
        if byte == open { quote = nil }
        continue
      }
      switch byte {
      case 0x22, 0x27:
        quote = byte
        name = nil
      case UInt8(ascii: "("):
        if let range = name, let error = unknown(bytes[range], after: bytes[..<range.lowerBound]) { return error }
        name = nil
      case 0x20, 0x09, 0x0A, 0x0D:
        afterSpace = true
        continue
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80..., UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"),
        UInt8(ascii: "."):
        if afterSpace { name = nil }
        name = (name?.lowerBound ?? at)..<at + 1
      default:
        name = nil
      }
      afterSpace = false
    }
    return quote == nil ? nil : SelectorError(message: "string without an end", offset: expression.count)
  }

  /// - Parameter name: with its axis, if it has one.
  private static func unknown(_ name: ArraySlice<UInt8>, after before: ArraySlice<UInt8>) -> SelectorError? {
    var local = name
    for at in name.indices.dropFirst() where name[at] == UInt8(ascii: ":") && name[at - 1] == UInt8(ascii: ":") {
      local = name[(at + 1)...]
    }
    guard let first = local.first, first >= 0x41 else { return nil }
    let function = String(decoding: local, as: UTF8.self)
    if known.contains(function) { return nil }
    return SelectorError(
      message: "unknown function \(function)()", offset: String(decoding: before, as: UTF8.self).count)
  }
}

/// libxml2 hands patterns to `re:test` only when it evaluates; one that is no regular expression is told at once, too.
enum PatternArguments {
  static func firstBad(in expression: String) -> SelectorError? {
    for (pattern, place) in all(in: expression) where (try? Regex(pattern)) == nil {
      return SelectorError(message: "re:test: not a regular expression: \(pattern.prefix(80))", offset: place)
    }
    return nil
  }

  /// Those that are written out, with their places.
  static func all(in expression: String) -> [(pattern: String, place: Int)] {
    guard expression.holds("re:test(") else { return [] }
    var found: [(pattern: String, place: Int)] = []
    let characters = Array(expression)
    let call = Array("re:test(")
    var at = 0
    while at < characters.count {
      if characters[at] == "\"" || characters[at] == "'" {
        at = end(ofString: at, characters)
      } else if characters[at...].starts(with: call) {
        at += call.count
        if let argument = secondArgument(characters, from: at) { found.append(argument) }
      } else {
        at += 1
      }
    }
    return found
  }

  /// The second argument of the call whose first begins here, where it is a string, and its place.
  private static func secondArgument(_ characters: [Character], from start: Int) -> (pattern: String, place: Int)? {
    var at = start
    var depth = 0
    while at < characters.count, depth > 0 || characters[at] != "," {
      switch characters[at] {
      case "\"", "'":
        at = end(ofString: at, characters)
        continue
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      default: break
      }
      if depth < 0 { return nil }
      at += 1
    }
    at += 1
    while at < characters.count, characters[at].isWhitespace { at += 1 }
    guard at < characters.count, characters[at] == "\"" || characters[at] == "'" else { return nil }
    let close = end(ofString: at, characters)
    let next = characters[close...].first { !$0.isWhitespace }
    guard next == "," || next == ")" else { return nil }
    return (String(characters[(at + 1)..<(close - 1)]), at + 1)
  }

  /// The place behind the string that begins here; those of XPath have no escapes.
  private static func end(ofString start: Int, _ characters: [Character]) -> Int {
    (characters[(start + 1)...].firstIndex(of: characters[start]) ?? characters.count - 1) + 1
  }
}

extension XPath {
  /// The regular expressions that an expression hands to `re:test`.
  public static func patterns(in expression: String) -> [String] {
    PatternArguments.all(in: expression).map(\.pattern)
  }
}
