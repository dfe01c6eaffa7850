import Values

/// Texts of which a regular expression needs one wherever it matches: of `/logos?/|^data:` they are `/logo` and
/// `data:`. To look for them costs a small part of the expression's own search, which starts anew at every character.
struct PatternLiterals {
  /// One for each branch.
  private let literals: [String]

  /// nil for a pattern with a branch that needs no text, and for what is not understood.
  init?(_ pattern: String) {
    var reader = Reader(bytes: Array(pattern.utf8))
    guard let found = reader.branches(), reader.isAtEnd, !found.isEmpty else { return nil }
    literals = found.map { String(decoding: $0, as: UTF8.self) }
  }

  /// False only where the expression cannot match. Texts of other scripts may match any: two characters of Unicode can
  /// mean the same.
  func mayMatch(_ text: String) -> Bool {
    let isASCII = text.utf8.withContiguousStorageIfAvailable { bytes in
      bytes.baseAddress.map { ByteScan.nonASCII($0, 0, bytes.count) == bytes.count } ?? true
    }
    guard isASCII == true else { return true }
    return literals.contains { text.holds($0) }
  }

  /// Reads the part of the syntax that is certain.
  private struct Reader {
    let bytes: [UInt8]
    var at = 0

    var isAtEnd: Bool { at == bytes.count }
    private var peek: UInt8 { at < bytes.count ? bytes[at] : 0 }

    /// What the branches need, up to the end or a closing parenthesis: empty where one needs nothing, nil for what is
    /// not understood.
    mutating func branches() -> [[UInt8]]? {
      var all: [[UInt8]] = []
      var needsNothing = false
      while true {
        guard let needed = branch() else { return nil }
        if needed.isEmpty { needsNothing = true }
        all += needed
        guard peek == UInt8(ascii: "|") else { return needsNothing ? [] : all }
        at += 1
      }
    }

    private mutating func branch() -> [[UInt8]]? {
      var longest: [UInt8] = []
      var run: [UInt8] = []
      var group: [[UInt8]]?
      func ended() -> [UInt8] { run.count > longest.count ? run : longest }
      while at < bytes.count, peek != UInt8(ascii: "|"), peek != UInt8(ascii: ")") {
        let byte = peek
        at += 1
        var literal: UInt8?
        switch byte {
        case UInt8(ascii: "\\"):
          guard at < bytes.count, bytes[at] < 0x80 else { return nil }
          let escaped = bytes[at]
          at += 1
          if isLetterOrDigit(escaped) {
            // Classes of characters and borders of words; others say more.
            guard "dDsSwWbB".utf8.contains(escaped) else { return nil }
          } else {
            literal = escaped
          }
        case UInt8(ascii: "["):
          guard skipClass() else { return nil }
        case UInt8(ascii: "("):
          if peek == UInt8(ascii: "?") {
            guard at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: ":") else { return nil }
            at += 2
          }
          // What a group needs counts where the group itself has to be there.
          guard let inside = branches(), peek == UInt8(ascii: ")") else { return nil }
          at += 1
          if !isOptional, !inside.isEmpty, group == nil { group = inside }
        case UInt8(ascii: "."), UInt8(ascii: "^"), UInt8(ascii: "$"): break
        case UInt8(ascii: "?"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "{"): return nil
        case 0x20..<0x7F: literal = byte
        default: break
        }
        if let literal, !isOptional { run.append(literal) }
        let isRepeated = "?*+{".utf8.contains(peek) && at < bytes.count
        if literal == nil || isRepeated {
          longest = ended()
          run = []
        }
        if isRepeated { guard skipQuantifier() else { return nil } }
      }
      longest = ended()
      if let group, longest.count < (group.map(\.count).min() ?? 0) { return group }
      return longest.isEmpty ? [] : [longest]
    }

    /// Whether what was just read may be left out.
    private var isOptional: Bool { at < bytes.count && "?*{".utf8.contains(bytes[at]) }

    private mutating func skipQuantifier() -> Bool {
      if peek == UInt8(ascii: "{") {
        guard let end = bytes[at...].firstIndex(of: UInt8(ascii: "}")) else { return false }
        at = end
      }
      at += 1
      // Reluctant and possessive ones.
      if peek == UInt8(ascii: "?") || peek == UInt8(ascii: "+") { at += 1 }
      return true
    }

    /// A class, from after its bracket.
    private mutating func skipClass() -> Bool {
      if peek == UInt8(ascii: "^") { at += 1 }
      guard peek != UInt8(ascii: "]") else { return false }
      while at < bytes.count {
        let byte = bytes[at]
        at += 1
        if byte == UInt8(ascii: "]") { return true }
        if byte == UInt8(ascii: "[") { return false }
        if byte == UInt8(ascii: "\\") { at += 1 }
      }
      return false
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
  }
}
