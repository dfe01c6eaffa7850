import Store
import Testing
import Values

@testable import Fleet

/// Nodes and one database in a world where statements and answers take time, get lost or come late, processes stop and
/// die, and every clock goes as it likes. Time is true time in nanoseconds; nobody in the world can read it.
struct SimulatedFleet {
  struct Node {
    let name: String
    let instance: String
    let lease: Int64
    /// The own clock: where it began, and how fast it goes.
    var clockStart: Int64
    var clockRate: Double
    var book: LeaseBook
    /// Which life this is: what belongs to an earlier one is void.
    var life = 0
    var isAlive = true
    /// Stopped as by SIGSTOP: what comes meanwhile waits.
    var stoppedUntil: Int64 = 0
    var isCutOff = false
    /// The statement that waits for its answer.
    var pending: (number: Int, statement: LeaseStatement, sentAt: Int64)?
    /// Groups under way.
    var busy: Set<String> = []

    func clock(_ time: Int64) -> Int64 { clockStart + Int64(Double(time) * clockRate) }
    func isRunning(_ time: Int64) -> Bool { isAlive && stoppedUntil <= time }
    func permits(_ group: String, _ time: Int64) -> Bool {
      isRunning(time) && book.permits(group, now: clock(time))
    }
  }

  enum Event {
    case beat(node: Int, life: Int)
    case arrive(node: Int, life: Int, number: Int, LeaseStatement)
    case answer(node: Int, life: Int, number: Int, LeaseAnswer)
    case timeout(node: Int, life: Int, number: Int)
    case act(Fault)
  }

  enum Fault {
    case die(Int), restart(Int), stop(Int, Int64), cut(Int), mend(Int), setClock(Int64), drain(Int, Bool)
    case leave(Int), acquire(Int, String), work(Int)
  }

  var time: Int64 = 0
  var database = SimulatedDatabase()
  var nodes: [Node] = []
  var groups: [GroupWish]
  var random: SplitMix
  /// Whether statements and answers are lost or late by themselves.
  var isRough = true
  /// Milliseconds that a statement or an answer is under way at the most, when all is well.
  var usualLatency: UInt64 = 50
  private var agenda: [(time: Int64, order: Int, event: Event)] = []
  private var order = 0
  private var number = 0
  /// Who ever held a group under an epoch: a node and its life.
  private var holders: [Fence: String] = [:]
  /// Until when a node permits a group if nothing happens to it, or did.
  private var ends: [String: [Int: Int64]] = [:]
  /// How often a group was taken whose holder had been silent.
  var silentGains = 0
  /// How often any node permitted any group, so that a world in which nothing happens is seen.
  var gains = 0

  static let second: Int64 = 1_000_000_000

  init(groups: [GroupWish], seed: UInt64) {
    self.groups = groups
    random = SplitMix(seed: seed)
  }

  @discardableResult
  mutating func add(_ name: String, instance: String? = nil, lease: Int64 = 15 * second, rate: Double = 1) -> Int {
    let seeds = random.next()
    nodes.append(
      Node(
        name: name, instance: instance ?? name, lease: lease, clockStart: Int64(random.next() % 1_000_000) * 1_000_000,
        clockRate: rate, book: Self.book(name, lease, groups, seeds)))
    at(Int64(random.next() % 1000) * 1_000_000, .beat(node: nodes.count - 1, life: 0))
    return nodes.count - 1
  }

  private static func book(_ name: String, _ lease: Int64, _ groups: [GroupWish], _ seed: UInt64) -> LeaseBook {
    let source = Sessions(seed)
    var book = LeaseBook(name: name, lease: lease) { source.next() }
    book.wish(groups)
    return book
  }

  private final class Sessions: @unchecked Sendable {
    var random: SplitMix
    init(_ seed: UInt64) { random = SplitMix(seed: seed) }
    func next() -> Int64 { Int64(random.next() >> 2) + 1 }
  }

  mutating func at(_ delay: Int64, _ event: Event) {
    order += 1
    let entry = (time + delay, order, event)
    let place = agenda.firstIndex { ($0.time, $0.order) > (entry.0, entry.1) } ?? agenda.endIndex
    agenda.insert(entry, at: place)
  }

  mutating func run(until end: Int64, _ check: (inout SimulatedFleet) -> Void = { _ in }) {
    while let next = agenda.first, next.time <= end {
      agenda.removeFirst()
      time = max(time, next.time)
      happen(next.event)
      // Nothing else can make anybody permit anything.
      switch next.event {
      case .answer, .act: verify()
      default: break
      }
      check(&self)
    }
    time = end
  }

  // MARK: What must hold at every moment

  private mutating func verify() {
    for wish in groups {
      let permitting = nodes.indices.filter { nodes[$0].permits(wish.group, time) }
      if permitting.count > 1 {
        Issue.record("\(permitting.map { nodes[$0].name }) both permit \(wish.group) at \(Double(time) / 1e9) s")
      }
      for index in permitting {
        let fence = Fence(group: wish.group, epoch: nodes[index].book.held[wish.group]!.epoch)
        let holder = "\(nodes[index].name) \(index) \(nodes[index].life)"
        if let known = holders[fence] {
          if known != holder { Issue.record("\(fence) was given to \(known) and to \(holder)") }
        } else {
          holders[fence] = holder
          gains += 1
        }
      }
      for (index, node) in nodes.enumerated() {
        // A stopped process may go on before anything else happens.
        if node.isAlive, node.book.permits(wish.group, now: node.clock(time)) {
          let left = Double(node.book.validUntil - node.clock(time)) / node.clockRate
          ends[wish.group, default: [:]][index] = time + Int64(left)
        } else if let end = ends[wish.group]?[index], end > time {
          ends[wish.group]?[index] = time
        }
      }
    }
  }

  /// The group need not rest: nobody has been permitted to ask it for long enough.
  private mutating func verifySilence(of group: String, _ index: Int) {
    silentGains += 1
    for (other, end) in ends[group] ?? [:] where Double(time - end) / 1e9 < PastHolder.quiet {
      Issue.record(
        "\(nodes[index].name) took \(group) as silent, which \(nodes[other].name) permitted \(time - end) ns before")
    }
  }

  // MARK: What happens

  private mutating func happen(_ event: Event) {
    switch event {
    case .beat(let index, let life):
      guard nodes[index].isAlive, nodes[index].life == life else { return }
      if deferred(index, event) { return }
      guard nodes[index].pending == nil else { return }
      send(nodes[index].book.begin(now: nodes[index].clock(time)), index)
    case .arrive(let index, let life, let number, let statement):
      // A statement whose sender has died is executed all the same.
      let node = nodes[index]
      if node.isCutOff { return }
      let answer = database.run(
        statement, by: node.name, instance: node.instance, lease: node.lease, time: time)
      if isRough, random.next() % 40 == 0 { return }
      at(latency(), .answer(node: index, life: life, number: number, answer))
    case .answer(let index, let life, let number, let answer):
      guard nodes[index].isAlive, nodes[index].life == life, !nodes[index].isCutOff else { return }
      if deferred(index, event) { return }
      guard let pending = nodes[index].pending, pending.number == number else { return }
      nodes[index].pending = nil
      let now = nodes[index].clock(time)
      let busy = nodes[index].busy
      let next = nodes[index].book.receive(
        answer, to: pending.statement, sentAt: pending.sentAt, now: now, wall: 0, idle: { !busy.contains($0) })
      for case .gained(let group, .silent) in nodes[index].book.takeEvents() { verifySilence(of: group, index) }
      if let next { send(next, index) } else { rest(index) }
    case .timeout(let index, let life, let number):
      guard nodes[index].isAlive, nodes[index].life == life, nodes[index].pending?.number == number else { return }
      if deferred(index, event) { return }
      let statement = nodes[index].pending!.statement
      nodes[index].pending = nil
      nodes[index].book.failed(statement, now: nodes[index].clock(time))
      rest(index)
    case .act(let fault): act(fault)
    }
  }

  private mutating func deferred(_ index: Int, _ event: Event) -> Bool {
    guard nodes[index].stoppedUntil > time else { return false }
    at(nodes[index].stoppedUntil - time, event)
    return true
  }

  private mutating func rest(_ index: Int) {
    at(nodes[index].book.pause(now: nodes[index].clock(time)), .beat(node: index, life: nodes[index].life))
  }

  private mutating func latency() -> Int64 {
    let usual = Int64(random.next() % usualLatency + 1) * 1_000_000
    guard isRough else { return usual }
    // Now and then a statement or answer hangs: sometimes for longer than anybody waits for it.
    switch random.next() % 60 {
    case 0: return Int64(random.next() % 60) * Self.second
    case 1...4: return Int64(random.next() % 4000) * 1_000_000
    default: return usual
    }
  }

  private mutating func send(_ statement: LeaseStatement, _ index: Int) {
    number += 1
    nodes[index].pending = (number, statement, nodes[index].clock(time))
    if !isRough || random.next() % 40 != 0 {
      at(latency(), .arrive(node: index, life: nodes[index].life, number: number, statement))
    }
    at(nodes[index].lease / 3 + 2 * Self.second, .timeout(node: index, life: nodes[index].life, number: number))
  }

  mutating func act(_ fault: Fault) {
    switch fault {
    case .die(let index): nodes[index].isAlive = false
    case .restart(let index):
      guard !nodes[index].isAlive else { return }
      nodes[index].isAlive = true
      nodes[index].life += 1
      nodes[index].pending = nil
      nodes[index].stoppedUntil = 0
      nodes[index].book = Self.book(nodes[index].name, nodes[index].lease, groups, random.next())
      at(0, .beat(node: index, life: nodes[index].life))
    case .stop(let index, let long): nodes[index].stoppedUntil = time + long
    case .cut(let index): nodes[index].isCutOff = true
    case .mend(let index): nodes[index].isCutOff = false
    case .setClock(let by): database.setBy = by
    case .drain(let index, let on): database.nodes[nodes[index].name]?.isDraining = on
    case .leave(let index):
      guard nodes[index].isRunning(time), nodes[index].pending == nil else { return }
      nodes[index].isAlive = false
      if let statement = nodes[index].book.leave() {
        at(latency(), .arrive(node: index, life: nodes[index].life, number: 0, statement))
      }
    case .acquire(let index, let group):
      guard nodes[index].isRunning(time), nodes[index].pending == nil,
        let statement = nodes[index].book.acquisition(of: group, now: nodes[index].clock(time))
      else { return }
      send(statement, index)
    case .work(let index):
      let some = groups.filter { _ in random.next() % 4 == 0 }.map(\.group)
      nodes[index].busy = Set(some)
    }
  }

  // MARK: Questions

  func holder(of group: String) -> String? { nodes.first { $0.permits(group, time) }?.name }

  func weight(of index: Int) -> Int {
    groups.reduce(0) { $0 + (nodes[index].permits($1.group, time) ? $1.weight : 0) }
  }
}
