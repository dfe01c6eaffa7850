public import Values

/// How many rows a pruning took away.
public struct Pruned: Sendable, Equatable {
  public var items: Int
  public var articles: Int
  public var outbox: Int
}

extension Store {
  /// Forgets what cannot come back: items that no source lists and that none has listed since `cutoff`, articles
  /// without such an item that have not changed since then, and outbox rows published before it.
  ///
  /// An item on a source's present list stays however old it is, also while the source answers 304 or fails, and also
  /// when only one of several sources still lists it: were it forgotten, the next full listing would publish it again.
  public func prune(notListedSince cutoff: Timestamp) throws(StoreError) -> Pruned {
    try atomically("prune") { () throws(StoreError) in
      let items = try database.run(
        "prune",
        """
        DELETE FROM items WHERE state <> 0 AND last_listed < ?
          AND NOT EXISTS (SELECT 1 FROM listed WHERE listed.item = items.id)
        """,
        .time(cutoff))
      let articles = try database.run(
        "prune",
        """
        DELETE FROM articles WHERE updated_at < ?
          AND NOT EXISTS (SELECT 1 FROM items i WHERE i.publisher = articles.publisher AND i.article_key = articles.key)
          AND NOT EXISTS (SELECT 1 FROM items i WHERE i.publisher = articles.publisher AND i.key = articles.key)
          AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.publisher = articles.publisher AND o.key = articles.key
            AND o.state = 0)
        """,
        .time(cutoff))
      let outbox = try database.run("prune", "DELETE FROM outbox WHERE state = 1 AND committed_at < ?", .time(cutoff))
      return Pruned(items: items, articles: articles, outbox: outbox)
    }
  }
}
