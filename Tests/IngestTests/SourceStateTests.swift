import Feeds
import Scheduling
import Store
import Testing
import Values

@testable import Ingest

private func at(_ text: String) -> Timestamp { Timestamp(rfc3339: text)! }

@Suite("Lists that stop before their end")
struct CutDocumentTests {
  private func feed(endsEarly: Bool) -> Feed {
    var feed = Feed(kind: .rss)
    feed.endsEarly = endsEarly
    return feed
  }

  @Test("its validators are not kept, until the same bytes come again")
  func cut() {
    var state = SourceState(id: "a/rss", publisher: "a", url: "https://a.example/", etag: "\"1\"", lastModified: "x")
    state.bodyHash = "old"
    let first = CutDocument.note(feed(endsEarly: true), digest: "a", &state)
    #expect(first && state.etag == nil && state.lastModified == nil && state.bodyHash == nil)
    #expect(CutDocument.isPending(state))
    let other = CutDocument.note(feed(endsEarly: true), digest: "b", &state)
    #expect(other)
    let same = CutDocument.note(feed(endsEarly: true), digest: "b", &state)
    #expect(!same)
    state.bodyHash = "b"
    #expect(!CutDocument.isPending(state))
    let whole = CutDocument.note(feed(endsEarly: false), digest: "c", &state)
    #expect(!whole && state.details.cut == nil)
  }
}

@Suite("Silent sources")
struct SourceSilenceTests {
  /// Visited every hour for two weeks, two new items each time.
  private func state(newest: String) -> SourceState {
    var state = SourceState(id: "a/rss", publisher: "a", url: "https://a.example/")
    var rhythm = Rhythm()
    let begin = at("2026-03-01T00:00:00Z")
    rhythm.begin(listed: 50, published: [], now: begin)
    for hour in 0..<336 {
      let from = begin.adding(seconds: Int64(hour) * 3600)
      rhythm.record(new: 2, listed: 50, from: from, to: from.adding(seconds: 3600))
    }
    state.rhythm = rhythm.text
    state.newestItem = at(newest)
    state.attempts.add(Attempt(at: begin, status: 200, outcome: "new", items: 50, new: 2))
    return state
  }

  private let end = at("2026-03-15T00:00:00Z")

  @Test("a source that brings as usual is not silent")
  func usual() {
    #expect(SourceSilence.account(state(newest: "2026-03-14T23:00:00Z"), now: end) == nil)
    // A date from tomorrow is a publisher's mistake.
    #expect(SourceSilence.account(state(newest: "2026-03-16T00:00:00Z"), now: end) == nil)
  }

  @Test("one that brings nothing in a time that brought many is, and it is said what was usual")
  func silent() throws {
    let text = try #require(SourceSilence.account(state(newest: "2026-03-14T14:00:00Z"), now: end))
    #expect(text.contains("10 h ago") && text.contains("usually brings 2"), "\(text)")
  }

  @Test("after the first visit nothing is usual yet")
  func unlearned() throws {
    var state = state(newest: "2026-03-13T00:00:00Z")
    var rhythm = Rhythm()
    rhythm.begin(listed: 1, published: [at("2026-03-13T00:00:00Z")], now: end)
    state.rhythm = rhythm.text
    #expect(!rhythm.isLearned && SourceSilence.account(state, now: end) == nil)
    // So long a time needs no rhythm.
    #expect(SourceSilence.account(state, now: end.adding(seconds: 40 * 86_400))?.contains("usually") == false)
  }

  @Test("one that never had a rhythm is after a month, and one whose list is empty at once")
  func longSilence() throws {
    var state = state(newest: "2026-02-20T00:00:00Z")
    state.rhythm = nil
    #expect(SourceSilence.account(state, now: end) == nil)
    let month = try #require(SourceSilence.account(state, now: end.adding(seconds: 8 * 86_400)))
    #expect(month.contains("2026-02-20"))
    state.attempts.add(Attempt(at: end, status: 200, outcome: "nothing new"))
    #expect(SourceSilence.account(state, now: end)?.contains("no item") == true)
  }

  @Test("of one that fails or is gone something else is wrong")
  func failing() {
    var failing = state(newest: "2026-02-20T00:00:00Z")
    failing.failures = 1
    var gone = state(newest: "2026-02-20T00:00:00Z")
    gone.muted = true
    #expect(SourceSilence.account(failing, now: end) == nil && SourceSilence.account(gone, now: end) == nil)
  }
}
