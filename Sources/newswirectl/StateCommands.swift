import ArgumentParser
import Configuration
import Glibc
import Ingest
import PostgreSQL
import Service
import Store
import TOML
import Values

/// `newswirectl state`: care for the daemon's database.
struct StateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "state",
    abstract: "Check, save and tidy the daemon's database.",
    discussion: """
      Works on the state directory itself, or on the database that [state] url names. check and backup may run beside the \
      daemon; vacuum, forget and move want it stopped.

      EXAMPLES
        newswirectl state check
        newswirectl state backup /var/backups/newswire/newswire.db
      """,
    subcommands: [StateCheck.self, StateBackup.self, StateVacuum.self, StateForget.self, StateMove.self])
}

struct StateOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The state directory, instead of where the settings file says.", valueName: "dir"))
  var state: String?

  @Option(help: "The settings file, which says where the state is.")
  var config = "/etc/newswire/newswire.toml"

  func settings() throws -> Settings {
    do throws(Problems) {
      return try Settings(file: config, required: config != "/etc/newswire/newswire.toml")
    } catch {
      try fail(error.description, .configuration)
    }
  }

  /// Where the state is. A state directory that is named is looked into, whatever the settings say.
  func place() throws -> StatePlace {
    if let state { return .file(state + "/newswire.db") }
    return try place(try settings())
  }

  func place(_ settings: Settings) throws -> StatePlace {
    let folder = settings.paths.credentials ?? ServiceEnvironment.current().credentialsDirectory
    do throws(StatePlaceProblem) {
      return try settings.statePlace(credentials: CredentialFolder(path: folder), mustHaveCredential: false)
    } catch {
      try fail("\(config): \(error)", .configuration)
    }
  }

  func existing(_ path: String) throws -> String {
    if access(path, R_OK) != 0, errno == EACCES {
      let user = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "this user"
      try fail(
        "\(path) may not be read by \(user). Run this as newswired's user: sudo -u newswire newswirectl state …",
        .permission)
    }
    guard access(path, F_OK) == 0 else {
      if access(path + Store.movedSuffix, F_OK) == 0 {
        try fail("The state was moved to a server; what it was then is in \(path + Store.movedSuffix).", .configuration)
      }
      try fail("There is no database at \(path). Name the state directory with --state.", .configuration)
    }
    return path
  }

  /// Opens the database to look at it, beside a daemon or without one, also where nothing may be written.
  func inspect() throws -> Store {
    switch try place() {
    case .file(let path):
      let path = try existing(path)
      return try telling { () throws(StoreError) in try Store(inspecting: path) }
    case .server(let target): return try telling { () throws(StoreError) in try Store(inspecting: target) }
    }
  }

  /// Opens the database to change it, while no daemon runs: takes the lock of the state directory, or sees that no node
  /// of the fleet is alive.
  func own() throws -> (lock: StateLock?, store: Store) {
    switch try place() {
    case .file(let path):
      let path = try existing(path)
      return try telling { () throws(StoreError) in
        let lock = try StateLock(directory: String(path[..<path.lastIndex(of: "/")!]))
        return (lock, try Store(path: path, checking: false))
      }
    case .server(let target):
      let (store, alive) = try telling { () throws(StoreError) in
        let store = try Store(maintaining: target)
        return (store, try store.aliveNodes())
      }
      guard alive.isEmpty else {
        try fail(
          "Nodes of the fleet are alive: \(alive.joined(separator: ", ")). Stop newswired on them first.", .temporary)
      }
      return (nil, store)
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
      Compares every index with its table, which reads the whole file. Exit status 65 when it is damaged or holds no \
      table, and then the message says what to do. Of a database on a server it checks that it can be reached, that its \
      tables are fit for this version, and that no index was left unfinished; pg_amcheck reads all of it.

      EXAMPLE
        newswirectl state check --state var/state
      """)

  @OptionGroup var options: StateOptions

  func run() throws {
    let store = try options.inspect()
    try options.telling { () throws(StoreError) in try store.check(thorough: true) }
    if try options.telling({ () throws(StoreError) in try store.isEmpty() }) {
      try fail(
        "\(store.path) is empty: a start takes it for new, and publishes everything again. Put a backup in its place, or remove it.",
        .data)
    }
    print("\(store.path) is sound")
  }
}

private struct StateBackup: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup", abstract: "Write a complete copy of the database.",
    discussion: """
      The copy is consistent, and the daemon goes on meanwhile. FILE is replaced when it exists. A database on a server is \
      saved with its own means: pg_dump --schema=newswire.

      EXAMPLE
        newswirectl state backup /var/backups/newswire/newswire.db
      """)

  @OptionGroup var options: StateOptions
  @Argument(help: "Where the copy goes.") var file: String

  func validate() throws {
    if file.isEmpty { throw ValidationError("Name the file the copy goes to, as in: state backup newswire.db") }
  }

  func run() throws {
    if case .server(let target) = try options.place() {
      try fail(
        "The state is on a server (\(target)): save it with pg_dump --schema=\(target.schema) --file=\(file) and the address.",
        .usage)
    }
    if Paths.isFolder(file) {
      try fail("\(file) is a folder: name the file in it that the copy goes to, such as newswire.db", .usage)
    }
    let store = try options.inspect()
    try options.telling { () throws(StoreError) in try store.backUp(to: file) }
    print("\(store.path) is saved to \(file)")
  }
}

private struct StateVacuum: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "vacuum", abstract: "Write the database anew, without the room that deleted rows left.",
    discussion: """
      Needs as much free space as the database has, and the daemon stopped. A server tidies its tables by itself \
      (autovacuum); there this does it at once, beside the nodes, without giving room back to the disk.

      EXAMPLE
        sudo systemctl stop newswired && sudo newswirectl state vacuum
        sudo systemctl start newswired
      """)

  @OptionGroup var options: StateOptions

  func run() throws {
    if case .server(let target) = try options.place() {
      try options.telling { () throws(StoreError) in try Store(maintaining: target).vacuum() }
      return print("\(target) is tidied")
    }
    let (lock, store) = try options.own()
    try options.telling { () throws(StoreError) in try store.vacuum() }
    withExtendedLifetime(lock) { print("\(store.path) is written anew") }
  }
}

private struct StateForget: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "forget", abstract: "Let a publisher's articles be fetched and published again.",
    discussion: """
      All of them, or with --url one. They come again as their next version, whatever their content: uri and version \
      together stay unique. Wants the daemon stopped, of a fleet those of all nodes.

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
