import Articles
import Publication
import Queue
import Store
import Values

/// From an article that was read to its version in the queue: what is submitted while the disk is busy goes out
/// together.
extension Ledger {
  /// An article ready to be published, from the item it was discovered as; without one, nothing is noted of the item.
  struct Submission: Sendable {
    var article: Article
    var facts: PublisherFacts
    var key: String
    var uri: String
    var url: String
    var item: DiscoveredItem?
    /// The number of the item whose page it was read from.
    var origin: Int64
    var page = FetchedPage()
    /// The lease that its page was fetched under.
    var fence: Fence?
    /// Why it is the feed's own text, where it is that.
    var standIn: StandIn?
    /// The attempts in vain after which another address of the article does not speak for it.
    var patience = Int.max
    /// Decides at the last moment, by the version published last: whether to publish, and whether content that is the
    /// same makes a version too. nil when new content is published in any case.
    var decide: (@Sendable (ArticleRow?) -> Decision)?
  }

  enum Decision: Sendable {
    case publish
    case publishInAnyCase
    /// The version published before stands; the item is done.
    case stand
  }

  enum Publishing: Sendable {
    /// In the queue under this name.
    case published(version: Int, element: String, bytes: Int)
    /// Its content is that of the last version.
    case unchanged
    /// It was decided that the last version stands.
    case stood
    /// Committed; it gets its name when there is room.
    case delayed
  }

  /// Publishes durably. What is submitted while a batch is being written goes into the next one, so that many articles
  /// share the cost of the disk's flushes.
  func publish(_ submission: Submission) async throws(LedgerFailure) -> Publishing {
    let result = await withCheckedContinuation { continuation in
      submitted.append((submission, continuation))
      if submitted.count == 1 { Task { self.publishBatch() } }
    }
    return try result.get()
  }

  /// Of each article the first reading. Another one of the same article waits for the next batch: what it is worth is
  /// decided by what the first one leaves.
  private func takeBatch() -> [(Submission, CheckedContinuation<Result<Publishing, LedgerFailure>, Never>)] {
    var articles: Set<ArticleID> = []
    let whole = submitted
    submitted = []
    let taken = whole.filter { entry in
      let isFirst = articles.insert(ArticleID(publisher: entry.0.facts.id, key: entry.0.key)).inserted
      if !isFirst { submitted.append(entry) }
      return isFirst
    }
    if !submitted.isEmpty { Task { self.publishBatch() } }
    return taken
  }

  private func publishBatch() {
    let batch = takeBatch()
    do throws(LedgerFailure) {
      let decisions = try guarding {
        try batch.map { submission, _ in try decision(submission) }
      }
      let outcome = try publish(
        zip(batch, decisions).compactMap { entry, decision in
          decision == .stand ? nil : Self.publishable(entry.0, isForced: decision == .publishInAnyCase)
        })
      var index = -1
      for ((submission, continuation), decision) in zip(batch, decisions) {
        if decision == .stand {
          continuation.resume(returning: settled(submission))
          continue
        }
        index += 1
        if outcome.left.contains(index) {
          continuation.resume(returning: .failure(.leaseLost(submission.fence)))
          continue
        }
        let version = outcome.published.last { $0.publisher == submission.facts.id && $0.key == submission.key }
        let result: Publishing =
          if let version {
            .published(version: version.version, element: version.element, bytes: version.bytes)
          } else {
            outcome.delayed > 0 ? .delayed : .unchanged
          }
        continuation.resume(returning: .success(result))
      }
    } catch {
      for (_, continuation) in batch { continuation.resume(returning: .failure(error)) }
    }
  }

  private func decision(_ submission: Submission) throws -> Decision {
    // Most need no look: their address is the article's own, or they are published whatever was before.
    guard submission.decide != nil || submission.isAlias else { return .publish }
    let last = try open.store.article(publisher: submission.facts.id, key: submission.key)
    return try isAside(submission, last) ? .stand : submission.decide?(last) ?? .publish
  }

  /// Notes that a submission's item is done though nothing was published.
  private func settled(_ submission: Submission) -> Result<Publishing, LedgerFailure> {
    do throws(LedgerFailure) {
      if let item = submission.item {
        try itemDone(item, articleKey: submission.key, page: submission.page, isIdle: true)
      }
      return .success(.stood)
    } catch {
      return .failure(error)
    }
  }

  private func publish(_ batch: [Publishable]) throws(LedgerFailure) -> PublicationOutcome {
    let outcome = try guarding { try open.publisher.publish(batch) }
    for version in outcome.published { open.gauge.add(version.element, of: version.publisher, bytes: version.bytes) }
    return outcome
  }

  enum Withdrawing: Sendable {
    case told(uri: String, Publishing)
    /// The article was never published, or this is known already.
    case known
    /// The article has another address, which is asked first.
    case elsewhere
  }

  /// Publishes that the publisher has taken an article back.
  ///
  /// - Parameters:
  ///   - page: what to remember of its page, which may be there again one day.
  ///   - later: when to ask once more whether other addresses of the article, which are asked now, still have it.
  func publishWithdrawal(
    of item: DiscoveredItem, facts: PublisherFacts, page: FetchedPage, later: Timestamp, fence: Fence? = nil
  ) throws(LedgerFailure) -> Withdrawing {
    let row = try guarding {
      try open.store.article(publisher: item.publisher, key: item.articleKey ?? item.key)
    }
    guard let row, !row.isWithdrawn else {
      try itemDone(item, page: page)
      return .known
    }
    if try guarding({ try isElsewhere(item, row) }) {
      try itemFailed(
        item, error: "gone; the article has another address", nextTry: item.attempts == 0 ? later : nil)
      return .elsewhere
    }
    let notice = Publishable(
      publisher: row.publisher, key: row.key, uri: row.uri, contentHash: "withdrawn", itemID: item.id,
      itemRevision: item.revision, url: row.url, headline: row.headline, page: page, quality: row.quality,
      isWithdrawn: true, fence: fence
    ) { context in
      Withdrawal(
        uri: row.uri, version: context.version, headline: row.headline, url: row.url, publisher: facts,
        firstSeen: context.firstSeen, noticed: context.now
      ).ninjs.bytes()
    }
    let outcome = try publish([notice])
    if !outcome.left.isEmpty { throw .leaseLost(fence) }
    guard let version = outcome.published.last else { return .told(uri: row.uri, .delayed) }
    return .told(
      uri: row.uri, .published(version: version.version, element: version.element, bytes: version.bytes))
  }

  private static func publishable(_ submission: Submission, isForced: Bool) -> Publishable {
    Publishable(
      publisher: submission.facts.id, key: submission.key, uri: submission.uri,
      contentHash: submission.article.contentHash, formerHash: submission.article.formerHash,
      itemID: submission.item?.id, itemRevision: submission.item?.revision, url: submission.url,
      headline: submission.article.headline,
      page: submission.page, quality: ArticleQuality(submission.article, standIn: submission.standIn),
      isForced: isForced, fence: submission.fence
    ) { context in
      Edition(
        article: submission.article, publisher: submission.facts, uri: submission.uri, version: context.version,
        firstSeen: context.firstSeen
      ).ninjs.bytes()
    }
  }
}
