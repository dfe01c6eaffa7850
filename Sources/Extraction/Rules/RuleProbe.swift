public import Manifest
public import Markup
public import Values

/// Asks single rules what they find on a page: for the tools of plugin authors. Belongs to one thread.
public final class RuleProbe {
  /// The page as the rules see it, copy that scripts hold put in its place; nothing is removed.
  public let document: Document
  private let page: Page

  public init(_ html: [UInt8], url: WebURL, contentType: String? = nil) throws(ExtractionError) {
    do {
      document = try Document(html: html, contentType: contentType)
    } catch {
      throw ExtractionError(reason: .unreadable, detail: error.description)
    }
    HeldCopy.unfold(in: document)
    page = Page(document: document, url: url)
  }

  /// The nodes that an expression selects, attributes too; none for expressions over data.
  public func nodes(_ expression: Expression, at node: Node? = nil) -> [Node] {
    NodeRule(expression).nodes(at: node ?? document.root, in: page)
  }

  /// The values that a candidate gives, worked on as it says.
  public func values(_ candidate: Candidate, at node: Node? = nil) -> [String] {
    ValueRule(candidate).values(in: page, at: node ?? document.root)
  }

  /// How many nodes or values a candidate finds.
  public func count(_ candidate: Candidate, at node: Node? = nil) -> Int {
    max(nodes(candidate.expression, at: node).count, values(candidate, at: node).count)
  }
}

extension RuleProbe {
  /// The zone that all newsrooms of a country keep; nil for countries with several. ISO 3166-1, lower case.
  public static func zone(ofCountry country: String) -> String? { CountryZones.zone(of: country) }

  /// The values of the page's meta elements of that name.
  public func meta(_ names: String...) -> String? {
    for name in names { if let value = page.meta[name].first(where: { !$0.isEmpty }) { return value } }
    return nil
  }

  /// The page's JSON-LD objects, those that describe articles first.
  public var objects: [JSON] { page.objects }

  /// Whether the page says in its data that it is an article.
  public var isArticle: Bool { page.article != nil || page.meta["og:type"].contains("article") }

  /// Addresses in the page resolve against this.
  public var base: WebURL { page.base }
}
