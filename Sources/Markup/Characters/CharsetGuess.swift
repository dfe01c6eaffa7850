/// Guesses the encoding of bytes that are no UTF-8 and have no label, or a wrong one, and tells when a label is wrong.
///
/// A text in the right encoding consists of the letters of one script, the frequent ones among them frequent; read in a
/// wrong one it does not. Latin letters stand between those of ASCII: `LatinGuess` tells their encodings apart.
enum CharsetGuess {
  private struct Script: Sendable {
    /// Its letters, as ranges of code points.
    var letters: [ClosedRange<UInt32>]
    /// About the ten most frequent of its characters.
    var frequent: Set<UInt32>
    /// How much the frequent ones count: they make up less of a text in scripts with thousands of characters.
    var weight: Double

    init(_ letters: [ClosedRange<UInt32>], _ frequent: String, weight: Double = 1) {
      self.letters = letters
      self.frequent = Set(frequent.unicodeScalars.map(\.value))
      self.weight = weight
    }
  }

  private static let han: [ClosedRange<UInt32>] = [0x4E00...0x9FFF, 0x3001...0x3002, 0xFF0C...0xFF1F]
  private static let kana = String(
    String.UnicodeScalarView((0x3041...0x30FC).compactMap { Unicode.Scalar($0 as UInt32) }))

  private static let cyrillic = Script([0x430...0x45F, 0x490...0x491], "оеаинтсрвл")
  private static let greek = Script([0x3AC...0x3CE], "αοιετσνηρπ")
  private static let hebrew = Script([0x5B0...0x5C4, 0x5D0...0x5F4], "יוהלאתרבמנ")
  private static let arabic = Script([0x621...0x652], "الينمورتبه")
  private static let thai = Script([0xE01...0xE4C], "านรอกเงยลว่้")
  private static let japanese = Script(han + [0x3041...0x30FC], kana)
  private static let korean = Script([0x3131...0x318E, 0xAC00...0xD7A3], "이다는에의가을한고지를로기사", weight: 2)
  private static let simplified = Script(
    han, "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动", weight: 2)
  private static let traditional = Script(
    han, "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動", weight: 2)

  private static let scripts = [
    cyrillic, greek, hebrew, arabic, thai, japanese, korean, simplified, traditional,
  ]

  /// Of two that read a text alike the first counts.
  private static let candidates: [(name: String, script: Script)] = [
    ("windows-1251", cyrillic), ("koi8-r", cyrillic), ("koi8-u", cyrillic), ("iso-8859-5", cyrillic),
    ("ibm866", cyrillic), ("windows-1253", greek), ("windows-1255", hebrew), ("windows-1256", arabic),
    ("iso-8859-6", arabic), ("windows-874", thai), ("shift_jis", japanese), ("euc-jp", japanese), ("euc-kr", korean),
    ("gbk", simplified), ("big5", traditional),
  ]

  private static let longestSample = 32_768
  /// Fewer bytes outside ASCII tell nothing.
  private static let fewest = 10
  /// One for every letter of the script, and what the frequent ones add.
  private static let enough = 1.1

  /// The canonical name of the encoding, nil where nothing speaks for another than Windows-1252.
  static func guess(_ bytes: [UInt8]) -> String? {
    guard let first = bytes.firstIndex(where: { $0 >= 0x80 }) else { return nil }
    let sample = bytes[first..<min(bytes.count, first + longestSample)]
    guard isForeign(sample) else { return nil }
    return best(sample)?.name
  }

  private static let pairs: Set<String> = ["shift_jis", "euc-jp", "euc-kr", "gbk", "big5"]

  private static func best(
    _ sample: ArraySlice<UInt8>, _ isMeant: (String) -> Bool = { _ in true }
  ) -> (name: String, score: Double)? {
    var best: (name: String, score: Double)?
    for (name, script) in candidates where isMeant(name) {
      guard mayBe(name, script, sample), let text = Reading(sample, name), let score = text.score(script),
        score >= enough, score > best?.score ?? 0
      else { continue }
      best = (name, score)
    }
    return best
  }

  /// Whether the beginning of a text is not far from being one: most encodings are ruled out by that.
  private static func mayBe(_ name: String, _ script: Script, _ sample: ArraySlice<UInt8>) -> Bool {
    sample.count < 2 * beginning || Reading(sample.prefix(beginning), name)?.score(script) ?? 0 >= enough * 0.6
  }

  private static let beginning = 768

  // MARK: Labels

  /// Where a label's encoding gives the letters of a script as often as texts have them, it is right.
  private static let certain = 1.5
  /// How much better another encoding must be than the label's. By chance a text has hardly a frequent letter less in
  /// the wrong encodings of Arabic; those of Russian show its small letters as capitals.
  private static let clearly = 0.15
  /// A text with fewer characters outside ASCII is left to its label.
  private static let fewestAgainstLabel = 30
  private static let longestLabelled = 8_192

  /// The encoding that a text is clearly in instead of the one of its label; nil where the label may be right.
  static func contradiction(of label: String, _ bytes: [UInt8]) -> String? {
    guard let sample = foreignSample(bytes), let text = Reading(sample, label), text.count >= fewestAgainstLabel else {
      return nil
    }
    // They differ in letters of Ukraine, of which a text has few.
    if label == "koi8-r", let other = Reading(sample, "koi8-u"), other.fit > text.fit { return "koi8-u" }
    if let script = candidates.first(where: { $0.name == label })?.script, text.score(script) ?? 0 >= certain {
      return nil
    }
    // Pairs of bytes that are all characters are no text of single bytes, however many of them are signs.
    let isOfPairs = pairs.contains(label) && text.isWhole
    guard let best = best(sample, isOfPairs ? { pairs.contains($0) } : { _ in true }), best.name != label,
      best.score >= text.fit + clearly
    else { return nil }
    return best.name
  }

  /// How well an encoding reads a text of another script, for comparing two labels; nil for a text of Latin letters.
  static func fit(_ encoding: String, _ bytes: [UInt8]) -> Double? {
    foreignSample(bytes).flatMap { Reading($0, encoding) }?.fit
  }

  private static func foreignSample(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
    guard let first = bytes.firstIndex(where: { $0 >= 0x80 }) else { return nil }
    let sample = bytes[first..<min(bytes.count, first + longestLabelled)]
    return isForeign(sample) ? sample : nil
  }

  /// Whether bytes outside ASCII mostly stand together, as letters of another script do. A space that does not break
  /// and quotation marks also stand so in the languages of Western Europe.
  private static func isForeign(_ bytes: ArraySlice<UInt8>) -> Bool {
    var high = 0
    var together = 0
    var previous: UInt8 = 0
    var word = ByteWord()
    for byte in bytes {
      if byte >= 0x80 {
        high += 1
        word.add(1, beside: previous >= 0x80 && !isMark(byte) && !isMark(previous))
      } else if !word.takes(byte) {
        together += word.end()
      }
      previous = byte
    }
    together += word.end()
    return high >= fewest && together * 10 >= high * 3
  }

  private static func isMark(_ byte: UInt8) -> Bool {
    byte == 0xA0 || byte == 0xAB || byte == 0xBB || byte == 0x85 || (0x91...0x97).contains(byte)
  }

  /// What is outside ASCII in a text that is read in some encoding.
  private struct Reading {
    private var characters: [UInt32] = []
    private var wrong = 0
    var count: Int { characters.count }

    init?(_ sample: ArraySlice<UInt8>, _ encoding: String) {
      guard let text = Charset.decoded(sample, from: encoding) else { return nil }
      characters.reserveCapacity(sample.count)
      for scalar in String(decoding: text, as: UTF8.self).unicodeScalars where scalar.value >= 0x80 {
        let value = scalar.value
        characters.append(value)
        if value == 0xFFFD || (0x80..<0xA0).contains(value) || (0xE000...0xF8FF).contains(value) { wrong += 1 }
      }
    }

    /// Whether next to all is characters; the sample may end inside one.
    var isWhole: Bool { wrong * 50 <= count + 100 }

    /// One for letters of the script alone, and more for frequent ones; nil where it is no text.
    func score(_ script: Script) -> Double? {
      guard count > 0, isWhole else { return nil }
      var (ofScript, frequent) = (0, 0)
      for value in characters {
        if script.letters.contains(where: { $0.contains(value) }) { ofScript += 1 }
        if script.frequent.contains(value) { frequent += 1 }
      }
      return (Double(ofScript) + script.weight * Double(frequent) - Double(wrong)) / Double(count)
    }

    /// The score in whatever script, for a label: a text of capitals alone is one, too.
    var fit: Double {
      var small = self
      for index in small.characters.indices { small.characters[index] = Self.small(small.characters[index]) }
      return scripts.reduce(0) { max($0, small.score($1) ?? 0) }
    }

    /// The small letter of a capital of Greece or Russia.
    private static func small(_ value: UInt32) -> UInt32 {
      switch value {
      case 0x391...0x3AB, 0x410...0x42F: value + 0x20
      case 0x388...0x38A: value + 0x25
      case 0x400...0x40F: value + 0x50
      default: value
      }
    }
  }
}
