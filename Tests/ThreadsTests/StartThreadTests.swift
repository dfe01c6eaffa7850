import Glibc
import Synchronization
import Testing

@testable import Threads

@Suite struct StartThreadTests {
  private final class Seen: Sendable {
    let signals = Mutex<[Int32]>([])
    let name = Mutex("")
    let isDone = Atomic(false)
  }

  /// Signals are another thread's business, but for what a thread's own mistakes raise.
  @Test func threadsAreBornDeafAndNamed() throws {
    var before = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &before)
    let seen = Seen()
    let code = startThread("a name that is too long") {
      var mask = sigset_t()
      pthread_sigmask(SIG_SETMASK, nil, &mask)
      seen.signals.withLock { $0 = (1..<32).filter { sigismember(&mask, $0) == 1 } }
      var text = [UInt8](repeating: 0, count: 64)
      let file = open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
      let count = read(file, &text, text.count)
      close(file)
      seen.name.withLock { $0 = String(decoding: text[..<max(0, count)], as: UTF8.self) }
      seen.isDone.store(true, ordering: .releasing)
    }
    #expect(code == 0)
    for _ in 0..<500 where !seen.isDone.load(ordering: .acquiring) { usleep(10_000) }
    let isDone = seen.isDone.load(ordering: .acquiring)
    try #require(isDone)
    let blocked = seen.signals.withLock { $0 }
    for signal in [SIGHUP, SIGINT, SIGTERM, SIGPIPE, SIGCHLD, SIGUSR1] { #expect(blocked.contains(signal)) }
    for fatal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { #expect(!blocked.contains(fatal)) }
    #expect(seen.name.withLock { $0 } == "a name that is \n")
    // The one that starts it hears what it heard.
    var after = sigset_t()
    pthread_sigmask(SIG_SETMASK, nil, &after)
    #expect((1..<32).allSatisfy { sigismember(&before, $0) == sigismember(&after, $0) })
  }
}
