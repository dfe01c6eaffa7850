import Articles
import Values

/// What was read from a publisher's pages lately. One text under many addresses is none of their articles, but the page
/// of an error, a choice or a login in words that nobody knows. Pure.
struct RecentReadings {
  /// A bulletin may be sent to several lists in one morning; a fault hits what is fetched within some hours.
  static let age: Double = 6 * 3600
  static let most = 50

  /// By their hashes alone: there are thousands of publishers.
  private struct Reading {
    var article: Int
    var digest: Int
    var at: Timestamp
  }

  /// The latest of each article, the oldest first.
  private var readings: [Reading] = []

  /// Notes a reading.
  ///
  /// - Parameter article: the key of the article it is taken for. Under two addresses it is one.
  /// - Returns: how many other articles gave the same text.
  mutating func note(_ digest: Int, of article: String, now: Timestamp) -> Int {
    let article = Self.hash(article)
    readings.removeAll { $0.article == article || now.seconds(since: $0.at) > Self.age }
    let others = readings.count { $0.digest == digest }
    readings.append(Reading(article: article, digest: digest, at: now))
    if readings.count > Self.most { readings.removeFirst() }
    return others
  }

  /// nil where there is no text to compare.
  static func digest(_ article: Article) -> Int? {
    let text = article.bodyText
    return article.headline.isEmpty || text.isEmpty ? nil : hash(article.headline + "\n" + text)
  }

  private static func hash(_ text: String) -> Int {
    var (text, hasher) = (text, Hasher())
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    return hasher.finalize()
  }

  /// How many others must have given the text before it is doubted. Of what was published before more is at stake.
  static func mostOthers(isUpdate: Bool) -> Int { isUpdate ? 0 : 1 }

  /// Whether a text that others gave too is none of the article's own.
  ///
  /// - Parameter titles: what the article is called elsewhere: in its feed, in the version before. Copy of an agency and
  ///   hourly bulletins agree with them; without any nothing is known.
  static func isAnothers(_ headline: String, titles: [String], others: Int, isUpdate: Bool) -> Bool {
    guard others > mostOthers(isUpdate: isUpdate), !titles.isEmpty else { return false }
    return titles.allSatisfy { !shareWords(headline, $0) }
  }

  /// Whether two headlines have a word in common: a long one, or any where one of them has no long ones.
  static func shareWords(_ one: String, _ other: String) -> Bool {
    let (ones, others) = (words(one), words(other))
    if ones.isEmpty || others.isEmpty { return true }
    let (long, otherLong) = (ones.filter(isTelling), others.filter(isTelling))
    if long.isEmpty || otherLong.isEmpty { return !ones.isDisjoint(with: others) }
    return !long.isDisjoint(with: otherLong)
  }

  private static func words(_ text: String) -> Set<String> {
    var words: Set<String> = []
    for word in text.lowercased().split(whereSeparator: { !$0.isLetter && !$0.isNumber }) {
      guard word.unicodeScalars.contains(where: isWordAlone) else {
        words.insert(String(word))
        continue
      }
      for character in word { words.insert(String(character)) }
    }
    return words
  }

  private static func isTelling(_ word: String) -> Bool {
    word.count > 3 || word.unicodeScalars.contains(where: isWordAlone)
  }

  /// Scripts that leave no spaces between words: Thai and its neighbours, kana, Chinese, and Hangul with its endings.
  private static func isWordAlone(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0E00...0x0EFF, 0x1000...0x109F, 0x1780...0x17FF, 0x3040...0x30FF, 0x3400...0x9FFF, 0xAC00...0xD7AF: true
    default: false
    }
  }
}
