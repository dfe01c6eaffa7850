/// Groups that lie free and stay so: the plugins of those nodes do not want them whose they would be by the weights.
/// Another node takes them then, and keeps them.
struct Leftovers: Sendable {
  typealias Instant = LeaseClock.Instant

  /// Since when something has lain free that is not for this node by the weights, and how much it was at the last look.
  private var since: Instant?
  private var free = 0
  /// Whether it is asked for in this beat.
  private var isAsking = false
  /// What was taken so. Not given back for the sake of those who are short, who did not want it: they would leave it
  /// lying again.
  private var kept: Set<String> = []
  /// The nodes that take part, and how much each wants: with another company it may be wanted.
  private var company: [String: Int] = [:]

  /// What a beat has found. Sets the claim of a share that has none.
  mutating func look(_ share: inout FairShare, free: Int, others: [String: Int], lease: Int64, now: Instant) {
    if others != company { kept = [] }
    company = others
    isAsking = false
    let isUnchanged = free == self.free
    self.free = free
    // As long as those who are short take some of it, it is theirs.
    if free == 0 || share.claim > 0 || (share.lacking > 0 && !isUnchanged) { since = nil }
    guard free > 0, share.claim == 0 else { return }
    let first = since ?? now
    since = first
    // They get three beats, of which the first may come while what was given back is resting.
    guard now - first >= (share.lacking > 0 ? lease * 3 / 5 : lease * 2 / 5 - lease / 30) else { return }
    if share.lacking > 0 { since = nil }
    isAsking = true
    share.claim = max(1, free / (others.count + 1))
  }

  mutating func took(_ group: String) {
    if isAsking { kept.insert(group) }
  }

  func keeps(_ group: String) -> Bool { kept.contains(group) }

  /// What this node's plugins want is new.
  mutating func forget() { kept = [] }
}
