// JetStream: one connection to a NATS server and one stream behind it, through libnats (C). It must not know the queue
// or what a message holds. libnats' threads only ever hand over what they bring; every call that may block runs on one
// thread of our own.

/// Where the stream is, and what proves who we are.
public struct StreamOptions: Sendable {
  /// How a server knows us. Never shown.
  public enum Login: Sendable {
    case none
    case userAndPassword(String, String)
    case token(String)
    /// A file as `nsc` and `nats` write it: a JWT and the seed of its key. Read at each connection.
    case credentials(file: String)
  }

  public var stream: String
  /// The subject filter that the stream must listen to: `news.>`.
  public var subjects: String
  public var login: Login
  /// A certificate authority to trust instead of the system's, PEM.
  public var caFile: String?

  public init(stream: String, subjects: String, login: Login, caFile: String?) {
    self.stream = stream
    self.subjects = subjects
    self.login = login
    self.caFile = caFile
  }
}

/// What was found where one connected.
public struct StreamFacts: Sendable, Equatable {
  /// The server's address, without a login.
  public var server: String
  /// Subject filters that the stream listens to.
  public var subjects: [String]
  /// Seconds for which the stream knows a message again.
  public var window: Double
  /// Bytes.
  public var largestMessage: Int64
}

/// One message to the stream.
public struct StreamMessage: Sendable {
  /// Comes back with the answer.
  public var token: UInt64
  public var subject: String
  /// What the stream knows it again by.
  public var id: String
  public var body: [UInt8]

  public init(token: UInt64, subject: String, id: String, body: [UInt8]) {
    self.token = token
    self.subject = subject
    self.id = id
    self.body = body
  }
}

/// What comes from the server by itself. Delivered on a thread of libnats: hand it over and return.
public enum StreamEvent: Sendable, Equatable {
  /// The answer to a message; `isNobody` when the server says that nobody listens to its subject.
  case answer(token: UInt64, body: [UInt8], isNobody: Bool)
  /// The connection has ended.
  case closed(connection: UInt64, reason: String)
  /// The server complains and keeps the connection: a permission, usually.
  case complaint(connection: UInt64, reason: String)
}

/// Why a connection was not made, or a message not sent.
public enum StreamProblem: Error, Sendable, Equatable {
  /// Nobody answers, or the connection broke.
  case unreachable(String)
  /// The login was refused, or is missing.
  case login(String)
  /// TLS fails: a certificate that is not trusted, a wrong host name, a server without TLS.
  case tls(String)
  /// There is no such stream.
  case noStream
  /// The server, or the account there, has no JetStream.
  case noJetStream(String)
  /// Larger than the server takes.
  case tooLarge(limit: Int64)
  /// A file or address that libnats does not take.
  case settings(String)
}
