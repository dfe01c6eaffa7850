internal import Glibc
internal import Queue
internal import Store

extension QueuePublisher {
  /// Completes what an earlier run left unfinished. Runs under the locks of state and queue, before anything is
  /// published.
  ///
  /// Interrupted at any point it can be run again from the start. After a database server was away it runs again too,
  /// and whatever was unknown is known.
  public func recover() throws -> RecoveryReport {
    var report = RecoveryReport()
    let given = try store.lastQueueName().flatMap { ElementName($0) }
    let present = try spool.newestName()
    // A name is committed before it is used.
    if let present, given.map({ present > $0 }) ?? true { report.newerElement = present.path }
    lastName = [given, present, lastName].compactMap { $0 }.max()
    broken = nil
    hasDelayed = false
    unmarked = []
    // What is published and gone from tmp/ is not looked at: a start costs the same however much was ever published.
    var staged = Set(try spool.stagedIDs())
    var rows = try store.stagedOutbox()
    let missing = try settle(rows, staged: staged)
    staged.formUnion(missing.brought)
    (report.brought, report.withdrawn) = (missing.brought.count, missing.withdrawn.count)
    report.leftQueue = missing.left
    let named = missing.named
    let open = Set(rows.map(\.stagedID))
    var strays: [String] = []
    let others = staged.subtracting(open)
    if !others.isEmpty {
      let earlier = try store.outbox(stagedIDs: others)
      rows += earlier
      strays = others.subtracting(earlier.map(\.stagedID)).sorted()
    }
    var toName: [OutboxRow] = []
    var lost: [OutboxRow] = []
    for row in rows.filter({ staged.contains($0.stagedID) }).sorted(by: { $0.queueName < $1.queueName }) {
      if try isWhole(row) { toName.append(row) } else { lost.append(row) }
    }
    (report.discarded, report.foreign) = try discard(strays)
    report.quarantined = try quarantine(lost)
    try finish(named)
    report.finished = named.count
    let published = try name(toName, recovering: true)
    report.delayed = toName.count - published.count
    for (row, version) in zip(toName, published) {
      if row.state == .staged { report.published.append(version) } else { report.republished.append(version) }
    }
    isRecovered = true
    try flush()
    try at(.recoveryMarked)
    return report
  }

  /// Whether the staged file of a version holds what was staged.
  private func isWhole(_ row: OutboxRow) throws(QueueError) -> Bool {
    do throws(QueueError) {
      return try spool.readStaged(row.stagedID).flatMap { QueueElement(verifying: $0) } != nil
    } catch {
      // One file that cannot be read must not keep all others from being published, at this start and every other.
      guard error.kind == .damaged else { throw error }
      return false
    }
  }

  /// R1: no row was committed, so the items these came from still wait in the store: whatever was staged is fetched and
  /// staged again, as the same version.
  private func discard(_ ids: [String]) throws -> (discarded: Int, foreign: [String]) {
    var foreign: [String] = []
    for id in ids {
      do throws(QueueError) {
        try spool.discardStaged(id)
      } catch {
        // A directory: none of ours, and in nobody's way.
        guard error.code == EISDIR else { throw error }
        foreign.append(id)
        continue
      }
      try at(.recoveryDiscarded)
    }
    return (ids.count - foreign.count, foreign)
  }

  /// R4. The item waits again before the file is moved: a crash in between finds a file without a row, which is R1.
  private func quarantine(_ rows: [OutboxRow]) throws -> [String] {
    for row in rows {
      try store.transaction("withdraw article") { try store.withdraw(row, now: clock()) }
      try at(.recoveryWithdrawn)
      try spool.quarantineStaged(row.stagedID)
      try at(.recoveryQuarantined)
    }
    return rows.map(\.stagedID)
  }

  /// R3: the file left tmp/, so the rename happened. It is never repeated, whether or not the element is still there.
  private func finish(_ rows: [OutboxRow]) throws {
    for bucket in Set(rows.compactMap { ElementName($0.queueName)?.bucket }).sorted() { try spool.syncBucket(bucket) }
    unmarked += rows.map(\.stagedID)
  }
}
