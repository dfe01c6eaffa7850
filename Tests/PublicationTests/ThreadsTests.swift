import Foundation
import Glibc
import Synchronization
import Testing
import Threads

@Suite struct ThreadExecutorTests {
  actor Counter {
    let executor = ThreadExecutor(name: "counter-thread-with-a-long-name")
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
    var count = 0
    func add() -> pthread_t {
      executor.checkIsolated()
      count += 1
      return pthread_self()
    }
  }

  @Test func actorRunsOnOneThread() async {
    let counter = Counter()
    await withTaskGroup(of: pthread_t.self) { group in
      for _ in 0..<500 { group.addTask { await counter.add() } }
      var threads: Set<pthread_t> = []
      for await thread in group { threads.insert(thread) }
      #expect(threads.count == 1)
    }
    #expect(await counter.count == 500)
    #expect(!counter.executor.isCurrent)
  }

  final class Meeting: Sendable {
    let arrived = Atomic(0)
    var count: Int { arrived.load(ordering: .sequentiallyConsistent) }
  }

  /// Sixteen calls that each block until all sixteen are there: more than the cooperative pool has threads.
  @Test func blockedActorsDoNotHoldUpTheProgram() async {
    let meeting = Meeting()
    await withTaskGroup(of: Bool.self) { group in
      for index in 0..<16 {
        let executor = ThreadExecutor(name: "blocked-\(index)")
        group.addTask {
          await executor.run {
            meeting.arrived.add(1, ordering: .sequentiallyConsistent)
            for _ in 0..<6000 where meeting.count < 16 { usleep(10_000) }
            return meeting.count == 16
          }
        }
      }
      for await met in group { #expect(met) }
    }
  }

  @Test func runReturnsAndThrows() async throws {
    struct Failure: Error, Equatable {}
    let executor = ThreadExecutor(name: "calls")
    let name = await executor.run {
      (try? String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)) ?? ""
    }
    #expect(name == "calls\n")
    await #expect(throws: Failure.self) { try await executor.run { () throws(Failure) in throw Failure() } }
    let blocked = await executor.run {
      var signals = sigset_t()
      pthread_sigmask(SIG_BLOCK, nil, &signals)
      return sigismember(&signals, SIGTERM) == 1 && sigismember(&signals, SIGCHLD) == 1
    }
    #expect(blocked)
  }

  @Test func threadEndsWithItsExecutor() async throws {
    func threads() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
        (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == "short-lived\n"
      }
    }
    do {
      let executor = ThreadExecutor(name: "short-lived")
      await executor.run {}
      #expect(try threads() == 1)
    }
    for _ in 0..<200 {
      if try threads() == 0 { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the thread is still there")
  }
}

/// Blocking on threads of its own is what a pool is for; no test here blocks longer than a call takes.
@Suite struct ThreadPoolTests {
  private final class Meeting: Sendable {
    let arrived = Atomic(0)
  }

  private func threads(_ name: String) throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count { task in
      (try? String(contentsOfFile: "/proc/self/task/\(task)/comm", encoding: .utf8)) == name + "\n"
    }
  }

  @Test func everyCallGivesItsResult() {
    let pool = ThreadPool(name: "sums", threads: 3)
    let calls = (0..<500).map { number in pool.start { number * number } }
    #expect(calls.map { $0.wait() } == (0..<500).map { $0 * $0 })
    #expect(calls[7].wait() == 49)
  }

  /// Each call waits until all are under way.
  @Test func callsRunAtTheSameTime() {
    let pool = ThreadPool(name: "meeting", threads: 4)
    let meeting = Meeting()
    let calls = (0..<4).map { _ in
      pool.start {
        meeting.arrived.add(1, ordering: .sequentiallyConsistent)
        for _ in 0..<6000 where meeting.arrived.load(ordering: .sequentiallyConsistent) < 4 { usleep(1_000) }
        return meeting.arrived.load(ordering: .sequentiallyConsistent)
      }
    }
    #expect(calls.map { $0.wait() } == [4, 4, 4, 4])
  }

  /// None before the first call, and none when the pool is gone; what was given is done all the same.
  @Test func threadsComeAndGo() async throws {
    let meeting = Meeting()
    var pool: ThreadPool? = ThreadPool(name: "short-pool", threads: 2)
    #expect(try threads("short-pool") == 0)
    let calls = (0..<50).map { _ in pool!.start { meeting.arrived.add(1, ordering: .sequentiallyConsistent).newValue } }
    pool = nil
    #expect(Set(calls.map { $0.wait() }) == Set(1...50))
    for _ in 0..<200 {
      if try threads("short-pool") == 0 { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the threads are still there")
  }
}
