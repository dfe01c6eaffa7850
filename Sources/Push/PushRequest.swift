// Push: what comes from WebSub hubs: a small HTTP server on loopback, behind the operator's own web server, and the
// rules of the W3C Recommendation of 2018-01-23. It must not know feeds, sources or the store, and opens no connection
// itself.

/// One request to the callback.
public struct PushRequest: Sendable, Equatable {
  public var method: String
  /// Without the query; starts with a slash.
  public var path: String
  /// Decoded names and values, in their order.
  public var query: [(name: String, value: String)]
  /// Names in lower case.
  public var headers: [(name: String, value: String)]
  public var body: [UInt8]

  public init(
    method: String, path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
  }

  /// The first value of a query parameter.
  public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
  /// The first value of a header field; `name` in lower case.
  public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  /// The last part of the path.
  public var token: String { path.split(separator: "/").last.map(String.init) ?? "" }

  public static func == (a: PushRequest, b: PushRequest) -> Bool {
    a.method == b.method && a.path == b.path && a.body == b.body
      && a.query.map(\.name) == b.query.map(\.name) && a.query.map(\.value) == b.query.map(\.value)
      && a.headers.map(\.name) == b.headers.map(\.name) && a.headers.map(\.value) == b.headers.map(\.value)
  }
}

/// What is answered.
public struct PushResponse: Sendable, Equatable {
  public var status: Int
  public var body: String

  public init(_ status: Int, _ body: String = "") {
    self.status = status
    self.body = body
  }

  /// As text/plain, so that nothing that is repeated to a caller runs in a browser.
  var bytes: [UInt8] {
    let reasons = [
      200: "OK", 202: "Accepted", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed",
      408: "Request Timeout", 411: "Length Required", 413: "Content Too Large", 431: "Request Header Fields Too Large",
      503: "Service Unavailable",
    ]
    return Array(
      """
      HTTP/1.1 \(status) \(reasons[status] ?? "Answer")\r
      Content-Type: text/plain; charset=utf-8\r
      X-Content-Type-Options: nosniff\r
      Content-Length: \(body.utf8.count)\r
      Connection: close\r
      \r
      \(body)
      """.utf8)
  }
}
