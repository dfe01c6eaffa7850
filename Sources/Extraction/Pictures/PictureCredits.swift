import Articles
import Markup
import Values

/// Captions and credits taken out of one text, in the ways that newsrooms write them.
enum PictureCredits {
  /// `Caption (Photo: Name)`, `Caption. Foto: Name`, `Caption © Name`: the words before, and the name. `boldly` also
  /// takes what no label names as a credit: `Caption. (Name)`, `Caption. Name/Agency`.
  static func split(_ text: String, boldly: Bool) -> (caption: String, credit: String?) {
    // Longer texts are no captions, and would keep the patterns busy.
    guard text.utf8.count < 4000 else { return (text, nil) }
    // Korean newsrooms write the sign of rights with a ring of another kind.
    let text = text.holds("ⓒ") ? text.replacing("ⓒ", with: "©") : text
    if text.holds("ot. "), let found = text.wholeMatch(of: abbreviated) {
      var caption = found.output.1.trimmingSpaces
      // Behind a comma it is an abbreviation like any other, or a foot, unless a name follows.
      if caption.last == ",", !looksLikeCredit(String(found.output.2).trimmingSpaces, isBracketed: true) {
        return (text, nil)
      }
      if caption.last == "(" { caption.removeLast() }
      return (withoutSeparator(caption), String(found.output.2).trimmingSpaces)
    }
    let signs = CreditSigns(text)
    if boldly, signs.endsInBracket, signs.hasLabel, let found = labelledCaption(text) { return found }
    // What the last patterns find may as well be meant as a part of the caption: a rule says which.
    for (index, pattern) in patterns.prefix(boldly ? patterns.count : 6).enumerated() where signs.allow(pattern: index)
    {
      // The pattern for labels asks for each of them at every word: it begins a little before the first there is.
      let start = index == 1 ? signs.startOfLabel(in: text) : text.startIndex
      guard let match = text[start...].firstMatch(of: pattern) else { continue }
      var caption = String(text[..<start]) + String(match.output.1)
      var credit = String(match.output.2).trimmingSpaces
      if credit.isEmpty || credit.count > 100 { continue }
      // Where it was taken: `＝東京都で`.
      if index == 5, credit.hasSuffix("で") || credit.dropFirst(2).contains(where: { "都県市区町村郡".contains($0) }) {
        continue
      }
      // When it was taken, and from where: `＝2026年5月1日撮影`, `、本社ヘリから山田太郎撮影`.
      if index == takenBehindComma {
        if credit.contains(where: \.isNumber), credit.contains(where: { "年月日".contains($0) }) { continue }
        if let start = ["本社ヘリから", "本社機から"].first(where: { credit.hasPrefix($0) }) {
          credit.removeFirst(start.count)
          if credit.isEmpty { continue }
        }
      }
      // When it was taken, of what kind it is, or who wrote the text as well: `（2024年12月20日摄）`, `（资料照片，5月摄）`,
      // `（王明 文/摄）`.
      if index == takenInBracket, credit.contains(where: { "0123456789年月日于照料圖图:：/／".contains($0) }) { continue }
      // `(Foto de archivo)` says what kind of picture it is, not whose.
      if index == 0, credit.first?.isLowercase == true, !credit.hasPrefix("courtesy"),
        text[..<match.output.2.startIndex].last(where: { !$0.isWhitespace })?.isLetter == true
      {
        continue
      }
      // What the picture shows: `(Graphic: the rise of prices in ten years)`.
      if index == 0, credit.first?.isLowercase == true, credit.split(separator: " ").count > 4 {
        let label = text[match.output.1.endIndex..<match.output.2.startIndex].filter(\.isLetter).lowercased()
        if signedLabelsInBrackets.contains(where: { $0.lowercased() == label }) { continue }
      }
      if let open = caption.last, "([（".contains(open), let close = credit.last, ")]）".contains(close) {
        caption.removeLast()
        credit.removeLast()
      }
      return (withoutSeparator(caption), boldly ? withoutRole(cleaned(credit)) : credit)
    }
    if let found = agencyInWideBrackets(text) ?? agencyBehindSlash(text) ?? agencyBehindComma(text) { return found }
    guard boldly else { return nameAndHouse(text, signs) ?? (text, nil) }
    if let found = behindBar(text) { return found }
    if let found = nameBehindDash(text) { return found }
    if let credit = alone(text) { return ("", credit) }
    for (index, pattern) in boldPatterns.enumerated() where signs.allow(boldPattern: index) {
      guard
        let (before, behind) = index == 3
          ? behindSentence(text) : text.firstMatch(of: pattern).map({ ($0.output.1, $0.output.2) })
      else { continue }
      var credit = String(behind).trimmingSpaces
      while let first = credit.first, "/|-–—".contains(first) || first.isWhitespace { credit.removeFirst() }
      // What is cut inside a bracket is no name.
      if index > 1, let last = credit.last, ")]）］".contains(last), !credit.contains(where: { "([（［".contains($0) }) {
        continue
      }
      // `The track of the storm. Photo from Agency`.
      if index == 3, let label = labelAtStart(of: credit), credit[label.upperBound...].first?.isUppercase == true {
        return (String(before).trimmingSpaces, withoutRole(cleaned(credit)))
      }
      guard looksLikeCredit(credit, isBracketed: index < 2),
        index < 5 || credit == credit.uppercased() || namesAgency(credit)
      else { continue }
      return (String(before).trimmingSpaces, withoutRole(cleaned(credit)))
    }
    if signs.endsInBracket, let match = text.firstMatch(of: brackets) {
      // One after the other: `(Name/Agency) - (Agency)`. Several, or one that names an agency, are no part of a
      // sentence.
      let all = String(match.output.2).split(whereSeparator: { "()[]".contains($0) }).map { $0.trimmingSpaces }
        .filter { $0.contains(where: \.isLetter) }
      let isCredit = all.allSatisfy { looksLikeCredit($0, isBracketed: true) || namesAgency($0) }
      if isCredit, all.count > 1 || all.contains(where: namesAgency) {
        return (withoutSeparator(String(match.output.1)), all.joined(separator: ", "))
      }
      // Who stands where, and whose it is: `(right)(Agency/Ann Able)`.
      if let last = all.last, all.count > 1, namesAgency(last), looksLikeCredit(last, isBracketed: true),
        let open = text.lastIndex(where: { "([".contains($0) })
      {
        return (text[..<open].trimmingSpaces, last)
      }
    }
    return (text, nil)
  }

  /// Polish: `What is seen. Fot. Ann Able`. With a small letter it is a foot in Norwegian and Swedish, which ends a
  /// sentence but begins none: `skadet i høyre fot. Her fra kampen`.
  nonisolated(unsafe) private static let abbreviated =
    /(|.*?(?:[\s(|\/–—-](?=F)|(?:[(|\/,]|[.!?…]\s|\s[–—-])\s*(?=f)))[Ff]ot\. +(\p{L}[^()]{2,80})\)?/

  /// Whether what a rule found at a caption's end says where somebody stands in the picture, or goes on the sentence:
  /// `(right)`, `(second from left)`.
  static func isPartOfCaption(_ credit: String) -> Bool {
    guard credit.utf8.count < 80 else { return false }
    let lower = credit.lowercased()
    // A year.
    if places.contains(lower) || credit.allSatisfy(\.isNumber) { return true }
    guard let first = credit.first, first.isLowercase, credit.holds(" "), !credit.contains(where: \.isUppercase) else {
      return false
    }
    return !namesAgency(credit) && !lower.hasPrefix("courtesy") && !credit.holds("/")
  }

  /// Whether what stands in brackets is short for the words before it: `World Health Organization (WHO)`.
  static func isAbbreviation(_ credit: String, in text: String) -> Bool {
    guard (2...7).contains(credit.count), credit.allSatisfy(\.isUppercase),
      let bracket = text.ranges(of: "(" + credit + ")").last
    else { return false }
    let initials = text[..<bracket.lowerBound].split(whereSeparator: { $0 == " " || $0 == "-" }).compactMap(\.first)
    return String(initials.filter(\.isUppercase).suffix(credit.count)) == credit
  }

  private static let places: Set<String> = [
    "left", "right", "centre", "center", "middle", "top", "bottom", "above", "below", "l", "r", "c", "links", "rechts",
    "mitte", "l.", "r.", "oben", "unten", "à gauche", "à droite", "au centre", "gauche", "droite", "izquierda",
    "derecha", "centro", "esquerda", "direita", "sinistra", "destra", "midden", "venstre", "høyre", "højre", "vänster",
    "höger", "左", "右", "中央", "中", "왼쪽", "오른쪽", "가운데", "kanan", "kiri", "tengah", "слева", "справа", "в центре",
    "z lewej", "z prawej",
  ]

  /// `Foto: What is seen here. (Name/Agency)`: the word for a picture opens the caption, and the bracket is the credit.
  private static func labelledCaption(_ text: String) -> (caption: String, credit: String?)? {
    guard let label = labelAtStart(of: text),
      let match = text[label.upperBound...].wholeMatch(of: captionAndBracket)
    else { return nil }
    let (caption, name) = (String(match.output.1), String(match.output.2).trimmingSpaces)
    // A name with its agency in brackets is all credit.
    guard !looksLikeCredit(caption, isBracketed: true), looksLikeCredit(name, isBracketed: true) || namesAgency(name),
      BlockFilter.endsSentence(caption) || name.holds("/") || namesAgency(name)
    else { return nil }
    return (caption, withoutRole(cleaned(name)))
  }

  nonisolated(unsafe) private static let captionAndBracket = /(.{10,}?)\s*\(([^()]{2,80})\)\.?/

  /// A caption without the bar or dash that stood before its credit.
  private static func withoutSeparator(_ caption: String) -> String {
    var text = caption.trimmingSpaces[...]
    while let last = text.last, last.isWhitespace || "|/／｜–—-,©".contains(last) { text.removeLast() }
    return String(text)
  }

  /// Whether a text says by its form that it is a credit: in brackets, or behind a word for one.
  static func isBracketedOrLabelled(_ text: String) -> Bool { text.first == "(" || labelAtStart(of: text) != nil }

  /// Whether a text begins with a word that says it is a credit.
  static func isLabelled(_ text: String) -> Bool { labelAtStart(of: text) != nil || Names.isAgency(text) }

  private static func labelled(_ pattern: String, _ labels: [String]) -> Regex<(Substring, Substring, Substring)> {
    // The pattern is ours: one that does not compile is a mistake of this file.
    try! Regex(
      pattern.replacing("LABELS", with: labels.joined(separator: "|")), as: (Substring, Substring, Substring).self
    )
    .ignoresCase()
  }

  nonisolated(unsafe) private static let patterns: [Regex<(Substring, Substring, Substring)>] = [
    labelled(
      #"^(.*?)\s*[\(\[\x{FF08}](?:LABELS)(?:\s*[:\x{FF1A}|©=/\x{FF0F}]\s*|\s+)([^()\[\]\x{FF08}\x{FF09}]{2,100})[\)\]\x{FF09}]\.?$"#,
      labelsInBrackets + signedLabelsInBrackets.map { $0 + #"(?=\s*[:\x{FF1A}])"# }),
    labelled(
      #"^((?:|.*?[\s|./–—。-]))(?:(?:LABELS)\s*[:\x{FF1A}|©=]|Credits?\s?(?:\.\.\.|…))\s*([^:]{2,100})$"#, labels),
    /^()(?:Source|Sources|Fuente|Fonte|Bron|Kilde|Källa|Lähde|Zdroj|Źródło|Forrás|Kaynak|Πηγή|Источник|Източник|Джерело)\s*:\s*([^:]{2,100})$/
      .ignoresCase(),
    /^(.*?)\s*[|–—-]?\s*©\s*([^©]{2,100})$/,
    /^(.*?)\s*[(\u{FF08}][Cc\u{FF23}\u{FF43}][)\u{FF09}]\s*([^()]{2,40})$/,
    /^(.*[\p{Han}\p{Hiragana}\p{Katakana})\u{FF09}。])\s*[=\u{FF1D}]\s*(\p{L}{2,12})$/,
    // Who took or gave it: `(… 撮影)`, `… 제공`; the place before an agency: `서울=연합뉴스`.
    /^(.*?)\s*[(\u{FF08}]([^()\u{FF08}\u{FF09}]{1,30}?)(?:撮影|提供)[)\u{FF09}]$/,
    /^(.*[.!?])\s+([^.!?]{2,24}?)\s제공\.?$/,
    /^(.*[.!?])\s+\p{Hangul}{1,8}\s?=\s?([^.!?=]{2,24})$/,
    // The same in Japanese behind a comma or an equals sign, and Lithuanian behind a bar.
    /^(.*?)[、,=\u{FF1D}]\s*([^、,=\u{FF1D}。]{2,20}?)(?:撮影|提供)$/,
    /^(.*?)(?:\s*[|]\s*|\s\/\s)([^|]{2,60}?)\s+nuotr\.$/,
    /^(.*[。.!?])\s*([^。.!?]{2,30}?)\s*摄$/,
    // Chinese: `記者某某／攝影`, `圖／某某提供`; Korean brackets at the end of a caption hold nothing else.
    /^(.*[。！？!?」』)\u{FF09}])\s*(?:記者|记者)?\s*([^。！？!?／\/]{2,20}?)\s*[／\/]\s*(?:攝影?|摄影)$/,
    /^(.*?[。！？!?」』)\u{FF09}\s])[圖图]片?\s*[／\/]\s*([^。！？]{2,30})$/,
    /^(.*?)\s*\[([^\[\]]{2,60})\]$/,
    // Who sent it out, and who took it: `某某社发（某某摄）`.
    /^(.*[。.!?)\u{FF09}])\s*(\p{Han}{2,8}发\s*[(\u{FF08}][^()\u{FF08}\u{FF09}]{2,20}摄[)\u{FF09}])$/,
    /^(.*?)\s*[(\u{FF08}]([^()\u{FF08}\u{FF09}]{2,30}?)\s*(?:摄影?|攝影?)[)\u{FF09}]$/,
  ]

  private static let takenInBracket = patterns.count - 1
  /// Of those `CreditSigns.allow(pattern:)` counts.
  private static let takenBehindComma = 9

  nonisolated(unsafe) static let boldPatterns: [Regex<(Substring, Substring, Substring)>] = [
    /^(.*[.!?。…"”’»])\s*[(\[]([^()\[\]]{2,80})[)\]]\.?$/,
    /^()\(([^()]{2,80})\)$/,
    // Behind a dash, an initial's dot ends no sentence: `The mill. - A. Able / Agency`.
    /^(.*[.!?…])\s+[–—-]\s+(\p{Lu}[^!?–—]{3,60})$/,
    // Found by `behindSentence`, which need not search.
    /^(.*[.!?。])\s*([^.!?。]{2,70})$/,
    /^(.{20,}?)\s\/\s([^\/()]{4,40})$/,
    // Behind a long dash, in capitals or an agency's.
    /^(.{20,}\S)\s+—\s?(\p{Lu}[^.!?—()]{2,50})$/,
  ]

  /// What the pattern for it finds: a text up to its last sentence, and a short rest.
  private static func behindSentence(_ text: String) -> (Substring, Substring)? {
    guard let mark = text.lastIndex(where: { ".!?。".contains($0) }), !text[..<mark].contains(where: \.isNewline) else {
      return nil
    }
    let end = text.index(after: mark)
    let rest = text[end...].drop(while: \.isWhitespace)
    return (2...70).contains(rest.count) ? (text[..<end], rest) : nil
  }

  nonisolated(unsafe) private static let brackets =
    /^(.*?)\s*((?:\s*[–—-]?\s*(?:\([^()]{2,80}\)|\[[^\[\]]{2,80}\]))+)\.?$/

  /// Whether one of the names between slashes or commas is that of an agency.
  static func namesAgency(_ text: String) -> Bool {
    // By which way it came: `AFP via Getty Images`.
    let text = text.holds(" via ") ? text.replacing(" via ", with: "/") : text
    return text.split(whereSeparator: { "/,".contains($0) }).contains { part in
      let name = part.trimmingSpaces
      if Names.isAgency(name) || usual.contains(name.lowercased()) { return true }
      // `PA Wire`, `AP photo`.
      let words = name.split(separator: " ")
      return words.count == 2 && Names.isAgency(String(words[0]))
        && (words[0] == words[0].uppercased() || ["pic", "pix", "photo", "picture"].contains(words[1]))
    }
  }

  /// Whether a text without a label may name a photographer or an agency.
  static func looksLikeCredit(_ text: String, isBracketed: Bool) -> Bool {
    if remarks.contains(text.lowercased()) { return false }
    if Names.isAgency(text) || usual.contains(text.lowercased()) { return true }
    if text.hasSuffix(" 기자") || text.hasPrefix("Courtesy of ") { return true }
    // An agency may have a number in its name, a photographer has none: `A. Able / 20 Minutes`.
    let photographer = text.holds("/") ? text.prefix { $0 != "/" } : text[...]
    if photographer.contains(where: \.isNumber) { return false }
    let words = text.split(whereSeparator: { !$0.isLetter && $0 != "'" && $0 != "’" && $0 != "-" })
    guard (1...9).contains(words.count) else { return false }
    let isNamed = words.allSatisfy { $0.first?.isLowercase == false || particles.contains($0.lowercased()) }
    if text.holds("/") {
      // A site writes its own name as it likes: `Ann Able/siteword`.
      let names = photographer.split(separator: " ")
      let house = text.dropFirst(photographer.count + 1)
      return isNamed || Names.isAgency(String(words[words.count - 1]))
        || (2...4).contains(names.count) && names.allSatisfy { $0.first?.isUppercase == true } && !house.contains(" ")
    }
    // Scripts without capitals give no hint: only what is short may be a name there.
    if text.allSatisfy({ !$0.isCased }) { return text.count <= 6 }
    return isNamed && (words.count > 1 || isBracketed)
  }

  /// A credit without the bar, the dash or the colon of a label in front of it.
  static func bare(_ text: String) -> String {
    String(text.trimmingSpaces.drop { "|-–—:".contains($0) || $0.isWhitespace })
  }

  /// A credit without brackets and the word that says it is one.
  static func cleaned(_ text: String) -> String {
    var text = bare(text)
    if text.first == "(" || text.first == "[" {
      text.removeFirst()
      if text.last == ")" || text.last == "]" { text.removeLast() }
    }
    if let label = labelAtStart(of: text) {
      text.removeSubrange(label)
      if mayBeginWithLabel(text), let second = text.prefixMatch(of: secondLabel) { text.removeSubrange(second.range) }
    }
    while let last = text.last, last.isWhitespace || ",;|".contains(last) { text.removeLast() }
    text = withoutRole(text)
    return String(text.trimmingSpaces.drop { $0 == "/" }).trimmingSpaces
  }

  /// A name without the word for a reporter that follows it in Korean.
  private static func withoutRole(_ name: String) -> String {
    let end = roles.first { name.hasSuffix($0) && name.count > $0.count + 1 }
    return end.map { String(name.dropLast($0.count)).trimmingSpaces } ?? name
  }

  private static let roles = [" 기자", " 제공", " nuotr.", "撮影", "提供", "／攝影", "/攝影"]

  /// Whose picture it is, where a text says nothing else: a label and a name, an agency, `Name/Agency`,
  /// `Name via Agency`.
  static func alone(_ text: String) -> String? {
    guard text.utf8.count < 270, (2...90).contains(text.characterCount) else { return nil }
    // More than one sentence is a caption too; initials have a dot of their own.
    let bits = text.split(whereSeparator: { $0 == " " || $0 == "/" })
    if bits.dropLast().contains(where: { $0.count > 3 && $0.last == "." }) { return nil }
    var bare = text
    if text.utf8.first == UInt8(ascii: "(") || text.utf8.contains(UInt8(ascii: ":")) || text.holds("©")
      || text.holds(" by ") || text.holds("...")
    {
      bare = cleaned(text)
      if bare != text, labelAtStart(of: text) != nil {
        let person = bare.firstMatch(of: givenBy).map { String(bare[..<$0.range.lowerBound]) } ?? bare
        return looksLikeCredit(person, isBracketed: true) ? bare : nil
      }
    }
    let last = bare.split(separator: "/").last.map { $0.trimmingSpaces } ?? ""
    let words = last.split(separator: " ").map(String.init)
    let agency = words.lastIndex(of: "via").map { words[($0 + 1)...].joined(separator: " ") } ?? last
    // An agency, and which of its photographers: `dpa/A. Able`.
    let first = bare.utf8.count < 60 ? bare.split(separator: "/").first.map { $0.trimmingSpaces } ?? "" : ""
    guard Names.isAgency(agency) || usual.contains(agency.lowercased()) || first != last && Names.isAgency(first) else {
      return nil
    }
    // What is seen, and whose it is with nothing between the two.
    let small = bare.prefix { $0 != "/" }.split(separator: " ").count { word in
      word.first?.isLowercase == true && !particles.contains(String(word))
    }
    let isGiven = small > 2 && !givers.isDisjoint(with: bare.lowercased().split { !$0.isLetter }.map(String.init))
    return (small < 3 || isGiven) && looksLikeCredit(bare, isBracketed: true) ? bare : nil
  }

  /// Behind a name, the collection that lends its pictures to everybody.
  nonisolated(unsafe) private static let givenBy =
    /\s(?:on|from|via|at|auf|von|sur|en|su)\s(?:Unsplash|Pexels|Pixabay|Flickr|Wikimedia(?: Commons)?|Freepik|Shutterstock|iStock|Adobe Stock)(?:\.com)?\.?$/
    .ignoresCase()

  /// Words for how a picture came to its agency.
  private static let givers: Set<String> = [
    "photo", "image", "picture", "foto", "bild", "courtesy", "handout", "provided", "released", "screenshot",
    "screengrab", "still", "obtained", "via", "cedida", "cedidas", "archivo", "archivio", "archiv", "archives",
    "capture", "captura", "fotogramma",
  ]

  /// Whether a text is the label alone, its name standing elsewhere.
  static func isBareLabel(_ text: String) -> Bool {
    text.utf8.count < 60 && (cleaned(text + ":").isEmpty || cleaned(text).isEmpty)
  }

  /// A name without the full stop that ends its line; initials and what is cut short keep theirs.
  static func withoutStop(_ name: String) -> String {
    guard name.last == ".", name.count(where: { $0 == "." }) == 1,
      let word = name.dropLast().split(separator: " ").last, word.count > 3, word.allSatisfy(\.isLetter),
      !["corp", "bros", "univ"].contains(word.lowercased())
    else { return name }
    return String(name.dropLast())
  }

  /// Several names as one list: bars and semicolons between them are typography.
  static func listed(_ credit: String) -> String {
    credit.split(whereSeparator: { $0 == "|" || $0 == ";" }).map { $0.trimmingSpaces }.filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  /// A caption without the word that says it is one, the count of a gallery or the length of a film, and without the
  /// separators that stood before its credit.
  static func withoutLabel(_ caption: String) -> String {
    var text = (caption.prefixMatch(of: captionLabel).map { String(caption[$0.range.upperBound...]) } ?? caption)[...]
    // The word for a picture, whose name stands elsewhere.
    if text.last == ":", let label = text.firstMatch(of: bareLabel) { text = text[..<label.range.lowerBound] }
    // The brackets of a credit that has an element of its own.
    if text.hasSuffix("()") { text = text.dropLast(2) }
    while let last = text.last,
      last.isWhitespace || "|·•/,".contains(last) || "–—-".contains(last) && text.dropLast().last?.isWhitespace == true
    {
      text.removeLast()
    }
    return String(text)
  }

  nonisolated(unsafe) private static let bareLabel =
    /[\s|(]+(?:Photos?|Fotos?|Pictures?|Pics?|Bild|Bilder|Image|Credit|Crédit|Kuva)\s?:$/.ignoresCase()

  nonisolated(unsafe) private static let captionLabel =
    /^\s*(?:(?:Legende|Bildunterschrift|Bildlegende|Image caption|Caption|Légende)\s*[:,]?\s+|\d{1,3} (?:of|\/) \d{1,3}(?=\p{L})|\d{1,2}:\d\d(?=\p{L}))/
    .ignoresCase()
}
