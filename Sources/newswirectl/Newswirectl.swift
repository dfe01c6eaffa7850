// newswirectl: how a person talks to newswire. Verbs that need the daemon go through its control socket; parse,
// extract, plugin and queue need none.
import ArgumentParser
import Glibc
import Service
import Values

@main
struct Newswirectl: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "newswirectl",
    abstract: "Look after newswired: its state, its log, its queue, its plugins.",
    discussion: """
      EXAMPLES
        newswirectl status                 how each publisher fares
        newswirectl log -f                 what happens, as it happens
        newswirectl queue list             the articles that wait
        newswirectl extract --url URL -    an article from a page on standard input
        newswirectl help VERB              everything about a verb
      """,
    version: newswireVersion,
    subcommands: [
      StatusCommand.self, ExplainCommand.self, LogCommand.self, FetchCommand.self, ReextractCommand.self,
      QueueCommand.self,
      PluginCommand.self, ImportCommand.self, ExportCommand.self, StateCommand.self,
      FleetCommand.self, DrainCommand.self,
      HealthCommand.self, MetricsCommand.self,
      ParseCommand.self, ExtractCommand.self, PauseCommand.self, ResumeCommand.self, ReloadCommand.self,
      LogLevelCommand.self,
    ])

  /// As ArgumentParser's, but for the way it ends: verbs that fetch leave threads behind.
  static func main() async {
    StandardOutput.holdPlaces()
    // Who started this may ignore it, which is inherited: then nobody learns how a command ended.
    signal(SIGCHLD, SIG_DFL)
    do {
      var command = try parseAsRoot()
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
      ExitStatus.ok.leave()
    } catch {
      let status = exitCode(for: error).rawValue
      let text = fullMessage(for: error)
      if !text.isEmpty { Terminal.write(text + "\n", to: status == 0 ? 1 : 2) }
      endProgram(status)
    }
  }
}
