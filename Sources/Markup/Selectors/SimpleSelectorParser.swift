/// Reads the simple selectors, by bytes; everything else is left to the whole grammar.
struct SimpleSelectorParser {
  private let bytes: [UInt8]
  private var at = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

  private mutating func skipSpace() -> Bool {
    let start = at
    while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0A { at += 1 }
    return at > start
  }

  mutating func lists() -> [[CSSMatcher.Compound]]? {
    var all: [[CSSMatcher.Compound]] = []
    while true {
      _ = skipSpace()
      guard let list = complex() else { return nil }
      all.append(list)
      _ = skipSpace()
      guard let byte = peek else { return all }
      guard byte == UInt8(ascii: ",") else { return nil }
      at += 1
    }
  }

  private mutating func complex() -> [CSSMatcher.Compound]? {
    var list: [CSSMatcher.Compound] = []
    var isChild = false
    if peek == UInt8(ascii: ">") {
      at += 1
      isChild = true
      _ = skipSpace()
    }
    while true {
      guard var compound = compound() else { return nil }
      compound.isChild = isChild
      list.append(compound)
      let isSpaced = skipSpace()
      guard let byte = peek, byte != UInt8(ascii: ",") else { return list }
      if byte == UInt8(ascii: ">") {
        at += 1
        isChild = true
        _ = skipSpace()
      } else if isSpaced {
        isChild = false
      } else {
        return nil
      }
    }
  }

  private mutating func compound() -> CSSMatcher.Compound? {
    var compound = CSSMatcher.Compound()
    var conditions: [CSSMatcher.Test] = []
    var type = ""
    let start = at
    if peek == UInt8(ascii: "*") {
      at += 1
    } else if let byte = peek, Self.isNameByte(byte), !(0x30...0x39).contains(byte), byte != UInt8(ascii: "-") {
      guard let name = name() else { return nil }
      type = name.lowercased()
      compound.tests.append(.name(number: ElementNumber.of(type), type))
    }
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "#"):
        at += 1
        guard let id = name() else { return nil }
        compound.tests.append(.id(id))
      case UInt8(ascii: "."):
        at += 1
        guard let word = name() else { return nil }
        compound.tests.append(.token(attribute: "class", word))
      case UInt8(ascii: "["):
        at += 1
        guard let test = attribute() else { return nil }
        compound.tests.append(test)
      case UInt8(ascii: ":"):
        guard let condition = pseudoClass(type: type) else { return nil }
        conditions.append(condition)
      case 0x20, 0x09, 0x0A, UInt8(ascii: ","), UInt8(ascii: ">"):
        // The cheap ones first.
        compound.tests += conditions
        return at > start ? compound : nil
      default: return nil
      }
    }
    compound.tests += conditions
    return at > start ? compound : nil
  }

  /// As the whole grammar understands it.
  private mutating func pseudoClass(type: String) -> CSSMatcher.Test? {
    let start = at
    at += 1
    guard name() != nil else { return nil }
    if peek == UInt8(ascii: "(") {
      var depth = 0
      var quote: UInt8?
      repeat {
        guard let byte = peek, byte != UInt8(ascii: "\\") else { return nil }
        at += 1
        if let open = quote {
          if byte == open { quote = nil }
        } else if byte == 0x22 || byte == 0x27 {
          quote = byte
        } else if byte == UInt8(ascii: "(") {
          depth += 1
        } else if byte == UInt8(ascii: ")") {
          depth -= 1
        }
      } while depth > 0
    }
    let text = type + String(decoding: bytes[start..<at], as: UTF8.self)
    guard let condition = CSSReader.lastCondition(of: text), let part = XPathPart("boolean(\(condition))") else {
      return nil
    }
    return .condition(part)
  }

  private mutating func attribute() -> CSSMatcher.Test? {
    guard let name = name()?.lowercased() else { return nil }
    if peek == UInt8(ascii: "]") {
      at += 1
      return .exists(name)
    }
    var sign = ""
    while let byte = peek, "~|^$*=".utf8.contains(byte), !sign.hasSuffix("=") {
      sign.unicodeScalars.append(Unicode.Scalar(byte))
      at += 1
    }
    let text: String
    if let quote = peek, quote == 0x22 || quote == 0x27 {
      at += 1
      let start = at
      while let byte = peek, byte != quote {
        if byte == UInt8(ascii: "\\") { return nil }
        at += 1
      }
      text = String(decoding: bytes[start..<at], as: UTF8.self)
      at += 1
    } else {
      guard let word = self.name() else { return nil }
      text = word
    }
    guard peek == UInt8(ascii: "]"), !text.isEmpty || sign == "=" else { return nil }
    at += 1
    switch sign {
    case "=": return .equals(name, text)
    case "~=" where !text.contains(" "): return .token(attribute: name, text)
    case "|=": return .language(name, text)
    case "^=": return .begins(name, text)
    case "$=": return .ends(name, text)
    case "*=": return .holds(name, text)
    default: return nil
    }
  }

  /// ASCII letters, digits, hyphens and underscores.
  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  private mutating func name() -> String? {
    let start = at
    while let byte = peek, Self.isNameByte(byte) { at += 1 }
    return at > start ? String(decoding: bytes[start..<at], as: UTF8.self) : nil
  }
}
