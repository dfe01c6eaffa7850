import Articles
import Dates
import Markup
import Values

/// The date that a page prints for its article, for pages whose data state none: of all the dates on it the one by the
/// headline that is not called a change.
struct PrintedDate {
  let page: Page
  let zone: Zone

  private struct Candidate {
    var date: ReadDate
    /// What the page calls it; nil for nothing.
    var label: DateLabel?
    /// From the headline, in elements; from the start of the page where it has none.
    var distance: Int
    /// Whether the markup says that it is the article's.
    var isMarked: Bool
    /// Whether it stands in the same article or main part as the headline.
    var isInArticle: Bool
  }

  /// - Parameter fallback: the day to look for where no line is a date: the one that the page's address names.
  func find(orDay fallback: String?) -> Timestamp? {
    let candidates = candidates()
    let held = HeldDate(page: page, zone: zone)
    let found = chosen(candidates)?.date ?? fallback.flatMap { DateReader.read($0, zone: zone) } ?? held.find(on: nil)
    guard let chosen = found else { return nil }
    guard chosen.precision == .day else { return chosen.timestamp }
    // The same day, printed with its time beside.
    let finer = candidates.filter {
      $0.label != .modified && $0.date.precision != .day && $0.date.isSameDay(as: chosen)
    }
    if let finer = finer.min(by: { $0.distance < $1.distance }) { return finer.date.timestamp }
    return (timeBeside(chosen) ?? held.find(on: chosen))?.timestamp ?? chosen.day
  }

  private func chosen(_ candidates: [Candidate]) -> Candidate? {
    func nearest(_ isMeant: (Candidate) -> Bool) -> Candidate? {
      candidates.filter(isMeant).min { $0.distance < $1.distance }
    }
    return nearest { $0.label == .published && $0.distance < HeadlinePlace.near }
      ?? nearest { $0.label == nil && $0.distance < HeadlinePlace.near }
      ?? nearest { $0.label == .published || $0.isMarked && $0.label == nil }
      ?? nearest { $0.distance < HeadlinePlace.near }
      ?? nearest { $0.label == nil && $0.isInArticle }
      ?? nearest { $0.isInArticle }
  }

  /// Whether a line holds a date.
  static func isDated(_ node: Node) -> Bool {
    guard let line = line(of: node) else { return false }
    return PrintedDate.read(DateLabel.beforeChange(line), zone: .utc) != nil
  }

  // MARK: Candidates

  private func candidates() -> [Candidate] {
    var found: [Candidate] = []
    for (index, node) in page.document.root.descendants.enumerated() {
      let isMarked = node.isSet("itemprop", to: "datePublished") || node["pubdate"] != nil
      guard isMarked || node.isOne(of: Self.times) || Self.saysNumber(node) else { continue }
      guard !BodyWalker.isSilent(node), let date = date(of: node) else { continue }
      let distance = page.headlinePlace.distance(to: index) ?? index
      if !isMarked, isElsewhere(node, distance) { continue }
      found.append(
        Candidate(
          date: date, label: DateLabel(of: node), distance: distance, isMarked: isMarked, isInArticle: isInArticle(node)
        ))
      if found.count == Self.most { break }
    }
    return found
  }

  private func isInArticle(_ node: Node) -> Bool {
    guard let article = node.ancestors.first(where: { $0.isOne(of: Self.wholes) }) else { return false }
    return page.headlinePlace.node.map(article.contains) ?? true
  }

  /// Pages list the dates of hundreds of others.
  private static let most = 100
  private static let times: ElementSet = ["time"]
  private static let wholes: ElementSet = ["article", "main"]

  /// Whether a number stands in an element itself, not only in one inside it.
  private static func saysNumber(_ node: Node) -> Bool {
    var place = node.firstChild
    while let child = place {
      if child.isText, Digits.count(in: child.rawText) > 0 { return true }
      place = child.nextSibling
    }
    return false
  }

  /// Whether a date belongs to a picture, a sentence, a comment, the site or another article.
  private func isElsewhere(_ node: Node, _ distance: Int) -> Bool {
    var place = node
    var next: Node? = node
    for _ in 0..<4 {
      guard let around = next else { break }
      next = around.parent
      if around.isOne(of: Self.neverDated), node.name != "time" { return true }
      if ClassTokens(around).containsAny(Self.presentTokens) { return true }
      if around.name == "p", BlockFilter.endsSentence(around.text),
        around.text.utf8.count > node.text.utf8.count + 25
      {
        return true
      }
      // A link that says nothing but the date leads to what was published on that day.
      if around.name == "a", around.text.utf8.count < 40 { place = around.parent ?? around }
    }
    // Beside the date may stand how many comments there are, in a box named for both.
    var box = place
    while box.isElement, box.descendants.count < 12, box.text.utf8.count < 100, !box.holds(.lowerHeadings),
      let parent = box.parent
    {
      if ClassTokens(box).containsAny(Self.dateTokens) { place = parent }
      box = parent
    }
    return page.others.areNamed(at: place, isByHeadline: distance < Self.beside)
  }

  /// How far from the headline something is the article's rather than that of a heading behind it.
  private static let beside = 40

  private static let dateTokens: WordSet = ["date", "dates", "datetime", "pubdate", "timestamp", "fecha", "datum"]

  private static let neverDated: ElementSet = ["figure", "figcaption", "caption", "table"]

  /// Names of elements that show which day it is.
  private static let presentTokens: WordSet = [
    "today", "todaydate", "topbartodaydate", "currentdate", "datetoday", "timenow", "clock", "headerdate", "nowdate",
    "currenttime", "livedate", "weather",
  ]

  private func date(of node: Node) -> ReadDate? {
    let attribute = (node["datetime"] ?? node["content"] ?? Self.titled(node)).flatMap {
      DateReader.read($0, zone: zone)
    }
    let stated = attribute.flatMap { GenericFields.isPlausible($0.timestamp) ? $0 : nil }
    let printed = printedDate(of: node)
    guard let stated else { return printed }
    guard let printed, !printed.hasZone, stated.isSameDay(as: printed) else { return stated }
    // The attribute gives the day alone, or calls the time of the place universal.
    if stated.precision == .day { return printed }
    let isMislabelled =
      printed.precision != .day && stated.timestamp.offset == 0 && printed.timestamp.offset != 0
      && (stated.timestamp.seconds - printed.timestamp.seconds - Int64(printed.timestamp.offset)).magnitude < 60
    return isMislabelled ? printed : stated
  }

  /// What the title of an element says that is short for it: `<abbr title="2026-10-13T22:30:00-07:00">10:30 PM</abbr>`.
  private static func titled(_ node: Node) -> String? {
    node.name == "abbr" || node.isSet("itemprop", to: "datePublished") ? node["title"] : nil
  }

  /// The date that an element says, with the time of day that may stand in one beside it.
  private func printedDate(of node: Node) -> ReadDate? {
    // A day has five digits or more; fewer are a month of an archive.
    guard let own = Self.line(of: node).map(DateLabel.beforeChange), Digits.count(in: own) > 4,
      let date = read(own)
    else {
      return nil
    }
    guard date.precision == .day else { return date }
    var around = node.parent
    for _ in 0..<2 {
      guard let box = around, let text = Self.line(of: box), text != own else { break }
      // Elements in a line may have nothing between them but their look.
      for text in [text, box.elements.map(\.text).joined(separator: " ")] {
        if let whole = read(text), whole.precision != .day, whole.isSameDay(as: date),
          DateLabel(before: own, in: text) != .modified
        {
          return whole
        }
      }
      around = box.parent
    }
    return date
  }

  /// The text of an element that holds a line and no more.
  static func line(of node: Node) -> String? {
    // Of a box with many elements the text need not be made.
    guard node.descendants.count < 12 else { return nil }
    let text = node.text
    return (6...120).contains(text.utf8.count) ? text : nil
  }

  // MARK: Lines

  /// A line with a date, alone or beside something else: `Example Desk / Sep 2, 2026, 17:07`.
  private func read(_ line: String) -> ReadDate? {
    // Newsrooms of Central and Eastern Europe write CET and EET all year, whatever their clocks show.
    guard let place = Self.lettersOfPlaces.first(where: { line.holds($0.letters) }),
      let zone = CountryZones.loaded[place.zone]
    else { return Self.read(line, zone: zone) }
    return Self.read(line.replacing(place.letters, with: ""), zone: zone).map {
      ReadDate(timestamp: $0.timestamp, hasZone: true, precision: $0.precision)
    }
  }

  private static let lettersOfPlaces = [
    (letters: " CET", zone: "Europe/Brussels"), (letters: " MEZ", zone: "Europe/Berlin"),
    (letters: " EET", zone: "Europe/Athens"),
  ]

  private static func read(_ line: String, zone: Zone) -> ReadDate? {
    let endsInHour = line.hasSuffix("a.m.") || line.hasSuffix("p.m.")
    guard !BlockFilter.endsSentence(line) || endsInHour || line.characterCount < 40 else { return nil }
    if !isProse(line), let date = DateReader.read(line, zone: zone) { return date }
    for part in line.split(whereSeparator: { "|•·/".contains($0) }) where part.utf8.count < line.utf8.count {
      // A label ends in a colon and a space; a time of day has none behind it.
      let rest = part.firstRange(of: ": ").map { part[$0.upperBound...] } ?? part
      if !isProse(rest), let date = DateReader.read(rest.trimmingSpaces, zone: zone) { return date }
    }
    return nil
  }

  /// Whether a line says more than when, by whom and where.
  private static func isProse(_ line: some StringProtocol) -> Bool {
    line.split(whereSeparator: \.isWhitespace).count { $0.first?.isLetter ?? false } > 9
  }

  /// What a line by the headline says of the time, where it leaves out the year.
  private func timeBeside(_ day: ReadDate) -> ReadDate? {
    let year = " \(day.year)"
    for (index, node) in page.document.root.descendants.enumerated() where Self.saysNumber(node) {
      guard let distance = page.headlinePlace.distance(to: index), distance < HeadlinePlace.near,
        let line = Self.line(of: node),
        line.holds(":"), !BodyWalker.isSilent(node), !isElsewhere(node, distance), DateLabel(of: node) != .modified
      else { continue }
      if let date = read(line + year), date.precision != .day, date.isSameDay(as: day) { return date }
    }
    return nil
  }
}

extension ReadDate {
  /// The day as it was written, at whatever place.
  fileprivate var day: Timestamp {
    hasZone ? timestamp : Timestamp(seconds: timestamp.seconds + Int64(timestamp.offset), nanoseconds: 0)
  }

  func isSameDay(as other: ReadDate) -> Bool {
    timestamp.civil.dayNumber == other.timestamp.civil.dayNumber
  }

  /// The year on the calendar of the place.
  fileprivate var year: Int { timestamp.civil.year }
}
