import DrillWorld
import Foundation
import Glibc
import PostgreSQL
import Testing
import Values

@testable import Publication
@testable import Queue
@testable import Store

/// A store, a queue and a publisher over them.
final class Desk {
  let world: PublicationWorld
  let store: Store
  let spool: Spool
  var publisher: QueuePublisher
  var now = Timestamp(seconds: 1_800_000_000)

  /// - Parameter target: the database of a fleet, whose node this is.
  init(target: PostgresTarget? = nil, node: String = "a") throws {
    world = try PublicationWorld()
    store =
      if let target {
        try Store(postgres: target, node: node, instance: "instance of " + node)
      } else {
        try Store(path: world.storePath)
      }
    spool = try Spool(path: world.spoolPath, anyFileSystem: true)
    publisher = QueuePublisher(store: store, spool: spool)
    restart()
    _ = try publisher.recover()
  }

  deinit { world.remove() }

  /// A publisher that has not recovered yet.
  func restart(at: @escaping (CrashPoint) throws -> Void = { _ in }) {
    publisher = QueuePublisher(store: store, spool: spool, clock: { [unowned self] in now }, at: at)
  }

  func article(_ key: String, _ content: String = "1", item: DiscoveredItem? = nil) -> Publishable {
    Publishable(
      publisher: "p", key: key, uri: "urn:newswire:p:\(key)", contentHash: content, itemID: item?.id,
      itemRevision: item?.revision, url: "https://p.example/\(key)", headline: "Headline"
    ) { context in
      let json: JSON = [
        "uri": .string("urn:newswire:p:\(key)"), "version": .string("\(context.version)"), "text": .string(content),
        "firstSeen": .string(context.firstSeen.rfc3339),
      ]
      return json.bytes()
    }
  }

  func discover(_ keys: String...) throws -> [DiscoveredItem] {
    try store.recordFetch(
      SourceState(id: "feed", publisher: "p", url: "https://p.example/"),
      keys.map { NewItem(key: $0, url: "https://p.example/\($0)", record: "{}", fingerprint: "1") }, now: now)
  }

  /// The queue's articles in order, "key text version".
  func queued() throws -> [String] {
    let reader = try QueueReader(path: world.spoolPath)
    return try reader.list().map { entry in
      let json = try reader.read(entry.path).json()
      return "\(json["uri"]!.string!.split(separator: ":").last!) \(json["text"]!.string!) v\(json["version"]!.string!)"
    }
  }
}

extension Store {
  /// Lets the database grow by so many pages and no more.
  fileprivate func setPageLimit(spare: Int) throws {
    let pages = try database.first("test", "PRAGMA page_count") { $0.int(0) } ?? 0
    try database.execute("test", "PRAGMA max_page_count = \(pages + spare)")
  }
}

@Suite struct PublicationTests {
  @Test func publishesWhatIsNewAndWhatChanged() throws {
    let desk = try Desk()
    let first = try desk.publisher.publish([desk.article("a"), desk.article("b"), desk.article("a")])
    #expect(first.published.map(\.version) == [1, 1] && first.unchanged == 1 && first.delayed == 0)
    #expect(first.published.allSatisfy { $0.bytes > 70 })
    desk.now = desk.now.adding(seconds: 100)
    let second = try desk.publisher.publish([desk.article("a", "2"), desk.article("b")])
    #expect(second.published.map(\.key) == ["a"] && second.unchanged == 1)
    #expect(try desk.queued() == ["a 1 v1", "b 1 v1", "a 2 v2"])
    let row = try #require(try desk.store.article(publisher: "p", key: "a"))
    #expect(row.version == 2 && row.firstSeen == Timestamp(seconds: 1_800_000_000) && row.updatedAt == desk.now)
    #expect("\(try #require(ElementName(row.queueName)).path)" == second.published[0].element)
    #expect(row.state == .staged)
    try desk.publisher.flush()
    #expect(try desk.store.article(publisher: "p", key: "a")?.state == .published)
    #expect(try desk.store.stagedOutbox().isEmpty)
  }

  /// What is known of it by a digest as it was made before is no change either.
  @Test func publishesNothingThatIsTheSame() throws {
    let desk = try Desk()
    _ = try desk.publisher.publish([desk.article("x", "former")])
    var same = desk.article("x", "present")
    same.formerHash = "former"
    #expect(try desk.publisher.publish([same]).unchanged == 1)
    #expect(try desk.store.article(publisher: "p", key: "x")?.contentHash == "present")
    // Nor is an article that comes back after it was pruned.
    try desk.publisher.flush()
    #expect(try desk.store.prune(notListedSince: desk.now.adding(seconds: 1)).articles == 1)
    #expect(try desk.publisher.publish([same]).unchanged == 1)
    // It is known again, for who forgets it, withdraws it or looks at it again.
    let row = try #require(try desk.store.article(publisher: "p", key: "x"))
    #expect(row.version == 1 && row.contentHash == "present" && row.state == .published)
    #expect(try desk.queued() == ["x former v1"])
    #expect(try desk.publisher.publish([desk.article("x", "other")]).published.map(\.version) == [2])
    same.isForced = true
    #expect(try desk.publisher.publish([same]).published.map(\.version) == [3])
  }

  @Test func namesGrowThoughTheClockIsSetBack() throws {
    let desk = try Desk()
    var elements: [String] = []
    for (index, step) in [0, -86_400, 30, -5].enumerated() {
      desk.now = desk.now.adding(seconds: Int64(step))
      elements += try desk.publisher.publish([desk.article("\(index)")]).published.map(\.element)
    }
    // A new run over a lost database goes on after what is in the queue.
    let other = try Store(path: desk.world.directory + "/other.db")
    let publisher = QueuePublisher(store: other, spool: desk.spool, clock: { Timestamp(seconds: 5) })
    _ = try publisher.recover()
    elements += try publisher.publish([desk.article("z")]).published.map(\.element)
    #expect(elements == elements.sorted() && Set(elements).count == 5)
  }

  @Test func finishesItemsWithTheCommit() throws {
    let desk = try Desk()
    let items = try desk.discover("a", "b")
    _ = try desk.publisher.publish([desk.article("canonical-a", item: items[0])])
    #expect(try desk.store.waitingItems(now: desk.now, limit: 9).map(\.key) == ["b"])
    // Unchanged content finishes its item as well.
    let outcome = try desk.publisher.publish([desk.article("canonical-a", item: items[1])])
    #expect(outcome.published.isEmpty && outcome.unchanged == 1)
    #expect(try desk.store.waitingCount() == 0)
    #expect(try desk.publisher.publish([]) == PublicationOutcome())
  }

  @Test(arguments: [Spool.Step.create, .allocate, .write, .syncFile, .close, .syncTmp])
  func fullDiskWhileStagingChangesNothing(
    _ step: Spool.Step
  ) throws {
    let desk = try Desk()
    let items = try desk.discover("a", "b")
    var calls = 0
    desk.spool.fault = { made in
      guard made == step else { return 0 }
      calls += 1
      return step == .syncTmp || calls == 2 ? ENOSPC : 0
    }
    let batch = [desk.article("a", item: items[0]), desk.article("b", item: items[1])]
    #expect { try desk.publisher.publish(batch) } throws: { error in
      if case .spaceExhausted(let text)? = error as? PublicationError { text.contains(desk.spool.path) } else { false }
    }
    #expect(try desk.spool.stagedIDs().isEmpty)
    #expect(try desk.store.waitingCount() == 2)
    desk.spool.fault = { _ in 0 }
    #expect(try desk.publisher.publish(batch).published.count == 2)
    #expect(try desk.queued() == ["a 1 v1", "b 1 v1"])
  }

  /// Files of a batch are synced at once, more of them than may be open: whichever of them fails, the batch comes out
  /// whole and in order, and the directory is synced after the new file has its name.
  @Test(arguments: [1, 2, 20, 40]) func deviceErrorInABatch(_ victim: Int) throws {
    let desk = try Desk()
    var syncs = 0
    var steps: [Spool.Step] = []
    desk.spool.fault = { step in
      steps.append(step)
      if step == .syncFile { syncs += 1 }
      return step == .syncFile && syncs == victim ? EIO : 0
    }
    let keys = (1...40).map { "a\($0)" }
    #expect(try desk.publisher.publish(keys.map { desk.article($0) }).published.count == 40)
    #expect(try desk.queued() == keys.map { "\($0) 1 v1" })
    #expect(steps.count { $0 == .create } == 41)
    let lastSync = try #require(steps.lastIndex(of: .syncTmp))
    #expect(steps[lastSync...].allSatisfy { $0 != .create })
  }

  /// What ends the program between two files leaves them as they are, and no file open.
  @Test func endsInTheMidstOfABatch() throws {
    struct End: Error {}
    let desk = try Desk()
    var left = 3
    desk.restart { point in
      guard point == .staged else { return }
      left -= 1
      if left == 0 { throw End() }
    }
    _ = try desk.publisher.recover()
    #expect(throws: End.self) { try desk.publisher.publish((1...9).map { desk.article("a\($0)") }) }
    #expect(try desk.spool.stagedIDs().count == 3)
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap {
      try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + $0)
    }
    #expect(!open.isEmpty && !open.contains { $0.hasPrefix(desk.world.spoolPath + "/tmp/") })
  }

  /// A failed fsync is never repeated on the same file: once the bytes go to a new one, then the program gives up.
  @Test(arguments: [(1, true), (2, false)]) func deviceErrorWhileStaging(_ failures: Int, _ survives: Bool) throws {
    let desk = try Desk()
    var syncs = 0
    var creates = 0
    desk.spool.fault = { step in
      if step == .create { creates += 1 }
      if step == .syncFile { syncs += 1 }
      return step == .syncFile && syncs <= failures ? EIO : 0
    }
    if survives {
      #expect(try desk.publisher.publish([desk.article("a")]).published.count == 1)
    } else {
      for _ in 0..<2 {  // and goes on refusing until it is started anew
        #expect { try desk.publisher.publish([desk.article("a")]) } throws: { error in
          if case .ioError? = error as? PublicationError { true } else { false }
        }
      }
      desk.restart()
      #expect(try desk.publisher.recover() == RecoveryReport())
      #expect(try desk.publisher.publish([desk.article("a")]).published.count == 1)
    }
    #expect(creates == (survives ? 2 : 3))
    #expect(try desk.queued() == ["a 1 v1"])
  }

  /// No room for a name (P4): what is committed stays staged, and comes out later in its order.
  @Test(arguments: [false, true]) func fullDiskWhileNamingDelays(restarting: Bool) throws {
    let desk = try Desk()
    var renames = 0
    desk.spool.fault = { step in
      if step == .rename { renames += 1 }
      return step == .rename && renames > 2 ? ENOSPC : 0  // the first finds no bucket, the second names a
    }
    let outcome = try desk.publisher.publish([desk.article("a"), desk.article("b"), desk.article("c")])
    #expect(outcome.published.map(\.key) == ["a"] && outcome.delayed == 2)
    #expect { try desk.publisher.publish([desk.article("d")]) } throws: { error in
      if case .spaceExhausted? = error as? PublicationError { true } else { false }
    }
    desk.spool.fault = { _ in 0 }
    if restarting {
      desk.restart()
      desk.spool.fault = { $0 == .rename ? ENOSPC : 0 }
      let first = try desk.publisher.recover()
      #expect(first.published.isEmpty && first.delayed == 2 && first.finished == 1)
      desk.spool.fault = { _ in 0 }
      desk.restart()
      let report = try desk.publisher.recover()
      #expect(report.published.map(\.key) == ["b", "c"] && report.delayed == 0)
    } else {
      #expect(try desk.publisher.publishDelayed().map(\.key) == ["b", "c"])
    }
    #expect(try desk.publisher.publish([desk.article("d")]).published.map(\.key) == ["d"])
    #expect(try desk.queued() == ["a 1 v1", "b 1 v1", "c 1 v1", "d 1 v1"])
  }

  /// No room to make names durable that were given (P5): no wait tells how far it came, only the next start.
  @Test func fullDiskWhileSyncingABucketEndsTheRun() throws {
    let desk = try Desk()
    desk.spool.fault = { $0 == .syncBucket ? ENOSPC : 0 }
    for key in ["a", "b"] {
      #expect { try desk.publisher.publish([desk.article(key)]) } throws: { error in
        if case .failed(_, exitStatus: 75)? = error as? PublicationError { true } else { false }
      }
      desk.spool.fault = { _ in 0 }
    }
    desk.restart()
    #expect(try desk.publisher.recover().finished == 1)
    #expect(try desk.publisher.publish([desk.article("b")]).published.map(\.key) == ["b"])
    #expect(try desk.queued() == ["a 1 v1", "b 1 v1"])
  }

  /// No room in the database (P3): rolled back, unstaged, and all still waiting.
  @Test func fullDatabaseChangesNothing() throws {
    let desk = try Desk()
    let items = try desk.discover("a")
    try desk.store.setPageLimit(spare: 1)
    let batch = (0..<200).map {
      desk.article("\($0)", String(repeating: "x", count: 300), item: $0 == 0 ? items[0] : nil)
    }
    #expect { try desk.publisher.publish(batch) } throws: { error in
      if case .spaceExhausted? = error as? PublicationError { true } else { false }
    }
    #expect(try desk.spool.stagedIDs().isEmpty)
    #expect(try desk.store.outbox().isEmpty)
    #expect(try desk.store.waitingCount() == 1)
    try desk.store.setPageLimit(spare: 10_000)
    #expect(try desk.publisher.publish(batch).published.count == 200)
    #expect(try desk.store.waitingCount() == 0)
  }

  @Test func strangersNameIsLeftAlone() throws {
    let desk = try Desk()
    var taken: [String] = []
    let publisher = QueuePublisher(
      store: desk.store, spool: desk.spool, clock: { desk.now },
      at: { point in
        guard point == .committed, taken.isEmpty else { return }
        let name = try #require(try desk.store.lastQueueName().flatMap { ElementName($0) })
        try desk.spool.stage("stranger", [1])
        _ = try desk.spool.publish("stranger", as: name)
        taken.append(name.path)
      })
    _ = try publisher.recover()
    let outcome = try publisher.publish([desk.article("a")])
    #expect(outcome.published.count == 1 && outcome.published[0].element > taken[0])
    #expect(
      try desk.store.article(publisher: "p", key: "a")?.queueName == String(outcome.published[0].element.suffix(14)))
    #expect(try desk.spool.readPublished(ElementName(taken[0].suffix(14))!) == [1])
  }

  /// What is no directory, and bears the name of the bucket that is due, keeps nobody from the queue, nor from a start.
  @Test(arguments: [false, true], [false, true]) func strangersBucketIsLeftAlone(isLink: Bool, recovering: Bool) throws
  {
    let desk = try Desk()
    let due = ElementName(now: desk.now, after: nil)
    if recovering {
      desk.spool.fault = { $0 == .rename ? ENOSPC : 0 }
      #expect(try desk.publisher.publish([desk.article("a"), desk.article("b")]).delayed == 2)
      desk.spool.fault = { _ in 0 }
    }
    let path = desk.spool.path + "/" + due.bucket
    let isMade =
      isLink ? symlink("/nonexistent", path) == 0 : FileManager.default.createFile(atPath: path, contents: nil)
    #expect(isMade)
    if recovering {
      desk.restart()
      #expect(try desk.publisher.recover().published.count == 2)
    } else {
      #expect(try desk.publisher.publish([desk.article("a"), desk.article("b")]).published.count == 2)
    }
    #expect(try desk.queued() == ["a 1 v1", "b 1 v1"])
    #expect(try QueueReader(path: desk.spool.path).list().allSatisfy { $0.name.seconds - due.seconds < 120 })
    var status = stat()
    #expect(lstat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFDIR)
  }

  @Test func damagedStagedFileIsSetAsideAndFetchedAgain() throws {
    let desk = try Desk()
    let items = try desk.discover("a")
    desk.spool.fault = { $0 == .rename ? ENOSPC : 0 }
    _ = try desk.publisher.publish([desk.article("a", item: items[0])])
    let staged = try #require(try desk.spool.stagedIDs().first)
    let file = try #require(FileHandle(forWritingAtPath: "\(desk.spool.path)/tmp/\(staged)"))
    try file.truncate(atOffset: 30)
    desk.spool.fault = { _ in 0 }
    desk.restart()
    let report = try desk.publisher.recover()
    #expect(report.quarantined == [staged] && report.published.isEmpty)
    #expect(try desk.queued().isEmpty)
    let again = try desk.store.waitingItems(now: desk.now, limit: 9)
    #expect(again.map(\.key) == ["a"])
    _ = try desk.publisher.publish([desk.article("a", item: again[0])])
    #expect(try desk.queued() == ["a 1 v1"])
  }

  /// A notice of withdrawal that was taken back has not been given: it is given when the page is asked for again.
  @Test func aNoticeThatWasTakenBackIsGivenAgain() throws {
    let desk = try Desk()
    let item = try desk.discover("a")[0]
    var notice = desk.article("a", "withdrawn", item: item)
    notice.isWithdrawn = true
    _ = try desk.publisher.publish([desk.article("a", item: item)])
    desk.spool.fault = { $0 == .rename ? ENOSPC : 0 }
    _ = try desk.publisher.publish([notice])
    let staged = try #require(try desk.spool.stagedIDs().first)
    try #require(FileHandle(forWritingAtPath: "\(desk.spool.path)/tmp/\(staged)")).truncate(atOffset: 30)
    desk.spool.fault = { _ in 0 }
    desk.restart()
    #expect(try desk.publisher.recover().quarantined == [staged])
    #expect(try desk.store.waitingItems(now: desk.now, limit: 9).map(\.key) == ["a"])
    #expect(try desk.store.article(publisher: "p", key: "a")?.isWithdrawn == false)
    #expect(try desk.publisher.publish([notice]).published.map(\.version) == [3])
    #expect(try desk.store.article(publisher: "p", key: "a")?.isWithdrawn == true)
  }

  /// A database that was damaged names no element where it should: the article gets another name, and no start fails.
  @Test(arguments: ["6b0d3z1577dcd5", "", "6b0d3\u{FFFD}1577dcd5"]) func aDamagedNameIsReplaced(_ name: String) throws {
    let desk = try Desk()
    desk.spool.fault = { $0 == .rename ? ENOSPC : 0 }
    _ = try desk.publisher.publish([desk.article("a"), desk.article("b")])
    let id = try #require(try desk.store.article(publisher: "p", key: "a")).stagedID
    try desk.store.database.run(
      "test", "UPDATE outbox SET queue_name = ? WHERE staged_id = ?", .text(name), .text(id))
    desk.spool.fault = { _ in 0 }
    desk.restart()
    #expect(try desk.publisher.recover().published.count == 2)
    #expect(try desk.queued().sorted() == ["a 1 v1", "b 1 v1"])
    desk.restart()
    #expect(try desk.publisher.recover() == RecoveryReport())
  }

  /// The device lost a rename that it had confirmed: the article is published again, and said so.
  @Test func lostRenameIsRepeated() throws {
    let desk = try Desk()
    let element = try desk.publisher.publish([desk.article("a")]).published[0].element
    try desk.publisher.flush()
    let id = try #require(try desk.store.article(publisher: "p", key: "a")).stagedID
    #expect(rename("\(desk.spool.path)/\(element)", "\(desk.spool.path)/tmp/\(id)") == 0)
    desk.restart()
    let report = try desk.publisher.recover()
    #expect(report.republished.map(\.element) == [element] && report.published.isEmpty)
    #expect(try desk.queued() == ["a 1 v1"])
  }

  /// Half a rename: the article under both its names. The second is dropped, not published under another.
  @Test func doubledRenameIsUndone() throws {
    let desk = try Desk()
    let element = try desk.publisher.publish([desk.article("a")]).published[0].element
    let id = try #require(try desk.store.article(publisher: "p", key: "a")).stagedID
    #expect(link("\(desk.spool.path)/\(element)", "\(desk.spool.path)/tmp/\(id)") == 0)
    desk.restart()
    _ = try desk.publisher.recover()
    #expect(try desk.queued() == ["a 1 v1"])
    #expect(try desk.spool.stagedIDs().isEmpty)
  }

  /// Somebody clears tmp/ between commit and rename. The publisher knows what it has named, and what not: that is
  /// fetched again. The next start could not tell any more.
  @Test func stagedFilesThatAreTakenAwayAreFetchedAgain() throws {
    let desk = try Desk()
    let items = try desk.discover("a", "b", "c")
    var named = 0
    desk.restart { point in
      guard point == .renamed else { return }
      named += 1
      guard named == 1 else { return }
      for id in try desk.spool.stagedIDs() { try desk.spool.discardStaged(id) }
    }
    _ = try desk.publisher.recover()
    let batch = items.map { desk.article($0.key, item: $0) }
    #expect { try desk.publisher.publish(batch) } throws: { error in
      (error as? PublicationError)?.description.contains("another program removed 2 staged files") == true
    }
    desk.restart()
    #expect(try desk.publisher.recover().finished == 1)
    let again = try desk.store.waitingItems(now: desk.now, limit: 9)
    #expect(again.map(\.key) == ["b", "c"])
    _ = try desk.publisher.publish(again.map { desk.article($0.key, item: $0) })
    #expect(try desk.queued() == ["a 1 v1", "b 1 v1", "c 1 v1"])
  }

  /// What a stranger put there stays, and keeps nobody from a start.
  @Test func aDirectoryBesideTheStagedFilesIsLeftAlone() throws {
    let desk = try Desk()
    try desk.spool.stage("stray", [0x31])
    #expect(mkdir(desk.world.spoolPath + "/tmp/foreign", 0o700) == 0)
    desk.restart()
    let report = try desk.publisher.recover()
    #expect(report.foreign == ["foreign"] && report.discarded == 1)
    #expect(try desk.spool.stagedIDs() == ["foreign"])
    #expect(try desk.publisher.publish([desk.article("a")]).published.count == 1)
  }

  /// What the status of a failed batch is: that of its cause.
  @Test(arguments: [EACCES: 77, EMFILE: 71, EROFS: 77, EIO: 74, ENOSPC: 75] as [Int32: Int32])
  func failuresEndWithTheStatusOfTheirCause(_ code: Int32, _ status: Int32) throws {
    let desk = try Desk()
    desk.spool.fault = { $0 == .create ? code : 0 }
    #expect { _ = try desk.publisher.publish([desk.article("a")]) } throws: { error in
      (error as? PublicationError)?.exitStatus == status
    }
  }

  /// Names are committed before they are used: one that the state has not given says that it is not the newest state.
  @Test func aStateOlderThanTheQueueIsNoticed() throws {
    let desk = try Desk()
    #expect(try desk.publisher.recover().newerElement == nil)
    let copy = desk.world.directory + "/copy.db"
    _ = try desk.publisher.publish([desk.article("a")])
    try desk.publisher.flush()
    try desk.store.backUp(to: copy)
    desk.now = desk.now.adding(seconds: 1)
    let second = try desk.publisher.publish([desk.article("b")]).published[0].element
    desk.restart()
    #expect(try desk.publisher.recover().newerElement == nil)
    let restored = QueuePublisher(store: try Store(path: copy), spool: desk.spool, clock: { desk.now })
    #expect(try restored.recover().newerElement == second)
    // What is published from now on is named after it.
    _ = try restored.publish([desk.article("c")])
    #expect(try restored.recover().newerElement == nil)
    let new = QueuePublisher(
      store: try Store(path: desk.world.directory + "/new.db"), spool: desk.spool, clock: { desk.now })
    #expect(try new.recover().newerElement != nil)
  }

  @Test func strayFilesAreDiscarded() throws {
    let desk = try Desk()
    try desk.spool.stage("whole", QueueElement(article: [0x31]).bytes)
    try desk.spool.stage("torn", [0x31])
    desk.restart()
    #expect(try desk.publisher.recover().discarded == 2)
    #expect(try desk.spool.stagedIDs().isEmpty)
  }
}
