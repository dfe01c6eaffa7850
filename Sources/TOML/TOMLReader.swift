extension TOMLTable {
  /// Reads a TOML 1.0 document. The first mistake ends the reading, as nothing after it can be trusted.
  public init(parsing text: String) throws(TOMLError) {
    var reader = TOMLReader(text)
    self = try reader.document()
  }
}

struct TOMLReader {
  let scalars: [Unicode.Scalar]
  var at = 0
  private var line = 1
  private var lineStart = 0
  private var depth = 0

  init(_ text: String) {
    scalars = Array(text.unicodeScalars)
    if scalars.first == "\u{FEFF}" {
      at = 1
      lineStart = 1
    }
  }

  var peek: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }
  var position: Position { Position(line: line, column: at - lineStart + 1) }
  func ahead(_ count: Int) -> Unicode.Scalar? { at + count < scalars.count ? scalars[at + count] : nil }

  func failure(_ reason: String, at position: Position? = nil) -> TOMLError {
    TOMLError(position: position ?? self.position, reason: reason)
  }

  mutating func advance() {
    if scalars[at] == "\n" {
      line += 1
      lineStart = at + 1
    }
    at += 1
  }

  private mutating func skipBlanks() {
    while peek == " " || peek == "\t" { at += 1 }
  }

  private mutating func skipComment() throws(TOMLError) {
    guard peek == "#" else { return }
    while let scalar = peek, scalar != "\n" {
      if scalar.value < 0x20, scalar != "\t", scalar != "\r" { throw failure("control character in a comment") }
      at += 1
    }
  }

  private mutating func skipLines() throws(TOMLError) {
    while true {
      skipBlanks()
      try skipComment()
      if peek == "\r", ahead(1) == "\n" { at += 1 }
      guard peek == "\n" else { return }
      advance()
    }
  }

  private mutating func endOfLine() throws(TOMLError) {
    skipBlanks()
    try skipComment()
    if peek == "\r", ahead(1) == "\n" { at += 1 }
    guard let scalar = peek else { return }
    guard scalar == "\n" else { throw failure("expected the end of the line, found \"\(scalar)\"") }
    advance()
  }

  // MARK: Document

  mutating func document() throws(TOMLError) -> TOMLTable {
    var root = TOMLTable()
    var path: [(key: String, position: Position)] = []
    while true {
      try skipLines()
      guard let scalar = peek else { return root }
      if scalar == "[" {
        let isArray = ahead(1) == "["
        let start = position
        at += isArray ? 2 : 1
        path = try dottedKey()
        for _ in 0..<(isArray ? 2 : 1) {
          guard peek == "]" else { throw failure("expected ] after a table's name") }
          at += 1
        }
        try endOfLine()
        try open(&root, path[...], isArray: isArray, at: start)
      } else {
        let keys = try dottedKey()
        let value = try valueAfterEquals()
        try endOfLine()
        try Self.insert(value, &root, path.map(\.key)[...], keys[...])
      }
    }
  }

  /// Opens the table of a `[header]` or appends one of a `[[header]]`.
  private func open(
    _ table: inout TOMLTable, _ path: ArraySlice<(key: String, position: Position)>, isArray: Bool, at start: Position
  ) throws(TOMLError) {
    guard let (key, position) = path.first else { return }
    let rest = path.dropFirst()
    guard let index = table.entries.firstIndex(where: { $0.key == key }) else {
      var new = TOMLTable()
      if rest.isEmpty {
        new.isHeaderDefined = true
      } else {
        try open(&new, rest, isArray: isArray, at: start)
      }
      let value = TOMLValue(.table(new), at: start)
      let wrapped = rest.isEmpty && isArray ? TOMLValue(.array([value]), at: start) : value
      table.entries.append(.init(key: key, position: position, value: wrapped))
      return
    }
    switch table.entries[index].value.kind {
    case .table(var inner):
      if rest.isEmpty {
        if isArray || inner.isHeaderDefined || inner.isClosed {
          throw failure("[\(key)] is defined twice", at: position)
        }
        inner.isHeaderDefined = true
      } else {
        if inner.isClosed { throw failure("\(key) is an inline table and cannot be extended", at: position) }
        try open(&inner, rest, isArray: isArray, at: start)
      }
      table.entries[index].value.kind = .table(inner)
    case .array(var elements):
      guard case .table(var last)? = elements.last?.kind, !last.isClosed else {
        throw failure("\(key) is an array of values, not of tables", at: position)
      }
      if rest.isEmpty {
        guard isArray else { throw failure("[\(key)] is an array of tables: write [[\(key)]]", at: position) }
        var new = TOMLTable()
        new.isHeaderDefined = true
        elements.append(TOMLValue(.table(new), at: start))
      } else {
        try open(&last, rest, isArray: isArray, at: start)
        elements[elements.count - 1].kind = .table(last)
      }
      table.entries[index].value.kind = .array(elements)
    default: throw failure("\(key) already has a value", at: position)
    }
  }

  private static func insert(
    _ value: TOMLValue, _ table: inout TOMLTable, _ path: ArraySlice<String>,
    _ keys: ArraySlice<(key: String, position: Position)>
  ) throws(TOMLError) {
    if let step = path.first, let index = table.entries.firstIndex(where: { $0.key == step }) {
      switch table.entries[index].value.kind {
      case .table(var inner):
        try insert(value, &inner, path.dropFirst(), keys)
        table.entries[index].value.kind = .table(inner)
      case .array(var elements):
        if case .table(var last)? = elements.last?.kind {
          try insert(value, &last, path.dropFirst(), keys)
          elements[elements.count - 1].kind = .table(last)
          table.entries[index].value.kind = .array(elements)
        }
      default: break
      }
      return
    }
    guard let (key, position) = keys.first else { return }
    let index = table.entries.firstIndex { $0.key == key }
    if keys.count == 1 {
      if index != nil { throw TOMLError(position: position, reason: "\(key) is set twice") }
      table.entries.append(.init(key: key, position: position, value: value))
      return
    }
    guard let index else {
      var inner = TOMLTable()
      try insert(value, &inner, [], keys.dropFirst())
      table.entries.append(.init(key: key, position: position, value: TOMLValue(.table(inner), at: position)))
      return
    }
    guard case .table(var inner) = table.entries[index].value.kind, !inner.isClosed else {
      throw TOMLError(position: position, reason: "\(key) already has a value")
    }
    try insert(value, &inner, [], keys.dropFirst())
    table.entries[index].value.kind = .table(inner)
  }

  // MARK: Keys

  private mutating func dottedKey() throws(TOMLError) -> [(key: String, position: Position)] {
    var keys: [(key: String, position: Position)] = []
    while true {
      skipBlanks()
      keys.append((try simpleKey(), position))
      keys[keys.count - 1].position = keyStart
      skipBlanks()
      guard peek == "." else { return keys }
      at += 1
    }
  }

  private var keyStart = Position(line: 1, column: 1)

  private mutating func simpleKey() throws(TOMLError) -> String {
    keyStart = position
    if peek == "\"" { return try basicString() }
    if peek == "'" { return try literalString() }
    var key = ""
    while let scalar = peek, Self.isBareKey(scalar) {
      key.unicodeScalars.append(scalar)
      at += 1
    }
    if key.isEmpty {
      throw failure(
        peek.map { "expected a key, found \"\($0 == "\n" ? "end of line" : String($0))\"" } ?? "expected a key")
    }
    return key
  }

  private static func isBareKey(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-": true
    default: false
    }
  }

  private mutating func valueAfterEquals() throws(TOMLError) -> TOMLValue {
    skipBlanks()
    guard peek == "=" else { throw failure("expected = after a key") }
    at += 1
    skipBlanks()
    return try value()
  }

  // MARK: Values

  private mutating func value() throws(TOMLError) -> TOMLValue {
    let start = position
    depth += 1
    defer { depth -= 1 }
    if depth > 64 { throw failure("nested deeper than 64 levels") }
    guard let scalar = peek, scalar != "\n" else { throw failure("expected a value") }
    switch scalar {
    case "\"":
      let isMultiline = ahead(1) == "\"" && ahead(2) == "\""
      return TOMLValue(.string(isMultiline ? try multilineBasic() : try basicString()), at: start)
    case "'":
      let isMultiline = ahead(1) == "'" && ahead(2) == "'"
      return TOMLValue(.string(isMultiline ? try multilineLiteral() : try literalString()), at: start)
    case "[": return TOMLValue(.array(try array()), at: start)
    case "{": return TOMLValue(.table(try inlineTable()), at: start)
    default: return TOMLValue(try bareValue(), at: start)
    }
  }

  private mutating func array() throws(TOMLError) -> [TOMLValue] {
    at += 1
    var elements: [TOMLValue] = []
    while true {
      try skipLines()
      if peek == "]" { break }
      elements.append(try value())
      try skipLines()
      if peek == "," {
        at += 1
      } else if peek != "]" {
        throw failure("expected , or ] in an array")
      }
    }
    at += 1
    return elements
  }

  private mutating func inlineTable() throws(TOMLError) -> TOMLTable {
    at += 1
    var table = TOMLTable()
    skipBlanks()
    if peek != "}" {
      while true {
        skipBlanks()
        let keys = try dottedKey()
        let value = try valueAfterEquals()
        try Self.insert(value, &table, [], keys[...])
        skipBlanks()
        if peek == "}" { break }
        guard peek == "," else { throw failure("expected , or } in an inline table") }
        at += 1
      }
    }
    at += 1
    table.isClosed = true
    return table
  }

  private mutating func bareValue() throws(TOMLError) -> TOMLValue.Kind {
    let start = position
    var text = ""
    while let scalar = peek, !" \t\n\r,]}#".unicodeScalars.contains(scalar) {
      text.unicodeScalars.append(scalar)
      at += 1
    }
    // A date and a time may stand apart by one space (RFC 3339, section 5.6).
    if Self.isDate(text), peek == " ", let next = ahead(1), ("0"..."9").contains(next) {
      at += 1
      text += " "
      while let scalar = peek, !" \t\n\r,]}#".unicodeScalars.contains(scalar) {
        text.unicodeScalars.append(scalar)
        at += 1
      }
    }
    switch text {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    case "inf", "+inf": return .float(.infinity)
    case "-inf": return .float(-.infinity)
    case "nan", "+nan", "-nan": return .float(.nan)
    default: break
    }
    if Self.isDate(text) || Self.isTime(text) { return .date(text) }
    if let number = Self.number(text) { return number }
    throw failure("\"\(text.prefix(40))\" is not a value; strings need quotes", at: start)
  }

  private static func isDate(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(10))
    return bytes.count == 10 && bytes[4] == 0x2D && bytes[7] == 0x2D
      && [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy { (0x30...0x39).contains(bytes[$0]) }
  }

  private static func isTime(_ text: String) -> Bool {
    let bytes = Array(text.utf8.prefix(5))
    return bytes.count == 5 && bytes[2] == 0x3A && [0, 1, 3, 4].allSatisfy { (0x30...0x39).contains(bytes[$0]) }
  }

  private static func number(_ text: String) -> TOMLValue.Kind? {
    guard let first = text.unicodeScalars.first, first != "_", text.last != "_", !text.contains("__") else {
      return nil
    }
    let digits = text.filter { $0 != "_" }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
      return Int64(digits.dropFirst(2), radix: radix).map { .integer($0) }
    }
    let unsigned = digits.drop { $0 == "+" || $0 == "-" }
    guard let leading = unsigned.first, leading.isASCII, leading.isNumber else { return nil }
    if unsigned.count > 1, leading == "0", unsigned.dropFirst().first?.isNumber == true { return nil }
    if let value = Int64(digits.hasPrefix("+") ? String(digits.dropFirst()) : digits) { return .integer(value) }
    guard digits.allSatisfy({ "+-.eE0123456789".contains($0) }), digits.last != "." else { return nil }
    return Double(digits).map { .float($0) }
  }
}
