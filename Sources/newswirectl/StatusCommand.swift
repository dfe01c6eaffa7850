import ArgumentParser
import Service
import Values

/// `newswirectl status`: what the daemon is at, and how each publisher fares.
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show what the daemon is at and how each publisher fares.",
    discussion: """
      One line a publisher: how long ago a source of it was last fetched with success and when one is due next; the \
      articles of today (UTC) and how many there usually are by this time of day, learned over four weeks; all that are \
      remembered; the items that wait for their page; the share of an article's fields that its pages gave lately; the \
      sources that fail; and what is wrong: failing, sources (some fail), pages (none of the last ones could be read), \
      silent (no article in hours that always brought some), partial (articles that used to come whole do not), \
      unfilled (pages give fewer fields than usual), rules (some of its rules find nothing any more).

      --watch keeps it on the screen. Keys: arrows, page up and down, home and end move; s and S sort; / filters; e \
      shows only what is not well; Enter opens a publisher; ? lists the keys; q quits.

      Exit status: 0 when the daemon answers, 69 when it does not run.

      EXAMPLES
        newswirectl status
        newswirectl status --watch
        newswirectl status --json | jq '.publishers[] | select(.ailments) | .id'
      """)

  @OptionGroup var control: ControlOptions

  @Flag(help: "The daemon's answer as JSON.")
  var json = false

  @Flag(name: [.short, .long], help: "Stay, and show it anew every two seconds.")
  var watch = false

  @Option(help: ArgumentHelp("Seconds between two looks of --watch.", valueName: "seconds"))
  var interval = 2.0

  func validate() throws {
    if json, watch { throw ValidationError("--json and --watch do not go together.") }
    if !(0.2...3600).contains(interval) { throw ValidationError("--interval takes 0.2 to 3600 seconds.") }
  }

  func run() throws {
    if watch {
      try Watch(client: ControlClient(path: control.path), interval: interval).run()
      return
    }
    let status = try control.call("status")
    if json {
      Terminal.write(status.text(pretty: true) + "\n")
      return
    }
    let report = StatusReport(StatusSnapshot(status), now: .now())
    Terminal.write(report.heading.map { escapingControls($0) + "\n" }.joined() + "\n")
    show(report.table)
    if !report.problems.isEmpty {
      Terminal.write("\n" + report.problems.map { styled(escapingControls($0), .yellow) + "\n" }.joined())
    }
  }
}
