/// A line that names several dates, such as when an article was published and when it was changed: each with its own
/// time.
///
/// The line is cut at the words for publishing and changing and at the signs that part its dates. What names no date
/// stays with the part beside it, so that "10:15 | 1 June 2024" is one.
struct DateLine {
  private enum Label { case published, updated }

  private struct Part {
    var tokens: [DateToken]
    var label: Label?
    var isDated = false
  }

  /// The pieces of the one date that is meant: what is called published first, what is called updated last.
  static func chosen(_ tokens: [DateToken], isDate: ([DateToken]) -> Bool) -> [DateToken] {
    let parts = parts(of: tokens)
    guard parts.count > 1 else { return tokens }
    var joined: [Part] = []
    for var part in parts {
      part.isDated = isDate(part.tokens)
      guard let last = joined.last else {
        joined.append(part)
        continue
      }
      let belongs =
        part.label == nil && (!part.isDated || !last.isDated) || !last.isDated && last.label == nil
      guard belongs else {
        joined.append(part)
        continue
      }
      joined[joined.count - 1].tokens += part.tokens
      joined[joined.count - 1].label = last.label ?? part.label
      joined[joined.count - 1].isDated = last.isDated || part.isDated
    }
    let dated = joined.filter(\.isDated)
    let chosen = dated.first { $0.label == .published } ?? dated.first { $0.label == nil } ?? dated.first
    return chosen?.tokens ?? tokens
  }

  private static func parts(of tokens: [DateToken]) -> [Part] {
    var parts: [Part] = []
    var part = Part(tokens: [])
    for index in tokens.indices {
      let label = label(index, tokens)
      if label != nil || isBreak(index, tokens) {
        // "10:00 et mis à jour": the word between belongs to neither, and is no time zone.
        if label != nil, let last = part.tokens.last, conjunctions.contains(last.word) { part.tokens.removeLast() }
        if !part.tokens.isEmpty { parts.append(part) }
        part = Part(tokens: [], label: label)
        if label == nil { continue }
      }
      part.tokens.append(tokens[index])
    }
    if !part.tokens.isEmpty { parts.append(part) }
    return parts
  }

  private static let conjunctions: Set<String> = ["et", "and", "und", "e", "y", "en", "og", "och", "i"]

  /// Whether a sign parts what stands beside it; a dash does with white space around.
  private static func isBreak(_ index: Int, _ tokens: [DateToken]) -> Bool {
    guard tokens[index].kind == .sign else { return false }
    switch tokens[index].sign {
    case "|", "•", "·", ";", "¦": return true
    case "-", "/": return tokens[index].isSpaced && index + 1 < tokens.count && tokens[index + 1].isSpaced
    default: return false
    }
  }

  private static func label(_ index: Int, _ tokens: [DateToken]) -> Label? {
    let word = tokens[index].word
    guard tokens[index].kind == .word, word.utf8.count > 2 else { return nil }
    if word == "mis" || word == "mise" {
      let isUpdate = index + 2 < tokens.count && tokens[index + 1].word == "a" && tokens[index + 2].word == "jour"
      return isUpdate ? .updated : nil
    }
    guard let first = word.unicodeScalars.first, let stems = stems[first] else { return nil }
    return stems.first { word.hasPrefix($0.stem) }?.label
  }

  /// By their first character.
  private static let stems: [Unicode.Scalar: [(stem: String, label: Label)]] = {
    let all = published.map { ($0, Label.published) } + updated.map { ($0, .updated) }
    return Dictionary(grouping: all.map { (stem: MonthNames.folded($0.0), label: $0.1) }) {
      $0.stem.unicodeScalars.first!
    }
  }()

  /// How words for publishing begin.
  private static let published = [
    "published", "publie", "publicad", "publicat", "publisert", "publicer", "publikov", "pubblicat", "veroffentlich",
    "erschienen", "erstellt", "gepubliceerd", "geplaatst", "opublikowan", "posted", "created", "julkaistu", "yayin",
    "megjelen", "kozzetet", "objavljen", "опубликован", "опублікован", "публикув", "δημοσιευ", "diterbitkan",
  ]

  /// How words for changing begin.
  private static let updated = [
    "updat", "modif", "edited", "revised", "aggiorn", "actuali", "atuali", "aktuali", "zaktuali", "geander",
    "bijgewerkt", "gewijzigd", "uppdater", "oppdater", "opdater", "paivit", "guncelle", "frissit", "azurir", "posodob",
    "обновлен", "изменен", "оновлен", "ενημερ", "diperbarui",
  ]

  /// Without a second date that follows the first with nothing between. Its beginning is where the first one's time
  /// ends.
  static func first(_ tokens: [DateToken]) -> [DateToken] {
    let years = tokens.indices.filter { tokens[$0].digits == 4 && (1900...2700).contains(tokens[$0].value) }
    guard years.count > 1 else { return tokens }
    let months = tokens.indices.filter { tokens[$0].kind == .word && MonthNames.month(tokens[$0].word) != nil }
    for (first, second) in zip(months, months.dropFirst()) {
      guard let year = years.first(where: { $0 > first }), year < second else { continue }
      guard year - first <= 4, let next = years.first(where: { $0 > second }) else {
        // The year stands first: "2024. június 1. 10:15 2024. június 2."
        if second - year <= 2, let own = years.first, own < first { return Array(tokens[..<year]) }
        continue
      }
      guard next - second <= 4 else { continue }
      var start = second
      while start - 1 > year, tokens[start - 1].kind != .number, second - start < 2 { start -= 1 }
      if start - 1 > year, tokens[start - 1].kind == .number, tokens[start - 1].digits <= 2 {
        return Array(tokens[..<(start - 1)])
      }
      return Array(tokens[..<second])
    }
    return tokens
  }
}
