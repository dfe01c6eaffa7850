import Testing

@testable import PostgreSQL

@Suite struct TargetTests {
  @Test(arguments: [
    ("postgresql://db.example.org/newswire", "db.example.org/newswire"),
    ("postgres://me@db.example.org:5433/newswire?sslmode=verify-full", "db.example.org:5433/newswire"),
    ("postgresql://me@a.example:1,b.example:2/x?target_session_attrs=read-write", "a.example:1,b.example:2/x"),
    ("postgresql://%2Frun%2Fpostgresql/x", "/run/postgresql/x"),
    ("postgresql:///x?host=/run/postgresql&user=me", "/run/postgresql/x"),
    ("postgresql:///x", "local server/x"),
    ("postgresql://[::1]:5432/x", "[::1]:5432/x"),
    ("postgresql://h?dbname=x&port=7", "h:7/x"), ("postgresql://h/x%+5", "h/x%+5"),
  ])
  func describesWhereAndNotWho(_ url: String, _ description: String) throws {
    #expect(try PostgresTarget(url: url, password: "hunter2").description == description)
  }

  @Test(arguments: [
    ("mysql://h/x", "postgresql://"), ("postgresql://h", "names no database"),
    ("postgresql://me:hunter2@h/x", "holds a password"), ("postgresql://h/x?password=hunter2", "holds a password"),
    ("postgresql://h/x?sslmode=prefer&sslpassword=hunter2", "holds a password"),
    ("postgresql://h/x y", "space"), ("host=h dbname=x password=hunter2", "postgresql://"),
  ])
  func refusesWithoutShowing(_ url: String, _ words: String) {
    let error = #expect(throws: PostgresError.self) { try PostgresTarget(url: url) }
    #expect(error?.kind == .refused)
    #expect(error?.message.contains(words) == true)
    #expect(error?.message.contains("hunter2") == false)
  }

  @Test(arguments: [
    ("SELECT 1", "SELECT 1"), ("a = ? AND b = ?", "a = $1 AND b = $2"), ("a = ?2 OR b = ?1", "a = $2 OR b = $1"),
    ("a = '?' AND \"?\" = ?", "a = '?' AND \"?\" = $1"), ("a -- why?\n = ?", "a -- why?\n = $1"), ("a = $1", "a = $1"),
    ("a = 'it''s ?' AND b = ?", "a = 'it''s ?' AND b = $1"),
  ])
  func numbersPlaceholders(_ sql: String, _ expected: String) {
    #expect(Placeholders.numbered(sql) == expected)
  }
}
