import Articles
import Markup
import Values

/// Bylines taken apart into names, and names told from organisations.
enum Names {
  private static let longest = 2000

  /// The names in one byline: prefix and roles gone, separated at commas and "and" of many languages.
  static func split(_ byline: String) -> [String] {
    // Longer ones are no bylines, and would keep the patterns busy.
    guard byline.utf8.count < longest else { return [] }
    var text = withoutDates(withSuffixes(withoutAddresses(Whitespace.folded(withoutMarkup(byline)))))
    text = withoutHelp(behindDate(text))
    let reporters = chinese(text)
    if !reporters.isEmpty { return unique(reporters) }
    while let shorter = withoutPrefix(text), shorter != text { text = shorter }
    if isAgency(text) { return [text] }
    var names: [String] = []
    var isOfPictures = false
    for part in parts(of: text) {
      // Who took the pictures stands behind who wrote.
      if let label = pictureLabel(part) { isOfPictures = label }
      if isOfPictures || !names.isEmpty && part.hasPrefix("aus ") { continue }
      // With whose help: an agency's, or somebody's.
      if !names.isEmpty, let with = part.prefixMatch(of: withWord) {
        let helper = String(part[with.range.upperBound...])
        if !isOrganisation(helper, publisher: nil), looksLikeName(helper[...]) { names.append(helper) }
        continue
      }
      var pieces: [Substring] = [part]
      if let and = conjunction(in: part) { pieces = and }
      // Of `Ann Able (Text) und Bob Baker (Fotos)` the first wrote; where others wrote before, all of a part took
      // pictures.
      let others = pieces.filter { !isOfPicture($0) }
      if others.isEmpty || others.count < pieces.count && !names.isEmpty && !others.allSatisfy({ $0.last == ")" }) {
        continue
      }
      pieces = others
      // Where somebody does what: `Journalist i Paris`.
      if pieces.count > 1, !isAgency(String(pieces[0])), isDeed(pieces[0]) { continue }
      names += pieces.flatMap { withAgency(cleaned(String(beforeDay($0)))) }
    }
    return unique(names.filter { isName($0) })
  }

  /// What a byline's commas, bars and signs divide.
  static func parts(of text: String) -> [Substring] {
    // Who took the pictures may follow without a sign.
    let hasLabel = text.holds(":") && (text.holds("oto") || text.holds("Bild"))
    let line = hasLabel ? text.replacing(pictureStart, with: ", ") : text
    // Most lines are one name; a look at the bytes is cheaper than the pattern.
    let parts = line.holdsByte(where: maySeparate) ? line.split(separator: separators) : line.isEmpty ? [] : [line[...]]
    guard text.holds(" - "), !text.contains(where: \.isCased) else { return parts }
    // Scripts without capitals set a dash between two who wrote; a single word behind one is a place.
    return parts.flatMap { part in
      let pieces = part.split(separator: " - ")
      return pieces.count > 1 ? pieces.filter { $0.trimmingSpaces.holds(" ") } : [part]
    }
  }

  /// Whether a part of a byline begins with a word for pictures, or with one for texts; nil for one that begins with
  /// neither.
  private static func pictureLabel(_ part: Substring) -> Bool? {
    guard part.utf8.contains(UInt8(ascii: ":")) || part.utf8.first == 0xC2 else { return nil }
    let lower = part.drop { $0 == "(" || $0.isWhitespace }.lowercased()
    return pictureLabels.contains { lower.hasPrefix($0) } ? true : withoutPrefix(String(part)) != nil ? false : nil
  }

  /// Whether a part says in brackets that somebody took the pictures: `Ann Able (Fotos)`.
  private static func isOfPicture(_ part: Substring) -> Bool {
    guard part.last == ")", let open = part.lastIndex(of: "(") else { return false }
    let words = part[open...].lowercased().split(whereSeparator: { !$0.isLetter })
    return words.count == 1 && pictureLabels.contains("\(words[0]):")
  }

  /// The names of a text that is meant as one person's: `and` of other languages divides no double surname.
  static func ofOne(_ text: String) -> [String] {
    let words = text.split(separator: " ")
    guard (3...6).contains(words.count), let and = words.lastIndex(where: { ["y", "i", "e"].contains($0) }),
      and == words.count - 2, and >= 2, words[0].first?.isUppercase == true, text.allSatisfy({ $0 != "," && $0 != "|" })
    else { return split(text) }
    let name = cleaned(text)
    return isName(name) ? [name] : []
  }

  /// What a rule found as one name; several, where all that a conjunction or a comma divides are such:
  /// `Ann Able, Bob Baker`.
  static func each(_ text: String) -> [String] {
    let cleaned = cleaned(text)
    guard cleaned.utf8.count < 120, spaces(in: cleaned) >= 3 else { return [cleaned] }
    let names = split(text)
    let areNames = names.allSatisfy { looksLikeName($0[...]) || isAgency($0) }
    return names.count > 1 && areNames ? names : [cleaned]
  }

  /// `Ann Able, Jr.` is one name.
  private static func withSuffixes(_ line: String) -> String {
    suffixes.contains { line.holds($0) } ? line.replacing(suffix) { " \($0.output.1)" } : line
  }

  private static let suffixes = [", Jr", ", Sr", ", I"]
  nonisolated(unsafe) private static let suffix = /\s*,\s+((?:Jr|Sr)\b\.?|III?\b|IV\b)/

  /// A line without when it was published, set behind the names: `Ann Able PUBLISHED: June 1, 2026`.
  private static func withoutDates(_ line: String) -> String {
    guard line.holdsByte(where: Digits.isDigit), line.holds(":") || line.holds("ED"),
      let label = line.firstMatch(of: dateLabel)
    else { return line }
    return String(line[..<label.range.lowerBound])
  }

  nonisolated(unsafe) private static let dateLabel =
    /[\s|,•·–-]+(?:PUBLISHED|UPDATED|POSTED|LAST UPDATED|(?:Published|Updated|Posted|Last updated|Veröffentlicht|Aktualisiert|Publié|Mis à jour|Publicado|Actualizado|Pubblicato|Aggiornato)\s*:)/

  /// A text whose tags somebody left in: `<b>Ann Able</b>`.
  private static func withoutMarkup(_ text: String) -> String { text.holds("<") ? Sanitiser.text(text) : text }

  /// A line without what one writes to: `By Ann Able able@news.example`, `Ann Able @annable`.
  private static func withoutAddresses(_ line: String) -> String {
    guard line.holds("@") else { return line }
    return line.split(separator: " ").compactMap { word in
      guard let at = word.firstIndex(of: "@") else { return word }
      // A name may run into what it is called elsewhere; a mail address has a dot.
      let isName = word.first?.isUppercase == true && !word[at...].holds(".")
      return isName ? word[..<at] : nil
    }.joined(separator: " ")
  }

  /// A name and, behind a slash, the agency it came by: `Ann Able/AFP`.
  private static func withAgency(_ name: String) -> [String] {
    if let (person, agency) = beforeAgency(name) { return [person, agency] }
    guard let slash = name.lastIndex(of: "/"), !isAgency(name) else { return [name] }
    let (person, agency) = (name[..<slash].trimmingSpaces, name[name.index(after: slash)...].trimmingSpaces)
    return isAgency(agency) && looksLikeName(person[...]) ? [person, agency] : [name]
  }

  /// Whether the first of several pieces says what somebody does: a role, or one small word before a place, as in
  /// `inviata a Roma`.
  private static func isDeed(_ piece: Substring) -> Bool {
    let word = piece.lowercased()
    return roles.contains(word) || !word.holds(" ") && word == piece && !particles.contains(word)
  }

  /// The names of a text that may be one name as catalogues write it: `Able, Ann`.
  static func catalogued(_ text: String) -> [String] {
    let parts = text.split(separator: ",").map { $0.trimmingSpaces }
    if parts.count == 2, !parts[0].holds(" "), !parts[1].isEmpty, parts[1].split(separator: " ").count <= 3,
      !parts.contains(where: { isOrganisation($0, publisher: nil) || $0.first?.isLowercase != false })
    {
      return split(parts[1] + " " + parts[0])
    }
    return split(text)
  }

  /// Spaces, or what may be one in another script.
  static func spaces(in text: String) -> Int {
    text.utf8.count { $0 == 0x20 || $0 == 0xE2 || $0 == 0xE3 || $0 == 0xC2 || $0 < 0x20 }
  }

  static func unique(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0.lowercased()).inserted }
  }

  /// One name without prefix, role, address and place, and without the house that a person wrote for.
  static func cleaned(_ name: String, isOrganisation: Bool = false) -> String {
    guard name.utf8.count < longest else { return "" }
    var text = Whitespace.folded(name)
    while let shorter = withoutPrefix(text), shorter != text { text = shorter }
    // Behind a comma the last of several has its "and" left.
    if let first = text.utf8.first, (0x61...0x7A).contains(first), let and = text.prefixMatch(of: leadingAnd) {
      text = String(text[and.range.upperBound...])
    }
    if let parenthesis = text.firstIndex(of: "("), parenthesis != text.startIndex {
      text = String(text[..<parenthesis])
    }
    // A role behind a dash.
    if text.holds("– ") || text.holds("- "), let dash = text.ranges(of: " – ").last ?? text.ranges(of: " - ").last {
      let role = text[dash.upperBound...].lowercased().split(whereSeparator: { !$0.isLetter }).map(String.init)
      if !roles.isDisjoint(with: role) { text = String(text[..<dash.lowerBound]) }
    }
    if text.hasSuffix(" 기자") || text.hasSuffix(" 記者") { text = String(text.dropLast(3)) }
    if text.first == "【", text.last == "】" { text = String(text.dropFirst().dropLast()) }
    text = withoutTitle(withoutRole(text))
    if spaces(in: text) >= 3, let match = text.firstMatch(of: placeSuffix) { text = String(match.output.1) }
    while let last = text.last, last.isWhitespace || ",;:|/–—-•·&*".contains(last) { text.removeLast() }
    if text.holdsByte(where: Digits.isDigit), let time = text.firstMatch(of: readingTime) {
      text = String(text[..<time.range.lowerBound])
    }
    // The number of a footnote.
    let digits = text.reversed().prefix { $0.isNumber }.count
    let name = text.dropLast(digits)
    if (1...2).contains(digits), name.last?.isLetter ?? false, looksLikeName(name) { text = String(name) }
    while let first = text.first, first.isWhitespace || ",;:|/–—-•·@".contains(first) { text.removeFirst() }
    return isOrganisation ? text : withoutHouse(text)
  }

  /// How long it takes to read the article, behind a name.
  nonisolated(unsafe) private static let readingTime = /\s+\d{1,2}\s?(?:min|mins|Min\.?|minutes?|Minuten)(?:\s+read)?$/

  /// A text without the line that says who wrote it at its end: `… a whole year. By Ann Able`.
  static func withoutSignature(_ text: String, of names: [String]) -> String {
    for name in names where text.hasSuffix(name) {
      let rest = text.dropLast(name.count)
      guard let end = rest.lastIndex(where: { ".!?…\"”“»".contains($0) }) else { continue }
      let between = rest[rest.index(after: end)...].trimmingSpaces
      if !between.isEmpty, withoutPrefix(between + " " + name) == name { return String(rest[...end]) }
    }
    return text
  }

  /// What follows "By" and its like; nil for a line that does not begin so.
  static func afterPrefix(_ line: String) -> String? { withoutPrefix(line) }

  /// Whether a text is two to four words, all with a capital, as a person's name is.
  static func looksLikeName(_ text: Substring) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace)
    return (2...4).contains(words.count) && text.count <= 40 && isName(String(text))
      && words.allSatisfy { $0.first?.isUppercase == true && $0.allSatisfy { $0.isLetter || "-.'’".contains($0) } }
      && !isOrganisation(String(text), publisher: nil)
  }

  /// Whether a text is a person's name, an organisation's, or in a script that does not tell.
  static func isLikely(_ text: String) -> Bool {
    looksLikeName(text[...]) || isOrganisation(text, publisher: nil)
      || !text.contains { $0.isCased } || !isPhrase(text) && text.holds(" ")
  }

  /// Whether a text begins like a name and goes on in words that names do not have: `Guide to authors`.
  static func isPhrase(_ text: String) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard words.first?.first?.isUppercase == true, !isOrganisation(text, publisher: nil) else { return false }
    return words.dropFirst().contains { $0.first?.isLowercase == true && !particles.contains(String($0)) }
  }

  /// The names behind a word for with at the beginning of a text: `with Bob Baker`, `avec Bob Baker et Carl Other`.
  static func behindWith(_ text: Substring) -> [String] {
    guard let match = text.prefixMatch(of: withWord) else { return [] }
    let names = split(String(text[match.range.upperBound...].prefix { !",|·•–".contains($0) }))
    return names.allSatisfy { looksLikeName($0[...]) } ? names : []
  }

  nonisolated(unsafe) private static let withWord =
    /[\s,]*(?:and|with|und|mit|et|avec|y|e|con|com|och|med|og|en|met|ja|ve|i|z|și|cu)\s+(?=\p{Lu})/

  private static let minutes: Set<String> = ["min", "mins", "minute", "minuten", "minuti", "minutos", "mn"]

  /// What stands before whose picture it is.
  private static let pictureLabels = [
    "foto:", "fotos:", "photo:", "photos:", "bild:", "bilder:", "image:", "©", "fotografía:", "illustration:", "video:",
    "grafik:", "foto e video:", "fotografie:", "kuva:", "kuvat:", "zdjęcia:", "фото:", "תמונה:", "צילום:", "تصوير:",
  ]

  /// What of a text is the name before words that names do not have: `Ann Able writes from Example City`.
  static func beforePhrase(_ text: String) -> String {
    let words = text.split(whereSeparator: \.isWhitespace)
    let name = words.prefix { $0.first?.isLowercase == false || particles.contains(String($0)) }.joined(separator: " ")
    return isPhrase(text) && looksLikeName(name[...]) ? name : text
  }

  /// Small words in names.
  private static let particles: Set<String> = [
    "de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "d", "la", "le", "las", "los", "el", "al", "bin",
    "bint", "ibn", "ben", "van", "von", "vom", "zu", "zum", "zur", "der", "den", "ter", "ten", "te", "af", "av", "och",
    "y", "e", "i", "und", "and", "et", "og", "ap", "ab", "san", "st", "ze", "z", "auf", "in", "t",
  ]

  /// A name without the small words that stand before a surname: `Jan Vries` for Jan de Vries.
  static func withoutParticles(_ name: String) -> String {
    name.split(separator: " ").filter { !surnameParticles.contains($0) }.joined(separator: " ")
  }

  private static let surnameParticles: Set<Substring> = [
    "de", "da", "do", "dos", "das", "del", "della", "di", "du", "des", "la", "le", "las", "los", "el", "al", "bin",
    "bint", "ibn", "ben", "van", "von", "vom", "zu", "der", "den", "ter", "ten", "te", "af", "av",
  ]

  /// Whether a word for "and" stands right before a name in a line.
  static func isJoined(_ name: String, in line: String) -> Bool {
    guard let start = line.ranges(of: name).last?.lowerBound else { return false }
    return line[..<start].split(whereSeparator: \.isWhitespace).last.map { conjunctions.contains($0.lowercased()) }
      ?? false
  }

  private static let conjunctions: Set<String> = [
    "and", "und", "et", "y", "e", "og", "och", "en", "&", "ja", "ve", "i", "a", "și", "oraz", "и", "та", "і", "й",
    "και",
    "và", "و", "और", "และ",
  ]

  private static func isName(_ text: String) -> Bool {
    guard (2...80).contains(text.count), text.contains(where: \.isLetter), text.first != "(" else { return false }
    let lower = text.lowercased()
    if titles.contains(lower) || fillers.contains(lower) || isLogin(lower) { return false }
    if lower.hasPrefix("posted by "), fillers.contains(String(lower.dropFirst(10))) { return false }
    if pictureLabels.contains(where: { lower.hasPrefix($0) }) || lower.hasPrefix("фото ") { return false }
    if lower.hasPrefix("http") || lower.holds("@") || lower.hasPrefix("www.") { return false }
    if text.count(where: \.isNumber) > 3 || holdsDay(text) { return false }
    let words = Set(lower.split(whereSeparator: { !$0.isLetter }).map(String.init))
    if particles.contains(lower) || lower.first?.isNumber == true && !words.isDisjoint(with: minutes) { return false }
    return words.isDisjoint(with: roles) || isAgency(text)
  }

  /// Whether a text holds a day, as `Sep 2` and `Ann Able Posted May 24` do.
  private static func holdsDay(_ text: String) -> Bool {
    guard text.holdsByte(where: Digits.isDigit) else { return false }
    let words = text.split(whereSeparator: { $0.isWhitespace || $0 == "." })
    return zip(words, words.dropFirst()).contains { isDay($0, $1) }
  }

  /// Whether a word is one that stands before a name and is none.
  static func isPrefixWord(_ word: String) -> Bool { prefixWords.contains(word) }

  private static func withoutPrefix(_ text: String) -> String? {
    // Few lines begin with one of these words; a look at the first is cheaper than the pattern.
    let first = text.drop(while: \.isWhitespace).prefix { !$0.isWhitespace && !prefixEnds.contains($0) }
    guard prefixWords.contains(first.lowercased()) else { return nil }
    // What kind of text it is, and a colon.
    if prefixEnds.contains(text[first.endIndex...].first ?? " "), labels.contains(first.lowercased()) {
      let rest = text[first.endIndex...].dropFirst().trimmingSpaces
      return rest.isEmpty ? nil : rest
    }
    guard let match = text.prefixMatch(of: prefix) else { return afterEasternPrefix(text) }
    let rest = String(text[match.range.upperBound...])
    return rest.isEmpty ? nil : rest
  }

  /// "A and B", where both sides look like names of their own.
  static func conjunction(in part: Substring) -> [Substring]? {
    if isOrganisation(String(part), publisher: nil), part.split(separator: " ").count < 5 { return nil }
    guard spaces(in: String(part)) >= 2 || part.holds("&") else { return nil }
    let pieces = part.split(separator: andWord)
    if pieces.count > 1 { return pieces }
    // Offices have these words in their names as well.
    let names = part.split(separator: easternAnd)
    return names.count > 1 && names.allSatisfy(isWhole) ? names : nil
  }

  /// Whether a text is two to four words, none of them small.
  private static func isWhole(_ text: Substring) -> Bool {
    let words = text.split(whereSeparator: \.isWhitespace)
    return (2...4).contains(words.count) && words.allSatisfy { $0.first?.isLowercase == false }
  }

  nonisolated(unsafe) private static let easternAnd = /\s+(?:и|та|і|й|και|và|و|और|และ)\s+/

  private static let prefixEnds: Set<Character> = [":", "\u{FF1A}", "/", "\u{FF0F}", "=", "\u{FF1D}"]

  /// What kind of text it is, which stands before a colon and a name.
  private static let labels: Set<String> = [
    "redacción", "redação", "συντάκτης", "συντάκτρια", "haber", "muhabir", "журналист", "журналистка", "опубликовал",
    "опубликовала", "журналіст", "журналістка", "корреспондент", "кореспондент", "interview", "protokoll", "gespräch",
    "entretien", "intervista", "entrevista", "reportage", "analyse", "kommentar",
    "लेखक",
  ]

  /// How what `prefix` and `afterEasternPrefix` find begins.
  private static let prefixWords = labels.union([
    "by", "von", "par", "por", "di", "da", "av", "af", "door", "přez", "autor", "autorin", "autoren", "author",
    "authors", "auteur", "text", "tekst", "testo", "texto", "written", "words", "reported", "reporting", "story", "ein",
    "eine", "aus", "skrevet", "escrito", "de", "geschreven", "geschrieben", "verfasst", "écrit",
    "rédigé", "scritto", "geplaatst", "napisane", "skriven", "γράφτηκε", "texte", "nga", "napisał", "autore", "autori",
    "autores",
    "autoři", "teksti", "szerző", "írta", "yazan", "yazar", "oleh", "автор", "авторы", "автори", "текст", "作者", "记者",
    "記者", "文", "撰文", "글", "kolumne", "gastbeitrag", "essay", "glosse", "leitartikel", "porträt", "rezension", "bericht",
    "gastkommentar", "opinion", "analysis", "review", "commentary", "column", "report", "perspective", "advice",
    "guest",
    "editorial", "propos", "autor:in",
    "autor*in", "autorka", "авторка", "piše", "oprac.", "opracował", "opracowała", "napsal", "napsala", "kirjoittaja",
    "penulis", "scris", "a", "tác", "γράφει", "κείμενο", "eftir", "autorius", "imeandikwa", "كتب", "كتبت", "كتبوا",
    "بقلم", "نویسنده", "خبرنگار", "מאת", "โดย", "ผู้เขียน", "เขียนโดย", "取材", "取材・文", "文・写真", "写真・文", "文・撮影", "執筆",
    "글·사진", "사진·글", "posted", "published", "publié", "publicado", "pubblicato", "bởi",
  ])
  nonisolated(unsafe) private static let prefix =
    /\s*(?:By|Von|Par|Por|Di|Da|Av|Af|Door|Přez|Autor[\/:*]in|Autor|Autorin|Autoren|Author|Authors|Auteur|Text(?:\s*(?:und|&|\/|\+)\s*(?:Fotos?|Bilder|Bild))?|Tekst|Testo|Texto|Tekst av|Text von|Written by|Posted by|Published by|Publié par|Publicado por|Pubblicato da|Words by|Reported by|Reporting by|Story by|Ein Artikel von|Ein Beitrag von|(?:Eine? )?(?:Analyse|Kommentar|Kolumne|Reportage|Interview|Gastbeitrag|Essay|Glosse|Leitartikel|Porträt|Rezension|Bericht|Gastkommentar) von|(?:Opinion|Analysis|Review|Interview|Commentary|Column|Report|Essay|Perspective|Advice|Guest column|Editorial) by|Propos recueillis par|Aus|Skrevet av|Skrevet af|Escrito por|De notre|Geschreven door|Geschrieben von|Verfasst von|Écrit par|Rédigé par|Scritto da|Geplaatst door|Napisane przez|Skriven av|Γράφτηκε από|Texte|Nga|Napisał|Tekst og foto|Autore|Autori|Autores|Autoři|Teksti|Szerző|Írta|Yazan|Yazar|Oleh|Автор|Авторы|Автори|Текст|Autorka|Авторка|Piše|Napsala?|Oprac\.|Opracowała?|Kirjoittaja|Penulis|Scris de|A cura di|Tác giả|Bởi|Γράφει (?:ο|η)|Κείμενο|Eftir|Autorius|Imeandikwa na|كتبت?|كتبوا|بقلم|نویسنده|خبرنگار|מאת|โดย|ผู้เขียน|เขียนโดย|取材・文|執筆|作者|记者|記者|文|撰文|글|글·사진)\s*(?:[:\u{FF1A}]\s*|\s+(?=[\p{Lu}\p{Lo}]|(?:dpa|epd|kna|sid|apa|sda|awp)\b))/
    .ignoresCase()
  nonisolated(unsafe) private static let pictureStart = /\s+(?=(?:Fotos?|Photos?|Bilder|Bild)\s*:)/
  nonisolated(unsafe) private static let separators =
    /\s*(?:,|;|\||،|、|・|·|•|\s\/\s|\n)\s*/

  /// Whether what `separators` finds may begin with the byte, or hold it behind its spaces.
  private static func maySeparate(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: "/"), 0x0A, 0xC2...: true
    default: false
    }
  }

  nonisolated(unsafe) private static let andWord =
    /\s+(?:and|und|et|y|e|og|och|en|&|ja|ve|i|a|și|oraz)\s+(?=\p{Lu}|(?:dpa|epd|kna|sid|apa|sda|awp)\b)|\s*&\s*|\s+with\s+(?=[\p{Lu}])/
  nonisolated(unsafe) private static let leadingAnd = /(?:and|und|et|y|e|og|och|en|ja|ve|i|oraz)\s+(?=\p{Lu})/
  nonisolated(unsafe) private static let placeSuffix =
    /^(\p{Lu}[^\s]*(?:\s+[^\s]+){1,4})\s+(?:in|aus|à|at|from|reporting from)\s+\p{Lu}[\p{L}.\-]+(?:\s\p{Lu}[\p{L}.\-]+){0,2}$/

  /// What stands behind a name and a comma.
  private static let titles: Set<String> = [
    "jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "md", "m.d.", "phd", "ph.d.", "esq", "esq.", "dds", "rn", "mba", "jd",
    "obe", "mbe", "cbe", "mp", "msc", "ma", "ba", "llb",
  ]
  /// Whether a word is what a system calls those who run it: `webadmin`, `user12`.
  private static func isLogin(_ lower: String) -> Bool {
    guard lower.utf8.allSatisfy({ $0 < 0x80 && $0 != 0x20 }) else { return false }
    return lower.hasSuffix("admin") || lower.hasPrefix("user") && lower.dropFirst(4).allSatisfy(\.isNumber)
  }

  /// What systems write where they know no name.
  private static let fillers: Set<String> = [
    "null", "n/a", "none", "undefined", "undefined undefined", "[object object]", "nan", "unknown", "no author",
    "author", "admin", "administrator", "unbekannt", "anonymous", "test", "super user", "superuser",
    "newsdesk",
  ]

  /// Words that name what somebody does, never somebody.
  static let roles: Set<String> = [
    "powered", "correspondent", "editor", "reporter", "writer", "journalist", "columnist", "redakteur", "redakteurin",
    "korrespondent", "korrespondentin", "correspondant", "correspondante", "journaliste", "updated", "published",
    "contributor", "producer", "analyst", "presenter", "minutes", "ago", "chief", "photographer", "reporterin",
    "envoyé", "envoyée", "envoyés", "envoyées", "periodista", "redactor", "redactora", "corresponsal", "enviado",
    "enviada", "inviato", "inviata", "corrispondente", "giornalista", "caporedattore", "jornalista", "repórter",
    "colunista", "redacteur", "verslaggever", "korespondent", "korespondentka", "dziennikarz", "dziennikarka",
    "toimittaja", "senior", "freelance", "chefredakteur", "chefredakteurin", "redaktionsmitglied", "mitarbeiter",
    "mitarbeiterin", "aktualisiert", "uhr", "dienstag", "mittwoch", "donnerstag",
  ]
}
