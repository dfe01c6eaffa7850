public import Configuration
import Fetching
public import Manifest
import Scheduling
import Service
import Store
import Values
import Workers

extension Ingester {
  /// Checks the settings that only their users understand; makes nothing.
  public static func check(_ settings: Settings) throws(SettingsProblem) {
    _ = try FetcherConfiguration(settings.fetch)
  }

  /// The operator's pause, beside the queue's own: nothing new is fetched until it ends.
  public func rest(_ flag: Bool) {
    guard isResting != flag else { return }
    isResting = flag
    log.record(flag ? .daemonPaused : .daemonResumed, flag ? "paused by the operator" : "resumed by the operator")
    rouse()
  }

  /// Takes new plugins into use. Running visits finish with the old ones; sources that stay keep what is known of them.
  /// Returns what changed, one phrase a plugin.
  public func use(_ catalogue: Catalogue, publishers: Settings.Publishers) async throws(LedgerFailure) -> [String] {
    let before = Dictionary(uniqueKeysWithValues: manifests.map { ($0.publisher.id, $0.text) })
    self.catalogue = catalogue
    settings.publishers = publishers
    let after = Dictionary(uniqueKeysWithValues: manifests.map { ($0.publisher.id, $0.text) })
    await workers.use(catalogue)
    try await plan()
    rouse()
    let added = after.keys.filter { before[$0] == nil }.map { "\($0) added" }
    let removed = before.keys.filter { after[$0] == nil }.map { "\($0) removed" }
    let changed = after.keys.filter { before[$0] != nil && before[$0] != after[$0] }.map { "\($0) changed" }
    return (added + removed + changed).sorted()
  }
}
