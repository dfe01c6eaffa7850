internal import Store

/// What a node holds, until when, and what it asks of the database next. A pure state machine: it says a statement, is
/// told the answer and when the statement was sent, and so on until the beat is done. It reads no clock and knows no
/// connection, so that a simulation can try it against delays, losses and clocks of every kind.
///
/// Two rules keep a group from being asked by two nodes at once, and neither looks at a clock that can be set:
/// - A node permits until the time at which it *sent* its last successful beat, plus the lease, less a margin.
/// - A node is declared gone only by one that *saw* the same beat of it for a whole lease, and the declaration takes
///   its session away in the same row that a beat renews: of the two, one comes first, and the other fails.
struct LeaseBook: Sendable {
  typealias Instant = LeaseClock.Instant

  struct Held: Sendable, Equatable {
    var epoch: Int64
    var weight: Int
    /// When the group was last seen at work; counts for those that no source belongs to.
    var lastUse: Instant
  }

  enum Phase: Sendable, Equatable {
    /// Not in the fleet: not yet, or declared gone.
    case apart
    case joined(session: Int64)
    /// The name belongs to another process.
    case shutOut(NodeMark, since: Instant)
  }

  let name: String
  let lease: Int64
  let margin: Int64

  private(set) var held: [String: Held] = [:]
  /// Nothing is permitted from then on.
  private(set) var validUntil = Instant.min
  private(set) var phase = Phase.apart
  private(set) var isDraining = false
  private(set) var events: [LeaseEvent] = []

  /// The session that was asked for and may be ours already: an answer can be lost.
  private var asked: Int64?
  private var hasBeenIn = false
  private var hasJustJoined = false
  private var mustAdopt = false
  private var isCutOff = false
  private var hasDrained = false
  private var reportedSkew = 0.0
  /// Seconds that this machine's clock was ahead of the database's at the last beat.
  private(set) var clockLead = 0.0

  private var wishes = Wishes()
  /// Held though no source of this node's plugins is in it.
  private var extras: Set<String> = []
  /// Whether a group was taken that no plugin here wants: from then on, groups are asked for by their names.
  private var isChoosy = false
  private var nextChoice = ""
  /// Claims in a row that brought nothing, and what lay free then: groups that nobody wants.
  private var barren = (claims: 0, free: 0, last: Instant.min)

  private var watch: NodeWatch
  private var share = FairShare.none
  /// What could have been given back at the beat before: others' accounts are one beat old, so one look is not enough.
  private var surplusBefore = 0
  private var allowance = 0
  private var leftovers = Leftovers()
  private var lastTidying: Instant?
  private var mustList = false
  private var listAgain: Instant?
  /// Given up here, and not yet seen to be so in the database. Never taken on again under that epoch: a release whose
  /// answer was lost may still come to it.
  private var owed: [String: Int64] = [:]

  private enum Step {
    case list, wish, bury, claim, release, note, tidy
  }
  private var steps: [Step] = []
  private var toBury: [NodeMark] = []
  private var hasChanged = false
  /// Until when a beat may go on with what can be done at the next one as well.
  private var budgetEnd: Instant = 0
  private(set) var hasMoreToDo = false

  private let chooseSession: @Sendable () -> Int64

  /// Rows of one statement.
  static let batch = 2000
  /// After this time without work, a group that no source belongs to is given back.
  static let idleTime: Int64 = 600_000_000_000
  private static let tidyingInterval: Int64 = 6 * 3600 * 1_000_000_000
  /// Seconds between this machine's clock and the database's that are worth a word.
  static let tolerableSkew = 30.0

  /// - Parameters:
  ///   - lease: how long a beat holds, in nanoseconds.
  ///   - chooseSession: a number that no session had before, not 0.
  init(name: String, lease: Int64, chooseSession: @escaping @Sendable () -> Int64) {
    self.name = name
    self.lease = lease
    margin = Self.margin(of: lease)
    watch = NodeWatch(lease: lease)
    self.chooseSession = chooseSession
  }

  /// What nobody here wants, and is to be given back, fills no share.
  var holding: Holding {
    let extra = extras.reduce(0) { $0 + (held[$1]?.weight ?? 0) }
    let weight = held.values.reduce(0) { $0 + $1.weight } - extra
    return Holding(leases: held.count, weight: weight, wished: wishes.total)
  }

  func permits(_ group: String, now: Instant) -> Bool { now < validUntil && held[group] != nil }

  /// Nothing is permitted for the last of a lease, so that what was begun before has arrived when it ends.
  static func margin(of lease: Int64) -> Int64 { max(2_000_000_000, lease / 5) }

  // MARK: A beat

  /// The first statement of a beat.
  mutating func begin(now: Instant) -> LeaseStatement {
    budgetEnd = now + lease / 6
    steps = []
    hasMoreToDo = false
    noteTime(now)
    switch phase {
    // Before anything else: leases of an earlier session must not be used under the epochs they had then.
    case .joined(let session) where mustAdopt: return .adopt(session: session)
    case .joined(let session): return .beat(session: session, holding: holding)
    case .apart: return join(over: [])
    case .shutOut(let mark, let since):
      return join(over: watch.hasEnded(mark, since: since, now: now) && !watch.wasBlind(now) ? [mark] : [])
    }
  }

  private mutating func join(over: [NodeMark]) -> LeaseStatement {
    let session = asked ?? chooseSession()
    asked = session
    return .join(session: session, trustsInstance: !hasBeenIn, over: over)
  }

  /// What follows the answer; nil when the beat is done.
  /// - Parameters:
  ///   - sentAt: read before the statement was sent.
  ///   - idle: whether nothing of a group is under way.
  mutating func receive(
    _ answer: LeaseAnswer, to statement: LeaseStatement, sentAt: Instant, now: Instant, wall: Double,
    idle: (String) -> Bool
  ) -> LeaseStatement? {
    switch (answer, statement) {
    case (.joined(let draining), .join(let session, _, _)):
      phase = .joined(session: session)
      asked = nil
      hasBeenIn = true
      forget(why: .expired)
      renew(sentAt)
      setDraining(draining)
      watch.forget()
      mustAdopt = true
      wishes.say(again: true)
      return .adopt(session: session)
    case (.occupied(let mark, let isAlive), .join):
      notice(mark, isAlive: isAlive, now: now)
      return nil
    case (.leases(let rows), .adopt(let session)):
      for row in rows { gain(row, now: now) }
      mustAdopt = false
      mustList = false
      hasJustJoined = true
      return .beat(session: session, holding: holding)
    case (.overview(let overview), .beat(let session, _)):
      guard overview.isRenewed else { return lost(session, overview, now: now) }
      renew(sentAt)
      noteTime(now)
      look(at: overview, now: now, wall: wall)
    case (.leases(let rows), .list): compare(rows, now: now)
    case (.buried(let names), .bury): for name in names { events.append(.gone(node: name)) }
    case (.claimed(let rows), .claim): claimed(rows, now: now)
    case (.kept, .release): settled(answer, statement)
    default: break
    }
    return next(now: now, idle: idle)
  }

  /// The statement failed, or its answer was lost: it may or may not have been executed.
  mutating func failed(_ statement: LeaseStatement, now: Instant) {
    noteTime(now)
    share = .none
    // What the database says that we hold is compared once it is reached again, and once more when a statement that it
    // may still be working on has surely ended.
    mustList = true
    listAgain = now + 2 * lease
    if case .wish(let groups) = statement { wishes.putBack(groups) }
    hasMoreToDo = true
    steps = []
  }

  private mutating func renew(_ sentAt: Instant) {
    validUntil = max(validUntil, sentAt + lease - margin)
    if isCutOff {
      isCutOff = false
      events.append(.back)
    }
  }

  /// To be asked for with every step: that the time has run out is an event of its own.
  mutating func noteTime(_ now: Instant) {
    guard hasBeenIn, !isCutOff, now >= validUntil else { return }
    if case .shutOut = phase { return }
    isCutOff = true
    events.append(.cutOff)
  }

  /// The row is no longer this session's.
  private mutating func lost(_ session: Int64, _ overview: Overview, now: Instant) -> LeaseStatement? {
    let row = overview.nodes.first { $0.mark.name == name }
    guard let row, !row.isGone else {
      // Declared gone. Join again, and see what is left.
      forget(why: .expired)
      phase = .apart
      return join(over: [])
    }
    notice(row.mark, isAlive: true, now: now)
    return nil
  }

  private mutating func notice(_ mark: NodeMark, isAlive: Bool, now: Instant) {
    forget(why: .ousted)
    if case .shutOut(let known, _) = phase {
      if known != mark || watch.wasBlind(now) { phase = .shutOut(mark, since: now) }
    } else {
      phase = .shutOut(mark, since: now)
      if hasBeenIn { events.append(.ousted) }
    }
    watch.saw(at: now)
  }

  private mutating func forget(why: LeaseEvent.Loss) {
    for group in held.keys.sorted() { events.append(.lost(group: group, why: why)) }
    held = [:]
    extras = []
    leftovers.forget()
    owed = [:]
    validUntil = .min
  }

  private mutating func setDraining(_ draining: Bool) {
    guard draining != isDraining else { return }
    isDraining = draining
    hasDrained = false
    events.append(.draining(draining))
    if !draining { wishes.say(again: true) }
  }

  mutating func takeEvents() -> [LeaseEvent] {
    defer { events = [] }
    return events
  }

  // MARK: What a beat finds

  private mutating func look(at overview: Overview, now: Instant, wall: Double) {
    setDraining(overview.isDraining)
    let others = overview.nodes.filter { $0.mark.name != name }
    toBury = watch.look(at: others, now: now)
    let present = others.filter { !$0.isGone }
    if hasJustJoined { events.append(.joined(nodes: present.count + 1)) }
    hasJustJoined = false
    let left = others.filter(\.isGone).reduce(0) { $0 + $1.weight }
    let dead = toBury.map(\.name)
    let takingPart = present.filter { !$0.isDraining && !dead.contains($0.mark.name) }
    let leaving = present.filter { $0.isDraining || dead.contains($0.mark.name) }.reduce(0) { $0 + $1.weight }
    let free = overview.free + left
    share = FairShare(
      mine: .init(name: name, weight: holding.weight, wished: wishes.total),
      others: takingPart.map { .init(name: $0.mark.name, weight: $0.weight, wished: $0.wished) }, leaving: leaving,
      free: free)
    leftovers.look(
      &share, free: free, others: Dictionary(takingPart.map { ($0.mark.name, $0.wished) }, uniquingKeysWith: { $1 }),
      lease: lease, now: now)
    if barren.free != free { barren = (0, free, .min) }
    if barren.claims > 3, now - barren.last < 2 * lease, toBury.isEmpty { share.claim = 0 }
    clockLead = wall - overview.clock
    if abs(clockLead - reportedSkew) > Self.tolerableSkew {
      reportedSkew = abs(clockLead) > Self.tolerableSkew ? clockLead : 0
      events.append(.skew(seconds: clockLead))
    }
    hasChanged = false
    allowance = min(share.surplus, surplusBefore)
    surplusBefore = share.surplus
    if let time = listAgain, now >= time {
      listAgain = nil
      mustList = true
    }
    if mustList { steps.append(.list) }
    if !wishes.areSaid { steps.append(.wish) }
    if !toBury.isEmpty { steps.append(.bury) }
    if !isDraining, share.claim > 0, free > 0 || !toBury.isEmpty || !wishes.areSaid { steps.append(.claim) }
    steps += [.release, .note, .tidy]
  }

  // MARK: The steps of a beat

  private mutating func next(now: Instant, idle: (String) -> Bool) -> LeaseStatement? {
    guard case .joined(let session) = phase else { return nil }
    while let step = steps.first {
      steps.removeFirst()
      if let statement = statement(of: step, session, now: now, idle: idle) { return statement }
    }
    return nil
  }

  private mutating func statement(
    of step: Step, _ session: Int64, now: Instant, idle: (String) -> Bool
  ) -> LeaseStatement? {
    switch step {
    case .list: return .list(session: session)
    case .wish:
      guard !wishes.areSaid else { return nil }
      let part = wishes.take(Self.batch)
      // What has rows now can be claimed with the next beat, which should not be long in coming.
      hasMoreToDo = true
      repeatIfTimeAllows(.wish, while: !wishes.areSaid, now: now)
      return .wish(part)
    case .bury: return toBury.isEmpty ? nil : .bury(toBury)
    case .claim:
      guard share.claim > 0 else { return nil }
      let only = isChoosy ? choice() : nil
      if only?.isEmpty == true { return nil }
      return .claim(session: session, weight: share.claim, limit: min(Self.batch, share.claim), only: only)
    case .release:
      let groups = toRelease(now: now, idle: idle)
      guard !owed.isEmpty else {
        noteDrained()
        return nil
      }
      hasChanged = false
      repeatIfTimeAllows(.release, while: isDraining ? !groups.isEmpty : groups.count == Self.batch, now: now)
      return .release(session: session, owedFences, holding: holding)
    case .note: return hasChanged ? .note(session: session, holding: holding) : nil
    case .tidy:
      guard lastTidying.map({ now - $0 >= Self.tidyingInterval }) ?? true else { return nil }
      lastTidying = now
      return .tidy
    }
  }

  private mutating func repeatIfTimeAllows(_ step: Step, while more: Bool, now: Instant) {
    guard more else { return }
    if now < budgetEnd { steps.insert(step, at: 0) } else { hasMoreToDo = true }
  }

  private mutating func noteDrained() {
    guard isDraining, held.isEmpty, owed.isEmpty, !hasDrained else { return }
    hasDrained = true
    events.append(.drained)
  }

  private mutating func claimed(_ rows: [LeaseRow], now: Instant) {
    hasChanged = hasChanged || !rows.isEmpty
    barren = rows.isEmpty ? (barren.claims + 1, barren.free, now) : (0, barren.free, now)
    for row in rows {
      share.claim -= row.weight
      gain(row, now: now)
      leftovers.took(row.group)
      if wishes[row.group] == nil { isChoosy = true }
    }
    repeatIfTimeAllows(.claim, while: share.claim > 0 && rows.count >= Self.batch, now: now)
  }

  /// The next of the groups that are wanted and not held.
  private mutating func choice() -> [String] {
    let missing = wishes.weights.keys.filter { held[$0] == nil }.sorted()
    let chosen = Array((missing.filter { $0 >= nextChoice } + missing.filter { $0 < nextChoice }).prefix(Self.batch))
    nextChoice = chosen.last.map { $0 + "\0" } ?? ""
    return chosen
  }

  private mutating func gain(_ row: LeaseRow, now: Instant) {
    if held[row.group] != nil { events.append(.lost(group: row.group, why: .expired)) }
    owed[row.group] = nil
    held[row.group] = Held(epoch: row.epoch, weight: wishes[row.group] ?? row.weight, lastUse: now)
    if wishes[row.group] == nil { extras.insert(row.group) }
    events.append(.gained(group: row.group, before: row.before))
  }

  /// After an answer was lost: what we hold is what the database says that we hold.
  private mutating func compare(_ rows: [LeaseRow], now: Instant) {
    mustList = false
    var missing = held
    for row in rows where owed[row.group] != row.epoch {
      if missing.removeValue(forKey: row.group)?.epoch != row.epoch {
        gain(LeaseRow(group: row.group, epoch: row.epoch, weight: row.weight, before: .active), now: now)
        hasChanged = true
      }
    }
    for group in missing.keys.sorted() { drop(group, why: .expired) }
  }

  private mutating func drop(_ group: String, why: LeaseEvent.Loss) {
    guard held.removeValue(forKey: group) != nil else { return }
    extras.remove(group)
    hasChanged = true
    events.append(.lost(group: group, why: why))
  }

  // MARK: Giving back

  /// Chooses what is given back now. It is not permitted from this moment, before the database hears of it.
  private mutating func toRelease(now: Instant, idle: (String) -> Bool) -> [String] {
    var chosen: [String] = []
    // Heavy ones first: fewer groups change hands. By name, so that it is the same each time.
    let order =
      isDraining || allowance > 0
      ? held.sorted { ($0.value.weight, $1.key) > ($1.value.weight, $0.key) }.map(\.key) : extras.sorted()
    for group in order where chosen.count < Self.batch {
      guard var lease = held[group] else { continue }
      let isExtra = extras.contains(group)
      let isForOthers = lease.weight > 0 && lease.weight <= allowance && !leftovers.keeps(group)
      guard isDraining || isExtra || isForOthers else { continue }
      let isPages = isExtra && lease.weight == 0 && !isDraining
      if idle(group), !isPages || now - lease.lastUse >= Self.idleTime {
        held[group] = nil
        if idle(group) {
          chosen.append(group)
          extras.remove(group)
          owed[group] = lease.epoch
          if !isExtra { allowance -= lease.weight }
          events.append(.lost(group: group, why: isDraining ? .drained : .givenBack))
          continue
        }
        // Something began between the two looks.
        held[group] = lease
      }
      if !idle(group) {
        lease.lastUse = now
        held[group] = lease
      }
    }
    return chosen
  }

  private var owedFences: [Fence] {
    owed.sorted { $0.key < $1.key }.prefix(Self.batch).map { Fence(group: $0.key, epoch: $0.value) }
  }

  // MARK: Wishes

  /// The groups of all sources, instead of those before.
  mutating func wish(_ groups: [GroupWish]) {
    wishes.replace(groups)
    for (group, weight) in wishes.weights { held[group]?.weight = weight }
    extras = Set(held.keys.filter { wishes[$0] == nil })
    leftovers.forget()
    isChoosy = false
    barren = (0, 0, .min)
  }

  // MARK: Between beats

  /// The statement that takes a single group; nil where it need not or cannot be asked for now.
  func acquisition(of group: String, now: Instant) -> LeaseStatement? {
    guard case .joined(let session) = phase, now < validUntil, held[group] == nil, !isDraining else { return nil }
    return .acquire(session: session, group: group)
  }

  mutating func acquired(_ row: LeaseRow, now: Instant) { gain(row, now: now) }

  /// Gives groups back, permitted no longer from now on.
  mutating func giveBack(_ groups: [String]) -> LeaseStatement? {
    guard case .joined(let session) = phase else { return nil }
    for group in groups {
      guard let epoch = held[group]?.epoch else { continue }
      drop(group, why: .givenBack)
      owed[group] = epoch
    }
    return owed.isEmpty ? nil : .release(session: session, owedFences, holding: holding)
  }

  /// What of a release has come to pass.
  mutating func settled(_ answer: LeaseAnswer, _ statement: LeaseStatement) {
    guard case .kept(let groups) = answer, case .release(_, let fences, _) = statement else { return }
    let kept = Set(groups)
    for fence in fences where owed[fence.group] == fence.epoch && !kept.contains(fence.group) {
      owed[fence.group] = nil
    }
  }

  mutating func leave() -> LeaseStatement? {
    guard case .joined(let session) = phase else { return nil }
    forget(why: .givenBack)
    phase = .apart
    hasBeenIn = false
    return .leave(session: session)
  }

  /// How long the next beat may wait.
  func pause(now: Instant) -> Int64 {
    let usual = lease / 5
    let short = max(250_000_000, lease / 30)
    guard case .joined = phase, !isCutOff else { return min(usual, max(500_000_000, lease / 15)) }
    if hasMoreToDo { return short }
    // One that has missed its beats is looked at again the moment it is to be declared gone.
    return max(short / 5, min(usual, watch.untilNextVerdict(now).map { $0 + 1_000_000 } ?? usual))
  }
}
