/// Who may start when: at most so many requests at once, in all and in each rate group, and a least time between the
/// starts of two of one group. A pure state machine: it is told what happens and when, and says which requests start.
///
/// Groups with something to start take turns, so a long backlog of one publisher cannot hold up the others. Within a
/// group the greater priority goes first, then the one that came first. Each request is held to its own numbers: where
/// two publishers share a group, the more careful one stays careful.
struct GroupGate {
  /// Nanoseconds of a clock that never goes back.
  typealias Instant = Int64
  typealias ID = Int

  private struct Waiting {
    let id: ID
    let priority: Int
    let concurrency: Int
    let gap: Int64
  }

  private struct Group {
    var waiting: [Waiting] = []
    var running = 0
    var lastStart: Instant?
    /// Set when the server asked for a pause.
    var notBefore: Instant?
    /// The longest gap asked for; how long `lastStart` has to be remembered.
    var longestGap: Int64 = 0

    /// When the request may start as far as time is concerned.
    func earliest(_ request: Waiting) -> Instant {
      max(lastStart.map { $0 + request.gap } ?? .min, notBefore ?? .min)
    }
  }

  var maxConcurrent: Int
  private(set) var running = 0
  private var groups: [String: Group] = [:]
  private var groupOf: [ID: String] = [:]
  /// How many groups are remembered before those are looked for that can be forgotten.
  private var mostGroups = 256
  /// Groups with waiting requests; the one that started last goes to the end.
  private var ring: [String] = []

  init(maxConcurrent: Int) { self.maxConcurrent = maxConcurrent }

  var waiting: Int { groupOf.count }

  /// Adds a request; `next` says when it starts.
  mutating func enqueue(_ id: ID, group: String, priority: Int, concurrency: Int, gap: Int64) {
    precondition(groupOf[id] == nil, "a request waits once")
    let request = Waiting(id: id, priority: priority, concurrency: max(1, concurrency), gap: max(0, gap))
    var state = groups[group] ?? Group()
    if state.waiting.isEmpty { ring.append(group) }
    let at = state.waiting.lastIndex { $0.priority >= priority }.map { $0 + 1 } ?? 0
    state.waiting.insert(request, at: at)
    state.longestGap = max(state.longestGap, request.gap)
    groups[group] = state
    groupOf[id] = group
  }

  /// The request that starts now, nil when none may. Call until nil. A started request has to be finished once.
  mutating func next(now: Instant) -> (id: ID, group: String)? {
    guard running < maxConcurrent else { return nil }
    for (position, name) in ring.enumerated() {
      guard var state = groups[name], let first = state.waiting.first else {
        preconditionFailure("a group in the ring has something waiting")
      }
      guard state.running < first.concurrency, state.earliest(first) <= now else { continue }
      state.waiting.removeFirst()
      state.running += 1
      state.lastStart = now
      ring.remove(at: position)
      if !state.waiting.isEmpty { ring.append(name) }
      groups[name] = state
      groupOf[first.id] = nil
      running += 1
      return (first.id, name)
    }
    return nil
  }

  /// A started request of the group is being sent only now.
  mutating func departed(group: String, now: Instant) { groups[group]?.lastStart = now }

  /// A started request of the group has ended, however it ended.
  mutating func finish(group: String, now: Instant) {
    guard var state = groups[group], state.running > 0 else { preconditionFailure("finished without a start") }
    state.running -= 1
    running -= 1
    groups[group] = state
    if groups.count > mostGroups { forgetIdle(now: now) }
  }

  /// Takes a waiting request out; false when it was not waiting.
  mutating func cancel(_ id: ID) -> Bool {
    guard let name = groupOf.removeValue(forKey: id) else { return false }
    groups[name]?.waiting.removeAll { $0.id == id }
    if groups[name]?.waiting.isEmpty == true { ring.removeAll { $0 == name } }
    return true
  }

  /// Nothing of the group starts before `until`. An earlier end than the present one changes nothing.
  mutating func hold(group: String, until: Instant) {
    groups[group, default: Group()].notBefore = max(groups[group]?.notBefore ?? .min, until)
  }

  /// Until when nothing of the group starts because its server asked for that; nil when nothing holds it.
  func holdEnd(of group: String, now: Instant) -> Instant? {
    groups[group]?.notBefore.flatMap { $0 > now ? $0 : nil }
  }

  func hasWaiting(group: String) -> Bool { groups[group]?.waiting.isEmpty == false }

  /// What waits in the group.
  func waitingIDs(of group: String) -> [ID] { groups[group]?.waiting.map(\.id) ?? [] }

  /// When `next` should be asked again if nothing else happens before; nil when only an end can change something.
  func nextWake(now: Instant) -> Instant? {
    guard running < maxConcurrent else { return nil }
    var earliest: Instant?
    for name in ring {
      guard let state = groups[name], let first = state.waiting.first, state.running < first.concurrency else {
        continue
      }
      earliest = min(earliest ?? .max, max(now, state.earliest(first)))
    }
    return earliest
  }

  /// Every group that has something waiting or running, sorted by name.
  var summary: [(name: String, running: Int, waiting: Int)] {
    groups.filter { $0.value.running > 0 || !$0.value.waiting.isEmpty }.sorted { $0.key < $1.key }
      .map { ($0.key, $0.value.running, $0.value.waiting.count) }
  }

  /// Groups remembered, idle ones included.
  var knownGroups: Int { groups.count }

  /// Forgets groups whose past cannot delay anything any more.
  private mutating func forgetIdle(now: Instant) {
    groups = groups.filter { _, state in
      state.running > 0 || !state.waiting.isEmpty || (state.lastStart ?? .min) > now - state.longestGap
        || (state.notBefore ?? .min) > now
    }
    // Looking through all of them is worth it when many may have gone.
    mostGroups = max(256, 2 * groups.count)
  }
}
