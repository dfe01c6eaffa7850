internal import CCurl
internal import Values

/// Owns the transfers; its executor is the curl thread, so its methods may call libcurl.
actor Engine {
  var configuration: FetcherConfiguration
  nonisolated let thread: CurlThread

  var gate: GroupGate
  private var nextID = 0
  /// Requests waiting for their group's turn.
  private var waiting: [Int: (url: WebURL, turn: CheckedContinuation<Result<Void, FetchError>, Never>)] = [:]
  /// Transfers inside the multi handle. They stay alive here for as long as curl points to them.
  private var live: [Int: Transfer] = [:]
  private var names = HostNames()
  /// When libcurl looked through its cached names last.
  private var namesTidied: Int64 = 0
  private var fetches = 0
  private var totals = FetcherStatistics.Totals()
  /// When anything was last received from the outside.
  private var lastAnswer: Int64?
  private var bandwidth: Bandwidth?
  /// Whether libcurl was given something that it has not begun to work on.
  private var hasNews = false
  /// Transfers that wait for bandwidth.
  private var paused: Set<Int> = []
  /// Which rate groups may be asked anything; nil for all.
  private let permits: (@Sendable (String) -> Bool)?
  /// When the transfers under way were last held to that.
  private var lastReview: Int64 = 0

  private enum Phase {
    case open
    /// What runs may end until then; nothing new begins.
    case closing(deadline: Int64)
    case closed
  }
  private var phase = Phase.open
  private var drained: [CheckedContinuation<Void, Never>] = []

  init(_ configuration: FetcherConfiguration, thread: CurlThread, permits: (@Sendable (String) -> Bool)? = nil) {
    self.configuration = configuration
    self.permits = permits
    self.thread = thread
    gate = GroupGate(maxConcurrent: configuration.maxConcurrent)
    bandwidth = configuration.bandwidth.map { Bandwidth(bytesPerSecond: $0, now: MonotonicClock.now()) }
  }

  deinit { thread.retire() }

  nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

  var now: Int64 { MonotonicClock.now() }

  /// What begins from now on goes by the new configuration; what is under way ends as it began.
  func use(_ configuration: FetcherConfiguration) {
    self.configuration = configuration
    gate.maxConcurrent = configuration.maxConcurrent
    bandwidth = configuration.bandwidth.map { Bandwidth(bytesPerSecond: $0, now: now) }
  }

  // MARK: A request

  func fetch(_ request: FetchRequest) async throws(FetchError) -> FetchResponse {
    fetches += 1
    defer {
      fetches -= 1
      if fetches == 0, !isOpen { resumeDrained() }
    }
    do throws(FetchError) {
      let response = try await follow(RequestPlan(request, configuration: configuration))
      totals.answers += 1
      if response.isNotModified { totals.notModified += 1 }
      return response
    } catch {
      totals.failures[error.code.name, default: 0] += 1
      throw error
    }
  }

  /// Waits for the group's turn.
  func admission(_ url: WebURL, group: String, _ request: FetchRequest) async throws(FetchError) {
    if permits?(group) == false { throw Self.notOursError(url, group) }
    if let left = holdLeft(group: group), left > Self.longestHoldToWait { throw Self.heldError(url, group, left) }
    let id = newID()
    let verdict: Result<Void, FetchError> = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard isOpen else {
          continuation.resume(returning: .failure(Self.shutdownError(url)))
          return
        }
        waiting[id] = (url, continuation)
        gate.enqueue(
          id, group: group, priority: request.priority,
          concurrency: request.concurrency ?? configuration.perGroupConcurrency,
          gap: (request.gap ?? configuration.perGroupGap).wholeNanoseconds)
      }
    } onCancel: {
      Task { await self.cancelWaiting(id) }
    }
    try verdict.get()
  }

  func perform(_ hop: Hop, group: String) async throws(FetchError) -> HopAnswer {
    let isFirst = await awaitName(of: hop)
    defer { if isFirst { names.settle(hop.url.host, isKnown: false, now: now) } }
    // Asked here, after every wait: the group may have gone since the request was admitted or since its first hop.
    if permits?(group) == false { throw Self.notOursError(hop.url, group) }
    let id = newID()
    // Once there are more connections than libcurl is to keep, it looks for the oldest among all after each transfer.
    // One that nobody waits for is closed at its end instead.
    let closes = thread.sockets.count >= thread.maxConnections && !gate.hasWaiting(group: group)
    let outcome: Transfer.Outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        if case .closed = phase {
          continuation.resume(returning: .failure(Self.shutdownError(hop.url)))
          return
        }
        let transfer = Transfer(
          id: id, group: group, hop: hop, configuration: configuration, thread: thread, tidiesNames: tidiesNames(),
          closesConnection: closes,
          named: isFirst
            ? { [unowned self] in assumeIsolated { $0.names.settle(hop.url.host, isKnown: true, now: $0.now) } } : nil,
          departs: { [unowned self] in assumeIsolated { $0.departs(group) } },
          received: bandwidth == nil ? nil : { [unowned self] bytes in assumeIsolated { $0.take(bytes, id) } }
        ) {
          continuation.resume(returning: $0)
        }
        live[id] = transfer
        totals.requests += 1
        let result = curl_multi_add_handle(thread.multi, transfer.easy)
        precondition(result == CURLM_OK, "libcurl refuses a fresh handle: \(result.rawValue)")
        hasNews = true
      }
    } onCancel: {
      // Runs after the start above, because that job is under way or already enqueued: the cancellation cannot get
      // lost.
      Task { await self.cancelTransfer(id) }
    }
    return try outcome.get()
  }

  /// Whether a request of the group may still be sent, now that its connection is there. The gap to the next is counted
  /// from here: looking up the name and connecting may have taken long.
  private func departs(_ group: String) -> Bool {
    gate.departed(group: group, now: now)
    return permits?(group) ?? true
  }

  /// Returns whether this transfer is the one that looks the host's name up.
  private func awaitName(of hop: Hop) async -> Bool {
    guard hop.proxy == nil else { return false }
    switch names.turn(hop.url.host, now: now) {
    case .known: return false
    case .first: return true
    case .follows:
      await withCheckedContinuation { names.follow(hop.url.host, $0) }
      return false
    }
  }

  /// At each transfer's end libcurl looks for names that have become too old, through all of them: with thousands of
  /// names that is a tenth of what a transfer costs. A look now and then keeps their number in bounds.
  private func tidiesNames() -> Bool {
    let time = now
    guard time - namesTidied > 10_000_000_000 else { return false }
    namesTidied = time
    names.forgetOld(now: time)
    return true
  }

  private func newID() -> Int {
    nextID += 1
    return nextID
  }

  // MARK: Cancellation and shutdown

  private func cancelWaiting(_ id: Int) {
    refuse(id) { FetchError(.cancelled, url: $0, message: "cancelled while waiting for the rate group") }
  }

  /// Ends a request that waits for its group's turn; nothing when it waits no more.
  private func refuse(_ id: Int, with error: (WebURL) -> FetchError) {
    guard gate.cancel(id), let (url, turn) = waiting.removeValue(forKey: id) else { return }
    turn.resume(returning: .failure(error(url)))
  }

  private func cancelTransfer(_ id: Int) {
    guard let transfer = live[id] else { return }
    end(transfer, with: .failure(FetchError(.cancelled, url: transfer.url, message: "cancelled")))
  }

  private var isOpen: Bool {
    if case .open = phase { true } else { false }
  }

  func shutdown(grace: Duration) async {
    let deadline = now + max(0, grace.wholeNanoseconds)
    switch phase {
    case .open:
      phase = .closing(deadline: deadline)
      for id in waiting.keys { refuse(id, with: Self.shutdownError) }
      precondition(waiting.isEmpty, "what waits here waits in the gate")
    case .closing(let earlier): phase = .closing(deadline: min(earlier, deadline))
    case .closed: break
    }
    if fetches == 0 {
      resumeDrained()
    } else {
      await withCheckedContinuation { drained.append($0) }
    }
  }

  private func resumeDrained() {
    phase = .closed
    let all = drained
    drained = []
    for continuation in all { continuation.resume() }
  }

  // MARK: The loop

  /// One turn of the curl thread. Returns how many milliseconds it may wait for something to happen.
  /// - Parameter hasEvents: whether sockets are ready or one of libcurl's timers has run out.
  func turn(hasEvents: Bool) -> Int32? {
    if case .closing(let deadline) = phase, deadline <= now {
      phase = .closed
      for transfer in Array(live.values) { end(transfer, with: .failure(Self.shutdownError(transfer.url))) }
    }
    resumePaused()
    reviewPermits()
    if hasEvents || hasNews {
      hasNews = false
      var running: Int32 = 0
      let result = curl_multi_perform(thread.multi, &running)
      precondition(result == CURLM_OK, "libcurl's multi handle is broken: \(result.rawValue)")
      drain()
    }
    let time = now
    while let (id, _) = gate.next(now: time) {
      waiting.removeValue(forKey: id)?.turn.resume(returning: .success(()))
    }
    return wait(from: time)
  }

  private func wait(from time: Int64) -> Int32? {
    var wake = gate.nextWake(now: time)
    if case .closing(let deadline) = phase { wake = min(wake ?? .max, deadline) }
    if permits != nil, !live.isEmpty { wake = min(wake ?? .max, lastReview + Self.reviewInterval) }
    if !paused.isEmpty, let opens = bandwidth?.opensAt(now: time) { wake = min(wake ?? .max, opens) }
    guard let wake else { return nil }
    // Rounded up, so that the turn after the wait does not come a fraction of a millisecond too early.
    let milliseconds = wake > time ? (wake - time) / 1_000_000 + 1 : 0
    return Int32(clamping: milliseconds)
  }

  /// Takes every finished transfer out, because a wait may follow.
  private func drain() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(thread.multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle else { continue }
      let result = shim_message_result(message)
      var context: UnsafeMutableRawPointer?
      shim_easy_get_pointer(easy, CURLINFO_PRIVATE, &context)
      let transfer = Transfer.from(context)
      let outcome =
        transfer.isUnwanted
        ? .failure(Self.notOursError(transfer.url, transfer.group, wasUnderWay: true))
        : transfer.outcome(result, networkIsSuspect: networkIsSuspect)
      if case .success(let answer) = outcome { count(answer) }
      end(transfer, with: outcome)
    }
  }

  private func count(_ answer: HopAnswer) {
    totals.bytesReceived += answer.bytesReceived
    totals.bodyBytes += answer.body.count
    if answer.reusedConnection { totals.reusedConnections += 1 }
    // An answer from our own machines says nothing about the way out, unless all ways have been redirected.
    let isOutside = IPAddress(answer.remoteAddress).map { AddressGuard().verdict(for: $0).isAllowed } ?? false
    if isOutside || !configuration.connectTo.isEmpty { lastAnswer = now }
  }

  /// Whether nothing has answered for a minute, so that a failure may well be our own network's.
  private var networkIsSuspect: Bool { lastAnswer.map { now - $0 > 60_000_000_000 } ?? true }

  /// Out of the multi handle first, then out of the table, and only then may others know.
  private func end(_ transfer: Transfer, with outcome: Transfer.Outcome) {
    curl_multi_remove_handle(thread.multi, transfer.easy)
    live[transfer.id] = nil
    paused.remove(transfer.id)
    transfer.resume(outcome)
  }

  // MARK: Politeness and figures

  /// A rest up to this is waited for; a request that would wait longer ends, so that nothing else waits behind it.
  private static let longestHoldToWait = Duration.seconds(30)

  func hold(group: String, for duration: Duration) {
    gate.hold(group: group, until: now + max(0, duration.wholeNanoseconds))
    guard let left = holdLeft(group: group), left > Self.longestHoldToWait else { return }
    for id in gate.waitingIDs(of: group) { refuse(id) { Self.heldError($0, group, left) } }
  }

  func holdLeft(group: String) -> Duration? {
    let time = now
    return gate.holdEnd(of: group, now: time).map { .nanoseconds($0 - time) }
  }

  // MARK: Groups that are not ours

  /// How often transfers under way are held to what is permitted. Here, and not by whoever knows that a group has gone:
  /// that one may be stuck, and a permission that ends by the clock ends without anybody's doing.
  private static let reviewInterval: Int64 = 200_000_000

  private static let restAfterBreakingOff: Int64 = 1_000_000_000

  /// Before libcurl works on anything: after a stop of the whole process, too, nothing is sent that is no longer ours.
  private func reviewPermits() {
    guard let permits, !live.isEmpty, case let time = now, time - lastReview >= Self.reviewInterval else { return }
    lastReview = time
    for group in Set(live.values.map(\.group)) where !permits(group) { cancel(group: group) }
  }

  func cancel(group: String) {
    for id in gate.waitingIDs(of: group) { refuse(id) { Self.notOursError($0, group) } }
    let ended = live.values.filter { $0.group == group }
    for transfer in ended {
      thread.sockets.dropUnsent(of: transfer)
      end(transfer, with: .failure(Self.notOursError(transfer.url, group, wasUnderWay: true)))
    }
    // The server may still be at what was broken off: should the group come back at once, it would have more to do than
    // allowed.
    if !ended.isEmpty { gate.hold(group: group, until: now + Self.restAfterBreakingOff) }
  }

  // MARK: Bandwidth

  /// Counts received bytes; false when the transfer has to pause until there is room again.
  private func take(_ bytes: Int, _ id: Int) -> Bool {
    let time = now
    // Asked before it is counted: what is taken in is taken whole, so that no chunk is larger than the bucket for ever.
    guard bandwidth?.isOpen(now: time) != false else {
      paused.insert(id)
      return false
    }
    bandwidth?.take(bytes, now: time)
    return true
  }

  private func resumePaused() {
    guard !paused.isEmpty, bandwidth?.isOpen(now: now) != false else { return }
    let ids = paused.sorted()
    paused = []
    hasNews = true
    // Delivers what was held back at once, and may pause again.
    for id in ids { if let transfer = live[id] { curl_easy_pause(transfer.easy, shim_pause_none) } }
  }

  func statistics() -> FetcherStatistics {
    FetcherStatistics(
      inFlight: live.count, waiting: gate.waiting,
      groups: gate.summary.map { .init(name: $0.name, inFlight: $0.running, waiting: $0.waiting) }, totals: totals)
  }
}
