public import Values

/// An item as a source listed it, not yet known to be new.
public struct NewItem: Sendable, Equatable {
  /// The item's identity inside the publisher.
  public var key: String
  public var url: String
  public var section: String?
  /// The feed's record of the item, JSON.
  public var record: String
  /// Changes when the publisher changed the item: made by the caller from its title and modified date.
  public var fingerprint: String
  /// When it was published or changed, as far as the source says; not kept.
  public var date: Timestamp?

  public init(
    key: String, url: String, section: String? = nil, record: String, fingerprint: String, date: Timestamp? = nil
  ) {
    self.date = date
    self.key = key
    self.url = url
    self.section = section
    self.record = record
    self.fingerprint = fingerprint
  }
}

/// An item whose page has to be fetched, or was.
public struct DiscoveredItem: Sendable, Equatable {
  public enum State: Int, Sendable {
    case waiting = 0
    case done = 1
    /// Given up. It waits again when its publisher changes it.
    case failed = 2
    /// Waits for another node, which fetches from its page's host.
    case handed = 3
  }

  public var id: Int64
  public var publisher: String
  public var source: String
  public var key: String
  public var url: String
  public var record: String
  public var section: String?
  public var discoveredAt: Timestamp
  /// Failed attempts since it last began to wait.
  public var attempts: Int
  public var nextTry: Timestamp
  public var lastError: String?
  public var state: State
  /// True when the item was fetched before and waits because its publisher changed it.
  public var isUpdate: Bool
  /// Counts the changes its publisher made. Handed back when the item is done, so that a change which arrived while its
  /// page was being fetched is not lost.
  public var revision: Int
  /// The page's validators as last fetched; none when its publisher has said since that it changed.
  public var etag: String?
  public var lastModified: String?
  /// The key of the article it became; nil before.
  public var articleKey: String?
}

/// What is remembered of a page that has been fetched.
public struct FetchedPage: Sendable, Equatable {
  public var etag: String?
  public var lastModified: String?
  /// When the page is looked at again although no source says that it changed; nil for never.
  public var revisit: Timestamp?

  public init(etag: String? = nil, lastModified: String? = nil, revisit: Timestamp? = nil) {
    self.etag = etag
    self.lastModified = lastModified
    self.revisit = revisit
  }
}

/// What a source says of an item: its date and its title. Those that no visit of the page has been made for bear a
/// mark: what a source says that names the item later than others, and what has been said before another claimed a
/// change.
enum Fingerprint {
  static let doubt = "?"

  static func doubted(_ fingerprint: String) -> String { doubt + fingerprint }

  static func isSame(_ remembered: String, _ said: String) -> Bool {
    remembered == said || remembered == doubted(said)
  }
}

extension Store {
  static let itemColumns = """
    id, publisher, source, key, url, record, section, discovered_at, attempts, next_try, last_error, state, is_update,
    revision, etag, last_modified, article_key
    """

  // Put together once, not at every use.
  private static let itemOfNumber = "SELECT \(itemColumns) FROM items WHERE id = ?"
  private static let itemOfKey = "SELECT \(itemColumns) FROM items WHERE publisher = ? AND key = ?"

  /// Records a fetch that listed items, in one transaction: the source's validators, the items that are new, the items
  /// their publisher has changed (they wait again), and which items the source lists now.
  ///
  /// - Returns: the items that wait now and did not before, new ones and changed ones.
  public func recordFetch(
    _ source: SourceState, _ items: [NewItem], now: Timestamp = .now()
  ) throws(StoreError) -> [DiscoveredItem] {
    try atomically("record fetch", locking: [source.publisher]) { () throws(StoreError) in
      try record(source, items, now: now)
    }
  }

  /// The same for several fetches that share the cost of one commit: all are recorded, or none.
  ///
  /// - Parameters:
  ///   - others: sources to save beside them.
  ///   - fences: by which right a source is changed, by its id. Those whose group has gone to another node are left as
  ///     that
  ///     one has them.
  /// - Returns: of each fetch the items that wait now and did not before; nil when it was not recorded.
  public func recordFetches(
    _ fetches: [(source: SourceState, items: [NewItem])], saving others: some Collection<SourceState> = [],
    fences: [String: Fence] = [:], now: Timestamp = .now()
  ) throws(StoreError) -> [[DiscoveredItem]?] {
    let publishers = Set(fetches.lazy.filter { !$0.items.isEmpty }.map(\.source.publisher))
    return try atomically("record fetches", locking: publishers) { () throws(StoreError) in
      let held = try held(Set(fences.values))
      func isOurs(_ source: SourceState) -> Bool { fences[source.id].map(held.contains) ?? true }
      for other in others.sorted(by: { $0.id < $1.id }) where isOurs(other) { try save(other) }
      var results: [[DiscoveredItem]?] = []
      for fetch in fetches {
        results.append(
          isOurs(fetch.source) ? try record(fetch.source, fetch.items, now: now) : nil)
      }
      return results
    }
  }

  private func record(
    _ source: SourceState, _ items: [NewItem], now: Timestamp
  ) throws(StoreError) -> [DiscoveredItem] {
    guard let server = database.server else { return try recordInFile(source, items, now: now) }
    return try recordOnServer(server, source, items, now: now)
  }

  /// How long an item that its feed calls changed waits before its page is fetched again: not at all the first time,
  /// longer with every visit that found nothing changed. Some feeds date all their items anew each time.
  static func restAfterIdleVisits(_ count: Int) -> Int64 { count <= 0 ? 0 : min(900 << min(count - 1, 7), 86_400) }

  /// Whether another source has claimed the same of the item: then it is the change that is waited for, or that has
  /// been fetched. Articles stand on several lists of their paper, and one change is told by each of them.
  func isTold(_ fingerprint: String, of id: Int64, besides source: String) throws(StoreError) -> Bool {
    try database.first(
      "find item", "SELECT 1 FROM fingerprints WHERE item = ? AND fingerprint = ? AND source <> ?", .integer(id),
      .text(fingerprint), .key(source)
    ) { _ in true } ?? false
  }

  /// Remembers what a source says of an item, also after it has left the list: an article that comes back changed is
  /// seen as changed.
  func remember(_ fingerprint: String, ofItem id: Int64, by source: String) throws(StoreError) {
    try database.run(
      "remember item",
      """
      INSERT INTO fingerprints (source, item, fingerprint) VALUES (?, ?, ?)
      ON CONFLICT (item, source) DO UPDATE SET fingerprint = excluded.fingerprint
      """,
      .key(source), .integer(id), .text(fingerprint))
  }

  /// Of several sources' records the longest says most, should the page not be had.
  func enrich(_ id: Int64, with record: String) throws(StoreError) {
    try database.run(
      "enrich item",
      "UPDATE items SET record = ?1 WHERE id = ?2 AND state IN (0, 3) AND length(record) < length(?1)", .text(record),
      .integer(id))
  }

  /// An item that waits for nothing but its next look counts as given up until then.
  static func state(of items: String) -> String {
    "CASE WHEN \(items).state = 0 AND \(items).next_try = \(items).revisit_at THEN 2 ELSE \(items).state END"
  }

  /// Lets an item wait again that its publisher has changed. What other sources say of it is older from now on.
  func renew(
    _ id: Int64, as item: NewItem, of source: SourceState, idle: Int, now: Timestamp
  ) throws(StoreError) {
    try remember(item.fingerprint, ofItem: id, by: source.id)
    try database.run(
      "renew item",
      """
      UPDATE fingerprints SET fingerprint = ? || fingerprint
      WHERE item = ? AND source <> ? AND fingerprint <> ? AND substr(fingerprint, 1, 1) <> ?
      """,
      .text(Fingerprint.doubt), .integer(id), .key(source.id), .text(item.fingerprint), .text(Fingerprint.doubt))
    try database.run(
      "renew item",
      """
      UPDATE items SET source = ?, url = ?, section = coalesce(?, section), record = ?,
        state = 0, attempts = 0, next_try = CASE \(Self.state(of: "items")) WHEN 0 THEN next_try ELSE ? END,
        last_error = NULL, etag = NULL, last_modified = NULL, revision = \(Row.nextRevision),
        is_update = CASE state WHEN 1 THEN 1 ELSE is_update END
      WHERE id = ?
      """,
      .key(source.id), .text(item.url), .text(item.section), .text(item.record),
      .time(now.adding(seconds: Self.restAfterIdleVisits(idle))), .integer(id))
  }

  public func item(_ id: Int64) throws(StoreError) -> DiscoveredItem? {
    try database.first("read item", Self.itemOfNumber, .integer(id), read: Self.item)
  }

  public func item(publisher: String, key: String) throws(StoreError) -> DiscoveredItem? {
    try database.first("read item", Self.itemOfKey, .text(publisher), .key(key), read: Self.item)
  }

  /// Items to fetch now, the longest due first.
  public func waitingItems(now: Timestamp, limit: Int) throws(StoreError) -> [DiscoveredItem] {
    try database.rows(
      "read waiting items",
      "SELECT \(Self.itemColumns) FROM items WHERE state = 0 AND next_try <= ? ORDER BY next_try, id LIMIT ?",
      .time(now), .integer(limit), read: Self.item)
  }

  /// Items that wait, due or not. For tests.
  package func waitingCount() throws(StoreError) -> Int {
    try database.first("count waiting items", "SELECT count(*) FROM items WHERE state = 0") { $0.int(0) } ?? 0
  }

  /// Items that wait, by publisher.
  public func waitingCounts() throws(StoreError) -> [String: Int] {
    let rows = try database.rows(
      "count waiting items", "SELECT publisher, count(*) FROM items WHERE state = 0 GROUP BY publisher"
    ) { ($0.text(0), $0.int(1)) }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// When the next waiting item becomes due; nil when none waits.
  public func nextItemTime() throws(StoreError) -> Timestamp? {
    try database.first("read waiting items", "SELECT min(next_try) FROM items WHERE state = 0") {
      $0.optionalTime(0)
    } ?? nil
  }

  /// Counts a failed attempt. The item waits until `nextTry`, or is given up when that is nil.
  ///
  /// - Parameters:
  ///   - revision: the item's revision as it was read; one that has changed since is not given up.
  ///   - revisit: instead of giving it up, when its page is looked at again. What became an article is done until then,
  ///     and what is known of its page stays known; what did not waits.
  public func itemFailed(
    _ id: Int64, revision: Int? = nil, error: String, nextTry: Timestamp?, revisit: Timestamp? = nil
  ) throws(StoreError) {
    try database.run(
      "record failed item",
      """
      UPDATE items SET attempts = \(Row.counting("attempts")), last_error = ?1, revisit_at = coalesce(?6, revisit_at),
        next_try = CASE WHEN revision = coalesce(?3, revision) AND is_update = 0 THEN coalesce(?2, ?6, next_try)
          ELSE coalesce(?2, next_try) END,
        state = CASE WHEN revision <> coalesce(?3, revision) THEN 0 WHEN CAST(?6 AS BIGINT) IS NULL THEN ?4
          WHEN is_update = 0 THEN 0 ELSE 1 END
      WHERE id = ?5
      """,
      .text(error), .time(nextTry), .integer(revision),
      .integer(nextTry == nil ? DiscoveredItem.State.failed.rawValue : DiscoveredItem.State.waiting.rawValue),
      .integer(id), .time(revisit))
  }

  /// What was claimed while the page was under way may be what it brought: the visit that it is still owed is not
  /// counted as idle should it find nothing.
  private static func finishing(nextTry: String) -> String {
    """
    UPDATE items SET state = CASE WHEN revision = coalesce(?1, revision) THEN 1 ELSE state END, last_error = NULL,
      article_key = coalesce(?2, article_key), revisit_at = ?3,
      etag = CASE WHEN revision = coalesce(?1, revision) THEN ?4 END,
      last_modified = CASE WHEN revision = coalesce(?1, revision) THEN ?5 END,
      idle = CASE WHEN CAST(?7 AS BIGINT) IS NOT NULL THEN \(Row.counting("idle")) WHEN revision = coalesce(?1, revision) THEN 0 ELSE -1 END,
      next_try = CASE WHEN revision = coalesce(?1, revision) THEN next_try ELSE \(nextTry) END
    WHERE id = ?6
    """
  }

  private static let finishItem = finishing(nextTry: "coalesce(?7, next_try)")
  /// There ?7 is when it was found unchanged; the rest of `restAfterIdleVisits` is reckoned with what is known then.
  private static let finishItemOnServer = finishing(
    nextTry: """
      coalesce(?7 + CASE WHEN idle < 0 THEN 0 ELSE LEAST(900 << LEAST(idle, 7)::integer, 86400) END * 1000000::bigint,
        next_try)
      """)

  /// Records that an item needs no more work. Publishing does this itself, in the transaction that commits the article.
  ///
  /// - Parameters:
  ///   - revision: the item's revision as it was read; when it has changed since, the item stays waiting.
  ///   - articleKey: the key of the article it became; keeps that article remembered as long as the item is.
  ///   - page: what to remember of its page, when one was fetched. A change that arrived meanwhile keeps it from being
  ///     asked for conditionally.
  ///   - idleAt: when it was fetched again and found unchanged; nil when it brought something. A change that its feed
  ///     claimed meanwhile waits as the next one would.
  public func itemDone(
    _ id: Int64, revision: Int? = nil, articleKey: String? = nil, page: FetchedPage = FetchedPage(),
    idleAt: Timestamp? = nil
  ) throws(StoreError) {
    var nextTry: Timestamp?
    if let idleAt, database.server != nil {
      // What follows may have changed since it was asked for; and a question costs a round trip.
      nextTry = idleAt
    } else if let idleAt {
      let before = try database.first("read item", "SELECT idle FROM items WHERE id = ?", .integer(id)) { $0.int(0) }
      nextTry = idleAt.adding(seconds: Self.restAfterIdleVisits(min(before ?? 0, Int(Int32.max)) + 1))
    }
    try database.run(
      "finish item", database.server == nil ? Self.finishItem : Self.finishItemOnServer,
      .integer(revision), .key(articleKey), .time(page.revisit), .text(page.etag), .text(page.lastModified),
      .integer(id), .time(nextTry))
  }

  /// What lets a finished item be looked at again. A look of ours that finds nothing changed says nothing about what
  /// the feed claims: it is not counted as idle. Where the last one was missed, the attempts count on: the page has not
  /// been had since.
  static let wake = """
    state = 0, is_update = 1, attempts = CASE WHEN last_error IS NULL THEN 0 ELSE attempts END,
      idle = CASE WHEN last_error IS NULL AND idle > -1000000 THEN idle - 1 ELSE idle END
    """

  /// Lets finished items whose time has come wait again, so that changes are noticed that no source tells of; whose
  /// they are. Costs no write when none is due.
  public func wakeRevisits(now: Timestamp, limit: Int) throws(StoreError) -> Set<String> {
    let operation = "wake items"
    if database.server != nil { return try wakeRevisitsNotLocked(now: now, limit: limit) }
    let due = try database.rows(
      operation,
      """
      SELECT id, publisher FROM items WHERE revisit_at IS NOT NULL AND state = 1 AND revisit_at <= ?
      ORDER BY revisit_at LIMIT ?
      """,
      .time(now), .integer(limit)
    ) { (id: $0.int64(0), publisher: $0.text(1)) }
    if due.isEmpty { return [] }
    try atomically(operation) { () throws(StoreError) in
      for (id, _) in due {
        try database.run(
          operation, "UPDATE items SET \(Self.wake), next_try = ?, revisit_at = NULL WHERE id = ?", .time(now),
          .integer(id))
      }
    }
    return Set(due.map(\.publisher))
  }

  static func item(_ row: Row) -> DiscoveredItem {
    DiscoveredItem(
      id: row.int64(0), publisher: row.text(1), source: row.text(2), key: row.text(3), url: row.text(4),
      record: row.text(5), section: row.optionalText(6), discoveredAt: row.time(7), attempts: row.int(8),
      nextTry: row.time(9), lastError: row.optionalText(10), state: .init(rawValue: row.int(11)) ?? .failed,
      isUpdate: row.bool(12), revision: row.int(13), etag: row.optionalText(14), lastModified: row.optionalText(15),
      articleKey: row.optionalText(16))
  }
}
