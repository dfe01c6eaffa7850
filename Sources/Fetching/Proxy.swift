internal import Values

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// A proxy that the operator has set. Never from a plugin, a feed or the environment.
public struct Proxy: Sendable, Hashable {
  public enum Scheme: String, Sendable, CaseIterable {
    /// HTTP proxy: CONNECT for https, the whole address for http.
    case http, https
    /// The `h` and `a` forms let the proxy resolve names.
    case socks4, socks4a, socks5, socks5h
  }

  /// Why a text is no proxy.
  public struct Problem: Error, Sendable, Equatable {
    public var message: String
  }

  public let scheme: Scheme
  /// Lower case; an IPv6 address keeps its brackets.
  public let host: String
  public let port: Int
  public let user: Secret?
  public let password: Secret?

  /// What a request goes through.
  public enum Choice: Sendable, Hashable {
    /// What the fetcher was configured with.
    case configured
    case direct
    case through(Proxy)
  }

  /// Reads `scheme://host:port`. Names and passwords do not belong into it.
  public init(_ text: String, user: Secret? = nil, password: Secret? = nil) throws(Problem) {
    let names = Scheme.allCases.map { $0.rawValue + "://" }.joined(separator: ", ")
    guard let end = text.range(of: "://"), let scheme = Scheme(rawValue: text[..<end.lowerBound].lowercased()) else {
      throw Problem(message: "must begin with one of \(names)")
    }
    guard let url = WebURL("http://" + text[end.upperBound...]), url.path == "/", url.query == nil,
      url.fragment == nil
    else { throw Problem(message: "must be SCHEME://HOST:PORT") }
    guard url.userinfo == nil else {
      throw Problem(
        message: "holds a user name or password; put them into a credential and name it in proxy_credential")
    }
    // 80 is what the detour over http leaves out.
    guard let port = url.port ?? (text.hasSuffix(":80") || text.hasSuffix(":80/") ? 80 : nil) else {
      throw Problem(message: "must name its port: SCHEME://HOST:PORT")
    }
    self.scheme = scheme
    host = url.host
    self.port = port
    self.user = user
    self.password = password
  }

  /// Fit for logs.
  public var description: String { "\(scheme.rawValue)://\(host):\(port)" }

  /// Behind a proxy the address guard sees the proxy alone, so what names a place inside is refused by its looks:
  /// addresses that are not public in any spelling, and names that only a local resolver knows. nil for the others.
  static func refusal(of host: String, guard addressGuard: AddressGuard) -> String? {
    var name = host
    while name.hasSuffix(".") { name.removeLast() }
    if let address = literal(name) {
      if case .refused(let reason) = addressGuard.verdict(for: address) {
        return "\(address) is not a public address (\(reason))"
      }
      return nil
    }
    let last = name.split(separator: ".").last.map(String.init) ?? ""
    if !name.contains(".") || ["local", "localhost", "internal", "intranet", "lan", "home", "corp"].contains(last)
      || name.hasSuffix(".home.arpa")
    {
      return "\(name.prefix(80)) is a name of a local network, and the proxy would resolve it there"
    }
    return nil
  }

  /// The address that a host spells, in any form that a resolver accepts: `127.1`, `0x7f000001`, `[::1]`.
  private static func literal(_ host: String) -> IPAddress? {
    if host.hasPrefix("["), host.hasSuffix("]") { return IPAddress(String(host.dropFirst().dropLast())) }
    var address = in_addr()
    guard host.utf8.first.map({ (0x30...0x39).contains($0) }) == true, inet_aton(host, &address) != 0 else {
      return IPAddress(host)
    }
    return .v4(UInt32(bigEndian: address.s_addr))
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
      start = index(after: start)
    }
    return nil
  }
}
