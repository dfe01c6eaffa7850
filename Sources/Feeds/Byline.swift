internal import Glibc
internal import Markup

/// The names in a byline that a feed prints in one piece.
enum Byline {
  /// The people of a byline: "By A and B", "A Smith and B Jones". One that is no list stays whole, as "Smith, John" does. What
  /// somebody is goes: "Ann Lee, Political Editor"; what belongs to a name stays with it: "Bo Ek, Jr."
  static func people(in byline: String) -> [String] {
    let isByline = byline.utf8.count > 3 && byline.prefix(3).lowercased() == "by "
    guard isByline || byline.contains(" and ") else { return [withoutRole(byline)] }
    var names = [isByline ? String(byline.dropFirst(3)) : byline]
    for separator in isByline ? [", and ", " and ", " & ", ", "] : [" and "] {
      names = names.flatMap { $0.split(separator: separator).map { Whitespace.folded(String($0)) } }
    }
    names.removeAll { $0.isEmpty }
    if isByline { return names.isEmpty ? [byline] : joined(names) }
    names = names.map(withoutRole)
    // "Arts and Culture" is a desk; two full names are two people.
    let arePeople = names.allSatisfy { name in
      let words = name.split(separator: " ")
      return (2...3).contains(words.count) && words.allSatisfy { $0.first?.isUppercase == true }
    }
    return arePeople ? names : [byline]
  }

  /// The people of two fields that may name the same ones, each once: by the longer name, in the first field's order.
  static func joined(_ people: [FeedAuthor], _ others: [FeedAuthor]) -> [FeedAuthor] {
    // Each is compared with each; nobody reads of so many.
    guard people.count <= mostJoined, others.count <= mostJoined else { return people }
    var joined = people
    var known = people.map(words)
    for other in others {
      let words = words(of: other)
      guard let place = known.firstIndex(where: { isPart(words, of: $0) || isPart($0, of: words) }) else {
        joined.append(other)
        known.append(words)
        continue
      }
      if words.count > known[place].count { (joined[place].name, known[place]) = (other.name, words) }
      joined[place].url = joined[place].url ?? other.url
    }
    return joined
  }

  static let mostJoined = 10

  private static func words(of person: FeedAuthor) -> [Substring] {
    (person.name ?? person.url ?? "").lowercased().split(maxSplits: 10) { !$0.isLetter && !$0.isNumber }
  }

  /// Whether each word of a name, or what it is the initial of, is in another: "A. Lee" in "Lee, Ann".
  private static func isPart(_ words: [Substring], of others: [Substring]) -> Bool {
    !words.isEmpty
      && words.allSatisfy { word in
        others.contains { $0 == word || word.dropFirst().isEmpty && $0.hasPrefix(word) }
      }
  }

  /// The parts of a list with what belongs to a name put back, and without what somebody is.
  private static func joined(_ parts: [String]) -> [String] {
    var names: [String] = []
    for part in parts {
      if let last = names.last, isSuffix(part) {
        names[names.count - 1] = last + ", " + part
      } else if names.isEmpty || !isRole(part) {
        names.append(part)
      }
    }
    return names
  }

  private static func withoutRole(_ byline: String) -> String {
    guard let comma = byline.lastIndex(of: ",") else { return byline }
    let rest = Whitespace.folded(String(byline[byline.index(after: comma)...]))
    return isRole(rest) && comma > byline.startIndex ? Whitespace.folded(String(byline[..<comma])) : byline
  }

  private static func isSuffix(_ part: String) -> Bool {
    suffixes.contains(part.lowercased().filter { $0 != "." })
  }

  private static let suffixes: Set<String> = [
    "jr", "sr", "ii", "iii", "iv", "md", "phd", "dphil", "do", "dds", "dvm", "rn", "jd", "mba", "mph", "cpa", "cfa",
    "esq", "mp",
    "obe", "mbe", "cbe", "kc", "qc",
  ]

  /// Whether a part of a byline says what somebody is: "Political Editor", "Head of News".
  private static func isRole(_ part: String) -> Bool {
    let words = part.lowercased().split(separator: " ").map(String.init)
    guard let last = words.last, words.count <= 5 else { return false }
    let isOffice = words.count > 2 && ["editor", "head", "director", "chief"].contains(words[0]) && words[1] == "of"
    return isOffice || roles.contains(last)
  }

  private static let roles: Set<String> = [
    "editor", "editor-in-chief", "correspondent", "reporter", "writer", "columnist", "critic", "journalist",
    "photographer",
    "photojournalist", "producer", "contributor", "editorialist", "redakteur", "redakteurin", "korrespondent",
    "korrespondentin", "correspondant", "correspondante", "corresponsal",
  ]
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a name stands in a short text as it is written, not as a part of a longer word.
  func holdsName(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = baseAddress, let wanted = name.baseAddress, count <= 200, !name.isEmpty, name.count <= count else {
      return false
    }
    for start in 0...(count - name.count) where memcmp(base + start, wanted, name.count) == 0 {
      let end = start + name.count
      return (start == 0 || !self[start - 1].isPartOfWord) && (end == count || !self[end].isPartOfWord)
    }
    return false
  }
}

extension UInt8 {
  fileprivate var isPartOfWord: Bool { self >= 0x80 || (self | 0x20) &- 0x61 < 26 || self &- 0x30 < 10 }
}
