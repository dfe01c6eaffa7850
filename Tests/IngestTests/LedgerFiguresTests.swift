import Foundation
import Queue
import Store
import Testing
import Values

@testable import Ingest

@Suite("What the ledger tells of a publisher's past") struct LedgerFiguresTests {
  /// An article that was published while the clock was two months ahead would be the newest, and all others too old to
  /// count.
  @Test("is not hidden by an article of a clock that was ahead")
  func wrongClock() async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-ledger-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder + "/state", withIntermediateDirectories: true)
    let now = Timestamp(seconds: 1_800_000_000)
    do {
      let store = try Store(path: folder + "/state/newswire.db")
      try store.transaction("test") {
        for (index, day) in ([-2, -1, 0, 0, 60] as [Int64]).enumerated() {
          let time = now.adding(seconds: day * 86_400 - 60)
          try store.commitVersion(
            ArticleRow(
              publisher: "p", key: "\(index)", uri: "urn:\(index)", version: 1, contentHash: "h",
              stagedID: "s-\(index)",
              queueName: "\(index)", state: .published, firstSeen: time, updatedAt: time, url: "https://p.example/",
              headline: "H"))
          try store.markPublished(stagedID: "s-\(index)")
        }
      }
    }
    let ledger = Ledger()
    _ = try await ledger.open(
      state: folder + "/state", spool: folder + "/spool", anyFileSystem: true, capacity: Capacity())
    let past = try #require(try await ledger.past(of: ["p"], now: now)["p"])
    #expect(past.rhythm.today(now) == 2 && past.articles == 5)
    #expect(past.rhythm.articles.latest == PublisherRhythm.hour(now.adding(seconds: -60)))
    try await ledger.close()
  }
}
