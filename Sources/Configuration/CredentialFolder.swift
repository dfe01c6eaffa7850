import TOML

#if canImport(Glibc)
  import Glibc
#else
  import Musl
#endif

/// Why a credential cannot be used. Never holds any of it.
public struct CredentialProblem: Error, Sendable, Equatable {
  public var message: String
  public var hint: String

  public init(message: String, hint: String) {
    self.message = message
    self.hint = hint
  }
}

/// Secrets by name: files in the folder that systemd made for the service (LoadCredential=, $CREDENTIALS_DIRECTORY) or
/// that the operator configured. Read when they are needed, small, and from memory or a local disk.
public struct CredentialFolder: Sendable {
  /// nil when there is neither.
  public let path: String?

  public init(path: String?) { self.path = path }

  /// The path of a credential that is there and that not everyone may read.
  public func file(_ name: String) throws(CredentialProblem) -> String {
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
    return file
  }

  /// The text of a credential.
  public func text(_ name: String) throws(CredentialProblem) -> String {
    let file = try file(name)
    do throws(SettingsFile.Failure) {
      return try SettingsFile.text(of: file)
    } catch {
      throw CredentialProblem(message: "the credential \"\(name)\" \(error.problem.message)", hint: "look at \(file)")
    }
  }
}
