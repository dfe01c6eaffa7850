public import Values

/// The daemon's log: every record is an event of a known kind with the same fields everywhere, so that it can be
/// counted and filtered as well as read. Free to call from anywhere; a record below the level costs one comparison.
public struct EventLog: Sendable {
  private let sinks: [any EventSink]
  public let levels: EventLevels

  public init(sinks: [any EventSink], levels: EventLevels = EventLevels()) {
    self.sinks = sinks
    self.levels = levels
  }

  /// The log as a service wants it: the journal when stderr is the journal, coloured columns when it is a terminal,
  /// plain lines otherwise; and the file in addition, when one is given.
  /// - Parameters:
  ///   - target: what standard error is; `auto` finds out.
  ///   - file: the path of the JSON-lines file, usually `<state>/log/newswired.jsonl`; its directory is made.
  ///   - fileSize: bytes after which the file is turned over.
  ///   - files: how many files are kept.
  public static func standard(
    environment: ServiceEnvironment, identifier: String = "newswired", target: Target = .auto, file: String? = nil,
    fileSize: Int = 8 << 20, files: Int = 5, levels: EventLevels = EventLevels()
  ) -> EventLog {
    var sinks: [any EventSink] = []
    switch target == .auto ? found(environment) : target {
    case .journal: sinks.append(JournalSink(identifier: identifier))
    case .terminal:
      sinks.append(TerminalSink(descriptor: 2, colour: Terminal.wantsColour(2, environment: environment.variables)))
    case .plain, .auto: sinks.append(LineSink(descriptor: 2, priorities: environment.isService))
    case .none: break
    }
    if let file {
      let others = sinks
      sinks.append(
        FileSink(path: file, maximumSize: fileSize, files: files) { record in
          for sink in others { sink.write(record) }
        })
    }
    return EventLog(sinks: sinks, levels: levels)
  }

  /// Why the log file cannot be written; nil while it can, and without one.
  public var fileProblem: String? { sinks.lazy.compactMap { ($0 as? FileSink)?.problem }.first }

  /// Begins the log file anew when it was removed or moved away, as it does by itself in time.
  public func lookAtFile() {
    for sink in sinks { (sink as? FileSink)?.look() }
  }

  /// Where records go beside the file.
  public enum Target: String, Sendable {
    case auto, journal, terminal, plain, none
  }

  private static func found(_ environment: ServiceEnvironment) -> Target {
    if environment.isJournalStream(2) { return .journal }
    return Terminal.isTerminal(2) ? .terminal : .plain
  }

  /// A log that keeps nothing: for tests and offline verbs.
  public static let silent = EventLog(sinks: [], levels: EventLevels(.critical))

  /// Records an event.
  /// - Parameters:
  ///   - message: one short sentence without publisher, address and figures that have a field; no line breaks needed.
  ///   - level: when it differs from the kind's own.
  ///   - publisher: the plugin's id.
  ///   - source: which source of the publisher.
  ///   - url: shown without its userinfo and without the values of key parameters.
  ///   - article: the article's `uri`.
  ///   - status: the HTTP status.
  ///   - bytes: the size of what was received or written.
  ///   - duration: how long it took.
  ///   - outcome: one word for machines: `new`, `timeout`, `dns`, …
  ///   - next: what happens next, as a phrase: `again in 5 min`.
  ///   - errno: the system's error number, if it was one.
  ///   - fields: what else is known, by short lower-case names.
  public func record(
    _ kind: EventKind, _ message: @autoclosure () -> String, level: EventLevel? = nil, publisher: String? = nil,
    source: String? = nil, url: WebURL? = nil, article: String? = nil, status: Int? = nil, bytes: Int? = nil,
    duration: Duration? = nil, outcome: String? = nil, next: String? = nil, errno: Int32? = nil,
    fields: [String: String] = [:], file: String = #fileID, function: String = #function, line: UInt = #line
  ) {
    let level = level ?? kind.level
    guard levels.isEnabled(level, publisher: publisher) else { return }
    let record = EventRecord(
      time: .now(), level: level, kind: kind, message: message(), publisher: publisher, source: source,
      url: url?.description, article: article, status: status, bytes: bytes,
      duration: duration.map { Int($0.microseconds) }, outcome: outcome, next: next, errno: errno.map { Int($0) },
      fields: fields, code: EventRecord.CodePlace(file: file, line: Int(line), function: function)
    ).cleaned()
    for sink in sinks { sink.write(record) }
  }

  /// To be called between the last record and the end of the program. May take a twentieth of a second.
  public func settle() {
    for sink in sinks { sink.settle() }
  }
}
