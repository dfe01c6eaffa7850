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

/// What a visit to a source, or to one document of it, brought.
struct Visit: Sendable {
  enum Outcome: String, Sendable {
    /// A list with new items.
    case new
    /// A list without any.
    case nothingNew = "nothing new"
    /// 304, or the same bytes as last time.
    case unchanged
    case failed
    /// 410: the source is gone for good.
    case gone
    /// The network here failed; it counts against nobody.
    case offline
  }

  var outcome: Outcome
  var items = 0
  var new = 0
  /// Seconds for which the server calls its answer fresh.
  var freshFor: Int?
  /// Seconds that the server asked us to wait.
  var retryAfter: Int?
  var error: String?
  /// Why the next visit is when it is.
  var decision: Cadence.Decision?
}

/// Why a listing could not be had.
private struct ListingFailure: Error {
  var kind: EventKind
  var message: String
  var hint: String?
  var status: Int?
  var outcome: String
  var retryAfter: Int?
  var isGone = false
  var isLocal = false
}

/// Items of a list that are not taken, by reason.
private struct LeftOut {
  var withoutAddress = 0
  var filtered = 0
  var old = 0

  /// nil when every item was taken.
  var reason: String? {
    let parts = [
      (filtered, "by the plugin's filter"), (old, "older than three days"), (withoutAddress, "without an address"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

extension Ingester {
  /// Fetches a source, records what it lists, and schedules its next visit.
  func visit(_ number: Int, _ id: String) async {
    var brought: Visit?
    do throws(LedgerFailure) {
      let place = try await place(number)
      var state = place.state
      let visit = await visitDocument(place, &state, url: place.source.url, depth: 0)
      brought = visit
      // A reload may have moved the source or taken it out of use meanwhile.
      if let number = roster.number(of: id) {
        roster.update(number) { note in
          (note.outcome, note.items, note.new) = (visit.outcome, visit.items, visit.new)
          (note.isFailing, note.isMuted) = (state.failures > 0, state.muted)
          note.reason = visit.decision?.reason
        }
        if let due = state.nextDue, !state.muted { heap.set(number, due: due) } else { heap.remove(number) }
      }
    } catch {
      noteFailure(error)
      if let number = roster.number(of: id) { heap.set(number, due: Timestamp.now().adding(seconds: 30)) }
    }
    for waiter in waiters.removeValue(forKey: id) ?? [] { waiter.resume(returning: brought) }
  }

  /// Fetches one document of a source: the source itself, or a sitemap that its index names.
  private func visitDocument(_ place: Place, _ state: inout SourceState, url: WebURL, depth: Int) async -> Visit {
    let now = Timestamp.now()
    let fetch = newFetchID()
    totals.fetches += 1
    do throws(ListingFailure) {
      return try await list(place, &state, url, now, depth, fetch)
    } catch {
      return await failed(place, &state, error, now, url, fetch, isSource: depth == 0)
    }
  }

  private func list(
    _ place: Place, _ state: inout SourceState, _ url: WebURL, _ now: Timestamp, _ depth: Int, _ fetch: String
  ) async throws(ListingFailure) -> Visit {
    let response = try await get(place, state, url)
    let wasFailing = state.failures > 0
    var visit = Visit(outcome: .unchanged)
    visit.freshFor = Freshness(response.headers, now: now).seconds.map { Int(clamping: $0) }
    note(response, in: &state)
    if response.isNotModified {
      totals.notModified += 1
      let newer = Validators(etag: state.etag, lastModified: state.lastModified)?.updated(with: response.validators)
      state.etag = newer?.etag ?? state.etag
      state.lastModified = newer?.lastModified ?? state.lastModified
      await succeed(place, &state, &visit, now, depth, fetch)
      log.record(
        .feedUnchanged, "not modified", publisher: state.publisher, source: state.id, url: url, status: 304,
        bytes: response.bytesReceived, duration: response.duration, outcome: "not-modified",
        next: next(state, now, depth), fields: ["fetch": fetch])
      return visit
    }
    let digest = await Self.digest(response.body)
    state.etag = response.validators?.etag
    state.lastModified = response.validators?.lastModified
    if digest == state.bodyHash, wasFailing == false {
      await succeed(place, &state, &visit, now, depth, fetch)
      log.record(
        .feedUnchanged, "same bytes as last time", publisher: state.publisher, source: state.id, url: url,
        status: response.status, bytes: response.bytesReceived, duration: response.duration, outcome: "same-body",
        next: next(state, now, depth), fields: ["fetch": fetch])
      return visit
    }
    let feed = try await parse(place, response)
    state.bodyHash = digest
    if !feed.sitemaps.isEmpty, depth == 0 {
      // An index changes less often than what it points to: without validators it is read each time.
      state.etag = nil
      state.lastModified = nil
      state.bodyHash = nil
    }
    if let ttl = feed.ttl { visit.freshFor = max(visit.freshFor ?? 0, ttl) }
    var leftOut = LeftOut()
    let found = newItems(feed, place, &leftOut)
    visit.items = found.count
    if let newest = feed.items.compactMap({ $0.published ?? $0.modified }).max() { state.newestItem = newest }
    await succeed(place, &state, &visit, now, depth, fetch, items: found)
    report(feed, response, visit, state, url, now, depth, fetch, leftOut)
    for child in depth == 0 ? recent(feed.sitemaps, place, now) : [] {
      add(await self.visit(child, of: place), to: &visit)
    }
    return visit
  }

  private func report(
    _ feed: Feed, _ response: FetchResponse, _ visit: Visit, _ state: SourceState, _ url: WebURL, _ now: Timestamp,
    _ depth: Int, _ fetch: String, _ leftOut: LeftOut
  ) {
    if !feed.repairs.isEmpty {
      log.record(
        .feedRepaired, feed.repairs.joined(separator: "; "), publisher: state.publisher, source: state.id, url: url,
        outcome: "repaired", next: "its items are used; tell the publisher", fields: ["fetch": fetch])
    }
    let isIndex = !feed.sitemaps.isEmpty
    let message = isIndex ? "index of \(feed.sitemaps.count) sitemaps" : "\(visit.items) items, \(visit.new) new"
    let kind: EventKind = visit.items == 0 && !isIndex ? .feedEmpty : .feedFetched
    var fields = [
      "fetch": fetch, "items": "\(visit.items)", "new": "\(visit.new)", "http": response.httpVersion.rawValue,
      "remote": response.remoteAddress,
    ]
    fields["left_out"] = leftOut.reason
    log.record(
      kind, message, publisher: state.publisher, source: state.id, url: url, status: response.status,
      bytes: response.bytesReceived, duration: response.duration, outcome: visit.outcome.rawValue,
      next: next(state, now, depth), fields: fields)
  }

  private func next(_ state: SourceState, _ now: Timestamp, _ depth: Int) -> String? {
    guard depth == 0, let due = state.nextDue else { return nil }
    return "again in \(Int(due.seconds(since: now)).spokenSeconds)"
  }

  // MARK: Getting and reading

  private func get(
    _ place: Place, _ state: SourceState, _ url: WebURL
  ) async throws(ListingFailure) -> FetchResponse {
    let response: FetchResponse
    do throws(FetchError) {
      response = try await fetcher.fetch(
        request(
          place.manifest, url, purpose: .feed,
          validators: Validators(etag: state.etag, lastModified: state.lastModified)))
    } catch {
      throw ListingFailure(
        kind: error.code == .addressRefused ? .addressRefused : .feedFailed, message: error.message, hint: error.hint,
        outcome: error.code.name, isLocal: noteUnreachable(error, url))
    }
    noteAnswer()
    if response.isNotModified || response.isSuccess { return response }
    let retryAfter = RetryAfter.seconds(response.headers, now: .now()).map { Int(clamping: $0) }
    if response.status == 429 || response.status == 503 {
      await fetcher.hold(
        group: Fetcher.group(for: url), for: .seconds(min(retryAfter ?? 60, Cadence.day)))
    }
    throw ListingFailure(
      kind: .feedFailed, message: "the server answered \(response.status)\(Self.meaning(response.status))",
      status: response.status, outcome: "http-\(response.status)", retryAfter: retryAfter,
      isGone: response.status == 410)
  }

  private func parse(_ place: Place, _ response: FetchResponse) async throws(ListingFailure) -> Feed {
    let job = Job(
      .parse(select: place.source.kind == .html ? place.source.select?.description : nil), url: response.url,
      contentType: response.contentType, zone: place.manifest.publisher.zone, body: response.body)
    do throws(JobError) {
      let json = try await workers.run(job)
      guard let feed = Feed(jsonFeed: json) else {
        throw JobError(.protocolViolation, "the worker's feed is not a JSON Feed")
      }
      return feed
    } catch {
      throw ListingFailure(
        kind: error.code == .refused ? .feedRefused : .feedFailed, message: error.message, hint: error.hint,
        status: response.status, outcome: error.reason, isLocal: error.code == .unavailable)
    }
  }

  func request(
    _ manifest: Manifest, _ url: WebURL, purpose: FetchRequest.Purpose, validators: Validators? = nil
  ) -> FetchRequest {
    FetchRequest(
      url, purpose: purpose, headers: manifest.fetch.headers, validators: validators,
      priority: purpose == .feed ? 5 : 0, concurrency: manifest.fetch.concurrency,
      gap: manifest.fetch.gap.map { .seconds($0) }, allowPorts: ports(of: manifest))
  }

  /// Ports that the plugin itself names; a port found in a page opens nothing.
  func ports(of manifest: Manifest) -> Set<Int> {
    Set(([manifest.publisher.url] + manifest.sources.map(\.url)).map(\.effectivePort))
  }

  private static func meaning(_ status: Int) -> String {
    switch status {
    case 401: " (it wants a login)"
    case 402, 403: " (it refuses us)"
    case 404: " (not found)"
    case 410: " (gone for good)"
    case 429: " (too many requests)"
    case 500...: " (its own failure)"
    default: ""
    }
  }

  private nonisolated static func digest(_ bytes: [UInt8]) async -> String { SHA256.hex(bytes) }

  // MARK: Items

  /// The articles that a feed announces, by the plugin's filter.
  private func newItems(_ feed: Feed, _ place: Place, _ leftOut: inout LeftOut) -> [NewItem] {
    let now = Timestamp.now()
    let filter = ItemFilter(keep: place.source.keep, drop: place.source.drop)
    var items: [NewItem] = []
    for item in feed.items {
      guard let url = FeedFacts.url(of: item) else {
        leftOut.withoutAddress += 1
        continue
      }
      guard filter.admits(url.description) else {
        leftOut.filtered += 1
        continue
      }
      // A general sitemap lists years of pages; what is not recent is no news.
      if place.source.kind == .sitemap, let date = item.modified ?? item.published,
        now.seconds(since: date) > Double(3 * Cadence.day)
      {
        leftOut.old += 1
        continue
      }
      let date = item.modified ?? item.published
      items.append(
        NewItem(
          key: url.identity, url: url.description, section: place.source.section, record: item.json.text(),
          fingerprint: [date?.rfc3339, item.title].map { $0 ?? "" }.joined(separator: "\u{1F}")))
    }
    return items
  }

  /// The sitemaps of an index that may hold news, by the plugin's filter: the latest by their date, or the first where no date is given.
  private func recent(_ all: [SitemapReference], _ place: Place, _ now: Timestamp) -> [WebURL] {
    let filter = ItemFilter(keep: place.source.sitemapKeep, drop: place.source.sitemapDrop)
    let sitemaps = all.filter { filter.admits($0.url.description) }
    let dated = sitemaps.filter { $0.lastModified != nil }
      .sorted { ($0.lastModified ?? now) > ($1.lastModified ?? now) }
    return (dated.isEmpty ? sitemaps : dated).prefix(4).map(\.url)
  }

  private func visit(_ child: WebURL, of place: Place) async -> Visit {
    let id = "\(place.source.id)#\(child.identity)"
    do throws(LedgerFailure) {
      var state =
        try await ledger.source(id)
        ?? SourceState(id: id, publisher: place.manifest.publisher.id, url: child.description)
      return await visitDocument(place, &state, url: child, depth: 1)
    } catch {
      noteFailure(error)
      var visit = Visit(outcome: .failed)
      visit.error = error.message
      return visit
    }
  }

  private func add(_ child: Visit, to visit: inout Visit) {
    visit.items += child.items
    visit.new += child.new
    if child.outcome == .new { visit.outcome = .new }
    if child.error != nil { visit.error = child.error }
  }

  // MARK: Success and failure

  private func note(_ response: FetchResponse, in state: inout SourceState) {
    state.lastStatus = response.status
    let isPermanent = !response.redirects.isEmpty && response.redirects.allSatisfy(\.isPermanent)
    let target = isPermanent ? response.url.description : nil
    if let target, target == state.permanentTo {
      state.permanentSeen += 1
    } else if state.permanentTo != target {
      state.permanentTo = target
      state.permanentSeen = target == nil ? 0 : 1
      state.permanentSince = target == nil ? nil : .now()
    }
  }

  /// Records a success: items and validators in one transaction, so that no crash can hide an item behind a 304.
  private func succeed(
    _ place: Place, _ state: inout SourceState, _ visit: inout Visit, _ now: Timestamp, _ depth: Int,
    _ fetch: String, items: [NewItem]? = nil
  ) async {
    let before = state
    if state.failures > 0, depth == 0 {
      log.record(
        .sourceRecovered, "works again after \(state.failures) failures", publisher: state.publisher, source: state.id)
    }
    state.failures = 0
    state.lastError = nil
    state.lastAttempt = now
    state.lastSuccess = now
    state.muted = false
    do throws(LedgerFailure) {
      if let items {
        if depth == 0 { schedule(place, &state, &visit, now) }
        let fresh = try await ledger.recordFetch(state, items)
        visit.new = fresh.count
        visit.outcome = fresh.isEmpty ? .nothingNew : .new
        if let last = before.lastSuccess {
          state.itemsPerDay = Cadence.rhythm(before.itemsPerDay, new: fresh.count, elapsed: now.seconds(since: last))
        }
        if depth == 0 { schedule(place, &state, &visit, now) }
        if !fresh.isEmpty, let own = roster.place(publisher: state.publisher) { expect(own, now) }
        for item in fresh {
          log.record(
            .articleDiscovered, item.isUpdate ? "changed by its publisher" : "new", publisher: item.publisher,
            source: state.id, url: WebURL(item.url), fields: ["fetch": fetch])
        }
      } else {
        if let last = before.lastSuccess {
          state.itemsPerDay = Cadence.rhythm(before.itemsPerDay, new: 0, elapsed: now.seconds(since: last))
        }
        if depth == 0 { schedule(place, &state, &visit, now) }
      }
      await ledger.saveSoon(state)
    } catch {
      // Not recorded: the next visit must bring the same again, so the old validators stay.
      state = before
      state.nextDue = now.adding(seconds: 30)
      visit.outcome = .failed
      visit.error = error.message
      noteFailure(error)
    }
  }

  private func schedule(_ place: Place, _ state: inout SourceState, _ visit: inout Visit, _ now: Timestamp) {
    let decision = cadence(place.manifest).next(
      Cadence.Facts(
        itemsPerDay: state.itemsPerDay, freshFor: visit.freshFor, failures: state.failures,
        retryAfter: visit.retryAfter, jitter: Double.random(in: 0..<1)))
    state.nextDue = now.adding(seconds: Int64(decision.seconds))
    visit.decision = decision
  }

  func cadence(_ manifest: Manifest) -> Cadence {
    let bounds = settings.schedule
    let minimum = min(max(manifest.fetch.minInterval, bounds.minInterval), bounds.maxInterval)
    let maximum = max(minimum, min(manifest.fetch.maxInterval, bounds.maxInterval))
    return Cadence(minInterval: minimum, maxInterval: maximum, retry: bounds.sourceRetry)
  }

  private func failed(
    _ place: Place, _ state: inout SourceState, _ failure: ListingFailure, _ now: Timestamp, _ url: WebURL,
    _ fetch: String,
    isSource: Bool
  ) async -> Visit {
    var visit = Visit(outcome: failure.isGone ? .gone : failure.isLocal ? .offline : .failed)
    visit.retryAfter = failure.retryAfter
    visit.error = failure.message
    state.lastAttempt = now
    state.lastStatus = failure.status
    state.lastError = failure.message
    var next: String?
    if failure.isLocal {
      state.nextDue = now.adding(seconds: NetworkWatch.probe)
      visit.decision = .init(seconds: Int(NetworkWatch.probe), reason: .ours)
      next = "again in \(NetworkWatch.probe) s; the fault is on this side, so it counts against nobody"
    } else if failure.isGone, isSource {
      state.failures += 1
      state.muted = true
      state.nextDue = nil
      next = "not fetched again until newswirectl fetch \(state.publisher)"
    } else {
      totals.failures += 1
      state.failures += 1
      if isSource {
        schedule(place, &state, &visit, now)
        next = self.next(state, now, 0)
      }
    }
    if let hint = failure.hint { next = [next, hint].compactMap { $0 }.joined(separator: "; ") }
    log.record(
      failure.isGone ? .feedMuted : failure.kind, failure.message, level: failure.isLocal ? .info : nil,
      publisher: state.publisher, source: state.id,
      url: url, status: failure.status, outcome: failure.outcome, next: next,
      fields: ["fetch": fetch, "failures": "\(state.failures)"])
    await ledger.saveSoon(state)
    return visit
  }

  // MARK: The network here

  func noteAnswer() {
    if network.answered() == .cameBack { log.record(.networkUp, "the network is back", next: "fetching goes on") }
  }

  /// Whether a failure is the local network's, and so nobody's fault.
  func noteUnreachable(_ error: FetchError, _ url: WebURL) -> Bool {
    guard error.isLocal else { return false }
    if network.unreachable(url.host, now: .now()) == .wentDown {
      log.record(
        .networkDown, "no site can be reached: \(error.message)",
        next: "one attempt each \(NetworkWatch.probe) s; failures count against nobody meanwhile")
    }
    return network.isSuspected
  }
}
