import Configuration
import Forwarding
import Glibc
import JetStream
import NewswireQueue
import Service
import UnixSignals
import Values

/// The forwarder between start and stop: it carries out what `Flow` decides. All waiting is done elsewhere, on the
/// threads of queue and stream; what comes from there comes as events, one after the other.
actor Forwarder {
  private enum Event: Sendable {
    case article(QueuedArticle)
    case flow(Flow.Input)
    case connected(UInt64, StreamFacts)
    case stream(StreamEvent)
    case countries([String: String])
    case failed(QueueProblem)
    case passedOver(QueueProblem)
    case wake
    case stop
  }

  /// An article under way.
  private struct Parcel {
    var article: QueuedArticle
    var facts: ArticleFacts?
    var subject = ""
    var claimed: Double
  }

  /// Seconds between two rounds of keeping claims fresh and freeing those of the dead.
  private static let tending = 60.0
  /// Seconds after which what lasts is told again, and plugins may be read again.
  private static let again = 600.0

  private let target: Target
  private let queue: ArticleQueue
  private let spool: String
  private let client: StreamClient
  private let countries: Countries
  private let environment: ServiceEnvironment
  private let notifier: Notifier
  private let log: EventLog
  private let progress = Progress()
  private let events: AsyncStream<Event>
  private let feed: AsyncStream<Event>.Continuation

  private var flow: Flow
  private var parcels: [Flow.Key: Parcel] = [:]
  private var lastKey: Flow.Key = 0
  private var attempts = 0
  /// The connection that is open, and where it leads.
  private var connection: UInt64?
  private var server = ""
  /// Bytes of a message that the server takes.
  private var largest = Int64.max
  /// The last connection that ended, which may be one that has not been told of yet.
  private var ended: (number: UInt64, reason: String)?
  private var complainedAt = -Forwarder.again
  private var countryOf: [String: String] = [:]
  private var countriesRead = -Forwarder.again
  private var told: Trouble?
  private var toldAt = 0.0
  private var tended = 0.0
  private var alarm: (time: Double, task: Task<Void, Never>)?
  private var failure: ExitStatus?
  private var isStopping = false
  private var isFinished = false

  init(settings: Settings, target: Target, environment: ServiceEnvironment) throws(QueueProblem) {
    self.target = target
    self.environment = environment
    spool = settings.paths.spool
    queue = try ArticleQueue(path: spool)
    notifier = Notifier(environment: environment)
    log = EventLog.standard(
      environment: environment, identifier: "newswire-forward",
      target: EventLog.Target(rawValue: settings.log.target.rawValue) ?? .auto,
      levels: EventLevels(EventLevel(name: settings.log.level.rawValue) ?? .info))
    let (events, feed) = AsyncStream.makeStream(of: Event.self)
    self.events = events
    self.feed = feed
    client = StreamClient(target.stream) { feed.yield(.stream($0)) }
    countries = Countries(folders: settings.paths.plugins)
    var limits = Flow.Limits()
    limits.articles = settings.forward.inFlight
    flow = Flow(limits: limits, seed: UInt64.random(in: .min ... .max))
  }

  /// Runs until a signal or a fault of the queue ends it.
  func run() async -> ExitStatus {
    log.record(
      .forwardStarted, "newswire-forward \(newswireVersion)",
      fields: ["pid": "\(getpid())", "spool": spool, "stream": target.stream.stream])
    let caught = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let signals = Task { await obey(caught) }
    countryOf = await countries.read()
    countriesRead = MonotonicClock.seconds()
    // Not after the first connection: a server that is away must not hold up the boot.
    notifier.ready(status: status)
    let watchdog = Watchdog(environment: environment, notifier: notifier) { [log] names in
      log.record(.watchdogStalled, "no progress: \(names.joined(separator: ", "))")
    }
    for counter in progress.counters { watchdog.register(counter.name, counter: counter.count) }
    let watching = Task { await watchdog.run() }
    let ticking = Task { [feed] in
      while (try? await Task.sleep(for: .seconds(1))) != nil { feed.yield(.wake) }
    }
    await handle(.start)
    for await event in events {
      progress.turned()
      await take(event)
      if isFinished { break }
    }
    watching.cancel()
    ticking.cancel()
    signals.cancel()
    let code = failure ?? .ok
    log.record(.forwardStopped, "stopped; \(flow.stored) articles forwarded", outcome: code.meaning)
    log.settle()
    return code
  }

  private func obey(_ signals: UnixSignalsSequence) async {
    for await _ in signals {
      if isStopping { ExitStatus.ok.leave() }
      isStopping = true
      notifier.stopping(status: "waiting for the stream's last acknowledgements")
      feed.yield(.stop)
    }
  }

  // MARK: Events

  private func take(_ event: Event) async {
    switch event {
    case .flow(let input):
      if case .left(let key) = input { parcels[key] = nil }
      await handle(input)
    case .article(let article): await take(article)
    case .connected(let number, let facts):
      if let ended, ended.number == number {
        await disconnect()
        await handle(.lost(Trouble(.away, "\(facts.server): \(ended.reason)")))
        break
      }
      connection = number
      server = facts.server
      largest = facts.largestMessage
      await handle(.connected)
      if facts.window < Target.shortestWindow {
        log.record(
          .forwardConnected,
          "the stream \(target.stream.stream) at \(server) knows an article again for \(Int(facts.window)) s only: one "
            + "whose fate is unknown after a crash may be stored twice",
          level: .warning, next: "nats stream edit \(target.stream.stream) --dupe-window 24h", fields: fields)
      } else {
        log.record(.forwardConnected, "connected to \(server), stream \(target.stream.stream)", fields: fields)
      }
    case .stream(.answer(let token, let body, let isNobody)):
      await handle(.answered(token, StreamAnswer(body, isNobody: isNobody)))
    case .stream(.closed(let number, let reason)):
      ended = (number, reason)
      guard number == connection else { break }
      await disconnect()
      await handle(.lost(Trouble(.away, "\(server): \(reason)")))
    case .stream(.complaint(let number, let reason)):
      // A refused permission is told for every message that was sent.
      guard number == connection, MonotonicClock.seconds() - complainedAt >= Self.tending else { break }
      complainedAt = MonotonicClock.seconds()
      log.record(.forwardMisfit, "\(server) says: \(reason)", fields: fields)
    case .countries(let read): countryOf = read
    case .failed(let problem):
      guard failure == nil else { break }
      failure = ExitStatus(rawValue: problem.exitStatus) ?? .software
      log.record(.forwardFailed, problem.description, outcome: failure?.meaning)
      notifier.failed(errno: 0, status: problem.description)
      isStopping = true
      await handle(.stop)
    case .passedOver(let problem):
      log.record(
        .queueError, "passed over: \(problem)", level: .warning, next: "the others go on",
        fields: fields)
    case .wake:
      if !flow.usesQueue { progress.usedQueue() }
      if !flow.isConnecting { progress.usedStream() }
      await handle(.tick)
      tend()
      tellStatus()
    case .stop: await handle(.stop)
    }
  }

  private func take(_ article: QueuedArticle) async {
    lastKey += 1
    var parcel = Parcel(article: article, claimed: MonotonicClock.seconds())
    // Before it is read: one far too large would only fill the memory, again after each restart.
    guard article.json.count <= largest else {
      parcels[lastKey] = parcel
      await handle(.unusable(lastKey, reason: "larger than the \(largest) bytes that \(server) takes"))
      return
    }
    do throws(ArticleFacts.Unreadable) {
      let facts = try ArticleFacts(parsing: article.json)
      parcel.facts = facts
      parcel.subject = target.subjects.subject(
        country: country(of: facts.publisher), publisher: facts.publisher, section: facts.section)
      parcels[lastKey] = parcel
      await handle(.claimed(lastKey, bytes: article.json.count))
    } catch {
      parcels[lastKey] = parcel
      await handle(.unusable(lastKey, reason: error.reason))
    }
  }

  /// A publisher that is not known may have got its plugin since the plugins were read.
  private func country(of publisher: String?) -> String? {
    guard let publisher else { return nil }
    if let country = countryOf[publisher] { return country }
    if MonotonicClock.seconds() - countriesRead >= Self.again {
      countriesRead = MonotonicClock.seconds()
      Task { [feed, countries] in feed.yield(.countries(await countries.read())) }
    }
    return nil
  }

  // MARK: Actions

  private func handle(_ input: Flow.Input) async {
    var messages: [StreamMessage] = []
    for action in flow.handle(input, now: MonotonicClock.seconds()) {
      switch action {
      case .look: look()
      case .connect: connect()
      case .disconnect: await disconnect()
      case .send(let token, let key):
        guard let parcel = parcels[key], let facts = parcel.facts else { break }
        messages.append(
          StreamMessage(token: token, subject: parcel.subject, id: facts.messageID, body: parcel.article.json))
      case .remove(let key):
        let parcel = parcels[key]
        log.record(
          .forwardSent, parcel?.subject ?? "", publisher: parcel?.facts?.publisher, article: parcel?.facts?.uri,
          bytes: parcel?.article.json.count,
          duration: .milliseconds(Int((MonotonicClock.seconds() - (parcel?.claimed ?? 0)) * 1000)))
        leave(key) { article throws(QueueProblem) in try await article.acknowledge() }
      case .setAside(let key, let reason):
        let parcel = parcels[key]
        log.record(
          .forwardRejected, "\(parcel?.article.name ?? "an element") was moved to bad/: \(reason)",
          publisher: parcel?.facts?.publisher, article: parcel?.facts?.uri, bytes: parcel?.article.json.count,
          fields: fields)
        leave(key) { article throws(QueueProblem) in try await article.setAside() }
      case .giveBack(let key): leave(key) { article throws(QueueProblem) in try await article.release() }
      case .finished: isFinished = true
      }
    }
    if !messages.isEmpty { await send(messages) }
    tellTrouble()
    setAlarm()
  }

  private func look() {
    Task { [feed, queue, progress] in
      do throws(QueueProblem) {
        if let article = try await queue.nextSoon() {
          feed.yield(.article(article))
        } else {
          feed.yield(.flow(.nothing))
        }
      } catch {
        feed.yield(.failed(error))
        feed.yield(.flow(.nothing))
      }
      progress.usedQueue()
    }
  }

  private func leave(
    _ key: Flow.Key, _ work: @escaping @Sendable (QueuedArticle) async throws(QueueProblem) -> Void
  ) {
    guard let article = parcels[key]?.article else { return }
    Task { [feed, progress] in
      do throws(QueueProblem) {
        try await work(article)
      } catch {
        // Taken over by another consumer, for whom the stream knows the article again.
        if !error.isLost { feed.yield(.failed(error)) }
      }
      feed.yield(.flow(.left(key)))
      progress.usedQueue()
    }
  }

  private func connect() {
    // One server an attempt, in turn: the wait between two attempts is spread and grows.
    let address = target.addresses[attempts % target.addresses.count]
    attempts += 1
    Task { [feed, client, target, progress] in
      do throws(StreamProblem) {
        let made = try await client.connect(to: address)
        if let trouble = target.misfit(made.facts) {
          await client.disconnect()
          feed.yield(.flow(.lost(trouble)))
        } else {
          feed.yield(.connected(made.connection, made.facts))
        }
      } catch {
        feed.yield(.flow(.lost(target.trouble(error))))
      }
      progress.usedStream()
    }
  }

  private func disconnect() async {
    connection = nil
    await client.disconnect()
  }

  private func send(_ messages: [StreamMessage]) async {
    for (token, problem) in await client.send(messages) {
      if case .tooLarge(let limit) = problem {
        feed.yield(.flow(.answered(token, .tooLarge("larger than the \(limit) bytes that \(server) takes"))))
      } else if connection != nil {
        await disconnect()
        var trouble = target.trouble(problem)
        trouble.reason = "\(server): \(trouble.reason)"
        feed.yield(.flow(.lost(trouble)))
      }
    }
  }

  /// Claims are kept fresh as long as articles are held, and those of consumers that died are freed.
  private func tend() {
    guard MonotonicClock.seconds() - tended >= Self.tending else { return }
    tended = MonotonicClock.seconds()
    let held = parcels.values.map(\.article)
    Task { [feed, queue] in
      for article in held { try? await article.refresh() }
      do throws(QueueProblem) { try await queue.purge() } catch { feed.yield(.failed(error)) }
      for problem in await queue.passedOver() { feed.yield(.passedOver(problem)) }
    }
  }

  private func setAlarm() {
    guard let wake = flow.wake else { return }
    if let alarm, alarm.time <= wake, alarm.time > MonotonicClock.seconds() { return }
    alarm?.task.cancel()
    let wait = max(wake - MonotonicClock.seconds(), 0.01)
    // The second's tick comes first.
    guard wait < 1 else { return }
    let task = Task { [feed] in
      if (try? await Task.sleep(for: .milliseconds(Int64(wait * 1000) + 1))) != nil { feed.yield(.wake) }
    }
    alarm = (MonotonicClock.seconds() + wait, task)
  }

  // MARK: Telling

  private var fields: [String: String] { ["stream": target.stream.stream, "held": "\(flow.held)"] }

  /// What begins is told at once, what lasts every ten minutes, what is over once.
  private func tellTrouble() {
    let now = MonotonicClock.seconds()
    guard flow.trouble != told || (told != nil && now - toldAt >= Self.again) else { return }
    let before = told
    told = flow.trouble
    toldAt = now
    tellStatus()
    guard let trouble = flow.trouble else {
      if before?.kind == .full || before?.kind == .odd {
        log.record(.forwardResumed, "the stream \(target.stream.stream) takes articles again", fields: fields)
      }
      return
    }
    let kind: EventKind =
      switch trouble.kind {
      case .away: .forwardAway
      case .misfit: .forwardMisfit
      case .full, .odd: .forwardFull
      }
    log.record(
      kind, [trouble.reason, trouble.remedy].compactMap { $0 }.joined(separator: "; "), next: again, fields: fields)
  }

  private var again: String? {
    flow.retry.map { "again in \(max(1, Int(($0 - MonotonicClock.seconds()).rounded(.up)))) s" }
  }

  private func tellStatus() {
    if !isStopping { notifier.status(status) }
  }

  private var status: String {
    let counts = "\(flow.stored) forwarded, \(flow.held) under way"
    if let trouble = flow.trouble {
      return (["waiting: \(trouble.reason)", trouble.remedy, counts, again].compactMap { $0 }).joined(separator: "; ")
    }
    return flow.isConnected ? "\(counts), to \(target.stream.stream) at \(server)" : "connecting; \(counts)"
  }
}
