import ArgumentParser
import Configuration
import Manifest
import Service
import TOML
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Which plugins are switched off: a drop-in of newswire.toml that belongs to these two verbs.
private struct SwitchFile {
  let config: String
  var path: String { config + ".d/99-disabled.toml" }

  /// All settings, and what of `disabled` stands in our file and what without it.
  func read() throws -> (settings: Settings, ours: [String], others: [String]) {
    do throws(Problems) {
      let settings = try Settings(file: config, required: false)
      let others = try Settings(file: config, required: false, without: path)
      var own = Settings()
      if let text = former { try own.apply(text, file: path) }
      return (settings, own.publishers.disabled, others.publishers.disabled)
    } catch {
      try fail(error.description, .configuration)
    }
  }

  private var former: String? { try? SettingsFile.text(of: path) }

  /// Switches off these plugins and no others, and lets a running daemon take it up; whether one runs. What it refuses
  /// is taken back.
  ///
  /// - Parameter others: those that are switched off without our file. When it would say the same it goes: it would
  ///   take the place of what is written elsewhere from then on.
  func change(to ids: [String], others: [String], _ daemon: RunningDaemonLink) throws -> Bool {
    let former = former
    if Set(ids) == Set(others) { try remove() } else { try write(Self.text(ids)) }
    return try daemon.reload {
      do {
        if let former { try write(former) } else { try remove() }
        return "\(path) is as it was before."
      } catch { return "\(path) could not be put back as it was." }
    }
  }

  private static func text(_ ids: [String]) -> String {
    let list = ids.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      # Written by 'newswirectl plugin disable' and 'plugin enable'. Later drop-ins and this one replace [publishers]
      # disabled of the files before.
      [publishers]
      disabled = [\(list)]

      """
  }

  private func write(_ text: String) throws {
    do { try AtomicFile.write(Array(text.utf8), to: path, isForService: true) } catch {
      try fail("\(error)", .permission)
    }
  }

  private func remove() throws {
    guard unlink(path) != 0, errno != ENOENT else { return }
    try fail("\(FileProblem(path: path))", .permission)
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
    let (settings, _, others) = try file.read()
    try settings.requirePlugin(id)
    if settings.publishers.disabled.contains(id) {
      Terminal.write("\(id) is switched off already\n")
      return
    }
    let isRunning = try file.change(
      to: (settings.publishers.disabled + [id]).sorted(), others: others, RunningDaemonLink(options.control))
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
    let (settings, ours, others) = try file.read()
    let daemon = RunningDaemonLink(options.control)
    if settings.publishers.disabled.contains(id) {
      guard ours.contains(id) else {
        try fail(
          "\(id) is switched off in \(config) or one of its drop-ins: take it out of [publishers] disabled", .usage)
      }
      let isRunning = try file.change(to: ours.filter { $0 != id }, others: others, daemon)
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
