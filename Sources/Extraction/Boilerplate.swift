/// Sentences that publishers put between and after paragraphs, in the languages they do it in.
enum Boilerplate {
  /// Whether a text (folded for comparison) is an invitation or a remark rather than part of an article.
  static func matches(_ folded: String) -> Bool {
    if opens(folded) { return true }
    var text = folded
    return text.withUTF8 { partIndex.matchesAnywhere(in: $0) }
  }

  /// Whether a text (folded for comparison) begins as an invitation or a remark does, or is nothing but one. Words that may stand
  /// anywhere in one are not asked for.
  static func opens(_ folded: String) -> Bool {
    if folded.utf8.count < 120, wholeLines.contains(folded) { return true }
    var text = folded
    return text.withUTF8 { startIndex.matchesStart(of: $0) }
  }

  /// As `opens` of a text as it stands, of which only the beginning is folded.
  static func opens(text: String) -> Bool {
    guard text.utf8.count > 2 * longestStart else { return opens(Comparable.folded(text)) }
    let end = text.utf8.index(text.startIndex, offsetBy: 2 * longestStart)
    return opens(Comparable.folded(String(text[..<end])))
  }

  /// Bytes that are more than any beginning has, folded or not, and more than a whole line that is asked for.
  private static let longestStart = 120

  private static let startIndex = PhraseIndex(
    (starts + Invitations.starts).map(Comparable.folded), ofWords: true)
  private static let wholeLines = whole.union(Invitations.whole.map(Comparable.folded))
  private static let partIndex = PhraseIndex(parts)

  /// Whether a text heads the announcements below an article.
  static func isEndMark(_ folded: String, isHeading: Bool = false) -> Bool {
    let bare = folded.drop { !$0.isLetter && !$0.isNumber }
    if isHeading, headingStarts.contains(where: { bare.hasPrefix($0) }), !bare.hasSuffix(".") { return true }
    guard bare.utf8.count <= longestEndMark else { return false }
    return endMarks.contains(String(bare.hasSuffix(":") ? bare.dropLast() : bare))
  }

  private static let headingStarts = [
    "mehr zu ", "mehr zum ", "mehr zur ", "mehr über ", "mehr von ", "mehr aus ", "more on ", "more about ",
    "more from ",
    "plus sur ", "más sobre ", "mais sobre ", "altro su ", "meer over ", "mer om ", "mere om ", "více o ",
  ]

  private static let longestEndMark = (endMarks.map(\.utf8.count).max() ?? 0) + 1

  private static let endMarks: Set<String> = [
    "you might also like", "you may also like", "related", "related articles", "related stories", "related news",
    "related posts",
    "related topics", "related content", "more from", "more stories", "more news", "read next", "up next",
    "recommended",
    "recommended for you", "recommended stories", "most read", "most popular", "trending", "trending now",
    "top stories",
    "latest news", "popular", "editor's picks", "also read", "further reading", "more on this story",
    "more in this section",
    "about the author", "zur person", "leave a reply", "leave a comment", "comments", "post a comment",
    "join the conversation",
    "aktuell auf der startseite von golem.de", "aktuell auf der startseite", "aus dem ressort", "mehr zum thema",
    "zum thema", "unsere quellen",
    "mehr aus dem ressort",
    "das könnte sie auch interessieren", "das könnte dich auch interessieren", "auch interessant", "weitere artikel",
    "weitere themen", "weitere nachrichten", "meistgelesen", "meist gelesen", "ähnliche artikel", "verwandte artikel",
    "verwandte themen", "kommentare", "schlagworte", "lesen sie auch", "mehr nachrichten", "mehr zu diesem thema",
    "themen",
    "à lire aussi", "lire aussi", "sur le même sujet", "articles liés", "commentaires", "les plus lus",
    "dans la même rubrique",
    "noticias relacionadas", "artículos relacionados", "lo más leído", "te puede interesar", "comentarios",
    "más noticias",
    "notícias relacionadas", "leia também", "mais lidas", "articoli correlati", "leggi anche", "potrebbe interessarti",
    "argomenti",
    "lees ook", "meer nieuws", "meest gelezen", "les også", "læs også", "läs också", "mer om", "mest lest",
    "mest læste",
    "související články", "čtěte také", "nejčtenější", "powiązane artykuły", "czytaj także", "похожие новости",
    "читайте также",
    "関連記事", "関連キーワード", "関連企業・業界", "あわせて読みたい", "ランキング", "その他のアクセスランキング", "相关新闻", "相关阅读", "관련기사", "関連ニュース",
    "مقالات ذات صلة", "اقرأ أيضا", "ilgili haberler", "sdílejte článek", "tags", "topics", "published in",
    "more about", "schlagwörter zu diesem artikel", "schlagwörter", "dieses thema im programm", "mehr themen",
    "weitere informationen ende der weiteren informationen",
  ]

  private static let whole: Set<String> = [
    "ein klick für den datenschutz", "link zum youtube-inhalt", "reklam", "zdfheute infografik", "article", "článek",
    "pr",
    "もっと見る", "mehr", "galerie", "fotostrecke", "advertisement", "advertising", "anzeige", "werbung", "publicidad",
    "publicité", "pubblicità", "publicidade",
    "reklame", "annonse", "annonce", "annons", "reklama", "reclame", "广告", "広告", "share", "teilen", "share this",
    "share this article", "share this story", "loading", "loading...", "weiterlesen", "read more", "more", "comments",
    "kommentare", "story continues below", "article continues below", "copy link", "link copied", "print", "tags",
    "sponsored", "recommended", "related", "related stories", "related articles", "watch", "listen", "subscribe",
    "facebook", "twitter", "whatsapp", "e-mail", "email", "drucken", "mehr zum thema", "lesen sie auch", "lire aussi",
    "(adsbygoogle = window.adsbygoogle || []).push({});", "topics", "themen", "you may also like", "follow us",
    "continue reading", "advertisement - scroll to continue", "article continues after advertisement", "report ad",
    "- advertisement -", "story continues", "skip", "close", "schließen", "merken", "vorlesen", "feedback", "top",
    "weitere informationen", "hauptinhalt", "embed", "player wird geladen", "table of contents", "share on facebook",
    "post on x", "save", "or", "sign in or create an account", "recommended videos", "click to hide", "para saber más",
    "реклама:", "реклама", "inhaltsverzeichnis", "liveblog", "mit video", "trending",
  ]

  private static let starts: [String] = [
    "read more:", "read more on", "read also", "also read", "read next", "more on this", "more:", "related:",
    "related article", "see also:", "see more:", "watch:", "don't miss", "recommended:", "click here", "sign up for",
    "sign up to", "sign up here", "sign up now", "sign up:", "sign up today",
    "subscribe to",
    "subscribe now", "follow us", "follow the latest", "follow the live", "follow the story", "like us on", "join our",
    "join us on", "get the latest", "get our free", "get our newsletter", "get our app", "get our latest",
    "download our", "download the app", "story continues below", "article continues below", "copyright ©",
    "© ", "(c) ", "all rights reserved", "this article was originally", "this story was originally", "have a story",
    "do you have a story", "got a story", "got a tip", "send us", "contact us", "for more stories",
    "for the latest news", "for the latest updates", "for the latest headlines", "for the latest on",
    "to read more",
    "support our work", "support our journalism", "already a subscriber", "you must be logged", "please log in",
    "to comment on this", "to comment,", "view comments",
    "lesen sie auch", "lesen sie hier", "lesen sie dazu", "lesen sie mehr", "lesen sie jetzt", "auch interessant",
    "mehr zum thema",
    "mehr dazu", "mehr lesen", "hier lesen sie", "zum thema:", "weiterlesen:", "jetzt lesen", "abonnieren sie",
    "melden sie sich hier", "melden sie sich an", "melden sie sich jetzt", "melden sie sich für",
    "melden sie sich kostenlos",
    "newsletter:", "folgen sie", "folge uns", "empfohlener externer inhalt", "externer inhalt",
    "an dieser stelle finden sie",
    "dieser artikel erschien", "dieser text erschien", "dieser inhalt", "alle rechte vorbehalten", "alle rechte liegen",
    "sie haben einen fehler",
    "fehler gefunden",
    "zur startseite", "zurück zur", "mit material von", "quelle:", "quellen:", "foto:", "fotos:", "bild:", "video:",
    "photo:",
    "lire aussi", "à lire aussi", "lisez aussi", "à lire :", "voir aussi", "abonnez-vous", "inscrivez-vous",
    "suivez-nous",
    "la suite est réservée", "il vous reste", "recevez", "lea también", "lee también", "leer más", "te puede interesar",
    "le puede interesar", "suscríbete", "síguenos", "sigue toda", "más información", "leggi anche", "leggi tutto",
    "iscriviti",
    "seguici", "leia também", "leia mais", "saiba mais", "veja também", "subscreva", "siga-nos", "lees ook",
    "lees meer",
    "abonneer", "les også", "læs også", "läs också", "läs mer", "läs även", "följ oss", "lue myös", "čtěte také",
    "přečtěte si",
    "czytaj też", "czytaj także", "zobacz też", "читайте также", "подписывайтесь", "читайте:", "ayrıca okuyun",
    "ilginizi çekebilir",
    "lea más", "あわせて読みたい", "関連記事", "【関連記事】", "【関連】", "相关阅读", "延伸阅读", "相關新聞",
    "photograph:", "image:", "picture:", "soma pia", "lesen sie weiter", "lesen sie ebenfalls", "lies auch",
    "mehr news",
    "mehr nachrichten", "mehr aus", "top stories", "latest news", "most read", "trending:", "trending now",
    "dieses thema im programm", "sendung:", "share on ", "share your thoughts", "create an account", "sign in to",
    "register / sign in", "don't have an account", "already have an account", "get email updates",
    "enjoy additional articles", "enjoy unlimited", "we apologize, but this video", "try refreshing your browser",
    "jetzt weiterlesen", "click to read", "empfohlener redaktioneller inhalt", "dieser artikel wurde ausgedruckt",
    "dieser artikel ist zuerst", "dieser artikel ist eine übersetzung", "artikel veröffentlicht am",
    "placeholder image", "dieser artikel wurde mit künstlicher", "haben sie fehler entdeckt", "haben sie einen fehler",
    "hier geht es zur bilderstrecke", "unsere quellen:", "this story first appeared", "this article first appeared",
    "this story was produced with", "dieses video ist verfügbar", "baca juga", "vai a tutte",
    "se vuoi restare aggiornato",
    "photographs by", "bilder:", "produced by elevenlabs", "editor :", "editor:",
    "vídeos:", "vídeo:", "责任编辑", "責任編輯", "citește și", "lue lisää", "διαβάστε", "קראו עוד", "לקריאה נוספת",
    "haben sie eine behauptung", "источник:", "read more get", "check out more of", "zitiervorschlag",
    "mehr themen auf",
    "hat ihnen dieser artikel gefallen", "additional reporting", "(reporting by", "with reports from", "our standards:",
    "enjoying our latest content", "bitte achten sie darauf, dass ihre kommentare", "foto(s):",
  ]

  private static let parts: [String] = [
    "subscribe to our", "sign up to our", "sign up for our", "sign up for the", "subscribe to the", "our newsletter",
    "join our whatsapp",
    "whatsapp-kanal", "whatsapp channel", "whatsapp community", "this material may not be published",
    "all rights reserved",
    "may earn a commission", "receives a commission", "whatsapp kanal", "affiliate commission", "affiliate link",
    "affiliate-link", "follow us on",
    "click here to",
    "please enable javascript", "bitte aktivieren sie javascript", "enable cookies", "your browser does not",
    "newsletter anmelden",
    "newsletter abonnieren", "kostenlos abonnieren", "personenbezogene daten an", "cookies akzeptieren",
    "accept cookies",
    "content is not available due to", "to view this content", "um diesen inhalt", "read our privacy", "privacy policy",
    "terms of use", "terms and conditions apply", "datenschutzerklärung", "appeared first on", "has been added to your",
    "alle inhalte anzeigen",
    "hören sie den podcast", "google news folgen", "follow on google", "on google news", "download our app",
    "suivez toute l'actualité",
    "suscríbete a", "inscrivez-vous à", "iscriviti alla newsletter", "assine a newsletter",
    "contents may not be reproduced",
    "wochen kostenlos testen", "wochen für nur", "monatlich kündbar", "alle artikel freischalten", "articles per month",
    "responses to this entry through the rss", "antworten zu diesem eintrag durch den rss", "not ai intervention",
    "contributed to this report", "; editing by", ", editing by", ". editing by", "; writing by", ", writing by",
    "有料会員限定", "有料記事読み放題", "記事が読み放題", "有料会員になると",
    "für unseren newsletter", "unseren newsletter abonn", "newsletter semanal", "sign up to receive",
    "para seguir leyendo",
    "canal de whatsapp",
    "canal do whatsapp", "canal no whatsapp", "canale whatsapp", "google news folgen", "w google news",
    "en google news",
    "pe google news", "무단전재", "무단 전재", "재배포 금지",
    "externen inhalt", "externe inhalte", "riproduzione riservata", "javascript is disabled", "無断転載", "loading-",
  ]
}

/// Phrases by their first two bytes, so that a text is compared with the few that may stand at a place.
struct PhraseIndex: Sendable {
  private let phrases: [[UInt8]]
  private let goesOn: [Bool]
  /// By a hash of the first two bytes: where its phrases begin among `numbers`.
  private var starts: [Int32]
  private var numbers: [Int32] = []
  private static let size = 4096

  /// - Parameter ofWords: a phrase that ends in a letter of ASCII ends a word there, so that `most read` is no beginning of `most
  ///   readers`, unless a star behind it says that the word may go on.
  init(_ phrases: [String], ofWords: Bool = false) {
    goesOn = phrases.map { !ofWords || $0.hasSuffix("*") }
    self.phrases = phrases.map { Array($0.utf8.last == UInt8(ascii: "*") ? $0.utf8.dropLast() : $0.utf8[...]) }
    var table = [[Int32]](repeating: [], count: Self.size)
    for (number, bytes) in self.phrases.enumerated() {
      precondition(bytes.count >= 2, "a phrase has two bytes")
      table[Self.key(bytes[0], bytes[1])].append(Int32(number))
    }
    starts = []
    for list in table {
      starts.append(Int32(numbers.count))
      numbers += list
    }
    starts.append(Int32(numbers.count))
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

  @inline(__always)
  private static func key(_ a: UInt8, _ b: UInt8) -> Int { (Int(a) << 5 ^ Int(b)) & (size - 1) }

  func matchesStart(of text: UnsafeBufferPointer<UInt8>) -> Bool { match(text, at: 0) != nil }

  func matchesAnywhere(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    for place in text.indices where match(text, at: place) != nil { return true }
    return false
  }

  /// The phrases that a text holds, each once.
  func all(in text: String) -> Set<String> {
    var found: Set<Int> = []
    var text = text
    text.withUTF8 { bytes in
      for place in bytes.indices {
        if let number = match(bytes, at: place) { found.insert(number) }
      }
    }
    return Set(found.map { String(decoding: phrases[$0], as: UTF8.self) })
  }

  @inline(__always)
  private func match(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int? {
    guard place + 1 < text.count else { return nil }
    let key = Self.key(text[place], text[place + 1])
    let (start, end) = (starts[key], starts[key + 1])
    return start == end ? nil : match(text, at: place, among: Int(start)..<Int(end))
  }

  private func match(_ text: UnsafeBufferPointer<UInt8>, at place: Int, among range: Range<Int>) -> Int? {
    for index in range {
      let number = Int(numbers[index])
      let phrase = phrases[number]
      let end = place + phrase.count
      guard end <= text.count, phrase.indices.allSatisfy({ text[place + $0] == phrase[$0] }) else { continue }
      if end == text.count || goesOn[number] || !Self.isLetter(text[end - 1]) || !Self.isLetter(text[end]) {
        return number
      }
    }
    return nil
  }
}
