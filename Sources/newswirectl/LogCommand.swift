import ArgumentParser
import Glibc
import Service
import Values

/// `newswirectl log`: the ingestion log as the daemon's own terminal shows it.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log",
    abstract: "Show what the daemon does, as it does it.",
    discussion: """
      Reads the journal when newswired runs under systemd, otherwise the daemon's log file. On a terminal the lines are \
      aligned and shortened to its width, and what repeats within a minute is folded into one line; in a pipe they are \
      complete, with full dates.

      Every line names its event. --event takes a whole name (article.published), a family (article) or an ending \
      (failed). 'journalctl -x' explains each event at length.

      EXAMPLES
        newswirectl log -f                          follow everything
        newswirectl log -f --publisher bbc          follow one publisher
        newswirectl log --errors --since yesterday  what went wrong since yesterday
        newswirectl log -f --socket var/control.sock    of a daemon run by hand
        newswirectl log --event article.published --since 10m --json | jq -r .url
      """)

  @Flag(name: [.short, .long], help: "Go on with new records as they come.")
  var follow = false

  @Option(help: "Only records of this publisher (the plugin's id).")
  var publisher: String?

  @Option(help: ArgumentHelp("Only this event; may be given several times.", valueName: "event"))
  var event: [String] = []

  @Option(
    help: ArgumentHelp(
      "Not older than: 10m, 2h, 3d, 17:30, today, yesterday, 2026-11-22 17:30, RFC 3339.", valueName: "time"))
  var since: String?

  @Flag(help: "Only what went wrong: warnings and worse.")
  var errors = false

  @Flag(help: "One JSON object a line instead of text.")
  var json = false

  @Flag(help: "On a terminal too, every record on a line of its own.")
  var all = false

  @Option(
    name: [.customShort("n"), .long],
    help: ArgumentHelp("How many of the last records; without --since 50, with it all.", valueName: "count"))
  var lines: Int?

  @OptionGroup var control: ControlOptions

  @Option(help: ArgumentHelp("Read this log file, and those it was turned over to.", valueName: "path"))
  var file: String?

  static let unit = "newswired.service"
  static let standardFile = "/var/lib/newswire/log/newswired.jsonl"

  func validate() throws {
    if let lines, lines < 0 { throw ValidationError("-n takes a count of records, 0 or more.") }
    _ = try filter()
  }

  func run() throws {
    let filter = try filter()
    let count = lines ?? (since == nil ? 50 : nil)
    do {
      if let path = try file ?? fileOfDaemon() ?? fileToRead() {
        try readFile(path, filter, count)
      } else {
        try readJournal(filter, count)
      }
    } catch let error as LogFileError {
      try fail(error.description + (file == nil ? " Name another one with --file." : ""), error.exitStatus)
    }
  }

  func filter() throws -> EventFilter {
    var filter = EventFilter()
    filter.publisher = publisher
    if errors { filter.level = .warning }
    for name in event {
      let kinds = EventFilter.kinds(named: name)
      if kinds.isEmpty {
        let all = EventKind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("There is no event “\(name)”. The events are: \(all).")
      }
      filter.kinds.formUnion(kinds)
    }
    if let since {
      guard let time = LogTime.read(since) else {
        throw ValidationError("“\(since)” is not a time. Write 10m, 2h, 17:30, yesterday or 2026-11-22 17:30.")
      }
      filter.since = time
    }
    return filter
  }

  /// The log file of the daemon behind the socket that was named; nil when none was named, or its log is the journal.
  private func fileOfDaemon() throws -> String? {
    guard control.socket != nil || ServiceEnvironment.current().variables["NEWSWIRE_SOCKET"] != nil else { return nil }
    do throws(ControlFailure) {
      return try ControlClient(path: control.path).call("status")["log"]?.string
    } catch {
      guard case .notRunning(let path) = error else { try fail(error.description, error.exitStatus) }
      try fail(
        "newswired does not run: nobody answers at \(path), who could say where its log is. Name the log file with "
          + "--file; as a rule it is log/newswired.jsonl in the folder of its state.", error.exitStatus)
    }
  }

  /// The log file when it is the better source: the unit does not run, and the file is there; nil for the journal.
  private func fileToRead() -> String? {
    if JournalStream.runs(unit: Self.unit) { return nil }
    if access(Self.standardFile, R_OK) == 0 || !JournalStream.isAvailable { return Self.standardFile }
    return nil
  }

  private func readFile(_ path: String, _ filter: EventFilter, _ count: Int?) throws {
    var log = try LogFile(path: path)
    var out = Output(json: json, all: all)
    guard out.write(try log.last(count, matching: filter)), out.flush(by: nil) else { return }
    out.isLive = follow
    while follow {
      usleep(200_000)
      guard out.write(try log.next(matching: filter)), out.flush(by: .now()) else { return }
    }
  }

  private func readJournal(_ filter: EventFilter, _ count: Int?) throws {
    var stream = try JournalStream(
      arguments: filter.journalArguments(unit: Self.unit, lines: count, follow: follow))
    var out = Output(json: json, all: all)
    out.isLive = follow
    while true {
      // Held repeats are shown when their minute is over, whether or not something else comes.
      while follow, !stream.isReady(within: 1000) {
        guard out.flush(by: .now()) else { return }
      }
      guard let record = stream.next() else { break }
      guard out.write([record]) else { return }
    }
    guard out.flush(by: nil) else { return }
    let status = try stream.wait()
    if status != 0 { throw ArgumentParser.ExitCode(status) }
  }

  /// Standard output in the form asked for.
  private struct Output {
    let json: Bool
    var renderer: EventRenderer
    /// nil when nothing is folded.
    var folder: EventFolder?
    /// Whether records come as they happen: then each is shown at once, and what was held back stands after younger
    /// ones.
    var isLive = false
    /// In order; shown when nothing older can come any more.
    private var waiting: [EventRecord] = []

    init(json: Bool, all: Bool) {
      self.json = json
      folder = json || all || !Terminal.isTerminal(1) ? nil : EventFolder()
      let environment = ServiceEnvironment.current().variables
      renderer = EventRenderer(
        style: Terminal.isTerminal(1)
          ? .columns(width: Terminal.width(1), colour: Terminal.wantsColour(1, environment: environment)) : .plain)
    }

    /// False when nobody reads any more.
    mutating func write(_ records: [EventRecord]) -> Bool {
      guard folder != nil else { return show(records) }
      var shown: [EventRecord] = []
      for record in records { shown += folder?.take(record) ?? [] }
      return isLive ? show(shown) : showInOrder(shown)
    }

    private mutating func showInOrder(_ records: [EventRecord]) -> Bool {
      for record in records {
        let place = waiting.lastIndex { $0.time <= record.time }.map { $0 + 1 } ?? 0
        waiting.insert(record, at: place)
      }
      let held = folder?.heldSince
      let count = waiting.firstIndex { record in held.map { record.time > $0 } ?? false } ?? waiting.count
      defer { waiting.removeFirst(count) }
      return show(Array(waiting[..<count]))
    }

    /// Shows held repeats whose time is over; all for nil.
    mutating func flush(by now: Timestamp?) -> Bool {
      guard folder?.isHolding == true || !waiting.isEmpty else { return true }
      let shown = folder?.flush(by: now) ?? []
      return isLive ? show(shown) : showInOrder(shown)
    }

    private mutating func show(_ records: [EventRecord]) -> Bool {
      if records.isEmpty { return true }
      renderer.width = Terminal.width(1)
      var text = ""
      for record in records { text += (json ? record.json.text() : renderer.render(record)) + "\n" }
      return Terminal.write(text)
    }
  }
}
