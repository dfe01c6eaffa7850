import ArgumentParser
import Service
import Values

/// Where the daemon is asked. Shared by every verb that needs it.
struct ControlOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The daemon's control socket (default: $NEWSWIRE_SOCKET or \(ControlClient.defaultPath)).", valueName: "path"))
  var socket: String?

  var path: String { socket ?? ControlClient.standardPath() }

  /// Sends one request; a failure is told on standard error and becomes the exit status.
  func call(
    _ verb: String, _ arguments: JSONObject = JSONObject(), timeout: Duration? = .seconds(30),
    progress: (JSON) -> Void = { _ in }
  ) throws -> JSON {
    let client = ControlClient(path: path)
    do {
      return try client.call(verb, arguments, timeout: timeout, progress: progress)
    } catch {
      try fail(error.description, error.exitStatus)
    }
  }
}

/// Tells what went wrong and ends with that status.
func fail(_ message: String, _ status: ExitStatus) throws -> Never {
  Terminal.write("newswirectl: \(escapingControls(ofLines: message))\n", to: 2)
  throw ArgumentParser.ExitCode(status.rawValue)
}

/// Prints a line. In the place of the standard library's, whose writes fail unseen: a full disk must not pass for
/// success.
func print(_ line: String) { Terminal.write(line + "\n") }

/// Prints a table: aligned on a terminal, tab-separated in a pipe.
func show(_ table: Table) {
  if Terminal.isTerminal(1) {
    let colour = Terminal.wantsColour(1, environment: ServiceEnvironment.current().variables)
    Terminal.write(table.text(width: Terminal.width(1), colour: colour))
  } else {
    Terminal.write(table.plainText())
  }
}

/// The text in that style when standard output shows colours.
func styled(_ text: String, _ style: Terminal.Style) -> String {
  let colour = Terminal.wantsColour(1, environment: ServiceEnvironment.current().variables)
  return Terminal.styled(text, style, colour: colour)
}
