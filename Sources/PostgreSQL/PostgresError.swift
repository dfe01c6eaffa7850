/// What went wrong with a database server. No text of it ever holds a password or the user of an address.
public struct PostgresError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// Not there, starting, stopping, silent for too long, or the connection broke. Whether a transaction whose commit
    /// was under way survived is unknown.
    case unreachable
    /// The server, or this side, does not want this connection: login, TLS, no such database, a bad address, no libpq.
    case refused
    /// Undone by the server because of another transaction; may be tried again.
    case conflict
    /// The server only answers questions now: a standby, or one set so.
    case readOnly
    /// The server has no space.
    case full
    /// Everything else.
    case failed
  }

  public let kind: Kind
  /// What the server or the library said.
  public let message: String
  /// The server's five characters (PostgreSQL, appendix A); nil when it was not the server that spoke.
  public let sqlState: String?
  /// What was attempted, where the caller had named it.
  public internal(set) var operation: String?

  public init(_ kind: Kind, _ message: String, sqlState: String? = nil) {
    self.kind = kind
    self.message = message
    self.sqlState = sqlState
  }

  public var description: String { message + (sqlState.map { " (\($0))" } ?? "") }

  /// What the server's code says of a statement, or of a connection that it did not accept.
  static func kind(sqlState: String) -> Kind {
    switch sqlState {
    case "40001", "40P01", "55P03": .conflict
    case "25006": .readOnly
    case "53100": .full
    // A statement out of time; the server stops, starts or has no connection or memory to spare.
    case "25P03": .unreachable
    case "3D000": .refused
    default:
      switch sqlState.prefix(2) {
      case "08", "53", "57": .unreachable
      case "28": .refused
      default: .failed
      }
    }
  }
}

/// Removes from texts what must not be read by others.
struct Scrubber: Sendable {
  /// What is replaced by what, in this order.
  let replacements: [(String, String)]

  init(url: String, user: String?, password: String?) {
    var list = [(url, "the address")]
    if let password, !password.isEmpty { list.append((password, "***")) }
    if let user, !user.isEmpty { list += [("user \"\(user)\"", "the user"), ("role \"\(user)\"", "the role")] }
    replacements = list
  }

  func scrub(_ text: String) -> String {
    replacements.reduce(text) { text, pair in Self.replace(pair.0, by: pair.1, in: text) }
  }

  private static func replace(_ old: String, by new: String, in text: String) -> String {
    let (text, old) = (Array(text.utf8), Array(old.utf8))
    guard !old.isEmpty, text.count >= old.count else { return String(decoding: text, as: UTF8.self) }
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      if index + old.count <= text.count, text[index..<index + old.count].elementsEqual(old) {
        result += new.utf8
        index += old.count
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
