/// The marks of a text without which a pattern has nothing to look for.
struct CreditSigns {
  private var hasBracket = false
  private var hasColon = false
  /// Where the first sign stands that follows a word for a credit.
  private var label: Int?
  /// Whether there is such a word.
  var hasLabel: Bool { label != nil }
  /// Such a word is the first in the last bracket.
  private var hasLabelInBracket = false
  /// "(c)".
  private var hasLetterInBracket = false
  /// 撮影 or 提供 before the bracket at the end.
  private var endsInGiver = false
  /// The same at the very end.
  private var endsInBareGiver = false
  private var endsInLithuanian = false
  /// 摄, "taken by", in Chinese.
  private var endsInTaken = false
  /// The last slash stands alone, with little behind it.
  private var endsBehindSlash = false
  private var hasEquals = false
  /// A slash behind a letter of another script.
  private var hasSlash = false
  /// A dash between spaces.
  private var hasDash = false
  private var hasCopyright = false
  /// A character in full width, where another script begins.
  private var isWide = false
  private var hasHangul = false
  /// A short rest stands behind the last mark that ends a sentence.
  private var endsBehindSentence = false
  /// The last character, or the one before a full stop, is a closing bracket.
  private(set) var endsInBracket = false
  private var endsInSquareBracket = false
  private var beginsInBracket = false

  init(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var before: UInt8 = 0
      for byte in bytes {
        defer { before = byte }
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["): hasBracket = true
        case UInt8(ascii: ":"): hasColon = true
        case UInt8(ascii: "="): hasEquals = true
        case UInt8(ascii: "/"): hasSlash = hasSlash || before >= 0x80
        case UInt8(ascii: "-"), 0xE2: if before == 0x20 { hasDash = true }
        case 0xA9 where before == 0xC2: hasCopyright = true
        case UInt8(ascii: "C"), UInt8(ascii: "c"): if before == UInt8(ascii: "(") { hasLetterInBracket = true }
        case 0xEF: isWide = true
        // Hangul, or another script of the kind.
        case 0xEA...0xED: hasHangul = true
        default: break
        }
      }
      label = bytes.indices.first { index in
        switch bytes[index] {
        case UInt8(ascii: ":"), UInt8(ascii: "|"), UInt8(ascii: "="): Self.endsInLabel(bytes, index)
        // "Credit..." or "Credit…".
        case UInt8(ascii: "."):
          index + 2 < bytes.count && bytes[index + 1] == bytes[index] && bytes[index + 2] == bytes[index]
            && Self.endsInLabel(bytes, index)
        case 0xEF: bytes[index...].starts(with: "：".utf8) && Self.endsInLabel(bytes, index)
        case 0xE2: bytes[index...].starts(with: "…".utf8) && Self.endsInLabel(bytes, index)
        case 0xA9: index > 0 && bytes[index - 1] == 0xC2 && Self.endsInLabel(bytes, index - 1)
        default: false
        }
      }
      if let bracket = bytes.lastIndex(where: { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "[") }) {
        hasLabelInBracket = Self.beginsWithLabel(bytes, bracket + 1)
      } else if isWide, let bracket = bytes.indices.last(where: { bytes[$0...].starts(with: "（".utf8) }) {
        hasLabelInBracket = Self.beginsWithLabel(bytes, bracket + 3)
      }
      beginsInBracket = bytes.first == UInt8(ascii: "(")
      var end = bytes.count
      if end > 0, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
      endsInGiver = Self.endsInGiver(bytes)
      endsInBareGiver = bytes.suffix(6).elementsEqual("撮影".utf8) || bytes.suffix(6).elementsEqual("提供".utf8)
      endsInTaken = bytes.suffix(3).elementsEqual("摄".utf8)
      endsInLithuanian = bytes.suffix(6).elementsEqual("nuotr.".utf8)
      endsInSquareBracket = end > 0 && bytes[end - 1] == UInt8(ascii: "]")
      endsInBracket =
        endsInSquareBracket || end > 0 && bytes[end - 1] == UInt8(ascii: ")")
        || isWide && bytes[..<end].suffix(3).elementsEqual("）".utf8)
      if let mark = bytes.indices.last(where: { Self.endsSentence(bytes, $0) }) {
        // 70 characters, and white space before them.
        endsBehindSentence = (2...300).contains(bytes.count - mark - 1)
      }
      if let slash = bytes.lastIndex(of: UInt8(ascii: "/")), slash > 0 {
        endsBehindSlash = (bytes[slash - 1] <= 0x20 || bytes[slash - 1] >= 0x80) && bytes.count - slash <= 170
      }
    }
  }

  /// Whether the last word before a place, white space left out, is the last of a label.
  private static func endsInLabel(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let before = String(decoding: bytes[max(place - longestLabel, 0)..<place], as: UTF8.self).trimmingSpaces
    return lastWords.contains(String(before.reversed().prefix { $0.isLetter }.reversed()).lowercased())
  }

  private static func beginsWithLabel(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let behind = String(decoding: bytes[place..<min(place + longestLabel, bytes.count)], as: UTF8.self)
    return behind.hasPrefix("©") || firstWords.contains(String(behind.prefix { $0.isLetter }).lowercased())
  }

  /// More than any takes with the white space behind it, in bytes.
  private static let longestLabel = 60
  private static let lastWords = Set(
    PictureCredits.labels.map { $0.split(separator: " ").last.map { $0.lowercased() } ?? "" })
  private static let firstWords = Set(
    (PictureCredits.labelsInBrackets + PictureCredits.signedLabelsInBrackets).map {
      $0.split(separator: " ").first.map { $0.lowercased() } ?? ""
    })

  /// Whether a text ends in 撮影 or 提供 and a bracket.
  private static func endsInGiver(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let end = bytes.last == UInt8(ascii: ")") ? bytes.count - 1 : bytes.count - 3
    guard end > 6 else { return false }
    let word = bytes[end - 6..<end]
    return word.elementsEqual("撮影".utf8) || word.elementsEqual("提供".utf8)
  }

  /// A word's beginning at most forty characters before the first sign that follows a word for a credit.
  func startOfLabel(in text: String) -> String.Index {
    guard let label else { return text.startIndex }
    let sign = text.utf8.index(text.startIndex, offsetBy: label)
    let least = text.index(sign, offsetBy: -40, limitedBy: text.startIndex) ?? text.startIndex
    if least == text.startIndex { return least }
    return text[..<least].lastIndex(where: \.isWhitespace).map { text.index(after: $0) } ?? text.startIndex
  }

  private static func endsSentence(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    switch bytes[at] {
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): true
    // The last byte of "。".
    case 0x82: at > 1 && bytes[at - 1] == 0x80 && bytes[at - 2] == 0xE3
    default: false
    }
  }

  func allow(pattern: Int) -> Bool {
    switch pattern {
    case 0: hasLabelInBracket && endsInBracket
    case 1: label != nil
    case 2: hasColon
    case 3: hasCopyright
    case 4: hasLetterInBracket || isWide
    case 5: hasEquals || isWide
    case 6: endsInGiver
    case 7: hasHangul
    case 8: hasHangul && hasEquals
    case 9: endsInBareGiver
    case 10: endsInLithuanian
    case 11: endsInTaken
    case 12, 13: isWide || hasSlash
    case 14: hasHangul && endsInSquareBracket
    default: isWide && endsInBracket
    }
  }

  func allow(boldPattern: Int) -> Bool {
    switch boldPattern {
    case 0: hasBracket && endsInBracket
    case 1: beginsInBracket && endsInBracket
    case 2: endsBehindSentence && hasDash
    case 3: endsBehindSentence
    case 4: endsBehindSlash
    default: hasDash
    }
  }
}
