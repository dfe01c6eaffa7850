internal import Digests
public import Queue
public import Store
public import Values

/// Publishes articles durably: none is lost and none is published twice, through a kill at any instant and through loss
/// of power. The order of the steps is what makes it so:
///
///     P1  stage the articles: write, fsync, close       P4  rename each to its name in the queue
///     P2  fsync tmp/                                    P5  fsync each bucket
///     P3  commit version, name and finished item        P6  mark published, with the next commit
///
/// The staged file is the outbox: as the rename is atomic, "it is in tmp/" means exactly "it has no name yet", even
/// after a consumer has removed the result. docs/decisions/0003-publish-protocol.md gives the reasons.
///
/// Not Sendable: confined to one thread by its owner. Every call blocks. `recover()` comes before everything else.
public final class QueuePublisher {
  let store: Store
  let spool: Spool
  let clock: () -> Timestamp
  let at: (CrashPoint) throws -> Void
  /// The greatest name given; nil until recovery.
  var lastName: ElementName?
  var isRecovered = false
  /// Set when it is unknown how far a step after P2 came. Only a new start, which recovers, can tell.
  var broken: PublicationError?
  /// Versions published and not yet marked so (P6).
  var unmarked: [String] = []
  /// Whether committed versions may still be staged, because a rename found no space.
  var hasDelayed = false

  /// - Parameter at: called at every crash point; tests end the process there, or throw to the same effect.
  public init(
    store: Store, spool: Spool, clock: @escaping () -> Timestamp = Timestamp.now,
    at: @escaping (CrashPoint) throws -> Void = { _ in }
  ) {
    self.store = store
    self.spool = spool
    self.clock = clock
    self.at = at
  }

  /// Publishes what is new in a batch, all of it or (when this throws before P3) nothing.
  ///
  /// Throws `PublicationError`, or a `StoreError` from reading. The batch can be given again after `.spaceExhausted`;
  /// after the others the program should end and recover at its next start.
  public func publish(_ batch: [Publishable]) throws -> PublicationOutcome {
    try ensureReady()
    var outcome = PublicationOutcome()
    if hasDelayed { outcome.published += try publishDelayed() }
    try at(.begin)
    var articles = batch
    // Another node can be first again and again, but not without end.
    for attempt in 1... {
      let (plan, unchanged) = try store.reading("read articles") { try versions(of: articles) }
      try stage(plan)
      let rows: [ArticleRow]
      switch try commit(plan, unchanged, articles, mayRetry: attempt < 10) {
      case .committed(let committed): rows = committed
      case .overtaken(let left):
        // Nothing was committed. Who has gone to another node is left out, and what another one published is read
        // again.
        for version in plan { try? spool.discardStaged(version.row.stagedID) }
        let kept = batch.indices.filter { !outcome.left.contains($0) }
        outcome.left.formUnion(left.map { kept[$0] })
        articles = batch.indices.filter { !outcome.left.contains($0) }.map { batch[$0] }
        continue
      }
      outcome.unchanged = articles.count - plan.count
      let sizes = Dictionary(uniqueKeysWithValues: plan.map { ($0.row.stagedID, $0.bytes.count) })
      outcome.published += try name(rows.map { OutboxRow(staging: $0) }, sizes: sizes)
      outcome.delayed = rows.count - outcome.published.lazy.filter { $0.bytes > 0 }.count
      break
    }
    return outcome
  }

  /// Gives delayed versions their names; for the end of a pause. Throws `.spaceExhausted` when there still is no room.
  public func publishDelayed() throws -> [PublishedVersion] {
    try ensureReady()
    guard hasDelayed else { return [] }
    let marked = Set(unmarked)
    let rows = try store.stagedOutbox().filter { !marked.contains($0.stagedID) }
    hasDelayed = false
    let published = try name(rows)
    if hasDelayed { throw PublicationError.spaceExhausted("no room to name \(rows.count - published.count) articles") }
    return published
  }

  /// Marks what has been published (P6); for idle times and the end.
  public func flush() throws {
    guard !unmarked.isEmpty else { return }
    try store.transaction("mark published") { try markPublished() }
    unmarked = []
  }

  private func ensureReady() throws(PublicationError) {
    precondition(isRecovered, "recover() comes first")
    if let broken { throw broken }
  }

  /// Room that comes back mends nothing here: that is an error which waiting ends only as long as nothing is in doubt.
  private func breaking(_ error: PublicationError) -> PublicationError {
    let lasting: PublicationError =
      if case .spaceExhausted(let what) = error { .failed(what, exitStatus: error.exitStatus) } else { error }
    broken = lasting
    return lasting
  }

  // MARK: P1, P2

  private struct Version {
    var row: ArticleRow
    var bytes: [UInt8]
  }

  /// What is to be noted of an article whose content is the same.
  private enum Unchanged {
    /// It was pruned: what is known of it again.
    case pruned(ArticleRow)
    /// It was known by the digest as that was made before.
    case former(ArticleRow, hash: String)
  }

  /// The new versions in a batch. An article that comes twice is compared with its earlier self.
  private func versions(of batch: [Publishable]) throws -> ([Version], [Unchanged]) {
    var latest: [ArticleID: ArticleRow] = [:]
    // A server is asked once for all.
    var told: KnownArticles?
    if store.node != nil {
      let known = try store.known(Set(batch.map { ArticleID(publisher: $0.publisher, key: $0.key) }))
      (latest, told) = (known.rows, known)
    }
    var versions: [Version] = []
    var unchanged: [Unchanged] = []
    for article in batch {
      let identity = ArticleID(publisher: article.publisher, key: article.key)
      let known =
        try latest[identity] ?? (told == nil ? store.article(publisher: article.publisher, key: article.key) : nil)
      let hashes = [article.contentHash, article.formerHash].compactMap { $0 }
      if let known, hashes.contains(known.contentHash), !article.isForced {
        if known.contentHash != article.contentHash { unchanged.append(.former(known, hash: article.contentHash)) }
        continue
      }
      let now = clock()
      // An article pruned long ago has left its version number behind.
      let trace =
        if known != nil {
          ArticleTrace?.none
        } else if let told {
          told.traces[identity]
        } else {
          try store.trace(publisher: article.publisher, key: article.key)
        }
      let isBack = trace.map { trace in hashes.contains(where: trace.isContent) } ?? false && !article.isForced
      let number = min(known?.version ?? trace?.version ?? 0, .max - 1) + (isBack ? 0 : 1)
      let firstSeen = known?.firstSeen ?? trace?.firstSeen ?? now
      let row = ArticleRow(
        publisher: article.publisher, key: article.key, uri: article.uri, version: number,
        contentHash: article.contentHash, stagedID: Self.stagedID(article.publisher, article.key, number),
        queueName: "", state: .staged, firstSeen: firstSeen, updatedAt: now, url: article.url,
        headline: article.headline, quality: article.quality, isWithdrawn: article.isWithdrawn)
      if isBack {
        unchanged.append(.pruned(row))
        latest[identity] = row
        continue
      }
      let json = article.makeElement(PublicationContext(version: number, firstSeen: firstSeen, now: now))
      versions.append(Version(row: row, bytes: QueueElement(article: json).bytes))
      latest[identity] = row
    }
    return (versions, unchanged)
  }

  /// The file name a version is staged under: the same whenever that version is staged, so that a leftover is found.
  package static func stagedID(_ publisher: String, _ key: String, _ version: Int) -> String {
    String(SHA256.hex("\(publisher)\0\(key)\0\(version)".utf8).prefix(40))
  }

  /// Writes the files and syncs them and their directory, all at once: the commit needs both, and neither needs the
  /// other first.
  private func stage(_ versions: [Version]) throws {
    guard !versions.isEmpty else { return }
    var begun: [String] = []
    // Files on their way to the device, the oldest first.
    var open: [(staging: Spool.Staging, version: Version)] = []
    defer { for file in open { spool.abandon(file.staging) } }
    var isNamedAnew = false
    /// A failed fsync leaves a file whose pages count as clean: once, the bytes go to a new one (4.3).
    func stageAgain(_ version: Version, after error: QueueError) throws(QueueError) {
      guard error.kind == .ioError else { throw error }
      try spool.stage(version.row.stagedID, version.bytes)
      isNamedAnew = true
    }
    func finishFirst() throws(QueueError) {
      let (staging, version) = open.removeFirst()
      do throws(QueueError) {
        try spool.finish(staging)
      } catch {
        try stageAgain(version, after: error)
      }
    }
    do {
      for version in versions {
        if open.count == Self.mostOpen { try finishFirst() }
        begun.append(version.row.stagedID)
        do throws(QueueError) {
          open.append((try spool.begin(version.row.stagedID, version.bytes), version))
        } catch {
          try stageAgain(version, after: error)
        }
        try at(.staged)
      }
      try at(.allStaged)
      isNamedAnew = false
      try spool.syncStaged()
      while !open.isEmpty { try finishFirst() }
      if isNamedAnew { try spool.syncStaged() }
    } catch let error as QueueError {
      // Nothing is committed: without the files the batch is as if it had never been. (An error of the crash hook is no
      // QueueError and passes by: it must leave everything as it is.)
      for file in open { spool.abandon(file.staging) }
      open = []
      for id in begun { try? spool.discardStaged(id) }
      throw error.kind == .ioError ? breaking(PublicationError(error)) : PublicationError(error)
    }
    try at(.tmpSynced)
  }

  /// How many files are synced at once: more than that many gain nothing, and each is an open file.
  private static let mostOpen = 16

  // MARK: P3

  private enum Commitment {
    case committed([ArticleRow])
    /// Another node was there first: these articles of the batch are its to publish now, or, when there are none, it
    /// has published a version of one of the others since they were read.
    case overtaken([Int])
  }

  /// Ends a transaction that must leave nothing.
  private struct Overtaken: Error {
    var left: [Int]
  }

  /// Commits versions, their names and the finished items, and marks what was published before (P6).
  private func commit(
    _ versions: [Version], _ unchanged: [Unchanged], _ batch: [Publishable], mayRetry: Bool
  ) throws -> Commitment {
    guard !versions.isEmpty || !unchanged.isEmpty || batch.contains(where: { $0.itemID != nil }) else {
      return .committed([])
    }
    let publishers = store.node == nil ? [] : Set(batch.map(\.publisher))
    var rows: [ArticleRow] = []
    var last = lastName
    do {
      try store.transaction("commit articles", locking: publishers) {
        if store.node != nil { try verify(versions, batch) }
        for version in versions {
          let name = ElementName(now: version.row.updatedAt, after: last)
          last = name
          var row = version.row
          row.queueName = name.description
          try store.commitVersion(row)
          rows.append(row)
        }
        for article in unchanged {
          switch article {
          case .pruned(let row): try store.keepArticle(row)
          case .former(let row, let hash): try store.renewHash(of: row, to: hash)
          }
        }
        if let name = rows.last?.queueName { try store.setLastQueueName(name) }
        let changed = Set(versions.map { "\($0.row.publisher)/\($0.row.key)" })
        for article in batch {
          guard let id = article.itemID else { continue }
          try store.itemDone(
            id, revision: article.itemRevision, articleKey: article.key, page: article.page,
            idleAt: changed.contains("\(article.publisher)/\(article.key)") ? nil : clock())
        }
        try markPublished()
        try at(.rowsWritten)
      }
    } catch let overtaken as Overtaken {
      guard mayRetry else { throw PublicationError.failed("other nodes publish the same articles again and again") }
      return .overtaken(overtaken.left)
    } catch let error as StoreError where error.kind == .busy && store.node != nil && mayRetry {
      // Undone by the server, for another node's sake.
      return .overtaken([])
    } catch let error as StoreError {
      // Rolled back for want of space or never begun: the files can go. After any other failure the transaction may
      // turn out to have survived when the database is opened again, and then the files are its articles: they stay.
      guard error.kind == .full || error.kind == .busy else { throw breaking(PublicationError(error)) }
      for version in versions { try? spool.discardStaged(version.row.stagedID) }
      throw PublicationError(error)
    }
    lastName = last
    unmarked = []
    try at(.committed)
    return .committed(rows)
  }

  /// Throws `Overtaken` when another node was there first.
  private func verify(_ versions: [Version], _ batch: [Publishable]) throws {
    let fences = Set(batch.compactMap(\.fence))
    let lost = fences.subtracting(try store.held(fences))
    let left = batch.indices.filter { batch[$0].fence.map(lost.contains) ?? false }
    guard left.isEmpty, try store.areNext(versions.map(\.row)) else { throw Overtaken(left: left) }
  }

  private func markPublished() throws(StoreError) {
    for id in unmarked { try store.markPublished(stagedID: id) }
  }

  // MARK: P4, P5

  /// Gives committed versions their names, in order. One that finds no space stays staged, and with it all after it.
  func name(_ rows: [OutboxRow], sizes: [String: Int] = [:], recovering: Bool = false) throws -> [PublishedVersion] {
    var published: [PublishedVersion] = []
    var buckets: Set<String> = []
    for row in rows {
      do throws(QueueError) {
        let name = try name(row)
        buckets.insert(name.bucket)
        published.append(
          PublishedVersion(
            publisher: row.publisher, key: row.key, version: row.version, element: name.path,
            bytes: sizes[row.stagedID] ?? 0))
      } catch {
        if error.kind == .notFound { throw breaking(try takenAway(rows[published.count...], error)) }
        guard error.kind == .spaceExhausted else { throw breaking(PublicationError(error)) }
        hasDelayed = true
        break
      }
      try at(recovering ? .recoveryRenamed : .renamed)
    }
    if !recovering { try at(.allRenamed) }
    do throws(QueueError) {
      for bucket in buckets.sorted() { try spool.syncBucket(bucket) }
    } catch {
      throw breaking(PublicationError(error))
    }
    unmarked += rows.prefix(published.count).map(\.stagedID)
    try at(recovering ? .recoverySynced : .bucketsSynced)
    return published
  }

  /// Takes back those of the versions still to be named whose staged files somebody has removed. Only here is that
  /// known: to recovery, a file that is gone has been published (R3).
  private func takenAway(_ rows: ArraySlice<OutboxRow>, _ error: QueueError) throws -> PublicationError {
    do {
      let gone = try rows.filter { row in
        let isNamed = try ElementName(row.queueName).map { try spool.hasPublished($0) } ?? false
        return try !isNamed && !spool.hasStaged(row.stagedID)
      }
      if gone.isEmpty { return PublicationError(error) }
      try store.transaction("withdraw article") { for row in gone { try store.withdraw(row, now: clock()) } }
      return .failed(
        "\(error.operation): another program removed \(gone.count) staged files, as \(error.path); their pages are fetched again"
      )
    } catch let error as StoreError {
      return PublicationError(error)
    } catch let error as QueueError {
      return PublicationError(error)
    }
  }

  private func name(_ given: OutboxRow) throws(QueueError) -> ElementName {
    var row = given
    // A damaged database may hold what names no element: the article is whole, and any name will do.
    var name = if let known = ElementName(row.queueName) { known } else { try rename(&row, after: nil) }
    while true {
      switch try spool.publish(row.stagedID, as: name) {
      case .done: return name
      case .nameTaken:
        // A file system that lost one half of a rename shows the article under both names.
        let staged = try spool.readStaged(row.stagedID)
        if let staged, try spool.readPublished(name) == staged {
          try spool.discardStaged(row.stagedID)
          return name
        }
        // A stranger's element has our name.
        name = try rename(&row, after: name)
      case .bucketTaken: name = try rename(&row, after: name.lastOfBucket)
      }
    }
  }

  /// Takes the next name for a version, and remembers it before it is used.
  private func rename(_ row: inout OutboxRow, after taken: ElementName?) throws(QueueError) -> ElementName {
    let name = ElementName(now: clock(), after: [lastName, taken].compactMap { $0 }.max())
    lastName = name
    do {
      try store.transaction("rename") { try store.rename(row, to: name.description) }
      row.queueName = name.description
    } catch {
      throw QueueError(.failed, operation: "rename", path: spool.path, message: "\(error)")
    }
    return name
  }
}
