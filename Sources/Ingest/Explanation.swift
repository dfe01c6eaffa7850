import Manifest
import Scheduling
public import Service
import Store
public import Values

extension Ingester {
  /// Why a source is fetched when it is, what the last attempts brought and what is wrong: for `newswirectl explain`.
  /// `name` is a source's id (`bbc/rss`) or a publisher's, which stands for all its sources.
  public func explain(_ name: String) async throws(ControlError) -> JSON {
    let numbers = roster.number(of: name).map { [$0] } ?? Array(roster.numbers(publisher: name))
    guard !numbers.isEmpty else {
      throw ControlError(
        .notFound, "There is no source or publisher “\(name)” in use.",
        hint: "'newswirectl status' shows the publishers; a source is called <publisher>/<kind>.")
    }
    var sources: [(id: String, json: JSON)] = []
    do throws(LedgerFailure) {
      for number in numbers {
        let place = try await place(number)
        sources.append((place.source.id, explanation(of: place)))
      }
    } catch {
      throw ControlError(.unavailable, error.message, hint: "Try again in a moment.")
    }
    return ["sources": .array(sources.sorted { $0.id < $1.id }.map(\.json))]
  }

  private func explanation(of place: Place) -> JSON {
    let state = place.state
    let bounds = cadence(place.manifest)
    let number = roster.number(of: place.source.id)
    let note = number.map { roster.note($0) } ?? Roster.Note()
    var json = JSONObject([
      ("source", .string(place.source.id)), ("kind", .string(place.source.kind.rawValue)),
      ("url", .string(place.source.url.description)),
    ])
    json.set("next_fetch", number.flatMap { heap.due($0) }?.rfc3339)
    json["why"] = .string(why(place, note))
    json.set("last_attempt", state.lastAttempt?.rfc3339)
    json.set("last_success", state.lastSuccess?.rfc3339)
    json.set("last_status", state.lastStatus)
    json.set("last_outcome", note.outcome?.rawValue)
    json.set("last_items", note.outcome.map { _ in note.items })
    json.set("last_new", note.outcome.map { _ in note.new })
    json["failures"] = JSON(state.failures)
    json.set("error", state.lastError)
    if let rate = state.itemsPerDay { json["items_per_day"] = .number((rate * 10).rounded() / 10) }
    json.set("newest_item", state.newestItem?.rfc3339)
    json.set("moved_to", state.permanentTo)
    json["min_interval"] = JSON(bounds.minInterval)
    json["max_interval"] = JSON(bounds.maxInterval)
    json["conditional"] = .bool(state.etag != nil || state.lastModified != nil)
    return .object(json)
  }

  private func why(_ place: Place, _ note: Roster.Note) -> String {
    if let pause { return "fetching rests: \(pause)" }
    if isResting { return "the operator has paused fetching" }
    if attending.contains(place.source.id) { return "it is being fetched now" }
    if network.isDown(.now()) { return "the network here is down; one attempt each \(NetworkWatch.probe) s" }
    if place.state.muted { return "the server said that it is gone for good (410); 'newswirectl fetch' tries it again" }
    if place.state.lastAttempt == nil { return "it has not been fetched yet" }
    return note.reason?.rawValue ?? "decided before the last start"
  }
}
