import Authoring
import Feeds
import Manifest
import Service
import Values
import Workers

/// What is found out about a publisher while a plugin for it is made.
struct Survey {
  struct Article {
    var page: FetchedPage
    /// The article record that is found without rules.
    var article: JSON
    var rules: JSON
    var suggested: DraftRules
  }

  let reader: OfflineReader
  private(set) var pages: [Article] = []
  private var facts: [JSON] = []
  private var sources: [PluginDraft.Source] = []
  private var home: WebURL?
  /// Why pages that were looked at are no articles, the first page's first.
  private var refusals: [(url: WebURL, reason: String)] = []

  init(reader: OfflineReader) { self.reader = reader }

  // MARK: Pages

  private func suggest(_ page: FetchedPage) async throws -> JSON {
    try await reader.json(Job(.suggest, url: page.url, contentType: page.contentType, zone: nil, body: page.body))
  }

  /// Takes a saved article page. A page that is none ends the program with the reason.
  mutating func add(page: FetchedPage, from file: String) async throws {
    let report: JSON
    do { report = try await suggest(page) } catch { try fail("\(file): \(error)", .data) }
    facts.append(report["facts"] ?? .null)
    guard take(page, report) else {
      try fail("\(file): \(refusals.last?.reason ?? "no article is found on the page")", .data)
    }
  }

  private mutating func take(_ page: FetchedPage, _ report: JSON) -> Bool {
    guard let article = report["article"], article["body"]?.array?.isEmpty == false else {
      refusals.append((page.url, report["refusal"]?.string ?? "no text is found on it"))
      return false
    }
    pages.append(
      Article(
        page: page, article: article, rules: report["rules"] ?? [:], suggested: DraftRules(json: report["suggested"])))
    return true
  }

  /// Why there is no article, and what to do.
  var emptiness: String {
    let told = refusals.prefix(2).map { "\($0.url): \($0.reason)" }
    return "no article could be read" + (told.isEmpty ? "" : " (\(told.joined(separator: "; ")))")
      + ". Name an article's own address; or open one in a browser, save the page, and use --from-page"
  }

  // MARK: The network

  /// Looks at the home page, its feeds and sitemaps, and a few articles.
  mutating func look(from start: WebURL, _ source: PageSource, articles: Int) async throws {
    Progress.show("fetching \(start)")
    let first = try await source.page(start)
    let report: JSON
    do { report = try await suggest(first) } catch { try fail("\(start): \(error)", .data) }
    facts.append(report["facts"] ?? .null)
    var candidates: [WebURL] = []
    let isArticle = report["facts"]?["is_article"]?.bool == true && first.url.path.count > 1
    var front = report["facts"] ?? .null
    if isArticle {
      _ = take(first, report)
      if let home = WebURL(first.url.origin + "/"), let page = await optional(home, source) {
        self.home = page.url
        if let report = try? await suggest(page) {
          front = report["facts"] ?? .null
          facts.append(front)
        }
      }
    } else {
      home = first.url
      if let refusal = report["refusal"]?.string { refusals.append((first.url, refusal)) }
    }
    await findSources(front, first.url, source, &candidates)
    candidates += (front["links"]?.array ?? []).compactMap { $0.string.flatMap { WebURL($0) } }
    var seen = Set(pages.map(\.page.url.identity))
    var tries = 0
    for url in candidates where pages.count < articles && tries < articles + 4 {
      guard seen.insert(url.identity).inserted else { continue }
      tries += 1
      guard let page = await optional(url, source), let report = try? await suggest(page) else { continue }
      if take(page, report) { facts.append(report["facts"] ?? .null) }
    }
  }

  private func optional(_ url: WebURL, _ source: PageSource, asFeed: Bool = false) async -> FetchedPage? {
    Progress.show("fetching \(url)")
    do { return try await source.get(url, asFeed: asFeed) } catch {
      if !asFeed { Progress.show(""); Terminal.write("\(error)\n", to: 2) }
      return nil
    }
  }

  /// The usual places of feeds and news sitemaps, where the page names none.
  private static let feedPlaces = ["/rss.xml", "/feed/", "/rss", "/feed.xml", "/atom.xml", "/rss/news.xml"]
  private static let sitemapPlaces = [
    "/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap/news.xml", "/googlenews.xml",
  ]
  /// Feeds that a new plugin takes.
  private static let feedLimit = 8

  private mutating func findSources(
    _ front: JSON, _ start: WebURL, _ source: PageSource, _ candidates: inout [WebURL]
  ) async {
    var dated: [(url: WebURL, date: Int64)] = []
    func url(_ path: String) -> WebURL? { WebURL(path, relativeTo: start) }
    for entry in (front["feeds"]?.array ?? []).prefix(Self.feedLimit) {
      guard let url = entry["url"]?.string.flatMap({ WebURL($0) }) else { continue }
      let title = entry["title"]?.string
      await take(url, source, section: sources.isEmpty ? nil : title, &dated)
    }
    for address in (front["feed_pages"]?.array ?? []).compactMap(\.string).prefix(2)
    where sources.count < Self.feedLimit {
      await takeFeeds(listedOn: address, source, &dated)
    }
    for path in Self.feedPlaces where sources.isEmpty {
      if let url = url(path) { await take(url, source, section: nil, &dated) }
    }
    let named = await sitemapsInRobots(start, source)
    let news = named.filter { $0.path.lowercased().contains("news") }
    for address in news.prefix(2) { await take(address, source, section: nil, &dated) }
    for path in Self.sitemapPlaces where !sources.contains(where: { $0.kind == "news-sitemap" }) {
      if let url = url(path) { await take(url, source, section: nil, &dated) }
    }
    if sources.isEmpty { for address in named.prefix(1) { await take(address, source, section: nil, &dated) } }
    candidates = dated.sorted { $0.date > $1.date }.map(\.url)
  }

  /// Adds the feeds of a page that lists them, each with its words as the section.
  private mutating func takeFeeds(
    listedOn address: String, _ source: PageSource, _ dated: inout [(url: WebURL, date: Int64)]
  ) async {
    guard let url = WebURL(address), let page = await optional(url, source, asFeed: true),
      let report = try? await suggest(page)
    else { return }
    for entry in (report["facts"]?["feed_links"]?.array ?? []).prefix(Self.feedLimit * 2)
    where sources.count < Self.feedLimit {
      guard let feed = entry["url"]?.string.flatMap({ WebURL($0) }) else { continue }
      await take(feed, source, section: entry["title"]?.string, &dated)
    }
  }

  /// Sitemaps that robots.txt names (RFC 9309, section 2.2.4).
  private func sitemapsInRobots(_ start: WebURL, _ source: PageSource) async -> [WebURL] {
    guard let robots = WebURL("/robots.txt", relativeTo: start), let page = await optional(robots, source, asFeed: true)
    else { return [] }
    return String(decoding: page.body.prefix(500_000), as: UTF8.self).split(whereSeparator: \.isNewline).compactMap {
      line in
      guard line.lowercased().hasPrefix("sitemap:") else { return nil }
      return WebURL(
        line.dropFirst(8).split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "", relativeTo: start)
    }
  }

  /// Adds a source if it is a list of articles.
  private mutating func take(
    _ url: WebURL, _ source: PageSource, section: String?, _ dated: inout [(url: WebURL, date: Int64)]
  ) async {
    guard !sources.contains(where: { $0.url == url.description }), let page = await optional(url, source, asFeed: true)
    else { return }
    let job = Job(.parse(select: nil), url: page.url, contentType: page.contentType, zone: nil, body: page.body)
    guard let json = try? await reader.json(job), let feed = Feed(jsonFeed: json) else { return }
    guard !feed.items.isEmpty || !feed.sitemaps.isEmpty else { return }
    let kind =
      switch feed.kind {
      case .rss, .rdf, .cdf: "rss"
      case .atom: "atom"
      case .jsonFeed: "json-feed"
      case .newsSitemap: "news-sitemap"
      case .sitemap, .sitemapIndex: page.url.path.lowercased().contains("news") ? "news-sitemap" : "sitemap"
      case .html: "html"
      }
    sources.append(.init(kind: kind, url: page.url.description, section: section.flatMap(Self.section)))
    for item in feed.items.prefix(30) {
      if let url = item.url { dated.append((url, (item.published ?? item.modified)?.seconds ?? 0)) }
    }
  }

  /// "The Examiner – Politics" as a section: the last part, unless it only says that this is a feed.
  private static func section(_ title: String) -> String? {
    let part = title.split(whereSeparator: { "|–—»-:".contains($0) }).last.map(String.init) ?? title
    let text = part.split(separator: " ").joined(separator: " ")
    let words: Set<String> = ["rss", "feed", "atom", "rss feed", "rss 2.0", "rss2"]
    return (2...30).contains(text.count) && !words.contains(text.lowercased()) ? text : nil
  }

  // MARK: The draft

  func draft() -> PluginDraft {
    func fact(_ key: String) -> String? { facts.lazy.compactMap { $0[key]?.string }.first }
    let page = pages.first?.page.url ?? home
    let origin = page?.origin ?? "https://example.org"
    let host = page?.host ?? "example.org"
    let bare = host.hasPrefix("www.") ? String(host.dropFirst(4)) : host
    let name = fact("name") ?? bare
    var id = PluginDraft.id(from: name)
    if id.count < 2 { id = PluginDraft.id(from: bare) }
    var draft = PluginDraft(
      id: id, name: name, url: home?.description ?? origin + "/", country: fact("country") ?? "us",
      language: fact("language") ?? "en", zone: fact("zone") ?? "UTC")
    if fact("name") == nil { draft.guessed.insert("name") }
    for key in ["country", "language", "zone"] where fact(key) == nil { draft.guessed.insert(key) }
    let hosts = Set(pages.map(\.page.url.host) + [host])
    if hosts.count > 1 { draft.hosts = hosts.sorted() }
    draft.logo = fact("logo")
    draft.cms = fact("cms")
    draft.sources = sources
    if sources.isEmpty {
      // Offline: the feeds that the pages name, untried.
      var seen: Set<String> = []
      for entry in facts.flatMap({ $0["feeds"]?.array ?? [] }) {
        guard let url = entry["url"]?.string, seen.insert(url).inserted, draft.sources.count < Self.feedLimit else {
          continue
        }
        draft.sources.append(.init(kind: entry["kind"]?.string ?? "rss", url: url))
      }
    }
    draft.rules = DraftRules.merged(pages.map(\.suggested))
    if let first = pages.first {
      draft.found = Comparison.fields.compactMap { field in
        guard field != "body", field != "pictures", draft.rules[field].isEmpty else { return nil }
        let lines = Comparison.lines(of: first.article, field)
        return lines.isEmpty ? nil : (field == "canonical_url" ? "canonical" : field, lines.joined(separator: ", "))
      }
    }
    return draft
  }
}
