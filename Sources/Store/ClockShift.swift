public import Values

/// What follows a clock that was set. The plans of a fleet are made by many clocks: there nothing is moved because of
/// one.
extension Store {
  /// When a source was last attempted; nil before the first time, and of a fleet.
  public func latestAttempt() throws(StoreError) -> Timestamp? {
    if database.server != nil { return nil }
    return try database.first("read sources", "SELECT max(last_attempt) FROM sources") { $0.optionalTime(0) } ?? nil
  }

  /// Moves the next visit of every source, the next try of every waiting item and the next look at every finished one,
  /// after the clock was set. Items that are still of use and were discovered after `now` were so while it was ahead:
  /// they move too.
  public func shiftPlans(seconds: Int64, now: Timestamp = .now()) throws(StoreError) {
    if database.server != nil { return }
    // What is so far off that a sum has no room stays where it is: SQLite would make a number of another kind of it.
    let step = SQLValue.integer(min(max(seconds, -1_000_000_000_000), 1_000_000_000_000) * 1_000_000)
    func moved(_ column: String) -> String {
      let most = "4000000000000000000"
      return "\(column) = CASE WHEN \(column) BETWEEN -\(most) AND \(most) THEN \(column) + ?1 ELSE \(column) END"
    }
    let discovered =
      "discovered_at = CASE WHEN discovered_at BETWEEN ?2 + 1 AND 4000000000000000000 THEN discovered_at + ?1 "
      + "ELSE discovered_at END"
    try database.run(
      "move waiting items",
      "UPDATE items SET \(moved("next_try")), \(moved("revisit_at")), \(discovered) WHERE state = 0", step,
      .time(now))
    try database.run(
      "move looks",
      "UPDATE items SET \(moved("revisit_at")), \(discovered) WHERE revisit_at IS NOT NULL AND state = 1", step,
      .time(now))
    try database.run("move sources", "UPDATE sources SET \(moved("next_due")) WHERE next_due IS NOT NULL", step)
  }

  /// Makes items due at `limit` that a clock which was wrong then put off beyond it. Where a server's clock is later
  /// than this machine's it is the one that counts.
  public func bringForward(waitingBeyond limit: Timestamp) throws(StoreError) {
    try database.run(
      "move waiting items",
      """
      UPDATE items SET next_try = ?1, revisit_at = CASE WHEN revisit_at = next_try THEN ?1 ELSE revisit_at END
      WHERE state = 0 AND next_try > ?1
      """,
      .time(try byLaterClock(limit)))
  }

  /// The same for finished items, which are looked at again at ages counted from their discovery: that is not after
  /// `now`.
  public func bringForward(lookingBeyond limit: Timestamp, now: Timestamp = .now()) throws(StoreError) {
    try database.run(
      "move looks",
      """
      UPDATE items SET revisit_at = ?1, discovered_at = CASE WHEN discovered_at > ?2 THEN ?2 ELSE discovered_at END
      WHERE revisit_at IS NOT NULL AND state = 1 AND revisit_at > ?1
      """, .time(try byLaterClock(limit)), .time(now))
  }

  private func byLaterClock(_ limit: Timestamp) throws(StoreError) -> Timestamp {
    guard database.server != nil else { return limit }
    let time = try database.first(
      "read clock", "SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)"
    ) { $0.time(0) }
    return time.map { max(limit, $0.adding(seconds: limit.seconds - Timestamp.now().seconds)) } ?? limit
  }
}
