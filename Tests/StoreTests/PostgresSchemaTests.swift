import PostgresServer
import Testing

@testable import PostgreSQL
@testable import Store

@Suite struct PostgresSchemaTests {
  private func connect(_ url: String) throws -> PostgresConnection {
    try PostgresConnection(PostgresTarget(url: url), name: "a test")
  }

  /// The columns of every table, with their types.
  private func columns(_ connection: PostgresConnection) throws -> [String] {
    try connection.rows(
      """
      SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
      WHERE table_schema = 'newswire' ORDER BY 1
      """
    ) { $0.text(0) }
  }

  @Test func anEmptyDatabaseIsFilledOnce() throws {
    let connection = try connect(PostgresServer.shared.database())
    try PostgresSchema.migrate(connection)
    let made = try columns(connection)
    #expect(made.contains("handed.item bigint") && made.contains("leases.epoch bigint"))
    try PostgresSchema.migrate(connection)
    #expect(try columns(connection) == made)
    let found = try #require(try PostgresSchema.found(connection))
    #expect(found.version == PostgresSchema.version)
  }

  /// A step that takes long enough for others to arrive meanwhile.
  private static let slow = [
    PostgresSchema.Migration(
      oldestCompatible: 1, sql: "SELECT pg_sleep(0.2); CREATE TABLE one (n bigint); INSERT INTO one VALUES (1);"),
    PostgresSchema.Migration(oldestCompatible: 1, sql: "SELECT pg_sleep(0.2); UPDATE one SET n = n + 1;"),
  ]

  @Test func twoProgramsAtOnceMigrateOnce() async throws {
    let url = PostgresServer.shared.database()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 {
        group.addTask {
          let connection = try PostgresConnection(PostgresTarget(url: url), name: "a test")
          try PostgresSchema.migrate(connection, Self.slow)
        }
      }
      try await group.waitForAll()
    }
    #expect(try connect(url).first("SELECT sum(n) FROM one") { $0.int(0) } == 2)
  }

  @Test func aStepThatFailsLeavesTheOneBefore() throws {
    let connection = try connect(PostgresServer.shared.database())
    let broken = [
      PostgresSchema.Migration(oldestCompatible: 1, sql: "CREATE TABLE one (n bigint);"),
      PostgresSchema.Migration(oldestCompatible: 1, sql: "CREATE TABLE two (n bigint); SELECT 1 / 0;"),
    ]
    let error = #expect(throws: StoreError.self) { try PostgresSchema.migrate(connection, broken) }
    #expect(error?.kind == .failed)
    #expect(try PostgresSchema.found(connection)?.version == 1)
    #expect(try connection.first("SELECT to_regclass('two') IS NULL") { $0.bool(0) } == true)
    // The lock was given back.
    try PostgresSchema.migrate(try connect(PostgresServer.shared.database()), [broken[0]])
    try PostgresSchema.migrate(
      connection, [broken[0], .init(oldestCompatible: 1, sql: "CREATE TABLE two (n bigint);")])
    #expect(try PostgresSchema.found(connection)?.version == 2)
  }

  @Test(arguments: [(1, true), (2, true), (3, false)])
  func anOlderProgramGoesOnWhereItMay(_ oldestCompatible: Int, _ may: Bool) throws {
    let connection = try connect(PostgresServer.shared.database())
    try PostgresSchema.migrate(connection, Self.slow)
    try connection.run("UPDATE schema_version SET version = 3, oldest_compatible = ?", .integer(oldestCompatible))
    if may {
      try PostgresSchema.migrate(connection, Self.slow)
    } else {
      let error = #expect(throws: StoreError.self) { try PostgresSchema.migrate(connection, Self.slow) }
      #expect(error?.kind == .newerSchema)
      #expect(error?.exitStatus == 78)
    }
    #expect(try PostgresSchema.found(connection)?.version == 3)
  }
}
