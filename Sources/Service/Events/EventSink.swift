import Synchronization

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
