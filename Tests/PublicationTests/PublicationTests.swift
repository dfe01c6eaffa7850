import DrillWorld
import Foundation
import Glibc
import Testing
import Values

@testable import Publication
@testable import Queue
@testable import Store

/// What a batch of articles becomes.
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
}
