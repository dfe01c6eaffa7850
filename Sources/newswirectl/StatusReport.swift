import Service
import Values

/// The status as people read it. Pure but for the time handed in.
struct StatusReport {
  let heading: [String]
  let table: Table
  /// One line for each thing that is wrong.
  let problems: [String]

  init(_ status: StatusSnapshot, rows: [PublisherRow]? = nil, now: Timestamp) {
    heading = Self.heading(status, now)
    var table = Table(Self.columns)
    let rows = rows ?? status.publishers
    table.rows = rows.map { Self.cells($0, now) }
    self.table = table
    problems =
      rows.flatMap { row in row.problems.map { "\(row.id): \($0)" } }
      + status.refused.map { plugin in
        let more = plugin.problems.count > 1 ? " (and \(counted(plugin.problems.count - 1, "more problem")))" : ""
        return "\(plugin.id): refused: \(plugin.problems.first ?? "?")\(more)"
      } + status.ownProblems
  }

  static let columns: [Table.Column] = [
    .init("PUBLISHER", isFlexible: true, isKept: true), .init("LAST", .right), .init("NEXT", .right),
    .init("TODAY", .right),
    .init("USUAL", .right), .init("TOTAL", .right), .init("WAIT", .right), .init("FILL", .right),
    .init("ERRORS", .right), .init("STATE", isFlexible: true, isKept: true),
  ]

  static func cells(_ row: PublisherRow, _ now: Timestamp) -> [Table.Cell] {
    let style: Terminal.Style = row.trouble == 2 ? .red : row.trouble == 1 ? .yellow : .bold
    let state =
      row.ailments.isEmpty ? (row.failing > 0 ? "failed once" : "") : row.ailments.map(\.kind).joined(separator: " ")
    let isFew = row.usualByNow.map { row.today * 2 < $0 } ?? false
    return [
      .init(row.id, style),
      .init(row.lastSuccess.map { Self.distance($0, now) } ?? "never", row.lastSuccess == nil ? .yellow : .plain),
      .init(row.nextFetch.map { Self.distance($0, now) } ?? "–"),
      .init(String(row.today), isFew ? .yellow : .plain),
      .init(row.usualByNow.map(String.init) ?? "–", .dim),
      .init(String(row.total)),
      .init(String(row.waiting), row.waiting > 0 ? .plain : .dim),
      .init(Self.percent(row.fill) ?? "–", row.ailments.contains { $0.kind == "unfilled" } ? .yellow : .plain),
      .init(row.failing == 0 ? "–" : "\(row.failing)/\(row.sources)", row.failing > 0 ? .red : .dim),
      .init(state, style == .bold ? .plain : style),
    ]
  }

  static func percent(_ share: Double?) -> String? { share.map { "\(Int(($0 * 100).rounded()))%" } }

  /// `4 min` both ways: the column's title says which.
  private static func distance(_ time: Timestamp, _ now: Timestamp) -> String {
    let seconds = Int(min(time.seconds(since: now).magnitude, 1e9))
    return seconds < 1 ? "now" : readableSpan(seconds: seconds)
  }

  // MARK: Heading

  private static func heading(_ status: StatusSnapshot, _ now: Timestamp) -> [String] {
    let json = status.json
    var first = "newswired"
    if let version = json["version"]?.string { first += " \(version)" }
    first += ": \(json["state"]?.string ?? "unknown")"
    if let reason = json["reason"]?.string { first += " (\(reason))" }
    let up = age("since", json, now)
    // A daemon that was paused for a while runs since its start all the same.
    let isRunning = json["state"]?.string == "running"
    let here = isRunning ? up : age("state_since", json, now)
    if let here { first += " for \(here)" }
    if let up, !isRunning { first += ", up for \(up)" }
    if let process = json["pid"]?.integer { first += ", process \(process)" }
    if let workers = json["workers"]?["pids"]?.array { first += ", \(workers.count) workers" }
    return [first, publishersLine(status)] + [queueLine(json["queue"]), totalsLine(json)].compactMap { $0 }
  }

  private static func age(_ key: String, _ json: JSON, _ now: Timestamp) -> String? {
    guard let since = json[key]?.string.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
    let seconds = max(1, Int(now.seconds(since: since).rounded()))
    return seconds < 60 ? "\(seconds) s" : readableDuration(seconds: seconds)
  }

  private static func publishersLine(_ status: StatusSnapshot) -> String {
    let rows = status.publishers
    let down = rows.count { $0.trouble == 2 }
    let ailing = rows.count { $0.trouble == 1 }
    var line = "publishers \(rows.count)"
    if down > 0 { line += ", \(down) down" }
    if ailing > 0 { line += ", \(ailing) not as usual" }
    if !status.refused.isEmpty { line += ", \(counted(status.refused.count, "plugin")) refused" }
    line += "; today \(rows.reduce(0) { $0 + $1.today }) articles"
    let known = rows.compactMap(\.usualByNow)
    if !known.isEmpty { line += ", usually \(known.reduce(0, +)) by now" }
    let fills = rows.compactMap(\.fill)
    if !fills.isEmpty { line += "; fill rate \(percent(fills.reduce(0, +) / Double(fills.count)) ?? "–")" }
    return line
  }

  private static func queueLine(_ queue: JSON?) -> String? {
    guard let queue else { return nil }
    var line = "queue      \(queue["pending"]?.integer ?? 0) waiting"
    if let bytes = queue["bytes"]?.integer { line += " (\(readableBytes(bytes)))" }
    if let claimed = queue["claimed"]?.integer, claimed > 0 { line += ", \(claimed) claimed" }
    if let oldest = queue["oldest_seconds"]?.integer, oldest > 0 {
      line += ", the oldest for \(readableDuration(seconds: oldest))"
    }
    if let bad = queue["quarantined"]?.integer, bad > 0 { line += ", \(bad) set aside in bad/" }
    if let state = queue["state"]?.string, state != "open" { line += ", \(state)" }
    if let path = queue["path"]?.string { line += "  \(path)" }
    return line
  }

  private static func totalsLine(_ json: JSON) -> String? {
    guard let totals = json["totals"] else { return nil }
    let parts = [
      ("articles", "articles"), ("updates", "updates"), ("partial", "partial"), ("pages", "pages"),
      ("fetches", "feed fetches"), ("not_modified", "not modified"), ("failures", "failures"),
    ].compactMap { key, name in totals[key]?.integer.map { "\($0) \(name)" } }
    return parts.isEmpty ? nil : "so far     " + parts.joined(separator: ", ")
  }
}
