import ArgumentParser
import Service
import Values

/// `newswirectl metrics`: the daemon's figures for Prometheus.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Print the daemon's figures as OpenMetrics text.",
    discussion: """
      For node_exporter's textfile collector: let a timer write the output beside the file and rename it, so that no scrape
      reads half of it. A daemon that does not run gives newswire_up 0 and exit status 0, so that the absence itself is
      scraped.

      EXAMPLE
        newswirectl metrics > /var/lib/prometheus/node-exporter/newswire.prom.new &&
          mv /var/lib/prometheus/node-exporter/newswire.prom.new /var/lib/prometheus/node-exporter/newswire.prom
      """)

  @OptionGroup var control: ControlOptions

  func run() throws {
    let status = try? ControlClient(path: control.path).call("status", JSONObject(), timeout: .seconds(10)) { _ in }
    Terminal.write(Metrics(status).text)
  }
}

/// A status as OpenMetrics 1.0 text. Pure.
struct Metrics {
  private(set) var text = ""

  /// nil for a daemon that does not answer.
  init(_ status: JSON?) {
    family("newswire_up", "gauge", "Whether the daemon answers.", [([], status == nil ? 0 : 1)])
    if let status { add(status) }
    text += "# EOF\n"
  }

  private mutating func add(_ status: JSON) {
    let version = status["version"]?.string ?? ""
    family("newswire_build_info", "gauge", "The daemon's version.", [([("version", version)], 1)])
    let isPaused = status["state"]?.string == "paused"
    family("newswire_paused", "gauge", "Whether fetching rests.", [([], isPaused ? 1 : 0)])
    let queue = status["queue"]
    figure("newswire_queue_articles", "gauge", "Articles in the queue.", queue?["pending"])
    figure("newswire_queue_claimed", "gauge", "Articles that a consumer holds.", queue?["claimed"])
    figure("newswire_queue_bytes", "gauge", "Bytes in the queue.", queue?["bytes"])
    let totals = status["totals"]
    figure("newswire_articles", "counter", "Articles published since the start.", totals?["articles"])
    figure("newswire_updates", "counter", "Further versions published since the start.", totals?["updates"])
    figure("newswire_partial_articles", "counter", "Articles published without their whole text.", totals?["partial"])
    figure("newswire_fetches", "counter", "Feeds and sitemaps asked for since the start.", totals?["fetches"])
    figure("newswire_not_modified", "counter", "Answers 304 among them.", totals?["not_modified"])
    figure("newswire_failures", "counter", "Failures among them.", totals?["failures"])
    figure("newswire_pages", "counter", "Pages fetched since the start.", totals?["pages"])
    let publishers = status["publishers"]?.array ?? []
    each("newswire_publisher_sources", "Sources of the publisher.", publishers, "sources")
    each("newswire_publisher_failing_sources", "Sources that fail.", publishers, "failing")
    each("newswire_publisher_waiting_items", "Items that wait for their page.", publishers, "waiting")
    family(
      "newswire_publisher_fill_percent", "gauge", "Share of an article's fields that the latest pages gave.",
      publishers.compactMap { publisher in
        guard let id = publisher["id"]?.string, let fill = publisher["fill"]?.number else { return nil }
        return ([("publisher", id)], Int((fill * 100).rounded()))
      })
    family(
      "newswire_publisher_broken_rules", "gauge", "Fields whose rules find nothing any more.",
      publishers.compactMap { publisher in
        guard let id = publisher["id"]?.string, publisher["fill"] != nil else { return nil }
        return ([("publisher", id)], publisher["broken_rules"]?.array?.count ?? 0)
      })
    each("newswire_publisher_articles_today", "Articles published since midnight UTC.", publishers, "articles_today")
    family(
      "newswire_publisher_last_success_timestamp_seconds", "gauge", "When a source was last fetched with success.",
      publishers.compactMap { publisher in
        guard let id = publisher["id"]?.string,
          let time = publisher["last_success"]?.string.flatMap({ Timestamp(rfc3339: $0) })
        else { return nil }
        return ([("publisher", id)], Int(time.seconds))
      })
  }

  private mutating func each(_ name: String, _ help: String, _ publishers: [JSON], _ key: String) {
    family(
      name, "gauge", help,
      publishers.compactMap { publisher in
        guard let id = publisher["id"]?.string, let value = publisher[key]?.integer else { return nil }
        return ([("publisher", id)], value)
      })
  }

  private mutating func figure(_ name: String, _ type: String, _ help: String, _ value: JSON?) {
    if let value = value?.integer { family(name, type, help, [([], value)]) }
  }

  private mutating func family(_ name: String, _ type: String, _ help: String, _ samples: [([(String, String)], Int)]) {
    guard !samples.isEmpty else { return }
    text += "# TYPE \(name) \(type)\n# HELP \(name) \(help)\n"
    for (labels, value) in samples {
      let list = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
      text += name + (type == "counter" ? "_total" : "") + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
    }
  }

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
