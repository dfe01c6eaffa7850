internal import Glibc

/// How a connection is made, and how the library says that it was not.
extension PostgresConnection {
  static func open(
    _ library: LibPQ, _ target: PostgresTarget, _ name: String, _ scrubber: Scrubber, within time: Duration
  ) throws(PostgresError) -> LibPQ.Connection {
    // What stands before the address yields to it; what stands behind wins.
    var parameters = [
      ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"), ("tcp_user_timeout", "5000"),
      ("dbname", target.url), ("application_name", name), ("client_encoding", "UTF8"),
    ]
    if let password = target.password { parameters.append(("password", password)) }
    let strings = parameters.flatMap { [strdup($0.0), strdup($0.1)] }
    defer { strings.forEach { free($0) } }
    let keys: [LibPQ.Text?] =
      stride(from: 0, to: strings.count, by: 2).map { strings[$0].map { LibPQ.Text($0) } } + [nil]
    let values: [LibPQ.Text?] =
      stride(from: 1, to: strings.count, by: 2).map { strings[$0].map { LibPQ.Text($0) } } + [nil]
    guard let open = library.connectStart(keys, values, 1) else { throw PostgresError(.failed, "out of memory") }
    func failure() -> PostgresError {
      let text = library.errorMessage(open).map { String(cString: $0) } ?? ""
      let needsPassword = library.needsPassword(open) != 0
      library.finish(open)
      let error = Self.spoken(text, scrubber)
      return needsPassword ? PostgresError(.refused, error.message, sqlState: error.sqlState) : error
    }
    _ = library.setNoticeProcessor(open, { _, _ in }, nil)
    // Errors of a connection carry the server's code only in their text, and only when it is verbose.
    _ = library.setVerbosity(open, LibPQ.Status.verbose)
    // ConnStatusType begins with CONNECTION_OK, CONNECTION_BAD.
    if library.status(open) == 1 { throw failure() }
    let deadline = ContinuousClock.now + time
    var state = LibPQ.Status.pollWriting
    while state != LibPQ.Status.pollOK {
      let events = state == LibPQ.Status.pollReading ? Int16(POLLIN) : Int16(POLLOUT)
      guard poll(library.socket(open), events, until: deadline) else {
        library.finish(open)
        throw PostgresError(
          .unreachable, "no connection within \(time.components.seconds) s")
      }
      state = library.connectPoll(open)
      if state == LibPQ.Status.pollFailed { throw failure() }
    }
    _ = library.setNonBlocking(open, 1)
    return open
  }

  /// What the library says of a connection: the lines of its text as one, the server's code apart.
  static func spoken(_ text: String, _ scrubber: Scrubber) -> PostgresError {
    var state: String?
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }.map { line -> String in
      // "connection to server at …: FATAL:  28P01: password authentication failed …"
      let fields = line.split(separator: ":", omittingEmptySubsequences: false)
      for (index, field) in fields.enumerated() where field.hasPrefix("  ") {
        let code = field.dropFirst(2)
        guard index > 0, code.utf8.count == 5,
          code.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) })
        else { continue }
        state = String(code)
        return fields[(index + 1)...].joined(separator: ":").trimmedStart
      }
      return line.trimmedStart
    }
    let message = scrubber.scrub(lines.joined(separator: "; "))
    if let state { return PostgresError(PostgresError.kind(sqlState: state), message, sqlState: state) }
    // Without a code it is the library that speaks, in English: this program sets no other language for messages.
    let absences = [
      "translate host name", "Connection refused", "Connection reset", "closed the connection", "No such file",
      "No route", "unreachable", "timeout", "timed out",
    ]
    let refusals = ["SSL", "certificate", "URI", "invalid ", "password", "authentication"]
    let isRefusal = !absences.contains { message.contains($0) } && refusals.contains { message.contains($0) }
    return PostgresError(isRefusal ? .refused : .unreachable, message)
  }
}

extension StringProtocol {
  fileprivate var trimmedStart: String { String(drop { $0 == " " || $0 == "\t" }) }
}
