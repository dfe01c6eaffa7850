import Configuration
import Fetching

extension CredentialFolder {
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
