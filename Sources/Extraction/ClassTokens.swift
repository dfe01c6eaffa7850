import Markup

/// The words in an element's class, id and a few attributes that say the same, in lower case: `articleBody__main-text`
/// is article, body, main, text and, joined pairwise, articlebody and so on.
struct ClassTokens {
  private let words: [String]

  init(_ node: Node) {
    var words: [String] = []
    for attribute in ["class", "id", "data-component", "data-testid", "data-qa", "role"] {
      guard let value = node[attribute], value.utf8.count < 2000 else { continue }
      for token in value.split(whereSeparator: \.isWhitespace) { words += Self.words(in: token) }
    }
    self.words = words
  }

  /// The words of a name written with hyphens, underscores or humps; the whole name as well when it has several.
  private static func words(in name: Substring) -> [String] {
    var words: [String] = []
    var word = ""
    var beforeLower = false
    for character in name {
      guard character.isLetter || character.isNumber else {
        if !word.isEmpty { words.append(word) }
        word = ""
        beforeLower = false
        continue
      }
      if character.isUppercase, beforeLower {
        words.append(word)
        word = ""
      }
      beforeLower = character.isLowercase
      word += character.lowercased()
    }
    if !word.isEmpty { words.append(word) }
    guard words.count > 1 else { return words }
    return words + zip(words, words.dropFirst()).map { $0 + $1 }
  }

  var isEmpty: Bool { words.isEmpty }
  func containsAny(_ set: Set<String>) -> Bool { words.contains { set.contains($0) } }
}
