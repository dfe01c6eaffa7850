import Configuration
import Feeds
import Fetching
import Manifest
import Scheduling
import Service
import Store
import Values

extension Ingester {
  /// Fetches a source, records what it lists, and schedules its next visit.
  func visit(_ number: Int, _ id: String) async {
    var brought: Visit?
    do throws(LedgerFailure) {
      let fence: Fence?
      do throws(NotOurs) { fence = try await right(to: group(of: number)) } catch { throw LedgerFailure(error) }
      var place = try await place(number, fence: fence)
      place.isAskedFor = askedFor.remove(id) != nil
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
    if let earlier, let read = try await visitPart(Document(role: .part, url: earlier), of: place) {
      add(read.visit, to: &visit)
    }
    try await readIndex(found, place, &state, &visit, now)
    try await readArchive(place, &state, &visit)
    if visit.items != own.visit.items || visit.new != own.visit.new || visit.outcome != own.visit.outcome {
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

  /// Gets a document that the source leads to; nil while it rests after a failure.
  func visitPart(
    _ document: Document, of place: Place
  ) async throws(LedgerFailure) -> (visit: Visit, feed: Feed?, state: SourceState)? {
    let suffix = document.role == .archive ? "archive" : document.url.identity
    let id = "\(place.source.id)#\(suffix)"
    var state =
      try await ledger.source(id)
      ?? SourceState(id: id, publisher: place.manifest.publisher.id, url: document.url.description)
    if state.url != document.url.description {
      state.url = document.url.description
      (state.etag, state.lastModified, state.bodyHash) = (nil, nil, nil)
      (state.failures, state.nextDue) = (0, nil)
    }
    if !place.isAskedFor, PartRest.rests(state.nextDue, now: .now()) { return nil }
    ListSelection.heed(ListSelection.digest(place.source), &state)
    // The past is read in full: behind a 304 a walk that was broken off would not find where it goes on.
    if document.role == .archive { (state.etag, state.lastModified, state.bodyHash) = (nil, nil, nil) }
    let (visit, feed) = await visitDocument(place, document, &state, earlier: nil)
    return (visit, feed ?? nil, state)
  }

  /// Gets one document and records what it lists. The feed is nil when the document could not be had, and holds nil
  /// when there was nothing to read in it.
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
        return (await failed(place, error.document ?? document, &state, error, now), nil)
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
      state.details.listedAt = document.listedAt
      await succeed(place, document, &state, &visit, now, status: 304)
      reportUnchanged("not modified", "not-modified", response, document, state, now)
      return (visit, state, nil)
    }
    let digest = await Self.digest(response.body)
    if digest == state.bodyHash, before.failures == 0 {
      state.etag = response.validators?.etag
      state.lastModified = response.validators?.lastModified
      state.lastWhole = now
      state.details.listedAt = document.listedAt
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
      state.details.listedAt = document.listedAt
    }
    if document.isOwn { noteFeed(feed, place, &state, isFirst: before.lastSuccess == nil) }
    if !feed.sitemaps.isEmpty, document.isOwn {
      // An index changes less often than what it points to: without validators it is read each time.
      (state.etag, state.lastModified, state.bodyHash) = (nil, nil, nil)
    }
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
    if candidates.isEmpty, settings.fetch.robots {
      candidates = await robots.sitemaps(for: request, refused: obeying(place.manifest))
    }
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
    let found = Document(role: .own, url: feed, fetch: document.fetch)
    do throws(ListingFailure) { return try await list(place, found, state, now) } catch {
      // The home page is there, whatever its feed answers: that does not end the source.
      var failure = error
      (failure.document, failure.isGone) = (found, false)
      throw failure
    }
  }

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
    guard document.isOwn || state.failures > 0, let due = state.nextDue else { return nil }
    return "again in \(Int(due.seconds(since: now)).spokenSeconds)"
  }

  func add(_ child: Visit, to visit: inout Visit) {
    visit.items += child.items
    visit.new += child.new
    if child.outcome == .new { visit.outcome = .new }
    if child.error != nil { visit.error = child.error }
  }
}
