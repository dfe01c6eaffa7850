import ArgumentParser
import Glibc
import Service
import Store
import Values

/// `newswirectl state`: care for the daemon's database.
struct StateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "Check, save and tidy the daemon's database.",
    discussion: """
      Works on the state directory itself. check and backup may run beside the daemon; vacuum and forget want it stopped.

      EXAMPLES
        newswirectl state check
        newswirectl state backup /var/backups/newswire.db
      """,
    subcommands: [StateCheck.self, StateBackup.self, StateVacuum.self, StateForget.self])
}

struct StateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The state directory.", valueName: "dir"))
  var state = "/var/lib/newswire"

  private func path() throws -> String {
    let path = state + "/newswire.db"
    guard access(path, F_OK) == 0 else {
      try fail("There is no database at \(path). Name the state directory with --state.", .configuration)
    }
    return path
  }

  /// Opens the database to look at it, beside a daemon or without one, also where nothing may be written.
  func inspect() throws -> Store {
    let path = try path()
    return try telling { () throws(StoreError) in try Store(inspecting: path) }
  }

  /// Takes the lock that a running daemon holds, and opens the database to change it.
  func own() throws -> (lock: StateLock, store: Store) {
    let path = try path()
    return try telling { () throws(StoreError) in
      let lock = try StateLock(directory: state)
      return (lock, try Store(path: path, checking: false))
    }
  }

  /// Runs a call; its error becomes a message and the exit status.
  func telling<T>(_ body: () throws(StoreError) -> T) throws -> T {
    do throws(StoreError) { return try body() } catch {
      try fail(error.description, ExitStatus(rawValue: error.exitStatus) ?? .software)
    }
  }
}

private struct StateCheck: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the database for damage.",
    discussion: """
      Compares every index with its table, which reads the whole file. Exit status 65 when it is damaged, and then the
      message says what to do.

      EXAMPLE
        newswirectl state check --state var/state
      """)

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.inspect()
    try options.telling { () throws(StoreError) in try store.check(thorough: true) }
    print("\(store.path) is sound")
  }
}

private struct StateBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write a complete copy of the database.",
    discussion: """
      The copy is consistent, and the daemon goes on meanwhile. FILE is replaced when it exists.

      EXAMPLE
        newswirectl state backup /var/backups/newswire.db
      """)

  @OptionGroup var options: StateOptions
  @Argument(help: "Where the copy goes.") var file: String

  func run() throws {
    let store = try options.inspect()
    try options.telling { () throws(StoreError) in try store.backUp(to: file) }
    print("\(store.path) is saved to \(file)")
  }
}

private struct StateVacuum: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vacuum", abstract: "Write the database anew, without the room that deleted rows left.",
    discussion: """
      Needs as much free space as the database has, and the daemon stopped.

      EXAMPLE
        sudo systemctl stop newswired && sudo newswirectl state vacuum && sudo systemctl start newswired
      """)

  @OptionGroup var options: StateOptions

  func run() throws {
    let (lock, store) = try options.own()
    try options.telling { () throws(StoreError) in try store.vacuum() }
    withExtendedLifetime(lock) { print("\(store.path) is written anew") }
  }
}

private struct StateForget: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Let a publisher's articles be fetched and published again.",
    discussion: """
      All of them, or with --url one. They come again as their next version, whatever their content: uri and version
      together stay unique. Wants the daemon stopped.

      EXAMPLES
        newswirectl state forget bbc
        newswirectl state forget bbc --url https://www.bbc.com/news/articles/c1
      """)

  @OptionGroup var options: StateOptions
  @Option(help: "The address of one article, as the feed gave it.") var url: String?
  @Argument(help: "The plugin's id.") var publisher: String

  func run() throws {
    let (lock, store) = try options.own()
    let done = try options.telling { () throws(StoreError) in try store.forget(publisher: publisher, url: url) }
    if done.items + done.articles + done.sources == 0 {
      try fail("Nothing is known of “\(publisher)”\(url.map { " at \($0)" } ?? "").", .data)
    }
    withExtendedLifetime(lock) {
      print("\(done.items) items are fetched again, \(done.sources) sources asked for their whole list")
    }
  }
}
