import Store
import Testing
import Values

@testable import Fleet

/// The proof that no group is asked by two nodes at once, as far as trying can prove: the same code that runs on
/// PostgreSQL, against losses, delays, deaths, partitions, stopped processes and clocks that are set.
@Suite struct SimulationTests {
  private static let second = SimulatedFleet.second
  private static let lease = 15 * second

  private static func groups(_ count: Int, weight: Int) -> [GroupWish] {
    (0..<count).map { GroupWish(group: "g\($0)", weight: 1 + $0 % weight) }
  }

  @Test(arguments: 0..<50) func neverTwoAtOnce(seed: UInt64) {
    var fleet = SimulatedFleet(groups: Self.groups(24, weight: 5), seed: seed)
    var random = SplitMix(seed: seed &+ 1000)
    let count = 2 + Int(seed % 4)
    for index in 0..<count {
      // Crystals are a thousand times better; a virtual machine's clock may be made to catch up.
      let rate = 1 + Double(Int(random.next() % 41) - 20) / 1000
      fleet.add(
        ["a", "b", "c", "d", "e"][index], lease: index == 1 && seed % 3 == 0 ? 40 * Self.second : Self.lease, rate: rate
      )
    }
    // One more under the name of another.
    if seed % 2 == 0 { fleet.add("a", instance: "another machine") }
    let nodes = fleet.nodes.count
    for _ in 0..<120 {
      let index = Int(random.next() % UInt64(nodes))
      let fault: SimulatedFleet.Fault =
        switch random.next() % 16 {
        case 0, 1: .die(index)
        case 2, 3, 4: .restart(index)
        case 5, 6: .stop(index, Int64(random.next() % 60) * Self.second)
        case 7: .cut(index)
        case 8, 9: .mend(index)
        case 10: .setClock((Int64(random.next() % 601) - 300) * 1_000_000)
        case 11: .drain(index, random.next() % 2 == 0)
        case 12: .leave(index)
        case 13: .acquire(index, "g\(random.next() % 30)")
        default: .work(index)
        }
      let locked = random.next() % 24
      fleet.database.isLocked = { $0 == "g\(locked)" }
      fleet.at(Int64(random.next() % 12000) * 1_000_000, .act(fault))
      fleet.run(until: fleet.time + Int64(random.next() % 12000) * 1_000_000)
    }
    #expect(fleet.gains > 20, "little happened in this world")

    // And when all is well again, every group has its node and each node its share.
    fleet.isRough = false
    fleet.database.isLocked = { _ in false }
    fleet.run(until: fleet.time + 70 * Self.second)
    for index in fleet.nodes.indices {
      fleet.act(.mend(index))
      fleet.act(.stop(index, 0))
      fleet.act(.drain(index, false))
      if index < count { fleet.act(.restart(index)) } else { fleet.act(.die(index)) }
      fleet.nodes[index].busy = []
    }
    fleet.run(until: fleet.time + 12 * 40 * Self.second)
    for wish in fleet.groups { #expect(fleet.holder(of: wish.group) != nil, "nobody has \(wish.group)") }
    let weights = (0..<count).map { fleet.weight(of: $0) }
    let share = Double(weights.reduce(0, +)) / Double(count)
    #expect(weights.allSatisfy { abs(Double($0) - share) <= 6 }, "shares of \(weights)")
  }

  /// However a node goes, its groups are all held again within two leases.
  @Test(arguments: 0..<40) func takeOver(seed: UInt64) {
    var fleet = SimulatedFleet(groups: Self.groups(60, weight: 3), seed: seed)
    fleet.isRough = false
    for name in ["a", "b", "c"].prefix(2 + Int(seed % 2)) { fleet.add(name) }
    fleet.run(until: 5 * Self.lease + Int64(seed) * 517_000_000)
    let before = fleet.groups.filter { fleet.holder(of: $0.group) == "a" }.count
    #expect(before >= 60 / fleet.nodes.count - 12)
    switch seed % 4 {
    case 0, 1: fleet.act(.die(0))
    case 2: fleet.act(.cut(0))
    default: fleet.act(.stop(0, 100 * Self.lease))
    }
    // The database's clock is set just then: nothing is to depend on it.
    if seed % 5 == 0 { fleet.act(.setClock(seed % 2 == 0 ? -300_000_000 : 300_000_000)) }
    fleet.run(until: fleet.time + 2 * Self.lease)
    for wish in fleet.groups {
      let holder = fleet.holder(of: wish.group)
      #expect(holder != nil && holder != "a", "nobody took \(wish.group) over")
    }
    #expect(fleet.silentGains >= before, "they rest though nobody asked them for long")
  }

  /// A node that leaves in order is followed at once.
  @Test func leaving() {
    var fleet = SimulatedFleet(groups: Self.groups(40, weight: 1), seed: 7)
    fleet.isRough = false
    for name in ["a", "b"] { fleet.add(name) }
    fleet.run(until: 5 * Self.lease)
    #expect(fleet.weight(of: 0) == 20 && fleet.weight(of: 1) == 20)
    while fleet.nodes[0].isAlive {
      fleet.run(until: fleet.time + Self.second / 10)
      fleet.act(.leave(0))
    }
    fleet.run(until: fleet.time + Self.lease * 2 / 3)
    #expect(fleet.weight(of: 1) == 40)
    #expect(fleet.silentGains == 0, "they were asked a moment ago")
  }

  /// Nodes come one after the other, as in a roll-out; soon each has its share, and nothing moves any more.
  @Test(arguments: [1, 4]) func sharesConverge(weight: Int) {
    var fleet = SimulatedFleet(groups: Self.groups(120, weight: weight), seed: 3)
    fleet.isRough = false
    for name in ["a", "b", "c", "d", "e", "f"] {
      fleet.add(name)
      fleet.run(until: fleet.time + 4 * Self.lease)
      let weights = fleet.nodes.indices.map { fleet.weight(of: $0) }
      let total = fleet.groups.reduce(0) { $0 + $1.weight }
      #expect(weights.reduce(0, +) == total)
      #expect(weights.max()! - weights.min()! <= weight, "shares of \(weights)")
    }
    let holders = fleet.groups.map { fleet.holder(of: $0.group) }
    let gains = fleet.gains
    fleet.run(until: fleet.time + 20 * Self.lease)
    #expect(fleet.groups.map { fleet.holder(of: $0.group) } == holders)
    #expect(fleet.gains == gains)
  }

  @Test func drain() {
    var fleet = SimulatedFleet(groups: Self.groups(30, weight: 1), seed: 5)
    fleet.isRough = false
    for name in ["a", "b", "c"] { fleet.add(name) }
    fleet.run(until: 5 * Self.lease)
    let busy = fleet.groups.first { fleet.holder(of: $0.group) == "a" }!.group
    fleet.nodes[0].busy = [busy]
    fleet.act(.drain(0, true))
    fleet.run(until: fleet.time + 2 * Self.lease)
    // What is under way ends where it began.
    #expect(fleet.weight(of: 0) == 1 && fleet.holder(of: busy) == "a")
    fleet.nodes[0].busy = []
    fleet.run(until: fleet.time + 2 * Self.lease)
    #expect(fleet.weight(of: 0) == 0 && fleet.weight(of: 1) == 15 && fleet.weight(of: 2) == 15)
    fleet.act(.drain(0, false))
    fleet.run(until: fleet.time + 4 * Self.lease)
    #expect(fleet.weight(of: 0) == 10)
  }

  /// Where beats come so evenly that each node always looks at the same moment after another, what one gives back is
  /// not taken by a third in the second in which it rests: a group for which somebody has room does not lie free.
  @Test(arguments: 0..<100) func nothingLiesFree(seed: UInt64) {
    var random = SplitMix(seed: seed &+ 2000)
    let lease = 5 * Self.second
    let groups = (0..<16).map { GroupWish(group: "g\($0)", weight: [2, 10, 12][Int(random.next() % 3)]) }
    var fleet = SimulatedFleet(groups: groups, seed: seed)
    fleet.isRough = false
    fleet.usualLatency = 1
    for name in ["a", "b", "c"] { fleet.add(name, lease: lease) }
    fleet.run(until: 6 * lease)
    // Comes back, and is cut off while the others make room for it: too short for them to declare it gone.
    fleet.act(.die(1))
    fleet.run(until: fleet.time + 2 * lease + Int64(random.next() % 1000) * 1_000_000)
    fleet.act(.restart(1))
    fleet.run(until: fleet.time + Int64(random.next() % 1500) * 1_000_000)
    fleet.act(.cut(1))
    fleet.run(until: fleet.time + 3 * Self.second + Int64(random.next() % 2500) * 1_000_000)
    fleet.act(.mend(1))
    fleet.run(until: fleet.time + 2 * lease)
    var heldAt = Dictionary(uniqueKeysWithValues: groups.map { ($0.group, fleet.time) })
    let end = fleet.time + 8 * lease
    while fleet.time < end {
      fleet.run(until: fleet.time + Self.second / 4)
      for group in groups where fleet.holder(of: group.group) != nil { heldAt[group.group] = fleet.time }
      for (group, time) in heldAt where fleet.time - time > lease {
        Issue.record("\(group) has been nobody's for a lease")
        return
      }
    }
    // Nobody has so much more than his share that a group could be given for it.
    let weights = (0..<3).map { fleet.weight(of: $0) }
    #expect(weights.max()! <= weights.reduce(0, +) / 3 + 12, "shares of \(weights)")
  }

  /// What only one node's plugins want comes to it, though by the weights it would be for others; and stays.
  @Test(arguments: 0..<30) func tastes(seed: UInt64) {
    let groups = Self.groups(24, weight: 3)
    var fleet = SimulatedFleet(groups: groups, seed: seed)
    fleet.isRough = false
    fleet.usualLatency = seed % 2 == 0 ? 1 : 50
    for name in ["a", "b", "c"] { fleet.add(name) }
    let few = Array(groups.prefix(9))
    fleet.nodes[Int(seed % 3)].book.wish(few)
    fleet.nodes[Int((seed + 1) % 3)].book.wish(few)
    fleet.run(until: 20 * Self.lease)
    func holders() -> [String?] { groups.map { fleet.holder(of: $0.group) } }
    let before = holders()
    #expect(!before.contains(nil), "nobody has \(zip(groups, before).filter { $0.1 == nil }.map(\.0.group))")
    let gains = fleet.gains
    for _ in 0..<80 {
      fleet.run(until: fleet.time + Self.lease / 4)
      #expect(holders() == before)
    }
    #expect(fleet.gains == gains)
  }

  /// A restart of the database, or its absence, takes nothing from anybody who holds it.
  @Test func anOutageChangesNoHolder() {
    var fleet = SimulatedFleet(groups: Self.groups(30, weight: 1), seed: 9)
    fleet.isRough = false
    for name in ["a", "b", "c"] { fleet.add(name) }
    fleet.run(until: 5 * Self.lease)
    let holders = fleet.groups.map { fleet.holder(of: $0.group) }
    for index in 0..<3 { fleet.act(.cut(index)) }
    fleet.run(until: fleet.time + 2 * Self.lease)
    #expect(fleet.groups.allSatisfy { fleet.holder(of: $0.group) == nil })
    // One after the other: the first must not take the others for dead.
    for index in 0..<3 {
      fleet.act(.mend(index))
      fleet.run(until: fleet.time + 6 * Self.second)
    }
    fleet.run(until: fleet.time + Self.lease)
    #expect(fleet.groups.map { fleet.holder(of: $0.group) } == holders)
  }
}
