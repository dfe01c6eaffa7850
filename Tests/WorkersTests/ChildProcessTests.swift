import Glibc
import Testing

@testable import Workers

/// How a process ended is told only when that is known.
@Suite("Child processes", .timeLimit(.minutes(1)))
struct ChildProcessTests {
  private func child(_ program: String) throws -> ChildProcess {
    try ChildProcess(program: program, arguments: [], environment: [], waits: false)
  }

  @Test("a process leaves its status") func status() throws {
    #expect(try child("/bin/true").waitForEnd() == 0)
    #expect(try child("/bin/false").waitForEnd() == 1 << 8)
  }

  @Test("one that was collected elsewhere has none", arguments: [false, true]) func taken(stopped: Bool) throws {
    let child = try child("/bin/false")
    var status: Int32 = 0
    #expect(waitpid(child.pid, &status, 0) == child.pid)
    #expect(stopped ? child.stop() == nil : child.waitForEnd() == nil)
  }
}
