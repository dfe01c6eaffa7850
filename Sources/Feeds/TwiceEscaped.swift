internal import Glibc
internal import Markup
internal import Values

// Texts that were escaped once too often.
extension Reading {
  /// A text without a tag, but with tags or references among its references. nil for others.
  static func unescapedOnce(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    guard let base = bytes.baseAddress else { return nil }
    var index = 0
    // Each looks through the whole text.
    var left = mostMarks
    while index < bytes.count, let found = memchr(base + index, Int32(UInt8(ascii: "&")), bytes.count - index) {
      index = base.distance(to: found.assumingMemoryBound(to: UInt8.self)) + 1
      let rest = UnsafeBufferPointer(rebasing: bytes[index..<min(bytes.count, index + 24)])
      guard rest.begins("lt;") || rest.begins("amp;") else { continue }
      // An article about HTML quotes what it speaks of.
      if index > 1, bytes[index - 2] == UInt8(ascii: "`") { continue }
      var isTwice = tooOften.contains { rest.begins($0) } || namesLetter(rest)
      if !isTwice, left > 0, rest.begins("lt;/") || rest.begins("lt;img ") {
        left -= 1
        isTwice = isPicture(rest, at: index, of: bytes) || endsMark(rest, at: index, of: bytes)
      }
      if isTwice {
        return Entities.decoded(UTF8Text.string(wellFormed: bytes))
      }
    }
    return nil
  }

  private static let mostMarks = 8

  private static let tooOften: [StaticString] = [
    "lt;/p&gt;", "lt;/div&gt;", "lt;/a&gt;", "lt;br", "amp;#", "amp;quot;", "amp;apos;", "amp;rsquo;", "amp;lsquo;",
    "amp;rdquo;", "amp;ldquo;", "amp;bdquo;", "amp;sbquo;", "amp;hellip;", "amp;ndash;", "amp;mdash;", "amp;euro;",
  ]

  /// Whether a reference to an ampersand and the name of a character of Latin-1 begin the text.
  private static func namesLetter(_ rest: UnsafeBufferPointer<UInt8>) -> Bool {
    guard rest.begins("amp;") else { return false }
    let name = rest[4...].prefix(7).prefix { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 }
    guard name.count > 2, name.endIndex < rest.count, rest[name.endIndex] == UInt8(ascii: ";") else { return false }
    return latin.contains(String(decoding: name, as: UTF8.self))
  }

  /// HTML's names for the characters from U+00A0 to U+00FF.
  private static let latin = Set(
    """
    nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro
    para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil
    Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave
    Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml
    igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute
    thorn yuml
    """.split { $0.isWhitespace }.map(String.init))

  private static func isPicture(
    _ rest: UnsafeBufferPointer<UInt8>, at index: Int, of bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    rest.begins("lt;img ") && TextScan.place(of: "src=", in: bytes, from: index) != nil
  }

  /// Whether the text goes on with the end of an element that begins before: half of a pair is spoken of.
  private static func endsMark(
    _ rest: UnsafeBufferPointer<UInt8>, at index: Int, of bytes: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard rest.begins("lt;/"), let mark = marks.first(where: { rest.begins($0.end) }) else { return false }
    guard let begin = TextScan.place(of: mark.begin, in: bytes) else { return false }
    let next = begin + mark.begin.utf8CodeUnitCount
    return next < index && (bytes[next] == 0x20 || bytes[next] == UInt8(ascii: "&"))
      && (begin == 0 || bytes[begin - 1] != UInt8(ascii: "`"))
  }

  private static let marks: [(begin: StaticString, end: StaticString)] = [
    ("&lt;b", "lt;/b&gt;"), ("&lt;strong", "lt;/strong&gt;"), ("&lt;em", "lt;/em&gt;"), ("&lt;i", "lt;/i&gt;"),
    ("&lt;span", "lt;/span&gt;"), ("&lt;ul", "lt;/ul&gt;"), ("&lt;li", "lt;/li&gt;"), ("&lt;h2", "lt;/h2&gt;"),
    ("&lt;h3", "lt;/h3&gt;"), ("&lt;h4", "lt;/h4&gt;"), ("&lt;blockquote", "lt;/blockquote&gt;"),
  ]

  /// One line with its references replaced; those to letters, by number and to the signs of print, that come out of it
  /// too. What then begins a tag or another reference is spoken of.
  static func words(_ text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return folded(text) }
    let decoded = Entities.decoded(text)
    return folded(decoded.utf8.contains(UInt8(ascii: "&")) ? lettersDecoded(decoded) : decoded)
  }

  /// A plain text with its references replaced, line by line.
  static func lines(_ text: String) -> String { Entities.decoded(text) }

  @inline(never)
  private static func lettersDecoded(_ text: String) -> String {
    var out = ""
    var rest = text[...]
    while let start = rest.utf8.firstIndex(of: UInt8(ascii: "&")) {
      out += rest[..<start]
      let name = rest[start...].dropFirst().prefix(longestReference).prefix {
        $0 == "#" || $0.isASCII && ($0.isLetter || $0.isNumber)
      }
      rest = rest[start...]
      if name.endIndex < rest.endIndex, rest[name.endIndex] == ";", out.last != "`" {
        let decoded = Entities.decoded("&" + name + ";")
        let isText = decoded.unicodeScalars.first.map {
          name.first == "#" ? !"<>&".contains(Character($0)) : isOfPrint($0)
        }
        if decoded.unicodeScalars.count == 1, isText == true {
          out += decoded
          rest = rest[rest.index(after: name.endIndex)...]
          continue
        }
      }
      out += "&"
      rest = rest.dropFirst()
    }
    return out + rest
  }

  private static let longestReference = 16

  /// Letters, quotation marks, dashes and dots.
  private static func isOfPrint(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || "\"'«»‘’‚“”„…–—".unicodeScalars.contains(scalar)
  }
}
