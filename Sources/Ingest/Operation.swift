public import Configuration
import Fetching
public import Manifest
import PostgreSQL
import Queue
import Scheduling
public import Service
import Store
import Values
import Workers

extension Ingester {
  /// Checks the settings that only their users understand; makes nothing.
  public static func check(_ settings: Settings, credentials: String? = nil) throws(SettingsProblem) {
    do throws(SettingsProblem) { try tryOut(settings, credentials) } catch { throw error.placed(in: settings) }
  }

  private static func tryOut(_ settings: Settings, _ credentials: String?) throws(SettingsProblem) {
    try check(settings.push)
    let folder = CredentialFolder(path: settings.paths.credentials ?? credentials)
    var fetch = settings.fetch
    // By hand there is no credentials directory of systemd's; the service itself says what is missing in it.
    if folder.path == nil { fetch.proxyCredential = nil }
    _ = try FetcherConfiguration(fetch, proxy: Proxies(fetch, credentials: folder).all)
    _ = try stateServer(settings, folder)
  }

  /// The server of a fleet's state; nil on a single machine.
  static func stateServer(_ settings: Settings, _ folder: CredentialFolder) throws(SettingsProblem) -> PostgresTarget? {
    do throws(StatePlaceProblem) {
      let place = try settings.statePlace(credentials: folder, mustHaveCredential: folder.path != nil)
      return if case .server(let target) = place { target } else { nil }
    } catch {
      throw SettingsProblem(key: "url", message: error.description, section: "state")
    }
  }

  /// The operator's pause, beside the queue's own: nothing new is fetched until it ends.
  public func rest(_ flag: Bool) {
    guard isResting != flag else { return }
    isResting = flag
    log.record(flag ? .daemonPaused : .daemonResumed, flag ? "paused by the operator" : "resumed by the operator")
    rouse()
  }

  /// Takes new settings and plugins into use, all but the paths, the kept pages, the pushes and the fleet. What is
  /// under way ends as it began: requests with the limits they were sent with, jobs in the workers they were given to.
  /// Returns what changed, one phrase each.
  public func use(
    _ new: Settings, _ catalogue: Catalogue, workerProgram: String
  ) async throws(ControlError) -> [String] {
    let fetching: FetcherConfiguration
    let ways: Proxies
    do throws(SettingsProblem) {
      ways = try Proxies(new.fetch, credentials: credentials)
      fetching = try FetcherConfiguration(new.fetch, proxy: ways.all)
    } catch {
      throw ControlError(
        .refused, "\(error.placed(in: new))", hint: "Correct it and reload again; nothing has changed.")
    }
    let before = settings
    settings = new
    settings.paths = before.paths
    settings.pages = before.pages
    settings.push = before.push
    (settings.state, settings.fleet) = (before.state, before.fleet)
    var changes: [String] = []
    if new.fetch != before.fetch {
      proxies = ways
      await fetcher.use(fetching)
      if fetching.productToken != agent {
        agent = fetching.productToken
        robots = RobotsGate(fetcher: fetcher, agent: agent)
      }
      changes.append("[fetch] changed")
    }
    if new.schedule != before.schedule { changes.append("[schedule] changed") }
    if new.queue != before.queue {
      await ledger.use(capacity(new.queue))
      changes.append("[queue] changed")
    }
    if new.workers != before.workers {
      let old = workers
      workers = Self.workers(new.workers, catalogue, log, program: workerProgram)
      Task { await old.retire() }
      let oldPrograms = programs
      programs = Self.programs(new.workers, catalogue, log, program: workerProgram)
      await serve(programs)
      Task { await oldPrograms.stop() }
      changes.append("[workers] changed")
    }
    do throws(LedgerFailure) { return changes + (try await use(catalogue, publishersBefore: before.publishers)) } catch
    {
      throw ControlError(.notNow, error.message, hint: "Reload again in a moment.")
    }
  }

  /// Takes new plugins into use. Running visits finish with the old ones; sources that stay keep what is known of them.
  /// Returns what changed, one phrase a plugin.
  private func use(
    _ catalogue: Catalogue, publishersBefore: Settings.Publishers
  ) async throws(LedgerFailure) -> [String] {
    func texts(_ catalogue: Catalogue, _ publishers: Settings.Publishers) -> [String: [String]] {
      let used = catalogue.manifests.filter { publishers.use($0.publisher.id) }
      return Dictionary(uniqueKeysWithValues: used.map { ($0.publisher.id, [$0.text] + $0.sets.map(\.text)) })
    }
    let before = texts(self.catalogue, publishersBefore)
    self.catalogue = catalogue
    let after = texts(catalogue, settings.publishers)
    // What other rules found or missed says nothing of these.
    for id in before.keys where before[id] != after[id] { ruleHealth[id] = nil }
    await workers.use(catalogue)
    await logins.forget()
    await programs.use(catalogue)
    let held = keptQuarantines
    await forgetQuarantine()
    try await plan()
    await wish()
    bringForward(listsOf: held)
    rouse()
    let added = after.keys.filter { before[$0] == nil }.map { "\($0) added" }
    let removed = before.keys.filter { after[$0] == nil }.map { "\($0) removed" }
    let changed = after.keys.filter { before[$0] != nil && before[$0] != after[$0] }.map { "\($0) changed" }
    return (added + removed + changed).sorted()
  }
}

extension Settings.Publishers {
  /// Whether the operator lets this plugin run.
  func use(_ id: String) -> Bool { only?.contains(id) != false && !disabled.contains(id) }
}

extension Ingester {
  /// The limits of the queue by the operator's settings.
  func capacity(_ queue: Settings.Queue) -> Capacity {
    Capacity(
      maxFiles: queue.maxFiles, maxBytes: Int64(queue.maxBytes), floorBytes: Int64(queue.minFreeBytes),
      floorInodes: Int64(queue.minFreeInodes),
      // Of one publisher alone nobody is kept waiting.
      maxFilesPerPublisher: manifests.count > 1 ? max(1, queue.maxFiles * queue.publisherShare / 100) : queue.maxFiles)
  }
}
