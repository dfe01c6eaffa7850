import Configuration
import Digests
import Feeds
import Fetching
import Manifest
import Push
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
    /// Its rate group rests; nothing was sent.
    case held
  }

  var outcome: Outcome
  var items = 0
  var new = 0
  /// Seconds for which the server calls its answer fresh.
  var freshFor: Int?
  /// Seconds that the server asked us to wait.
  var retryAfter: Int?
  var error: String?
}

/// Items of a list that are not taken, by reason.
struct LeftOut {
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

/// Why a listing could not be had.
struct ListingFailure: Error {
  var kind: EventKind
  var message: String
  var hint: String?
  var status: Int?
  var outcome: String
  var retryAfter: Int?
  var isGone = false
  var isLocal = false
  /// Seconds that the rate group still rests; nothing was sent.
  var heldFor: Int?
  /// True when it was given up because this node stops, or has lost the lease: nothing is known that was not before.
  var isGivenUp = false
}

/// One document to get: a source's own, or one that it leads to.
struct Document: Sendable {
  enum Role: Sendable {
    /// What the source itself names.
    case own
    /// A sitemap of an index, or the same list of an earlier day.
    case part
    /// A page of the feed's past.
    case archive
  }

  var role: Role
  var url: WebURL
  /// The address is one that was adopted from permanent redirects.
  var isMoved = false
  /// Asked for without validators, to see whether they can be believed.
  var isWhole = false
  /// Of a sitemap: the date that its index gives.
  var listedAt: Timestamp?

  /// The name of this fetch in the log.
  var fetch = ""

  var isOwn: Bool { role == .own }
}

extension Ingester {
  /// Fetches a source, records what it lists, and schedules its next visit.
  func visit(_ number: Int, _ id: String) async {
    var brought: Visit?
    do throws(LedgerFailure) {
      let fence: Fence?
      do throws(NotOurs) { fence = try await right(to: group(of: number)) } catch { throw LedgerFailure(error) }
      let place = try await place(number, fence: fence)
      let (visit, state) = try await visitSource(place)
      brought = visit
      // A reload may have moved the source or taken it out of use meanwhile.
      if let number = roster.number(of: id) {
        roster.update(number) { note in
          (note.outcome, note.items, note.new) = (visit.outcome, visit.items, visit.new)
          (note.isFailing, note.isMuted) = (state.failures > 0, state.muted)
          note.reason = state.dueReason.flatMap { Cadence.Decision.Reason(word: $0) }
        }
        if let due = state.nextDue, !state.muted { heap.set(number, due: due) } else { heap.remove(number) }
      }
    } catch {
      noteFailure(error)
      // Unless it has been planned anew meanwhile, because its group was lost and came back.
      if let number = roster.number(of: id), heap.due(number) == nil {
        heap.set(number, due: Timestamp.now().adding(seconds: 30))
      }
    }
    for waiter in waiters.removeValue(forKey: id) ?? [] { waiter.resume(returning: brought) }
  }

  /// The source's own document, and what it leads to: sitemaps of an index, yesterday's list, the feed's archive.
  private func visitSource(_ place: Place) async throws(LedgerFailure) -> (Visit, SourceState) {
    var state = place.state
    let now = Timestamp.now()
    let earlier = earlierDocument(place, now)
    let own = await visitDocument(place, ownDocument(place, now), &state, earlier: earlier)
    var visit = own.visit
    guard let found = own.feed else { return (visit, state) }
    if let earlier { add(try await visitPart(Document(role: .part, url: earlier), of: place).visit, to: &visit) }
    for document in try await parts(of: found, place, now) {
      add(try await visitPart(document, of: place).visit, to: &visit)
    }
    try await readArchive(place, &state, &visit)
    if visit.items != own.visit.items || visit.new != own.visit.new {
      state.attempts.amend(outcome: visit.outcome.rawValue, items: visit.items, new: visit.new)
      keep(&state, of: place)
    }
    await renewPush(place)
    return (visit, state)
  }

  /// Where the source is found now.
  private func ownDocument(_ place: Place, _ now: Timestamp) -> Document {
    let state = place.state
    let own = place.source.url(at: now, offset: zoneOffset(place.manifest, at: now))
    let found = place.source.kind == .auto ? state.details.feed.flatMap { WebURL($0) } : nil
    let moved = place.source.template == nil && found == nil ? MovePolicy.address(state, now: now) : nil
    return Document(
      role: .own, url: moved ?? found ?? own, isMoved: moved != nil,
      isWhole: WholeFetch.isDue(state, every: place.manifest.fetch.wholeEvery, now: now))
  }

  /// The list of the day or month before, as long as it may still hold what has not been seen.
  private func earlierDocument(_ place: Place, _ now: Timestamp) -> WebURL? {
    guard place.source.template != nil else { return nil }
    let offset = zoneOffset(place.manifest, at: now)
    let before = now.adding(seconds: -Int64(cadence(place.manifest).maxInterval + 3600))
    let earlier = place.source.url(at: before, offset: offset)
    return earlier == place.source.url(at: now, offset: offset) ? nil : earlier
  }

  private func visitPart(
    _ document: Document, of place: Place
  ) async throws(LedgerFailure) -> (visit: Visit, feed: Feed?) {
    let suffix = document.role == .archive ? "archive" : document.url.identity
    let id = "\(place.source.id)#\(suffix)"
    var state =
      try await ledger.source(id)
      ?? SourceState(id: id, publisher: place.manifest.publisher.id, url: document.url.description)
    if state.url != document.url.description {
      state.url = document.url.description
      (state.etag, state.lastModified, state.bodyHash) = (nil, nil, nil)
    }
    let (visit, feed) = await visitDocument(place, document, &state, earlier: nil)
    return (visit, feed ?? nil)
  }

  /// Gets one document and records what it lists. The feed is nil when the document could not be had, and holds nil when
  /// there was nothing to read in it.
  private func visitDocument(
    _ place: Place, _ document: Document, _ state: inout SourceState, earlier: WebURL?
  ) async -> (visit: Visit, feed: Feed??) {
    let now = Timestamp.now()
    var document = document
    document.fetch = newFetchID()
    totals.fetches += 1
    do throws(ListingFailure) {
      let result = try await list(place, document, state, now)
      state = result.state
      return (result.visit, .some(result.feed))
    } catch {
      guard error.status == 404, earlier != nil else {
        return (await failed(place, document, &state, error, now), nil)
      }
      // The day is young: its list is not there yet, and yesterday's is.
      var visit = Visit(outcome: .nothingNew)
      log.record(
        .feedUnchanged, "not there yet", publisher: state.publisher, source: state.id, url: document.url, status: 404,
        outcome: "not-yet", next: "the list before it is read meanwhile", fields: ["fetch": document.fetch])
      await succeed(place, document, &state, &visit, now, status: 404)
      return (visit, .some(nil))
    }
  }

  private func list(
    _ place: Place, _ document: Document, _ before: SourceState, _ now: Timestamp
  ) async throws(ListingFailure) -> (visit: Visit, state: SourceState, feed: Feed?) {
    try await checkProgram(of: place)
    var state = before
    // Validators and hash belong to one document; an address with the date in it, or a newly found feed, is another.
    let isOther = before.details.document.map { $0 != document.url.description } ?? false
    if place.source.template != nil || place.source.kind == .auto || isOther, document.isOwn {
      if isOther { (state.etag, state.lastModified, state.bodyHash) = (nil, nil, nil) }
      state.details.document = document.url.description
    }
    let response = try await get(place, document, state)
    var visit = Visit(outcome: .unchanged)
    visit.freshFor = Freshness(response.headers, now: now).seconds.map { Int(clamping: $0) }
    state.lastStatus = response.status
    noteMove(response, place, document, &state, now)
    if response.isNotModified {
      totals.notModified += 1
      let newer = Validators(etag: state.etag, lastModified: state.lastModified)?.updated(with: response.validators)
      state.etag = newer?.etag ?? state.etag
      state.lastModified = newer?.lastModified ?? state.lastModified
      await succeed(place, document, &state, &visit, now, status: 304)
      reportUnchanged("not modified", "not-modified", response, document, state, now)
      return (visit, state, nil)
    }
    let digest = await Self.digest(response.body)
    if digest == state.bodyHash, before.failures == 0 {
      state.etag = response.validators?.etag
      state.lastModified = response.validators?.lastModified
      state.lastWhole = now
      await succeed(place, document, &state, &visit, now, status: response.status)
      reportUnchanged("same bytes as last time", "same-body", response, document, state, now)
      return (visit, state, nil)
    }
    let feed: Feed
    switch try await parse(place, response, document) {
    case .feed(let read): feed = read
    case .page(let links):
      return try await follow(links, place, document, state, now)
    }
    // Only now: had it not been read, a 304 would have hidden it next time.
    let isCut = CutDocument.note(feed, digest: digest, &state)
    if !isCut {
      state.etag = response.validators?.etag
      state.lastModified = response.validators?.lastModified
      state.bodyHash = digest
      state.lastWhole = now
    }
    if document.isOwn { noteFeed(feed, place, &state, isFirst: before.lastSuccess == nil) }
    if !feed.sitemaps.isEmpty, document.isOwn {
      // An index changes less often than what it points to: without validators it is read each time.
      (state.etag, state.lastModified, state.bodyHash) = (nil, nil, nil)
    }
    state.details.listedAt = document.listedAt
    var leftOut = LeftOut()
    let found = newItems(feed, place, &leftOut)
    visit.items = found.count
    if let newest = feed.items.compactMap({ $0.published ?? $0.modified }).max() { state.newestItem = newest }
    await succeed(place, document, &state, &visit, now, status: response.status, items: found, feed: feed)
    report(feed, response, visit, state, document, now, leftOut, isCut: isCut)
    if document.isOwn { await subscribe(place, feed, response) }
    return (visit, state, feed)
  }

  /// A home page came: the feed that it names is read in its place from now on.
  private func follow(
    _ links: [WebURL], _ place: Place, _ document: Document, _ before: SourceState, _ now: Timestamp
  ) async throws(ListingFailure) -> (visit: Visit, state: SourceState, feed: Feed?) {
    let request = request(place.manifest, document.url, purpose: .page)
    var candidates = links
    if candidates.isEmpty, settings.fetch.robots { candidates = await robots.sitemaps(for: request) }
    candidates.removeAll { $0.withoutFragment == document.url.withoutFragment }
    guard let feed = FeedChoice.best(candidates, home: document.url) else {
      throw ListingFailure(
        kind: .feedRefused, message: "the page names no feed",
        hint: "name a feed, a news sitemap, or the page's links (kind = \"html\") in the plugin", outcome: "no-feed")
    }
    var state = before
    state.details.feed = feed.description
    log.record(
      .feedFound, "the page names \(candidates.count) feeds", publisher: state.publisher, source: state.id, url: feed,
      outcome: "found", next: "it is read from now on", fields: ["fetch": document.fetch])
    return try await list(place, Document(role: .own, url: feed, fetch: document.fetch), state, now)
  }

  // MARK: Getting and reading

  private func get(
    _ place: Place, _ document: Document, _ state: SourceState
  ) async throws(ListingFailure) -> FetchResponse {
    let request = request(
      place.manifest, document.url, purpose: .feed, source: place.source,
      validators: document.isWhole ? nil : Validators(etag: state.etag, lastModified: state.lastModified))
    let response: FetchResponse
    do throws(Unsent) {
      response = try await send(request, of: place.manifest)
    } catch {
      throw failure(error, place, document.url)
    }
    noteAnswer(state.id)
    if response.isNotModified && request.validators != nil || response.isSuccess { return response }
    let retryAfter = await obeyRest(response, to: request, of: place.manifest)
    throw ListingFailure(
      kind: .feedFailed, message: "the server answered \(response.status)\(Self.meaning(response))",
      status: response.status, outcome: "http-\(response.status)", retryAfter: retryAfter,
      isGone: response.status == 410)
  }

  private func failure(_ error: Unsent, _ place: Place, _ url: WebURL) -> ListingFailure {
    switch error {
    case .login(let login):
      return ListingFailure(
        kind: .feedFailed, message: login.message, hint: login.hint, outcome: "login",
        retryAfter: max(1, Int(login.until.seconds - Timestamp.now().seconds)), isLocal: login.isLocal)
    case .notOurs(let notOurs, _):
      return ListingFailure(
        kind: .feedFailed, message: "redirected to where another node fetches: \(notOurs.message)",
        hint: "give both hosts one [fetch] group in the plugin", outcome: "not-ours", isLocal: true)
    case .fetch(let error) where error.code == .held:
      return ListingFailure(
        kind: .groupHeld, message: error.message, outcome: "held", isLocal: true,
        heldFor: error.heldFor.map { Int($0.components.seconds) } ?? 60)
    case .fetch(let error):
      let isGivenUp = isGivenUp(error, who: place.source.id)
      return ListingFailure(
        kind: error.code == .addressRefused ? .addressRefused : .feedFailed, message: error.message, hint: error.hint,
        outcome: error.code.name,
        isLocal: isGivenUp || noteUnreachable(error, url, who: place.source.id), isGivenUp: isGivenUp)
    }
  }

  /// A list that only a program can read is not fetched while the program is left alone.
  private func checkProgram(of place: Place) async throws(ListingFailure) {
    guard place.source.kind == .program, let rest = await programs.rest(of: place.manifest.publisher.id) else { return }
    let seconds = Int(rest.seconds.rounded(.up))
    throw ListingFailure(
      kind: .feedFailed,
      message: rest.isQuarantine ? "its program is in quarantine" : "its program rests after a failure",
      hint: rest.isQuarantine ? "'newswirectl plugin enable \(place.manifest.publisher.id)' lifts it" : nil,
      outcome: rest.isQuarantine ? "quarantine" : "rest", retryAfter: seconds)
  }

  private enum Read {
    case feed(Feed)
    /// A web page instead, and the feeds that it names.
    case page([WebURL])
  }

  private func parse(
    _ place: Place, _ response: FetchResponse, _ document: Document
  ) async throws(ListingFailure) -> Read {
    var job = Job(
      .parse(select: place.source.kind == .html ? place.source.select?.description : nil), url: response.url,
      contentType: response.contentType, zone: place.manifest.publisher.zone, body: response.body)
    do throws(JobError) {
      if place.source.kind == .program {
        // The program's answer is read as any publisher's JSON Feed is: by a worker, which trusts nothing in it.
        job.body = try await run(
          ProgramJob(.discover, url: response.url, contentType: response.contentType, body: response.body),
          place.manifest)
        job.contentType = "application/feed+json"
      }
      let json = try await workers.run(job)
      guard let feed = Feed(jsonFeed: json) else {
        throw JobError(.protocolViolation, "the worker's feed is not a JSON Feed")
      }
      return .feed(feed)
    } catch {
      let isHome = place.source.kind == .auto && document.url == place.source.url
      if isHome, error.reason == "html-page" { return .page(error.feeds) }
      throw ListingFailure(
        kind: error.code == .refused ? .feedRefused : .feedFailed, message: error.message, hint: error.hint,
        status: response.status, outcome: error.reason,
        isLocal: error.code == .unavailable && place.source.kind != .program)
    }
  }

  /// What a status means, in parentheses, where it is worth a word.
  static func meaning(_ response: FetchResponse) -> String {
    // Cloudflare says so itself; the body is a riddle for browsers.
    if response.headers["cf-mitigated"] == "challenge" { return " (a wall against bots)" }
    return switch response.status {
    case 304: " (though nothing was asked about)"
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

  // MARK: Reports

  private func reportUnchanged(
    _ message: String, _ outcome: String, _ response: FetchResponse, _ document: Document, _ state: SourceState,
    _ now: Timestamp
  ) {
    log.record(
      .feedUnchanged, message, publisher: state.publisher, source: state.id, url: document.url,
      status: response.status, bytes: response.bytesReceived, duration: response.duration, outcome: outcome,
      next: next(state, now, document), fields: ["fetch": document.fetch])
  }

  private func report(
    _ feed: Feed, _ response: FetchResponse, _ visit: Visit, _ state: SourceState, _ document: Document,
    _ now: Timestamp, _ leftOut: LeftOut, isCut: Bool
  ) {
    if isCut {
      log.record(
        .feedRepaired, "the list ends before its end" + feed.repairs.map { "; " + $0 }.joined(),
        publisher: state.publisher, source: state.id, url: document.url, outcome: "cut-off",
        next: "its items are used, and the whole list is asked for at the next visit, because some may be missing",
        fields: ["fetch": document.fetch])
    } else if !feed.repairs.isEmpty {
      log.record(
        .feedRepaired, feed.repairs.joined(separator: "; "), publisher: state.publisher, source: state.id,
        url: document.url, outcome: "repaired", next: "its items are used; tell the publisher",
        fields: ["fetch": document.fetch])
    }
    let isIndex = !feed.sitemaps.isEmpty
    let message = isIndex ? "index of \(feed.sitemaps.count) sitemaps" : "\(visit.items) items, \(visit.new) new"
    let kind: EventKind = visit.items == 0 && !isIndex ? .feedEmpty : .feedFetched
    var fields = [
      "fetch": document.fetch, "items": "\(visit.items)", "new": "\(visit.new)",
      "http": response.httpVersion.rawValue, "remote": response.remoteAddress,
    ]
    fields["left_out"] = leftOut.reason
    log.record(
      kind, message, publisher: state.publisher, source: state.id, url: document.url, status: response.status,
      bytes: response.bytesReceived, duration: response.duration, outcome: visit.outcome.rawValue,
      next: next(state, now, document), fields: fields)
  }

  func next(_ state: SourceState, _ now: Timestamp, _ document: Document) -> String? {
    guard document.isOwn, let due = state.nextDue else { return nil }
    return "again in \(Int(due.seconds(since: now)).spokenSeconds)"
  }

  private func add(_ child: Visit, to visit: inout Visit) {
    visit.items += child.items
    visit.new += child.new
    if child.outcome == .new { visit.outcome = .new }
    if child.error != nil { visit.error = child.error }
  }

  // MARK: The feed's past

  /// Reads on in the archive of a feed that was met for the first time (RFC 5005), some pages a visit.
  private func readArchive(
    _ place: Place, _ state: inout SourceState, _ visit: inout Visit
  ) async throws(LedgerFailure) {
    for _ in 0..<Self.archivePagesPerVisit {
      guard state.details.archiveLeft > 0, let url = state.details.archiveNext.flatMap({ WebURL($0) }) else { return }
      let (part, feed) = try await visitPart(Document(role: .archive, url: url), of: place)
      add(part, to: &visit)
      // Neither fault nor answer: the walk goes on at the next visit.
      if [.offline, .held].contains(part.outcome) { return }
      ArchiveWalk.step(feed, at: url, &state.details)
      keep(&state, of: place)
    }
  }

  private static let archivePagesPerVisit = 20
}

/// The walk through a feed's past. Pure.
enum ArchiveWalk {
  /// Where it begins, for a source that is met for the first time.
  static func begin(_ feed: Feed, pages: Int, _ details: inout SourceDetails) {
    guard pages > 0, let past = feed.previousArchive ?? feed.nextPage else { return }
    (details.archiveNext, details.archiveLeft, details.archiveRead) = (past.description, pages, 0)
  }

  /// Notes a page that was read, or one that could not be: then the walk ends, as it does where a page leads back to
  /// itself or no further.
  static func step(_ feed: Feed?, at url: WebURL, _ details: inout SourceDetails) {
    let next = feed.flatMap { $0.previousArchive ?? $0.nextPage }
    if feed != nil { details.archiveRead += 1 }
    details.archiveLeft -= 1
    guard let next, next != url, details.archiveLeft > 0 else {
      (details.archiveNext, details.archiveLeft) = (nil, 0)
      return
    }
    details.archiveNext = next.description
  }
}
