import Values

/// A status as metric families. Pure.
struct Metrics {
  enum Format {
    /// OpenMetrics 1.0: a counter's family goes without `_total`, the text ends with `# EOF`.
    case openMetrics
    /// Prometheus text 0.0.4: names stand as they are sampled.
    case prometheus
  }

  enum Kind: String {
    case gauge, counter
  }

  struct Sample: Equatable {
    var labels: [(name: String, value: String)] = []
    var value: Double

    static func == (a: Sample, b: Sample) -> Bool {
      a.value == b.value && a.labels.elementsEqual(b.labels) { $0.name == $1.name && $0.value == $1.value }
    }
  }

  struct Family {
    var name: String
    var kind: Kind
    var help: String
    var samples: [Sample]
  }

  private(set) var families: [Family] = []

  /// nil for a daemon that does not answer.
  init(_ status: JSON?) {
    add("newswire_up", .gauge, "Whether the daemon answers.", [Sample(value: status == nil ? 0 : 1)])
    guard let status else { return }
    addDaemon(status)
    addFleet(status["fleet"])
    addQueue(status["queue"])
    addTotals(status["totals"])
    let refused = Double(status["refused_plugins"]?.array?.count ?? 0)
    add("newswire_refused_plugins", .gauge, "Plugins that hold mistakes or cannot be read.", [Sample(value: refused)])
    addPublishers((status["publishers"]?.array ?? []).map(PublisherRow.init))
  }

  private mutating func addDaemon(_ status: JSON) {
    let version = [("version", status["version"]?.string ?? "")]
    add("newswire_build_info", .gauge, "The daemon's version.", [Sample(labels: version, value: 1)])
    if let since = status["since"]?.string.flatMap({ Timestamp(rfc3339: $0) }) {
      add("newswire_start_time_seconds", .gauge, "When the daemon started.", [Sample(value: Double(since.seconds))])
    }
    let isPaused = status["state"]?.string == "paused"
    add("newswire_paused", .gauge, "Whether fetching rests.", [Sample(value: isPaused ? 1 : 0)])
    add("newswire_transfers_in_flight", "Requests on the wire.", status["transfers"]?["in_flight"])
    add("newswire_transfers_waiting", "Requests that wait for their rate group.", status["transfers"]?["waiting"])
    if let pids = status["workers"]?["pids"]?.array {
      add("newswire_workers", .gauge, "Worker processes that run.", [Sample(value: Double(pids.count))])
    }
  }

  /// Nothing on a single machine.
  private mutating func addFleet(_ fleet: JSON?) {
    guard let fleet else { return }
    let node = [("node", fleet["node"]?.string ?? "")]
    func each(_ name: String, _ help: String, _ value: Double?) {
      if let value { add("newswire_fleet_" + name, .gauge, help, [Sample(labels: node, value: value)]) }
    }
    each("leases", "Rate groups that this node fetches from.", fleet["leases"]?.number)
    each("draining", "Whether the operator drains this node.", fleet["draining"]?.bool.map { $0 ? 1 : 0 })
    each("cut_off", "Whether the state database does not answer.", fleet["cut_off"]?.bool.map { $0 ? 1 : 0 })
  }

  private mutating func addQueue(_ queue: JSON?) {
    add("newswire_queue_articles", "Articles in the queue.", queue?["pending"])
    add("newswire_queue_claimed", "Articles that a consumer holds.", queue?["claimed"])
    add("newswire_queue_bytes", "Bytes in the queue.", queue?["bytes"])
    add("newswire_queue_oldest_seconds", "How long the oldest article has waited.", queue?["oldest_seconds"])
    add("newswire_queue_quarantined", "Damaged elements set aside.", queue?["quarantined"])
    add("newswire_queue_max_articles", "Articles at which fetching pauses.", queue?["max_articles"])
    add("newswire_queue_max_bytes", "Bytes at which fetching pauses.", queue?["max_bytes"])
  }

  private mutating func addTotals(_ totals: JSON?) {
    add("newswire_articles", "Articles published since the start.", totals?["articles"], .counter)
    add("newswire_updates", "Further versions published since the start.", totals?["updates"], .counter)
    add("newswire_partial_articles", "Articles published without their whole text.", totals?["partial"], .counter)
    add("newswire_fetches", "Feeds and sitemaps asked for since the start.", totals?["fetches"], .counter)
    add("newswire_not_modified", "Answers 304 among them.", totals?["not_modified"], .counter)
    add("newswire_failures", "Failures among them.", totals?["failures"], .counter)
    add("newswire_pages", "Pages fetched since the start.", totals?["pages"], .counter)
  }

  private mutating func addPublishers(_ rows: [PublisherRow]) {
    func each(_ name: String, _ help: String, _ value: (PublisherRow) -> Double?) {
      let samples = rows.compactMap { row in
        value(row).map { Sample(labels: [("publisher", row.id)], value: $0) }
      }
      add("newswire_publisher_" + name, .gauge, help, samples)
    }
    each("sources", "Sources of the publisher.") { Double($0.sources) }
    each("failing_sources", "Sources that fail.") { Double($0.failing) }
    each("waiting_items", "Items that wait for their page.") { Double($0.waiting) }
    each("articles_today", "Articles published since midnight UTC.") { Double($0.today) }
    each("articles_usual_by_now", "Articles that there usually are by this time of day.") {
      $0.usualByNow.map(Double.init)
    }
    each("articles_remembered", "Articles that the state remembers.") { Double($0.total) }
    each("fill_ratio", "Share of an article's fields that the last pages gave.") { $0.fill }
    each("whole_ratio", "Share of the last articles with their whole text.") { $0.whole }
    each("last_success_timestamp_seconds", "When a source was last fetched with success.") {
      $0.lastSuccess.map { Double($0.seconds) }
    }
    each("broken_rules", "Fields whose rules find nothing any more.") { Double($0.brokenRules) }
    let kinds = ["failing", "sources", "pages", "silent", "partial", "unfilled", "rules"]
    add(
      "newswire_publisher_ailing", .gauge, "Whether something is wrong with the publisher, by its own measure.",
      rows.flatMap { row in
        kinds.map { kind in
          Sample(
            labels: [("publisher", row.id), ("kind", kind)],
            value: row.ailments.contains { $0.kind == kind } ? 1 : 0)
        }
      })
  }

  private mutating func add(_ name: String, _ help: String, _ value: JSON?, _ kind: Kind = .gauge) {
    if let value = value?.number { add(name, kind, help, [Sample(value: value)]) }
  }

  private mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
    if !samples.isEmpty { families.append(Family(name: name, kind: kind, help: help, samples: samples)) }
  }

  // MARK: Text

  func text(_ format: Format) -> String {
    var text = ""
    for family in families {
      let sampled = family.name + (family.kind == .counter ? "_total" : "")
      let name = format == .openMetrics ? family.name : sampled
      text += "# HELP \(name) \(family.help)\n# TYPE \(name) \(family.kind.rawValue)\n"
      for sample in family.samples {
        let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
        text += sampled + (labels.isEmpty ? "" : "{\(labels)}") + " \(Self.number(sample.value))\n"
      }
    }
    return text + (format == .openMetrics ? "# EOF\n" : "")
  }

  private static func number(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

  private static func escaped(_ value: String) -> String {
    value.reduce(into: "") { text, character in
      switch character {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.append(character)
      }
    }
  }
}
