import Values

/// What stands around the names of a byline: when it was published, with whose help, what somebody does.
extension Names {
  /// What stands before the first day in a part of a byline, where that is a name: `Ann Able April 4`.
  static func beforeDay(_ part: Substring) -> Substring {
    guard part.utf8.contains(where: Digits.isDigit) else { return part }
    let words = part.split(whereSeparator: { $0.isWhitespace || $0 == "." })
    for (word, next) in zip(words, words.dropFirst()) where isDay(word, next) {
      let before = part[..<word.startIndex]
      return looksLikeName(before) ? before : part
    }
    return part
  }

  /// Whether two words are a month and a day, in one order or the other.
  static func isDay(_ word: Substring, _ next: Substring) -> Bool {
    guard word.utf8.first.map(Digits.isDigit) ?? false || next.utf8.first.map(Digits.isDigit) ?? false else {
      return false
    }
    func isNumber(_ word: Substring) -> Bool { Int(word).map { (1...31).contains($0) } ?? false }
    return isNumber(next) && months.contains(word.lowercased()) || isNumber(word) && months.contains(next.lowercased())
  }

  /// What stands around a day.
  private static let dayWords: Set<String> = [
    "posted", "published", "written", "on", "at", "am", "pm", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
  ]
  private static let months: Set<String> = [
    "jan", "january", "feb", "february", "mar", "march", "apr", "april", "may", "jun", "june", "jul", "july", "aug",
    "august", "sep", "sept", "september", "oct", "october", "nov", "november", "dec", "december",
    "januar", "februar", "märz", "mai", "juni", "juli", "oktober", "dezember", "janvier", "février", "mars", "avril",
    "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre", "enero", "febrero", "marzo", "abril",
    "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre",
  ]

  /// What follows the day in a line that begins with it: `Posted March 3, 2026 by Ann Able`.
  static func behindDate(_ line: String) -> String {
    guard line.holdsByte(where: Digits.isDigit),
      let by = line.firstRange(of: " by ") ?? line.firstRange(of: " By "),
      line[by.upperBound...].first?.isUppercase ?? false
    else { return line }
    let words = line[..<by.lowerBound].split(whereSeparator: { $0.isWhitespace || ",.|·•–—-".contains($0) })
    // Somebody may stand before the day, and who did something else behind it: `Jan Able, March 3, edited by Bob Baker`.
    let areOfDay = words.enumerated().allSatisfy { index, word in
      let lower = word.lowercased()
      return word.utf8.first.map(Digits.isDigit) ?? false || months.contains(lower) || dayWords.contains(lower)
        || index == 0 && lower == "updated"
    }
    guard areOfDay, zip(words, words.dropFirst()).contains(where: isDay) else { return line }
    return String(line[by.upperBound...])
  }

  /// A line without those who helped, and without agencies that are not named: `Ann Able, with reporting by Bob Baker`,
  /// `Ann Able and agencies`.
  static func withoutHelp(_ line: String) -> String {
    var line = line
    if line.holds("reporting by") || line.holds("reporting from"),
      let help = line.firstMatch(of: reportingBy), help.range.lowerBound > line.startIndex
    {
      line = String(line[..<help.range.lowerBound])
    }
    if line.holds(" by "), let others = line.firstMatch(of: othersBy), endsInPerson(line[..<others.range.lowerBound]) {
      line = String(line[..<others.range.lowerBound])
    }
    if line.holdsByte(where: { $0 > 0xE3 }), let editor = line.firstMatch(of: editedBy) {
      line = String(line[..<editor.range.lowerBound])
    }
    if line.utf8.last == UInt8(ascii: "s"), let end = unnamedAgencies.first(where: { line.hasSuffix($0) }) {
      line = String(line.dropLast(end.count))
    }
    return line
  }

  nonisolated(unsafe) private static let reportingBy =
    /[\s,;(]+(?:(?:and|with|[Aa]dditional|[Ff]urther)\s+)+reporting (?:by|from)\s/
  /// Who took the pictures, and who edited the text: `Ann Able, photography by Bob Baker`.
  nonisolated(unsafe) private static let othersBy =
    /[\s,;.(]+(?:(?:and|with)\s+)?(?:photograph(?:y|s)|photos?|pictures|illustrations?|graphics|video|edited|editing)\s+by\s/
    .ignoresCase()
  nonisolated(unsafe) private static let editedBy =
    /[\s|;(\u{FF08}]+(?:责任编辑|責任編輯|责编|責編|编辑|編輯|校对|审核)\s*[:\u{FF1A}]/
  private static let unnamedAgencies = [
    " and agencies", " with agencies", " et agences", " avec agences", " y agencias",
  ]

  /// Whether the last that a line names before its day is a person: of `Story and photos by Ann Able` what stands before
  /// the photos is none.
  private static func endsInPerson(_ line: Substring) -> Bool {
    let parts = parts(of: String(line)).reversed().lazy.map(beforeDay)
    guard let part = parts.first(where: { !$0.utf8.contains(where: Digits.isDigit) }) else { return false }
    return isPerson(cleaned(String(conjunction(in: part)?.last ?? part)))
  }

  /// Whether a text looks like a name, and has no word that those of persons do not have.
  private static func isPerson(_ text: String) -> Bool {
    looksLikeName(text[...])
      && text.split(separator: " ").allSatisfy { word in
        let word = word.lowercased()
        return !beats.contains(word) && !deeds.contains(word) && !groups.contains(word)
      }
  }

  /// Words before a name or an agency, and those for kinds of texts.
  private static let deeds: Set<String> = [
    "from", "via", "with", "by", "of", "the", "to", "for", "in", "courtesy", "compiled", "contributed", "special",
    "wire", "wires", "photo", "photos", "pictures", "story", "words", "text", "report", "reporting", "written",
    "article", "interview", "essay", "review", "column", "analysis",
  ]

  /// Words in names of organisations, as before the word in `Example Center for Justice`.
  private static let groups: Set<String> = [
    "center", "centre", "association", "academy", "council", "committee", "forum", "union", "voice", "voices",
    "coalition", "friends", "alliance", "campaign", "group", "society", "fund", "project", "partnership", "initiative",
    "movement", "citizens", "watch", "league", "tribune",
  ]

  /// A name without the house that somebody wrote for: `Ann Able for Example News`.
  static func withoutHouse(_ name: String) -> String {
    guard let link = name.firstRange(of: " for "), isPerson(String(name[..<link.lowerBound])) else { return name }
    // The word stands in the names of organisations, too: `Example Ground for Local News`.
    let house = name[link.upperBound...].lowercased()
    let isHouse =
      isAgency(house) || houseEnds.contains(where: house.hasSuffix) && !causes.contains(where: house.hasPrefix)
    return isHouse ? String(name[..<link.lowerBound]) : name
  }

  private static let houseEnds = [" news", " times", " post", " press"]
  private static let causes = ["a ", "the news", "the press", "free ", "local ", "independent ", "public ", "fair "]

  /// A name and the agency that follows it without a sign between the two: `Ann Able Associated Press`.
  static func beforeAgency(_ name: String) -> (String, String)? {
    let words = name.split(separator: " ")
    guard (4...6).contains(words.count) else { return nil }
    for count in [3, 2] where words.count - count >= 2 {
      let agency = words.suffix(count).joined(separator: " ")
      let person = words.dropLast(count).joined(separator: " ")
      // Others are called so, too: `Inter Example Press Association`.
      if isAgency(agency), !["association", "agency"].contains(words[words.count - 1].lowercased()), isPerson(person) {
        return (person, agency)
      }
    }
    return nil
  }

  /// A name without what somebody does behind it: `Ann Able Senior Reporter`.
  static func withoutRole(_ name: String) -> String {
    guard spaces(in: name) >= 2, let last = name.lastIndex(of: " "),
      roles.contains(name[name.index(after: last)...].lowercased())
    else { return name }
    var words = name.split(separator: " ")[...]
    while let word = words.last?.lowercased(), roles.contains(word) || beats.contains(word) { words.removeLast() }
    while let word = words.last, word.allSatisfy({ !$0.isLetter }) { words.removeLast() }
    guard let end = words.last?.endIndex, looksLikeName(name[..<end]) else { return name }
    return String(name[..<end])
  }

  /// A name without what somebody does in front of it: `Senior Reporter Ann Able`, `unserer Redakteurin Ann Able`.
  static func withoutTitle(_ name: String) -> String {
    guard spaces(in: name) >= 2 else { return name }
    let words = name.split(separator: " ")
    let title = words.prefix { word in
      let word = word.lowercased()
      return roles.contains(word) || beats.contains(word) || ours.contains(word)
    }
    guard let last = title.last?.lowercased(), roles.contains(last), !ranks.contains(last) else { return name }
    let rest = name[title[title.count - 1].endIndex...].drop(while: \.isWhitespace)
    return looksLikeName(rest) ? String(rest) : name
  }

  /// Those of `roles` that say of whom, not what somebody does: with a name alone they may be part of it.
  private static let ranks: Set<String> = ["chief", "senior", "freelance", "powered", "updated", "published", "ago"]
  /// Whose reporter somebody is: `Von unserem Redakteur …`.
  private static let ours: Set<String> = [
    "von", "unser", "unsere", "unserem", "unserer", "unseren", "by", "our", "par", "de", "notre", "van", "onze",
  ]

  /// Words before one that names what somebody does.
  private static let beats: Set<String> = [
    "staff", "deputy", "associate", "assistant", "executive", "managing", "contributing", "special", "political",
    "politics", "news", "media", "health", "science", "education", "environment", "climate", "business", "economics",
    "economic", "financial", "finance", "money", "consumer", "technology", "tech", "transport", "travel", "sport",
    "sports", "football", "crime", "legal", "court", "home", "affairs", "foreign", "defence", "security", "diplomatic",
    "social", "local", "city", "national", "international", "world", "europe", "royal", "culture", "arts", "music",
    "film", "tv", "food", "features", "feature", "fashion", "lifestyle", "religion", "religious", "investigations",
    "investigative", "data", "video", "photo", "digital", "online", "night", "weekend", "bbc", "pa", "uk", "us", "eu",
    "and", "&", "lead", "live", "opinion", "parliamentary", "government", "state", "general", "de", "en", "la",
  ]
}
