import Digests
import Glibc
import Publication
import Queue
import Store
import Values

/// The articles that a database is filled with: visits of publishers in turn, as the daemon makes them, each bringing
/// new articles of one publisher. A number stands for an article, in the order in which they are found.
struct SeenWorkload {
  /// How many publishers there are.
  var publishers: Int
  /// How many of ten publishers have keys in the order of time.
  var orderedOfTen: Int

  /// Keys as the addresses of 149 publishers' articles are: of 55 a day (33) or a counter (22) stands before what is
  /// arbitrary, so that sorting by address is nearly sorting by time. The others have a headline or a hash first.
  static let real = SeenWorkload(publishers: 200, orderedOfTen: 4)
  /// The worst there is: one publisher, and every key anywhere among all others.
  static let unordered = SeenWorkload(publishers: 1, orderedOfTen: 0)

  /// The articles there are: the publisher's number, and which of its articles.
  private(set) var articles: [(publisher: Int, own: Int)] = []
  /// Of each publisher the numbers of its articles.
  private var numbers: [[Int]]
  private var visits = 0

  init(publishers: Int, orderedOfTen: Int) {
    (self.publishers, self.orderedOfTen) = (publishers, orderedOfTen)
    numbers = [[Int]](repeating: [], count: publishers)
  }

  /// Another visit, which brings this many articles; they are the last ones of `articles` then.
  mutating func visit(bringing count: Int) -> Range<Int> {
    // 7919 is prime: all publishers come before one comes again, in no order.
    let publisher = visits &* 7919 % publishers
    visits += 1
    let first = articles.count
    for _ in 0..<count {
      articles.append((publisher, numbers[publisher].count))
      numbers[publisher].append(articles.count - 1)
    }
    return first..<articles.count
  }

  func publisher(_ number: Int) -> String { Self.name(articles[number].publisher) }

  func key(_ number: Int) -> String { key(articles[number].publisher, articles[number].own) }

  /// A key that no article has: that of an article which the publisher of this one may bring in time. With keys in no
  /// order it lies anywhere, with others behind all that are known.
  func unknownKey(_ number: Int) -> String {
    let publisher = articles[number].publisher
    return key(publisher, numbers[publisher].count + number)
  }

  /// One of the articles that the publisher of this one brought last, as its lists show them.
  func listed(_ number: Int) -> (publisher: String, key: String) {
    let publisher = articles[number].publisher
    return (Self.name(publisher), key(publisher, max(0, numbers[publisher].count - 1 - number % 30)))
  }

  /// The articles that a publisher brought last.
  func lastNumbers(of publisher: Int, count: Int) -> ArraySlice<Int> { numbers[publisher].suffix(count) }

  private static func name(_ publisher: Int) -> String { "paper-\(publisher)" }

  private func key(_ publisher: Int, _ own: Int) -> String {
    // As addresses are: a common beginning, the difference late.
    let mixed = UInt32(truncatingIfNeeded: (own &+ publisher &* 7_777_777) &* 2_654_435_761)
    let slug = String(mixed, radix: 16)
    if publisher % 10 < orderedOfTen {
      // Forty articles a day; those of one day in no order.
      let day = own / 40
      return "www.paper-\(publisher).example/\(2020 + day / 360)/\(10 + day % 360 / 30)/\(10 + day % 30)/\(slug)-\(own)"
    }
    return "www.paper-\(publisher).example/news/articles/\(slug)-\(own)"
  }
}

/// Fills a database with seen articles and prints, as it grows, what one entry of a list that brings nothing new, one
/// look-up of a known article (of any age, and of those that lists show) and of an unknown one and one insertion cost,
/// in microseconds of the processor, what the longest of the insertions by ten took of it in milliseconds, and how long
/// opening and recovering take: as a clean stop leaves it, and with a file in tmp/ that no open row explains.
func timeStore(_ directory: String, count: Int, of workload: SeenWorkload) throws {
  var workload = workload
  let path = directory + "/state.db"
  var store = try Store(path: path)
  say(
    "articles\tlist entry µs\tknown µs\tlisted µs\tunknown µs\tinsert by 10 µs\tby 100 µs\tby 1000 µs\tlongest by 10 ms"
      + "\topen s\tafter a kill s\tMiB")
  var marks = [10_000, 30_000, 100_000, 300_000, 1_000_000].filter { $0 <= count }
  if marks.last != count { marks.append(count) }
  for mark in marks {
    let filled = workload.articles.count
    let measured = min(10_000, (mark - filled) / 3)
    try fill(store, &workload, to: mark - 3 * measured)
    var inserting: [Double] = []
    var longest = 0.0
    for chunk in [1000, 100, 10] {
      let began = processorTime()
      longest = 0
      for start in stride(from: 0, to: measured, by: chunk) {
        let started = processorTime()
        let visit = workload.visit(bringing: min(chunk, measured - start))
        try insert(store, workload, [visit])
        longest = max(longest, processorTime() - started)
      }
      inserting.append((processorTime() - began) / Double(measured))
    }
    // Spread over the whole range, in no order.
    var probe = 12_345
    func next() -> Int {
      probe = (probe &* 1_103_515_245 &+ 12_345) & 0x7FFF_FFFF
      return probe % workload.articles.count
    }
    func time(_ look: (Int) throws -> Bool) throws -> Double {
      let numbers = (0..<5000).map { _ in next() }
      let began = processorTime()
      for number in numbers {
        guard try look(number) else { end(70, "a known article is missing, or an unknown one known") }
      }
      return (processorTime() - began) / 5000
    }
    let figures = try [
      timeLists(store, workload),
      time { try store.article(publisher: workload.publisher($0), key: workload.key($0)) != nil },
      time {
        let listed = workload.listed($0)
        return try store.article(publisher: listed.publisher, key: listed.key) != nil
      },
      time { try store.article(publisher: workload.publisher($0), key: workload.unknownKey($0)) == nil },
    ]
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
    say(
      "\(workload.articles.count)\t"
        + "\((figures + inserting.reversed()).map { rounded($0 * 1e6, 1) }.joined(separator: "\t"))\t"
        + "\(rounded(longest * 1000, 1))\t\(opening.map { rounded($0, 2) }.joined(separator: "\t"))\t\(file.st_size >> 20)"
    )
  }
}

/// By ten, as visits bring them, but many visits in a transaction, which is faster.
func fill(_ store: Store, _ workload: inout SeenWorkload, to count: Int) throws {
  while workload.articles.count < count {
    let left = count - workload.articles.count
    let visits = (0..<100).map { workload.visit(bringing: max(0, min(10, left - $0 * 10))) }
    try insert(store, workload, visits)
  }
}

/// What an entry costs of lists that bring nothing new, as most visits find them: the last thirty articles of every
/// publisher, each list seen before; seconds of the processor.
private func timeLists(_ store: Store, _ workload: SeenWorkload) throws -> Double {
  let lists = (0..<workload.publishers).map { publisher in
    visit(workload.lastNumbers(of: publisher, count: 30), of: workload)
  }
  let rounds = 1 + max(1, 2000 / workload.publishers)
  var began = 0.0
  for round in 0..<rounds {
    // In the first one the entries are listed anew.
    if round == 1 { began = processorTime() }
    for list in lists {
      guard try store.recordFetches([list])[0]?.isEmpty == true else {
        end(70, "a known article is taken for a new one")
      }
    }
  }
  return (processorTime() - began) / Double((rounds - 1) * lists.reduce(0) { $0 + $1.items.count })
}

/// What a publisher's source lists: these articles, which are all of one publisher.
func visit(
  _ numbers: some Collection<Int>, of workload: SeenWorkload
) -> (source: SourceState, items: [NewItem]) {
  let publisher = numbers.first.map(workload.publisher) ?? "paper"
  let source = SourceState(id: "\(publisher)/feed", publisher: publisher, url: "https://www.\(publisher).example/feed")
  let items = numbers.map {
    let key = workload.key($0)
    return NewItem(key: key, url: "https://\(key)", record: "{\"title\":\"Article \($0)\"}", fingerprint: "\($0)")
  }
  return (source, items)
}

/// One visit of a source for each range: its articles found in one transaction and published in another, as many visits
/// at once as are given.
private func insert(_ store: Store, _ workload: SeenWorkload, _ visits: [Range<Int>]) throws {
  let now = Timestamp.now()
  let visits = visits.filter { !$0.isEmpty }
  let fetches = visits.map { visit($0, of: workload) }
  let waiting = zip(visits, try store.recordFetches(fetches)).flatMap { zip($0, $1 ?? []) }
  try store.transaction("fill") {
    for (number, item) in waiting {
      let name = ElementName(now: Timestamp(seconds: 1_700_000_000 + Int64(number)), after: nil)
      let staged = String(SHA256.hex("\(number)".utf8).prefix(40))
      try store.commitVersion(
        ArticleRow(
          publisher: item.publisher, key: item.key, uri: "urn:newswire:p:\(SHA256.hex(item.key.utf8).prefix(24))",
          version: 1, contentHash: SHA256.hex(item.key.utf8), stagedID: staged, queueName: name.description,
          state: .staged, firstSeen: now, updatedAt: now, url: item.url,
          headline: "Article \(number) of the benchmark"))
      try store.itemDone(item.id, articleKey: item.key)
      try store.setLastQueueName(name.description)
      try store.markPublished(stagedID: staged)
    }
  }
}
