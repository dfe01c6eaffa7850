import Foundation
import Glibc
import Testing
import Values

@testable import Queue

/// A queue directory for one test, gone with it.
final class Scratch {
  let path: String
  init() throws {
    path = NSTemporaryDirectory() + "newswire-queue-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }
  deinit { try? FileManager.default.removeItem(atPath: path) }
  var queue: String { path + "/queue" }
  func spool() throws -> Spool { try Spool(path: queue, anyFileSystem: true) }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: queue + "/" + name) }

  /// Publishes elements one second apart; their names.
  @discardableResult
  func fill(_ count: Int, from start: Int64 = 1_800_000_000) throws -> [ElementName] {
    let spool = try spool()
    return try (0..<count).map { index in
      let name = ElementName(now: Timestamp(seconds: start + Int64(index)), after: nil)
      try spool.stage("\(index)", QueueElement(article: Array("{\"n\":\(index)}".utf8)).bytes)
      #expect(try spool.publish("\(index)", as: name) == .done)
      return name
    }
  }
}

@Suite struct SpoolTests {
  let name = ElementName("6ac1f0d8a3ca77")!

  @Test func stagesAndPublishes() throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    let bytes = QueueElement(article: Array(repeating: 0x20, count: 100_000)).bytes
    try spool.stage("x", bytes)
    try spool.syncStaged()
    #expect(try spool.stagedIDs() == ["x"])
    #expect(try spool.readStaged("x") == bytes)
    #expect(try spool.publish("x", as: name) == .done)
    try spool.syncBucket(name.bucket)
    #expect(try spool.stagedIDs().isEmpty)
    #expect(try spool.readPublished(name) == bytes)
    #expect(try spool.newestName() == name)
    #expect(scratch.exists(name.path))
    try spool.syncBucket("00000000")  // one that consumers have removed
  }

  @Test func replacesALeftoverButNeverAnElement() throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    try spool.stage("x", [1, 2, 3, 4])
    try spool.stage("x", [5])
    #expect(try spool.readStaged("x") == [5])
    #expect(try spool.publish("x", as: name) == .done)
    try spool.stage("y", [6])
    #expect(try spool.publish("y", as: name) == .nameTaken)
    #expect(try spool.readPublished(name) == [5])
    #expect(try spool.readStaged("y") == [6])
    #expect(throws: QueueError.self) { try spool.publish("absent", as: ElementName("6ac1f0d8a3ca78")!) }
  }

  @Test func neverFollowsALink() throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    let victim = scratch.path + "/victim"
    try Data("keep".utf8).write(to: URL(fileURLWithPath: victim))
    try FileManager.default.createSymbolicLink(atPath: scratch.queue + "/tmp/x", withDestinationPath: victim)
    #expect(throws: QueueError.self) { try spool.readStaged("x") }
    try spool.stage("x", [1])
    #expect(try String(contentsOfFile: victim, encoding: .utf8) == "keep")
    let other = scratch.path + "/link"
    try FileManager.default.createSymbolicLink(atPath: other, withDestinationPath: scratch.path)
    try FileManager.default.removeItem(atPath: scratch.queue + "/tmp/x")
    try FileManager.default.removeItem(atPath: scratch.queue + "/tmp")
    try FileManager.default.createSymbolicLink(atPath: scratch.queue + "/tmp", withDestinationPath: other)
    #expect(throws: QueueError.self) { try scratch.spool() }
  }

  /// Each step of staging fails in turn: the error says which kind, and no file stays behind.
  @Test(arguments: [Spool.Step.create, .allocate, .write, .syncFile, .close], [ENOSPC, EDQUOT, EIO, EACCES])
  func failedStagingLeavesNothing(_ step: Spool.Step, _ code: Int32) throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    spool.fault = { $0 == step ? code : 0 }
    do throws(QueueError) {
      try spool.stage("x", [1, 2, 3])
      Issue.record("\(step) failed unnoticed")
    } catch {
      #expect(error.kind == (code == EIO ? .ioError : code == EACCES ? .permission : .spaceExhausted))
      #expect(error.code == code && error.path.hasSuffix("/tmp/x") && !error.hint.isEmpty)
    }
    spool.fault = { _ in 0 }
    #expect(try spool.stagedIDs().isEmpty)
    try spool.stage("x", [1, 2, 3])
    #expect(try spool.readStaged("x") == [1, 2, 3])
  }

  @Test(arguments: [Spool.Step.rename, .makeBucket, .syncRoot]) func failedPublishingKeepsTheStagedFile(
    _ step: Spool.Step
  ) throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    try spool.stage("x", [1])
    spool.fault = { $0 == step ? ENOSPC : 0 }
    #expect(throws: QueueError.self) { try spool.publish("x", as: name) }
    spool.fault = { _ in 0 }
    #expect(try spool.publish("x", as: name) == .done)
  }

  /// File systems without RENAME_NOREPLACE: no name is taken from another file, and a directory has no second name.
  @Test(arguments: [false, true]) func renamesWithoutTheKernelsHelp(isDirectory: Bool) throws {
    let scratch = try Scratch()
    let root = try scratch.spool().root
    let tmp = try Directory("tmp", in: root)
    func make(_ content: String) throws {
      let path = scratch.queue + "/tmp/x"
      if isDirectory {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      } else {
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
      }
    }
    try make("first")
    #expect(Spool.linkNoReplace(tmp, "x", root, name.path) == -1 && errno == ENOENT, "no bucket")
    #expect(scratch.exists("tmp/x"))
    #expect(mkdirat(root.descriptor, name.bucket, 0o700) == 0)
    #expect(Spool.linkNoReplace(tmp, "x", root, name.path) == 0)
    #expect(!scratch.exists("tmp/x") && scratch.exists(name.path))
    try make("second")
    #expect(Spool.linkNoReplace(tmp, "x", root, name.path) == -1 && errno == EEXIST)
    #expect(scratch.exists("tmp/x"))
    if !isDirectory { #expect(try root.read(name.path) == Array("first".utf8)) }
    #expect(Spool.linkNoReplace(tmp, "absent", root, "y") == -1 && errno == ENOENT)
  }

  /// Where it must not do without, it says what to do.
  @Test(arguments: [EINVAL, ENOSYS]) func saysThatTheFileSystemKnowsNoSuchRename(_ code: Int32) throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    try spool.stage("x", [1])
    spool.fault = { $0 == .rename ? code : 0 }
    let error = #expect(throws: QueueError.self) { try spool.publish("x", as: name) }
    #expect(error?.kind == .unsuitable && error?.exitStatus == 78)
    #expect(error?.description.contains("any_file_system") == true)
    #expect(try spool.hasStaged("x"))
  }

  @Test func quarantineKeepsEveryFile() throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    for _ in 0..<3 {
      try spool.stage("x", [1])
      try spool.quarantineStaged("x")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.queue + "/bad").sorted() == ["x", "x.1", "x.2"])
  }

  @Test func opensOnlyWhatItCanUse() throws {
    let scratch = try Scratch()
    #expect(throws: QueueError.self) { try Spool(path: scratch.path + "/absent/queue") }
    #expect(throws: QueueError.self) { try Spool(path: "/proc", anyFileSystem: true) }
    #expect(throws: QueueError.self) { try QueueReader(path: scratch.queue) }
    _ = FileManager.default.createFile(atPath: scratch.queue, contents: nil)
    let error = #expect(throws: QueueError.self) { try scratch.spool() }
    #expect(error?.kind == .unsuitable && error?.exitStatus == 78)
  }

  /// Two that publish into one queue would remove each other's staged files.
  @Test func isOneNewswiredsAtATime() throws {
    let scratch = try Scratch()
    var first: Spool? = try scratch.spool()
    try first?.lock()
    let second = try scratch.spool()
    let error = #expect(throws: QueueError.self) { try second.lock() }
    #expect(error?.kind == .busy && error?.exitStatus == 75)
    #expect(error?.message == "held by process \(getpid())")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.queue + "/tmp").isEmpty)
    first = nil
    try second.lock()
  }

  /// What consumers of the group need does not hang on how the daemon was started.
  @Test(arguments: [0o022, 0o077, 0o007]) func modesAreThoseOfTheSpecification(_ mask: mode_t) throws {
    let scratch = try Scratch()
    let before = umask(mask)
    defer { umask(before) }
    let spool = try scratch.spool()
    try spool.stage("x", [1])
    #expect(try spool.publish("x", as: name) == .done)
    func mode(_ name: String) -> mode_t {
      var status = stat()
      return stat(scratch.queue + "/" + name, &status) == 0 ? status.st_mode & 0o777 : 0
    }
    #expect([mode(""), mode("bad"), mode(name.bucket), mode(name.path)] == [0o770, 0o770, 0o770, 0o660])
    #expect(mode("tmp") == 0o700)
  }
}

@Suite struct CapacityTests {
  static let roomy = Space(freeBytes: 100 << 30, totalBytes: 200 << 30, freeInodes: 1_000_000, totalInodes: 2_000_000)
  static let small = Space(freeBytes: 100 << 20, totalBytes: 1 << 30, freeInodes: 1_000_000, totalInodes: 2_000_000)

  static func usage(_ files: Int, _ bytes: Int64 = 0) -> Usage { Usage(files: files, bytes: bytes) }
  static func space(free: Int64, of total: Int64, inodes: Int64 = 1_000_000, ofInodes: Int64 = 2_000_000) -> Space {
    Space(freeBytes: free, totalBytes: total, freeInodes: inodes, totalInodes: ofInodes)
  }

  @Test(arguments: [
    (usage(0), roomy, false, true),
    (usage(44_999), roomy, false, true),
    (usage(45_000), roomy, false, false),
    (usage(40_000), roomy, true, false),  // between the marks: as it was
    (usage(34_999), roomy, true, true),
    (usage(1, 2 << 30), roomy, false, false),
    (usage(1, 1 << 30), roomy, true, true),
    (usage(0), space(free: 63 << 20, of: 500 << 20), false, false),
    (usage(0), space(free: 65 << 20, of: 500 << 20), false, true),
    (usage(0), space(free: 65 << 20, of: 500 << 20), true, false),
    (usage(0), space(free: 81 << 20, of: 500 << 20), true, true),
    (usage(0), space(free: 400 << 20, of: 10 << 30), false, false),  // 5 % of 10 GiB
    (usage(0), space(free: 2 << 30, of: 1 << 50), false, true),  // not 5 % of a petabyte
    (usage(0), space(free: 1 << 40, of: 1 << 41, inodes: 999), false, false),
    (usage(0), space(free: 1 << 40, of: 1 << 41, inodes: 0, ofInodes: 0), false, true),  // btrfs
  ]) func decides(_ usage: Usage, _ space: Space, _ wasPaused: Bool, _ open: Bool) {
    let admission = Capacity().admission(usage, space, wasPaused: wasPaused)
    #expect(admission.isOpen == open, "\(admission)")
  }

  /// A disk of its own for the state must have as much free, and no share of itself.
  @Test(arguments: [
    (space(free: 65 << 20, of: 1 << 40, inodes: 1000), false, true),
    (space(free: 63 << 20, of: 1 << 40, inodes: 1000), false, false),
    (space(free: 65 << 20, of: 1 << 40, inodes: 2000), true, false),
    (space(free: 1 << 40, of: 1 << 41, inodes: 999), false, false),
  ]) func looksAtTheDiskOfTheState(_ state: Space, _ wasPaused: Bool, _ open: Bool) {
    let admission = Capacity().admission(Self.usage(0), Self.roomy, state: state, wasPaused: wasPaused)
    #expect(admission.isOpen == open, "\(admission)")
    if case .paused(let reason) = admission { #expect(reason.hasPrefix("disk of the state nearly ")) }
  }

  /// Limits no disk reaches are limits all the same.
  @Test(arguments: [false, true]) func takesTheGreatestNumbers(_ wasPaused: Bool) throws {
    var capacity = Capacity(floorBytes: .max, maxFilesPerPublisher: .max)
    #expect(!capacity.admission(Self.usage(0), Self.roomy, wasPaused: wasPaused).isOpen)
    capacity.floorBytes = 0
    let scratch = try Scratch()
    try scratch.fill(1)
    let gauge = try CapacityGauge(spool: try scratch.spool(), capacity: capacity)
    try gauge.check()
    #expect(gauge.crowded.isEmpty)
  }

  @Test func gaugeCountsWithoutLookingAndLooksAgain() throws {
    let scratch = try Scratch()
    try scratch.fill(3)
    let spool = try scratch.spool()
    var now = 0.0
    let gauge = CapacityGauge(root: spool.root, capacity: Capacity(maxFiles: 5), rescanSeconds: 5, clock: { now })
    #expect(try gauge.usage().files == 3)
    #expect(try gauge.check().isOpen)
    gauge.add("6ac1f0c0/6ac1f0d8a3b2c7", of: "p", bytes: 10)
    gauge.add("6ac1f0c0/6ac1f0d8a3b2c7", of: "p", bytes: 10)
    #expect(try gauge.usage().files == 5)
    guard case .paused(let reason) = try gauge.check() else {
      throw QueueError(.failed, operation: "", path: "", message: "open")
    }
    #expect(reason == "queue at 100% (5 files)")
    now = 6
    #expect(try gauge.usage().files == 3)
    #expect(try gauge.check().isOpen)
    let reader = try QueueReader(path: scratch.queue)
    let claim = try #require(try reader.claimNext())
    try reader.acknowledge(claim.path)
    #expect(try gauge.usage().files == 3)
    now = 12
    #expect(try gauge.usage().files == 2)
  }

  static let causes: [(Int32, QueueError.Kind, Int32)] = [
    (ENOSPC, .spaceExhausted, 75), (EDQUOT, .spaceExhausted, 75), (EIO, .ioError, 74), (EROFS, .readOnly, 77),
    (EMFILE, .exhausted, 71), (ENFILE, .exhausted, 71), (EACCES, .permission, 77), (EPERM, .permission, 77),
    (ELOOP, .unsuitable, 78), (EBADMSG, .failed, 70),
  ]

  @Test(arguments: causes)
  func errorsAreNamedByTheirCause(_ code: Int32, _ kind: QueueError.Kind, _ status: Int32) {
    let error = QueueError(errno: code, operation: "write", path: "/queue")
    #expect(error.kind == kind && error.exitStatus == status && error.code == code)
    #expect(error.description.contains(error.hint) && !error.hint.isEmpty)
  }

  /// The folders are gone, and not an element: what to do is another thing.
  @Test(arguments: ["", "/tmp"]) func saysThatTheQueueWasRemoved(_ folder: String) throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    try FileManager.default.removeItem(atPath: scratch.queue + folder)
    #expect { try spool.stage("a", [1]) } throws: { error in
      guard let error = error as? QueueError else { return false }
      return error.kind == .replaced && error.path == scratch.queue + "/tmp"
        && error.description.contains("was removed")
    }
  }

  @Test func saysThatThePlaceForANewBucketWasRemoved() throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    try spool.stage("a", [1])
    // A mount over the queue or a new one in its place: tmp/ is still the old one.
    #expect(rename(scratch.queue + "/tmp", scratch.path + "/tmp") == 0)
    try FileManager.default.removeItem(atPath: scratch.queue)
    #expect { _ = try spool.publish("a", as: #require(ElementName("6ac1f0d8a3ca77"))) } throws: {
      ($0 as? QueueError)?.kind == .replaced
    }
    #expect(try spool.hasStaged("a"))
  }

  /// What is published from then on lies where nobody looks.
  @Test(arguments: ["removed", "renamed", "made anew"]) func gaugeNoticesThatTheQueueIsAnother(_ how: String) throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    var now = 0.0
    let gauge = CapacityGauge(root: spool.root, capacity: Capacity(), rescanSeconds: 5, clock: { now })
    #expect(try gauge.check().isOpen)
    if how == "renamed" {
      #expect(rename(scratch.queue, scratch.path + "/old") == 0)
    } else {
      try FileManager.default.removeItem(atPath: scratch.queue)
    }
    if how == "made anew" { _ = try scratch.spool() }
    #expect(try gauge.check().isOpen)
    now = 6
    #expect { try gauge.check() } throws: { error in
      guard let error = error as? QueueError else { return false }
      return error.kind == .replaced && error.exitStatus == 74 && error.path == scratch.queue
    }
  }

  @Test func unchangedBucketsAreNotReadAgain() throws {
    let scratch = try Scratch()
    let names = try scratch.fill(2)
    var old = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
    let bucket = scratch.queue + "/" + names[0].bucket
    #expect(utimensat(AT_FDCWD, bucket, &old, 0) == 0)
    var now = 0.0
    let gauge = CapacityGauge(root: try scratch.spool().root, capacity: Capacity(), rescanSeconds: 1, clock: { now })
    #expect(try gauge.usage().files == 2)
    try FileManager.default.removeItem(atPath: scratch.queue + "/" + names[0].path)
    #expect(utimensat(AT_FDCWD, bucket, &old, 0) == 0)
    now = 2
    #expect(try gauge.usage().files == 2)  // the directory says that nothing changed
    now = 4
    try FileManager.default.removeItem(atPath: scratch.queue + "/" + names[1].path)
    #expect(try gauge.usage().files == 0)
  }

  /// One publisher's share: counted over what was there, what is added and what consumers take, with hysteresis.
  @Test func gaugeKnowsWhoHasItsShare() throws {
    let scratch = try Scratch()
    let names = try scratch.fill(3)
    var now = 0.0
    var asked = 0
    let gauge = CapacityGauge(
      root: try scratch.spool().root, capacity: Capacity(maxFiles: 100, maxFilesPerPublisher: 10), rescanSeconds: 5,
      owner: { name in
        asked += 1
        return name == names[0] ? nil : "a"
      }, clock: { now })
    try gauge.check()
    #expect(gauge.countsByPublisher() == ["a": 2] && gauge.crowded.isEmpty && asked == 3)
    let bucket = names[0].bucket
    var added: [String] = []
    for number in 0..<8 {
      added.append("\(bucket)/7fffffff0000\(number)0".replacingOccurrences(of: "7fffffff", with: "7ffffff0"))
      _ = FileManager.default.createFile(atPath: scratch.queue + "/" + added[number], contents: Data("x".utf8))
      gauge.add(added[number], of: "a", bytes: 1)
    }
    try gauge.check()
    #expect(gauge.crowded == ["a"])
    // Two taken: still its share, as seven tenths are the mark to go on. Then three more.
    for (removed, expected) in [(0..<2, Set(["a"])), (2..<5, [])] {
      for number in removed { try FileManager.default.removeItem(atPath: scratch.queue + "/" + added[number]) }
      now += 10
      try gauge.check()
      #expect(gauge.crowded == expected, "after \(removed)")
    }
    #expect(gauge.countsByPublisher() == ["a": 5] && asked == 3)
  }
}
