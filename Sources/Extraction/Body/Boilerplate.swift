/// Sentences that publishers put between and after paragraphs, in the languages they do it in. Some of their phrases
/// stand in news as well: those count in a line that holds a link or is no sentence, others of them in one that speaks
/// to its readers.
enum Boilerplate {
  /// Whether a text is an invitation or a remark rather than part of an article.
  ///
  /// - Parameters:
  ///   - folded: the text folded for comparison.
  ///   - linked: how much of it is links; asked for only where that decides.
  static func matches(_ text: String, folded: String, linked: @autoclosure () -> LinkedPart) -> Bool {
    if opens(text, folded: folded, linked: linked()) { return true }
    var bytes = folded
    guard let found = bytes.withUTF8({ partIndex.lowest(in: $0, enough: parts.count) }) else { return false }
    if found < parts.count || !isSentence(text) || ReaderAddress.isFound(in: text) { return true }
    return found < parts.count + halfParts.count && linked() != .none
  }

  static func matches(_ text: String, linked: @autoclosure () -> LinkedPart) -> Bool {
    matches(text, folded: Comparable.folded(text), linked: linked())
  }

  /// Whether a text begins as an invitation or a remark does, or is nothing but one. Words that may stand anywhere in
  /// one are not asked for. Of a long text only the beginning is folded.
  static func opens(_ text: String, linked: @autoclosure () -> LinkedPart) -> Bool {
    guard text.utf8.count > 2 * longestStart else {
      return opens(text, folded: Comparable.folded(text), linked: linked())
    }
    let end = text.utf8.index(text.startIndex, offsetBy: 2 * longestStart)
    return opens(text, folded: Comparable.folded(String(text[..<end])), linked: linked())
  }

  private static func opens(_ text: String, folded: String, linked: @autoclosure () -> LinkedPart) -> Bool {
    if folded.utf8.count < longestStart, wholeLines.contains(folded) { return true }
    var bytes = folded
    guard let found = bytes.withUTF8({ startIndex.matchStart(of: $0) }) else { return false }
    if found < wholeStarts.count || !isSentence(text) { return true }
    let part = linked()
    if found < wholeStarts.count + halfStarts.count { return part != .none }
    return part == .most || part == .some && (ReaderAddress.isFound(in: text) || DoubtfulStarts.pointsHere(text))
  }

  /// What ends in a colon says that something follows.
  private static func isSentence(_ text: String) -> Bool { text.last != ":" && BlockFilter.endsSentence(text) }

  /// Bytes that are more than any beginning has, folded or not, and more than a whole line that is asked for.
  private static let longestStart = 120

  private static let wholeStarts = (starts + narrowed + Invitations.starts).map(Comparable.folded)
  private static let startIndex = PhraseIndex(
    wholeStarts + (halfStarts + DoubtfulStarts.all).map(Comparable.folded), ofWords: true)
  private static let wholeLines = whole.union(Invitations.whole.map(Comparable.folded))
  private static let partIndex = PhraseIndex(parts + halfParts + offerParts)

  /// Whether a text heads the announcements below an article.
  static func isEndMark(_ folded: String, isHeading: Bool = false) -> Bool {
    let bare = folded.drop { !$0.isLetter && !$0.isNumber }
    if isHeading, headingStarts.contains(where: { bare.hasPrefix($0) }), !bare.hasSuffix(".") { return true }
    guard bare.utf8.count <= longestEndMark else { return false }
    if isHeading, let first = bare.first, first.isNumber || bare.hasSuffix(")") {
      // How many readers wrote: `12 comments`, `Comments (12)`.
      return readersWords.contains(bare.filter { $0.isLetter })
    }
    return endMarks.contains(String(bare.hasSuffix(":") ? bare.dropLast() : bare))
  }

  /// Whether a line heads what is not the article's even when it is prose: who wrote it, what readers say.
  static func headsOthers(_ folded: String) -> Bool {
    [
      "about the author", "up next", "read next", "leave a", "post a comment", "join the", "unsere quellen", "comments",
      "kommentare",
    ].contains {
      folded.hasPrefix($0)
    }
  }

  private static let readersWords: Set<String> = [
    "comment", "comments", "responses", "replies", "thoughts", "kommentar", "kommentare", "commentaire", "commentaires",
    "comentario", "comentarios", "comentário", "comentários", "commento", "commenti", "reacties", "kommentarer",
    "kommenttia", "komentarz", "komentarze", "komentarzy", "komentáře", "komentářů", "комментарий", "комментарии",
    "комментариев", "коментарі", "коментарів", "коментара", "yorum", "komentar", "komentara", "hozzászólás",
    "comentarii", "σχόλια", "تعليق", "تعليقات", "תגובות", "评论", "評論", "留言", "コメント", "댓글", "bìnhluận",
  ]

  private static let headingStarts = [
    "mehr zu ", "mehr zum ", "mehr zur ", "mehr über ", "mehr von ", "mehr aus ", "more on ", "more about ",
    "more from ", "plus sur ", "más sobre ", "mais sobre ", "altro su ", "meer over ", "mer om ", "mere om ", "více o ",
  ]

  private static let longestEndMark = (endMarks.map(\.utf8.count).max() ?? 0) + 1

  private static let endMarks: Set<String> = [
    "you might also like", "you may also like", "related", "related articles", "related stories", "related news",
    "related posts", "related topics", "related content", "more from", "more stories", "more news", "read next",
    "up next", "recommended", "recommended for you", "recommended stories", "most read", "most popular", "trending",
    "trending now", "top stories", "latest news", "popular", "editor's picks", "also read", "further reading",
    "more on this story", "more in this section", "about the author", "zur person", "leave a reply", "leave a comment",
    "comments", "post a comment", "join the conversation", "aktuell auf der startseite von golem.de",
    "aktuell auf der startseite", "aus dem ressort", "mehr zum thema", "zum thema", "unsere quellen",
    "mehr aus dem ressort", "das könnte sie auch interessieren", "das könnte dich auch interessieren",
    "auch interessant", "weitere artikel", "weitere themen", "weitere nachrichten", "meistgelesen", "meist gelesen",
    "ähnliche artikel", "verwandte artikel", "verwandte themen", "kommentare", "schlagworte", "lesen sie auch",
    "mehr nachrichten", "mehr zu diesem thema", "themen", "à lire aussi", "lire aussi", "sur le même sujet",
    "articles liés", "commentaires", "les plus lus", "dans la même rubrique", "noticias relacionadas",
    "artículos relacionados", "lo más leído", "te puede interesar", "comentarios", "más noticias",
    "notícias relacionadas", "leia também", "mais lidas", "articoli correlati", "leggi anche", "potrebbe interessarti",
    "argomenti", "lees ook", "meer nieuws", "meest gelezen", "les også", "læs også", "läs också", "mer om", "mest lest",
    "mest læste", "související články", "čtěte také", "nejčtenější", "powiązane artykuły", "czytaj także",
    "похожие новости", "читайте также", "関連記事", "関連キーワード", "関連企業・業界", "あわせて読みたい", "ランキング", "その他のアクセスランキング", "相关新闻",
    "相关阅读", "관련기사", "関連ニュース", "مقالات ذات صلة", "اقرأ أيضا", "ilgili haberler", "sdílejte článek", "tags", "topics",
    "published in", "more about", "schlagwörter zu diesem artikel", "schlagwörter", "dieses thema im programm",
    "mehr themen", "weitere informationen ende der weiteren informationen",
  ]

  private static let whole: Set<String> = [
    "ein klick für den datenschutz", "link zum youtube-inhalt", "reklam", "zdfheute infografik", "article", "článek",
    "pr", "もっと見る", "mehr", "galerie", "fotostrecke", "advertisement", "advertising", "anzeige", "werbung", "publicidad",
    "publicité", "pubblicità", "publicidade", "reklame", "annonse", "annonce", "annons", "reklama", "reclame", "广告",
    "広告", "share", "teilen", "share this", "share this article", "share this story", "loading", "loading-",
    "loading...", "weiterlesen", "read more", "more", "comments", "kommentare", "story continues below",
    "article continues below", "copy link", "link copied", "print", "tags", "sponsored", "recommended", "related",
    "related stories", "related articles", "watch", "listen", "subscribe", "facebook", "twitter", "whatsapp", "e-mail",
    "email", "drucken", "mehr zum thema", "lesen sie auch", "lire aussi",
    "(adsbygoogle = window.adsbygoogle || []).push({});", "topics", "themen", "you may also like", "follow us",
    "continue reading", "advertisement - scroll to continue", "article continues after advertisement", "report ad",
    "- advertisement -", "- anzeige -", "- werbung -", "- reklame -", "story continues", "skip", "close", "schließen",
    "merken", "vorlesen", "feedback", "top", "weitere informationen", "hauptinhalt", "embed", "player wird geladen",
    "table of contents", "share on facebook", "post on x", "save", "or", "sign in or create an account",
    "recommended videos", "click to hide", "para saber más", "реклама:", "реклама", "inhaltsverzeichnis", "liveblog",
    "mit video", "trending",
  ]

  private static let starts: [String] = [
    "read more:", "read more on", "read also", "also read", "read next", "more on this", "more:", "related:",
    "related article", "see also:", "see more:", "watch:", "recommended:", "sign up here", "sign up now", "sign up:",
    "sign up today", "subscribe now", "subscribe to continue", "subscribe to read", "subscribe to unlock",
    "to continue reading,", "to keep reading,", "this article is for subscribers", "this content is reserved for",
    "start your free trial", "sie haben bereits ein abo", "sie haben schon ein abo", "je m'abonne", "like us on",
    "join us on", "get our free", "get our newsletter", "get our app", "get our latest", "download the app",
    "story continues below", "article continues below", "copyright ©", "© ", "(c) ", "all rights reserved",
    "this article was originally", "this story was originally", "do you have a story", "for more stories",
    "for the latest news", "for the latest updates", "for the latest headlines", "support our work",
    "support our journalism", "already a subscriber", "you must be logged", "please log in", "to comment on this",
    "to comment,", "view comments", "lesen sie hier", "lesen sie dazu", "lesen sie jetzt", "hier lesen sie",
    "zum thema:", "weiterlesen:", "jetzt lesen", "abonnieren sie", "melden sie sich hier", "melden sie sich an",
    "melden sie sich jetzt", "melden sie sich für", "melden sie sich kostenlos", "newsletter:",
    "empfohlener externer inhalt", "externer inhalt", "an dieser stelle finden sie", "dieser artikel erschien",
    "dieser text erschien", "alle rechte vorbehalten", "alle rechte liegen", "zur startseite", "quelle:", "quellen:",
    "foto:", "fotos:", "bild:", "video:", "photo:", "lire aussi", "à lire aussi", "lisez aussi", "à lire :",
    "voir aussi", "abonnez-vous", "inscrivez-vous", "suivez-nous", "la suite est réservée", "lea también",
    "lee también", "suscríbete", "síguenos", "leggi anche", "leggi tutto", "iscriviti", "leia também", "veja também",
    "subscreva", "siga-nos", "lees ook", "abonneer", "les også", "læs også", "läs också", "läs även", "följ oss",
    "lue myös", "čtěte také", "přečtěte si", "czytaj też", "czytaj także", "zobacz też", "читайте также",
    "подписывайтесь", "читайте:", "ayrıca okuyun", "ilginizi çekebilir", "あわせて読みたい", "関連記事", "【関連記事】", "【関連】", "相关阅读",
    "延伸阅读", "相關新聞", "photograph:", "image:", "picture:", "soma pia", "lesen sie weiter", "lesen sie ebenfalls",
    "lies auch", "trending:", "trending now", "dieses thema im programm", "sendung:", "share on ",
    "share your thoughts", "create an account", "sign in to", "register / sign in", "don't have an account",
    "already have an account", "get email updates", "enjoy additional articles", "enjoy unlimited",
    "we apologize, but this video", "try refreshing your browser", "jetzt weiterlesen", "click to read",
    "empfohlener redaktioneller inhalt", "dieser artikel wurde ausgedruckt", "dieser artikel ist zuerst",
    "dieser artikel ist eine übersetzung", "artikel veröffentlicht am", "placeholder image",
    "dieser artikel wurde mit künstlicher", "haben sie fehler entdeckt", "hier geht es zur bilderstrecke",
    "unsere quellen:", "this story first appeared", "this article first appeared", "this story was produced with",
    "dieses video ist verfügbar", "baca juga", "vai a tutte", "se vuoi restare aggiornato", "photographs by", "bilder:",
    "produced by elevenlabs", "editor :", "editor:", "vídeos:", "vídeo:", "责任编辑", "責任編輯", "citește și", "קראו עוד",
    "לקריאה נוספת", "haben sie eine behauptung", "источник:", "read more get", "check out more of", "zitiervorschlag",
    "mehr themen auf", "hat ihnen dieser artikel gefallen", "additional reporting", "(reporting by",
    "with reports from", "our standards:", "enjoying our latest content",
    "bitte achten sie darauf, dass ihre kommentare", "foto(s):",
  ]

  /// Longer forms of the half ones below, which no sentence of news begins with.
  private static let narrowed: [String] = [
    "sign up for our", "sign up for the", "sign up to our", "sign up to the", "subscribe to our", "subscribe to the",
    "follow us on", "follow us at", "get the latest news", "get the latest updates", "get the latest headlines",
    "get the latest stories", "contact us at", "contact us:", "click here to", "click here for", "lesen sie auch:",
    "mehr zum thema:", "mehr dazu:", "mehr dazu lesen", "mehr dazu hier", "folgen sie uns", "folge uns auf",
    "dieser inhalt kann", "dieser inhalt ist nicht", "zurück zur startseite", "zurück zur übersicht",
    "sie haben einen fehler gefunden", "sie haben einen fehler entdeckt", "sie haben einen fehler bemerkt",
    "haben sie einen fehler gefunden", "haben sie einen fehler entdeckt", "haben sie einen fehler bemerkt",
    "sehen sie auch:", "hören sie auch:", "pour aller plus loin :", "pour aller plus loin:", "per approfondire:",
    "más información:", "más información en", "il vous reste 1", "il vous reste 2", "il vous reste 3", "don't miss our",
    "don't miss:", "auch interessant:", "fehler gefunden?", "got a tip?", "got a story?", "have a story?",
    "download our app", "to read more from", "à écouter :", "à écouter:", "seguici su", "para no perderte nada",
    "il vous reste 4", "il vous reste 5", "il vous reste 6", "il vous reste 7", "il vous reste 8", "il vous reste 9",
  ]

  /// Beginnings of invitations that are beginnings of sentences, too: `Mehr dazu wollte der Sprecher nicht sagen.`
  private static let halfStarts: [String] = [
    "sign up for", "sign up to", "subscribe to", "follow us", "follow the latest", "follow the live",
    "follow the story", "join our", "get the latest", "send us", "contact us", "click here", "lesen sie auch",
    "lesen sie mehr", "sehen sie auch", "hören sie auch", "mehr zum thema", "mehr dazu", "mehr lesen", "mehr aus",
    "folgen sie", "folge uns", "dieser inhalt", "sie haben einen fehler", "haben sie einen fehler", "zurück zur",
    "il vous reste", "recevez", "pour aller plus loin", "per approfondire", "más información",
  ]

  private static let parts: [String] = [
    "subscribe to our", "sign up to our", "sign up for our", "sign up for the", "subscribe to the", "our newsletter",
    "join our whatsapp", "whatsapp community", "this material may not be published", "all rights reserved",
    "may earn a commission", "receives a commission", "affiliate commission", "affiliate link", "affiliate-link",
    "follow us on", "please enable javascript", "bitte aktivieren sie javascript", "enable cookies",
    "your browser does not", "newsletter anmelden", "newsletter abonnieren", "kostenlos abonnieren",
    "personenbezogene daten an", "cookies akzeptieren", "accept cookies", "content is not available due to",
    "to view this content", "um diesen inhalt", "read our privacy", "terms and conditions apply", "appeared first on",
    "has been added to your", "alle inhalte anzeigen", "hören sie den podcast", "google news folgen",
    "follow on google", "on google news", "download our app", "suivez toute l'actualité", "suscríbete a",
    "inscrivez-vous à", "iscriviti alla newsletter", "assine a newsletter", "contents may not be reproduced",
    "wochen kostenlos testen", "wochen für nur", "monatlich kündbar", "alle artikel freischalten", "articles per month",
    "responses to this entry through the rss", "antworten zu diesem eintrag durch den rss", "not ai intervention",
    "contributed to this report.", "; editing by", ", editing by", ". editing by", "; writing by", ", writing by",
    "有料会員限定", "有料記事読み放題", "記事が読み放題", "有料会員になると", "für unseren newsletter", "newsletter informiert sie",
    "unseren newsletter abonn", "newsletter semanal", "sign up to receive", "para seguir leyendo", "google news folgen",
    "w google news", "en google news", "pe google news", "무단전재", "무단 전재", "재배포 금지", "externen inhalt",
    "externe inhalte", "文字（全文1", "文字（全文2", "文字（全文3", "文字（全文4", "文字（全文5", "文字（全文6", "文字（全文7", "文字（全文8", "文字（全文9",
    "riproduzione riservata", "javascript is disabled", "無断転載",
  ]

  /// Words of invitations and remarks that news has, too: `Meta changed its privacy policy in June.`
  private static let halfParts: [String] = [
    "whatsapp-kanal", "whatsapp kanal", "whatsapp channel", "canal de whatsapp", "canal do whatsapp",
    "canal no whatsapp", "canale whatsapp", "click here to", "privacy policy", "terms of use", "datenschutzerklärung",
    "contributed to this report",
  ]

  /// Words of offers to subscribe that news about contracts has, too, with a link or without: `Customers may cancel at
  /// any time, the regulator ruled.`
  private static let offerParts: [String] = [
    "cancel anytime", "cancel any time", "cancel at any time", "jederzeit kündbar", "sans engagement",
    "cancela cuando quieras", "disdici quando vuoi", "cancele quando quiser",
  ]
}
