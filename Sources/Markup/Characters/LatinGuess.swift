/// Tells the encodings of Latin letters apart: Western Europe's from those of Central Europe, Turkey and the Baltic.
///
/// Their letters stand alone between those of ASCII, so that nothing but the letters themselves tells. The bytes inside
/// words are read in each encoding; a language is meant when they are nearly all letters of its alphabet, and are not
/// so in Windows-1252 for any language of Western Europe.
enum LatinGuess {
  /// The canonical name of the encoding, nil where nothing speaks for another than Windows-1252.
  static func guess(_ bytes: ArraySlice<UInt8>) -> String? {
    let sample = bytes.prefix(longestSample)
    return guess(sample.indices, in: sample)
  }

  /// The same, told by the bytes at these places only.
  static func guess(_ places: some Sequence<Int>, in bytes: ArraySlice<UInt8>) -> String? {
    let sample = Letters(places, in: bytes)
    guard sample.total >= fewest else { return nil }
    if sample.share("windows-1252", western) >= 0.97 { return nil }
    return best(sample, others, against: "windows-1252", fewest: 3)?.name
  }

  /// Whether a text is Vietnamese in Windows-1258, whose letters stand side by side with their tones, as those of other
  /// scripts do.
  static func isVietnamese(_ bytes: ArraySlice<UInt8>) -> Bool {
    let sample = Letters(bytes)
    // All of Italy's accents are tones there.
    guard sample.total >= fewestAgainstLabel, sample.isMost, sample.share("windows-1252", western) < 0.97 else {
      return false
    }
    return best(sample, [(vietnamese, ["windows-1258"])], against: "windows-1252", fewest: 8)
      != nil
  }

  // MARK: Labels

  /// A text with fewer letters outside ASCII is left to its label.
  private static let fewestAgainstLabel = 12

  /// The encoding that a text is clearly in instead of the one of its label; nil where the label may be right.
  /// Languages that no guess names count for the label.
  static func contradiction(of label: String, _ bytes: ArraySlice<UInt8>) -> String? {
    let sample = Letters(bytes)
    guard sample.total >= fewestAgainstLabel, sample.isMost else { return nil }
    let own = fit(label, sample)
    guard own < 0.95 else { return nil }
    let all = others + western.map { ($0, ["windows-1252"]) } + [(vietnamese, ["windows-1258"])]
    guard let best = best(sample, all, against: label, fewest: 4), best.name != label else { return nil }
    return best.share >= own + 0.05 ? best.name : nil
  }

  /// Whether the letters of a text that is in Latin ones are those of a language in the encoding of its label.
  static func bearsOut(_ label: String, _ bytes: ArraySlice<UInt8>) -> Bool {
    let sample = Letters(bytes)
    return sample.total >= fewest && sample.isMost && fit(label, sample) >= 0.97
  }

  /// Which share of the letters outside ASCII an encoding makes letters of one language.
  static func fit(_ encoding: String, _ bytes: ArraySlice<UInt8>) -> Double { fit(encoding, Letters(bytes)) }

  private static func fit(_ encoding: String, _ sample: Letters) -> Double {
    let alphabets = western + others.map(\.alphabet) + neverGuessed + [vietnamese]
    return sample.share(encoding, alphabets.map { $0 + marks })
  }

  /// Of those that make nearly all letters those of one alphabet the one that does it best.
  /// - Parameter fewest: how many letters must be others than in `other`: what both read alike speaks for neither
  private static func best(
    _ sample: Letters, _ candidates: [(alphabet: String, encodings: [String])], against other: String, fewest: Int
  ) -> (name: String, share: Double)? {
    var best: (name: String, share: Double)?
    for (alphabet, encodings) in candidates {
      for encoding in encodings where encoding != other {
        let share = sample.share(encoding, [alphabet])
        guard share >= 0.98, share > best?.share ?? 0, sample.differing(encoding, other) >= fewest else { continue }
        best = (encoding, share)
      }
    }
    return best
  }

  /// The bytes outside ASCII that stand beside letters of ASCII.
  private struct Letters {
    private var counts = [Int](repeating: 0, count: 128)
    private(set) var total = 0
    /// With those that stand elsewhere.
    private var high = 0

    init(_ bytes: ArraySlice<UInt8>) {
      let sample = bytes.prefix(longestSample)
      self.init(sample.indices, in: sample)
    }

    init(_ places: some Sequence<Int>, in bytes: ArraySlice<UInt8>) {
      for place in places where bytes[place] >= 0x80 && !isMark(bytes[place]) {
        high += 1
        let before = place > bytes.startIndex ? bytes[place - 1] : 0
        let after = place + 1 < bytes.endIndex ? bytes[place + 1] : 0
        guard isLetter(before) || isLetter(after) else { continue }
        // "m²", "km³"
        if bytes[place] & 0xFE == 0xB2, before | 0x20 == UInt8(ascii: "m"), !isLetter(after) { continue }
        counts[Int(bytes[place]) - 0x80] += 1
        total += 1
      }
    }

    /// Whether they are many of all: in other scripts few stand so.
    var isMost: Bool { total * 5 >= high * 2 }

    /// Which share of them are letters of one of the alphabets, of that which has most.
    func share(_ encoding: String, _ alphabets: [String]) -> Double {
      let letters = tables[encoding] ?? LatinGuess.letters(of: encoding)
      var small: [(letter: String, count: Int)] = []
      for (letter, count) in zip(letters, counts) where count > 0 {
        let letter = String(decoding: letter, as: UTF8.self)
        // In lower case "İ" is an "i" and a point.
        small.append((letter == "İ" ? "ı" : letter.lowercased(), count))
      }
      let most = alphabets.map { alphabet in
        let known = Set(alphabet.unicodeScalars)
        return small.reduce(0) { $0 + ($1.letter.unicodeScalars.allSatisfy(known.contains) ? $1.count : 0) }
      }.max()
      return total == 0 ? 0 : Double(most ?? 0) / Double(total)
    }

    /// How many of them are another character in another encoding.
    func differing(_ encoding: String, _ other: String) -> Int {
      let letters = tables[encoding] ?? LatinGuess.letters(of: encoding)
      let others = tables[other] ?? LatinGuess.letters(of: other)
      return counts.indices.reduce(0) { $0 + (letters[$1] == others[$1] ? 0 : counts[$1]) }
    }
  }

  /// The characters of the bytes from 0x80 on, in UTF-8; U+FFFD for one without meaning.
  static func letters(of encoding: String) -> [[UInt8]] {
    // Parted, so that a letter and an accent behind it stay two.
    let bytes = (UInt8(0x80)...0xFF).flatMap { [UInt8(ascii: " "), $0] }
    let text = Charset.decoded(bytes[...], from: encoding) ?? []
    let scalars = String(decoding: text, as: UTF8.self).unicodeScalars.filter { $0 != " " }
    return scalars.count == 128
      ? scalars.map { Array(String($0).utf8) } : Array(repeating: [0xEF, 0xBF, 0xBD], count: 128)
  }

  private static let tables = Dictionary(
    uniqueKeysWithValues: (["windows-1252", "windows-1258"] + Set(others.flatMap(\.encodings)))
      .map { ($0, letters(of: $0)) })

  private static let longestSample = 262_144
  /// Fewer letters tell nothing.
  private static let fewest = 5

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

  /// What is punctuation in all of the encodings, or stands beside letters in each of them.
  private static func isMark(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x80, 0x82, 0x84...0x87, 0x89, 0x8B, 0x91...0x97, 0x99, 0x9B, 0xA0, 0xA7, 0xA9, 0xAB, 0xAD, 0xAE, 0xB0, 0xB4,
      0xB7,
      0xBB:
      true
    default: false
    }
  }

  /// French, German, Spanish, Portuguese, Italian, Swedish and Finnish, Danish and Norwegian, Icelandic and Faroese,
  /// Dutch, Catalan, Estonian, Irish and Albanian, with the signs that stand beside letters.
  private static let western = [
    "àâæçéèêëîïôœùûüÿ", "äöüßéàè", "áéíñóúüç¿¡ºª", "áâãàçéêíóôõúüºª", "àèéìíîòóùúºª", "äöåéüàšž", "æøåéäöüèêòóô",
    "áðéíóúýþæöø", "éëïóöüèêáíç", "àçèéíïòóúüñºª", "äöüõšž", "áéíóú", "ëçé",
  ]

  /// Of those that read a text alike the first counts: some Latvian texts have no letter but those of Turkish bytes,
  /// while no Turkish text is without "ı".
  private static let others: [(alphabet: String, encodings: [String])] = [
    // Polish, Czech, Slovak, Hungarian, Romanian, Slovene and Croatian.
    ("ąćęłńóśźż", ["windows-1250", "iso-8859-2"]), ("áčďéěíňóřšťúůýž", ["windows-1250", "iso-8859-2"]),
    ("áäčďéíĺľňóôŕšťúýž", ["windows-1250", "iso-8859-2"]), ("áéíóöőúüű", ["windows-1250", "iso-8859-2"]),
    ("ăâîşţ", ["windows-1250", "iso-8859-2"]), ("čćđšž", ["windows-1250", "iso-8859-2"]),
    // Lithuanian and Latvian.
    ("ąčęėįšųūž", ["windows-1257"]), ("āčēģīķļņšūž", ["windows-1257"]),
    // Turkish, with the letters of its loanwords.
    ("çğıöşüâîû", ["windows-1254"]),
  ]

  /// With the tones as Windows-1258 has them, behind their letters.
  private static let vietnamese = "ăâđêôơưàáèéíóùú\u{300}\u{301}\u{303}\u{309}\u{323}"

  /// Signs that stand beside letters: those of a Mac are letters elsewhere.
  private static let marks = "‘’“”„‚«»‹›–—…•·°€£§©®™†"

  /// Romanian with commas, Sorbian, Maltese, Esperanto, Welsh, Sámi, Breton, Luxembourgish and Kurdish.
  private static let neverGuessed = [
    "ăâîșț", "čćěłńóřšśžź", "àċèġħìòùż", "ĉĝĥĵŝŭ", "áâêëîïôöûŵŷ", "áâäčđŋöšŧž", "âêîôùûüñ", "äëéèêôöûü", "çêîşû",
  ]
}
