import Testing

@testable import Extraction

@Suite struct ComparableTextTests {
  @Test(arguments: [
    ("  A\u{A0} B\n", "a b"), ("“Ja” – ‘no’ `x´", "\"ja\" - 'no' 'x'"), ("ÄÖÜ ß Ÿ Ж ЁЖ Σ İ", "äöü ß ÿ ж ёж σ i̇"),
    ("a\u{AD}b\u{200B}c\u{FEFF}", "abc"), ("日本　語", "日本 語"), ("a  b", "a b"), ("plain text", "plain text"),
    ("×÷ÐÞ", "×÷ðþ"), ("Ａ １", "ａ １"), ("", ""), ("a ", "a"),
  ])
  func folded(_ text: String, _ wanted: String) { #expect(Comparable.folded(text) == wanted) }

  @Test(arguments: [
    ("Übung: “Ja”, 12 €!", "übungja12"), ("日本語、です。", "日本語です"), ("a-b_c ½ Ⅷ", "abc½ⅷ"), ("…", ""), ("Ж×ж", "жж"),
  ])
  func squeezed(_ text: String, _ wanted: String) { #expect(Comparable.squeezed(text) == wanted) }
}
