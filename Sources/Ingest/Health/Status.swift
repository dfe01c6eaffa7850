import Configuration
import Fetching
import Fleet
import Manifest
import Queue
import Scheduling
public import Service
import Store
import TOML
public import Values
import Workers

extension Ingester {
  /// What the daemon is at, in a word.
  enum Condition: String {
    case running, paused, stopping
  }

  func noteCondition() {
    let now: Condition = isStopping ? .stopping : pause == nil && !isResting ? .running : .paused
    if now != condition { (condition, conditionSince) = (now, .now()) }
  }

  /// The state of the daemon as `newswirectl status` shows it.
  public func status() async -> JSON {
    let now = Timestamp.now()
    var json = JSONObject([
      ("version", .string(newswireVersion)),
      ("state", .string(condition.rawValue)), ("since", .string(since.rfc3339)),
      ("state_since", .string(conditionSince.rfc3339)), ("pid", JSON(Machine.processID)),
    ])
    json.set("reason", pause)
    let mistakes = PluginNames(settings, catalogue).mistakes
    if !mistakes.isEmpty { json["settings_problems"] = .array(mistakes.map { .string($0) }) }
    if !catalogue.refused.isEmpty {
      json["refused_plugins"] = .array(
        catalogue.refused.map { plugin in
          ["id": .string(plugin.id), "problems": .array(plugin.problems.all.map { .string($0.description) })]
        })
    }
    json.set("fleet", fleet?.status)
    do throws(LedgerFailure) {
      let figures = try await ledger.figures(now: now)
      json["publishers"] = .array(roster.manifests.indices.map { publisher($0, figures, now) })
      var queue = JSONObject([
        ("path", .string(settings.paths.spool)), ("pending", JSON(figures.queue.pending)),
        ("bytes", .integer(figures.queue.bytes)), ("claimed", JSON(figures.queue.claimed)),
        ("state", .string(pause ?? "open")), ("quarantined", JSON(figures.queue.quarantined)),
        ("max_articles", JSON(settings.queue.maxFiles)), ("max_bytes", JSON(settings.queue.maxBytes)),
      ])
      queue.set("oldest_seconds", figures.queue.oldestAge.map { Int($0) })
      json["queue"] = .object(queue)
    } catch {
      json["error"] = .string(error.message)
    }
    json["totals"] = [
      "articles": JSON(totals.articles), "updates": JSON(totals.updates), "fetches": JSON(totals.fetches),
      "not_modified": JSON(totals.notModified), "failures": JSON(totals.failures), "pages": JSON(totals.pages),
      "partial": JSON(totals.partial),
    ]
    let statistics = await fetcher.statistics()
    json["transfers"] = ["in_flight": JSON(statistics.inFlight), "waiting": JSON(statistics.waiting)]
    json["workers"] = ["pids": .array(await workers.running().map { .integer(Int64($0)) })]
    return .object(json)
  }

  private func publisher(_ place: Int, _ figures: Ledger.Figures, _ now: Timestamp) -> JSON {
    let manifest = roster.manifests[place]
    let id = manifest.publisher.id
    let numbers = roster.numbers(ofPlace: place)
    let health = figures.sources[id]
    let rhythm = wellbeing.rhythms[id]
    var json = JSONObject([
      ("id", .string(id)), ("name", .string(manifest.publisher.name)), ("sources", JSON(numbers.count)),
    ])
    json.set("last_success", health?.lastSuccess?.rfc3339)
    json.set("next_fetch", numbers.compactMap { heap.due($0) }.min()?.rfc3339)
    json["articles_today"] = JSON(rhythm?.today(now) ?? 0)
    json.set("usual_by_now", rhythm?.usualByNow(now))
    json.set("usual_day", rhythm?.usualDay(now))
    json["articles_total"] = JSON(wellbeing.totals[id] ?? 0)
    if let rhythm, rhythm.fill.count > 0 { json["fill"] = share(rhythm.fill.recent) }
    if let rhythm, rhythm.fill.count >= PublisherRhythm.Drift.enough { json["fill_usual"] = share(rhythm.fill.usual) }
    if let rhythm, rhythm.whole.count > 0 { json["whole"] = share(rhythm.whole.recent) }
    json["waiting"] = JSON(figures.waiting[id] ?? 0)
    json["failing"] = JSON(numbers.count { roster.note($0).isFailing })
    if let rules = ruleHealth[id] {
      if !rules.broken.isEmpty { json["broken_rules"] = .array(rules.broken.map { .string($0) }) }
      if let failure = rules.lastFailure {
        json["rule_failure"] = .string("\(failure.origin.rule): \(failure.message)")
      }
    }
    json.set("last_error", health?.lastError)
    let ailments = ailments(ofPlace: place, health, now)
    if !ailments.isEmpty {
      json["ailments"] = .array(
        ailments.map { ["kind": .string($0.kind.rawValue), "reason": .string($0.reason)] })
    }
    return .object(json)
  }

  private func share(_ value: Double) -> JSON { .number((value * 1000).rounded() / 1000) }

  /// One line for systemd's STATUS.
  public var statusLine: String {
    get async {
      let queued = (try? await ledger.queued()).map { "\($0) queued" }
      if let pause { return "paused: \(pause)" }
      if let fleet, fleet.isCutOff || fleet.isDraining {
        return [
          fleet.isCutOff ? "cut off from the state database" : "drained by the operator", queued,
        ].compactMap { $0 }.joined(separator: ", ")
      }
      if isResting { return ["paused by the operator", queued].compactMap { $0 }.joined(separator: ", ") }
      if network.isDown(.now()) {
        return ["the network here is down, probing", queued].compactMap { $0 }.joined(separator: ", ")
      }
      let failing = roster.failingPublishers
      let ailing = wellbeing.ailments.values.count { $0.contains { $0.kind != .failing && $0.kind != .sources } }
      var parts = [counted(roster.manifests.count, "publisher")]
      if let fleet { parts.append(counted(fleet.held.count, "lease")) }
      if failing > 0 { parts.append("\(failing) failing") }
      if ailing > 0 { parts.append("\(ailing) not as usual") }
      if !catalogue.refused.isEmpty { parts.append("\(counted(catalogue.refused.count, "plugin")) refused") }
      if let queued { parts.append(queued) }
      parts.append("\(counted(totals.articles, "article")) since start")
      if pageCount > 0 { parts.append("\(counted(pageCount, "page")) under way") }
      if let next = heap.next() {
        let seconds = max(0, Int(next.seconds(since: .now())))
        parts.append(seconds == 0 ? "fetching" : "next fetch in \(seconds.spokenSeconds)")
      }
      return parts.joined(separator: ", ")
    }
  }

  /// Fetches all sources of a publisher now. With `wait`, answers when their visits are over.
  public func fetch(publisher id: String, wait: Bool) async throws(ControlError) -> JSON {
    let numbers = roster.numbers(publisher: id)
    guard !numbers.isEmpty else {
      throw ControlError(
        .notFound, "There is no publisher “\(id)” in use.", hint: "'newswirectl status' shows those there are.")
    }
    if let pause {
      throw ControlError(.notNow, "Fetching rests: \(pause).", hint: "Make room in the queue first.")
    }
    for number in numbers {
      let group = group(of: number)
      guard let until = holds[group], until > .now() else { continue }
      throw ControlError(
        .notNow, "The server of \(group) asked for rest until \(until.rfc3339).",
        hint: "'newswirectl explain \(id)' says more; it is fetched when that is over.")
    }
    if fleet != nil, case let group = group(of: numbers.lowerBound), !isOurs(group) {
      do throws(NotOurs) { _ = try await right(to: group) } catch {
        throw ControlError(
          .notNow, "\(error.message).",
          hint: error.node == nil
            ? "Look at 'newswirectl fleet'." : "Ask for it there; 'newswirectl fleet --groups' shows who fetches what.")
      }
    }
    await logins.retry(id)
    let ids = numbers.map { roster.source($0).id }
    askedFor.formUnion(ids)
    for number in numbers { attend(number) }
    guard wait else {
      return ["sources": .array(ids.map { ["source": .string($0), "outcome": "started"] })]
    }
    var results: [JSON] = []
    for id in ids {
      let visit = await ending(id)
      var json = JSONObject([("source", .string(id)), ("outcome", .string(visit?.outcome.rawValue ?? "unknown"))])
      // A visit that ended before it was asked for, or with the state out of reach, left no reason behind.
      let isWell = visit.map { [.new, .nothingNew, .unchanged].contains($0.outcome) } ?? false
      let reason = visit?.error ?? (isWell ? nil : isStopping ? "the daemon stops" : "see 'newswirectl explain \(id)'")
      json.set("items", visit?.items)
      json.set("new", visit?.new)
      json.set("error", reason)
      results.append(.object(json))
    }
    return ["sources": .array(results)]
  }

  /// What the visit under way to a source brings; what the last one brought when none is under way any more.
  private func ending(_ id: String) async -> Visit? {
    if attending.contains(id) { return await withCheckedContinuation { waiters[id, default: []].append($0) } }
    guard let number = roster.number(of: id), let outcome = roster.note(number).outcome else { return nil }
    return Visit(outcome: outcome, items: roster.note(number).items, new: roster.note(number).new)
  }
}
