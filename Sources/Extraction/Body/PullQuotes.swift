import Articles
import Markup
import Values

/// Quotes that a page shows large between two paragraphs of its text. Most say what the text says too, some are all
/// that is shown of somebody's words; a quote that the text goes through is part of it.
enum PullQuotes {
  /// The blocks without quotes whose words a paragraph holds too, and without those that are set apart from the text,
  /// each with the line that says who spoke.
  static func removed(from blocks: [WalkedBlock]) -> [WalkedBlock] {
    let quotes = blocks.indices.filter { isQuote(blocks[$0]) }
    // A page with more of them is a collection of quotes.
    guard (1...most).contains(quotes.count) else { return blocks }
    let others = blocks.indices.filter { index in
      if case .paragraph = blocks[index].block { !isQuote(blocks[index]) } else { false }
    }
    let squeezed = others.map { Lines.squeezed(blocks[$0].text) }
    var split = [[Substring]?](repeating: nil, count: others.count)
    let isMostlyQuotes = quotes.reduce(0) { $0 + blocks[$1].weight } * 3 > blocks.reduce(0) { $0 + $1.weight }
    var rest = comparisons
    var pulled: Set<Int> = []
    for index in quotes {
      guard let said = words(of: blocks[index]) else { continue }
      let short = Lines.squeezed(said)
      // What is called so is taken from the text, in whatever words.
      let isNamed = ([blocks[index].node] + blocks[index].node.ancestors.prefix(1)).contains {
        $0.isNamed(in: pullNames)
      }
      let isRepeated =
        short.utf8.count > (isNamed ? 6 : shortest) && squeezed.contains { $0.holds(short) }
        || isShortened(said, squeezed, tenths: isNamed ? 5 : 8, &rest) { place in
          if let known = split[place] { return known }
          let new = tokens(blocks[others[place]].text)
          split[place] = new
          return new
        }
      guard isRepeated || isSetApart(index, in: blocks, isWhole: isMostlyQuotes) else { continue }
      pulled.insert(index)
      if blocks.indices.contains(index + 1), isSpeaker(blocks[index + 1], of: blocks[index]) {
        pulled.insert(index + 1)
      }
    }
    return pulled.isEmpty ? blocks : blocks.indices.filter { !pulled.contains($0) }.map { blocks[$0] }
  }

  /// Bytes of a quote, punctuation and spaces left out, that no text repeats by chance.
  private static let shortest = 13
  private static let most = 40

  private static func isQuote(_ walked: WalkedBlock) -> Bool {
    switch walked.block {
    case .quote: true
    // Some set it in a box that only its name tells from the text.
    case .paragraph:
      walked.weight < 400 && ([walked.node] + walked.node.ancestors.prefix(1)).contains { $0.isNamed(in: boxes) }
    default: false
    }
  }

  /// Whether a short quote stands beside the text: its markup calls it a quote where that has an element for quotes in
  /// a text, nothing in front of it introduces it, and it does not go on to tell who spoke as a sentence of the text
  /// does.
  private static func isSetApart(_ index: Int, in blocks: [WalkedBlock], isWhole: Bool) -> Bool {
    let walked = blocks[index]
    guard case .quote(let inner) = walked.block, !isWhole, inner.count <= 3, walked.weight < 300,
      isNamedQuote(walked.node) || walked.node.parent.map({ isBoxOf(walked, $0) }) ?? false
    else { return false }
    if index > 0, let last = blocks[index - 1].text.last(where: { !$0.isWhitespace }), ":\u{FF1A}".contains(last) {
      return false
    }
    guard let line = inner.first?.plainText.joined(separator: " "), let said = words(of: walked) else { return false }
    // `“…”, says Ann Able of the club.`
    return line.utf8.count - said.utf8.count < 24
  }

  private static func isBoxOf(_ walked: WalkedBlock, _ box: Node) -> Bool {
    (box.name == "figure" || isNamedQuote(box)) && box.text.utf8.count < walked.text.utf8.count + 160
  }

  private static func isNamedQuote(_ node: Node) -> Bool {
    node.isNamed(in: apartNames) && !node.isNamed(in: flowNames) || node.name.hasSuffix("-quote")
  }

  private static let apartNames: WordSet = [
    "quote", "quotes", "pullquote", "pullquotes", "quotepull", "quoteblock", "quotebox", "quotetext", "quotation",
    "zitat", "zitate", "zitatbox", "citation", "citat", "citaat", "cita", "citazione", "articlequote",
  ]
  /// What editors' programs call a quote within a text, as in `wp-block-quote`.
  private static let flowNames: WordSet = ["blockquote"]

  private static let pullNames: WordSet = ["pullquote", "pullquotes", "quotepull"]

  private static let boxes: WordSet = [
    "pullquote", "quoteblock", "blockquote", "quotebox", "quotetext", "quotation", "zitat", "zitatbox", "citation",
    "citat", "citaat", "articlequote",
  ]

  /// What was said: the first of the lines in a quote, or what stands in quotation marks there, before who said it.
  private static func words(of walked: WalkedBlock) -> String? {
    let line: String? =
      switch walked.block {
      case .quote(let inner): inner.first?.plainText.joined(separator: " ")
      default: walked.text
      }
    guard let line, let first = line.first, let end = marks[first],
      let close = line.dropFirst().lastIndex(where: { end.contains($0) })
    else { return line }
    return String(line[line.index(after: line.startIndex)..<close])
  }

  private static let marks: [Character: String] = [
    "\"": "\"", "“": "”", "„": "“”", "«": "»", "»": "«", "‘": "’", "’": "’", "'": "'", "「": "」", "『": "』",
  ]

  /// Whether a paragraph says the same with a few words more or others: editors shorten what they show large.
  ///
  /// - Parameters:
  ///   - paragraphs: their letters and digits.
  ///   - tenths: how much of the quote the paragraph must hold, in its order.
  ///   - rest: comparisons of words that may still be made for the page.
  ///   - words: the words of the paragraph at a place.
  private static func isShortened(
    _ said: String, _ paragraphs: [String], tenths: Int, _ rest: inout Int, _ words: (Int) -> [Substring]
  ) -> Bool {
    let quote = tokens(said)
    guard (5...60).contains(quote.count) else { return false }
    let known = Set(quote)
    // A paragraph without any of its longest words holds none of it.
    let longest = known.map(String.init).sorted { ($0.utf8.count, $0) > ($1.utf8.count, $1) }.prefix(3)
    for place in paragraphs.indices where rest > 0 && longest.contains(where: { paragraphs[place].holds($0) }) {
      let words = words(place)
      rest -= words.count
      guard words.count(where: known.contains) * 10 >= quote.count * tenths else { continue }
      for start in words.indices where rest > 0 && (words[start] == quote[0] || words[start] == quote[1]) {
        // Between two sentences of a quote the text says who spoke.
        let reach = quote.count * 3 / 2 + (quote.count > 6 ? 16 : 0)
        let part = words[start..<min(words.count, start + reach)]
        rest -= part.count * quote.count
        if inOrder(quote, part) * 10 >= quote.count * tenths { return true }
      }
    }
    return false
  }

  /// A page of quotes costs no more than this, whatever they say.
  private static let comparisons = 2_000_000

  /// How many words of a quote stand in a text in their order.
  private static func inOrder(_ quote: [Substring], _ text: ArraySlice<Substring>) -> Int {
    var row = [Int](repeating: 0, count: quote.count + 1)
    for word in text {
      var diagonal = 0
      for index in quote.indices {
        let above = row[index + 1]
        row[index + 1] = word == quote[index] ? diagonal + 1 : max(above, row[index])
        diagonal = above
      }
    }
    return row[quote.count]
  }

  private static func tokens(_ text: String) -> [Substring] {
    Comparable.folded(text).split { !$0.isLetter && !$0.isNumber }
  }

  /// Whether a short line behind a quote, alone with it in one box, says who spoke.
  private static func isSpeaker(_ line: WalkedBlock, of quote: WalkedBlock) -> Bool {
    guard case .paragraph = line.block, line.weight < 80, !BlockFilter.endsSentence(line.text),
      let box = quote.node.ancestors.prefix(2).first(where: { $0.contains(line.node) })
    else { return false }
    return box.text.utf8.count < quote.text.utf8.count + line.text.utf8.count + 40
  }
}
