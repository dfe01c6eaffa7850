import ArgumentParser
import Service
import Values

/// `newswirectl health`: one line and an exit status, for monitors.
struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Say whether all is well, for a monitor.",
    discussion: """
      Prints one line and exits as monitoring plugins do: 0 all is well; 1 something wants a look: a publisher fails, is \
      silent against its own habit or comes worse than usual, a plugin was refused or is not there, the queue is paused, the log file \
      cannot be written; 2 the daemon does not run, its state \
      cannot be read, or no publisher works.

      EXAMPLES
        newswirectl health || mail -s "newswire" ops@example.org < /dev/null
        newswirectl health --socket var/control.sock
      """)

  @OptionGroup var control: ControlOptions

  func run() throws {
    let status: JSON
    do {
      status = try ControlClient(path: control.path).call("status", JSONObject(), timeout: .seconds(10)) { _ in }
    } catch {
      Terminal.write("CRITICAL: \(escapingControls(error.description))\n")
      throw ArgumentParser.ExitCode(2)
    }
    let health = Health(StatusSnapshot(status))
    Terminal.write("\(health.word): \(escapingControls(health.reason))\n")
    if health.level > 0 { throw ArgumentParser.ExitCode(Int32(health.level)) }
  }
}

/// The verdict on a status. Pure.
struct Health: Equatable {
  /// 0, 1 or 2, as monitoring plugins count.
  let level: Int
  let reason: String

  var word: String { ["OK", "WARNING", "CRITICAL"][level] }

  init(_ status: StatusSnapshot) {
    let rows = status.publishers
    let down = rows.filter { $0.sources > 0 && $0.failing >= $0.sources }
    if let error = status.json["error"]?.string {
      (level, reason) = (2, error)
    } else if status.json["state"]?.string == "paused" {
      (level, reason) = (1, "fetching rests: " + (status.json["reason"]?.string ?? "paused by the operator"))
    } else if !rows.isEmpty, down.count == rows.count {
      (level, reason) = (2, "all of \(counted(down.count, "publisher")) fail: \(Self.names(down))")
    } else {
      // Each kind of trouble by itself: they have different remedies.
      let kinds = [
        ("failing", "fail"), ("pages", "have pages that nobody can read"), ("silent", "are silent"),
        ("partial", "lack their text"),
        ("unfilled", "are worse than usual"), ("sources", "have failing sources"),
        ("rules", "have rules that find nothing any more"),
      ]
      var parts = kinds.compactMap { kind, verb -> String? in
        let rows = rows.filter { $0.ailments.contains { $0.kind == kind } }
        return rows.isEmpty
          ? nil : "\(rows.count) of \(status.publishers.count) publishers \(verb): \(Self.names(rows))"
      }
      if !status.refused.isEmpty {
        let names = Self.shortened(status.refused.map(\.id))
        parts.append("\(counted(status.refused.count, "plugin")) refused: \(names)")
      }
      parts += status.ownProblems
      if parts.isEmpty {
        let pending = status.json["queue"]?["pending"]?.integer ?? 0
        (level, reason) = (0, "\(counted(rows.count, "publisher")), \(counted(pending, "article")) in the queue")
      } else {
        (level, reason) = (1, parts.joined(separator: "; "))
      }
    }
  }

  private static func names(_ rows: [PublisherRow]) -> String { shortened(rows.map(\.id)) }

  private static func shortened(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
