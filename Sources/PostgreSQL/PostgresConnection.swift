internal import Glibc

/// One connection to a server. Confined to one thread by its owner; every call blocks, none for longer than its
/// deadline.
///
/// Statements that bring nothing can be queued: they travel with the next one that does, so that a transaction of many
/// statements takes as many round trips as it asks questions. Their errors come out there.
public final class PostgresConnection {
  public let target: PostgresTarget
  /// How long a statement may take, and how long the server works at one.
  public static let statementDeadline: Duration = .seconds(10)
  public static let connectDeadline: Duration = .seconds(5)

  /// Milliseconds that a transaction may stand still between two statements. Whoever is alive needs none; the locks of
  /// one that died in the middle keep all other nodes waiting for so long.
  private static let idleLimit: Int64 = 2000

  let library: LibPQ
  private var handle: LibPQ.Connection?
  private let scrubber: Scrubber
  /// The names of prepared statements, by their text.
  private var prepared: [StatementText: String] = [:]
  private var preparedCount = 0
  private var queue: [Statement] = []
  private var copied: [CChar] = []
  /// How often the server was asked.
  private(set) var roundTrips = 0
  /// Waited longer than the server works, so that its own answer comes first.
  var patience: Duration = statementDeadline + .seconds(2)

  struct Statement {
    var operation: String?
    var sql: String
    var values: [PostgresValue]
  }

  /// The text of a statement as a key. Their lengths tell them apart; hashing all of each would take longer.
  private struct StatementText: Hashable {
    let sql: String
    func hash(into hasher: inout Hasher) { hasher.combine(sql.utf8.count) }
  }

  /// Connects.
  ///
  /// - Parameters:
  ///   - name: what the server's own views call the connection (`application_name`).
  ///   - time: how long each host of the address may take. The system's look-up of its name comes on top.
  public init(
    _ target: PostgresTarget, name: String, within time: Duration = connectDeadline
  ) throws(PostgresError) {
    self.target = target
    library = try LibPQ.loaded.get()
    scrubber = target.scrubber
    handle = try Self.open(library, target, name, scrubber, within: time * target.hostCount)
    // A machine that is cut off must not keep its locks: the server looks for it, and ends a transaction left open. The
    // planner takes some short statements for long ones and compiles them, which takes forty times as long as they do.
    try execute(
      """
      SET statement_timeout = 10000; SET idle_in_transaction_session_timeout = \(Self.idleLimit);
      SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3;
      SET tcp_user_timeout = 10000; SET timezone = 'UTC'; SET client_min_messages = warning;
      SET standard_conforming_strings = on; SET jit = off;
      """ + "SET search_path = \(Self.identifier(target.schema))")
  }

  deinit { close() }

  /// False once the connection broke: whatever was under way may have happened or not. The owner makes a new one.
  public var isUsable: Bool { handle != nil }

  /// The server's process for this connection.
  public var backendID: Int32 { handle.map { library.backendPID($0) } ?? 0 }

  /// 150003 for 15.3.
  public var serverVersion: Int { handle.map { Int(library.serverVersion($0)) } ?? 0 }

  public func close() {
    guard let open = handle else { return }
    handle = nil
    queue = []
    library.finish(open)
  }

  /// A name as it stands in SQL.
  public static func identifier(_ name: String) -> String {
    "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// Lets statements take longer, for work on whole tables; nil for the usual time.
  public func allowLong(_ time: Duration?) throws(PostgresError) {
    let time = time ?? Self.statementDeadline
    let idle = max(Self.idleLimit, time > Self.statementDeadline ? time.components.seconds * 1000 : 0)
    try execute(
      "SET statement_timeout = \(time.components.seconds * 1000); SET idle_in_transaction_session_timeout = \(idle)")
    patience = time + .seconds(2)
  }

  // MARK: Statements

  /// Runs one statement; the number of rows it changed.
  @discardableResult
  public func run(_ sql: String, _ values: PostgresValue...) throws(PostgresError) -> Int {
    try run(operation: nil, sql, values)
  }

  public func rows<T>(
    _ sql: String, _ values: PostgresValue..., read: (PostgresRow) -> T
  ) throws(PostgresError) -> [T] {
    try rows(operation: nil, sql, values, read: read)
  }

  public func first<T>(_ sql: String, _ values: PostgresValue..., read: (PostgresRow) -> T) throws(PostgresError) -> T?
  {
    try rows(operation: nil, sql, values, limit: 1, read: read).first
  }

  /// Lets a statement whose answer does not matter travel with the next one. Only inside a transaction.
  public func enqueue(_ sql: String, _ values: PostgresValue...) { enqueue(operation: nil, sql, values) }

  /// The same for callers that have their values in an array and name what they attempt.
  @discardableResult
  public func run(operation: String?, _ sql: String, _ values: [PostgresValue]) throws(PostgresError) -> Int {
    try exchange(Statement(operation: operation, sql: sql, values: values)) { result in
      library.affectedRows(result).map { Int(strtoll($0, nil, 10)) } ?? 0
    }
  }

  public func rows<T>(
    operation: String?, _ sql: String, _ values: [PostgresValue], limit: Int = .max, read: (PostgresRow) -> T
  ) throws(PostgresError) -> [T] {
    try exchange(Statement(operation: operation, sql: sql, values: values)) { result in
      let count = min(limit, Int(library.rowCount(result)))
      return (0..<Int32(count)).map { read(PostgresRow(library: library, result: result, index: $0)) }
    }
  }

  public func enqueue(operation: String?, _ sql: String, _ values: [PostgresValue]) {
    queue.append(Statement(operation: operation, sql: sql, values: values))
  }

  /// Runs `body` in a transaction: all of it or, when it throws, nothing.
  public func transaction<T>(_ body: () throws(PostgresError) -> T) throws(PostgresError) -> T {
    enqueue("BEGIN")
    do throws(PostgresError) {
      let value = try body()
      try run("COMMIT")
      return value
    } catch {
      rollBack()
      throw error
    }
  }

  /// Gives the transaction up. A connection that cannot even do that is closed.
  public func rollBack() {
    let wasSent = queue.first?.sql.hasPrefix("BEGIN") != true
    queue = []
    guard wasSent, isUsable else { return }
    do { try run("ROLLBACK") } catch { close() }
  }

  /// Runs statements without parameters or answers, one after the other.
  public func execute(_ sql: String) throws(PostgresError) {
    try simply(sql) { status in status != LibPQ.Status.copyIn }
  }

  // MARK: Many rows at once, much faster than one by one

  /// Begins to write rows into a table: `table (column, column)`. Nothing else may be asked before `endCopy`.
  public func beginCopy(into table: String) throws(PostgresError) {
    try simply("COPY \(table) FROM STDIN") { status in status == LibPQ.Status.copyIn }
    copied = []
  }

  public func copy(_ row: [PostgresValue]) throws(PostgresError) {
    for (index, value) in row.enumerated() {
      if index > 0 { copied.append(9) }
      value.appendForCopy(to: &copied)
    }
    copied.append(10)
    if copied.count > 1 << 18 { try sendCopied() }
  }

  public func endCopy() throws(PostgresError) {
    try sendCopied()
    let open = try connection()
    let deadline = ContinuousClock.now + patience
    while true {
      let code = library.putCopyEnd(open, nil)
      if code == 1 { break }
      guard code == 0 else { throw lost(open) }
      try wait(open, until: deadline, toWrite: true)
    }
    try drain(open, until: deadline) { _ in true }
  }

  private func sendCopied() throws(PostgresError) {
    let open = try connection()
    let deadline = ContinuousClock.now + patience
    while !copied.isEmpty {
      let code = library.putCopyData(open, copied, Int32(copied.count))
      if code == 1 { break }
      guard code == 0 else { throw lost(open) }
      try wait(open, until: deadline, toWrite: true)
    }
    copied.removeAll(keepingCapacity: true)
    // Not more than that is kept for a server that is slower than we are.
    while true {
      let code = library.flush(open)
      if code == 0 { break }
      guard code == 1 else { throw lost(open) }
      try wait(open, until: deadline, toWrite: true)
    }
  }

  // MARK: The conversation

  private func connection() throws(PostgresError) -> LibPQ.Connection {
    guard let handle else { throw PostgresError(.unreachable, "the connection is lost") }
    return handle
  }

  /// Sends what is queued and then `statement`, in one go; gives the answer of the last.
  private func exchange<T>(_ statement: Statement, _ read: (LibPQ.Result) -> T) throws(PostgresError) -> T {
    let open = try connection()
    roundTrips += 1
    let statements = queue + [statement]
    queue = []
    guard library.enterPipeline(open) == 1 else { throw lost(open) }
    var expected: [(statement: Int, prepares: Bool)] = []
    for (index, statement) in statements.enumerated() {
      if try send(statement, on: open) { expected.append((index, true)) }
      expected.append((index, false))
    }
    guard library.pipelineSync(open) == 1 else { throw lost(open) }

    let deadline = ContinuousClock.now + patience
    var failure: PostgresError?
    var answer: T?
    for (index, prepares) in expected {
      guard let result = try next(open, until: deadline) else { throw lost(open, after: failure) }
      let status = library.resultStatus(result)
      if status == LibPQ.Status.commandOK || status == LibPQ.Status.tuplesOK {
        if !prepares, index == statements.count - 1 { answer = read(result) }
      } else {
        if prepares { prepared[StatementText(sql: statements[index].sql)] = nil }
        if status != LibPQ.Status.pipelineAborted, failure == nil {
          failure = error(of: result)
          failure?.operation = statements[index].operation
        }
      }
      library.clear(result)
      // Each answer but the last is followed by its end.
      while let more = try next(open, until: deadline) { library.clear(more) }
    }
    guard let last = try next(open, until: deadline) else { throw lost(open, after: failure) }
    library.clear(last)
    guard library.exitPipeline(open) == 1 else { throw lost(open, after: failure) }
    if let failure {
      if failure.kind == .unreachable { close() }
      throw failure
    }
    guard let answer else { throw lost(open) }
    return answer
  }

  /// Hands one statement to the library; true when it had to be prepared before.
  private func send(_ statement: Statement, on open: LibPQ.Connection) throws(PostgresError) -> Bool {
    let key = StatementText(sql: statement.sql)
    var isNew = false
    let name: String
    if let known = prepared[key] {
      name = known
    } else {
      isNew = true
      preparedCount += 1
      name = "s\(preparedCount)"
      guard library.sendPrepare(open, name, Placeholders.numbered(statement.sql), 0, nil) == 1 else { throw lost(open) }
      prepared[key] = name
    }
    var bytes: [CChar] = []
    var starts: [Int?] = []
    for value in statement.values {
      let start = bytes.count
      starts.append(value.append(to: &bytes) ? start : nil)
    }
    let sent = bytes.withUnsafeBufferPointer { buffer in
      let texts: [LibPQ.Text?] = starts.map { start in start.map { buffer.baseAddress! + $0 } }
      return texts.withUnsafeBufferPointer {
        library.sendPrepared(open, name, Int32(texts.count), $0.baseAddress, nil, nil, 0)
      }
    }
    guard sent == 1 else { throw lost(open) }
    return isNew
  }

  private func simply(_ sql: String, _ accepts: (Int32) -> Bool) throws(PostgresError) {
    let open = try connection()
    precondition(queue.isEmpty, "statements are queued")
    guard library.sendQuery(open, sql) == 1 else { throw lost(open) }
    try drain(open, until: ContinuousClock.now + patience, accepts)
  }

  /// Reads all answers of a simple query; stops at the beginning of a copy.
  private func drain(
    _ open: LibPQ.Connection, until deadline: ContinuousClock.Instant, _ accepts: (Int32) -> Bool
  ) throws(PostgresError) {
    var failure: PostgresError?
    while let result = try next(open, until: deadline) {
      let status = library.resultStatus(result)
      let isGood = [LibPQ.Status.commandOK, LibPQ.Status.tuplesOK, LibPQ.Status.copyIn].contains(status)
      if failure == nil, !isGood || !accepts(status) { failure = error(of: result) }
      library.clear(result)
      if status == LibPQ.Status.copyIn { break }
    }
    guard let failure else { return }
    if failure.kind == .unreachable { close() }
    throw failure
  }

  /// The next answer, or nil at the end of one statement's.
  private func next(
    _ open: LibPQ.Connection, until deadline: ContinuousClock.Instant
  ) throws(PostgresError) -> LibPQ.Result? {
    while library.isBusy(open) != 0 { try wait(open, until: deadline) }
    return library.getResult(open)
  }

  /// Sends what is still to be sent and waits for something to read.
  ///
  /// - Parameter toWrite: returns when everything is sent instead.
  private func wait(
    _ open: LibPQ.Connection, until deadline: ContinuousClock.Instant, toWrite: Bool = false
  ) throws(PostgresError) {
    let code = library.flush(open)
    guard code >= 0 else { throw lost(open) }
    if toWrite, code == 0 { return }
    let events = Int16(POLLIN) | (code == 1 ? Int16(POLLOUT) : 0)
    guard Self.poll(library.socket(open), events, until: deadline) else {
      close()
      throw PostgresError(.unreachable, "no answer within \(patience.components.seconds) s")
    }
    guard library.consumeInput(open) == 1 else { throw lost(open) }
  }

  /// False when the time is over.
  static func poll(_ file: Int32, _ events: Int16, until deadline: ContinuousClock.Instant) -> Bool {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      guard left > .zero else { return false }
      var entry = pollfd(fd: file, events: events, revents: 0)
      let milliseconds = left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000 + 1
      let count = Glibc.poll(&entry, 1, Int32(clamping: milliseconds))
      if count > 0 || (count < 0 && errno != EINTR) { return true }
    }
  }

  /// The connection broke, for a reason that the library knows.
  private func lost(_ open: LibPQ.Connection, after failure: PostgresError? = nil) -> PostgresError {
    let text = library.errorMessage(open).map { String(cString: $0) } ?? ""
    let error = Self.spoken(text, scrubber)
    // Closed here and not by who gave it: nothing of it may be used again.
    if handle == open { close() }
    // What the server said before it hung up says more.
    if let failure { return failure }
    return PostgresError(
      .unreachable, error.message.isEmpty ? "the connection is lost" : error.message, sqlState: error.sqlState)
  }

  private func error(of result: LibPQ.Result) -> PostgresError {
    func field(_ code: Character) -> String? {
      library.errorField(result, Int32(code.asciiValue!)).map { String(cString: $0) }
    }
    guard let state = field("C") else {
      let text = library.resultError(result).map { String(cString: $0) } ?? ""
      return PostgresError(.unreachable, Self.spoken(text, scrubber).message)
    }
    return PostgresError(
      PostgresError.kind(sqlState: state), scrubber.scrub(field("M") ?? "unknown error"), sqlState: state)
  }
}
