/// Subjects of articles: `<prefix>.<country>.<publisher>.<section>`.
public struct SubjectScheme: Sendable, Equatable {
  /// One or more tokens with dots between.
  public let prefix: String

  /// The token of what an article does not say.
  public static let missing = "none"

  /// nil when `prefix` is no subject that others can begin with.
  public init?(prefix: String) {
    let tokens = prefix.split(separator: ".", omittingEmptySubsequences: false)
    guard tokens.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isPlain) }), tokens.first?.first != "$" else {
      return nil
    }
    self.prefix = prefix
  }

  /// Everything of ours.
  public var all: String { prefix + ".>" }

  public func subject(country: String?, publisher: String?, section: String?) -> String {
    [prefix, Self.token(country), Self.token(publisher), Self.token(section)].joined(separator: ".")
  }

  /// The text as one token: lower case; letters and digits of any script stay, everything else between them becomes one
  /// hyphen, at most 64 bytes. A token may hold no dot, star, greater-than sign, space or control (NATS, "Subject-Based
  /// Messaging").
  public static func token(_ text: String?) -> String {
    var token = ""
    var length = 0
    var isGap = false
    for character in (text ?? "").lowercased() {
      guard character.isLetter || character.isNumber else {
        isGap = true
        continue
      }
      let size = character.utf8.count + (isGap && length > 0 ? 1 : 0)
      if length + size > longest { break }
      if isGap, length > 0 { token.append("-") }
      token.append(character)
      length += size
      isGap = false
    }
    return token.isEmpty ? missing : token
  }

  static let longest = 64

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "$"): true
    default: false
    }
  }

  /// Whether a stream that listens to `filter` gets everything of ours.
  public func isCovered(by filter: String) -> Bool {
    let wanted = all.split(separator: ".")
    for (index, token) in filter.split(separator: ".").enumerated() {
      if token == ">" { return true }
      guard index < wanted.count, wanted[index] != ">" else { return false }
      if token != "*", token != wanted[index] { return false }
    }
    return false
  }
}
