public import Manifest
import Synchronization
import Threads
public import Values

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Limits and whereabouts of workers.
public struct WorkerSettings: Sendable {
  /// Path of newswire-worker.
  public var program: String
  public var arguments: [String]
  /// Workers at once.
  public var count: Int
  /// Seconds a job may take.
  public var jobLimit: Double
  /// Seconds a worker may take to say hello.
  public var startLimit: Double
  /// Jobs after which a worker is replaced, so that nothing grows for ever.
  public var jobsPerWorker: Int

  /// Processors that are online: as many workers keep the machine busy.
  public static var coreCount: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  public init(program: String, count: Int) {
    self.program = program
    arguments = []
    self.count = count
    jobLimit = 20
    startLimit = 10
    jobsPerWorker = 5000
  }
}

/// What the pool tells its owner while it works.
public enum WorkerNotice: Sendable {
  case started(pid: Int32)
  /// A job ended its worker; the pool replaces it when the next job comes.
  case lost(JobError)
}

/// Runs jobs on a fixed number of worker processes, started when first needed. A job that kills its worker fails alone:
/// the next one gets a new worker.
public actor WorkerPool {
  private let settings: WorkerSettings
  private var idle: [WorkerLane] = []
  private var lanes: [WorkerLane] = []
  private var waiting: [CheckedContinuation<WorkerLane, Never>] = []

  public init(
    settings: WorkerSettings, catalogue: Catalogue, notice: @escaping @Sendable (WorkerNotice) -> Void
  ) {
    self.settings = settings
    lanes = (0..<max(1, settings.count)).map {
      WorkerLane(number: $0, settings: settings, catalogue: catalogue, notice: notice)
    }
    idle = lanes
  }

  /// Gives every worker new rules; each is replaced before its next job.
  public func use(_ catalogue: Catalogue) async {
    for lane in lanes { await lane.use(catalogue) }
  }

  /// Runs one job and gives the JSON that the worker answered.
  public func run(_ job: Job) async throws(JobError) -> JSON {
    let text = try await text(job)
    do { return try JSON(parsing: text) } catch {
      throw JobError(.protocolViolation, "a worker answered no JSON: \(error)")
    }
  }

  /// Runs one job and gives the worker's answer as the JSON text it is, for those who only pass it on.
  public func text(_ job: Job) async throws(JobError) -> [UInt8] {
    let lane = await takeLane()
    let result = await lane.run(job)
    give(lane)
    return try result.get()
  }

  /// Ends the workers once their present jobs are done.
  public func stop() async {
    for lane in lanes { await lane.stop() }
  }

  /// Lets every job that was given finish, then ends the workers: for a pool that another one has replaced.
  public func retire() async {
    while idle.count < lanes.count || !waiting.isEmpty { try? await Task.sleep(for: .milliseconds(100)) }
    await stop()
  }

  /// Process ids of the workers that run now.
  public func running() async -> [Int32] {
    var pids: [Int32] = []
    for lane in lanes { if let pid = await lane.pid { pids.append(pid) } }
    return pids
  }

  private func takeLane() async -> WorkerLane {
    // The most recently used first: the others may stay unstarted while there is little to do.
    if let lane = idle.popLast() { return lane }
    return await withCheckedContinuation { waiting.append($0) }
  }

  private func give(_ lane: WorkerLane) {
    if waiting.isEmpty {
      idle.append(lane)
    } else {
      waiting.removeFirst().resume(returning: lane)
    }
  }
}

/// One worker's place: a thread that talks to the process, and starts another when it died.
actor WorkerLane {
  private let executor: ThreadExecutor
  private let settings: WorkerSettings
  private let notice: @Sendable (WorkerNotice) -> Void
  private var conversation: Conversation
  private var process: WorkerProcess?
  private var jobs = 0

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(
    number: Int, settings: WorkerSettings, catalogue: Catalogue, notice: @escaping @Sendable (WorkerNotice) -> Void
  ) {
    executor = ThreadExecutor(name: "worker-\(number)")
    self.settings = settings
    conversation = Conversation(catalogue: catalogue)
    self.notice = notice
  }

  var pid: Int32? { process?.pid }

  func use(_ catalogue: Catalogue) {
    stop()
    conversation = Conversation(catalogue: catalogue)
  }

  func stop() {
    process?.stop()
    process = nil
    // The next worker knows nothing yet.
    conversation = Conversation(catalogue: conversation.catalogue)
    jobs = 0
  }

  func run(_ job: Job) -> Result<[UInt8], JobError> {
    do throws(JobError) {
      return .success(try attempt(job))
    } catch {
      if error.code != .refused {
        stop()
        notice(.lost(error))
      }
      return .failure(error)
    }
  }

  private func attempt(_ job: Job) throws(JobError) -> [UInt8] {
    if jobs >= settings.jobsPerWorker { stop() }
    let process = try running()
    let (messages, message, id) = try conversation.messages(for: job)
    jobs += 1
    for setting in messages { try process.tell(setting, limit: settings.startLimit) }
    let answer = try process.ask(message, limit: settings.jobLimit)
    return try Conversation.result(of: answer, id: id, worker: "worker \(process.pid)")
  }

  private func running() throws(JobError) -> WorkerProcess {
    if let process { return process }
    let new = try WorkerProcess(
      program: settings.program, arguments: settings.arguments, startLimit: settings.startLimit)
    process = new
    notice(.started(pid: new.pid))
    return new
  }
}
