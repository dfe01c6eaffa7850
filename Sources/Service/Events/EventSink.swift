public import Logging
import Synchronization
import Values

/// Where records go: the journal, a terminal, a pipe, a file. A sink never blocks for long and never fails its caller:
/// a daemon does not stop because its log does.
public protocol EventSink: Sendable {
  func write(_ record: EventRecord)
  /// Sees to it that what was written last is kept as it should be, though the program ends now.
  func settle()
}

extension EventSink {
  public func settle() {}
}

/// From which level on records are kept, for all and for single publishers; changed while running by
/// `newswirectl log-level`.
public final class EventLevels: Sendable {
  private struct State {
    var general: EventLevel
    var publishers: [String: EventLevel] = [:]
    /// The lowest of all: most calls are answered by it alone.
    var lowest: EventLevel

    mutating func settle() { lowest = publishers.values.reduce(general, min) }
  }

  private let state: Mutex<State>

  public init(_ level: EventLevel = .info) { state = Mutex(State(general: level, lowest: level)) }

  public var general: EventLevel { state.withLock { $0.general } }

  /// Sets the level for every publisher without one of its own.
  public func set(_ level: EventLevel) {
    state.withLock {
      $0.general = level
      $0.settle()
    }
  }

  /// Sets the level of one publisher; nil gives it back to the general one.
  public func set(_ level: EventLevel?, publisher: String) {
    state.withLock {
      $0.publishers[publisher] = level
      $0.settle()
    }
  }

  public func isEnabled(_ level: EventLevel, publisher: String?) -> Bool {
    state.withLock { state in
      guard level >= state.lowest else { return false }
      return level >= (publisher.flatMap { state.publishers[$0] } ?? state.general)
    }
  }
}

/// swift-log's way to the sinks, for libraries: turns a log event into a record without a kind, cleans it and hands it
/// to each sink. Its metadata become fields.
public struct EventLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  /// Filters what comes this way; `EventLog` asks `EventLevels` itself.
  public var logLevel: Logger.Level
  public var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let sinks: [any EventSink]
  private let now: @Sendable () -> Timestamp

  public init(label: String, sinks: [any EventSink], logLevel: Logger.Level = .info) {
    self.init(label: label, sinks: sinks, logLevel: logLevel, now: { Timestamp.now() })
  }

  init(label: String, sinks: [any EventSink], logLevel: Logger.Level, now: @escaping @Sendable () -> Timestamp) {
    self.label = label
    self.sinks = sinks
    self.logLevel = logLevel
    self.now = now
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
    if let own = event.metadata { all.merge(own) { $1 } }
    if let error = event.error, all["error"] == nil { all["error"] = .string(String(describing: error)) }
    var record = EventRecord(
      time: now(), level: EventLevel(event.level), message: event.message.description, fields: [:],
      code: EventRecord.CodePlace(file: event.file, line: Int(event.line), function: event.function))
    record.fields = all.mapValues { $0.description }
    record.fields["logger"] = label
    record = record.cleaned()
    for sink in sinks { sink.write(record) }
  }
}
