import Configuration
import Feeds
import Fetching
import Manifest
import Scheduling
import Service
import Store
import Values

/// Why a page gave no article.
struct PageFailure: Error {
  var kind: EventKind
  var message: String
  var hint: String?
  var status: Int?
  var outcome: String
  /// False when trying again cannot help.
  var mayPass = true
  /// The most tries at a time, where they are fewer than those of other failures.
  var mostTries: Int?
  var retryAfter: Int?
  /// True when the fault is on this side (network, workers), so the attempt does not count.
  var isLocal = false
  /// True when the publisher has withdrawn the page: nothing is published.
  var isGone = false
  /// True when the group was lost while the page was under way, or nothing of the request arrived: it is still due, for
  /// who has the group now.
  var isLeft = false
  /// Whether it speaks of the server and not of the page.
  var isOutage: Bool { mayPass && (status.map { $0 == 429 || $0 >= 500 } ?? true) }
  /// Whether a page came that is no article: an error, a question, nothing.
  var isUnreadable: Bool { mayPass && status.map { 200..<300 ~= $0 } ?? false }
  /// A redirect leads to where another node fetches.
  var elsewhere: (notOurs: NotOurs, url: WebURL)?

  /// How often the page is asked for at a time.
  ///
  /// - Parameters:
  ///   - most: the tries of a page whose failure passes as others do.
  ///   - isUpdate: whether it was looked at before. Who refuses may do so always: that costs a request a look.
  ///   - isOfFeed: whether what its feed says stands in its place.
  func tries(of most: Int, isUpdate: Bool, isOfFeed: Bool) -> Int {
    if !mayPass || isUpdate && status == 403 && retryAfter == nil { return 1 }
    if let mostTries { return min(mostTries, most) }
    return isOfFeed && !isOutage ? 1 : most
  }

  /// Whether the page is worth a look at the ages to come, where it is not known to be withdrawn. Blocks and questions
  /// pass as outages do, so whatever stands in for a page gives way to it.
  ///
  /// - Parameter hasFallback: whether what its feed says is published in its place.
  func mayReturn(hasFallback: Bool, isUpdate: Bool) -> Bool {
    if hasFallback { return elsewhere == nil && (kind != .robotsRefused || mayPass) }
    // An address that may not be asked is worth it only where something is published.
    return isOutage && kind != .addressRefused || isUpdate && isUnreadable
  }
}

/// What becomes of an item whose page gave no article.
extension Ingester {
  func settle(
    _ failure: PageFailure, _ item: DiscoveredItem, _ url: WebURL, _ feedItem: FeedItem, _ manifest: Manifest,
    _ fetch: String
  ) async {
    let now = Timestamp.now()
    var failure = failure
    if let (notOurs, target) = failure.elsewhere {
      if item.isUpdate && Self.leadsAway(from: url, to: target) || item.attempts >= settings.schedule.pageAttempts {
        (failure.isLocal, failure.mayPass) = (false, false)
      } else {
        return await leave(item, to: notOurs, at: target)
      }
    }
    if failure.isLocal {
      // Stays waiting, attempts uncounted. After a stop the next run takes it up at once.
      if isStopping || failure.isLeft { return }
      let seconds = max(NetworkWatch.probe, Int64(failure.retryAfter ?? 0))
      log.record(
        .pageRetry, failure.message, publisher: item.publisher, url: url, outcome: failure.outcome,
        next: "again in \(Int(seconds).spokenSeconds); nobody is to blame, so the attempt does not count",
        fields: ["fetch": fetch])
      await finish { (ledger) async throws(LedgerFailure) in
        try await ledger.postpone(item: item.id, until: now.adding(seconds: seconds))
      }
      return
    }
    // Of an article whose page was read before, its feed says less; where it never was, all there is.
    let known = item.isUpdate ? await quality(of: item) : nil
    let isOfFeed = known?.isOfFeed == true
    // Lost once, however often it is looked for.
    if item.attempts == 0, !failure.isGone, !isOfFeed { notePageLost(of: item.publisher, failure.message) }
    let fallback =
      failure.isGone || item.isUpdate && !isOfFeed
      ? nil : FeedFacts.article(from: feedItem, section: item.section, publisher: manifest.publisher)
    let isWithdrawal = item.isUpdate && (failure.isGone || failure.status == 404 && known?.isOfMissingPage != true)
    let isKnown = isWithdrawal && manifest.fetch.publishesWithdrawals ? await isWithdrawn(item) : false
    // Those of this look: they count on from one that was missed.
    let tries = item.attempts % settings.schedule.pageAttempts + 1
    // What is not there is withdrawn only after all tries.
    let most = failure.tries(
      of: settings.schedule.pageAttempts, isUpdate: item.isUpdate, isOfFeed: isOfFeed && !isWithdrawal)
    if !isKnown, tries < most {
      // Who refuses a crowd does so for a minute; who refuses us goes on with it.
      let doubled =
        failure.status == 403
        ? min(settings.schedule.pageRetry, 60) : settings.schedule.pageRetry << min(tries - 1, 16)
      let wait = max(min(doubled, Cadence.day), min(failure.retryAfter ?? 0, Cadence.day))
      log.record(
        .pageRetry, failure.message, publisher: item.publisher, source: item.source, url: url, status: failure.status,
        outcome: failure.outcome,
        next: [
          "again in \(wait.spokenSeconds), attempt \(tries + 1) of \(most)", failure.hint,
        ]
        .compactMap { $0 }.joined(separator: "; "),
        fields: ["attempt": "\(tries)", "fetch": fetch])
      await finish { (ledger) async throws(LedgerFailure) in
        try await ledger.itemFailed(item, error: failure.message, nextTry: now.adding(seconds: Int64(wait)))
      }
      return
    }
    // A server that is down now may have it in some hours, and one that calls it gone too.
    let mayReturn = isWithdrawal || failure.mayReturn(hasFallback: fallback != nil, isUpdate: item.isUpdate)
    // What never was there is hardly there an hour later: it is let be at the next look.
    let isAbsent = failure.status == 404 && !isWithdrawal
    let page = FetchedPage(
      revisit: mayReturn ? nextLook(at: item, feedItem, manifest, skipping: isAbsent ? 1 : 0) : nil)
    let next =
      isWithdrawal
      ? manifest.fetch.publishesWithdrawals
        ? isKnown
          ? "it was published as canceled before"
          : "published as canceled, unless another address of it still has it"
        : "the version published before stands; [fetch] withdrawals is not set"
      : failure.isGone
        ? "not published: its publisher has withdrawn it"
        : fallback != nil
          ? "published from the feed's own text, marked partial"
          : item.isUpdate
            ? "the version published before stands"
            : nextLook(page) ?? "not published: the feed gives no title either"
    log.record(
      failure.kind == .pageRetry ? .pageFailed : failure.kind, failure.message, publisher: item.publisher,
      source: item.source, url: url, status: failure.status, outcome: failure.outcome,
      next: [next, fallback == nil ? nil : nextLook(page), failure.hint].compactMap { $0 }.joined(separator: "; "),
      fields: ["attempt": "\(tries)", "fetch": fetch])
    // What its publisher took back is not published again from the page as it was.
    if isWithdrawal || failure.isGone { await shelf?.discard(item.key, of: item.publisher) }
    if isWithdrawal, manifest.fetch.publishesWithdrawals {
      return await publishWithdrawal(of: item, url: url, manifest, page)
    }
    guard let fallback else {
      if !item.isUpdate, page.revisit == nil {
        log.record(
          .articleRefused, feedItem.title ?? "an item without a title", publisher: item.publisher, source: item.source,
          url: url, outcome: failure.outcome, next: next, fields: ["fetch": fetch, "reason": failure.message])
        if !failure.isGone { noteArticle(of: item.publisher, isNew: false, isWhole: false, fill: nil) }
      }
      await finish { (ledger) async throws(LedgerFailure) in
        try await ledger.itemFailed(
          item, error: failure.message, nextTry: nil, revisit: isWithdrawal ? nil : page.revisit)
      }
      return
    }
    let isMissing = failure.status == 404 && !isOfFeed || known?.isOfMissingPage == true
    await publish(fallback, of: item, url: url, manifest, nil, fetch, page, standIn: isMissing ? .missing : .unread)
  }

  /// What the version published last holds; nil where that was a withdrawal.
  private func quality(of item: DiscoveredItem) async -> ArticleQuality? {
    let article = try? await ledger.article(publisher: item.publisher, key: item.articleKey ?? item.key)
    return article?.isWithdrawn == false ? article?.quality : nil
  }

  private func isWithdrawn(_ item: DiscoveredItem) async -> Bool {
    let article = try? await ledger.article(publisher: item.publisher, key: item.articleKey ?? item.key)
    return article?.isWithdrawn == true
  }

  /// - Parameter page: when it is looked at again: some servers say that a page is gone, and have it the next day.
  private func publishWithdrawal(of item: DiscoveredItem, url: WebURL, _ manifest: Manifest, _ page: FetchedPage) async
  {
    do throws(LedgerFailure) {
      let withdrawal = try await ledger.publishWithdrawal(
        of: item, facts: manifest.publisher.facts, page: page,
        later: .now().adding(seconds: Int64(settings.schedule.pageRetry)), fence: pageFences[item.id])
      guard case .told(let uri, let result) = withdrawal else {
        if case .elsewhere = withdrawal {
          log.record(
            .articleUnchanged, "gone here, and listed under another address too", publisher: item.publisher,
            source: item.source, url: url, outcome: "elsewhere", next: "the other address is asked now")
        }
        return
      }
      var fields: [String: String] = [:]
      if case .published(let version, let element, _) = result {
        rest.succeeded(.publishing)
        fields = ["version": "\(version)", "element": element]
        totals.updates += 1
      } else {
        noteDelay(of: uri)
      }
      log.record(
        .articleWithdrawn, "withdrawn by its publisher", publisher: item.publisher, source: item.source, url: url,
        article: uri, outcome: "canceled", fields: fields)
    } catch {
      noteFailure(error, of: .publishing)
    }
  }

  func finish(_ call: (Ledger) async throws(LedgerFailure) -> Void) async {
    do throws(LedgerFailure) { try await call(ledger) } catch { noteFailure(error) }
  }
}
