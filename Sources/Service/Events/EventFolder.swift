public import Values

/// Folds repeats, so that a log can be read at speed: the first of its kind is shown at once, what repeats it within a
/// minute is counted and shown as one line. Unchanged feeds and fetched pages count as repeats of each other, whoever's
/// they are: the routine by which news is found, not news.
/// For eyes only: files and pipes get every record. Pure; a value with a memory of one minute.
public struct EventFolder: Sendable {
  /// Seconds for which repeats are held.
  public static let window = 60.0

  private struct Key: Hashable {
    var kind: EventKind?
    var publisher: String?
    var message: String
  }

  private struct Group {
    var began: Timestamp
    var last: EventRecord
    var count = 0
    /// In the order of their first appearance.
    var publishers: [String] = []
  }

  private var groups: [Key: Group] = [:]
  /// Keys in the order in which their groups began.
  private var order: [Key] = []

  public init() {}

  /// Whether repeats are being held.
  public var isHolding: Bool { groups.values.contains { $0.count > 0 } }

  /// Before that time nothing is held any more, and nothing will be shown; nil while nothing is held. What is shown
  /// stands in order when it waits for that.
  public var heldSince: Timestamp? { groups.values.lazy.filter { $0.count > 0 }.map(\.last.time).min() }

  /// What is to be shown now, in order: held repeats whose minute is over, then the record unless it is a repeat.
  public mutating func take(_ record: EventRecord) -> [EventRecord] {
    var shown = flush(by: record.time)
    let key = Self.key(record)
    if groups[key] != nil {
      groups[key]?.count += 1
      groups[key]?.last = record
    } else {
      groups[key] = Group(began: record.time, last: record)
      order.append(key)
      shown.append(record)
    }
    if let publisher = record.publisher, groups[key]?.count ?? 0 > 0,
      groups[key]?.publishers.contains(publisher) == false
    {
      groups[key]?.publishers.append(publisher)
    }
    return shown
  }

  /// Held repeats whose minute is over by `now`; all of them for nil.
  public mutating func flush(by now: Timestamp? = nil) -> [EventRecord] {
    var shown: [EventRecord] = []
    order.removeAll { key in
      guard let group = groups[key] else { return true }
      if let now {
        let age = now.seconds(since: group.began)
        // A clock that was set back ends the minute too.
        guard age >= Self.window || age < -1 else { return false }
      }
      groups[key] = nil
      if group.count > 0 { shown.append(Self.summary(group, key, now)) }
      return true
    }
    return shown
  }

  /// Kinds of which one is like the other, and what several of them are called.
  private static let routine: [EventKind: String] = [.feedUnchanged: "unchanged", .pageFetched: "fetched"]

  private static func key(_ record: EventRecord) -> Key {
    record.kind.flatMap { routine[$0] } != nil && record.level <= .info
      ? Key(kind: record.kind, publisher: nil, message: "")
      : Key(kind: record.kind, publisher: record.publisher, message: record.message)
  }

  private static func summary(_ group: Group, _ key: Key, _ now: Timestamp?) -> EventRecord {
    if group.count == 1 { return group.last }
    var record = EventRecord(
      time: group.last.time, level: group.last.level, kind: key.kind, message: "", publisher: key.publisher,
      next: group.last.next)
    if key.publisher == nil, let word = key.kind.flatMap({ routine[$0] }) {
      record.message = "\(group.count) more \(word): " + group.publishers.joined(separator: ", ")
      record.next = nil
    } else {
      record.message = "\(group.count) more: \(group.last.message)"
    }
    record.fields = group.last.fields.filter { $0.key == "from" || $0.key == "logger" }
    return record
  }
}
