public import Publication
public import Queue
public import Store
import Values

/// Publishes in a wrong order, and recovers as the right one does.
public final class MisorderedPublisher: Publishing {
  public enum Mistake: String, CaseIterable, Sendable {
    /// The name before the commit: a crash in between publishes twice.
    case renameBeforeCommit
    /// The commit before the staged file: a crash in between loses.
    case commitBeforeStage
  }

  private let mistake: Mistake
  private let store: Store
  private let spool: Spool
  private let at: PublicationWorld.Hook
  private let recovery: QueuePublisher

  public init(_ mistake: Mistake, _ store: Store, _ spool: Spool, _ at: @escaping PublicationWorld.Hook) {
    self.mistake = mistake
    self.store = store
    self.spool = spool
    self.at = at
    recovery = QueuePublisher(store: store, spool: spool, at: at)
  }

  public func start() throws { _ = try recovery.recover() }
  public func finish() throws {}

  public func accept(_ batch: [Publishable]) throws {
    for article in batch {
      let known = try store.article(publisher: article.publisher, key: article.key)
      let now = Timestamp.now()
      let version = (known?.version ?? 0) + 1
      let context = PublicationContext(version: version, firstSeen: now, now: now)
      let bytes = QueueElement(article: article.makeElement(context)).bytes
      let last = try store.lastQueueName().flatMap { ElementName($0) }
      let name = ElementName(now: now, after: [last, try spool.newestName()].compactMap { $0 }.max())
      let id = QueuePublisher.stagedID(article.publisher, article.key, version)
      let row = ArticleRow(
        publisher: article.publisher, key: article.key, uri: article.uri, version: version,
        contentHash: article.contentHash, stagedID: id, queueName: name.description, state: .staged, firstSeen: now,
        updatedAt: now, url: article.url, headline: article.headline)
      let commit = {
        try self.store.transaction("commit") {
          try self.store.commitVersion(row)
          try self.store.setLastQueueName(row.queueName)
          try self.store.itemDone(article.itemID ?? 0, articleKey: article.key)
        }
        try self.at(.committed)
      }
      if mistake == .commitBeforeStage { try commit() }
      try spool.stage(id, bytes)
      try spool.syncStaged()
      try at(.tmpSynced)
      _ = try spool.publish(id, as: name)
      try at(.renamed)
      try spool.syncBucket(name.bucket)
      try at(.bucketsSynced)
      if mistake == .renameBeforeCommit { try commit() }
      try store.markPublished(stagedID: id)
    }
  }
}
