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
      json["publishers"] = .array(manifests.map { publisher($0, figures) })
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

  private func publisher(_ manifest: Manifest, _ figures: Ledger.Figures) -> JSON {
    let id = manifest.publisher.id
    let own = places.values.filter { $0.manifest.publisher.id == id }.sorted { $0.source.id < $1.source.id }
    var json = JSONObject([
      ("id", .string(id)), ("name", .string(manifest.publisher.name)), ("sources", JSON(own.count)),
    ])
    json.set("last_success", own.compactMap { $0.state.lastSuccess }.max()?.rfc3339)
    json.set("next_fetch", own.compactMap { heap.due($0.source.id) }.min()?.rfc3339)
    json["articles_today"] = JSON(figures.articles[id]?.updatedSince ?? 0)
    json["articles_total"] = JSON(figures.articles[id]?.articles ?? 0)
    json["waiting"] = JSON(figures.waiting[id] ?? 0)
    json["failing"] = JSON(own.count { $0.state.failures > 0 })
    json.set("last_error", own.first { $0.state.failures > 0 }?.state.lastError)
    return .object(json)
  }

  /// One line for systemd's STATUS.
  public var statusLine: String {
    if let pause { return "paused: \(pause)" }
    let failing = Set(places.values.filter { $0.state.failures > 0 }.map { $0.manifest.publisher.id }).count
    var parts = ["\(manifests.count) publishers"]
    if failing > 0 { parts.append("\(failing) failing") }
    parts.append("\(totals.articles) articles since start")
    if !pages.isEmpty { parts.append("\(pages.count) pages under way") }
    if let next = heap.next() {
      parts.append("next fetch \(max(0, Int(next.seconds(since: .now()))).spokenSeconds)")
    }
    return parts.joined(separator: ", ")
  }

  /// Fetches all sources of a publisher now. With `wait`, answers when their visits are over.
  public func fetch(publisher id: String, wait: Bool) async throws(ControlError) -> JSON {
    let ids = places.values.filter { $0.manifest.publisher.id == id }.map(\.source.id).sorted()
    guard !ids.isEmpty else {
      throw ControlError(
        .notFound, "There is no publisher “\(id)” in use.", hint: "'newswirectl status' shows those there are.")
    }
    if let pause {
      throw ControlError(.unavailable, "Fetching rests: \(pause).", hint: "Make room in the queue first.")
    }
    for id in ids { attend(id) }
    guard wait else {
      return ["sources": .array(ids.map { ["source": .string($0), "outcome": "started"] })]
    }
    for id in ids where attending.contains(id) {
      await withCheckedContinuation { waiters[id, default: []].append($0) }
    }
    return [
      "sources": .array(
        ids.map { id in
          let visit = outcomes[id]
          var json = JSONObject([("source", .string(id)), ("outcome", .string(visit?.outcome.rawValue ?? "unknown"))])
          json.set("items", visit?.items)
          json.set("new", visit?.new)
          json.set("error", visit?.error)
          return .object(json)
        })
    ]
  }
}
