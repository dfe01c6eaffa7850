import Markup
import Values

/// Boxes that end what everybody may read: an offer to subscribe, a form to sign in. Their names are also given to the
/// part of a text that is paid for, so an offer has to hold the way to it.
enum SubscriptionOffer {
  /// Whether an element is such a box: named as one, short, with a link or button that leads to an account, and without
  /// sentences such as a text has.
  static func isFound(in node: Node) -> Bool {
    guard node.isOne(of: boxes), ClassTokens(node).containsAny(names) else { return false }
    return node.remembering(3) {
      node.text.utf8.count < longest && node.descendants(named: ways).contains(where: leadsToAccount)
        && !holdsCopy(node)
        && !node.holds(.headlines)
    }
  }

  /// Whether an element holds more sentences, or longer ones, than an offer does.
  private static func holdsCopy(_ node: Node) -> Bool {
    let lines = node.descendants(named: paragraphs).map(\.text).filter {
      $0.utf8.count > 60 && BlockFilter.endsSentence($0)
    }
    return lines.count > 3 || lines.count { $0.utf8.count > longLine } > 1
      || lines.contains { $0.utf8.count > 2 * longLine }
  }

  private static func leadsToAccount(_ way: Node) -> Bool {
    let address = way["href"]?.lowercased() ?? ""
    if accounts.contains(where: { address.holds($0) }) { return true }
    let text = way.text
    guard text.utf8.count < 60 else { return false }
    let folded = Comparable.folded(text)
    return accounts.contains { folded.holds($0) } || invitations.contains { folded.holds($0) }
  }

  private static let longest = 2000
  private static let longLine = 120
  private static let boxes: ElementSet = ["div", "section", "aside"]
  private static let ways: ElementSet = ["a", "button", "input"]
  private static let paragraphs: ElementSet = ["p"]

  private static let names: WordSet = [
    "paywall", "paywalled", "paywalloverlay", "regwall", "registerwall", "registrationwall", "subscriptionwall",
    "loginwall", "paygate", "gate", "articlegate", "subscribe", "subscription", "subscriptions", "subscriptionoffer",
    "abo", "login", "signin", "signingroup", "register", "registration", "membership", "unlock",
  ]
  /// Parts of an address, and of what a button says.
  private static let accounts = [
    "subscri", "abonn", "/abo", "login", "signin", "sign-in", "signup", "sign-up", "register", "registr", "account",
    "checkout", "anmeld", "angebot", "suscri", "assin", "prenumer", "membership", "konto",
  ]
  private static let invitations = [
    "log in", "sign in", "sign up", "jetzt testen", "weiterlesen", "einloggen", "freischalten", "free trial",
    "logga in", "logg inn", "log ind", "kirjaudu", "tilaa", "accedi", "abbona", "entrar", "iniciar sesion",
    "iniciar sesión", "se connecter", "s'identifier", "zaloguj", "prihlasit", "přihlásit", "предплат", "подпис",
    "войти", "ログイン", "会員登録", "구독", "로그인",
  ]
}

extension ElementSet {
  fileprivate static let headlines: ElementSet = ["h1", "article"]
}
