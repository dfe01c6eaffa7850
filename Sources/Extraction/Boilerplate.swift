/// Sentences that publishers put between and after paragraphs, in the languages they do it in.
enum Boilerplate {
  /// Whether a text (folded for comparison) is an invitation or a remark rather than part of an article.
  static func matches(_ folded: String) -> Bool {
    starts.contains { folded.hasPrefix($0) } || parts.contains { folded.contains($0) } || whole.contains(folded)
  }

  private static let whole: Set<String> = [
    "advertisement", "advertising", "anzeige", "werbung", "publicidad", "publicité", "pubblicità", "publicidade",
    "reklame", "annonse", "annonce", "annons", "reklama", "reclame", "广告", "広告", "share", "teilen", "share this",
    "share this article", "share this story", "loading", "loading...", "weiterlesen", "read more", "more", "comments",
    "kommentare", "story continues below", "article continues below", "copy link", "link copied", "print", "tags",
    "sponsored", "recommended", "related", "related stories", "related articles", "watch", "listen", "subscribe",
    "facebook", "twitter", "whatsapp", "e-mail", "email", "drucken", "mehr zum thema", "lesen sie auch", "lire aussi",
    "(adsbygoogle = window.adsbygoogle || []).push({});", "topics", "themen", "you may also like", "follow us",
    "continue reading", "advertisement - scroll to continue", "article continues after advertisement", "report ad",
    "- advertisement -", "story continues", "skip", "close", "schließen", "merken", "vorlesen", "feedback", "top",
  ]

  private static let starts: [String] = [
    "read more:", "read more on", "read also", "also read", "read next", "more on this", "more:", "related:",
    "related article", "see also:", "see more:", "watch:", "don't miss", "recommended:", "click here", "sign up",
    "subscribe to",
    "subscribe now", "follow us", "follow the", "like us on", "join our", "join us on", "get the latest", "get our",
    "download our", "download the app", "story continues below", "article continues below", "the post ", "copyright ©",
    "© ", "(c) ", "all rights reserved", "this article was originally", "this story was originally", "have a story",
    "do you have a story", "got a story", "got a tip", "send us", "contact us", "for more stories", "for the latest",
    "to read more",
    "support our", "already a subscriber", "you must be logged", "please log in", "to comment", "view comments",
    "lesen sie auch", "lesen sie hier", "lesen sie dazu", "lesen sie mehr", "lesen sie jetzt", "auch interessant",
    "mehr zum thema",
    "mehr dazu", "mehr lesen", "hier lesen sie", "zum thema:", "weiterlesen:", "jetzt lesen", "abonnieren sie",
    "melden sie sich",
    "newsletter", "folgen sie", "folge uns", "empfohlener externer inhalt", "externer inhalt",
    "an dieser stelle finden sie",
    "dieser artikel erschien", "dieser text erschien", "dieser inhalt", "alle rechte", "sie haben einen fehler",
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
    "lea más", "あわせて読みたい", "関連記事", "【関連記事】", "【関連】", "相关阅读", "延伸阅读", "相關新聞", "▶", "►", "►►", ">>", "→",
    "photograph:", "image:", "picture:", "soma pia", "lesen sie weiter", "lesen sie ebenfalls", "lies auch",
    "mehr news",
    "mehr nachrichten", "mehr aus", "more from", "top stories", "latest news", "most read", "trending",
  ]

  private static let parts: [String] = [
    "subscribe to our", "sign up to our", "sign up for our", "sign up for the", "subscribe to the", "our newsletter",
    "join our whatsapp",
    "whatsapp-kanal", "whatsapp channel", "whatsapp community", "this material may not be published",
    "all rights reserved",
    "may earn a commission", "affiliate commission", "affiliate link", "affiliate-link", "follow us on",
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
    "externen inhalt", "externe inhalte", "javascript is disabled", "無断転載", "loading-",
  ]
}
