import Testing
import Values

@Suite("JSON strings")
struct JSONStringTests {
  /// A string that was copied at each escape would take minutes.
  @Test("reads many escapes in linear time", .timeLimit(.minutes(1)))
  func manyEscapes() throws {
    let text = String(repeating: "\"\\é\n\u{1}", count: 300_000)
    let json = JSON.string(text)
    #expect(try JSON(parsing: json.bytes()) == json)
  }

  @Test(
    "escapes what has to be",
    arguments: [
      ("", #""""#), ("a", #""a""#), ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
      ("\u{1F}x\u{0}", #""\u001fx\u0000""#),
      ("é€😀/", #""é€😀/""#),
    ])
  func escapes(text: String, written: String) throws {
    #expect(JSON.string(text).text() == written)
    #expect(try JSON(parsing: written) == .string(text))
  }
}
