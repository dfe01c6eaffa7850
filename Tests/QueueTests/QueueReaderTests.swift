import Foundation
import Glibc
import Testing
import Values

@testable import Queue

@Suite struct QueueReaderTests {
  @Test func takesInOrderOnce() throws {
    let scratch = try Scratch()
    // Over the end of a minute: three buckets.
    let names = try scratch.fill(5, from: 1_800_000_058) + scratch.fill(1, from: 1_800_000_130)
    let reader = try QueueReader(path: scratch.queue)
    #expect(try reader.list().map(\.name) == names)
    #expect(try reader.stats(now: 1_800_000_158).oldestAge == 100)
    var taken: [ElementName] = []
    while let claim = try reader.claimNext() {
      #expect(try !reader.claim(claim.path))
      #expect(try reader.list().first?.isClaimed == true)
      #expect(try reader.list(includingClaimed: false).count == names.count - taken.count - 1)
      try reader.acknowledge(claim.path)
      taken.append(claim.name)
    }
    #expect(taken == names)
    let stats = try reader.stats(now: 0)
    #expect(stats.pending == 0 && stats.oldestAge == nil && stats.buckets == 3)
    #expect(try reader.purge(now: 1_800_000_000).buckets.count == 2)
    #expect(try reader.stats(now: 0).buckets == 1)
  }

  @Test func releasedElementIsFreeAgain() throws {
    let scratch = try Scratch()
    try scratch.fill(1)
    let reader = try QueueReader(path: scratch.queue)
    let first = try #require(try reader.claimNext())
    #expect(try reader.claimNext() == nil)
    #expect(try reader.read(first.path).json()["n"] == 0)
    try reader.release(first.path)
    #expect(try reader.claimNext() == first)
    // A name alone finds its bucket.
    try reader.acknowledge(first.name.description)
    #expect(try reader.list().isEmpty)
  }

  /// A consumer stays while the operator moves the queue away and newswired makes it anew.
  @Test(arguments: [false, true]) func followsAQueueThatIsMadeAnew(renamed: Bool) throws {
    let scratch = try Scratch()
    try scratch.fill(1)
    let reader = try QueueReader(path: scratch.queue)
    let watch = try QueueWatch(path: scratch.queue)
    try reader.acknowledge(try #require(try reader.claimNext()).path)
    if renamed {
      #expect(rename(scratch.queue, scratch.path + "/old") == 0)
    } else {
      try FileManager.default.removeItem(atPath: scratch.queue)
    }
    let element = try scratch.fill(1)[0].path
    // What is asked for again and again looks at the path once a second.
    usleep(1_100_000)
    watch.wait(seconds: 0)
    #expect(try reader.claimNext()?.path == element)
    #expect(try reader.list().map(\.path) == [element])
    // The new queue's elements end a wait as the old one's did.
    try scratch.fill(1, from: 1_800_000_001)
    let began = monotonicSeconds()
    watch.wait(seconds: 20)
    #expect(monotonicSeconds() - began < 10)
    try FileManager.default.removeItem(atPath: scratch.queue)
    usleep(1_100_000)
    #expect(try reader.claimNext() == nil, "it may be made anew just now")
    usleep(1_100_000)
    reader.patience = 1
    #expect { _ = try reader.claimNext() } throws: { ($0 as? QueueError)?.kind == .noQueue }
  }

  /// Nothing tells of a folder above the queue that is renamed: the path is looked at now and then.
  @Test func aWaitEndsSoonWhenAnotherQueueLiesThere() throws {
    let scratch = try Scratch()
    let (folder, other, old) = (scratch.path + "/folder", scratch.path + "/other", scratch.path + "/old")
    let queue = folder + "/queue"
    for path in [queue, other + "/queue"] {
      try FileManager.default.createDirectory(atPath: path + "/bad", withIntermediateDirectories: true)
    }
    let watch = try QueueWatch(path: queue)
    watch.wait(seconds: 0)
    Thread.detachNewThread {
      usleep(300_000)
      _ = rename(folder, old)
      _ = rename(other, folder)
    }
    let began = monotonicSeconds()
    watch.wait(seconds: 20)
    #expect(monotonicSeconds() - began < 10)
  }

  @Test func saysWhatIsWrong() throws {
    let scratch = try Scratch()
    let name = try scratch.fill(1)[0].path
    let reader = try QueueReader(path: scratch.queue)
    func kind(_ body: () throws -> Void) -> QueueError.Kind? {
      do { try body() } catch { return (error as? QueueError)?.kind }
      return nil
    }
    #expect(kind { try reader.acknowledge(name) } == .notClaimed)
    #expect(kind { try reader.release(name) } == .notClaimed)
    #expect(kind { try reader.acknowledge("6ac1f0d8/6ac1f0d8a3ca77") } == .notFound)
    #expect(kind { _ = try reader.read("6ac1f0d8/6ac1f0d8a3ca77") } == .notFound)
    #expect(try !reader.claim("6ac1f0d8/6ac1f0d8a3ca77"))
    #expect(kind { try reader.setAside(name) } == .notClaimed)
    #expect(kind { _ = try QueueReader(path: scratch.path + "/absent") } == .noQueue)
    for bad in ["../../etc/passwd", "tmp/x", "", "6ac1f0d8/../bad", "/6ac1f0d8a3ca77"] {
      #expect(kind { _ = try reader.read(bad) } == .notFound, "\(bad)")
      #expect(kind { _ = try reader.claim(bad) } == .notFound, "\(bad)")
    }
    let file = try #require(FileHandle(forWritingAtPath: scratch.queue + "/" + name))
    try file.truncate(atOffset: 20)
    #expect(kind { _ = try reader.read(name) } == .damaged)
  }

  @Test func purgeFreesStaleClaimsOnly() throws {
    let scratch = try Scratch()
    let names = try scratch.fill(3)
    let reader = try QueueReader(path: scratch.queue)
    let start = Timestamp.now().seconds
    for name in names { #expect(try reader.claim(name.path)) }
    _ = FileManager.default.createFile(atPath: "\(scratch.queue)/\(names[0].bucket)/6ac1f0d8a3ca77.tmp", contents: nil)
    #expect(try reader.purge(now: start + 299) == QueueReader.Purge())
    #expect(try reader.purge(now: start + 10_000, maxLock: 0, maxTemporary: 0) == QueueReader.Purge())
    #expect(try reader.purge(now: start + 500).temporary == ["\(names[0].bucket)/6ac1f0d8a3ca77.tmp"])
    #expect(try reader.purge(now: start + 700).released == names.map { $0.path + ".lck" })
    #expect(try reader.list(includingClaimed: false).count == 3)
  }

  /// What somebody made there is none of ours, however it is called, and keeps nobody from the claims beside it.
  @Test func purgePassesOverWhatIsNoFile() throws {
    let scratch = try Scratch()
    let name = try scratch.fill(1)[0]
    let reader = try QueueReader(path: scratch.queue)
    let bucket = scratch.queue + "/" + name.bucket
    for stray in ["00000000000000.tmp", "00000000000001.lck"] {
      try FileManager.default.createDirectory(atPath: bucket + "/" + stray, withIntermediateDirectories: false)
    }
    #expect(mkfifo(bucket + "/00000000000002.tmp", 0o600) == 0)
    try FileManager.default.createSymbolicLink(atPath: bucket + "/00000000000003.lck", withDestinationPath: "absent")
    #expect(try reader.claim(name.path))
    let purge = try reader.purge(now: Timestamp.now().seconds + 10_000)
    #expect(purge.released == ["\(name.bucket)/00000000000003.lck", name.path + ".lck"])
    #expect(purge.temporary.isEmpty && reader.takePassedOver().isEmpty)
    #expect(scratch.exists(name.bucket + "/00000000000000.tmp") && scratch.exists(name.bucket + "/00000000000002.tmp"))
  }

  /// An element that waited for hours and has just been claimed is not stale.
  @Test func claimIsAsOldAsItself() throws {
    let scratch = try Scratch()
    let name = try scratch.fill(1)[0]
    var old = [timespec(tv_sec: 1_000_000, tv_nsec: 0), timespec(tv_sec: 1_000_000, tv_nsec: 0)]
    #expect(utimensat(AT_FDCWD, scratch.queue + "/" + name.path, &old, 0) == 0)
    let reader = try QueueReader(path: scratch.queue)
    _ = try reader.claimNext()
    #expect(try reader.purge(now: Timestamp.now().seconds + 60).released.isEmpty)
  }

  /// A claim made while the clock was ahead by a year is not held for a year.
  @Test func aClaimFromAheadGrowsOldAsOthers() throws {
    let scratch = try Scratch()
    let name = try scratch.fill(1)[0]
    let reader = try QueueReader(path: scratch.queue)
    #expect(try reader.claim(name.path))
    let now = Timestamp.now().seconds
    var ahead = [
      timespec(tv_sec: Int(now) + 31_000_000, tv_nsec: 0), timespec(tv_sec: Int(now) + 31_000_000, tv_nsec: 0),
    ]
    #expect(utimensat(AT_FDCWD, scratch.queue + "/" + name.path, &ahead, 0) == 0)
    #expect(try reader.purge(now: now).released.isEmpty)
    #expect(try reader.purge(now: now + 590).released.isEmpty)
    #expect(try reader.purge(now: now + 700).released == [name.path + ".lck"])
  }

  @Test func checkFindsAndSetsAsideDamage() throws {
    let scratch = try Scratch()
    let names = try scratch.fill(3)
    let file = try #require(FileHandle(forWritingAtPath: scratch.queue + "/" + names[1].path))
    try file.write(contentsOf: Data("#".utf8))
    let reader = try QueueReader(path: scratch.queue)
    let found = try reader.check()
    #expect(found.checked == 3 && found.damaged.map(\.path) == [names[1].path])
    #expect(found.damaged.first?.isQuarantined == false)
    #expect(try reader.check(quarantine: true).damaged.first?.isQuarantined == true)
    #expect(try reader.list().map(\.name) == [names[0], names[2]])
    #expect(try reader.check().damaged.isEmpty)
    #expect(scratch.exists("bad/\(names[1])"))
    #expect(!scratch.exists(names[1].path + ".lck"))
    #expect(try reader.stats(now: 0).quarantined == 1)
  }

  /// An element of a name only, which cannot be claimed, keeps nobody from the others. (Root may claim every file; a
  /// directory nobody may.)
  @Test func passesOverWhatCannotBeClaimed() throws {
    let scratch = try Scratch()
    let names = try scratch.fill(3, from: 1_800_000_001)
    let stray = ElementName(now: Timestamp(seconds: 1_800_000_000), after: nil)
    #expect(stray < names[0] && stray.bucket == names[0].bucket)
    try FileManager.default.createDirectory(
      atPath: scratch.queue + "/" + names[0].bucket + "/\(stray)", withIntermediateDirectories: false)
    let file = try #require(FileHandle(forWritingAtPath: scratch.queue + "/" + names[1].path))
    try file.write(contentsOf: Data("#".utf8))
    // A file of a bucket's name holds nothing.
    _ = FileManager.default.createFile(atPath: scratch.queue + "/00000000", contents: nil)
    let reader = try QueueReader(path: scratch.queue)
    let check = try reader.check(quarantine: true)
    #expect(check.checked == 4 && check.damaged.map(\.isQuarantined) == [false, true])
    #expect(check.damaged[0].path == "\(names[0].bucket)/\(stray)" && check.damaged[0].obstacle != nil)
    var taken: [ElementName] = []
    while let claim = try reader.claimNext() {
      taken.append(claim.name)
      try reader.acknowledge(claim.path)
    }
    #expect(taken == [names[0], names[2]])
    #expect(reader.takePassedOver().map(\.kind) == [.permission])
    #expect(try reader.claimNext() == nil)
    #expect(reader.takePassedOver().isEmpty)
    #expect(throws: QueueError.self) { try reader.claim("\(names[0].bucket)/\(stray)") }
  }

  /// bad/ may be tidied away by whoever has looked into it.
  @Test func setsAsideThoughBadIsGone() throws {
    let scratch = try Scratch()
    let name = try scratch.fill(1)[0]
    let reader = try QueueReader(path: scratch.queue)
    try FileManager.default.removeItem(atPath: scratch.queue + "/bad")
    #expect(try reader.claim(name.path))
    try reader.setAside(name.path)
    #expect(scratch.exists("bad/\(name)"))
    var status = stat()
    #expect(stat(scratch.queue + "/bad", &status) == 0 && status.st_mode & 0o777 == 0o770)
  }

  /// Who cannot set an element aside does not keep it from those who can.
  @Test func givesBackWhatCannotBeSetAside() throws {
    let scratch = try Scratch()
    let names = try scratch.fill(2).map(\.path)
    let (name, good) = (names[0], names[1])
    let reader = try QueueReader(path: scratch.queue)
    try FileManager.default.removeItem(atPath: scratch.queue + "/bad")
    _ = FileManager.default.createFile(atPath: scratch.queue + "/bad", contents: nil)
    #expect(try reader.claim(name))
    #expect(throws: QueueError.self) { try reader.setAside(name) }
    #expect(try reader.list().map(\.isClaimed) == [false, false])
    try Data("#".utf8).write(to: URL(fileURLWithPath: scratch.queue + "/" + name))
    let damage = try reader.check(quarantine: true).damaged
    #expect(damage.map(\.obstacle) == ["it cannot be moved: Not a directory"])
    #expect(try reader.list().map(\.isClaimed) == [false, false])
    // It is told of once, and keeps this reader from no other.
    #expect(try reader.claimNext()?.path == name)
    #expect(!reader.setDamagedAside(name))
    #expect(try reader.claimNext()?.path == good && reader.claimNext()?.path == nil)
    #expect(reader.takePassedOver().map(\.path) == [scratch.queue + "/" + name])
  }

  /// A name ahead of the clock, given while it was wrong, says nothing of an element's age; its file does.
  @Test func ageOfANameAheadIsThatOfItsFile() throws {
    let scratch = try Scratch()
    let name = try scratch.fill(1)[0]
    var times = [timespec(tv_sec: 1_799_990_000, tv_nsec: 0), timespec(tv_sec: 1_799_990_000, tv_nsec: 0)]
    #expect(utimensat(AT_FDCWD, scratch.queue + "/" + name.path, &times, 0) == 0)
    let reader = try QueueReader(path: scratch.queue)
    for (now, age) in [(1_799_990_500, 500), (1_800_000_000, 0), (1_800_000_300, 300), (1_799_980_000, 0)] {
      #expect(try reader.stats(now: Int64(now)).oldestAge == Int64(age), "at \(now)")
    }
  }

  @Test func saysWhyADamagedElementIsNotSetAside() throws {
    let scratch = try Scratch()
    let name = try scratch.fill(1)[0].path
    try Data("#".utf8).write(to: URL(fileURLWithPath: scratch.queue + "/" + name))
    let reader = try QueueReader(path: scratch.queue)
    #expect(try reader.claim(name))
    let damage = try #require(try reader.check(quarantine: true).damaged.first)
    #expect(!damage.isQuarantined && damage.obstacle?.contains("holds it") == true)
    #expect(try reader.check().damaged.first?.obstacle == nil)
    try reader.release(name)
    #expect(try reader.check(quarantine: true).damaged.map(\.obstacle) == [nil])
    #expect(try reader.list().isEmpty)
  }

  /// An element that is a link leads nowhere: it is damaged, and can be set aside.
  @Test func aLinkIsNoElement() throws {
    let scratch = try Scratch()
    let name = try scratch.fill(1)[0].path
    try FileManager.default.removeItem(atPath: scratch.queue + "/" + name)
    try FileManager.default.createSymbolicLink(atPath: scratch.queue + "/" + name, withDestinationPath: "/etc/hostname")
    let reader = try QueueReader(path: scratch.queue)
    #expect(try reader.check(quarantine: true).damaged.first?.isQuarantined == true)
    #expect(try reader.list().isEmpty)
  }

  @Test(arguments: [
    ([String](), false), (["etc", "tmp"], false), (["notes.txt"], false), (["tmp"], true), (["bad", "tmp"], true),
    (["6ac1f0c0"], true),
  ]) func knowsAQueue(_ names: [String], _ isQueue: Bool) throws {
    let scratch = try Scratch()
    for name in names {
      try FileManager.default.createDirectory(
        atPath: scratch.queue + "/" + name, withIntermediateDirectories: true)
    }
    try FileManager.default.createDirectory(atPath: scratch.queue, withIntermediateDirectories: true)
    guard !isQueue else { return _ = try QueueReader(path: scratch.queue) }
    let error = #expect(throws: QueueError.self) { try QueueReader(path: scratch.queue) }
    #expect(error?.kind == .noQueue && error?.exitStatus == 78)
  }

  /// Threads that claim as fast as they can share the queue without a single element taken twice.
  @Test func competingReadersShare() async throws {
    let scratch = try Scratch()
    let names = try scratch.fill(300)
    let queue = scratch.queue
    let taken = try await withThrowingTaskGroup(of: [ElementName].self) { group in
      for _ in 0..<4 {
        group.addTask {
          let reader = try QueueReader(path: queue)
          var taken: [ElementName] = []
          while let claim = try reader.claimNext() {
            _ = try reader.read(claim.path)
            try reader.acknowledge(claim.path)
            taken.append(claim.name)
          }
          return taken
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(taken.sorted() == names)
  }
}

/// Whether Debian's python3-dirq can be used.
private let dirq: Bool = {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
  process.arguments = ["-c", "from dirq.QueueSimple import QueueSimple"]
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return false }
  process.waitUntilExit()
  return process.terminationStatus == 0
}()

@Suite(.enabled(if: dirq, "needs /usr/bin/python3 with the package python3-dirq"), .serialized)
struct DirqTests {
  /// A consumer as anyone would write it with dirq, that also verifies the digest as docs/queue.md says.
  static let consumer = """
    import hashlib, json, sys, time
    from dirq.QueueSimple import QueueSimple
    queue = QueueSimple(sys.argv[1])
    end = time.time() + float(sys.argv[2])
    while True:
        found = False
        for name in queue:
            if not queue.lock(name):
                continue
            article, trailer = queue.get(name).split(b"\\n")[:2]
            assert trailer == b"#sha256=" + hashlib.sha256(article).hexdigest().encode(), name
            print(json.loads(article)["n"], flush=True)
            queue.remove(name)
            found = True
        if not found:
            if time.time() > end:
                break
            time.sleep(0.01)
    """

  private func start(_ program: String, _ arguments: [String]) throws -> (Process, Pipe) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", program] + arguments
    process.standardOutput = pipe
    try process.run()
    return (process, pipe)
  }

  private func numbers(_ pipe: Pipe) throws -> [Int] {
    String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self).split(separator: "\n").map {
      Int($0)!
    }
  }

  /// Two dirq consumers and one of ours on a queue that is being filled: each element goes to exactly one of them.
  @Test func competesWithDirq() throws {
    let scratch = try Scratch()
    let total = 400
    let spool = try scratch.spool()
    let python = try (0..<2).map { _ in try start(Self.consumer, [scratch.queue, "1.0"]) }
    let reader = try QueueReader(path: scratch.queue)
    var ours: [Int] = []
    func takeOne() throws {
      guard let claim = try reader.claimNext() else { return }
      ours.append(try reader.read(claim.path).json()["n"]!.integer!)
      try reader.acknowledge(claim.path)
    }
    var last: ElementName?
    for number in 0..<total {
      let name = ElementName(now: .now(), after: last)
      last = name
      try spool.stage("\(number)", QueueElement(article: Array("{\"n\":\(number)}".utf8)).bytes)
      #expect(try spool.publish("\(number)", as: name) == .done)
      if number % 20 == 0 { usleep(10_000) }
      if number % 3 == 0 { try takeOne() }
    }
    var theirs: [Int] = []
    for (process, pipe) in python {
      theirs += try numbers(pipe)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }
    while try !reader.list().isEmpty { try takeOne() }
    #expect((ours + theirs).sorted() == Array(0..<total))
    #expect(!theirs.isEmpty)
  }

  /// Each respects the other's claims, and frees stale ones.
  @Test func respectsDirqsClaims() throws {
    let scratch = try Scratch()
    let names = try scratch.fill(2)
    let lock =
      "import sys; from dirq.QueueSimple import QueueSimple; print(int(QueueSimple(sys.argv[1]).lock(sys.argv[2])))"
    func dirqLocks(_ name: ElementName) throws -> Bool {
      try numbers(start(lock, [scratch.queue, name.path]).1) == [1]
    }
    let reader = try QueueReader(path: scratch.queue)
    #expect(try dirqLocks(names[0]))
    #expect(try reader.claimNext()?.name == names[1])
    #expect(try !dirqLocks(names[1]))
    #expect(try reader.claimNext() == nil)
    #expect(try reader.purge(now: Timestamp.now().seconds + 700).released.count == 2)
    #expect(try dirqLocks(names[1]))
  }

  /// An element that dirq has put in is listed, claimed and removed like any other; having no digest it is damaged to
  /// us.
  @Test func seesStrangersElements() throws {
    let scratch = try Scratch()
    _ = try scratch.spool()
    let add = "import sys; from dirq.QueueSimple import QueueSimple; QueueSimple(sys.argv[1]).add('hello'); print(1)"
    #expect(try numbers(start(add, [scratch.queue]).1) == [1])
    let reader = try QueueReader(path: scratch.queue)
    #expect(try reader.list().count == 1)
    #expect(try reader.check().damaged.count == 1)
    let claim = try #require(try reader.claimNext())
    try reader.acknowledge(claim.path)
    #expect(try reader.list().isEmpty)
  }

  /// dirq's purge leaves tmp/ and bad/ alone.
  @Test func dirqsPurgeLeavesOursAlone() throws {
    let scratch = try Scratch()
    let spool = try scratch.spool()
    try spool.stage("staged", [1])
    try spool.stage("damaged", [2])
    try spool.quarantineStaged("damaged")
    let purge = "import sys; from dirq.QueueSimple import QueueSimple; QueueSimple(sys.argv[1]).purge(1, 1); print(1)"
    #expect(try numbers(start(purge, [scratch.queue]).1) == [1])
    #expect(scratch.exists("tmp/staged") && scratch.exists("bad/damaged"))
  }
}
