public import Values

/// Whether a version is still only staged or has its name in the queue.
public enum PublicationState: Int, Sendable {
  case staged = 0
  case published = 1
}

/// The latest version of an article.
public struct ArticleRow: Sendable, Equatable {
  public var publisher: String
  /// The article's identity inside the publisher.
  public var key: String
  public var uri: String
  public var version: Int
  /// Digest of the content, made by the caller; equal means "nothing to publish".
  public var contentHash: String
  public var stagedID: String
  /// The element's name in the queue, 14 hexadecimal digits.
  public var queueName: String
  public var state: PublicationState
  public var firstSeen: Timestamp
  public var updatedAt: Timestamp
  public var url: String
  public var headline: String
  /// How much of it there is; nil for versions published before this was kept.
  public var quality: ArticleQuality?
  /// True when the last version says that the publisher has withdrawn the article.
  public var isWithdrawn: Bool

  public init(
    publisher: String, key: String, uri: String, version: Int, contentHash: String, stagedID: String,
    queueName: String, state: PublicationState, firstSeen: Timestamp, updatedAt: Timestamp, url: String,
    headline: String, quality: ArticleQuality? = nil, isWithdrawn: Bool = false
  ) {
    self.publisher = publisher
    self.key = key
    self.uri = uri
    self.version = version
    self.contentHash = contentHash
    self.stagedID = stagedID
    self.queueName = queueName
    self.state = state
    self.firstSeen = firstSeen
    self.updatedAt = updatedAt
    self.url = url
    self.headline = headline
    self.quality = quality
    self.isWithdrawn = isWithdrawn
  }
}

/// How much of an article a version holds, for comparing two readings of one page.
public struct ArticleQuality: Sendable, Equatable {
  /// Which fields have a value, a bit each; which bit is whose is the caller's business.
  public var fields: Int
  /// Words of the body.
  public var words: Int
  /// Whether the body is known to be shorter than the publisher's.
  public var isPartial: Bool

  public init(fields: Int, words: Int, isPartial: Bool) {
    self.fields = fields
    self.words = words
    self.isPartial = isPartial
  }
}

/// One version of one article on its way into the queue.
public struct OutboxRow: Sendable, Equatable {
  public var stagedID: String
  public var publisher: String
  public var key: String
  public var version: Int
  public var queueName: String
  public var state: PublicationState

  /// The row of a version that has just been committed.
  public init(staging article: ArticleRow) {
    stagedID = article.stagedID
    publisher = article.publisher
    key = article.key
    version = article.version
    queueName = article.queueName
    state = .staged
  }

  init(row: Row) {
    stagedID = row.text(0)
    publisher = row.text(1)
    key = row.text(2)
    version = row.int(3)
    queueName = row.text(4)
    state = row.int(5) == 0 ? .staged : .published
  }
}

extension Store {
  /// The outbox rows of all nodes.
  static func allOutboxes(_ database: Database) -> String { database.server == nil ? "outbox" : "outboxes" }

  static func articleSelect(_ outbox: String, _ rest: String) -> String {
    """
    SELECT a.publisher, a.key, a.uri, a.version, a.content_hash, a.staged_id, a.queue_name,
      NOT EXISTS (SELECT 1 FROM \(outbox) o WHERE o.staged_id = a.staged_id AND o.state = 0),
      a.first_seen, a.updated_at, a.url, a.headline, a.fields, a.words, a.is_partial, a.is_withdrawn
    FROM articles a \(rest)
    """
  }

  // Put together once, not at every use.
  private static let articleOfKey = articleSelect("outbox", "WHERE a.publisher = ? AND a.key = ?")
  private static let articleOfKeyOnServer = articleSelect("outboxes", "WHERE a.publisher = ? AND a.key = ?")

  public func article(publisher: String, key: String) throws(StoreError) -> ArticleRow? {
    try database.first(
      "read article", database.server == nil ? Self.articleOfKey : Self.articleOfKeyOnServer, .text(publisher),
      .key(key),
      read: Self.article)
  }

  /// The articles of a publisher published or updated last, newest first. For tests.
  package func latestArticles(publisher: String, limit: Int) throws(StoreError) -> [ArticleRow] {
    try database.rows(
      "read articles",
      Self.articleSelect(Self.allOutboxes(database), "WHERE a.publisher = ? ORDER BY a.updated_at DESC, a.key LIMIT ?"),
      .text(publisher), .integer(limit), read: Self.article)
  }

  // MARK: The outbox. These run inside `transaction`, called by the publisher alone.

  /// Saves a new version of an article and its outbox row in state `staged`. The caller saves the greatest of the
  /// names.
  public func commitVersion(_ article: ArticleRow) throws(StoreError) {
    try run(Self.replacing, article, operation: "commit article")
    try database.run(
      "commit article",
      """
      INSERT INTO outbox (staged_id, publisher, key, version, queue_name, state, committed_at)
      VALUES (?, ?, ?, ?, ?, 0, ?)
      """,
      .text(article.stagedID), .text(article.publisher), .key(article.key), .integer(article.version),
      .text(article.queueName), .time(article.updatedAt))
  }

  /// Saves the row of an article that was pruned and has come back unchanged: no version of it is to be published, but
  /// it is known again. Nothing where there is a row.
  public func keepArticle(_ article: ArticleRow) throws(StoreError) {
    try run(Self.inserting, article, operation: "keep article")
  }

  private static let inserting = insertion(orElse: "NOTHING")
  private static let replacing = insertion(
    orElse: """
      UPDATE SET
        uri = excluded.uri, version = excluded.version, content_hash = excluded.content_hash,
        staged_id = excluded.staged_id, queue_name = excluded.queue_name, updated_at = excluded.updated_at,
        url = excluded.url, headline = excluded.headline, fields = excluded.fields, words = excluded.words,
        is_partial = excluded.is_partial, is_withdrawn = excluded.is_withdrawn
      """)

  private static func insertion(orElse conflict: String) -> String {
    """
    INSERT INTO articles
      (publisher, key, uri, version, content_hash, staged_id, queue_name, first_seen, updated_at, url, headline,
       fields, words, is_partial, is_withdrawn)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (publisher, key) DO \(conflict)
    """
  }

  private func run(_ insertion: String, _ article: ArticleRow, operation: String) throws(StoreError) {
    try database.run(
      operation, insertion, .text(article.publisher), .key(article.key), .text(article.uri), .integer(article.version),
      .text(article.contentHash), .text(article.stagedID), .text(article.queueName), .time(article.firstSeen),
      .time(article.updatedAt), .text(article.url), .text(article.headline), .integer(article.quality?.fields),
      .integer(article.quality?.words), .bool(article.quality?.isPartial ?? false), .bool(article.isWithdrawn))
  }

  /// Has the content of an article's last version known by another digest of it, unless another version came meanwhile.
  public func renewHash(of article: ArticleRow, to hash: String) throws(StoreError) {
    try database.run(
      "renew digest",
      "UPDATE articles SET content_hash = ? WHERE publisher = ? AND key = ? AND version = ? AND content_hash = ?",
      .text(hash), .text(article.publisher), .key(article.key), .integer(article.version), .text(article.contentHash))
  }

  private static let outboxSelect = "SELECT staged_id, publisher, key, version, queue_name, state FROM outbox"

  /// The outbox rows of versions that are committed and not known to have their name, in the order of their names.
  /// Costs nothing for those that are published, however many.
  public func stagedOutbox() throws(StoreError) -> [OutboxRow] {
    try database.rows("read outbox", Self.outboxSelect + " WHERE state = 0 ORDER BY queue_name") { OutboxRow(row: $0) }
  }

  /// The outbox rows of staged files whose versions were published long since. Reads the whole outbox: half a second
  /// for a million rows, spent only when a start finds files that no open row explains.
  public func outbox(stagedIDs: some Sequence<String>) throws(StoreError) -> [OutboxRow] {
    let ids = JSON.array(stagedIDs.map { .string($0) })
    return try database.rows(
      "read outbox",
      Self.outboxSelect + " WHERE staged_id IN (SELECT value FROM "
        + (database.server == nil ? "json_each(?)" : "json_array_elements_text(?::json)") + ")",
      .text(String(decoding: ids.bytes(), as: UTF8.self))
    ) { OutboxRow(row: $0) }
  }

  /// All outbox rows in the order of their names.
  public func outbox() throws(StoreError) -> [OutboxRow] {
    try database.rows("read outbox", Self.outboxSelect + " ORDER BY queue_name") { OutboxRow(row: $0) }
  }

  /// Whose article an element of the queue holds; nil when it is none of ours, or older than the outbox remembers.
  public func publisher(ofElement name: String) throws(StoreError) -> String? {
    try database.first("read outbox", "SELECT publisher FROM outbox WHERE queue_name = ?", .text(name)) { $0.text(0) }
  }

  public func markPublished(stagedID: String) throws(StoreError) {
    try database.run(
      "mark published", "UPDATE outbox SET state = 1 WHERE staged_id = ? AND state = 0", .text(stagedID))
  }

  /// Gives a staged version another name, because a stranger's element took the first one. The row is the version's, as
  /// it is.
  public func rename(_ row: OutboxRow, to name: String) throws(StoreError) {
    try database.run(
      "rename", "UPDATE outbox SET queue_name = ? WHERE queue_name = ? AND staged_id = ?", .text(name),
      .text(row.queueName), .text(row.stagedID))
    try database.run(
      "rename", "UPDATE articles SET queue_name = ? WHERE publisher = ? AND key = ? AND staged_id = ?", .text(name),
      .text(row.publisher), .key(row.key), .text(row.stagedID))
    try setLastQueueName(name)
  }

  /// Takes a version back whose staged bytes are lost: its row goes, and the item it came from waits again, so that the
  /// article is fetched and published anew.
  public func withdraw(_ row: OutboxRow, now: Timestamp) throws(StoreError) {
    let operation = "withdraw article"
    try database.run(
      operation, "DELETE FROM outbox WHERE queue_name = ? AND staged_id = ?", .text(row.queueName), .text(row.stagedID))
    // What an earlier version was is not known any more. Nobody has been told that the article is withdrawn.
    let change =
      row.version == 1 ? "DELETE FROM articles" : "UPDATE articles SET content_hash = '', is_withdrawn = 0"
    try database.run(
      operation, change + " WHERE publisher = ? AND key = ? AND staged_id = ?", .text(row.publisher), .key(row.key),
      .text(row.stagedID))
    try database.run(
      operation,
      """
      UPDATE items SET state = 0, attempts = 0, next_try = ?1, etag = NULL, last_modified = NULL
      WHERE id IN (SELECT id FROM items WHERE publisher = ?2 AND key = ?3 AND article_key = ?3 UNION ALL
        SELECT id FROM items WHERE publisher = ?2 AND article_key = ?3 AND article_key <> key)
      """,
      .time(now), .text(row.publisher), .key(row.key))
  }

  /// The name given last; the next one must be greater.
  public func lastQueueName() throws(StoreError) -> String? { try fact(nameFact) }

  /// Remembers the greatest name of a commit; in its transaction.
  public func setLastQueueName(_ name: String) throws(StoreError) { try setFact(nameFact, name) }

  /// Where the queue lay at the last start, in the words of whoever opened it.
  public func queuePlace() throws(StoreError) -> String? { try fact(placeFact) }

  public func setQueuePlace(_ place: String) throws(StoreError) { try setFact(placeFact, place) }

  /// Every node has a queue of its own.
  private var nameFact: String { node.map(Self.nameFact) ?? Self.nameFact }
  static let nameFact = "last queue name"
  static func nameFact(of node: String) -> String { nameFact + " of " + node }
  private var placeFact: String { node.map(Self.placeFact) ?? Self.placeFact }
  static let placeFact = "queue place"
  static func placeFact(of node: String) -> String { placeFact + " of " + node }

  // MARK: Facts: single values with a name.

  public func fact(_ name: String) throws(StoreError) -> String? {
    try database.first("read fact", "SELECT value FROM facts WHERE name = ?", .text(name)) { $0.text(0) }
  }

  public func setFact(_ name: String, _ value: String) throws(StoreError) {
    try database.run(
      "save fact", "INSERT INTO facts VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      .text(name), .text(value))
  }

  static func article(_ row: Row) -> ArticleRow {
    ArticleRow(
      publisher: row.text(0), key: row.text(1), uri: row.text(2), version: row.int(3), contentHash: row.text(4),
      stagedID: row.text(5), queueName: row.text(6), state: row.int(7) == 0 ? .staged : .published,
      firstSeen: row.time(8), updatedAt: row.time(9), url: row.text(10), headline: row.text(11),
      quality: row.optionalInt(12).map {
        ArticleQuality(fields: $0, words: row.int(13), isPartial: row.bool(14))
      }, isWithdrawn: row.bool(15))
  }
}
