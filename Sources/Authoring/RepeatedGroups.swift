/// Groups of a regular expression that repeat and whose content can match one text in many ways, such as `(\w+\s?)+`: a
/// text that does not fit in the end is tried in all of them, and their number doubles with every character.
///
/// Told from the pattern's text alone: only where the end and the beginning of a group's content are one and the same
/// piece, so that nothing says where one turn ends and the next begins. Pieces that merely overlap are not found.
struct RepeatedGroups {
  /// The groups as written, with their quantifiers.
  static func ambiguous(in pattern: String) -> [String] {
    var reader = RepeatedGroups(Array(pattern))
    _ = reader.alternatives()
    return reader.found
  }

  /// A piece of a pattern with what is said of its number.
  private struct Item {
    /// Without the quantifier.
    var text: String
    /// Whether it may be left out.
    var isOptional = false
    /// Whether it repeats without end, and gives back what it took.
    var repeats = false
  }

  private let characters: [Character]
  private var at = 0
  private var found: [String] = []

  private init(_ characters: [Character]) { self.characters = characters }

  private var next: Character? { at < characters.count ? characters[at] : nil }

  private func text(from start: Int) -> String { String(characters[start..<min(at, characters.count)]) }

  private func isAhead(_ text: String) -> Bool { characters[min(at, characters.count)...].starts(with: text) }

  /// The branches up to the end of the group or of the pattern.
  private mutating func alternatives() -> [[Item]] {
    var branches: [[Item]] = [[]]
    while let character = next, character != ")" {
      if character == "|" {
        at += 1
        branches.append([])
      } else {
        branches[branches.count - 1] += piece()
      }
    }
    return branches
  }

  /// One piece; a group that stands there once is what it holds.
  private mutating func piece() -> [Item] {
    let start = at
    var content: [[Item]]?
    switch characters[at] {
    case "(": content = group()
    case "[": skipClass()
    case "\\": skipEscape()
    default: at += 1
    }
    var item = Item(text: text(from: start))
    guard let bounds = quantifier() else {
      if let content, content.count == 1 { return content[0] }
      return [item]
    }
    item.isOptional = bounds.least == 0
    item.repeats = bounds.isOpen && !bounds.isPossessive
    if item.repeats, let content, content.contains(where: Self.isAmbiguous) {
      let group = text(from: start)
      if !found.contains(group) { found.append(group) }
    }
    return [item]
  }

  /// What a group holds that takes up text; nil for assertions, comments and flags.
  private mutating func group() -> [[Item]]? {
    at += 1
    var takesText = true
    if isAhead("?#") {
      while let character = next, character != ")" { at += character == "\\" ? 2 : 1 }
      takesText = false
    } else if next == "?" {
      let start = at
      while let character = next, !":>=!)".contains(character) { at += 1 }
      // (?=, (?!, (?<=, (?<! look; (?<name>, (?: and (?i: hold; (?i) says how.
      takesText = next != ")" && next != "=" && next != "!"
      if next != ")" { at += 1 }
      // What an atomic group took, it does not give back.
      if text(from: start) == "?>" { takesText = false }
    }
    let content = alternatives()
    if next != nil { at += 1 }
    return takesText ? content : nil
  }

  private mutating func skipClass() {
    at += 1
    if next == "^" { at += 1 }
    if next == "]" { at += 1 }
    while let character = next, character != "]" {
      switch character {
      case "\\": at += 2
      case "[": skipClass()
      default: at += 1
      }
    }
    at += 1
  }

  private mutating func skipEscape() {
    at += 1
    guard let kind = next else { return }
    at += 1
    if kind == "Q" {
      while at < characters.count, !isAhead("\\E") { at += 1 }
      at += 2
    } else if "pPxuNkgo".contains(kind), next == "{" {
      while let character = next, character != "}" { at += 1 }
      at += 1
    }
  }

  private mutating func quantifier() -> (least: Int, isOpen: Bool, isPossessive: Bool)? {
    var bounds: (least: Int, isOpen: Bool)
    switch next {
    case "*": bounds = (0, true)
    case "+": bounds = (1, true)
    case "?": bounds = (0, false)
    case "{":
      guard let close = characters[at...].firstIndex(of: "}"),
        case let parts = String(characters[(at + 1)..<close]).split(separator: ",", omittingEmptySubsequences: false),
        parts.count <= 2, parts.allSatisfy({ $0.allSatisfy(\.isNumber) }), parts.contains(where: { !$0.isEmpty })
      else { return nil }
      bounds = (Int(parts[0]) ?? 0, parts.count == 2 && parts[1].isEmpty)
      at = close
    default: return nil
    }
    at += 1
    let isPossessive = next == "+"
    if isPossessive || next == "?" { at += 1 }
    return (bounds.least, bounds.isOpen, isPossessive)
  }

  /// Whether a turn may end with the piece that the next one begins with, so that the text of both can be cut anywhere.
  private static func isAmbiguous(_ branch: [Item]) -> Bool {
    let heads = branch.indices.prefix(upTo: (branch.firstIndex { !$0.isOptional } ?? branch.count - 1) + 1)
    let tails = branch.indices.suffix(from: branch.lastIndex { !$0.isOptional } ?? 0)
    return tails.contains { tail in
      branch[tail].repeats
        && heads.contains { head in
          guard branch[head].text == branch[tail].text else { return false }
          // (\w,\w+)+ is clear: the comma says which letter begins a turn.
          return head == tail || branch[head].repeats
            || branch[min(head, tail)...max(head, tail)].allSatisfy { $0.text == branch[head].text }
        }
    }
  }
}
