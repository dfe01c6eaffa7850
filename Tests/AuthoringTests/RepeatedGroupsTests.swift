import Testing

@testable import Authoring

@Suite("Groups that repeat")
struct RepeatedGroupsTests {
  @Test(
    "content that can be cut anywhere is told",
    arguments: [
      (#"(\w+\s?)+"#, #"(\w+\s?)+"#), (#"(a+)+"#, "(a+)+"), (#"(\s*\w*)*"#, #"(\s*\w*)*"#), ("x(a*)*y", "(a*)*"),
      ("(?:a+b?c?)+z", "(?:a+b?c?)+"), (#"^(?<name>\p{L}+ ?)+:"#, #"(?<name>\p{L}+ ?)+"#),
      ("(a{2,}){1,}", "(a{2,}){1,}"),
      (#"(\w\w+)+"#, #"(\w\w+)+"#), (#"(\w+,\w+)+"#, #"(\w+,\w+)+"#), ("(?:((?:ab)+))+", "(?:((?:ab)+))+"),
      ("(x|a+)+", "(x|a+)+"), ("((a+)+b)?", "(a+)+"), (#"([^\]a]+[,;]?)*$"#, #"([^\]a]+[,;]?)*"#),
      (#"(a+?)+?b"#, "(a+?)+?"), (#"(?=(a+)+b)"#, "(a+)+"), ("(?i)(a+)+", "(a+)+"), ("(a*b*a?)*", "(a*b*a?)*"),
    ])
  func told(pattern: String, group: String) throws {
    _ = try Regex(pattern)
    #expect(RepeatedGroups.ambiguous(in: pattern) == [group])
  }

  @Test(
    "what is clear is not",
    arguments: [
      #"(,\s*\w+)*"#, #"(?:\s+\d+)*"#, #"\w+(?:\s\w+)*"#, #"(\w+\s)+"#, #"(\w+\s+)+"#, "(a+)", "(a+)?", "(a+){2}",
      "(a+){1,3}",
      "(a)+", "(a|b)+", "(?:ab?)+", #"(\w,\w+)+"#, "(a++)+", "(a+)++", "((?>a+))+", #"(\(a+\))+"#, "[(a+)+]",
      #"\Q(a+)+\E"#,
      #"(\w+\b)+"#, "(a+(?!b))+", "(?#(a+)x", #"(?:[^()]|\(\))*"#, "", "|", "(|a)+", #"\(a+\)+"#, "(?:a{2})+",
      "(?:<[^>]+>)*",
    ])
  func clear(pattern: String) throws {
    _ = try Regex(pattern)
    #expect(RepeatedGroups.ambiguous(in: pattern) == [])
  }

  /// Cuts of a pattern are no patterns any more, and must not lead anywhere either.
  @Test("ends on any text")
  func cuts() {
    let pattern = Array(#"^((?<n>[^]\]]+\p{L}{2,}?)*|\Q(a\E(?#x)(?:a+)+){1,}$"#)
    for start in pattern.indices {
      for end in start...pattern.count { _ = RepeatedGroups.ambiguous(in: String(pattern[start..<end])) }
    }
  }
}
