internal import PostgreSQL
internal import Values

/// Which article is meant, whatever is known of it.
public struct ArticleID: Sendable, Hashable {
  public var publisher: String
  public var key: String

  public init(publisher: String, key: String) { (self.publisher, self.key) = (publisher, key) }
}

/// What is known of articles: the latest version of those that are remembered, the trace of those that were pruned.
public struct KnownArticles: Sendable {
  public var rows: [ArticleID: ArticleRow] = [:]
  public var traces: [ArticleID: ArticleTrace] = [:]
}

extension Store {
  /// What is known of several articles. On a server that takes two questions for all of them.
  public func known(_ ids: Set<ArticleID>) throws(StoreError) -> KnownArticles {
    var known = KnownArticles()
    if ids.isEmpty { return known }
    guard let server = database.server else {
      for id in ids {
        known.rows[id] = try article(publisher: id.publisher, key: id.key)
        if known.rows[id] == nil { known.traces[id] = try trace(publisher: id.publisher, key: id.key) }
      }
      return known
    }
    // Long keys are kept short there.
    let kept = Dictionary(
      ids.map { (ArticleID(publisher: $0.publisher, key: ServerDatabase.kept($0.key)), $0) },
      uniquingKeysWith: { one, _ in one })
    let wanted = Array(kept.keys)
    let rows = try server.with("read articles") { connection throws(PostgresError) in
      try connection.rows(
        operation: "read articles", Self.articlesOfKeys,
        [.texts(wanted.map(\.publisher)), .texts(wanted.map(\.key))]
      ) { Self.article(.server($0)) }
    }
    for row in rows {
      if let id = kept[ArticleID(publisher: row.publisher, key: row.key)] { known.rows[id] = row }
    }
    let unknown = ids.filter { known.rows[$0] == nil }
    if unknown.isEmpty { return known }
    let digests = Dictionary(
      unknown.map { (digest($0.publisher, $0.key), $0) }, uniquingKeysWith: { one, _ in one })
    let traces = try server.with("read traces") { connection throws(PostgresError) in
      try connection.rows(
        operation: "read traces", "SELECT digest, version, first_seen, content FROM traces WHERE digest = ANY (?)",
        [.texts(Array(digests.keys))]
      ) { row in
        (
          row.text(0),
          ArticleTrace(
            version: row.int(1), firstSeen: Row.server(row).time(2), content: Row.server(row).optionalText(3))
        )
      }
    }
    for (digest, trace) in traces {
      if let id = digests[digest] { known.traces[id] = trace }
    }
    return known
  }

  private static let articlesOfKeys = articleSelect(
    "outboxes",
    "JOIN unnest(?::text[], ?::text[]) AS wanted (publisher, key) ON a.publisher = wanted.publisher AND a.key = wanted.key"
  )
}
