import Configuration
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

/// What becomes of a source after a visit: its state is kept, and its next visit decided.
extension Ingester {
  /// Records a success: items and validators in one transaction, so that no crash can hide an item behind a 304.
  func succeed(
    _ place: Place, _ document: Document, _ state: inout SourceState, _ visit: inout Visit, _ now: Timestamp,
    status: Int, items: [NewItem]? = nil, feed: Feed? = nil
  ) async {
    let before = state
    state.failures = 0
    state.lastStatus = status
    state.lastError = nil
    state.lastAttempt = now
    state.lastSuccess = now
    state.muted = false
    if !document.isOwn { (state.nextDue, state.dueReason) = (nil, nil) }
    mergePush(&state)
    do throws(LedgerFailure) {
      var fresh: [DiscoveredItem] = []
      if let items {
        if document.isOwn { schedule(place, &state, visit, now) }
        fresh = try await ledger.recordFetch(state, items, fence: place.fence)
        rest.succeeded(.recording)
        visit.new = fresh.count
        visit.outcome = fresh.isEmpty ? .nothingNew : .new
        if document.isOwn, let feed { judge(fresh, feed, place, document, &state, now) }
        if !fresh.isEmpty, let own = roster.place(publisher: state.publisher) { expect(own, now) }
        for item in fresh {
          log.record(
            .articleDiscovered, item.isUpdate ? "changed by its publisher" : "new", publisher: item.publisher,
            source: state.id, url: WebURL(item.url), fields: ["fetch": document.fetch])
        }
      }
      Self.learn(&state, before, found: items ?? [], new: fresh, now)
      if document.isOwn {
        schedule(place, &state, visit, now)
        state.attempts.add(
          Attempt(at: now, status: status, outcome: visit.outcome.rawValue, items: visit.items, new: visit.new))
      }
      keep(&state, of: place)
      // Whether an index works is seen by its sitemaps.
      if before.failures > 0, document.isOwn, feed?.sitemaps.isEmpty != false {
        noteRecovery(state, after: before.failures)
      }
    } catch {
      // Not recorded: the next visit must bring the same again, so the old validators stay.
      state = document.isOwn ? place.state : before
      state.nextDue = now.adding(seconds: 30)
      visit.outcome = .failed
      visit.error = error.message
      noteFailure(error)
    }
  }

  func noteRecovery(_ state: SourceState, after failures: Int) {
    log.record(
      .sourceRecovered, "works again after \(failures) failures", publisher: state.publisher, source: state.id)
  }

  /// Saves what is known of the source. After its lease has gone another node knows better.
  func keep(_ state: inout SourceState, of place: Place) {
    guard isCurrent(place.fence) else { return }
    mergePush(&state)
    ledger.saveSoon(state)
  }

  /// A hub may have come to verify while the visit went on.
  func mergePush(_ state: inout SourceState) {
    if let push = pushes[state.id] { state.details.push = push }
  }

  /// What new items tell about the server: that its 304 was a lie, or that its hub does not push.
  private func judge(
    _ fresh: [DiscoveredItem], _ feed: Feed, _ place: Place, _ document: Document, _ state: inout SourceState,
    _ now: Timestamp
  ) {
    let keys = Set(fresh.filter { !$0.isUpdate }.map(\.key))
    guard !keys.isEmpty else { return }
    let dates = feed.items.compactMap { item -> Timestamp? in
      guard let key = FeedFacts.url(of: item)?.identity, keys.contains(key) else { return nil }
      return item.published ?? item.modified
    }
    let last304 = state.attempts.list.first { $0.status == 304 }?.at
    noteMissedPush(place, dates: dates, &state, now: now)
    if document.isWhole, !state.details.validatorsLie, WholeFetch.isLie(newItemDates: dates, lastNotModified: last304) {
      state.details.validatorsLie = true
      log.record(
        .feedFailed, "the server said that nothing had changed, and it had", level: .warning,
        publisher: state.publisher, source: state.id, url: document.url, outcome: "false-304",
        next: "the whole list is asked for once a day from now on")
    }
  }

  /// What the visit tells of the source's rhythm.
  private static func learn(
    _ state: inout SourceState, _ before: SourceState, found: [NewItem], new: [DiscoveredItem], _ now: Timestamp
  ) {
    var rhythm = before.rhythm.flatMap { Rhythm(text: $0) }
    if rhythm != nil, let last = before.lastSuccess {
      let dates = Dictionary(found.map { ($0.key, $0.date) }) { first, _ in first }
      rhythm?.record(
        new: new.count, listed: found.isEmpty ? nil : found.count,
        published: new.compactMap { dates[$0.key] ?? nil }, from: last, to: now)
    } else {
      var first = Rhythm()
      first.begin(listed: found.count, published: found.compactMap(\.date), now: now)
      rhythm = first
    }
    state.rhythm = rhythm?.text
    state.itemsPerDay = rhythm?.itemsPerDay
  }

  func schedule(_ place: Place, _ state: inout SourceState, _ visit: Visit, _ now: Timestamp) {
    let cadence = cadence(place.manifest)
    let fresh = [visit.freshFor, state.failures == 0 ? state.promised : nil].compactMap { $0 }.max()
    let decision = cadence.next(
      Cadence.Facts(
        now: now, rhythm: state.rhythm.flatMap { Rhythm(text: $0) }, freshFor: fresh, failures: state.failures,
        retryAfter: visit.retryAfter, retryReason: visit.retryReason, jitter: Double.random(in: 0..<1)))
    var due = now.adding(seconds: Int64(decision.seconds))
    var reason = decision.reason
    if state.failures == 0 {
      let quiet = QuietTime(hours: state.quietHours, days: state.quietDays)
      let end = quiet.end(from: due)
      if end > due {
        // Everyone's quiet ends on the hour; they need not all come in its first second.
        due = end.adding(seconds: Int64.random(in: 0..<300))
        reason = .quiet
      }
    }
    if state.failures == 0, pushListener != nil, PushPolicy.isRelied(pushes[state.id], now: now) {
      let poll = now.adding(
        seconds: Int64(cadence.maxInterval) + Int64.random(in: 0...(Int64(cadence.maxInterval) / 10)))
      (due, reason) = (max(due, poll), .push)
    }
    state.nextDue = due
    state.dueReason = reason.word
  }

  func cadence(_ manifest: Manifest) -> Cadence {
    let bounds = settings.schedule
    let minimum = min(max(manifest.fetch.minInterval, bounds.minInterval), bounds.maxInterval)
    let maximum = max(minimum, min(manifest.fetch.maxInterval, bounds.maxInterval))
    return Cadence(minInterval: minimum, maxInterval: maximum, retry: bounds.sourceRetry)
  }

  // MARK: Failure

  func failed(
    _ place: Place, _ document: Document, _ state: inout SourceState, _ failure: ListingFailure, _ now: Timestamp
  ) async -> Visit {
    let before = state
    let isFound = place.source.kind == .auto && state.details.feed != nil
    let isGone = failure.isGone && document.isOwn && !document.isMoved && !isFound
    var visit = Visit(outcome: failure.heldFor != nil ? .held : failure.isLocal ? .offline : isGone ? .gone : .failed)
    (visit.retryAfter, visit.retryReason) = (failure.retryAfter, failure.retryReason)
    visit.error = failure.message
    // Still due: for the next run, or for who has the lease.
    if failure.isGivenUp { return visit }
    var next: String?
    if let held = failure.heldFor {
      // Nothing was sent, so nothing is known that was not known before.
      let seconds = Int64(held) + Int64.random(in: 0...30)
      state.nextDue = now.adding(seconds: seconds)
      state.dueReason = Cadence.Decision.Reason.held.word
      next = "again in \(Int(seconds).spokenSeconds)"
    } else if failure.isLocal {
      state.lastAttempt = now
      state.lastError = failure.message
      state.nextDue = now.adding(seconds: max(NetworkWatch.probe, Int64(failure.retryAfter ?? 0)))
      state.dueReason = Cadence.Decision.Reason.ours.word
      next = "again in \(NetworkWatch.probe) s; the fault is on this side, so it counts against nobody"
    } else {
      state.lastAttempt = now
      state.lastStatus = failure.status
      state.lastError = failure.message
      state.failures += 1
      if document.isMoved { MovePolicy.failed(&state) }
      if document.isWhole, [403, 429].contains(failure.status) { state.details.wholePunished = now }
      if isFound, [404, 410].contains(failure.status) {
        state.details.feed = nil
        next = "the home page is asked for another feed"
      }
      if isGone {
        state.muted = true
        state.nextDue = nil
        state.dueReason = nil
        next = "not fetched again until newswirectl fetch \(state.publisher)"
      } else {
        totals.failures += 1
        // One that the source leads to has its own back-off.
        schedule(place, &state, visit, now)
        visit.isLast = document.role == .archive && ArchiveWalk.endsAt(failure, failures: state.failures)
        let then = visit.isLast ? "no more of the feed's past is read" : self.next(state, now, document)
        next = [next, then].compactMap { $0 }.joined(separator: "; ")
      }
    }
    if document.isOwn, failure.heldFor == nil {
      state.attempts.add(Attempt(at: now, status: failure.status, outcome: failure.outcome))
    }
    if let hint = failure.hint { next = [next, hint].compactMap { $0 }.joined(separator: "; ") }
    log.record(
      state.muted && !before.muted ? .feedMuted : failure.kind, failure.message,
      level: failure.isLocal ? .info : nil, publisher: state.publisher, source: state.id, url: document.url,
      status: failure.status, outcome: failure.outcome, next: next,
      fields: ["fetch": document.fetch, "failures": "\(state.failures)"])
    keep(&state, of: place)
    return visit
  }

  // MARK: The network here

  func noteAnswer(_ who: String) {
    if network.answered(who) == .cameBack { log.record(.networkUp, "the network is back", next: "fetching goes on") }
  }

  /// Whether a request was ended from this side, so that what it was for is still due.
  func isGivenUp(_ error: FetchError, who: String) -> Bool {
    [.shutdown, .cancelled, .notOurs].contains(error.code)
      || error.code == .undelivered && network.undelivered(who) == .ours
  }

  /// Whether a failure is the local network's, and so nobody's fault.
  func noteUnreachable(_ error: FetchError, _ url: WebURL, who: String) -> Bool {
    guard error.isLocal else { return false }
    let (verdict, change) = network.unreachable(who, host: url.host, known: knownHosts, now: .now())
    if change == .wentDown {
      log.record(
        .networkDown, "no site can be reached: \(error.message)",
        next:
          "one attempt each \(NetworkWatch.probe) s, later each \(NetworkWatch.longestProbe) s; failures count against nobody meanwhile"
      )
    }
    return verdict == .ours
  }
}
