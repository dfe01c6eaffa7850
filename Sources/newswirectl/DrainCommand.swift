import ArgumentParser
import Fleet
import Glibc
import Service

/// `newswirectl drain`: empties a node, before it is stopped or upgraded.
struct DrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain",
    abstract: "Let the other nodes of a fleet take over what one node fetches.",
    discussion: """
      The node begins nothing new, and gives each rate group back once nothing of it is under way. It goes on publishing \
      what it has, and stays empty, over restarts as well, until --undo. Works from every machine with the fleet's \
      settings; the daemon of this one needs not run.

      With --wait returns when the node is empty; exit status 75 when it is not so in time.

      EXAMPLES
        newswirectl drain a --wait --timeout 600
        newswirectl drain a --undo
      """)

  @OptionGroup var options: FleetOptions
  @Flag(help: "Let the node take part again.") var undo = false
  @Flag(help: "Wait until the node is empty.") var wait = false
  @Option(help: ArgumentHelp("How long to wait.", valueName: "seconds")) var timeout = 300
  @Argument(help: "The node's name, as newswirectl fleet shows it.") var node: String

  func validate() throws {
    if undo, wait { throw ValidationError("--wait waits for a node to be empty, which --undo does not make it.") }
    if timeout < 1 { throw ValidationError("--timeout must be at least 1.") }
  }

  func run() throws {
    let view = try options.view()
    guard try options.telling({ () throws(FleetError) in try view.drain(node, !undo) }) else {
      let names = try options.telling { () throws(FleetError) in try view.nodes() }.map(\.name)
      try fail(
        "There is no node “\(node)”" + (names.isEmpty ? "." : "; there are \(names.joined(separator: ", "))."), .data)
    }
    if undo { return print("\(node) takes part again") }
    let nodes = try options.telling { () throws(FleetError) in try view.nodes() }
    if !nodes.contains(where: { $0.state == .up }) {
      Terminal.write("newswirectl: no other node takes part: what \(node) gives back is fetched by nobody\n", to: 2)
    }
    guard wait else { return print("\(node) is being emptied; newswirectl fleet shows how far it is") }
    try waitUntilEmpty(view)
  }

  private func waitUntilEmpty(_ view: FleetView) throws {
    let showsProgress = Terminal.isTerminal(2)
    let deadline = ContinuousClock.now + .seconds(timeout)
    while true {
      let found = try options.telling { () throws(FleetError) in try view.nodes() }.first { $0.name == node }
      if showsProgress { Terminal.write("\r\u{1B}[K", to: 2) }
      // One that is gone has nothing of its own any more: what is left in its name is free to take.
      guard let found, found.state != .gone else { return print("\(node) is gone") }
      if found.state == .drained { return print("\(node) is empty") }
      if ContinuousClock.now >= deadline {
        try fail("\(node) still has \(counted(found.leases, "lease")) after \(timeout) s; it goes on.", .temporary)
      }
      if showsProgress { Terminal.write("\(node): \(counted(found.leases, "lease")) left", to: 2) }
      usleep(500_000)
    }
  }
}
