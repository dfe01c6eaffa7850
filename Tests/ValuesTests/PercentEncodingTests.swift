import Testing
import Values

@Suite("Percent-encoding")
struct PercentEncodingTests {
  @Test(
    "two hexadecimal digits are due after the sign; without them it stands for itself",
    arguments: [
      ("", ""), ("a%20b", "a b"), ("%C3%a9", "é"), ("%+5", "%+5"), ("%-1", "%-1"), ("%4", "%4"), ("%", "%"),
      ("%%41", "%A"), ("%4g", "%4g"), ("a+b", "a+b"), ("%ff", "\u{FFFD}"),
    ])
  func decodes(_ text: String, _ expected: String) { #expect(PercentEncoding.text(text) == expected) }

  @Test("in forms a plus is a space, and an encoded one a plus")
  func forms() { #expect(PercentEncoding.text("a+b%2Bc%+5", plusIsSpace: true) == "a b+c% 5") }
}
