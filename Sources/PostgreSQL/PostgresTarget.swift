internal import Values

/// A database on a server: where it is and how to log in. Its description names no user and no password.
public struct PostgresTarget: Sendable, CustomStringConvertible {
  let url: String
  let password: String?
  let user: String?
  /// Each is tried for as long as a connection may take.
  let hostCount: Int
  /// Host, port and database, for people.
  public let description: String
  /// The schema in which the tables are; found first in every connection.
  public var schema = "newswire"

  /// - Parameters:
  ///   - url: `postgresql://[user@]host[:port][,host…]/database[?parameter=value…]`, as libpq reads it, without a
  ///     password.
  ///   - password: nil when the server wants none, or libpq finds it elsewhere (`~/.pgpass`, a client's certificate).
  public init(url: String, password: String? = nil) throws(PostgresError) {
    func bad(_ what: String) -> PostgresError { PostgresError(.refused, "the address of the database \(what)") }
    guard let scheme = ["postgresql://", "postgres://"].first(where: { url.hasPrefix($0) }) else {
      throw bad("does not begin with postgresql://")
    }
    guard url.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      throw bad("has a space or a control character in it")
    }
    let rest = url.dropFirst(scheme.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    let afterAuthority = rest.dropFirst(authority.count)
    let path = afterAuthority.prefix { $0 != "?" }.drop { $0 == "/" }
    let query = afterAuthority.drop { $0 != "?" }.dropFirst()

    var hosts = authority
    var user: String?
    if let at = authority.lastIndex(of: "@") {
      let info = authority[..<at]
      guard !info.contains(":") else {
        throw bad("holds a password, which does not belong there; give it as a credential")
      }
      user = Self.decoded(info)
      hosts = authority[authority.index(after: at)...]
    }
    var values: [String: String] = [:]
    for pair in query.split(separator: "&") {
      let name = String(pair.prefix { $0 != "=" })
      values[name] = Self.decoded(pair.dropFirst(name.count + 1))
    }
    guard values["password"] == nil, values["sslpassword"] == nil else {
      throw bad("holds a password, which does not belong there; give it as a credential")
    }
    let database = values["dbname"] ?? Self.decoded(path)
    guard !database.isEmpty else { throw bad("names no database: postgresql://host/database") }
    let ports = (values["port"] ?? "").split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let list = (values["host"]?.split(separator: ",").map(String.init)) ?? hosts.split(separator: ",").map(Self.decoded)
    let named = list.enumerated().map { index, host in
      let port = ports.count == 1 ? ports[0] : index < ports.count ? ports[index] : ""
      return port.isEmpty ? host : "\(host):\(port)"
    }
    self.url = url
    self.password = password
    self.user = user ?? values["user"]
    hostCount = max(1, list.count)
    description = (named.isEmpty ? "local server" : named.joined(separator: ",")) + "/" + database
  }

  var scrubber: Scrubber { Scrubber(url: url, user: user, password: password) }

  private static func decoded(_ text: Substring) -> String { PercentEncoding.text(text) }
}
