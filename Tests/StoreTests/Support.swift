import Foundation
import PostgresServer
import Testing
import Values

@testable import PostgreSQL
@testable import Store

/// Where a store may be. What it does is the same.
enum Engine: CaseIterable {
  case file, server
}

/// A directory for one test, gone with it, or a database of its own on the server of the tests.
final class Scratch {
  let path: String
  private let url: String?

  init(_ engine: Engine = .file) throws {
    path = NSTemporaryDirectory() + "newswire-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    url = engine == .server ? PostgresServer.shared.database() : nil
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  var database: String { path + "/state.db" }
  var target: PostgresTarget { get throws { try PostgresTarget(url: #require(url)) } }

  /// The store of this test; of one node of several where it is on the server.
  func store(node: String = "a", instance: String? = nil) throws -> Store {
    if url == nil { return try Store(path: database) }
    return try Store(postgres: target, node: node, instance: instance ?? "instance of \(node)")
  }
}

func instant(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

func newItem(_ key: String, _ fingerprint: String = "1") -> NewItem {
  NewItem(key: key, url: "https://p.example/\(key)", section: "News", record: "{}", fingerprint: fingerprint)
}

func feed(_ id: String = "feed", etag: String? = nil) -> SourceState {
  SourceState(id: id, publisher: "p", url: "https://p.example/\(id)", etag: etag)
}
