import Queue
import Service
import Values

/// When fetching rests because of what is on this machine: a full queue, a publisher's share of it, a disk that fails.
extension Ingester {
  /// Once a second, and after each turn in which something was published: what a due source has to wait for is short,
  /// and an idle daemon is woken by little else.
  func wantsLook(_ now: Timestamp) -> Bool {
    let published = totals.articles + totals.updates
    if pause == nil, let last = lastLook, last.published == published, (0..<1).contains(now.seconds(since: last.at)) {
      return false
    }
    lastLook = (now, published)
    return true
  }

  /// Back-pressure: a full queue stops fetching, and nothing is dropped.
  func checkQueue() async throws(LedgerFailure) {
    if let pauseEnd, Timestamp.now() < pauseEnd { return }
    pauseEnd = nil
    if try await reopenIfLost() { try await plan() }
    let obstacle = pause == nil ? nil : await tidy()
    let (admission, found) = try await ledger.admission()
    noteCrowded(found)
    switch admission {
    case .open:
      // There is room by all figures, and still none for what is committed already.
      if let obstacle { return noteFailure(obstacle, of: .publishing) }
      // Something failed during this look, and has begun a rest of its own.
      if pauseEnd != nil { return }
      if pause != nil {
        pause = nil
        log.record(.queueResumed, "the queue takes articles again", next: "fetching goes on")
      }
    case .paused(let reason):
      if pause != reason {
        if pause == nil {
          log.record(.queuePaused, reason, next: "fetching rests until consumers or the operator make room")
        }
        pause = reason
      }
    }
  }

  /// Gives names to what is committed and found no room for one; why that failed.
  private func tidy() async -> LedgerFailure? {
    do throws(LedgerFailure) {
      let named = try await ledger.tidy()
      if named > 0 {
        rest.succeeded(.publishing)
        log.record(.queueRecovered, "\(named) articles that had found no room for a name are in the queue")
      }
      return nil
    } catch {
      return error
    }
  }

  /// One publisher must not fill the queue: at its share its pages wait, and the others go on.
  private func noteCrowded(_ found: Set<String>) {
    for publisher in found.subtracting(crowded).sorted() {
      log.record(
        .queuePaused, "the publisher has its share of the queue", publisher: publisher,
        next: "its pages wait until consumers have taken some; the others go on")
    }
    for publisher in crowded.subtracting(found).sorted() {
      log.record(.queueResumed, "the publisher's articles are taken again", publisher: publisher)
    }
    crowded = found
  }

  /// A version is committed and found no room for its name: it is tried again as after a failure, however long nothing
  /// else is published.
  func noteDelay(of uri: String) {
    noteFailure(
      LedgerFailure(
        temporary: true, exitStatus: 75, message: "no room to name \(uri) in the queue, where it is committed"),
      of: .publishing)
  }

  /// A failure of state or queue: rest and try again when that can help, end the run when it cannot.
  func noteFailure(_ failure: LedgerFailure, of deed: FailureRest.Deed = .recording) {
    // Told when the lease went; its next holder does what was begun.
    if failure.isLeaseLost { return }
    guard failure.isTemporary else {
      if fatal == nil {
        log.record(.storeError, failure.message, next: "newswired stops and recovers at its next start")
      }
      fatal = failure
      rouse()
      return
    }
    // Not put off by each failure that follows: then nothing would be tried again while they go on.
    let now = Timestamp.now()
    if pauseEnd.map({ $0 <= now }) ?? true {
      // A server that is away is asked by itself first: trying again costs nobody a page.
      pauseEnd = now.adding(seconds: failure.isUnreachable ? FailureRest.shortest : rest.failed(deed))
    }
    if pause == nil {
      let seconds = pauseEnd.map { Int($0.seconds(since: now).rounded()) } ?? 0
      log.record(
        .queuePaused, failure.message,
        next: "fetching rests; nothing is lost, and it is tried again in \(seconds.spokenSeconds)")
    }
    pause = failure.message
  }
}
