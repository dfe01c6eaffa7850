import ArgumentParser
import Configuration
import Manifest
import Service
import TOML
import Values

/// `newswirectl plugin`: the publishers there are, and the tools of those who write their plugins.
struct PluginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plugin",
    abstract: "List, write, test and switch publisher plugins.",
    discussion: """
      EXAMPLES
        newswirectl plugin list
        newswirectl plugin check ./Plugins/bbc/plugin.toml
        newswirectl plugin test ./Plugins/bbc
      """,
    subcommands: [
      PluginNew.self, PluginList.self, PluginShow.self, PluginDiff.self, PluginCheck.self, PluginTest.self,
      PluginPreview.self,
      PluginWatch.self, PluginEnable.self, PluginDisable.self,
    ])
}

struct PluginList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the plugins, refused ones too.",
    discussion: """
      STATE is on, disabled (see 'plugin disable'), or overrides: yours takes the place of a shipped one with the same id.

      EXAMPLES
        newswirectl plugin list
        newswirectl plugin list --plugins ./Plugins --json
      """)

  @Option(help: "A folder of plugins; may be given several times, later ones win.")
  var plugins: [String] = []

  @Option(help: "The settings file that names the folders and what is disabled.")
  var config = "/etc/newswire/newswire.toml"

  @Flag(help: "One JSON array.")
  var json = false

  func run() throws {
    let settings: Settings
    do throws(Problems) { settings = try Settings(file: config, required: false) } catch {
      try fail(error.description, .configuration)
    }
    let folders = plugins.isEmpty ? settings.paths.plugins : plugins
    let catalogue = Catalogue(folders: folders)
    func state(_ id: String) -> String {
      if settings.publishers.disabled.contains(id) { return "disabled" }
      if let only = settings.publishers.only, !only.contains(id) { return "disabled" }
      return folders.count { Catalogue.isPlugin("\($0)/\(id)") } > 1 ? "overrides" : "on"
    }
    if json {
      let entries = catalogue.manifests.map { entry($0, catalogue, state($0.publisher.id)) } + refusals(catalogue)
      Terminal.write(JSON.array(entries).text(pretty: true) + "\n")
      return
    }
    var table = Table([
      .init("ID"), .init("NAME", isFlexible: true), .init("COUNTRY"), .init("LANGUAGE"), .init("STATE"),
      .init("SOURCES"),
    ])
    for manifest in catalogue.manifests {
      let publisher = manifest.publisher
      let state = state(publisher.id)
      table.rows.append([
        .init(publisher.id, .bold), .init(publisher.name), .init(publisher.country), .init(publisher.language),
        .init(state, state == "on" ? .plain : .yellow),
        .init(manifest.sources.map(\.kind.rawValue).joined(separator: ", ")),
      ])
    }
    if !table.rows.isEmpty { show(table) }
    for plugin in catalogue.refused { Terminal.write(plugin.problems.description + "\n", to: 2) }
    if catalogue.manifests.isEmpty, catalogue.refused.isEmpty {
      try fail("no plugin in \(folders.joined(separator: ", ")); name a folder with --plugins", .data)
    }
  }

  private func entry(_ manifest: Manifest, _ catalogue: Catalogue, _ state: String) -> JSON {
    let publisher = manifest.publisher
    var object = JSONObject([
      ("id", .string(publisher.id)), ("name", .string(publisher.name)), ("url", .string(publisher.url.description)),
      ("country", .string(publisher.country)), ("language", .string(publisher.language)), ("state", .string(state)),
      ("hosts", .array(publisher.hosts.map { .string($0) })),
      (
        "sources",
        .array(
          manifest.sources.map {
            ["id": .string($0.id), "kind": .string($0.kind.rawValue), "url": .string($0.url.description)]
          })
      ),
    ])
    object.set("program", manifest.program?.command)
    if let folder = catalogue.folders[publisher.id] {
      object["folder"] = .string(folder)
      object["samples"] = JSON(SettingsFile.names(in: folder + "/samples").count { $0.hasSuffix(".html") })
    }
    return .object(object)
  }

  private func refusals(_ catalogue: Catalogue) -> [JSON] {
    catalogue.refused.map { plugin in
      ["id": .string(plugin.id), "problems": .array(plugin.problems.all.map { .string($0.description) })]
    }
  }
}
