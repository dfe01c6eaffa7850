public import Values

/// An article that its publisher lists under several addresses is several items, which have its key.
extension Store {
  /// One of an article's items.
  public struct ArticleAddress: Sendable, Equatable {
    public let item: Int64
    /// The item's key: that of its address.
    public let key: String
    public let url: String
  }

  /// The other items of the article that an item became: those whose pages have been fetched or are to be, and have not
  /// been given up.
  public func otherItems(
    ofArticle key: String, publisher: String, besides id: Int64
  ) throws(StoreError) -> [ArticleAddress] {
    try database.rows(
      "find items of article",
      """
      SELECT id, key, url FROM items WHERE publisher = ?1 AND key = ?2 AND article_key = ?2 AND id <> ?3 AND state <> 2 UNION ALL
      SELECT id, key, url FROM items WHERE publisher = ?1 AND article_key = ?2 AND article_key <> key AND id <> ?3 AND state <> 2
      """, .text(publisher), .key(key), .integer(id)
    ) { ArticleAddress(item: $0.int64(0), key: $0.text(1), url: $0.text(2)) }
  }

  /// Lets finished items be looked at again now. As with any look of ours, finding nothing changed says nothing about
  /// what their feeds claim.
  public func lookAgain(at items: [Int64], now: Timestamp) throws(StoreError) {
    for id in items {
      try database.run(
        "wake items",
        """
        UPDATE items SET state = 0, attempts = 0, next_try = ?, is_update = 1, idle = idle - 1 WHERE id = ? AND state = 1
        """, .time(now), .integer(id))
    }
  }
}
