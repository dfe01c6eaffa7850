public import Values

extension Store {
  /// When a source was last attempted; nil before the first time.
  public func latestAttempt() throws(StoreError) -> Timestamp? {
    try database.first("read sources", "SELECT max(last_attempt) FROM sources") { $0.optionalTime(0) } ?? nil
  }

  /// Moves the next visit of every source and the next try of every waiting item, after the clock was set.
  public func shiftPlans(seconds: Int64) throws(StoreError) {
    let step = SQLValue.integer(seconds.multipliedReportingOverflow(by: 1_000_000).partialValue)
    try database.run("move waiting items", "UPDATE items SET next_try = next_try + ? WHERE state = 0", step)
    try database.run("move sources", "UPDATE sources SET next_due = next_due + ? WHERE next_due IS NOT NULL", step)
  }

  /// Makes items due at `limit` that a clock which was wrong then put off beyond it.
  public func bringForward(waitingBeyond limit: Timestamp) throws(StoreError) {
    try database.run(
      "move waiting items", "UPDATE items SET next_try = ?1 WHERE state = 0 AND next_try > ?1", .time(limit))
  }
}
