internal import Glibc

/// The consumer's side of a queue directory, step for step what dirq's QueueSimple does, so that both can work on the
/// same queue at the same time. Any number of consumers may. Every call blocks.
///
/// A consumer that dies after its work and before `acknowledge` makes the article appear again once its claim is
/// purged: consumers key on the article's `uri` and `version`.
public final class QueueReader {
  /// An element as found.
  public struct Entry: Sendable, Equatable {
    public var name: ElementName
    /// The directory it lies in, which a stranger's element may name differently than we would.
    public var bucket: String
    public var isClaimed: Bool
    public var bytes: Int64
    /// When its file was changed last: when it was claimed, for a claimed element; in seconds since 1970.
    public var modified: Int64

    /// `<bucket>/<name>`.
    public var path: String { bucket + "/" + name.description }
  }

  public let path: String
  var root: Directory
  /// When it was seen last that the path still leads to `root`; monotonic seconds.
  private var lookedAt = monotonicSeconds()
  /// Since when no queue lies at the path, and seconds until that is an error: it may be made anew just now.
  private var missingSince: Double?
  var patience = 10.0
  /// Elements of one directory that were free when it was read, the oldest last.
  private var upcoming: [ElementClaim] = []
  /// Damaged elements that cannot be moved: this reader takes them no more.
  private var unmovable: Set<String> = []
  var passedOver = PassedOver()

  public init(path: String) throws(QueueError) {
    self.path = path
    root = try Self.openRoot(path)
    guard Self.isQueue(try root.names()) else { throw Self.noQueue(path) }
  }

  private static func openRoot(_ path: String) throws(QueueError) -> Directory {
    do throws(QueueError) {
      return try Directory(path: path)
    } catch {
      guard error.kind == .notFound || error.code == ENOTDIR else { throw error }
      throw QueueError(.noQueue, operation: "open queue", path: path, code: error.code, message: error.message)
    }
  }

  private static func noQueue(_ path: String) -> QueueError {
    QueueError(.noQueue, operation: "open queue", path: path, message: "the directory is no queue")
  }

  /// Turns to the queue that lies at the path now, when that is another one; what was removed or renamed stays empty
  /// for ever to whoever holds it open. Throws `.noQueue` when none lies there.
  private func followPath() throws(QueueError) -> Bool {
    let now = monotonicSeconds()
    guard now - lookedAt >= 1 else { return false }
    lookedAt = now
    guard try root.isReplaced() else {
      missingSince = nil
      return false
    }
    do throws(QueueError) {
      let there = try Self.openRoot(path)
      guard Self.isQueue(try there.names()) else { throw Self.noQueue(path) }
      root = there
      upcoming = []
      missingSince = nil
      return true
    } catch {
      let since = missingSince ?? now
      missingSince = since
      guard error.kind == .noQueue, now - since < patience else { throw error }
      return false
    }
  }

  /// Whether a directory with these names may be a queue: newswired makes `bad/`, dirq buckets, and the package's
  /// installation `tmp/` alone. One with other things beside `tmp/` is the root of a system.
  private static func isQueue(_ names: [String]) -> Bool {
    names == ["tmp"] || names.contains { $0 == "bad" || ElementName.isBucket($0) }
  }

  // MARK: Looking

  /// The elements in the order they were published.
  public func list(includingClaimed: Bool = true) throws(QueueError) -> [Entry] {
    _ = try followPath()
    var entries: [Entry] = []
    try visit(try buckets(), to: .look) { bucket, directory throws(QueueError) in
      entries += try elements(of: bucket, directory)
      return false
    }
    return includingClaimed ? entries : entries.filter { !$0.isClaimed }
  }

  func buckets() throws(QueueError) -> [String] {
    try root.names().filter(ElementName.isBucket).sorted()
  }

  /// A bucket that another process removes meanwhile has no elements, nor has a stranger's file of a bucket's name.
  private func enter(_ bucket: String, to use: Directory.Use) throws(QueueError) -> Directory? {
    do throws(QueueError) {
      let directory = try Directory(bucket, in: root)
      try directory.check(use)
      return directory
    } catch {
      if error.kind == .notFound || error.code == ENOTDIR || error.code == ELOOP { return nil }
      throw error
    }
  }

  /// The same, passing over one that this user may not use so.
  func open(_ bucket: String, to use: Directory.Use = .look) throws(QueueError) -> Directory? {
    do throws(QueueError) {
      return try enter(bucket, to: use)
    } catch {
      guard error.kind == .permission else { throw error }
      passedOver.note(bucket, error)
      return nil
    }
  }

  /// Calls `visit` with each bucket until it gives true, passing over those that this user may not use so. Of one who
  /// may use none of them the queue is not.
  func visit(
    _ buckets: [String], to use: Directory.Use, _ visit: (String, Directory) throws(QueueError) -> Bool
  ) throws(QueueError) {
    var denial: QueueError?
    var mayUseOne = false
    for bucket in buckets {
      let directory: Directory
      do throws(QueueError) {
        guard let entered = try enter(bucket, to: use) else { continue }
        directory = entered
      } catch {
        guard error.kind == .permission else { throw error }
        passedOver.note(bucket, error)
        denial = error
        continue
      }
      mayUseOne = true
      if try visit(bucket, directory) { return }
    }
    if !mayUseOne, let denial { throw denial }
  }

  func elements(of bucket: String, _ directory: Directory) throws(QueueError) -> [Entry] {
    let names = try directory.names()
    let claimed = Set(names.lazy.filter { $0.hasSuffix(Self.lock) }.map { String($0.dropLast(Self.lock.count)) })
    var entries: [Entry] = []
    for name in names.compactMap({ ElementName($0) }).sorted() {
      guard let status = try directory.status(name.description) else { continue }
      entries.append(
        Entry(
          name: name, bucket: bucket, isClaimed: claimed.contains(name.description), bytes: Int64(status.st_size),
          modified: Int64(status.st_mtim.tv_sec)))
    }
    return entries
  }

  /// An element's article, verified. `element` is `<bucket>/<name>` or the name alone.
  public func read(_ element: String) throws(QueueError) -> QueueElement {
    let path = try elementPath(element)
    var found = try root.read(path)
    if found == nil { found = try root.read(path + Self.lock) }
    guard let bytes = found else {
      throw QueueError(.notFound, operation: "read", path: self.path + "/" + path, message: "no such element")
    }
    guard let element = QueueElement(verifying: bytes) else {
      throw QueueError(.damaged, operation: "read", path: self.path + "/" + path, message: "the digest does not match")
    }
    return element
  }

  // MARK: Claiming

  /// Claims an element; false when another consumer holds or took it.
  public func claim(_ element: String) throws(QueueError) -> Bool {
    let path = try elementPath(element)
    let lock = path + Self.lock
    let where_ = self.path + "/" + path
    // The time of a claim is the file's own. It is set before the link too, lest a purge in between takes a long queued
    // element's fresh claim for a stale one; only while no claim is seen, lest polling keeps a dead consumer's alive.
    if try root.status(lock) != nil { return false }
    // A claim of what cannot be read afterwards would keep it from those who can. A link is found damaged then.
    if !root.mayUse(path, R_OK, AT_SYMLINK_NOFOLLOW) {
      if errno == ENOENT { return false }
      throw QueueError(errno: errno, operation: "claim", path: where_)
    }
    if utimensat(root.descriptor, path, nil, AT_SYMLINK_NOFOLLOW) != 0 {
      if errno == ENOENT { return false }
      throw QueueError(errno: errno, operation: "claim", path: where_)
    }
    if linkat(root.descriptor, path, root.descriptor, lock, 0) != 0 {
      if errno == EEXIST || errno == ENOENT { return false }
      throw QueueError(errno: errno, operation: "claim", path: where_)
    }
    if utimensat(root.descriptor, path, nil, AT_SYMLINK_NOFOLLOW) == 0 { return true }
    let code = errno
    // Another consumer removed the element while the link was made: the claim is of nothing.
    unlinkat(root.descriptor, lock, 0)
    if code == ENOENT { return false }
    throw QueueError(errno: code, operation: "claim", path: where_)
  }

  /// Claims the oldest element nobody holds; nil when there is none. A directory is read once and then worked off, so
  /// that taking a long queue costs no more an element than taking a short one.
  public func claimNext() throws(QueueError) -> ElementClaim? {
    if let claim = try claimFound() { return claim }
    return try followPath() ? claimFound() : nil
  }

  private func claimFound() throws(QueueError) -> ElementClaim? {
    if let claim = try claimUpcoming() { return claim }
    var claim: ElementClaim?
    try visit(try buckets(), to: .change) { bucket, directory throws(QueueError) in
      let names = Set(try directory.names())
      upcoming = names.compactMap { ElementName($0) }.filter { !names.contains($0.description + Self.lock) }
        .sorted(by: >).map { ElementClaim(path: bucket + "/" + $0.description, name: $0) }
      claim = try claimUpcoming()
      return claim != nil
    }
    return claim
  }

  private func claimUpcoming() throws(QueueError) -> ElementClaim? {
    while let next = upcoming.popLast() {
      if unmovable.contains(next.path) { continue }
      do throws(QueueError) {
        if try claim(next.path) { return next }
      } catch {
        guard isAlone(next.path, error) else { throw error }
        passedOver.note(next.path, error)
      }
    }
    return nil
  }

  /// Why elements could not be claimed by `claimNext`, or buckets not be used by any call, which went on to the next:
  /// those met since this was asked last, each once. They are tried again whenever it comes by.
  public func takePassedOver() -> [QueueError] { passedOver.take() }

  /// Whether an error is one element's, of another owner and mode or no file at all, and not that of a user who may
  /// claim nothing, or of a device that fails.
  func isAlone(_ element: String, _ error: QueueError) -> Bool {
    guard [.permission, .unsuitable, .failed].contains(error.kind), let slash = element.firstIndex(of: "/") else {
      return false
    }
    return root.mayUse(String(element[..<slash]), W_OK | X_OK)
  }

  /// Makes a claim as young as if it had been made now, for one who works long.
  public func refresh(_ element: String) throws(QueueError) {
    let path = try claimedPath(element, "refresh the claim of")
    if utimensat(root.descriptor, path, nil, AT_SYMLINK_NOFOLLOW) != 0, errno != ENOENT {
      throw QueueError(errno: errno, operation: "refresh the claim of", path: self.path + "/" + path)
    }
  }

  /// Removes a claimed element: its work is done.
  public func acknowledge(_ element: String) throws(QueueError) {
    let path = try claimedPath(element, "acknowledge")
    try root.remove(path)
    try root.remove(path + Self.lock)
  }

  /// Gives a claimed element back.
  public func release(_ element: String) throws(QueueError) {
    let path = try claimedPath(element, "release")
    try root.remove(path + Self.lock)
  }

  /// Moves a claimed element into `bad/`, where no consumer sees it: for one that is damaged. One that cannot be moved
  /// is given back: who cannot do that work does not keep it from others.
  public func setAside(_ element: String) throws(QueueError) {
    let path = try claimedPath(element, "set aside")
    guard let slash = path.firstIndex(of: "/"), let bucket = try open(String(path[..<slash])) else { return }
    let name = String(path[path.index(after: slash)...])
    do throws(QueueError) {
      try Spool.quarantine(name, from: bucket, into: Spool.open("bad", in: root, mode: 0o770))
    } catch {
      _ = try? bucket.remove(name + Self.lock)
      throw error
    }
    try bucket.remove(name + Self.lock)
  }

  /// Moves a damaged element that is claimed into `bad/`. One that cannot be moved is given back and passed over from
  /// now on, as it keeps nobody from the others. false for such a one.
  public func setDamagedAside(_ element: String) -> Bool {
    do throws(QueueError) {
      try setAside(element)
      return true
    } catch {
      unmovable.insert(element)
      passedOver.note(
        element,
        QueueError(
          error.kind, operation: "move the damaged element to bad/", path: path + "/" + element,
          message: error.message))
      return false
    }
  }

  private func claimedPath(_ element: String, _ operation: String) throws(QueueError) -> String {
    let path = try elementPath(element)
    guard try root.status(path + Self.lock) != nil else {
      let isThere = try root.status(path) != nil
      throw QueueError(
        isThere ? .notClaimed : .notFound, operation: operation, path: self.path + "/" + path,
        message: isThere ? "the element is not claimed" : "no such element")
    }
    return path
  }

  // MARK: Names

  static let lock = ".lck"

  private func elementPath(_ element: String) throws(QueueError) -> String {
    let parts = element.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 1, let name = ElementName(parts[0]) { return name.path }
    if parts.count == 2, ElementName.isBucket(String(parts[0])), let name = ElementName(parts[1]) {
      return "\(parts[0])/\(name)"
    }
    throw QueueError(
      .notFound, operation: "find element", path: path + "/" + element,
      message: "a name is 8 hexadecimal digits, a slash and 14 more")
  }
}

/// An element held by this consumer.
public struct ElementClaim: Sendable, Equatable {
  /// `<bucket>/<name>`
  public let path: String
  public let name: ElementName
}
