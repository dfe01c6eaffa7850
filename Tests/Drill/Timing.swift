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

func publishable(_ item: DiscoveredItem, _ text: String) -> Publishable {
  Publishable(
    publisher: item.publisher, key: item.key, uri: "urn:newswire:p:\(item.key)", contentHash: item.key, itemID: item.id,
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

/// Publishes discovered items in batches, as the daemon does, and prints articles a second and the batches' latency. A
/// first batch is not counted: it makes the bucket and prepares the statements.
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
