import Feeds
import Glibc
import Values

/// What reading a document costs in memory.
enum Memory {
  /// Prints `path bytes items allocations bytes-allocated`, tab separated. Needs count.so preloaded.
  static func countAllocations(_ path: String) {
    guard let count = function("allocation_count"), let bytes = function("allocated_bytes") else {
      print("start this with LD_PRELOAD=count.so, see count.c")
      exit(64)
    }
    for file in Files.read(path) {
      // Once before, so that tables are made and not counted.
      _ = try? FeedReader.read(file.bytes, url: url)
      let (before, bytesBefore) = (count(), bytes())
      let feed = try? FeedReader.read(file.bytes, url: url)
      let (after, bytesAfter) = (count(), bytes())
      let items = feed.map { $0.items.count + $0.sitemaps.count } ?? 0
      print("\(file.name)\t\(file.bytes.count)\t\(items)\t\(after - before)\t\(bytesAfter - bytesBefore)")
    }
  }

  private static func function(_ name: String) -> (@convention(c) () -> UInt)? {
    // RTLD_DEFAULT
    dlsym(nil, name).map { unsafeBitCast($0, to: (@convention(c) () -> UInt).self) }
  }

  private static let url = WebURL("https://bench.example/feed")

  /// Prints, tab separated, a document's name, its bytes, the most that the process held beyond what it held before,
  /// the document included, while reading it and writing it as JSON Feed; and whether that is within eight times the
  /// document and 16 MB. False when one is not.
  static func measure(_ path: String) -> Bool {
    var isWithin = true
    for file in Files.read(path) {
      resetPeak()
      let before = status("VmRSS:")
      if let feed = try? FeedReader.read(file.bytes, url: url) { _ = feed.jsonFeedBytes.count }
      let used = status("VmHWM:") - before + file.bytes.count
      let limit = 8 * file.bytes.count + 16 << 20
      if used > limit { isWithin = false }
      let share = Double(used) / Double(limit)
      print(
        "\(file.name)\t\(file.bytes.count)\t\(used)\t\(Double(Int(share * 100)) / 100)\(used > limit ? "\tTOO MUCH" : "")"
      )
    }
    return isWithin
  }

  /// Linux: "5" makes the peak what is resident now (proc(5)).
  private static func resetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  /// Bytes.
  private static func status(_ key: String) -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, 256, file) != nil {
      let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      guard text.hasPrefix(key) else { continue }
      return (Int(text.filter(\.isNumber)) ?? 0) << 10
    }
    return 0
  }
}
