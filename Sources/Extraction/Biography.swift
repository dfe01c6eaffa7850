import Articles
import Markup
import Values

/// Lines that tell who an author is: `Ann Able is a reporter in Leeds.` They stand below a text, in italics for the most part, or beside
/// the headline.
enum Biography {
  /// Whether a text begins with the whole name of somebody, and a word for what people are and do.
  static func tells(_ text: String, of names: [String]) -> Bool {
    rest(of: text, behindOneOf: names).map { deeds.contains(String($0.prefix { $0 != " " })) } ?? false
  }

  /// The blocks without what their last three say of who wrote them: in italics, or with a word for what people are and do.
  static func removed(from blocks: [WalkedBlock], of names: [String]) -> [WalkedBlock] {
    let names = names.filter { $0.holds(" ") }
    guard !names.isEmpty else { return blocks }
    var kept = blocks
    for index in blocks.indices.suffix(3).reversed() {
      guard case .paragraph(let content) = blocks[index].block, blocks[index].weight < 400,
        let rest = rest(of: blocks[index].text, behindOneOf: names), !rest.isEmpty
      else { continue }
      let isInItalics = if content.count == 1, case .emphasis = content[0] { true } else { false }
      if isInItalics || deeds.contains(String(rest.prefix { $0 != " " })) { kept.remove(at: index) }
    }
    return kept
  }

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
    "arbeitet",
    "leitet", "lehrt", "est", "écrit", "es", "escribe", "è", "scrive", "é", "escreve", "är", "er", "skriver", "jest",
    "je",
  ]
}
