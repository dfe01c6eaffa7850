import Extraction
import Manifest
import Markup
import Values

/// What a page says of its publisher: name, language, country, zone, logo, feeds, content management system, and the
/// links that may be articles.
struct PageFacts {
  private let probe: RuleProbe
  private let url: WebURL
  private let record: JSON

  init(probe: RuleProbe, url: WebURL, record: JSON) {
    self.probe = probe
    self.url = url
    self.record = record
  }

  private var root: Node { probe.document.root }

  var json: JSON {
    var json = JSONObject()
    json.set("name", name)
    json.set("language", language)
    json.set("country", country)
    json.set("zone", zone)
    json.set("logo", logo)
    json.set("cms", cms)
    json["is_article"] = .bool(probe.isArticle)
    json["feeds"] = .array(feeds)
    json["feed_pages"] = .array(feedPages.map { .string($0) })
    json["feed_links"] = .array(feedLinks)
    json["links"] = .array(links.map { .string($0) })
    return .object(json)
  }

  private var name: String? {
    if let name = probe.meta("og:site_name"), let plain = Self.plain(name, host: url.host) { return plain }
    for object in probe.objects {
      let publisher = object["publisher"]
      if let name = publisher?["name"]?.string ?? publisher?[0]?["name"]?.string,
        let plain = Self.plain(name, host: url.host)
      {
        return plain
      }
    }
    if let name = probe.meta("application-name", "apple-mobile-web-app-title", "twitter:app:name:iphone"),
      let plain = Self.plain(name, host: url.host)
    {
      return plain
    }
    // The end of the title, unless it is another part of the headline; a name that is an address where that says less.
    let title = root.descendants(named: ["title"]).first?.text ?? ""
    let headline = Whitespace.folded(record["headline"]?.string ?? "")
    let tail = title.split(whereSeparator: { "|–—-".contains($0) }).last.map(String.init)?.trimmed
    let end = tail.flatMap {
      $0.count < title.count && (2...40).contains($0.count) && !headline.contains($0) ? $0 : nil
    }
    if let end, url.host.contains(end.lowercased().filter { !$0.isWhitespace }) { return end }
    let stated = probe.meta("og:site_name").map { Whitespace.folded($0) }
    if let stated, WebURL(stated) == nil, !stated.hasPrefix("www."), stated.contains(".") { return stated }
    return end
  }

  /// `www.example.org`, `https://example.org/` or `example.org` as a name says nothing that the address does not. What
  /// has capitals of its own, such as elDiario.es, is a name.
  private static func plain(_ name: String, host: String) -> String? {
    let text = Whitespace.folded(name)
    guard (2...60).contains(text.count), WebURL(text) == nil, text.lowercased() != host else { return nil }
    return text == host || "www." + text == host ? nil : text
  }

  private var language: String? {
    let stated =
      probe.document.element?["lang"] ?? probe.document.element?["xml:lang"] ?? record["language"]?.string
      ?? probe.meta("og:locale")
    guard let stated else { return nil }
    let parts = stated.split(whereSeparator: { $0 == "-" || $0 == "_" }).map(String.init)
    guard let first = parts.first, (2...3).contains(first.count) else { return nil }
    guard parts.count > 1, let last = parts.last, last.count == 2 else { return first.lowercased() }
    return "\(first.lowercased())-\(last.uppercased())"
  }

  private static let languageCountries = [
    "de": "de", "fr": "fr", "it": "it", "ja": "jp", "ko": "kr", "da": "dk", "sv": "se", "nb": "no", "no": "no",
    "nn": "no",
    "nl": "nl", "pl": "pl", "cs": "cz", "tr": "tr", "vi": "vn", "ru": "ru", "uk": "ua", "he": "il", "is": "is",
    "hu": "hu",
    "fi": "fi", "el": "gr", "id": "id", "th": "th", "hi": "in", "zu": "za", "xh": "za", "af": "za", "kl": "gl",
    "lb": "lu",
    "es": "es", "pt": "pt", "zh": "cn", "ms": "my", "ro": "ro", "bg": "bg", "sk": "sk", "sl": "si", "hr": "hr",
    "et": "ee",
  ]

  /// By the host's last label, then the region of the language, then the language.
  private var country: String? {
    let label = url.host.split(separator: ".").last.map { String($0).lowercased() } ?? ""
    let generic: Set<String> = ["co", "io", "tv", "me", "eu", "ai", "fm", "ly", "to", "cc", "gg", "is"]
    if label == "uk" { return "gb" }
    if Countries.isCode(label), !generic.contains(label) || label == "is" && language?.hasPrefix("is") == true {
      return label
    }
    let parts = language?.split(separator: "-").map(String.init) ?? []
    if parts.count > 1 { return parts[1].lowercased() }
    if let locale = probe.meta("og:locale")?.split(whereSeparator: { $0 == "_" || $0 == "-" }).last, locale.count == 2 {
      let code = locale.lowercased()
      if code != parts.first { return code }
    }
    return parts.first.flatMap { Self.languageCountries[$0] }
  }

  /// Countries with several zones: the one that a date of the page agrees with, hours from UTC in winter and summer.
  private static let several: [String: [(zone: String, offsets: Set<Int>)]] = [
    "us": [
      ("America/New_York", [-5, -4]), ("America/Chicago", [-6]), ("America/Los_Angeles", [-8]),
      ("America/Denver", [-7]),
    ],
    "ca": [("America/Toronto", [-5, -4]), ("America/Winnipeg", [-6]), ("America/Vancouver", [-8, -7])],
    "au": [("Australia/Sydney", [10, 11]), ("Australia/Perth", [8]), ("Australia/Adelaide", [9])],
    "br": [("America/Sao_Paulo", [-3, -2])], "mx": [("America/Mexico_City", [-6, -5])],
    "ru": [("Europe/Moscow", [3])], "es": [("Europe/Madrid", [1, 2])], "pt": [("Europe/Lisbon", [0, 1])],
    "cl": [("America/Santiago", [-4, -3])], "ar": [("America/Argentina/Buenos_Aires", [-3])],
    "id": [("Asia/Jakarta", [7])], "gl": [("America/Nuuk", [-3, -2])],
  ]

  private var zone: String? {
    guard let country else { return nil }
    if let zone = RuleProbe.zone(ofCountry: country) { return zone }
    guard let zones = Self.several[country] else { return nil }
    let dates = [record["published"]?.string, record["modified"]?.string].compactMap { $0 }
    let offsets = dates.compactMap { Timestamp(rfc3339: $0)?.offset }.map { Int($0) / 3600 }
    for offset in offsets { if let found = zones.first(where: { $0.offsets.contains(offset) }) { return found.zone } }
    return zones.count == 1 ? zones[0].zone : nil
  }

  private var logo: String? {
    for object in probe.objects {
      let logo =
        object["publisher"]?["logo"] ?? (object["@type"]?.string == "NewsMediaOrganization" ? object["logo"] : nil)
      if let address = logo?["url"]?.string ?? logo?.string, let url = WebURL(address, relativeTo: probe.base) {
        return url.description
      }
    }
    let icon = root.descendants(named: ["link"]).first { ($0["rel"] ?? "").lowercased().contains("apple-touch-icon") }
    return icon?["href"].flatMap { WebURL($0, relativeTo: probe.base) }?.description
  }

  private static let systems: [(String, [String])] = [
    ("WordPress", ["/wp-content/", "/wp-includes/"]),
    ("Drupal", ["/sites/default/files", "Drupal.settings", "drupal-settings-json"]),
    ("Arc XP", ["fusion-app", "Fusion.globalContent", "arc-cdn", "/pf/resources/"]),
    ("Next.js", ["__NEXT_DATA__", "self.__next_f"]),
    ("Nuxt", ["__NUXT__", "__NUXT_DATA__"]), ("Brightspot", ["brightspot"]), ("Blox", ["tncms-"]),
    ("Ghost", ["ghost-url", "content=\"Ghost"]),
    ("Joomla", ["/media/jui/", "com_content"]), ("TYPO3", ["typo3temp", "typo3conf"]), ("Sophora", ["sophora"]),
    ("Escenic", ["escenic"]), ("Methode", ["/rf/image_"]), ("CUE", ["cue-web"]),
    ("Livingdocs", ["livingdocs", "li-doc"]),
  ]

  private var cms: String? {
    if let generator = probe.meta("generator") {
      let name = generator.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? generator
      if name.count > 2 { return name }
    }
    var text = ""
    for node in root.descendants(named: ["script", "link", "img", "div"]).prefix(600) {
      for (name, value) in node.attributes where ["src", "href", "id", "class"].contains(name) {
        text += value.prefix(200) + " "
      }
      if node.name == "script" { text += node.rawText.prefix(300) + " " }
    }
    return Self.systems.first { system in system.1.contains { text.contains($0) } }?.0
  }

  /// Feeds that the page names (RSS autodiscovery), comment feeds left out.
  private var feeds: [JSON] {
    var seen: Set<String> = []
    return root.descendants(named: ["link"]).compactMap { node in
      guard (node["rel"] ?? "").lowercased().contains("alternate"), let type = node["type"]?.lowercased(),
        let kind = type.contains("rss")
          ? "rss" : type.contains("atom") ? "atom" : type.contains("feed+json") ? "json-feed" : nil,
        let url = node["href"].flatMap({ WebURL($0, relativeTo: probe.base) }), !url.path.contains("comment"),
        !url.path.contains("/wp-json/"), seen.insert(url.description).inserted
      else { return nil }
      var feed = JSONObject([("kind", .string(kind)), ("url", .string(url.description))])
      feed.set("title", node["title"])
      return .object(feed)
    }
  }

  /// Pages that list feeds: links named RSS.
  private var feedPages: [String] {
    root.descendants(named: ["a"]).compactMap { node in
      guard let url = node["href"].flatMap({ WebURL($0, relativeTo: probe.base) }), url.host == self.url.host else {
        return nil
      }
      let path = url.path.lowercased()
      return path.hasSuffix("/rss") || path.hasSuffix("/rss/") || path.hasSuffix("/feeds") || path.contains("rss-feed")
        || path.hasSuffix("rss.html") ? url.description : nil
    }
  }

  /// Links to what looks like a feed, with their words: a page that lists feeds names the sections so.
  private var feedLinks: [JSON] {
    var seen: Set<String> = []
    return root.descendants(named: ["a"]).compactMap { node in
      guard let url = node["href"].flatMap({ WebURL($0, relativeTo: probe.base) }),
        Self.site(url.host).hasSuffix(Self.site(self.url.host))
      else { return nil }
      let path = url.path.lowercased()
      let isFeed =
        [".xml", ".rss", ".atom", ".rdf", "/feed", "/feed/", "/rss", "/rss/"].contains { path.hasSuffix($0) }
        || path.contains("/rss/") || path.contains("/feeds/")
      let isOther = path.contains("comment") || path.contains("sitemap") || url.description == self.url.description
      guard isFeed, !isOther, seen.insert(url.description).inserted else { return nil }
      return ["url": .string(url.description), "title": .string(Whitespace.folded(node.text))]
    }
  }

  /// Links of the same site whose text reads like a headline and whose path like an article's.
  private var links: [String] {
    var seen: Set<String> = []
    var found: [(url: String, score: Int)] = []
    for node in root.descendants(named: ["a"]).prefix(4000) {
      guard let url = node["href"].flatMap({ WebURL($0, relativeTo: probe.base)?.withoutFragment }),
        Self.site(url.host) == Self.site(self.url.host)
      else { continue }
      let text = node.text
      let last = url.path.split(separator: "/").last.map(String.init) ?? ""
      let words = last.split(whereSeparator: { $0 == "-" || $0 == "_" }).count
      var score = 0
      if text.count >= 25 { score += 2 }
      if words >= 4 { score += 2 }
      if last.filter(\.isNumber).count >= 4 { score += 1 }
      if node.ancestors.contains(where: { $0.name == "article" || $0.name == "h2" || $0.name == "h3" }) { score += 1 }
      if node.ancestors.contains(where: { ["nav", "footer"].contains($0.name) }) { score -= 3 }
      if score >= 3, seen.insert(url.description).inserted { found.append((url.description, score)) }
    }
    return Array(found.sorted { $0.score > $1.score }.map(\.url).prefix(20))
  }

  private static func site(_ host: String) -> Substring { host.hasPrefix("www.") ? host.dropFirst(4) : host[...] }
}

extension String {
  fileprivate var trimmed: String { Whitespace.folded(self) }
}
