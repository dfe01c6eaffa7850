import Testing
import Values

@Suite struct TextScanTests {
  /// The quick count is the standard library's.
  @Test(arguments: [
    "", "plain", "a\r\nb", "Käse — “ja” …", "Привет", "Ελλάδα", "日本語、カタカナ", "か\u{3099}", "e\u{301}", "👩‍👩‍👧 🇩🇪",
    "한국어", "x\u{200D}y", "\u{203C}\u{FE0F}", "İ", "ﬁ", "नमस्ते", "a\u{AD}b", "ｶﾞ", "Cyrillic \u{483}",
  ])
  func characters(_ text: String) {
    #expect(text.characterCount == text.count)
  }

  @Test(arguments: [
    ("abcabd", "abd", true), ("abc", "", true), ("", "a", false), ("ab", "abc", false), ("aab", "ab", true),
    ("über", "be", true), ("xx", "x", true), ("ab", "ba", false),
  ])
  func parts(_ text: String, _ part: String, _ isHeld: Bool) {
    #expect(text.holds(part) == isHeld)
    #expect(text[...].holds(part) == isHeld)
  }

  @Test(arguments: [
    ("Anna Berg", "anna berg"), ("anna", "anna b"), ("Anna B", "anna"), ("", ""), ("É", "é"), ("E\u{301}", "é"),
    ("é", "e\u{301}"),
    ("İ", "i̇"), ("Bo", "bö"), ("Bö", "bö"), ("K", "k"), ("\u{212A}", "k"), ("x", ""),
  ])
  func lowerCase(_ text: String, _ other: String) {
    #expect(text.isEqual(toLowercase: other) == (text.lowercased() == other))
  }
}
