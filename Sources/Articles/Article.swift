// Articles: the normalised article, its text and HTML forms, and its ninjs 3.1 form.
// It must not know how an article was found, fetched or extracted, nor where it goes.
public import Values

/// What a reader sees of one article, whatever the publisher's page looked like.
public struct Article: Sendable, Equatable {
  public var headline: String
  /// The short line above the headline.
  public var kicker: String?
  /// The introduction between headline and body; not repeated in the body.
  public var standfirst: String?
  /// Paragraphs, subheads, lists, quotes, tables and figures in reading order.
  public var body: [Block]
  /// The byline as printed, prefixes included.
  public var byline: String?
  public var authors: [Author]
  /// In reading order; `Block.figure` refers to them by index.
  public var pictures: [Picture]
  public var section: String?
  public var keywords: [String]
  /// The publisher's own first publication.
  public var published: Timestamp?
  /// The publisher's own last change.
  public var modified: Timestamp?
  /// BCP 47.
  public var language: String?
  public var canonicalURL: String?
  /// The feed's identifier of the article, as the feed gave it.
  public var guid: String?
  public var access: Access?
  /// True when the body is known to be shorter than the publisher's: a paywall stub, or the feed's own text.
  public var isPartial: Bool
  /// News agencies named as the source.
  public var agencies: [String]
  public var related: [Related]
  public var kind: Kind
  /// The publisher's name as the page states it; a plugin's goes before it.
  public var publisher: String?
  /// The entries of a live blog in the order of the page; empty for everything else.
  public var entries: [LiveEntry]

  public init(headline: String) {
    self.headline = headline
    body = []
    authors = []
    pictures = []
    keywords = []
    isPartial = false
    agencies = []
    related = []
    kind = .article
    entries = []
  }

  /// What kind of page the article came on.
  public enum Kind: String, Sendable, CaseIterable {
    case article, video, gallery
    /// A report that is continued while things happen, entry by entry.
    case liveBlog = "live-blog"
  }
}

/// One entry of a live blog. Where the page prints it, its text is part of the article's body too.
public struct LiveEntry: Sendable, Equatable {
  /// When it was written.
  public var published: Timestamp?
  public var headline: String?
  /// Its text, paragraphs with a blank line between them.
  public var text: String
  /// Its own address, absolute.
  public var url: String?

  public init(published: Timestamp? = nil, headline: String? = nil, text: String, url: String? = nil) {
    self.published = published
    self.headline = headline
    self.text = text
    self.url = url
  }
}

/// One of those who wrote an article.
public struct Author: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case person
    /// An agency, a desk or the newsroom as a whole.
    case organisation
  }

  public var name: String
  /// The author's page, absolute.
  public var url: String?
  public var kind: Kind

  public init(name: String, url: String? = nil, kind: Kind = .person) {
    self.name = name
    self.url = url
    self.kind = kind
  }
}

/// A picture with everything that was printed with it.
public struct Picture: Sendable, Equatable {
  /// True for pictures shown before the body begins.
  public var isLead: Bool
  /// Every size on offer, as found. Never empty.
  public var renditions: [Rendition]
  public var caption: String?
  public var credit: String?
  /// The text for those who cannot see the picture.
  public var alt: String?

  public init(
    isLead: Bool, renditions: [Rendition], caption: String? = nil, credit: String? = nil, alt: String? = nil
  ) {
    self.isLead = isLead
    self.renditions = renditions
    self.caption = caption
    self.credit = credit
    self.alt = alt
  }

  /// The widest rendition; the first where no width is known.
  public var best: Rendition? {
    renditions.enumerated().max { ($0.element.width ?? 0, -$0.offset) < ($1.element.width ?? 0, -$1.offset) }?.element
  }
}

/// One file of a picture.
public struct Rendition: Sendable, Equatable {
  /// Absolute.
  public var href: String
  /// Pixels.
  public var width: Int?
  /// Pixels.
  public var height: Int?
  public var contentType: String?

  public init(href: String, width: Int? = nil, height: Int? = nil, contentType: String? = nil) {
    self.href = href
    self.width = width
    self.height = height
    self.contentType = contentType
  }
}

/// Who may read an article in full.
public enum Access: String, Sendable {
  case free
  /// Free up to a number of articles.
  case metered
  case paid
}

/// Another article that the publisher offers beside this one.
public struct Related: Sendable, Equatable {
  public var title: String
  public var url: String

  public init(title: String, url: String) {
    self.title = title
    self.url = url
  }
}
