import ArgumentParser
import Configuration
import Fleet
import Glibc
import Ingest
import PostgreSQL
import Service
import TOML
import Values

/// Where the fleet's database is. Shared by the verbs that ask it.
struct FleetOptions: ParsableArguments {
  @Option(help: "The settings file, which says where the fleet's database is.")
  var config = "/etc/newswire/newswire.toml"

  func view() throws -> FleetView {
    let target = try target()
    return try telling { () throws(FleetError) in try FleetView(target) }
  }

  private func target() throws -> PostgresTarget {
    guard case .server(let target) = try place(try settings()) else {
      try fail("This machine is no node of a fleet: [state] url is not set in \(config).", .configuration)
    }
    return target
  }

  private func settings() throws -> Settings {
    do throws(Problems) { return try Settings(file: config, required: true) } catch {
      try fail(error.description, .configuration)
    }
  }

  private func place(_ settings: Settings) throws -> StatePlace {
    let folder = settings.paths.credentials ?? ServiceEnvironment.current().credentialsDirectory
    do throws(StatePlaceProblem) {
      return try settings.statePlace(credentials: CredentialFolder(path: folder), mustHaveCredential: false)
    } catch {
      try fail("\(config): \(error)", .configuration)
    }
  }

  /// Runs a call; its error becomes a message and the exit status.
  func telling<T>(_ body: () throws(FleetError) -> T) throws -> T {
    do throws(FleetError) { return try body() } catch {
      try fail(error.description, ExitStatus(rawValue: error.exitStatus) ?? .software)
    }
  }
}

/// `newswirectl fleet`: the nodes, and who fetches what.
struct FleetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Show the nodes that share one state, and who fetches what.",
    discussion: """
      Asks the database that [state] url names, so no daemon needs to run. LEASES are the rate groups that a node may fetch \
      from, SOURCES those that it fetches, LAG is how late the most overdue of them is. A node that is silent has not \
      beaten in time: its leases are about to be taken over. One that is gone has left, or was declared gone.

      The password is read from the credential that [state] names, or found by libpq itself (~/.pgpass, PGPASSWORD).

      EXAMPLES
        newswirectl fleet
        newswirectl fleet --groups | grep -w example.org
        newswirectl fleet --json | jq '.nodes[] | select(.state != "up")'
      """)

  @OptionGroup var options: FleetOptions
  @Flag(help: "Show each rate group and the node that fetches from it.") var groups = false
  @Flag(help: "Write JSON.") var json = false

  func run() throws {
    let view = try options.view()
    let (nodes, free) = try options.telling { () throws(FleetError) in (try view.nodes(), try view.freeGroups()) }
    let rows = groups ? try options.telling { () throws(FleetError) in try view.groups() } : nil
    let report = FleetReport(nodes: nodes, free: free, groups: rows)
    if json {
      Terminal.write(report.json.text(pretty: true) + "\n")
    } else if let table = report.groupTable {
      show(table)
    } else {
      show(report.nodeTable)
      for line in report.remarks { Terminal.write(escapingControls(line) + "\n", to: 2) }
    }
  }
}

/// The fleet as people and programs read it. Pure.
struct FleetReport {
  let nodes: [FleetView.Node]
  /// Groups that nobody may fetch from.
  let free: Int
  let groups: [FleetView.Group]?

  var nodeTable: Table {
    var table = Table([
      .init("NODE", isFlexible: true, isKept: true), .init("STATE", isKept: true), .init("LEASES", .right),
      .init("SOURCES", .right), .init("LAG", .right), .init("BEAT", .right), .init("VERSION"),
      .init("ADDRESS", isFlexible: true),
    ])
    table.rows = nodes.map { node in
      let style: Terminal.Style =
        switch node.state {
        case .up: .plain
        case .draining, .drained: .yellow
        case .silent: .red
        case .gone: .dim
        }
      let isHere = node.state != .gone
      func own(_ key: String) -> String { isHere ? node.figures[key]?.integer.map(String.init) ?? "–" : "–" }
      let lag = isHere ? node.figures["lag"]?.number : nil
      return [
        .init(node.name, isHere ? .bold : .dim), .init(node.state.rawValue, style), .init(String(node.leases)),
        .init(own("sources")), .init(lag.map(Self.time) ?? "–", lag.map { $0 > 300 } ?? false ? .yellow : .plain),
        .init(node.lastBeat.map(Self.time) ?? "never"), .init(node.version), .init(node.address ?? "–"),
      ]
    }
    return table
  }

  var groupTable: Table? {
    guard let groups else { return nil }
    var table = Table([
      .init("GROUP", isFlexible: true, isKept: true), .init("NODE", isKept: true), .init("SOURCES", .right),
      .init("SINCE", .right), .init("EPOCH", .right),
    ])
    table.rows = groups.map { group in
      [
        .init(group.name), .init(group.node ?? "nobody", group.node == nil ? .yellow : .plain),
        .init(String(group.sources)), .init(group.heldFor.map(Self.time) ?? "–"), .init(String(group.epoch), .dim),
      ]
    }
    return table
  }

  /// What the table alone does not say.
  var remarks: [String] {
    var lines: [String] = []
    if nodes.isEmpty { lines.append("no node has joined yet") }
    if free > 0 { lines.append("\(counted(free, "rate group")) without a node at this moment") }
    if !nodes.isEmpty, !nodes.contains(where: { $0.state == .up }) {
      lines.append("no node takes part: nothing is fetched")
    }
    let versions = Set(nodes.filter { $0.state != .gone }.map(\.version)).sorted()
    if versions.count > 1 { lines.append("versions \(versions.joined(separator: " and ")) run side by side") }
    return lines
  }

  var json: JSON {
    var json = JSONObject()
    json["nodes"] = .array(
      nodes.map { node in
        var entry = JSONObject([
          ("name", .string(node.name)), ("state", .string(node.state.rawValue)), ("version", .string(node.version)),
          ("leases", JSON(node.leases)),
        ])
        if let address = node.address { entry["address"] = .string(address) }
        if let seconds = node.lastBeat { entry["beat_seconds"] = .number(seconds) }
        if node.state != .gone, !node.figures.isNull { entry["figures"] = node.figures }
        return .object(entry)
      })
    json["free_groups"] = JSON(free)
    if let groups {
      json["groups"] = .array(
        groups.map { group in
          var entry = JSONObject([("name", .string(group.name)), ("node", group.node.map { .string($0) } ?? .null)])
          entry["sources"] = JSON(group.sources)
          entry["epoch"] = .integer(group.epoch)
          if let seconds = group.heldFor { entry["held_seconds"] = .number(seconds) }
          return .object(entry)
        })
    }
    return .object(json)
  }

  /// `4 min`, for a table.
  private static func time(_ seconds: Double) -> String { readableSpan(seconds: Int(min(max(0, seconds), 1e12))) }
}
