/// Guesses the encoding of bytes that are no UTF-8 and have no label, or a wrong one.
///
/// A text in the right encoding consists of the letters of one script, the frequent ones among them frequent; read in a
/// wrong one it does not. Latin letters stand between those of ASCII: `LatinGuess` tells their encodings apart.
enum CharsetGuess {
  private struct Candidate {
    var name: String
    /// The letters of its script, as ranges of code points.
    var script: [ClosedRange<UInt32>]
    /// About the ten most frequent of its characters.
    var frequent: Set<UInt32>
    /// How much the frequent ones count: they make up less of a text in scripts with thousands of characters.
    var weight: Double

    init(_ name: String, _ script: [ClosedRange<UInt32>], _ frequent: String, weight: Double = 1) {
      self.name = name
      self.script = script
      self.frequent = Set(frequent.unicodeScalars.map(\.value))
      self.weight = weight
    }
  }

  private static let cyrillic: [ClosedRange<UInt32>] = [0x430...0x45F, 0x490...0x491]
  private static let han: [ClosedRange<UInt32>] = [0x4E00...0x9FFF, 0x3001...0x3002, 0xFF0C...0xFF1F]
  private static let kana = String(
    String.UnicodeScalarView((0x3041...0x30FC).compactMap { Unicode.Scalar($0 as UInt32) }))

  private static let candidates: [Candidate] = [
    Candidate("windows-1251", cyrillic, "оеаинтсрвл"), Candidate("koi8-r", cyrillic, "оеаинтсрвл"),
    Candidate("iso-8859-5", cyrillic, "оеаинтсрвл"), Candidate("ibm866", cyrillic, "оеаинтсрвл"),
    Candidate("windows-1253", [0x3AC...0x3CE], "αοιετσνηρπ"), Candidate("windows-1255", [0x5D0...0x5EA], "יוהלאתרבמנ"),
    Candidate("windows-1256", [0x621...0x652], "الينمورتبه"), Candidate("windows-874", [0xE01...0xE4C], "านรอกเงยลว่้"),
    Candidate("shift_jis", han + [0x3041...0x30FC], kana), Candidate("euc-jp", han + [0x3041...0x30FC], kana),
    Candidate("euc-kr", [0xAC00...0xD7A3], "이다는에의가을한고지를로기사", weight: 2),
    Candidate("gbk", han, "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动", weight: 2),
    Candidate("big5", han, "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動", weight: 2),
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
    var best: (name: String, score: Double)?
    for candidate in candidates {
      guard let score = score(sample, candidate), score >= enough, score > best?.score ?? 0 else { continue }
      best = (candidate.name, score)
    }
    return best?.name
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

  private static func score(_ sample: ArraySlice<UInt8>, _ candidate: Candidate) -> Double? {
    guard let text = Charset.decoded(sample, from: candidate.name) else { return nil }
    var (letters, ofScript, frequent, wrong) = (0, 0, 0, 0)
    for scalar in String(decoding: text, as: UTF8.self).unicodeScalars where scalar.value >= 0x80 {
      letters += 1
      let value = scalar.value
      if value == 0xFFFD || (0x80..<0xA0).contains(value) || (0xE000...0xF8FF).contains(value) { wrong += 1 }
      if candidate.script.contains(where: { $0.contains(value) }) { ofScript += 1 }
      if candidate.frequent.contains(value) { frequent += 1 }
    }
    // The sample may end inside a character.
    guard letters > 0, wrong * 50 <= letters + 100 else { return nil }
    return (Double(ofScript) + candidate.weight * Double(frequent) - Double(wrong)) / Double(letters)
  }
}
