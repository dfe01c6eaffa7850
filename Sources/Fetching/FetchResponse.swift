public import Values

/// What a server answered. Every status is an answer, 404 and 503 too: only a request without an answer is an error.
public struct FetchResponse: Sendable {
  public struct Redirect: Sendable, Equatable {
    public var status: Int
    public var from: WebURL
    public var to: WebURL
    /// 301 and 308: the new address may be kept (RFC 9110, sections 15.4.2 and 15.4.9).
    public var isPermanent: Bool { status == 301 || status == 308 }
  }

  public enum HTTPVersion: String, Sendable {
    case http1_0 = "HTTP/1.0"
    case http1_1 = "HTTP/1.1"
    case http2 = "HTTP/2"
    case http3 = "HTTP/3"
    case unknown = "unknown"
  }

  public var status: Int
  /// Where the answer came from, after redirects.
  public var url: WebURL
  /// In the order in which they were followed.
  public var redirects: [Redirect]
  public var headers: HeaderFields
  /// Content decoding undone; the charset is as sent.
  public var body: [UInt8]
  /// Those of this answer alone. After a 200 they replace the kept ones, also when there are none; after a 304 see
  /// `Validators.updated(with:)`.
  public var validators: Validators?
  /// From the first start, without the wait for politeness, to the end of the last hop.
  public var duration: Duration
  /// Time spent waiting for the rate group's turn.
  public var waited: Duration
  /// Headers and bodies of all hops as they came, before content decoding; TLS and frames not counted.
  public var bytesReceived: Int
  public var httpVersion: HTTPVersion
  /// The address that was connected to.
  public var remoteAddress: String
  /// Whether the last hop needed no new connection.
  public var reusedConnection: Bool
  /// Whether a limit that cuts (robots.txt) cut the body.
  public var isTruncated: Bool

  /// The body's size after content decoding.
  public var bodyBytes: Int { body.count }
  public var isNotModified: Bool { status == 304 }
  /// 200, or 203 from a proxy that changed something. The others of their class carry no content, a part that nobody
  /// asked for (206), or a promise for later (202, with which bot walls answer).
  public var isSuccess: Bool { status == 200 || status == 203 }
  public var contentType: String? { headers["Content-Type"] }
}
