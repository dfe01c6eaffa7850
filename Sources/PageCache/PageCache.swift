// PageCache: pages as they were fetched, compressed, for a bounded time, so that better rules can be tried on them
// without asking their publishers again. It must not know rules, articles or the network. What it loses is only ever a
// page.

import CZlib
internal import Digests
internal import Glibc
public import Values

/// A page as it was fetched.
public struct CachedPage: Sendable, Equatable {
  /// The key of the item it belongs to, inside its publisher; a page of the same key replaces an older one.
  public var key: String
  /// The address it came from, after redirects.
  public var url: String
  public var contentType: String?
  public var fetched: Timestamp
  public var body: [UInt8]

  public init(key: String, url: String, contentType: String?, fetched: Timestamp, body: [UInt8]) {
    self.key = key
    self.url = url
    self.contentType = contentType
    self.fetched = fetched
    self.body = body
  }
}

/// What went wrong with the cache. Nothing depends on it but the cache itself.
public struct PageCacheError: Error, Sendable, CustomStringConvertible {
  public let operation: String
  public let path: String
  public let code: Int32
  public var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
}

/// A directory of pages, `<root>/<publisher>/<24 hexadecimal digits of the key's SHA-256>`, each a line of JSON and the
/// page's bytes in zlib's format (RFC 1950), whose checksum tells a damaged file. Files are not synced: after a power
/// cut some pages are missing, or damaged and then taken for missing.
///
/// Not Sendable: confined to one thread by its owner. Every call blocks.
public final class PageCache {
  public let path: String
  /// Bytes on disk, file content only.
  public let maxBytes: Int64
  /// Seconds.
  public let maxAge: Int64
  /// Bytes kept as of the last `tidy` and what was added since.
  public private(set) var bytes: Int64 = 0

  /// Bodies above this are not kept; far above what is fetched as a page.
  static let bodyLimit = 64 << 20
  /// Good for a page of 300 KB in some 5 ms, to a sixth.
  static let level: Int32 = 5

  /// Makes nothing yet. Call `tidy` once before pages are kept, so that what is there counts.
  public init(path: String, maxBytes: Int64, maxAge: Int64) {
    self.path = path
    self.maxBytes = maxBytes
    self.maxAge = maxAge
  }

  // MARK: Keeping

  /// Keeps a page in place of an older one of the same key. When that fails the older one is gone as well: a page is
  /// never older than the last one fetched.
  public func keep(_ page: CachedPage, of publisher: String) throws(PageCacheError) {
    let folder = path + "/" + publisher
    let target = folder + "/" + Self.name(of: page.key)
    guard page.body.count <= Self.bodyLimit, let packed = Self.pack(page) else {
      unlink(target)
      return
    }
    do throws(PageCacheError) {
      try Self.makeDirectory(path)
      try Self.makeDirectory(folder)
      try Self.write(packed, to: target + ".new")
    } catch {
      unlink(target)
      throw error
    }
    var old = stat()
    if stat(target, &old) == 0 { bytes -= Int64(old.st_size) }
    guard rename(target + ".new", target) == 0 else {
      let code = errno
      unlink(target)
      throw PageCacheError(operation: "rename", path: target, code: code)
    }
    bytes += Int64(packed.count)
    if bytes > maxBytes { tidy(now: page.fetched) }
  }

  /// Removes what is kept of a key.
  public func discard(_ key: String, of publisher: String) {
    let target = path + "/" + publisher + "/" + Self.name(of: key)
    var old = stat()
    guard stat(target, &old) == 0, unlink(target) == 0 else { return }
    bytes -= Int64(old.st_size)
  }

  private static func makeDirectory(_ path: String) throws(PageCacheError) {
    if mkdir(path, 0o750) != 0 && errno != EEXIST { throw PageCacheError(operation: "make", path: path, code: errno) }
  }

  private static func write(_ bytes: [UInt8], to path: String) throws(PageCacheError) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
    guard file >= 0 else { throw PageCacheError(operation: "open", path: path, code: errno) }
    var done = 0
    var code: Int32 = 0
    while done < bytes.count && code == 0 {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + done, bytes.count - done) }
      if count >= 0 { done += count } else if errno != EINTR { code = errno }
    }
    close(file)
    guard code == 0 else {
      unlink(path)
      throw PageCacheError(operation: "write", path: path, code: code)
    }
  }

  // MARK: Looking

  /// A page that is kept.
  public struct Entry: Sendable, Equatable {
    public var path: String
    /// When it was fetched, to the second.
    public var fetched: Timestamp
    public var bytes: Int64
  }

  /// The pages of a publisher fetched at or after `since`, the oldest first.
  public func entries(of publisher: String, since: Timestamp? = nil) -> [Entry] {
    let all = Self.files(in: path + "/" + publisher).filter { !$0.path.hasSuffix(".new") }
    return all.filter { entry in since.map { entry.fetched.seconds >= $0.seconds } ?? true }.sorted(by: Self.isOlder)
  }

  /// Reads a page; nil when it is gone, cannot be read just now, or is damaged. A damaged one is removed.
  public func page(_ entry: Entry) -> CachedPage? {
    // One that cannot be read may be whole: so it is where open files have run out.
    guard let packed = Self.read(entry.path) else { return nil }
    guard let page = Self.unpack(packed) else {
      if unlink(entry.path) == 0 { bytes -= Int64(packed.count) }
      return nil
    }
    return page
  }

  /// The page kept of a key; nil when none is.
  public func page(_ key: String, of publisher: String) -> CachedPage? {
    Self.read(path + "/" + publisher + "/" + Self.name(of: key)).flatMap(Self.unpack)
  }

  // MARK: Bounds

  /// Removes pages that are too old and, the oldest first, as many as are needed to come below nine tenths of the size.
  /// Returns how many went. Reads every directory: some 5 µs a page.
  @discardableResult
  public func tidy(now: Timestamp) -> Int {
    var kept: [Entry] = []
    var removed = 0
    for publisher in Self.names(in: path) {
      for entry in Self.files(in: path + "/" + publisher) {
        let isStray = entry.path.hasSuffix(".new") && entry.fetched.seconds < now.seconds - 60
        if isStray || entry.fetched.seconds < now.seconds - maxAge {
          if unlink(entry.path) == 0 { removed += 1 }
        } else {
          kept.append(entry)
        }
      }
      rmdir(path + "/" + publisher)  // refused unless it is empty
    }
    bytes = kept.reduce(0) { $0 + $1.bytes }
    guard bytes > maxBytes else { return removed }
    for entry in kept.sorted(by: Self.isOlder) {
      if unlink(entry.path) == 0 { removed += 1 }
      bytes -= entry.bytes
      if bytes <= maxBytes / 10 * 9 { break }
    }
    return removed
  }

  // MARK: Files

  private static func isOlder(_ a: Entry, _ b: Entry) -> Bool {
    a.fetched == b.fetched ? a.path < b.path : a.fetched < b.fetched
  }

  private static func name(of key: String) -> String { String(SHA256.hex(key.utf8).prefix(24)) }

  private static func names(in path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names
  }

  private static func files(in folder: String) -> [Entry] {
    names(in: folder).compactMap { name in
      var status = stat()
      let path = folder + "/" + name
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
      return Entry(
        path: path, fetched: Timestamp(seconds: Int64(status.st_mtim.tv_sec)), bytes: Int64(status.st_size))
    }
  }

  private static func read(_ path: String) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_size <= bodyLimit else { return nil }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress! + done, $0.count - done) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return nil }
      done += count
    }
    return bytes
  }

  // MARK: Format

  private static func pack(_ page: CachedPage) -> [UInt8]? {
    var header = JSONObject([("key", .string(page.key)), ("url", .string(page.url))])
    header.set("content_type", page.contentType)
    header["fetched"] = .string(page.fetched.rfc3339)
    header["length"] = JSON(page.body.count)
    var size = compressBound(uLong(page.body.count))
    var packed = [UInt8](repeating: 0, count: Int(size))
    guard compress2(&packed, &size, page.body, uLong(page.body.count), level) == Z_OK else { return nil }
    return JSON.object(header).bytes() + [0x0A] + packed.prefix(Int(size))
  }

  private static func unpack(_ bytes: [UInt8]) -> CachedPage? {
    guard let split = bytes.firstIndex(of: 0x0A), let header = try? JSON(parsing: Array(bytes[..<split])),
      let key = header["key"]?.string, let url = header["url"]?.string, let length = header["length"]?.integer,
      (0...bodyLimit).contains(length), let fetched = header["fetched"]?.string.flatMap({ Timestamp(rfc3339: $0) })
    else { return nil }
    var size = uLong(length)
    var body = [UInt8](repeating: 0, count: max(length, 1))
    let packed = Array(bytes[(split + 1)...])
    guard uncompress(&body, &size, packed, uLong(packed.count)) == Z_OK, Int(size) == length else { return nil }
    return CachedPage(
      key: key, url: url, contentType: header["content_type"]?.string, fetched: fetched,
      body: Array(body.prefix(length)))
  }
}
