import CXML2

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Character references in text that is not markup, such as strings of JSON-LD or titles escaped twice.
public enum Entities {
  /// The text with `&amp;`, `&#8217;`, `&#x2019;`, `&eacute;` and the like replaced, once. What is no reference stays.
  public static func decoded(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var i = 0
    while i < bytes.count {
      guard bytes[i] == UInt8(ascii: "&"), let end = bytes[i...].prefix(33).firstIndex(of: UInt8(ascii: ";")),
        let scalar = scalar(bytes[(i + 1)..<end])
      else {
        out.append(bytes[i])
        i += 1
        continue
      }
      out.append(contentsOf: String(scalar).utf8)
      i = end + 1
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// HTML with the references that only HTML5 knows replaced, for a parser that knows those of HTML 4.
  static func withoutHTML5References(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8]?
    var copied = 0
    var i = 0
    while let mark = next(UInt8(ascii: "&"), in: bytes, from: i) {
      i = mark + 1
      let name = bytes[i...].prefix(20).prefix { (0x61...0x7A).contains($0 | 0x20) }
      guard name.count > 2, name.endIndex < bytes.count, bytes[name.endIndex] == UInt8(ascii: ";"),
        !name.elementsEqual("amp".utf8), !name.elementsEqual("quot".utf8),
        let scalar = html5[String(decoding: name, as: UTF8.self)], scalar != "'"
      else { continue }
      if out == nil { out = [] }
      out?.append(contentsOf: bytes[copied..<mark])
      out?.append(contentsOf: String(scalar).utf8)
      i = name.endIndex + 1
      copied = i
    }
    guard var whole = out else { return bytes }
    whole.append(contentsOf: bytes[copied...])
    return whole
  }

  private static func next(_ byte: UInt8, in bytes: [UInt8], from start: Int) -> Int? {
    bytes.withUnsafeBytes { bytes in
      guard start < bytes.count, let base = bytes.baseAddress,
        let hit = memchr(base + start, Int32(byte), bytes.count - start)
      else { return nil }
      return base.distance(to: UnsafeRawPointer(hit))
    }
  }

  private static func scalar(_ name: ArraySlice<UInt8>) -> Unicode.Scalar? {
    guard let first = name.first else { return nil }
    let text = String(decoding: name, as: UTF8.self)
    if first == UInt8(ascii: "#") {
      let digits = text.dropFirst()
      let code =
        digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard let code, code >= 9 else { return nil }
      return Unicode.Scalar(code) ?? "\u{FFFD}"
    }
    if let entity = htmlEntityLookup(text) { return Unicode.Scalar(UInt32(entity.pointee.value)) }
    return html5[text]
  }

  /// The names HTML5 added that text meets; libxml2 knows those of HTML 4.
  static let html5: [String: Unicode.Scalar] = [NamedLetters.latin, NamedLetters.cyrillic].reduce(into: signs) {
    $0.merge($1) { known, _ in known }
  }

  private static let signs: [String: Unicode.Scalar] = [
    "apos": "'", "nbsp": "\u{A0}", "colon": ":", "comma": ",", "period": ".", "semi": ";", "excl": "!", "quest": "?",
    "lpar": "(", "rpar": ")", "lsqb": "[", "rsqb": "]", "lbrack": "[", "rbrack": "]", "num": "#", "dollar": "$",
    "percnt": "%", "ast": "*", "plus": "+", "equals": "=", "commat": "@", "sol": "/", "bsol": "\\", "lowbar": "_",
    "grave": "`", "verbar": "|", "vert": "|", "lcub": "{", "rcub": "}", "Tab": "\t", "NewLine": "\n",
    "hyphen": "\u{2010}", "dash": "\u{2010}", "rsquor": "\u{2019}", "rdquor": "\u{201D}", "hairsp": "\u{200A}",
    "numsp": "\u{2007}", "puncsp": "\u{2008}", "ZeroWidthSpace": "\u{200B}", "NoBreak": "\u{2060}",
    "starf": "\u{2605}", "check": "\u{2713}",
  ]
}
