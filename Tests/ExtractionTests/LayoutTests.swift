import Articles
import Extraction
import Manifest
import TOML
import Testing
import Values

private let address = WebURL("https://www.news.example/world/a-story")!
private let head = """
  [publisher]
  id = "news"
  name = "The News"
  url = "https://www.news.example/"
  country = "de"
  language = "en"
  zone = "Europe/Berlin"

  """

private func extraction(_ page: String, _ rules: String, sets: [String: String] = [:]) throws -> Extraction {
  let files = sets.map { RuleSets.File(name: $0.key, path: "_cms/\($0.key)/rules.toml", text: $0.value) }
  let manifest = try Manifest(parsing: head + rules, file: "news/plugin.toml", sets: RuleSets(files))
  return try PageExtractor(manifest: manifest).extract(Array(page.utf8), url: address)
}

private let sentence =
  "The council met on Monday evening, and after four hours of debate it decided to keep the library open."
private let plain = "<h1>Old head</h1><div class=old><p>Old: \(sentence)</p></div>"
private let new = """
  <article class=v2><h1>New head</h1><b class=k>Kick</b><div class=new><p>New: \(sentence)</p></div>
  <div class=own><p>Own: \(sentence)</p></div></article>
  """

@Suite struct LayoutTests {
  private let rules = """
    [[layouts]]
    name = "v2"
    when = "css:article.v2"
    kicker = ["css:.k"]
    body = ["css:.new"]

    [[layouts]]
    name = "films"
    kind = ["video", "gallery"]
    headline = [{ css = "h1", replace = [["^", "Film: "]] }]
    body = []

    [article]
    headline = ["css:h1"]
    body = ["css:.old"]
    """

  @Test func thePageChoosesItsLayout() throws {
    let old = try extraction(plain, rules)
    #expect(old.layout == nil)
    #expect(old.article.bodyText == "Old: \(sentence)")
    #expect(old.rules["body"]?.position?.line == 22)

    let found = try extraction(new, rules)
    #expect(found.layout == "v2")
    #expect(found.article.kicker == "Kick")
    #expect(found.article.bodyText == "New: \(sentence)")
    #expect(found.rules["body"]?.layout == "v2")
    #expect(found.rules["body"]?.file == "news/plugin.toml")
    #expect(found.rules["headline"]?.layout == nil)
  }

  @Test func aLayoutForKindsOfPages() throws {
    let film = "<meta property='og:type' content='video.other'>" + plain
    let found = try extraction(film, rules)
    #expect(found.layout == "films")
    #expect(found.article.kind == .video)
    #expect(found.article.headline == "Film: Old head")
    // An empty list takes nothing from [article]: the body is the generic extractor's.
    #expect(found.rules["body"]?.isGeneric ?? true)
  }

  @Test func aLayoutFallsBackToTheRulesForAllPages() throws {
    let mixed = new.replacing("class=new", with: "class=old")
    let found = try extraction(mixed, rules)
    #expect(found.layout == "v2")
    #expect(found.rules["body"]?.rule == "css:.old")
  }

  @Test(arguments: [
    (#"kind = ["xpath:'live-blog'"]"#, Article.Kind.liveBlog),
    (#"kind = [{ css = "body", attribute = "class", match = "(gallery)" }]"#, .gallery),
    (#"kind = ["xpath:'nonsense'"]"#, .article),
  ])
  func thePluginNamesTheKind(_ rule: String, _ kind: Article.Kind) throws {
    let page = "<body class='page gallery'>" + plain
    #expect(try extraction(page, "[article]\n\(rule)").article.kind == kind)
  }

  @Test func candidatesForKindsOfPages() throws {
    let rules = """
      [article]
      headline = [{ xpath = "'For films'", kind = "video" }, "css:h1"]
      """
    #expect(try extraction(plain, rules).article.headline == "Old head")
    let film = "<meta property='og:type' content='video.other'>" + plain
    #expect(try extraction(film, rules).article.headline == "For films")
  }
}

@Suite struct SharedRuleTests {
  private let cms = """
    description = "A system that several papers use"

    [article]
    headline = ["css:h1"]
    kicker = ["css:.k"]
    remove = ["css:.ad"]
    body = ["css:.old"]
    [article.images]
    drop = "logo"

    [[layouts]]
    name = "v2"
    when = "css:article.v2"
    body = ["css:.new"]
    """

  @Test func aPluginTakesUpWhatItDoesNotSayItself() throws {
    let found = try extraction(
      plain, "[article]\nextends = \"acme\"\nheadline = [\"css:.nothing\"]\nkicker = []", sets: ["acme": cms])
    #expect(found.rules["headline"]?.file == "_cms/acme/rules.toml")
    #expect(found.rules["headline"]?.position?.line == 4)
    #expect(found.rules["body"]?.rule == "css:.old")
    #expect(found.missed.isEmpty)
    let own = try extraction(plain, "[article]\nextends = \"acme\"\nheadline = [\"xpath:'Own'\"]", sets: ["acme": cms])
    #expect(own.article.headline == "Own")
    #expect(own.missed == ["kicker"])
  }

  @Test func aPluginsWordGoesBeforeASetsLayout() throws {
    let set = ["acme": cms]
    #expect(try extraction(new, "[article]\nextends = \"acme\"", sets: set).article.bodyText == "New: \(sentence)")
    let own = try extraction(new, "[article]\nextends = \"acme\"\nbody = [\"css:.own\"]", sets: set)
    #expect(own.layout == "v2")
    #expect(own.rules["body"]?.rule == "css:.own")
  }

  @Test func aSetExtendsAnother() throws {
    let found = try extraction(
      plain, "[article]\nextends = \"house\"",
      sets: ["acme": cms, "house": "[article]\nextends = \"acme\"\nkicker = [\"css:h1\"]"])
    #expect(found.article.kicker == "Old head")
    #expect(found.rules["body"]?.file == "_cms/acme/rules.toml")
  }

  @Test(arguments: [
    (
      "[article]\nextends = \"none\"",
      "news/plugin.toml:9:11: extends \"none\": no such rule set; there are acme, bad, loop"
    ),
    (
      "[article]\nextends = \"loop\"",
      "_cms/loop/rules.toml:2:11: extends \"loop\": the sets extend each other in a circle"
    ),
    ("[article]\nextends = \"bad\"", "_cms/bad/rules.toml:2:9: body: [p"),
    ("[[layouts]]\nkind = \"article\"", "news/plugin.toml:8:1: layouts[1].name is missing"),
    ("[[layouts]]\nname = \"a\"", "news/plugin.toml:8:1: layouts[1] needs when or kind"),
    ("[[layouts]]\nname = \"a\"\nwhen = []", "news/plugin.toml:8:1: layouts[1] needs when or kind"),
    ("[[layouts]]\nname = \"a\"\nwhen = []\nkind = []", "news/plugin.toml:8:1: layouts[1] needs when or kind"),
    (
      "[article]\nkeywords = { meta = \"a\", attribute = \"x\" }",
      "news/plugin.toml:9:38: article.keywords: attribute is of what css and xpath find; meta finds texts"
    ),
    (
      "[article]\nkeywords = \"xpath://a[re:test(., '[')]\"",
      "news/plugin.toml:9:12: xpath://a[re:test(., '[')]: re:test: not a regular expression: ["
    ),
    (
      "[[layouts]]\nname = \"a\"\nkind = \"film\"",
      "news/plugin.toml:10:8: kind must be one of article, video, gallery, live-blog, not \"film\""
    ),
    (
      "[[layouts]]\nname = \"a\"\nwhen = \"css:p\"\nboddy = \"css:p\"",
      "news/plugin.toml:11:1: unknown key layouts[1].boddy; did you mean body?"
    ),
    ("[article]\nbreaks = \"some\"", "news/plugin.toml:9:10: breaks must be one of auto, paragraphs, lines"),
    ("[article]\nheadline = \"json:#x\"", "news/plugin.toml:9:12: json: needs the script and a path"),
    ("[article]\nheadline = \"json:#x[|a\"", "news/plugin.toml:9:12: json:#x[|a: "),
    ("[article.images]\nfrom = \"meta:x\"", "news/plugin.toml:9:8: from selects nodes"),
  ])
  func mistakesAreReportedAtTheirPlace(_ rules: String, _ message: String) throws {
    let sets = ["acme": cms, "loop": "[article]\nextends = \"loop\"", "bad": "[article]\nbody = [\"css:[p\"]"]
    #expect {
      _ = try extraction(plain, rules, sets: sets)
    } throws: { error in
      let text = "\(error)"
      let isThere = text.contains(message.replacing("2:9: body: [p", with: "2:9: css:[p"))
      if !isThere { print(text) }
      return isThere
    }
  }
}
