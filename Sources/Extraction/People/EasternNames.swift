import Markup
import Values

/// Bylines of East Asia taken apart: names stand in them without capitals and often without spaces, between the word
/// for a reporter, the paper, a place and the word for a report.
extension Names {
  /// The names before the Korean word for a reporter: `홍길동 기자`, `홍길동·김철수 기자`.
  static func korean(_ line: String) -> [String] {
    line.matches(of: reporter).flatMap { match in
      match.output.1.split(whereSeparator: { $0.isWhitespace || "·ㆍ,/".contains($0) }).map(String.init)
    }
  }

  nonisolated(unsafe) private static let reporter =
    /(?:^|[\s=·,(\[])([가-힣]{2,4}(?:\s?[·ㆍ,\/]\s?[가-힣]{2,4})*)\s?(?:선임|인턴|수습|전문|객원)?\s?기자/

  /// Those who sign a Japanese text in the brackets at its end: `…た。【山田花子、鈴木一郎】`.
  static func inJapaneseBrackets(_ text: String) -> [String]? {
    guard text.last == "】", let open = text.lastIndex(of: "【") else { return nil }
    let names = text[text.index(after: open)...].dropLast().split(whereSeparator: { "、・,".contains($0) }).map {
      $0.trimmingSpaces
    }
    let areNames = names.allSatisfy { name in
      isAgency(name) || (2...6).contains(name.count) && name.allSatisfy { $0.isLetter && !$0.isCased }
    }
    return (1...6).contains(names.count) && areNames ? names : nil
  }

  /// The names behind the Chinese word for a reporter: `某報 記者王小明／台北報導`, `（记者王小明 李大华）`.
  static func chinese(_ line: String) -> [String] {
    guard chineseReporters.contains(where: { line.holds($0) }), let match = line.firstMatch(of: chineseReporter) else {
      return []
    }
    let names = match.output.1.split(whereSeparator: { $0.isWhitespace || "、,，".contains($0) }).map(String.init)
    return names.filter { name in !reports.contains { name.hasSuffix($0) } }
  }

  private static let chineseReporters = ["記者", "记者", " 作者"]
  nonisolated(unsafe) private static let chineseReporter =
    /(?:記者|记者|\s作者(?=[:\u{FF1A}]))[\s:\u{FF1A}]*(\p{Han}{2,4}(?:[\s、,，]+\p{Han}{2,4})*)(?![\p{Han}·・])/
  /// How what is no name ends beside names: a report from somewhere, a picture.
  private static let reports = ["報導", "報道", "报道", "攝影", "摄影", "攝", "摄", "電", "电"]

  /// Who an agency's dateline says wrote the text: `某社台北1月2日电（记者王小明 李大华）…`, `(서울=某社) 홍길동 기자 = …`.
  static func inDateline(_ text: String) -> [String] {
    let start = String(text.prefix(60))
    if let open = start.firstIndex(where: { $0 == "（" || $0 == "(" }),
      let close = start[open...].firstIndex(where: { $0 == "）" || $0 == ")" })
    {
      let names = chinese(String(start[open...close]))
      if !names.isEmpty { return names }
    }
    guard let match = start.prefixMatch(of: koreanDateline) else { return [] }
    return match.output.1.split(whereSeparator: { $0.isWhitespace || "·ㆍ,".contains($0) }).map(String.init)
  }

  nonisolated(unsafe) private static let koreanDateline =
    /[(\[][가-힣·\s]{2,20}=[가-힣0-9\s]{2,12}[)\]]\s?([가-힣]{2,4}(?:[\s·ㆍ,]{1,2}[가-힣]{2,4}){0,4})\s?기자\s?=/

  /// What follows a word for who wrote that is set off by a sign: `文／王小明`, `取材・文＝山田花子`, `글=홍길동`.
  static func afterEasternPrefix(_ text: String) -> String? {
    text.prefixMatch(of: easternPrefix).map { String(text[$0.range.upperBound...]) }
  }

  nonisolated(unsafe) private static let easternPrefix =
    /\s*(?:作者|記者|记者|文|撰文|取材|取材・文|文・写真|写真・文|文・撮影|執筆|글|글·사진|사진·글)\s*[\u{FF0F}\/\u{FF1D}=]\s*/

  /// What of a Korean line stands before the words for whose picture it is; `글·사진` is who wrote and took it, and
  /// `사진부` where somebody works.
  static func beforeKoreanPicture(_ line: String) -> String {
    guard line.holds("사진"), let picture = line.firstMatch(of: koreanPicture) else { return line }
    return String(line[..<picture.range.lowerBound])
  }

  nonisolated(unsafe) private static let koreanPicture = /(?:^|[^·ㆍ가-힣])사진(?![부·ㆍ가-힣])/

  /// Whether a text is a person's name in a script that has no capitals: two to four words, or three syllables of
  /// Korean that begin with a usual surname. Nothing tells Chinese and Japanese names from labels and desks.
  static func isUncasedName(_ text: String) -> Bool {
    let words = text.split(separator: " ").map(String.init)
    guard (1...4).contains(words.count), text.count <= 40,
      words.allSatisfy({ word in
        word.count > 1 && word.allSatisfy { $0.isLetter && !$0.isCased } && !isPrefixWord(word)
          && !noNames.contains(word)
      }),
      !text.unicodeScalars.contains(where: { (0x3040...0x9FFF).contains($0.value) })
    else { return false }
    let isKorean = text.unicodeScalars.contains { ("가"..."힣").contains($0) }
    guard words.count == 1 else { return !isKorean && !isOrganisation(text, publisher: nil) }
    // Before a Korean name stands a place, and desks have three syllables too.
    return isKorean && text.count == 3 && koreanSurnames.contains(text.first!) && !"부팀".contains(text.last!)
  }

  private static let koreanSurnames: Set<Character> = Set("김이박최정강조윤장임한오서신권황안송류유홍전고문손양배백허남심노하곽성차주우구민나진지엄원천방공현함변염여추")

  /// Words of newsrooms, places and labels in elements named for an author, in scripts without capitals.
  private static let noNames: Set<String> = [
    "서울시", "강원도", "이메일", "구독자", "조회수", "신문사", "편집국", "기자실", "غرفة", "فريق", "التحرير", "تحديث", "تاريخ", "النشر",
    "وكالة", "وكالات", "الأخبار", "هيئة", "قسم", "مراسل", "نوشته", "سرویس", "گروه", "خبرگزاری", "تحریریه", "تحریریهٔ",
    "כתבי", "כתב",
    "עודכן", "כל", "הזכויות", "מערכת", "סוכנויות", "חדשות", "नई", "टीम", "डेस्क", "डिजिटल", "एजेंसी", "न्यूज", "न्यूज़",
    "संवाददाता", "ब्यूरो", "प्रकाशित", "द्वारा", "ทีมข่าว", "กองบรรณาธิการ", "สำนักข่าว", "ผู้สื่อข่าว", "บรรณาธิการ",
  ]
}
