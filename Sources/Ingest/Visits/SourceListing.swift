import Configuration
import Feeds
import Fetching
import Manifest
import Push
import Queue
import Scheduling
import Service
import Store
import Values
import Workers

/// What a listing says: its items, and what it promises about itself.
extension Ingester {
  /// The articles that a feed announces, by the plugin's filter. One that it names twice, with different titles or
  /// dates, is one, as it is named first: by turns the two would each seem to be a change.
  func newItems(_ feed: Feed, _ place: Place, _ leftOut: inout LeftOut) -> [NewItem] {
    let now = Timestamp.now()
    let filter = ItemFilter(keep: place.source.keep, drop: place.source.drop)
    var items: [NewItem] = []
    var places: [String: (index: Int, hasTitle: Bool, date: Timestamp?)] = [:]
    for item in feed.items {
      guard let url = FeedFacts.url(of: item) else {
        leftOut.withoutAddress += 1
        continue
      }
      guard filter.admits(url.description) else {
        leftOut.filtered += 1
        continue
      }
      // A general sitemap lists years of pages; what is not recent is no news.
      if place.source.kind == .sitemap, let date = item.modified ?? item.published,
        now.seconds(since: date) > Double(3 * Cadence.day)
      {
        leftOut.old += 1
        continue
      }
      let (key, date, hasTitle) = (url.identity, item.modified ?? item.published, item.title?.isEmpty == false)
      let before = places[key]
      // Lists that go on at their end name what changed once more.
      let isNewer = if let date, let earlier = before?.date { date > earlier } else { false }
      if let before, before.hasTitle == hasTitle ? !isNewer : before.hasTitle {
        leftOut.repeated += 1
        continue
      }
      let found = NewItem(
        key: key, url: url.description, section: place.source.section, record: item.jsonText,
        fingerprint: [date?.rfc3339, item.title].map { $0 ?? "" }.joined(separator: "\u{1F}"), date: date)
      if let before {
        // A picture's link comes before that of the headline.
        leftOut.repeated += 1
        items[before.index] = found
      } else {
        items.append(found)
      }
      places[key] = (before?.index ?? items.count - 1, hasTitle, date)
    }
    return items
  }

  /// Keeps what a feed says of its own rhythm, where its past is, and which hub pushes it.
  func noteFeed(_ feed: Feed, _ place: Place, _ state: inout SourceState, isFirst: Bool) {
    state.promised = [feed.ttl, feed.updatePeriod].compactMap { $0 }.max()
    let quiet = QuietTime(hours: feed.skipHours, days: feed.skipDays)
    state.quietHours = quiet.hours
    state.quietDays = quiet.days
    if isFirst { ArchiveWalk.begin(feed, pages: place.source.history, &state.details) }
  }

  /// Counts a permanent redirect of the source's own address, and adopts it when it has been seen often enough.
  func noteMove(
    _ response: FetchResponse, _ place: Place, _ document: Document, _ state: inout SourceState, _ now: Timestamp
  ) {
    guard document.isOwn, !document.isMoved, place.source.template == nil, document.url == place.source.url else {
      return
    }
    let isPermanent = !response.redirects.isEmpty && response.redirects.allSatisfy(\.isPermanent)
    // A login belongs to the origin that the operator wrote down.
    let mayMove = place.manifest.login == nil || response.url.origin == place.source.url.origin
    guard MovePolicy.saw(isPermanent && mayMove ? response.url.description : nil, in: &state, now: now) else { return }
    log.record(
      .feedMoved, "moved for good to \(FetchError.redacted(response.url)): seen \(state.permanentSeen) times",
      publisher: state.publisher, source: state.id, url: place.source.url, status: response.redirects.first?.status,
      outcome: "moved", next: "it is asked for there from now on; correct url in the plugin")
  }
}
