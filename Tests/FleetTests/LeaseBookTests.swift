import Store
import Testing

@testable import Fleet

/// One node and its book, step by step, with a database that answers at once.
@Suite struct LeaseBookTests {
  private struct Bench {
    var database = SimulatedDatabase()
    var book: LeaseBook
    var time: Int64 = 1_000_000_000_000
    var busy: Set<String> = []
    /// What the clock on the wall says, beside the database's.
    var wallLead = 0.0
    var isAway = false
    var statements: [LeaseStatement] = []

    static let second: Int64 = 1_000_000_000

    init(_ wishes: [GroupWish]) {
      let numbers = Numbers()
      book = LeaseBook(name: "a", lease: 15 * Self.second) { numbers.next() }
      book.wish(wishes)
    }

    final class Numbers: @unchecked Sendable {
      var last: Int64 = 100
      func next() -> Int64 {
        last += 1
        return last
      }
    }

    /// One beat, after that many seconds; what it brought.
    @discardableResult
    mutating func beat(after seconds: Double = 0) -> [LeaseEvent] {
      time += Int64(seconds * 1e9)
      statements = []
      var statement: LeaseStatement? = book.begin(now: time)
      while let current = statement {
        statements.append(current)
        if isAway {
          book.failed(current, now: time)
          break
        }
        let answer = run(current)
        let busy = busy
        statement = book.receive(
          answer, to: current, sentAt: time, now: time, wall: Double(time) / 1e9 + wallLead,
          idle: { !busy.contains($0) })
      }
      return book.takeEvents()
    }

    mutating func run(_ statement: LeaseStatement) -> LeaseAnswer {
      database.run(statement, by: "a", instance: "i", lease: 15 * Self.second, time: time)
    }

    mutating func acquire(_ group: String) -> Bool {
      guard let statement = book.acquisition(of: group, now: time), case .acquired(let row) = run(statement) else {
        return false
      }
      book.acquired(row, now: time)
      _ = book.takeEvents()
      return true
    }
  }

  private static let wishes = [GroupWish(group: "g1", weight: 1), GroupWish(group: "g2", weight: 2)]

  private func joined() -> Bench {
    var bench = Bench(Self.wishes)
    bench.beat()
    bench.beat(after: 0.5)
    #expect(bench.book.held.keys.sorted() == ["g1", "g2"])
    return bench
  }

  @Test func theFirstBeats() {
    var bench = Bench(Self.wishes)
    #expect(bench.beat() == [.joined(nodes: 1)])
    // What has its rows now is to be had soon.
    #expect(bench.book.pause(now: bench.time) <= Bench.second)
    #expect(
      bench.beat(after: 0.5) == [
        .gained(group: "g1", before: .nobody), .gained(group: "g2", before: .nobody),
      ])
    #expect(bench.beat(after: 5) == [] && bench.statements.count == 1)
    #expect(bench.book.pause(now: bench.time) == 3 * Bench.second)
  }

  @Test func thePermissionEndsByTheClock() {
    var bench = joined()
    bench.beat(after: 5)
    let sent = bench.time
    // A lease of 15 s less a fifth.
    #expect(bench.book.permits("g1", now: sent + 12 * Bench.second - 1))
    #expect(!bench.book.permits("g1", now: sent + 12 * Bench.second))
    bench.isAway = true
    #expect(bench.beat(after: 5) == [] && bench.beat(after: 5) == [])
    #expect(bench.beat(after: 2) == [.cutOff])
    #expect(bench.beat(after: 100) == [])
    bench.isAway = false
    // Nobody took anything.
    #expect(bench.beat(after: 1) == [.back])
    #expect(bench.book.permits("g1", now: bench.time) && bench.book.permits("g2", now: bench.time))
  }

  @Test(arguments: [
    (5, 2), (10, 2), (15, 3), (300, 60),
  ]) func margins(lease: Int64, margin: Int64) {
    let book = LeaseBook(name: "a", lease: lease * Bench.second) { 1 }
    #expect(book.margin == margin * Bench.second)
  }

  @Test func aNodeThatWasDeclaredGoneStartsAnew() {
    var bench = joined()
    let row = bench.database.nodes["a"]!
    let mark = NodeMark(name: "a", session: row.session, beat: row.beat, lease: row.lease!)
    #expect(bench.run(.bury([mark])) == .buried(["a"]))
    bench.database.leases["g1"]!.node = "b"
    bench.database.leases["g1"]!.epoch += 1
    let epoch = bench.book.held["g2"]!.epoch
    #expect(
      bench.beat(after: 5) == [
        .lost(group: "g1", why: .expired), .lost(group: "g2", why: .expired), .gained(group: "g2", before: .active),
        .joined(nodes: 1),
      ])
    #expect(bench.book.held["g2"]?.epoch == epoch + 1)
  }

  @Test func theClocksLeadIsToldOnce() {
    var bench = joined()
    bench.wallLead = 20
    #expect(bench.beat(after: 5) == [])
    bench.wallLead = -300
    #expect(bench.beat(after: 5) == [.skew(seconds: -300)])
    bench.wallLead = -310
    #expect(bench.beat(after: 5) == [])
    #expect(bench.book.clockLead == -310)
    bench.wallLead = 0
    #expect(bench.beat(after: 5) == [.skew(seconds: 0)])
    // The database's clock is set: the same from the other side.
    bench.database.setBy = 90_000_000
    #expect(bench.beat(after: 5) == [.skew(seconds: -90)])
    #expect(bench.book.permits("g1", now: bench.time))
  }

  /// The host of a page, held for as long as there is work and ten minutes more.
  @Test func groupsOfPages() {
    var bench = joined()
    let wasTaken = bench.acquire("page.test")
    #expect(wasTaken)
    bench.busy = ["page.test"]
    for _ in 0..<150 { bench.beat(after: 5) }
    #expect(bench.book.held["page.test"] != nil)
    bench.busy = []
    for _ in 0..<119 { bench.beat(after: 5) }
    #expect(bench.book.held["page.test"] != nil)
    #expect(bench.beat(after: 10) == [.lost(group: "page.test", why: .givenBack)])
    #expect(bench.database.leases["page.test"]?.node == nil)
    // No share is counted in it, so it comes back to nobody.
    bench.beat(after: 5)
    #expect(bench.book.held.count == 2)
    bench.database.nodes["a"]!.isDraining = true
    bench.beat(after: 5)
    let wasTakenAgain = bench.acquire("page.test")
    #expect(!wasTakenAgain)
  }

  @Test func wishesChange() {
    var bench = joined()
    bench.busy = ["g1"]
    bench.book.wish([GroupWish(group: "g2", weight: 5), GroupWish(group: "g3", weight: 1)])
    #expect(bench.beat(after: 5) == [])
    #expect(bench.beat(after: 1) == [.gained(group: "g3", before: .nobody)])
    #expect(bench.book.holding.wished == 6 && bench.database.leases["g2"]?.weight == 5)
    // What no plugin wants any more goes when its work is done, and is not taken again.
    bench.busy = []
    #expect(bench.beat(after: 5) == [.lost(group: "g1", why: .givenBack)])
    for _ in 0..<30 { bench.beat(after: 5) }
    #expect(bench.book.held.keys.sorted() == ["g2", "g3"])
  }

  /// The answer to a claim is lost: what was taken all the same is found, and not left to nobody.
  @Test func aLostAnswer() {
    var bench = Bench(Self.wishes)
    bench.beat()
    guard case .joined(let session) = bench.book.phase else {
      Issue.record("not in")
      return
    }
    let claim = LeaseStatement.claim(session: session, weight: 3, limit: 3, only: nil)
    _ = bench.run(claim)
    bench.book.failed(claim, now: bench.time)
    let events = bench.beat(after: 1)
    #expect(Set(bench.book.held.keys) == ["g1", "g2"] && events.count == 2)
    // Once more when a statement that was still under way has surely ended.
    bench.beat(after: 5)
    #expect(!bench.statements.contains(.list(session: session)))
    for _ in 0..<6 { bench.beat(after: 5) }
    bench.database.leases["g4"] = SimulatedDatabase.Lease(node: "a", epoch: 1, weight: 1)
    bench.book.failed(claim, now: bench.time)
    bench.beat(after: 1)
    var listed = 0
    for _ in 0..<8 {
      bench.beat(after: 5)
      listed += bench.statements.count { $0 == .list(session: session) }
    }
    #expect(listed == 1)
  }

  @Test func leaving() {
    var bench = joined()
    let statement = bench.book.leave()
    #expect(bench.book.held.isEmpty && !bench.book.permits("g1", now: bench.time))
    _ = bench.run(statement!)
    #expect(bench.database.nodes["a"]?.lease == nil)
    let again = bench.book.leave()
    #expect(again == nil)
  }
}
