import Articles
import Dates
import Markup
import Values

/// The entries of a live blog: out of the page's data where that has them, out of its markup otherwise.
struct LiveEntries {
  let page: Page
  let zone: Zone

  struct Found {
    var entry: LiveEntry
    /// The entry as part of a body: its headline as a subhead, and its text.
    var blocks: [Block]
  }

  /// Live blogs of a day hold some hundred entries; more are left out.
  private static let most = 300

  func find() -> [Found] {
    let marked = Self.marked(in: page.document.root).prefix(Self.most).compactMap(read)
    let stated = statedEntries()
    // The markup has the text as printed; the data may have more entries than the page shows at first.
    return marked.count * 2 >= stated.count && !marked.isEmpty ? marked : stated
  }

  // MARK: Data

  private func statedEntries() -> [Found] {
    let blogs = page.objects.filter { Page.types(of: $0).contains("LiveBlogPosting") }
    let updates = blogs.flatMap { blog -> [JSON] in
      guard let value = blog["liveBlogUpdate"] else { return [] }
      return value.array ?? [value]
    }
    return updates.prefix(Self.most).compactMap { update in
      let update = page.resolved(update)
      let text = plain(update["articleBody"]?.string ?? update["text"]?.string ?? "")
      let headline = update["headline"]?.string.map { Whitespace.folded(Entities.decoded($0)) }
      guard !text.isEmpty || headline?.isEmpty == false else { return nil }
      let published = (update["datePublished"]?.string ?? update["dateCreated"]?.string).flatMap(date)
      let url = (update["url"]?.string ?? update["@id"]?.string).flatMap(address)
      let entry = LiveEntry(
        published: published, headline: headline?.isEmpty == false ? headline : nil,
        text: text.isEmpty ? headline ?? "" : text, url: url)
      var blocks: [Block] = entry.headline.map { [.heading(level: 3, [.text($0)])] } ?? []
      blocks += text.utf8.split(separator: UInt8(ascii: "\n")).map { .paragraph([.text(String(Substring($0)))]) }
      return Found(entry: entry, blocks: blocks)
    }
  }

  /// The text of an entry out of data: paragraphs with a blank line between them.
  private func plain(_ text: String) -> String {
    let decoded = Entities.decoded(text)
    if decoded.holds("</") || decoded.holds("<br"),
      let document = try? Document(html: Array("<div>\(decoded)</div>".utf8), contentType: "text/html; charset=utf-8"),
      let root = document.element
    {
      var walker = BodyWalker(base: page.base)
      return walker.blocks(of: [root]).flatMap { $0.block.plainText }.joined(separator: "\n\n")
    }
    return decoded.utf8.split(separator: UInt8(ascii: "\n")).map { Whitespace.folded(String(Substring($0))) }.filter {
      !$0.isEmpty
    }
    .joined(separator: "\n\n")
  }

  // MARK: Markup

  /// The elements that are entries: named as such or marked as updates, each with a time.
  static func marked(in root: Node) -> [Node] {
    var groups: [Node: [Node]] = [:]
    var order: [Node] = []
    for node in root.descendants(named: .entries) {
      guard let parent = node.parent else { continue }
      let isUpdate = node.isSet("itemprop", to: "liveBlogUpdate") || ClassTokens(node).containsAny(entryTokens)
      guard isUpdate else { continue }
      if groups[parent] == nil { order.append(parent) }
      groups[parent, default: []].append(node)
    }
    // Of all lists the longest whose elements have times; wrappers inside entries make lists of one.
    let lists = order.compactMap { groups[$0] }.map { list in list.filter { time(in: $0) != nil } }
    return lists.max { $0.count < $1.count }.flatMap { $0.count > 1 ? $0 : nil } ?? []
  }

  private static func time(in entry: Node) -> Node? {
    entry.descendants.first {
      $0.name == "time" || $0.isSet("itemprop", to: "datePublished") || $0.hasAttribute("data-timestamp")
    }
  }

  private func read(_ node: Node) -> Found? {
    guard let time = Self.time(in: node) else { return nil }
    let stated = [time["datetime"], time["content"], time["data-timestamp"], time.text].compactMap { $0 }
    let headNode = node.first(of: ["h2", "h3", "h4"])
    let headline = headNode.map(\.text).flatMap { $0.isEmpty ? nil : $0 }
    let body = GenericBody(page: page)
    var walker = BodyWalker(
      base: page.base,
      skips: {
        $0 == time || $0 == headNode || $0.name == "header" && $0 != headNode || $0 != node && body.isTeaser($0)
      })
    let blocks = walker.blocks(of: [node]).filter { walked in
      if case .figure = walked.block { return false }
      return !walked.text.isEmpty && !Boilerplate.matches(walked.text, linked: walked.linkedPart)
    }.map(\.block)
    let text = blocks.flatMap(\.plainText).joined(separator: "\n\n")
    guard !text.isEmpty || headline != nil else { return nil }
    let link = node["id"].map { "#\($0)" }
    let entry = LiveEntry(
      published: stated.lazy.compactMap(date).first, headline: headline, text: text.isEmpty ? headline ?? "" : text,
      url: link.flatMap(address))
    let head: [Block] = headline.map { [.heading(level: 3, [.text($0)])] } ?? []
    return Found(entry: entry, blocks: head + blocks)
  }

  private func date(_ text: String) -> Timestamp? {
    DateReader.read(text, zone: zone)?.timestamp
  }

  private func address(_ text: String) -> String? {
    if text.hasPrefix("#") {
      return page.url.withoutFragment.description + "#" + text.dropFirst().filter { $0.isASCII && !$0.isWhitespace }
    }
    guard text.hasPrefix("/") || text.holds("://") else { return nil }
    return WebURL(text, relativeTo: page.base)?.description
  }

  private static let entryTokens: WordSet = [
    "liveblogentry", "liveblogpost", "liveentry", "liveupdate", "livepost", "tickerentry", "tickeritem", "tickerpost",
    "liveblogupdate", "liveblogitem", "liveevent", "blogentry", "livetickeritem", "livetickerentry", "tickerevent",
    "livefeeditem", "liveitem", "updateitem", "newsblogentry", "eventitem", "timelineitem", "timelineentry",
    "directpost", "livecard", "lbpost", "lbitem", "livestorypost", "entry",
  ]
}
