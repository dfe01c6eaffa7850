import Feeds
import Glibc
import Values

enum Speed {
  /// Prints `path bytes items seconds`, tab separated: the best of all rounds over the path's files.
  static func measure(_ path: String, atLeast seconds: Double, writingJSON: Bool) {
    let files = Files.read(path)
    let size = files.reduce(0) { $0 + $1.bytes.count }
    let url = WebURL("https://bench.example/feed")
    var best = Double.infinity
    var items = 0
    let start = now()
    repeat {
      let begin = now()
      items = 0
      for file in files {
        guard let feed = try? FeedReader.read(file.bytes, url: url) else { continue }
        items += feed.items.count + feed.sitemaps.count
        if writingJSON { items += feed.jsonFeedBytes.isEmpty ? 1 : 0 }
      }
      best = min(best, now() - begin)
    } while now() - start < seconds
    print("\(path)\t\(size)\t\(items)\t\(best)")
  }

  /// Prints `name TAB JSON` of each file, or what is wrong with it.
  static func dump(_ path: String) {
    for file in Files.read(path) {
      do {
        let feed = try FeedReader.read(file.bytes, url: WebURL("https://bench.example/feed"))
        print("\(file.name)\t\(String(decoding: feed.jsonFeedBytes, as: UTF8.self))")
      } catch {
        print("\(file.name)\terror: \(error)")
      }
    }
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
