public import Values

/// The rate groups that rest because their servers asked for it: remembered, so that a restart does not forget it.
extension Store {
  private static let prefix = "hold:"

  public func saveHold(group: String, until: Timestamp) throws(StoreError) {
    try database.run(
      "save hold",
      "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      .text(Self.prefix + group), .text("\(until.seconds)"))
  }

  /// Longer than this no server is given rest, in seconds.
  public static let longestHold: Int64 = 86_400

  /// Those that have not ended; the others are forgotten. One that would last longer than any was saved by a clock that
  /// was ahead, and ends when the longest would.
  public func holds(now: Timestamp) throws(StoreError) -> [(group: String, until: Timestamp)] {
    try database.run(
      "forget holds",
      // A server may look at the value of a row before its name.
      "DELETE FROM facts WHERE CASE WHEN name LIKE 'hold:%' THEN CAST(value AS BIGINT) <= ? END", .integer(now.seconds))
    let latest = now.seconds + Self.longestHold
    try database.run(
      "shorten holds",
      "UPDATE facts SET value = ? WHERE CASE WHEN name LIKE 'hold:%' THEN CAST(value AS BIGINT) > ? END",
      .text("\(latest)"), .integer(latest))
    return try database.rows(
      "read holds",
      "SELECT name, CASE WHEN name LIKE 'hold:%' THEN CAST(value AS BIGINT) END FROM facts WHERE name LIKE 'hold:%'"
    ) {
      (group: String($0.text(0).dropFirst(Self.prefix.count)), until: Timestamp(seconds: $0.int64(1)))
    }
  }
}
