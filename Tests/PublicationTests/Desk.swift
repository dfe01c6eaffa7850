import DrillWorld
import PostgreSQL
import Testing
import Values

@testable import Publication
@testable import Queue
@testable import Store

/// A store, a queue and a publisher over them.
final class Desk {
  let world: PublicationWorld
  let store: Store
  let spool: Spool
  var publisher: QueuePublisher
  var now = Timestamp(seconds: 1_800_000_000)

  /// - Parameter target: the database of a fleet, whose node this is.
  init(target: PostgresTarget? = nil, node: String = "a") throws {
    world = try PublicationWorld()
    store =
      if let target {
        try Store(postgres: target, node: node, instance: "instance of " + node)
      } else {
        try Store(path: world.storePath)
      }
    spool = try Spool(path: world.spoolPath, anyFileSystem: true)
    publisher = QueuePublisher(store: store, spool: spool)
    restart()
    _ = try publisher.recover()
  }

  deinit { world.remove() }

  /// A publisher that has not recovered yet.
  func restart(at: @escaping (CrashPoint) throws -> Void = { _ in }) {
    publisher = QueuePublisher(store: store, spool: spool, clock: { [unowned self] in now }, at: at)
  }

  func article(_ key: String, _ content: String = "1", item: DiscoveredItem? = nil) -> Publishable {
    Publishable(
      publisher: "p", key: key, uri: "urn:newswire:p:\(key)", contentHash: content, itemID: item?.id,
      itemRevision: item?.revision, url: "https://p.example/\(key)", headline: "Headline"
    ) { context in
      let json: JSON = [
        "uri": .string("urn:newswire:p:\(key)"), "version": .string("\(context.version)"), "text": .string(content),
        "firstSeen": .string(context.firstSeen.rfc3339),
      ]
      return json.bytes()
    }
  }

  func discover(_ keys: String...) throws -> [DiscoveredItem] {
    try store.recordFetch(
      SourceState(id: "feed", publisher: "p", url: "https://p.example/"),
      keys.map { NewItem(key: $0, url: "https://p.example/\($0)", record: "{}", fingerprint: "1") }, now: now)
  }

  /// The queue's articles in order, "key text version".
  func queued() throws -> [String] {
    let reader = try QueueReader(path: world.spoolPath)
    return try reader.list().map { entry in
      let json = try reader.read(entry.path).json()
      return "\(json["uri"]!.string!.split(separator: ":").last!) \(json["text"]!.string!) v\(json["version"]!.string!)"
    }
  }
}
