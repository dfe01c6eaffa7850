import Articles
import Extraction
import Testing
import Values

private let address = WebURL("https://www.news.example/a-story")!

private func outcome(_ page: String) -> String {
  do {
    return "article: " + (try PageExtractor(manifest: nil).extract(Array(page.utf8), url: address).article.headline)
  } catch {
    return error.reason.rawValue
  }
}

private let copy = """
  <p>The council met on Monday evening, and after four hours of debate, it decided to keep the library open all year.</p>
  <p>Its members heard from readers, from teachers, and from the two librarians who have run the house since 1998.</p>
  """

/// Pages that are shown instead of an article, as they are written in many languages, and articles that speak of the
/// same.
@Suite struct RefusalTests {
  @Test(arguments: [
    "<title>Just a moment...</title><h1>www.news.example</h1><p>Verifying you are human. This may take a few seconds.</p>",
    "<title>Attention Required! | Edge</title><h1>Sorry, you have been blocked</h1>",
    "<title>news.example</title><script src='https://geo.captcha-delivery.com/captcha.js'></script><p>Please wait</p>",
    "<title>Einen Moment bitte …</title><p>Bestätigen Sie, dass Sie ein Mensch sind.</p>",
    "<title>Un instant…</title><p>Vérifiez que vous êtes humain.</p>",
    "<title>Un momento…</title><p>Verifica que eres un ser humano.</p>",
    "<title>Chwileczkę…</title><p>Potwierdź, że nie jesteś robotem.</p>",
    "<title>Один момент…</title><p>Подтвердите, что вы не робот.</p>",
    "<title>Bir dakika lütfen</title><p>İnsan olduğunuzu doğrulayın</p>",
    "<title>请稍候…</title><p>请验证您是真人</p>",
    "<title>しばらくお待ちください...</title><p>人間であることを確認します</p>",
    "<title>잠시만 기다리십시오</title><p>로봇이 아닙니다</p>",
    // With as much to read as a short article.
    """
    <title>Attention Required! | Edge</title><h1>Sorry, you have been blocked</h1><p>You are unable to access the news, which guards itself.</p>
    <p>Why was this page shown, and what has happened here? The site uses a service that guards it against attacks, online and all day.</p>
    <p>What can be done about it? Write to the owner of the site, say what you did when this page came up, and give the number below.</p>
    """,
    // As long as an article.
    """
    <title>Making sure you&#39;re not a bot!</title><h1>Making sure you&#39;re not a bot!</h1><p>You are seeing this because the people who run this server have put a gate in front of it.</p>
    <p>The gate asks your browser for a small calculation, which costs one reader nothing and those who take whole sites a great deal.</p>
    <p>It is a compromise, and one day something better will take its place; until then, please bear with it, and with us.</p>
    """,
    """
    <title>Pardon Our Interruption</title><h1>Pardon Our Interruption</h1><p>As you were reading, something about your browser made us think you were a bot.</p>
    <ul><li>You have switched off JavaScript in your browser, or something else has.</li><li>You read faster than people read, by a wide margin.</li>
    <li>You have switched off cookies, or a program on your computer keeps them away.</li></ul>
    """,
    "<title>news.example used Cloudflare to restrict access</title><h1>Error 1020</h1><p>Access denied</p>",
    "<title>x</title><p>Um die Seite zu sehen, bestätigen Sie, dass Sie kein Roboter sind.</p>",
    "<title>Vercel Security Checkpoint</title><p>We look at your browser for a moment.</p>",
    "<title>Too Many Requests | Courier</title><p>You read faster than we can print.</p>",
    "<title>403 Forbidden</title><h1>403 Forbidden</h1><p>Access to the requested resource is not allowed here.</p>",
  ])
  func robotChecks(_ page: String) { #expect(outcome("<html><body>" + page) == "challenge") }

  @Test(arguments: [
    """
    <title>The Courier</title><h1>We value your privacy</h1><p>We and our partners store and/or access information on a
    device, such as cookies, and process personal data.</p><button>Manage options</button><button>Accept all</button>
    """,
    """
    <title>Der Kurier</title><h2>Mit Werbung weiterlesen</h2><p>Besuchen Sie uns wie gewohnt mit Werbung und Cookies. Die
    Zustimmung ist widerrufbar.</p><button>Akzeptieren und weiter</button><p>Oder im Abo ohne Tracking.</p>
    """,
    """
    <title>Le Courrier</title><p>Avec votre accord, nos partenaires et nous utilisons des cookies pour traiter des données
    personnelles.</p><button>Tout refuser</button><button>Tout accepter</button>
    """,
    """
    <title>El Correo</title><p>Con su consentimiento, nosotros y nuestros socios usamos cookies.</p><button>Aceptar</button>
    <button>Rechazar y suscribirse</button>
    """,
    """
    <title>Il Corriere</title><p>Noi e i nostri partner trattiamo i dati personali con il tuo consenso, tramite cookie.</p>
    <button>Rifiuta e abbonati</button><button>Accetta</button>
    """,
    """
    <title>De Koerier</title><p>Met jouw toestemming plaatsen wij cookies en verwerken wij persoonsgegevens.</p>
    <button>Akkoord</button>
    """,
    """
    <title>Kuriren</title><p>Med ditt samtycke använder vi cookies och behandlar personuppgifter.</p>
    <button>Godkänn alla</button>
    """,
    """
    <title>Kurier</title><p>Twoja zgoda pozwala nam używać plików: pliki cookie i przetwarzanie danych osobowych.</p>
    <button>Przejdź do serwisu</button><button>Akceptuj</button>
    """,
    """
    <title>Kurýr</title><p>S vaším souhlasem zpracováváme cookies a osobní údaje; souhlas můžete odvolat.</p>
    <button>Přijmout vše</button>
    """,
    """
    <title>Haberci</title><p>Çerez kullanıyoruz; gizlilik ve kişisel verileriniz bizim için önemli. Çerezler…</p>
    <button>Tümünü kabul et</button>
    """,
    // A choice between advertising and paying, under a headline of its own.
    """
    <title>Der Kurier</title><h1>Willkommen beim Kurier aus der Stadt</h1><p>Lesen Sie uns mit Werbung oder ohne.</p>
    <h2>Mit Werbung</h2><p>Wie gewohnt, mit Tracking; mehr dazu in der Erklärung zum Datenschutz.</p><button>Alle akzeptieren</button>
    <h2>Ohne Werbung</h2><p>Für vier Euro im Monat.</p><p>Wir und unsere Partner verwenden Cookies, um Informationen auf Ihrem
    Gerät zu speichern, und verarbeiten personenbezogene Daten, um Werbung und Inhalte zu messen.</p>
    """,
    // What is folded below its headings is nothing that the page shows.
    "<title>Courier</title><div role=dialog><h2>Cookies</h2><p>We and our partners use cookies and personal data; give your consent.</p>"
      + ["Needed", "Performance", "Functional", "Social"].map {
        "<h3><button>\($0)</button></h3><div hidden>\(copy)</div>"
      }
      .joined() + "<button>Accept all</button></div>",
  ])
  func consent(_ page: String) { #expect(outcome("<html><body>" + page) == "consent") }

  /// Pages that say the article is gone, wants a login or scripts, or that scripts are still to fill.
  @Test(arguments: [
    "<title>Courier - 404</title><main><h1>Sorry!</h1><p>Perhaps you would like to read one of these.</p>\(copy)\(copy)</main>",
    "<title>Seite nicht gefunden | Kurier</title><main><h1>Hoppla</h1>\(copy)\(copy)</main>",
    "<title>Courier</title><h1>Sorry, the page has been removed.</h1><p>It was here for a long time, and then it was not.</p>",
    "<title>Courier</title><h1>This article is no longer available</h1><p>It has been removed at the wish of an agency.</p>",
    "<title>Kurier</title><h1>Dieser Artikel ist nicht mehr verfügbar</h1><p>Er wurde aus rechtlichen Gründen entfernt.</p>",
    "<title>Courier</title><h1>Create a free account to keep reading</h1><p>It takes a minute, and costs nothing.</p>",
    "<title>Subscribe | Courier</title><h1>Subscribe to the Courier</h1><p>All there is to read, for one pound a month.</p>",
    "<title>Courier</title><h1>Your browser is not supported</h1><p>To read on, please take a newer one.</p>",
    "<title>News</title><meta name=description content='All that happens in the town, and some of what does not.'><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div>",
    "<title>News</title><div id=root></div><noscript><h1>Enable JavaScript</h1><p>You need to enable JavaScript to run this app.</p></noscript>",
  ])
  func noArticles(_ page: String) { #expect(outcome("<html><body>" + page) == "noArticle") }

  @Test(arguments: [
    (
      "<title>Access denied: how the ministry lost its keys</title><h1>Access denied: how the ministry lost its keys</h1>",
      copy
    ),
    (
      "<title>Einen Moment, bitte: der Chor singt wieder</title><h1>Einen Moment, bitte: der Chor singt wieder</h1>",
      copy
    ),
    ("<title>Un momento histórico para la ciudad</title><h1>Un momento histórico para la ciudad</h1>", copy),
    (
      "<title>What cookies know about you</title><h1>What cookies know about you, and who reads it</h1>",
      copy + "<p>A cookie banner asks for consent to personal data and privacy, and most people accept all of it.</p>"
    ),
    (
      "<title>The shop is no longer available to readers</title><h1>The shop is no longer available to readers</h1>",
      copy
    ),
    (
      "<title>Error 404: a play</title><meta property='og:type' content='article'><h1>Error 404: a play</h1>", copy
    ),
    (
      "<title>Leseherbst</title><div class=x><p>We and our partners store and/or access cookies on a device.</p><button>Accept all</button></div>",
      copy + copy + copy
    ),
    ("<title>Captcha art opens in Berlin</title><h1>Captcha art opens in Berlin</h1>", copy),
    // Short ones, on sites that have their pages guarded.
    (
      "<title>Library stays open</title><script src='https://x.edge.sdk.awswaf.com/challenge.js'></script><h1>Library stays open</h1>",
      copy + "<p>It will be read out in public, as every decision of the council is read out.</p>"
    ),
    (
      "<title>Library stays open</title><meta property='og:type' content='article'><script src='/_Incapsula_Resource?a'></script><h1>Library stays open</h1>",
      "<p>The council decided on Monday to keep the library open all year.</p>"
    ),
    (
      "<title>One more step for us</title><h1>One more step for us</h1>",
      copy + "<p>It will be read out in public, as every decision of the council is read out.</p>"
    ),
    // A sentence or two, beside what is said only when something fails.
    (
      "<title>Library stays open</title><h1>Library stays open</h1><noscript><p>Parts of the page you requested may not work.</p></noscript>",
      "<p>The council decided on Monday to keep the library open all year.</p>"
    ),
    (
      "<title>Library stays open</title><h1>Library stays open</h1><div hidden><p>Sorry, the page you were looking for does not exist.</p></div>",
      "<p>The council decided on Monday to keep the library open all year.</p>"
    ),
    (
      "<title>Library stays open</title><h1>Library stays open</h1><dialog><h2>Article not found</h2></dialog>",
      "<p>The council decided on Monday to keep the library open all year.</p>"
    ),
    (
      "<title>City site down for two hours</title><h1>City site down for two hours</h1>",
      "<p>Visitors saw “page not found” for two hours on Monday, the council said.</p>"
    ),
    // What their data say of the place that they stand in, and of who wrote them.
    (
      "<title>Library stays open</title><script type='application/ld+json'>{\"@type\": \"CollectionPage\"}</script><h1>Library stays open</h1>",
      copy
    ),
    (
      "<title>Library stays open</title><meta property='article:published_time' content='2026-03-03T10:00:00Z'><script type='application/ld+json'>{\"@type\": \"ProfilePage\"}</script><h1>Library stays open</h1>",
      copy
    ),
  ])
  func articlesThatSpeakOfIt(_ head: String, _ text: String) {
    #expect(outcome("<html><body>" + head + "<article>" + text + "</article>").hasPrefix("article: "))
  }

  /// Headlines that hold what other pages are called, above short articles and long ones.
  @Test(arguments: [
    "Meta estrena una verificación de seguridad en sus aplicaciones",
    "Nice : la vérification de sécurité passe à deux heures",
    "Gun found at airport security checkpoint",
    "Council receives too many requests for school places",
    "How the town used Cloudflare to restrict access",
    "Erreur 404 : pourquoi tant de pages disparaissent",
    "Facebook page has been removed after complaints",
    "Toy story is no longer available in shops",
  ])
  func headlinesThatHoldIt(_ headline: String) {
    let head = "<html><head><title>\(headline)</title></head><body><main><h1>\(headline)</h1>"
    // Of two paragraphs below a number, the number says more.
    for times in headline.contains("404") ? [4, 8] : [1, 4, 8] {
      #expect(outcome(head + String(repeating: copy, count: times) + "</main>") == "article: " + headline)
    }
  }

  @Test func anInvitationAboveTheHeadline() {
    let page =
      "<title>Library stays open all year</title><div><h2>Subscribe</h2></div>"
      + "<main><h2>Library stays open all year</h2>\(copy)</main>"
    #expect(outcome("<html><body>" + page) == "article: Library stays open all year")
  }

  /// A question for consent below an article, which is shorter than it, or speaks of the same.
  @Test(arguments: [
    ("Library stays open all year", copy),
    (
      "Publishers lose cookie case against regulator",
      """
      <p>Publishers may not treat silence as consent to cookies, the court ruled on Monday.</p>
      <p>The case was brought by a group for privacy, which said that partners were told of every page read.</p>
      <p>The regulator had fined three papers for cookies that were set before anybody had agreed to them.</p>
      <p>An appeal is possible, and the publishers said that they would study the ruling on consent with care.</p>
      """
    ),
  ])
  func articlesAboveAQuestion(_ headline: String, _ text: String) {
    let banners = [
      "<div id=cb><p>We use cookies.</p><button>Accept all</button></div>",
      """
      <div id=cb><h2>We value your privacy</h2>
      <p>We and our partners store cookies on your device and use them to measure how our pages are read, and by whom.</p>
      <p>With your consent we share personal data with partners who may combine it with other data that they have.</p>
      <p>You can change your consent at any time in the privacy settings, which are linked at the end of each page.</p>
      <div><button>Accept all</button><button>Manage options</button></div></div>
      """,
    ]
    for banner in banners {
      let page = "<title>\(headline)</title><article><h1>\(headline)</h1>\(text)</article>\(banner)"
      #expect(outcome("<html><body>" + page) == "article: " + headline)
    }
  }
}
