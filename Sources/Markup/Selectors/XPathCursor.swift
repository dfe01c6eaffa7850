/// A place in the text of an XPath expression, by bytes.
struct XPathCursor {
  let bytes: [UInt8]
  var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var peek: UInt8? { at < bytes.count ? bytes[at] : nil }
  var isAtEnd: Bool { at == bytes.count }
  var tail: String { text(at..<bytes.count) }

  func isNext(_ text: String) -> Bool { bytes[at...].starts(with: text.utf8) }
  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  mutating func skip(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    at += text.utf8.count
    return true
  }

  mutating func skipSpace() {
    while let byte = peek, Self.isSpace(byte) { at += 1 }
  }

  /// A comma and the space around it.
  mutating func skipComma() -> Bool {
    skipSpace()
    guard skip(",") else { return false }
    skipSpace()
    return true
  }

  /// A name of ASCII letters, digits, hyphens and underscores.
  mutating func name() -> String? {
    let start = at
    while let byte = peek, Self.isNameByte(byte) {
      if at == start, (0x30...0x39).contains(byte) || byte == 0x2D { return nil }
      at += 1
    }
    return at > start ? text(start..<at) : nil
  }

  /// What stands in quotes.
  mutating func string() -> String? {
    guard let quote = peek, quote == 0x22 || quote == 0x27 else { return nil }
    guard let end = bytes[(at + 1)...].firstIndex(of: quote) else { return nil }
    defer { at = end + 1 }
    return text(at + 1..<end)
  }

  /// What stands between brackets, which begin here; stands after them.
  mutating func brackets() -> String? {
    guard peek == UInt8(ascii: "[") else { return nil }
    let start = at + 1
    var depth = XPathDepth()
    while let byte = peek {
      at += 1
      depth.enter(byte)
      if depth.isOutside { return text(start..<at - 1) }
    }
    return nil
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D }

  static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D
      || byte == 0x5F
  }
}

/// In how many brackets, parentheses and quotes a byte stands.
struct XPathDepth {
  private var depth = 0
  private var quote: UInt8?

  var isOutside: Bool { depth == 0 && quote == nil }
  /// Deeper than anybody writes, and than what reads an expression by recursion may go.
  var isTooDeep: Bool { depth > 32 }

  mutating func enter(_ byte: UInt8) {
    if let open = quote {
      if byte == open { quote = nil }
      return
    }
    switch byte {
    case 0x22, 0x27: quote = byte
    case UInt8(ascii: "["), UInt8(ascii: "("): depth += 1
    case UInt8(ascii: "]"), UInt8(ascii: ")"): depth -= 1
    default: break
    }
  }
}

extension String {
  /// Without XPath's white space at its ends.
  var trimmedForXPath: String {
    var bytes = Substring(self).utf8
    while let first = bytes.first, XPathCursor.isSpace(first) { bytes.removeFirst() }
    while let last = bytes.last, XPathCursor.isSpace(last) { bytes.removeLast() }
    return String(Substring(bytes))
  }
}
