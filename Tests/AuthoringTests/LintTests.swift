import Authoring
import Manifest
import TOML
import Testing

@Suite("The linter")
struct LintTests {
  private func findings(_ rules: String, publisher: String = "") throws -> [String] {
    let text = """
      [publisher]
      id = "courier"
      name = "Courier"
      url = "https://courier.example/"
      country = "de"
      language = "de"
      zone = "Europe/Berlin"
      copyright_holder = "Courier"
      usage_terms = "Ask."
      \(publisher)
      [[sources]]
      kind = "rss"
      url = "https://courier.example/rss"

      [article]
      \(rules)
      """
    return Lint.findings(try Manifest(parsing: text, file: "plugin.toml"), file: "plugin.toml").map(\.description)
  }

  @Test(
    "sound rules give no finding",
    arguments: [
      #"body = ["css:div.article-body", "xpath://div[@class='story']/p[1]", "css:p:nth-of-type(1)"]"#,
      #"headline = ["jsonld:NewsArticle.headline", "css:h1.headline2"]"#,
      #"remove = ["css:.card_wide__title", "css:.block_list__items", "css:.story__lead"]"#,
      #"remove = ["css:.section2", "css:.articleBody", "css:[class*='Article_body']"]"#,
    ])
  func sound(rules: String) throws {
    let found = try findings(rules)
    #expect(found.isEmpty, "\(found)")
  }

  @Test("lines are counted as the file's own are, also where they end in CR LF", arguments: ["\n", "\r\n"])
  func lines(end: String) throws {
    let text = [
      "# A comment.", "[publisher]", "id = \"courier\"", "name = \"Courier\"", "url = \"https://courier.example/\"",
      "country = \"us\"", "language = \"en\"", "zone = \"UTC\"",
    ].joined(separator: end)
    let found = Lint.findings(try Manifest(parsing: text, file: "plugin.toml"), file: "plugin.toml").map(\.description)
    let zone = try #require(found.first { $0.contains("zone") })
    #expect(zone == "plugin.toml:8:1: publisher.zone is UTC, which is no place in us: name the zone of its newsroom")
  }

  @Test(
    "positions and generated names are found where they stand",
    arguments: [
      (#"body = ["xpath://main/div[5]"]"#, "16:9", "div[5]"),
      (#"headline = "css:main > div:nth-child(3) h1""#, "16:12", ":nth-child(3)"),
      (#"byline = { css = ".css-1x2y3z span" }"#, "16:18", "css-1x2y3z"),
      (#"standfirst = ["css:.Article_lead__3kF9x"]"#, "16:15", "Article_lead__3kF9x"),
      (#"body = ["css:article.Article_siteAreaNews__Frmfx"]"#, "16:9", "Article_siteAreaNews__Frmfx"),
      (#"body = ["css:a.read-more_withImage__1YJa_"]"#, "16:9", "read-more_withImage__1YJa_"),
      (#"kicker = ["css:.sc-bdVaJa"]"#, "16:11", "sc-bdVaJa"),
      (#"remove = ["css:.jsx-2871293847"]"#, "16:11", "jsx-2871293847"),
    ])
  func brittle(rule: String, place: String, name: String) throws {
    let found = try findings(rule)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("plugin.toml:\(place):") == true, "\(found)")
    #expect(found.first?.contains("\"\(name)\"") == true, "\(found)")
  }

  @Test(
    "groups that can match one text in many ways are found where the pattern stands",
    arguments: [
      (#"byline = { css = ".by", match = '^By ((\w+\s?)+)$' }"#, "16:33", "byline.match", #"(\w+\s?)+"#),
      (#"authors = [{ css = ".by", split = ',', drop = '(a+)+$' }]"#, "16:47", "authors.drop", "(a+)+"),
      (
        #"section = { meta = "s", replace = [["x", "y"], ['(\s*\w*)*!', ""]] }"#, "16:49", "section.replace",
        #"(\s*\w*)*"#
      ),
      (#"remove = ["xpath://p[re:test(., '^(?:[a-z]+ ?)*\\.$')]"]"#, "16:11", "remove", "(?:[a-z]+ ?)*"),
      (#"images = { drop = ["logo", '(?:\d{2,}){3,}x'] }"#, "16:28", "images.drop", #"(?:\d{2,}){3,}"#),
    ])
  func patterns(rule: String, place: String, key: String, group: String) throws {
    let found = try findings(rule)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix("plugin.toml:\(place): article.\(key): \"\(group)\" repeats") == true, "\(found)")
  }

  @Test("secrets in header fields are pointed out, other fields are not")
  func secretHeaders() throws {
    let text = """
      [publisher]
      id = "courier"
      name = "Courier"
      url = "https://courier.example/"
      country = "de"
      language = "de"
      zone = "Europe/Berlin"
      copyright_holder = "Courier"
      usage_terms = "Ask."
      [fetch]
      headers = { Accept-Language = "de", authorization = "Bearer x", Cookie = "a=b" }
      [[sources]]
      kind = "rss"
      url = "https://courier.example/rss"
      """
    let found = Lint.findings(try Manifest(parsing: text, file: "plugin.toml"), file: "plugin.toml").map(\.description)
    #expect(found.count == 2, "\(found)")
    #expect(found.first?.hasPrefix("plugin.toml:11:1: fetch.headers.authorization: a secret") == true, "\(found)")
    #expect(found.last?.contains("fetch.cookies") == true && !found.contains { $0.contains("a=b") }, "\(found)")
  }

  @Test("what a source keeps is read, too")
  func sourcePatterns() throws {
    let text = """
      [publisher]
      id = "courier"
      name = "Courier"
      url = "https://courier.example/"
      country = "de"
      language = "de"
      zone = "Europe/Berlin"
      [[sources]]
      kind = "rss"
      url = "https://courier.example/rss"
      keep = '/([a-z]+-?)+\\.html'
      """
    let found = Lint.findings(try Manifest(parsing: text, file: "plugin.toml"), file: "plugin.toml").map(\.description)
    #expect(found.contains { $0.hasPrefix("plugin.toml:11:8: sources.keep: \"([a-z]+-?)+\"") }, "\(found)")
  }

  @Test("facts that readers need are asked for")
  func facts() throws {
    let text = """
      [publisher]
      id = "courier"
      name = "Courier"
      url = "https://courier.example/"
      country = "uk"
      language = "english_UK"
      zone = "UTC"

      [article.images]
      select = ["css:figure"]
      """
    let found = Lint.findings(try Manifest(parsing: text, file: "p"), file: "p").map(\.description)
    for words in [
      "copyright_holder", "usage_terms", "no BCP 47 tag", "no country of ISO 3166-1: did you mean \"gb\"?",
      "no place in uk",
      "no [[sources]]", "without article.images.credit",
    ] {
      #expect(found.contains { $0.contains(words) }, "\(words): \(found)")
    }
    #expect(found.first { $0.contains("zone") }?.hasPrefix("p:7:1:") == true)
  }
}
