internal import Glibc

/// Starts a thread that runs `body` and ends with it. It is born with every signal blocked, so that signals reach the
/// thread that expects them, but for those that its own mistakes raise. Nothing needs to join it.
///
/// - Parameter name: shown by `top -H` and debuggers; the kernel keeps the first 15 bytes.
/// - Returns: 0, or an error number: EAGAIN where there is no room for another thread. `body` is let go of then.
public func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) -> Int32 {
  newThread(name, body).code
}

/// The same where there is nothing to do without it.
@discardableResult
func mustStartThread(_ name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t {
  let (thread, code) = newThread(name, body)
  precondition(code == 0, "no thread for \(name): \(String(cString: strerror(code)))")
  return thread
}

private func newThread(_ name: String, _ body: @escaping @Sendable () -> Void) -> (thread: pthread_t, code: Int32) {
  final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
  }
  var blocked = sigset_t()
  var before = sigset_t()
  sigfillset(&blocked)
  for fatal in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP] { sigdelset(&blocked, fatal) }
  pthread_sigmask(SIG_SETMASK, &blocked, &before)
  defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  defer { pthread_attr_destroy(&attributes) }
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  var thread = pthread_t()
  let start = Unmanaged.passRetained(Start(name, body))
  let code = pthread_create(
    &thread, &attributes,
    { context in
      let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
      nameThread(start.name)
      start.body()
      return nil
    }, start.toOpaque())
  if code != 0 { start.release() }
  return (thread, code)
}

/// Through /proc, because Swift's Glibc does not offer pthread_setname_np. A thread without a name works as well.
private func nameThread(_ name: String) {
  let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  _ = Array(name.utf8.prefix(15)).withUnsafeBytes { write(file, $0.baseAddress!, $0.count) }
  Glibc.close(file)
}
