import Dates
import Markup
import Values

/// What a page calls a date: when the article was published, or when it was changed last.
enum DateLabel {
  case published, modified

  /// Told by an element's names, by its words or by those right before it; nil when nothing tells.
  init?(of node: Node) {
    let found = Self.byNames(node) ?? Self.byWords(node)
    guard let found else { return nil }
    self = found
  }

  /// The label that stands right before a part of a line.
  init?(before part: String, in line: String) {
    guard let own = line.firstRange(of: part),
      let label = Self.words(of: String(line[..<own.lowerBound])).suffix(4).reversed().lazy.compactMap(Self.label).first
    else { return nil }
    self = label
  }

  /// The part of a line in front of what it says of a change, where that holds a date of its own:
  /// `Published: 10:15, 1 June 2026 | Updated: 12:00, 2 June 2026`.
  static func beforeChange(_ line: String) -> String {
    var start = line.startIndex
    while let from = line[start...].firstIndex(where: \.isLetter) {
      let end = line[from...].firstIndex { !$0.isLetter } ?? line.endIndex
      let before = line[..<from]
      if label(Substring(line[from..<end].lowercased())) == .modified, before.utf8.count(where: Digits.isDigit) > 4 {
        // Words that belong to the label stand behind the last mark: `…, mis à jour`.
        let number = before.lastIndex(where: \.isNumber) ?? before.startIndex
        let mark = before[number...].firstIndex { ",|–—-•·(;/".contains($0) }
        return before[..<(mark ?? from)].trimmingSpaces
      }
      start = end
    }
    return line
  }

  /// Whether a line is a label and its date and nothing else: `Published - January 01, 2026 08:30 am IST`.
  static func opensDate(_ line: String) -> Bool {
    guard line.utf8.count < 90, line.utf8.count(where: Digits.isDigit) > 4, let first = words(of: line).first,
      // `Update: 9 a.m.` heads what was found out then.
      first != "update", label(first) != nil, line.lowercased().hasPrefix(first)
    else { return false }
    return DateReader.read(line.dropFirst(first.count).drop { !$0.isLetter && !$0.isNumber }.trimmingSpaces) != nil
  }

  private static func byNames(_ node: Node) -> DateLabel? {
    let tokens = ClassTokens(node)
    if tokens.containsAny(publishedTokens) || node.isSet("itemprop", to: "datePublished") { return .published }
    return tokens.containsAny(modifiedTokens) || node.isSet("itemprop", to: "dateModified") ? .modified : nil
  }

  private static func byWords(_ node: Node) -> DateLabel? {
    let line = PrintedDate.line(of: node) ?? ""
    if let label = first(in: line) ?? node["title"].flatMap(first) { return label }
    // A label beside it: `<strong>Published</strong> <time>…</time>`.
    guard let box = node.parent, let text = PrintedDate.line(of: box) else { return nil }
    return DateLabel(before: line, in: text)
  }

  private static func first(in line: String) -> DateLabel? { words(of: line).lazy.compactMap(label).first }

  private static func words(of line: String) -> [Substring] {
    line.lowercased().split(whereSeparator: { !$0.isLetter })
  }

  private static func label(_ word: Substring) -> DateLabel? {
    if modifiedWords.contains(String(word)) { return .modified }
    if publishedWords.contains(String(word)) { return .published }
    var word = word
    return word.withUTF8 { bytes in
      if publishedStems.matchesStart(of: bytes) { return bytes.starts(with: "publisher".utf8) ? nil : .published }
      return modifiedStems.matchesStart(of: bytes) ? .modified : nil
    }
  }

  /// `en ligne`; `først`.
  private static let publishedWords: Set<String> = ["ligne", "posted", "issued", "created", "först", "først"]
  /// `Akt.`, `Act.`, `à jour`.
  private static let modifiedWords: Set<String> = ["akt", "act", "upd", "jour", "zuletzt", "revised", "edited"]

  /// How words for publishing begin.
  private static let publishedStems = PhraseIndex([
    "publish", "veröffentlich", "erstellt", "erschienen", "publié", "publicad", "publicat", "pubblicat", "publikov",
    "publiko", "publicer", "publiser", "publisert", "gepubliceerd", "geplaatst", "opublikowan", "yayın", "oluşturma",
    "опубликован", "опубліков", "julkaistu", "közzét", "megjelen", "dipublikasikan", "diterbitkan", "δημοσίευ",
    "objavljen", "offentliggj", "oprettet", "公開", "掲載", "配信", "发布", "發布", "发表", "입력", "등록", "đăng",
  ])
  /// How words for changing begin.
  private static let modifiedStems = PhraseIndex([
    "updat", "modif", "aktualis", "aktualiz", "geändert", "letzte", "actualiz", "actualis", "aggiorna", "ultim",
    "atualiz", "uppdater", "oppdater", "opdater", "ændret", "endret", "ändrad", "bijgewerkt", "gewijzigd", "güncelle",
    "обновлен", "оновлен", "päivitetty", "frissít", "diperbarui", "ενημέρωσ", "ažuriran", "更新", "수정", "cập",
  ])
  private static let publishedTokens: WordSet = [
    "published", "publisheddate", "publishdate", "publisheddatetime", "pubdate", "datepublished", "publicationdate",
    "dtpublished", "posted", "datepublication", "createddate", "datecreated",
  ]
  private static let modifiedTokens: WordSet = [
    "modified", "updated", "datemodified", "moddate", "lastmodified", "modificationdate", "lastupdated", "updateddate",
    "dateupdated", "updatedate", "lastchanged",
  ]
}
