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
    let signs = Signs(text)
    // What the last patterns find may as well be meant as a part of the caption: a rule says which.
    for (index, pattern) in patterns.prefix(boldly ? patterns.count : 6).enumerated() where signs.allow(pattern: index)
    {
      // The pattern for labels asks for each of them at every word: it begins a little before the first there is.
      let start = index == 1 ? signs.startOfLabel(in: text) : text.startIndex
      guard let match = text[start...].firstMatch(of: pattern) else { continue }
      var caption = String(text[..<start]) + String(match.output.1)
      var credit = String(match.output.2).trimmingSpaces
      if credit.isEmpty || credit.count > 100 { continue }
      if let open = caption.last, "([（".contains(open), let close = credit.last, ")]）".contains(close) {
        caption.removeLast()
        credit.removeLast()
      }
      return (withoutSeparator(caption), boldly ? withoutRole(cleaned(credit)) : credit)
    }
    guard boldly else { return (text, nil) }
    if let credit = alone(text) { return ("", credit) }
    for (index, pattern) in boldPatterns.enumerated() where signs.allow(boldPattern: index) {
      guard let match = text.firstMatch(of: pattern) else { continue }
      var credit = String(match.output.2).trimmingSpaces
      while credit.first == "/" { credit.removeFirst() }
      guard looksLikeCredit(credit, isBracketed: index < 2) else { continue }
      return (String(match.output.1).trimmingSpaces, withoutRole(credit))
    }
    if signs.endsInBracket, let match = text.firstMatch(of: brackets) {
      // One after the other: `(Name/Agency) - (Agency)`. Several, or one that names an agency, are no part of a sentence.
      let all = String(match.output.2).split(whereSeparator: { "()[]".contains($0) }).map { $0.trimmingSpaces }
        .filter { $0.contains(where: \.isLetter) }
      let isCredit = all.allSatisfy { looksLikeCredit($0, isBracketed: true) || namesAgency($0) }
      if isCredit, all.count > 1 || all.contains(where: namesAgency) {
        return (withoutSeparator(String(match.output.1)), all.joined(separator: ", "))
      }
    }
    return (text, nil)
  }

  /// A caption without the bar or dash that stood before its credit.
  private static func withoutSeparator(_ caption: String) -> String {
    var text = caption.trimmingSpaces[...]
    while let last = text.last, last.isWhitespace || "|/–—-,".contains(last) { text.removeLast() }
    return String(text)
  }

  /// Whether a text begins with a word that says it is a credit.
  static func isLabelled(_ text: String) -> Bool { text.prefixMatch(of: label) != nil || Names.isAgency(text) }

  /// What stands before a name in brackets.
  static let labelsInBrackets = [
    "Photo by", "Photo de", "Photo credits", "Photo credit", "Image credits", "Image credit", "Photographs",
    "Photograph",
    "Photos", "Photo", "Pictures", "Picture", "Images", "Image", "Fotos", "Foto", "Symbolfoto", "Symbolbild",
    "Archivfoto",
    "Bilder", "Bild", "Credits", "Credit", "Crédits", "Crédit", "Quelle", "Sources", "Source", "Фото", "사진 출처", "사진",
    "©",
  ]
  /// What stands before a name, with a colon, a bar or the copyright sign.
  static let labels = [
    "Photo", "Photos", "Photograph", "Picture", "Pic", "Pics", "Image", "Images", "Foto", "Fotos", "Bild", "Bilder",
    "Credit",
    "Credits",
    "Image credit", "Image source", "Photo credit", "Crédit", "Crédits", "Crédit photo", "Quelle", "Bildquelle",
    "Bildrechte", "Beeld", "Billede", "Kuva", "Fotó", "Fotografia", "Fotografie", "Fotoğraf", "Zdjęcie", "Mynd",
    "Ljósmynd", "Φωτογραφία", "Снимка", "Светлина", "Фото", "Фотография", "Коллаж", "Колаж", "Иллюстрация",
    "Ілюстрація", "צילום", "Ảnh", "사진", "Isithombe",
  ]

  private static func labelled(_ pattern: String, _ labels: [String]) -> Regex<(Substring, Substring, Substring)> {
    // The pattern is ours: one that does not compile is a mistake of this file.
    try! Regex(
      pattern.replacing("LABELS", with: labels.joined(separator: "|")), as: (Substring, Substring, Substring).self
    )
    .ignoresCase()
  }

  nonisolated(unsafe) private static let patterns: [Regex<(Substring, Substring, Substring)>] = [
    labelled(#"^(.*?)\s*[\(\[](?:LABELS)(?:\s*[:|©=]\s*|\s+)([^()\[\]]{2,100})[\)\]]\.?$"#, labelsInBrackets),
    labelled(#"^((?:|.*?[\s|./–—-]))(?:LABELS)\s*[:|©]\s*([^:]{2,100})$"#, labels),
    /^()(?:Source|Sources|Fuente|Fonte|Bron|Kilde|Källa|Lähde|Zdroj|Źródło|Forrás|Kaynak|Πηγή|Источник|Джерело)\s*:\s*([^:]{2,100})$/
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
    /^(.*?)\s*[|]\s*([^|]{2,60}?)\s+nuotr\.$/,
    /^(.*[。.!?])\s*([^。.!?]{2,30}?)\s*摄$/,
  ]

  nonisolated(unsafe) private static let boldPatterns: [Regex<(Substring, Substring, Substring)>] = [
    /^(.*[.!?。…"”’»])\s*[(\[]([^()\[\]]{2,80})[)\]]\.?$/,
    /^()\(([^()]{2,80})\)$/,
    // Behind a dash, an initial's dot ends no sentence: `The mill. - A. Able / Agency`.
    /^(.*[.!?…])\s+[–—-]\s+(\p{Lu}[^!?–—]{3,60})$/,
    /^(.*[.!?。])\s*([^.!?。]{2,70})$/,
    /^(.{20,}?)\s\/\s([^\/()]{4,40})$/,
  ]

  nonisolated(unsafe) private static let brackets =
    /^(.*?)\s*((?:\s*[–—-]?\s*(?:\([^()]{2,80}\)|\[[^\[\]]{2,80}\]))+)\.?$/

  /// Whether one of the names between slashes or commas is that of an agency.
  private static func namesAgency(_ text: String) -> Bool {
    text.split(whereSeparator: { "/,".contains($0) }).contains { part in
      let name = part.trimmingSpaces
      if Names.isAgency(name) || usual.contains(name.lowercased()) { return true }
      // `PA Wire`, `AP photo`.
      let words = name.split(separator: " ")
      return words.count == 2 && Names.isAgency(String(words[0])) && words[0] == words[0].uppercased()
    }
  }

  /// Whether a text without a label may name a photographer or an agency.
  private static func looksLikeCredit(_ text: String, isBracketed: Bool) -> Bool {
    if remarks.contains(text.lowercased()) { return false }
    if Names.isAgency(text) || usual.contains(text.lowercased()) { return true }
    if text.hasSuffix(" 기자") { return true }
    if text.contains(where: \.isNumber) { return false }
    let words = text.split(whereSeparator: { !$0.isLetter && $0 != "'" && $0 != "’" && $0 != "-" })
    guard (1...9).contains(words.count) else { return false }
    let isNamed = words.allSatisfy { $0.first?.isLowercase == false || particles.contains($0.lowercased()) }
    if text.holds("/") { return isNamed || Names.isAgency(String(words[words.count - 1])) }
    // Scripts without capitals give no hint: only what is short may be a name there.
    if text.allSatisfy({ !$0.isCased }) { return text.count <= 6 }
    return isNamed && (words.count > 1 || isBracketed)
  }

  private static let remarks: Set<String> = [
    "archivbild", "archivfoto", "archiv", "symbolbild", "symbolfoto", "symbolic image", "file photo", "file", "archive",
    "archives", "illustration", "archivo", "d'archives", "photo d'archives", "imagen de archivo", "l", "r", "m",
    "links",
    "rechts", "left", "right", "centre", "center",
  ]
  private static let usual: Set<String> = [
    "supplied", "handout", "getty", "getty images", "unsplash", "shutterstock", "imago", "submitted", "뉴시스", "뉴스1",
    "istock", "alamy", "pixabay", "pexels", "imagoeconomica", "lapresse", "ansa", "folhapress", "ap photo", "getty",
    "رويترز", "الفرنسية", "أسوشيتد برس", "الأناضول", "απε-μπε", "eurokinissi", "intime", "intime news",
    "רויטרס", "פלאש 90", "reprodução", "divulgação", "arquivo pessoal", "courtesy",
  ]
  private static let particles: Set<String> = [
    "von", "van", "der", "de", "di", "da", "del", "la", "le", "el", "al", "bin", "ben", "via", "for", "and", "und",
    "et", "y",
    "e", "of", "the", "für", "pour", "dpa", "photo", "by", "picture", "alliance", "epa", "afp", "apa", "imago",
    "images",
  ]

  /// A credit without brackets and the word that says it is one.
  static func cleaned(_ text: String) -> String {
    var text = text.trimmingSpaces
    while let first = text.first, "|-–—".contains(first) || first.isWhitespace { text.removeFirst() }
    if text.first == "(" || text.first == "[" {
      text.removeFirst()
      if text.last == ")" || text.last == "]" { text.removeLast() }
    }
    if let match = text.prefixMatch(of: label) { text.removeSubrange(match.range) }
    while let last = text.last, last.isWhitespace || ",;|".contains(last) { text.removeLast() }
    text = withoutRole(text)
    return String(text.trimmingSpaces.drop { $0 == "/" }).trimmingSpaces
  }

  nonisolated(unsafe) private static let label =
    /^\s*(?:(?:Photos?|Photographs?|Pictures?|Pics?|Images?|Fotos?|Bild|Bilder|Credits?|Image credits?|Photo credits?|Crédits?|Quelle|Bildquelle|Sources?|Copyright|Bildrechte|Fotograf|Fotocredit|Imago|Beeld|Billede|Kuva|Fotó|Fotoğraf|Fotografía|Fotografia|Fuente|Fonte|Bron|Kilde|Källa|Zdroj|Źródło|Zdjęcie|Ljósmynd|Φωτογραφία|Πηγή|Снимка|Фото|Фотография|Коллаж|Колаж|Иллюстрация|Ілюстрація|Источник|Джерело|צילום|Illustrations?|Collages?|Montage)(?:\s+(?:by|de|source))?\s*[:©]|©|(?:Photos?|Photographs?|Pictures?|Images?|Illustrations?)\s+by\s|(?:Fotos?|Foto's|Beeld|Kuva)\s+(?=\p{Lu})|\(c\))\s*©?\s*/
    .ignoresCase()

  /// A name without the word for a reporter that follows it in Korean.
  private static func withoutRole(_ name: String) -> String {
    let end = roles.first { name.hasSuffix($0) && name.count > $0.count + 1 }
    return end.map { String(name.dropLast($0.count)).trimmingSpaces } ?? name
  }

  private static let roles = [" 기자", " nuotr.", "撮影", "提供"]

  /// Whose picture it is, where a text says nothing else: a label and a name, an agency, `Name/Agency`, `Name via Agency`.
  static func alone(_ text: String) -> String? {
    guard text.utf8.count < 270, (2...90).contains(text.characterCount) else { return nil }
    // More than one sentence is a caption too; initials have a dot of their own.
    if text.split(separator: " ").dropLast().contains(where: { $0.count > 3 && $0.last == "." }) { return nil }
    var bare = text
    if text.utf8.first == UInt8(ascii: "(") || text.utf8.contains(UInt8(ascii: ":")) || text.holds("©")
      || text.holds(" by ")
    {
      bare = cleaned(text)
      if bare != text, text.prefixMatch(of: label) != nil {
        return looksLikeCredit(bare, isBracketed: true) ? bare : nil
      }
    }
    let last = bare.split(separator: "/").last.map { $0.trimmingSpaces } ?? ""
    let words = last.split(separator: " ").map(String.init)
    let agency = words.lastIndex(of: "via").map { words[($0 + 1)...].joined(separator: " ") } ?? last
    guard Names.isAgency(agency) || usual.contains(agency.lowercased()) else { return nil }
    return looksLikeCredit(bare, isBracketed: true) ? bare : nil
  }

  /// Whether a text is the label alone, its name standing elsewhere.
  static func isBareLabel(_ text: String) -> Bool { cleaned(text + ":").isEmpty || cleaned(text).isEmpty }

  /// Several names as one list: bars and semicolons between them are typography.
  static func listed(_ credit: String) -> String {
    credit.split(whereSeparator: { $0 == "|" || $0 == ";" }).map { $0.trimmingSpaces }.filter { !$0.isEmpty }
      .joined(separator: ", ")
  }

  /// A caption without the word that says it is one, and without the separators that stood before its credit.
  static func withoutLabel(_ caption: String) -> String {
    var text = (caption.prefixMatch(of: captionLabel).map { String(caption[$0.range.upperBound...]) } ?? caption)[...]
    // The word for a picture, whose name stands elsewhere.
    if text.last == ":", let label = text.firstMatch(of: bareLabel) { text = text[..<label.range.lowerBound] }
    while let last = text.last, last.isWhitespace || "|·•/,".contains(last) { text.removeLast() }
    return String(text)
  }

  nonisolated(unsafe) private static let bareLabel =
    /[\s|(]+(?:Photos?|Fotos?|Pictures?|Pics?|Bild|Bilder|Image|Credit|Crédit|Kuva)\s?:$/.ignoresCase()

  nonisolated(unsafe) private static let captionLabel =
    /^\s*(?:Legende|Bildunterschrift|Bildlegende|Image caption|Caption|Légende)\s*:?\s+/.ignoresCase()
}

/// The marks of a text without which a pattern has nothing to look for.
private struct Signs {
  private var hasBracket = false
  private var hasColon = false
  /// Where the first sign stands that follows a word for a credit.
  private var label: Int?
  /// Such a word is the first in the last bracket.
  private var hasLabelInBracket = false
  /// "(c)".
  private var hasLetterInBracket = false
  /// 撮影 or 提供 before the bracket at the end.
  private var endsInGiver = false
  /// The same at the very end.
  private var endsInBareGiver = false
  private var endsInLithuanian = false
  /// 摄, "taken by", in Chinese.
  private var endsInTaken = false
  /// The last slash stands alone, with little behind it.
  private var endsBehindSlash = false
  private var hasEquals = false
  /// A dash between spaces.
  private var hasDash = false
  private var hasCopyright = false
  /// A character in full width, where another script begins.
  private var isWide = false
  private var hasHangul = false
  /// A short rest stands behind the last mark that ends a sentence.
  private var endsBehindSentence = false
  /// The last character, or the one before a full stop, is a closing bracket.
  private(set) var endsInBracket = false
  private var beginsInBracket = false

  init(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      var before: UInt8 = 0
      for byte in bytes {
        defer { before = byte }
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: "["): hasBracket = true
        case UInt8(ascii: ":"): hasColon = true
        case UInt8(ascii: "="): hasEquals = true
        case UInt8(ascii: "-"), 0xE2: if before == 0x20 { hasDash = true }
        case 0xA9 where before == 0xC2: hasCopyright = true
        case UInt8(ascii: "C"), UInt8(ascii: "c"): if before == UInt8(ascii: "(") { hasLetterInBracket = true }
        case 0xEF: isWide = true
        // Hangul, or another script of the kind.
        case 0xEA...0xED: hasHangul = true
        default: break
        }
      }
      label = bytes.indices.first { index in
        switch bytes[index] {
        case UInt8(ascii: ":"), UInt8(ascii: "|"): Self.endsInLabel(bytes, index)
        case 0xA9: index > 0 && bytes[index - 1] == 0xC2 && Self.endsInLabel(bytes, index - 1)
        default: false
        }
      }
      if let bracket = bytes.lastIndex(where: { $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: "[") }) {
        hasLabelInBracket = Self.beginsWithLabel(bytes, bracket + 1)
      }
      beginsInBracket = bytes.first == UInt8(ascii: "(")
      var end = bytes.count
      if end > 0, bytes[end - 1] == UInt8(ascii: ".") { end -= 1 }
      endsInGiver = Self.endsInGiver(bytes)
      endsInBareGiver = bytes.suffix(6).elementsEqual("撮影".utf8) || bytes.suffix(6).elementsEqual("提供".utf8)
      endsInTaken = bytes.suffix(3).elementsEqual("摄".utf8)
      endsInLithuanian = bytes.suffix(6).elementsEqual("nuotr.".utf8)
      endsInBracket = end > 0 && (bytes[end - 1] == UInt8(ascii: ")") || bytes[end - 1] == UInt8(ascii: "]"))
      if let mark = bytes.indices.last(where: { Self.endsSentence(bytes, $0) }) {
        // 70 characters, and white space before them.
        endsBehindSentence = (2...300).contains(bytes.count - mark - 1)
      }
      if let slash = bytes.lastIndex(of: UInt8(ascii: "/")), slash > 0 {
        endsBehindSlash = (bytes[slash - 1] <= 0x20 || bytes[slash - 1] >= 0x80) && bytes.count - slash <= 170
      }
    }
  }

  /// Whether the last word before a place, white space left out, is the last of a label.
  private static func endsInLabel(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let before = String(decoding: bytes[max(place - longestLabel, 0)..<place], as: UTF8.self).trimmingSpaces
    return lastWords.contains(String(before.reversed().prefix { $0.isLetter }.reversed()).lowercased())
  }

  private static func beginsWithLabel(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Bool {
    let behind = String(decoding: bytes[place..<min(place + longestLabel, bytes.count)], as: UTF8.self)
    return behind.hasPrefix("©") || firstWords.contains(String(behind.prefix { $0.isLetter }).lowercased())
  }

  /// More than any takes with the white space behind it, in bytes.
  private static let longestLabel = 60
  private static let lastWords = Set(
    PictureCredits.labels.map { $0.split(separator: " ").last.map { $0.lowercased() } ?? "" })
  private static let firstWords = Set(
    PictureCredits.labelsInBrackets.map { $0.split(separator: " ").first.map { $0.lowercased() } ?? "" })

  /// Whether a text ends in 撮影 or 提供 and a bracket.
  private static func endsInGiver(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let end = bytes.last == UInt8(ascii: ")") ? bytes.count - 1 : bytes.count - 3
    guard end > 6 else { return false }
    let word = bytes[end - 6..<end]
    return word.elementsEqual("撮影".utf8) || word.elementsEqual("提供".utf8)
  }

  /// A word's beginning at most forty characters before the first sign that follows a word for a credit.
  func startOfLabel(in text: String) -> String.Index {
    guard let label else { return text.startIndex }
    let sign = text.utf8.index(text.startIndex, offsetBy: label)
    let least = text.index(sign, offsetBy: -40, limitedBy: text.startIndex) ?? text.startIndex
    if least == text.startIndex { return least }
    return text[..<least].lastIndex(where: \.isWhitespace).map { text.index(after: $0) } ?? text.startIndex
  }

  private static func endsSentence(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    switch bytes[at] {
    case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"): true
    // The last byte of "。".
    case 0x82: at > 1 && bytes[at - 1] == 0x80 && bytes[at - 2] == 0xE3
    default: false
    }
  }

  func allow(pattern: Int) -> Bool {
    switch pattern {
    case 0: hasLabelInBracket && endsInBracket
    case 1: label != nil
    case 2: hasColon
    case 3: hasCopyright
    case 4: hasLetterInBracket || isWide
    case 5: hasEquals || isWide
    case 6: endsInGiver
    case 7: hasHangul
    case 8: hasHangul && hasEquals
    case 9: endsInBareGiver
    case 10: endsInLithuanian
    default: endsInTaken
    }
  }

  func allow(boldPattern: Int) -> Bool {
    switch boldPattern {
    case 0: hasBracket && endsInBracket
    case 1: beginsInBracket && endsInBracket
    case 2: endsBehindSentence && hasDash
    case 3: endsBehindSentence
    default: endsBehindSlash
    }
  }
}
