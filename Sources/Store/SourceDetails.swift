public import Values

/// What only few sources have: an address that was adopted, a feed that was found, a walk through an archive, a push
/// subscription. Kept apart, so that the others cost nothing by it.
public struct SourceDetails: Sendable, Equatable {
  /// Where a permanent redirect leads that was seen often enough to be followed at once, and since when.
  public var movedTo: String?
  public var movedAt: Timestamp?
  /// The address that the validators belong to, where the source's own does not say: a template, a home page.
  public var document: String?
  /// The feed that a home page was found to name.
  public var feed: String?
  /// Whether the server answered 304 although its list had changed.
  public var validatorsLie = false
  /// When an unconditional request was last punished with 403 or 429.
  public var wholePunished: Timestamp?
  /// The next page of the archive to read (RFC 5005), how many are left to read, and how many have been read.
  public var archiveNext: String?
  public var archiveLeft = 0
  public var archiveRead = 0
  /// Of a sitemap below an index: the date that its index gave for it when it was last read.
  public var listedAt: Timestamp?
  /// The digest of a document that ended before its end. It keeps no validators, unless the next one is the same.
  public var cut: String?
  /// A digest of the plugin's settings by which items of the list were taken; nil where there are none, and before such
  /// digests were kept.
  public var selection: String?
  public var push: PushSubscription?

  public init() {}

  init(json: JSON) {
    func text(_ key: String) -> String? { json[key]?.string }
    func time(_ key: String) -> Timestamp? { json[key]?.integer.map { Timestamp(seconds: Int64($0)) } }
    movedTo = text("moved_to")
    movedAt = time("moved_at")
    document = text("document")
    feed = text("feed")
    validatorsLie = json["validators_lie"]?.bool ?? false
    wholePunished = time("whole_punished")
    archiveNext = text("archive_next")
    archiveLeft = Row.counted(json["archive_left"]?.integer)
    archiveRead = Row.counted(json["archive_read"]?.integer)
    listedAt = time("listed_at")
    cut = text("cut")
    selection = text("selection")
    push = json["push"].flatMap { PushSubscription(json: $0) }
  }

  var json: JSON {
    var json = JSONObject()
    json.set("moved_to", movedTo)
    json.set("moved_at", movedAt.map { JSON.integer($0.seconds) })
    json.set("document", document)
    json.set("feed", feed)
    json.set("validators_lie", validatorsLie ? true : nil)
    json.set("whole_punished", wholePunished.map { JSON.integer($0.seconds) })
    json.set("archive_next", archiveNext)
    json.set("archive_left", archiveLeft > 0 ? JSON(archiveLeft) : nil)
    json.set("archive_read", archiveRead > 0 ? JSON(archiveRead) : nil)
    json.set("listed_at", listedAt.map { JSON.integer($0.seconds) })
    json.set("cut", cut)
    json.set("selection", selection)
    json.set("push", push?.json)
    return .object(json)
  }
}

/// A subscription at a WebSub hub (W3C Recommendation of 2018-01-23).
public struct PushSubscription: Sendable, Equatable {
  public enum State: String, Sendable {
    /// The hub has been asked and has not come to verify yet.
    case requested
    /// Verified; the hub pushes until the lease ends.
    case active
    /// The hub, or the publisher through it, has said no.
    case denied
    /// A poll found something that the hub had not pushed: polls are relied on again.
    case broken
  }

  public var hub: String
  public var topic: String
  /// The last part of the callback's address; whoever knows it may only speak of this topic.
  public var token: String
  /// The key of the hub's signatures.
  public var secret: String
  public var state: State
  /// When the hub was last asked, and how often in a row without success.
  public var askedAt: Timestamp
  public var failures = 0
  /// When the lease began and ends; nil before the hub has verified.
  public var since: Timestamp?
  public var leaseEnd: Timestamp?
  public var lastPush: Timestamp?
  /// Why it is denied, broken or not asked for.
  public var reason: String?

  public init(hub: String, topic: String, token: String, secret: String, state: State, askedAt: Timestamp) {
    self.hub = hub
    self.topic = topic
    self.token = token
    self.secret = secret
    self.state = state
    self.askedAt = askedAt
  }

  init?(json: JSON) {
    func time(_ key: String) -> Timestamp? { json[key]?.integer.map { Timestamp(seconds: Int64($0)) } }
    guard let hub = json["hub"]?.string, let topic = json["topic"]?.string, let token = json["token"]?.string,
      let secret = json["secret"]?.string, let state = json["state"]?.string.flatMap(State.init(rawValue:)),
      let askedAt = time("asked_at")
    else { return nil }
    self.init(hub: hub, topic: topic, token: token, secret: secret, state: state, askedAt: askedAt)
    failures = Row.counted(json["failures"]?.integer)
    since = time("since")
    leaseEnd = time("lease_end")
    lastPush = time("last_push")
    reason = json["reason"]?.string
  }

  var json: JSON {
    var json = JSONObject([
      ("hub", .string(hub)), ("topic", .string(topic)), ("token", .string(token)), ("secret", .string(secret)),
      ("state", .string(state.rawValue)), ("asked_at", .integer(askedAt.seconds)),
    ])
    json.set("failures", failures > 0 ? JSON(failures) : nil)
    json.set("since", since.map { JSON.integer($0.seconds) })
    json.set("lease_end", leaseEnd.map { JSON.integer($0.seconds) })
    json.set("last_push", lastPush.map { JSON.integer($0.seconds) })
    json.set("reason", reason)
    return .object(json)
  }
}

/// A document that a source leads to, such as a sitemap of its index, as its last visit left it.
public struct SourcePart: Sendable, Equatable {
  /// The date that its index gave for it when it was last read.
  public var listedAt: Timestamp?
  /// See `SourceDetails`.
  public var selection: String?
  /// Failures since the last success, why it failed last, and until when it rests after that.
  public var failures = 0
  public var lastError: String?
  public var nextDue: Timestamp?

  public init(_ details: SourceDetails = SourceDetails(), failures: Int = 0) {
    (listedAt, selection) = (details.listedAt, details.selection)
    self.failures = failures
  }

  public init(_ state: SourceState) {
    self.init(state.details, failures: state.failures)
    (lastError, nextDue) = (state.lastError, state.nextDue)
  }
}

extension Store {
  /// The documents that a source has led to, by their ids.
  public func parts(source: String) throws(StoreError) -> [String: SourcePart] {
    let rows = try database.rows(
      "read sources", "SELECT id, details, failures, last_error, next_due FROM sources WHERE id > ? AND id < ?",
      .text(source + "#"), .text(source + "$")
    ) { ($0.text(0), $0.optionalText(1), $0.count(2), $0.optionalText(3), $0.optionalTime(4)) }
    var parts: [String: SourcePart] = [:]
    for (id, text, failures, lastError, nextDue) in rows {
      let details = text.flatMap { try? JSON(parsing: $0) }.map { SourceDetails(json: $0) }
      var part = SourcePart(details ?? SourceDetails(), failures: failures)
      (part.lastError, part.nextDue) = (lastError, nextDue)
      parts[id] = part
    }
    return parts
  }

  /// All push subscriptions, by source.
  public func pushSubscriptions() throws(StoreError) -> [String: PushSubscription] {
    let rows = try database.rows(
      "read sources", "SELECT id, details FROM sources WHERE details LIKE '%\"push\"%'"
    ) { ($0.text(0), $0.text(1)) }
    var found: [String: PushSubscription] = [:]
    for (id, text) in rows { found[id] = (try? JSON(parsing: text)).flatMap { SourceDetails(json: $0).push } }
    return found
  }
}
