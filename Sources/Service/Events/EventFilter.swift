public import Values

/// Which records a reader of the log wants. All conditions hold together.
public struct EventFilter: Sendable, Equatable {
  public var publisher: String?
  /// Empty for all; otherwise records of these kinds and no others.
  public var kinds: Set<EventKind> = []
  /// This level and those above.
  public var level: EventLevel = .debug
  /// Not before this instant.
  public var since: Timestamp?

  public init() {}

  public func matches(_ record: EventRecord) -> Bool {
    if record.level < level { return false }
    if let publisher, record.publisher != publisher { return false }
    if !kinds.isEmpty {
      guard let kind = record.kind, kinds.contains(kind) else { return false }
    }
    if let since, record.time < since { return false }
    return true
  }

  /// The kinds that a name on the command line means: a whole name (`article.published`), a family (`article`) or the
  /// last part that several share (`failed`). Empty when it means none.
  public static func kinds(named name: String) -> Set<EventKind> {
    let name = name.lowercased()
    if let kind = EventKind(rawValue: name) { return [kind] }
    return Set(
      EventKind.allCases.filter { kind in
        let parts = kind.rawValue.split(separator: ".")
        return parts.first.map(String.init) == name || parts.last.map(String.init) == name
      })
  }

  /// The arguments with which journalctl(1) gives the same records, one JSON object a line.
  /// - Parameter lines: how many of the last records; nil for all.
  public func journalArguments(unit: String, lines: Int?, follow: Bool) -> [String] {
    var arguments = ["--output=json", "--all", "--quiet", "--no-pager", "--unit=\(unit)"]
    if follow { arguments.append("--follow") }
    arguments.append("--lines=\(lines.map(String.init) ?? "all")")
    if let since { arguments.append("--since=@\(since.seconds)") }
    if level > .debug { arguments.append("--priority=\(level.priority)") }
    if let publisher { arguments.append("NEWSWIRE_PUBLISHER=\(publisher)") }
    // Matches on the same field are alternatives.
    arguments += kinds.map(\.rawValue).sorted().map { "NEWSWIRE_EVENT=\($0)" }
    return arguments
  }
}
