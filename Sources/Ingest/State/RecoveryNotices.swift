import Publication
import Service

/// What the log says of an earlier run that was cut short, and of what was found in its place.
extension Ingester {
  func report(_ recovery: RecoveryReport) {
    let recovered = recovery.published.count + recovery.republished.count
    if recovered + recovery.finished + recovery.discarded > 0 {
      log.record(
        .queueRecovered,
        "\(recovered) articles published, \(recovery.finished) found published, \(recovery.discarded) unfinished dropped",
        next: recovery.discarded > 0 ? "what was dropped is fetched again" : nil)
    }
    if recovery.delayed > 0 {
      noteDelay(of: "\(recovery.delayed) articles of an earlier run")
    }
    if let newer = recovery.newerElement {
      log.record(
        .storeError,
        "the queue holds \(newer), which the state does not know of: the state is older than the queue, or another one's",
        level: .warning,
        next: "what was published since comes again; if a newer state is left, stop newswired and put it in its place")
    }
    if let left = recovery.leftQueue {
      log.record(
        .queueRecovered, "the queue is another one than that of the last run, which lay at \(left)", level: .warning,
        next: "what consumers had not taken from that one is not in this: where it still is, let them, or move it here")
    }
    if recovery.brought > 0 {
      log.record(
        .queueRecovered, "the queue was moved: \(recovery.brought) of them had been left in the old one's tmp/",
        level: .notice)
    }
    if recovery.withdrawn > 0 {
      log.record(
        .queueRecovered, "\(recovery.withdrawn) committed articles had no name in the queue of the last run yet",
        level: .warning, next: "their pages are fetched again")
    }
    for version in recovery.republished {
      log.record(
        .queueRecovered, "published again: the disk lost what it had confirmed", level: .warning,
        publisher: version.publisher, fields: ["element": version.element])
    }
    for name in recovery.foreign {
      log.record(
        .queueError, "the queue's tmp/\(name) is a directory, and none of newswired's", level: .warning,
        next: "it is left as it is; tmp/ is newswired's own")
    }
    for id in recovery.quarantined {
      log.record(
        .queueError, "a staged article is damaged or cannot be read, and was set aside in bad/\(id)",
        next: "its page is fetched again; check the disk")
    }
  }
}
