import Configuration
import Feeds
import Fetching
import Manifest
import Push
import Queue
import Scheduling
import Service
import Store
import Values
import Workers

/// Why a publisher does not let its reader in.
struct LoginFailure: Error, Sendable {
  var message: String
  var hint: String
  /// When it is tried again at the earliest.
  var until: Timestamp
  /// The fault is the network's, not the login's.
  var isLocal = false

  /// The longest time until another try, in seconds.
  static let longest: Int64 = 86_400

  /// Whether it is too early to try again. What would last longer than any was noted by a clock that was ahead.
  func stands(at now: Timestamp) -> Bool { now < until && until <= now.adding(seconds: Self.longest) }
}

/// What a publisher's requests carry.
struct Passport: Sendable {
  var credential: Credential?
  var jar: CookieJar?
}

/// The logins of all publishers that have one. A form is sent once, by whoever needs it first, and again when its
/// cookies have stopped working; a login that fails is not tried again at once, so that the account is not locked.
actor Logins {
  private struct Session {
    var passport: Passport?
    var since: Timestamp?
    var failure: LoginFailure?
    var failures = 0
    var attempt: Task<Result<Passport, LoginFailure>, Never>?
    /// The last time its cookies were thrown away.
    var renewed: Timestamp?
  }

  private let folder: CredentialFolder
  private let fetcher: Fetcher
  private let log: EventLog
  private var sessions: [String: Session] = [:]

  /// Seconds to the second try of a login that failed; doubled with each, up to a day.
  static let retry: Int64 = 3600
  /// Cookies that stop working sooner than this after a login are no reason for another.
  static let leastSession: Double = 600

  init(folder: CredentialFolder, fetcher: Fetcher, log: EventLog) {
    self.folder = folder
    self.fetcher = fetcher
    self.log = log
  }

  /// What requests to the publisher carry; nil for a publisher without a login.
  /// - Parameters:
  ///   - template: a request to the publisher, for its proxy, ports and group.
  ///   - workers: read the page that shows the form, where there is one.
  func passport(
    _ manifest: Manifest, like template: FetchRequest, reading workers: WorkerPool, now: Timestamp
  ) async throws(LoginFailure) -> Passport? {
    guard let login = manifest.login else { return nil }
    let id = manifest.publisher.id
    if let passport = sessions[id]?.passport { return passport }
    if let failure = sessions[id]?.failure, failure.stands(at: now) { throw failure }
    let attempt =
      sessions[id]?.attempt ?? Task { await self.logIn(login, manifest, template, workers, now) }
    sessions[id, default: Session()].attempt = attempt
    return try await attempt.value.get()
  }

  /// The server refused what the passport should have opened. True when it is worth to try again with a new one.
  func refused(_ manifest: Manifest, now: Timestamp) -> Bool {
    guard manifest.login != nil, var session = sessions[manifest.publisher.id], session.passport != nil else {
      return false
    }
    if let since = session.since, now.seconds(since: since) < Self.leastSession { return false }
    session.passport = nil
    session.renewed = now
    sessions[manifest.publisher.id] = session
    return true
  }

  /// Forgets all, so that new credentials and plugins count.
  func forget() { sessions = sessions.filter { $0.value.attempt != nil } }

  /// Lets a publisher's login be tried again now.
  func retry(_ publisher: String) {
    guard sessions[publisher]?.passport == nil else { return }
    sessions[publisher]?.failure = nil
  }

  /// For people: how the login stands.
  func account(of manifest: Manifest) -> String? {
    guard let login = manifest.login else { return nil }
    let name = "\(login.kind.rawValue), credential \"\(login.credential)\""
    guard let session = sessions[manifest.publisher.id] else { return "\(name): not used yet" }
    if let failure = session.failure, session.passport == nil {
      return "\(name): \(failure.message); \(failure.hint); tried again \(failure.until.rfc3339)"
    }
    guard session.passport != nil else { return "\(name): being renewed" }
    return login.kind == .form ? "\(name): logged in since \(session.since?.rfc3339 ?? "now")" : "\(name): in use"
  }

  // MARK: Logging in

  private func logIn(
    _ login: Login, _ manifest: Manifest, _ template: FetchRequest, _ workers: WorkerPool, _ now: Timestamp
  ) async -> Result<Passport, LoginFailure> {
    let id = manifest.publisher.id
    let result: Result<Passport, LoginFailure>
    do {
      result = .success(try await make(login, manifest, template, workers, now))
    } catch let failure as LoginFailure {
      result = .failure(failure)
    } catch let problem as CredentialProblem {
      result = .failure(LoginFailure(message: problem.message, hint: problem.hint, until: next(id, now)))
    } catch {
      result = .failure(LoginFailure(message: "\(error)", hint: "report it", until: next(id, now)))
    }
    var session = sessions[id] ?? Session()
    session.attempt = nil
    switch result {
    case .success(let passport):
      session.passport = passport
      session.since = now
      session.failure = nil
      session.failures = 0
      if login.kind == .form {
        log.record(
          .loginWorked, "logged in with the credential \"\(login.credential)\"", publisher: id, url: login.url,
          fields: ["cookies": "\(passport.jar?.names.count ?? 0)"])
      }
    case .failure(let failure):
      session.failure = failure
      if !failure.isLocal { session.failures += 1 }
      log.record(
        .loginFailed, failure.message, level: failure.isLocal ? .info : nil, publisher: id, url: login.url,
        outcome: "login", next: "\(failure.hint); tried again \(failure.until.rfc3339)")
    }
    sessions[id] = session
    return result
  }

  private func next(_ id: String, _ now: Timestamp) -> Timestamp {
    now.adding(seconds: min(Self.retry << min(sessions[id]?.failures ?? 0, 5), LoginFailure.longest))
  }

  private func make(
    _ login: Login, _ manifest: Manifest, _ template: FetchRequest, _ workers: WorkerPool, _ now: Timestamp
  ) async throws -> Passport {
    let hosts = manifest.publisher.hosts
    switch login.kind {
    case .basic:
      let (user, password) = try folder.userAndPassword(login.credential)
      return Passport(credential: Credential(.basic(user: user, password: password), hosts: hosts))
    case .bearer: return Passport(credential: Credential(.bearer(try folder.token(login.credential)), hosts: hosts))
    case .header:
      let value = try folder.token(login.credential)
      return Passport(credential: Credential(.header(name: login.header ?? "", value: value), hosts: hosts))
    case .cookies:
      var refused = 0
      let jar = CookieJar(netscape: try folder.text(login.credential), hosts: hosts, refused: &refused)
      guard !jar.isEmpty else {
        throw CredentialProblem(
          message: "the credential \"\(login.credential)\" holds no cookie for the publisher's hosts",
          hint: "export the cookies of \(hosts.first ?? "its site") in the Netscape format (cookies.txt)")
      }
      return Passport(jar: jar)
    case .form: return Passport(jar: try await send(login, manifest, template, workers, now))
    }
  }

  private func send(
    _ login: Login, _ manifest: Manifest, _ template: FetchRequest, _ workers: WorkerPool, _ now: Timestamp
  ) async throws -> CookieJar {
    guard let url = login.url else { preconditionFailure("a form login has an address") }
    let id = manifest.publisher.id
    let (user, password) = try folder.userAndPassword(login.credential)
    // The form may be at a host of its own (sso.), which the operator names by writing it into the plugin.
    let jar = CookieJar(hosts: manifest.publisher.hosts + [url.host] + (login.page.map { [$0.host] } ?? []))
    var request = template
    request.validators = nil
    request.credential = nil
    request.group = nil
    request.jar = jar
    var form =
      login.fields.map { (name: $0.name, value: Secret($0.value)) } + [
        (name: login.userField, value: user), (name: login.passwordField, value: password),
      ]
    if let page = login.page {
      let hidden = try await hiddenFields(login, page, request, manifest, workers, now)
      // What the plugin sets itself counts.
      form = hidden.filter { field in !form.contains { $0.name == field.name } } + form
    }
    request.url = url
    request.purpose = .form
    request.allowPorts.insert(url.effectivePort)
    request.form = form
    let response: FetchResponse
    do throws(FetchError) {
      response = try await fetcher.fetch(request)
    } catch {
      throw failure(error, "the login form cannot be sent", id, now)
    }
    let hint = "check the credential \"\(login.credential)\" and [login] in the plugin"
    guard response.isSuccess || (300...399).contains(response.status) else {
      throw LoginFailure(
        message: "the login form was answered with \(response.status)", hint: hint, until: next(id, now))
    }
    if let cookie = login.cookie, !jar.names.contains(cookie) {
      throw LoginFailure(
        message: "the login form was answered with \(response.status), but without the cookie \"\(cookie)\"",
        hint: hint, until: next(id, now))
    }
    guard !jar.isEmpty else {
      throw LoginFailure(
        message: "the login form was answered with \(response.status), but without a cookie", hint: hint,
        until: next(id, now))
    }
    return jar
  }

  /// What the page hides in its form. The cookies that come with it go back with the form: tokens belong to them.
  private func hiddenFields(
    _ login: Login, _ page: WebURL, _ template: FetchRequest, _ manifest: Manifest, _ workers: WorkerPool,
    _ now: Timestamp
  ) async throws -> [(name: String, value: Secret)] {
    let id = manifest.publisher.id
    var request = template
    request.url = page
    request.purpose = .page
    request.allowPorts.insert(page.effectivePort)
    let response: FetchResponse
    do throws(FetchError) {
      response = try await fetcher.fetch(request)
    } catch {
      throw failure(error, "the login page cannot be fetched", id, now)
    }
    guard response.isSuccess else {
      throw LoginFailure(
        message: "the login page was answered with \(response.status)", hint: "check [login] page in the plugin",
        until: next(id, now))
    }
    let job = Job(
      .form(passwordField: login.passwordField), url: response.url, contentType: response.contentType,
      zone: nil, body: response.body)
    do throws(JobError) {
      let fields = try await workers.run(job)["fields"]?.array ?? []
      return fields.compactMap { field in
        guard let name = field["name"]?.string, let value = field["value"]?.string else { return nil }
        return (name: name, value: Secret(value))
      }
    } catch {
      let isLocal = error.code == .unavailable
      throw LoginFailure(
        message: error.message, hint: error.hint ?? "check [login] page in the plugin",
        until: isLocal ? now.adding(seconds: 30) : next(id, now), isLocal: isLocal)
    }
  }

  private func failure(_ error: FetchError, _ what: String, _ id: String, _ now: Timestamp) -> LoginFailure {
    LoginFailure(
      message: "\(what): \(error.message)", hint: error.hint ?? "it is tried again",
      until: error.isLocal ? now.adding(seconds: 30) : next(id, now), isLocal: error.isLocal)
  }
}
