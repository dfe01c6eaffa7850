// Extraction: one page becomes one article: a publisher's rules first, a generic reading for whatever they leave open.
// It must not know where pages come from or where articles go; it reads no file but the zone named by a manifest.
public import Articles
public import Dates
public import Manifest
import Markup
public import Values

/// Why a page gives no article.
public struct ExtractionError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Reason: String, Sendable {
    /// The bytes are no page: empty, too large, no element.
    case unreadable
    /// A test for robots, shown instead of the article.
    case challenge
    /// A question for consent, shown instead of the article.
    case consent
    /// Neither a headline nor a body worth the name.
    case noArticle
  }

  public let reason: Reason
  public let detail: String

  public var description: String {
    switch reason {
    case .unreadable: "page cannot be read: \(detail)"
    case .challenge: "page is a robot check, not an article: \(detail)"
    case .consent: "page asks for consent instead of showing the article: \(detail)"
    case .noArticle: "page holds no article: \(detail)"
    }
  }
}

/// An article and how it was read.
public struct Extraction: Sendable {
  public var article: Article
  /// For each field that has a value, the rule that gave it. Beside the fields of plugin.toml there are `images` and,
  /// for the first picture that has one, `images.caption`, `images.credit` and `images.alt`.
  public var rules: [String: RuleOrigin]
  /// The share of the eight fields every article should have (headline, body, standfirst, author, published, picture,
  /// section, canonical address) that got a value, 0...1.
  public var fill: Double
  /// Fields that have rules none of which gave a value on this page, in the order of plugin.toml's reference.
  public var missed: [String]
  /// Rules that could not be run on this page; each cost its own field alone.
  public var failures: [RuleFailure]
  /// The layout whose rules were used; nil for those of `[article]`.
  public var layout: String?
}

/// Reads pages of one publisher, or of any. Holds compiled rules; belongs to one thread.
public final class PageExtractor {
  private let manifest: Manifest?
  private let plugin: CompiledPlugin?
  /// nil when each page's own place decides.
  private let zone: Zone?

  /// Compiles the rules once. A rule that does not compile is left out; checking a plugin reports it.
  /// `zone` is for processes that cannot read zone files; otherwise the manifest's is loaded. Without either, dates
  /// without an offset are read in the zone of the page's country where that has one, in UTC elsewhere.
  public init(manifest: Manifest?, zone: Zone? = nil) {
    prepareMarkup()
    self.manifest = manifest
    plugin = manifest.map { CompiledPlugin($0) }
    self.zone = zone ?? manifest.map { (try? Zone(name: $0.publisher.zone)) ?? .utc }
  }

  /// Reads one page. `url` is the address the bytes came from, after redirects; `contentType` the header's value.
  public func extract(
    _ html: [UInt8], url: WebURL, contentType: String? = nil
  ) throws(ExtractionError) -> Extraction {
    if let other = OtherDocuments.name(html) { throw ExtractionError(reason: .unreadable, detail: other) }
    let document: Document
    do {
      document = try Document(html: html, contentType: contentType)
    } catch {
      throw ExtractionError(reason: .unreadable, detail: error.description)
    }
    var page = Page(document: document, url: url)
    if let refusal = Refusal.check(page) { throw refusal }
    HeldCopy.unfold(in: document)
    page.kind = PageKind.of(page, rules: plugin?.kind ?? [])
    let (rules, layout) = plugin.map { $0.rules(for: page) } ?? (nil, nil)
    let zone = zone ?? zone(of: page)
    let house = [manifest?.publisher.name, manifest?.publisher.copyrightHolder].compactMap { $0 }
    var generic = GenericFields(page: page, zone: zone, house: house)
    var printed = PrintedFacts(generic, before: rules)
    var tookData = false
    for rule in rules?.remove ?? [] {
      for node in rule.nodes(at: document.root, in: page) where !holdsArticle(node, page) {
        if node.name == "meta" || node.name == "script" { tookData = true }
        node.remove()
      }
    }
    page.elementsHaveGone()
    if tookData {
      let earlier = page
      page = Page(document: document, url: url)
      page.kind = earlier.kind
      earlier.failures.forEach(page.note)
      generic = GenericFields(page: page, zone: zone, house: house)
      // What was taken out of the data is not to come back.
      printed = PrintedFacts()
    }
    var reading = PageReading(
      page: page, manifest: manifest, rules: rules, layout: layout, generic: generic, printed: printed)
    return try reading.read()
  }

  /// Whether a removal would take the article itself: on a page made otherwise than those the rule was written for.
  private func holdsArticle(_ node: Node, _ page: Page) -> Bool {
    guard let head = page.headlinePlace.node, node.contains(head) else { return false }
    return node.descendants(named: ["p"]).count { $0.text.utf8.count > 80 } > 2
  }

  private func zone(of page: Page) -> Zone {
    CountryZones.name(for: page).flatMap { CountryZones.loaded[$0] } ?? .utc
  }
}

/// Loads what reading pages needs of the file system: character set converters and zones. A process that is about to
/// give up files calls it before; others need not.
public func prepareExtraction() {
  prepareMarkup()
  _ = CountryZones.loaded
}
