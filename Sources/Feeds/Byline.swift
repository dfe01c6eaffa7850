internal import Glibc
internal import Markup
internal import Values

/// The names in a byline that a feed prints in one piece.
enum Byline {
  /// The people of a byline: "By A and B", "A Smith, B Jones et C Roy", "Von A Meier und B Vogel". One that is no list
  /// stays whole, as "Smith, John" and "Arts and Culture" do. What somebody is goes: "Ann Lee, Political Editor"; what
  /// belongs to a name stays with it: "Bo Ek, Jr." Nobody comes of what a program writes for nothing: "null", "N/A", a
  /// sign.
  static func people(in byline: String) -> [String] {
    if isNothing(byline) { return [] }
    if byline.utf8.count > longest { return [byline] }
    // Most fields are one name, and feeds have many.
    guard mayBeList(byline) else { return [byline] }
    let (text, isEnglish) = withoutBeginning(byline)
    if text.isEmpty { return [byline] }
    for sign: Character in [";", "\u{37E}", "、", "，", "،"] where text.holds(String(sign)) {
      let parts = text.split(separator: sign).map { Whitespace.folded(String($0)) }.filter { !$0.isEmpty }
      if parts.count > 1 { return joined(parts) }
    }
    var listed = parts(of: text, isEnglish ? ["and", "&"] : conjunctions)
    let isList = listed.count > 1
    if isList { listed.removeAll { $0.lowercased() == "agencies" } }
    if isEnglish {
      let names = joined(listed.flatMap(betweenCommas).map { isList ? withoutPlace($0) : $0 })
      return names.isEmpty ? [byline] : names
    }
    // "Arts and Culture" is a desk; full names are people.
    if isList, !listed.isEmpty {
      let names = listed.flatMap { part in
        let names = joined(betweenCommas(part).map(withoutPlace))
        return names.allSatisfy(isFullName) ? names : [withoutRole(part)]
      }
      if names.allSatisfy(isFullName) { return names }
    }
    let names = joined(betweenCommas(text))
    if names.count > 2, names.allSatisfy(isFullName) { return names }
    return [withoutRole(text)]
  }

  /// Longer texts are no bylines, and would cost more than they have.
  static let longest = 2048

  /// Whether a byline may be more than one name: it has a sign that parts names, five words, or begins as bylines do.
  private static func mayBeList(_ byline: String) -> Bool {
    var (spaces, beginning) = (0, 0)
    for byte in byline.utf8 {
      switch byte {
      // The last three begin the commas of Chinese, Japanese and Arabic.
      case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: ":"), 0xE3, 0xEF, 0xD8: return true
      case 0x20: spaces += 1
      default: if spaces == 0 { beginning += 1 }
      }
      if spaces == 4 { return true }
    }
    if spaces == 3, byline.hasSuffix(" and agencies") { return true }
    guard spaces > 0, beginning < 9, let first = byline.utf8.first, "bwrvpdat".utf8.contains(first | 0x20) else {
      return false
    }
    return beginnings.contains(byline.prefix { $0 != " " }.lowercased())
  }

  private static let beginnings: Set<String> = Set(others).union(["by", "written", "reported"])

  /// The byline without the word that introduces it, and whether that is the one that people's names always follow.
  private static func withoutBeginning(_ byline: String) -> (text: String, isEnglish: Bool) {
    var text = byline[...]
    var isEnglish = false
    while let word = english.first(where: { begins(text, $0) }) {
      text = text.dropFirst(word.count).drop { $0 == " " || $0 == ":" }
      isEnglish = true
    }
    if isEnglish { return (String(text), true) }
    // "Von Miller" is a man's name: full names have to follow.
    if let word = others.first(where: { begins(text, $0) }) {
      let rest = String(text.dropFirst(word.count).drop { $0 == " " || $0 == ":" })
      let names = parts(of: rest, conjunctions).flatMap(betweenCommas)
      if !names.isEmpty, names.allSatisfy(isFullName) { return (rest, false) }
      // "Von Ann Lee, Berlin": where it was written.
      if names.count > 1, names.dropLast().allSatisfy(isFullName), let comma = rest.lastIndex(of: ","),
        !names[names.count - 1].contains(" "), names[names.count - 1].first?.isUppercase == true,
        !isSuffix(names[names.count - 1])
      {
        return (String(rest[..<comma]), false)
      }
    }
    return (byline, false)
  }

  private static let english = ["written by", "reported by", "by"]
  private static let others = [
    "von", "par", "por", "di", "door", "av", "af", "texte", "text", "texto", "testo", "autor",
  ]
  /// "And" in languages of many bylines, as a word of its own. Those of few letters are initials and first names, too:
  /// "Patrick E Tyler", "Ja Morant", "Dan Brown".
  private static let conjunctions = plainConjunctions.union(shortConjunctions)
  private static let plainConjunctions: Set<String> = ["and", "&", "und", "oraz"]
  private static let shortConjunctions: Set<String> = [
    "et", "y", "e", "i", "en", "och", "og", "a", "ja", "и", "та", "ve", "și", "şi", "és", "και", "dan",
  ]

  private static func begins(_ text: Substring, _ word: String) -> Bool {
    guard text.utf8.count > word.utf8.count, let first = text.utf8.first, first | 0x20 == word.utf8.first,
      text.prefix(word.count).lowercased() == word
    else { return false }
    let next = text[text.index(text.startIndex, offsetBy: word.count)]
    return next == " " || next == ":"
  }

  /// The parts between words, without a comma before such a word. A short one counts between others, in lower case
  /// or where all is in capitals and no plain one stands.
  private static func parts(of text: String, _ conjunctions: Set<String>) -> [String] {
    let words = text.split(separator: " ")
    let lowercased = words.map { $0.utf8.count <= 6 ? $0.lowercased() : "" }
    let hasPlain = lowercased.contains { plainConjunctions.contains($0) }
    // Asked of few.
    lazy var isCapitals = !text.contains { $0.isLowercase }
    var parts: [[Substring]] = [[]]
    for (index, word) in words.enumerated() {
      var isBetween = conjunctions.contains(lowercased[index])
      if isBetween, !plainConjunctions.contains(lowercased[index]) {
        let isInside = index > 0 && index < words.count - 1
        isBetween = isInside && (word == lowercased[index] || !hasPlain && isCapitals)
      }
      if isBetween {
        parts.append([])
      } else {
        parts[parts.count - 1].append(word)
      }
    }
    return parts.filter { !$0.isEmpty }.map { words in
      let part = words.joined(separator: " ")
      return part.hasSuffix(",") ? String(part.dropLast()) : part
    }
  }

  /// A full name without where it was written: "Ann Lee in Kyiv".
  private static func withoutPlace(_ part: String) -> String {
    let words = part.split(separator: " ")
    guard let mark = words.lastIndex(of: "in"), mark > 1, mark < words.count - 1,
      words[(mark + 1)...].allSatisfy({ $0.first?.isUppercase == true })
    else { return part }
    let name = words[..<mark].joined(separator: " ")
    return isFullName(name) ? name : part
  }

  /// The parts between commas that a space follows.
  private static func betweenCommas(_ text: String) -> [String] {
    var parts: [String] = []
    for piece in text.split(separator: ",") {
      if let last = parts.indices.last, piece.first != " " {
        parts[last] += "," + piece
      } else {
        parts.append(String(piece))
      }
    }
    return parts.map { Whitespace.folded($0) }.filter { !$0.isEmpty }
  }

  /// Two to four words with a capital, particles aside: "Ann Lee", "Vincent van der Berg".
  private static func isFullName(_ name: String) -> Bool {
    let words = name.split(separator: " ")
    return (2...4).contains(words.count) && words.first?.first?.isUppercase == true
      && words.last?.first?.isUppercase == true
      && words.allSatisfy { $0.first?.isUppercase == true || particles.contains(String($0)) }
      && !words.contains { noNames.contains($0.lowercased()) }
  }

  private static let particles: Set<String> = [
    "van", "der", "den", "de", "la", "del", "von", "zu", "di", "da", "dos", "du", "le", "bin", "al", "el", "ten", "ter",
  ]
  private static let noNames: Set<String> = [
    "news", "times", "post", "press", "media", "agency", "staff", "desk", "team", "world", "sport", "sports",
    "business", "politics", "culture", "opinion", "editorial", "redaktion", "presse", "zeitung",
  ]

  static func isNothing(_ text: String) -> Bool {
    let utf8 = text.utf8
    guard utf8.count < 16, let first = utf8.first else { return utf8.isEmpty }
    switch first | 0x20 {
    case UInt8(ascii: "n"), UInt8(ascii: "u"), UInt8(ascii: "a"): break
    case UInt8(ascii: "a")...UInt8(ascii: "z"), 0x80...: return false
    default: break
    }
    return (nothing.contains(text.lowercased()) || !text.contains { $0.isLetter || $0.isNumber })
  }

  private static let nothing: Set<String> = ["null", "(null)", "undefined", "array", "n/a", "[object object]"]

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
    "esq", "mp", "obe", "mbe", "cbe", "kc", "qc",
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
    "photographer", "photojournalist", "producer", "contributor", "editorialist", "redakteur", "redakteurin",
    "korrespondent", "korrespondentin", "correspondant", "correspondante", "corresponsal",
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
