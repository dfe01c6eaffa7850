public import Values

/// What follows a clock that was set. The plans of a fleet are made by many clocks: there nothing is moved because of one.
extension Store {
  /// When a source was last attempted; nil before the first time, and of a fleet.
  public func latestAttempt() throws(StoreError) -> Timestamp? {
    if database.server != nil { return nil }
    return try database.first("read sources", "SELECT max(last_attempt) FROM sources") { $0.optionalTime(0) } ?? nil
  }

  /// Moves the next visit of every source and the next try of every waiting item, after the clock was set.
  public func shiftPlans(seconds: Int64) throws(StoreError) {
    if database.server != nil { return }
    let step = SQLValue.integer(seconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
    try database.run("move waiting items", "UPDATE items SET next_try = next_try + ? WHERE state = 0", step)
    try database.run("move sources", "UPDATE sources SET next_due = next_due + ? WHERE next_due IS NOT NULL", step)
  }

  /// Makes items due at `limit` that a clock which was wrong then put off beyond it. Where a server's clock is later than
  /// this machine's it is the one that counts.
  public func bringForward(waitingBeyond limit: Timestamp) throws(StoreError) {
    var limit = limit
    if database.server != nil {
      let time = try database.first(
        "read clock", "SELECT CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)"
      ) { $0.time(0) }
      if let time { limit = max(limit, time.adding(seconds: limit.seconds - Timestamp.now().seconds)) }
    }
    try database.run(
      "move waiting items", "UPDATE items SET next_try = ?1 WHERE state = 0 AND next_try > ?1", .time(limit))
  }
}
