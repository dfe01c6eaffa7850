internal import Digests
public import Values

/// How many rows a pruning took away.
public struct Pruned: Sendable, Equatable {
  public var items: Int
  public var articles: Int
  public var outbox: Int
}

/// What stays of a pruned article.
public struct ArticleTrace: Sendable, Equatable {
  /// The version published last; 0 for an item whose article had another key.
  public var version: Int
  public var firstSeen: Timestamp
}

extension Store {
  /// Outbox rows are kept this long after publication, for a device that loses what it had confirmed.
  static let outboxDays: Int64 = 30

  /// Forgets what is old: items that no source lists and that none has listed since `cutoff`, articles without such an
  /// item that have not changed since then, and outbox rows of published versions.
  ///
  /// An item on a source's present list stays however old it is, also while the source answers 304 or fails, and also
  /// when only one of several sources still lists it. Of everything else a trace stays for good (some 50 bytes), so that
  /// an item listed again after years is not taken for new, and no version number is used twice.
  public func prune(notListedSince cutoff: Timestamp, now: Timestamp = .now()) throws(StoreError) -> Pruned {
    guard let server = database.server else {
      return try atomically("prune") { () throws(StoreError) in
        var pruned = try prune(notListedSince: cutoff, of: nil)
        pruned.outbox = try pruneOutbox(now: now)
        return pruned
      }
    }
    // A publisher at a time, so that other nodes, which may be listing its items again just now, wait for little.
    let publishers = try server.rows(
      "prune",
      """
      SELECT publisher FROM items WHERE last_listed < ?1 UNION SELECT publisher FROM articles WHERE updated_at < ?1
      ORDER BY 1
      """, [.time(cutoff)]
    ) { $0.text(0) }
    var pruned = Pruned(items: 0, articles: 0, outbox: try pruneOutbox(now: now))
    for publisher in publishers {
      let part = try atomically("prune", locking: [publisher]) { () throws(StoreError) in
        try prune(notListedSince: cutoff, of: publisher)
      }
      pruned.items += part.items
      pruned.articles += part.articles
    }
    return pruned
  }

  private func pruneOutbox(now: Timestamp) throws(StoreError) -> Int {
    try database.changes(
      "prune", "DELETE FROM outbox WHERE state = 1 AND committed_at < ?",
      .time(now.adding(seconds: -Self.outboxDays * 86_400)))
  }

  /// - Parameter publisher: nil for all.
  private func prune(notListedSince cutoff: Timestamp, of publisher: String?) throws(StoreError) -> Pruned {
    let operation = "prune"
    func old<T>(_ sql: String, _ read: (Row) -> T) throws(StoreError) -> [T] {
      guard let publisher else { return try database.rows(operation, sql, .time(cutoff), read: read) }
      return try database.rows(operation, sql + " AND publisher = ?2", .time(cutoff), .text(publisher), read: read)
    }
    let items = try old(
      """
      SELECT id, publisher, key, state, discovered_at FROM items WHERE state NOT IN (0, 3) AND last_listed < ?1
        AND NOT EXISTS (SELECT 1 FROM listed WHERE listed.item = items.id)
      """
    ) { (id: $0.int64(0), publisher: $0.text(1), key: $0.text(2), state: $0.int(3), seen: $0.time(4)) }
    for item in items {
      // One that never became an article leaves no trace: listed again, it deserves another try.
      if item.state == DiscoveredItem.State.done.rawValue {
        try leaveTrace(publisher: item.publisher, key: item.key, version: 0, firstSeen: item.seen)
      }
      try database.run(operation, "DELETE FROM items WHERE id = ?", .integer(item.id))
    }
    let articles = try old(
      """
      SELECT publisher, key, version, first_seen FROM articles WHERE updated_at < ?1
        AND NOT EXISTS (SELECT 1 FROM items i WHERE i.publisher = articles.publisher AND i.article_key = articles.key
          AND i.article_key <> i.key)
        AND NOT EXISTS (SELECT 1 FROM items i WHERE i.publisher = articles.publisher AND i.key = articles.key)
        AND NOT EXISTS (SELECT 1 FROM \(Self.allOutboxes(database)) o WHERE o.staged_id = articles.staged_id
          AND o.state = 0)
      """
    ) { (publisher: $0.text(0), key: $0.text(1), version: $0.int(2), seen: $0.time(3)) }
    for article in articles {
      try leaveTrace(
        publisher: article.publisher, key: article.key, version: article.version, firstSeen: article.seen)
      try database.run(
        operation, "DELETE FROM articles WHERE publisher = ? AND key = ?", .text(article.publisher), .key(article.key))
    }
    return Pruned(items: items.count, articles: articles.count, outbox: 0)
  }

  /// What stayed of a pruned item or article with that key; nil when there was none.
  public func trace(publisher: String, key: String) throws(StoreError) -> ArticleTrace? {
    try database.first(
      "read trace", "SELECT version, first_seen FROM traces WHERE digest = ?", .text(digest(publisher, key))
    ) { ArticleTrace(version: $0.int(0), firstSeen: $0.time(1)) }
  }

  private func leaveTrace(publisher: String, key: String, version: Int, firstSeen: Timestamp) throws(StoreError) {
    try database.run(
      "leave trace",
      """
      INSERT INTO traces (digest, version, first_seen) VALUES (?, ?, ?)
      ON CONFLICT (digest) DO UPDATE SET
        version = CASE WHEN excluded.version > traces.version THEN excluded.version ELSE traces.version END,
        first_seen = CASE WHEN excluded.first_seen < traces.first_seen THEN excluded.first_seen ELSE traces.first_seen END
      """,
      .text(digest(publisher, key)), .integer(version), .time(firstSeen))
  }

  /// 96 bits: with ten million traces the chance that any two meet is below 1e-15.
  func digest(_ publisher: String, _ key: String) -> String {
    let key = database.server == nil ? key : ServerDatabase.kept(key)
    return String(SHA256.hex("\(publisher)\0\(key)".utf8).prefix(24))
  }
}
