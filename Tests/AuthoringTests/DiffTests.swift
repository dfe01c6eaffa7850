import Authoring
import Testing
import Values

@Suite("Differences")
struct DiffTests {
  @Test(
    "both sides can be read off the difference, and what is common stays",
    arguments: [
      ("a b c", "a c d"), ("", "x y"), ("x y", ""), ("one two three", "one two three"), ("a b a b", "b a b a"),
    ])
  func reconstructs(old: String, new: String) {
    let (old, new) = (old.split(separator: " ").map(String.init), new.split(separator: " ").map(String.init))
    let parts = TextDiff.parts(old, new)
    let before = parts.compactMap { part -> String? in
      switch part {
      case .same(let text), .gone(let text): text;
      case .new: nil
      }
    }
    let after = parts.compactMap { part -> String? in
      switch part {
      case .same(let text), .new(let text): text;
      case .gone: nil
      }
    }
    #expect(before == old && after == new)
    if old == new { #expect(parts.allSatisfy { if case .same = $0 { true } else { false } }) }
  }

  @Test("a change of one word leaves the others")
  func words() {
    let parts = TextDiff.parts(TextDiff.words("the ferry is late today"), TextDiff.words("the boat is late today"))
    #expect(parts == [.same("the "), .gone("ferry "), .new("boat "), .same("is "), .same("late "), .same("today")])
  }

  @Test("records are compared field by field, pictures and blocks as lines")
  func records() throws {
    let old = try JSON(
      parsing:
        #"{"headline":"A","keywords":["x"],"authors":[{"name":"Ada","url":"https://a.example/ada"}],"body":[{"type":"p","content":["It ",{"b":["is"]}]},{"type":"h","level":3,"content":"Sub"},{"type":"list","items":[[{"type":"p","content":"one"}]]}]}"#
    )
    let new = try JSON(parsing: #"{"headline":"B","keywords":["x"],"section":"News","body":[]}"#)
    let fields = Comparison.fields(expected: old, found: new, rules: ["headline": "css:h1", "images": "generic"])
    #expect(fields.map(\.field) == ["headline", "authors", "section", "keywords", "body"])
    #expect(fields.filter(\.isEqual).map(\.field) == ["keywords"])
    #expect(fields[0].rule == "css:h1" && fields[1].expected == ["Ada https://a.example/ada"])
    #expect(fields[4].expected == ["It is", "### Sub", "• one"])
  }
}
