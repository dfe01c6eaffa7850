import Fetching
import PageCache
import Service
import Threads
import Values
import Workers

/// The cache of fetched pages, on a thread of its own: packing a page takes some milliseconds, writing it may wait for
/// a disk.
actor PageShelf {
  private let executor = ThreadExecutor(name: "pages")
  private let cache: PageCache
  private let log: EventLog
  private var isTidied = false
  private var hasComplained = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(path: String, maxBytes: Int, maxAge: Int, log: EventLog) {
    cache = PageCache(path: path, maxBytes: Int64(maxBytes), maxAge: Int64(maxAge))
    self.log = log
  }

  /// Keeps a page as it was fetched. Failing to costs nothing but the page, and is told once.
  func keep(_ response: FetchResponse, key: String, of publisher: String) {
    if !isTidied { tidy() }
    let page = CachedPage(
      key: key, url: response.url.description, contentType: response.contentType, fetched: .now(), body: response.body)
    do throws(PageCacheError) {
      try cache.keep(page, of: publisher)
      hasComplained = false
    } catch {
      if hasComplained { return }
      hasComplained = true
      log.record(
        .storeError, "pages cannot be kept: \(error)", level: .warning, publisher: publisher,
        next: "articles are published all the same; reextract will not find these pages")
    }
  }

  func discard(_ key: String, of publisher: String) { cache.discard(key, of: publisher) }

  func entries(of publisher: String, since: Timestamp?) -> [PageCache.Entry] {
    cache.entries(of: publisher, since: since)
  }

  func page(_ entry: PageCache.Entry) -> CachedPage? { cache.page(entry) }

  /// Whether the page kept of a key came to its end; nil when none is kept.
  func hasEnd(_ key: String, of publisher: String) -> Bool? {
    cache.page(key, of: publisher).map { PageEnd.isThere($0.body) }
  }

  /// Removes what is too old or too much.
  func tidy() {
    isTidied = true
    cache.tidy(now: .now())
  }
}
