import Digests
import Glibc
import Publication
import Queue
import Store
import Values

func monotonic() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Processor time of this process, in seconds.
func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func percentile(_ sorted: [Double], _ share: Double) -> Double {
  sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
}

func rounded(_ value: Double, _ digits: Int) -> String {
  var scale = 1.0
  for _ in 0..<digits { scale *= 10 }
  let whole = Int64((value * scale).rounded())
  guard digits > 0 else { return "\(whole)" }
  let fraction = String(whole % Int64(scale))
  return "\(whole / Int64(scale))." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
}

private func publishable(_ item: DiscoveredItem, _ text: String) -> Publishable {
  Publishable(
    publisher: "p", key: item.key, uri: "urn:newswire:p:\(item.key)", contentHash: item.key, itemID: item.id,
    itemRevision: item.revision, url: item.url, headline: "An article of the benchmark"
  ) { context in
    let json: JSON = [
      "uri": .string("urn:newswire:p:\(item.key)"), "version": .string("\(context.version)"), "text": .string(text),
    ]
    return json.bytes()
  }
}

private func walBytes(_ directory: String) -> Int {
  var file = stat()
  return stat(directory + "/state.db-wal", &file) == 0 ? Int(file.st_size) : 0
}

/// Publishes discovered items in batches, as the daemon does, and prints articles a second and the batches' latency. A first
/// batch is not counted: it makes the bucket and prepares the statements.
func timePublishing(_ directory: String, batch size: Int, count: Int, bytes: Int) throws {
  let store = try Store(path: directory + "/state.db")
  let spool = try Spool(path: directory + "/spool", anyFileSystem: true)
  let publisher = QueuePublisher(store: store, spool: spool)
  _ = try publisher.recover()
  let text = String(repeating: "abcdefgh", count: max(1, (bytes - 160) / 8))
  let stamp = "\(getpid())-\(Timestamp.now().seconds)"
  var latencies: [Double] = []
  var (total, busy) = (0.0, 0.0)
  // While the log still grows, its size tells how many frames of 4120 bytes a commit writes.
  var (written, growing) = (0, 0)
  for start in stride(from: -size, to: count, by: size) {
    let found = (start..<min(start + size, count)).map {
      NewItem(key: "\(stamp)-\($0)", url: "https://p.example/\($0)", record: "{}", fingerprint: "1")
    }
    let items = try store.recordFetch(SourceState(id: "feed", publisher: "p", url: "https://p.example/"), found)
    let batch = items.map { publishable($0, text) }
    let before = walBytes(directory)
    let (began, worked) = (monotonic(), processorTime())
    guard try publisher.publish(batch).published.count == batch.count else {
      end(70, "a batch was not published whole")
    }
    let took = monotonic() - began
    guard start >= 0 else { continue }
    latencies.append(took)
    busy += processorTime() - worked
    total += took
    let grown = walBytes(directory) - before
    if grown > 0 {
      written += grown
      growing += 1
    }
  }
  try publisher.flush()
  latencies.sort()
  say(
    "newswire\t\(size)\t\(rounded(Double(count) / total, 0))\t\(rounded(percentile(latencies, 0.5) * 1000, 2))"
      + "\t\(rounded(percentile(latencies, 0.99) * 1000, 2))\t\(rounded(busy / Double(count) * 1e6, 0))"
      + "\t\(written / 4120 / max(growing, 1))")
}

/// Fills a database with seen articles and prints, as it grows, what one look-up of a known article (of all, and of the
/// last thousand) and of an unknown one and one insertion cost, in microseconds of the processor, what the longest of the
/// insertions by ten took of it in milliseconds, and how long opening and recovering take: as a clean stop leaves it, and
/// with a file in tmp/ that no open row explains.
func timeStore(_ directory: String, count: Int) throws {
  let path = directory + "/state.db"
  var store = try Store(path: path)
  say(
    "articles\tknown µs\tof the last 1000 µs\tunknown µs\tinsert by 10 µs\tby 100 µs\tby 1000 µs\tlongest by 10 ms"
      + "\topen s\tafter a kill s\tMiB")
  var filled = 0
  var marks = [10_000, 30_000, 100_000, 300_000, 1_000_000].filter { $0 <= count }
  if marks.last != count { marks.append(count) }
  for mark in marks {
    let measured = min(10_000, (mark - filled) / 3)
    while filled < mark - 3 * measured {
      let next = min(filled + 1000, mark - 3 * measured)
      try insert(store, filled..<next)
      filled = next
    }
    var inserting: [Double] = []
    var longest = 0.0
    for chunk in [1000, 100, 10] {
      let began = processorTime()
      longest = 0
      for start in stride(from: filled, to: filled + measured, by: chunk) {
        let started = processorTime()
        try insert(store, start..<min(start + chunk, filled + measured))
        longest = max(longest, processorTime() - started)
      }
      inserting.append((processorTime() - began) / Double(measured))
      filled += measured
    }
    // Spread over the whole range, in no order.
    var probe = 12_345
    func next() -> Int {
      probe = (probe &* 1_103_515_245 &+ 12_345) & 0x7FFF_FFFF
      return probe % filled
    }
    func known(_ number: () -> Int) throws -> Double {
      let began = processorTime()
      for _ in 0..<5000 {
        guard try store.article(publisher: "p", key: key(number())) != nil else {
          end(70, "a known article is missing")
        }
      }
      return (processorTime() - began) / 5000
    }
    let any = try known(next)
    let late = try known { filled - 1 - next() % 1000 }
    let began = processorTime()
    for _ in 0..<5000 {
      // Beside a known one in the order of keys, so that these are spread as widely.
      guard try store.article(publisher: "p", key: "\(key(next()))-other") == nil else {
        end(70, "an unknown one is known")
      }
    }
    let unknown = (processorTime() - began) / 5000
    try store.checkpoint()
    var opening: [Double] = []
    for isKilled in [false, true] {
      if isKilled { try Spool(path: directory + "/spool", anyFileSystem: true).stage("no-row", [1]) }
      let began = monotonic()
      store = try Store(path: path)
      let publisher = QueuePublisher(store: store, spool: try Spool(path: directory + "/spool", anyFileSystem: true))
      guard try publisher.recover().discarded == (isKilled ? 1 : 0) else { end(70, "recovery found something else") }
      _ = try store.allSources()
      opening.append(monotonic() - began)
    }
    var file = stat()
    stat(path, &file)
    let figures = [any, late, unknown] + inserting.reversed()
    say(
      "\(filled)\t\(figures.map { rounded($0 * 1e6, 1) }.joined(separator: "\t"))\t\(rounded(longest * 1000, 1))\t"
        + "\(opening.map { rounded($0, 2) }.joined(separator: "\t"))\t\(file.st_size >> 20)")
  }
}

private func key(_ number: Int) -> String {
  // As addresses are: a common beginning, the difference late, in no order.
  "www.example.org/news/articles/\(String(UInt32(truncatingIfNeeded: number &* 2_654_435_761), radix: 16))-\(number)"
}

private func insert(_ store: Store, _ range: Range<Int>) throws {
  let now = Timestamp.now()
  let items = range.map {
    NewItem(key: key($0), url: "https://\(key($0))", record: "{\"title\":\"Article \($0)\"}", fingerprint: "\($0)")
  }
  let waiting = try store.recordFetch(SourceState(id: "feed", publisher: "p", url: "https://www.example.org/"), items)
  try store.transaction("fill") {
    for (number, item) in zip(range, waiting) {
      let name = ElementName(now: Timestamp(seconds: 1_700_000_000 + Int64(number)), after: nil)
      try store.commitVersion(
        ArticleRow(
          publisher: "p", key: item.key, uri: "urn:newswire:p:\(SHA256.hex(item.key.utf8).prefix(24))", version: 1,
          contentHash: SHA256.hex(item.key.utf8), stagedID: "\(SHA256.hex("\(number)".utf8).prefix(40))",
          queueName: name.description, state: .staged, firstSeen: now, updatedAt: now, url: item.url,
          headline: "Article \(number) of the benchmark"))
      try store.itemDone(item.id, articleKey: item.key)
      try store.setLastQueueName(name.description)
      try store.markPublished(stagedID: "\(SHA256.hex("\(number)".utf8).prefix(40))")
    }
  }
}
