public import Values

/// What a conditional request sends back to the server, byte for byte as the server gave it (RFC 9110, section 8.8).
///
/// The text holds one character a byte (ISO-8859-1), because an entity tag may hold any byte and has to come back
/// unchanged. For the ASCII that nearly all servers send this is the text itself.
public struct Validators: Sendable, Hashable {
  /// Goes into If-None-Match, quotes and `W/` included.
  public var etag: String?
  /// Goes into If-Modified-Since; never parsed, never a clock of ours.
  public var lastModified: String?

  /// nil when there is nothing to send.
  public init?(etag: String? = nil, lastModified: String? = nil) {
    guard etag != nil || lastModified != nil else { return nil }
    self.etag = etag
    self.lastModified = lastModified
  }

  /// What to keep after a 304 to a request with these validators: what the server repeated is news, the rest stays
  /// (RFC 9111, section 3.2).
  public func updated(with newer: Validators?) -> Validators {
    var copy = self
    if let etag = newer?.etag { copy.etag = etag }
    if let lastModified = newer?.lastModified { copy.lastModified = lastModified }
    return copy
  }
}

/// Whether a redirect may be followed. Whoever finds out may have to send a request, which can need a place in the very
/// rate group that the redirected one occupies: so it is asked in two steps.
public struct RedirectCheck: Sendable {
  /// A failure ends the request.
  public typealias Verdict = Result<Void, FetchError>

  /// What is known without asking anybody; nil when that is not enough.
  public var known: @Sendable (WebURL) async -> Verdict?
  /// Finds out. The request has no place in any group meanwhile.
  public var ask: @Sendable (WebURL) async -> Verdict

  public init(
    known: @escaping @Sendable (WebURL) async -> Verdict?, ask: @escaping @Sendable (WebURL) async -> Verdict
  ) {
    self.known = known
    self.ask = ask
  }
}

/// One thing to fetch with GET, or a form to send with POST.
public struct FetchRequest: Sendable {
  /// Decides the body limit and the Accept field.
  public enum Purpose: Sendable, Hashable {
    case feed
    case page
    case robots
    /// A short answer that matters by its status and cookies: a login, a hub's word.
    case form
  }

  public var url: WebURL
  /// Sent besides the fetcher's own, and instead of them where the names agree. Only `Accept…` fields follow a redirect
  /// to another origin.
  public var headers: [(name: String, value: String)]
  public var validators: Validators?
  public var purpose: Purpose
  /// The rate group; nil for the one that follows from the host (`RateGroup`).
  public var group: String?
  /// Within a group, greater goes first; groups among themselves take turns whatever their priorities.
  public var priority: Int
  /// Requests in flight in the group at which this one still waits; nil for the configured number.
  public var concurrency: Int?
  /// Time since the group's last start for which this one waits; nil for the configured gap.
  public var gap: Duration?
  /// Ports besides the configured ones: the port of a URL that the operator wrote into a plugin, never one that was
  /// found in a page.
  public var allowPorts: Set<Int>
  /// nil for the configured choice. Some servers treat the HTTP version as a fingerprint.
  public var http2: Bool?
  /// Keep cookies from one hop of a redirect to the next; they are forgotten with the response.
  public var keepsCookies: Bool
  /// Proves who reads; goes over https to the hosts it is for and to this request's own origin only.
  public var credential: Credential?
  /// Cookies to send, and to keep what is set, within the jar's own hosts.
  public var jar: CookieJar?
  /// Names and values to send as `application/x-www-form-urlencoded` with POST. A redirect turns it into GET, but for
  /// 307 and 308, which repeat it to the same origin and are refused to another.
  public var form: [(name: String, value: Secret)]?
  public var proxy: Proxy.Choice
  /// Asked of each address that a redirect leads to; nil to follow all.
  public var redirectCheck: RedirectCheck?

  public init(
    _ url: WebURL, purpose: Purpose, headers: [(name: String, value: String)] = [], validators: Validators? = nil,
    group: String? = nil, priority: Int = 0, concurrency: Int? = nil, gap: Duration? = nil,
    allowPorts: Set<Int> = [], http2: Bool? = nil, keepsCookies: Bool = false, credential: Credential? = nil,
    jar: CookieJar? = nil, form: [(name: String, value: Secret)]? = nil, proxy: Proxy.Choice = .configured
  ) {
    self.url = url
    self.headers = headers
    self.validators = validators
    self.purpose = purpose
    self.group = group
    self.priority = priority
    self.concurrency = concurrency
    self.gap = gap
    self.allowPorts = allowPorts
    self.http2 = http2
    self.keepsCookies = keepsCookies
    self.credential = credential
    self.jar = jar
    self.form = form
    self.proxy = proxy
  }
}
