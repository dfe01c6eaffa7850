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
      for id in Self.subfolders(of: folder) {
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

  private static func subfolders(of folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}

extension Manifest {
  /// Reads a plugin.toml from disk.
  public init(file: String, folder: String? = nil) throws(Problems) {
    guard let text = Self.contents(of: file) else {
      let reason = String(cString: strerror(errno))
      throw Problems([
        Problem(file: file, position: Position(line: 1, column: 1), message: "cannot be read: \(reason)")
      ])
    }
    try self.init(parsing: text, file: file, folder: folder)
  }

  private static func contents(of file: String) -> String? {
    guard let handle = fopen(file, "rbe") else { return nil }
    defer { fclose(handle) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = fread(&buffer, 1, buffer.count, handle)
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
      // A plugin is a page of text; anything far larger is a mistake.
      if bytes.count > 1 << 20 {
        errno = EFBIG
        return nil
      }
    }
    return ferror(handle) == 0 ? String(decoding: bytes, as: UTF8.self) : nil
  }
}
