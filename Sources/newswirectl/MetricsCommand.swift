import ArgumentParser
import Glibc
import Service
import Values

/// `newswirectl metrics`: the daemon's figures for Prometheus.
struct MetricsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "metrics",
    abstract: "Print the daemon's figures as OpenMetrics text.",
    discussion: """
      Prints OpenMetrics 1.0. With --textfile it writes the same figures in the older Prometheus text format, which is \
      what node_exporter's textfile collector reads, beside the file and renames them over it, so that no scrape meets \
      half of it; newswire-metrics.timer does that twice a minute. A daemon that does not run gives newswire_up 0 and \
      exit status 0, so that the absence itself is scraped.

      EXAMPLES
        newswirectl metrics
        newswirectl metrics \\
          --textfile /var/lib/prometheus/node-exporter/newswire.prom
        systemctl enable --now newswire-metrics.timer
      """)

  @OptionGroup var control: ControlOptions

  @Option(help: ArgumentHelp("Write them to this file instead, for node_exporter.", valueName: "path"))
  var textfile: String?

  func run() throws {
    let status = try? ControlClient(path: control.path).call("status", JSONObject(), timeout: .seconds(10)) { _ in }
    guard let textfile else {
      Terminal.write(Metrics(status).text(.openMetrics))
      return
    }
    if let problem = replaceFile(textfile, with: Metrics(status).text(.prometheus)) {
      try fail("\(textfile) cannot be written: \(problem)", .cannotCreate)
    }
  }
}

/// Puts a whole new file in the place of the old one, readable for all; the reason when that fails.
private func replaceFile(_ path: String, with text: String) -> String? {
  // Not ending in .prom: the collector must not read it.
  let partial = "\(path).\(getpid()).new"
  let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o644)
  guard descriptor >= 0 else { return String(cString: strerror(errno)) }
  let isWritten = fchmod(descriptor, 0o644) == 0 && Terminal.write(text, to: descriptor)
  let code = errno
  guard close(descriptor) == 0, isWritten, rename(partial, path) == 0 else {
    let reason = String(cString: strerror(isWritten ? errno : code))
    unlink(partial)
    return reason
  }
  return nil
}
