internal import Glibc
public import PostgreSQL

/// What was moved, by table.
public struct MovedRows: Sendable, Equatable {
  public var counts: [(table: String, rows: Int)]

  public static func == (left: MovedRows, right: MovedRows) -> Bool {
    left.counts.elementsEqual(right.counts) { $0 == $1 }
  }
}

extension Store {
  /// Tables as they are moved: theirs, the columns that both sides have, and which of them are keys of any length.
  private struct Table {
    var name: String
    var target: String
    var columns: [String]
    var keys: Set<String> = []
  }

  private static let tables = [
    Table(
      name: "sources", target: "sources",
      columns: [
        "id", "publisher", "url", "etag", "last_modified", "body_hash", "last_attempt", "last_success", "next_due",
        "failures", "last_status", "last_error", "permanent_to", "permanent_seen", "permanent_since", "newest_item",
        "items_per_day", "muted", "rhythm", "attempts", "promised", "quiet_hours", "quiet_days", "last_whole",
        "details", "due_reason",
      ], keys: ["id"]),
    Table(
      name: "items", target: "items",
      columns: [
        "id", "publisher", "source", "key", "url", "section", "record", "discovered_at", "last_listed", "attempts",
        "next_try", "last_error", "state", "is_update", "revision", "article_key", "etag", "last_modified",
        "revisit_at", "idle",
      ], keys: ["source", "key", "article_key"]),
    Table(name: "listed", target: "listed", columns: ["source", "item"], keys: ["source"]),
    Table(name: "fingerprints", target: "fingerprints", columns: ["item", "source", "fingerprint"], keys: ["source"]),
    Table(
      name: "articles", target: "articles",
      columns: [
        "id", "publisher", "key", "uri", "version", "content_hash", "staged_id", "queue_name", "first_seen",
        "updated_at", "url", "headline", "fields", "words", "is_partial", "is_withdrawn",
      ], keys: ["key"]),
    Table(
      name: "outbox", target: "outbox",
      columns: ["queue_name", "staged_id", "publisher", "key", "version", "state", "committed_at"], keys: ["key"]),
    Table(name: "traces", target: "traces", columns: ["digest", "version", "first_seen", "content"]),
    Table(name: "facts", target: "facts", columns: ["name", "value"]),
  ]

  /// Copies the state of a single machine, whole, into the empty tables of a server, where it becomes `node`'s. All of
  /// it or, when this throws, nothing; the file stays as it is.
  ///
  /// - Parameter progress: told the table and how many of its rows have been sent.
  public func move(
    to target: PostgresTarget, node: String, progress: (_ table: String, _ rows: Int) -> Void = { _, _ in }
  ) throws(StoreError) -> MovedRows {
    precondition(database.server == nil, "the state is on a server already")
    let operation = "move state"
    let server = try ServerDatabase(target, node: node, instance: "newswirectl state move")
    let path = target.description
    try server.with(operation) { connection throws(PostgresError) in try connection.allowLong(.seconds(3600)) }
    for table in Self.tables {
      let name = table.name == "outbox" ? "outboxes" : table.name
      let isEmpty = try server.rows(operation, "SELECT NOT EXISTS (SELECT FROM \(name))", []) { $0.bool(0) }.first
      guard isEmpty == true else {
        throw StoreError(
          .cannotCreate, operation: operation, path: path,
          message: "there is state already (table \(name)); nothing was done",
          hint: "name an empty database; or remove what is there, for good: DROP SCHEMA newswire CASCADE")
      }
    }
    var moved = MovedRows(counts: [])
    server.begin(operation)
    do throws(StoreError) {
      for table in Self.tables {
        let sent = try copy(table, to: server, node: node, progress)
        moved.counts.append((table.name, sent))
      }
      for table in ["items", "articles"] {
        try server.run(
          operation,
          """
          SELECT setval(pg_get_serial_sequence('\(table)', 'id'), coalesce(max(id), 0) + 1, false) FROM \(table)
          """, [])
      }
      for (table, sent) in moved.counts {
        let there = try server.rows(operation, "SELECT count(*) FROM \(table)", []) { $0.int(0) }.first
        let here = try database.first(operation, "SELECT count(*) FROM \(table)") { $0.int(0) }
        guard there == sent, here == sent else {
          throw StoreError(
            .failed, operation: operation, path: path,
            message: "\(here ?? 0) rows of \(table) here, \(there ?? 0) there; nothing was done")
        }
      }
      try server.commit(operation)
    } catch {
      server.rollBack()
      throw error
    }
    // Only for speed: the server gets there by itself.
    try? server.vacuum()
    return moved
  }

  private func copy(
    _ table: Table, to server: ServerDatabase, node: String, _ progress: (String, Int) -> Void
  ) throws(StoreError) -> Int {
    let operation = "move state"
    let columns = table.columns.joined(separator: ", ")
    let keys = table.columns.map { table.keys.contains($0) }
    let isFacts = table.name == "facts"
    var sent = 0
    let isOutbox = table.name == "outbox"
    let target = isOutbox ? "outboxes (\(columns), node)" : "\(table.target) (\(columns))"
    try server.copy(operation, into: target) { write throws(StoreError) in
      try database.each(operation, "SELECT \(columns) FROM \(table.name)") { row throws(StoreError) in
        var values = keys.indices.map { ServerDatabase.copied(row, Int32($0), isKey: keys[$0]) }
        if isFacts { values[0] = .text(Self.fact(row.text(0), of: node)) }
        if isOutbox { values.append(.text(node)) }
        try write(values)
        sent += 1
        if sent % 10_000 == 0 { progress(table.name, sent) }
      }
    }
    progress(table.name, sent)
    return sent
  }

  /// The name of a fact on a server, where some are one a node.
  private static func fact(_ name: String, of node: String) -> String {
    if name == nameFact { return nameFact(of: node) }
    if name == placeFact { return placeFact(of: node) }
    return name.hasPrefix(quarantine) ? quarantine(of: node) + name.dropFirst(quarantine.count) : name
  }

  /// The name a file has once its state was moved to a server.
  public static let movedSuffix = ".moved"
}
