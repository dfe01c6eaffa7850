/// What keeps articles from the stream.
public struct Trouble: Error, Sendable, Equatable {
  public enum Kind: Sendable, Equatable {
    /// No server can be reached, or it does not answer: it mends itself.
    case away
    /// Server and settings do not fit: no such stream, a refused credential. An operator must act.
    case misfit
    /// The stream takes nothing now.
    case full
    /// Refused for a reason of the single article's, perhaps.
    case odd
  }

  public var kind: Kind
  public var reason: String
  /// What to do about it.
  public var remedy: String?

  public init(_ kind: Kind, _ reason: String, remedy: String? = nil) {
    self.kind = kind
    self.reason = reason
    self.remedy = remedy
  }
}
