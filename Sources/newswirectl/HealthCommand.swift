import ArgumentParser
import Service
import Values

/// `newswirectl health`: one line and an exit status, for monitors.
struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Say whether all is well, for a monitor.",
    discussion: """
      Prints one line and exits as monitoring plugins do: 0 all is well, 1 something wants a look (a publisher fails, the
      queue is paused), 2 the daemon does not run or no publisher works.

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
    let health = Health(status)
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

  init(_ status: JSON) {
    let publishers = status["publishers"]?.array ?? []
    let broken = publishers.filter { publisher in
      let sources = publisher["sources"]?.integer ?? 0
      return sources > 0 && (publisher["failing"]?.integer ?? 0) >= sources
    }
    let names = broken.prefix(5).compactMap { $0["id"]?.string }.joined(separator: ", ")
    if let error = status["error"]?.string {
      (level, reason) = (2, error)
    } else if status["state"]?.string == "paused" {
      (level, reason) = (1, "fetching rests: " + (status["reason"]?.string ?? "paused by the operator"))
    } else if !publishers.isEmpty, broken.count == publishers.count {
      (level, reason) = (2, "all \(broken.count) publishers fail: \(names)")
    } else if !broken.isEmpty {
      (level, reason) = (1, "\(broken.count) of \(publishers.count) publishers fail: \(names)")
    } else {
      let pending = status["queue"]?["pending"]?.integer ?? 0
      (level, reason) = (0, "\(publishers.count) publishers, \(pending) articles in the queue")
    }
  }
}
