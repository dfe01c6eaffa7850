internal import Synchronization
internal import Values

/// The cookies of one publisher, from a file of the operator's or from a login. They go over https to the hosts they
/// are for, and there to where their own domain and path say (RFC 6265); libcurl does that, with the public suffix
/// list.
///
/// Kept in memory only: a login is done again after a restart.
public final class CookieJar: Sendable {
  /// Host names, lower case; their subdomains count.
  public let hosts: [String]
  /// By domain, path and name: lines of the Netscape format, as curl reads and writes them.
  private let lines = Mutex<[String: String]>([:])

  /// A server may set what it likes; more than this many cookies are not kept.
  static let limit = 200
  static let lineLimit = 8192

  public init(hosts: [String]) { self.hosts = hosts }

  /// The jar with the cookies of a file in the Netscape format. Other lines are counted in `refused`.
  public convenience init(netscape text: String, hosts: [String], refused: inout Int) {
    self.init(hosts: hosts)
    for line in text.split(whereSeparator: \.isNewline).map(String.init) {
      let isComment = line.hasPrefix("#") && !line.hasPrefix("#HttpOnly_")
      if isComment || line.allSatisfy(\.isWhitespace) { continue }
      guard let key = Self.key(line), isInScope(line) else {
        refused += 1
        continue
      }
      lines.withLock { $0[key] = line }
    }
  }

  public var isEmpty: Bool { lines.withLock(\.isEmpty) }

  /// The names of the cookies in it; never their values.
  public var names: Set<String> {
    lines.withLock { Set($0.values.compactMap { Self.fields($0)?[5] }.map(String.init)) }
  }

  public func removeAll() { lines.withLock { $0 = [:] } }

  /// The lines for a request to the address; nil when the jar is not for it.
  func lines(for url: WebURL) -> [String]? {
    guard url.scheme == "https", HostScope.contains(hosts, url.host) else { return nil }
    return lines.withLock { $0.values.sorted() }
  }

  /// Takes in what a request that was sent with `sent` came back with: cookies it set, changed or deleted.
  func merge(_ received: [String], sent: [String]) {
    lines.withLock { lines in
      let kept = Set(received.compactMap(Self.key))
      for line in sent { if let key = Self.key(line), !kept.contains(key) { lines[key] = nil } }
      for line in received where line.utf8.count <= Self.lineLimit && isInScope(line) {
        guard let key = Self.key(line), lines[key] != nil || lines.count < Self.limit else { continue }
        lines[key] = line
      }
    }
  }

  /// Whether the cookie's domain is one of the hosts, or a host's parent that covers it.
  private func isInScope(_ line: String) -> Bool {
    guard let domain = Self.fields(line)?[0] else { return false }
    var name = domain.lowercased()
    if name.hasPrefix("#httponly_") { name = String(name.dropFirst(10)) }
    if name.hasPrefix(".") { name = String(name.dropFirst()) }
    return hosts.contains { name == $0 || name.hasSuffix("." + $0) || $0.hasSuffix("." + name) }
  }

  private static func key(_ line: String) -> String? {
    guard let fields = fields(line) else { return nil }
    return "\(fields[0])\t\(fields[2])\t\(fields[5])"
  }

  /// domain, subdomains, path, secure, expiry, name, value.
  private static func fields(_ line: String) -> [Substring]? {
    let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
    return fields.count == 7 && !fields[0].isEmpty && !fields[5].isEmpty ? fields : nil
  }
}
