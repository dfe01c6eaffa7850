import ArgumentParser
import Configuration
import Manifest
import Service
import TOML
import Values

/// Which plugins are switched off: a drop-in of newswire.toml that belongs to these two verbs.
private struct SwitchFile {
  let config: String
  var path: String { config + ".d/99-disabled.toml" }

  /// All settings, and what of `disabled` stands in other files than ours.
  func read() throws -> (settings: Settings, ours: [String]) {
    do throws(Problems) {
      let settings = try Settings(file: config, required: false)
      var own = Settings()
      if let text = try? SettingsFile.text(of: path) { try own.apply(text, file: path) }
      return (settings, own.publishers.disabled)
    } catch {
      try fail(error.description, .configuration)
    }
  }

  func write(_ ids: [String]) throws {
    let list = ids.map { "\"\($0)\"" }.joined(separator: ", ")
    let text = """
      # Written by 'newswirectl plugin disable' and 'plugin enable'. Later drop-ins and this one replace [publishers]
      # disabled of the files before.
      [publishers]
      disabled = [\(list)]

      """
    do { try AtomicFile.write(Array(text.utf8), to: path) } catch {
      try fail("\(error)", .permission)
    }
  }
}

extension Settings {
  /// Ends the program when no folder has the plugin.
  fileprivate func requirePlugin(_ id: String) throws {
    if paths.plugins.contains(where: { Catalogue.isPlugin("\($0)/\(id)") }) { return }
    try fail("there is no plugin \"\(id)\" in \(paths.plugins.joined(separator: ", "))", .usage)
  }
}

struct SwitchOptions: ParsableArguments {
  @Argument(help: "The plugin's id.")
  var id: String

  @Option(help: "The settings file whose drop-in is written.")
  var config = "/etc/newswire/newswire.toml"

  @OptionGroup var control: ControlOptions
}

struct PluginDisable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable",
    abstract: "Switch a plugin off: its publisher is not fetched any more.",
    discussion: """
      Writes the drop-in newswire.toml.d/99-disabled.toml and lets a running daemon take it up. What is queued stays.

      EXAMPLE
        newswirectl plugin disable bbc
      """)

  @OptionGroup var options: SwitchOptions

  func run() throws {
    let id = options.id
    let file = SwitchFile(config: options.config)
    let (settings, _) = try file.read()
    try settings.requirePlugin(id)
    if settings.publishers.disabled.contains(id) {
      Terminal.write("\(id) is switched off already\n")
      return
    }
    try file.write((settings.publishers.disabled + [id]).sorted())
    let isRunning = try RunningDaemonLink(options.control).reload()
    Terminal.write(
      "\(id) is switched off" + (isRunning ? "\n" : "; the daemon does not run and finds it at its start\n"))
  }
}

struct PluginEnable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "enable",
    abstract: "Switch a plugin on again, or let its program out of quarantine.",
    discussion: """
      Undoes 'plugin disable'. A program that was left alone because it failed too often is tried again at once.

      EXAMPLE
        newswirectl plugin enable bbc
      """)

  @OptionGroup var options: SwitchOptions

  func run() throws {
    let (id, config) = (options.id, options.config)
    let file = SwitchFile(config: config)
    let (settings, ours) = try file.read()
    let daemon = RunningDaemonLink(options.control)
    if settings.publishers.disabled.contains(id) {
      guard ours.contains(id) else {
        try fail(
          "\(id) is switched off in \(config) or one of its drop-ins: take it out of [publishers] disabled", .usage)
      }
      try file.write(ours.filter { $0 != id })
      let isRunning = try daemon.reload()
      Terminal.write(
        "\(id) is switched on" + (isRunning ? "\n" : "; the daemon does not run and finds it at its start\n"))
      return
    }
    if let only = settings.publishers.only, !only.contains(id) {
      try fail("[publishers] only in \(config) does not name \(id): add it there", .usage)
    }
    switch try daemon.call("lift", JSONObject([("publisher", .string(id))])) {
    case .some(let answer) where answer["lifted"]?.bool == true:
      Terminal.write("the program of \(id) is tried again now\n")
    case .some:
      try settings.requirePlugin(id)
      Terminal.write("\(id) is switched on, and nothing holds it back\n")
    case nil:
      try settings.requirePlugin(id)
      Terminal.write("\(id) is switched on; the daemon does not run\n")
    }
  }
}
