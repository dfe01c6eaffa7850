// The four kinds of strings (TOML 1.0, "String"), with their escapes.
extension TOMLReader {
  mutating func basicString() throws(TOMLError) -> String {
    at += 1
    var text = ""
    while true {
      guard let scalar = peek, scalar != "\n" else { throw failure("string without an end") }
      if scalar == "\"" { break }
      if scalar == "\\" {
        try escape(&text)
      } else {
        try Self.check(scalar, failure("control character in a string"))
        text.unicodeScalars.append(scalar)
        at += 1
      }
    }
    at += 1
    return text
  }

  mutating func literalString() throws(TOMLError) -> String {
    at += 1
    var text = ""
    while true {
      guard let scalar = peek, scalar != "\n" else { throw failure("string without an end") }
      if scalar == "'" { break }
      try Self.check(scalar, failure("control character in a string"))
      text.unicodeScalars.append(scalar)
      at += 1
    }
    at += 1
    return text
  }

  private static func check(_ scalar: Unicode.Scalar, _ error: @autoclosure () -> TOMLError) throws(TOMLError) {
    if scalar.value < 0x20 && scalar != "\t" || scalar.value == 0x7F { throw error() }
  }

  mutating func multilineBasic() throws(TOMLError) -> String {
    try multiline("\"", escapes: true)
  }

  mutating func multilineLiteral() throws(TOMLError) -> String {
    try multiline("'", escapes: false)
  }

  private mutating func multiline(_ quote: Unicode.Scalar, escapes: Bool) throws(TOMLError) -> String {
    let start = position
    at += 3
    if peek == "\r", ahead(1) == "\n" { at += 1 }
    if peek == "\n" { advance() }
    var text = ""
    while let scalar = peek {
      if scalar == quote, ahead(1) == quote, ahead(2) == quote {
        at += 3
        // Up to two quotes may stand right before the closing three.
        for _ in 0..<2 where peek == quote {
          text.unicodeScalars.append(quote)
          at += 1
        }
        return text
      }
      if scalar == "\\", escapes {
        if try !continuation() { try escape(&text) }
        continue
      }
      if scalar != "\n", scalar != "\r" { try Self.check(scalar, failure("control character in a string")) }
      text.unicodeScalars.append(scalar)
      advance()
    }
    throw failure("string without an end", at: start)
  }

  /// A backslash at the end of a line swallows the line break and the white space after it.
  private mutating func continuation() throws(TOMLError) -> Bool {
    var look = at + 1
    while look < scalars.count, scalars[look] == " " || scalars[look] == "\t" || scalars[look] == "\r" { look += 1 }
    guard look < scalars.count, scalars[look] == "\n" else { return false }
    at += 1
    while let scalar = peek, " \t\r\n".unicodeScalars.contains(scalar) { advance() }
    return true
  }

  private mutating func escape(_ text: inout String) throws(TOMLError) {
    let start = position
    at += 1
    guard let scalar = peek else { throw failure("string without an end") }
    at += 1
    switch scalar {
    case "b": text += "\u{8}"
    case "t": text += "\t"
    case "n": text += "\n"
    case "f": text += "\u{C}"
    case "r": text += "\r"
    case "\"": text += "\""
    case "\\": text += "\\"
    case "u", "U":
      let length = scalar == "u" ? 4 : 8
      let digits = String(String.UnicodeScalarView(scalars[at..<min(at + length, scalars.count)]))
      guard digits.unicodeScalars.count == length, let value = UInt32(digits, radix: 16),
        let result = Unicode.Scalar(value)
      else { throw failure("\\\(scalar) needs \(length) hexadecimal digits of a Unicode character", at: start) }
      text.unicodeScalars.append(result)
      at += length
    default:
      throw failure(
        "\\\(scalar) is no escape; write \\\\ for a backslash or use '…' for regular expressions", at: start)
    }
  }
}
