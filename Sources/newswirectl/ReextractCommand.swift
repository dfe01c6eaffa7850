import ArgumentParser
import Service
import Values

/// `newswirectl reextract`: new rules over pages that were fetched already.
struct ReextractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reextract",
    abstract: "Read kept pages again by the rules in use now, and publish what got better.",
    discussion: """
      newswired keeps the pages it fetched for some days ([pages] in newswire.toml). After a plugin was improved and the \
      daemon reloaded, this reads a publisher's pages again and publishes the next version of each article that got \
      better: one that was a part before and is whole now, one with more fields, or one whose content differs while no \
      field and no more than a fifth of the body is lost. What got worse is told and not published. No request goes out.

      EXAMPLES
        sudo newswirectl reload && newswirectl reextract bbc --dry-run
        sudo newswirectl reextract bbc --since 2d
      """)

  @Argument(help: "The publisher: its plugin's id.")
  var publisher: String

  @Option(
    help: ArgumentHelp(
      "Only pages fetched since then: an age such as 6h or 2d, or a time such as 2026-03-01T06:00:00Z.",
      valueName: "when"))
  var since: String?

  @Flag(help: "Only tell what would be published.")
  var dryRun = false

  @Flag(help: "Publish every difference, also where the article got worse.")
  var any = false

  @Flag(help: "The daemon's answer as JSON.")
  var json = false

  @OptionGroup var control: ControlOptions

  func validate() throws {
    if let since, Self.start(since, now: .now()) == nil {
      throw ValidationError(
        "“\(since)” is no time. Give an age such as 6h or 2d, or a time such as 2026-03-01T06:00:00Z.")
    }
  }

  func run() throws {
    var arguments = JSONObject([(key: "publisher", value: .string(publisher))])
    if let since, let start = Self.start(since, now: .now()) { arguments["since"] = .integer(start.seconds) }
    arguments["dry_run"] = .bool(dryRun)
    arguments["any"] = .bool(any)
    let showsProgress = Terminal.isTerminal(2) && !json
    let result = try control.call("reextract", arguments, timeout: nil) { progress in
      guard showsProgress, let done = progress["pages"]?.integer, let all = progress["of"]?.integer else { return }
      Terminal.write("\r\(done) of \(all) pages", to: 2)
    }
    if showsProgress { Terminal.write("\r\u{1B}[K", to: 2) }
    if json {
      Terminal.write(result.text(pretty: true) + "\n")
    } else {
      show(result)
    }
  }

  private func show(_ result: JSON) {
    let changes = result["changes"]?.array ?? []
    if !changes.isEmpty {
      var table = Table([.init("VERDICT"), .init("ARTICLE", isFlexible: true), .init("ADDRESS", isFlexible: true)])
      for change in changes {
        let verdict = change["verdict"]?.string ?? "?"
        table.rows.append([
          .init(verdict, verdict == "better" ? .green : verdict == "different" ? .plain : .red),
          .init(change["text"]?.string ?? ""), .init(change["url"]?.string ?? ""),
        ])
      }
      newswirectl.show(table)
    }
    func count(_ key: String) -> Int { Int(result[key]?.integer ?? 0) }
    var line = "\(count("pages")) pages read: \(count("better")) better, \(count("different")) different, "
    line += "\(count("worse")) worse, \(count("same")) the same, \(count("unreadable")) unreadable"
    if count("skipped") > 0 { line += "; \(count("skipped")) skipped" }
    line += dryRun ? "; nothing published (dry run)" : "; \(count("published")) published"
    Terminal.write(line + "\n")
  }

  /// The instant that an age or a time names.
  static func start(_ text: String, now: Timestamp) -> Timestamp? {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    if let unit = text.last.flatMap({ units[$0] }), let number = Int64(text.dropLast()), (0...100_000).contains(number)
    {
      return now.adding(seconds: -number * unit)
    }
    return Timestamp(rfc3339: text)
  }
}
