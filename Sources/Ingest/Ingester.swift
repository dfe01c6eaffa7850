import Articles
// Ingest: the way of an article, from a due source to the queue. The only module that knows all the others; it decides
// when and what, and leaves how to them.
public import Configuration
import Feeds
import Fetching
public import Manifest
import Queue
import Scheduling
public import Service
import Store
import Synchronization
import Values
import Workers

/// The heart of the daemon: keeps the schedule, fetches what is due, hands bytes to workers, and publishes what they
/// make of them. `start()` once, `run()` until `stop()`.
public actor Ingester {
  var settings: Settings
  let log: EventLog
  let ledger = Ledger()
  let fetcher: Fetcher
  let workers: WorkerPool
  let robots: RobotsGate
  var catalogue: Catalogue

  /// One source of a plugin and what is known of it.
  struct Place {
    let manifest: Manifest
    let source: Source
    var state: SourceState
    var filter: ItemFilter
    var sitemapFilter: ItemFilter
    /// Why the next visit is when it is; nil until the first one of this run.
    var decision: Cadence.Decision?
  }

  var places: [String: Place] = [:]
  var heap = DueHeap()
  var attending: Set<String> = []
  /// What is known of the sitemaps that an index names, by their own ids.
  var children: [String: SourceState] = [:]
  /// What the last visit to a source brought, and who waits for the next.
  var outcomes: [String: Visit] = [:]
  var waiters: [String: [CheckedContinuation<Void, Never>]] = [:]
  /// Items whose page is under way, with their publisher.
  var pages: [Int64: String] = [:]
  /// Why fetching rests; nil while it does not.
  var pause: String?
  /// A failure's pause lasts at least until then, so that trying again does not become spinning.
  private var pauseEnd: Timestamp?
  /// Whether the operator asked for rest.
  var isResting = false
  var network = NetworkWatch()
  var totals = Totals()
  let since = Timestamp.now()
  var isStopping = false
  private var isStopped = false
  private var stopWaiters: [CheckedContinuation<Void, Never>] = []
  private var fatal: LedgerFailure?
  private var nextPrune: Timestamp
  private var sleeper: CheckedContinuation<Void, Never>?
  private var alarm: Task<Void, Never>?
  private var isRoused = false
  private nonisolated let turns = Atomic<UInt64>(0)

  /// What happened since the start.
  struct Totals: Sendable {
    var fetches = 0
    var notModified = 0
    var failures = 0
    var articles = 0
    var updates = 0
    var partial = 0
    var pages = 0
  }

  /// Makes everything that needs no file. Throws when a setting is unusable.
  public init(settings: Settings, catalogue: Catalogue, log: EventLog, workerProgram: String) throws(SettingsProblem) {
    self.settings = settings
    self.catalogue = catalogue
    self.log = log
    let configuration = try FetcherConfiguration(settings.fetch)
    fetcher = Fetcher(configuration)
    robots = RobotsGate(fetcher: fetcher, agent: configuration.productToken)
    var workerSettings = WorkerSettings(
      program: workerProgram, count: settings.workers.count ?? WorkerSettings.coreCount)
    workerSettings.arguments = settings.workers.arguments
    workerSettings.jobLimit = Double(settings.workers.jobLimit)
    workers = WorkerPool(settings: workerSettings, catalogue: catalogue) { notice in
      switch notice {
      case .started(let pid): log.record(.workerStarted, "worker started", fields: ["pid": "\(pid)"])
      case .lost(let error):
        let kind: EventKind = error.code == .timedOut ? .workerTimeout : .workerCrashed
        log.record(
          kind, error.message, outcome: error.code.rawValue,
          next: error.code == .unavailable ? error.hint : "a new worker takes the next job")
      }
    }
    nextPrune = since.adding(seconds: 3600)
  }

  /// Counters that advance while the parts do their work, for the watchdog.
  public nonisolated var counters: [(name: String, count: @Sendable () -> UInt64)] {
    [
      ("scheduler", { [self] in turns.load(ordering: .relaxed) }),
      ("fetching", { [fetcher] in fetcher.progress }),
      ("publisher", { [ledger] in ledger.progress.load(ordering: .relaxed) }),
    ]
  }

  /// Opens state and queue, completes what an earlier run left unfinished, and makes the schedule. After this the
  /// daemon is ready.
  public func start() async throws(LedgerFailure) {
    let capacity = Capacity(
      maxFiles: settings.queue.maxFiles, maxBytes: Int64(settings.queue.maxBytes),
      floorBytes: Int64(settings.queue.minFreeBytes), floorInodes: Int64(settings.queue.minFreeInodes))
    let opening = try await ledger.open(state: settings.paths.state, spool: settings.paths.spool, capacity: capacity)
    report(opening.recovery)
    let known = Dictionary(opening.sources.map { ($0.id, $0) }) { first, _ in first }
    children = known.filter { $0.key.contains("#") }
    plan(known)
  }

  private func report(_ recovery: RecoveryReport) {
    let recovered = recovery.published.count + recovery.republished.count
    if recovered + recovery.finished + recovery.discarded > 0 {
      log.record(
        .queueRecovered,
        "\(recovered) articles published, \(recovery.finished) found published, \(recovery.discarded) unfinished dropped",
        next: recovery.discarded > 0 ? "what was dropped is fetched again" : nil)
    }
    for version in recovery.republished {
      log.record(
        .queueRecovered, "published again: the disk lost what it had confirmed", level: .warning,
        publisher: version.publisher, fields: ["element": version.element])
    }
    for id in recovery.quarantined {
      log.record(
        .queueError, "a staged article fails its digest and was set aside in bad/\(id)",
        next: "its page is fetched again; check the disk")
    }
  }

  /// Makes a place for every source of the plugins in use; a source attended before keeps its due time, so that a
  /// restart brings no storm.
  func plan(_ known: [String: SourceState]) {
    let now = Timestamp.now()
    var fresh = 0
    for manifest in manifests {
      for source in manifest.sources {
        var state = known[source.id] ?? SourceState(id: source.id, publisher: manifest.publisher.id, url: "")
        if state.url != source.url.description {
          // The plugin names another address now: what was learned belongs to the old one.
          state = SourceState(id: source.id, publisher: manifest.publisher.id, url: source.url.description)
        }
        places[source.id] = Place(
          manifest: manifest, source: source, state: state, filter: ItemFilter(keep: source.keep, drop: source.drop),
          sitemapFilter: ItemFilter(keep: source.sitemapKeep, drop: source.sitemapDrop))
        if state.muted { continue }
        // New sources start spread over time: a thousand plugins must not make a thousand requests in one second.
        let first = now.adding(seconds: Int64(fresh / 20))
        if state.nextDue == nil { fresh += 1 }
        heap.set(source.id, due: state.nextDue ?? first)
      }
    }
  }

  /// The plugins that the settings let run.
  var manifests: [Manifest] {
    catalogue.manifests.filter { manifest in
      let id = manifest.publisher.id
      if let only = settings.publishers.only, !only.contains(id) { return false }
      return !settings.publishers.disabled.contains(id)
    }
  }

  // MARK: The loop

  /// Works until `stop()`. Throws when state cannot be kept any more; what was not committed is fetched again by the
  /// next run.
  public func run() async throws(LedgerFailure) {
    while !isStopping {
      turns.add(1, ordering: .relaxed)
      let now = Timestamp.now()
      var wait = 5.0
      do throws(LedgerFailure) {
        try await checkQueue()
        if canFetch(now) {
          startSources(now)
          try await startPages(now)
        }
        wait = try await secondsToNext(now)
        try await pruneIfDue(now)
      } catch {
        noteFailure(error)
      }
      if let fatal { throw fatal }
      await sleep(seconds: wait)
    }
  }

  /// Ends the loop: nothing new is started, what runs may finish until `grace` seconds have passed, then everything is
  /// closed. Idempotent.
  public func stop(grace: Double) async {
    guard !isStopping else { return }
    isStopping = true
    rouse()
    // What only waits for its turn is let go at once; what is being transferred may finish.
    await fetcher.shutdown(grace: .seconds(grace))
    let deadline = Timestamp.now().adding(seconds: Int64(settings.workers.jobLimit) + 2)
    while !(attending.isEmpty && pages.isEmpty), Timestamp.now() < deadline {
      try? await Task.sleep(for: .milliseconds(20))
    }
    await workers.stop()
    do { try await ledger.close() } catch { log.record(.storeError, error.message) }
    isStopped = true
    for waiter in stopWaiters { waiter.resume() }
    stopWaiters = []
  }

  /// Returns when `stop` is done.
  public func stopped() async {
    if isStopped { return }
    await withCheckedContinuation { stopWaiters.append($0) }
  }

  private func canFetch(_ now: Timestamp) -> Bool { pause == nil && !isResting && !network.isDown(now) }

  private func secondsToNext(_ now: Timestamp) async throws(LedgerFailure) -> Double {
    // At least one turn in five seconds: the watchdog watches it, and so the queue's state is looked at.
    var next = now.adding(seconds: 5)
    if canFetch(now) {
      if let due = heap.next() { next = min(next, due) }
      if pages.count < settings.fetch.concurrency, let item = try await ledger.nextItemTime(after: now) {
        next = min(next, item)
      }
    }
    return max(0.01, next.seconds(since: Timestamp.now()))
  }

  private func sleep(seconds: Double) async {
    if isRoused || isStopping {
      isRoused = false
      return
    }
    await withCheckedContinuation { continuation in
      sleeper = continuation
      alarm = Task {
        try? await Task.sleep(for: .seconds(seconds))
        if !Task.isCancelled { self.rouse() }
      }
    }
    isRoused = false
  }

  /// Lets the loop look again at once.
  func rouse() {
    isRoused = true
    alarm?.cancel()
    alarm = nil
    sleeper?.resume()
    sleeper = nil
  }

  /// Back-pressure: a full queue stops fetching, and nothing is dropped.
  private func checkQueue() async throws(LedgerFailure) {
    if let pauseEnd, Timestamp.now() < pauseEnd { return }
    pauseEnd = nil
    if pause != nil { try? await ledger.tidy() }
    switch try await ledger.admission() {
    case .open:
      if pause != nil {
        pause = nil
        log.record(.queueResumed, "the queue takes articles again", next: "fetching goes on")
      }
    case .paused(let reason):
      if pause != reason {
        if pause == nil {
          log.record(.queuePaused, reason, next: "fetching rests until consumers or the operator make room")
        }
        pause = reason
      }
    }
  }

  /// A failure of state or queue: rest and try again when that can help, end the run when it cannot.
  func noteFailure(_ failure: LedgerFailure) {
    guard failure.isTemporary else {
      if fatal == nil {
        log.record(.storeError, failure.message, next: "newswired stops and recovers at its next start")
      }
      fatal = failure
      rouse()
      return
    }
    if pause == nil {
      log.record(.queuePaused, failure.message, next: "fetching rests; nothing is lost, and it is tried again in 5 s")
    }
    pause = failure.message
    pauseEnd = .now().adding(seconds: 5)
  }

  private func pruneIfDue(_ now: Timestamp) async throws(LedgerFailure) {
    guard now >= nextPrune else { return }
    nextPrune = now.adding(seconds: 21_600)
    _ = try await ledger.prune(notListedSince: now.adding(seconds: -Int64(settings.schedule.rememberDays) * 86_400))
  }

  // MARK: What is due

  private func startSources(_ now: Timestamp) {
    while attending.count < settings.fetch.concurrency, let id = heap.pop(by: now) { attend(id) }
  }

  /// Fetches a source now, outside its schedule too.
  func attend(_ id: String) {
    guard places[id] != nil, attending.insert(id).inserted else { return }
    Task {
      await self.visit(id)
      self.finished(source: id)
    }
  }

  private func finished(source id: String) {
    attending.remove(id)
    rouse()
  }

  private func startPages(_ now: Timestamp) async throws(LedgerFailure) {
    let room = settings.fetch.concurrency - pages.count
    guard room > 0 else { return }
    // Items under way still count as waiting, so more are asked for than there is room for. One that ends while the
    // ledger answers may be in the answer all the same: it was waiting when the ledger looked.
    let underWay = Set(pages.keys)
    let items = try await ledger.waitingItems(
      now: now, perPublisher: Self.pagesPerPublisher * 2, limit: pages.count + room)
    var perPublisher: [String: Int] = [:]
    for publisher in pages.values { perPublisher[publisher, default: 0] += 1 }
    for item in items where pages[item.id] == nil && !underWay.contains(item.id) {
      guard pages.count < settings.fetch.concurrency else { break }
      guard perPublisher[item.publisher, default: 0] < Self.pagesPerPublisher else { continue }
      perPublisher[item.publisher, default: 0] += 1
      pages[item.id] = item.publisher
      Task {
        await self.process(item)
        self.finished(page: item.id)
      }
    }
  }

  /// Pages of one publisher under way at once; the fetcher's own politeness holds them back further.
  private static let pagesPerPublisher = 8

  private func finished(page id: Int64) {
    pages[id] = nil
    rouse()
  }
}
