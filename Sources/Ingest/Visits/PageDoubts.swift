import Articles
import Configuration
import Feeds
import Fetching
import Manifest
import Service
import Store
import Values
import Workers

/// Pages that could be read and are not believed: those of a fault in words that nobody knows, and those that were cut
/// off on their way.
extension Ingester {
  /// Refuses a text that other addresses of the publisher give too and that is not called as its article is.
  func refuseAnothers(
    _ article: Article, _ response: FetchResponse, _ item: DiscoveredItem, _ feedItem: FeedItem, _ manifest: Manifest
  ) async throws(PageFailure) {
    guard let digest = RecentReadings.digest(article) else { return }
    let key = item.articleKey ?? ArticleIdentity.key(article, found: item.key, hosts: manifest.publisher.hosts)
    let others = readings[item.publisher, default: RecentReadings()].note(digest, of: key, now: .now())
    guard others > RecentReadings.mostOthers(isUpdate: item.isUpdate) else { return }
    let last = item.isUpdate ? await publishedBefore(item) : nil
    let titles = [feedItem.title, last?.headline].compactMap { $0 }.filter { !$0.isEmpty }
    guard RecentReadings.isAnothers(article.headline, titles: titles, others: others, isUpdate: item.isUpdate) else {
      return
    }
    throw PageFailure(
      kind: .pageFailed, message: "the page says what \(others) others say too: “\(article.headline)”",
      status: response.status, outcome: "same-as-another")
  }

  /// Whether a page without its end is a part of the article; one that may be whole at another try is refused.
  func isCutShort(
    _ article: Article, _ response: FetchResponse, _ item: DiscoveredItem, _ manifest: Manifest
  ) async throws(PageFailure) -> Bool {
    let hasEnd = PageEnd.isThere(response.body)
    if hasEnd {
      pageEnds[item.publisher, default: .unknown].note(hasEnd: true)
      return false
    }
    var ends = pageEnds[item.publisher] ?? .unknown
    // Its own page says more than others of its publisher, which may be made by another program.
    if let before = await shelf?.hasEnd(item.key, of: item.publisher) { ends = before ? .written : .leftOut }
    let last = item.isUpdate ? await publishedBefore(item)?.quality : nil
    let published = last.flatMap { !$0.isPartial && $0.hasHeadlineAndBody ? $0.words : nil }
    let attempts = settings.schedule.pageAttempts
    let verdict = ends.judge(
      words: article.bodyText.wordCount, endsSentence: PageEnds.endsSentence(article.body), published: published,
      tries: item.attempts % attempts + 1, attempts: attempts)
    if verdict == .doubted {
      throw PageFailure(
        kind: .pageFailed, message: "the page was cut off before its end", status: response.status, outcome: "cut-off",
        mostTries: ends.mostTries)
    }
    // Where its own page had an end, the lack of one tells nothing of the publisher's ways.
    if ends != .written { pageEnds[item.publisher, default: .unknown].note(hasEnd: false) }
    return verdict == .part
  }

  /// The version published last; nil where it is forgotten or was a withdrawal.
  private func publishedBefore(_ item: DiscoveredItem) async -> ArticleRow? {
    guard let row = try? await ledger.article(publisher: item.publisher, key: item.articleKey ?? item.key),
      row.isKnown, !row.isWithdrawn
    else { return nil }
    return row
  }
}
