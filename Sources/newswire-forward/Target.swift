import Configuration
import Forwarding
import Glibc
import JetStream

/// Where articles go: [forward] of the settings, checked, with its login.
struct Target: Sendable {
  let addresses: [String]
  let stream: StreamOptions
  let subjects: SubjectScheme

  /// Seconds for which a stream of our making knows an article again: longer than any outage after which articles whose
  /// fate is unknown are sent a second time.
  static let window = 86_400.0
  /// A claim is given to another consumer after ten minutes: a stream that forgets sooner takes its articles twice.
  static let shortestWindow = 900.0

  struct Mistake: Error {
    let message: String
  }

  /// - Parameter credentials: nil when the login is not to be looked at.
  init(_ settings: Settings.Forward, credentials: CredentialFolder?) throws(Mistake) {
    guard !settings.urls.isEmpty else {
      throw Mistake(message: "forward.urls is not set; name the NATS servers: [forward] urls = [\"nats://HOST:4222\"]")
    }
    guard let scheme = SubjectScheme(prefix: settings.prefix) else {
      throw Mistake(message: "forward.prefix is no subject")
    }
    if let file = settings.caFile {
      guard access(file, R_OK) == 0 else {
        throw Mistake(message: "forward.ca_file: \(file): \(String(cString: strerror(errno)))")
      }
      guard settings.urls.contains(where: { $0.hasPrefix("tls://") }) else {
        throw Mistake(message: "forward.ca_file is for addresses with tls://, and forward.urls has none")
      }
    }
    var login = StreamOptions.Login.none
    if let name = settings.credential, let credentials {
      do throws(CredentialProblem) {
        login = try Self.login(name, credentials)
      } catch {
        throw Mistake(message: "forward.credential: \(error.message); \(error.hint)")
      }
    }
    addresses = settings.urls
    subjects = scheme
    stream = StreamOptions(stream: settings.stream, subjects: scheme.all, login: login, caFile: settings.caFile)
  }

  private static func login(_ name: String, _ folder: CredentialFolder) throws(CredentialProblem) -> StreamOptions.Login
  {
    let text = try folder.text(name)
    if text.contains("-----BEGIN NATS USER JWT-----") { return .credentials(file: try folder.file(name)) }
    guard let line = text.split(whereSeparator: \.isNewline).first.map(String.init) else {
      throw CredentialProblem(
        message: "the credential \"\(name)\" is empty", hint: "write USER:PASSWORD or a token on its first line")
    }
    guard let colon = line.firstIndex(of: ":") else { return .token(line) }
    return .userAndPassword(String(line[..<colon]), String(line[line.index(after: colon)...]))
  }

  /// What is wrong with the stream that was found; nil when it fits.
  func misfit(_ facts: StreamFacts) -> Trouble? {
    if facts.subjects.contains(where: { subjects.isCovered(by: $0) }) { return nil }
    return Trouble(
      .misfit, "the stream \(stream.stream) at \(facts.server) listens to \(facts.subjects.joined(separator: ", "))",
      remedy: "it must listen to '\(subjects.all)': nats stream edit \(stream.stream) --subjects '\(subjects.all)'")
  }

  func trouble(_ problem: StreamProblem) -> Trouble {
    switch problem {
    case .unreachable(let reason): Trouble(.away, reason)
    case .login(let reason):
      Trouble(.misfit, reason, remedy: "correct the credential that forward.credential names, then restart")
    case .tls(let reason):
      Trouble(.misfit, reason, remedy: "check forward.ca_file, and the names in the server's certificate")
    case .noStream:
      Trouble(
        .misfit, "there is no stream \(stream.stream)",
        remedy: "make it: newswire-forward --create-stream, or: nats stream add \(stream.stream) --subjects "
          + "'\(subjects.all)' --storage file --discard new --dupe-window 24h --defaults")
    case .noJetStream(let reason):
      Trouble(
        .misfit, "the server has no JetStream for us: \(reason)",
        remedy: "switch it on (nats-server -js, or jetstream {} in its settings) and for the account")
    case .tooLarge(let limit): Trouble(.odd, "larger than the \(limit) bytes that the server takes")
    case .settings(let reason): Trouble(.misfit, reason, remedy: "correct [forward], then restart")
    }
  }
}
