internal import Values

/// One request on the wire: what a redirect loop asks the engine for, and what it gets back.
struct Hop {
  var url: WebURL
  /// Complete but for the fields that curl makes itself.
  var headers: [(name: String, value: [UInt8])]
  /// `user:password`, percent-decoded; only ever for the origin that the request named.
  var credentials: [UInt8]?
  /// Netscape cookie lines of the hop before; nil for no cookie engine at all.
  var cookies: [String]?
  /// Ports that may be dialled.
  var ports: Set<Int>
  var bodyLimit: Int
  /// Whether a body beyond the limit is cut instead of refused.
  var cutsBody: Bool
  var http2: Bool
  /// An encoded form to POST; nil for GET.
  var form: [UInt8]?
  var proxy: Proxy?
  /// What is left of the request's time and of its header bytes.
  var time: Duration
  var headerLimit: Int
}

/// The answer to a hop.
struct HopAnswer: Sendable {
  var status: Int
  var headers: HeaderFields
  var etag: String?
  var lastModified: String?
  var body: [UInt8]
  var isTruncated: Bool
  var bytesReceived: Int
  /// All header lines, those of interim answers and trailers included.
  var headerBytes: Int
  var httpVersion: FetchResponse.HTTPVersion
  var remoteAddress: String
  var reusedConnection: Bool
  var cookies: [String]
}
