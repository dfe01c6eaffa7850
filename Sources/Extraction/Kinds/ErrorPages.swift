import Markup
import Values

/// Pages that answer 200 and say that there is nothing to see: the article is gone, the site is being mended, or it
/// wants a login, no blocker of advertisements, another country. Known by their title or headline in the languages of
/// the publishers.
enum ErrorPages {
  /// What the page says of itself, if that is one of the phrases and hardly more.
  static func phrase(title: String, headline: String) -> String? {
    let parts = [title, headline].flatMap { $0.lowercased().split(separator: separators) }
    for part in parts.prefix(8) {
      let bare = String(part.drop { !$0.isLetter && !$0.isNumber }).replacing("’", with: "'")[...]
      if let found = (gone + refused).first(where: { isCalled(bare, $0) })
        ?? (broken + closed).first(where: { isAll(bare, $0) }) ?? takenAway(bare)
      {
        return found
      }
    }
    return nil
  }

  /// What a page calls itself in its title, if that is one of the phrases for what is gone and nothing else but the
  /// name of a site. Below it such pages offer other articles to read.
  static func wholePhrase(title: String) -> String? {
    wholePhrase(title: title) { part in gone.first { isAll(part, $0) } ?? takenAway(part) }
  }

  /// What is found in a part of a title, if all others are as short as the name of a site is: `Erreur 404 : pourquoi
  /// tant de pages disparaissent` is a headline.
  static func wholePhrase(title: String, find: (Substring) -> String?) -> String? {
    var found: String?
    for part in title.lowercased().split(separator: separators) {
      let bare = String(part.drop { !$0.isLetter && !$0.isNumber }).replacing("’", with: "'")[...]
      if let phrase = find(bare) {
        found = found ?? phrase
      } else if bare.split(separator: " ").count > 4 {
        return nil
      }
    }
    return found
  }

  /// The phrase for what was taken away that a text is, this or that article before it left aside.
  private static func takenAway(_ text: Substring) -> String? {
    var words = text.split(separator: " ")
    while let first = words.first, openers.contains(first.prefix { $0 != "," }) { words.removeFirst() }
    var rest = words.joined(separator: " ")[...]
    if rest.hasPrefix("l'") { rest = rest.dropFirst(2) }
    return withdrawn.first { isAll(rest, $0) }
  }

  nonisolated(unsafe) private static let separators = /\s+[|–—\-·•»:]\s+/

  /// Long phrases may stand anywhere in a title; short ones must be all there is.
  private static func isCalled(_ text: Substring, _ phrase: String) -> Bool {
    phrase.count >= 14 && text.count < 120 ? text.holds(phrase) : isAll(text, phrase)
  }

  /// Whether a title is a phrase and nothing more: what is broken or closed is news too, as in
  /// `Bridge under maintenance`.
  static func isAll(_ text: Substring, _ phrase: String) -> Bool {
    text.hasPrefix(phrase) && text.dropFirst(phrase.count).allSatisfy { !$0.isLetter && !$0.isNumber }
  }

  private static let gone = [
    "404", "410", "error 404", "404 error", "404 not found", "410 gone", "not found", "page not found",
    "page unavailable", "page can't be found", "page cannot be found", "page could not be found",
    "page you are looking for", "page isn't available", "page doesn't exist", "page does not exist",
    "article not found", "story not found", "seite nicht gefunden", "seite wurde nicht gefunden",
    "seite existiert nicht", "seite konnte nicht gefunden", "fehler 404", "artikel nicht gefunden", "nicht gefunden",
    "page introuvable", "page est introuvable", "page non trouvée", "erreur 404", "página no encontrada",
    "página no existe", "no encontrado", "pagina non trovata", "errore 404", "página não encontrada", "erro 404",
    "pagina niet gevonden", "siden blev ikke fundet", "siden findes ikke", "siden finnes ikke", "fant ikke siden",
    "sidan kunde inte hittas", "sidan finns inte", "sivua ei löyt", "sivua ei löydy", "strona nie istnieje",
    "nie znaleziono strony", "strona nie została znaleziona", "stránka nenalezena", "stránka neexistuje",
    "stránka nebola nájdená", "страница не найдена", "ошибка 404", "сторінку не знайдено", "страницата не е намерена",
    "stranica nije pronađena", "sayfa bulunamadı", "az oldal nem található", "pagina nu a fost găsită",
    "η σελίδα δεν βρέθηκε", "puslapis nerastas", "lapa nav atrasta", "lehte ei leitud", "síða fannst ekki",
    "ページが見つかりません", "お探しのページ", "ページは存在しません", "页面不存在", "找不到页面", "找不到網頁", "頁面不存在", "페이지를 찾을 수 없습니다", "الصفحة غير موجودة",
    "הדף לא נמצא", "पृष्ठ नहीं मिला", "halaman tidak ditemukan", "không tìm thấy trang", "ไม่พบหน้า",
    "掲載期間が終了", "掲載を終了", "記事は削除", "삭제된 기사", "기사를 찾을 수 없", "文章不存在", "内容已删除",
  ]

  /// What is said of an article or a page that is gone, and of much else in the news.
  private static let withdrawn = [
    "article is no longer available", "story is no longer available", "page is no longer available",
    "content is no longer available", "article no longer available", "page no longer available",
    "article has been removed", "story has been removed", "page has been removed", "page isn't here",
    "artikel ist nicht mehr verfügbar", "artikel nicht mehr verfügbar", "inhalt ist nicht mehr verfügbar",
    "inhalt nicht mehr verfügbar", "seite ist nicht mehr verfügbar", "seite nicht mehr verfügbar",
    "article n'est plus disponible", "contenu n'est plus disponible", "page n'est plus disponible",
    "artículo ya no está disponible", "contenido ya no está disponible", "página ya no está disponible",
    "articolo non è più disponibile", "contenuto non è più disponibile", "pagina non è più disponibile",
    "artigo já não está disponível", "conteúdo não está mais disponível", "página não está mais disponível",
    "artikel is niet meer beschikbaar", "pagina is niet meer beschikbaar", "artiklen er ikke længere tilgængelig",
    "artikkelen er ikke lenger tilgjengelig", "artikeln är inte längre tillgänglig", "artikuł jest niedostępny",
  ]
  /// Words before one of those, which say no more than it does.
  private static let openers: Set<Substring> = [
    "sorry", "this", "the", "dieser", "diese", "der", "die", "cet", "cette", "le", "la", "este", "esta", "el",
    "questo", "questa", "o", "a", "dit", "deze", "het", "de", "denne", "den", "ten",
  ]

  private static let broken = [
    "500 internal server error", "internal server error", "502 bad gateway", "bad gateway", "503 service unavailable",
    "service unavailable", "504 gateway time", "gateway timeout", "an error occurred", "something went wrong",
    "we'll be back soon", "we’ll be back soon", "we will be back soon", "be right back", "down for maintenance",
    "under maintenance", "scheduled maintenance", "wartungsarbeiten", "wartungsmodus", "site en maintenance",
    "en cours de maintenance", "sitio en mantenimiento", "sito in manutenzione", "site em manutenção",
    "przerwa techniczna", "технические работы", "メンテナンス中", "系统维护", "점검 중입니다",
  ]

  private static let closed = [
    "log in", "log in to your account", "login", "sign in", "sign in to your account", "sign in to continue",
    "log in to continue", "anmelden", "einloggen", "login erforderlich", "connexion", "se connecter", "connectez-vous",
    "connexion à votre compte", "iniciar sesión", "inicia sesión", "accedi", "accedi al tuo account", "iniciar sessão",
    "entrar", "inloggen", "logg inn", "log ind", "logga in", "kirjaudu", "kirjaudu sisään", "zaloguj się", "logowanie",
    "přihlášení", "prihlásenie", "войти", "вход", "giriş yap", "ログイン", "登录", "登錄", "로그인", "451", "451 unavailable",
    "sign up", "subscribe", "subscribe now", "create an account", "create a free account", "registrieren",
    "registrierung", "konto erstellen", "abonnieren", "jetzt abonnieren", "s'inscrire", "s'abonner", "abonnez-vous",
    "créer un compte", "regístrate", "suscríbete", "crear una cuenta", "registrati", "abbonati", "crea un account",
    "cadastre-se", "assine", "assine já", "registreren", "abonneren", "account aanmaken", "bli abonnent",
    "bliv abonnent", "zarejestruj się", "регистрация",
  ]

  private static let refused = [
    "account to keep reading", "account to continue reading", "register to keep reading",
    "register to continue reading", "subscribe to keep reading", "subscribe to continue reading",
    "sign in to continue reading", "log in to continue reading", "sign up to read this", "browser is not supported",
    "browser isn't supported", "unsupported browser", "browser wird nicht unterstützt",
    "navigateur n'est pas pris en charge", "navegador no es compatible", "browser non è supportato",
    "please enable javascript", "enable javascript to", "javascript is disabled", "javascript is required",
    "javascript ist deaktiviert", "javascript est désactivé", "javascript está desactivado",
    "you are using an ad blocker", "you're using an ad blocker", "ad blocker detected", "adblocker erkannt",
    "adblocker entdeckt", "adblock detected", "disable your ad blocker", "bloqueur de publicités",
    "bloqueador de anuncios", "unavailable due to legal reasons", "unavailable for legal reasons",
    "not available in your region", "not available in your country", "not available in your area",
    "unavailable in your region",
  ]
}
