internal import Glibc

/// The tables, one migration a version. A migration is never changed once released; a new one is added below it.
enum Schema {
  /// "NwSt": tells our databases from other people's.
  static let applicationID = 0x4E77_5374
  static var version: Int { migrations.count }

  static let migrations: [String] = [
    """
    CREATE TABLE sources (
      id TEXT PRIMARY KEY,
      publisher TEXT NOT NULL,
      url TEXT NOT NULL,
      etag TEXT, last_modified TEXT, body_hash TEXT,
      last_attempt INTEGER, last_success INTEGER, next_due INTEGER,
      failures INTEGER NOT NULL DEFAULT 0,
      last_status INTEGER, last_error TEXT,
      permanent_to TEXT, permanent_seen INTEGER NOT NULL DEFAULT 0, permanent_since INTEGER,
      newest_item INTEGER, items_per_day REAL,
      muted INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE items (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      publisher TEXT NOT NULL,
      source TEXT NOT NULL,
      key TEXT NOT NULL,
      url TEXT NOT NULL,
      section TEXT,
      record TEXT NOT NULL,
      discovered_at INTEGER NOT NULL,
      last_listed INTEGER NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      next_try INTEGER NOT NULL,
      last_error TEXT,
      state INTEGER NOT NULL DEFAULT 0,
      is_update INTEGER NOT NULL DEFAULT 0,
      revision INTEGER NOT NULL DEFAULT 0,
      article_key TEXT,
      UNIQUE (publisher, key)
    ) STRICT;
    CREATE INDEX items_waiting ON items (next_try, id) WHERE state = 0;
    CREATE INDEX items_article ON items (publisher, article_key) WHERE article_key IS NOT NULL;
    CREATE INDEX items_old ON items (last_listed);

    CREATE TABLE listed (
      source TEXT NOT NULL,
      item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
      PRIMARY KEY (source, item)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX listed_item ON listed (item);

    -- What each source said last of an item (its title and dates), also after it left the source's list.
    CREATE TABLE fingerprints (
      source TEXT NOT NULL,
      item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
      fingerprint TEXT NOT NULL,
      PRIMARY KEY (source, item)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX fingerprints_item ON fingerprints (item);

    CREATE TABLE articles (
      publisher TEXT NOT NULL,
      key TEXT NOT NULL,
      uri TEXT NOT NULL,
      version INTEGER NOT NULL,
      content_hash TEXT NOT NULL,
      staged_id TEXT NOT NULL,
      queue_name TEXT NOT NULL,
      first_seen INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      url TEXT NOT NULL,
      headline TEXT NOT NULL,
      PRIMARY KEY (publisher, key)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX articles_time ON articles (publisher, updated_at);
    CREATE INDEX articles_uri ON articles (uri);

    CREATE TABLE outbox (
      staged_id TEXT PRIMARY KEY,
      publisher TEXT NOT NULL,
      key TEXT NOT NULL,
      version INTEGER NOT NULL,
      queue_name TEXT NOT NULL,
      state INTEGER NOT NULL DEFAULT 0,
      committed_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX outbox_open ON outbox (queue_name) WHERE state = 0;

    CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    """,
    // Waiting items are asked for a publisher at a time, so that the cost does not grow with how many wait in all.
    """
    DROP INDEX items_waiting;
    CREATE INDEX items_due ON items (publisher, next_try, id) WHERE state = 0;
    ALTER TABLE sources ADD COLUMN rhythm TEXT;
    """,
    """
    -- The page as last fetched: its validators, and when it is looked at again although no source says it changed.
    ALTER TABLE items ADD COLUMN etag TEXT;
    ALTER TABLE items ADD COLUMN last_modified TEXT;
    ALTER TABLE items ADD COLUMN revisit_at INTEGER;
    CREATE INDEX items_revisit ON items (revisit_at) WHERE revisit_at IS NOT NULL AND state = 1;

    -- How good the version published last is, so that a better reading of the same page is known as one.
    ALTER TABLE articles ADD COLUMN fields INTEGER;
    ALTER TABLE articles ADD COLUMN words INTEGER;
    ALTER TABLE articles ADD COLUMN is_partial INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE articles ADD COLUMN is_withdrawn INTEGER NOT NULL DEFAULT 0;

    CREATE INDEX outbox_name ON outbox (queue_name, publisher);

    -- What stays of an item or article when it is pruned: enough never to take it for new and never to use a version
    -- number twice. The digest is of publisher and key.
    CREATE TABLE traces (
      digest TEXT PRIMARY KEY,
      version INTEGER NOT NULL,
      first_seen INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    """,
    """
    ALTER TABLE sources ADD COLUMN attempts TEXT NOT NULL DEFAULT '';
    -- What the feed promises (ttl, sy:updatePeriod), in seconds; its quiet hours and days as sets of bits.
    ALTER TABLE sources ADD COLUMN promised INTEGER;
    ALTER TABLE sources ADD COLUMN quiet_hours INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sources ADD COLUMN quiet_days INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE sources ADD COLUMN last_whole INTEGER;
    ALTER TABLE sources ADD COLUMN details TEXT;
    -- Why the next fetch is when it is, in a word.
    ALTER TABLE sources ADD COLUMN due_reason TEXT;
    -- How often in a row an item's page was fetched again for a change that was none.
    ALTER TABLE items ADD COLUMN idle INTEGER NOT NULL DEFAULT 0;
    """,
    // Keys in no order, of articles and of staged files, make every insertion change a page of its own, so that it
    // costs more the more there is (docs/decisions/0040-digests-and-random-keys.md). One such tree a table is left, a
    // narrow one; the rows themselves are appended.
    """
    CREATE TABLE new_articles (
      id INTEGER PRIMARY KEY,
      publisher TEXT NOT NULL,
      key TEXT NOT NULL,
      uri TEXT NOT NULL,
      version INTEGER NOT NULL,
      content_hash TEXT NOT NULL,
      staged_id TEXT NOT NULL,
      queue_name TEXT NOT NULL,
      first_seen INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      url TEXT NOT NULL,
      headline TEXT NOT NULL,
      fields INTEGER,
      words INTEGER,
      is_partial INTEGER NOT NULL DEFAULT 0,
      is_withdrawn INTEGER NOT NULL DEFAULT 0,
      UNIQUE (publisher, key)
    ) STRICT;
    INSERT INTO new_articles
      (publisher, key, uri, version, content_hash, staged_id, queue_name, first_seen, updated_at, url, headline, fields,
       words, is_partial, is_withdrawn)
      SELECT publisher, key, uri, version, content_hash, staged_id, queue_name, first_seen, updated_at, url, headline,
        fields, words, is_partial, is_withdrawn
      FROM articles;
    DROP TABLE articles;
    ALTER TABLE new_articles RENAME TO articles;
    CREATE INDEX articles_time ON articles (publisher, updated_at);

    -- In the order of publication. A row is found by its staged file only while it is staged, or once after a start.
    CREATE TABLE new_outbox (
      queue_name TEXT NOT NULL,
      staged_id TEXT NOT NULL,
      publisher TEXT NOT NULL,
      key TEXT NOT NULL,
      version INTEGER NOT NULL,
      state INTEGER NOT NULL DEFAULT 0,
      committed_at INTEGER NOT NULL,
      PRIMARY KEY (queue_name, staged_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_outbox (queue_name, staged_id, publisher, key, version, state, committed_at)
      SELECT queue_name, staged_id, publisher, key, version, state, committed_at FROM outbox;
    DROP TABLE outbox;
    ALTER TABLE new_outbox RENAME TO outbox;
    CREATE UNIQUE INDEX outbox_open ON outbox (staged_id) WHERE state = 0;

    -- Most articles have the key of their item, which is indexed.
    DROP INDEX items_article;
    CREATE INDEX items_other_key ON items (publisher, article_key) WHERE article_key <> key;

    CREATE TABLE new_fingerprints (
      item INTEGER NOT NULL REFERENCES items (id) ON DELETE CASCADE,
      source TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      PRIMARY KEY (item, source)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO new_fingerprints (item, source, fingerprint)
      SELECT item, source, fingerprint FROM fingerprints ORDER BY item, source;
    DROP TABLE fingerprints;
    ALTER TABLE new_fingerprints RENAME TO fingerprints;
    """,
    """
    -- What was published last, the beginning of its digest: listed again unchanged, an article makes no version.
    ALTER TABLE traces ADD COLUMN content TEXT;
    """,
  ]

  /// Brings the database to the present version: forward only, each step in one transaction, after a copy of what was
  /// there to `<path>.v<old version>.bak`.
  static func migrate(_ database: Database, _ migrations: [String] = migrations) throws(StoreError) {
    let version = migrations.count
    let operation = "migrate state database"
    try verifyOwner(database)
    let found = try database.first(operation, "PRAGMA user_version") { $0.int(0) } ?? 0
    guard found <= version else {
      throw StoreError(
        .newerSchema, operation: "open state database", path: database.path,
        message: "the schema has version \(found), this program knows \(version)")
    }
    if found == version { return }
    if found > 0 { try Backup.write(database, to: database.path + ".v\(found).bak", checking: false) }
    for (index, sql) in migrations.enumerated().dropFirst(found) {
      try database.execute(
        operation,
        """
        BEGIN IMMEDIATE;
        \(sql)
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(index + 1);
        COMMIT;
        """)
    }
  }

  /// Throws unless the database is ours, or empty.
  static func verifyOwner(_ database: Database) throws(StoreError) {
    let operation = "open state database"
    let owner = try database.first(operation, "PRAGMA application_id") { $0.int(0) } ?? 0
    let tables = try database.first(operation, "SELECT count(*) FROM sqlite_schema") { $0.int(0) } ?? 0
    guard owner == applicationID || (owner == 0 && tables == 0) else {
      throw StoreError(
        .corrupt, operation: operation, path: database.path, message: "this is another program's database")
    }
  }
}
