import DrillWorld
import Foundation
import Glibc
import Testing
import Values

@testable import Publication
@testable import Queue
@testable import Store

/// What the next start makes of what it finds: damaged, lost and doubled files, and a state that is not the newest.
@Suite struct PublicationRecoveryTests {
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
