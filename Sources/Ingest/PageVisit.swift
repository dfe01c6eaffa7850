import Articles
import Configuration
import Feeds
import Fetching
import Manifest
import Queue
import Scheduling
import Service
import Store
import Values
import Workers

/// Why a page gave no article.
private struct PageFailure: Error {
  var kind: EventKind
  var message: String
  var hint: String?
  var status: Int?
  var outcome: String
  /// False when trying again cannot help.
  var mayPass = true
  var retryAfter: Int?
  /// True when the fault is on this side (network, workers), so the attempt does not count.
  var isLocal = false
  /// True when the publisher has withdrawn the page: nothing is published.
  var isGone = false
}

extension Ingester {
  /// Takes one discovered item to the queue: its page when it can be had, the feed's own text when it cannot.
  func process(_ item: DiscoveredItem) async {
    // Out of use since a reload: its items wait until it is in use again.
    guard let manifest = roster[publisher: item.publisher] else { return }
    guard let url = WebURL(item.url), let record = try? JSON(parsing: item.record),
      let feedItem = FeedItem(json: record)
    else {
      // Another version wrote it: it stays known and is not tried again.
      await finish { (ledger) async throws(LedgerFailure) in
        try await ledger.itemFailed(item.id, error: "its record cannot be read", nextTry: nil)
      }
      return
    }
    do throws(PageFailure) {
      var (report, response) = try await read(item, url, manifest)
      FeedFacts.complete(&report.article, from: feedItem, section: item.section, publisher: manifest.publisher)
      await publish(report.article, of: item, url: response.url, manifest, report)
    } catch {
      await settle(error, item, url, feedItem, manifest)
    }
  }

  // MARK: Reading the page

  private func read(
    _ item: DiscoveredItem, _ url: WebURL, _ manifest: Manifest
  ) async throws(PageFailure) -> (PageReport, FetchResponse) {
    let response = try await getPage(url, manifest)
    totals.pages += 1
    log.record(
      .pageFetched, "page fetched", publisher: item.publisher, url: url, status: response.status,
      bytes: response.bytesReceived, duration: response.duration, fields: ["http": response.httpVersion.rawValue])
    let job = Job(
      .extract(plugin: manifest.publisher.id), url: response.url, contentType: response.contentType,
      zone: manifest.publisher.zone, body: response.body)
    let json: JSON
    do throws(JobError) {
      json = try await workers.run(job)
    } catch {
      throw PageFailure(
        kind: .pageFailed, message: error.message, hint: error.hint, status: response.status, outcome: error.reason,
        isLocal: error.code == .unavailable)
    }
    do throws(ArticleRecordError) {
      return (try PageReport(record: json), response)
    } catch {
      throw PageFailure(
        kind: .pageFailed, message: "the worker's article is malformed: \(error)", outcome: "protocolViolation")
    }
  }

  private func getPage(_ url: WebURL, _ manifest: Manifest) async throws(PageFailure) -> FetchResponse {
    var request = request(manifest, url, purpose: .page)
    if settings.fetch.robots, manifest.fetch.respectRobots {
      let (isAllowed, delay) = await robots.decision(for: url, allowPorts: request.allowPorts)
      guard isAllowed else {
        throw PageFailure(
          kind: .robotsRefused, message: "robots.txt does not allow the page", outcome: "robots", mayPass: false)
      }
      // A site may ask for patience, but not for so much that its news is old when it arrives.
      if let delay { request.gap = max(request.gap ?? .zero, .seconds(min(delay, 30))) }
    }
    let response: FetchResponse
    do throws(FetchError) {
      response = try await fetcher.fetch(request)
    } catch {
      throw PageFailure(
        kind: error.code == .addressRefused ? .addressRefused : .pageFailed, message: error.message, hint: error.hint,
        outcome: error.code.name,
        isLocal: noteUnreachable(error, url) || error.code == .shutdown || error.code == .cancelled)
    }
    noteAnswer()
    if response.isSuccess { return response }
    let retryAfter = RetryAfter.seconds(response.headers, now: .now()).map { Int(clamping: $0) }
    if response.status == 429 || response.status == 503 {
      await fetcher.hold(group: Fetcher.group(for: url), for: .seconds(min(retryAfter ?? 60, Cadence.day)))
    }
    throw PageFailure(
      kind: .pageFailed, message: "the server answered \(response.status)", status: response.status,
      outcome: "http-\(response.status)", mayPass: ![401, 402, 403, 410, 451].contains(response.status),
      retryAfter: retryAfter, isGone: response.status == 410)
  }

  // MARK: Publishing

  private func publish(
    _ article: Article, of item: DiscoveredItem, url: WebURL, _ manifest: Manifest, _ report: PageReport?
  ) async {
    let key = ArticleIdentity.key(article, found: item.key, hosts: manifest.publisher.hosts)
    let uri = ArticleIdentity.uri(publisher: manifest.publisher.id, digest: SHA256.hex(key.utf8))
    let submission = Ledger.Submission(
      article: article, facts: manifest.publisher.facts, key: key, uri: uri, url: url.description, item: item)
    let result: Ledger.Publishing
    do throws(LedgerFailure) {
      result = try await ledger.publish(submission)
    } catch {
      // Not committed: the item waits and is taken up again.
      noteFailure(error)
      return
    }
    var fields: [String: String] = ["pictures": "\(article.pictures.count)", "words": "\(article.wordCount)"]
    if let fill = report?.fill { fields["fill"] = "\(Int((fill * 100).rounded()))%" }
    if let report, !report.missed.isEmpty { fields["missed"] = report.missed.joined(separator: ",") }
    if let layout = report?.layout { fields["layout"] = layout }
    if article.kind != .article { fields["kind"] = article.kind.rawValue }
    if let failure = report?.failures.first { fields["rule_failed"] = "\(failure.origin.rule): \(failure.message)" }
    if let report { note(report, publisher: item.publisher, url: url) }
    switch result {
    case .published(let version, let element, let bytes):
      fields["version"] = "\(version)"
      fields["element"] = element
      let kind: EventKind = report == nil ? .articlePartial : version == 1 ? .articlePublished : .articleUpdated
      if version == 1 { totals.articles += 1 } else { totals.updates += 1 }
      if article.isPartial { totals.partial += 1 }
      log.record(
        kind, article.headline, publisher: item.publisher, source: item.source, url: url, article: uri, bytes: bytes,
        outcome: article.isPartial ? "partial" : "full", fields: fields)
    case .unchanged:
      log.record(
        .articleUnchanged, article.headline, publisher: item.publisher, source: item.source, url: url, article: uri,
        outcome: "unchanged", fields: fields)
    case .delayed:
      log.record(
        .queuePaused, "no room to name an article in the queue", publisher: item.publisher, article: uri,
        next: "it is committed and appears when there is room")
    }
  }

  /// Counts what a page's rules found, and says so once when they stop finding it.
  private func note(_ report: PageReport, publisher: String, url: WebURL) {
    let broken = ruleHealth[publisher, default: RuleHealth()].note(report)
    guard !broken.isEmpty else { return }
    log.record(
      .pluginBroken,
      "the rules for \(broken.joined(separator: ", ")) have found nothing on the last \(RuleHealth.patience) pages",
      publisher: publisher, url: url,
      next: "the generic extractor fills in; save the page and try 'newswirectl extract --rules'",
      fields: ["missed": broken.joined(separator: ",")])
  }

  // MARK: Failure

  private func settle(
    _ failure: PageFailure, _ item: DiscoveredItem, _ url: WebURL, _ feedItem: FeedItem, _ manifest: Manifest
  ) async {
    let now = Timestamp.now()
    if failure.isLocal {
      // Stays waiting, attempts uncounted. After a stop the next run takes it up at once.
      if isStopping { return }
      log.record(
        .pageRetry, failure.message, publisher: item.publisher, url: url, outcome: failure.outcome,
        next: "again in \(NetworkWatch.probe) s; the fault is on this side, so the attempt does not count")
      await finish { (ledger) async throws(LedgerFailure) in
        try await ledger.postpone(item: item.id, until: now.adding(seconds: NetworkWatch.probe))
      }
      return
    }
    let attempts = item.attempts + 1
    let fallback =
      failure.isGone || item.isUpdate
      ? nil : FeedFacts.article(from: feedItem, section: item.section, publisher: manifest.publisher)
    if failure.mayPass, attempts < settings.schedule.pageAttempts {
      let doubled = settings.schedule.pageRetry << min(attempts - 1, 16)
      let wait = max(min(doubled, Cadence.day), min(failure.retryAfter ?? 0, Cadence.day))
      log.record(
        .pageRetry, failure.message, publisher: item.publisher, source: item.source, url: url, status: failure.status,
        outcome: failure.outcome,
        next: "again in \(wait.spokenSeconds), attempt \(attempts + 1) of \(settings.schedule.pageAttempts)",
        fields: ["attempt": "\(attempts)"])
      await finish { (ledger) async throws(LedgerFailure) in
        try await ledger.itemFailed(item.id, error: failure.message, nextTry: now.adding(seconds: Int64(wait)))
      }
      return
    }
    let next =
      failure.isGone
      ? "not published: its publisher has withdrawn it"
      : item.isUpdate
        ? "the version published before stands"
        : fallback == nil
          ? "not published: the feed gives no title either" : "published from the feed's own text, marked partial"
    log.record(
      failure.kind == .pageRetry ? .pageFailed : failure.kind, failure.message, publisher: item.publisher,
      source: item.source, url: url, status: failure.status, outcome: failure.outcome, next: next,
      fields: ["attempt": "\(attempts)"])
    guard let fallback else {
      log.record(
        .articleRefused, feedItem.title ?? "an item without a title", publisher: item.publisher, url: url,
        outcome: failure.outcome, next: next)
      await finish { (ledger) async throws(LedgerFailure) in
        try await ledger.itemFailed(item.id, error: failure.message, nextTry: nil)
      }
      return
    }
    await publish(fallback, of: item, url: url, manifest, nil)
  }

  private func finish(_ call: (Ledger) async throws(LedgerFailure) -> Void) async {
    do throws(LedgerFailure) { try await call(ledger) } catch { noteFailure(error) }
  }
}

extension Publisher {
  fileprivate var facts: PublisherFacts {
    PublisherFacts(
      id: id, name: name, url: url.description, copyrightHolder: copyrightHolder, usageTerms: usageTerms)
  }
}

extension Article {
  fileprivate var wordCount: Int { bodyText.split(whereSeparator: \.isWhitespace).count }
}
