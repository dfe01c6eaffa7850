public import TOML

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The plugins of all folders, a later folder's plugin taking the place of an earlier one with the same id.
public struct Catalogue: Sendable {
  /// Sorted by id.
  public private(set) var manifests: [Manifest] = []
  /// One entry a plugin that was refused.
  public private(set) var refused: [(id: String, problems: Problems)] = []
  /// Folders that hold the manifests, by id.
  public private(set) var folders: [String: String] = [:]

  public init() {}

  /// Reads every `<folder>/<id>/plugin.toml`. A folder that does not exist holds none.
  public init(folders: [String]) {
    var found: [String: Manifest] = [:]
    var refused: [String: Problems] = [:]
    for folder in folders {
      for id in SettingsFile.names(in: folder) {
        let file = "\(folder)/\(id)/plugin.toml"
        guard access(file, F_OK) == 0 else { continue }
        self.folders[id] = "\(folder)/\(id)"
        do throws(Problems) {
          found[id] = try Manifest(file: file, folder: id)
          refused[id] = nil
        } catch {
          found[id] = nil
          refused[id] = error
        }
      }
    }
    manifests = found.values.sorted { $0.publisher.id < $1.publisher.id }
    self.refused = refused.sorted { $0.key < $1.key }.map { (id: $0.key, problems: $0.value) }
  }

  public subscript(id: String) -> Manifest? { manifests.first { $0.publisher.id == id } }

  /// The plugin that reads pages of `host`: an exact host first, then the longest parent domain.
  public func manifest(forHost host: String) -> Manifest? {
    let host = host.lowercased()
    if let exact = manifests.first(where: { $0.publisher.hosts.contains(host) }) { return exact }
    let parents = manifests.compactMap { manifest in
      manifest.publisher.hosts.filter { host.hasSuffix("." + $0) }.map(\.utf8.count).max().map { (manifest, $0) }
    }
    return parents.max { $0.1 < $1.1 }?.0
  }

  /// Whether the folder holds a plugin.toml itself.
  public static func isPlugin(_ folder: String) -> Bool { access(folder + "/plugin.toml", F_OK) == 0 }
}

extension Manifest {
  /// Reads a plugin.toml from disk.
  public init(file: String, folder: String? = nil) throws(Problems) {
    let text: String
    do throws(SettingsFile.Failure) { text = try SettingsFile.text(of: file) } catch { throw Problems([error.problem]) }
    try self.init(parsing: text, file: file, folder: folder)
  }
}
