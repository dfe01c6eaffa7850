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

struct PluginDisable: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disable",
    abstract: "Switch a plugin off: its publisher is not fetched any more.",
    discussion: """
      Writes the drop-in newswire.toml.d/99-disabled.toml and lets a running daemon take it up. What is queued stays.

      EXAMPLE
        newswirectl plugin disable bbc
      """)

  @Argument(help: "The plugin's id.")
  var id: String

  @Option(help: "The settings file whose drop-in is written.")
  var config = "/etc/newswire/newswire.toml"

  @OptionGroup var control: ControlOptions

  func run() throws {
    let file = SwitchFile(config: config)
    let (settings, _) = try file.read()
    guard Catalogue(folders: settings.paths.plugins).folders[id] != nil else {
      try fail("there is no plugin \"\(id)\" in \(settings.paths.plugins.joined(separator: ", "))", .usage)
    }
    if settings.publishers.disabled.contains(id) {
      Terminal.write("\(id) is switched off already\n")
      return
    }
    try file.write((settings.publishers.disabled + [id]).sorted())
    let isRunning = try RunningDaemonLink(control).reload()
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

  @Argument(help: "The plugin's id.")
  var id: String

  @Option(help: "The settings file whose drop-in is written.")
  var config = "/etc/newswire/newswire.toml"

  @OptionGroup var control: ControlOptions

  func run() throws {
    let file = SwitchFile(config: config)
    let (settings, ours) = try file.read()
    let daemon = RunningDaemonLink(control)
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
    case .some: Terminal.write("\(id) is switched on, and nothing holds it back\n")
    case nil: Terminal.write("\(id) is switched on; the daemon does not run\n")
    }
  }
}

/// The daemon, if it runs: verbs that also make sense without it.
struct RunningDaemonLink {
  let control: ControlOptions

  init(_ control: ControlOptions) { self.control = control }

  /// The answer, or nil when no daemon runs.
  func call(_ verb: String, _ arguments: JSONObject = JSONObject()) throws -> JSON? {
    do throws(ControlFailure) {
      return try ControlClient(path: control.path).call(verb, arguments)
    } catch {
      if case .notRunning = error { return nil }
      try fail(error.description, error.exitStatus)
    }
  }

  /// Whether a daemon runs and has read its settings and plugins again.
  func reload() throws -> Bool { try call("reload") != nil }
}

/// Files that are either the old or the new whole: written beside, synced, renamed.
enum AtomicFile {
  static func write(_ bytes: [UInt8], to path: String, mode: mode_t = 0o644) throws {
    let folder = Paths.folder(of: path)
    try Paths.make(folder)
    let temporary = "\(path).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
    guard file >= 0 else { throw FileProblem(path: path) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress!, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let problem = FileProblem(path: path)
        close(file)
        unlink(temporary)
        throw problem
      }
      rest = rest.dropFirst(count)
    }
    guard fsync(file) == 0, close(file) == 0, rename(temporary, path) == 0 else {
      let problem = FileProblem(path: path)
      unlink(temporary)
      throw problem
    }
  }
}

/// What the system said about a file.
struct FileProblem: Error, CustomStringConvertible {
  let path: String
  let code: Int32

  init(path: String, code: Int32 = errno) {
    self.path = path
    self.code = code
  }

  var description: String { "cannot write \(path): \(String(cString: strerror(code)))" }
}

enum Paths {
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Makes a folder and those above it.
  static func make(_ folder: String) throws {
    if folder.isEmpty || isFolder(folder) { return }
    let parent = Self.folder(of: folder)
    if parent != folder { try make(parent) }
    guard mkdir(folder, 0o755) == 0 || errno == EEXIST else { throw FileProblem(path: folder) }
  }
}

/// Names in a folder, those that begin with a dot too.
enum FolderList {
  static func names(in folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
