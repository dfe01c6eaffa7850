internal import Queue
internal import Store

extension QueuePublisher {
  /// What became of committed versions whose files are not in `tmp/`.
  struct Missing {
    /// They have their names.
    var named: [OutboxRow] = []
    /// Their files lay in the queue that was left, and lie in this one's `tmp/` now.
    var brought: Set<String> = []
    /// Taken back: their queue is gone, or their files cannot be read. They are fetched again.
    var withdrawn: [OutboxRow] = []
    /// Where the queue of the last run lay, when it was another one.
    var left: String?
  }

  /// R3 rests on the file having left `tmp/`. In another queue than that of the last run it never was: what was
  /// committed there and had no name yet is brought over, or taken back when that queue is no more.
  func settle(_ rows: [OutboxRow], staged: Set<String>) throws -> Missing {
    let here = try spool.place()
    let before = try store.queuePlace().flatMap { QueuePlace($0) }
    var missing = Missing(named: rows.filter { !staged.contains($0.stagedID) })
    if before == here { return missing }
    var left: LeftQueue?
    // Where nothing is in doubt, it does not matter that the old place cannot be looked into.
    if let before, rows.isEmpty {
      var isHere = false
      if case .here? = try? spool.whereabouts(of: before) { isHere = true }
      missing.left = isHere ? nil : before.path
    } else if let before {
      // Where the queue was copied, its elements came along.
      let unseen = try missing.named.filter { row in
        try ElementName(row.queueName).map { try !spool.hasPublished($0) } ?? true
      }
      missing.left = before.path
      switch try spool.whereabouts(of: before) {
      case .here: missing.left = nil
      case .elsewhere(let queue):
        left = queue
        // Those in this `tmp/` too: an earlier start may have been interrupted while it wrote them.
        for row in unseen + rows.filter({ staged.contains($0.stagedID) }) {
          switch try bring(row.stagedID, from: queue) {
          case .brought: missing.brought.insert(row.stagedID)
          case .unreadable where !staged.contains(row.stagedID): missing.withdrawn.append(row)
          case .unreadable, .absent: break
          }
        }
        if !missing.brought.isEmpty { try syncBrought() }
      case .replaced: missing.withdrawn = unseen
      case .unseen:
        guard unseen.isEmpty else {
          throw PublicationError.failed(Self.explain(unseen.count, before.path), exitStatus: 78)
        }
      }
    }
    let others = missing.brought.union(missing.withdrawn.map(\.stagedID))
    missing.named.removeAll { others.contains($0.stagedID) }
    try store.transaction("move queue") {
      for row in missing.withdrawn { try store.withdraw(row, now: clock()) }
      try store.setQueuePlace(here.description)
    }
    // They are in this queue now, whether or not the old one can be changed.
    for id in missing.brought { try? left?.discardStaged(id) }
    return missing
  }

  private enum Bringing {
    case brought, absent, unreadable
  }

  private func bring(_ id: String, from left: LeftQueue) throws(PublicationError) -> Bringing {
    let bytes: [UInt8]?
    do throws(QueueError) {
      bytes = try left.readStaged(id)
    } catch {
      // One file must not keep the others there.
      guard [.damaged, .ioError].contains(error.kind) else { throw PublicationError(error) }
      return .unreadable
    }
    guard let bytes else { return .absent }
    do throws(QueueError) { try spool.stage(id, bytes) } catch { throw PublicationError(error) }
    return .brought
  }

  private func syncBrought() throws(PublicationError) {
    do throws(QueueError) { try spool.syncStaged() } catch { throw PublicationError(error) }
  }

  private static func explain(_ count: Int, _ path: String) -> String {
    """
    open queue: \(count) committed articles that had no name yet lie in \(path)/tmp, in the queue of the last run, which \
    is not there; mount it, or set [paths] spool back to it; if it is lost for good, make an empty \(path)/tmp: then \
    they are fetched again
    """
  }
}
