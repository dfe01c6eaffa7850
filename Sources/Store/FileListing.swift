internal import Values

/// Recording what a source lists, in a file. Most of a list stood on it the last time: one question brings all of that,
/// from rows that were made one after the other and lie together. The index of keys, which is as large as all that was
/// ever seen, is asked for the rest only, so that a visit which finds nothing new costs the same however much that is.
extension Store {
  private struct Known {
    var id: Int64
    var state: Int
    var idle: Int
    /// What this source said of it last.
    var fingerprint: String?
  }

  func recordInFile(
    _ source: SourceState, _ items: [NewItem], now: Timestamp
  ) throws(StoreError) -> [DiscoveredItem] {
    try save(source)
    let before = try listing(of: source)
    var knownByKey = Dictionary(
      before.lazy.filter(\.isOurs).map { ($0.key, $0.known) }, uniquingKeysWith: { one, _ in one })
    var waiting: [Int64] = []
    var listed: Set<Int64> = []
    // Items that this list is the first to hold; what is known of those need not be looked up.
    var fresh: Set<Int64> = []
    for item in items {
      // Taken out: a list may name an item twice, and the first time may have changed what is known of it.
      var found = knownByKey.removeValue(forKey: item.key)
      if found == nil { found = try known(item.key, of: source) }
      if let known = found {
        if try update(known, with: item, of: source, now: now) { waiting.append(known.id) }
        listed.insert(known.id)
      } else {
        let (id, waits) = try insert(item, of: source, now: now)
        if waits { waiting.append(id) }
        fresh.insert(id)
        listed.insert(id)
      }
    }
    try list(listed, before: Set(before.lazy.map(\.known.id)), fresh: fresh, by: source.id, now: now)
    var result: [DiscoveredItem] = []
    for id in waiting {
      if let item = try self.item(id) { result.append(item) }
    }
    return result
  }

  /// What is known of the items that the source listed last, with their keys, and whether they are its publisher's.
  private func listing(of source: SourceState) throws(StoreError) -> [(key: String, known: Known, isOurs: Bool)] {
    try database.rows(
      "find items",
      """
      SELECT i.key, i.id, \(Self.state(of: "i")), i.idle, f.fingerprint, i.publisher = ?
      FROM listed l CROSS JOIN items i ON i.id = l.item
      LEFT JOIN fingerprints f ON f.item = l.item AND f.source = l.source
      WHERE l.source = ?
      """, .text(source.publisher), .key(source.id)
    ) { row in
      let known = Known(id: row.int64(1), state: row.int(2), idle: row.int(3), fingerprint: row.optionalText(4))
      return (row.text(0), known, row.bool(5))
    }
  }

  private func known(_ key: String, of source: SourceState) throws(StoreError) -> Known? {
    try database.first(
      "find item",
      """
      SELECT i.id, \(Self.state(of: "i")), i.idle, f.fingerprint FROM items i
      LEFT JOIN fingerprints f ON f.item = i.id AND f.source = ?
      WHERE i.publisher = ? AND i.key = ?
      """, .key(source.id), .text(source.publisher), .key(key)
    ) { Known(id: $0.int64(0), state: $0.int(1), idle: $0.int(2), fingerprint: $0.optionalText(3)) }
  }

  /// Takes up what the source says now of a known item.
  ///
  /// - Returns: whether it waits now and did not before.
  private func update(
    _ known: Known, with item: NewItem, of source: SourceState, now: Timestamp
  ) throws(StoreError) -> Bool {
    // Compared with what this source said before: a feed and a sitemap that list the same article word its title and
    // dates differently, and must not seem to change it in turn.
    let before = known.fingerprint
    let wasWaiting = known.state == DiscoveredItem.State.waiting.rawValue
    let isSaidAgain = before.map { Fingerprint.isSame($0, item.fingerprint) } ?? false
    var isTold = false
    if !isSaidAgain, before == nil || wasWaiting || known.idle <= 0 {
      isTold = try self.isTold(item.fingerprint, of: known.id, besides: source.id)
    }
    guard before == nil || isSaidAgain || isTold else {
      try renew(known.id, as: item, of: source, idle: known.idle, now: now)
      return !wasWaiting
    }
    if !isSaidAgain {
      try remember(
        isTold ? item.fingerprint : Fingerprint.doubted(item.fingerprint), ofItem: known.id, by: source.id)
    }
    // The record of one that is done says nothing any more.
    if known.state != DiscoveredItem.State.done.rawValue { try enrich(known.id, with: item.record) }
    return false
  }

  private func insert(
    _ item: NewItem, of source: SourceState, now: Timestamp
  ) throws(StoreError) -> (id: Int64, waits: Bool) {
    let publisher = source.publisher
    // Seen as an article though not as an item: published from elsewhere, or so long ago that only a trace is left. It
    // is remembered, so that changes show.
    let article = try article(publisher: publisher, key: item.key)
    let trace = try trace(publisher: publisher, key: item.key)
    let seen = article != nil || trace != nil
    // A trace without a version is that of an item whose article had another key, which only its page tells.
    let isArticle = article != nil || (trace?.version ?? 0) > 0
    let id = try database.insert(
      "insert item",
      """
      INSERT INTO items
        (publisher, source, key, url, section, record, discovered_at, last_listed, next_try, state, article_key)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      .text(publisher), .key(source.id), .key(item.key), .text(item.url), .text(item.section), .text(item.record),
      .time(now), .time(now), .time(now),
      .integer(seen ? DiscoveredItem.State.done.rawValue : DiscoveredItem.State.waiting.rawValue),
      .key(isArticle ? item.key : nil))
    try database.run(
      "remember item", "INSERT INTO fingerprints (source, item, fingerprint) VALUES (?, ?, ?)", .key(source.id),
      .integer(id), .text(item.fingerprint))
    return (id, !seen)
  }

  /// Makes `items` the present listing of `source`. Only differences are written: an item on a list cannot be pruned,
  /// so its `last_listed` matters from the moment it leaves.
  ///
  /// - Parameters:
  ///   - before: what it listed last.
  ///   - fresh: those of `items` that were made just now.
  private func list(
    _ items: Set<Int64>, before: Set<Int64>, fresh: Set<Int64>, by source: String, now: Timestamp
  ) throws(StoreError) {
    let operation = "record listing"
    for id in before.subtracting(items).sorted() {
      try database.run(operation, "DELETE FROM listed WHERE source = ? AND item = ?", .key(source), .integer(id))
      try database.run(operation, "UPDATE items SET last_listed = ? WHERE id = ?", .time(now), .integer(id))
    }
    for id in items.subtracting(before).sorted() {
      try database.run(operation, "INSERT INTO listed (source, item) VALUES (?, ?)", .key(source), .integer(id))
      if fresh.contains(id) { continue }
      try database.run(operation, "UPDATE items SET last_listed = ? WHERE id = ?", .time(now), .integer(id))
    }
  }
}
