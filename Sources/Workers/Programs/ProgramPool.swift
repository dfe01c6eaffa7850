public import Manifest
import Synchronization
import Threads
public import Values

/// Limits of plugins' programs.
public struct ProgramSettings: Sendable {
  /// Path of newswire-worker, which confines programs before it becomes them.
  public var launcher: String
  /// Seconds of its own that a program may take for a job; what it waits for pages it asked for does not count.
  public var jobLimit = 20.0
  /// Seconds to its hello.
  public var startLimit = 10.0
  /// Seconds without a job after which it is ended.
  public var idleLimit = 30.0
  /// Pages that it may ask for in one job.
  public var fetchLimit = 20
  /// Seconds of the first rest after a failure; doubled each time, up to five minutes.
  public var retry = 1.0
  /// Failures in a row that lead to quarantine.
  public var attempts = 5
  /// Seconds between two probes in quarantine.
  public var probe = 86_400.0

  public init(launcher: String) { self.launcher = launcher }
}

/// What a program is asked to do.
public struct ProgramJob: Sendable {
  public var kind: Program.Job
  /// Where the body came from.
  public var url: WebURL
  public var contentType: String?
  public var body: [UInt8]

  public init(_ kind: Program.Job, url: WebURL, contentType: String?, body: [UInt8]) {
    self.kind = kind
    self.url = url
    self.contentType = contentType
    self.body = body
  }
}

/// What the host answers a program that asked for a page.
public enum ProgramPage: Sendable {
  case page(url: WebURL, status: Int, contentType: String?, body: [UInt8])
  /// `reason` is one word for machines: `robots`, `timeout`, …
  case refused(reason: String, message: String)
}

/// What the pool tells its owner while it works.
public enum ProgramNotice: Sendable {
  case started(plugin: String, pid: Int32)
  /// A line that the program wrote to standard error; a syslog priority.
  case line(plugin: String, priority: Int, text: String)
  /// It failed and rests for so many seconds.
  case failed(plugin: String, JobError, rest: Double)
  /// It failed too often, or a probe failed; the next probe comes in so many seconds.
  case quarantined(plugin: String, JobError, failures: Int, probe: Double)
  case recovered(plugin: String)
}

/// Runs jobs on the programs of plugins: one process a plugin, one job at a time, started when first needed and ended
/// when idle. A program that misbehaves rests, and in the end is left alone; no other plugin notices.
public actor ProgramPool {
  public typealias Fetch = @Sendable (WebURL, Manifest) async -> ProgramPage

  private let settings: ProgramSettings
  private let notice: @Sendable (ProgramNotice) -> Void
  private var catalogue: Catalogue
  private var fetch: Fetch?
  private var lanes: [String: ProgramLane] = [:]
  private var health: [String: ProgramHealth] = [:]
  private var busy: Set<String> = []
  private var waiting: [String: [CheckedContinuation<Void, Never>]] = [:]

  public init(
    settings: ProgramSettings, catalogue: Catalogue, notice: @escaping @Sendable (ProgramNotice) -> Void
  ) {
    self.settings = settings
    self.catalogue = catalogue
    self.notice = notice
  }

  /// How programs get the pages that they ask for; without, none.
  public func serve(_ fetch: @escaping Fetch) { self.fetch = fetch }

  /// Takes new plugins into use: programs are started anew, and what was in quarantine gets another chance.
  public func use(_ catalogue: Catalogue) async {
    self.catalogue = catalogue
    health = [:]
    let old = lanes
    lanes = [:]
    for lane in old.values { await lane.stop() }
  }

  public func stop() async {
    for lane in lanes.values { await lane.stop() }
  }

  /// How long a plugin's program is left alone, and whether that is quarantine; nil when it may work.
  public func rest(of plugin: String) -> (seconds: Double, isQuarantine: Bool)? {
    guard let health = health[plugin], let seconds = health.wait(now: MonotonicClock.seconds()) else { return nil }
    return (seconds, health.isQuarantined)
  }

  /// Programs that have failed, with the failures in a row and whether they are in quarantine.
  public func failing() -> [(plugin: String, failures: Int, isQuarantined: Bool)] {
    health.filter { $0.value.failures > 0 }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.failures, $0.value.isQuarantined) }
  }

  /// Failures in a row and seconds to the next probe of a program in quarantine; nil when it is in none.
  public func quarantine(of plugin: String) -> (failures: Int, seconds: Double)? {
    guard let health = health[plugin], health.isQuarantined else { return nil }
    return (health.failures, health.wait(now: MonotonicClock.seconds()) ?? 0)
  }

  /// Puts a program back into the quarantine in which an earlier run left it.
  public func restoreQuarantine(of plugin: String, failures: Int, seconds: Double) {
    health[plugin] = ProgramHealth(
      attempts: settings.attempts, retry: settings.retry, probe: settings.probe, failures: failures, wait: seconds,
      now: MonotonicClock.seconds())
  }

  /// Lifts rest and quarantine; false when there was none.
  public func lift(_ plugin: String) -> Bool {
    guard let old = health[plugin], old.failures > 0 else { return false }
    health[plugin] = nil
    return true
  }

  /// Runs one job and gives the JSON text of the answer: a JSON Feed for `discover`, an article record for `extract`.
  /// Throws `.refused` when the program itself says why it has no answer; that is no failure of the program.
  public func run(_ job: ProgramJob, plugin id: String) async throws(JobError) -> [UInt8] {
    guard let manifest = catalogue[id], let program = manifest.program, let folder = catalogue.folders[id] else {
      throw JobError(.unavailable, "the plugin \(id) has no program")
    }
    await take(id)
    defer { give(id) }
    if let wait = rest(of: id) {
      throw JobError(
        .unavailable, reason: wait.isQuarantine ? "quarantine" : "rest",
        "the program of \(id) \(wait.isQuarantine ? "is in quarantine" : "rests") after failures, "
          + "for another \(Int(wait.seconds.rounded(.up))) s")
    }
    let lane = lane(id)
    let result = await lane.run(job, program, manifest, folder, fetch)
    note(result, id)
    return try result.get()
  }

  private func lane(_ id: String) -> ProgramLane {
    if let lane = lanes[id] { return lane }
    let lane = ProgramLane(id: id, settings: settings, notice: notice)
    lanes[id] = lane
    return lane
  }

  private func note(_ result: Result<[UInt8], JobError>, _ id: String) {
    var health =
      self.health[id]
      ?? ProgramHealth(attempts: settings.attempts, retry: settings.retry, probe: settings.probe)
    if case .failure(let error) = result, error.code != .refused {
      switch health.failed(now: MonotonicClock.seconds(), jitter: Double.random(in: 0..<1)) {
      case .rests(let seconds): notice(.failed(plugin: id, error, rest: seconds))
      case .quarantined(let seconds, _):
        notice(.quarantined(plugin: id, error, failures: health.failures, probe: seconds))
      }
    } else if health.succeeded() {
      notice(.recovered(plugin: id))
    }
    self.health[id] = health
  }

  // One job at a time for each program; the others wait for their turn.

  private func take(_ id: String) async {
    if busy.insert(id).inserted { return }
    await withCheckedContinuation { waiting[id, default: []].append($0) }
  }

  private func give(_ id: String) {
    if var queue = waiting[id], !queue.isEmpty {
      let next = queue.removeFirst()
      waiting[id] = queue.isEmpty ? nil : queue
      next.resume()
    } else {
      busy.remove(id)
    }
  }
}
