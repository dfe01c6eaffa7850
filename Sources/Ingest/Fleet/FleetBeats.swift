import Configuration
import Fetching
import Fleet
import Manifest
import Scheduling
import Service
import Store
import Values

/// How a node keeps its leases, and what it does when they come and go.
extension Ingester {
  // MARK: Joining

  /// Connects to the database again where the connection was lost; whether it was. All has to be planned anew then.
  func reopenIfLost() async throws(LedgerFailure) -> Bool {
    guard let recovery = try await ledger.reopenIfLost() else { return false }
    report(recovery)
    return true
  }

  /// nil on a single machine.
  func sharedState() async throws(LedgerFailure) -> SharedState? {
    guard let stateServer else { return nil }
    return SharedState(
      target: stateServer, node: settings.fleet.nodeName,
      instance: try await ledger.instance(state: settings.paths.state))
  }

  func takeSeat(_ shared: SharedState) {
    let membership = Membership(
      target: shared.target, node: shared.node, instance: shared.instance, lease: .seconds(settings.fleet.lease),
      version: newswireVersion, address: Machine.name)
    fleet = FleetSeat(node: shared.node, membership: membership)
    permission?.use { [held = membership.held] in held.fence($0) }
  }

  /// Registers this node, names the groups of all sources, and takes its first leases. After the schedule has been
  /// made: which sources a group has is known from there.
  func join() async throws(LedgerFailure) {
    guard let membership = fleet?.membership else { return }
    await wish()
    do throws(FleetError) {
      try await membership.join()
    } catch {
      throw LedgerFailure(error)
    }
    await beat()
    await obey()
  }

  /// Notes which sources each rate group has. Their numbers are the roster's: it and they change in one step.
  func noteGroups() {
    guard fleet != nil else { return }
    var sources: [String: [Int]] = [:]
    for number in 0..<roster.count { sources[group(of: number), default: []].append(number) }
    fleet?.sources = sources
  }

  /// Says which groups this node's plugins have sources in.
  func wish() async {
    guard let fleet else { return }
    await fleet.membership.wish(fleet.sources.map { GroupWish(group: $0.key, weight: $0.value.count) })
  }

  // MARK: Beating

  /// Renews the leases for as long as the daemon runs, whatever else waits.
  func beatOn() async {
    guard let membership = fleet?.membership else { return }
    // What is still under way at a stop needs its leases too.
    while !isStopped, !Task.isCancelled {
      try? await Task.sleep(for: membership.pause)
      if isStopped { return }
      await beat()
      Task { await obey() }
    }
  }

  private func beat() async {
    guard let membership = fleet?.membership else { return }
    let events = await membership.beat(idle: { [busy] in busy.isIdle($0) }, figures: figures())
    fleet?.events += events
  }

  /// What `newswirectl fleet` shows of this node.
  private func figures() -> JSON {
    let now = Timestamp.now()
    return [
      "sources": JSON(heap.count), "articles": JSON(totals.articles), "fetches": JSON(totals.fetches),
      "lag": .integer(Int64(max(0, (heap.next() ?? now).seconds(since: now) * -1))), "pages": JSON(pageCount),
    ]
  }

  /// Does what the beats have told.
  private func obey() async {
    guard fleet?.isObeying == false else { return }
    fleet?.isObeying = true
    defer { fleet?.isObeying = false }
    while let events = fleet?.events, !events.isEmpty || isToPlan {
      fleet?.events = []
      await obey(events)
      // What the database could not tell yet is asked for again after the next beat.
      if events.isEmpty { return }
    }
  }

  private var isToPlan: Bool { fleet.map { !$0.toTakeUp.isEmpty || $0.mustPlan } ?? false }

  private func obey(_ events: [LeaseEvent]) async {
    for event in events {
      switch event {
      case .gained(let group, let before): fleet?.toTakeUp[group] = before
      case .lost(let group, let why):
        fleet?.toTakeUp[group] = nil
        log.record(.leaseLost, "\(group): \(why.rawValue)", outcome: why.rawValue, fields: ["group": group])
        await drop(group)
      case .cutOff:
        fleet?.isCutOff = true
        let problem = await fleet?.membership.problem
        log.record(
          .fleetCutOff,
          ["no lease could be renewed in its time", problem?.message].compactMap { $0 }.joined(separator: ": "),
          next: "nothing is fetched until it does; other nodes take over")
      case .back:
        fleet?.isCutOff = false
        log.record(.fleetBack, "the state database answers again", next: "leases that nobody took meanwhile go on")
        fleet?.mustPlan = true
        // What waits for the database need not wait on.
        pauseEnd = nil
      case .draining(let flag):
        fleet?.isDraining = flag
        log.record(
          .fleetDrained, flag ? "the operator wants this node empty" : "this node takes leases again",
          next: flag ? "its leases go to the other nodes when what is under way has ended" : nil)
      case .drained: log.record(.fleetDrained, "all leases are given back", next: "the node can be stopped")
      case .joined(let nodes): log.record(.fleetJoined, "one of \(nodes) nodes", fields: ["nodes": "\(nodes)"])
      case .ousted:
        log.record(
          .fleetOusted, "another process lives under this node's name",
          next: "nothing is fetched while it does; give each machine its own [fleet] node")
      case .gone(let node):
        log.record(
          .fleetGone, "node \(node) no longer beats", next: "its leases are taken over",
          fields: ["node": node])
      case .skew(let seconds):
        log.record(
          .fleetSkew,
          "the clock is \(Int(abs(seconds)).spokenSeconds) \(seconds > 0 ? "ahead of" : "behind") the database's",
          next: "times in articles and plans are off by that; let a time service set the clock")
      }
    }
    guard let seat = fleet, !seat.toTakeUp.isEmpty || seat.mustPlan else { return }
    do throws(LedgerFailure) {
      if try await reopenIfLost() || seat.mustPlan {
        try await plan()
        fleet?.mustPlan = false
      }
      // Nothing else changes it meanwhile: one at a time obeys.
      let late = try await takeUp(seat.toTakeUp)
      fleet?.toTakeUp = late
    } catch {
      // The next beat tries again.
      noteFailure(error)
    }
    rouse()
  }

  /// Plans the sources of groups that are ours now, by what the node before has left; which of them are to be tried
  /// again.
  private func takeUp(_ groups: [String: PastHolder]) async throws(LedgerFailure) -> [String: PastHolder] {
    let now = Timestamp.now()
    var late: [String: PastHolder] = [:]
    for hold in try await ledger.holds(now: now) where groups[hold.group] != nil {
      holds[hold.group] = hold.until
      await fetcher.hold(group: hold.group, for: .seconds(max(0, hold.until.seconds(since: now))))
    }
    var numbers: [Int] = []
    for (group, before) in groups {
      log.record(
        .leaseGained, before == .nobody ? group : "\(group): taken over",
        fields: ["group": group, "sources": "\(fleet?.sources[group]?.count ?? 0)"])
      numbers += fleet?.sources[group] ?? []
      let rest = rest(of: group, before)
      if rest > 0 { await fetcher.hold(group: group, for: .seconds(rest)) }
      // Whose pages it is asked for first, whose gap it rests for.
      guard fleet?.sources[group] != nil else { continue }
      guard let fence = fleet?.held.fence(group) else {
        // Cut off at this moment. The lease may go on when it is over, and nothing tells of that.
        late[group] = before
        continue
      }
      permission?.open(fence)
    }
    try await schedule(numbers, now)
    return late
  }

  /// Seconds that the group rests for, because the node before may have asked it a moment ago.
  private func rest(of group: String, _ before: PastHolder) -> Double {
    switch before {
    case .nobody: 0
    // What that one broke off, its server may still be at.
    case .active: max(1, gap(of: group))
    case .silent: gap(of: group) - PastHolder.quiet
    }
  }

  /// The longest distance between two requests that a plugin wants in the group.
  func gap(of group: String) -> Double {
    let own = (fleet?.sources[group] ?? []).compactMap { roster.manifest($0).fetch.gap }
    return max(Double(settings.fetch.groupGap), own.max().map { Double($0) } ?? 0)
  }

  /// Puts sources into the schedule as the state has them, and looks for their publishers' items.
  private func schedule(_ numbers: [Int], _ now: Timestamp) async throws(LedgerFailure) {
    let wanted = Set(numbers)
    let publishers = Set(numbers.map { roster.manifest($0).publisher.id }).sorted()
    let rows = try await ledger.schedules(publishers)
    var spread = StartSpread(takingOver: true)
    for (publisher, rows) in zip(publishers, rows) {
      guard let place = roster.place(publisher: publisher) else { continue }
      enter(place, rows, now, &spread, only: wanted)
      wellbeing.known.remove(publisher)
      expect(place, now)
    }
  }

  /// The group is another's now: what waits is left to it, and what is under way ends.
  private func drop(_ group: String) async {
    for number in fleet?.sources[group] ?? [] { heap.remove(number) }
    parked[group] = nil
    permission?.close(group)
    await fetcher.cancel(group: group)
  }
}
