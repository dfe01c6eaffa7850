/// Why the fleet's database did not do what a node asked of it.
public struct FleetError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: Sendable, Equatable {
    /// Not reached, or not in time. Passes by itself.
    case unreachable
    /// A login, TLS or address that an operator has to correct.
    case refused
    /// Another machine lives under the same name.
    case nameTaken
    /// The database takes no changes: read-only, a standby, or full.
    case readOnly
    case failed
  }

  public let kind: Kind
  public let message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  /// What the operator can do.
  public var hint: String {
    switch kind {
    case .unreachable: "check that the server of [state] url runs and can be reached from here"
    case .refused: "correct [state] url or the credential it names"
    case .nameTaken: "give each machine a name of its own with [fleet] node"
    case .readOnly: "let [state] url name the server that takes changes, and see that its disk has room"
    case .failed: "report this with the lines before it"
    }
  }

  /// The status a program should exit with when it cannot go on (sysexits.h).
  public var exitStatus: Int32 {
    switch kind {
    case .unreachable, .readOnly: 75
    case .refused, .nameTaken: 78
    case .failed: 70
    }
  }

  public var description: String { "\(message); \(hint)" }
}
