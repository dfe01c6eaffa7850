import Configuration
import Feeds
import Fetching
import Manifest
import Push
import Queue
import Scheduling
public import Service
import Store
import TOML
public import Values
import Workers

extension Ingester {
  /// Why a source is fetched when it is, what the last attempts brought and what is wrong: for `newswirectl explain`.
  /// `name` is a source's id (`bbc/rss`) or a publisher's, which stands for all its sources.
  /// Keys and passwords in addresses are left out, as in the log, unless they are asked for.
  public func explain(_ name: String, showsSecrets: Bool = false) async throws(ControlError) -> JSON {
    let numbers = roster.number(of: name).map { [$0] } ?? Array(roster.numbers(publisher: name))
    guard !numbers.isEmpty else {
      let publisher = name.split(separator: "/").first.map(String.init) ?? name
      if let refused = catalogue.refused.first(where: { $0.id == publisher }) {
        throw ControlError(
          .notFound, "The plugin “\(publisher)” was refused: \(refused.problems.description)",
          hint: "Correct it, then 'systemctl reload newswired'.")
      }
      if catalogue[publisher] != nil, roster[publisher: publisher] == nil {
        throw ControlError(
          .notFound, "The publisher “\(publisher)” is switched off by [publishers] in newswire.toml.",
          hint: "'newswirectl plugin enable \(publisher)' switches it on.")
      }
      throw ControlError(
        .notFound, "There is no source or publisher “\(name)” in use.",
        hint: "'newswirectl status' shows the publishers; a source is called <publisher>/<kind>.")
    }
    var sources: [(id: String, json: JSON)] = []
    do throws(LedgerFailure) {
      for number in numbers {
        let place = try await place(number)
        let explanation = await explanation(of: place, number)
        sources.append((place.source.id, showsSecrets ? explanation : explanation.withoutSecrets))
      }
    } catch {
      throw ControlError(.notNow, error.message, hint: "Try again in a moment.")
    }
    return ["sources": .array(sources.sorted { $0.id < $1.id }.map(\.json))]
  }

  private func explanation(of place: Place, _ number: Int) async -> JSON {
    let state = place.state
    let bounds = cadence(place.manifest)
    var json = JSONObject([
      ("source", .string(place.source.id)), ("kind", .string(place.source.kind.rawValue)),
      ("url", .string(place.source.address)),
    ])
    json.set("next_fetch", heap.due(number)?.rfc3339)
    json["why"] = .string(why(place, number))
    json.set("last_attempt", state.lastAttempt?.rfc3339)
    json.set("last_success", state.lastSuccess?.rfc3339)
    json.set("last_status", state.lastStatus)
    let note = roster.note(number)
    json.set("last_outcome", note.outcome?.rawValue)
    json.set("last_items", note.outcome.map { _ in note.items })
    json.set("last_new", note.outcome.map { _ in note.new })
    json["attempts"] = .array(
      state.attempts.list.map { attempt in
        var json = JSONObject([("at", .string(attempt.at.rfc3339)), ("outcome", .string(attempt.outcome))])
        json.set("status", attempt.status)
        json["items"] = JSON(attempt.items)
        json["new"] = JSON(attempt.new)
        return .object(json)
      })
    json["failures"] = JSON(state.failures)
    json.set("error", state.lastError)
    if let rate = state.itemsPerDay { json["items_per_day"] = .number((rate * 10).rounded() / 10) }
    json["knows_rhythm"] = .bool(state.rhythm.flatMap { Rhythm(text: $0) }?.isLearned ?? false)
    json.set("newest_item", state.newestItem?.rfc3339)
    json["min_interval"] = JSON(bounds.minInterval)
    json["max_interval"] = JSON(bounds.maxInterval)
    json["conditional"] = .bool(state.etag != nil || state.lastModified != nil)
    json["facts"] = .array(await facts(of: place, number).map { ["topic": .string($0.0), "text": .string($0.1)] })
    return .object(json)
  }

  /// Everything that is special about the source, in words: topic and sentence.
  private func facts(of place: Place, _ number: Int) async -> [(String, String)] {
    let state = place.state
    let details = state.details
    let now = Timestamp.now()
    var facts: [(String, String)] = []
    let own = place.source.url(at: now, offset: zoneOffset(place.manifest, at: now))
    if place.source.template != nil { facts.append(("today", own.description)) }
    if let feed = details.feed { facts.append(("found", "the home page names the feed \(feed)")) }
    if state.etag != nil || state.lastModified != nil {
      let whole =
        WholeFetch.due(state, every: place.manifest.fetch.wholeEvery).map {
          "; the whole list is asked for after \($0.rfc3339), to see whether that can be believed"
        } ?? "; the whole list is never asked for"
      facts.append(("asks", "only for changes (the server gave a validator)" + whole))
    }
    if CutDocument.isPending(state) {
      facts.append(("cut", "the last list ended before its end; the whole one is asked for at the next visit"))
    }
    if let silence = SourceSilence.account(state, now: now) { facts.append(("silent", silence)) }
    if details.validatorsLie {
      facts.append(("doubt", "the server once said that nothing had changed when it had: asked in full once a day"))
    }
    if let punished = details.wholePunished, now.seconds(since: punished) < WholeFetch.punished {
      facts.append(("punished", "a request for the whole list was refused at \(punished.rfc3339); none for four weeks"))
    }
    let quiet = QuietTime(hours: state.quietHours, days: state.quietDays)
    if !quiet.isNothing { facts.append(("quiet", "the feed says that nothing comes: \(quiet.spoken)")) }
    if let promised = state.promised {
      facts.append(("promise", "the feed says it holds for \(promised.spokenSeconds)"))
    }
    if let target = details.movedTo {
      let until =
        details.movedAt.map {
          "; the plugin's own address is asked again after \($0.adding(seconds: Int64(MovePolicy.recheck)).rfc3339)"
        } ?? ""
      facts.append(("moved", "for good to \(target), and is asked for there\(until): correct url in the plugin"))
    } else if let target = state.permanentTo {
      let since = state.permanentSince.map { " since \($0.rfc3339)" } ?? ""
      facts.append(
        (
          "moving",
          "redirected for good to \(target), seen \(state.permanentSeen) times\(since); followed at once after \(MovePolicy.sightings) times over a day"
        ))
    }
    if details.archiveLeft > 0 {
      facts.append(
        (
          "archive",
          "\(details.archiveRead) pages of its past are read, at most \(details.archiveLeft) more are to come"
        ))
    } else if details.archiveRead > 0 {
      facts.append(("archive", "\(details.archiveRead) pages of its past were read"))
    }
    if let push = pushes[place.source.id] ?? details.push { facts.append(("push", account(of: push))) }
    let group = group(of: number)
    if let until = holds[group], until > now {
      facts.append(("rest", "the server of \(group) asked for rest until \(until.rfc3339)"))
    }
    facts.append(("group", "counts as \(group)"))
    if let proxy = proxies.name(for: place.manifest.publisher.id) { facts.append(("proxy", "through \(proxy)")) }
    if let login = await logins.account(of: place.manifest) { facts.append(("login", login)) }
    return facts
  }

  private func why(_ place: Place, _ number: Int) -> String {
    if let pause { return "fetching rests: \(pause)" }
    if !isOurs(group(of: number)) {
      return "another node of the fleet has the lease of \(group(of: number)); 'newswirectl fleet --groups' shows which"
    }
    if isResting { return "the operator has paused fetching" }
    if attending.contains(place.source.id) { return "it is being fetched now" }
    if let ahead = placeInGroup(number) { return "it is due and waits for its rate group, behind \(ahead) others" }
    if network.isSuspected {
      return "the network here is down" + (network.nextProbe.map { "; the next attempt is at \($0.rfc3339)" } ?? "")
    }
    if place.state.muted { return "the server said that it is gone for good (410); 'newswirectl fetch' tries it again" }
    guard let reason = place.state.dueReason.flatMap({ Cadence.Decision.Reason(word: $0) }) else {
      return place.state.lastAttempt == nil ? "it has not been fetched yet" : "decided by an earlier version"
    }
    return reason.rawValue
  }
}

extension JSON {
  /// The same with every text as the log would show it.
  fileprivate var withoutSecrets: JSON {
    switch self {
    case .string(let text): .string(redacted(text))
    case .array(let elements): .array(elements.map(\.withoutSecrets))
    case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.withoutSecrets) }))
    default: self
    }
  }
}
