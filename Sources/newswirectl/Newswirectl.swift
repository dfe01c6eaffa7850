// newswirectl: how a person talks to newswire. Verbs that need the daemon go through its control socket; parse, extract,
// plugin and queue need none.
import ArgumentParser
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
}
