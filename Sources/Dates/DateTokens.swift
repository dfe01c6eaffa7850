/// A piece of a date: a number, a word, or a single sign.
struct DateToken {
  enum Kind: Equatable { case number, word, sign }
  var kind: Kind
  /// The value of a number.
  var value = 0
  /// How many digits a number was written with.
  var digits = 0
  /// A word in folded form.
  var word = ""
  /// A sign, in ASCII.
  var sign: Unicode.Scalar = " "
  /// Whether white space stands before it.
  var isSpaced: Bool

  func isSign(_ scalar: Unicode.Scalar) -> Bool { kind == .sign && sign == scalar }

  /// The pieces of a text, nil when there are too many for a date. Digits of any script count; direction marks go.
  static func tokens(of text: String) -> [DateToken]? {
    var tokens: [DateToken] = []
    var word = String.UnicodeScalarView()
    var isSpaced = false
    var inNumber = false

    func endWord() {
      guard !word.isEmpty else { return }
      tokens.append(DateToken(kind: .word, word: MonthNames.folded(String(word)), isSpaced: isSpaced))
      word = String.UnicodeScalarView()
      isSpaced = false
    }

    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value == 0xFEFF || (0x200B...0x200F).contains(value) || (0x202A...0x202E).contains(value) { continue }
      if let digit = digit(scalar) {
        endWord()
        if inNumber {
          let last = tokens.count - 1
          tokens[last].digits += 1
          if tokens[last].digits <= 17 { tokens[last].value = tokens[last].value * 10 + digit }
        } else {
          tokens.append(DateToken(kind: .number, value: digit, digits: 1, isSpaced: isSpaced))
          isSpaced = false
          inNumber = true
        }
        continue
      }
      inNumber = false
      if scalar.properties.isWhitespace {
        endWord()
        isSpaced = true
      } else if scalar.properties.isAlphabetic || isMark(scalar) {
        word.append(scalar)
      } else {
        endWord()
        let sign: Unicode.Scalar =
          switch value {
          case 0x2010...0x2015, 0x2212: "-"
          case 0xFF1A: ":"
          case 0xFF0F: "/"
          default: scalar
          }
        tokens.append(DateToken(kind: .sign, sign: sign, isSpaced: isSpaced))
        isSpaced = false
      }
      if tokens.count > 48 { return nil }
    }
    endWord()
    return tokens
  }

  /// Without what says how old something is, `1 day ago`: in Spanish, Portuguese and Italian `ago` is August.
  static func withoutAges(_ tokens: [DateToken]) -> [DateToken] {
    guard tokens.contains(where: { $0.word == "ago" }) else { return tokens }
    var kept: [DateToken] = []
    for token in tokens {
      guard token.word == "ago", let unit = kept.last, unitsOfAge.contains(unit.word) else {
        kept.append(token)
        continue
      }
      kept.removeLast()
      if let count = kept.last, count.kind == .number || ["a", "an"].contains(count.word) { kept.removeLast() }
    }
    return kept
  }

  private static let unitsOfAge: Set<String> = [
    "second", "seconds", "sec", "secs", "minute", "minutes", "min", "mins", "hour", "hours", "hr", "hrs", "h", "day",
    "days", "d", "week", "weeks", "month", "months", "year", "years", "yr", "yrs",
  ]

  /// Whether a character belongs to the one before: accents, and the signs of Indic scripts that are no letters.
  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value >= 0x300
      && (scalar.properties.generalCategory == .nonspacingMark || scalar.properties.generalCategory == .spacingMark)
  }

  private static func digit(_ scalar: Unicode.Scalar) -> Int? {
    if scalar.isASCII { return (0x30...0x39).contains(scalar.value) ? Int(scalar.value - 0x30) : nil }
    guard scalar.properties.numericType == .decimal, let value = scalar.properties.numericValue else { return nil }
    return Int(value)
  }
}
