import ArgumentParser
import Authoring
import Manifest
import Service
import TOML
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

struct PluginCheck: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check plugins and print every mistake and weakness as file:line:column.",
    discussion: """
      PATH is a plugin.toml, a plugin's folder, or a folder of plugins; without one, the installed plugins are checked. \
      Mistakes refuse a plugin: unknown keys, wrong types, selectors and expressions that do not compile. Weaknesses \
      (marked "warning") do not: selectors that count elements or name generated classes, rules that find nothing on any \
      of the plugin's samples, missing facts.

      The exit status is 78 when there is a mistake, with --strict also when there is a warning.

      EXAMPLES
        newswirectl plugin check
        newswirectl plugin check ./Plugins
        newswirectl plugin check --strict ./Plugins/bbc/plugin.toml
      """)

  @Argument(help: "What to check.")
  var paths: [String] = []

  @Flag(help: "Let warnings count as mistakes.")
  var strict = false

  @Flag(help: "One JSON object a mistake or warning, one a line.")
  var json = false

  /// What was found out about one plugin.
  private struct Result {
    var mistakes: [Problem] = []
    var warnings: [Problem] = []
  }

  func run() async throws {
    var results: [Result] = []
    var passedOver: [Problem] = []
    for path in paths.isEmpty ? PluginFolders.standard : paths {
      for (folder, file) in plugins(at: path) { results.append(await check(folder, file)) }
      passedOver += misnamed(at: path)
    }
    for result in results {
      for problem in result.mistakes { write(problem, "error") }
      for problem in result.warnings { write(problem, "warning") }
    }
    for problem in passedOver { write(problem, "warning") }
    let mistakes = results.reduce(0) { $0 + $1.mistakes.count }
    let warnings = results.reduce(0) { $0 + $1.warnings.count } + passedOver.count
    if mistakes > 0 || strict && warnings > 0 {
      throw ArgumentParser.ExitCode(ExitStatus.configuration.rawValue)
    }
    if results.isEmpty {
      let places = (paths.isEmpty ? PluginFolders.standard : paths).joined(separator: ", ")
      try fail("no plugin in \(places): no plugin.toml there, nor in a folder of it", .data)
    }
    if !json {
      let good = results.count == 1 ? "1 plugin is good" : "\(results.count) plugins are good"
      Terminal.write(good + (warnings == 0 ? "\n" : ", with \(warnings) \(warnings == 1 ? "warning" : "warnings")\n"))
    }
  }

  private func write(_ problem: Problem, _ severity: String) {
    guard json else {
      // Mistakes keep the bare form that editors know; only the weaker kind is named.
      let text = severity == "error" ? problem.message : styled("warning", .yellow) + ": " + problem.message
      Terminal.write("\(problem.file):\(problem.position): \(text)\n")
      return
    }
    let line: JSON = [
      "file": .string(problem.file), "line": JSON(problem.position.line), "column": JSON(problem.position.column),
      "severity": .string(severity), "message": .string(problem.message),
    ]
    Terminal.write(line.text() + "\n")
  }

  /// Folders among plugins that are none, because the file that would make them one has another name.
  private func misnamed(at path: String) -> [Problem] {
    guard !path.hasSuffix(".toml"), !Catalogue.isPlugin(path) else { return [] }
    let path = Self.withoutSlash(path)
    return SettingsFile.names(in: path).compactMap { name in
      let folder = "\(path)/\(name)"
      guard !name.hasPrefix("_"), !Catalogue.isPlugin(folder),
        let file = SettingsFile.names(in: folder).first(where: { $0.lowercased().hasSuffix(".toml") })
      else { return nil }
      return Problem(
        file: "\(folder)/\(file)", position: Position(line: 1, column: 1),
        message: "a plugin's file is called plugin.toml: this folder is passed over")
    }
  }

  private static func withoutSlash(_ path: String) -> String {
    path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
  }

  /// The plugins that a path stands for: their folders and files.
  private func plugins(at path: String) -> [(folder: String, file: String)] {
    let path = Self.withoutSlash(path)
    if path.hasSuffix(".toml") { return [(Paths.folder(of: path), path)] }
    if Catalogue.isPlugin(path) { return [(path, path + "/plugin.toml")] }
    return SettingsFile.names(in: path).map { "\(path)/\($0)" }.filter { Catalogue.isPlugin($0) }
      .map { ($0, $0 + "/plugin.toml") }
  }

  private func check(_ folder: String, _ file: String) async -> Result {
    let name = Paths.name(of: folder)
    let id = name == "." || name == ".." ? nil : name
    let manifest: Manifest
    do throws(Problems) { manifest = try Manifest(file: file, folder: id) } catch { return Result(mistakes: error.all) }
    var result = Result(warnings: Lint.findings(manifest, file: file))
    if let program = manifest.program {
      let path = "\(folder)/\(program.command)"
      if access(path, X_OK) != 0 {
        let reason =
          Paths.exists(path) ? "cannot be executed: chmod +x \(path)" : "is not there: build it, or correct the name"
        result.warnings.append(
          Problem(file: file, position: program.position, message: "program.command \(program.command) \(reason)"))
      }
    }
    result.warnings += await dead(folder, file, manifest)
    return result
  }

  /// Rules that find nothing on any sample.
  private func dead(_ folder: String, _ file: String, _ manifest: Manifest) async -> [Problem] {
    guard let place = try? PluginPlace(folder: folder), manifest.program?.jobs.contains(.extract) != true else {
      return []
    }
    let samples: [PluginPlace.StoredSample]
    do { samples = try place.samples() } catch {
      return [
        Problem(file: folder + "/samples", position: Position(line: 1, column: 1), message: "a sample cannot be read")
      ]
    }
    guard !samples.isEmpty else { return [] }
    let reader = OfflineReader(catalogue: place.catalogue)
    var counts: [String: (entry: JSON, count: Int)] = [:]
    var read = 0
    for stored in samples {
      guard let page = try? Input.bytes(of: stored.page),
        let report = try? await reader.inspect(
          page, url: stored.sample.url, contentType: stored.sample.contentType, manifest)
      else { continue }
      read += 1
      for entry in report["matches"]?.array ?? [] {
        let key = "\(entry["line"]?.integer ?? 0):\(entry["column"]?.integer ?? 0):\(entry["key"]?.string ?? "")"
        counts[key, default: (entry, 0)].count += entry["count"]?.integer ?? 0
      }
    }
    await reader.stop()
    guard read > 0 else { return [] }
    let pages = read == 1 ? "the sample" : "any of the \(read) samples"
    return counts.values.filter { $0.count == 0 && $0.entry["line"]?.integer ?? 0 > 0 }
      .map { found in
        Problem(
          file: file,
          position: Position(line: found.entry["line"]?.integer ?? 1, column: found.entry["column"]?.integer ?? 1),
          message: "\(found.entry["key"]?.string ?? "?"): \(found.entry["expression"]?.string ?? "?") finds nothing on "
            + "\(pages): take the rule out, or add a sample that needs it")
      }
      .sorted { $0.position < $1.position }
  }
}
