import Markup
import Values

/// Names of agencies, desks, newsrooms and houses told from those of persons.
extension Names {
  static func isAgency(_ name: String) -> Bool { agencies.contains(name.lowercased()) }

  /// Whether a name is that of an agency, a desk, a newsroom or the publisher itself.
  static func isOrganisation(_ name: String, publisher: String?) -> Bool {
    let lower = name.lowercased()
    if agencies.contains(lower) { return true }
    if let publisher = publisher?.lowercased(), lower == publisher || "the " + lower == publisher { return true }
    let words = lower.split(whereSeparator: { !$0.isLetter && !$0.isNumber }).map(String.init)
    if words.contains(where: { organisationWords.contains($0) }) { return true }
    if lower.hasSuffix(".de") || lower.hasSuffix(".com") || lower.hasSuffix(".at") || lower.hasSuffix(".ch") {
      return true
    }
    if name.utf8.last ?? 0 > 0x7F, organisationEnds.contains(where: { name.hasSuffix($0) }) { return true }
    if words.count > 1, words.allSatisfy({ agencies.contains($0) }) { return true }
    // dpa/lno, AFP/Reuters, and short names all in capitals.
    return words.count == 1 && (2...4).contains(name.count) && name == name.uppercased()
      && name.allSatisfy { $0.isASCII }
      && name.allSatisfy { $0.isLetter }
  }

  private static let agencies: Set<String> = [
    "ap", "associated press", "the associated press", "reuters", "thomson reuters", "afp", "agence france-presse", "pa",
    "pa media", "press association", "dpa", "dpa-infocom", "dpa-afx", "apa", "sda", "keystone-sda", "ansa", "efe",
    "europa press", "lusa", "belga", "anp", "ritzau", "ntb", "tt", "čtk", "ctk", "pap", "tass", "interfax", "xinhua",
    "kyodo", "kyodo news", "jiji", "jiji press", "yonhap", "aap", "bloomberg", "bloomberg news", "upi", "epd", "kna",
    "sid", "the canadian press", "canadian press", "cp", "ats", "stt", "anadolu", "aa", "ians", "pti", "ani",
    "adnkronos", "agi", "cna", "dow jones", "dow jones newswires", "postmedia news", "pa news agency", "afp/reuters",
    "agencia efe", "agencias", "agenturen", "agences", "agenzie", "hina", "mti", "tanjug", "agerpres", "mediafax",
    "bns", "elta", "ukrinform", "укринформ", "тасс", "риа новости", "ria novosti", "интерфакс", "bernama", "antara",
    "vna", "ttxvn", "irna", "wam", "spa", "anadolu ajansı", "dha", "iha", "iḣa", "ddp", "dapd", "telam", "télam",
    "notimex", "ansa/afp", "apa/dpa", "dpa/afp", "afp/dpa", "ap/reuters", "agencja pap", "newswire", "pr newswire",
    "business wire", "globe newswire", "globenewswire", "getty images", "news agency", "pa wire", "ap news", "anp/afp",
    "ritzau bureau", "zeta", "africa news agency", "news24 wire", "中新社", "中央社", "뉴시스", "뉴스1", "共同", "時事", "時事通信",
    "共同通信", "연합뉴스", "新华社", "新華社", "ロイター", "ゲッティ", "ゲッティ共同", "ロイター共同", "ap共同", "upi共同", "タス共同", "afp時事", "epa時事", "路透社",
    "法新社", "美联社", "美聯社", "中通社",
  ]

  private static let organisationWords: Set<String> = [
    "news", "staff", "redaktion", "redaction", "rédaction", "redacción", "redazione", "redacao", "redação",
    "redactie",
    "redacția", "redactia", "redakcija", "szerkesztőség", "redaksjonen", "redaktionen", "toimitus", "redakce",
    "redakcja", "desk", "newsroom", "agency", "agence", "agencia", "agenzia", "team", "editors", "press", "newspaper",
    "media", "online", "editorial", "board", "bureau", "times", "post", "associated", "onlineredaktion",
    "sportredaktion", "tagesschau", "sportschau", "network", "magazine", "nachrichten", "zeitung", "monde", "figaro",
    "service", "agenturen", "reporters", "correspondents", "community", "university", "institute", "foundation", "gmbh",
    "inc", "ltd", "редакция", "редакція", "агентство", "وكالة", "وكالات", "خبرگزاری", "מערכת", "סוכנויות", "डेस्क",
    "ब्यूरो",
  ]

  /// How the names of houses end in scripts that set no spaces.
  private static let organisationEnds = [
    "新聞社", "新聞", "通信社", "通讯社", "通訊社", "新闻网", "新聞網", "日报", "日報", "晚报", "晚報", "电视台", "電視台", "放送", "放送協会",
    "編集部", "编辑部", "編輯部", "取材班", "일보", "신문", "뉴스", "방송", "통신", "뉴스팀", "편집부", "ออนไลน์", "กองบรรณาธิการ",
  ]
}
