/// A standfirst that says nothing but what the text begins with.
enum RepeatedStandfirst {
  /// Whether it is one of the first lines of the text cut short, as the descriptions that systems make are, or one of
  /// them as a whole where no rule says that it introduces the text.
  static func isFound(_ standfirst: String, in blocks: [WalkedBlock], isByRule: Bool) -> Bool {
    let isCut = GenericFields.isCut(standfirst)
    guard isCut || !isByRule else { return false }
    let words = Lines.squeezed(standfirst)
    return blocks.lazy.map(\.text).filter { !$0.isEmpty }.prefix(3).contains { line in
      let line = Lines.squeezed(line)
      return line == words || isCut && line.hasPrefix(words)
    }
  }
}
