import Fetching
import Manifest
import TOML

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Why a credential cannot be used. Never holds any of it.
struct CredentialProblem: Error, Sendable, Equatable {
  var message: String
  var hint: String
}

/// Secrets by name: files in the folder that systemd made for the service (LoadCredential=, $CREDENTIALS_DIRECTORY) or
/// that the operator configured. Read when they are needed, small, and from memory or a local disk.
struct CredentialFolder: Sendable {
  /// nil when there is neither.
  let path: String?

  /// The text of a credential.
  func text(_ name: String) throws(CredentialProblem) -> String {
    guard let path else {
      throw CredentialProblem(
        message: "there is no credential \"\(name)\", because there is no credentials directory",
        hint: "add LoadCredential=\(name):/path/to/file to the unit, or set [paths] credentials")
    }
    var file = "\(path)/\(name)"
    var status = stat()
    // systemd puts the folder's name before those of its files (LoadCredential=publishers:/folder).
    if stat(file, &status) != 0 { file = "\(path)/publishers_\(name)" }
    guard stat(file, &status) == 0 else {
      throw CredentialProblem(
        message: "the credential \"\(name)\" is not in \(path): \(String(cString: strerror(errno)))",
        hint: "add LoadCredential=\(name):/path/to/file to the unit, or put the file there")
    }
    guard status.st_mode & S_IROTH == 0 else {
      throw CredentialProblem(message: "\(file) may be read by everyone", hint: "chmod 600 \(file)")
    }
    do throws(SettingsFile.Failure) {
      return try SettingsFile.text(of: file)
    } catch {
      throw CredentialProblem(message: "the credential \"\(name)\" \(error.problem.message)", hint: "look at \(file)")
    }
  }

  /// A user name and a password: on two lines, or on one with a colon between.
  func userAndPassword(_ name: String) throws(CredentialProblem) -> (user: Secret, password: Secret) {
    let lines = try text(name).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    if lines.count >= 2, !lines[1].isEmpty { return (Secret(String(lines[0])), Secret(String(lines[1]))) }
    guard let line = lines.first, let colon = line.firstIndex(of: ":") else {
      throw CredentialProblem(
        message: "the credential \"\(name)\" is not a user name and a password",
        hint: "write USER:PASSWORD on one line, or each on a line of its own")
    }
    return (Secret(String(line[..<colon])), Secret(String(line[line.index(after: colon)...])))
  }

  /// The first line.
  func token(_ name: String) throws(CredentialProblem) -> Secret {
    let line = try text(name).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    guard !line.isEmpty else {
      throw CredentialProblem(message: "the credential \"\(name)\" is empty", hint: "write it on the file's first line")
    }
    return Secret(line)
  }
}
