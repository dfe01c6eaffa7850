import Articles
import Publication
import Queue
import Store
import Synchronization
import Threads
import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Where state is kept: the database, the queue directory and the publishing between them, on one thread of their own,
/// because every call may wait for a disk.
actor Ledger {
  /// What is open between `open` and `close`.
  struct Files {
    let lock: StateLock
    let store: Store
    let publisher: QueuePublisher
    let gauge: CapacityGauge
    let reader: QueueReader
    let trace: OpenTrace
  }

  private let executor = ThreadExecutor(name: "ledger")
  private var files: Files?
  private var isClosed = false
  /// What is to be published with the next batch; see LedgerPublishing.swift.
  var submitted: [(Submission, CheckedContinuation<Result<Publishing, LedgerFailure>, Never>)] = []
  private var fetches: [(Listing, CheckedContinuation<Result<[DiscoveredItem], LedgerFailure>, Never>)] = []
  private nonisolated let unsaved = UnsavedSources()
  private var hasFailedToSave = false
  /// Whether the database's server has not done what it was asked, and has to be connected to anew.
  var mustReopen = false
  /// Advances with every call that reached the disk and came back.
  nonisolated let progress = Atomic<UInt64>(0)

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Whether `open` has been called and `close` has not.
  var isOpen: Bool { files != nil }

  var open: Files {
    guard let files else { preconditionFailure("the ledger is used before it is open") }
    return files
  }

  /// A source and what it lists.
  private struct Listing {
    var source: SourceState
    var items: [NewItem]
    var fence: Fence?
  }

  /// Opens everything and completes what an earlier run left unfinished.
  func open(
    state: String, spool: String, anyFileSystem: Bool, capacity: Capacity, shared: SharedState? = nil
  ) throws(LedgerFailure) -> RecoveryReport {
    isClosed = false
    return try guarding {
      try Self.makeDirectory(state, setting: "state")
      let lock = try StateLock(directory: state)
      progress.add(1, ordering: .relaxed)
      let trace = OpenTrace(database: state + "/newswire.db")
      let store =
        if let shared {
          try Store(postgres: shared.target, node: shared.node, instance: shared.instance)
        } else {
          try Store(path: state + "/newswire.db", checking: trace.wantsCheck)
        }
      trace.leave()
      progress.add(1, ordering: .relaxed)
      try Self.makeParents(ofQueue: spool)
      let queue = try Spool(path: spool, anyFileSystem: anyFileSystem)
      try queue.lock()
      // Recovery may be long: each of its steps counts, so that whoever waits sees that it goes on.
      let publisher = QueuePublisher(
        store: store, spool: queue, at: { [self] _ in _ = progress.add(1, ordering: .relaxed) })
      let recovery = try publisher.recover()
      let gauge = try CapacityGauge(spool: queue, state: shared == nil ? state : nil, capacity: capacity) {
        try? store.publisher(ofElement: $0.description)
      }
      files = Files(
        lock: lock, store: store, publisher: publisher, gauge: gauge, reader: try QueueReader(path: spool),
        trace: trace)
      if shared == nil { try Self.followClock(store, now: .now()) }
      return recovery
    }
  }

  /// What was planned before the clock was set back, while nothing ran, keeps its distance; what is planned further off
  /// than any wait is brought forward.
  private static func followClock(_ store: Store, now: Timestamp) throws {
    if let latest = try store.latestAttempt(), latest.seconds(since: now) > ClockWatch.threshold {
      try store.shiftPlans(seconds: now.seconds - latest.seconds)
    }
    try store.bringForward(waitingBeyond: now.adding(seconds: Ingester.longestWait))
  }

  /// Marks what was published and closes the files. Whatever is asked afterwards fails: the status line may be asked
  /// for until the program ends.
  func close() throws(LedgerFailure) {
    guard let files else { return }
    self.files = nil
    defer { isClosed = true }
    let rest = unsaved.take()
    try guarding {
      try files.store.save(rest.values)
      // What still finds no room gets its name from the next start.
      _ = try? files.publisher.publishDelayed()
      try files.publisher.flush()
      try files.store.checkpoint()
      files.trace.remove()
    }
  }

  // MARK: Sources and items

  /// What is known of a source; nil before its first visit.
  func source(_ id: String) throws(LedgerFailure) -> SourceState? {
    if let state = unsaved.state(id) { return state }
    return try guarding { try open.store.source(id) }
  }

  /// When the sources of each publisher are due, as the last run left them.
  func schedules(_ publishers: [String]) throws(LedgerFailure) -> [[SourceSchedule]] {
    try guarding { try publishers.map { try open.store.schedule(publisher: $0) } }
  }

  /// Saves a source within a fifth of a second, without waiting for the disk. Only for what brought nothing: should the
  /// program or the machine die before, the source is asked once more than needed.
  nonisolated func saveSoon(_ source: SourceState) {
    // Nobody waits for it: a visit that brought nothing does not need this thread once more.
    unsaved.put(source)
    guard unsaved.expectWriting() else { return }
    Task {
      try? await Task.sleep(for: .milliseconds(200))
      await self.saveNow()
    }
  }

  private func saveNow() {
    unsaved.writingBegins()
    guard files != nil else { return }
    // A failure shows at the next look at the queue, which writes what is left.
    do throws(LedgerFailure) { try flushSources() } catch { hasFailedToSave = true }
  }

  /// - Parameter durably: whether the machine's crash must not lose it. Waiting for the disk, the ledger can answer no
  ///   visit, and on a slow or busy disk those of all sources would wait for each other.
  func flushSources(durably: Bool = false) throws(LedgerFailure) {
    let states = unsaved.take()
    if states.isEmpty { return }
    do throws(LedgerFailure) {
      try guarding { try open.store.save(states.values, durably: durably) }
    } catch {
      unsaved.giveBack(states)
      throw error
    }
  }

  /// Records what a source lists, durably. What is handed in while others are being written shares the next commit.
  ///
  /// - Parameter fence: the lease that the list was fetched under. When it has gone meanwhile nothing is recorded.
  func recordFetch(
    _ source: SourceState, _ items: [NewItem], fence: Fence? = nil
  ) async throws(LedgerFailure) -> [DiscoveredItem] {
    let result = await withCheckedContinuation { continuation in
      fetches.append((Listing(source: source, items: items, fence: fence), continuation))
      if fetches.count == 1 { Task { self.recordBatch() } }
    }
    return try result.get()
  }

  private func recordBatch() {
    let batch = fetches
    fetches = []
    var others = unsaved.take()
    for (listing, _) in batch { others[listing.source.id] = nil }
    do throws(LedgerFailure) {
      let found = try guarding {
        try open.store.recordFetches(
          batch.map { ($0.0.source, $0.0.items) }, saving: others.values,
          fences: Dictionary(batch.compactMap { entry in entry.0.fence.map { (entry.0.source.id, $0) } }) { first, _ in
            first
          })
      }
      for ((listing, continuation), items) in zip(batch, found) {
        continuation.resume(
          returning: items.map { .success($0) } ?? .failure(.leaseLost(listing.fence)))
      }
    } catch {
      unsaved.giveBack(others)
      for (_, continuation) in batch { continuation.resume(returning: .failure(error)) }
    }
  }

  func waitingItems(
    publisher: String, now: Timestamp, underWay: Set<Int64>, limit: Int
  ) throws(LedgerFailure) -> (items: [DiscoveredItem], next: Timestamp?) {
    try guarding {
      let items = try open.store.waitingItems(publisher: publisher, now: now, underWay: underWay, limit: limit)
      // Fewer than asked for: the rest of the publisher's are due later.
      let next = items.count < limit ? try open.store.nextItemTime(publisher: publisher, after: now) : now
      return (items, next)
    }
  }

  func waitingPublishers() throws(LedgerFailure) -> [(publisher: String, due: Timestamp)] {
    try guarding { try open.store.waitingPublishers() }
  }

  func itemFailed(
    _ item: DiscoveredItem, error: String, nextTry: Timestamp?, revisit: Timestamp? = nil
  ) throws(LedgerFailure) {
    try guarding {
      try open.store.itemFailed(
        item.id, revision: item.revision, error: error, nextTry: nextTry, revisit: revisit)
    }
  }

  func postpone(item id: Int64, until: Timestamp) throws(LedgerFailure) {
    try guarding { try open.store.postpone(item: id, until: until) }
  }

  /// - Parameters:
  ///   - articleKey: the article that it is, where that is known.
  ///   - isIdle: whether its page was fetched again and found unchanged.
  func itemDone(
    _ item: DiscoveredItem, articleKey: String? = nil, page: FetchedPage = FetchedPage(), isIdle: Bool = false
  ) throws(LedgerFailure) {
    try guarding {
      try open.store.itemDone(
        item.id, revision: item.revision, articleKey: articleKey, page: page, idleAt: isIdle ? .now() : nil)
    }
  }

  func item(publisher: String, key: String) throws(LedgerFailure) -> DiscoveredItem? {
    try guarding { try open.store.item(publisher: publisher, key: key) }
  }

  func article(publisher: String, key: String) throws(LedgerFailure) -> ArticleRow? {
    try guarding { try open.store.article(publisher: publisher, key: key) }
  }

  func wakeRevisits(now: Timestamp) throws(LedgerFailure) -> Set<String> {
    try guarding { try open.store.wakeRevisits(now: now, limit: 100) }
  }

  func bringForward(lookingBeyond limit: Timestamp) throws(LedgerFailure) {
    try guarding { try open.store.bringForward(lookingBeyond: limit) }
  }

  func forgetParts(notVisitedSince cutoff: Timestamp) throws(LedgerFailure) {
    try guarding { try open.store.forgetParts(notVisitedSince: cutoff) }
  }

  func parts(source: String) throws(LedgerFailure) -> [String: SourcePart] {
    try flushSources()
    return try guarding { try open.store.parts(source: source) }
  }

  func pushSubscriptions() throws(LedgerFailure) -> [String: PushSubscription] {
    try guarding { try open.store.pushSubscriptions() }
  }

  /// Changes what is known of a source and saves it at once.
  func change(_ id: String, _ change: @Sendable (inout SourceState) -> Void) throws(LedgerFailure) {
    guard var state = try source(id) else { return }
    change(&state)
    unsaved.put(state)
    try flushSources(durably: true)
  }

  func saveHold(group: String, until: Timestamp) throws(LedgerFailure) {
    try guarding { try open.store.saveHold(group: group, until: until) }
  }

  func holds(now: Timestamp) throws(LedgerFailure) -> [(group: String, until: Timestamp)] {
    try guarding { try open.store.holds(now: now) }
  }

  func save(_ quarantine: Quarantine) throws(LedgerFailure) { try guarding { try open.store.save(quarantine) } }

  func forgetQuarantine(of plugin: String? = nil) throws(LedgerFailure) {
    try guarding { try open.store.forgetQuarantine(of: plugin) }
  }

  func quarantines() throws(LedgerFailure) -> [Quarantine] { try guarding { try open.store.quarantines() } }

  /// One step of pruning; where the next one begins.
  func prune(from mark: PruningMark, notListedSince cutoff: Timestamp) throws(LedgerFailure) -> PruningMark? {
    try guarding { try open.store.prune(from: mark, notListedSince: cutoff).next }
  }

  /// Gives names to versions that found no space before, and marks what was published. For pauses and idle times.
  ///
  /// - Returns: how many have their names now.
  func tidy() throws(LedgerFailure) -> Int {
    try guarding {
      let named = try open.publisher.publishDelayed()
      for version in named { open.gauge.add(version.element, of: version.publisher, bytes: version.bytes) }
      try open.publisher.flush()
      return named.count
    }
  }

  /// Whether the queue takes more, and which publishers have their share of it.
  func admission() throws(LedgerFailure) -> (queue: Capacity.Admission, crowded: Set<String>) {
    if hasFailedToSave {
      try flushSources()
      hasFailedToSave = false
    }
    return try guarding {
      try open.store.verifyPlace()
      return (try open.gauge.check(), open.gauge.crowded)
    }
  }

  /// Judges the queue by other limits from now on.
  func use(_ capacity: Capacity) { files?.gauge.capacity = capacity }

  /// Moves all that is planned, after the clock was set.
  func shiftPlans(seconds: Int64) throws(LedgerFailure) {
    unsaved.shiftPlans(seconds: seconds)
    try guarding { try open.store.shiftPlans(seconds: seconds) }
  }

  // MARK: Errors

  func guarding<T>(_ body: () throws -> T) throws(LedgerFailure) -> T {
    if isClosed {
      throw LedgerFailure(temporary: true, exitStatus: 75, message: "the state is closed: the daemon stops")
    }
    do {
      let value = try body()
      progress.add(1, ordering: .relaxed)
      return value
    } catch {
      let failure = LedgerFailure(error)
      if failure.isUnreachable { mustReopen = true }
      throw failure
    }
  }
}
