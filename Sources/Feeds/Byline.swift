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
