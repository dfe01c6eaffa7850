internal import PostgreSQL
internal import Values

/// The right to fetch a rate group, as it was when a request began. The epoch grows whenever the group changes hands.
public struct Fence: Sendable, Hashable {
  public var group: String
  public var epoch: Int64

  public init(group: String, epoch: Int64) { (self.group, self.epoch) = (group, epoch) }
}

extension Store {
  /// Which of these this node still has. Inside a transaction, until its end no other node can take them. All of them
  /// where there is no fleet.
  ///
  /// That the node's time is over takes nothing away as long as nobody has claimed the group: until then it is the one
  /// that fetched last.
  public func held(_ fences: Set<Fence>) throws(StoreError) -> Set<Fence> {
    guard let server = database.server, !fences.isEmpty else { return fences }
    let found = try server.with("check leases") { connection throws(PostgresError) in
      try connection.rows(
        """
        SELECT rate_group, epoch FROM leases WHERE node = ? AND rate_group = ANY (?) ORDER BY rate_group FOR SHARE
        """, .text(server.node), .texts(fences.map(\.group).sorted())
      ) { Fence(group: $0.text(0), epoch: $0.int64(1)) }
    }
    return fences.intersection(found)
  }

  /// Whether these versions still follow what is published: another node may have published one since they were
  /// planned. Always true of a file, which has one writer. Of an article that comes several times the first counts.
  public func areNext(_ versions: [ArticleRow]) throws(StoreError) -> Bool {
    guard let server = database.server, !versions.isEmpty else { return true }
    var seen: Set<[String]> = []
    let first = versions.filter { seen.insert([$0.publisher, $0.key]).inserted }
    let others = try server.with("check versions") { connection throws(PostgresError) in
      try connection.first(
        """
        SELECT count(*) FROM unnest(?::text[], ?::text[], ?::bigint[]) AS planned (publisher, key, version)
        JOIN articles a ON a.publisher = planned.publisher AND a.key = planned.key AND a.version <> planned.version - 1
        """, .texts(first.map(\.publisher)), .texts(first.map { ServerDatabase.kept($0.key) }),
        .integers(first.map { Int64($0.version) })
      ) { $0.int(0) }
    }
    return others == 0
  }

  // MARK: Pages at hosts that another node fetches from

  /// Leaves a waiting item to the node that fetches the rate group of its page. Does nothing without a fleet.
  ///
  /// - Parameter url: where a redirect leads, when it is this that the other node has to fetch. Counts as an attempt,
  ///   so that an item is not sent round for ever.
  public func handOver(item id: Int64, to group: String, url: String? = nil) throws(StoreError) {
    guard let server = database.server else { return }
    try server.with("hand item over") { connection throws(PostgresError) in
      try connection.run(
        """
        WITH changed AS (
          UPDATE items SET state = 3, url = coalesce(?2, url), attempts = attempts + CASE WHEN ?2::text IS NULL THEN 0 ELSE 1 END
          WHERE id = ?1 AND state IN (0, 3) RETURNING id
        )
        INSERT INTO handed (item, rate_group) SELECT id, ?3 FROM changed
        ON CONFLICT (item) DO UPDATE SET rate_group = excluded.rate_group, handed_at = now()
        """, .integer(id), .text(url), .text(group))
    }
  }

  /// Items handed over whose group this node holds, or no node that is alive does; the longest handed over first. They
  /// end as waiting ones do; one that fails or is postponed goes back to where it came from.
  public func handedItems(limit: Int) throws(StoreError) -> [(item: DiscoveredItem, group: String)] {
    guard let server = database.server else { return [] }
    return try database.rows(
      "read handed items",
      """
      SELECT \(Self.itemColumns), rate_group FROM items JOIN (
        SELECT h.item, h.rate_group, h.handed_at FROM handed h
        LEFT JOIN leases l ON l.rate_group = h.rate_group
        LEFT JOIN nodes n ON n.name = l.node AND n.expires_at > now()
        WHERE l.node = ? OR n.name IS NULL
      ) AS ours ON ours.item = items.id
      WHERE state = 3 ORDER BY handed_at, id LIMIT ?
      """, .text(server.node), .integer(limit)
    ) { (item: Self.item($0), group: $0.text(17)) }
  }

  /// `wakeRevisits` on a server: what another node is waking is left to it.
  func wakeRevisitsNotLocked(now: Timestamp, limit: Int) throws(StoreError) -> Set<String> {
    Set(
      try database.rows(
        "wake items",
        """
        WITH due AS (
          SELECT id FROM items WHERE revisit_at IS NOT NULL AND state = 1 AND revisit_at <= ?1
          ORDER BY revisit_at LIMIT ?2 FOR UPDATE SKIP LOCKED
        )
        UPDATE items SET \(Self.wake), next_try = ?1, revisit_at = NULL
        FROM due WHERE items.id = due.id RETURNING publisher
        """,
        .time(now), .integer(limit)
      ) { $0.text(0) })
  }
}
