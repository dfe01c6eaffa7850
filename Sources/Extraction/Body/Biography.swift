import Articles
import Markup
import Values

/// Lines that tell who an author is: `Ann Able is a reporter in Leeds.` They stand below a text, in italics for the
/// most part, or beside the headline.
enum Biography {
  /// Whether a text begins with the whole name of somebody, and a word for what people are and do.
  static func tells(_ text: String, of names: [String]) -> Bool {
    rest(of: text, behindOneOf: names).map { deeds.contains(String($0.prefix { $0 != " " })) } ?? false
  }

  /// Whether a line begins with the whole name of somebody, and goes on with a place, a role or another name instead of
  /// a sentence: `Ann Able, Kyiv, and Bob Baker, Berlin`, `Ann Able (text) and Bob Baker (pictures)`.
  static func listsOne(of names: [String], _ line: String) -> Bool {
    guard line.utf8.count < 120, !BlockFilter.endsSentence(line) else { return false }
    return names.contains { name in
      guard name.holds(" "), line.hasPrefix(name) else { return false }
      let rest = line.dropFirst(name.count).drop(while: \.isWhitespace)
      guard let sign = rest.first, ",(/|".contains(sign) else { return false }
      // Places, roles and names are few words each, and none of them says that somebody does something.
      return rest.split(whereSeparator: { ",()/|".contains($0) }).allSatisfy { part in
        let words = part.split(whereSeparator: \.isWhitespace).filter { !joining.contains($0.lowercased()) }
        return words.count < 4
          && words.allSatisfy { word in
            let lower = word.lowercased()
            return word.first?.isUppercase == true && !word.contains(where: \.isNumber) || Names.roles.contains(lower)
              || shares.contains(lower)
          }
      }
    }
  }

  private static let joining: Set<String> = ["and", "und", "et", "y", "e", "en", "og", "och", "&", "in", "aus", "from"]
  /// What each of them did.
  private static let shares: Set<String> = [
    "text", "texts", "words", "pictures", "photos", "photo", "foto", "fotos", "bilder", "photography", "illustration",
    "illustrations", "video", "texte", "textes", "texto", "fotografías", "testo", "tekst",
  ]

  /// The blocks without what their last three say of who wrote them: in italics, or with a word for what people are and
  /// do; and without a line in italics at their beginning or end that tells it of `the writer`.
  static func removed(from blocks: [WalkedBlock], of names: [String]) -> [WalkedBlock] {
    let names = names.filter { $0.holds(" ") }
    var kept = blocks
    for index in blocks.indices.reversed() where index < 2 || index + 3 >= blocks.count {
      guard case .paragraph(let content) = blocks[index].block, blocks[index].weight < 400 else { continue }
      let isInItalics = if content.count == 1, case .emphasis = content[0] { true } else { false }
      let text = blocks[index].text
      let isOfWriter = isInItalics && tellsOfWriter(text) || index + 3 >= blocks.count && tellsBirth(text)
      if isOfWriter || index + 3 >= blocks.count && tells(blocks[index].text, of: names, inItalics: isInItalics) {
        kept.remove(at: index)
      }
    }
    return kept
  }

  /// How Japanese columns introduce their authors at the end: `▽Name（reading） 1976年、香川県生まれ。`
  private static func tellsBirth(_ text: String) -> Bool {
    guard let first = text.first, "▽▼◇◆■●※".contains(first) else { return false }
    return text.prefix(60).firstRange(of: "生まれ") != nil
  }

  private static func tells(_ text: String, of names: [String], inItalics isInItalics: Bool) -> Bool {
    guard let rest = rest(of: text, behindOneOf: names), !rest.isEmpty else { return false }
    return isInItalics || deeds.contains(String(rest.prefix { $0 != " " }))
  }

  /// Whether a line in italics says what the writer is, without the name: `The writer is a former harbour master`.
  static func tellsOfWriter(_ text: String) -> Bool {
    text.utf8.count < 300 && writers.contains { text.hasPrefix($0) }
  }

  private static let writers = [
    "The writer is ", "The author is ", "The writers are ", "The authors are ", "Der Autor ist ", "Die Autorin ist ",
    "L'auteur est ", "L’auteur est ", "L'autrice est ", "L’autrice est ", "El autor es ", "La autora es ",
    "L'autore è ", "L’autore è ", "L'autrice è ", "L’autrice è ", "De auteur is ", "O autor é ", "A autora é ",
  ]

  /// What follows one of the names at the beginning of a text, marks and titles in front of it left out.
  private static func rest(of text: String, behindOneOf names: [String]) -> Substring? {
    let start = text.drop { !$0.isLetter }
    let bare = titles.first { start.hasPrefix($0) }.map { start.dropFirst($0.count) } ?? start
    for name in names where name.holds(" ") {
      for line in [start, bare] where line.hasPrefix(name + " ") { return line.dropFirst(name.count + 1) }
    }
    return nil
  }

  private static let titles = ["Dr. ", "Dr ", "Prof. ", "Professor ", "Sir ", "Dame "]

  private static let deeds: Set<String> = [
    "is", "was", "covers", "writes", "reports", "has", "teaches", "works", "joined", "ist", "war", "schreibt",
    "arbeitet", "leitet", "lehrt", "est", "écrit", "es", "escribe", "è", "scrive", "é", "escreve", "är", "er",
    "skriver", "jest", "je",
  ]
}
