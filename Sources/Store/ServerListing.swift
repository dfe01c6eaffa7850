internal import PostgreSQL
internal import Values

/// Recording what a source lists, on a server: the same decisions as in a file (FileListing.swift), with as
/// many questions whether it lists one item or a hundred. Each costs a round trip there; what is only told travels with
/// the next one.
extension Store {
  private struct Known {
    var id: Int64
    var state: Int
    var idle = 0
    /// Characters of its record.
    var length: Int
    /// What this source said of it last.
    var fingerprint: String?
    var isFresh = false

    func isSaidAgain(_ item: NewItem) -> Bool { fingerprint.map { Fingerprint.isSame($0, item.fingerprint) } ?? false }

    /// Whether what is said is no change should another source have claimed it.
    func mayBeTold(_ item: NewItem) -> Bool {
      !isSaidAgain(item) && (fingerprint == nil || idle <= 0 || state == DiscoveredItem.State.waiting.rawValue)
    }
  }

  func recordOnServer(
    _ server: ServerDatabase, _ source: SourceState, _ items: [NewItem], now: Timestamp
  ) throws(StoreError) -> [DiscoveredItem] {
    try save(source)
    let keys = items.map { ServerDatabase.kept($0.key) }
    var known = try known(server, source, keys)
    var isNew: Set<String> = []
    let new = zip(keys, items).filter { known[$0.0] == nil && isNew.insert($0.0).inserted }
    if !new.isEmpty {
      for (key, entry) in try insert(server, source, new, now: now) { known[key] = entry }
    }

    let told = try told(
      server, source,
      of: zip(keys, items).compactMap { key, item in known[key].flatMap { $0.mayBeTold(item) ? $0.id : nil } })
    var waiting: [Int64] = []
    for (key, item) in zip(keys, items) {
      guard var entry = known[key] else { continue }
      if isNew.remove(key) != nil {
        if entry.state == DiscoveredItem.State.waiting.rawValue { waiting.append(entry.id) }
        continue
      }
      let isTold = entry.mayBeTold(item) && told[entry.id]?.contains(item.fingerprint) == true
      let isChanged = entry.fingerprint != nil && !entry.isSaidAgain(item) && !isTold
      if !isChanged, !entry.isSaidAgain(item) {
        entry.fingerprint = isTold ? item.fingerprint : Fingerprint.doubted(item.fingerprint)
        try remember(entry.fingerprint!, ofItem: entry.id, by: source.id)
      } else if isChanged {
        entry.fingerprint = item.fingerprint
      }
      let length = item.record.unicodeScalars.count
      if isChanged {
        try renew(entry.id, as: item, of: source, idle: entry.idle, now: now)
        if entry.state != DiscoveredItem.State.waiting.rawValue { waiting.append(entry.id) }
        (entry.state, entry.length) = (DiscoveredItem.State.waiting.rawValue, length)
      } else if entry.length < length, entry.state != DiscoveredItem.State.done.rawValue {
        try enrich(entry.id, with: item.record)
        entry.length = length
      }
      known[key] = entry
    }
    let listed = Set(keys.compactMap { known[$0]?.id })
    try list(server, listed, fresh: Set(known.values.lazy.filter(\.isFresh).map(\.id)), by: source.id, now: now)
    return try self.items(server, waiting)
  }

  private func known(
    _ server: ServerDatabase, _ source: SourceState, _ keys: [String]
  ) throws(StoreError) -> [String: Known] {
    if keys.isEmpty { return [:] }
    let rows = try server.with("find items") { connection throws(PostgresError) in
      try connection.rows(
        operation: "find items",
        """
        SELECT i.key, i.id, \(Self.state(of: "i")), i.idle, length(i.record), f.fingerprint FROM items i
        LEFT JOIN fingerprints f ON f.item = i.id AND f.source = ?
        WHERE i.publisher = ? AND i.key = ANY (?)
        """, [.text(ServerDatabase.kept(source.id)), .text(source.publisher), .texts(keys)]
      ) {
        (
          $0.text(0),
          Known(id: $0.int64(1), state: $0.int(2), idle: $0.int(3), length: $0.int(4), fingerprint: $0.optionalText(5))
        )
      }
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// What other sources say of items.
  private func told(
    _ server: ServerDatabase, _ source: SourceState, of ids: [Int64]
  ) throws(StoreError) -> [Int64: [String]] {
    if ids.isEmpty { return [:] }
    let rows = try server.with("find items") { connection throws(PostgresError) in
      try connection.rows(
        operation: "find items", "SELECT item, fingerprint FROM fingerprints WHERE item = ANY (?) AND source <> ?",
        [.integers(ids), .text(ServerDatabase.kept(source.id))]
      ) { ($0.int64(0), $0.text(1)) }
    }
    return Dictionary(rows.map { ($0.0, [$0.1]) }, uniquingKeysWith: +)
  }

  /// Inserts items that are not known. Those seen as articles though not as items, published from elsewhere or so long
  /// ago that only a trace is left, are remembered as done, so that changes show.
  private func insert(
    _ server: ServerDatabase, _ source: SourceState, _ new: [(key: String, item: NewItem)], now: Timestamp
  ) throws(StoreError) -> [(String, Known)] {
    let (waits, done) = (DiscoveredItem.State.waiting.rawValue, DiscoveredItem.State.done.rawValue)
    let digests = new.map { digest(source.publisher, $0.key) }
    let (keys, items) = (new.map(\.key), new.map(\.item))
    let time = ServerDatabase.value(.time(now))
    let sourceID = ServerDatabase.kept(source.id)
    let rows = try server.with("insert items") { connection throws(PostgresError) in
      let rows = try connection.rows(
        operation: "find articles",
        """
        SELECT key, 1 FROM articles WHERE publisher = ? AND key = ANY (?)
        UNION ALL SELECT digest, version FROM traces WHERE digest = ANY (?)
        """, [.text(source.publisher), .texts(keys), .texts(digests)]
      ) { ($0.text(0), $0.int(1)) }
      let seen = Set(rows.map(\.0))
      let isSeen = zip(keys, digests).map { seen.contains($0) || seen.contains($1) }
      // A trace without a version is that of an item whose article had another key, which only its page tells.
      let articles = Set(rows.lazy.filter { $0.1 > 0 }.map(\.0))
      let articleKeys = zip(keys, digests).map { articles.contains($0) || articles.contains($1) ? $0 : nil }
      return try connection.rows(
        operation: "insert items",
        """
        INSERT INTO items
          (publisher, source, key, url, section, record, discovered_at, last_listed, next_try, state, article_key)
        SELECT ?1, ?2, key, url, section, record, ?3, ?3, ?3, state, article_key
        FROM unnest(?4::text[], ?5::text[], ?6::text[], ?7::text[], ?8::smallint[], ?9::text[])
          WITH ORDINALITY AS new (key, url, section, record, state, article_key, number)
        ORDER BY number
        RETURNING key, id, state
        """,
        [
          .text(source.publisher), .text(sourceID), time, .texts(keys), .texts(items.map(\.url)),
          .texts(items.map(\.section)), .texts(items.map(\.record)), .integers(isSeen.map { Int64($0 ? done : waits) }),
          .texts(articleKeys),
        ]
      ) { ($0.text(0), Known(id: $0.int64(1), state: $0.int(2), length: 0, isFresh: true)) }
    }
    var made = Dictionary(uniqueKeysWithValues: rows)
    for (key, item) in new {
      made[key]?.fingerprint = item.fingerprint
      made[key]?.length = item.record.unicodeScalars.count
    }
    try server.enqueue(
      "remember items",
      "INSERT INTO fingerprints (source, item, fingerprint) SELECT ?1, * FROM unnest(?2::bigint[], ?3::text[])",
      [.text(sourceID), .integers(keys.map { made[$0]?.id }), .texts(items.map(\.fingerprint))])
    return made.map { ($0.key, $0.value) }
  }

  private func list(
    _ server: ServerDatabase, _ items: Set<Int64>, fresh: Set<Int64>, by source: String, now: Timestamp
  ) throws(StoreError) {
    let operation = "record listing"
    let before = Set(
      try database.rows(operation, "SELECT item FROM listed WHERE source = ?", .key(source)) { $0.int64(0) })
    let (gone, come) = (before.subtracting(items).sorted(), items.subtracting(before).sorted())
    let (id, time) = (PostgresValue.text(ServerDatabase.kept(source)), ServerDatabase.value(.time(now)))
    if !gone.isEmpty {
      try server.enqueue(
        operation, "DELETE FROM listed WHERE source = ? AND item = ANY (?)", [id, .integers(gone)])
    }
    if !come.isEmpty {
      try server.enqueue(
        operation, "INSERT INTO listed (source, item) SELECT ?1, * FROM unnest(?2::bigint[])", [id, .integers(come)])
    }
    let moved = gone + come.filter { !fresh.contains($0) }
    guard !moved.isEmpty else { return }
    try server.enqueue(
      operation, "UPDATE items SET last_listed = ? WHERE id = ANY (?)", [time, .integers(moved.sorted())])
  }

  /// Items by their numbers, in that order.
  private func items(_ server: ServerDatabase, _ ids: [Int64]) throws(StoreError) -> [DiscoveredItem] {
    if ids.isEmpty { return [] }
    let rows = try server.with("read items") { connection throws(PostgresError) in
      try connection.rows(
        operation: "read items", "SELECT \(Self.itemColumns) FROM items WHERE id = ANY (?)", [.integers(ids)]
      ) { Self.item(.server($0)) }
    }
    let found = Dictionary(uniqueKeysWithValues: rows.map { ($0.id, $0) })
    return ids.compactMap { found[$0] }
  }

  /// The publisher's waiting items that are due, in one question.
  func waitingItems(
    onServer publisher: String, now: Timestamp, limit: Int
  ) throws(StoreError) -> [DiscoveredItem] {
    try database.rows(
      "read waiting items",
      """
      SELECT \(Self.itemColumns) FROM items WHERE publisher = ? AND state = 0 AND next_try <= ?
      ORDER BY next_try, id LIMIT ?
      """, .text(publisher), .time(now), .integer(limit), read: Self.item)
  }
}
