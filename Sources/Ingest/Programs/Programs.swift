import Configuration
import Fetching
import Manifest
import Service
import Values
import Workers

extension Ingester {
  /// What the programs of plugins do, in the log.
  nonisolated static func report(_ notice: ProgramNotice, to log: EventLog) {
    switch notice {
    case .started(let plugin, let pid):
      log.record(.programStarted, "program started", publisher: plugin, fields: ["pid": "\(pid)"])
    case .line(let plugin, let priority, let text):
      log.record(.programLog, text, level: EventLevel(priority: priority), publisher: plugin)
    case .failed(let plugin, let error, let rest):
      let wait = "it rests for \(max(1, Int(rest.rounded())).spokenSeconds) and is started anew for the next job"
      log.record(
        .programFailed, error.message, publisher: plugin, outcome: error.reason,
        next: [wait, error.hint].compactMap { $0 }.joined(separator: "; "))
    case .quarantined(let plugin, let error, let failures, let probe):
      log.record(
        .programSuspended, error.message, publisher: plugin, outcome: error.reason,
        next: "left alone after \(failures) failures in a row, tried again in \(Int(probe).spokenSeconds); "
          + "'newswirectl plugin enable \(plugin)' lifts it",
        fields: ["failures": "\(failures)"])
    case .recovered(let plugin):
      log.record(.programRecovered, "the program works again", publisher: plugin)
    }
  }

  /// Lets a publisher's program work again at once, out of rest or quarantine; false when it was in neither.
  public func lift(_ publisher: String) async -> Bool {
    guard await programs.lift(publisher) else { return false }
    await forgetQuarantine(of: publisher)
    log.record(.programRecovered, "let out of quarantine by the operator", publisher: publisher)
    for number in roster.numbers(publisher: publisher) where roster.source(number).kind == .program { attend(number) }
    return true
  }

  /// A page that a program asked for: by the same manners, guards and credentials as every page of its publisher.
  func page(_ url: WebURL, for manifest: Manifest) async -> ProgramPage {
    let response: FetchResponse
    do throws(PageFailure) {
      response = try await getPage(url, manifest, validators: nil)
    } catch {
      return .refused(reason: error.outcome, message: error.message)
    }
    log.record(
      .pageFetched, "page fetched for the program", publisher: manifest.publisher.id, url: url,
      status: response.status, bytes: response.bytesReceived, duration: response.duration)
    return .page(
      url: response.url, status: response.status, contentType: response.contentType, body: response.body)
  }

  /// Has a page read: by the plugin's program where it does that and is sound, else by a worker and the plugin's rules.
  func runExtraction(_ job: Job, _ manifest: Manifest) async throws(JobError) -> JSON {
    let id = manifest.publisher.id
    guard manifest.program?.jobs.contains(.extract) == true, let url = job.url else {
      return try await workers.run(job)
    }
    if let rest = await programs.rest(of: id), rest.isQuarantine { return try await workers.run(job) }
    do throws(JobError) {
      let text = try await run(
        ProgramJob(.extract, url: url, contentType: job.contentType, body: job.body), manifest)
      do { return try JSON(parsing: text) } catch {
        throw JobError(.protocolViolation, "the program's answer is not JSON: \(error)")
      }
    } catch {
      // The failure that led to quarantine, or a probe that failed: the rules read the page, as they do from now on.
      if error.code != .refused, let rest = await programs.rest(of: id), rest.isQuarantine {
        return try await workers.run(job)
      }
      if error.code != .refused {
        // The page waits until the program has rested.
        throw JobError(.unavailable, reason: error.reason, error.message, hint: error.hint)
      }
      throw error
    }
  }

  static func programs(
    _ settings: Settings.Workers, _ catalogue: Catalogue, _ log: EventLog, program: String
  ) -> ProgramPool {
    var own = ProgramSettings(launcher: program)
    own.jobLimit = Double(settings.jobLimit)
    own.attempts = settings.programAttempts
    own.retry = Double(settings.programRetry)
    own.probe = Double(settings.programProbe)
    return ProgramPool(settings: own, catalogue: catalogue) { report($0, to: log) }
  }

  /// Lets the programs of a pool ask for pages.
  func serve(_ programs: ProgramPool) async {
    await programs.serve { [weak self] url, manifest in
      await self?.page(url, for: manifest) ?? .refused(reason: "shutdown", message: "newswired is stopping")
    }
  }
}
