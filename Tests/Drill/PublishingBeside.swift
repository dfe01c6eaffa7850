import Glibc
import Publication
import Queue
import Store
import Values

/// A state with so many articles seen before, and its queue.
private struct SeenState {
  let store: Store
  let publisher: QueuePublisher
  var workload = SeenWorkload.real
  var clock: [Double] = []
  var processor: [Double] = []

  init(_ directory: String, articles: Int) throws {
    mkdir(directory, 0o700)
    store = try Store(path: directory + "/state.db")
    publisher = QueuePublisher(store: store, spool: try Spool(path: directory + "/spool", anyFileSystem: true))
    _ = try publisher.recover()
    try fill(store, &workload, to: articles)
  }

  /// A visit of one source that brings so many new articles of eight KiB: found, recorded and published, durably.
  mutating func publishVisit(bringing count: Int) throws {
    let text = String(repeating: "abcdefgh", count: 1000)
    let list = visit(workload.visit(bringing: count), of: workload)
    let (began, worked) = (monotonic(), processorTime())
    let found = try store.recordFetches([list])[0] ?? []
    guard try publisher.publish(found.map { publishable($0, text) }).published.count == count else {
      end(70, "a visit was not published whole")
    }
    clock.append((monotonic() - began) / Double(count))
    processor.append((processorTime() - worked) / Double(count))
  }
}

/// Publishes visits in turn into a state with few articles and into one with many, and prints what one article takes,
/// and the median of the ratios of neighbours: what else uses the disk meets both.
func timePublishingBeside(_ directory: String, few: Int, many: Int) throws {
  say("new at once\tclock µs, \(few) seen\t\(many) seen\tratio (quarters)\tprocessor µs\t\tratio (quarters)")
  var states = [
    try SeenState(directory + "/few", articles: few), try SeenState(directory + "/many", articles: many),
  ]
  for (count, rounds) in [(1, 400), (10, 200), (100, 40)] {
    for place in states.indices { (states[place].clock, states[place].processor) = ([], []) }
    for round in 0..<rounds {
      for place in round % 2 == 0 ? [0, 1] : [1, 0] { try states[place].publishVisit(bringing: count) }
    }
    let columns = [states.map(\.clock), states.map(\.processor)].map { times in
      let ratios = zip(times[1], times[0]).map { $0 / $1 }.sorted()
      return times.map { rounded(percentile($0.sorted(), 0.5) * 1e6, 0) }.joined(separator: "\t")
        + "\t\(rounded(percentile(ratios, 0.5), 2)) (\(rounded(percentile(ratios, 0.25), 2)) to "
        + "\(rounded(percentile(ratios, 0.75), 2)))"
    }
    say("\(count)\t" + columns.joined(separator: "\t"))
  }
}
