import Articles
import Store
import Values

/// An article that stands under several addresses of its publisher. What they show differs in details, and each of them
/// may go before the others: one of them speaks for the article.
extension Ledger {
  /// Whether what was read is the article as an address shows it that does not speak for it. The article's own address
  /// does, and else the one whose reading was published last, as long as its page can be had; where that was a part,
  /// any that has the whole.
  func isAside(_ submission: Submission, _ last: ArticleRow?) throws -> Bool {
    // Under another headline it may be another article, whose page names this one by mistake.
    guard submission.isAlias, let last, last.isKnown, !last.isWithdrawn, last.headline == submission.article.headline,
      WebURL(last.url)?.identity != WebURL(submission.url)?.identity,
      last.quality?.isPartial != true || submission.article.isPartial
    else { return false }
    // One whose last look found nothing but an outage may be gone for good.
    let others = try open.store.otherItems(
      ofArticle: submission.key, publisher: submission.facts.id, besides: submission.origin
    ).filter { $0.failures < submission.patience }
    let spoken = WebURL(last.url)?.identity
    let own = others.first { $0.key == submission.key }
    // Its page may lead elsewhere by now; what it shows there speaks as before.
    if own == nil, let url = submission.item?.url, WebURL(url)?.identity == spoken { return false }
    guard let speaker = own ?? others.first(where: { WebURL($0.url)?.identity == spoken }) else { return false }
    // What changed here may have changed there. The others are not asked: they would ask in turn.
    if submission.item?.isUpdate == true { try open.store.lookAgain(at: [speaker.item], now: .now()) }
    return true
  }

  /// Whether a page kept earlier is one that would be read and published for nothing: another address speaks for its
  /// article. None is asked about it.
  func speaksForNothing(_ submission: Submission) throws(LedgerFailure) -> Bool {
    guard submission.isAlias else { return false }
    var kept = submission
    kept.item?.isUpdate = false
    let asked = kept
    return try guarding {
      try isAside(asked, open.store.article(publisher: asked.facts.id, key: asked.key))
    }
  }

  /// Whether an article whose page is gone at one address may still be had at another. That is looked at now, and tells
  /// when it is gone as well.
  func isElsewhere(_ item: DiscoveredItem, _ row: ArticleRow) throws -> Bool {
    let others = try open.store.otherItems(ofArticle: row.key, publisher: row.publisher, besides: item.id)
    try open.store.lookAgain(at: others.map(\.item), now: .now())
    return !others.isEmpty
  }
}

extension Ledger.Submission {
  /// Whether it was read at another address than the article's own.
  var isAlias: Bool { WebURL(url)?.identity != key }
}

extension ArticleRow {
  /// False once it was forgotten or taken back: whatever comes is its next version.
  var isKnown: Bool { !contentHash.isEmpty }
}
