public import Configuration
public import PostgreSQL

/// Where the state is.
public enum StatePlace: Sendable {
  case file(String)
  case server(PostgresTarget)
}

/// Why a place of the state that is configured cannot be used. Never holds a password.
public struct StatePlaceProblem: Error, Sendable, CustomStringConvertible {
  public var description: String
}

extension Settings {
  /// The database of the fleet when one is set, else the file in the state directory.
  ///
  /// - Parameter mustHaveCredential: whether a configured credential that cannot be read is a mistake. A person's shell
  ///   has no credentials directory of systemd's; there libpq may find the password (`~/.pgpass`).
  public func statePlace(
    credentials: CredentialFolder, mustHaveCredential: Bool = true
  ) throws(StatePlaceProblem) -> StatePlace {
    guard let url = state.url else { return .file(paths.state + "/newswire.db") }
    var password: String?
    if let name = state.credential {
      do throws(CredentialProblem) {
        let lines = try credentials.text(name).split(whereSeparator: \.isNewline)
        guard let first = lines.first else {
          throw CredentialProblem(
            message: "the credential \"\(name)\" is empty", hint: "write the password on the file's first line")
        }
        password = String(first)
      } catch {
        if mustHaveCredential {
          throw StatePlaceProblem(description: "[state] credential: \(error.message); \(error.hint)")
        }
      }
    }
    do throws(PostgresError) {
      return .server(try PostgresTarget(url: url, password: password))
    } catch {
      throw StatePlaceProblem(description: "[state] url: \(error.message)")
    }
  }
}
