import Testing

@testable import Markup

/// What a pattern finds, against the standard library's search.
@Suite struct TextPatternTests {
  @Test(arguments: [
    "^a", "^a|b", "^(a|b)", "^a?b", "^[|]b", "^[]a]", "^\\|", "^a\\)|b", "^(?i)B", "^(?i:a)b", "^(?m)b", "(?m)^b",
    "^?b", "^",
    "^$", "^(?:x|a).*$", "^(?=a)", "^(?!a)b", "^[^a]|b", "^(a(b|c))", "b", "^\\Qa|b\\E", "^[[:alpha:]]", "^.b",
    "^\\s*b",
    "^(?<name>a)b",
  ])
  func findsWhatASearchFinds(_ pattern: String) throws {
    guard let regex = try? Regex(pattern) else {
      #expect(throws: (any Error).self) { try TextPattern(pattern) }
      return
    }
    for text in ["", "a", "b", "ab", "ba", "x\nb", "B", "aB", "|b", "]a", "a|b", " b", "xab", "acb", "a)b"] {
      let expected = try regex.firstMatch(in: text)
      let found = try TextPattern(pattern).firstMatch(in: text)
      #expect(found?.range == expected?.range, "\(pattern) in \(text)")
      #expect(found?.output[0].substring == expected?.output[0].substring)
      let replaced = try TextPattern(pattern).replaced(in: text) { "<\($0.output[0].substring ?? "")>" }
      #expect(replaced == text.replacing(regex) { "<\($0.output[0].substring ?? "")>" }, "\(pattern) in \(text)")
    }
  }

  /// Expressions as rules have them, and pieces of text by chance.
  @Test(arguments: [
    "/logos?/|^data:", "/(img|static-assets|authors?|logos?)/", "\\$\\{|^data:|/logos?/", "-\\d{2,3}x\\d{2,3}\\.png$",
    "(?i)banner|^data:",
    "\\.svg|/(logos?|authors?)/", "/img/2020wbc/|/NMediaFile/.*\\.gif", "vgwort|gravatar|_circle-", "(logo)?|data",
    "(logo|)x", "lo+g?o",
    "a{0}b", "[l/]ogo|da[^t]a", "(?:logo){2}", "K|;", "logo(s|)", "(lo(go|ga)|data)s", "\\bdata\\b", "\\d|logo",
    "log.|da\\|ta",
    "x*?logo++", "a|b|", "()", "lo\\x67o", "logo(?=s)", "da\\Qt|a\\E", "a||b", "(a|b)(c|d)e?",
  ])
  func looksAtTheTextFirst(_ pattern: String) throws {
    let regex = try Regex(pattern)
    let fast = try TextPattern(pattern)
    let pieces = [
      "/", "logo", "s", "data", ":", "-20", "x", "30", ".png", ".svg", "author", "img", "a", "b", "|", "go", "BANNER",
      "é", "\u{212A}", "\u{37E}", "\r\n", "cd", "e", "${",
    ]
    var state: UInt64 = 7
    for _ in 0..<400 {
      var text = ""
      for _ in 0..<(state >> 60) {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += pieces[Int((state >> 33) % UInt64(pieces.count))]
      }
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let expected = try regex.firstMatch(in: text)?.range
      #expect(fast.firstMatch(in: text)?.range == expected, "\(pattern) in \(text)")
      #expect(fast.replaced(in: text) { _ in "_" } == text.replacing(regex, with: "_"), "\(pattern) in \(text)")
    }
  }

  @Test(arguments: [
    ("/logos?/|^data:", "https://a.b/photos/1.jpg", false), ("/logos?/|^data:", "/logo/", true), ("a|\\d", "xyz", true),
    ("/(img|logos?)/", "/photos/", false), ("K", "\u{212A}", true),
  ])
  func dismissesATextThatLacksWhatIsNeeded(_ pattern: String, _ text: String, _ mayMatch: Bool) {
    #expect(PatternLiterals(pattern)?.mayMatch(text) ?? true == mayMatch)
  }

  @Test func ignoresCaseWhereAsked() throws {
    #expect(try TextPattern("^read", flags: "i").matches("READ more"))
    #expect(try !TextPattern("^read").matches("READ more"))
  }

  @Test func aPatternThatIsNoneFailsTheExpression() throws {
    let document = try Document(html: Array("<p title='(a'>a</p>".utf8))
    let path = try XPath("//p[re:test(normalize-space(.), @title)]")
    let error = #expect(throws: SelectorError.self) { try path.evaluate(at: document.root) }
    #expect(error?.message == "re:test: not a regular expression: (a")
  }
}
