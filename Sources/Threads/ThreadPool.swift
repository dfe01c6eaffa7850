internal import Glibc

/// A few threads for calls that wait for a device: the caller hands one over, goes on, and waits for it later.
///
/// The threads start with the first call, and end when the pool is released and what it was given is done.
public final class ThreadPool: Sendable {
  private let calls: CallQueue

  /// - Parameter name: of the threads, as `ThreadExecutor` has one.
  public init(name: String, threads: Int) { calls = CallQueue(name: name, threads: threads) }

  deinit { calls.close() }

  /// Runs a blocking call on one of the threads. Calls begin in the order in which they are given.
  public func start<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> PendingCall<Value> {
    let call = PendingCall<Value>(calls)
    calls.add { call.finish(body()) }
    return call
  }
}

/// A call that one of a pool's threads makes. `@unchecked`: `value` is only touched under the mutex of the calls.
public final class PendingCall<Value: Sendable>: @unchecked Sendable {
  private let calls: CallQueue
  private var value: Value?

  fileprivate init(_ calls: CallQueue) { self.calls = calls }

  fileprivate func finish(_ value: Value) { calls.finish { self.value = value } }

  /// Blocks until the call is done; its result.
  public func wait() -> Value { calls.wait { value } }
}

/// The calls between those who give them and the threads that make them. `@unchecked`: everything is only touched under
/// `mutex`, which lives on the heap because a pthread mutex must not move.
private final class CallQueue: @unchecked Sendable {
  private let name: String
  private let threads: Int
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let given = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private let done = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [() -> Void] = []
  private var isStarted = false
  private var isClosed = false

  init(name: String, threads: Int) {
    self.name = name
    self.threads = threads
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(given, nil)
    pthread_cond_init(done, nil)
  }

  deinit {
    pthread_cond_destroy(done)
    pthread_cond_destroy(given)
    pthread_mutex_destroy(mutex)
    done.deallocate()
    given.deallocate()
    mutex.deallocate()
  }

  func add(_ call: @escaping () -> Void) {
    pthread_mutex_lock(mutex)
    waiting.append(call)
    let mustStart = !isStarted
    isStarted = true
    pthread_cond_signal(given)
    pthread_mutex_unlock(mutex)
    if mustStart { for _ in 0..<threads { mustStartThread(name) { self.serve() } } }
  }

  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_broadcast(given)
    pthread_mutex_unlock(mutex)
  }

  /// Stores a result and wakes who waits for it.
  func finish(_ store: () -> Void) {
    pthread_mutex_lock(mutex)
    store()
    pthread_cond_broadcast(done)
    pthread_mutex_unlock(mutex)
  }

  func wait<Value>(_ value: () -> Value?) -> Value {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      if let value = value() { return value }
      pthread_cond_wait(done, mutex)
    }
  }

  private func serve() { while let call = next() { call() } }

  /// The first of the calls, or nil when there are no more to come.
  private func next() -> (() -> Void)? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while waiting.isEmpty {
      if isClosed { return nil }
      pthread_cond_wait(given, mutex)
    }
    return waiting.removeFirst()
  }
}
