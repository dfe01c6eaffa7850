import Articles
import Markup
import Values

/// Where the article is, by its page's own word, and who may read it.
extension GenericFields {
  func canonical() -> String? {
    let links = root.descendants(named: ["link"]).filter { $0["rel"]?.lowercased() == "canonical" }.compactMap {
      $0["href"]
    }
    let candidates = links + page.meta["og:url"] + data("mainEntityOfPage") + data("mainEntityOfPage.@id") + data("url")
    for candidate in candidates {
      // A template that was left unfilled would give all articles one address.
      if Self.unfilled.contains(where: { candidate.holds($0) }) { continue }
      guard let url = WebURL(candidate, relativeTo: page.base), Self.isSameSite(url.host, page.url.host) else {
        continue
      }
      // A canonical address that is the home page or the article's section is a template's mistake: its articles would
      // all be one.
      if Self.isSection(url, of: page.url) { continue }
      return Self.withoutTracking(url).description
    }
    return Self.withoutTracking(page.url).description
  }

  /// Whether an address lies above a page's, as that of its section or of the home page does. It may be the article's
  /// all the same: where it has a number or a title of its own, and where the page is only another view of it, as
  /// `/story/amp` and `/story/2` are.
  static func isSection(_ url: WebURL, of page: WebURL) -> Bool {
    let url = withoutTracking(url)
    if url.path == "/" { return page.path != "/" }
    guard url.query == nil else { return false }
    let (above, whole) = (url.path.split(separator: "/"), page.path.split(separator: "/"))
    guard above.count < whole.count, whole.starts(with: above) else { return false }
    guard let last = above.last else { return true }
    return !isOwn(last) && !whole.dropFirst(above.count).allSatisfy(isView)
  }

  private static func isOwn(_ segment: Substring) -> Bool {
    let digits = segment.utf8.count(where: Digits.isDigit)
    // Four digits may be a year, whose pages are a section.
    if digits == segment.utf8.count, let number = Int(segment), number > 99, !(1900...2099).contains(number) {
      return true
    }
    return digits > 4 || segment.utf8.count { $0 == UInt8(ascii: "-") } > 3
  }

  /// `amp`, `2`, `seite-2`, `comment-page-3`, `print.html`
  private static func isView(_ segment: Substring) -> Bool {
    let words = segment.lowercased().split { $0 == "-" || $0 == "." || $0 == "_" }
    return segment.utf8.count < 24
      && words.allSatisfy { views.contains(String($0)) || $0.utf8.count <= 3 && $0.utf8.allSatisfy(Digits.isDigit) }
  }

  private static let views: Set<String> = [
    "all", "alle", "amp", "comment", "comments", "druck", "druckansicht", "drucken", "full", "galerie", "gallery",
    "htm", "html", "index", "kommentare", "komplettansicht", "mobil", "mobile", "page", "pagina", "photos", "php",
    "print", "seite", "sida", "side", "single", "strona", "video", "view",
  ]

  private static let unfilled = ["{{", "}}", "${", "<%", "%%", "[[", "[object"]

  static func isSameSite(_ a: String, _ b: String) -> Bool {
    func site(_ host: String) -> String {
      let labels = host.split(separator: ".")
      let short = labels.count > 2 && labels[labels.count - 2].count <= 3 && labels[labels.count - 1].count == 2
      return labels.suffix(short ? 3 : 2).joined(separator: ".")
    }
    return a == b || site(a) == site(b)
  }

  static func withoutTracking(_ url: WebURL) -> WebURL {
    var url = url.withoutFragment
    guard let query = url.query else { return url }
    let kept = query.split(separator: "&").filter { pair in
      let name = pair.prefix { $0 != "=" }.lowercased()
      return !trackers.contains(name) && !name.hasPrefix("utm_") && !name.hasPrefix("at_") && !name.hasPrefix("mc_")
    }
    url.query = kept.isEmpty ? nil : kept.joined(separator: "&")
    return url
  }

  private static let trackers: Set<String> = [
    "fbclid", "gclid", "dclid", "msclkid", "igshid", "twclid", "yclid", "ocid", "cmpid", "cmp", "ref", "ref_src",
    "smid", "smtyp", "ito", "xtor", "wt_mc", "wt.mc_id", "sara_ecid", "icid", "ncid", "traffic_source", "taid",
    "__twitter_impression", "amp", "outputtype", "rss", "src", "partner", "mibextid", "_ga", "spm",
  ]

  func access() -> Access? {
    for value in data("isAccessibleForFree")
      + page.objects.compactMap({ $0["isAccessibleForFree"] }).flatMap({ value in
        value.bool.map { [$0 ? "true" : "false"] } ?? value.string.map { [$0] } ?? []
      })
    {
      if let access = Self.access(value) { return access }
    }
    return page.meta.first("article:content_tier", "cxenseparse:recs:paywall", "paywall").flatMap(Self.access)
  }

  static func access(_ text: String) -> Access? {
    // Some write the value as the vocabulary's address: `http://schema.org/False`.
    let word = text.lowercased().split(separator: "/").last.map(String.init) ?? ""
    return switch word.trimmingSpaces {
    case "true", "free", "yes", "1", "open", "offen", "frei": .free
    case "metered", "registration", "registered": .metered
    case "false", "paid", "locked", "no", "0", "premium", "subscriber", "subscription", "plus", "paywall", "abo": .paid
    default: nil
    }
  }
}
