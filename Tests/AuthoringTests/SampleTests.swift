import Authoring
import Testing
import Values

@Suite("Samples")
struct SampleTests {
  private func lines(_ body: String) throws -> [String] {
    Comparison.lines(of: try JSON(parsing: #"{"body": \#(body)}"#), "body")
  }

  @Test(
    "a sample written by hand may hold any number",
    arguments: [
      (#"[{"type": "h", "level": -1, "content": "x"}]"#, "## x"),
      (#"[{"type": "h", "level": 100000000000, "content": "x"}]"#, "#### x"),
      (#"[{"type": "h", "level": 3, "content": "x"}]"#, "### x"),
      (#"[{"type": "figure", "picture": 9223372036854775807}]"#, "[picture 1000001]"),
      (#"[{"type": "figure", "picture": -9223372036854775808}]"#, "[picture 1]"),
      (#"[{"type": "figure", "picture": 1}]"#, "[picture 2]"),
    ])
  func numbers(_ body: String, _ expected: String) throws { #expect(try lines(body) == [expected]) }

  @Test("nesting ends where that of article records does", arguments: [30, 32, 33, 100])
  func nesting(_ depth: Int) throws {
    let (open, close) = (
      String(repeating: #"{"type":"quote","blocks":["#, count: depth), String(repeating: "]}", count: depth)
    )
    let quoted = try lines("[" + open + #"{"type":"p","content":"deep"}"# + close + "]")
    #expect(quoted.count == 1)
    #expect(quoted[0].hasSuffix(depth > 32 ? "(nested deeper than 32 levels)" : "> deep"))
    let bold = String(repeating: #"[{"b":"#, count: depth) + #""deep""# + String(repeating: "}]", count: depth)
    let marked = try lines(#"[{"type":"p","content":\#(bold)}]"#)
    #expect(marked == [depth > 32 ? "(nested deeper than 32 levels)" : "deep"])
  }
}
