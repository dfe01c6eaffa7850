import Testing
import Values

struct WordCountTests {
  /// The words that splitting at white space gives, which looks at every character.
  @Test func countsAsSplittingDoes() {
    let pieces = [
      "a", "word", " ", "  ", "\n", "\t", "\u{85}", "\u{A0}", "\u{1680}", "\u{2003}", "\u{2028}", "\u{202F}",
      "\u{205F}", "\u{3000}",
      "\u{200B}", "é", "語", "。", "\u{2014}", "\u{301}", "\u{E3}", "😀",
    ]
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      let text = (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random)! }
        .joined()
      let scalars = text.unicodeScalars.split { $0.properties.isWhitespace }
      #expect(text.wordCount == scalars.count, "\(text.debugDescription)")
    }
  }
}
