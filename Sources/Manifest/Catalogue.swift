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
  /// Folders of plugins that are not there.
  public private(set) var absent: [String] = []

  public init() {}

  /// Plugins that stand in no folder.
  public init(_ manifests: [Manifest]) { self.manifests = manifests }

  /// Reads every `<folder>/<id>/plugin.toml`, with the shared rule sets of all folders. A folder that does not exist
  /// holds none; one that cannot be looked into is a plugin refused, because what is in it goes missing otherwise.
  public init(folders: [String]) {
    let sets = RuleSets(folders: folders)
    var found: [String: Manifest] = [:]
    var refused: [String: Problems] = [:]
    for folder in folders {
      if access(folder, F_OK) != 0, errno == ENOENT { absent.append(folder) }
      if let problem = SettingsFile.problem(inFolder: folder) { refused[folder] = Problems([problem]) }
      for id in SettingsFile.names(in: folder) {
        let file = "\(folder)/\(id)/plugin.toml"
        // Whatever else keeps the file from being seen keeps it from being read, which says why.
        if access(file, F_OK) != 0, errno == ENOENT || errno == ENOTDIR { continue }
        self.folders[id] = "\(folder)/\(id)"
        do throws(Problems) {
          found[id] = try Manifest(file: file, folder: id, sets: sets)
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

  /// The plugin of one folder alone.
  public init(plugin folder: String, id: String) {
    folders[id] = folder
    do throws(Problems) {
      manifests = [try Manifest(file: folder + "/plugin.toml", folder: id)]
    } catch {
      refused = [(id, error)]
    }
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
  /// Reads a plugin.toml from disk. Without `sets`, the rule sets it may extend are those of the folder that holds the
  /// plugin's own, and of the installed plugins.
  public init(file: String, folder: String? = nil, sets: RuleSets? = nil) throws(Problems) {
    let text: String
    do throws(SettingsFile.Failure) { text = try SettingsFile.text(of: file) } catch { throw Problems([error.problem]) }
    try self.init(parsing: text, file: file, folder: folder, sets: sets ?? RuleSets(beside: file))
  }
}

extension RuleSets {
  /// Where packages and operators put plugins, in the order in which they override each other.
  public static let standardFolders = ["/usr/lib/newswire/plugins", "/etc/newswire/plugins"]

  /// The sets that a plugin.toml by itself may extend.
  init(beside file: String) { self.init(folders: Self.standardFolders + [Self.folder(around: file)]) }

  /// The folder that holds the folder of a file.
  private static func folder(around file: String) -> String {
    var parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    guard let last = parts.last else { return ".." }
    if last.isEmpty || last == "." || last == ".." { return parts.joined(separator: "/") + "/.." }
    parts.removeLast()
    return parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
  }
}
