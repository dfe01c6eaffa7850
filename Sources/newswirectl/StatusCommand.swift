import ArgumentParser
import Service
import Values

/// `newswirectl status`: what the daemon is at, and how each publisher fares.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what the daemon is at and how each publisher fares.",
    discussion: """
      One line a publisher: when it was last fetched with success, when it is due next, the articles of today and in \
      all, the items that wait for their page, how much of an article its latest pages gave (FILL), and the sources \
      that fail. Publishers that fail, and plugins whose rules find nothing any more, come with the reason.

      Exit status: 0 when the daemon answers, 69 when it does not run.

      EXAMPLES
        newswirectl status
        newswirectl status --json | jq '.publishers[] | select(.failing > 0) | .id'
      """)

  @OptionGroup var control: ControlOptions

  @Flag(help: "The daemon's answer as JSON.")
  var json = false

  func run() throws {
    let status = try control.call("status")
    if json {
      Terminal.write(status.text(pretty: true) + "\n")
      return
    }
    let report = StatusReport(status, now: .now())
    Terminal.write(report.heading.map { escapingControls($0) + "\n" }.joined() + "\n")
    show(report.table)
    if !report.problems.isEmpty {
      Terminal.write("\n" + report.problems.map { styled(escapingControls($0), .yellow) + "\n" }.joined())
    }
  }
}

/// The status as people read it.
struct StatusReport {
  let heading: [String]
  let table: Table
  /// One line a publisher that fails.
  let problems: [String]

  init(_ status: JSON, now: Timestamp) {
    heading = Self.heading(status, now)
    var table = Table([
      .init("PUBLISHER", isFlexible: true), .init("SOURCES", .right), .init("LAST SUCCESS"), .init("NEXT FETCH"),
      .init("TODAY", .right), .init("TOTAL", .right), .init("WAITING", .right), .init("FILL", .right),
      .init("FAILING", .right),
    ])
    var problems: [String] = []
    for publisher in status["publishers"]?.array ?? [] {
      let id = publisher["id"]?.string ?? "?"
      let failing = publisher["failing"]?.integer ?? 0
      let sources = Self.count(publisher["sources"])
      let broken = publisher["broken_rules"]?.array?.compactMap(\.string) ?? []
      let isDown = failing > 0 && failing >= (sources ?? 0)
      table.rows.append([
        .init(id, isDown ? .red : failing > 0 ? .yellow : .bold),
        .init(Self.number(sources)),
        .init(Self.distance(publisher["last_success"], now) ?? "never"),
        .init(Self.distance(publisher["next_fetch"], now) ?? "–"),
        .init(Self.number(publisher["articles_today"]?.integer)),
        .init(Self.number(publisher["articles_total"]?.integer)),
        .init(Self.number(publisher["waiting"]?.integer)),
        .init(
          publisher["fill"]?.number.map { "\(Int(($0 * 100).rounded())) %" } ?? "–", broken.isEmpty ? .plain : .red),
        .init(Self.number(failing), failing > 0 ? .red : .dim),
      ])
      if !broken.isEmpty {
        problems.append(
          "\(id): the rules for \(broken.joined(separator: ", ")) find nothing any more; has the layout changed?")
      }
      if let failure = publisher["rule_failure"]?.string { problems.append("\(id): a rule fails: \(failure)") }
      if failing > 0, let error = publisher["last_error"]?.string { problems.append("\(id): \(error)") }
    }
    self.table = table
    self.problems = problems
  }

  private static func heading(_ status: JSON, _ now: Timestamp) -> [String] {
    var first = "newswired"
    if let version = status["version"]?.string { first += " \(version)" }
    first += ": \(status["state"]?.string ?? "unknown")"
    if let since = time(status["since"]) {
      let seconds = max(1, Int(now.seconds(since: since).rounded()))
      first += " for " + (seconds < 60 ? "\(seconds) s" : readableDuration(microseconds: seconds * 1_000_000))
    }
    if let process = status["pid"]?.integer { first += ", process \(process)" }
    var lines = [first]
    if let queue = status["queue"] {
      var line = "queue:     \(number(queue["pending"]?.integer)) pending"
      if let bytes = queue["bytes"]?.integer { line += " (\(readableBytes(bytes)))" }
      if let claimed = queue["claimed"]?.integer, claimed > 0 { line += ", \(claimed) claimed" }
      if let state = queue["state"]?.string { line += ", \(state)" }
      if let path = queue["path"]?.string { line += "  \(path)" }
      lines.append(line)
    }
    if let totals = status["totals"] {
      let parts = [
        ("articles", "articles"), ("updates", "updates"), ("fetches", "fetches"),
        ("not_modified", "not modified"), ("failures", "failures"),
      ]
      .compactMap { key, name in totals[key]?.integer.map { "\($0) \(name)" } }
      if !parts.isEmpty { lines.append("so far:    " + parts.joined(separator: ", ")) }
    }
    if let workers = status["workers"]?.object {
      let parts = workers.compactMap { name, value -> String? in
        value.integer.map { "\($0) \(name.split(separator: "_").joined(separator: " "))" }
      }
      if !parts.isEmpty { lines.append("workers:   " + parts.joined(separator: ", ")) }
    }
    return lines
  }

  /// A number of sources, or how many there are in a list of them.
  private static func count(_ value: JSON?) -> Int? { value?.integer ?? value?.array?.count }

  private static func number(_ value: Int?) -> String { value.map(String.init) ?? "–" }

  private static func distance(_ value: JSON?, _ now: Timestamp) -> String? {
    time(value).map { readableDistance($0, from: now) }
  }

  /// RFC 3339 or seconds since 1970.
  private static func time(_ value: JSON?) -> Timestamp? {
    if let text = value?.string { return Timestamp(rfc3339: text) }
    return value?.integer.map { Timestamp(seconds: Int64($0)) }
  }
}
