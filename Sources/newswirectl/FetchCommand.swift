import ArgumentParser
import Service
import Values

/// `newswirectl fetch`: fetch a publisher now instead of when it is due.
struct FetchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fetch",
    abstract: "Fetch a publisher's sources now.",
    discussion: """
      The sources are fetched ahead of their schedule; the manners (distance between requests, robots.txt, a server's \
      wish to be left alone) stay. Without --wait the command returns when the fetches are scheduled; with it, when they \
      are done, and it shows what each source brought.

      Exit status: 0 when all went well, 75 when a source failed or could not be asked, 64 when there is no such \
      publisher.

      EXAMPLE
        newswirectl fetch bbc --wait
      """)

  @Argument(help: "The publisher: its plugin's id.")
  var publisher: String

  @Flag(help: "Wait until the sources are fetched, and show what they brought.")
  var wait = false

  @Flag(help: "The daemon's answer as JSON.")
  var json = false

  @OptionGroup var control: ControlOptions

  func run() throws {
    let result = try control.call(
      "fetch", JSONObject([(key: "publisher", value: .string(publisher)), (key: "wait", value: .bool(wait))]),
      timeout: wait ? nil : .seconds(30))
    let sources = result["sources"]?.array ?? []
    if json {
      Terminal.write(result.text(pretty: true) + "\n")
    } else {
      show(Self.table(sources))
    }
    if !sources.allSatisfy(Self.isWell) { throw ArgumentParser.ExitCode(ExitStatus.temporary.rawValue) }
  }

  /// Whether a source was read, or is going to be: everything else, also what a later daemon may say, is no success.
  static func isWell(_ source: JSON) -> Bool {
    let outcome = source["outcome"]?.string ?? ""
    return source["error"]?.isNull ?? true && ["started", "new", "nothing new", "unchanged"].contains(outcome)
  }

  static func table(_ sources: [JSON]) -> Table {
    var table = Table([
      .init("SOURCE", isFlexible: true), .init("OUTCOME"), .init("NEW", .right), .init("ERROR", isFlexible: true),
    ])
    for source in sources {
      let error = source["error"]?.string ?? ""
      table.rows.append([
        .init(source["source"]?.string ?? "?"),
        .init(source["outcome"]?.string ?? "–", error.isEmpty ? .green : .red),
        .init(source["new"]?.integer.map(String.init) ?? "–"),
        .init(error),
      ])
    }
    return table
  }
}
