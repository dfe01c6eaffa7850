import Configuration
import Feeds
import Fetching
import Manifest
import Push
import Queue
import Scheduling
import Service
import Store
import Values
import Workers

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// WebSub: subscriptions at hubs, their callbacks, and what they push. Off unless [push] url is set.
extension Ingester {
  /// Listens for callbacks. A listener that cannot be had is reported; polls do not depend on it.
  func startPushes() async throws(LedgerFailure) {
    guard settings.push.url != nil else { return }
    pushes = try await ledger.pushSubscriptions()
    pushTokens = Dictionary(pushes.map { ($1.token, $0) }) { first, _ in first }
    do throws(PushListenerError) {
      let listener = try PushListener(address: settings.push.listen, bodyLimit: settings.push.limit) {
        [weak self] request in
        await self?.called(request) ?? PushResponse(503)
      }
      try listener.start()
      pushListener = listener
    } catch {
      log.record(
        .pushFailed, "[push] listen: \(error.message)", level: .error,
        next: "sources are polled as without hubs; correct it and start again")
    }
  }

  static func check(_ push: Settings.Push) throws(SettingsProblem) {
    guard let text = push.url else { return }
    func problem(_ key: String, _ message: String) -> SettingsProblem {
      var problem = SettingsProblem(key: key, message: message)
      problem.section = "push"
      return problem
    }
    guard let url = WebURL(text), url.userinfo == nil, url.query == nil, url.fragment == nil else {
      throw problem("url", "must be the http or https address at which hubs reach this machine's web server")
    }
    do throws(PushListenerError) { _ = try PushListener.parse(push.listen) } catch {
      throw problem("listen", error.message)
    }
  }

  // MARK: Subscribing

  /// Asks the hub that a feed names to push, when that is due.
  func subscribe(_ place: Place, _ feed: Feed, _ response: FetchResponse) async {
    let links = response.headers.values("Link")
    let hubs = feed.hubs + LinkField.targets(links, rel: "hub").compactMap { WebURL($0) }
    guard let hub = hubs.first(where: { $0.scheme == "https" }) ?? hubs.first else { return }
    let linked = LinkField.targets(links, rel: "self").lazy.compactMap { WebURL($0) }.first
    await subscribe(place, hub: hub, topic: (feed.feedURL ?? linked ?? response.url).description)
  }

  /// Renews a subscription when that is due, also of a feed that answers 304.
  func renewPush(_ place: Place) async {
    guard let push = pushes[place.source.id], let hub = WebURL(push.hub) else { return }
    await subscribe(place, hub: hub, topic: push.topic)
  }

  private func subscribe(_ place: Place, hub: WebURL, topic: String) async {
    let id = place.source.id
    guard pushListener != nil, place.source.push else { return }
    let now = Timestamp.now()
    let action = PushPolicy.action(pushes[id], hub: hub.description, topic: topic, now: now)
    if action == .nothing { return }
    var push =
      PushSubscription(
        hub: hub.description, topic: topic, token: Self.randomText(), secret: Self.randomText(), state: .requested,
        askedAt: now)
    if action == .renew, let known = pushes[id] { push = known }
    push.askedAt = now
    // The secret may only go to a hub over https (WebSub, section 5.1), and without it anyone could push.
    let isTrustworthy = hub.scheme == "https"
    if !isTrustworthy {
      push.state = .denied
      push.reason = "the hub is not reached over https, so its pushes could not be trusted"
    }
    // Before the hub is asked: some come to verify before they answer.
    await keep(push, of: id)
    if isTrustworthy { await ask(hub, push, place) }
  }

  private func ask(_ hub: WebURL, _ push: PushSubscription, _ place: Place) async {
    let id = place.source.id
    var request = FetchRequest(
      hub, purpose: .form, allowPorts: settings.fetch.allowPorts.isEmpty ? [] : Set(settings.fetch.allowPorts),
      proxy: proxies.choice(for: place.manifest.publisher.id))
    let base = settings.push.url ?? ""
    request.form = [
      ("hub.callback", Secret(base + (base.hasSuffix("/") ? "" : "/") + push.token)), ("hub.mode", Secret("subscribe")),
      ("hub.topic", Secret(push.topic)), ("hub.lease_seconds", Secret("\(settings.push.lease)")),
      ("hub.secret", Secret(push.secret)),
    ]
    var reason: String?
    do throws(FetchError) {
      let response = try await fetcher.fetch(request)
      if !response.isSuccess { reason = "the hub answered \(response.status)" }
    } catch {
      reason = "the hub cannot be asked: \(error.message)"
    }
    guard var now = pushes[id], now.token == push.token else { return }
    now.reason = reason
    now.failures = reason == nil ? 0 : now.failures + 1
    await keep(now, of: id)
    if let reason {
      log.record(
        .pushFailed, reason, level: .info, publisher: place.manifest.publisher.id, source: id, url: hub,
        outcome: "not-subscribed", next: "polled as without a hub; it is asked again later")
    }
  }

  private func keep(_ push: PushSubscription, of id: String) async {
    if let old = pushes[id], old.token != push.token { pushTokens[old.token] = nil }
    pushes[id] = push
    pushTokens[push.token] = id
    do throws(LedgerFailure) {
      try await ledger.change(id) { $0.details.push = push }
    } catch {
      noteFailure(error)
    }
  }

  private static func randomText() -> String {
    var generator = SystemRandomNumberGenerator()
    return (0..<4).map { _ in
      let hex = String(generator.next() as UInt64, radix: 16)
      return String(repeating: "0", count: 16 - hex.count) + hex
    }.joined()
  }

  // MARK: Callbacks

  /// Answers a hub. Whoever does not know a token learns nothing.
  func called(_ request: PushRequest) async -> PushResponse {
    guard let id = pushTokens[request.token], let push = pushes[id], let number = roster.number(of: id), !isStopping
    else { return PushResponse(404) }
    do throws(LedgerFailure) {
      let place = try await place(number)
      return request.method == "GET" ? await verify(request, push, place) : await receive(request, push, place)
    } catch {
      noteFailure(error)
      return PushResponse(503)
    }
  }

  /// The hub asks whether we meant it (WebSub, section 5.3), or says that it will not.
  private func verify(_ request: PushRequest, _ push: PushSubscription, _ place: Place) async -> PushResponse {
    let id = place.source.id
    var push = push
    switch request.parameter("hub.mode") {
    case "subscribe":
      guard request.parameter("hub.topic") == push.topic, push.state != .denied,
        let challenge = request.parameter("hub.challenge"), !challenge.isEmpty, challenge.utf8.count <= 4096
      else { return PushResponse(404) }
      let now = Timestamp.now()
      let seconds = PushPolicy.lease(request.parameter("hub.lease_seconds"), asked: settings.push.lease)
      push.state = .active
      push.since = now
      push.leaseEnd = now.adding(seconds: Int64(seconds))
      push.failures = 0
      push.reason = nil
      await keep(push, of: id)
      log.record(
        .pushVerified, "the hub pushes for \(seconds.spokenSeconds)", publisher: place.manifest.publisher.id,
        source: id,
        url: WebURL(push.hub), outcome: "verified", next: "renewed when half of that is over")
      return PushResponse(200, challenge)
    case "denied":
      guard request.parameter("hub.topic") == push.topic else { return PushResponse(404) }
      push.state = .denied
      push.askedAt = .now()
      push.reason =
        "the hub refused: \(escapingControls(String((request.parameter("hub.reason") ?? "no reason given").prefix(200))))"
      await keep(push, of: id)
      log.record(
        .pushFailed, push.reason ?? "", publisher: place.manifest.publisher.id, source: id, url: WebURL(push.hub),
        outcome: "denied", next: "polled as without a hub; it is asked again in a week")
      return PushResponse(200)
    // We never unsubscribe; somebody else asks in our name.
    default: return PushResponse(404)
    }
  }

  /// A push. It is acknowledged at once and read afterwards, as hubs want it.
  private func receive(_ request: PushRequest, _ push: PushSubscription, _ place: Place) async -> PushResponse {
    func refuse(_ message: String, _ status: Int = 202) -> PushResponse {
      log.record(
        .pushRefused, message, publisher: place.manifest.publisher.id, source: place.source.id, url: WebURL(push.hub),
        outcome: "refused", next: "nothing of it is used")
      return PushResponse(status)
    }
    guard push.since != nil, push.state != .denied else { return refuse("a push without a verified subscription", 404) }
    guard Signature.isValid(request.header("x-hub-signature"), of: request.body, secret: push.secret) else {
      return refuse("a push whose signature is \(request.header("x-hub-signature") == nil ? "missing" : "wrong")")
    }
    let links = request.headers.filter { $0.name == "link" }.map(\.value)
    if let topic = LinkField.targets(links, rel: "self").first, topic != push.topic {
      return refuse("a push of another topic, \(topic.prefix(200))")
    }
    guard pushesUnderWay[place.source.id, default: 0] < 4 else { return PushResponse(503) }
    pushesUnderWay[place.source.id, default: 0] += 1
    let contentType = request.header("content-type")
    Task {
      await self.take(request.body, contentType, place)
      self.pushesUnderWay[place.source.id] = self.pushesUnderWay[place.source.id].flatMap { $0 > 1 ? $0 - 1 : nil }
    }
    return PushResponse(202)
  }

  /// Reads a pushed body. Its list is not the source's whole one, so it is kept apart from that.
  private func take(_ body: [UInt8], _ contentType: String?, _ place: Place) async {
    let id = place.source.id
    let url = pushes[id].flatMap { WebURL($0.topic) } ?? place.source.url
    let job = Job(
      .parse(select: nil), url: url, contentType: contentType, zone: place.manifest.publisher.zone, body: body)
    do {
      guard let feed = Feed(jsonFeed: try await workers.run(job)) else { return }
      let partID = "\(id)#push"
      var part = SourceState(id: partID, publisher: place.manifest.publisher.id, url: url.description)
      part.lastAttempt = .now()
      var leftOut = LeftOut()
      let items = newItems(feed, place, &leftOut)
      let fresh = try await ledger.recordFetch(part, items)
      if !fresh.isEmpty, let own = roster.place(publisher: part.publisher) { expect(own, .now()) }
      if var push = pushes[id] {
        push.lastPush = .now()
        if push.state == .broken {
          push.state = .active
          push.reason = nil
        }
        await keep(push, of: id)
      }
      log.record(
        .pushReceived, "\(items.count) items, \(fresh.count) new", publisher: place.manifest.publisher.id, source: id,
        url: url, bytes: body.count, outcome: fresh.isEmpty ? "nothing new" : "new",
        fields: ["items": "\(items.count)", "new": "\(fresh.count)"])
      for item in fresh {
        log.record(
          .articleDiscovered, item.isUpdate ? "changed by its publisher" : "new", publisher: item.publisher, source: id,
          url: WebURL(item.url))
      }
      rouse()
    } catch let error as JobError {
      log.record(
        .pushRefused, error.message, publisher: place.manifest.publisher.id, source: id, url: url,
        outcome: error.reason, next: "nothing of it is used; the next poll brings what it held")
    } catch let error as LedgerFailure {
      noteFailure(error)
    } catch {
      preconditionFailure("no other error comes from there: \(error)")
    }
  }

  /// A poll found what should have been pushed: polls are relied on again, until the hub delivers.
  func noteMissedPush(_ place: Place, dates: [Timestamp], _ state: inout SourceState, now: Timestamp) {
    guard var push = pushes[place.source.id],
      dates.contains(where: { PushPolicy.isMissed(push, itemDate: $0, now: now) })
    else { return }
    push.state = .broken
    push.reason = "a poll found an item that the hub had not pushed"
    state.details.push = push
    pushes[place.source.id] = push
    log.record(
      .pushFailed, push.reason ?? "", publisher: place.manifest.publisher.id, source: place.source.id,
      url: WebURL(push.hub), outcome: "missed", next: "polled at its own rhythm again; a push mends it")
  }

  /// For people: how the subscription stands.
  func account(of push: PushSubscription) -> String {
    let hub = WebURL(push.hub).map(FetchError.redacted) ?? "the hub"
    let last = push.lastPush.map { ", the last push came \($0.rfc3339)" } ?? ", nothing was pushed yet"
    let reason = push.reason.map { ": \($0)" } ?? ""
    return switch push.state {
    case .requested: "\(hub) was asked to push \(push.askedAt.rfc3339) and has not come to verify" + reason
    case .active: "\(hub) pushes until \(push.leaseEnd?.rfc3339 ?? "?")" + last + reason
    case .denied: "\(hub) does not push" + reason
    case .broken: "\(hub) should push and does not" + reason + last
    }
  }
}
