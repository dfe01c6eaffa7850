import Manifest
import Scheduling
public import Service
import Store
public import Values

extension Ingester {
  /// Why a source is fetched when it is, what the last attempts brought and what is wrong: for `newswirectl explain`.
  /// `name` is a source's id (`bbc/rss`) or a publisher's, which stands for all its sources.
  public func explain(_ name: String) throws(ControlError) -> JSON {
    let found = places.values
      .filter { $0.source.id == name || $0.manifest.publisher.id == name }
      .sorted { $0.source.id < $1.source.id }
    guard !found.isEmpty else {
      throw ControlError(
        .notFound, "There is no source or publisher “\(name)” in use.",
        hint: "'newswirectl status' shows the publishers; a source is called <publisher>/<kind>.")
    }
    return ["sources": .array(found.map { explanation(of: $0) })]
  }

  private func explanation(of place: Place) -> JSON {
    let state = place.state
    let bounds = cadence(place.manifest)
    var json = JSONObject([
      ("source", .string(place.source.id)), ("kind", .string(place.source.kind.rawValue)),
      ("url", .string(place.source.url.description)),
    ])
    json.set("next_fetch", heap.due(place.source.id)?.rfc3339)
    json["why"] = .string(why(place))
    json.set("last_attempt", state.lastAttempt?.rfc3339)
    json.set("last_success", state.lastSuccess?.rfc3339)
    json.set("last_status", state.lastStatus)
    json.set("last_outcome", outcomes[place.source.id]?.outcome.rawValue)
    json.set("last_items", outcomes[place.source.id]?.items)
    json.set("last_new", outcomes[place.source.id]?.new)
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

  private func why(_ place: Place) -> String {
    if let pause { return "fetching rests: \(pause)" }
    if isResting { return "the operator has paused fetching" }
    if attending.contains(place.source.id) { return "it is being fetched now" }
    if network.isDown(.now()) { return "the network here is down; one attempt each \(NetworkWatch.probe) s" }
    if place.state.muted { return "the server said that it is gone for good (410); 'newswirectl fetch' tries it again" }
    if place.state.lastAttempt == nil { return "it has not been fetched yet" }
    guard let decision = place.decision else { return "decided before the last start" }
    return decision.reason.rawValue
  }
}
