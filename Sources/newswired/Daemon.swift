// newswired: the daemon's program. It reads settings and plugins, wires log, control socket, watchdog and pipeline, and
// turns signals into a stop; everything else is in the modules.
import ArgumentParser
import Configuration
import Ingest
import Manifest
import Service
import TOML
import UnixSignals
import Values
import Workers

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

@main
struct Daemon: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "newswired",
    abstract: "Gets the news of many publishers into one queue directory.",
    discussion: """
      Reads /etc/newswire/newswire.toml and the plugins, fetches what they name, and publishes each article durably to \
      the queue (docs/queue.md). Runs in the foreground; systemd starts it as newswired.service.

      EXAMPLES
        newswired --check
            Read settings and plugins, print every mistake as file:line:column,
            exit (78 when there is one).

        newswired --config ./newswire.toml --state ./var/state \\
            --spool ./var/spool --socket ./var/control.sock
            Run as an ordinary user, everything below one folder.

      EXIT STATUS
        0 stopped as asked, 64 usage, 65 damaged state database, 73 state or
        queue cannot be made, 74 disk error, 75 temporary failure,
        77 permission, 78 settings or plugins.
      """,
    version: newswireVersion)

  @Option(help: "The settings file; <file>.d/*.toml are read after it.")
  var config = "/etc/newswire/newswire.toml"

  @Flag(help: "Check settings and plugins, print what is wrong, and exit.")
  var check = false

  @Option(help: "Folder of the state instead of the configured one.")
  var state: String?

  @Option(help: "The queue directory instead of the configured one.")
  var spool: String?

  @Option(help: "A folder of plugins instead of the configured ones; may be given several times.")
  var plugins: [String] = []

  @Option(help: "Path of the control socket instead of the configured one.")
  var socket: String?

  @Option(help: "Run only this publisher; may be given several times.")
  var only: [String] = []

  static func main() async {
    // Before anything is opened.
    StandardOutput.holdPlaces()
    // Who started this may ignore it, which is inherited: then nobody learns how a worker ended.
    signal(SIGCHLD, SIG_DFL)
    await main(nil)
  }

  mutating func run() async throws {
    let environment = ServiceEnvironment.current()
    let source = SettingsSource(
      file: config, state: state ?? environment.stateDirectory, spool: spool, socket: socket, plugins: plugins,
      only: only)
    let settings: Settings
    do throws(Problems) {
      settings = try source.read()
    } catch {
      Self.leave(.configuration, error.description)
    }
    let catalogue = Catalogue(folders: settings.paths.plugins)
    if check { try Self.report(settings, catalogue, file: config) }
    if let problem = Self.workerProblem(settings) { Self.leave(.configuration, problem) }
    let names = PluginNames(settings, catalogue)
    if names.leavesNothing { Self.leave(.configuration, names.mistakes.joined(separator: "\n")) }
    if catalogue.manifests.isEmpty {
      for plugin in catalogue.refused { Self.write(plugin.problems.description) }
      Self.leave(.configuration, Self.noPlugin(settings, file: config))
    }
    await RunningDaemon(source: source, settings: settings, catalogue: catalogue, environment: environment).run()
  }

  /// Prints the result of `--check` and exits.
  private static func report(_ settings: Settings, _ catalogue: Catalogue, file: String) throws -> Never {
    var problems = catalogue.refused.flatMap(\.problems.all).map(\.description)
    do { try Ingester.check(settings) } catch { problems.append(error.told(file: file)) }
    if let problem = workerProblem(settings) { problems.append(problem) }
    let names = PluginNames(settings, catalogue)
    problems += names.mistakes
    if catalogue.manifests.isEmpty { problems.append(noPlugin(settings, file: file)) }
    for warning in names.warnings + names.omissions { write("warning: \(warning)") }
    // Only the file of the default place may be missing.
    let isThere = access(file, F_OK) == 0
    if !isThere { write("\(file) is not there: every setting that no drop-in makes is as it is by default") }
    if !problems.isEmpty {
      leave(.configuration, problems.joined(separator: "\n") + "\n" + counted(problems.count, "problem"))
    }
    let sources = catalogue.manifests.reduce(0) { $0 + $1.sources.count }
    Terminal.write(isThere ? "\(file): settings are good\n" : "the default settings are good\n")
    Terminal.write("\(catalogue.manifests.count) plugins with \(sources) sources are good\n")
    ExitStatus.ok.leave()
  }

  /// Why newswire-worker cannot be used, and where it is set; nil when it can.
  static func workerProblem(_ settings: Settings) -> String? {
    WorkerProgram.problem(at: WorkerProgram.path(configured: settings.workers.program)).map { problem in
      (settings.places.place("workers.program").map { "\($0): " } ?? "") + problem
    }
  }

  /// What is wrong with settings that lead to no plugin at all.
  static func noPlugin(_ settings: Settings, file: String) -> String {
    "\(settings.places.place("paths.plugins") ?? file): no usable plugin in \(settings.paths.plugins.joined(separator: ", ")); set [paths] plugins or give --plugins"
  }

  static func write(_ text: String) { Terminal.write(text + "\n", to: 2) }

  static func leave(_ code: ExitStatus, _ text: String) -> Never {
    write(text)
    code.leave()
  }
}
