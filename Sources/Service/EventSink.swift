public import Logging
import Synchronization
import Values

/// Where records go: the journal, a terminal, a pipe, a file. A sink never blocks for long and never fails its caller:
/// a daemon does not stop because its log does.
public protocol EventSink: Sendable {
  func write(_ record: EventRecord)
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

/// swift-log's way to the sinks: turns a log event into a record once, cleans it and hands it to each sink. Events of
/// `EventLog` carry their kind and fields as metadata under fixed keys; a library's own metadata become further fields.
public struct EventLogHandler: LogHandler {
  public var metadata: Logger.Metadata = [:]
  /// Filters what other loggers send; `EventLog` asks `EventLevels` itself.
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
    record.take(all)
    if record.kind == nil { record.fields["logger"] = label }
    record = record.cleaned()
    for sink in sinks { sink.write(record) }
  }
}

/// The metadata keys under which `EventLog` hands its fields through swift-log.
enum EventKey {
  static let event = "event"
  static let publisher = "publisher"
  static let source = "source"
  static let url = "url"
  static let article = "article"
  static let status = "status"
  static let bytes = "bytes"
  static let duration = "duration_usec"
  static let outcome = "outcome"
  static let next = "next"
  static let errno = "errno"
}

extension EventRecord {
  /// Sorts metadata into the record's members; what has no member, or not its type, becomes a field.
  fileprivate mutating func take(_ metadata: Logger.Metadata) {
    for (key, value) in metadata {
      let text = value.description
      switch key {
      case EventKey.event where EventKind(rawValue: text) != nil: kind = EventKind(rawValue: text)
      case EventKey.publisher: publisher = text
      case EventKey.source: source = text
      case EventKey.url: url = text
      case EventKey.article: article = text
      case EventKey.status where Int(text) != nil: status = Int(text)
      case EventKey.bytes where Int(text) != nil: bytes = Int(text)
      case EventKey.duration where Int(text) != nil: duration = Int(text)
      case EventKey.outcome: outcome = text
      case EventKey.next: next = text
      case EventKey.errno where Int(text) != nil: errno = Int(text)
      default: fields[key] = text
      }
    }
  }
}
