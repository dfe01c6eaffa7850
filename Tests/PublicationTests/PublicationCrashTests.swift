import DrillWorld
import Foundation
import Glibc
import Store
import Synchronization
import Testing
import Values

@testable import Publication
@testable import Queue

/// What a crash in the middle looks like from inside: an error that nobody handles.
struct SimulatedCrash: Error {}

extension PublicationWorld {
  /// In memory where that is possible: a killed process loses nothing there either, and thousands of flushes cost
  /// nothing.
  init() throws {
    let base = access("/dev/shm", W_OK) == 0 ? "/dev/shm/" : NSTemporaryDirectory()
    self.init(directory: base + "newswire-publication-" + UUID().uuidString)
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  func remove() { try? FileManager.default.removeItem(atPath: directory) }
}

/// Every article comes out exactly once, whatever is interrupted: the kill matrix.
@Suite struct PublicationCrashTests {
  /// Counts crash points and crashes at one of them, once.
  final class Countdown: Sendable {
    private let left: Mutex<Int>
    init(_ count: Int) { left = Mutex(count) }
    func tick() throws { if hit() { throw SimulatedCrash() } }
    func hit() -> Bool {
      left.withLock { left in
        left -= 1
        return left == 0
      }
    }
  }

  /// Runs with a crash at each of the given counts, consuming in between where asked, and then to the end.
  /// Whether all the crashes came to pass, and what came out.
  private func outcome(
    crashes: [Int], consuming: Bool,
    _ make: @escaping (Store, Spool, @escaping (CrashPoint) throws -> Void) -> any Publishing = QueuePublisher.make
  ) throws -> (crashed: Int, articles: [String]) {
    let world = try PublicationWorld()
    defer { world.remove() }
    var taken: [String] = []
    var crashed = 0
    for count in crashes {
      let countdown = Countdown(count)
      do { try world.run(make, at: { _ in try countdown.tick() }) } catch is SimulatedCrash { crashed += 1 }
      if consuming { taken += try world.consume() }
    }
    try world.run(make)
    taken += try world.consume()
    return (crashed, taken.sorted())
  }

  @Test(arguments: [false, true]) func oneCrash(consuming: Bool) throws {
    var count = 1
    while true {
      let (crashed, articles) = try outcome(crashes: [count], consuming: consuming)
      #expect(articles == PublicationWorld.expected, "crash \(count), consuming \(consuming)")
      if crashed == 0 { break }
      count += 1
    }
    #expect(count > 20, "the matrix has shrunk to \(count) points")
  }

  @Test(arguments: [false, true]) func twoCrashes(consuming: Bool) throws {
    var first = 1
    while true {
      var second = 1
      var crashed = 0
      repeat {
        let result = try outcome(crashes: [first, second], consuming: consuming)
        #expect(result.articles == PublicationWorld.expected, "crashes \(first) and \(second), consuming \(consuming)")
        crashed = result.crashed
        second += 1
      } while crashed == 2 && second <= 12
      // The first crash point beyond the last: the first run went through, and only the second could crash.
      let (reached, _) = try outcome(crashes: [first], consuming: false)
      if reached == 0 { break }
      first += 1
    }
    #expect(first > 20)
  }

  /// The check itself: wrong orders are caught.
  @Test(arguments: MisorderedPublisher.Mistake.allCases) func mistakeIsCaught(_ mistake: MisorderedPublisher.Mistake)
    throws
  {
    var violations: Set<String> = []
    for count in 1...30 {
      let (_, articles) = try outcome(crashes: [count], consuming: true) { MisorderedPublisher(mistake, $0, $1, $2) }
      if Set(articles).count < PublicationWorld.expected.count { violations.insert("lost") }
      if Set(articles).count < articles.count { violations.insert("twice") }
    }
    switch mistake {
    case .renameBeforeCommit: #expect(violations == ["twice"])
    case .commitBeforeStage: #expect(violations == ["lost"])
    }
  }

  /// The same with a real SIGKILL, between all steps and before each system call of the queue directory.
  @Test func kill() async throws {
    var count = 1
    var killed = true
    while killed {
      let world = try PublicationWorld()
      defer { world.remove() }
      let directory = world.directory
      let marker = directory + "/survived"
      await #expect(processExitsWith: .signal(SIGKILL)) {
        [directory = directory as String, marker = marker as String, count = count as Int] in
        let countdown = Countdown(count)
        let tick = { if countdown.hit() { Glibc.kill(getpid(), SIGKILL) } }
        try PublicationWorld(directory: directory).run(
          setUp: { _, spool in
            spool.fault = { _ in
              tick()
              return 0
            }
          }, at: { _ in tick() })
        _ = FileManager.default.createFile(atPath: marker, contents: nil)
        Glibc.kill(getpid(), SIGKILL)
      }
      killed = !FileManager.default.fileExists(atPath: marker)
      var taken = count % 2 == 0 ? try world.consume() : []
      try world.run()
      taken += try world.consume()
      #expect(taken.sorted() == PublicationWorld.expected, "killed at \(count)")
      count += 1
    }
    #expect(count > 60, "the matrix has shrunk to \(count) points")
  }
}
