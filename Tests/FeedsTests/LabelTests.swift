import Feeds
import Glibc
import Testing

/// Labels that name another encoding than the text is in, and those that are right.
@Suite struct LabelTests {
  struct Text: Sendable, CustomTestStringConvertible {
    let language: String
    let encodings: [String]
    let text: String
    var testDescription: String { language }

    init(_ language: String, _ encodings: [String], _ text: String) {
      (self.language, self.encodings, self.text) = (language, encodings, text)
    }
  }

  private static let russian =
    "Депутаты Государственной думы одобрили законопроект, который изменит порядок уплаты налогов, сказал министр"

  static let texts: [Text] = [
    Text("Russian", ["windows-1251", "koi8-r", "iso-8859-5", "ibm866"], russian),
    Text("Russian in capitals", ["windows-1251", "koi8-r", "iso-8859-5", "ibm866"], russian.uppercased()),
    Text(
      "Ukrainian", ["windows-1251", "koi8-u"], "Депутати підтримали законопроєкт про зміни до бюджету, їхні рішення"),
    Text(
      "Serbian", ["windows-1251", "iso-8859-5"], "Председник је рекао да ће мере ојачати привреду земље; ђаци и њих"),
    Text("Greek", ["windows-1253", "iso-8859-7"], "Ο πρωθυπουργός δήλωσε ότι τα μέτρα θα ενισχύσουν την οικονομία"),
    Text(
      "Hebrew", ["windows-1255", "iso-8859-8"], "ראש הממשלה כינס ישיבה כדי לדון בצעדים לעידוד הצמיחה הכלכלית במדינה"),
    Text("Arabic", ["windows-1256", "iso-8859-6"], "عقد رئيس الوزراء اجتماعا لمناقشة الإجراءات اللازمة لتشجيع النمو"),
    Text("Japanese", ["shift_jis", "euc-jp"], "首相は会議を開き、経済成長を促進するための措置について議論した。カタカナとひらがな"),
    Text("Korean", ["euc-kr"], "대통령은 회의를 열고 경제 성장을 촉진하기 위한 조치를 논의했다. 한국어 문장입니다."),
    Text("Chinese", ["gbk"], "国务院总理主持召开会议，研究部署促进经济发展的措施。会议指出，要加快推进改革开放。"),
    Text("Chinese of Taiwan", ["big5"], "行政院長今天主持會議，討論促進經濟發展的措施。會議指出要加速改革開放與國際合作。"),
    Text(
      "Polish", ["windows-1250", "iso-8859-2"],
      "Sąd Najwyższy orzekł w środę; żółć i źdźbło, następnie świadczenia, ćma, łąka"),
    Text(
      "Czech", ["windows-1250", "iso-8859-2"],
      "Žluťoučký kůň úpěl ďábelské ódy, šťastný ministr řekl, že opatření posílí školy a šetření"),
    Text(
      "Hungarian", ["windows-1250", "iso-8859-2"],
      "Őszintén szólva az intézkedések erősítik a gazdaságot; tűrőképesség, bővül"),
    Text(
      "Lithuanian", ["windows-1257", "iso-8859-13"],
      "Žemės ūkis, šalčiai, ąžuolas, įstatymų leidyba; ministras sakė, kad sustiprins"),
    Text(
      "Turkish", ["windows-1254"],
      "Cumhurbaşkanı büyümeyi teşvik etmek için önlemleri görüştü; şirketler değişiklikleri, ışık"),
    Text(
      "French", ["windows-1252", "iso-8859-15"],
      "Le ministre a déclaré que l'économie, très forte à côté, naît déjà où ça coûte, forêt"),
    Text(
      "Vietnamese", ["windows-1258"],
      "Đương nhiên đó là câu trâu ăn cơm, tôi đi đâu cũng được; ông ơi, đêm sao sâu, lưu ý, năm sau"),
  ]

  /// Signs, points and numbers among letters say little of where they are from.
  static let signed: [Text] = [
    Text("Korean with signs", ["euc-kr"], "[속보] 코스피 2,500선 붕괴…외국인 ‘팔자’ 손흥민 ‘시즌 10호골’…토트넘 3-1 승 ㅋㅋㅋㅋ"),
    Text("Full width", ["euc-kr"], "ＫＢＳ ＭＢＣ ＳＢＳ ＹＴＮ ＪＴＢＣ ＥＢＳ ＯＢＳ ＣＢＳ ＢＢＳ ＴＢＳ ＡＢＣ 뉴스"),
    Text("Chinese with signs", ["gbk"], "“双十一”“黑五”“网红”…“一带一路”《红楼梦》《三国》２０２４年１月２日　ＣＰＩ同比上涨０．３％"),
    Text("Chinese of Taiwan with lines", ["big5"], "新聞│政治│社會│生活│國際│財經│娛樂│體育│地方│專題│影音│評論│副刊│旅遊│健康"),
    Text("Japanese with numbers", ["euc-jp", "shift_jis"], "１位　２位　３位　４位　５位　６位　７位　８位　９位　１０位　ランキング発表"),
    Text(
      "Yiddish", ["windows-1255"], "דער פּרעזידענט האָט געזאָגט אַז די נײַע געזעצן זײַנען גוט פֿאַר ייִדן אין לאַנד"),
  ]

  /// What a text is mistaken for: the encodings of its neighbours, whose scripts or letters are the same or similar.
  static let mistakes: [(String, String)] = [
    ("iso-8859-2", "windows-1250"), ("windows-1251", "koi8-r"), ("windows-1251", "iso-8859-5"),
    ("koi8-r", "windows-1251"), ("ibm866", "windows-1251"), ("euc-jp", "shift_jis"), ("big5", "gbk"), ("gbk", "big5"),
    ("euc-kr", "gb2312"), ("windows-1250", "iso-8859-2"), ("windows-1252", "iso-8859-2"),
    ("windows-1252", "windows-1251"),
    ("windows-1254", "iso-8859-15"), ("windows-1257", "windows-1250"), ("iso-8859-6", "windows-1256"),
    ("koi8-u", "koi8-r"), ("windows-1258", "iso-8859-15"), ("windows-1255", "iso-8859-7"),
  ]

  @Test(arguments: texts + signed) func believesARightLabel(_ text: Text) throws {
    for encoding in text.encodings {
      let feed = try read(text, in: encoding, label: encoding)
      #expect(feed.items.map(\.title) == [text.text, text.text], "\(encoding)")
      #expect(feed.repairs == [], "\(encoding)")
      // A title alone is left to its label.
      let title = Text("", [], String(text.text.prefix(11)))
      #expect(try read(title, in: encoding, label: encoding).items[0].title?.count ?? 0 >= 10)
      #expect(try read(title, in: encoding, label: encoding).repairs == [])
    }
  }

  @Test(arguments: mistakes) func seesThroughAWrongLabel(_ encoding: String, _ label: String) throws {
    for text in Self.texts where text.encodings.contains(encoding) && text.language != "Russian in capitals" {
      let feed = try read(text, in: encoding, label: label)
      #expect(feed.items.map(\.title) == [text.text, text.text], "\(text.language)")
      // A text without a letter that the two read differently tells nothing.
      let wrong =
        text.language == "Hungarian"
        ? [] : ["charset label \(label == "gb2312" ? "gbk" : label) is wrong, read as \(encoding)"]
      #expect(feed.repairs == wrong, "\(text.language)")
      // The same where the document has it right and the server has not.
      let served = try read(text, in: encoding, label: encoding, contentType: "text/xml; charset=\(label)")
      #expect(served.items.map(\.title) == [text.text, text.text], "\(text.language)")
      #expect(served.repairs == wrong, "\(text.language)")
    }
  }

  /// Of two labels that disagree the better one counts, although the text is short.
  @Test(arguments: [("windows-1251", "koi8-r", "Мост через реку закрыт"), ("iso-8859-2", "windows-1250", "źdźbło śąż")])
  func choosesBetweenLabels(_ encoding: String, _ label: String, _ title: String) throws {
    let text = Text("", [], title)
    let feed = try read(text, in: encoding, label: encoding, contentType: "text/xml; charset=\(label)")
    #expect(feed.items[0].title == title)
    let other = try read(text, in: encoding, label: label, contentType: "text/xml; charset=\(encoding)")
    #expect(other.items[0].title == title && other.repairs == [])
  }

  /// One stray byte is no reason to read the capital Alpha with its accent as another sign.
  @Test func believesGreekWithAStrayByte() throws {
    var bytes = "<rss><channel><item><title>".utf8.map { $0 }
    bytes = Array("<?xml version='1.0' encoding='iso-8859-7'?>".utf8) + bytes
    for _ in 0..<4 { bytes += [0xB6, 0xF1, 0xE8, 0xF1, 0xEF, 0x20, 0xE3, 0xE9, 0xE1, 0x20] }
    bytes += [0x85] + Array("</title></item></channel></rss>".utf8)
    let feed = try FeedReader.read(bytes)
    #expect(feed.items[0].title == "Άρθρο για Άρθρο για Άρθρο για Άρθρο για …")
  }

  /// Quotation marks of Windows in texts that are called by a name of ISO 8859.
  @Test(
    arguments: [
      ("iso-8859-2", "windows-1250", "Sąd orzekł „tak” w środę"), ("iso-8859-7", "windows-1253", "«Άρθρο» – για “όλα”"),
      ("iso-8859-15", "windows-1252", "L’été “ici”"), ("iso-8859-13", "windows-1257", "Žemė – „taip“"),
    ])
  func readsTheSignsOfWindows(_ label: String, _ encoding: String, _ title: String) throws {
    let feed = try read(Text("", [], title), in: encoding, label: label)
    #expect(feed.items[0].title == title)
    #expect(feed.repairs.count == 1)
  }

  @Test(arguments: ["utf-8", "iso-8859-1", nil], ["iso-8859-6", "koi8-u", "windows-1258"])
  func guesses(_ label: String?, _ encoding: String) throws {
    for text in Self.texts where text.encodings.contains(encoding) {
      #expect(try read(text, in: encoding, label: label).items[0].title == text.text)
    }
  }

  /// Signs of a Mac are letters elsewhere.
  @Test(arguments: ["macintosh", "x-mac-cyrillic"]) func believesAMac(_ label: String) throws {
    let text = Text(
      "English", [], "It’s “fine”, Oman’s “bridge” – the council’s ‘view’, visitors’ and readers’ “words”")
    let feed = try read(text, in: label, label: label)
    #expect(feed.items[0].title == text.text && feed.repairs == [])
  }

  private func read(
    _ text: Text, in encoding: String, label: String?, contentType: String? = nil
  ) throws -> Feed {
    let title = encoded(text.text, in: encoding)
    let start = "<?xml version=\"1.0\"" + (label.map { " encoding=\"\($0)\"" } ?? "") + "?><rss><channel>"
    let item = Array("<item><title>".utf8) + title + Array("</title></item>".utf8)
    return try FeedReader.read(
      Array(start.utf8) + item + item + Array("</channel></rss>".utf8), contentType: contentType)
  }

  private static let names = [
    "windows-1258": "CP1258", "ibm866": "CP866", "x-mac-cyrillic": "MAC-CYRILLIC", "shift_jis": "CP932",
  ]

  /// A text that the encoding holds whole.
  private func encoded(_ text: String, in encoding: String) -> [UInt8] {
    guard let descriptor = iconv_open(Self.names[encoding] ?? encoding, "UTF-8"),
      descriptor != iconv_t(bitPattern: -1)
    else {
      Issue.record("iconv knows no \(encoding)")
      return []
    }
    defer { iconv_close(descriptor) }
    var input = Array(text.utf8)
    var out = [UInt8](repeating: 0, count: 4 * input.count + 16)
    let count = input.withUnsafeMutableBytes { input in
      out.withUnsafeMutableBytes { out in
        var from = input.bindMemory(to: CChar.self).baseAddress
        var to = out.bindMemory(to: CChar.self).baseAddress
        var (left, room) = (input.count, out.count)
        #expect(iconv(descriptor, &from, &left, &to, &room) != -1, "\(encoding): \(text)")
        return out.count - room
      }
    }
    return Array(out[..<count])
  }
}
