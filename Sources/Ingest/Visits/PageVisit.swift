import Articles
import Configuration
import Digests
import Feeds
import Fetching
import Manifest
import PageCache
import Service
import Store
import Values
import Workers

extension Ingester {
  /// Takes one discovered item to the queue: its page when it can be had, the feed's own text when it cannot.
  func process(_ item: DiscoveredItem) async {
    // Out of use since a reload: its items wait until it is in use again.
    guard let manifest = roster[publisher: item.publisher] else { return }
    guard let url = WebURL(item.url), let record = try? JSON(parsing: item.record),
      let feedItem = FeedItem(json: record)
    else {
      // Another version wrote it: it stays known and is not tried again.
      log.record(
        .articleRefused, "its record cannot be read", publisher: item.publisher, source: item.source,
        url: WebURL(item.url), outcome: "record", next: "not published, and not tried again")
      await finish { (ledger) async throws(LedgerFailure) in
        try await ledger.itemFailed(item, error: "its record cannot be read", nextTry: nil)
      }
      return
    }
    let group = fleet == nil ? "" : fetcher.group(of: request(manifest, url, purpose: .page), at: url)
    busy.begin(group)
    defer { busy.end(group) }
    do throws(NotOurs) {
      pageFences[item.id] = try await right(to: group, gap: manifest.fetch.gap.map { Double($0) })
    } catch {
      return await leave(item, to: error)
    }
    let fetch = newFetchID()
    do throws(PageFailure) {
      let response = try await getPage(
        url, manifest, validators: Validators(etag: item.etag, lastModified: item.lastModified))
      totals.pages += 1
      if response.isNotModified { notePageRead(of: item.publisher) }
      let page = page(of: item, response, feedItem, manifest)
      if response.isNotModified {
        log.record(
          .articleUnchanged, "not modified", publisher: item.publisher, source: item.source, url: url, status: 304,
          bytes: response.bytesReceived, duration: response.duration, outcome: "not-modified",
          next: nextLook(page), fields: ["fetch": fetch])
        await finish { (ledger) async throws(LedgerFailure) in
          try await ledger.itemDone(item, page: page, isIdle: true)
        }
        return
      }
      if let target = await leadsAway(item, from: url, to: response.url, manifest) {
        throw PageFailure(
          kind: .pageFailed, message: "the address leads to \(target) now", status: response.status,
          outcome: "redirected-away", mayPass: !item.isUpdate)
      }
      var report = try await readAndKeep(response, item, feedItem, manifest, fetch)
      notePageRead(of: item.publisher)
      FeedFacts.complete(&report.article, from: feedItem, section: item.section, publisher: manifest.publisher)
      await publish(report.article, of: item, url: response.url, manifest, report, fetch, page)
    } catch {
      await settle(error, item, url, feedItem, manifest, fetch)
    }
  }

  // MARK: Reading the page

  /// Keeps the page as well, unless it is doubted: then the one that was read before is worth more.
  private func readAndKeep(
    _ response: FetchResponse, _ item: DiscoveredItem, _ feedItem: FeedItem, _ manifest: Manifest, _ fetch: String
  ) async throws(PageFailure) -> PageReport {
    var report: PageReport
    do throws(PageFailure) {
      report = try await read(response, item, manifest, fetch)
    } catch {
      await shelf?.keep(response, key: item.key, of: item.publisher)
      throw error
    }
    try await refuseAnothers(report.article, response, item, feedItem, manifest)
    if try await isCutShort(report.article, response, item, manifest) {
      report.article.isPartial = true
    } else {
      await shelf?.keep(response, key: item.key, of: item.publisher)
    }
    return report
  }

  private func read(
    _ response: FetchResponse, _ item: DiscoveredItem, _ manifest: Manifest, _ fetch: String
  ) async throws(PageFailure) -> PageReport {
    log.record(
      .pageFetched, "page fetched", publisher: item.publisher, url: response.url, status: response.status,
      bytes: response.bytesReceived, duration: response.duration,
      fields: ["fetch": fetch, "http": response.httpVersion.rawValue])
    return try await extract(
      response.body, url: response.url, contentType: response.contentType, manifest, status: response.status)
  }

  /// An article from a page's bytes, by the publisher's rules.
  private func extract(
    _ body: [UInt8], url: WebURL, contentType: String?, _ manifest: Manifest, status: Int? = nil
  ) async throws(PageFailure) -> PageReport {
    let job = Job(
      .extract(plugin: manifest.publisher.id), url: url, contentType: contentType, zone: manifest.publisher.zone,
      body: body)
    let json: JSON
    do throws(JobError) {
      json = try await runExtraction(job, manifest)
    } catch {
      let hint =
        error.code == .timedOut && manifest.readsByPatterns
        ? "a regular expression of its rules may be why: 'newswirectl plugin check' knows the usual ones" : error.hint
      throw PageFailure(
        kind: .pageFailed, message: error.message, hint: hint, status: status, outcome: error.reason,
        isLocal: error.code == .unavailable)
    }
    do throws(ArticleRecordError) {
      return try PageReport(record: json)
    } catch {
      throw PageFailure(
        kind: .pageFailed, message: "the worker's article is malformed: \(error)", outcome: "protocolViolation")
    }
  }

  /// A page kept earlier, read again by the rules in use now; nil with the reason when it gives no article.
  func readAgain(_ page: CachedPage, _ manifest: Manifest) async -> Result<Article, UnreadablePage> {
    guard let url = WebURL(page.url) else { return .failure(UnreadablePage(reason: "its address cannot be read")) }
    do throws(PageFailure) {
      return .success(try await extract(page.body, url: url, contentType: page.contentType, manifest).article)
    } catch {
      return .failure(UnreadablePage(reason: error.message))
    }
  }

  // MARK: Looking again

  /// When a page is looked at again: at the next of the ages set for that, counted from the article's publication or
  /// its discovery, whichever was first. News is corrected while it is young.
  ///
  /// - Parameter skipping: how many of those to come are passed over.
  func nextLook(
    at item: DiscoveredItem, _ feedItem: FeedItem, _ manifest: Manifest, skipping count: Int = 0
  ) -> Timestamp? {
    let now = Timestamp.now()
    let born = feedItem.published.map { min($0, item.discoveredAt) } ?? item.discoveredAt
    let ages = manifest.fetch.revisit ?? settings.schedule.revisit
    return ages.map { born.adding(seconds: Int64($0)) }.filter { $0 > now }.sorted().dropFirst(count).first
  }

  /// What to remember of a page.
  private func page(
    of item: DiscoveredItem, _ response: FetchResponse, _ feedItem: FeedItem, _ manifest: Manifest
  ) -> FetchedPage {
    let known = Validators(etag: item.etag, lastModified: item.lastModified)
    // A page without its end may have been cut off on its way: the next look asks for all of it.
    let validators =
      response.isNotModified
      ? known?.updated(with: response.validators) : PageEnd.isThere(response.body) ? response.validators : nil
    return FetchedPage(
      etag: validators?.etag, lastModified: validators?.lastModified, revisit: nextLook(at: item, feedItem, manifest))
  }

  func nextLook(_ page: FetchedPage) -> String? {
    page.revisit.map { "looked at again in \(max(0, Int($0.seconds(since: .now()))).spokenSeconds)" }
  }

  /// Where a page leads now, when that is no longer the article's.
  private func leadsAway(
    _ item: DiscoveredItem, from url: WebURL, to target: WebURL, _ manifest: Manifest
  ) async -> String? {
    // What is met for the first time may have a strange address: a redirector's, or one below the article's own.
    guard item.isUpdate else {
      return Self.leadsHome(from: url, to: target, of: manifest.publisher.url) ? "the home page" : nil
    }
    if Self.leadsAway(from: url, to: target) { return "a section or the home page" }
    guard target.identity != url.identity else { return nil }
    // Published under this address as well, its text would be in the queue twice.
    let other = try? await ledger.item(publisher: item.publisher, key: target.identity)
    guard let other, other.state == .done || other.isUpdate,
      other.articleKey ?? other.key != item.articleKey ?? item.key
    else {
      return nil
    }
    return "another article"
  }

  /// Whether a redirect leads up: from an article to the section it was in or to the home page, as publishers do with
  /// what they have taken back.
  static func leadsAway(from url: WebURL, to target: WebURL) -> Bool {
    guard target.identity != url.identity else { return false }
    func trimmed(_ path: String) -> Substring { path.hasSuffix("/") ? path.dropLast() : path[...] }
    let (before, after) = (trimmed(url.path), trimmed(target.path))
    return after.isEmpty || (before.hasPrefix(after) && before.dropFirst(after.count).hasPrefix("/"))
  }

  /// Whether a redirect leads from an article to a home page: of its own host, or of its publisher. At the root of
  /// another host an article may stand, and one may be named by a query.
  static func leadsHome(from url: WebURL, to target: WebURL, of publisher: WebURL) -> Bool {
    func isRoot(_ url: WebURL) -> Bool { url.path.isEmpty || url.path == "/" }
    func bare(_ host: String) -> Substring { host.hasPrefix("www.") ? host.dropFirst(4) : host[...] }
    let isOwnRoot = isRoot(url) || url.path.hasPrefix("/index.") && url.query == nil
    guard isRoot(target), target.withoutTracking.query == nil, !isOwnRoot else { return false }
    return bare(target.host) == bare(url.host) || bare(target.host) == bare(publisher.host)
  }

  func getPage(
    _ url: WebURL, _ manifest: Manifest, validators: Validators?
  ) async throws(PageFailure) -> FetchResponse {
    var request = request(manifest, url, purpose: .page, validators: validators)
    if settings.fetch.robots, manifest.fetch.respectRobots {
      switch await robots.decision(for: request, refused: obeying(manifest)) {
      case .refused:
        throw PageFailure(
          kind: .robotsRefused, message: "robots.txt does not allow the page", outcome: "robots", mayPass: false)
      case .unreachable(let seconds, let status, let error):
        let reason = status.map { "the server answered \($0)" } ?? error?.message
        throw PageFailure(
          kind: .robotsRefused,
          message: "robots.txt cannot be had, so no page may be" + (reason.map { ": \($0)" } ?? ""),
          outcome: "robots-unreachable",
          retryAfter: seconds)
      case .unknown(let error): throw failure(.fetch(error), url)
      // A site may ask for patience, but not for so much that its news is old when it arrives.
      case .allowed(let delay):
        if let delay { request.gap = max(request.gap ?? .seconds(settings.fetch.groupGap), .seconds(min(delay, 30))) }
      }
      let page = request
      request.redirectCheck = robots.check(redirectsOf: page, refused: obeying(manifest)) { [fetcher] in
        fetcher.group(of: page, at: $0)
      }
    }
    let response: FetchResponse
    do throws(Unsent) {
      response = try await send(request, of: manifest)
    } catch {
      throw failure(error, url)
    }
    noteAnswer(url.description)
    if response.isSuccess || response.isNotModified && validators != nil { return response }
    let retryAfter = await obeyRest(response, to: request, of: manifest)
    throw PageFailure(
      kind: .pageFailed,
      message: "the server answered \(response.status)" + (response.isNotModified ? Self.meaning(response) : ""),
      status: response.status, outcome: "http-\(response.status)",
      mayPass: retryAfter != nil || ![401, 402, 410, 451].contains(response.status),
      mostTries: response.status == 403 && retryAfter == nil ? 2 : nil,
      retryAfter: retryAfter, isGone: response.status == 410)
  }

  private func failure(_ error: Unsent, _ url: WebURL) -> PageFailure {
    switch error {
    case .login(let login):
      return PageFailure(
        kind: .pageFailed, message: login.message, hint: login.hint, outcome: "login",
        retryAfter: max(1, Int(login.until.seconds - Timestamp.now().seconds)), isLocal: login.isLocal)
    case .notOurs(let notOurs, let target):
      return PageFailure(
        kind: .pageFailed, message: "redirected to where another node fetches: \(notOurs.message)", outcome: "not-ours",
        isLocal: true, elsewhere: (notOurs, target))
    case .fetch(let error) where [.robots, .robotsUnreachable].contains(error.code):
      return PageFailure(
        kind: .robotsRefused, message: error.message, outcome: error.code.name,
        mayPass: error.code == .robotsUnreachable, retryAfter: error.heldFor.map { Int($0.components.seconds) })
    case .fetch(let error):
      let isGivenUp = isGivenUp(error, who: url.description)
      let isOurs = error.code == .held || isGivenUp || noteUnreachable(error, url, who: url.description)
      return PageFailure(
        kind: error.code == .addressRefused ? .addressRefused : .pageFailed, message: error.message, hint: error.hint,
        outcome: error.code.name, retryAfter: error.heldFor.map { Int($0.components.seconds) + 1 }, isLocal: isOurs,
        isLeft: isGivenUp && error.code != .cancelled)
    }
  }

  // MARK: Publishing

  func publish(
    _ article: Article, of item: DiscoveredItem, url: WebURL, _ manifest: Manifest, _ report: PageReport?,
    _ fetch: String, _ page: FetchedPage = FetchedPage(), standIn: StandIn? = nil
  ) async {
    // What an item became it stays, also when its publisher gives the article another address.
    let key = item.articleKey ?? ArticleIdentity.key(article, found: item.key, hosts: manifest.publisher.hosts)
    let uri = ArticleIdentity.uri(publisher: manifest.publisher.id, digest: SHA256.hex(key.utf8))
    var submission = Ledger.Submission(
      article: article, facts: manifest.publisher.facts, key: key, uri: uri, url: url.description, item: item,
      origin: item.id, page: page, fence: pageFences[item.id], standIn: standIn,
      patience: settings.schedule.pageAttempts)
    if article.isPartial {
      submission.decide = { last in
        // A paywall that closes after a day is no change of the article: the whole that was published stands.
        guard let last, let quality = last.quality, last.isKnown, !last.isWithdrawn else { return .publish }
        return !quality.isPartial && quality.hasHeadlineAndBody ? .stand : .publish
      }
    }
    let result: Ledger.Publishing
    do throws(LedgerFailure) {
      result = try await ledger.publish(submission)
    } catch {
      // Not committed: the item waits and is taken up again.
      noteFailure(error, of: .publishing)
      return
    }
    var fields = ["fetch": fetch, "pictures": "\(article.pictures.count)", "words": "\(article.wordCount)"]
    if let fill = report?.fill { fields["fill"] = "\(Int((fill * 100).rounded()))%" }
    if let report, !report.missed.isEmpty { fields["missed"] = report.missed.joined(separator: ",") }
    if let layout = report?.layout { fields["layout"] = layout }
    if article.kind != .article { fields["kind"] = article.kind.rawValue }
    if let failure = report?.failures.first { fields["rule_failed"] = "\(failure.origin.rule): \(failure.message)" }
    if let report { note(report, publisher: item.publisher, url: url) }
    switch result {
    case .published(let version, let element, let bytes):
      rest.succeeded(.publishing)
      fields["version"] = "\(version)"
      fields["element"] = element
      let kind: EventKind = report == nil ? .articlePartial : version == 1 ? .articlePublished : .articleUpdated
      if version == 1 { totals.articles += 1 } else { totals.updates += 1 }
      if article.isPartial { totals.partial += 1 }
      noteArticle(of: item.publisher, isNew: version == 1, isWhole: !article.isPartial, fill: report?.fill)
      log.record(
        kind, article.headline, publisher: item.publisher, source: item.source, url: url, article: uri, bytes: bytes,
        outcome: article.isPartial ? "partial" : "full", fields: fields)
    case .unchanged:
      log.record(
        .articleUnchanged, article.headline, publisher: item.publisher, source: item.source, url: url, article: uri,
        outcome: "unchanged", next: "not published: its content has not changed", fields: fields)
    case .stood:
      log.record(
        .articleUnchanged, article.headline, publisher: item.publisher, source: item.source, url: url, article: uri,
        outcome: article.isPartial ? "partial" : "elsewhere",
        next: article.isPartial
          ? "the whole article published before stands" : "the article stands as another of its addresses shows it",
        fields: fields)
    case .delayed: noteDelay(of: uri)
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
}

/// Why a page that was kept gives no article.
struct UnreadablePage: Error {
  var reason: String
}

extension Publisher {
  var facts: PublisherFacts {
    PublisherFacts(
      id: id, name: name, url: url.description, copyrightHolder: copyrightHolder, usageTerms: usageTerms)
  }
}

extension Article {
  fileprivate var wordCount: Int { bodyText.wordCount }
}
