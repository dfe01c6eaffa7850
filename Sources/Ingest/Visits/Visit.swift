import Scheduling
import Service
import Values

/// What a visit to a source, or to one document of it, brought.
struct Visit: Sendable {
  enum Outcome: String, Sendable {
    /// A list with new items.
    case new
    /// A list without any.
    case nothingNew = "nothing new"
    /// 304, or the same bytes as last time.
    case unchanged
    case failed
    /// 410: the source is gone for good.
    case gone
    /// The network here failed; it counts against nobody.
    case offline
    /// Its rate group rests; nothing was sent.
    case held
  }

  var outcome: Outcome
  var items = 0
  var new = 0
  /// Seconds for which the server calls its answer fresh.
  var freshFor: Int?
  /// Seconds that the server, or something of ours that failed, wants to be left alone.
  var retryAfter: Int?
  /// Which of them.
  var retryReason = Cadence.Decision.Reason.retryAfter
  var error: String?
  /// Of a page of the past: it could not be had and will not be, so the walk ends there.
  var isLast = false
}

/// Items of a list that are not taken, by reason.
struct LeftOut {
  var withoutAddress = 0
  var filtered = 0
  var old = 0
  var repeated = 0

  /// nil when every item was taken.
  var reason: String? {
    let parts = [
      (filtered, "by the plugin's filter"), (old, "older than three days"), (withoutAddress, "without an address"),
      (repeated, "named twice"),
    ].filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}

/// Why a listing could not be had.
struct ListingFailure: Error {
  var kind: EventKind
  var message: String
  var hint: String?
  var status: Int?
  var outcome: String
  var retryAfter: Int?
  var retryReason = Cadence.Decision.Reason.retryAfter
  var isGone = false
  var isLocal = false
  /// What was asked for, where that is not what the visit set out for: the feed that a home page names.
  var document: Document?
  /// Seconds that the rate group still rests; nothing was sent.
  var heldFor: Int?
  /// True when it was given up because this node stops, or has lost the lease: nothing is known that was not before.
  var isGivenUp = false
}

/// One document to get: a source's own, or one that it leads to.
struct Document: Sendable {
  enum Role: Sendable {
    /// What the source itself names.
    case own
    /// A sitemap of an index, or the same list of an earlier day.
    case part
    /// A page of the feed's past.
    case archive
  }

  var role: Role
  var url: WebURL
  /// The address is one that was adopted from permanent redirects.
  var isMoved = false
  /// Asked for without validators, to see whether they can be believed.
  var isWhole = false
  /// Of a sitemap: the date that its index gives.
  var listedAt: Timestamp?

  /// The name of this fetch in the log.
  var fetch = ""

  var isOwn: Bool { role == .own }
}
