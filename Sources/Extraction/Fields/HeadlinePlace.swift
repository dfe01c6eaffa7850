import Articles
import Markup
import Values

/// Where a page prints its article's headline, and how near to it something else stands: names and dates by the
/// headline are the article's, those farther off may be anybody's.
struct HeadlinePlace {
  /// The heading that is the headline most likely; nil on a page without.
  let node: Node?
  /// Of each element of the page, how many stand before it and with it.
  private let places: [Int]
  private let place: Int?
  /// Which elements of the page lie near the headline; all where there is none.
  let nearby: Range<Int>

  /// What lies within this distance stands by the headline.
  static let near = 300

  /// - Parameter titles: what the page's data call the article.
  init(_ document: Document, titles: [String]) {
    node = Self.headline(of: document.root, titles.map { Lines.squeezed(String($0.prefix(Self.longest))) })
    let elements = document.root.descendants
    // Lines of a drawing move nothing apart.
    let places = elements.positions(leavingOut: Self.drawings)
    self.places = places
    guard let index = node.flatMap(elements.place(of:)) else {
      (place, nearby) = (nil, 0..<elements.count)
      return
    }
    place = places[index]
    // Places ascend: those near the headline's are neighbours.
    let start = places[..<index].lastIndex { 3 * (places[index] - $0) >= Self.near }.map { $0 + 1 } ?? 0
    let end = places[index...].firstIndex { $0 - places[index] >= Self.near } ?? elements.count
    nearby = start..<end
  }

  private static let drawings: ElementSet = [
    "svg", "path", "g", "circle", "rect", "line", "polyline", "polygon", "use", "symbol", "defs", "ellipse", "mask",
    "clippath", "stop", "lineargradient", "option", "br", "source",
  ]

  /// Characters of a title that are looked at, and headings of a page.
  private static let longest = 500
  private static let most = 200

  /// How far an element lies from the headline, counted in elements; nil on a page without a headline. What stands
  /// before a headline belongs to it in a few lines only: each of them counts three times.
  ///
  /// - Parameter index: the element's place among all of the page.
  func distance(to index: Int) -> Int? {
    let other = places[index]
    return place.map { other < $0 ? 3 * ($0 - other) : other - $0 }
  }

  /// Of places that follow each other on the page, those that stand together and nearest to the headline; the first
  /// ones on a page without.
  ///
  /// - Parameter indices: places among all elements of the page, ascending.
  func nearestGroup(_ indices: [Int]) -> [Int] {
    let all = indices.indices
    guard let nearest = all.min(by: { distance(to: indices[$0]) ?? $0 < distance(to: indices[$1]) ?? $1 }) else {
      return []
    }
    var (low, high) = (nearest, nearest)
    while low > 0, places[indices[low]] - places[indices[low - 1]] <= Self.gap { low -= 1 }
    while high + 1 < all.count, places[indices[high + 1]] - places[indices[high]] <= Self.gap { high += 1 }
    return Array(indices[low...high])
  }

  /// How many elements may lie between two names of one byline: pictures, roles, links to networks.
  private static let gap = 12

  private static func headline(of root: Node, _ titles: [String]) -> Node? {
    let heads = root.descendants(named: .headings).prefix(most).filter { !BodyWalker.isSilent($0) }
    // Cards may have headings of the first level, and some have one for the section too, which is short.
    return longest(heads.filter { isTitle($0, titles) }) ?? root.descendants(named: ["h2"]).prefix(most).first {
      isTitle($0, titles) && !BodyWalker.isSilent($0) && !$0.holds(.links)
        && !$0.ancestors.contains { $0.isOne(of: .links) }
    } ?? likest(heads, titles) ?? longest(heads.filter { $0.text.utf8.count > 12 })
  }

  /// The heading that shares most words with a title, more than a few.
  private static func likest(_ heads: [Node], _ titles: [String]) -> Node? {
    let shared = heads.map { head in
      let words = Set(
        Comparable.folded(String(head.text.prefix(longest))).split(separator: " ").filter { $0.count > 3 })
      return (head, titles.map { title in words.count { title.holds(Lines.squeezed(String($0))) } }.max() ?? 0)
    }
    return shared.filter { $0.1 > 2 }.max { $0.1 < $1.1 }?.0
  }

  /// Whether a heading says what one of the titles says, which may have the site's name beside it.
  private static func isTitle(_ head: Node, _ titles: [String]) -> Bool {
    let text = Lines.squeezed(head.text)
    guard text.utf8.count > 15 else { return false }
    return titles.contains { $0.holds(text) || $0.utf8.count > 15 && text.holds($0) }
  }

  private static func longest(_ heads: [Node]) -> Node? { heads.max { $0.text.utf8.count < $1.text.utf8.count } }
}
