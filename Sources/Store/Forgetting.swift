public import Values

/// What was forgotten.
public struct Forgotten: Sendable, Equatable {
  /// Items that wait to be fetched again.
  public var items: Int
  /// Articles that are published again, as their next version, whatever their content.
  public var articles: Int
  /// Sources that are asked for their whole list again.
  public var sources: Int
}

extension Store {
  /// Lets a publisher's articles be fetched and published again: all of them, or the one at `url`, which is the
  /// article's own address or the one that a source lists it under.
  ///
  /// Nothing is deleted: the version numbers go on, so that no two elements of the queue ever carry the same uri and
  /// version.
  public func forget(publisher: String, url: String? = nil, now: Timestamp = .now()) throws(StoreError) -> Forgotten {
    try atomically("forget", locking: [publisher]) { () throws(StoreError) in
      let items = try database.changes(
        "forget",
        """
        UPDATE items SET state = 0, attempts = 0, next_try = ?1, last_error = NULL, etag = NULL, last_modified = NULL,
          revision = \(Row.nextRevision),
          is_update = CASE state WHEN 1 THEN 1 ELSE is_update END
        WHERE publisher = ?2 AND (CAST(?3 AS TEXT) IS NULL OR url = ?3
          OR article_key IN (SELECT key FROM articles WHERE publisher = ?2 AND url = ?3))
        """,
        .time(now), .text(publisher), .text(url))
      let articles = try database.changes(
        "forget",
        """
        UPDATE articles SET content_hash = '' WHERE publisher = ?1 AND (CAST(?2 AS TEXT) IS NULL OR url = ?2
          OR key IN (SELECT article_key FROM items WHERE publisher = ?1 AND url = ?2))
        """,
        .text(publisher), .text(url))
      guard url == nil else { return Forgotten(items: items, articles: articles, sources: 0) }
      let sources = try database.changes(
        "forget",
        """
        UPDATE sources SET etag = NULL, last_modified = NULL, body_hash = NULL, next_due = NULL, failures = 0, muted = 0,
          last_whole = NULL, promised = NULL, quiet_hours = 0, quiet_days = 0, due_reason = NULL
        WHERE publisher = ?
        """,
        .text(publisher))
      return Forgotten(items: items, articles: articles, sources: sources)
    }
  }

  /// Forgets the documents that no source has led to since `cutoff`: sitemaps of a past month. What they listed may be
  /// pruned in time.
  public func forgetParts(notVisitedSince cutoff: Timestamp, now: Timestamp = .now()) throws(StoreError) {
    try atomically("forget parts") { () throws(StoreError) in
      let old = try database.rows(
        "forget parts", "SELECT id FROM sources WHERE id LIKE '%#%' AND last_attempt < ?", .time(cutoff)
      ) { $0.text(0) }
      for id in old {
        try database.run(
          "forget parts", "UPDATE items SET last_listed = ? WHERE id IN (SELECT item FROM listed WHERE source = ?)",
          .time(now), .key(id))
        try database.run("forget parts", "DELETE FROM listed WHERE source = ?", .key(id))
        try database.run("forget parts", "DELETE FROM sources WHERE id = ?", .key(id))
      }
    }
  }

  /// Writes the database anew without the room that deleted rows left. Takes as much free space as the file has.
  /// A server does most of that by itself; there it takes note of what its tables hold, too.
  public func vacuum() throws(StoreError) {
    if let server = database.server { return try server.vacuum() }
    try database.execute("vacuum state database", "VACUUM")
    try checkpoint()
  }
}
