import Configuration
import Fetching
import Manifest
import Queue
import Scheduling
public import Service
import Store
public import Values
import Workers

extension Ingester {
  /// The state of the daemon as `newswirectl status` shows it.
  public func status() async -> JSON {
    let now = Timestamp.now()
    let midnight = Timestamp(seconds: now.seconds - now.seconds % 86_400)
    var json = JSONObject([
      ("version", .string(newswireVersion)),
      ("state", .string(isStopping ? "stopping" : pause == nil && !isResting ? "running" : "paused")),
      ("since", .string(since.rfc3339)), ("pid", JSON(Machine.processID)),
    ])
    json.set("reason", pause)
    do throws(LedgerFailure) {
      let figures = try await ledger.figures(since: midnight, now: now)
      json["publishers"] = .array(roster.manifests.indices.map { publisher($0, figures) })
      json["queue"] = [
        "path": .string(settings.paths.spool), "pending": JSON(figures.queue.pending),
        "bytes": .integer(figures.queue.bytes), "claimed": JSON(figures.queue.claimed),
        "state": .string(pause ?? "open"),
      ]
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

  private func publisher(_ place: Int, _ figures: Ledger.Figures) -> JSON {
    let manifest = roster.manifests[place]
    let id = manifest.publisher.id
    let numbers = roster.numbers(ofPlace: place)
    let health = figures.sources[id]
    var json = JSONObject([
      ("id", .string(id)), ("name", .string(manifest.publisher.name)), ("sources", JSON(numbers.count)),
    ])
    json.set("last_success", health?.lastSuccess?.rfc3339)
    json.set("next_fetch", numbers.compactMap { heap.due($0) }.min()?.rfc3339)
    json["articles_today"] = JSON(figures.articles[id]?.updatedSince ?? 0)
    json["articles_total"] = JSON(figures.articles[id]?.articles ?? 0)
    json["waiting"] = JSON(figures.waiting[id] ?? 0)
    json["failing"] = JSON(numbers.count { roster.note($0).isFailing })
    if let rules = ruleHealth[id] {
      if let fill = rules.fill { json["fill"] = .number((fill * 1000).rounded() / 1000) }
      if !rules.broken.isEmpty { json["broken_rules"] = .array(rules.broken.map { .string($0) }) }
      if let failure = rules.lastFailure {
        json["rule_failure"] = .string("\(failure.origin.rule): \(failure.message)")
      }
    }
    json.set("last_error", health?.lastError)
    return .object(json)
  }

  /// One line for systemd's STATUS.
  public var statusLine: String {
    if let pause { return "paused: \(pause)" }
    let failing = roster.failingPublishers
    var parts = ["\(roster.manifests.count) publishers"]
    if failing > 0 { parts.append("\(failing) failing") }
    parts.append("\(totals.articles) articles since start")
    if pageCount > 0 { parts.append("\(pageCount) pages under way") }
    if let next = heap.next() {
      parts.append("next fetch \(max(0, Int(next.seconds(since: .now()))).spokenSeconds)")
    }
    return parts.joined(separator: ", ")
  }

  /// Fetches all sources of a publisher now. With `wait`, answers when their visits are over.
  public func fetch(publisher id: String, wait: Bool) async throws(ControlError) -> JSON {
    let numbers = roster.numbers(publisher: id)
    guard !numbers.isEmpty else {
      throw ControlError(
        .notFound, "There is no publisher “\(id)” in use.", hint: "'newswirectl status' shows those there are.")
    }
    if let pause {
      throw ControlError(.unavailable, "Fetching rests: \(pause).", hint: "Make room in the queue first.")
    }
    let ids = numbers.map { roster.source($0).id }
    for number in numbers { attend(number) }
    guard wait else {
      return ["sources": .array(ids.map { ["source": .string($0), "outcome": "started"] })]
    }
    var results: [JSON] = []
    for id in ids {
      let visit = await ending(id)
      var json = JSONObject([("source", .string(id)), ("outcome", .string(visit?.outcome.rawValue ?? "unknown"))])
      json.set("items", visit?.items)
      json.set("new", visit?.new)
      json.set("error", visit?.error)
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
