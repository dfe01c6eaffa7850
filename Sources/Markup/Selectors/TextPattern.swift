/// A regular expression out of a rule, searched for with as little work as its form allows: the standard library's
/// search tries it at every character. One that begins with `^` is tried at the start alone, and none on a text that
/// lacks what the expression cannot do without.
public struct TextPattern {
  public let regex: Regex<AnyRegexOutput>
  private let isAnchored: Bool
  private let literals: PatternLiterals?

  /// - Parameter flags: as in EXSLT's `re:test`; `i` ignores case, others say nothing.
  public init(_ pattern: String, flags: String = "") throws {
    let regex = try Regex(pattern)
    self.regex = flags.contains("i") ? regex.ignoresCase() : regex
    isAnchored = Self.isAnchored(pattern)
    literals = flags.contains("i") ? nil : PatternLiterals(pattern)
  }

  /// The first match, or nil; nil too for a text on which the expression fails.
  public func firstMatch(in text: String) -> Regex<AnyRegexOutput>.Match? {
    if let literals, !literals.mayMatch(text) { return nil }
    return isAnchored ? try? regex.prefixMatch(in: text) : try? regex.firstMatch(in: text)
  }

  /// The text with every match replaced.
  public func replaced(in text: String, by replacement: (Regex<AnyRegexOutput>.Match) -> String) -> String {
    if let literals, !literals.mayMatch(text) { return text }
    guard isAnchored else { return text.replacing(regex, with: replacement) }
    guard let match = try? regex.prefixMatch(in: text) else { return text }
    return replacement(match) + text[match.range.upperBound...]
  }

  public func matches(_ text: String) -> Bool { firstMatch(in: text) != nil }

  /// Whether `^` stands before all of it, with no other branch beside it. What is not certain is no.
  private static func isAnchored(_ pattern: String) -> Bool {
    let bytes = Array(pattern.utf8)
    func byte(_ at: Int) -> UInt8 { at < bytes.count ? bytes[at] : 0 }
    guard byte(0) == UInt8(ascii: "^"), !"?*+{".utf8.contains(byte(1)) else { return false }
    var (depth, isClass) = (0, false)
    var at = 1
    while at < bytes.count {
      defer { at += 1 }
      switch bytes[at] {
      case UInt8(ascii: "\\"):
        at += 1
        // What is quoted or named behind a backslash would have to be read as well.
        if "QEkpPxuUNgcoC".utf8.contains(byte(at)) { return false }
      case UInt8(ascii: "["):
        // A class in a class, or one that begins with its own end.
        if isClass || byte(at + 1) == UInt8(ascii: "]") || byte(at + 2) == UInt8(ascii: "]") { return false }
        isClass = true
      case UInt8(ascii: "]"): isClass = false
      case UInt8(ascii: "(") where !isClass:
        depth += 1
        // Of flags, i alone leaves `^` what it is.
        if byte(at + 1) == UInt8(ascii: "?"), !isHarmless(byte(at + 2), byte(at + 3)) { return false }
      case UInt8(ascii: ")") where !isClass: depth -= 1
      case UInt8(ascii: "|") where !isClass && depth == 0: return false
      default: break
      }
    }
    return true
  }

  private static func isHarmless(_ first: UInt8, _ second: UInt8) -> Bool {
    ":=!<".utf8.contains(first) || (first == UInt8(ascii: "i") && (second == 0x29 || second == 0x3A))
  }
}

/// The pattern of a `re:test`, compiled when it is first asked.
final class LazyPattern {
  private let pattern: String
  private let flags: String
  private lazy var known = try? TextPattern(pattern, flags: flags)

  init(_ pattern: String, flags: String) {
    self.pattern = pattern
    self.flags = flags
  }

  func compiled() throws(SelectorError) -> TextPattern {
    if let known { return known }
    throw SelectorError(message: "re:test: not a regular expression: \(pattern)", offset: 0)
  }
}
