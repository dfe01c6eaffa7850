import Values

/// What a stream says to a message (NATS JetStream wire API, `PubAck` and `ApiError`).
public enum StreamAnswer: Sendable, Equatable {
  /// It is on the stream's disk; `isDuplicate` when it has been there before.
  case stored(isDuplicate: Bool)
  /// The message itself is too large.
  case tooLarge(String)
  /// The stream has no room, or no server can write now: any message would be refused.
  case full(String)
  /// Nobody listens: no such stream, no JetStream, or the stream is another than the one expected.
  case nobody(String)
  /// Refused for a reason that may be the message's own.
  case odd(String)

  /// - Parameter isNobody: the server's own answer that nobody listens to the subject (status 503 without a body).
  public init(_ bytes: [UInt8], isNobody: Bool) {
    if isNobody {
      self = .nobody("nobody takes messages of this subject")
      return
    }
    guard let json = try? JSON(parsing: bytes) else {
      self = .odd("the answer is not JSON")
      return
    }
    guard let error = json["error"] else {
      // An acknowledgement names the stream; anything else proves nothing.
      if json["stream"]?.string != nil, json["seq"]?.integer != nil {
        self = .stored(isDuplicate: json["duplicate"]?.bool ?? false)
      } else {
        self = .odd("the answer is no acknowledgement")
      }
      return
    }
    let number = error["err_code"]?.integer ?? 0
    let text = "\(error["description"]?.string ?? "no description") (\(number))"
    switch number {
    case 10054: self = .tooLarge(text)  // JSStreamMessageExceedsMaximumErr
    case 10060, 10039, 10076: self = .nobody(text)  // not the expected stream, no JetStream for the account or at all
    case 10109: self = .full(text)  // JSStreamSealedErr: never again, but nothing is lost by waiting for the operator
    default: self = (error["code"]?.integer ?? 500) >= 500 ? .full(text) : .odd(text)
    }
  }
}
