import Foundation
import Manifest
import TOML
import Testing

private let good = """
  [publisher]
  id = "courier"
  name = "The Courier"
  url = "https://www.courier.example/"
  country = "gb"
  language = "en"
  zone = "Europe/London"

  [fetch]
  min_interval = "5m"
  headers = { Accept-Language = "en-GB" }

  [[sources]]
  kind = "rss"
  url = "https://www.courier.example/rss"
  section = "News"

  [[sources]]
  kind = "rss"
  url = "https://www.courier.example/sport.rss"
  drop = "/video/"

  [article]
  remove = ["css:.ad", "xpath://aside"]
  headline = ["jsonld:headline", { css = "h1", replace = [['\\s+$', ""]] }]
  body = "css:article"

  [article.images]
  select = ["css:figure"]
  caption = ["css:figcaption"]
  """

@Suite("Manifests")
struct ManifestTests {
  @Test("a sound plugin is read whole")
  func sound() throws {
    let manifest = try Manifest(parsing: good, file: "plugin.toml", folder: "courier")
    #expect(manifest.publisher.hosts == ["www.courier.example", "courier.example"])
    #expect(manifest.sources.map(\.id) == ["courier/rss", "courier/rss-2"])
    #expect(manifest.sources[1].drop == "/video/")
    #expect(manifest.fetch.minInterval == 300)
    #expect(manifest.article.fields[.headline]?.map(\.expression.description) == ["jsonld:headline", "css:h1"])
    #expect(manifest.article.fields[.headline]?[1].replace.first?.pattern == "\\s+$")
    #expect(manifest.article.images.select.map(\.description) == ["css:figure"])
  }

  /// Each mistake is the sound plugin with one thing changed, and must be reported at that thing.
  @Test(
    "a mistake is reported at its place",
    arguments: [
      ("id = \"courier\"", "id = \"Courier\"", "2:6: publisher.id may hold lower-case letters"),
      ("id = \"courier\"", "id = \"other\"", "2:6: publisher.id is \"other\" but the folder is \"courier\""),
      ("country = \"gb\"", "country = \"GBR\"", "5:11: publisher.country must be two lower-case letters"),
      ("zone = \"Europe/London\"", "zone = \"Europe/Lndon\"", "7:8: publisher.zone: "),
      ("zone = \"Europe/London\"", "", "1:2: publisher.zone is missing"),
      ("kind = \"rss\"", "kind = \"rsss\"", "14:8: sources[1].kind must be one of rss, atom"),
      ("section = \"News\"", "sektion = \"News\"", "16:1: unknown key sources[1].sektion; did you mean section?"),
      ("\"css:.ad\"", "\".ad\"", "24:11: \".ad\" must begin with one of css:, xpath:"),
      ("\"css:.ad\"", "\"css:.ad[\"", "24:11: css:.ad["),
      ("\"xpath://aside\"", "\"xpath://aside[\"", "24:22: xpath://aside["),
      ("\"css:.ad\"", "\"jsonld:x\"", "24:11: remove selects nodes"),
      ("drop = \"/video/\"", "drop = \"(\"", "21:8: drop: not a regular expression"),
      ("headline = [", "headlin = [", "25:1: unknown key article.headlin; did you mean headline?"),
      ("{ css = \"h1\",", "{ css = \"h1\", meta = \"x\",", "article.headline: a candidate needs exactly one of css"),
      (
        "url = \"https://www.courier.example/rss\"", "url = \"https://u:p@courier.example/\"",
        "15:7: sources[1].url holds a user name"
      ),
      (
        "caption = [\"css:figcaption\"]", "captions = []",
        "30:1: unknown key article.images.captions; did you mean caption?"
      ),
    ])
  func mistakes(part: String, wrong: String, message: String) {
    let text = good.replacingOccurrences(of: part, with: wrong, range: good.range(of: part))
    #expect(text != good)
    let error = #expect(throws: Problems.self) { try Manifest(parsing: text, file: "f", folder: "courier") }
    let texts = error?.all.map(\.description) ?? []
    #expect(texts.contains { $0.contains(message) }, "\(texts)")
    #expect(!texts.contains { $0.contains("u:p") })
  }

  @Test(
    "whether regular expressions read its pages",
    arguments: [
      ("headline = \"css:h1\"", false), ("byline = { css = \".by\", match = \"By (.+)\" }", true),
      ("body = [\"xpath://div[re:test(., 'x')]\"]", true), ("images = { drop = \"logo\" }", true),
      ("[[layouts]]\nname = \"a\"\nkind = \"video\"\nauthors = { css = \".by\", split = \",\" }", true),
    ])
  func readsByPatterns(rules: String, does: Bool) throws {
    let head = good.components(separatedBy: "[article]")[0]
    #expect(try Manifest(parsing: head + "[article]\n" + rules, file: "f").readsByPatterns == does)
  }

  @Test("all mistakes are reported together")
  func together() {
    let text = "[publisher]\nid = \"a\"\n[article]\nbody = [1]\nfoo = 2\n[nonsense]\n"
    let error = #expect(throws: Problems.self) { try Manifest(parsing: text, file: "f") }
    #expect((error?.all.count ?? 0) >= 7)
  }

  @Test("a later folder's plugin takes the place of an earlier one, also when it is refused")
  func catalogue() throws {
    let root = NSTemporaryDirectory() + "newswire-plugins-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    func write(_ folder: String, _ text: String) throws {
      try FileManager.default.createDirectory(atPath: "\(root)/\(folder)", withIntermediateDirectories: true)
      try text.write(toFile: "\(root)/\(folder)/plugin.toml", atomically: true, encoding: .utf8)
    }
    try write("a/courier", good)
    try write("b/courier", good.replacingOccurrences(of: "The Courier", with: "Local Courier"))
    #expect(Catalogue(folders: [root + "/a", root + "/b"])["courier"]?.publisher.name == "Local Courier")
    #expect(Catalogue(folders: [root + "/a", root + "/absent"])["courier"]?.publisher.name == "The Courier")
    try write("b/courier", "[publisher]")
    let broken = Catalogue(folders: [root + "/a", root + "/b"])
    #expect(broken["courier"] == nil && broken.refused.map(\.id) == ["courier"])
    #expect(Catalogue(folders: [root + "/a"]).manifest(forHost: "m.courier.example")?.publisher.id == "courier")
    #expect(Catalogue(folders: [root + "/a"]).manifest(forHost: "notcourier.example") == nil)
  }

  @Test("what cannot be looked into is refused, instead of missing")
  func unreadable() throws {
    let root = NSTemporaryDirectory() + "newswire-plugins-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: root) }
    try FileManager.default.createDirectory(atPath: root + "/a/empty", withIntermediateDirectories: true)
    // Links that lead to themselves: permissions do not keep root out.
    for path in ["/a/loop", "/b"] {
      try FileManager.default.createSymbolicLink(atPath: root + path, withDestinationPath: root + path)
    }
    try "".write(toFile: root + "/a/file", atomically: true, encoding: .utf8)
    let catalogue = Catalogue(folders: [root + "/a", root + "/b", root + "/absent"])
    #expect(catalogue.refused.map(\.id) == [root + "/b", "loop"])
    let texts = catalogue.refused.flatMap(\.problems.all).map(\.description)
    #expect(texts.allSatisfy { $0.contains("cannot be read: Too many levels of symbolic links") }, "\(texts)")
  }
}
