import Fetching
import Values

/// Which of the feeds that a home page names is read. Pure.
enum FeedChoice {
  /// The first of the publisher's own that is not one of comments, of a podcast or of a single section; the first of
  /// the others where there is none. Pages name their main feed first.
  static func best(_ feeds: [WebURL], home: WebURL) -> WebURL? {
    let group = RateGroup.name(for: home)
    return feeds.enumerated().min { a, b in
      (penalty(a.element, group), a.offset) < (penalty(b.element, group), b.offset)
    }?.element
  }

  private static func penalty(_ feed: WebURL, _ group: String) -> Int {
    let text = feed.description.lowercased()
    var penalty = 0
    if ["comment", "replies"].contains(where: { text.contains($0) }) { penalty += 8 }
    if ["podcast", "video", "oembed", "wp-json"].contains(where: { text.contains($0) }) { penalty += 4 }
    if RateGroup.name(for: feed) != group { penalty += 2 }
    // Of sitemaps, that of the news.
    if text.contains("sitemap"), !text.contains("news") { penalty += 1 }
    return penalty
  }
}
