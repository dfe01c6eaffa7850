import Digests
import Manifest
import Scheduling
import Service
import Store
import Values
import Workers

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Quarantine outlives the daemon: one that is restarted often would otherwise start a broken program each time.
extension Ingester {
  /// Runs a job on a plugin's program, and keeps in the state whether that ended in quarantine or led out of it.
  func run(_ job: ProgramJob, _ manifest: Manifest) async throws(JobError) -> [UInt8] {
    do throws(JobError) {
      let answer = try await programs.run(job, plugin: manifest.publisher.id)
      await keepQuarantine(of: manifest)
      return answer
    } catch {
      // One that was not even started is where it was.
      if error.reason != "quarantine", error.reason != "rest" { await keepQuarantine(of: manifest) }
      throw error
    }
  }

  private func keepQuarantine(of manifest: Manifest) async {
    let id = manifest.publisher.id
    guard let found = await programs.quarantine(of: id) else {
      if keptQuarantines.contains(id) { await forgetQuarantine(of: id) }
      return
    }
    let kept = Quarantine(
      plugin: id, failures: found.failures,
      until: Timestamp.now().adding(seconds: Int64(found.seconds.rounded(.up))), mark: mark(of: manifest))
    keptQuarantines.insert(id)
    // When it cannot be kept, only a restart forgets it.
    do throws(LedgerFailure) { try await ledger.save(kept) } catch { noteFailure(error) }
  }

  /// Forgets that a plugin's program is in quarantine, or without a name that any is.
  func forgetQuarantine(of plugin: String? = nil) async {
    if let plugin { keptQuarantines.remove(plugin) } else { keptQuarantines = [] }
    do throws(LedgerFailure) { try await ledger.forgetQuarantine(of: plugin) } catch { noteFailure(error) }
  }

  /// Takes up what an earlier run left, but for programs that were changed or taken away meanwhile: their plugins are
  /// returned.
  func restoreQuarantines() async throws(LedgerFailure) -> Set<String> {
    let now = Timestamp.now()
    var mended: Set<String> = []
    for kept in try await ledger.quarantines() {
      guard let manifest = catalogue[kept.plugin], manifest.program != nil, mark(of: manifest) == kept.mark else {
        try await ledger.forgetQuarantine(of: kept.plugin)
        mended.insert(kept.plugin)
        continue
      }
      let wait = max(0, kept.until.seconds.saturatingDifference(now.seconds))
      keptQuarantines.insert(kept.plugin)
      await programs.restoreQuarantine(of: kept.plugin, failures: kept.failures, seconds: Double(wait))
      log.record(
        .programSuspended, "its program is in quarantine since an earlier run", publisher: kept.plugin,
        outcome: "quarantine",
        next: "tried again \(wait == 0 ? "with the next job" : "in \(Int(wait).spokenSeconds)"); "
          + "'newswirectl plugin enable \(kept.plugin)' lifts it",
        fields: ["failures": "\(kept.failures)"])
    }
    return mended
  }

  /// Makes the lists that only a program reads due now: in quarantine they were put off until the next probe.
  func bringForward(listsOf publishers: Set<String>) {
    for publisher in publishers {
      for number in roster.numbers(publisher: publisher) where roster.source(number).kind == .program {
        heap.set(number, due: .now())
      }
    }
  }

  /// What changes when a plugin or its program is mended: the text of the one; size, time and leave to run of the
  /// other.
  private func mark(of manifest: Manifest) -> String {
    let id = manifest.publisher.id
    let path = "\(catalogue.folders[id] ?? "")/\(manifest.program?.command ?? "")"
    var facts = stat()
    let program =
      stat(path, &facts) == 0
      ? "\(facts.st_size) \(facts.st_mtim.tv_sec) \(facts.st_mtim.tv_nsec) \(access(path, X_OK))" : "none"
    return String(SHA256.hex((program + "\n" + manifest.text).utf8).prefix(32))
  }
}
