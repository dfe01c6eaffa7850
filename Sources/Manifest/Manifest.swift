// Manifest: a publisher's plugin.toml as values: who publishes, where articles are announced, how a page is read.
// It must not know how rules are run, nor fetch anything; its only I/O is reading the file and its zone.
public import Values

/// One publisher's plugin.
public struct Manifest: Sendable {
  public var publisher: Publisher
  public var fetch: FetchPolicy
  public var sources: [Source]
  /// The rules for every page that no layout claims.
  public var article: ArticleRules
  /// The first whose conditions hold reads a page.
  public var layouts: [Layout]
  /// For publishers that rules cannot read.
  public var program: Program?
  /// The file's path as it was read.
  public var file: String
  public var login: Login?
  /// The file's text, handed to workers as it is.
  public var text: String
  /// The shared rule sets it extends, the nearest first; handed to workers too.
  public var sets: [RuleSets.File]
}

/// Who publishes; the same for every article.
public struct Publisher: Sendable, Equatable {
  /// The folder's name: lower-case letters, digits and hyphens.
  public var id: String
  public var name: String
  public var url: WebURL
  /// ISO 3166-1 alpha-2, lower case.
  public var country: String
  /// BCP 47; the default for articles that state none.
  public var language: String
  /// IANA name of the zone for dates without an offset.
  public var zone: String
  /// Hosts whose pages this plugin reads, lower case.
  public var hosts: [String]
  public var copyrightHolder: String?
  public var usageTerms: String?
}

/// How often and how gently to fetch.
public struct FetchPolicy: Sendable, Equatable {
  /// Seconds; the schedule stays between the two.
  public var minInterval = 300
  public var maxInterval = 7200
  /// Transfers at once to the publisher's rate group; nil for the configuration's.
  public var concurrency: Int?
  /// Seconds between two requests to the group; nil for the configuration's.
  public var gap: Double?
  /// Extra request headers.
  public var headers: [(name: String, value: String)] = []
  /// Whether robots.txt decides on pages; only the operator's own sites have a reason to say no.
  public var respectRobots = true
  /// Ages in seconds at which an article's page is looked at again; nil for the configuration's.
  public var revisit: [Int]?
  /// Whether an article whose page answers 404 or 410 later is published as canceled.
  public var publishesWithdrawals = false
  /// What counts together for politeness.
  public var group = Group.domain
  /// nil for the configuration's choice.
  public var http2: Bool?
  /// Cookies that are sent to the publisher's hosts: a consent, an edition. No secrets: anyone may read the file.
  public var cookies: [(name: String, value: String)] = []
  /// Whether cookies are kept from one hop of a redirect to the next, for sites that set one and lead back.
  public var keepsCookies = false
  /// Seconds after which the whole list is asked for in spite of validators; 0 for never, nil for the usual time.
  public var wholeEvery: Int?

  public enum Group: Sendable, Equatable {
    /// The registrable domain.
    case domain
    /// The host by itself.
    case host
    /// A group of this name, which other plugins may share.
    case named(String)
  }

  public static func == (a: FetchPolicy, b: FetchPolicy) -> Bool {
    a.minInterval == b.minInterval && a.maxInterval == b.maxInterval && a.concurrency == b.concurrency
      && a.gap == b.gap && a.respectRobots == b.respectRobots && a.headers.map(\.name) == b.headers.map(\.name)
      && a.headers.map(\.value) == b.headers.map(\.value) && a.revisit == b.revisit
      && a.publishesWithdrawals == b.publishesWithdrawals
      && a.group == b.group && a.http2 == b.http2
      && a.cookies.map(\.name) == b.cookies.map(\.name) && a.cookies.map(\.value) == b.cookies.map(\.value)
      && a.keepsCookies == b.keepsCookies && a.wholeEvery == b.wholeEvery
  }
}

/// A place where articles are announced.
public struct Source: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case rss, atom, sitemap, html
    /// A home page: the feed that it names is found and read.
    case auto
    case jsonFeed = "json-feed"
    case newsSitemap = "news-sitemap"
    /// Read by the plugin's program.
    case program
  }

  /// `<publisher>/<kind>` and a number when there are several of one kind; stable as long as the file's order is.
  public var id: String
  public var kind: Kind
  /// As written; of an address with a date in it, that of some day.
  public var url: WebURL
  /// Set when the address holds the date.
  public var template: AddressTemplate?
  /// Section of the articles found here, when the page states none.
  public var section: String?
  /// Regular expression that item addresses must contain.
  public var keep: String?
  /// Regular expression that item addresses must not contain.
  public var drop: String?
  /// Regular expression that the addresses of an index's sitemaps must contain.
  public var sitemapKeep: String?
  /// Regular expression that the addresses of an index's sitemaps must not contain.
  public var sitemapDrop: String?
  /// For `html`: the links that are items.
  public var select: Expression?
  /// nil for the plugin's choice.
  public var http2: Bool?
  /// Pages of the feed's archive that are read after the first contact (RFC 5005).
  public var history = 0
  /// Whether a hub that the feed names may push (WebSub), where the operator has switched pushes on.
  public var push = true

  /// The address by which the source is known and remembered.
  public var address: String { template?.text ?? url.description }

  /// Where the source is found at that time, by a clock `offset` seconds east of UTC.
  public func url(at time: Timestamp, offset: Int32) -> WebURL {
    guard let template else { return url }
    return template.url(on: CivilTime(localSeconds: time.seconds + Int64(offset))) ?? url
  }
}
