import Articles
import Foundation
import Queue
import Store
import Testing

@testable import Ingest

extension Ledger {
  /// Hands in several articles while the ledger is busy, so that all come before the next batch.
  fileprivate func publishTogether(_ submissions: [Submission]) -> [Task<Publishing, any Error>] {
    submissions.map { submission in Task { try await self.publish(submission) } }
  }
}

@Suite("Readings of one article that come at once") struct LedgerBatchTests {
  private static let facts = PublisherFacts(id: "p", name: "Paper", url: "https://p.example/")

  private func reading(_ text: String, of key: String, isPartial: Bool) -> Ledger.Submission {
    var article = Article(headline: "Ferries return")
    article.body = [.paragraph([.text(text)])]
    article.isPartial = isPartial
    var submission = Ledger.Submission(
      article: article, facts: Self.facts, key: key, uri: "urn:newswire:p:\(key)", url: "https://p.example/\(key)",
      origin: 0)
    if isPartial { submission.decide = { $0?.quality?.isPartial == false ? .stand : .publish } }
    return submission
  }

  /// The second is judged by what the first has published, and each is told of its own version.
  @Test("are published one after the other", arguments: [(true, ["1", "stood", "1"]), (false, ["1", "2", "1"])])
  func judgesEachByTheOneBefore(_ isPartial: Bool, _ expected: [String]) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("nw-ledger-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let ledger = Ledger()
    _ = try await ledger.open(
      state: folder + "/state", spool: folder + "/spool", anyFileSystem: true, capacity: Capacity())
    let tasks = await ledger.publishTogether([
      reading("All of it, from the first word to the last.", of: "a", isPartial: false),
      reading("All of it.", of: "a", isPartial: isPartial),
      reading("Something else.", of: "b", isPartial: false),
    ])
    var results: [String] = []
    for task in tasks {
      switch try await task.value {
      case .published(let version, _, _): results.append("\(version)")
      case .stood: results.append("stood")
      case .unchanged: results.append("unchanged")
      case .delayed: results.append("delayed")
      }
    }
    #expect(results == expected)
    try await ledger.close()
  }
}
