public import Values

extension Store {
  /// Items to fetch now, at most `perPublisher` of each publisher, so that one with a thousand new items does not keep
  /// the others waiting. The longest due first.
  public func waitingItems(now: Timestamp, perPublisher: Int, limit: Int) throws(StoreError) -> [DiscoveredItem] {
    try database.rows(
      "read waiting items",
      """
      SELECT \(Self.itemColumns) FROM (
        SELECT *, row_number() OVER (PARTITION BY publisher ORDER BY next_try, id) AS place
        FROM items WHERE state = 0 AND next_try <= ?)
      WHERE place <= ? ORDER BY next_try, id LIMIT ?
      """,
      .time(now), .integer(perPublisher), .integer(limit), read: Self.item)
  }

  /// Lets a waiting item rest without counting an attempt: what kept it from being fetched was not its fault.
  public func postpone(item id: Int64, until: Timestamp) throws(StoreError) {
    try database.run(
      "postpone item", "UPDATE items SET next_try = ? WHERE id = ? AND state = 0", .time(until), .integer(id))
  }

  /// Lets all waiting items of a publisher rest, for one whose plugin is not in use.
  public func postpone(publisher: String, until: Timestamp) throws(StoreError) {
    try database.run(
      "postpone items", "UPDATE items SET next_try = ?1 WHERE publisher = ?2 AND state = 0 AND next_try < ?1",
      .time(until), .text(publisher))
  }

  /// When the next waiting item that is not due by `now` becomes due; nil when there is none.
  public func nextItemTime(after now: Timestamp) throws(StoreError) -> Timestamp? {
    try database.first(
      "read waiting items", "SELECT min(next_try) FROM items WHERE state = 0 AND next_try > ?", .time(now)
    ) { $0.optionalTime(0) } ?? nil
  }
}
