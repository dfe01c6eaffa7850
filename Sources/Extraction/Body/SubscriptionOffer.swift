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

  /// Whether an element holds more sentences, or longer ones, than an offer does, whatever elements they stand in.
  private static func holdsCopy(_ node: Node) -> Bool {
    let lines = node.descendants(named: paragraphs).map(\.text).filter {
      $0.utf8.count > 60 && BlockFilter.endsSentence($0)
    }
    return lines.count > 3 || lines.count { $0.utf8.count > longLine } > 1
      || lines.contains { $0.utf8.count > 2 * longLine } || TextMass(node)[node].prose > copy
  }

  private static func leadsToAccount(_ way: Node) -> Bool {
    let address = (way["href"] ?? "").lowercased()
    let segments = address.split { "/.?&=#".contains($0) }.map { words(in: $0) }
    if segments.contains(where: { $0.count < headline && $0.contains(where: isOfAccount) }) { return true }
    // What is called like a headline is another article, whatever words are in the link to it.
    if address.prefix(while: { $0 != "?" && $0 != "#" }).split(separator: "/").last.map({ words(in: $0).count }) ?? 0
      >= headline
    {
      return false
    }
    let text = way.text
    guard text.utf8.count < 60 else { return false }
    let folded = Comparable.folded(text)
    return words(in: folded[...]).contains(where: isOfAccount) || invitations.contains { folded.holds($0) }
  }

  /// The words of a part of an address, or of a label.
  private static func words(in part: Substring) -> [Substring] {
    part.replacing("sign-", with: "sign").replacing("log-in", with: "login")
      .split { !$0.isLetter && !$0.isNumber }
  }

  private static func isOfAccount(_ word: Substring) -> Bool {
    accounts.contains(String(word)) || stems.contains { word.hasPrefix($0) } || ends.contains { word.hasSuffix($0) }
  }

  private static let longest = 2000
  /// The weight of more running text than an offer has.
  private static let copy = 400.0
  /// As many words of an address are a headline's.
  private static let headline = 4
  private static let longLine = 120
  private static let boxes: ElementSet = ["div", "section", "aside"]
  private static let ways: ElementSet = ["a", "button", "input"]
  private static let paragraphs: ElementSet = ["p"]

  private static let names: WordSet = [
    "paywall", "paywalled", "paywalloverlay", "regwall", "registerwall", "registrationwall", "subscriptionwall",
    "loginwall", "paygate", "gate", "articlegate", "subscribe", "subscription", "subscriptions", "subscriptionoffer",
    "abo", "login", "signin", "signingroup", "register", "registration", "membership", "unlock",
  ]
  /// Words in an address, and of what a button says: whole ones, beginnings, and ends. No word holds them by chance,
  /// as `assassination` holds the beginning of `assine`.
  private static let accounts: Set<String> = [
    "abo", "abos", "digitalabo", "probeabo", "plusabo", "account", "accounts", "myaccount", "membership",
  ]
  private static let stems = [
    "subscri", "abonn", "aboshop", "login", "signin", "signup", "regist", "checkout", "anmeld", "angebot", "suscri",
    "assin", "prenumer", "konto",
  ]
  private static let ends = ["login", "konto", "anmeldung", "angebot"]
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
