import Configuration
import TOML

/// Where the settings come from: the file with its drop-ins, and the options of the command line on top. Read at the
/// start and again at each reload.
struct SettingsSource: Sendable {
  static let standardFile = "/etc/newswire/newswire.toml"

  let file: String
  let state: String?
  let spool: String?
  let socket: String?
  let plugins: [String]
  let only: [String]

  func read() throws(Problems) -> Settings {
    var settings = try Settings(file: file, required: file != Self.standardFile)
    if let state { settings.paths.state = state }
    if let spool { settings.paths.spool = spool }
    if let socket { settings.paths.socket = socket }
    if !plugins.isEmpty {
      settings.paths.plugins = plugins
      settings.places.put("paths.plugins", at: "--plugins")
    }
    if !only.isEmpty {
      settings.publishers.only = only
      settings.places.put("publishers.only", at: "--only")
    }
    return settings
  }

  /// The sections that differ and that a running daemon does not take up, by name.
  static func deferred(_ old: Settings, _ new: Settings) -> [String] {
    var paths = new.paths
    paths.plugins = old.paths.plugins
    var log = new.log
    log.level = old.log.level
    return [
      ("paths", paths != old.paths), ("pages", new.pages != old.pages), ("push", new.push != old.push),
      ("log", log != old.log), ("state", new.state != old.state), ("fleet", new.fleet != old.fleet),
    ].filter(\.1).map(\.0)
  }
}
