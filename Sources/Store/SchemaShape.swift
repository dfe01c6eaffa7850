/// The tables, columns and indexes of a database as SQLite understands them. A damaged byte in the text of the schema
/// may leave it readable and give a column another name, which no check of SQLite's own takes for damage.
enum SchemaShape {
  /// Throws `.corrupt` unless a database of the present version has all that a new one has. What is there besides, as
  /// an index of the operator's, is none of ours. Takes about a millisecond.
  static func verify(_ database: Database) throws(StoreError) {
    let operation = "check state database"
    if database.isMarkedReadOnly {
      throw StoreError(
        .corrupt, operation: operation, path: database.path, message: "it is damaged: its header forbids to write it")
    }
    guard try database.first(operation, "PRAGMA user_version", read: { $0.int(0) }) == Schema.version else { return }
    let found = try parts(of: database)
    for (name, form) in try parts(of: made()).sorted(by: { $0.key < $1.key }) where found[name] != form {
      throw StoreError(
        .corrupt, operation: operation, path: database.path,
        message: "it is damaged: \(name) is \(found[name] == nil ? "missing" : "not as it was made")")
    }
  }

  /// A new one, in memory.
  private static func made() throws(StoreError) -> Database {
    let database = try Database(path: ":memory:")
    for migration in Schema.migrations { try database.execute("make tables to compare with", migration) }
    return database
  }

  /// What each column, reference and index is, by its name.
  private static func parts(of database: Database) throws(StoreError) -> [String: String] {
    let rows = try database.rows(
      "read schema",
      """
      SELECT 'column ' || t.name || '.' || c.name, c.type || ' ' || c."notnull" || coalesce(c.dflt_value, '') || ' ' || c.pk
        FROM sqlite_schema t, pragma_table_info(t.name) c WHERE t.type = 'table'
      UNION ALL
      SELECT 'reference of ' || t.name || '.' || f."from", f."table" || '.' || coalesce(f."to", '') || ' ' || f.on_delete
        FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table'
      UNION ALL
      SELECT 'condition of ' || name, substr(sql, instr(sql, ' WHERE ')) FROM sqlite_schema
        WHERE type = 'index' AND instr(sql, ' WHERE ') > 0
      UNION ALL
      SELECT 'index ' || i.name, t.name || ' ' || i."unique" || i.partial || group_concat(c.name)
        FROM sqlite_schema t, pragma_index_list(t.name) i, pragma_index_info(i.name) c WHERE t.type = 'table'
        GROUP BY t.name, i.name
      """
    ) { ($0.text(0), $0.text(1)) }
    return Dictionary(rows) { first, _ in first }
  }
}
