// Ingest: the way of an article, from a due source to the queue. The only module that knows all the others; it decides
// when and what, and leaves how to them.

import Articles
public import Configuration
import Dates
import Feeds
import Fetching
import Fleet
public import Manifest
import PostgreSQL
import Publication
import Push
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
  var workers: WorkerPool
  var programs: ProgramPool
  /// Plugins whose program's quarantine stands in the state.
  var keptQuarantines: Set<String> = []
  var robots: RobotsGate
  /// Fetched pages, for reading them again; nil when none are kept.
  let shelf: PageShelf?
  /// Publishers that have their share of the queue.
  var crowded: Set<String> = []
  /// The product token of our User-Agent.
  var agent: String
  var proxies: Proxies
  let credentials: CredentialFolder
  let logins: Logins
  var catalogue: Catalogue

  /// A source on its visit and what is known of it.
  struct Place {
    let manifest: Manifest
    let source: Source
    let state: SourceState
    /// The lease that the visit is made under; nil on a single machine.
    let fence: Fence?
    /// Whether somebody asked for the visit: what rests after a failure is tried too.
    var isAskedFor = false
  }

  var roster = Roster([])
  /// When sources are due, by their number in the roster.
  var heap = DueHeap()
  /// Sources on a visit, by id.
  var attending: Set<String> = []
  /// Sources that somebody asked for and whose visit has not begun, by id.
  var askedFor: Set<String> = []
  /// Due sources whose rate group has enough visits under way, by group; they follow when one of those ends.
  var parked: [String: [Int]] = [:]
  var visitsOfGroup: [String: Int] = [:]
  /// Rate groups that rest because their servers asked for it; those of the past are harmless.
  var holds: [String: Timestamp] = [:]
  /// Different hosts that the sources are at, as far as it matters.
  var knownHosts = 1
  private var zones: [String: Zone] = [:]
  /// Subscriptions at hubs, by source, and the sources that the callbacks' tokens stand for.
  var pushListener: PushListener?
  var pushes: [String: PushSubscription] = [:]
  var pushTokens: [String: String] = [:]
  var pushesUnderWay: [String: Int] = [:]
  /// Who waits for a visit to end.
  var waiters: [String: [CheckedContinuation<Visit?, Never>]] = [:]
  /// When publishers have items due whose pages are to be fetched, by the manifest's place in the roster.
  var agenda = DueHeap()
  /// Items whose page is under way, by publisher.
  var pages: [String: Set<Int64>] = [:]
  /// The leases that pages under way are fetched under, by item.
  var pageFences: [Int64: Fence] = [:]
  let busy = BusyGroups()
  var pageCount = 0
  /// Why fetching rests; nil while it does not.
  var pause: String? { didSet { noteCondition() } }
  /// A failure's pause lasts at least until then, so that trying again does not become spinning.
  var pauseEnd: Timestamp?
  var rest = FailureRest()
  /// Whether the operator asked for rest.
  var isResting = false { didSet { noteCondition() } }
  var network = NetworkWatch()
  var clock = ClockWatch()
  var totals = Totals()
  /// How well each publisher's rules read its pages.
  var ruleHealth: [String: RuleHealth] = [:]
  /// What was read of each publisher's pages lately, and whether they are written to their end.
  var readings: [String: RecentReadings] = [:]
  var pageEnds: [String: PageEnds] = [:]
  var wellbeing = Wellbeing()
  private var fetches: UInt64 = 0
  let since = Timestamp.now()
  var condition = Condition.running
  /// Since when that is so.
  var conditionSince = Timestamp.now()
  var isStopping = false { didSet { noteCondition() } }
  var isStopped = false
  var stopWaiters: [CheckedContinuation<Void, Never>] = []
  var fatal: LedgerFailure?
  /// nil on a single machine.
  var fleet: FleetSeat?
  let stateServer: PostgresTarget?
  let permission: FetchPermission?
  var nextPrune: Timestamp
  var isPruning = false
  /// When the queue was looked at last, and how much had been published until then.
  var lastLook: (at: Timestamp, published: Int)?
  var sleeper: CheckedContinuation<Void, Never>?
  var alarm: Task<Void, Never>?
  var isRoused = false
  /// When the loop's next turn comes at the latest if nothing rouses it, to the second.
  var wakeTime = Timestamp.now()
  nonisolated let turns = Atomic<UInt64>(0)

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
  ///
  /// - Parameter credentials: the folder that systemd made for the service; the configured one comes first.
  public init(
    settings: Settings, catalogue: Catalogue, log: EventLog, workerProgram: String, credentials: String? = nil
  ) throws(SettingsProblem) {
    self.settings = settings
    self.catalogue = catalogue
    self.log = log
    let folder = CredentialFolder(path: settings.paths.credentials ?? credentials)
    try Self.check(settings.push)
    proxies = try Proxies(settings.fetch, credentials: folder)
    let configuration = try FetcherConfiguration(settings.fetch, proxy: proxies.all)
    stateServer = try Self.stateServer(settings, folder)
    let permission = stateServer == nil ? nil : FetchPermission()
    self.permission = permission
    var permits: (@Sendable (String) -> Bool)?
    if let permission { permits = { group in permission.permits(group) } }
    fetcher = Fetcher(
      configuration, permits: permits,
      deliveryLimit: stateServer == nil ? nil : PastHolder.deliveryLimit(lease: .seconds(settings.fleet.lease)))
    self.credentials = folder
    logins = Logins(folder: folder, fetcher: fetcher, log: log)
    shelf =
      settings.pages.maxBytes == 0
      ? nil
      : PageShelf(
        path: settings.paths.state + "/pages", maxBytes: settings.pages.maxBytes, maxAge: settings.pages.maxAge,
        log: log)
    agent = configuration.productToken
    robots = RobotsGate(fetcher: fetcher, agent: agent)
    workers = Self.workers(settings.workers, catalogue, log, program: workerProgram)
    programs = Self.programs(settings.workers, catalogue, log, program: workerProgram)
    nextPrune = since.adding(seconds: 3600)
  }

  static func workers(
    _ settings: Settings.Workers, _ catalogue: Catalogue, _ log: EventLog, program: String
  ) -> WorkerPool {
    var own = WorkerSettings(program: program, count: settings.count ?? WorkerSettings.coreCount)
    own.arguments = settings.arguments
    own.jobLimit = Double(settings.jobLimit)
    return WorkerPool(settings: own, catalogue: catalogue) { notice in
      switch notice {
      case .started(let pid): log.record(.workerStarted, "worker started", fields: ["pid": "\(pid)"])
      case .lost(let error):
        let kind: EventKind = error.code == .timedOut ? .workerTimeout : .workerCrashed
        log.record(
          kind, error.message, outcome: error.code.rawValue,
          next: error.code == .unavailable ? error.hint : "a new worker takes the next job")
      }
    }
  }

  /// A name for one request and everything that comes of it, as `NEWSWIRE_FETCH` in the log: the start of this run in
  /// seconds, and a number, both in base 36.
  func newFetchID() -> String {
    fetches += 1
    return String(since.seconds, radix: 36) + "-" + String(fetches, radix: 36)
  }

  /// Steps that state and queue have taken so far, recovery's included.
  public nonisolated var steps: UInt64 { ledger.progress.load(ordering: .relaxed) }

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
    let shared = try await sharedState()
    let isEmpty = shared == nil && warnOfEmptyDatabase()
    var recovery = try await ledger.open(
      state: settings.paths.state, spool: settings.paths.spool, anyFileSystem: settings.queue.anyFileSystem,
      capacity: capacity(settings.queue), shared: shared)
    // It has been said already.
    if isEmpty { recovery.newerElement = nil }
    report(recovery)
    if let shared { takeSeat(shared) }
    await serve(programs)
    let mended = try await restoreQuarantines()
    for hold in try await ledger.holds(now: .now()) {
      holds[hold.group] = hold.until
      await fetcher.hold(group: hold.group, for: .seconds(max(0, hold.until.seconds - Timestamp.now().seconds)))
    }
    try await startPushes()
    try await plan()
    try await ledger.bringForward(lookingBeyond: Timestamp.now().adding(seconds: farthestLook))
    try await join()
    bringForward(listsOf: mended)
  }

  /// A file without a table is taken for a new database: that is what a first start leaves that was killed. It is also
  /// what is left of a copy that found no room, or that was made beside the service without its log.
  private func warnOfEmptyDatabase() -> Bool {
    let path = settings.paths.state + "/newswire.db"
    guard OpenTrace.isEmpty(database: path) else { return false }
    log.record(
      .storeError, "\(path) is empty: everything is fetched and published again, from version 1",
      level: .warning,
      next: "if it held something, stop newswired and put a backup in its place")
    return true
  }

  /// Makes the schedule of every source of the plugins in use. A source attended before keeps its due time, so that a
  /// restart brings no storm; what else is known of it stays in the store until its visit.
  func plan() async throws(LedgerFailure) {
    let roster = Roster(manifests)
    let schedules = try await ledger.schedules(roster.manifests.map(\.publisher.id))
    let waiting = try await ledger.waitingPublishers()
    self.roster = roster
    noteGroups()
    (heap, agenda) = (DueHeap(), DueHeap())
    parked = [:]
    let now = Timestamp.now()
    var spread = StartSpread()
    for (place, rows) in schedules.enumerated() { enter(place, rows, now, &spread) }
    var hosts: Set<String> = []
    for number in 0..<roster.count where hosts.count < NetworkWatch.threshold {
      hosts.insert(roster.source(number).url.host)
    }
    knownHosts = hosts.count
    for (publisher, due) in waiting {
      if let place = roster.place(publisher: publisher) { agenda.set(place, due: due) }
    }
  }

  /// Puts a publisher's sources into the schedule as the state has them.
  ///
  /// - Parameter wanted: the numbers of those to enter; nil for all.
  func enter(
    _ place: Int, _ rows: [SourceSchedule], _ now: Timestamp, _ spread: inout StartSpread, only wanted: Set<Int>? = nil
  ) {
    let known = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    for number in roster.numbers(ofPlace: place) where wanted?.contains(number) != false {
      let source = roster.source(number)
      // Where the plugin names another address now, what was learned belongs to the old one.
      let row = known[source.id].flatMap { $0.url == source.address ? $0 : nil }
      roster.update(number) {
        $0.isFailing = (row?.failures ?? 0) > 0
        $0.isMuted = row?.muted ?? false
      }
      if row?.muted == true || fleet != nil && !isOurs(group(of: number)) { continue }
      let due = spread.due(row?.nextDue, now: now)
      heap.set(number, due: min(due, now.adding(seconds: Self.longestWait)))
    }
  }

  /// The offset from UTC that a publisher's clock shows.
  func zoneOffset(_ manifest: Manifest, at time: Timestamp) -> Int32 {
    let name = manifest.publisher.zone
    if zones[name] == nil { zones[name] = (try? Zone(name: name)) ?? .utc }
    return zones[name]?.offset(at: time.seconds) ?? 0
  }

  /// A source with what is known of it.
  func place(_ number: Int, fence: Fence? = nil) async throws(LedgerFailure) -> Place {
    let (manifest, source) = (roster.manifest(number), roster.source(number))
    let fresh = SourceState(id: source.id, publisher: manifest.publisher.id, url: source.address)
    var state = try await ledger.source(source.id) ?? fresh
    if state.url != fresh.url { state = fresh }
    ListSelection.heed(ListSelection.digest(source), &state)
    return Place(manifest: manifest, source: source, state: state, fence: fence)
  }

  /// Whether there is such a plugin, be it in use or not.
  public func hasPlugin(_ id: String) -> Bool { catalogue[id] != nil || catalogue.refused.contains { $0.id == id } }

  /// The plugins that the settings let run.
  var manifests: [Manifest] {
    catalogue.manifests.filter { settings.publishers.use($0.publisher.id) }
  }

  /// No wait is longer than a day and its jitter, in seconds: a time further off was planned by a clock that was wrong.
  static let longestWait = Int64(Cadence.day) + Int64(Cadence.day) / 4
}
