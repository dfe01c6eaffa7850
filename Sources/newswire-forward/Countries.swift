import Manifest
import Threads

/// The countries of publishers, from their plugins. Reading them waits for a disk, so it has a thread of its own.
actor Countries {
  private let executor = ThreadExecutor(name: "newswire-plugins")
  private let folders: [String]

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(folders: [String]) { self.folders = folders }

  /// By the plugin's id. A plugin that cannot be read has none.
  func read() -> [String: String] {
    Dictionary(
      Catalogue(folders: folders).manifests.map { ($0.publisher.id, $0.publisher.country) },
      uniquingKeysWith: { $1 })
  }
}
