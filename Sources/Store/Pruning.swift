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
  /// The beginning of the digest of what was published last; nil where that was not kept.
  var content: String?

  /// Whether that is what was published last.
  public func isContent(_ hash: String) -> Bool { content == Self.beginning(of: hash) && content != nil }

  /// 64 bits are enough to be compared with one other; nil for an article that was forgotten.
  static func beginning(of hash: String) -> String? { hash.isEmpty ? nil : String(hash.prefix(16)) }
}

/// How far a pruning in steps has come.
public enum PruningMark: Sendable, Equatable {
  case items(listed: Int64, id: Int64)
  case articles(publisher: String, updated: Int64, id: Int64)
  case outbox(name: String, staged: String)

  public static let start = items(listed: .min, id: 0)
  fileprivate static let firstArticle = articles(publisher: "", updated: .min, id: 0)
  fileprivate static let firstName = outbox(name: "", staged: "")
}

extension Store {
  /// Outbox rows are kept this long after publication, for a device that loses what it had confirmed.
  static let outboxDays: Int64 = 30
  /// Rows that a step looks at: some 50 ms when all of them go.
  public static let pruningStep = 1000

  /// Forgets what is old: items that no source lists and that none has listed since `cutoff`, articles without such an
  /// item that have not changed since then, and outbox rows of published versions.
  ///
  /// An item on a source's present list stays however old it is, also while the source answers 304 or fails, and also
  /// when only one of several sources still lists it. Of everything else a trace stays for good (some 50 bytes), so
  /// that an item listed again after years is not taken for new, and no version number is used twice.
  ///
  /// All at once, however much there is: who has something else to do meanwhile takes steps.
  public func prune(notListedSince cutoff: Timestamp, now: Timestamp = .now()) throws(StoreError) -> Pruned {
    var pruned = Pruned(items: 0, articles: 0, outbox: 0)
    var mark: PruningMark? = .start
    while let from = mark {
      let step = try prune(from: from, notListedSince: cutoff, now: now)
      pruned.items += step.pruned.items
      pruned.articles += step.pruned.articles
      pruned.outbox += step.pruned.outbox
      mark = step.next
    }
    return pruned
  }

  /// One step of it, in a transaction of its own.
  ///
  /// - Returns: what it took away, and where the next step begins; nil after the last one.
  public func prune(
    from mark: PruningMark, notListedSince cutoff: Timestamp, now: Timestamp = .now(), limit: Int = pruningStep
  ) throws(StoreError) -> (pruned: Pruned, next: PruningMark?) {
    var pruned = Pruned(items: 0, articles: 0, outbox: 0)
    let next: PruningMark?
    switch mark {
    case .items(let listed, let id):
      (pruned.items, next) = try pruneItems((listed, id), before: cutoff, limit)
    case .articles(let publisher, let updated, let id):
      (pruned.articles, next) = try pruneArticles(of: publisher, (updated, id), before: cutoff, limit)
    case .outbox(let name, let staged):
      (pruned.outbox, next) = try pruneOutbox(
        (name, staged), before: now.adding(seconds: -Self.outboxDays * 86_400), limit)
    }
    return (pruned, next)
  }

  private func pruneItems(
    _ mark: (listed: Int64, id: Int64), before cutoff: Timestamp, _ limit: Int
  ) throws(StoreError) -> (Int, next: PruningMark) {
    let operation = "prune"
    func page() throws(StoreError) -> [OldItem] {
      try database.rows(
        operation,
        """
        SELECT id, publisher, key, CASE WHEN state = 1 OR article_key IS NOT NULL THEN 1 ELSE 0 END, discovered_at,
          last_listed, CASE WHEN state NOT IN (0, 3)
          AND NOT EXISTS (SELECT 1 FROM listed WHERE listed.item = items.id) THEN 1 ELSE 0 END
        FROM items WHERE (last_listed, id) > (?, ?) AND last_listed < ? ORDER BY last_listed, id LIMIT ?
        """, .integer(mark.listed), .integer(mark.id), .time(cutoff), .integer(limit)
      ) {
        OldItem(
          id: $0.int64(0), publisher: $0.text(1), key: $0.text(2), isSeen: $0.bool(3), seen: $0.time(4),
          listed: $0.int64(5), goes: $0.bool(6))
      }
    }
    var rows = try page()
    var count = 0
    if rows.contains(where: \.goes) {
      // Other nodes may be listing a publisher's items again just now: they wait, or this step does.
      let publishers = Set(rows.lazy.filter(\.goes).map(\.publisher))
      try atomically(operation, locking: publishers) { () throws(StoreError) in
        if database.server != nil { rows = try page() }
        for item in rows where item.goes && publishers.contains(item.publisher) {
          // One that never became an article leaves no trace: listed again, it deserves another try. One that did and
          // was given up later, because its page had gone, is seen all the same.
          if item.isSeen { try leaveTrace(publisher: item.publisher, key: item.key, version: 0, firstSeen: item.seen) }
          try database.run(operation, "DELETE FROM items WHERE id = ?", .integer(item.id))
          count += 1
        }
      }
    }
    guard rows.count == limit, let last = rows.last else { return (count, .firstArticle) }
    return (count, .items(listed: last.listed, id: last.id))
  }

  private struct OldItem {
    var id: Int64
    var publisher: String
    var key: String
    var isSeen: Bool
    var seen: Timestamp
    var listed: Int64
    var goes: Bool
  }

  /// A publisher's after the other, as the index has them.
  private func pruneArticles(
    of publisher: String, _ mark: (updated: Int64, id: Int64), before cutoff: Timestamp, _ limit: Int
  ) throws(StoreError) -> (Int, next: PruningMark) {
    let operation = "prune"
    func page() throws(StoreError) -> [OldArticle] {
      try database.rows(
        operation,
        """
        SELECT id, key, version, first_seen, updated_at, content_hash, CASE
          WHEN EXISTS (SELECT 1 FROM items i WHERE i.publisher = articles.publisher AND i.article_key = articles.key
            AND i.article_key <> i.key) THEN 0
          WHEN EXISTS (SELECT 1 FROM items i WHERE i.publisher = articles.publisher AND i.key = articles.key) THEN 0
          WHEN EXISTS (SELECT 1 FROM \(Self.allOutboxes(database)) o WHERE o.staged_id = articles.staged_id
            AND o.state = 0) THEN 0
          ELSE 1 END
        FROM articles WHERE publisher = ? AND (updated_at, id) > (?, ?) AND updated_at < ?
        ORDER BY updated_at, id LIMIT ?
        """, .text(publisher), .integer(mark.updated), .integer(mark.id), .time(cutoff), .integer(limit)
      ) {
        OldArticle(
          id: $0.int64(0), key: $0.text(1), version: $0.int(2), seen: $0.time(3), updated: $0.int64(4),
          content: $0.text(5), goes: $0.bool(6))
      }
    }
    var rows = try page()
    var count = 0
    if rows.contains(where: \.goes) {
      try atomically(operation, locking: [publisher]) { () throws(StoreError) in
        if database.server != nil { rows = try page() }
        for article in rows where article.goes {
          try leaveTrace(
            publisher: publisher, key: article.key, version: article.version, firstSeen: article.seen,
            content: article.content)
          try database.run(operation, "DELETE FROM articles WHERE id = ?", .integer(article.id))
          count += 1
        }
      }
    }
    if rows.count == limit, let last = rows.last {
      return (count, .articles(publisher: publisher, updated: last.updated, id: last.id))
    }
    let next = try database.first(
      operation, "SELECT min(publisher) FROM articles WHERE publisher > ?", .text(publisher)
    ) {
      $0.optionalText(0)
    }
    return (count, next.flatMap { $0 }.map { .articles(publisher: $0, updated: .min, id: 0) } ?? .firstName)
  }

  private struct OldArticle {
    var id: Int64
    var key: String
    var version: Int
    var seen: Timestamp
    var updated: Int64
    var content: String
    var goes: Bool
  }

  /// The outbox is in the order of publication: the first that is young is followed by younger ones.
  private func pruneOutbox(
    _ mark: (name: String, staged: String), before cutoff: Timestamp, _ limit: Int
  ) throws(StoreError) -> (Int, next: PruningMark?) {
    let operation = "prune"
    let rows = try database.rows(
      operation,
      """
      SELECT queue_name, staged_id, state, committed_at FROM outbox WHERE (queue_name, staged_id) > (?, ?)
      ORDER BY queue_name, staged_id LIMIT ?
      """, .text(mark.name), .text(mark.staged), .integer(limit)
    ) { (name: $0.text(0), staged: $0.text(1), isPublished: $0.int(2) == 1, isOld: $0.time(3) < cutoff) }
    let old = rows.filter { $0.isPublished && $0.isOld }
    if !old.isEmpty {
      try atomically(operation) { () throws(StoreError) in
        for row in old {
          try database.run(
            operation, "DELETE FROM outbox WHERE queue_name = ? AND staged_id = ? AND state = 1", .text(row.name),
            .text(row.staged))
        }
      }
    }
    guard rows.count == limit, let last = rows.last, last.isOld else { return (old.count, nil) }
    return (old.count, .outbox(name: last.name, staged: last.staged))
  }

  /// What stayed of a pruned item or article with that key; nil when there was none.
  public func trace(publisher: String, key: String) throws(StoreError) -> ArticleTrace? {
    try database.first(
      "read trace", "SELECT version, first_seen, content FROM traces WHERE digest = ?",
      .text(digest(publisher, key))
    ) { ArticleTrace(version: $0.int(0), firstSeen: $0.time(1), content: $0.optionalText(2)) }
  }

  private func leaveTrace(
    publisher: String, key: String, version: Int, firstSeen: Timestamp, content: String? = nil
  ) throws(StoreError) {
    try database.run(
      "leave trace",
      """
      INSERT INTO traces (digest, version, first_seen, content) VALUES (?, ?, ?, ?)
      ON CONFLICT (digest) DO UPDATE SET
        content = CASE WHEN excluded.version < traces.version THEN traces.content ELSE excluded.content END,
        version = CASE WHEN excluded.version > traces.version THEN excluded.version ELSE traces.version END,
        first_seen = CASE WHEN excluded.first_seen < traces.first_seen THEN excluded.first_seen ELSE traces.first_seen END
      """,
      .text(digest(publisher, key)), .integer(version), .time(firstSeen),
      .text(content.flatMap(ArticleTrace.beginning)))
  }

  /// 96 bits: with ten million traces the chance that any two meet is below 1e-15.
  func digest(_ publisher: String, _ key: String) -> String {
    let key = database.server == nil ? key : ServerDatabase.kept(key)
    return String(SHA256.hex("\(publisher)\0\(key)".utf8).prefix(24))
  }
}
