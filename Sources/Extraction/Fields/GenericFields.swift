import Articles
import Dates
import Markup
import Values

/// The fields of an article on any page, from JSON-LD, meta elements and the markup most publishers share.
struct GenericFields {
  let page: Page
  let zone: Zone
  /// The names the publisher goes by.
  let house: [String]
  /// The names of the site, letters and digits alone, folded.
  private(set) var sites: [String] = []
  var root: Node { page.document.root }

  init(page: Page, zone: Zone, house: [String]) {
    self.page = page
    self.zone = zone
    self.house = house
    sites = siteNames()
  }

  /// The texts at a path of the page's article object.
  func data(_ path: String) -> [String] {
    guard let article = page.article else { return [] }
    return JSONPath(path).strings(in: article, resolve: page.resolved).map(Whitespace.folded).filter { !$0.isEmpty }
  }

  // MARK: Standfirst

  /// What the page's data say the article is about, folded for comparison.
  func descriptions() -> [String] {
    func clean(_ texts: [String]) -> [String] {
      // Most pages say the same in three places.
      var seen: Set<String> = []
      return texts.filter { seen.insert($0).inserted }.map {
        Self.withoutEnd(GenericFields.withoutSite(Whitespace.folded(Self.plain($0)), sites))
      }
      .filter { $0.count > 20 }
    }
    var found = clean(
      data("description") + (page.kind == .video || page.kind == .gallery ? objectValues("description") : [])
        + [page.meta.first("og:description"), page.meta.first("description", "twitter:description")].compactMap { $0 })
    // Some systems take the words below the picture for those about the article.
    let pictureTexts = page.pictureTexts
    let ofArticle = found.filter { !pictureTexts.contains(Comparable.folded($0)) }
    if !ofArticle.isEmpty { found = ofArticle }
    guard found.contains(where: Self.isCut) else { return found }
    // What one place cuts short, another may give whole.
    let whole = (found + clean(data("alternativeHeadline") + data("abstract"))).filter { !Self.isCut($0) }
    return found.map { text in
      guard Self.isCut(text) else { return text }
      let stem = Self.without(".… ", atEnd: text)
      return whole.first { $0.count > stem.count && $0.hasPrefix(stem) } ?? text
    }
  }

  /// Whether a text breaks off.
  static func isCut(_ text: String) -> Bool { text.hasSuffix("...") || text.hasSuffix("…") }

  /// A text without the bars and dashes that stood before what was there for others.
  private static func withoutEnd(_ text: String) -> String { without("|-–— ", atEnd: text) }

  static func without(_ marks: String, atEnd text: String) -> String {
    var text = text[...]
    while let last = text.last, marks.contains(last) { text.removeLast() }
    return String(text)
  }

  /// A text out of data without the markup that some systems leave in it.
  static func plain(_ text: String) -> String {
    let decoded = Entities.decoded(text)
    return isMarkup(decoded) ? Sanitiser.text(decoded) : decoded
  }

  static func isMarkup(_ text: String) -> Bool { text.holds("</") || text.holds("<br") }

  // MARK: Dates

  func published() -> Timestamp? {
    statedPublished() ?? PrintedDate(page: page, zone: zone).find(orDay: dayInAddress())
  }

  /// What the page's data say.
  func statedPublished() -> Timestamp? {
    date(
      data("datePublished")
        + metaValues([
          "article:published_time", "article:published", "article:published:time", "og:published_time", "datepublished",
          "date", "dc.date", "dc.date.issued", "dcterms.created", "dcterms.date", "pubdate", "publishdate",
          "publish_date", "publication_date", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
          "last-modified-date", "article.published", "originalpublicationdate", "article_date_original",
          "citation_online_date", "citation_publication_date", "publish-date",
        ]) + data("dateCreated") + data("uploadDate") + objectValues("datePublished"))
  }

  func modified() -> Timestamp? {
    date(
      data("dateModified")
        + metaValues([
          "article:modified_time", "og:updated_time", "datemodified", "last-modified", "lastmod", "dcterms.modified",
          "dc.date.modified", "article:modified", "date_modified", "revised",
        ]) + objectValues("dateModified"))
  }

  private func date(_ texts: [String]) -> Timestamp? {
    for (index, text) in texts.enumerated() {
      guard let read = DateReader.read(text, zone: zone), Self.isPlausible(read.timestamp) else { continue }
      guard read.precision == .day, !read.hasZone else { return read.timestamp }
      // Another place may say when on that day.
      let day = text.trimmingSpaces
      let finer = texts[(index + 1)...].first { $0.hasPrefix(day) && $0.count > day.count }
      if let finer = finer.flatMap({ DateReader.read($0, zone: zone) }), finer.precision != .day {
        return finer.timestamp
      }
      // A mere day stays that day wherever it is read: midnight of the place would be the day before in UTC.
      return DateReader.read(text)?.timestamp ?? read.timestamp
    }
    return nil
  }

  /// Whether an article may be of that time: what systems write for an unknown date, the year 1 or the beginning of
  /// 1970, is none, nor is a time more than a year ahead.
  static func isPlausible(_ time: Timestamp) -> Bool {
    time.civil.year >= 1600 && abs(time.seconds) > 86_400
      && time.seconds < Timestamp.wallClock().seconds + 400 * 86_400
  }

  func metaValues(_ names: [String]) -> [String] { names.flatMap { page.meta[$0].prefix(1) } }
  private func objectValues(_ key: String) -> [String] { page.objects.compactMap { $0[key]?.string } }

  /// The day that the page's address names, as in `/2026/03/01/` or `/article/A202603011230`: for pages that say
  /// nothing else of their date.
  private func dayInAddress() -> String? {
    guard let match = page.url.path.firstMatch(of: Self.day) else { return nil }
    return "\(match.output.1)-\(match.output.2)-\(match.output.3)"
  }

  nonisolated(unsafe) private static let day =
    /\/[A-Za-z]{0,3}(20[0-4]\d)[\/\-]?(0[1-9]|1[0-2])[\/\-]?(0[1-9]|[12]\d|3[01])(?:\D|\d{4,}|$)/
}
