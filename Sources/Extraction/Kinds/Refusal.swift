import Markup
import Values

/// Pages that are something else than the article they were asked for: robot checks, questions for consent, errors and
/// logins. They are recognised by what they load and by what they say, in the languages of the publishers, and never by
/// a word alone: an article about captchas is an article.
enum Refusal {
  static func check(_ page: Page) -> ExtractionError? {
    guard page.article == nil, let root = page.document.element else { return nil }
    let title = (page.document.root.first(of: ["title"])?.text ?? "").lowercased()
    let callsItselfArticle = page.meta.first("og:type") == "article"
    // A short phrase may be the name of a work that an article is about.
    if !callsItselfArticle, let found = ErrorPages.wholePhrase(title: title), found.count > 13 || !runsLikeArticle(root)
    {
      return ExtractionError(reason: .noArticle, detail: "it calls itself “\(found)”")
    }
    let text = root.text
    guard text.characterCount < 6000 else { return nil }
    let lower = text.lowercased()
    // What runs like an article is one, whatever its title says.
    let prose = TextMass(root)[root]
    let isProse = runsLikeArticle(prose)

    // A short one is told by its paragraphs, or by the page's own word.
    let isText = prose.paragraphs >= 3 && prose.prose > 250
    let isArticle =
      prose.paragraphs >= 3 && prose.prose > 150
      || callsItselfArticle && page.document.root.holds(.headings)

    if let found = challengeTitles.first(where: { isCalled(title, $0) }) ?? wholeTitle(title),
      unmistakable.contains(found) && !callsItselfArticle
        || !isProse && (!isArticle || loads(challengeMarks, page) || !challengeIndex.all(in: lower).isEmpty)
    {
      return ExtractionError(reason: .challenge, detail: "its title says “\(found)”")
    }
    if text.count < 1500, !isArticle, loads(challengeMarks, page) {
      return ExtractionError(reason: .challenge, detail: "it loads a robot check")
    }
    if text.count < 1500, let found = challengeIndex.all(in: lower).min(), !isProse {
      return ExtractionError(reason: .challenge, detail: "it says “\(found)”")
    }
    if let found = consentTitles.first(where: { isCalled(title, $0) }), !isProse || asks(lower) {
      return ExtractionError(reason: .consent, detail: "its title says “\(found)”")
    }
    if !holdsArticle(page), let found = consentIndex.all(in: lower).min() {
      return ExtractionError(reason: .consent, detail: "it says “\(found)”")
    }
    let headline = root.first(of: .headings)?.text ?? lowerHeadline(root, title)
    if !isText, text.count < 3500, let found = ErrorPages.phrase(title: title, headline: headline) {
      return ExtractionError(reason: .noArticle, detail: "it calls itself “\(found)”")
    }
    if text.count < 3500, asks(lower), !holdsArticle(page) || !callsItselfArticle && isMostlyQuestion(root) {
      return ExtractionError(reason: .consent, detail: "it asks for consent to cookies and offers to accept or refuse")
    }
    return nil
  }

  /// Whether a title is a phrase: short ones, which any headline may hold, must be all there is.
  private static func isCalled(_ title: String, _ phrase: String) -> Bool {
    let bare = title.drop { !$0.isLetter && !$0.isNumber }
    return phrase.count >= 16 && !isNews(phrase)
      ? bare.holds(phrase) : bare.hasPrefix(phrase) && bare.count < phrase.count + 12
  }

  /// Security at an airport is checked too, and what it is called is as long as a title of a robot check.
  private static func isNews(_ phrase: String) -> Bool {
    phrase == "vérification de sécurité" || phrase == "verificación de seguridad"
  }

  /// The one of the titles that headlines hold as well which a title is, beside the name of a site.
  private static func wholeTitle(_ title: String) -> String? {
    ErrorPages.wholePhrase(title: title) { part in wholeTitles.first { ErrorPages.isAll(part, $0) } }
      // The name of the site is the first word.
      ?? restricted.first {
        title.hasSuffix($0) && title.split(separator: " ").count == $0.split(separator: " ").count + 1
      }
  }

  private static func runsLikeArticle(_ root: Node) -> Bool { runsLikeArticle(TextMass(root)[root]) }

  private static func runsLikeArticle(_ prose: TextMass.Mass) -> Bool { prose.paragraphs >= 4 && prose.prose > 1200 }

  /// The first headline of the second rank, or the one that the title repeats: above it may stand an invitation.
  private static func lowerHeadline(_ root: Node, _ title: String) -> String {
    let all = root.descendants(named: ["h2"]).prefix(20).map(\.text)
    return all.first { $0.count > 12 && title.hasPrefix($0.lowercased()) } ?? all.first ?? ""
  }

  /// Whether a page holds what could be an article: an element of that name, some sentences about other things, or a
  /// headline of its own.
  private static func holdsArticle(_ page: Page) -> Bool {
    let root = page.document.root
    if root.descendants(named: ["article"]).contains(where: { TextMass($0)[$0].prose > 200 }) { return true }
    let prose = proseOf(root)
    if prose.all - prose.asking > enough { return true }
    guard let head = root.descendants(named: ["h1"]).first else { return false }
    let words = head.text.lowercased()
    return words.count > 20 && !(consentWords + consentTitles).contains { words.holds($0) }
  }

  /// Whether a text speaks of cookies or of data about its readers, and gives the choice that the law wants.
  private static func asks(_ lower: String) -> Bool {
    wordIndex.all(in: lower).count >= 2 && !acceptIndex.all(in: lower).isEmpty
  }

  /// Whether most of what there is to read speaks of cookies and the like, in the box of a button to agree. Sentences
  /// outside of that are an article, which may be short, and may speak of cookies itself.
  private static func isMostlyQuestion(_ root: Node) -> Bool {
    let mass = TextMass(root)
    let buttons = root.descendants(named: ["button", "a", "input"]).filter { node in
      let label = (node.name == "input" ? node["value"] ?? "" : node.text).lowercased()
      return label.utf8.count < 60 && !acceptIndex.all(in: label).isEmpty
    }
    return !buttons.isEmpty
      && buttons.prefix(12).allSatisfy { button in
        let box = button.ancestors.prefix(12).first { !wordIndex.all(in: $0.text.lowercased()).isEmpty } ?? root
        let rest = (mass[root].prose - mass[box].prose, mass[root].paragraphs - mass[box].paragraphs)
        return rest.0 < 80 && rest.1 < 2 && proseOf(box).asking * 2 > mass[root].prose
      }
  }

  /// How much there is to read in an element, and how much of it are paragraphs that speak of cookies and the like.
  private static func proseOf(_ root: Node) -> (asking: Double, all: Double) {
    let asking = root.descendants(named: ["p", "li"]).reduce(0.0) { sum, node in
      if BodyWalker.isSilent(node) || wordIndex.all(in: node.text.lowercased()).isEmpty { return sum }
      return sum + TextMass.weight(node.text).weight
    }
    return (asking, TextMass(root)[root].prose)
  }

  /// More than a question for consent says of other things.
  private static let enough = 500.0

  private static func loads(_ marks: [String], _ page: Page) -> Bool {
    page.document.root.descendants(named: ["script", "iframe", "form", "div", "link", "img"]).prefix(400).contains {
      node in
      ["src", "id", "class", "action", "href"].contains { attribute in
        guard let value = node[attribute]?.lowercased() else { return false }
        return marks.contains { value.holds($0) }
      }
    }
  }

  private static let challengeIndex = PhraseIndex(challengeTexts)
  private static let consentIndex = PhraseIndex(consentTexts)
  private static let wordIndex = PhraseIndex(consentWords)
  private static let acceptIndex = PhraseIndex(acceptWords)

  // MARK: Robot checks

  private static let challengeTitles = [
    "just a moment", "attention required", "access denied", "access to this page has been denied", "are you a robot",
    "pardon our interruption", "robot check", "security check", "bot verification", "verify you are human",
    "ddos-guard", "please wait...", "403 forbidden", "human verification", "checking your browser",
    "you have been blocked", "request unsuccessful", "robot or human", "are you human", "verification required",
    "one more step", "captcha", "einen moment", "zugriff verweigert", "sicherheitsüberprüfung", "sind sie ein mensch",
    "bist du ein mensch", "un instant", "accès refusé", "vérification de sécurité", "êtes-vous un robot", "un momento",
    "acceso denegado", "verificación de seguridad", "un attimo", "accesso negato", "acesso negado", "um momento",
    "een ogenblik", "toegang geweigerd", "et øjeblik", "et øyeblikk", "ett ögonblick", "åtkomst nekad", "adgang nægtet",
    "ingen tilgang", "hetkinen", "pääsy estetty", "chwileczkę", "odmowa dostępu", "dostęp zabroniony", "okamžik",
    "přístup odepřen", "один момент", "вы не робот", "доступ запрещен", "доступ ограничен", "проверка браузера",
    "bir dakika", "erişim engellendi", "しばらくお待ちください", "アクセスが拒否", "ロボットではありません", "请稍候", "安全验证", "访问被拒绝", "잠시만 기다리",
    "접근이 거부", "لحظة من فضلك", "רגע אחד", "कृपया प्रतीक्षा", "vui lòng đợi", "mohon tunggu", "o clipă", "egy pillanat",
    "περιμένετε", "making sure you're not a bot", "making sure you’re not a bot",
    "your access to this site has been limited",
  ]
  /// Those that must be all there is.
  private static let wholeTitles = [
    "client challenge", "security checkpoint", "vercel security checkpoint", "website firewall",
    "sucuri website firewall", "429 too many requests", "too many requests",
  ]
  private static let restricted = ["used cloudflare to restrict access"]
  /// Those that no headline is by chance, however much stands below.
  private static let unmistakable: Set<String> = [
    "access to this page has been denied", "pardon our interruption", "making sure you're not a bot",
    "making sure you’re not a bot", "used cloudflare to restrict access", "your access to this site has been limited",
  ]
  private static let challengeTexts = [
    "verify you are human", "verify you are a human", "verify that you are human", "verifying you are human",
    "unusual traffic from your", "checking your browser before", "checking if the site connection is secure",
    "enable javascript and cookies to continue", "please enable js and disable any ad blocker", "are you a robot",
    "you're not a robot", "you’re not a robot", "you are not a robot", "you're not a bot", "you’re not a bot",
    "you are not a bot", "think you were a bot", "thought you were a bot", "protect itself from online attacks",
    "part of this site couldn’t load", "part of this site couldn't load", "banned you temporarily from accessing",
    "press & hold to confirm", "press and hold", "you have been blocked", "completing the captcha",
    "complete the captcha", "your access to this site has been", "bestätigen sie, dass sie kein roboter",
    "bestätigen sie, dass sie ein mensch", "ungewöhnlichen datenverkehr", "confirmez que vous n'êtes pas un robot",
    "vérifiez que vous êtes humain", "vérifier que vous êtes humain", "trafic inhabituel",
    "confirma que no eres un robot", "verifica que eres humano", "verifica que eres un ser humano",
    "conferma di non essere un robot", "verifica di essere umano", "confirme que não é um robô",
    "verifique se você é humano", "bevestig dat je geen robot", "verifieer dat u een mens",
    "bekreft at du ikke er en robot", "bekræft, at du er et menneske", "bekräfta att du inte är en robot",
    "potwierdź, że nie jesteś robotem", "potvrďte, že nejste robot", "подтвердите, что вы не робот",
    "отправляли вы, а не робот", "robot olmadığınızı doğrulayın", "insan olduğunuzu doğrulayın", "ロボットでないことを確認",
    "人間であることを確認", "请验证您是真人", "确认您是真人", "로봇이 아닙니다", "사람인지 확인",
  ]
  private static let challengeMarks = [
    "captcha-delivery", "cf-challenge", "challenge-platform", "px-captcha", "perimeterx", "_incapsula_",
    "challenges.cloudflare", "geo.captcha", "ddos-guard", "/_sec/cp_challenge", "sec-cpt", "aws-waf", "awswaf",
    "captcha.awswaf", "kasada", "queue-it.net",
  ]

  // MARK: Consent

  private static let consentTitles = [
    "before you continue", "your privacy choices", "cookie consent", "privacy settings", "cookie settings",
    "we value your privacy", "zustimmung", "datenschutzeinstellungen", "privatsphäre-einstellungen",
    "cookie-einstellungen", "pur-abo", "consent management", "bevor sie fortfahren", "avant d'accéder",
    "avant de continuer", "gestion des cookies", "paramètres de confidentialité", "antes de continuar",
    "configuración de privacidad", "configuración de cookies", "prima di continuare", "impostazioni sulla privacy",
    "voordat je verdergaat", "toestemming", "privacyinstellingen", "dpg media privacy gate", "samtykke", "personvern",
    "før du fortsætter", "före du fortsätter", "innan du fortsätter", "sekretessinställningar", "evästeasetukset",
    "suostumus", "zanim przejdziesz", "ustawienia prywatności", "souhlas s", "nastavení soukromí", "nastavení cookies",
    "çerez ayarları", "согласие на", "cookie-beállítások",
  ]
  private static let consentTexts = [
    "we and our partners store and/or access", "accept all cookies to continue", "before you continue to",
    "continue with consent", "mit werbung weiterlesen", "weiter mit werbung", "wir benötigen ihre zustimmung",
    "werbefrei lesen oder mit", "mit tracking und cookies", "akzeptieren und weiter", "einwilligen und weiter",
    "zustimmen und weiter", "accepter et continuer", "continuer sans accepter", "nos partenaires stockent",
    "aceptar y continuar", "nuestros socios almacen", "rechazar y suscribirse", "rechazar y pagar",
    "accetta e continua", "i nostri partner archiv", "rifiuta e abbonati", "aceitar e continuar",
    "nossos parceiros armazen", "accepteren en doorgaan", "onze partners slaan", "godta og fortsett",
    "acceptér og fortsæt", "acceptera och fortsätt", "hyväksy ja jatka", "przejdź do serwisu",
    "nasi partnerzy przechowu", "souhlasím a pokrač", "přijmout a pokračovat", "kabul et ve devam",
    "принять и продолжить",
  ]

  /// Words of which a question for consent has several.
  private static let consentWords = [
    "cookie", "consent", "privacy", "partner", "personal data", "einwilligung", "zustimmung", "datenschutz",
    "personenbezogene", "consentement", "vie privée", "données personnelles", "confidentialité", "consentimiento",
    "privacidad", "datos personales", "consenso", "dati personali", "consentimento", "dados pessoais", "toestemming",
    "persoonsgegevens", "samtykke", "personopplysninger", "personoplysninger", "samtycke", "personuppgifter", "eväste",
    "suostumus", "tietosuoja", "pliki cookie", "zgoda", "zgody", "danych osobowych", "souhlas", "osobní údaje",
    "osobních údajů", "soukromí", "çerez", "gizlilik", "файлы cookie", "конфиденциальн", "персональных данных", "süti",
    "hozzájárul", "consimțământ", "confidențialitate", "συγκατάθεση", "απορρήτου", "クッキー", "プライバシー", "同意",
    "쿠키", "개인정보",
  ]
  /// The buttons below it.
  private static let acceptWords = [
    "accept all", "reject all", "i accept", "i agree", "agree and", "manage options", "manage preferences",
    "alle akzeptieren", "akzeptieren", "alles ablehnen", "einverstanden", "zustimmen", "tout accepter", "tout refuser",
    "accepter", "j'accepte", "aceptar todo", "aceptar", "rechazar todo", "accetta tutto", "accetta", "rifiuta",
    "aceitar tudo", "aceitar", "alles accepteren", "accepteren", "akkoord", "godta alle", "godkend alle", "tillad alle",
    "acceptér", "godkänn alla", "acceptera", "hyväksy kaikki", "akceptuj", "zgadzam się", "přijmout vše", "souhlasím",
    "kabul et", "tümünü kabul", "принять все", "принять", "согласен", "elfogad", "accept toate", "acceptă", "αποδοχή",
    "同意する", "すべて同意", "全部接受", "모두 동의", "동의합니다",
  ]
}
