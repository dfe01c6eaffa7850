import Markup

/// Pages that are something else than the article they were asked for.
enum Refusal {
  static func check(_ page: Page) -> ExtractionError? {
    guard page.article == nil, let root = page.document.element else { return nil }
    let title = (page.document.root.descendants(named: ["title"]).first?.text ?? "").lowercased()
    let text = root.text
    guard text.count < 4000 else { return nil }
    let markup = page.document.root.descendants(named: ["script", "iframe", "form", "div"]).prefix(400).contains {
      node in
      for attribute in ["src", "id", "class", "action"] {
        if let value = node[attribute]?.lowercased(), challengeMarks.contains(where: { value.contains($0) }) {
          return true
        }
      }
      return false
    }
    let lower = text.lowercased()
    if let found = challengeTitles.first(where: { title.contains($0) }) {
      return ExtractionError(reason: .challenge, detail: "its title says “\(found)”")
    }
    if markup, text.count < 1500 {
      return ExtractionError(reason: .challenge, detail: "it loads a robot check")
    }
    if text.count < 1500, let found = challengeTexts.first(where: { lower.contains($0) }) {
      return ExtractionError(reason: .challenge, detail: "it says “\(found)”")
    }
    if let found = consentTitles.first(where: { title.contains($0) }) {
      return ExtractionError(reason: .consent, detail: "its title says “\(found)”")
    }
    if text.count < 2500, let found = consentTexts.first(where: { lower.contains($0) }),
      page.document.root.descendants(named: ["article", "h1"]).isEmpty
    {
      return ExtractionError(reason: .consent, detail: "it says “\(found)”")
    }
    return nil
  }

  private static let challengeTitles = [
    "just a moment", "attention required", "access denied", "access to this page has been denied", "are you a robot",
    "pardon our interruption", "robot check", "security check", "bot verification", "verify you are human",
    "ddos-guard",
    "please wait...", "403 forbidden", "human verification", "checking your browser",
  ]
  private static let challengeTexts = [
    "verify you are human", "verify you are a human", "unusual traffic from your computer",
    "checking your browser before",
    "enable javascript and cookies to continue", "please enable js and disable any ad blocker", "are you a robot",
    "press & hold to confirm", "you have been blocked", "bestätigen sie, dass sie kein roboter",
    "completing the captcha",
  ]
  private static let challengeMarks = [
    "captcha-delivery", "cf-challenge", "challenge-platform", "px-captcha", "perimeterx", "_incapsula_",
    "challenges.cloudflare",
  ]
  private static let consentTitles = [
    "before you continue", "your privacy choices", "cookie consent", "privacy settings", "zustimmung",
    "datenschutzeinstellungen",
    "pur-abo", "consent management", "bevor sie fortfahren", "avant d'accéder",
  ]
  private static let consentTexts = [
    "we and our partners store and/or access", "mit werbung weiterlesen", "weiter mit werbung",
    "accept all cookies to continue",
    "before you continue to", "accepter et continuer", "wir benötigen ihre zustimmung",
    "aceptar y continuar", "continue with consent",
  ]
}
