import Glibc
import Testing
import Values

@testable import Service

@Suite struct StandardOutputTests {
  static let cases: [(Int32, String?)] = [
    (0, nil), (EPIPE, nil), (EBADF, "cannot write to standard output: it is closed"),
    (ENOSPC, "cannot write to standard output: No space left on device"),
    (EIO, "cannot write to standard output: Input/output error"),
  ]

  @Test(arguments: cases)
  func onlyAReaderThatHasSeenEnoughIsNoProblem(_ code: Int32, _ problem: String?) {
    #expect(StandardOutput.problem(code) == problem)
  }

  @Test func aDescriptorThatCannotBeWrittenIsToldToTheCaller() {
    let full = open("/dev/full", O_WRONLY)
    defer { close(full) }
    #expect(!Terminal.write("x", to: full))
    // Only standard output counts for the program's end.
    #expect(StandardOutput.problem == nil)
  }

  /// A pipe that somebody else made non-blocking takes a part at a time.
  @Test func aFullPipeIsWaitedFor() {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
    let text = String(repeating: "0123456789", count: 50_000)
    let reader = ends[0]
    let thread = ReaderThread(descriptor: reader)
    #expect(Terminal.write(text, to: ends[1]))
    close(ends[1])
    #expect(thread.text() == text)
    close(reader)
  }
}

/// Reads a descriptor to its end beside the test.
private final class ReaderThread: @unchecked Sendable {
  private var thread = pthread_t()
  private var found = ""
  private let descriptor: Int32

  init(descriptor: Int32) {
    self.descriptor = descriptor
    let pointer = Unmanaged.passRetained(self).toOpaque()
    pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let own = Unmanaged<ReaderThread>.fromOpaque(argument).takeRetainedValue()
        own.found = readAll(own.descriptor)
        return nil
      }, pointer)
  }

  func text() -> String {
    pthread_join(thread, nil)
    return found
  }
}
