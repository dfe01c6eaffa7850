/// A text that must never be shown: it prints as a placeholder, whatever prints it.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The text itself, for the wire alone.
  public let reveal: String

  public init(_ text: String) { reveal = text }

  public var description: String { "(secret)" }
  public var debugDescription: String { "(secret)" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What proves to a publisher that its reader may read. Sent over https only, only to the hosts it is for, and only to
/// the origin that the request named: a redirect to another origin goes without it.
public struct Credential: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    /// RFC 7617.
    case basic(user: Secret, password: Secret)
    /// RFC 6750.
    case bearer(Secret)
    /// A field of the publisher's own, such as `X-Api-Key`.
    case header(name: String, value: Secret)
  }

  public var kind: Kind
  /// Host names, lower case; their subdomains count.
  public var hosts: [String]

  public init(_ kind: Kind, hosts: [String]) {
    self.kind = kind
    self.hosts = hosts
  }
}

/// Hosts that something secret may go to.
enum HostScope {
  static func contains(_ hosts: [String], _ host: String) -> Bool {
    hosts.contains { host == $0 || host.hasSuffix("." + $0) }
  }
}
