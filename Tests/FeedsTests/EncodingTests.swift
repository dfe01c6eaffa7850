import Feeds
import Foundation
import Testing
import Values

/// Texts in the encodings of the world, labelled rightly, falsely, or not at all.
@Suite struct EncodingTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    let encoding: String
    let bytes: [UInt8]
    let text: String
    var testDescription: String { encoding }

    /// - Parameter base64: the text's bytes in the encoding
    init(_ encoding: String, _ base64: String, _ text: String) {
      self.encoding = encoding
      bytes = Array(Data(base64Encoded: base64)!)
      self.text = text
    }
  }

  static let samples: [Sample] = [
    Sample(
      "windows-1251", "0e7i5fIg4+7w7uTgIOfg6vD76yDx8uDw++kg7O7x8iD35fDl5yDw5erzIO3gIOLw5ez/IPDl7O7t8uA=",
      "Совет города закрыл старый мост через реку на время ремонта"),
    Sample(
      "koi8-r", "88/XxdQgx8/Sz8TBINrBy9LZzCDT1MHS2cogzc/T1CDexdLF2iDSxcvVIM7BINfSxc3RINLFzc/O1ME=",
      "Совет города закрыл старый мост через реку на время ремонта"),
    Sample(
      "iso-8859-5", "wd7S1eIg097g3tTQINfQ2uDr2yDh4tDg69kg3N7h4iDn1eDV1yDg1drjIN3QINLg1dzvIODV3N7d4tA=",
      "Совет города закрыл старый мост через реку на время ремонта"),
    Sample(
      "windows-1253", "1O8g8/Xs4u/96+nvIPTn8iDw/Ovn8iDd6uvl6fPlIPTn7SDw4evp3CDj3fb18eEg4+nhIOXw6fPq5fXe",
      "Το συμβούλιο της πόλης έκλεισε την παλιά γέφυρα για επισκευή"),
    Sample(
      "windows-1255", "7uXy9vog5PLp+CDx4vjkIOD6IOTi+fgg5On57yDu8uwg5PDk+CDs9uX46iD66ffl8Ont",
      "מועצת העיר סגרה את הגשר הישן מעל הנהר לצורך תיקונים"),
    Sample(
      "windows-1256", "w9vh3iDjzOHTIMfh48/t5Mkgx+HM09Egx+Hez+3jIN3m3iDH4eTl0SDj5CDDzOEgx+HF1eHHzQ==",
      "أغلق مجلس المدينة الجسر القديم فوق النهر من أجل الإصلاح"),
    Sample(
      "tis-620", "ysDS4MHXzae71LTK0L7SueCh6NKi6dLB4cHouenT4L7X6M2r6M3B4avB4LvnueDHxdLLudbop7vV",
      "สภาเมืองปิดสะพานเก่าข้ามแม่น้ำเพื่อซ่อมแซมเป็นเวลาหนึ่งปี"),
    Sample(
      "shift_jis", "jnOLY4nvgs2Q7ILJgqmCqYLpjMOCoou0gvCPQ5edgsyCvYLfgsmVwo29greC6YKxgsaC8IyIgt+C3IK1gr0=",
      "市議会は川にかかる古い橋を修理のために閉鎖することを決めました"),
    Sample(
      "euc-jp", "u9S1xLLxpM/A7qTLpKukq6TruMWkpLa2pPK9pM39pM6kv6ThpMvKxLq/pLmk66SzpMik8rfopOGk3qS3pL8=",
      "市議会は川にかかる古い橋を修理のために閉鎖することを決めました"),
    Sample(
      "euc-kr", "vcPAx8i4tMIgsK3AuyCwobfOwfa4o7TCIL/At6G1yCC02biuuKYgvPa4rsfPseIgwKfH2CDG87zix8+x4rfOILDhwaTH37TZ",
      "시의회는 강을 가로지르는 오래된 다리를 수리하기 위해 폐쇄하기로 결정했다"),
    Sample(
      "gbk",
      "ytDS6bvhvva2qLnYsdW608nPtcTAz8fFvfjQ0M6s0N6jrNXiysfU2r3xxOq1xLvh0unJz9f3s/a1xL72tqijrMjLw8e21LTL09Cyu82stcS/tLeo",
      "市议会决定关闭河上的老桥进行维修，这是在今年的会议上作出的决定，人们对此有不同的看法"),
    Sample(
      "big5",
      "pavEs7d8qE2pd8P2s6yqZaRXqrqm0b70tmmm5rr7rdehQbNvrE+mYqS1pn6qurd8xLOkV6dApViquqhNqXehQaRIrcy576a5prOko6ZQqrqs3apr",
      "市議會決定關閉河上的老橋進行維修，這是在今年的會議上作出的決定，人們對此有不同的看法"),
    Sample(
      "windows-1254",
      "QmFrYW5s/fD9IGHn/WtsYWT9OiBp/nNpemxpayBvcmFu/SBk/P50/CwgQ3VtaHVyYmH+a2FubP3w/SBzZedpbWkgeWFrbGH+/Xlvcg==",
      "Bakanlığı açıkladı: işsizlik oranı düştü, Cumhurbaşkanlığı seçimi yaklaşıyor"),
    Sample(
      "windows-1257",
      "0G9kaWVuIFLuZ+Igbm90aWtzIHNhbuJrc21lLCBrdXLiIHBpZWRhbO5zaWVzIG1pbmlzdHJzLCB04iBzYWPuamEg8G9kaWVuIHbiY2lldGlz",
      "Šodien Rīgā notiks sanāksme, kurā piedalīsies ministrs, tā sacīja šodien vācietis"),
  ]

  private func read(_ sample: Sample, declared: String?, contentType: String? = nil) throws -> Feed {
    let start =
      "<?xml version=\"1.0\"" + (declared.map { " encoding=\"\($0)\"" } ?? "") + "?><rss><channel><item><title>"
    let bytes = Array(start.utf8) + sample.bytes + Array("</title></item></channel></rss>".utf8)
    return try FeedReader.read(bytes, contentType: contentType)
  }

  @Test(arguments: samples)
  func readsWhatIsDeclared(_ sample: Sample) throws {
    let feed = try read(sample, declared: sample.encoding)
    #expect(feed.items.first?.title == sample.text)
    #expect(feed.repairs == [])
    let byHeader = try read(sample, declared: nil, contentType: "text/xml; charset=\(sample.encoding)")
    #expect(byHeader.items.first?.title == sample.text)
  }

  @Test(arguments: samples)
  func readsWithoutALabel(_ sample: Sample) throws {
    let feed = try read(sample, declared: nil)
    #expect(feed.items.first?.title == sample.text)
    #expect(feed.repairs.count == 1, "a guess is told of")
  }

  @Test(arguments: samples, ["utf-8", "iso-8859-1"])
  func readsInSpiteOfAFalseLabel(_ sample: Sample, label: String) throws {
    let feed = try read(sample, declared: label)
    #expect(feed.items.first?.title == sample.text)
    #expect(feed.repairs.contains { $0.contains("is wrong") })
  }

  /// Portuguese and Finnish have letters outside ASCII side by side, as other scripts do.
  @Test func keepsLatinTexts() throws {
    for text in [
      "Größe überall in Österreich, Köln und München", "Été à Besançon, où l’œuvre naît", "Año de la niña",
      "Comissão quer redução da inflação; a situação da população não muda com as eleições",
      "Pääministeri päätti tänään määrärahoista, ja sää on lämmin myös yöllä",
    ] {
      for label in [nil, "ISO-8859-1", "utf-8"] {
        #expect(try titles([bytes(text, .windowsCP1252)], label: label).titles == [text])
      }
    }
  }

  /// A program in a file with a mark, whose texts come from elsewhere.
  @Test func aMarkIsNoProofOfUTF8() throws {
    let read = try titles([bytes("Größe über Köln, zurück in Österreich", .windowsCP1252)], mark: [0xEF, 0xBB, 0xBF])
    #expect(read.titles == ["Größe über Köln, zurück in Österreich"])
    #expect(read.repairs.contains("charset label utf-8 is wrong, read as windows-1252"))
    // Comments in another encoding, of which there are fewer words.
    let text = "Городской совет решил вчера вечером"
    let mixed = try titles(
      [Array(text.utf8), bytes("решил вчера вечером", .windowsCP1251)], mark: [0xEF, 0xBB, 0xBF])
    #expect(mixed.titles.first == text)
  }

  /// Each read by itself would take memory as the square of the document.
  @Test(.timeLimit(.minutes(1))) func manyMarksStayBounded() throws {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let marks = Array(repeating: mark, count: 30_000).flatMap { $0 }
    _ = try? FeedReader.read(marks + Array(repeating: 0xFF, count: 60_001))
    #expect(try titles([Array("Größe".utf8)], mark: mark + mark).titles == ["Größe"])
    #expect(try titles([bytes("Größe", .windowsCP1252)], mark: mark + mark).titles == ["Größe"])
  }

  @Test(arguments: [true, false], [true, false])
  func readsWideEncodings(isBig: Bool, hasMark: Bool) throws {
    let text =
      (hasMark ? "\u{FEFF}" : "")
      + "<?xml version=\"1.0\"?><rss><channel><item><title>Grüße 日本</title></item></channel></rss>"
    var sixteen: [UInt8] = []
    for unit in text.utf16 {
      let pair = [UInt8(unit >> 8), UInt8(unit & 0xFF)]
      sixteen += isBig ? pair : pair.reversed()
    }
    var thirtyTwo: [UInt8] = []
    for scalar in text.unicodeScalars {
      let four = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: scalar.value >> $0) }
      thirtyTwo += isBig ? four : four.reversed()
    }
    #expect(try FeedReader.read(sixteen).items.first?.title == "Grüße 日本")
    #expect(try FeedReader.read(thirtyTwo).items.first?.title == "Grüße 日本")
  }

  @Test func mendsAFewBrokenCharacters() throws {
    let text =
      Array("<rss><channel><item><title>Größe über Köln, zurück in Österreich".utf8) + [0xC3]
      + Array("</title></item></channel></rss>".utf8)
    #expect(try FeedReader.read(text).items.first?.title?.hasPrefix("Größe über Köln, zurück in Österreich") == true)
  }

  /// Its Kanji are bytes of ASCII between escapes.
  @Test(arguments: ["utf-8", "iso-8859-1", "iso-2022-jp", nil])
  func readsWhatShiftsWithEscapes(_ label: String?) throws {
    let read = try titles([bytes("東京の新しい橋が開通", .iso2022JP)], label: label)
    #expect(read.titles == ["東京の新しい橋が開通"])
    #expect(read.repairs.isEmpty == (label == "iso-2022-jp"))
  }

  /// A terminal's escape, what is told of one, and Kanji that a program has cut off are no reason to read what follows
  /// as Kanji.
  @Test(arguments: ["\u{1B}$B moves back a word", "cut \u{1B}$B$3$s$K", "\u{1B}[1mbold\u{1B}[0m"], ["utf-8", nil])
  func keepsTextsThatHoldAnEscape(_ odd: String, label: String?) throws {
    for other in ["Another headline", "Größe"] {
      let read = try titles([Array("News".utf8), Array(odd.utf8), Array(other.utf8)], label: label)
      #expect(read.titles.first == "News" && read.titles.last == other && read.titles.count == 3)
      #expect(read.titles[1] == odd.replacing("\u{1B}", with: ""))
      #expect(read.repairs == ["control characters removed"])
    }
  }

  /// A sign in UTF-8 among it costs that sign.
  @Test func aSignOfAnotherEncodingCostsNoKanji() throws {
    let read = try titles([bytes("東京の新しい橋が開通", .iso2022JP), Array("© 2026".utf8)], label: "iso-2022-jp")
    #expect(read.titles.first == "東京の新しい橋が開通" && read.titles.last??.hasSuffix(" 2026") == true)
  }

  /// Names in ASCII that stand in a text of Asia without a space.
  @Test(
    arguments: [
      ("融庁は24年12月、イオン銀にマSpotifyと説明していiPhone", .shiftJIS),
      ("서울시는 Spotify코리아와 iPhone사용자를 위한 YouTube방송을 시작했다", String.Encoding(rawValue: 0x8000_0940)),
    ] as [(String, String.Encoding)], ["utf-8", nil])
  func readsNamesInOtherScripts(_ sample: (text: String, encoding: String.Encoding), label: String?) throws {
    #expect(try titles([bytes(sample.text, sample.encoding)], label: label).titles == [sample.text])
  }

  private func titles(
    _ items: [[UInt8]], label: String? = "utf-8", mark: [UInt8] = []
  ) throws -> (titles: [String?], repairs: [String]) {
    let start = "<?xml version=\"1.0\"" + (label.map { " encoding=\"\($0)\"" } ?? "") + "?><rss><channel>"
    let body = items.flatMap { Array("<item><title>".utf8) + $0 + Array("</title></item>".utf8) }
    let feed = try FeedReader.read(mark + Array(start.utf8) + body + Array("</channel></rss>".utf8))
    return (feed.items.map(\.title), feed.repairs)
  }

  private func bytes(_ text: String, _ encoding: String.Encoding) throws -> [UInt8] {
    Array(try #require(text.data(using: encoding)))
  }

  /// Teasers that a program has cut by bytes: most of a small feed may end in half a character.
  @Test(arguments: ["서울 정부가 새로운 주택 정책을", "กรุงเทพมหานครเปิดสะพานใหม่", "दिल्ली में नया पुल खुला", "東京の新しい橋が開通"])
  func keepsTextsOfAsiaThatAreCut(_ title: String) throws {
    let cut = Array(title.utf8.dropLast())
    let titles = try titles([cut, cut, cut]).titles
    #expect(titles.allSatisfy { $0 == String(title.unicodeScalars.dropLast()) + "\u{FFFD}" }, "\(titles)")
  }

  @Test(arguments: ["windows1251", "cp-1251", "win1251", "CP1251", "x-cp1251"])
  func readsLabelsThatAreNoStandards(_ label: String) throws {
    #expect(try titles([bytes("Мост", .windowsCP1251)], label: label).titles == ["Мост"])
  }

  @Test(
    arguments: [
      ("866", [0x8C, 0xAE, 0xE1, 0xE2], "Мост"), ("x-mac-cyrillic", [0x8C, 0xEE, 0xF1, 0xF2], "Мост"),
      ("cp850", [0x47, 0x72, 0x81, 0xE1, 0x65], "Grüße"), ("ibm852", [0xBD, 0xA2, 0x88, 0x77], "Żółw"),
    ] as [(String, [UInt8], String)])
  func readsOldCodePages(_ label: String, _ bytes: [UInt8], _ title: String) throws {
    #expect(try titles([bytes], label: label).titles == [title])
  }

  /// One item in another encoding does not cost the others their characters, however few they are.
  @Test(
    arguments: ["Beyoncé’s “halo” in Besançon – à côté", "As eleições mudam a população, a educação e a habitação"],
    [1, 10])
  func readsItemsOfTwoEncodings(_ other: String, count: Int) throws {
    for label in ["utf-8", "iso-8859-1", nil] { try readsItems(other, label: label, count: count) }
  }

  private func readsItems(_ other: String, label: String?, count: Int) throws {
    let sound = "The council’s bridge"
    let read = try titles(
      Array(repeating: Array(sound.utf8), count: count) + [bytes(other, .windowsCP1252)], label: label)
    #expect(read.titles == Array(repeating: sound, count: count) + [other])
    #expect(read.repairs.contains { $0.contains("read as windows-1252") })
  }

  /// A label that is false, on a document with some bytes that are broken.
  @Test(arguments: ["iso-8859-15", "windows-1250", "windows-1251", "gbk"])
  func readsDamagedUTF8InSpiteOfItsLabel(label: String) throws {
    let sound = "Größe über Köln, zurück in Österreich"
    let read = try titles([Array(sound.utf8), Array("Caf".utf8) + [0xE9]], label: label)
    #expect(read.titles == [sound, "Café"])
  }

  /// An emoji as two halves, by a program that thinks in UTF-16.
  /// Characters of Japan's makers are in none of its standards, and in its texts.
  @Test func readsTheVendorsCharacters() throws {
    // ㈱山田 in EUC-JP with NEC's row 13, and one character that is in no table before 市長が.
    let title: [UInt8] = [0xAD, 0xEA, 0xBB, 0xB3, 0xC5, 0xC4, 0xFC, 0xFE, 0xBB, 0xD4, 0xC4, 0xB9, 0xA4, 0xAC]
    let bytes =
      Array("<?xml version=\"1.0\" encoding=\"euc-jp\"?><rss><channel><title>".utf8) + title
      + Array("</title></channel></rss>".utf8)
    let read = try #require(try FeedReader.read(bytes).title)
    #expect(read.hasPrefix("㈱山田") && read.hasSuffix("市長が"), "\(read)")
  }

  /// A program that cuts texts by bytes leaves the beginnings of characters; the rest is UTF-8 all the same.
  @Test func cutCharactersLeaveTheOthersAlone() throws {
    let bytes =
      Array("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss><channel><title>They won".utf8) + [0xE2, 0x80]
      + Array("</title><item><title>A</title></item><item><title>They didn’t »</title></item></channel></rss>".utf8)
    let feed = try FeedReader.read(bytes)
    #expect(feed.title?.hasPrefix("They won") == true && feed.title?.contains("â") == false, "\(feed.title ?? "")")
    #expect(feed.items.last?.title == "They didn’t »")
    let alone =
      Array("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss><channel><title>won".utf8) + [0xE2, 0x80]
      + Array("</title></channel></rss>".utf8)
    #expect(try FeedReader.read(alone).title?.contains("â") == false)
  }

  @Test func joinsHalvesOfCharacters() throws {
    let halves: [UInt8] = [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]
    let read = try titles([Array("Größe ".utf8) + halves, Array("Größe ".utf8) + halves[..<3]])
    #expect(read.titles == ["Größe 😀", "Größe \u{FFFD}"])
    #expect(read.repairs.contains { $0.contains("halves") })
  }

  @Test func tellsOfReplacedBytes() throws {
    let sound = "Größe über Köln, zurück in Österreich"
    let cut = Array(sound.utf8) + [0xC3]
    let read = try titles([Array(sound.utf8), cut])
    #expect(read.titles == [sound, sound + "\u{FFFD}"])
    #expect(read.repairs.contains { $0.contains("no UTF-8") })
  }

  /// Words that end in Windows-1252 as characters of UTF-8 do.
  @Test(arguments: ["utf-8", nil])
  func keepsLatinTextsThatHoldSequencesByChance(label: String?) throws {
    let text =
      "Près du pré, à côté de l’église où l’élève répète déjà sa leçon, il a cité « la beauté\u{A0}» du CAFÉ» préféré"
    let title = text.replacing("\u{A0}", with: " ")
    #expect(try titles([bytes(text, .windowsCP1252)], label: label).titles == [title])
  }

  struct Latin: Sendable {
    let encoding: String.Encoding
    let text: String
  }

  @Test(
    arguments: [
      Latin(encoding: .windowsCP1250, text: "Rada miasta zamknęła stary most przez rzekę, żeby było bezpieczniej"),
      Latin(encoding: .isoLatin2, text: "Rada miasta zamknęła stary most przez rzekę, żeby było bezpieczniej w środę"),
      Latin(encoding: .windowsCP1250, text: "Příliš žluťoučký kůň úpěl ďábelské ódy o městě a řece"),
      Latin(
        encoding: .windowsCP1250,
        text: "A tanács lezárta a régi hidat, amely a folyó fölött ível, őszig felújítják, a tűzoltók erősítik"),
      Latin(
        encoding: .windowsCP1254, text: "İstanbul Büyükşehir Belediyesi eski köprüyü onarım için kapattı, ışıklar söndü"
      ),
    ], ["utf-8", "iso-8859-1", nil])
  func tellsLatinEncodingsApart(_ sample: Latin, label: String?) throws {
    #expect(try titles([bytes(sample.text, sample.encoding)], label: label).titles == [sample.text])
  }

  @Test(
    arguments: [
      "Größe überall in Österreich, Köln und München, draußen, schöne Grüße, für Fußgänger",
      "Été à Besançon, où l’œuvre naît ; le maïs, la forêt, ça suffit déjà, très tôt, Noël",
      "Año de la niña, ¿qué pasó? ¡Está aquí! El pingüino también comió más jamón ayer",
      "São Paulo não é só coração, três irmãos, às vezes lá, ações e opções, avô e avó",
      "Sveitarfélagið lokaði gömlu brúnni yfir ána þegar hún þurfti viðgerð, það er ný öld",
      "Kommunen stængte den gamle bro på grund af fejl, så må gæster gå over åen i år, øl",
      "L’opération à 120 m² et 30 m³, n° 5, déjà côté cour, très près, après l’été, élève",
      "«\u{A0}Été\u{A0}» : l’élève, «\u{A0}à côté\u{A0}» du pré\u{A0}: «\u{A0}çà et là\u{A0}»",
      "Søren met José, Müller, François, Håkan and Núñez in Besançon, São Paulo and Málaga",
    ])
  func keepsTheLanguagesOfTheWest(_ text: String) throws {
    #expect(try titles([bytes(text, .windowsCP1252)]).titles == [text.replacing("\u{A0}", with: " ")])
  }
}
