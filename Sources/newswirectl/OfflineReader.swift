import Manifest
import Service
import Values
import Workers

/// Reads feeds and pages for the offline verbs: in workers, so that a document that kills the parser costs one job, or
/// in this process where newswire-worker is not installed.
final class OfflineReader: Sendable {
  private let pool: WorkerPool?
  private let catalogue: Catalogue
  /// Jobs that run at once.
  let width: Int

  /// - Parameter jobLimit: seconds for a job; nil for what the daemon allows.
  init(catalogue: Catalogue, jobLimit: Double? = nil) {
    self.catalogue = catalogue
    let program = WorkerProgram.path(configured: nil)
    guard WorkerProgram.problem(at: program) == nil else {
      pool = nil
      width = 1
      return
    }
    width = WorkerSettings.coreCount
    var settings = WorkerSettings(program: program, count: width)
    if let jobLimit { settings.jobLimit = jobLimit }
    pool = WorkerPool(settings: settings, catalogue: catalogue) { _ in }
  }

  /// The worker's answer as JSON text.
  func text(_ job: Job) async throws(JobError) -> [UInt8] {
    if let pool { return try await pool.text(job) }
    return try InlineWorker(catalogue: catalogue).text(job)
  }

  func json(_ job: Job) async throws -> JSON { try JSON(parsing: try await text(job)) }

  func stop() async { await pool?.stop() }
}
