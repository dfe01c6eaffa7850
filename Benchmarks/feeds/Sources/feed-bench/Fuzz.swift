import Feeds
import Glibc
import Values

/// Damages feeds in ways that follow from a seed alone, and reads them. A trap ends the program, which is the finding;
/// so does a reading that takes too long or too much memory, or a result that does not survive being written.
enum Fuzz {
  /// Seconds of processor time for one document, and more for each of its megabytes.
  private static let patience = 2.0
  /// What the reader may need beyond eight times the document, for the whole process (see docs/measurements-feeds.md).
  private static let spareMemory = 64 << 20
  private static let largest = 1 << 20

  static func run(seed: UInt64, count: Int, paths: [String]) {
    let seeds = paths.flatMap { Files.read($0) }.filter { !$0.bytes.isEmpty && $0.bytes.count <= largest }
    guard !seeds.isEmpty else {
      print("no files to mutate")
      exit(66)
    }
    let url = WebURL("https://fuzz.example/feed")
    var random = Random(state: seed)
    var feeds = 0
    let atStart = residentPeak()
    for number in 0..<count {
      let (name, bytes) = seeds[random.below(seeds.count)]
      let document = mutated(bytes, other: seeds[random.below(seeds.count)].bytes, &random)
      remember(document, number, name)
      let begin = now()
      if let feed = try? FeedReader.read(document, url: url) {
        feeds += 1
        check(feed, number, name)
      }
      let took = now() - begin
      if took > patience * Double(1 + document.count >> 20) { fail("took \(took) s", number, name) }
      if residentPeak() - atStart > spareMemory + 8 * largest { fail("needed too much memory", number, name) }
    }
    print("\(count) documents read from seed \(seed), \(feeds) of them feeds")
    unlink(lastPath)
  }

  /// What has to hold of every feed, however damaged.
  private static func check(_ feed: Feed, _ number: Int, _ name: String) {
    guard let parsed = try? JSON(parsing: feed.jsonFeedBytes), Feed(jsonFeed: parsed) == feed else {
      fail("does not come back from its JSON", number, name)
    }
    for item in feed.items {
      if item.id.isEmpty { fail("an item without an id", number, name) }
      guard let html = item.contentHTML else { continue }
      var tag = false
      for part in html.split(separator: "<", omittingEmptySubsequences: false) {
        defer { tag = true }
        guard tag else { continue }
        let element = part.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber }
        if !allowed.contains(String(element)) { fail("lets <\(element)> through", number, name) }
      }
    }
  }

  private static let allowed: Set<String> = [
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "a", "em", "strong", "b", "i", "figure", "img",
    "figcaption", "table", "thead", "tbody", "tr", "th", "td", "br", "pre", "code", "sup", "sub",
  ]

  // MARK: Mutation

  private static let pieces: [String] = [
    "<", ">", "&", "\"", "'", "]]>", "<![CDATA[", "<!--", "-->", "<?", "?>", "<!DOCTYPE x [", "<!ENTITY a \"b\">",
    "&a;",
    "&#0;", "&#xD800;", "&#99999999999;", "&nbsp;", "\u{0}", "\u{1}", "\u{FEFF}", "\u{FFFE}", "</item>", "<item>",
    "<entry>",
    "</entry>", "</channel>", "<script>", "<p>", "</p>", "<a href='javascript:x'>", "<div><div><div>",
    " xml:base=\"//x/\"",
    " xmlns=\"http://www.w3.org/2005/Atom\"", "99999999999999999999", "-1", "{", "}", "[", "]", "\\u0000", "\\",
    "\u{202E}",
  ]

  private static func mutated(_ bytes: [UInt8], other: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<(1 + random.below(6)) {
      let place = random.below(bytes.count + 1)
      let length = min(bytes.count - place, 1 + random.below(1 << random.below(10)))
      switch random.below(9) {
      case 0: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
      case 1: if place < bytes.count { bytes[place] ^= 1 << UInt8(random.below(8)) }
      case 2: bytes.removeSubrange(place..<(place + length))
      case 3: bytes.insert(contentsOf: Array(bytes[place..<(place + length)]), at: place)
      case 4: bytes.insert(contentsOf: pieces[random.below(pieces.count)].utf8, at: place)
      case 5: bytes.removeSubrange(place...)
      case 6:
        let start = random.below(other.count)
        bytes.insert(contentsOf: other[start..<min(other.count, start + 1 + random.below(400))], at: place)
      case 7:
        let piece = Array(pieces[random.below(pieces.count)].utf8)
        for _ in 0..<random.below(300) { bytes.insert(contentsOf: piece, at: place) }
      default: bytes = Array(bytes[place...] + bytes[..<place])
      }
      if bytes.isEmpty { bytes = [0x3C] }
      if bytes.count > largest { bytes.removeSubrange(largest...) }
    }
    return bytes
  }

  /// SplitMix64: small, and the same everywhere.
  private struct Random {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
  }

  // MARK: Findings

  /// The document being read lies there, so that it is known when the program dies.
  private static let lastPath = "fuzz-last-\(getpid()).bin"

  private static func remember(_ document: [UInt8], _ number: Int, _ name: String) {
    guard let file = fopen(lastPath, "wb") else { return }
    fwrite(document, 1, document.count, file)
    fclose(file)
  }

  private static func fail(_ what: String, _ number: Int, _ name: String) -> Never {
    print("document \(number), from \(name): \(what); it is in \(lastPath)")
    exit(1)
  }

  private static func residentPeak() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss << 10
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
