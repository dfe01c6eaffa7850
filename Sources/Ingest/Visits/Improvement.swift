import Articles
import Digests
import Store
import Values

extension Article {
  /// Digest of everything a reader would call content.
  var contentHash: String { SHA256.hex(signature.utf8) }
  /// The same as it was made before; nil where it does not differ.
  var formerHash: String? {
    let former = formerSignature
    return former == signature ? nil : SHA256.hex(former.utf8)
  }
}

/// Why an article is what its feed says, in place of its page.
enum StandIn: Sendable {
  case unread
  /// The server knew no such page.
  case missing

  /// Behind those of the fields.
  fileprivate var bits: Int { self == .unread ? 1 << 12 : 1 << 12 | 1 << 13 }
}

extension ArticleQuality {
  /// A bit for each field, in an order that is never changed: the database keeps them.
  init(_ article: Article, standIn: StandIn? = nil) {
    let filled = [
      !article.headline.isEmpty, !article.body.isEmpty, article.standfirst != nil, !article.authors.isEmpty,
      article.published != nil, !article.pictures.isEmpty, article.section != nil, article.canonicalURL != nil,
      article.kicker != nil, !article.keywords.isEmpty, article.pictures.contains { $0.caption != nil },
      article.pictures.contains { $0.credit != nil },
    ]
    self.init(
      fields: filled.enumerated().reduce(standIn?.bits ?? 0) { $0 | ($1.element ? 1 << $1.offset : 0) },
      words: article.bodyText.wordCount, isPartial: article.isPartial)
  }

  /// Whether the version is a feed's own text: its page has never been read.
  var isOfFeed: Bool { fields & StandIn.unread.bits != 0 }
  /// Whether its page was not there when it was first asked for.
  var isOfMissingPage: Bool { fields & StandIn.missing.bits == StandIn.missing.bits }

  /// How many fields have a value.
  var fill: Int { (fields & (StandIn.unread.bits - 1)).nonzeroBitCount }

  var hasHeadlineAndBody: Bool { fields & 0b11 == 0b11 }
}

/// What another reading of a page already published is worth.
enum Improvement: String, Sendable, CaseIterable {
  case same, better, worse
  /// Different, and neither: as many fields, and a body that cannot be called better or worse.
  case different

  /// A body that loses more than this share of its words has lost text, not chrome.
  static let mostLost = 0.2

  /// - Parameters:
  ///   - old: the version published last; nil when there was none.
  ///   - hash: the content's digest of the new reading.
  ///
  /// Better is: there was nothing, or only a part; or more fields have a value and the body is not lost; or the content
  /// differs, no field fewer has a value, and the body keeps four fifths of its words. Worse is: headline or body went,
  /// fewer fields have a value, a part instead of the whole, or a body that lost more than a fifth without more fields.
  static func judge(_ new: ArticleQuality, hash: String, against old: ArticleRow?) -> Improvement {
    guard let old, let before = old.quality else {
      // Published before qualities were kept, or never.
      if old?.contentHash == hash { return .same }
      return new.hasHeadlineAndBody && !new.isPartial ? .better : old == nil ? .worse : .different
    }
    guard new.hasHeadlineAndBody || !before.hasHeadlineAndBody else { return .worse }
    // Without a text both are parts, whatever was said of the one before.
    let haveTexts = new.hasHeadlineAndBody && before.hasHeadlineAndBody
    if haveTexts, before.isPartial != new.isPartial { return before.isPartial ? .better : .worse }
    if old.contentHash == hash, new.fill == before.fill { return .same }
    if new.fill < before.fill { return .worse }
    let lost = before.words > 0 ? 1 - Double(new.words) / Double(before.words) : 0
    if lost > mostLost { return new.fill > before.fill ? .different : .worse }
    return .better
  }
}
