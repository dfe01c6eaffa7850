import Articles

/// Raised and lowered digits, which plain text has characters of their own for: without them 10⁶ would read as 106.
enum RaisedDigits {
  /// The content as raised or lowered characters; nil when one of its characters has none.
  static func written(_ content: [Inline], below: Bool) -> [Inline]? {
    let text = content.plainText
    guard !text.isEmpty, text.utf8.count < 24 else { return nil }
    let table = below ? lowered : raised
    var out = ""
    for character in text {
      guard let other = table[character] else { return nil }
      out.append(other)
    }
    return [.text(out)]
  }

  private static let raised: [Character: Character] = [
    "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷", "8": "⁸", "9": "⁹", "+": "⁺",
    "-": "⁻",
    "−": "⁻", "–": "⁻", "(": "⁽", ")": "⁾", "n": "ⁿ", " ": " ",
  ]
  private static let lowered: [Character: Character] = [
    "0": "₀", "1": "₁", "2": "₂", "3": "₃", "4": "₄", "5": "₅", "6": "₆", "7": "₇", "8": "₈", "9": "₉", "+": "₊",
    "-": "₋",
    "−": "₋", "–": "₋", "(": "₍", ")": "₎", " ": " ",
  ]
}
