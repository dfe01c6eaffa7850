import Articles
import Manifest
import Threads
import Values
import WorkerProtocol

/// One program's place: a thread that talks to the process. The pool sees to it that one job runs at a time.
actor ProgramLane {
  private let id: String
  private let executor: ThreadExecutor
  private let settings: ProgramSettings
  private let notice: @Sendable (ProgramNotice) -> Void
  private var process: ProgramProcess?
  private var jobs = 0
  private var isWorking = false

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(id: String, settings: ProgramSettings, notice: @escaping @Sendable (ProgramNotice) -> Void) {
    self.id = id
    executor = ThreadExecutor(name: "program-\(id)")
    self.settings = settings
    self.notice = notice
  }

  func stop() {
    process?.stop()
    process = nil
  }

  func run(
    _ job: ProgramJob, _ program: Program, _ manifest: Manifest, _ folder: String, _ fetch: ProgramPool.Fetch?
  ) async -> Result<[UInt8], JobError> {
    isWorking = true
    defer { isWorking = false }
    jobs += 1
    let number = jobs
    do throws(JobError) {
      let process = try running(program, manifest, folder)
      process.startJob()
      let answer = try await exchange(job, number, process, manifest, fetch)
      if process.droppedLines > 0 {
        notice(.line(plugin: id, priority: 4, text: "\(process.droppedLines) further lines of its log were left out"))
      }
      try Self.check(answer, job.kind, manifest)
      endWhenIdle(after: number)
      return .success(answer)
    } catch {
      if error.code != .refused { stop() } else { endWhenIdle(after: number) }
      return .failure(error)
    }
  }

  private func running(_ program: Program, _ manifest: Manifest, _ folder: String) throws(JobError) -> ProgramProcess {
    if let process { return process }
    let new = try ProgramProcess(
      program, of: manifest.publisher, in: folder, launcher: settings.launcher, startLimit: settings.startLimit
    ) { [notice, id] line in notice(.line(plugin: id, priority: line.priority, text: line.text)) }
    process = new
    notice(.started(plugin: id, pid: new.pid))
    return new
  }

  private func endWhenIdle(after number: Int) {
    Task {
      try? await Task.sleep(for: .seconds(settings.idleLimit))
      if jobs == number, !isWorking { stop() }
    }
  }

  /// Sends the job, serves what the program asks for meanwhile, and gives its answer.
  private func exchange(
    _ job: ProgramJob, _ number: Int, _ process: ProgramProcess, _ manifest: Manifest, _ fetch: ProgramPool.Fetch?
  ) async throws(JobError) -> [UInt8] {
    var header = JSONObject([
      ("type", .string(job.kind.rawValue)), ("id", JSON(number)), ("url", .string(job.url.description)),
    ])
    header.set("content_type", job.contentType)
    var deadline = MonotonicClock.seconds() + settings.jobLimit
    try process.tell(Frame(header, body: job.body), limit: settings.jobLimit)
    var fetches = 0
    while true {
      let message = try process.receive(deadline: deadline, doing: "at work", limit: settings.jobLimit)
      guard message.header["id"]?.integer == number else {
        throw JobError(.protocolViolation, "the program answered another job")
      }
      switch message.type {
      case "fetch":
        fetches += 1
        let asked = MonotonicClock.seconds()
        let answer = await self.answer(message, number, fetches, manifest, fetch)
        // Waiting for a publisher is not the program's fault.
        deadline += MonotonicClock.seconds() - asked
        guard self.process === process else {
          throw JobError(.unavailable, reason: "stopped", "the program was stopped")
        }
        try process.tell(answer, limit: settings.jobLimit)
      case "result": return message.body
      case "error":
        throw JobError(
          .refused, reason: message.header["reason"]?.string, message.header["message"]?.string ?? "no reason given",
          hint: message.header["hint"]?.string)
      default: throw JobError(.protocolViolation, "the program answered \"\(message.type.prefix(40))\"")
      }
    }
  }

  private func answer(
    _ message: Frame, _ number: Int, _ count: Int, _ manifest: Manifest, _ fetch: ProgramPool.Fetch?
  ) async -> Frame {
    func refusal(_ reason: String, _ text: String) -> Frame {
      Frame(
        JSONObject([
          ("type", "refused"), ("id", JSON(number)), ("reason", .string(reason)), ("message", .string(text)),
        ]))
    }
    guard let url = message.header["url"]?.string.flatMap({ WebURL($0) }) else {
      return refusal("bad-url", "not an http or https address")
    }
    guard manifest.publisher.owns(url) else {
      notice(.line(plugin: id, priority: 4, text: "asked for a page of \(url.host), which is not its publisher's"))
      return refusal("not-yours", "\(url.host) is none of publisher.hosts")
    }
    guard count <= settings.fetchLimit else {
      return refusal("too-many", "a job may ask for \(settings.fetchLimit) pages")
    }
    guard let fetch else { return refusal("offline", "nothing is fetched here") }
    switch await fetch(url, manifest) {
    case .refused(let reason, let text): return refusal(reason, text)
    case .page(let found, let status, let contentType, let body):
      // A redirect may lead away.
      guard manifest.publisher.owns(found) else {
        return refusal("not-yours", "the server redirects to \(found.host), which is none of publisher.hosts")
      }
      var header = JSONObject([
        ("type", "fetched"), ("id", JSON(number)), ("url", .string(found.description)), ("status", JSON(status)),
      ])
      header.set("content_type", contentType)
      return Frame(header, body: body)
    }
  }

  /// A program is not trusted: what it answers must be what was asked for, and of its own publisher.
  private static func check(_ answer: [UInt8], _ kind: Program.Job, _ manifest: Manifest) throws(JobError) {
    let json: JSON
    do { json = try JSON(parsing: answer) } catch {
      throw JobError(.protocolViolation, reason: "garbage", "the program's answer is not JSON: \(error)")
    }
    func foreign(_ address: String) -> JobError {
      JobError(
        .protocolViolation, reason: "wrong-publisher",
        "the program answered with \(address.prefix(120)), which is not its publisher's",
        hint: "name the host in publisher.hosts if it is")
    }
    switch kind {
    case .discover:
      guard let items = json["items"]?.array else {
        throw JobError(.protocolViolation, reason: "garbage", "the program's answer is not a JSON Feed: no items")
      }
      for address in items.compactMap({ $0["url"]?.string }) {
        guard let url = WebURL(address), manifest.publisher.owns(url) else { throw foreign(address) }
      }
    case .extract:
      let article: Article
      do { article = try Article(record: json["article"] ?? .null) } catch {
        throw JobError(.protocolViolation, reason: "garbage", "the program's article is malformed: \(error)")
      }
      if let address = article.canonicalURL {
        guard let url = WebURL(address), manifest.publisher.owns(url) else { throw foreign(address) }
      }
    }
  }
}

extension Publisher {
  /// Whether the address is on one of the publisher's hosts or below one.
  func owns(_ url: WebURL) -> Bool { hosts.contains { url.host == $0 || url.host.hasSuffix("." + $0) } }
}
