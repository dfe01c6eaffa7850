public import Values

/// One attempt at a source and what it brought.
public struct Attempt: Sendable, Equatable {
  public var at: Timestamp
  /// The HTTP status; nil without an answer.
  public var status: Int?
  /// One word: `new`, `unchanged`, `timeout`.
  public var outcome: String
  public var items: Int
  public var new: Int

  public init(at: Timestamp, status: Int?, outcome: String, items: Int = 0, new: Int = 0) {
    self.at = at
    self.status = status
    self.outcome = outcome
    self.items = items
    self.new = new
  }
}

/// The last attempts at a source, the latest first, in a text of some thirty bytes each: kept for every source, so
/// small.
public struct Attempts: Sendable, Equatable {
  public static let kept = 5
  /// `seconds/status/outcome/items/new`, with spaces between.
  var text: String

  init(text: String) { self.text = text }
  public init() { text = "" }

  public mutating func add(_ attempt: Attempt) {
    let outcome = attempt.outcome.map { $0 == " " || $0 == "/" ? "-" : $0 }
    let entry =
      "\(attempt.at.seconds)/\(attempt.status.map(String.init) ?? "")/\(String(outcome))/\(attempt.items)/\(attempt.new)"
    text = ([Substring(entry)] + text.split(separator: " ").prefix(Self.kept - 1)).joined(separator: " ")
  }

  /// Says of the latest attempt what came of it in the end: of an index, what its sitemaps brought.
  public mutating func amend(outcome: String, items: Int, new: Int) {
    guard var last = list.first else { return }
    (last.outcome, last.items, last.new) = (outcome, items, new)
    text = text.split(separator: " ").dropFirst().joined(separator: " ")
    add(last)
  }

  public var list: [Attempt] {
    text.split(separator: " ").compactMap { entry in
      let fields = entry.split(separator: "/", omittingEmptySubsequences: false)
      guard fields.count == 5, let seconds = Int64(fields[0]), let items = Int(fields[3]), let new = Int(fields[4])
      else { return nil }
      return Attempt(
        at: Timestamp(seconds: seconds), status: Int(fields[1]), outcome: String(fields[2]), items: items, new: new)
    }
  }
}
