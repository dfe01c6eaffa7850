import ArgumentParser
import Authoring
import Manifest
import Service
import TOML
import Values

/// `newswirectl plugin show`: a plugin's text and where it comes from.
struct PluginShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show a plugin: where it lies, and its text.",
    discussion: """
      EXAMPLE
        newswirectl plugin show bbc
      """)

  @Argument(help: "The plugin.")
  var plugin: String

  @OptionGroup var options: PluginOptions

  func run() throws {
    let place = try options.place(plugin)
    let text: String
    do throws(SettingsFile.Failure) { text = try SettingsFile.text(of: place.file) } catch {
      try fail(error.problem.description, .data)
    }
    let others = options.folders.map { "\($0)/\(place.id)" }.filter { Catalogue.isPlugin($0) && $0 != place.folder }
    Terminal.write(styled("# \(place.file)", .dim) + "\n")
    for other in others { Terminal.write(styled("# takes the place of \(other)/plugin.toml", .dim) + "\n") }
    Terminal.write(text.hasSuffix("\n") ? text : text + "\n")
  }
}

/// `newswirectl plugin diff`: a local plugin against the shipped one of the same id.
struct PluginDiff: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract: "Compare your plugin with the shipped one that it takes the place of.",
    discussion: """
      A plugin below /etc/newswire/plugins takes the place of a shipped one with the same id, as a whole: when the shipped \
      one is mended, yours is not. Without PLUGIN, all overridden plugins are compared. The exit status is 1 when there is \
      a difference.

      EXAMPLES
        newswirectl plugin diff
        newswirectl plugin diff bbc
      """)

  @Argument(help: "The plugin's id.")
  var plugin: String?

  @OptionGroup var options: PluginOptions

  func run() throws {
    let folders = options.folders
    var ids: [String: [String]] = [:]
    for folder in folders {
      for id in SettingsFile.names(in: folder) where Catalogue.isPlugin("\(folder)/\(id)") {
        ids[id, default: []].append("\(folder)/\(id)/plugin.toml")
      }
    }
    let chosen: [String]
    if let plugin {
      guard let files = ids[plugin] else {
        try fail("there is no plugin \"\(plugin)\" in \(folders.joined(separator: ", "))", .usage)
      }
      guard files.count > 1 else {
        Terminal.write("\(plugin) is only in \(files[0]): nothing to compare\n")
        return
      }
      chosen = [plugin]
    } else {
      chosen = ids.filter { $0.value.count > 1 }.keys.sorted()
      if chosen.isEmpty {
        Terminal.write("no plugin takes the place of another\n")
        return
      }
    }
    var isDifferent = false
    for id in chosen {
      let files = ids[id] ?? []
      let (old, new) = (files[files.count - 2], files[files.count - 1])
      let difference = try Self.unified(old, new)
      if difference.isEmpty {
        Terminal.write("\(id): the same text in \(old) and \(new)\n")
      } else {
        isDifferent = true
        Terminal.write(difference)
      }
    }
    if isDifferent { throw ArgumentParser.ExitCode(1) }
  }

  /// A unified difference with three lines around each change.
  static func unified(_ old: String, _ new: String) throws -> String {
    func lines(_ path: String) throws -> [String] {
      do throws(SettingsFile.Failure) {
        let text = try SettingsFile.text(of: path)
        return text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map(String.init)
      } catch {
        try fail(error.problem.description, .data)
      }
    }
    let parts = TextDiff.parts(try lines(old), try lines(new))
    let changed = parts.indices.filter { if case .same = parts[$0] { false } else { true } }
    guard !changed.isEmpty else { return "" }
    var out = styled("--- \(old)", .bold) + "\n" + styled("+++ \(new)", .bold) + "\n"
    var last = -1
    for (index, part) in parts.enumerated() {
      guard changed.contains(where: { abs($0 - index) <= 3 }) else { continue }
      if index != last + 1 { out += styled("@@", .cyan) + "\n" }
      last = index
      switch part {
      case .same(let line): out += "  \(line)\n"
      case .gone(let line): out += styled("- \(line)", .red) + "\n"
      case .new(let line): out += styled("+ \(line)", .green) + "\n"
      }
    }
    return out
  }
}
