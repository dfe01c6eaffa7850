// DrillWorld: a publisher's feed, the program that ingests it, and a consumer, small enough to be stopped between any
// two system calls and started again. It must not know who stops it: unit tests throw, the drill kills.
import Glibc
public import Publication
public import Queue
public import Store
import Values

/// All of it over one directory, in which every part can be started anew at any time, as after a crash.
public struct PublicationWorld {
  public let directory: String

  public init(directory: String) { self.directory = directory }

  public var spoolPath: String { directory + "/spool" }
  public var storePath: String { directory + "/state.db" }

  /// One listing of the feed: key and content.
  typealias Listing = [(key: String, content: String)]

  /// Two polls: the second has a changed item, a new one, and has dropped one.
  static let listings: [Listing] = [
    [("a", "one"), ("b", "two"), ("c", "three")],
    [("a", "one, revised"), ("b", "two"), ("d", "four")],
  ]

  /// Every version that must come out, once: what was listed and not withdrawn before its page could be fetched.
  public static let expected = ["a/1 one", "a/2 one, revised", "b/1 two", "c/1 three", "d/1 four"]

  public typealias Hook = (CrashPoint) throws -> Void

  /// Starts the program: recovery, then each poll that has not been recorded, then everything that waits.
  ///
  /// - Parameter setUp: called with what has been opened, before it is used.
  public func run(
    _ make: (Store, Spool, @escaping Hook) -> any Publishing = QueuePublisher.make,
    setUp: (Store, Spool) throws -> Void = { _, _ in }, at: @escaping Hook = { _ in }
  ) throws {
    let store = try Store(path: storePath, checking: false)
    let spool = try Spool(path: spoolPath, anyFileSystem: true)
    try setUp(store, spool)
    let publisher = make(store, spool, at)
    try publisher.start()
    try ingest(store, publisher)
    for (number, listing) in Self.listings.enumerated() {
      // The validators stand for the poll: once they are saved, the server answers 304 and lists nothing again.
      if let etag = try store.source("feed")?.etag, let last = Int(etag), last >= number { continue }
      let items = listing.map {
        NewItem(key: $0.key, url: "https://p/\($0.key)", record: $0.content, fingerprint: $0.content)
      }
      _ = try Self.persisting {
        try store.recordFetch(SourceState(id: "feed", publisher: "p", url: "https://p/", etag: "\(number)"), items)
      }
      try ingest(store, publisher)
    }
    try Self.persisting { try publisher.finish() }
  }

  private func ingest(_ store: Store, _ publisher: any Publishing) throws {
    let items = try store.waitingItems(now: .now(), limit: 100)
    let batch = items.map { item in
      Publishable(
        publisher: "p", key: item.key, uri: "urn:newswire:p:\(item.key)", contentHash: item.record, itemID: item.id,
        itemRevision: item.revision, url: item.url, headline: item.record
      ) { context in
        let json: JSON = ["key": .string(item.key), "version": JSON(context.version), "text": .string(item.record)]
        return json.bytes()
      }
    }
    try Self.persisting { try publisher.accept(batch) }
  }

  /// As the daemon does when there is no room: it rests, and tries again. Four times are enough here.
  private static func persisting<T>(_ body: () throws -> T) throws -> T {
    for _ in 1..<4 {
      do {
        return try body()
      } catch let error as PublicationError {
        guard case .spaceExhausted = error else { throw error }
      } catch let error as StoreError {
        guard error.kind == .full || error.kind == .busy else { throw error }
      }
    }
    return try body()
  }

  /// Takes what there is, at most `limit` elements; "damaged" stands for an element that fails its digest.
  public func consume(limit: Int = .max) throws -> [String] {
    let reader: QueueReader
    do throws(QueueError) {
      reader = try QueueReader(path: spoolPath)
    } catch {
      if error.kind == .noQueue { return [] }
      throw error
    }
    var taken: [String] = []
    while taken.count < limit, let claim = try reader.claimNext() {
      do throws(QueueError) {
        let element = try reader.read(claim.path)
        taken.append(Self.line(element))
      } catch {
        guard error.kind == .damaged else { throw error }
        taken.append("damaged")
      }
      try reader.acknowledge(claim.path)
    }
    if limit == .max { _ = try reader.purge(now: Timestamp.now().seconds + 10_000) }
    return taken
  }

  private static func line(_ element: QueueElement) -> String {
    guard let article = try? element.json(), let key = article["key"]?.string, let text = article["text"]?.string else {
      return "damaged"
    }
    return "\(key)/\(article["version"]?.integer ?? 0) \(text)"
  }
}

/// What the world needs of a publisher; wrong ones stand beside the real one to show that the checks can fail.
public protocol Publishing {
  func start() throws
  func accept(_ batch: [Publishable]) throws
  func finish() throws
}

extension QueuePublisher: Publishing {
  public static func make(
    _ store: Store, _ spool: Spool, _ at: @escaping PublicationWorld.Hook
  ) -> any Publishing { QueuePublisher(store: store, spool: spool, at: at) }

  public func start() throws { _ = try recover() }
  public func accept(_ batch: [Publishable]) throws { _ = try publish(batch) }
  public func finish() throws {
    _ = try publishDelayed()
    try flush()
  }
}
