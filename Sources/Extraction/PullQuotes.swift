import Articles
import Markup
import Values

/// Quotes that a page shows twice: within its text, and large between two paragraphs of it.
enum PullQuotes {
  /// The blocks without quotes whose words a paragraph holds too, each with the line that says who spoke.
  static func removed(from blocks: [WalkedBlock]) -> [WalkedBlock] {
    let quotes = blocks.indices.filter { words(of: blocks[$0]) != nil }
    // A page with more of them is a collection of quotes.
    guard (1...most).contains(quotes.count) else { return blocks }
    let paragraphs = blocks.compactMap { walked in
      if case .paragraph = walked.block { Lines.squeezed(walked.text) } else { nil }
    }
    let pulled = Set(
      quotes.filter { index in
        guard let words = words(of: blocks[index]).map(Lines.squeezed), words.utf8.count > shortest else {
          return false
        }
        return paragraphs.contains { $0.holds(words) }
      })
    return pulled.isEmpty ? blocks : blocks.indices.filter { !pulled.contains($0) }.map { blocks[$0] }
  }

  /// Bytes of a quote, punctuation and spaces left out, that no text repeats by chance.
  private static let shortest = 20
  private static let most = 40

  /// What was said: the first of the lines in a quote; nil for another block.
  private static func words(of walked: WalkedBlock) -> String? {
    guard case .quote(let inner) = walked.block else { return nil }
    return inner.first?.plainText.joined(separator: " ")
  }
}
