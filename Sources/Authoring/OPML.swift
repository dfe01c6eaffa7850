import Markup
public import Values

/// Lists of feeds as other readers export them (OPML 2.0), read and written.
public enum OPML {
  public struct Entry: Sendable, Equatable {
    public var title: String
    public var feed: WebURL
    /// The site's own address, where the list has it.
    public var site: WebURL?
    /// Folders around the entry, outermost first.
    public var folders: [String]
  }

  /// Feeds of one site, in the list's order.
  public struct Site: Sendable, Equatable {
    public var host: String
    public var name: String
    public var url: WebURL
    public var feeds: [Entry]
  }

  /// Bytes of a list that are read.
  public static let byteLimit = 16 << 20
  /// Entries of a list that are taken.
  public static let entryLimit = 20_000
  /// Feeds of one site that are taken.
  public static let feedsPerSite = 50

  public struct Failure: Error, Sendable, CustomStringConvertible {
    public let description: String
  }

  /// The worker's answer to an `opml` job: entries, and how many outlines are no feed.
  public static func report(_ bytes: [UInt8], contentType: String?) throws(Failure) -> JSON {
    let document: Document
    do { document = try Document(xml: bytes, contentType: contentType, limit: byteLimit) } catch {
      throw Failure(description: "not XML: \(error)")
    }
    guard let root = document.element, root.name.lowercased() == "opml" else {
      throw Failure(description: "not OPML: the outermost element is \(document.element?.name ?? "missing")")
    }
    var entries: [JSON] = []
    var others = 0
    for node in root.descendants(named: ["outline"]) {
      guard let address = node["xmlUrl"] ?? node["xmlurl"] ?? node["xmlURL"] else {
        if node.elements.isEmpty { others += 1 }
        continue
      }
      guard entries.count < entryLimit else { throw Failure(description: "more than \(entryLimit) feeds") }
      let folders = node.ancestors.reversed().filter { $0.name == "outline" }
        .compactMap { $0["text"] ?? $0["title"] }.filter { !$0.isEmpty }
      var entry = JSONObject([("feed", .string(address))])
      entry.set("title", node["title"] ?? node["text"])
      entry.set("site", node["htmlUrl"] ?? node["htmlurl"])
      entry["folders"] = .array(folders.map { .string(Whitespace.folded($0)) })
      entries.append(.object(entry))
    }
    return ["entries": .array(entries), "others": JSON(others)]
  }

  /// Entries of a worker's answer, and the addresses that are none.
  public static func entries(_ report: JSON) -> (entries: [Entry], refused: [String]) {
    var entries: [Entry] = []
    var refused: [String] = []
    var seen: Set<String> = []
    for json in report["entries"]?.array ?? [] {
      let address = json["feed"]?.string ?? ""
      guard let feed = WebURL(address), feed.userinfo == nil else {
        refused.append(WebURL(address).map { $0.description + " (it holds a password)" } ?? address)
        continue
      }
      guard seen.insert(feed.description).inserted else { continue }
      let title = Whitespace.folded(json["title"]?.string ?? "")
      entries.append(
        Entry(
          title: title.isEmpty ? feed.host : title, feed: feed,
          site: json["site"]?.string.flatMap { WebURL($0) }.flatMap { $0.userinfo == nil ? $0 : nil },
          folders: (json["folders"]?.array ?? []).compactMap(\.string)))
    }
    return (entries, refused)
  }

  /// Hosts that hold the feeds of many publishers.
  private static let shared = [
    "feedburner.com", "youtube.com", "medium.com", "reddit.com", "google.com", "github.com", "tumblr.com", "rsshub.app",
    "feedproxy.google.com", "podbean.com", "libsyn.com", "megaphone.fm", "openrss.org", "fetchrss.com", "rss.app",
  ]

  /// One site a publisher: by the site's own host, or the feed's, `www.` and the like left out. Feeds on hosts that
  /// many share stand alone.
  public static func sites(_ entries: [Entry]) -> (sites: [Site], left: [Entry]) {
    var sites: [Site] = []
    var places: [String: Int] = [:]
    var left: [Entry] = []
    for entry in entries {
      let url = entry.site ?? entry.feed
      let host = bare(url.host)
      let isShared = shared.contains { host == $0 || host.hasSuffix("." + $0) }
      let key = isShared ? entry.feed.description : host
      if let place = places[key] {
        if sites[place].feeds.count < feedsPerSite { sites[place].feeds.append(entry) } else { left.append(entry) }
      } else {
        places[key] = sites.count
        let home = entry.site ?? WebURL(entry.feed.origin + "/") ?? entry.feed
        sites.append(Site(host: isShared ? key : host, name: entry.title, url: home, feeds: [entry]))
      }
    }
    for index in sites.indices where sites[index].feeds.count > 1 {
      sites[index].name = commonName(sites[index].feeds.map(\.title)) ?? sites[index].host
    }
    return (sites, left)
  }

  private static func bare(_ host: String) -> String {
    for prefix in ["www.", "feeds.", "feed.", "rss.", "m.", "xml."]
    where host.hasPrefix(prefix) && host.filter({ $0 == "." }).count > 1 {
      return String(host.dropFirst(prefix.count))
    }
    return host
  }

  /// What the titles begin or end with: "BBC News – World" and "BBC News – UK" give "BBC News".
  static func commonName(_ titles: [String]) -> String? {
    let parts = titles.map { title in
      title.split(whereSeparator: { "|–—»:-".contains($0) }).map { Whitespace.folded(String($0)) }.filter {
        !$0.isEmpty
      }
    }
    guard let first = parts.first else { return nil }
    return first.first { part in part.count > 1 && parts.allSatisfy { $0.contains(part) } }
  }

  /// The part of a title that names the feed within its site.
  public static func section(_ entry: Entry, of site: Site) -> String? {
    guard site.feeds.count > 1 else { return nil }
    let parts = entry.title.split(whereSeparator: { "|–—»:-".contains($0) }).map { Whitespace.folded(String($0)) }
    let own = parts.filter { !$0.isEmpty && $0 != site.name }
    return own.count == 1 && own[0] != site.host && own[0] != entry.feed.host ? own[0] : nil
  }

  /// A list of publishers with their feeds.
  public static func text(
    title: String, _ publishers: [(name: String, url: String, feeds: [(title: String, url: String, kind: String)])]
  ) -> String {
    var out = """
      <?xml version="1.0" encoding="UTF-8"?>
      <opml version="2.0">
        <head>
          <title>\(Escaping.html(title))</title>
        </head>
        <body>

      """
    for publisher in publishers {
      out += "    <outline text=\"\(Escaping.html(publisher.name))\">\n"
      for feed in publisher.feeds {
        out +=
          "      <outline type=\"rss\" version=\"\(feed.kind)\" text=\"\(Escaping.html(feed.title))\" xmlUrl=\"\(Escaping.html(feed.url))\" htmlUrl=\"\(Escaping.html(publisher.url))\"/>\n"
      }
      out += "    </outline>\n"
    }
    return out + "  </body>\n</opml>\n"
  }
}
