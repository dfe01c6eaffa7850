import Configuration
import Fetching
import Fleet
import Push
import Scheduling
import Service
import Synchronization
import Values
import Workers

/// The daemon's turns: what each of them does, when the next one comes, and how the last one ends.
extension Ingester {
  /// Works until `stop()`. Throws when state cannot be kept any more; what was not committed is fetched again by the
  /// next run.
  public func run() async throws(LedgerFailure) {
    if fleet != nil { Task { await beatOn() } }
    while !isStopping {
      turns.add(1, ordering: .relaxed)
      var wait = 5.0
      do throws(LedgerFailure) {
        try await followClock()
        let now = Timestamp.now()
        let wantsLook = wantsLook(now)
        if wantsLook { try await checkQueue() }
        if canFetch(now) {
          startSources(now)
          if wantsLook { try await lookAgain(now) }
          try await startPages(now)
          if wantsLook { try await startHanded(now) }
        }
        wait = secondsToNext(now)
        wakeTime = now.adding(seconds: Int64(wait.rounded(.up)))
        try await pruneIfDue(now)
        try await lookAtWellbeing(now)
      } catch {
        noteFailure(error)
      }
      if let fatal { throw fatal }
      await sleep(seconds: wait)
    }
  }

  /// Ends the loop: nothing new is started, what runs may finish until `grace` seconds have passed, then everything is
  /// closed. Idempotent.
  public func stop(grace: Double) async {
    guard !isStopping else { return }
    isStopping = true
    pushListener?.stop()
    rouse()
    // What only waits for its turn is let go at once; what is being transferred may finish.
    await fetcher.shutdown(grace: .seconds(grace))
    let deadline = Timestamp.now().adding(seconds: Int64(settings.workers.jobLimit) + 2)
    while !(attending.isEmpty && pageCount == 0), Timestamp.now() < deadline {
      try? await Task.sleep(for: .milliseconds(20))
    }
    await workers.stop()
    await programs.stop()
    do {
      try await keepRhythms()
      try await ledger.close()
    } catch { log.record(.storeError, error.message) }
    // No beat may follow: it would join again.
    let seat = fleet
    fleet = nil
    await seat?.membership.leave()
    isStopped = true
    for waiter in stopWaiters { waiter.resume() }
    stopWaiters = []
  }

  /// Returns when `stop` is done.
  public func stopped() async {
    if isStopped { return }
    await withCheckedContinuation { stopWaiters.append($0) }
  }

  func canFetch(_ now: Timestamp) -> Bool {
    pause == nil && !isResting && !network.isDown(now) && fleet?.isCutOff != true
  }

  private func secondsToNext(_ now: Timestamp) -> Double {
    // At least one turn in five seconds: the watchdog watches it, and so the queue's state is looked at.
    var next = now.adding(seconds: 5)
    if canFetch(now) {
      if attending.count < mostSources, let due = heap.next() { next = min(next, due) }
      if pageCount < mostPages, let due = agenda.next() { next = min(next, due) }
    }
    return max(0.01, next.seconds(since: Timestamp.now()))
  }

  /// Whether a source or page that could be started falls due before that time.
  func isNeededBefore(_ time: Timestamp) -> Bool {
    if attending.count < mostSources, let due = heap.next(), due < time { return true }
    if pageCount < mostPages, let due = agenda.next(), due < time { return true }
    return false
  }

  private func sleep(seconds: Double) async {
    if isRoused || isStopping {
      isRoused = false
      return
    }
    await withCheckedContinuation { continuation in
      sleeper = continuation
      alarm = Task {
        try? await Task.sleep(for: .seconds(seconds))
        if !Task.isCancelled { self.rouse() }
      }
    }
    isRoused = false
  }

  /// Lets the loop look again at once.
  func rouse() {
    isRoused = true
    alarm?.cancel()
    alarm = nil
    sleeper?.resume()
    sleeper = nil
  }

  /// Articles that are young enough to be corrected are looked at again.
  private func lookAgain(_ now: Timestamp) async throws(LedgerFailure) {
    for publisher in try await ledger.wakeRevisits(now: now) {
      if let place = roster.place(publisher: publisher) { expect(place, now) }
    }
  }
}
