import Dates
import Markup
import Values

/// When an article was published as its page tells its own scripts, in attributes such as `data-publish-date` of what
/// holds the article or of a box for counters: for pages that neither state a date nor print it with its time.
struct HeldDate {
  let page: Page
  let zone: Zone

  private struct Held {
    let node: Node
    let date: ReadDate
    /// Whether the element holds the article: the others are boxes, cards and players.
    let isOwn: Bool
  }

  /// - Parameter day: the day that is known; nil where nothing is, and only what holds the article is believed.
  func find(on day: ReadDate?) -> ReadDate? {
    let all = held(deployed: day != nil)
    let own = all.filter(\.isOwn)
    guard let day else { return Self.agreed(own)?.date }
    let chosen = Self.agreed(own) ?? Self.agreed(all).flatMap { isOfCard($0.node) ? nil : $0 }
    return chosen.flatMap { $0.date.precision != .day && $0.date.isSameDay(as: day) ? $0.date : nil }
  }

  private func held(deployed: Bool) -> [Held] {
    let now = Timestamp.wallClock().seconds
    return page.document.root.descendants.filter(\.isElement).flatMap { node in
      node.attributes.compactMap { name, value -> Held? in
        guard Self.names(name, deployed: deployed && !node.isOne(of: Self.sites)), Self.mayBeDate(value),
          let date = DateReader.read(value, zone: zone), GenericFields.isPlausible(date.timestamp),
          date.timestamp.seconds < now + 86_400
        else { return nil }
        return Held(node: node, date: date, isOwn: page.headlinePlace.node.map(node.contains) ?? false)
      }
    }
  }

  /// The first of dates that are all the same.
  private static func agreed(_ held: [Held]) -> Held? {
    held.first.flatMap { first in
      held.allSatisfy { $0.date.timestamp.seconds == first.date.timestamp.seconds } ? first : nil
    }
  }

  /// Whether an element leads to another article, or stands in a list or a box that does not hold this one.
  private func isOfCard(_ node: Node) -> Bool {
    let head = page.headlinePlace.node
    return node.holds(.links) || page.others.areNamed(at: node)
      || ([node] + node.ancestors).contains { around in
        around.isOne(of: Self.cards) && !(head.map(around.contains) ?? false)
      }
  }

  private static let cards: ElementSet = [
    "a", "li", "article", "aside", "nav", "footer", "figure", "audio", "video", "iframe",
  ]
  /// Hold more than the article: what is deployed on the same day may be the site.
  private static let sites: ElementSet = ["html", "body"]

  /// Whether an attribute is named for the time of publication and nothing else: `data-publish-date`,
  /// `data-article-published-at`, `data-pubdate`, `data-deploy-dt`; not `data-publication-id`, nor
  /// `data-last-publish-date`.
  private static func names(_ attribute: String, deployed: Bool) -> Bool {
    guard attribute.hasPrefix("data-") else { return false }
    let words = attribute.dropFirst(5).split { $0 == "-" || $0 == "_" }.map(String.init)
    if words == ["published"] { return true }
    guard
      words.allSatisfy({ times[$0] != nil || deeds.contains($0) || owners.contains($0) || deployed && $0 == "deploy" })
    else { return false }
    return words.contains { times[$0] == true }
      || words.contains { times[$0] == false } && words.contains { deeds.contains($0) || $0 == "deploy" }
  }

  /// Words for a time, and whether they say that it is the publication's.
  private static let times: [String: Bool] = [
    "date": false, "time": false, "datetime": false, "at": false, "on": false, "dt": false, "timestamp": false,
    "pubdate": true, "publishdate": true, "publisheddate": true, "publishedat": true, "publishedon": true,
    "publishtime": true, "publishedtime": true, "publicationdate": true, "publicationtime": true,
  ]
  private static let deeds: Set<String> = ["publish", "published", "publication", "pub"]
  private static let owners: Set<String> = ["article", "story", "post", "content", "first", "gtm", "iso", "utc"]

  /// A day has eight digits, or is in words.
  private static func mayBeDate(_ value: String) -> Bool {
    (8...40).contains(value.utf8.count) && Digits.count(in: value) > 4
  }
}
