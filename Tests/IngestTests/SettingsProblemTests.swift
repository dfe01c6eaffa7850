import Configuration
import Manifest
import TOML
import Testing

@testable import Ingest

@Suite("Problems of settings")
struct SettingsProblemTests {
  @Test(
    "what only a setting's user finds wrong names the key as it is written, and its place",
    arguments: [
      ("[fetch]\nfeed_limit = \"2G\"", "f.toml:2:14: [fetch] feed_limit: "),
      ("[fetch]\npage_limit = 1", "f.toml:2:14: [fetch] page_limit: "),
      ("[fetch]\ntimeout = \"2h\"", "f.toml:2:11: [fetch] timeout: "),
      ("[fetch]\nconnect_timeout = 0", "f.toml:2:19: [fetch] connect_timeout: "),
      ("[fetch]\ngroup_gap = \"2h\"", "f.toml:2:13: [fetch] group_gap: "),
      ("[fetch]\nproxy = \"ftp://a\"", "f.toml:2:9: [fetch] proxy: "),
      ("[fetch]\nproxies = { bbc = \"ftp://a\" }", "f.toml:2:19: [fetch] proxies.bbc: "),
      ("[fetch]\nallow_addresses = [\"intranet\"]", "f.toml:2:19: [fetch] allow_addresses: "),
      (
        "[fetch]\nca_file = \"/nonexistent/ca.pem\"",
        "f.toml:2:11: [fetch] ca_file: /nonexistent/ca.pem: cannot be read: "
      ),
      ("[fetch]\nca_file = \"/tmp\"", "f.toml:2:11: [fetch] ca_file: /tmp: is a folder"),
      ("[fetch]\nca_file = \"/dev/null\"", "f.toml:2:11: [fetch] ca_file: /dev/null: is no ordinary file"),
      ("[push]\nurl = \"gopher://x\"", "f.toml:2:7: [push] url: "),
      ("[push]\nurl = \"https://x.example/\"\nlisten = \"0.0.0.0:1\"", "f.toml:3:10: [push] listen: "),
    ])
  func places(text: String, start: String) throws {
    var settings = Settings()
    try settings.apply(text, file: "f.toml")
    let problem = #expect(throws: SettingsProblem.self) { try Ingester.check(settings) }
    #expect(problem?.description.hasPrefix(start) == true, "\(String(describing: problem))")
    #expect(problem?.told(file: "g.toml") == problem?.description)
  }

  @Test("a mistake that nobody wrote names the file")
  func withoutPlace() {
    let problem = SettingsProblem(key: "timeout", message: "is odd").placed(in: Settings())
    #expect(problem.description == "[fetch] timeout: is odd")
    #expect(problem.told(file: "g.toml") == "g.toml: [fetch] timeout: is odd")
  }

  private func catalogue() throws -> Catalogue { Catalogue(try ["alfa", "bravo"].map { try exampleManifest($0) }) }

  @Test("names that no plugin has: of only a mistake, elsewhere a warning")
  func names() throws {
    var settings = Settings()
    try settings.apply(
      """
      [publishers]
      only = ["alfa", "brabo"]
      disabled = ["the-alfa", "bravo"]
      [fetch]
      proxies = { alfa = "", charlie = "" }
      """, file: "f.toml")
    let names = PluginNames(settings, try catalogue())
    #expect(
      names.mistakes == [
        "f.toml:2:17: publishers.only names \"brabo\", and there is no such plugin; did you mean \"bravo\"?"
      ])
    #expect(
      names.warnings == [
        "f.toml:3:13: publishers.disabled names \"the-alfa\", and there is no such plugin",
        "f.toml:5:34: fetch.proxies.charlie names \"charlie\", and there is no such plugin",
      ])
    #expect(!names.leavesNothing)
    settings.publishers.only = ["nope"]
    settings.places.put("publishers.only", at: "--only")
    #expect(
      PluginNames(settings, try catalogue()).mistakes == [
        "--only: publishers.only names \"nope\", and there is no such plugin"
      ])
    #expect(PluginNames(settings, try catalogue()).leavesNothing)
    settings.publishers.only = []
    #expect(!PluginNames(settings, try catalogue()).leavesNothing)
    #expect(PluginNames(Settings(), Catalogue()) == PluginNames(Settings(), try catalogue()))
  }

  @Test("a list of a later file that leaves a name out is a warning with both places")
  func droppedNames() throws {
    var settings = Settings()
    try settings.apply("[publishers]\ndisabled = [\"alfa\", \"bravo\"]", file: "f.toml")
    #expect(PluginNames(settings, try catalogue()).omissions == [])
    try settings.apply("[publishers]\ndisabled = [\"bravo\"]", file: "g.toml")
    let names = PluginNames(settings, try catalogue())
    #expect(
      names.omissions == [
        "g.toml:2:12: publishers.disabled takes the place of the list before it and leaves out \"alfa\" "
          + "(f.toml:2:13), which is not switched off any more"
      ])
    #expect(names.mistakes.isEmpty && names.warnings.isEmpty)
  }

  @Test("a folder of plugins that is not there is a warning, unless it is one that may be missing")
  func absentFolders() throws {
    var settings = Settings()
    try settings.apply("[paths]\nplugins = [\"/nonexistent/a\", \"/etc/newswire/plugins\", \"/tmp\"]", file: "f.toml")
    let catalogue = Catalogue(folders: ["/nonexistent/a", "/etc/newswire/plugins"])
    #expect(
      PluginNames(settings, catalogue).omissions == [
        "f.toml:2:12: the folder of plugins /nonexistent/a is not there; make it or take it out of [paths] plugins"
      ])
    #expect(PluginNames(Settings(), Catalogue(folders: Settings().paths.plugins)).omissions == [])
    settings.places.put("paths.plugins", at: "--plugins")
    #expect(PluginNames(settings, catalogue).omissions.first?.hasPrefix("--plugins: the folder") == true)
  }
}
