import PostgresServer
import Testing

@testable import PostgreSQL

private func connect(_ url: String? = nil, password: String? = nil) throws -> PostgresConnection {
  try PostgresConnection(
    PostgresTarget(url: url ?? PostgresServer.shared.url("postgres"), password: password), name: "a test")
}

@Suite struct ConnectionTests {
  @Test func valuesComeBackAsTheyWere() throws {
    let connection = try connect()
    try connection.execute("CREATE TEMP TABLE t (i bigint, r double precision, x text, b boolean)")
    let text = "ä\\'\"\n\t𝄞{},"
    try connection.run(
      "INSERT INTO t VALUES (?, ?, ?, ?)", .integer(Int64.min), .real(0.1), .text(text), .bool(true))
    try connection.run("INSERT INTO t VALUES (?, ?, ?, ?)", .null, .null, .null, .null)
    let rows = try connection.rows("SELECT i, r, x, b FROM t ORDER BY i NULLS LAST") {
      ($0.optionalInt64(0), $0.real(1), $0.optionalText(2), $0.bool(3), $0.isNull(3))
    }
    #expect(rows.count == 2)
    #expect(rows[0] == (.min, 0.1, text, true, false))
    #expect(rows[1] == (nil, nil, nil, false, true))
    let arrays = try connection.rows(
      "SELECT a, b FROM unnest(?::text[], ?::bigint[]) AS t (a, b)", .texts([text, nil, "", "NULL"]),
      .integers([1, nil, -2, 3])
    ) { ($0.optionalText(0), $0.optionalInt64(1)) }
    #expect(arrays.map(\.0) == [text, nil, "", "NULL"])
    #expect(arrays.map(\.1) == [1, nil, -2, 3])
  }

  @Test func aNulIsKeptAsTheSignForWhatCannotBeShown() throws {
    let text = try connect().first("SELECT ?::text", .text("a\0b")) { $0.text(0) }
    #expect(text == "a\u{FFFD}b")
  }

  @Test func copiedRowsComeBackAsTheyWere() throws {
    let connection = try connect()
    try connection.execute("CREATE TEMP TABLE t (n bigint, x text)")
    let texts: [String?] = ["a\tb\nc\\d\re", nil, "", "\\N", String(repeating: "ä", count: 300_000)]
    try connection.beginCopy(into: "t (n, x)")
    for (number, text) in texts.enumerated() { try connection.copy([.integer(number), .text(text)]) }
    try connection.endCopy()
    #expect(try connection.rows("SELECT x FROM t ORDER BY n") { $0.optionalText(0) } == texts)
  }

  @Test func queuedStatementsTravelInOrderAndFailTogether() throws {
    let connection = try connect()
    try connection.execute("CREATE TEMP TABLE t (n bigint PRIMARY KEY)")
    try connection.transaction { () throws(PostgresError) in
      for number in 0..<100 { connection.enqueue("INSERT INTO t VALUES (?)", .integer(number)) }
    }
    #expect(try connection.first("SELECT count(*) FROM t") { $0.int(0) } == 100)
    let error = #expect(throws: PostgresError.self) {
      try connection.transaction { () throws(PostgresError) in
        connection.enqueue("DELETE FROM t")
        connection.enqueue(operation: "insert", "INSERT INTO t VALUES (?), (?)", [.integer(7), .integer(7)])
        connection.enqueue("SELECT never_seen FROM nowhere")
      }
    }
    #expect(error?.operation == "insert")
    #expect(error?.sqlState == "23505")
    #expect(try connection.first("SELECT count(*) FROM t") { $0.int(0) } == 100)
    #expect(connection.isUsable)
  }

  @Test func aTransactionWhoseBodyThrowsLeavesNothing() throws {
    let connection = try connect()
    try connection.execute("CREATE TEMP TABLE t (n bigint)")
    for asks in [false, true] {
      #expect(throws: PostgresError.self) {
        try connection.transaction { () throws(PostgresError) in
          connection.enqueue("INSERT INTO t VALUES (1)")
          if asks { _ = try connection.first("SELECT 1") { $0.int(0) } }
          throw PostgresError(.failed, "ours")
        }
      }
    }
    #expect(try connection.first("SELECT count(*) FROM t") { $0.int(0) } == 0)
  }

  @Test func aStatementThatIsWrongOnceIsWrongAgainAndOthersGoOn() throws {
    let connection = try connect()
    for _ in 0..<2 {
      let error = #expect(throws: PostgresError.self) { try connection.run("SELEC 1") }
      #expect(error?.kind == .failed)
    }
    #expect(try connection.first("SELECT ?::bigint", .integer(1)) { $0.int(0) } == 1)
  }

  @Test func aBackendThatIsTerminatedLeavesAConnectionThatIsLost() throws {
    let (one, other) = (try connect(), try connect())
    try other.run("SELECT pg_terminate_backend(?)", .integer(Int64(one.backendID)))
    let error = #expect(throws: PostgresError.self) { try one.run("SELECT 1") }
    #expect(error?.kind == .unreachable)
    #expect(!one.isUsable)
    #expect(throws: PostgresError.self) { try one.run("SELECT 1") }
  }

  @Test func aStatementOutOfTimeEndsTheConnection() throws {
    let connection = try connect()
    try connection.execute("SET statement_timeout = 50")
    let error = #expect(throws: PostgresError.self) { try connection.run("SELECT pg_sleep(5)") }
    #expect(error?.kind == .unreachable)
    #expect(error?.sqlState == "57014")
    #expect(!connection.isUsable)
  }

  @Test func whatTheServerSaysHasItsKind() throws {
    let connection = try connect()
    try connection.execute("SET default_transaction_read_only = on")
    let error = #expect(throws: PostgresError.self) { try connection.run("CREATE TABLE t (n bigint)") }
    #expect(error?.kind == .readOnly)
    for (state, kind) in [
      ("40P01", PostgresError.Kind.conflict), ("53100", .full), ("53300", .unreachable), ("57P03", .unreachable),
      ("08006", .unreachable), ("3D000", .refused), ("28P01", .refused), ("42601", .failed),
    ] {
      #expect(PostgresError.kind(sqlState: state) == kind, "\(state)")
    }
  }
}

@Suite struct RefusalTests {
  private static let secret = "Gr3en-Tea"

  private func error(_ url: String, password: String? = nil) throws -> PostgresError {
    try #require(throws: PostgresError.self) { try connect(url, password: password) }
  }

  @Test func aWrongPasswordIsRefusedAndNotShown() throws {
    let server = PostgresServer.shared
    server.query(
      """
      DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'locked') THEN
        CREATE ROLE locked LOGIN PASSWORD '\(Self.secret)'; END IF; END $$
      """)
    let url = server.url("postgres", user: "locked")
    #expect(try connect(url, password: Self.secret).isUsable)
    for (password, state) in [("wrong-tea", "28P01" as String?), (nil, nil)] {
      let error = try error(url, password: password)
      #expect(error.kind == .refused)
      #expect(error.sqlState == state)
      #expect(!"\(error)".contains("wrong-tea") && !"\(error)".contains("locked"), "\(error)")
    }
  }

  @Test func aServerThatSaysNothingIsNotWaitedForLong() throws {
    let link = Link(to: PostgresServer.shared.port)
    link.mode = .silent
    let target = try PostgresTarget(url: link.url("postgres"))
    let began = ContinuousClock.now
    let error = #expect(throws: PostgresError.self) {
      try PostgresConnection(target, name: "a test", within: .milliseconds(200))
    }
    #expect(error?.kind == .unreachable)
    #expect(ContinuousClock.now - began < .seconds(2))
    link.mode = .open
  }

  @Test func aServerIsAskedWhoItIs() throws {
    let server = PostgresServer(tls: true)
    defer { server.stop() }
    let full = "?sslmode=verify-full&sslrootcert=" + server.certificate
    let connection = try connect(server.tcpURL("postgres") + full)
    let isEncrypted = try connection.first("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") { $0.bool(0) }
    #expect(isEncrypted == true)
    // A name that the certificate does not have, and an authority that did not sign it.
    let named = "postgresql://postgres@localhost:\(server.port)/postgres"
    for (url, words) in [
      (named + full, "does not match"), (server.tcpURL("postgres") + "?sslmode=verify-full", "root certificate"),
    ] {
      let error = try error(url)
      #expect(error.kind == .refused, "\(error)")
      #expect(error.message.contains(words), "\(error)")
    }
  }

  @Test func whatCannotBeHasItsReason() throws {
    let server = PostgresServer.shared
    let cases: [(String, PostgresError.Kind, String)] = [
      (server.url("nowhere"), .refused, "database \"nowhere\" does not exist"),
      (server.tcpURL("postgres") + "?sslmode=require", .refused, "SSL"),
      (server.tcpURL("postgres") + "?sslmod=require", .refused, "sslmod"),
      ("postgresql://127.0.0.1:1/x", .unreachable, "Connection refused"),
      ("postgresql://%2Fno%2Fsuch%2Fplace/x", .unreachable, "No such file"),
      ("postgresql://no-such-host.invalid/x", .unreachable, "no-such-host.invalid"),
    ]
    for (url, kind, words) in cases {
      let error = try error(url)
      #expect(error.kind == kind, "\(error)")
      #expect(error.message.contains(words), "\(error)")
    }
  }

  @Test func aServerThatStartsIsNotThereYet() throws {
    // What a server says while it replays its log, read from the text of the library.
    let scrubber = try PostgresTarget(url: "postgresql://db/x").scrubber
    let text = """
      connection to server at "db" (10.0.0.1), port 5432 failed: FATAL:  57P03: the database system is starting up
      LOCATION:  ProcessStartupPacket, postmaster.c:2341

      """
    let error = PostgresConnection.spoken(text, scrubber)
    #expect(error.kind == .unreachable)
    #expect(error.sqlState == "57P03")
    #expect(error.message == "the database system is starting up")
  }

  @Test func aMissingLibraryNamesItsPackage() throws {
    let error = #expect(throws: PostgresError.self) { try LibPQ.load("libpq.so.none").get() }
    #expect(error?.message.contains("apt install libpq5") == true)
    #expect(error?.kind == .refused)
  }
}
