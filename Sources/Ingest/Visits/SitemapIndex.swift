import Feeds
import Manifest
import Service
import Store
import Values

extension Ingester {
  /// Reads the sitemaps of an index that are due, and judges the source by them: an index alone brings no news.
  func readIndex(
    _ feed: Feed?, _ place: Place, _ state: inout SourceState, _ visit: inout Visit, _ now: Timestamp
  ) async throws(LedgerFailure) {
    guard let feed, !feed.sitemaps.isEmpty else { return }
    let filter = ItemFilter(keep: place.source.sitemapKeep, drop: place.source.sitemapDrop)
    let admitted = feed.sitemaps.filter { filter.admits($0.url.description) }
    var parts = try await ledger.parts(source: place.source.id)
    func part(_ url: WebURL) -> SourcePart? { parts["\(place.source.id)#\(url.identity)"] }
    let selection = ListSelection.digest(place.source)
    let due = SitemapChoice.due(admitted, now: now) { url in
      part(url).flatMap { ListSelection.isCorrected($0.selection, by: selection) ? nil : $0.listedAt }
    } rests: { url in
      !place.isAskedFor && PartRest.rests(part(url)?.nextDue, now: now)
    }
    for reference in due {
      let document = Document(role: .part, url: reference.url, listedAt: reference.lastModified)
      guard let read = try await visitPart(document, of: place) else { continue }
      add(read.visit, to: &visit)
      parts[read.state.id] = SourcePart(read.state)
    }
    if let failure = SitemapChoice.failure(of: admitted, now: now, known: part) {
      // Three are often, and no more are counted: should the index fail too, it must not be left alone for a day.
      state.failures = min(place.state.failures + 1, 3)
      state.lastError = failure
      (visit.outcome, visit.error) = (.failed, failure)
    } else if place.state.failures > 0, state.failures == 0 {
      noteRecovery(state, after: place.state.failures)
    }
  }
}

/// Which sitemaps of an index are read. Pure.
enum SitemapChoice {
  /// Read in one visit.
  static let most = 6
  /// An older one holds no news; the newest is read all the same.
  static let recent: Double = 7 * 86_400

  /// The dated ones that changed since they were read, the latest first; without any date the first few, which a server
  /// that gives validators answers with 304.
  /// - Parameters:
  ///   - known: the date under which a sitemap was read last.
  ///   - rests: whether it is left alone after a failure. It must not keep the place of one that can be read.
  static func due(
    _ all: [SitemapReference], now: Timestamp, known: (WebURL) -> Timestamp?, rests: (WebURL) -> Bool = { _ in false }
  ) -> [SitemapReference] {
    let (list, isDated) = candidates(all, now: now)
    // Behind the first few without a date lies an archive.
    if !isDated { return list.prefix(4).filter { !rests($0.url) } }
    return Array(list.filter { !rests($0.url) && known($0.url) != $0.lastModified }.prefix(most))
  }

  /// Why nothing can be had of an index: of the sitemaps that may hold news, all failed that were ever asked for. nil
  /// when one did not.
  static func failure(of all: [SitemapReference], now: Timestamp, known: (WebURL) -> SourcePart?) -> String? {
    let asked = candidates(all, now: now).list.compactMap { known($0.url) }
    guard let first = asked.first, asked.allSatisfy({ $0.failures > 0 }) else { return nil }
    return "none of its sitemaps can be read" + (first.lastError.map { ": \($0)" } ?? "")
  }

  /// The sitemaps that may hold news: the recent ones, the latest first, or all where there are no dates.
  private static func candidates(
    _ all: [SitemapReference], now: Timestamp
  ) -> (list: [SitemapReference], isDated: Bool) {
    let dated = all.filter { $0.lastModified != nil }
      .sorted { ($0.lastModified ?? now) > ($1.lastModified ?? now) }
    guard let newest = dated.first else { return (all, false) }
    return (dated.filter { $0 == newest || now.seconds(since: $0.lastModified ?? now) < recent }, true)
  }
}

/// How long a document that a source leads to is left alone. Pure.
enum PartRest {
  /// - Parameter due: when it is asked for again; nil after a success. Further off than any wait it was planned by a
  ///   clock that was wrong.
  static func rests(_ due: Timestamp?, now: Timestamp) -> Bool {
    due.map { $0 > now && $0 <= now.adding(seconds: Ingester.longestWait) } ?? false
  }
}
