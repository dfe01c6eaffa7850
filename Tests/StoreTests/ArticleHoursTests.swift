import Testing
import Values

@testable import Store

@Suite("A publisher's articles by the hour") struct ArticleHoursTests {
  @Test("none before the start and none after the end, which a wrong clock may have given", arguments: Engine.allCases)
  func counts(_ engine: Engine) throws {
    let scratch = try Scratch(engine)
    let store = try scratch.store()
    try store.transaction("test") {
      for (key, hour) in [("old", 1), ("a", 10), ("b", 10), ("c", 12), ("ahead", 2000)] as [(String, Int64)] {
        try store.commitVersion(
          ArticleRow(
            publisher: "p", key: key, uri: "urn:\(key)", version: 1, contentHash: "h", stagedID: "s-\(key)",
            queueName: key,
            state: .staged, firstSeen: instant(hour * 3600), updatedAt: instant(hour * 3600), url: "https://p.example/",
            headline: key))
      }
    }
    let hours = try store.articleHours(publisher: "p", since: instant(5 * 3600), until: instant(14 * 3600))
    #expect(hours == [ArticleHour(hour: 10, count: 2), ArticleHour(hour: 12, count: 1)])
    #expect(try store.articleHours(publisher: "q", since: instant(0), until: instant(14 * 3600)).isEmpty)
  }
}
