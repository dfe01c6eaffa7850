import DrillWorld
import Foundation
import Glibc
import Testing
import Values

@testable import Publication
@testable import Queue
@testable import Store

/// A new start over the same store and another queue than that of the last run.
@Suite struct MovedQueueTests {
  /// A desk with one article in the queue and two committed ones that found no room for a name.
  private func delayed() throws -> Desk {
    let desk = try Desk()
    let items = try desk.discover("a", "b", "c")
    var renames = 0
    desk.spool.fault = { step in
      if step == .rename { renames += 1 }
      return step == .rename && renames > 2 ? ENOSPC : 0  // the first finds no bucket, the second names a
    }
    #expect(try desk.publisher.publish(items.map { desk.article($0.key, item: $0) }).delayed == 2)
    desk.spool.fault = { _ in 0 }
    return desk
  }

  private func open(_ desk: Desk, _ path: String) throws -> (Spool, QueuePublisher) {
    let spool = try Spool(path: path, anyFileSystem: true)
    return (spool, QueuePublisher(store: desk.store, spool: spool, clock: { desk.now }))
  }

  private func titles(_ path: String) throws -> [String] {
    let reader = try QueueReader(path: path)
    return try reader.list().map { entry in
      let json = try reader.read(entry.path).json()
      return "\(json["uri"]!.string!.split(separator: ":").last!) v\(json["version"]!.string!)"
    }
  }

  @Test(arguments: [false, true]) func whatWasStagedIsBrought(interrupted: Bool) throws {
    let desk = try delayed()
    let path = desk.world.directory + "/bigger"
    if interrupted {
      let (spool, publisher) = try open(desk, path)
      spool.fault = { $0 == .syncTmp ? ENOSPC : 0 }
      #expect(throws: PublicationError.self) { try publisher.recover() }
      // As a kill in the midst of writing leaves it.
      let file = try #require(FileHandle(forWritingAtPath: "\(path)/tmp/\(spool.stagedIDs()[0])"))
      try file.truncate(atOffset: 20)
    }
    let (spool, publisher) = try open(desk, path)
    let report = try publisher.recover()
    #expect(report.brought == 2 && report.published.map(\.key) == ["b", "c"] && report.leftQueue == desk.spool.path)
    #expect(report.finished == 1 && report.withdrawn == 0 && report.discarded == 0)
    #expect(try titles(path) == ["b v1", "c v1"])
    #expect(try desk.queued() == ["a 1 v1"])
    #expect(try desk.spool.stagedIDs().isEmpty && spool.stagedIDs().isEmpty)
    // Back again: nothing is left there, and nothing comes twice.
    desk.restart()
    var back = RecoveryReport()
    back.leftQueue = path
    #expect(try desk.publisher.recover() == back)
    #expect(try desk.publisher.recover() == RecoveryReport())
    #expect(try desk.queued() == ["a 1 v1"])
  }

  @Test func aQueueThatWasRenamedIsTheSame() throws {
    let desk = try delayed()
    let path = desk.world.directory + "/renamed"
    #expect(rename(desk.world.spoolPath, path) == 0)
    let (_, publisher) = try open(desk, path)
    let report = try publisher.recover()
    #expect(report.brought == 0 && report.withdrawn == 0 && report.published.map(\.key) == ["b", "c"])
    #expect(report.leftQueue == nil)
    #expect(try titles(path) == ["a v1", "b v1", "c v1"])
  }

  @Test func aQueueThatWasCopiedHasItAll() throws {
    let desk = try delayed()
    let path = desk.world.directory + "/copied"
    try FileManager.default.copyItem(atPath: desk.world.spoolPath, toPath: path)
    try FileManager.default.removeItem(atPath: desk.world.spoolPath)
    let (_, publisher) = try open(desk, path)
    #expect(try publisher.recover().published.map(\.key) == ["b", "c"])
    #expect(try titles(path) == ["a v1", "b v1", "c v1"])
  }

  @Test func aQueueThatIsNotThereEndsTheStart() throws {
    let desk = try delayed()
    let aside = desk.world.directory + "/unmounted"
    #expect(rename(desk.world.spoolPath, aside) == 0)
    let path = desk.world.directory + "/bigger"
    for _ in 0..<2 {
      let (_, publisher) = try open(desk, path)
      #expect { try publisher.recover() } throws: { error in
        guard let error = error as? PublicationError else { return false }
        return error.exitStatus == 78
          && error.description.contains("3 committed articles that had no name yet lie in \(desk.world.spoolPath)/tmp")
      }
    }
    // Mounted again, it gives them; what it had named is not taken back.
    #expect(rename(aside, desk.world.spoolPath) == 0)
    let (_, publisher) = try open(desk, path)
    let report = try publisher.recover()
    #expect(report.brought == 2 && report.finished == 1)
  }

  /// As the message says, and as it is after a disk was mounted over the queue.
  @Test(arguments: [false, true]) func whatIsLostForGoodIsFetchedAgain(atItsPlace: Bool) throws {
    let desk = try delayed()
    try FileManager.default.removeItem(atPath: desk.world.spoolPath)
    // The numbers of what was removed are used again soon.
    for filler in 0..<3 { #expect(mkdir(desk.world.directory + "/filler\(filler)", 0o700) == 0) }
    #expect(mkdir(desk.world.spoolPath, 0o700) == 0 && mkdir(desk.world.spoolPath + "/tmp", 0o700) == 0)
    let path = atItsPlace ? desk.world.spoolPath : desk.world.directory + "/bigger"
    let (_, publisher) = try open(desk, path)
    let report = try publisher.recover()
    #expect(report.withdrawn == 3 && report.published.isEmpty)
    let again = try desk.store.waitingItems(now: desk.now, limit: 9)
    #expect(again.map(\.key) == ["a", "b", "c"])
    #expect(try publisher.publish(again.map { desk.article($0.key, item: $0) }).published.map(\.version) == [1, 1, 1])
  }

  /// A disk that is not mounted at a start, and a setting that was changed: consumers may look at another place than
  /// what waits for them.
  @Test func itIsToldThatTheQueueIsAnotherOne() throws {
    let desk = try Desk()
    _ = try desk.publisher.publish([desk.article("a")])
    try desk.publisher.flush()
    let path = desk.world.directory + "/bigger"
    let (_, publisher) = try open(desk, path)
    #expect(try publisher.recover().leftQueue == desk.spool.path)
    #expect(try publisher.recover().leftQueue == nil)
    try FileManager.default.removeItem(atPath: path)
    desk.restart()
    #expect(try desk.publisher.recover().leftQueue == path)
  }

  /// What was named before the end and not marked so is not published again, though consumers have taken it.
  @Test func whatWasNamedStaysSo() throws {
    let desk = try Desk()
    _ = try desk.publisher.publish([desk.article("a")])
    #expect(try desk.world.consume().count == 1)
    let path = desk.world.directory + "/bigger"
    let (_, publisher) = try open(desk, path)
    let report = try publisher.recover()
    #expect(report.finished == 1 && report.brought == 0 && report.withdrawn == 0)
    #expect(try titles(path).isEmpty)
  }

  /// As on btrfs, which gives the `tmp/` of two queues that were made in the same way the same number and generation.
  @Test func queuesOfOneNumberAreToldApartByTheirBirth() throws {
    let desk = try delayed()
    let here = try desk.spool.place()
    var other = here
    other.birth -= 1_000_000_000
    #expect(here.birth > 0)
    try desk.store.setQueuePlace(other.description)
    desk.restart()
    let report = try desk.publisher.recover()
    // Those in tmp/ are this queue's all the same, and the third is in it by its name.
    #expect(report.published.map(\.key) == ["b", "c"] && report.finished == 1)
    try FileManager.default.removeItem(atPath: desk.world.spoolPath)
    let again = try self.delayed()
    var lost = try again.spool.place()
    lost.birth -= 1_000_000_000
    try again.store.setQueuePlace(lost.description)
    for id in try again.spool.stagedIDs() { try again.spool.discardStaged(id) }
    again.restart()
    #expect(try again.publisher.recover().withdrawn == 2)
    #expect(try again.store.waitingItems(now: again.now, limit: 9).map(\.key) == ["b", "c"])
  }

  @Test(
    arguments: [
      (12, 7, 5, true), (12, 7, 6, false), (12, 8, 5, false), (13, 7, 5, false), (12, 7, 0, true), (12, 0, 5, true),
      (12, 0, 6, false),
    ] as [(UInt64, UInt32, Int64, Bool)])
  func marks(_ inode: UInt64, _ generation: UInt32, _ birth: Int64, _ isSame: Bool) {
    let place = QueuePlace(path: "/a", inode: 12, generation: 7, birth: 5)
    #expect(place.hasMark(of: QueuePlace(path: "/b", inode: inode, generation: generation, birth: birth)) == isSame)
  }

  @Test func aPlaceIsReadAsItWasWritten() {
    let place = QueuePlace(path: "/var/spool/two words", inode: 12, generation: 7, birth: 1_764_490_000_123_456_789)
    #expect(QueuePlace(place.description) == place)
    #expect(QueuePlace("12 7 /var/spool") == QueuePlace(path: "/var/spool", inode: 12, generation: 7))
    for text in ["", "12", "12 7", "x 7 /a", "12 -7 /a", "12 7@ /a", "12 7@x /a", "12 7@1@2 /a"] {
      #expect(QueuePlace(text) == nil, "\(text)")
    }
  }
}
