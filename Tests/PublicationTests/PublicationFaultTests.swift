import DrillWorld
import Foundation
import Glibc
import Testing
import Values

@testable import Publication
@testable import Queue
@testable import Store

extension Store {
  /// Lets the database grow by so many pages and no more.
  fileprivate func setPageLimit(spare: Int) throws {
    let pages = try database.first("test", "PRAGMA page_count") { $0.int(0) } ?? 0
    try database.execute("test", "PRAGMA max_page_count = \(pages + spare)")
  }
}

/// A full disk, a failing device, a full database: what a batch leaves behind.
@Suite struct PublicationFaultTests {
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

  /// What the status of a failed batch is: that of its cause.
  @Test(arguments: [EACCES: 77, EMFILE: 71, EROFS: 77, EIO: 74, ENOSPC: 75] as [Int32: Int32])
  func failuresEndWithTheStatusOfTheirCause(_ code: Int32, _ status: Int32) throws {
    let desk = try Desk()
    desk.spool.fault = { $0 == .create ? code : 0 }
    #expect { _ = try desk.publisher.publish([desk.article("a")]) } throws: { error in
      (error as? PublicationError)?.exitStatus == status
    }
  }
}
