public import Values

/// What is known of one source: validators, schedule, health.
public struct SourceState: Sendable, Equatable {
  /// Unique among all sources, stable over restarts.
  public var id: String
  public var publisher: String
  /// The address last fetched, without credentials.
  public var url: String
  /// ETag exactly as received (RFC 9110, section 8.8.3).
  public var etag: String?
  /// Last-Modified exactly as received; it is sent back unread (RFC 9110, section 13.1.3).
  public var lastModified: String?
  /// Digest of the last body, for servers without validators.
  public var bodyHash: String?
  public var lastAttempt: Timestamp?
  public var lastSuccess: Timestamp?
  public var nextDue: Timestamp?
  /// Failures since the last success.
  public var failures: Int
  public var lastStatus: Int?
  public var lastError: String?
  /// Where permanent redirects (301, 308) point, how often in a row they did, and since when.
  public var permanentTo: String?
  public var permanentSeen: Int
  public var permanentSince: Timestamp?
  /// The date of the newest item ever listed.
  public var newestItem: Timestamp?
  /// The source's rhythm: new items a day, smoothed.
  public var itemsPerDay: Double?
  /// What has been learned of the hours and days at which it brings items, as `Rhythm` writes it.
  public var rhythm: String?
  /// Said to be gone for good (410).
  public var muted: Bool
  public var attempts = Attempts()
  /// Seconds that the feed itself says it holds (`ttl`, `sy:updatePeriod`).
  public var promised: Int?
  /// Hours of the day (UTC) and days of the week (bit 0 for Monday) in which the feed says that nothing comes.
  public var quietHours = 0
  public var quietDays = 0
  /// Why `nextDue` is when it is, in a word.
  public var dueReason: String?
  /// When the whole list was last received.
  public var lastWhole: Timestamp?
  public var details = SourceDetails()

  public init(
    id: String, publisher: String, url: String, etag: String? = nil, lastModified: String? = nil,
    bodyHash: String? = nil, lastAttempt: Timestamp? = nil, lastSuccess: Timestamp? = nil, nextDue: Timestamp? = nil,
    failures: Int = 0, lastStatus: Int? = nil, lastError: String? = nil, permanentTo: String? = nil,
    permanentSeen: Int = 0, permanentSince: Timestamp? = nil, newestItem: Timestamp? = nil,
    itemsPerDay: Double? = nil, rhythm: String? = nil, muted: Bool = false
  ) {
    self.id = id
    self.publisher = publisher
    self.url = url
    self.etag = etag
    self.lastModified = lastModified
    self.bodyHash = bodyHash
    self.lastAttempt = lastAttempt
    self.lastSuccess = lastSuccess
    self.nextDue = nextDue
    self.failures = failures
    self.lastStatus = lastStatus
    self.lastError = lastError
    self.permanentTo = permanentTo
    self.permanentSeen = permanentSeen
    self.permanentSince = permanentSince
    self.newestItem = newestItem
    self.itemsPerDay = itemsPerDay
    self.rhythm = rhythm
    self.muted = muted
  }
}

/// A source's place in the schedule.
public struct SourceSchedule: Sendable, Equatable {
  public var id: String
  public var url: String
  public var nextDue: Timestamp?
  public var failures: Int
  public var muted: Bool
}

/// How a publisher's sources do.
public struct SourceHealth: Sendable, Equatable {
  public var lastSuccess: Timestamp?
  public var failing: Int
  /// Of one of the failing sources.
  public var lastError: String?
  /// Failed three times in a row, or gone for good.
  public var failingOften = 0
}

extension Store {
  private static let sourceColumns = """
    id, publisher, url, etag, last_modified, body_hash, last_attempt, last_success, next_due, failures, last_status,
    last_error, permanent_to, permanent_seen, permanent_since, newest_item, items_per_day, muted,
    rhythm, attempts, promised, quiet_hours, quiet_days, last_whole, details, due_reason
    """

  public func source(_ id: String) throws(StoreError) -> SourceState? {
    try database.first(
      "read source", "SELECT \(Self.sourceColumns) FROM sources WHERE id = ?", .key(id), read: Self.source)
  }

  /// For tests and drills.
  package func allSources() throws(StoreError) -> [SourceState] {
    try database.rows("read sources", "SELECT \(Self.sourceColumns) FROM sources ORDER BY id", read: Self.source)
  }

  /// What the schedule needs to know of a publisher's sources after a start. The key's prefix is the publisher, so that
  /// only its rows are read.
  public func schedule(publisher: String) throws(StoreError) -> [SourceSchedule] {
    try database.rows(
      "read schedule", "SELECT id, url, next_due, failures, muted FROM sources WHERE id > ? AND id < ?",
      .text(publisher + "/"), .text(publisher + "0")
    ) { row in
      SourceSchedule(
        id: row.text(0), url: row.text(1), nextDue: row.optionalTime(2), failures: row.count(3), muted: row.bool(4))
    }
  }

  /// The health of every publisher's sources, documents that an index names left out.
  public func sourceHealth() throws(StoreError) -> [String: SourceHealth] {
    let rows = try database.rows(
      "read sources",
      """
      SELECT publisher, max(last_success), coalesce(sum(CASE WHEN failures > 0 THEN 1 ELSE 0 END), 0),
        max(CASE WHEN failures > 0 THEN last_error END),
        coalesce(sum(CASE WHEN failures >= 3 OR muted <> 0 THEN 1 ELSE 0 END), 0)
      FROM sources WHERE id NOT LIKE '%#%' GROUP BY publisher
      """
    ) {
      (
        $0.text(0),
        SourceHealth(
          lastSuccess: $0.optionalTime(1), failing: $0.int(2), lastError: $0.optionalText(3), failingOften: $0.int(4))
      )
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  /// Saves many sources in one transaction.
  ///
  /// - Parameter durably: whether it waits for the disk. Without that a crash of the program loses nothing, and one of
  ///   the machine only this transaction and others saved so since the last that waited: the database stays consistent.
  /// - Parameter fences: by which right a source is changed, by its id. Those whose group has gone to another node are
  ///   left as that one has them.
  public func save(
    _ sources: some Collection<SourceState>, durably: Bool = true, fences: [String: Fence] = [:]
  ) throws(StoreError) {
    if sources.isEmpty { return }
    let operation = "save sources"
    if database.server != nil {
      return try atomically(operation) { () throws(StoreError) in
        // Of this transaction alone; the server forgets it with its end.
        if !durably { try database.run(operation, "SET LOCAL synchronous_commit = off") }
        let held = try held(Set(fences.values))
        // In one order, so that two nodes never wait for each other.
        for source in sources.sorted(by: { $0.id < $1.id }) where fences[source.id].map(held.contains) ?? true {
          try save(source)
        }
      }
    }
    if !durably { try database.execute(operation, "PRAGMA synchronous = NORMAL") }
    let result: Result<Void, StoreError>
    do throws(StoreError) {
      try atomically(operation) { () throws(StoreError) in
        for source in sources { try save(source) }
      }
      result = .success(())
    } catch {
      result = .failure(error)
    }
    // Its failure is one of its own: what follows would not be durable.
    if !durably { try database.execute(operation, "PRAGMA synchronous = FULL") }
    try result.get()
  }

  /// Saves a source after an attempt that listed nothing: a failure, 304 Not Modified, a change by the operator.
  /// What the source listed last stays listed.
  public func save(_ source: SourceState) throws(StoreError) {
    try database.run(
      "save source",
      """
      INSERT INTO sources (\(Self.sourceColumns))
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (id) DO UPDATE SET
        publisher = excluded.publisher, url = excluded.url, etag = excluded.etag,
        last_modified = excluded.last_modified, body_hash = excluded.body_hash, last_attempt = excluded.last_attempt,
        last_success = excluded.last_success, next_due = excluded.next_due, failures = excluded.failures,
        last_status = excluded.last_status, last_error = excluded.last_error, permanent_to = excluded.permanent_to,
        permanent_seen = excluded.permanent_seen, permanent_since = excluded.permanent_since,
        newest_item = excluded.newest_item, items_per_day = excluded.items_per_day, muted = excluded.muted,
        rhythm = excluded.rhythm, attempts = excluded.attempts, promised = excluded.promised,
        quiet_hours = excluded.quiet_hours, quiet_days = excluded.quiet_days, last_whole = excluded.last_whole,
        details = excluded.details, due_reason = excluded.due_reason
      """,
      .key(source.id), .text(source.publisher), .text(source.url), .text(source.etag), .text(source.lastModified),
      .text(source.bodyHash), .time(source.lastAttempt), .time(source.lastSuccess), .time(source.nextDue),
      .integer(source.failures), .integer(source.lastStatus), .text(source.lastError), .text(source.permanentTo),
      .integer(source.permanentSeen), .time(source.permanentSince), .time(source.newestItem),
      .real(source.itemsPerDay), .bool(source.muted), .text(source.rhythm),
      .text(source.attempts.text), .integer(source.promised), .integer(source.quietHours),
      .integer(source.quietDays), .time(source.lastWhole),
      .text(source.details == SourceDetails() ? nil : source.details.json.text()), .text(source.dueReason))
  }

  private static func source(_ row: Row) -> SourceState {
    var state = SourceState(
      id: row.text(0), publisher: row.text(1), url: row.text(2), etag: row.optionalText(3),
      lastModified: row.optionalText(4), bodyHash: row.optionalText(5), lastAttempt: row.optionalTime(6),
      lastSuccess: row.optionalTime(7), nextDue: row.optionalTime(8), failures: row.count(9),
      lastStatus: row.optionalInt(10), lastError: row.optionalText(11), permanentTo: row.optionalText(12),
      permanentSeen: row.count(13), permanentSince: row.optionalTime(14), newestItem: row.optionalTime(15),
      itemsPerDay: row.real(16), rhythm: row.optionalText(18), muted: row.bool(17))
    state.attempts = Attempts(text: row.text(19))
    state.promised = row.optionalInt(20)
    state.quietHours = row.int(21)
    state.quietDays = row.int(22)
    state.lastWhole = row.optionalTime(23)
    if let json = row.optionalText(24).flatMap({ try? JSON(parsing: $0) }) { state.details = SourceDetails(json: json) }
    state.dueReason = row.optionalText(25)
    return state
  }
}
