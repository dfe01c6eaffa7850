// Threads: a serial executor that owns one thread, and a pool of a few, for calls that block (SQLite, fsync, a curl
// poll). It must not know what runs on them. The cooperative pool has one thread a core: a blocking call there stalls
// the program.

internal import Glibc

/// Runs the jobs of one actor, in order, on a thread of its own.
///
///     actor Archive {
///       private let executor = ThreadExecutor(name: "archive")
///       nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
///     }
///
/// The thread starts with every signal blocked, so that signals reach the thread that expects them. It ends when the
/// executor is released and its queue is empty; nothing needs to be stopped or joined.
public final class ThreadExecutor: SerialExecutor {
  private let queue: WorkQueue
  private let thread: pthread_t

  /// - Parameter name: shown by `top -H` and debuggers; the kernel keeps the first 15 bytes.
  public init(name: String) {
    let queue = WorkQueue()
    self.queue = queue
    thread = mustStartThread(name) { queue.serve() }
  }

  deinit { queue.close() }

  public func enqueue(_ job: consuming ExecutorJob) { queue.add(.job(UnownedJob(job), self)) }

  /// True on the executor's own thread.
  public var isCurrent: Bool { pthread_equal(pthread_self(), thread) != 0 }

  public func checkIsolated() {
    precondition(isCurrent, "expected to run on the thread of this executor")
  }

  public func isIsolatingCurrentContext() -> Bool? { isCurrent }

  /// Runs a blocking call on this thread, after everything queued before it, while the caller is suspended.
  public func run<Value: Sendable, Failure: Error>(
    _ body: @escaping @Sendable () throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    let result = await withUnsafeContinuation { (continuation: UnsafeContinuation<Result<Value, Failure>, Never>) in
      queue.add(
        .call {
          do throws(Failure) {
            continuation.resume(returning: .success(try body()))
          } catch {
            continuation.resume(returning: .failure(error))
          }
        })
    }
    return try result.get()
  }
}

/// What waits for the thread. A job keeps its executor alive until it has run.
private enum Work {
  case job(UnownedJob, ThreadExecutor)
  case call(() -> Void)
}

/// A queue between any number of threads that add and one that serves. `@unchecked`: `waiting` and `isClosed` are only
/// touched under `mutex`, which lives on the heap because a pthread mutex must not move.
private final class WorkQueue: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var waiting: [Work] = []
  private var isClosed = false

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(changed, nil)
  }

  deinit {
    pthread_cond_destroy(changed)
    pthread_mutex_destroy(mutex)
    changed.deallocate()
    mutex.deallocate()
  }

  func add(_ work: Work) {
    pthread_mutex_lock(mutex)
    waiting.append(work)
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  func close() {
    pthread_mutex_lock(mutex)
    isClosed = true
    pthread_cond_signal(changed)
    pthread_mutex_unlock(mutex)
  }

  func serve() {
    while let batch = next() {
      for work in batch {
        switch work {
        case .job(let job, let executor): job.runSynchronously(on: executor.asUnownedSerialExecutor())
        case .call(let body): body()
        }
      }
    }
  }

  /// Everything that waits, or nil when the queue is closed and empty. Blocks until one of them holds.
  private func next() -> [Work]? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while waiting.isEmpty {
      if isClosed { return nil }
      pthread_cond_wait(changed, mutex)
    }
    let batch = waiting
    waiting = []
    return batch
  }
}
