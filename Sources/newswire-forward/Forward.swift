// newswire-forward: takes articles from the queue, as any consumer does, and publishes them to a stream of NATS
// JetStream. It reads settings and wires queue, stream, log and signals; what happens when is in Forwarding.
import ArgumentParser
import Configuration
import Forwarding
import Glibc
import JetStream
import NewswireQueue
import Service
import TOML
import Values

@main
struct Forward: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "newswire-forward",
    abstract: "Publishes the articles of the queue to a stream of NATS JetStream.",
    discussion: """
      Takes articles from the local queue as any consumer does, publishes each to the stream under the subject \
      PREFIX.COUNTRY.PUBLISHER.SECTION, and removes it from the queue once the stream has acknowledged it. While the \
      stream cannot be reached or is full, articles wait in the queue; it is tried again for ever. Settings are in \
      [forward] of newswire.toml. Runs in the foreground; systemd starts it as newswire-forward.service.

      EXAMPLES
        newswire-forward --check
            Read the settings, print every mistake as file:line:column, exit (78
            when there is one).

        newswire-forward --create-stream --replicas 3
            Make the stream that the settings name, on their servers, and exit.

        newswire-forward --config ./newswire.toml --spool ./var/spool
            Run as an ordinary user.

      EXIT STATUS
        0 stopped as asked, 64 usage, 69 no server can be reached
        (--create-stream), 74 disk error, 77 permission, 78 settings, or no
        queue there.
      """,
    version: newswireVersion)

  @Option(help: "The settings file; <file>.d/*.toml are read after it.")
  var config = "/etc/newswire/newswire.toml"

  @Flag(help: "Check the settings, print what is wrong, and exit.")
  var check = false

  @Flag(help: "Make the stream, and exit.")
  var createStream = false

  @Option(help: "Copies of the stream in a cluster, with --create-stream.")
  var replicas = 1

  @Option(help: "The queue directory instead of the configured one.")
  var spool: String?

  func validate() throws {
    if !(1...5).contains(replicas) { throw ValidationError("--replicas must be 1 to 5.") }
  }

  static func main() async {
    // Before anything is opened.
    StandardOutput.holdPlaces()
    await main(nil)
  }

  mutating func run() async throws {
    signal(SIGPIPE, SIG_IGN)
    let environment = ServiceEnvironment.current()
    var settings: Settings
    do throws(Problems) {
      settings = try Settings(file: config, required: config != "/etc/newswire/newswire.toml")
    } catch {
      Self.leave(.configuration, error.description)
    }
    if let spool { settings.paths.spool = spool }
    let folder = CredentialFolder(path: settings.paths.credentials ?? environment.credentialsDirectory)
    let target: Target
    do throws(Target.Mistake) {
      // Outside of the service nobody can read what systemd hands to it alone.
      target = try Target(settings.forward, credentials: check && folder.path == nil ? nil : folder)
    } catch {
      Self.leave(.configuration, "\(config): \(error.message)")
    }
    if check {
      Terminal.write("\(config): settings are good\n")
      ExitStatus.ok.leave()
    }
    if createStream {
      await make(target)
      return
    }
    let forwarder: Forwarder
    do {
      forwarder = try Forwarder(settings: settings, target: target, environment: environment)
    } catch {
      Notifier(environment: environment).failed(errno: 0, status: error.description)
      Self.leave(ExitStatus(rawValue: error.exitStatus) ?? .software, error.description)
    }
    await forwarder.run().leave()
  }

  private func make(_ target: Target) async {
    let client = StreamClient(target.stream) { _ in }
    var problems: [Trouble] = []
    for address in target.addresses {
      do throws(StreamProblem) {
        let facts = try await client.createStream(at: address, replicas: replicas, window: Target.window)
        Terminal.write(
          "\(target.stream.stream): made at \(facts.server) for \(facts.subjects.joined(separator: ", ")), on disk; "
            + "knows an article again for \(Int(facts.window / 3600)) h\n")
        ExitStatus.ok.leave()
      } catch {
        problems.append(target.trouble(error))
      }
    }
    let text = problems.map { "\($0.reason)\($0.remedy.map { "; " + $0 } ?? "")" }.joined(separator: "\n")
    Self.leave(problems.allSatisfy { $0.kind == .away } ? .unavailable : .configuration, redacted(text))
  }

  static func leave(_ code: ExitStatus, _ text: String) -> Never {
    Terminal.write(text + "\n", to: 2)
    code.leave()
  }
}
