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
    var counts = [Int](repeating: 0, count: 128)
    var total = 0
    for place in places where bytes[place] >= 0x80 && !isMark(bytes[place]) {
      let before = place > bytes.startIndex ? bytes[place - 1] : 0
      let after = place + 1 < bytes.endIndex ? bytes[place + 1] : 0
      guard isLetter(before) || isLetter(after) else { continue }
      // "m²", "km³"
      if bytes[place] & 0xFE == 0xB2, before | 0x20 == UInt8(ascii: "m"), !isLetter(after) { continue }
      counts[Int(bytes[place]) - 0x80] += 1
      total += 1
    }
    guard total >= fewest else { return nil }
    let west = western.map { cover(counts, "windows-1252", $0) }.max() ?? 0
    guard west * 100 < total * 97 else { return nil }
    var best: (name: String, count: Int)?
    for (alphabet, encodings) in others {
      for encoding in encodings {
        let count = cover(counts, encoding, alphabet)
        // What both encodings read alike speaks for neither.
        guard count * 50 >= total * 49, count > best?.count ?? 0, differing(counts, encoding) >= 3 else { continue }
        best = (encoding, count)
      }
    }
    return best?.name
  }

  /// The characters of the bytes from 0x80 on, in UTF-8; U+FFFD for one without meaning.
  static func letters(of encoding: String) -> [[UInt8]] {
    let text = Charset.decoded(Array(0x80...0xFF)[...], from: encoding) ?? []
    let scalars = String(decoding: text, as: UTF8.self).unicodeScalars.map { Array(String($0).utf8) }
    return scalars.count == 128 ? scalars : Array(repeating: [0xEF, 0xBF, 0xBD], count: 128)
  }

  private static let tables = Dictionary(
    uniqueKeysWithValues: (["windows-1252"] + Set(others.flatMap(\.encodings))).map { ($0, letters(of: $0)) })

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

  /// How many of the counted bytes are letters of the alphabet.
  private static func cover(_ counts: [Int], _ encoding: String, _ alphabet: String) -> Int {
    let known = Set(alphabet.unicodeScalars)
    let letters = tables[encoding] ?? []
    var sum = 0
    for (index, count) in zip(letters.indices, counts) where count > 0 {
      let letter = String(decoding: letters[index], as: UTF8.self)
      // In lower case "İ" is an "i" and a point.
      let lower = letter == "İ" ? "ı" : letter.lowercased()
      if lower.unicodeScalars.allSatisfy(known.contains) { sum += count }
    }
    return sum
  }

  /// How many of the counted bytes are another character than in Windows-1252.
  private static func differing(_ counts: [Int], _ encoding: String) -> Int {
    guard let letters = tables[encoding], let usual = tables["windows-1252"] else { return 0 }
    return counts.indices.reduce(0) { $0 + (letters[$1] == usual[$1] ? 0 : counts[$1]) }
  }

  /// French, German, Spanish, Portuguese, Italian, Swedish and Finnish, Danish and Norwegian, Icelandic and Faroese,
  /// Dutch, Catalan, Estonian, Irish and Albanian, with the signs that stand beside letters.
  private static let western = [
    "àâæçéèêëîïôœùûüÿ", "äöüßéàè", "áéíñóúüç¿¡ºª", "áâãàçéêíóôõúüºª", "àèéìíîòóùúºª", "äöåéüàšž", "æøåéäöüèêòóô",
    "áðéíóúýþæöø", "éëïóöüèêáíç", "àçèéíïòóúüñºª", "äöüõšž", "áéíóú", "ëçé",
  ]

  /// Of those that read a text alike the first counts: some Latvian texts have no letter but those of Turkish bytes, while
  /// no Turkish text is without "ı".
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
}
