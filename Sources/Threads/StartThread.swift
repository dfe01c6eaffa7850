internal import Glibc

/// Starts a thread that runs `body` and ends with it. Every signal is blocked on it, so that signals reach the thread
/// that expects them; nothing needs to join it.
///
/// - Parameter name: shown by `top -H` and debuggers; the kernel keeps the first 15 bytes.
@discardableResult
func startThread(_ name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t {
  final class Start: Sendable {
    let name: String
    let body: @Sendable () -> Void
    init(_ name: String, _ body: @escaping @Sendable () -> Void) { (self.name, self.body) = (name, body) }
  }
  var everything = sigset_t()
  var before = sigset_t()
  sigfillset(&everything)
  pthread_sigmask(SIG_SETMASK, &everything, &before)
  var attributes = pthread_attr_t()
  pthread_attr_init(&attributes)
  pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
  var thread = pthread_t()
  let code = pthread_create(
    &thread, &attributes,
    { context in
      let start = Unmanaged<Start>.fromOpaque(context!).takeRetainedValue()
      nameThread(start.name)
      start.body()
      return nil
    }, Unmanaged.passRetained(Start(name, body)).toOpaque())
  pthread_attr_destroy(&attributes)
  pthread_sigmask(SIG_SETMASK, &before, nil)
  precondition(code == 0, "no thread for \(name): \(String(cString: strerror(code)))")
  return thread
}

/// Through /proc, because Swift's Glibc does not offer pthread_setname_np. A thread without a name works as well.
private func nameThread(_ name: String) {
  let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard file >= 0 else { return }
  _ = Array(name.utf8.prefix(15)).withUnsafeBytes { write(file, $0.baseAddress!, $0.count) }
  Glibc.close(file)
}
