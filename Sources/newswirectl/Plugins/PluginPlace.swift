import ArgumentParser
import Authoring
import Manifest
import Service
import TOML
import Values
import Workers

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where the verbs for authors look for plugins. Shared by those that work on one.
struct PluginOptions: ParsableArguments {
  @Option(help: "A folder of plugins; may be given several times, later ones win.")
  var plugins: [String] = []

  var folders: [String] { plugins.isEmpty ? PluginFolders.standard : plugins }

  /// One plugin: by its id, or by its folder or plugin.toml on disk.
  func place(_ name: String) throws -> PluginPlace {
    if name.hasSuffix(".toml") { return try PluginPlace(folder: Paths.folder(of: name)) }
    if name.contains("/") || name == "." || (Catalogue.isPlugin(name) && plugins.isEmpty) {
      return try PluginPlace(folder: name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name)
    }
    let catalogue = Catalogue(folders: folders)
    guard let folder = catalogue.folders[name] else {
      let near = catalogue.folders.keys.filter { $0.contains(name) || name.contains($0) }.sorted().prefix(3)
      let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: ", "))?"
      try fail("there is no plugin \"\(name)\" in \(folders.joined(separator: ", "))\(hint)", .usage)
    }
    return try PluginPlace(folder: folder)
  }
}

/// A plugin on disk with its samples.
struct PluginPlace {
  let folder: String
  let id: String
  var file: String { folder + "/plugin.toml" }

  init(folder: String) throws {
    self.folder = folder
    let name = Paths.name(of: folder)
    if name == "." || name == ".." {
      guard let real = realpath(folder, nil) else { throw FileProblem(path: folder) }
      defer { free(real) }
      id = Paths.name(of: String(cString: real))
    } else {
      id = name
    }
    guard Catalogue.isPlugin(folder) else { try fail("\(folder) holds no plugin.toml", .usage) }
  }

  /// The manifest, or every mistake in it on standard error.
  func manifest() throws -> Manifest {
    do throws(Problems) { return try Manifest(file: file, folder: id) } catch {
      Terminal.write(error.description + "\n", to: 2)
      throw ArgumentParser.ExitCode(ExitStatus.configuration.rawValue)
    }
  }

  /// A catalogue that holds this plugin alone.
  var catalogue: Catalogue { Catalogue(plugin: folder, id: id) }

  struct StoredSample {
    let name: String
    let page: String
    let facts: String
    var sample: Sample
  }

  /// The plugin's samples, by name. A page without a JSON file is told, not skipped in silence.
  func samples() throws -> [StoredSample] {
    let folder = folder + "/samples"
    return try SettingsFile.names(in: folder).filter { $0.hasSuffix(".html") }.map { file in
      let name = String(file.dropLast(5))
      let facts = "\(folder)/\(name).json"
      do {
        return StoredSample(
          name: name, page: "\(folder)/\(file)", facts: facts, sample: try Sample(try Input.bytes(of: facts)))
      } catch {
        let reason = (error as? InputError)?.reason ?? "\(error)"
        try fail(
          "\(facts): \(reason); it must say where the page came from: {\"url\": \"https://…\"}, and 'newswirectl plugin test "
            + "\(self.folder) --update' adds the article", .data)
      }
    }
  }
}

extension OfflineReader {
  /// What a plugin makes of a page, with what every expression finds.
  func inspect(_ page: [UInt8], url: WebURL, contentType: String?, _ manifest: Manifest?) async throws -> JSON {
    try await json(
      Job(
        .inspect(plugin: manifest?.publisher.id), url: url, contentType: contentType, zone: manifest?.publisher.zone,
        body: page))
  }
}
