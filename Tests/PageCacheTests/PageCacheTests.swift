import Foundation
import Testing
import Values

@testable import PageCache

@Suite struct PageCacheTests {
  private final class Shelf {
    let path = NSTemporaryDirectory() + "newswire-pages-" + UUID().uuidString
    func cache(maxBytes: Int64 = 1 << 20, maxAge: Int64 = 7 * 86_400) -> PageCache {
      PageCache(path: path, maxBytes: maxBytes, maxAge: maxAge)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private func page(_ key: String, _ body: String, at fetched: Timestamp = .now()) -> CachedPage {
    CachedPage(
      key: key, url: "https://p.example/\(key)", contentType: "text/html; charset=utf-8",
      fetched: Timestamp(seconds: fetched.seconds), body: Array(body.utf8))
  }

  /// Sets the time a file was written, as if its page had been fetched then.
  private func age(_ entry: PageCache.Entry, by seconds: Double) throws {
    try FileManager.default.setAttributes(
      [.modificationDate: Date().addingTimeInterval(-seconds)], ofItemAtPath: entry.path)
  }

  @Test func givesBackWhatItKept() throws {
    let shelf = Shelf()
    let cache = shelf.cache()
    let bodies = [
      "", "x", String(repeating: "<p>Ferries return to the harbour. ", count: 9000), "\u{0}\n\u{FF}{\"key\":1}",
    ]
    for (number, body) in bodies.enumerated() { try cache.keep(page("\(number)", body), of: "courier") }
    try cache.keep(page("0", "of another publisher"), of: "gazette")
    let found = cache.entries(of: "courier").compactMap { cache.page($0) }.sorted { $0.key < $1.key }
    #expect(found == bodies.enumerated().map { page("\($0)", $1, at: found[$0].fetched) })
    #expect(cache.entries(of: "gazette").count == 1 && cache.entries(of: "nobody").isEmpty)
    // Compressed: the long page takes a small part of its size.
    #expect(cache.bytes < 20_000)
    #expect(cache.bytes == (cache.entries(of: "courier") + cache.entries(of: "gazette")).reduce(0) { $0 + $1.bytes })
  }

  @Test func keepsTheLatestOfAKey() throws {
    let shelf = Shelf()
    let cache = shelf.cache()
    try cache.keep(page("a", "first"), of: "p")
    try cache.keep(page("a", "second"), of: "p")
    let entries = cache.entries(of: "p")
    #expect(entries.count == 1 && cache.page(entries[0])?.body == Array("second".utf8))
    #expect(cache.page("a", of: "p")?.body == Array("second".utf8))
    #expect(cache.page("b", of: "p") == nil && cache.page("a", of: "q") == nil)
    #expect(cache.bytes == entries[0].bytes)
  }

  @Test func discardsOneKeyOfOnePublisher() throws {
    let shelf = Shelf()
    let cache = shelf.cache()
    for (key, publisher) in [("a", "p"), ("b", "p"), ("a", "q")] { try cache.keep(page(key, key), of: publisher) }
    for key in ["a", "a", "never kept"] { cache.discard(key, of: "p") }
    #expect(cache.entries(of: "p").compactMap { cache.page($0)?.key } == ["b"])
    #expect(cache.entries(of: "q").count == 1)
    #expect(cache.bytes == (cache.entries(of: "p") + cache.entries(of: "q")).reduce(0) { $0 + $1.bytes })
  }

  @Test func listsBySinceAndAge() throws {
    let shelf = Shelf()
    let cache = shelf.cache(maxAge: 1000)
    for (key, seconds) in [("new", 0.0), ("day", 500), ("old", 2000)] {
      try cache.keep(page(key, key), of: "p")
      let entry = try #require(cache.entries(of: "p").first { cache.page($0)?.key == key })
      try age(entry, by: seconds)
    }
    let keys = { cache.entries(of: "p", since: $0).compactMap { cache.page($0)?.key } }
    #expect(keys(nil) == ["old", "day", "new"])
    #expect(keys(Timestamp.now().adding(seconds: -600)) == ["day", "new"])
    #expect(cache.tidy(now: .now()) == 1)
    #expect(keys(nil) == ["day", "new"])
    #expect(cache.tidy(now: Timestamp.now().adding(seconds: 5000)) == 2)
    #expect(!FileManager.default.fileExists(atPath: shelf.path + "/p"))
  }

  /// Whatever is kept, in whatever order of sizes, the directory never holds more than its bound for long.
  @Test func neverGrowsBeyondItsBound() throws {
    let shelf = Shelf()
    let cache = shelf.cache(maxBytes: 40_000)
    var random = SystemRandomNumberGenerator()
    for number in 0..<200 {
      let noise = String(
        (0..<Int.random(in: 1...4000, using: &random)).map { _ in Character(UnicodeScalar(UInt8.random(in: 33...126))) }
      )
      try cache.keep(page("\(number)", noise), of: number % 3 == 0 ? "p" : "q")
      let actual = (cache.entries(of: "p") + cache.entries(of: "q")).reduce(0) { $0 + $1.bytes }
      #expect(actual <= 40_000 && actual == cache.bytes, "after \(number)")
    }
    #expect(cache.entries(of: "q").count > 2)
    // A cache that starts over the same directory counts what is there.
    let again = shelf.cache(maxBytes: 40_000)
    again.tidy(now: .now())
    #expect(again.bytes == cache.bytes)
  }

  @Test(arguments: ["cut", "flipped", "garbage", "empty", "bomb"]) func damageIsAbsence(_ kind: String) throws {
    let shelf = Shelf()
    let cache = shelf.cache()
    try cache.keep(page("a", String(repeating: "news ", count: 500)), of: "p")
    let entry = cache.entries(of: "p")[0]
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: entry.path)))
    switch kind {
    case "cut": bytes.removeLast(3)
    case "flipped": bytes[bytes.count - 1] ^= 1  // the checksum alone tells
    case "garbage": bytes = Array("no page at all\nnot zlib".utf8)
    case "bomb":
      bytes = Array(#"{"key":"a","url":"u","fetched":"2026-01-01T00:00:00Z","length":9000000000}"#.utf8) + [10]
    default: bytes = []
    }
    try Data(bytes).write(to: URL(fileURLWithPath: entry.path))
    #expect(cache.page(entry) == nil)
    #expect(cache.entries(of: "p").isEmpty)
  }

  /// No room for the new page: the old one must not be taken for it.
  @Test func aPageThatCannotBeKeptTakesTheOldOneAlong() throws {
    let shelf = Shelf()
    let cache = shelf.cache()
    try cache.keep(page("a", "first"), of: "p")
    // A directory in the place of the file to be written stands for a disk that refuses.
    let entry = cache.entries(of: "p")[0]
    try FileManager.default.createDirectory(atPath: entry.path + ".new", withIntermediateDirectories: true)
    #expect(throws: PageCacheError.self) { try cache.keep(page("a", "second"), of: "p") }
    #expect(cache.entries(of: "p").isEmpty)
  }

  /// A page that cannot be read just now may be whole: only a damaged one goes, and is no longer counted.
  @Test func removesOnlyWhatIsDamaged() throws {
    let shelf = Shelf()
    let cache = shelf.cache()
    for key in ["whole", "damaged"] { try cache.keep(page(key, key), of: "p") }
    let entries = cache.entries(of: "p")
    let whole = try #require(entries.first { cache.page($0)?.key == "whole" })
    let damaged = try #require(entries.first { cache.page($0)?.key == "damaged" })
    // As it is when there is no room for another open file.
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    var none = rlimit(rlim_cur: 0, rlim_max: limit.rlim_max)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &none)
    let missed = cache.page(whole)
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    #expect(missed == nil && cache.page(whole)?.key == "whole")
    try Data("nothing\n".utf8).write(to: URL(filePath: damaged.path))
    let before = cache.bytes
    #expect(cache.page(damaged) == nil && cache.bytes == before - 8)
    #expect(cache.entries(of: "p") == [whole])
  }
}
