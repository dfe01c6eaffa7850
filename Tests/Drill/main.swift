// queue-drill: the publishing code to be stopped at any point, starved by the file system, cut off from power, and
// timed. Used by Tests/System (test_kill, test_power_cut, test_injection) and Benchmarks/queue. It prints what it did,
// a line each.
import DrillWorld
import Glibc
import Publication
import Queue
import Store
import Values

let usage = """
  usage: queue-drill run DIRECTORY [--kill N] [--stop] [--mistake NAME]
         queue-drill consume DIRECTORY [LIMIT]
         queue-drill expected
         queue-drill publish DIRECTORY BATCH COUNT BYTES
         queue-drill seen DIRECTORY COUNT [--unordered]
         queue-drill beside DIRECTORY FEW MANY

  run       recovery, two polls of a feed, and everything published. --kill N: SIGKILL at the N-th crash point (each step
            of publishing and recovery, and each system call of the queue directory). --stop: SIGSTOP at every one of
            them, its name printed before. --mistake: no-sync, weak-commit, rename-before-commit, commit-before-stage.
            Prints the number of crash points passed. Exit status as newswired's.
  consume   takes elements and prints key/version and text of each
  expected  what must have been consumed when all is done
  publish   times batches; prints one line of figures
  seen      fills a database and times it as it grows: 200 publishers with keys as real ones have them, or, --unordered,
            one publisher with all keys in no order
  beside    publishes into a state with FEW articles seen before and into one with MANY, in turn

  EXAMPLE
    queue-drill run /tmp/drill --kill 12; queue-drill run /tmp/drill; queue-drill consume /tmp/drill
  """

func end(_ status: Int32, _ message: String) -> Never {
  write("queue-drill: \(message)\n", to: 2)
  exit(status)
}

func say(_ line: String) { write(line + "\n", to: 1) }

private func write(_ text: String, to descriptor: Int32) {
  let bytes = Array(text.utf8)
  _ = Glibc.write(descriptor, bytes, bytes.count)
}

/// The words of the command line; options are taken out as they are asked for.
struct Words {
  var rest = Array(CommandLine.arguments.dropFirst())

  mutating func flag(_ name: String) -> Bool {
    guard let index = rest.firstIndex(of: name) else { return false }
    rest.remove(at: index)
    return true
  }

  mutating func option(_ name: String) -> String? {
    guard let index = rest.firstIndex(of: name), index + 1 < rest.count else { return nil }
    let value = rest[index + 1]
    rest.removeSubrange(index...index + 1)
    return value
  }
}

/// Ends as the daemon would.
func end(with error: any Error) -> Never {
  switch error {
  case let error as PublicationError: end(error.exitStatus, error.description)
  case let error as StoreError: end(error.exitStatus, error.description)
  case let error as QueueError: end(error.exitStatus, error.description)
  default: end(70, "\(error)")
  }
}

func run(_ directory: String, victim: Int?, stops: Bool, mistake: String?) throws {
  var count = 0
  func reach(_ name: String) {
    count += 1
    if stops {
      say(name)
      raise(SIGSTOP)
    }
    if count == victim { kill(getpid(), SIGKILL) }
  }
  let make: (Store, Spool, @escaping PublicationWorld.Hook) -> any Publishing =
    switch mistake {
    case "rename-before-commit": { MisorderedPublisher(.renameBeforeCommit, $0, $1, $2) }
    case "commit-before-stage": { MisorderedPublisher(.commitBeforeStage, $0, $1, $2) }
    default: QueuePublisher.make
    }
  try PublicationWorld(directory: directory).run(
    make,
    setUp: { store, spool in
      if mistake == "weak-commit" { try store.weakenDurability() }
      spool.fault = { step in
        reach(step.rawValue)
        return mistake == "no-sync" && [.syncFile, .syncTmp].contains(step) ? Spool.omit : 0
      }
    }, at: { reach($0.rawValue) })
  if !stops { say("\(count)") }
}

do {
  var options = Words()
  let victim = options.option("--kill").flatMap { Int($0) }
  let mistake = options.option("--mistake")
  let stops = options.flag("--stop")
  let isUnordered = options.flag("--unordered")
  let words = options.rest
  switch (words.first, words.dropFirst().first) {
  case ("run", let directory?): try run(directory, victim: victim, stops: stops, mistake: mistake)
  case ("consume", let directory?):
    let limit = words.count > 2 ? Int(words[2]) ?? .max : .max
    for line in try PublicationWorld(directory: directory).consume(limit: limit) { say(line) }
  case ("expected", _): PublicationWorld.expected.forEach { say($0) }
  case ("publish", let directory?) where words.count == 5:
    try timePublishing(directory, batch: Int(words[2]) ?? 1, count: Int(words[3]) ?? 1000, bytes: Int(words[4]) ?? 8192)
  case ("seen", let directory?) where words.count == 3:
    try timeStore(directory, count: Int(words[2]) ?? 1_000_000, of: isUnordered ? .unordered : .real)
  case ("beside", let directory?) where words.count == 4:
    try timePublishingBeside(directory, few: Int(words[2]) ?? 10_000, many: Int(words[3]) ?? 1_000_000)
  default: end(64, usage)
  }
} catch {
  end(with: error)
}
