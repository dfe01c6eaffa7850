import Articles

/// Whether a publisher's pages are written to their end, and what a page without it is worth. Neither a length nor an
/// encoding tells everything that was cut off on its way; pages may do without `</html>` too. Pure.
enum PageEnds {
  case unknown
  /// Some of them at least.
  case written
  case leftOut

  mutating func note(hasEnd: Bool) {
    // One that has it outweighs those without.
    if hasEnd { self = .written } else if self == .unknown { self = .leftOut }
  }

  enum Verdict {
    case whole
    /// It may have been cut off, and is asked for again.
    case doubted
    /// It was cut off each time: what there is of it is a part.
    case part
  }

  /// What a page without its end is worth.
  ///
  /// - Parameters:
  ///   - words: of its body.
  ///   - published: words of the whole that was published before; nil where there was none.
  ///   - tries: including this one.
  func judge(words: Int, endsSentence: Bool, published: Int?, tries: Int, attempts: Int) -> Verdict {
    if self == .leftOut || (published.map { words >= $0 } ?? endsSentence) { return .whole }
    if tries < min(mostTries, attempts) { return .doubted }
    return self == .written ? .part : .whole
  }

  /// What is cut off is whole at the next try, or is like that.
  var mostTries: Int { self == .written ? 3 : 2 }

  /// Whether a text ends as sentences do, in any script: with anything but a letter, a figure or what joins two parts.
  /// Only a paragraph can be cut off in the middle of one.
  static func endsSentence(_ body: [Block]) -> Bool {
    guard case .paragraph? = body.last else { return true }
    var article = Article(headline: "")
    article.body = Array(body.suffix(1))
    guard let last = article.bodyText.last(where: { !$0.isWhitespace }), let scalar = last.unicodeScalars.first else {
      return true
    }
    // Thai, Lao, Burmese and Khmer write no full stop, or one of their own.
    if [0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF].contains(where: { $0.contains(scalar.value) }) {
      return true
    }
    return !last.isLetter && !last.isNumber && !",;-–—‑(“„«/&".contains(last)
  }
}
