import ArgumentParser
import Manifest
import Service
import TOML
import Values

/// `newswirectl plugin`: the publishers there are, and whether their plugins are sound.
struct PluginCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin",
    abstract: "List and check publisher plugins.",
    discussion: """
      EXAMPLES
        newswirectl plugin list
        newswirectl plugin check ./Plugins/bbc/plugin.toml
      """,
    subcommands: [PluginList.self, PluginCheck.self])
}

struct PluginList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the plugins, refused ones too.",
    discussion: """
      EXAMPLES
        newswirectl plugin list
        newswirectl plugin list --plugins ./Plugins --json
      """)

  @Option(help: "A folder of plugins; may be given several times, later ones win.")
  var plugins: [String] = []

  @Flag(help: "One JSON array.")
  var json = false

  func run() throws {
    let catalogue = Catalogue(folders: plugins.isEmpty ? PluginFolders.standard : plugins)
    if json {
      Terminal.write(
        JSON.array(catalogue.manifests.map { self.json($0, catalogue) } + refusals(catalogue)).text(pretty: true) + "\n"
      )
      return
    }
    var table = Table([
      .init("ID"), .init("NAME", isFlexible: true), .init("COUNTRY"), .init("LANGUAGE"), .init("SOURCES"),
    ])
    for manifest in catalogue.manifests {
      let publisher = manifest.publisher
      table.rows.append([
        .init(publisher.id, .bold), .init(publisher.name), .init(publisher.country), .init(publisher.language),
        .init(manifest.sources.map(\.kind.rawValue).joined(separator: ", ")),
      ])
    }
    show(table)
    for plugin in catalogue.refused { Terminal.write(plugin.problems.description + "\n", to: 2) }
    if catalogue.manifests.isEmpty, catalogue.refused.isEmpty {
      let folders = plugins.isEmpty ? PluginFolders.standard : plugins
      try fail("no plugin in \(folders.joined(separator: ", ")); name a folder with --plugins", .data)
    }
  }

  private func json(_ manifest: Manifest, _ catalogue: Catalogue) -> JSON {
    let publisher = manifest.publisher
    var object = JSONObject([
      ("id", .string(publisher.id)), ("name", .string(publisher.name)), ("url", .string(publisher.url.description)),
      ("country", .string(publisher.country)), ("language", .string(publisher.language)),
      ("hosts", .array(publisher.hosts.map { .string($0) })),
      (
        "sources",
        .array(
          manifest.sources.map {
            ["id": .string($0.id), "kind": .string($0.kind.rawValue), "url": .string($0.url.description)]
          })
      ),
    ])
    object.set("folder", catalogue.folders[publisher.id])
    return .object(object)
  }

  private func refusals(_ catalogue: Catalogue) -> [JSON] {
    catalogue.refused.map { plugin in
      ["id": .string(plugin.id), "problems": .array(plugin.problems.all.map { .string($0.description) })]
    }
  }
}

struct PluginCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check plugins and print every mistake as file:line:column.",
    discussion: """
      PATH is a plugin.toml, a plugin's folder, or a folder of plugins; without one, the installed plugins are checked.
      The exit status is 78 when there is a mistake.

      EXAMPLES
        newswirectl plugin check
        newswirectl plugin check ./Plugins
        newswirectl plugin check ./Plugins/bbc/plugin.toml
      """)

  @Argument(help: "What to check.")
  var paths: [String] = []

  @Flag(help: "One JSON object a mistake, one a line.")
  var json = false

  func run() throws {
    var problems: [Problem] = []
    var good = 0
    for path in paths.isEmpty ? PluginFolders.standard : paths {
      let (found, mistakes) = check(path)
      good += found
      problems += mistakes
    }
    for problem in problems { write(problem) }
    if !problems.isEmpty { throw ArgumentParser.ExitCode(ExitStatus.configuration.rawValue) }
    if good == 0 {
      try fail("no plugin in \((paths.isEmpty ? PluginFolders.standard : paths).joined(separator: ", "))", .data)
    }
    if !json { Terminal.write(good == 1 ? "1 plugin is good\n" : "\(good) plugins are good\n") }
  }

  private func write(_ problem: Problem) {
    guard json else {
      Terminal.write(problem.description + "\n")
      return
    }
    let line: JSON = [
      "file": .string(problem.file), "line": JSON(problem.position.line), "column": JSON(problem.position.column),
      "message": .string(problem.message),
    ]
    Terminal.write(line.text() + "\n")
  }

  private func check(_ path: String) -> (good: Int, problems: [Problem]) {
    let parts = path.split(separator: "/").map(String.init)
    let isFile = path.hasSuffix(".toml")
    let isPlugin = isFile || Catalogue.isPlugin(path)
    guard isPlugin else {
      let catalogue = Catalogue(folders: [path])
      return (catalogue.manifests.count, catalogue.refused.flatMap(\.problems.all))
    }
    let folder = isFile ? parts.dropLast().last : parts.last
    do throws(Problems) {
      _ = try Manifest(file: isFile ? path : path + "/plugin.toml", folder: folder == "." ? nil : folder)
      return (1, [])
    } catch {
      return (0, error.all)
    }
  }
}
