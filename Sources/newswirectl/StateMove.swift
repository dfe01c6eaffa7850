import ArgumentParser
import Configuration
import Glibc
import Ingest
import PostgreSQL
import Service
import Store
import TOML
import Values

/// `newswirectl state move`: from a single machine to a fleet.
struct StateMove: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "move", abstract: "Move this machine's state to a database that a fleet shares.",
    discussion: """
      Copies everything into an empty PostgreSQL database in one transaction, counts what arrived, and then renames the \
      file to newswire.db.moved, so that it is not used by mistake. When anything fails nothing has changed. Wants the \
      daemon stopped. Afterwards set [state] url to the same address and start it.

      The address holds no password. It is read from --password-file, from the credential that [state] names, or found \
      by libpq itself (~/.pgpass, PGPASSWORD).

      EXAMPLES
        newswirectl state move --password-file /etc/newswire/postgres
        newswirectl state move --to postgresql://newswire@db.example.org/news
      """)

  @OptionGroup var options: StateOptions
  @Option(help: "The address of the database; by default [state] url.") var to: String?
  @Option(help: "The node that this machine becomes; by default [fleet] node, else the host's name.") var node: String?
  @Option(help: "A file with the password on its first line.") var passwordFile: String?

  func run() throws {
    let settings = try options.settings()
    let folder = options.state ?? settings.paths.state
    let path = try options.existing(folder + "/newswire.db")
    let target = try target(settings)
    let name = node ?? settings.fleet.nodeName
    let showsProgress = Terminal.isTerminal(2)
    let lock = try options.telling { () throws(StoreError) in try StateLock(directory: folder) }
    // The file is closed before it gets another name.
    let moved = try options.telling { () throws(StoreError) in
      let store = try Store(path: path)
      let moved = try store.move(to: target, node: name) { table, rows in
        if showsProgress { Terminal.write("\r\u{1B}[K\(table): \(rows)", to: 2) }
      }
      try store.checkpoint()
      return moved
    }
    if showsProgress { Terminal.write("\r\u{1B}[K", to: 2) }
    guard rename(path, path + Store.movedSuffix) == 0 else {
      try fail(
        "Everything is in \(target), but \(path) could not be renamed (\(String(cString: strerror(errno)))): do that by hand, "
          + "or it is used by mistake.", .inputOutput)
    }
    for end in ["-wal", "-shm", ".open"] { unlink(path + end) }
    withExtendedLifetime(lock) {
      for (table, rows) in moved.counts { print("\(table): \(rows)") }
      print("Moved to \(target), for node \(name). The file is kept as \(path + Store.movedSuffix).")
      if settings.state.url == nil { print("Now set [state] url in \(options.config), and start newswired.") }
    }
  }

  private func target(_ settings: Settings) throws -> PostgresTarget {
    guard let url = to ?? settings.state.url else {
      try fail("Say where: --to postgresql://newswire@HOST/DATABASE, or [state] url in \(options.config).", .usage)
    }
    if to == nil, passwordFile == nil, case .server(let target) = try options.place(settings) { return target }
    do throws(PostgresError) {
      return try PostgresTarget(url: url, password: try password())
    } catch {
      try fail(error.message, .configuration)
    }
  }

  private func password() throws(PostgresError) -> String? {
    guard let passwordFile else { return nil }
    do throws(SettingsFile.Failure) {
      return try SettingsFile.text(of: passwordFile).split(whereSeparator: \.isNewline).first.map(String.init)
    } catch {
      throw PostgresError(.refused, "\(passwordFile): \(error.problem.message)")
    }
  }
}
