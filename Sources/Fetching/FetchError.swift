public import Values

/// A request that got no answer: what happened, where, and what to do about it. Addresses are shown without userinfo
/// and without the values of parameters that look like secrets.
public struct FetchError: Error, Sendable, CustomStringConvertible {
  /// What went wrong. New codes may be added: a switch needs a default.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    private init(_ name: String) { self.name = name }
    public var description: String { name }

    /// The request itself cannot be sent: a header, a host, a scheme.
    public static let invalidRequest = Code("invalid-request")
    /// The guard does not let us connect to the address or port.
    public static let addressRefused = Code("address-refused")
    public static let nameResolution = Code("name-resolution")
    public static let connect = Code("connect")
    public static let tls = Code("tls")
    /// A time limit passed.
    public static let timeout = Code("timeout")
    /// The server sent, but less than the low speed limit.
    public static let tooSlow = Code("too-slow")
    public static let bodyTooLarge = Code("body-too-large")
    public static let headersTooLarge = Code("headers-too-large")
    /// The body grew more in decoding than honest content does.
    public static let ratioExceeded = Code("ratio-exceeded")
    public static let redirectLoop = Code("redirect-loop")
    public static let tooManyRedirects = Code("too-many-redirects")
    /// A redirect to another scheme, or from https to http.
    public static let redirectRefused = Code("redirect-refused")
    /// A redirect without a usable Location.
    public static let badRedirect = Code("bad-redirect")
    /// The robots.txt of where a redirect leads does not allow it.
    public static let robots = Code("robots")
    /// It cannot be had, so the redirect may not be followed.
    public static let robotsUnreachable = Code("robots-unreachable")
    /// The connection ended before the announced length.
    public static let truncated = Code("truncated")
    /// The connection broke while sending or receiving.
    public static let connectionLost = Code("connection-lost")
    /// Not HTTP as we know it.
    public static let protocolError = Code("protocol-error")
    /// The content encoding could not be undone.
    public static let encoding = Code("encoding")
    /// The proxy that the operator set cannot be used.
    public static let proxy = Code("proxy")
    /// The rate group rests, because its server asked for it; nothing was sent.
    public static let held = Code("held")
    /// The rate group is not ours to ask, or ceased to be while the request was under way.
    public static let notOurs = Code("not-ours")
    /// Nothing of what was sent was acknowledged within the delivery limit, and it has been given up. Whether that is
    /// the network here or the server there is not known.
    public static let undelivered = Code("undelivered")
    public static let cancelled = Code("cancelled")
    /// The fetcher is shutting down.
    public static let shutdown = Code("shutdown")
    /// libcurl failed in a way that none of the others names.
    public static let engine = Code("engine")
  }

  public var code: Code
  /// The address of the hop that failed, fit for logs.
  public var url: String
  public var message: String
  /// What a person can do about it; nil when there is nothing but trying again later.
  public var hint: String?
  /// Whether our own network or resolver is the likely cause: such a failure says nothing about the publisher and must
  /// not count against it.
  public var isLocal: Bool
  /// With `held`: how long the group still rests. With `robotsUnreachable`: until the file is asked for again.
  public var heldFor: Duration?
  /// With `notOurs`: the rate group, and the address as it is to be asked for by whose that is. Not for logs.
  public var group: String?
  public var target: WebURL?

  public init(_ code: Code, url: WebURL, message: String, hint: String? = nil, isLocal: Bool = false) {
    self.code = code
    self.url = Self.redacted(url)
    self.message = Self.printable(message)
    self.hint = hint
    self.isLocal = isLocal
  }

  public var description: String {
    "\(code.name): \(message) (\(url))" + (hint.map { "; \($0)" } ?? "")
  }

  /// The address without userinfo, fragment and the values of secret parameters.
  public static func redacted(_ url: WebURL) -> String {
    var bytes = Array(url.withoutFragment.description.utf8)
    _ = SecretParameters.hide(in: &bytes, mask: Array("REDACTED".utf8)) { _ in false }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Text from outside on one line: control characters become `?`, and it ends after 300 characters.
  static func printable(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars.prefix(300) {
      let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.properties.isBidiControl
      scalars.append(isControl ? "?" : scalar)
    }
    return String(scalars)
  }
}
