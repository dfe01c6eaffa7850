import Feeds
import Foundation
import Testing
import Values

/// The real feeds that may lie beside the project. They are nobody's to copy, so these tests skip where they are
/// absent.
@Suite struct CorpusTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared/corpus/feeds")
  static let isThere = FileManager.default.fileExists(atPath: folder.path)

  @Test(.enabled(if: isThere, "skipped: no corpus at ../shared/corpus/feeds"))
  func readsAllRealFeeds() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path).sorted()
    #expect(names.count >= 50)
    for name in names {
      let bytes = Array(try Data(contentsOf: Self.folder.appendingPathComponent(name)))
      let feed = try FeedReader.read(bytes, url: WebURL("https://corpus.example/\(name)"))
      // Complete items only: the last one of a document that was cut off has no end tag.
      let text = String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self)
      if !name.hasSuffix(".json") {
        #expect(feed.items.count == text.matches(of: /<\/(\w+:)?(item|entry)>/).count, "\(name)")
      }
      #expect(!feed.items.isEmpty, "\(name)")
      // An id stands for one address at most.
      let pairs = Set(feed.items.map { [$0.id, $0.url?.description ?? ""] })
      #expect(Set(feed.items.map(\.id)).count == pairs.count, "\(name)")
      #expect(Feed(jsonFeed: feed.jsonFeed) == feed, "\(name)")
    }
  }
}
