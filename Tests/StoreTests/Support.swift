import Foundation
import Values

@testable import Store

/// A directory for one test, gone with it.
final class Scratch {
  let path: String
  init() throws {
    path = NSTemporaryDirectory() + "newswire-store-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  var database: String { path + "/state.db" }
}

func instant(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds) }

func newItem(_ key: String, _ fingerprint: String = "1") -> NewItem {
  NewItem(key: key, url: "https://p.example/\(key)", section: "News", record: "{}", fingerprint: fingerprint)
}

func feed(_ id: String = "feed", etag: String? = nil) -> SourceState {
  SourceState(id: id, publisher: "p", url: "https://p.example/\(id)", etag: etag)
}
