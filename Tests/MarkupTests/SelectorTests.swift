import Markup
import Testing

private let page = """
  <!doctype html><html><body>
  <main id="top"><article class="story lead-story" data-kind="long read">
    <h1>Title</h1>
    <p class="first">One</p><p>Two <a href="https://a.example/x.pdf" rel="nofollow">link</a></p>
    <figure><img src="a.jpg"><figcaption>Caption</figcaption></figure>
    <p id="1ab" title="a&#10;b">Three “quoted”</p>
    <ul><li>1</li><li>2</li><li>3</li><li>4</li><li>5</li></ul>
  </article><aside class="story"><p>Aside</p></aside></main></body></html>
  """

@Suite struct SelectorTests {
  @Test(arguments: [
    ("h1", ["Title"]),
    ("#top h1", ["Title"]),
    ("article.story > p.first", ["One"]),
    (".story p", ["One", "Two link", "Three “quoted”", "Aside"]),
    (".lead-story p, figcaption", ["One", "Two link", "Caption", "Three “quoted”"]),
    (".lead", []),
    ("p + p", ["Two link"]),
    ("figure ~ p", ["Three “quoted”"]),
    ("h1 + *", ["One"]),
    ("a[href]", ["link"]),
    ("a[href$='.pdf']", ["link"]),
    ("a[href^=\"https://a\"]", ["link"]),
    ("a[href*=example]", ["link"]),
    ("a[href*='']", []),
    ("article[data-kind~=read] h1", ["Title"]),
    ("a[rel|=nofollow]", ["link"]),
    ("li:first-child", ["1"]),
    ("li:last-child", ["5"]),
    ("li:nth-child(2)", ["2"]),
    ("li:nth-child(odd)", ["1", "3", "5"]),
    ("li:nth-child(even)", ["2", "4"]),
    ("li:nth-child(-n+2)", ["1", "2"]),
    ("li:nth-child(3n+1)", ["1", "4"]),
    ("li:nth-last-child(1)", ["5"]),
    ("p:first-of-type", ["One", "Aside"]),
    ("article p:not(.first)", ["Two link", "Three “quoted”"]),
    ("p:not(.first, :has(a))", ["Three “quoted”", "Aside"]),
    ("p:has(> a)", ["Two link"]),
    ("p:contains('quoted')", ["Three “quoted”"]),
    (":is(h1, figcaption)", ["Title", "Caption"]),
    // Escapes: hexadecimal digits with a white space behind them, or the character itself.
    (#"#\31 ab"#, ["Three “quoted”"]), (#"#\000031ab"#, ["Three “quoted”"]), (#"[id="\31 ab"]"#, ["Three “quoted”"]),
    (#"p[title='a\a b']"#, ["Three “quoted”"]), (#"article[class~="lead\-story"] h1"#, ["Title"]),
    (#".lead\-story h1"#, ["Title"]),
  ])
  func css(_ selector: String, _ expected: [String]) throws {
    let document = try Document(html: Array(page.utf8))
    #expect(try XPath(css: selector).strings(at: document.root) == expected)
  }

  @Test(arguments: [
    "", "p >", "p..a", "p:hover", "[href", "a[href=", "p:nth-child(x)", ":contains(x)", "p)", "p,, q", "li:nth-child(2",
    "p:first-of-type(", "a[href='x]", "p { }", ":not()",
  ])
  func badCSS(_ selector: String) {
    #expect(throws: SelectorError.self) { try XPath(css: selector) }
  }

  @Test(
    "says what it does not know",
    arguments: [(#"[data-u="a" i]"#, "the flag “i” is not known"), ("h1::text", "“::” is not known")])
  func unknownInCSS(_ selector: String, _ message: String) throws {
    let error = try #require(throws: SelectorError.self) { _ = try XPath(css: selector) }
    #expect(error.message.hasPrefix(message))
  }

  @Test(arguments: [
    ("//h1", ["Title"]),
    ("string(//h1)", ["Title"]),
    ("count(//li)", ["5"]),
    ("//li > 4", ["true"]),
    ("//a/@href", ["https://a.example/x.pdf"]),
    ("substring-after(//a/@href, 'example/')", ["x.pdf"]),
    ("//p[re:test(., '^T(wo|hree)')]", ["Two link", "Three “quoted”"]),
    ("//p[re:test(., '^two', 'i')]", ["Two link"]),
    ("//li[re:test(string(.), concat('[', .., ']'))]", ["1", "2", "3", "4", "5"]),
    ("'free'", ["free"]),
    ("//nothing", []),
  ])
  func xpath(_ expression: String, _ expected: [String]) throws {
    let document = try Document(html: Array(page.utf8))
    #expect(try XPath(expression).strings(at: document.root) == expected)
  }

  @Test(
    arguments: [
      ("//p[", nil), ("//p[foo(.)]", "unknown function foo()"), ("//p['x]", "string without an end"), ("", nil),
      ("//p[re:match(., 'x')]", "unknown function re:match()"), ("1 +", nil),
      ("//p[re:test(., '(')]", "re:test: not a regular expression: ("),
      ("//p[contains(., 're:test(') or re:test(concat(., ','), \"[\", 'i')]", "re:test: not a regular expression: ["),
    ] as [(String, String?)])
  func badXPath(_ expression: String, _ message: String?) {
    let error = #expect(throws: SelectorError.self) { _ = try XPath(expression) }
    if let message { #expect(error?.message == message) }
  }

  @Test func relativeSelectorsStayInside() throws {
    let document = try Document(html: Array(page.utf8))
    let aside = try #require(document.first(try XPath(css: "aside")))
    #expect(try XPath(css: "p").strings(at: aside) == ["Aside"])
    #expect(try XPath("./p").strings(at: aside) == ["Aside"])
    #expect(try XPath("//h1").strings(at: aside) == ["Title"])
  }

  @Test func oneExpressionServesManyDocuments() throws {
    let path = try XPath("//p[re:test(., 'x')]")
    for text in ["x", "y", "x"] {
      let document = try Document(html: Array("<p>\(text)</p>".utf8))
      #expect(path.nodes(at: document.root).count == (text == "x" ? 1 : 0))
    }
  }
}
