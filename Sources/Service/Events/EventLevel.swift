/// How much an event matters. The order is that of importance, `debug` lowest.
public enum EventLevel: Int, Sendable, CaseIterable, Comparable {
  case debug, info, notice, warning, error, critical

  /// `debug`, `info`, …
  public var name: String {
    switch self {
    case .debug: "debug"
    case .info: "info"
    case .notice: "notice"
    case .warning: "warning"
    case .error: "error"
    case .critical: "critical"
    }
  }

  public init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
    self = level
  }

  /// The syslog priority (sd-daemon(3)): 7 for debug down to 2 for critical.
  public var priority: Int { 7 - rawValue }

  /// The level of a syslog priority; emergency and alert count as critical.
  public init?(priority: Int) {
    guard (0...7).contains(priority) else { return nil }
    self = EventLevel(rawValue: 7 - priority) ?? .critical
  }

  public static func < (a: EventLevel, b: EventLevel) -> Bool { a.rawValue < b.rawValue }
}
