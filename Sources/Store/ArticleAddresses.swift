public import Values

/// An article that its publisher lists under several addresses is several items, which have its key.
extension Store {
  /// One of an article's items.
  public struct ArticleAddress: Sendable, Equatable {
    public let item: Int64
    /// The item's key: that of its address.
    public let key: String
    public let url: String
    /// Attempts in vain since its page was had last.
    public let failures: Int
  }

  /// The other items of the article that an item became: those whose pages have been fetched or are to be, and have not
  /// been given up.
  public func otherItems(
    ofArticle key: String, publisher: String, besides id: Int64
  ) throws(StoreError) -> [ArticleAddress] {
    try database.rows(
      "find items of article",
      """
      SELECT id, key, url, CASE WHEN last_error IS NULL THEN 0 ELSE attempts END FROM items
        WHERE publisher = ?1 AND key = ?2 AND article_key = ?2 AND id <> ?3 AND state <> 2
      UNION ALL SELECT id, key, url, CASE WHEN last_error IS NULL THEN 0 ELSE attempts END FROM items
        WHERE publisher = ?1 AND article_key = ?2 AND article_key <> key AND id <> ?3 AND state <> 2
      """, .text(publisher), .key(key), .integer(id)
    ) { ArticleAddress(item: $0.int64(0), key: $0.text(1), url: $0.text(2), failures: $0.count(3)) }
  }

  /// Lets finished items be looked at again now.
  public func lookAgain(at items: [Int64], now: Timestamp) throws(StoreError) {
    for id in items {
      try database.run(
        "wake items", "UPDATE items SET \(Self.wake), next_try = ? WHERE id = ? AND state = 1", .time(now), .integer(id)
      )
    }
  }
}
