import Queue
import Store
import Values

/// What the ledger tells about publishers: how they do now, and what they brought before.
extension Ledger {
  struct Figures: Sendable {
    var waiting: [String: Int]
    var sources: [String: SourceHealth]
    var queue: QueueReader.Stats
  }

  func figures(now: Timestamp) throws(LedgerFailure) -> Figures {
    try flushSources()
    return try guarding {
      Figures(
        waiting: try open.store.waitingCounts(), sources: try open.store.sourceHealth(),
        queue: try open.reader.stats(now: now.seconds))
    }
  }

  /// How the sources of every publisher do.
  func sourceHealth() throws(LedgerFailure) -> [String: SourceHealth] {
    try flushSources()
    return try guarding { try open.store.sourceHealth() }
  }

  /// Articles waiting in the queue, as the gauge counted them last.
  func queued() throws(LedgerFailure) -> Int { try guarding { try open.gauge.usage().files } }

  /// What is remembered of a publisher.
  struct Past: Sendable {
    var rhythm: PublisherRhythm
    var articles: Int
  }

  /// The past of these publishers: the hours from the articles, the rest as it was kept last.
  func past(of publishers: some Sequence<String> & Sendable, now: Timestamp) throws(LedgerFailure) -> [String: Past] {
    try guarding {
      let start = now.adding(seconds: -Int64(HourCounts.span) * 3600)
      // What was published while the clock was ahead would pass for the newest hour, and hide all before it.
      let end = now.adding(seconds: 3600)
      var past: [String: Past] = [:]
      for publisher in publishers {
        var rhythm = PublisherRhythm()
        for hour in try open.store.articleHours(publisher: publisher, since: start, until: end) {
          rhythm.note(articles: hour.count, hour: hour.hour)
        }
        if let text = try open.store.fact(Self.rhythmFact(publisher)), let kept = try? JSON(parsing: text) {
          rhythm.restore(kept)
        }
        past[publisher] = Past(rhythm: rhythm, articles: try open.store.articleTotal(publisher: publisher))
      }
      return past
    }
  }

  func keep(_ rhythms: [String: PublisherRhythm]) throws(LedgerFailure) {
    guard !rhythms.isEmpty, isOpen else { return }
    try guarding {
      try open.store.transaction("keep rhythms") {
        for (publisher, rhythm) in rhythms { try open.store.setFact(Self.rhythmFact(publisher), rhythm.kept.text()) }
      }
    }
  }

  private static func rhythmFact(_ publisher: String) -> String { "rhythm of \(publisher)" }
}
