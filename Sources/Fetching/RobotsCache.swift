public import Values

/// What is known of each origin's robots.txt, and for how long. Pure: time and answers are given to it.
public struct RobotsCache: Sendable {
  public enum Decision: Sendable, Equatable {
    case allowed(crawlDelay: Double?)
    case disallowed
    /// Nothing may be fetched because the file cannot be had (RFC 9309, section 2.3.1.4); it is asked for again after
    /// so many seconds. The status is what the server answered instead, nil when there was no answer.
    case unreachable(seconds: Int64, status: Int?)
    /// The file has to be fetched first: ask `url`, then call `record`.
    case unknown(url: WebURL)
  }

  private struct Entry {
    /// Those of an earlier fetch while the server fails; nil when there are none.
    var rules: RobotsRules?
    var fetched: Int64
    var expires: Int64
    /// In a row.
    var failures = 0
    /// Of the last failure.
    var status: Int?
  }

  /// Stands for an answer without rules.
  private static let noRules = 404

  private let agent: String
  private var entries: [String: Entry] = [:]

  /// RFC 9309, section 2.4: not used for longer than a day, unless the file cannot be reached.
  public static let longest: Int64 = 86_400
  /// A file that could not be reached is asked for again after this time, and after twice as long each time that it
  /// fails again, up to half an hour. A server that asks for more patience with Retry-After gets it, up to a day.
  public static let retry: Int64 = 15
  public static let longestRetry: Int64 = 1800
  /// Rules from before the server began to fail hold for this long (section 2.3.1.4 speaks of 30 days).
  public static let longestFallback: Int64 = 30 * 86_400

  /// - Parameter agent: the product token that rules are looked up by.
  public init(agent: String) { self.agent = agent }

  public var count: Int { entries.count }

  /// Whether the address may be fetched at that time.
  public func decision(for url: WebURL, now: Timestamp) -> Decision {
    guard let entry = entries[url.origin], entry.expires > now.seconds, entry.fetched <= now.seconds else {
      return .unknown(url: Self.robotsURL(for: url))
    }
    guard let rules = entry.rules else {
      return .unreachable(seconds: entry.expires - now.seconds, status: entry.status)
    }
    return rules.allows(url) ? .allowed(crawlDelay: rules.crawlDelay) : .disallowed
  }

  /// An answer to the request for an origin's file; nil when there was none (network error).
  ///
  /// 2xx is parsed; 4xx means that there are no rules (section 2.3.1.3), but not 429, which asks for patience; 5xx and
  /// no answer mean that nothing may be fetched (section 2.3.1.4), unless rules of an earlier fetch are at hand.
  /// A redirect that was not followed counts as no rules (section 2.3.1.2).
  public mutating func record(
    _ answer: (status: Int, body: [UInt8], headers: HeaderFields)?, for url: WebURL, now: Timestamp
  ) {
    let key = url.origin
    switch answer?.status {
    case .some(200...299):
      guard let answer else { return }
      let lifetime = Freshness(answer.headers, now: now).seconds ?? Self.longest
      entries[key] = Entry(
        rules: RobotsRules(parsing: answer.body, agent: agent), fetched: now.seconds,
        // At least an hour: servers that forbid caching of everything would be asked before every page.
        expires: now.seconds + min(Self.longest, max(3600, lifetime)))
    case .some(let status) where (300...499).contains(status) && status != 429:
      entries[key] = Entry(
        rules: .allowAll, fetched: now.seconds, expires: now.seconds + Self.longest)
    default:
      let old = entries[key].flatMap { now.seconds - $0.fetched < Self.longestFallback ? $0 : nil }
      let failures = (entries[key]?.failures ?? 0) + 1
      let rest = min(Self.longestRetry, Self.retry << Int64(min(failures - 1, 10)))
      let asked = answer.flatMap { RetryAfter.seconds($0.headers, now: now) } ?? 0
      entries[key] = Entry(
        rules: old?.rules, fetched: old?.rules == nil ? now.seconds : old?.fetched ?? now.seconds,
        expires: now.seconds + max(rest, min(asked, Self.longest)), failures: failures, status: answer?.status)
    }
  }

  /// What became of the request for an origin's file. A redirect that leads nowhere counts as no rules (section
  /// 2.3.1.2). Our own network's failures, cancellations and what was not even sent because the server wants a rest say
  /// nothing: the file stays to be asked for.
  public mutating func record(_ outcome: Result<FetchResponse, FetchError>, for url: WebURL, now: Timestamp) {
    switch outcome {
    case .success(let response): record((response.status, response.body, response.headers), for: url, now: now)
    case .failure(let error)
    where error.isLocal || [.cancelled, .shutdown, .held, .notOurs, .undelivered].contains(error.code):
      break
    // Nobody was asked where the address itself is refused: whoever wants a page there is told so, each time.
    case .failure(let error) where error.code == .addressRefused && WebURL(error.url)?.origin == url.origin: break
    case .failure(let error)
    where [.badRedirect, .redirectLoop, .redirectRefused, .tooManyRedirects].contains(error.code):
      record((Self.noRules, [], HeaderFields()), for: url, now: now)
    case .failure: record(nil, for: url, now: now)
    }
  }

  /// Forgets what has been out of date for a day.
  public mutating func removeExpired(now: Timestamp) {
    entries = entries.filter { $0.value.expires > now.seconds - Self.longest }
  }

  /// The Sitemap lines of the origin's file.
  public func sitemaps(for url: WebURL) -> [String] { entries[url.origin]?.rules?.sitemaps ?? [] }

  public static func robotsURL(for url: WebURL) -> WebURL {
    var copy = url.withoutFragment
    copy.path = "/robots.txt"
    copy.query = nil
    return copy
  }
}
