import ArgumentParser
import Service
import Values

/// `newswirectl reload`: what `systemctl reload newswired` runs. Returns when the new configuration is in force, and
/// fails when it was refused.
struct ReloadCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Read configuration and plugins again.",
    discussion: """
      Returns when the new configuration is in force. When it holds an error it is refused as a whole, the daemon goes on \
      with the one it has, the error is shown, and the exit status is 78.

      EXAMPLE
        sudo newswirectl reload
      """)

  @OptionGroup var control: ControlOptions

  func run() throws {
    let result = try control.call("reload", timeout: .seconds(60))
    for change in result["changes"]?.array ?? [] {
      if let text = change.string { Terminal.write(escapingControls(text) + "\n") }
    }
  }
}

/// `newswirectl pause`: nothing more is fetched by itself until `resume`.
struct PauseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause",
    abstract: "Stop fetching until 'resume'.",
    discussion: """
      Running fetches are finished and their articles published. 'newswirectl fetch' still fetches what it is asked for.

      EXAMPLE
        sudo newswirectl pause
      """)

  @OptionGroup var control: ControlOptions

  func run() throws { _ = try control.call("pause") }
}

/// `newswirectl resume`: ends `pause`.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Go on fetching after 'pause'.",
    discussion: """
      EXAMPLE
        sudo newswirectl resume
      """)

  @OptionGroup var control: ControlOptions

  func run() throws { _ = try control.call("resume") }
}

/// `newswirectl log-level`: how much the daemon says, until it is started again.
struct LogLevelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log-level",
    abstract: "Say from which level on events are logged.",
    discussion: """
      Holds until the daemon is started again. With a publisher it holds for that one alone: 'debug' shows each item and \
      each step of its fetches without drowning them in those of the others.

      EXAMPLE
        sudo newswirectl log-level debug bbc
      """)

  @Argument(help: "debug, info, notice, warning, error or critical.")
  var level: String

  @Argument(help: "The publisher: its plugin's id.")
  var publisher: String?

  @OptionGroup var control: ControlOptions

  func validate() throws {
    if EventLevel(name: level) == nil {
      let names = EventLevel.allCases.map(\.name).joined(separator: ", ")
      throw ValidationError("“\(level)” is not a level. The levels are: \(names).")
    }
  }

  func run() throws {
    var arguments = JSONObject([(key: "level", value: .string(level.lowercased()))])
    arguments.set("publisher", publisher)
    _ = try control.call("log-level", arguments)
  }
}
