import Configuration
import Ingest
import Manifest
import Service
import TOML
import UnixSignals
import Values
import Workers

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// The daemon between start and stop.
struct RunningDaemon {
  let source: SettingsSource
  /// As read at the start.
  let settings: Settings
  let catalogue: Catalogue
  let environment: ServiceEnvironment
  let notifier: Notifier
  let levels: EventLevels
  let log: EventLog
  /// The JSON-lines file, when there is one, from the root: whoever asks for it is in another folder.
  let logFile: String?

  /// Seconds that running transfers get after a stop was asked for.
  static let grace = 15.0

  /// The commands that change something.
  static let changing: Set<String> = ["fetch", "pause", "resume", "reextract", "reload", "log-level", "lift"]

  init(source: SettingsSource, settings: Settings, catalogue: Catalogue, environment: ServiceEnvironment) {
    self.source = source
    self.settings = settings
    self.catalogue = catalogue
    self.environment = environment
    notifier = Notifier(environment: environment)
    levels = EventLevels(EventLevel(name: settings.log.level.rawValue) ?? .info)
    let file = settings.log.file ?? settings.paths.state + "/log/newswired.jsonl"
    // The journal keeps everything already; a second copy would only cost disk.
    let wantsFile = !file.isEmpty && (settings.log.file != nil || !environment.isJournalStream(2))
    logFile = wantsFile ? Self.absolute(file) : nil
    log = EventLog.standard(
      environment: environment, target: EventLog.Target(rawValue: settings.log.target.rawValue) ?? .auto, file: logFile,
      fileSize: settings.log.fileSize, files: settings.log.files, levels: levels)
  }

  /// A path as anybody finds it, seen from where the daemon was started.
  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/"), let folder = getcwd(nil, 0) else { return path }
    defer { free(folder) }
    return String(cString: folder) + "/" + (path.hasPrefix("./") ? String(path.dropFirst(2)) : path)
  }

  func run() async {
    signal(SIGPIPE, SIG_IGN)
    log.record(.daemonStarted, "newswired \(newswireVersion)", fields: ["pid": "\(getpid())"])
    for plugin in catalogue.refused {
      for problem in plugin.problems.all {
        log.record(.pluginRefused, problem.description, publisher: plugin.id, next: "its publisher is not fetched")
      }
    }
    warn(of: PluginNames(settings, catalogue))
    checkOpenFiles()
    let ingester: Ingester
    do {
      ingester = try Ingester(
        settings: settings, catalogue: catalogue, log: log,
        workerProgram: WorkerProgram.path(configured: settings.workers.program),
        credentials: environment.credentialsDirectory)
    } catch {
      fail(.configuration, error.placed(in: settings).told(file: source.file))
    }
    do {
      let patience = extendTimeout(for: ingester)
      try await ingester.start()
      // Its last word must come before READY: afterwards it would put off the watchdog.
      patience.cancel()
      await patience.value
    } catch {
      fail(ExitStatus(rawValue: error.exitStatus) ?? .software, error.message, errno: error.errno)
    }
    let server: ControlServer
    do {
      server = try control(ingester)
      try server.start()
    } catch {
      fail(error.exitStatus, error.description)
    }
    // Before anybody is told that it runs: a SIGHUP would end it otherwise.
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
    let status = await ingester.statusLine
    notifier.ready(status: status)
    log.record(.daemonReady, status, fields: ["spool": settings.paths.spool, "state": settings.paths.state])
    await serve(ingester, server, signals)
  }

  private func warn(of names: PluginNames) {
    for mistake in names.mistakes { log.record(.configUnused, mistake, level: .error, next: "the others run") }
    for warning in names.warnings { log.record(.configUnused, warning, next: "the name is passed over") }
    for omission in names.omissions { log.record(.configUnused, omission, next: "the rest counts") }
  }

  /// With fewer a start fails anywhere, also where nothing can be said any more.
  private static let leastOpenFiles: rlim_t = 64

  private func checkOpenFiles() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < Self.leastOpenFiles
    else { return }
    fail(
      .system,
      "\(limit.rlim_cur) files may be open at once and newswired needs \(Self.leastOpenFiles); raise the limit "
        + "(LimitNOFILE= of the unit, ulimit -n)")
  }

  private func fail(_ code: ExitStatus, _ message: String, errno: Int32 = 0) -> Never {
    log.record(.daemonFailed, message, outcome: code.meaning, errno: errno == 0 ? nil : errno)
    notifier.failed(errno: errno, status: message)
    log.settle()
    code.leave()
  }

  /// Asks for more time to start for as long as recovery makes progress. Opening and migrating a database are single
  /// steps, which count as progress for five minutes.
  private func extendTimeout(for ingester: Ingester) -> Task<Void, Never> {
    Task { [notifier] in
      var before = ingester.steps
      var idle = 0
      while !Task.isCancelled {
        if idle < 60 { notifier.extendTimeout(.seconds(30)) }
        try? await Task.sleep(for: .seconds(5))
        idle = ingester.steps == before ? idle + 1 : 0
        before = ingester.steps
      }
    }
  }

  /// Runs the pipeline beside signals, watchdog and status until a signal or a failure ends it.
  private func serve(_ ingester: Ingester, _ server: ControlServer, _ signals: UnixSignalsSequence) async {
    let watchdog = Watchdog(environment: environment, notifier: notifier) { [log] names in
      log.record(.watchdogStalled, "no progress: \(names.joined(separator: ", "))")
    }
    for counter in ingester.counters { watchdog.register(counter.name, counter: counter.count) }
    let watching = Task { await watchdog.run() }
    let telling = Task { [notifier] in
      try? await Task.sleep(for: .seconds(1))
      ResidentMemory.giveBack()
      while !Task.isCancelled {
        notifier.status(await ingester.statusLine)
        try? await Task.sleep(for: .seconds(2))
      }
    }
    let obeying = Task { await self.obey(signals, ingester) }
    var code = ExitStatus.ok
    do {
      try await ingester.run()
    } catch {
      code = ExitStatus(rawValue: error.exitStatus) ?? .software
      log.record(.daemonFailed, error.message, outcome: code.meaning, errno: error.errno == 0 ? nil : error.errno)
      notifier.failed(errno: error.errno, status: error.message)
      await ingester.stop(grace: 1)
    }
    // The loop has ended; what it had under way is still being finished.
    await ingester.stopped()
    watching.cancel()
    telling.cancel()
    obeying.cancel()
    await server.stop(grace: .seconds(1))
    log.record(.daemonStopped, "stopped", outcome: code.meaning)
    log.settle()
    code.leave()
  }

  private func obey(_ signals: UnixSignalsSequence, _ ingester: Ingester) async {
    var isStopping = false
    for await signal in signals {
      if signal == .sighup {
        // What is wrong is in the log by then.
        _ = try? await reload(ingester)
      } else if isStopping {
        // Recovery makes a sudden end as good as a slow one.
        log.record(.daemonStopped, "stopped at once at the second signal")
        log.settle()
        ExitStatus.ok.leave()
      } else {
        isStopping = true
        notifier.stopping(status: "finishing what is under way")
        log.record(
          .daemonStopping, "stopping",
          next: "what is under way has \(Int(Self.grace)) s; a second signal ends it at once")
        Task { await ingester.stop(grace: Self.grace) }
      }
    }
  }

  // MARK: Control

  private func control(_ ingester: Ingester) throws(ControlSocketError) -> ControlServer {
    let passed = ControlListener.passed(environment)
    let listener = if let passed { passed } else { try ControlListener.bind(path: settings.paths.socket) }
    return try ControlServer(
      listener: listener, changing: Self.changing,
      refused: { [log] verb, peer, error in
        log.record(.controlRefused, error.message, fields: ["verb": verb, "uid": "\(peer.userID)"])
      }
    ) { request, call async throws(ControlError) -> JSON in
      if Self.changing.contains(request.verb) {
        let arguments = request.arguments.compactMap { name, value in value.string.map { "\(name)=\($0)" } }
        log.record(
          .controlRequest, ([request.verb] + arguments).joined(separator: " "),
          fields: ["verb": request.verb, "uid": "\(call.peer.userID)", "pid": "\(call.peer.processID)"])
      }
      switch request.verb {
      case "status":
        guard case .object(var status) = await ingester.status() else { return .null }
        status.set("log", logFile)
        status.set("log_problem", log.fileProblem)
        return .object(status)
      case "fetch":
        guard let id = request.arguments["publisher"]?.string else {
          throw ControlError(.badRequest, "fetch needs a publisher.")
        }
        return try await ingester.fetch(publisher: id, wait: request.arguments["wait"]?.bool ?? false)
      case "explain":
        guard let name = request.arguments["source"]?.string else {
          throw ControlError(.badRequest, "explain needs a source or a publisher.")
        }
        return try await ingester.explain(name, showsSecrets: request.arguments["secrets"]?.bool ?? false)
      case "reextract":
        guard let id = request.arguments["publisher"]?.string else {
          throw ControlError(.badRequest, "reextract needs a publisher.")
        }
        return try await ingester.reextract(
          publisher: id, since: request.arguments["since"]?.integer.map { Timestamp(seconds: Int64($0)) },
          any: request.arguments["any"]?.bool ?? false, isDryRun: request.arguments["dry_run"]?.bool ?? false,
          progress: { call.progress($0) })
      case "pause":
        await ingester.rest(true)
        return [:]
      case "resume":
        await ingester.rest(false)
        return [:]
      case "reload": return try await reload(ingester)
      case "lift":
        guard let id = request.arguments["publisher"]?.string else {
          throw ControlError(.badRequest, "lift needs a publisher.")
        }
        return ["lifted": .bool(await ingester.lift(id))]
      case "log-level":
        guard let level = request.arguments["level"]?.string.flatMap({ EventLevel(name: $0) }) else {
          throw ControlError(.badRequest, "log-level needs debug, info, notice, warning or error.")
        }
        if let publisher = request.arguments["publisher"]?.string {
          guard await ingester.hasPlugin(publisher) else {
            throw ControlError(
              .notFound, "There is no plugin “\(publisher)”.", hint: "'newswirectl status' shows those in use.")
          }
          levels.set(level, publisher: publisher)
        } else {
          levels.set(level)
        }
        return [:]
      default: throw ControlError.unknownVerb(request.verb)
      }
    }
  }

  /// Reads settings and plugins anew, and says in the log what was wrong when they are refused, whoever asked for it.
  private func reload(_ ingester: Ingester) async throws(ControlError) -> JSON {
    // Whoever has moved the file away to keep it says so with a reload.
    log.lookAtFile()
    do throws(ControlError) { return try await readAnew(ingester) } catch {
      for mistake in error.message.split(separator: "\n") {
        log.record(.configRefused, String(mistake), next: "settings and plugins in use stay as they are")
      }
      throw error
    }
  }

  /// One mistake refuses all: what is in use stays as it is. Everything takes effect at once, but for the paths and
  /// where the log goes.
  private func readAnew(_ ingester: Ingester) async throws(ControlError) -> JSON {
    notifier.reloading()
    defer { notifier.ready() }
    let new: Settings
    do {
      new = try source.read()
      try Ingester.check(new, credentials: environment.credentialsDirectory)
    } catch {
      let text = (error as? SettingsProblem)?.told(file: source.file) ?? "\(error)"
      throw ControlError(.refused, text, hint: "Correct it and reload again; nothing has changed.")
    }
    let program = WorkerProgram.path(configured: new.workers.program)
    if let problem = Daemon.workerProblem(new) {
      throw ControlError(.refused, problem, hint: "Correct it and reload again; nothing has changed.")
    }
    let catalogue = Catalogue(folders: new.paths.plugins)
    guard catalogue.refused.isEmpty else {
      throw ControlError(
        .refused, catalogue.refused.map(\.problems.description).joined(separator: "\n"),
        hint: "Correct it and reload again; the plugins in use are unchanged.")
    }
    // As at a start: an empty folder would take every publisher away, and that looks like a quiet day.
    guard !catalogue.manifests.isEmpty else {
      throw ControlError(
        .refused, Daemon.noPlugin(new, file: source.file),
        hint: "Correct it and reload again; the plugins in use are unchanged.")
    }
    let names = PluginNames(new, catalogue)
    guard names.mistakes.isEmpty else {
      throw ControlError(
        .refused, names.mistakes.joined(separator: "\n"),
        hint: "Correct it and reload again; nothing has changed.")
    }
    var changes = try await ingester.use(new, catalogue, workerProgram: program)
    warn(of: names)
    changes += (names.warnings + names.omissions).map { "warning: \($0)" }
    let level = EventLevel(name: new.log.level.rawValue) ?? .info
    if level != levels.general {
      levels.set(level)
      changes.append("[log] level is \(level.name)")
    }
    changes += SettingsSource.deferred(settings, new).map { "[\($0)] changed: takes effect at the next start" }
    log.record(.daemonReloaded, changes.isEmpty ? "nothing changed" : changes.joined(separator: ", "))
    return ["plugins": JSON(catalogue.manifests.count), "changes": .array(changes.map { .string($0) })]
  }
}
