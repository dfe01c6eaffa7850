public import Values

/// A plugin's program in quarantine: remembered, so that a restart does not forget it.
public struct Quarantine: Sendable, Equatable {
  public var plugin: String
  /// Failures in a row that led to it.
  public var failures: Int
  /// When one job tries the program again.
  public var until: Timestamp
  /// Tells the program that failed from a mended one: one word.
  public var mark: String

  public init(plugin: String, failures: Int, until: Timestamp, mark: String) {
    self.plugin = plugin
    self.failures = failures
    self.until = until
    self.mark = mark
  }
}

extension Store {
  static let quarantine = "quarantine:"

  /// A program is one machine's: another node's may be whole.
  private var quarantine: String { node.map(Self.quarantine) ?? Self.quarantine }
  static func quarantine(of node: String) -> String { "quarantine of \(node):" }

  public func save(_ quarantine: Quarantine) throws(StoreError) {
    try database.run(
      "save quarantine",
      "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      .text(self.quarantine + quarantine.plugin),
      .text("\(quarantine.until.seconds) \(quarantine.failures) \(quarantine.mark)"))
  }

  /// Forgets a plugin's, or without a name all of them.
  public func forgetQuarantine(of plugin: String? = nil) throws(StoreError) {
    guard let plugin else {
      try database.run("forget quarantines", "DELETE FROM facts WHERE name LIKE ?", .text(quarantine + "%"))
      return
    }
    try database.run("forget quarantine", "DELETE FROM facts WHERE name = ?", .text(quarantine + plugin))
  }

  /// All of them, those whose probe is overdue too: they are still in quarantine.
  public func quarantines() throws(StoreError) -> [Quarantine] {
    let rows = try database.rows(
      "read quarantines", "SELECT name, value FROM facts WHERE name LIKE ? ORDER BY name", .text(quarantine + "%")
    ) { ($0.text(0), $0.text(1)) }
    return rows.compactMap { name, value in
      let words = value.split(separator: " ", omittingEmptySubsequences: false)
      guard words.count == 3, let until = Int64(words[0]), let failures = Int(words[1]) else { return nil }
      return Quarantine(
        plugin: String(name.dropFirst(quarantine.count)), failures: Row.counted(failures),
        until: Timestamp(seconds: until),
        mark: String(words[2]))
    }
  }
}
