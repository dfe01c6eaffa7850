import Dates
import Markup
import Values

/// When an article was published as its page tells its own scripts, in attributes such as `data-publish-date` of a
/// share bar or a counter: for pages that neither state a date nor print it with its time.
struct HeldDate {
  let page: Page
  let zone: Zone

  /// - Parameter day: the day that is known; nil takes the date that the whole page agrees on.
  func find(on day: ReadDate?) -> ReadDate? {
    var found: ReadDate?
    for node in page.document.root.descendants where node.isElement {
      for (name, value) in node.attributes
      where Self.namesPublication(name, isDayKnown: day != nil) && Self.mayBeDate(value) {
        guard let date = DateReader.read(value, zone: zone), GenericFields.isPlausible(date.timestamp),
          day.map({ date.precision != .day && date.isSameDay(as: $0) }) ?? true, !page.others.areNamed(at: node)
        else { continue }
        // Cards of other articles hold theirs as well.
        if let found, found.timestamp.seconds != date.timestamp.seconds { return nil }
        found = date
      }
    }
    return found
  }

  /// `data-publish-date`, `data-first-publication-date`, `data-pubdate`, `data-deploy-dt`; not `data-publisher`, nor
  /// `data-republished-at`.
  private static func namesPublication(_ name: String, isDayKnown: Bool) -> Bool {
    guard name.hasPrefix("data-") else { return false }
    let words = name.dropFirst(5).split { $0 == "-" || $0 == "_" }
    guard !words.contains("re") else { return false }
    return words.contains { word in
      // What is deployed on another day is the site.
      if word.hasPrefix("deploy") { return isDayKnown }
      if word.hasPrefix("publisher") || word.hasPrefix("publishing") { return false }
      return ["publish", "publication", "pubdate", "firstpublish"].contains { word.hasPrefix($0) }
    }
  }

  /// A day has eight digits, or is in words.
  private static func mayBeDate(_ value: String) -> Bool {
    (8...40).contains(value.utf8.count) && Digits.count(in: value) > 4
  }
}
