public import Values

/// What a response says about how long its content holds (RFC 9111, sections 4.2 and 5.2.2). Only an advice to the
/// scheduler: bounds against absurd values are the scheduler's.
public struct Freshness: Sendable, Equatable {
  /// Seconds from now until the content should be asked for again; 0 when it is stale already or must be revalidated
  /// each time; nil when the server says nothing.
  public var seconds: Int64?
  /// Whether `no-cache` or `no-store` says to ask every time. Many servers send it for everything without meaning it.
  public var mustRevalidate: Bool

  public init(seconds: Int64?, mustRevalidate: Bool = false) {
    self.seconds = seconds
    self.mustRevalidate = mustRevalidate
  }

  /// Reads Cache-Control, then Expires with Date, both less Age. `s-maxage` speaks to shared caches; newswire
  /// publishes to many readers and takes it where `max-age` is missing.
  public init(_ headers: HeaderFields, now: Timestamp) {
    let directives = Self.directives(headers.values("Cache-Control"))
    if directives["no-cache"] == .some("") || directives["no-store"] != nil {
      // no-cache="field" concerns that field alone.
      self.init(seconds: 0, mustRevalidate: true)
      return
    }
    let age = headers["Age"].flatMap(Self.deltaSeconds) ?? 0
    if let lifetime = (directives["max-age"] ?? directives["s-maxage"]).map({ Self.deltaSeconds($0) ?? 0 }) {
      self.init(seconds: max(0, lifetime - age))
      return
    }
    guard let expires = headers["Expires"] else {
      self.init(seconds: nil)
      return
    }
    // An invalid date, "0" above all, means already expired (RFC 9111, section 5.3).
    guard let end = HTTPDate.parse(expires, now: now) else {
      self.init(seconds: 0)
      return
    }
    // Against the server's own clock where it shows it, so that a wrong clock on either side does no harm.
    let begin = headers["Date"].flatMap { HTTPDate.parse($0, now: now) } ?? now
    self.init(seconds: max(0, end.seconds - begin.seconds - age))
  }

  /// A non-negative number of seconds; too large a one counts as 2^31 (RFC 9111, section 1.2.2). nil for other text.
  static func deltaSeconds(_ text: String) -> Int64? {
    let digits = HTTPField.trimmed(ArraySlice(text.utf8))
    guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return min(Int64(String(decoding: digits, as: UTF8.self)) ?? 1 << 31, 1 << 31)
  }

  /// Directives by lower-case name, the first of each; quotes around values taken off; "" for none.
  private static func directives(_ values: [String]) -> [String: String] {
    var found: [String: String] = [:]
    for part in values.flatMap(splitList) {
      let pieces = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = HTTPField.lowercased(trimmed(pieces[0]))
      guard !name.isEmpty, found[name] == nil else { continue }
      var value = pieces.count == 2 ? trimmed(pieces[1]) : ""
      if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = String(value.dropFirst().dropLast()) }
      found[name] = value
    }
    return found
  }

  private static func trimmed(_ text: Substring) -> String {
    String(decoding: HTTPField.trimmed(ArraySlice(text.utf8)), as: UTF8.self)
  }

  /// At commas outside quotes.
  private static func splitList(_ text: String) -> [String] {
    var parts: [[UInt8]] = [[]]
    var isQuoted = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == UInt8(ascii: ","), !isQuoted {
        parts.append([])
      } else {
        parts[parts.count - 1].append(byte)
      }
    }
    return parts.map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Retry-After (RFC 9110, section 10.2.3).
public enum RetryAfter {
  /// Seconds to wait; nil when the text is neither a number of seconds nor a date. A date that has passed gives 0.
  public static func seconds(_ text: String, now: Timestamp) -> Int64? {
    if let seconds = Freshness.deltaSeconds(text) { return seconds }
    guard let date = HTTPDate.parse(text, now: now) else { return nil }
    return max(0, date.seconds - now.seconds)
  }

  /// The field of a response; nil when it is missing or means nothing.
  public static func seconds(_ headers: HeaderFields, now: Timestamp) -> Int64? {
    headers["Retry-After"].flatMap { seconds($0, now: now) }
  }
}
