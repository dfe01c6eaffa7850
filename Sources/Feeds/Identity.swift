internal import Values

/// Gives every item an identity that is its own in the feed.
enum Identity {
  /// Items without guid or id go by their link, and without that by a hash of title and content. An id that several
  /// items with different links share means nothing by itself: all of them add their link.
  static func settle(_ feed: inout Feed) {
    // A sitemap's entries are their addresses: two with one are one.
    if feed.kind == .sitemap || feed.kind == .newsSitemap { return }
    var firsts: [String: Int] = [:]
    firsts.reserveCapacity(feed.items.count)
    var shared: Set<String> = []
    for index in feed.items.indices {
      if feed.items[index].id.isEmpty {
        feed.items[index].id = feed.items[index].url?.description ?? ownID(of: feed.items[index])
      }
      let id = feed.items[index].id
      let first = firsts[id] ?? index
      if first == index {
        firsts[id] = index
      } else if !isSame(feed.items[first], feed.items[index]) {
        shared.insert(id)
      }
    }
    let isShared = !shared.isEmpty
    for index in feed.items.indices where isShared && shared.contains(feed.items[index].id) {
      feed.items[index].id += "#" + link(of: feed.items[index])
    }
    if isShared { feed.repairs.append("ids shared by several items made distinct by their links") }
  }

  /// Of several documents in one the later may repeat items of the earlier.
  static func dropRepeated(_ feed: inout Feed) {
    var firsts: [String: Int] = [:]
    var kept: [FeedItem] = []
    for item in feed.items {
      let key = item.id.isEmpty ? item.url?.description ?? "" : item.id
      if !key.isEmpty {
        if let first = firsts[key], kept[first] == item { continue }
        firsts[key] = firsts[key] ?? kept.count
      }
      kept.append(item)
    }
    feed.items = kept
  }

  /// What an item without guid and link is known by: what it says, and when, where that is a title alone.
  private static func ownID(of item: FeedItem) -> String {
    let hasText = item.contentHTML != nil || item.contentText != nil || item.summary != nil
    guard !hasText, let date = item.published ?? item.modified else { return hash(of: item) }
    return hash(of: item, and: "\(date.seconds)")
  }

  /// Whether two items with one id are the same: their links differ in nothing, or in what makes no other page of them.
  private static func isSame(_ a: FeedItem, _ b: FeedItem) -> Bool {
    if let first = a.url, let second = b.url {
      return first == second
        || first.identity == second.identity && (a.title == nil ? hash(of: a) == hash(of: b) : a.title == b.title)
    }
    return link(of: a) == link(of: b)
  }

  private static func link(of item: FeedItem) -> String { item.url?.description ?? hash(of: item) }

  private static func hash(of item: FeedItem, and date: String? = nil) -> String {
    var hash = FNV()
    for part in [item.title, item.contentHTML, item.contentText, item.summary] + (date.map { [$0] } ?? []) {
      for byte in (part ?? "").utf8 { hash.add(byte) }
      hash.add(0)
    }
    return "urn:newswire:item:" + hash.text
  }

  /// FNV-1a in two lanes with different starts: 128 bits that stay the same for ever. It guards against chance, not
  /// against an adversary, who could as well repeat an id.
  private struct FNV {
    var low: UInt64 = 0xCBF2_9CE4_8422_2325
    var high: UInt64 = 0x6C62_272E_07BB_0142

    mutating func add(_ byte: UInt8) {
      low = (low ^ UInt64(byte)) &* 0x100_0000_01B3
      high = (high ^ UInt64(byte ^ 0x5A)) &* 0x100_0000_01B3
    }

    var text: String {
      [high, low].map { String(repeating: "0", count: 16 - String($0, radix: 16).count) + String($0, radix: 16) }
        .joined()
    }
  }
}
