internal import CCurl
internal import Synchronization
internal import Threads

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Musl
#endif

/// The one thread that touches libcurl, and the executor of the actor that owns its transfers.
///
/// Each turn runs the jobs that tasks have enqueued for the actor, lets curl work, and then waits in `curl_multi_poll`
/// for sockets, timers or the next job. Because a job runs on the thread itself, an actor method may call curl, and the
/// order of jobs is the order of effects: a cancellation enqueued after a start cannot overtake it.
///
/// The thread lives as long as the actor. It ends by itself some time after `retire`, and is never joined.
final class CurlThread: SerialExecutor {
  private struct State {
    var jobs: [UnownedJob] = []
    var isRetired = false
  }

  /// curl_multi_wakeup may be called from any thread; everything else about the handle happens on this one only.
  nonisolated(unsafe) let multi: UnsafeMutableRawPointer
  /// TLS sessions shared by all transfers. No lock callbacks: only this thread uses it.
  nonisolated(unsafe) let share: UnsafeMutableRawPointer
  nonisolated(unsafe) let handles = HandleShelf()
  /// How many connections libcurl keeps, those in use included.
  let maxConnections: Int
  private let state = Mutex(State())
  private let identity = Atomic<UInt>(0)
  private let turns: Turns
  /// Knows every socket that libcurl has open. libcurl holds an unretained pointer to it, and this thread keeps it.
  let sockets: SocketWatch

  private final class Turns: Sendable {
    let count = Atomic<UInt64>(0)
  }

  /// Grows with every turn, at the latest every `longestWait`: what a watchdog looks at.
  var progress: UInt64 { turns.count.load(ordering: .relaxed) }

  /// The longest time without a turn unless something blocks the thread.
  static let longestWait: Int32 = 5000

  /// - Parameters:
  ///   - maxConcurrent: how many transfers there are at once.
  ///   - deliveryLimit: how long the kernel may try to deliver what was sent.
  init(maxConcurrent: Int, deliveryLimit: Duration? = nil) {
    maxConnections = max(16, 2 * maxConcurrent)
    Self.initialiseLibrary
    guard let multi = curl_multi_init(), let share = curl_share_init() else {
      preconditionFailure("libcurl has no memory for its handles")
    }
    self.multi = multi
    self.share = share
    let turns = Turns()
    self.turns = turns
    sockets = SocketWatch(deliveryLimit: deliveryLimit) { turns.count.load(ordering: .relaxed) }
    shim_share_set_data(share, CURL_LOCK_DATA_SSL_SESSION)
    shim_multi_set_long(multi, CURLMOPT_PIPELINING, shim_multiplex)
    shim_multi_set_long(multi, CURLMOPT_MAXCONNECTS, self.maxConnections)
  }

  private static let initialiseLibrary: Void = {
    let result = curl_global_init(shim_global_default)
    precondition(result == CURLE_OK, "libcurl does not initialise: \(result.rawValue)")
  }()

  /// What a turn does: told whether anything happened that libcurl has to look at, it returns for how many milliseconds
  /// to wait at most; nil when there is nothing to work for, until jobs come.
  typealias Turn = @Sendable (_ hasEvents: Bool) -> Int32?

  /// Starts the thread. `turn` runs on it after each batch of jobs.
  func start(turn: @escaping Turn) {
    let code = startThread("curl") { self.run(turn: turn) }
    precondition(code == 0, "no thread for libcurl: \(String(cString: strerror(code)))")
  }

  /// Ends the thread once the jobs enqueued so far have run. Only for the actor's end: nobody runs later jobs.
  func retire() {
    state.withLock {
      $0.isRetired = true
      // Under the lock, here and in `enqueue`: the thread frees the handle only after it has seen the flag.
      curl_multi_wakeup(multi)
    }
  }

  // MARK: SerialExecutor

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // A job enqueued by a job is seen before the next wait.
    let needsWakeup = !isCurrent
    state.withLock {
      precondition(!$0.isRetired, "a job for an actor that is gone")
      $0.jobs.append(job)
      if needsWakeup { curl_multi_wakeup(multi) }
    }
  }

  func checkIsolated() {
    precondition(isCurrent, "only the curl thread may touch libcurl")
  }

  private var isCurrent: Bool { identity.load(ordering: .relaxed) == UInt(pthread_self()) }

  // MARK: The thread

  /// With all signals blocked, as threads begin: a TLS write to a closed socket must not raise SIGPIPE here.
  private func run(turn: Turn) {
    identity.store(UInt(pthread_self()), ordering: .relaxed)
    sockets.start(watching: pthread_self())

    // libcurl looks at every transfer each time it is asked to work: only when there is something for it, then.
    var ready: Int32 = 0
    while true {
      let isRetired = runJobs()
      let wait = turn(ready > 0 || isTimerDue)
      ready = 0
      turns.count.add(1, ordering: .relaxed)
      if isRetired { break }
      if state.withLock({ !$0.jobs.isEmpty }) { continue }
      let result = curl_multi_poll(multi, nil, 0, wait.map { min($0, Self.longestWait) } ?? Self.longestWait, &ready)
      // A wait that fails at once would make this a busy loop.
      precondition(result == CURLM_OK, "libcurl cannot wait: \(result.rawValue)")
    }
    sockets.retire()
    handles.clear()
    curl_multi_cleanup(multi)
    curl_share_cleanup(share)
  }

  /// Whether a time limit or the like of libcurl's has come.
  private var isTimerDue: Bool {
    var milliseconds = 0
    let result = curl_multi_timeout(multi, &milliseconds)
    precondition(result == CURLM_OK, "libcurl does not tell its time: \(result.rawValue)")
    return milliseconds == 0
  }

  /// Runs jobs until there are none; true when the actor is gone and none can come.
  private func runJobs() -> Bool {
    while true {
      var jobs: [UnownedJob] = []
      let isRetired = state.withLock {
        swap(&jobs, &$0.jobs)
        return $0.isRetired
      }
      if jobs.isEmpty { return isRetired }
      for job in jobs { job.runSynchronously(on: asUnownedSerialExecutor()) }
    }
  }
}
