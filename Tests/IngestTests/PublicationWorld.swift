import Foundation
import Glibc
import Queue
import Store
import Values

@testable import Ingest

/// What a crash in the middle looks like from inside: an error that nobody handles.
struct SimulatedCrash: Error {}

/// A publisher's feed, the program that ingests it, and a consumer, all of which can be started anew over the same
/// directories at any time, as after a crash.
struct PublicationWorld {
  let directory: String

  init(directory: String) { self.directory = directory }

  init() throws {
    // In memory where that is possible: a killed process loses nothing there either, and thousands of flushes cost nothing.
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm/" : NSTemporaryDirectory()
    directory = base + "newswire-publication-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: directory) }

  var spoolPath: String { directory + "/spool" }
  var storePath: String { directory + "/state.db" }

  /// One listing of the feed: key and content.
  typealias Listing = [(key: String, content: String)]

  /// Two polls: the second has a changed item, a new one, and has dropped one.
  static let listings: [Listing] = [
    [("a", "one"), ("b", "two"), ("c", "three")],
    [("a", "one, revised"), ("b", "two"), ("d", "four")],
  ]

  /// Every version that must come out, once: what was listed and not withdrawn before its page could be fetched.
  static let expected = ["a/1 one", "a/2 one, revised", "b/1 two", "c/1 three", "d/1 four"]

  /// Starts the program: recovery, then each poll that has not been recorded, then everything that waits.
  func run(
    _ make: (Store, Spool, @escaping (CrashPoint) throws -> Void) -> any Publishing = QueuePublisher.make,
    fault: @escaping (Spool) -> Void = { _ in }, at: @escaping (CrashPoint) throws -> Void = { _ in }
  ) throws {
    let store = try Store(path: storePath, checking: false)
    let spool = try Spool(path: spoolPath, anyFileSystem: true)
    fault(spool)
    let publisher = make(store, spool, at)
    try publisher.start()
    try ingest(store, publisher)
    for (number, listing) in Self.listings.enumerated() {
      // The validators stand for the poll: once they are saved, the server answers 304 and lists nothing again.
      if let etag = try store.source("feed")?.etag, Int(etag)! >= number { continue }
      let items = listing.map {
        NewItem(key: $0.key, url: "https://p/\($0.key)", record: $0.content, fingerprint: $0.content)
      }
      _ = try store.recordFetch(SourceState(id: "feed", publisher: "p", url: "https://p/", etag: "\(number)"), items)
      try ingest(store, publisher)
    }
    try publisher.finish()
  }

  private func ingest(_ store: Store, _ publisher: any Publishing) throws {
    let items = try store.waitingItems(now: .now(), limit: 100)
    try publisher.accept(
      items.map { item in
        Publishable(
          publisher: "p", key: item.key, uri: "urn:newswire:p:\(item.key)", contentHash: item.record, itemID: item.id,
          itemRevision: item.revision, url: item.url, headline: item.record
        ) { context in
          let json: JSON = ["key": .string(item.key), "version": JSON(context.version), "text": .string(item.record)]
          return json.bytes()
        }
      })
  }

  /// Takes everything there is to take.
  func consume() throws -> [String] {
    let reader = try QueueReader(path: spoolPath)
    var taken: [String] = []
    while let claim = try reader.claimNext() {
      let article = try reader.read(claim.path).json()
      taken.append("\(article["key"]!.string!)/\(article["version"]!.integer!) \(article["text"]!.string!)")
      try reader.acknowledge(claim.path)
    }
    _ = try reader.purge(now: Timestamp.now().seconds + 10_000)
    return taken
  }
}

/// What the world needs of a publisher; wrong ones stand beside the real one to show that the checks can fail.
protocol Publishing {
  func start() throws
  func accept(_ batch: [Publishable]) throws
  func finish() throws
}

extension QueuePublisher: Publishing {
  static func make(
    _ store: Store, _ spool: Spool, _ at: @escaping (CrashPoint) throws -> Void
  ) -> any Publishing { QueuePublisher(store: store, spool: spool, at: at) }

  func start() throws { _ = try recover() }
  func accept(_ batch: [Publishable]) throws { _ = try publish(batch) }
  func finish() throws { try flush() }
}

/// Publishes in a wrong order, and recovers as the right one does.
final class MisorderedPublisher: Publishing {
  enum Mistake: String, CaseIterable, Sendable {
    /// The name before the commit: a crash in between publishes twice.
    case renameBeforeCommit
    /// The commit before the staged file: a crash in between loses.
    case commitBeforeStage
  }

  let mistake: Mistake
  let store: Store
  let spool: Spool
  let at: (CrashPoint) throws -> Void
  let recovery: QueuePublisher

  init(_ mistake: Mistake, _ store: Store, _ spool: Spool, _ at: @escaping (CrashPoint) throws -> Void) {
    self.mistake = mistake
    self.store = store
    self.spool = spool
    self.at = at
    recovery = QueuePublisher(store: store, spool: spool, at: at)
  }

  func start() throws { _ = try recovery.recover() }
  func finish() throws {}

  func accept(_ batch: [Publishable]) throws {
    for article in batch {
      let known = try store.article(publisher: article.publisher, key: article.key)
      let now = Timestamp.now()
      let version = (known?.version ?? 0) + 1
      let context = PublicationContext(version: version, firstSeen: now, now: now)
      let bytes = QueueElement(article: article.makeElement(context)).bytes
      let last = try store.lastQueueName().flatMap { ElementName($0) }
      let name = ElementName(now: now, after: [last, try spool.newestName()].compactMap { $0 }.max())
      let id = QueuePublisher.stagedID(article.publisher, article.key, version)
      let row = ArticleRow(
        publisher: article.publisher, key: article.key, uri: article.uri, version: version,
        contentHash: article.contentHash, stagedID: id, queueName: name.description, state: .staged, firstSeen: now,
        updatedAt: now, url: article.url, headline: article.headline)
      let commit = {
        try self.store.transaction("commit") {
          try self.store.commitVersion(row)
          try self.store.itemDone(article.itemID!, articleKey: article.key)
        }
        try self.at(.committed)
      }
      if mistake == .commitBeforeStage { try commit() }
      try spool.stage(id, bytes)
      try spool.syncStaged()
      try at(.tmpSynced)
      _ = try spool.publish(id, as: name)
      try at(.renamed)
      if mistake == .renameBeforeCommit { try commit() }
      try store.markPublished(stagedID: id)
    }
  }
}
