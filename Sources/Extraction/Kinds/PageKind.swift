import Articles
import Markup
import Values

/// What kind of page this is, by the plugin's word, by its data, or by what it shows.
enum PageKind {
  static func of(_ page: Page, rules: [ValueRule]) -> Article.Kind {
    for rule in rules {
      for value in rule.values(in: page, at: page.document.root) {
        if let kind = Article.Kind(rawValue: value) { return kind }
      }
    }
    let types = page.article.map { Page.types(of: $0) } ?? []
    let all = Set(page.objects.flatMap { Page.types(of: $0) })
    if types.contains("LiveBlogPosting") || all.contains("LiveBlogPosting") { return .liveBlog }
    if looksLive(page) { return .liveBlog }
    let openGraph = page.meta.first("og:type")?.lowercased() ?? ""
    if openGraph.hasPrefix("video") { return .video }
    // An article may have a film in it, and none of the data that say so of the article.
    if types.isEmpty, all.contains("VideoObject"), openGraph != "article", !holdsText(page) { return .video }
    if types.isEmpty, all.contains("ImageGallery") { return .gallery }
    return .article
  }

  /// Whether a page has more to read than a film is described with.
  private static func holdsText(_ page: Page) -> Bool {
    let paragraphs = GenericBody(page: page).find()?.blocks.filter { $0.weight > 60 } ?? []
    return paragraphs.reduce(0) { $0 + $1.weight } > 900
  }

  /// A page that calls itself live and shows entries, each with a time of its own.
  private static func looksLive(_ page: Page) -> Bool {
    let title = page.document.root.descendants(named: ["title", "h1"]).prefix(2).map(\.text).joined(separator: " ")
    let lower = title.lowercased()
    let both = lower + " " + page.url.path.lowercased()
    // Hardly any page holds one of the words even inside another.
    let isCalled =
      liveWords.contains { both.holds($0) }
      && !Set(both.split { !$0.isLetter }.map(String.init)).isDisjoint(with: liveWords)
      || livePhrases.contains { lower.holds($0) }
    return isCalled && LiveEntries.marked(in: page.document.root).count >= 4
  }

  private static let liveWords: Set<String> = [
    "live", "liveblog", "liveticker", "ticker", "livebericht", "direktrapport", "livestream", "liveblogg", "diretta",
    "newsticker", "liverapport", "livestudio", "newsblog",
  ]
  private static let livePhrases = [
    "en direct", "en directo", "en vivo", "minuto a minuto", "ao vivo", "ao minuto", "as it happened", "in diretta",
    "live updates", "速報", "直播", "на живо", "онлайн", "na żywo", "živě", "canlı", "تغطية مباشرة",
  ]
}
