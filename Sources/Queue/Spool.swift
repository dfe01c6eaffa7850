// Queue: the queue directory, in the layout of dirq's QueueSimple: how elements get in (Spool), how they get out
// (QueueReader), how much may be in it (Capacity). It must not know the database, articles or where elements come from.

internal import Glibc
internal import Threads

/// The producer's side of a queue directory. Every step is made durable or reported; in which order the steps are taken
/// is the publisher's business. Not Sendable: confined to one thread by its owner. Every call blocks.
///
///     <root>/tmp/<id>                     staged: being written, or complete and not yet published
///     <root>/<8 hex>/<14 hex>[.lck]       published; .lck while claimed
///     <root>/bad/<name>                   set aside because its digest failed
public final class Spool {
  public let path: String
  let anyFileSystem: Bool
  let root: Directory
  let tmp: Directory
  private let bad: Directory
  private let syncs = ThreadPool(name: "queue-sync", threads: 4)

  /// The system calls a fault can be injected at.
  package enum Step: String, CaseIterable, Sendable {
    case create, allocate, write, syncFile, close, syncTmp, makeBucket, syncRoot, rename, syncBucket
  }

  /// For tests: called before each step. 0 makes the call; another number is reported as its errno instead, and `omit`
  /// leaves it out as if it had been done.
  package var fault: (Step) -> Int32 = { _ in 0 }
  package static let omit: Int32 = -1

  /// What `publish` found.
  public enum Publication: Sendable {
    case done
    /// Another element has the name.
    case nameTaken
    /// What bears the bucket's name is a stranger's: no directory, or one in which we may make no names.
    case bucketTaken
  }

  /// Opens the queue at `path`, creating what is missing of its layout.
  ///
  /// - Parameter anyFileSystem: accepts network, FUSE and overlay file systems, whose rename and fsync promise less.
  public init(path: String, anyFileSystem: Bool = false) throws(QueueError) {
    self.path = path
    self.anyFileSystem = anyFileSystem
    let isMade = uninterrupted({ mkdir(path, 0o770) }) == 0
    if !isMade && errno != EEXIST { throw QueueError(errno: errno, operation: "create queue directory", path: path) }
    root = try Directory(path: path)
    if isMade { Directory.share(root.descriptor, 0o770) }
    if !anyFileSystem { try Self.checkFileSystem(root) }
    tmp = try Self.open("tmp", in: root, mode: 0o700)
    bad = try Self.open("bad", in: root, mode: 0o770)
    // Found now, and not with the first article that needs a bucket.
    try root.check(.change)
    try tmp.check(.change)
    guard try tmp.status().st_dev == root.status().st_dev else {
      throw QueueError(
        .unsuitable, operation: "open queue", path: tmp.path, message: "tmp/ and the queue are on different devices")
    }
  }

  /// Opens a directory of the queue, and makes it where it is missing.
  static func open(_ name: String, in root: Directory, mode: mode_t) throws(QueueError) -> Directory {
    guard uninterrupted({ mkdirat(root.descriptor, name, mode) }) == 0 else {
      guard errno == EEXIST else {
        throw QueueError(errno: errno, operation: "create", path: root.path + "/" + name)
      }
      return try Directory(name, in: root)
    }
    guard uninterrupted({ fsync(root.descriptor) }) == 0 else {
      throw QueueError(errno: errno, operation: "sync", path: root.path)
    }
    let directory = try Directory(name, in: root)
    Directory.share(directory.descriptor, mode)
    return directory
  }

  private static func checkFileSystem(_ root: Directory) throws(QueueError) {
    let unsuitable = ["nfs", "nfs4", "cifs", "smb3", "overlay", "9p", "ceph", "fuse"]
    guard let type = try fileSystemType(of: root) else { return }
    if unsuitable.contains(type) || type.hasPrefix("fuse.") {
      throw QueueError(
        .unsuitable, operation: "open queue", path: root.path,
        message: "a file system of type \(type) does not promise durable renames")
    }
  }

  /// The type by the kernel's list of mounts (proc(5), mountinfo); nil where the device has no entry of its own, as
  /// with btrfs subvolumes.
  private static func fileSystemType(of root: Directory) throws(QueueError) -> String? {
    let (major, minor) = deviceNumbers(try root.status().st_dev)
    guard let process = try? Directory(path: "/proc/self"), let mounts = try process.readStream("mountinfo") else {
      return nil
    }
    for line in mounts.split(separator: 0x0A) {
      let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
      guard fields.count > 3, fields[2] == "\(major):\(minor)", let dash = fields.firstIndex(of: "-"),
        dash + 1 < fields.endIndex
      else { continue }
      return String(fields[dash + 1])
    }
    return nil
  }

  // MARK: Staging (P1, P2)

  /// Writes a new file into `tmp/` and syncs its content. On any error the file is gone again.
  /// A leftover of the same id is replaced: the caller has made sure that it is committed nowhere.
  public func stage(_ id: String, _ bytes: [UInt8]) throws(QueueError) {
    let file = try create(id, bytes)
    var code = fault(.syncFile)
    if code == 0 && uninterrupted({ fsync(file) }) != 0 { code = errno }
    try finish(id, file, code)
  }

  /// A file whose content is on its way to the device.
  public struct Staging {
    public let id: String
    fileprivate let file: Int32
    fileprivate let sync: PendingCall<Int32>?
    /// What was injected in place of a sync.
    fileprivate let injected: Int32
  }

  /// As `stage`, but does not wait for the device: several files are synced at once, and a journal commits them
  /// together. Each must be given to `finish` or to `abandon`; until then it is an open file.
  public func begin(_ id: String, _ bytes: [UInt8]) throws(QueueError) -> Staging {
    let file = try create(id, bytes)
    let code = fault(.syncFile)
    let sync = code == 0 ? syncs.start { uninterrupted({ fsync(file) }) == 0 ? 0 : errno } : nil
    return Staging(id: id, file: file, sync: sync, injected: code)
  }

  /// Waits until a file's content is on the device. On any error the file is gone again.
  public func finish(_ staging: Staging) throws(QueueError) {
    try finish(staging.id, staging.file, staging.sync?.wait() ?? staging.injected)
  }

  /// Gives a file up that was begun: it stays as it is, whole or not.
  public func abandon(_ staging: Staging) {
    _ = staging.sync?.wait()
    Glibc.close(staging.file)
  }

  private func create(_ id: String, _ bytes: [UInt8]) throws(QueueError) -> Int32 {
    var code = fault(.create)
    guard code == 0 else { throw stagingFailure(id, "create", code) }
    let flags = O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW
    var file = uninterrupted { openat(tmp.descriptor, id, flags, 0o660) }
    if file < 0 && errno == EEXIST {
      try tmp.remove(id)
      file = uninterrupted { openat(tmp.descriptor, id, flags, 0o660) }
    }
    guard file >= 0 else {
      let code = errno
      if code == ENOENT, try tmp.isReplaced() { throw QueueError(replaced: tmp, operation: "create \(id)") }
      throw stagingFailure(id, "create", code)
    }
    Directory.share(file, 0o660)
    guard let (operation, reason) = write(bytes, to: file) else { return file }
    code = fault(.close)
    Glibc.close(file)
    unlinkat(tmp.descriptor, id, 0)
    throw stagingFailure(id, operation, reason)
  }

  /// Closes a file whose sync has ended with an errno, or with 0.
  private func finish(_ id: String, _ file: Int32, _ synced: Int32) throws(QueueError) {
    var code = fault(.close)
    // Linux has closed the file when it reports an interruption; the content is synced already.
    if Glibc.close(file) != 0 && code == 0 && errno != EINTR { code = errno }
    let isSynced = synced == 0 || synced == Self.omit
    if isSynced && code == 0 { return }
    unlinkat(tmp.descriptor, id, 0)
    throw isSynced ? stagingFailure(id, "close", code) : stagingFailure(id, "sync", synced)
  }

  private func stagingFailure(_ id: String, _ operation: String, _ code: Int32) -> QueueError {
    QueueError(errno: code, operation: operation, path: tmp.path + "/" + id)
  }

  /// The operation that failed and its errno; nil when all is written.
  private func write(_ bytes: [UInt8], to file: Int32) -> (String, Int32)? {
    var code = fault(.allocate)
    if code == 0 {
      for _ in 0..<interruptions {
        code = posix_fallocate(file, 0, off_t(bytes.count))
        if code != EINTR { break }
      }
    }
    // Allocation only finds a full disk early; a file system without it finds out when writing.
    if code != 0 && code != EOPNOTSUPP && code != EINVAL { return ("allocate", code) }
    var done = 0
    while done < bytes.count {
      code = fault(.write)
      if code != 0 { return ("write", code) }
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + done, bytes.count - done) }
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { return ("write", count < 0 ? errno : EIO) }
      done += count
    }
    return nil
  }

  /// Makes the names of the staged files durable. Must precede the commit of their rows.
  public func syncStaged() throws(QueueError) { try sync(tmp, .syncTmp) }

  /// The ids in `tmp/`, sorted.
  public func stagedIDs() throws(QueueError) -> [String] { try tmp.names().sorted() }

  public func hasStaged(_ id: String) throws(QueueError) -> Bool { try tmp.status(id) != nil }

  /// The staged file's bytes; nil when it is not there.
  public func readStaged(_ id: String) throws(QueueError) -> [UInt8]? { try tmp.read(id) }

  public func discardStaged(_ id: String) throws(QueueError) { try tmp.remove(id) }

  /// Moves a staged file into `bad/`, under a name that is free there.
  public func quarantineStaged(_ id: String) throws(QueueError) { try Self.quarantine(id, from: tmp, into: bad) }

  static func quarantine(_ name: String, from directory: Directory, into bad: Directory) throws(QueueError) {
    var target = name
    var count = 1
    while renameNoReplace(directory, name, bad, target, orLink: true) != 0 {
      guard errno == EEXIST, count < 1000 else {
        throw QueueError(errno: errno, operation: "quarantine", path: directory.path + "/" + name)
      }
      target = "\(name).\(count)"
      count += 1
    }
    guard uninterrupted({ fsync(bad.descriptor) }) == 0, uninterrupted({ fsync(directory.descriptor) }) == 0 else {
      throw QueueError(errno: errno, operation: "sync", path: bad.path)
    }
  }

  // MARK: Publishing (P4, P5)

  /// Gives a staged file its name in the queue. From here on a consumer may take it at any moment.
  public func publish(_ id: String, as name: ElementName) throws(QueueError) -> Publication {
    // A consumer's purge may remove the empty bucket between mkdir and rename; it cannot win forever.
    for _ in 0..<16 {
      var code = fault(.rename)
      if code == 0 && rename(id, to: name) == 0 { return .done }
      if code == 0 { code = errno }
      if code == EEXIST { return .nameTaken }
      if Self.isUnknownRename(code) {
        throw QueueError(
          .unsuitable, operation: "publish \(name.path)", path: tmp.path + "/" + id, code: code,
          message: "the file system knows no rename that replaces nothing (RENAME_NOREPLACE); "
            + "[queue] any_file_system = true does without, and may publish an article twice after a crash")
      }
      if [EACCES, EPERM, ENOTDIR, ENOENT].contains(code), try isTaken(name.bucket) { return .bucketTaken }
      guard code == ENOENT, try hasStaged(id) else {
        throw QueueError(errno: code, operation: "publish \(name.path)", path: tmp.path + "/" + id)
      }
      try makeBucket(name.bucket)
    }
    throw QueueError(
      .failed, operation: "publish", path: path + "/" + name.path, message: "the directory keeps being removed")
  }

  private func rename(_ id: String, to name: ElementName) -> Int32 {
    uninterrupted { Self.renameNoReplace(tmp, id, root, name.path, orLink: anyFileSystem) }
  }

  private func isTaken(_ bucket: String) throws(QueueError) -> Bool {
    guard let there = try root.status(bucket) else { return false }
    return there.st_mode & S_IFMT != S_IFDIR || !root.mayUse(bucket, R_OK | W_OK | X_OK)
  }

  private func makeBucket(_ bucket: String) throws(QueueError) {
    var code = fault(.makeBucket)
    let isMade = code == 0 && uninterrupted({ mkdirat(root.descriptor, bucket, 0o770) }) == 0
    if code == 0 && !isMade && errno != EEXIST { code = errno }
    if code == ENOENT, try root.isReplaced() { throw QueueError(replaced: root, operation: "create \(bucket)") }
    guard code == 0 else { throw QueueError(errno: code, operation: "create", path: path + "/" + bucket) }
    // A purge may have removed it already: then it is made again.
    if isMade, let directory = try? Directory(bucket, in: root) { Directory.share(directory.descriptor, 0o770) }
    try sync(root, .syncRoot)
  }

  /// Makes the names in a bucket durable. A bucket that is gone held nothing any more.
  public func syncBucket(_ bucket: String) throws(QueueError) {
    let directory: Directory
    do throws(QueueError) {
      directory = try Directory(bucket, in: root)
    } catch {
      if error.kind == .notFound { return }
      throw error
    }
    try sync(directory, .syncBucket)
  }

  /// The published element's bytes, claimed or not; nil when consumers have taken it.
  public func readPublished(_ name: ElementName) throws(QueueError) -> [UInt8]? { try root.read(name.path) }

  /// Whether the element is there, claimed or not.
  public func hasPublished(_ name: ElementName) throws(QueueError) -> Bool { try root.status(name.path) != nil }

  /// The greatest name in the queue, so that names go on growing when the database was lost.
  public func newestName() throws(QueueError) -> ElementName? {
    for bucket in try root.names().filter(ElementName.isBucket).sorted().reversed() {
      // A stranger's tells nothing.
      guard let directory = try? Directory(bucket, in: root), (try? directory.check(.look)) != nil else { continue }
      if let newest = try directory.names().compactMap({ ElementName($0) }).max() { return newest }
    }
    return nil
  }

  private func sync(_ directory: Directory, _ step: Step) throws(QueueError) {
    var code = fault(step)
    if code == 0 && uninterrupted({ fsync(directory.descriptor) }) != 0 { code = errno }
    guard code == 0 || code == Self.omit else { throw QueueError(errno: code, operation: "sync", path: directory.path) }
  }

  /// renameat2 with RENAME_NOREPLACE (Linux 3.15, glibc 2.28): atomic, and never onto an element that is there. Looked
  /// up by name, because <stdio.h> declares it only under _GNU_SOURCE, without which Swift imports Glibc.
  ///
  /// - Parameter orLink: where the file system knows no such rename, do as well without.
  private static func renameNoReplace(
    _ from: Directory, _ old: String, _ to: Directory, _ new: String, orLink: Bool
  ) -> Int32 {
    let result = renameat2(from.descriptor, old, to.descriptor, new, 1)
    return result != 0 && orLink && isUnknownRename(errno) ? linkNoReplace(from, old, to, new) : result
  }

  private static func isUnknownRename(_ code: Int32) -> Bool { code == EINVAL || code == ENOSYS }

  /// For file systems without RENAME_NOREPLACE, as NFS: a second name, and then the first is removed. Who is
  /// interrupted in between finds the file under both names, or, once a consumer has removed the second, as if it had
  /// never had that. Where there are no links, nothing keeps a stranger from taking the name between look and rename.
  static func linkNoReplace(_ from: Directory, _ old: String, _ to: Directory, _ new: String) -> Int32 {
    if linkat(from.descriptor, old, to.descriptor, new, 0) == 0 {
      let result = uninterrupted { unlinkat(from.descriptor, old, 0) }
      return result != 0 && errno == ENOENT ? 0 : result
    }
    guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { return -1 }
    var there = stat()
    if fstatat(to.descriptor, new, &there, AT_SYMLINK_NOFOLLOW) == 0 {
      errno = EEXIST
      return -1
    }
    return errno == ENOENT ? renameat(from.descriptor, old, to.descriptor, new) : -1
  }

  private typealias Rename =
    @Sendable @convention(c) (
      Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32
    ) -> Int32

  private static let renameat2: Rename = {
    guard let symbol = dlsym(nil, "renameat2") else { preconditionFailure("this C library has no renameat2") }
    return unsafeBitCast(symbol, to: Rename.self)
  }()
}
