public import Values

extension Store {
  /// Items of a publisher to fetch now, the longest due first, without those of `underWay`. Costs as many steps as it
  /// gives items, however many wait.
  public func waitingItems(
    publisher: String, now: Timestamp, underWay: Set<Int64> = [], limit: Int
  ) throws(StoreError) -> [DiscoveredItem] {
    if database.server != nil {
      let items = try waitingItems(onServer: publisher, now: now, limit: limit + underWay.count)
      return Array(items.lazy.filter { !underWay.contains($0.id) }.prefix(limit))
    }
    let ids = try database.rows(
      "read waiting items",
      "SELECT id FROM items WHERE publisher = ? AND state = 0 AND next_try <= ? ORDER BY next_try, id LIMIT ?",
      .text(publisher), .time(now), .integer(limit + underWay.count)
    ) { $0.int64(0) }
    var items: [DiscoveredItem] = []
    for id in ids where !underWay.contains(id) && items.count < limit {
      if let item = try item(id) { items.append(item) }
    }
    return items
  }

  /// Publishers with items that wait, and when the first of each is due.
  public func waitingPublishers() throws(StoreError) -> [(publisher: String, due: Timestamp)] {
    try database.rows(
      "read waiting items", "SELECT publisher, min(next_try) FROM items WHERE state = 0 GROUP BY publisher"
    ) { (publisher: $0.text(0), due: $0.time(1)) }
  }

  /// When the publisher's next item that is not due by `now` becomes due; nil when there is none.
  public func nextItemTime(publisher: String, after now: Timestamp) throws(StoreError) -> Timestamp? {
    try database.first(
      "read waiting items", "SELECT min(next_try) FROM items WHERE publisher = ? AND state = 0 AND next_try > ?",
      .text(publisher), .time(now)
    ) { $0.optionalTime(0) } ?? nil
  }

  /// Lets a waiting item rest without counting an attempt: what kept it from being fetched was not its fault.
  public func postpone(item id: Int64, until: Timestamp) throws(StoreError) {
    try database.run(
      "postpone item",
      database.server == nil
        ? "UPDATE items SET next_try = ? WHERE id = ? AND state = 0"
        : "UPDATE items SET next_try = ?, state = 0 WHERE id = ? AND state IN (0, 3)", .time(until), .integer(id))
  }
}
