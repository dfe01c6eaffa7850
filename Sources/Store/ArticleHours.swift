public import Values

/// How many articles came in an hour.
public struct ArticleHour: Sendable, Equatable {
  /// Hours since 1970, UTC.
  public var hour: Int64
  public var count: Int

  public init(hour: Int64, count: Int) { (self.hour, self.count) = (hour, count) }
}

extension Store {
  /// A publisher's articles by the hour of their latest version, from `start` on and until `end`, oldest hour first.
  /// Reads an index only: microseconds an article.
  public func articleHours(
    publisher: String, since start: Timestamp, until end: Timestamp
  ) throws(StoreError) -> [ArticleHour] {
    try database.rows(
      "count articles",
      """
      SELECT updated_at / 3600000000 AS hour, count(*) FROM articles WHERE publisher = ? AND updated_at >= ?
        AND updated_at <= ?
      GROUP BY hour ORDER BY hour
      """,
      .text(publisher), .time(start), .time(end)
    ) { ArticleHour(hour: $0.int64(0), count: $0.int(1)) }
  }

  /// How many articles of a publisher are remembered. Reads its part of an index.
  public func articleTotal(publisher: String) throws(StoreError) -> Int {
    try database.first("count articles", "SELECT count(*) FROM articles WHERE publisher = ?", .text(publisher)) {
      $0.int(0)
    } ?? 0
  }
}
