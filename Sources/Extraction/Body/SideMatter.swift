import Markup

/// What stands beside an article, known by how its elements are called.
extension GenericBody {
  /// Whether an element is named like something that stands beside an article.
  static func looksLikeSideMatter(_ node: Node) -> Bool { node.remembering(1) { findSideMatter(node) } }

  private static func findSideMatter(_ node: Node) -> Bool {
    if node.name == "nav" || node.name == "footer" || node.name == "aside" { return true }
    if node.hasAttribute("role"), sideRoles.contains(node["role"] ?? "") {
      return true
    }
    if SubscriptionOffer.isFound(in: node) || isMachineSummary(node) { return true }
    let tokens = ClassTokens(node)
    if node.isOne(of: .articles) { return tokens.containsAny(teaserTokens) && !node.holds(.headings) }
    if node.isOne(of: .neverSide) { return false }
    // A place and an agency before the first words are part of them.
    if node.isOne(of: BodyWalker.inlineElements), tokens.containsAny(dateline), let line = node.parent,
      line.name == "p", line.text.utf8.count > node.text.utf8.count + 20
    {
      return false
    }
    if node.isOne(of: BodyWalker.inlineElements) {
      if isUnseen(node), isInitial(node) { return false }
      if tokens.containsAny(explained) { return isExplanation(node) }
    }
    // A part of the body may carry the body's name and its own: `article-body__promo`.
    if tokens.containsAny(bodyTokens) { return tokens.containsAny(partTokens) && node.count(of: plainParagraphs) < 4 }
    // One page builder makes every paragraph a widget.
    if tokens.containsAny(textWidgets) { return false }
    // Paragraphs and subheads carry names of looks more often than of purpose.
    if node.isOne(of: .looks) {
      return tokens.containsAny(strongSideTokens)
    }
    if tokens.containsAny(sideTokens) { return true }
    // One system calls a field so whose label is not shown, one calls every part of a text a widget.
    if tokens.containsAny(hiddenTokens), !tokens.containsAny(labelTokens) { return true }
    return tokens.containsAny(widgetTokens) && !readsAsProse(node)
  }

  /// Whether an element holds a paragraph or more of sentences that lead nowhere else.
  private static func readsAsProse(_ node: Node) -> Bool {
    let paragraphs = node.descendants(named: plainParagraphs).prefix(40)
    let bytes = paragraphs.reduce(0) { $0 + $1.text.utf8.count }
    let linked = paragraphs.reduce(0) { sum, paragraph in
      sum + paragraph.descendants(named: .links).reduce(0) { $0 + $1.text.utf8.count }
    }
    return bytes > 160 && linked * 3 < bytes && !node.holds(fields)
      && paragraphs.contains { BlockFilter.endsSentence($0.text) }
  }

  /// Whether an element unfolds to a summary that it says a machine made.
  private static func isMachineSummary(_ node: Node) -> Bool {
    guard node.name == "details", let label = node.first(of: unfolding)?.text.lowercased() else { return false }
    return label.contains("ai-generated") || label.contains("ai summary") || label.contains("ki-generiert")
  }

  private static let unfolding: ElementSet = ["summary"]
  private static let hiddenTokens: WordSet = ["hidden"]
  private static let labelTokens: WordSet = ["labelhidden"]
  private static let widgetTokens: WordSet = ["widget"]

  /// Whether an element is kept from those who see the page.
  static func isUnseen(_ node: Node) -> Bool { node.isNamed(in: unseen) }

  /// Whether an element is the first letter of a paragraph, or its first word, which is printed large beside it in
  /// elements that those who hear the page are spared.
  private static func isInitial(_ node: Node) -> Bool {
    guard node.parent?.name == "p" else { return false }
    let text = node.text
    guard text.utf8.count < 40, text.allSatisfy(\.isLetter) else { return false }
    var before: [String] = []
    var place = BodyWalker.beside(node, \.previousSibling)
    while let printed = place, printed.isSet("aria-hidden", to: "true"), before.count < 4 {
      before.insert(printed.text, at: 0)
      place = BodyWalker.beside(printed, \.previousSibling)
    }
    guard place == nil else { return false }
    if text.count == 1 { return true }
    let behind = BodyWalker.beside(node, \.nextSibling).map { $0.isSet("aria-hidden", to: "true") ? $0.text : "" } ?? ""
    return !before.isEmpty && text == before.joined() + behind
  }

  /// Whether an element in a line is what explains a word of it, which shows when the word is pointed at, and not the
  /// word.
  private static func isExplanation(_ node: Node) -> Bool {
    guard let line = node.parent else { return true }
    if line.isNamed(in: explained), line.isOne(of: BodyWalker.inlineElements) { return true }
    func isInLine(_ step: KeyPath<Node, Node?>) -> Bool {
      BodyWalker.beside(node, step).map { $0.isText || $0.isOne(of: BodyWalker.inlineElements) } ?? false
    }
    return node.text.utf8.count < 3 || !isInLine(\.previousSibling) && !isInLine(\.nextSibling)
  }

  private static let explained: WordSet = [
    "glossary", "glossar", "tooltip", "tooltiptext", "tooltipcontent", "tooltipbody", "tooltiptrigger", "glossaryterm",
  ]
  private static let unseen: WordSet = ["visuallyhidden", "sronly", "screenreader", "screenreadertext", "offscreen"]
  private static let plainParagraphs: ElementSet = ["p"]
  private static let partTokens: WordSet = [
    "bodypromo", "contentpromo", "textpromo", "bodyrelated", "contentrelated", "bodynewsletter", "contentnewsletter",
    "bodyad", "bodyadvert", "contentad", "contentadvert", "bodyadvertisement", "contentadvertisement", "bodyshare",
    "contentshare", "bodyteaser", "contentteaser",
    // Names of their own beside that of what they stand in: `fact-box rich-text__block`.
    "factbox", "infobox", "newsletter", "newsletterbox", "relatedarticles", "relatedcontent", "promobox",
    "teaserinline",
    "inlineteaser", "readmore", "adslot",
  ]

  /// Whether an element in a body found by rule is a box beside the text. Its name has to say so: what is called a
  /// widget, an embed or a slider may be how a system builds its texts.
  static func isBoxInBody(_ node: Node) -> Bool {
    node.name == "aside" || ClassTokens(node).containsAny(boxTokens) && looksLikeSideMatter(node)
  }

  private static let boxTokens = WordSet(boxNames)
  /// What is beside the text whatever stands in it.
  private static let boxNames = [
    "related", "relatedarticles", "relatedcontent", "relatedlinks", "relatednews", "relatedstories", "newsletter",
    "newsletters", "newsletterbox", "newsletterstyled", "promo", "promobox", "promotion", "ad", "ads", "adslot",
    "advert", "adverts", "advertisement", "advertising", "adwrapper", "adcontainer", "anzeige", "werbung",
    "publicidad", "publicite", "sponsored", "subscribe", "signup", "signupcard", "recommend", "recommended",
    "recommendation", "recommendations", "recirc", "recirculation", "readmore", "readnext", "readalso", "alsoread",
    "morestories", "morenews", "mostread", "mostpopular", "trending", "taglist", "outbrain", "taboola", "authorbio",
    "authorbox", "aboutauthor", "authorinfo", "authorcard", "writerbio", "minibio", "donate", "donation",
    "donations", "appeal", "teaser", "teasers", "teaserlist", "teaserbox", "teaserboxes", "linkteaser", "lireaussi",
    "seealso", "lesenauch", "survey", "poll",
    "quiz", "upsell", "cta", "calltoaction", "aboaktion", "abobox", "marketing", "affiliate", "infobox",
    "infoboxstyled", "factbox", "linklist", "linkbox", "boxlinks", "verwandte", "mehrzumthema", "autorenbox",
    "artigosrelacionados", "relacionadas", "relacionados", "correlati", "share", "sharing", "sharebar",
    "socialshare", "socialmedia", "videotitle", "videodescription", "videoinline", "inlinevideo", "articleaudio",
    "audiotitle", "summarybox", "articlebullets", "offerpagestyled", "topnote", "topnotes", "paywallbox",
    "paywallbanner", "regwall", "boxauthor", "autorbox", "resumen", "ficha", "glossary", "glossar",
    "boxglossary", "pollwidget", "premiumbox", "telegram", "videotitulo", "podcastembed", "podcastbox", "sieheauch",
    "factsbox", "linkcard", "googlenews", "whatsapp", "productcard",
    "bookmarkcard", "togglecard", "buttoncard", "wpblockbutton", "wpblockbuttons", "summaryitem", "comments",
    "commentlist", "videoplayer", "audioplayer", "mediaplayer", "consent",
    "optin", "tags",
  ]

  private static let textWidgets: WordSet = ["texteditor"]

  private static let teaserTokens: WordSet = ["teaser", "teasers", "teaserbox", "related", "promo", "recommended"]
  private static let dateline: WordSet = ["dateline"]

  private static let sideRoles: Set<String> = [
    "navigation", "complementary", "contentinfo", "search", "banner", "dialog", "alert",
  ]

  private static let strongSideTokens: WordSet = [
    "related", "relatedarticles", "share", "sharing", "social", "socialshare", "ad", "ads", "advert", "advertisement",
    "anzeige", "newsletter", "breadcrumb", "breadcrumbs", "navigation", "menu", "caption", "credit", "byline",
    "bylines", "timestamp", "dateline", "pubdate", "copyright", "readmore", "readalso", "alsoread", "lireaussi", "tags",
    "taglist", "visuallyhidden", "sronly", "screenreader", "screenreadertext", "pagination", "comments", "toolbar",
    "cta", "metadata", "postmeta", "entrymeta", "articlemeta", "seealso", "disclaimer", "carousel", "skip",
    "imagecaption", "captions", "infotext", "articlebullets", "keypoints", "videotitle", "gallerytitle", "authorbio",
    "promo",
  ]

  private static let sideTokens = WordSet(
    boxNames + [
      "social", "comment", "disqus", "sponsor", "sidebar", "breadcrumb", "breadcrumbs",
      "navigation", "menu", "footer", "cookie", "subscription", "login", "register", "moreon", "popular",
      "tagcloud", "toolbar", "popup", "modal", "overlay", "visuallyhidden", "sronly", "screenreader",
      "screenreadertext", "offscreen", "carousel", "slider", "disclaimer", "byline", "bylines", "timestamp",
      "dateline", "pubdate", "publishdate", "metadata", "postmeta", "entrymeta", "articlemeta", "caption", "captions",
      "credit", "copyright", "feedback", "topics", "topiclist", "abo", "embed", "tooltip", "playlist",
      "player", "podcast", "postnavigation", "pagination", "pager", "prevnext",
      "nextarticle", "correction", "corrections", "reportmistake", "themen", "kommentar", "kommentare", "empfehlungen",
      "skip", "skiplink", "shareicons", "lightbox", "backtotop", "livefeed", "ticker", "invisible",
      "contactus", "bookmark", "signin", "signingroup", "moretopic", "moretopics", "aisummary", "aiarticlesummary",
      "keypoints", "debug", "footnote", "footnotes", "authormini", "expandablebox", "peoplebox", "writerprofile",
      "authorprofile", "dropdown", "megamenu", "toolnav", "postcard", "videoblock", "audiobox",
      "videoinfo", "videosource", "authorbody", "bodypodcast", "slideshare", "scorecard", "offer", "summaryelement",
      "videoembed", "embedvideo", "writers", "quicklinks", "editorsnote",
    ])
}
