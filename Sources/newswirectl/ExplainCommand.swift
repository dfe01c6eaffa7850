import ArgumentParser
import Service
import Values

/// `newswirectl explain`: why a source is fetched when it is.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say why a source is fetched when it is, what it brought last, and what is wrong.",
    discussion: """
      SOURCE is a source (bbc/news-sitemap) or a publisher (bbc), which stands for all its sources.

      EXAMPLES
        newswirectl explain bbc
        newswirectl explain bbc/news-sitemap --json
      """)

  @OptionGroup var control: ControlOptions

  @Flag(help: "The daemon's answer as JSON.")
  var json = false

  @Flag(help: "Show keys and passwords in addresses, which are left out otherwise.")
  var secrets = false

  @Argument(help: "A source or a publisher.")
  var source: String

  func run() throws {
    let answer = try control.call(
      "explain", JSONObject([("source", .string(source)), ("secrets", .bool(secrets))]))
    if json {
      Terminal.write(answer.text(pretty: true) + "\n")
      return
    }
    let paragraphs = (answer["sources"]?.array ?? []).map { SourceExplanation($0, now: .now()).text }
    Terminal.write(paragraphs.joined(separator: "\n"))
  }
}

/// One source in plain words. Pure but for the time handed in.
struct SourceExplanation {
  let text: String

  init(_ source: JSON, now: Timestamp) {
    func time(_ key: String) -> Timestamp? { source[key]?.string.flatMap { Timestamp(rfc3339: $0) } }
    var lines = ["\(source["source"]?.string ?? "?")  \(source["url"]?.string ?? "")"]
    let why = source["why"]?.string ?? "nobody knows why"
    if let next = time("next_fetch") {
      lines.append("next     \(readableDistance(next, from: now)): \(why)")
    } else {
      lines.append("next     not planned: \(why)")
    }
    if let last = time("last_attempt") {
      lines.append("last     \(readableDistance(last, from: now))" + Self.outcome(source))
    }
    if let success = time("last_success"), time("last_attempt") != success {
      lines.append("worked   \(readableDistance(success, from: now))")
    }
    if let rate = source["items_per_day"]?.number {
      let isKnown = source["knows_rhythm"]?.bool != false
      let known = rate >= 1 ? "\(Int(min(rate, 1e9).rounded())) new items a day" : "less than one new item a day"
      let rhythm = isKnown ? known : "not known yet; \(known) assumed"
      lines.append(
        "rhythm   \(rhythm)" + (time("newest_item").map { ", the newest \(readableDistance($0, from: now))" } ?? ""))
    }
    let bounds = ["min_interval", "max_interval"].compactMap { source[$0]?.integer }
    if bounds.count == 2 {
      lines.append(
        "bounds   not more often than every \(readableDuration(seconds: bounds[0])), at least every \(readableDuration(seconds: bounds[1]))"
      )
    }
    for attempt in source["attempts"]?.array ?? [] {
      guard let at = attempt["at"]?.string.flatMap({ Timestamp(rfc3339: $0) }) else { continue }
      lines.append("tried    " + readableDistance(at, from: now) + Self.attempt(attempt))
    }
    for fact in source["facts"]?.array ?? [] {
      let topic = fact["topic"]?.string ?? ""
      lines.append(topic + String(repeating: " ", count: max(1, 9 - topic.count)) + (fact["text"]?.string ?? ""))
    }
    if let error = source["error"]?.string {
      lines.append("wrong    \(error) (\(source["failures"]?.integer ?? 0) failures in a row)")
    }
    text = lines.enumerated().map { ($0.offset == 0 ? "" : "  ") + escapingControls($0.element) + "\n" }.joined()
  }

  private static func attempt(_ attempt: JSON) -> String {
    var parts: [String] = []
    if let status = attempt["status"]?.integer { parts.append("status \(status)") }
    if let outcome = attempt["outcome"]?.string { parts.append(outcome) }
    if let items = attempt["items"]?.integer, items > 0 {
      parts.append("\(items) items, \(attempt["new"]?.integer ?? 0) new")
    }
    return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
  }

  private static func outcome(_ source: JSON) -> String {
    var parts: [String] = []
    if let status = source["last_status"]?.integer { parts.append("status \(status)") }
    if let outcome = source["last_outcome"]?.string { parts.append(outcome) }
    if let items = source["last_items"]?.integer, items > 0 {
      parts.append("\(items) items, \(source["last_new"]?.integer ?? 0) new")
    }
    return parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
  }
}
