import Testing
import Values

@testable import Forwarding

/// The machine against a queue and a stream of the test's own, in thousands of random orders: connections that break,
/// answers that come late or never, a stream that is full or gone, kills of the whole program between any two steps.
@Suite("Flow in random orders")
struct FlowOrderTests {
  @Test("every article is in the stream once, whatever happens", arguments: 0..<400)
  func orders(seed: Int) {
    var world = World(seed: UInt64(seed))
    world.run()
    #expect(world.violations == [], "seed \(seed)")
    #expect(world.stream == world.everything.subtracting(world.oversized), "seed \(seed): all are stored")
    #expect(world.bad == world.oversized, "seed \(seed): and only those that are too large are set aside")
    #expect(world.queue.isEmpty && world.claimed.isEmpty, "seed \(seed)")
  }

  @Test("a stop at any moment ends, and leaves every article in the queue or in the stream", arguments: 0..<200)
  func stops(seed: Int) {
    var world = World(seed: UInt64(seed) + 10_000)
    world.runAndStop()
    #expect(world.violations == [], "seed \(seed)")
    #expect(world.isFinished, "seed \(seed)")
    #expect(world.claimed.isEmpty, "seed \(seed): nothing stays claimed")
    #expect(world.everything.isSubset(of: world.stream.union(world.queue).union(world.bad)), "seed \(seed)")
  }
}

private struct World {
  let everything: Set<UInt64>
  let oversized: Set<UInt64>
  /// Free and claimed elements of the queue, by article.
  var queue: Set<UInt64>
  var claimed: Set<UInt64> = []
  var bad: Set<UInt64> = []
  /// Articles in the stream, which knows each again.
  var stream: Set<UInt64> = []
  var violations: [String] = []
  var isFinished = false

  private var random: SplitMix
  private var flow: Flow
  private var limits = Flow.Limits()
  private var now = 0.0
  /// What the program knows: the article of a key. Lost with it.
  private var articles: [Flow.Key: UInt64] = [:]
  private var lastKey: Flow.Key = 0
  /// What has been asked for and not happened yet.
  private var open: [Open] = []
  private var isUp = false
  private var isCalm = false
  private var isStopped = false

  private enum Open: Equatable {
    case look, connect
    case message(Flow.Token, UInt64)
    case answer(Flow.Token, StreamAnswer)
    case remove(Flow.Key), setAside(Flow.Key), giveBack(Flow.Key)
  }

  init(seed: UInt64) {
    random = SplitMix(seed: seed)
    let count = UInt64.random(in: 1...40, using: &random)
    everything = Set(1...count)
    oversized = Set(everything.filter { $0 % 13 == 5 })
    queue = everything
    limits.articles = Int.random(in: 1...8, using: &random)
    flow = Flow(limits: limits, seed: seed)
  }

  mutating func run() {
    tell(.start)
    for _ in 0..<600 { step() }
    isCalm = true
    for _ in 0..<5000 where !(queue.isEmpty && claimed.isEmpty) { step() }
  }

  mutating func runAndStop() {
    tell(.start)
    for _ in 0..<Int.random(in: 0...300, using: &random) { step() }
    isStopped = true
    tell(.stop)
    for _ in 0..<2000 where !isFinished { step() }
  }

  private mutating func step() {
    now += Double.random(in: 0...0.5, using: &random)
    if !isCalm {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<4: breakConnection()
      case 4 where !isStopped: kill()
      case 5..<8 where !open.isEmpty:
        // An answer or a message that never arrives: the machine must find out by itself.
        let index = Int.random(in: 0..<open.count, using: &random)
        switch open[index] {
        case .message, .answer: open.remove(at: index)
        default: break
        }
      default: break
      }
    }
    guard !open.isEmpty, Int.random(in: 0..<5, using: &random) > 0 else {
      now = isCalm ? max(now, flow.wake ?? now) : now
      return tell(.tick)
    }
    happen(open.remove(at: Int.random(in: 0..<open.count, using: &random)))
  }

  private mutating func happen(_ what: Open) {
    switch what {
    case .look:
      guard let article = queue.min() else { return tell(.nothing) }
      queue.remove(article)
      claimed.insert(article)
      lastKey += 1
      articles[lastKey] = article
      tell(.claimed(lastKey, bytes: 1))
    case .connect:
      isUp = isCalm || Int.random(in: 0..<3, using: &random) > 0
      tell(isUp ? .connected : .lost(Trouble(.away, "refused")))
    case .message(let token, let article):
      guard isUp else { return }
      open.append(.answer(token, answer(to: article)))
    case .answer(let token, let answer): if isUp { tell(.answered(token, answer)) }
    case .remove(let key):
      let article = out(key)
      if !stream.contains(article) { violations.append("\(article) left the queue and is not in the stream") }
      tell(.left(key))
    case .setAside(let key):
      bad.insert(out(key))
      tell(.left(key))
    case .giveBack(let key):
      if !isStopped { violations.append("given back without a stop") }
      queue.insert(out(key))
      tell(.left(key))
    }
  }

  private mutating func answer(to article: UInt64) -> StreamAnswer {
    if oversized.contains(article) { return .tooLarge("large") }
    if !isCalm {
      switch Int.random(in: 0..<10, using: &random) {
      case 0: return .full("full")
      case 1: return .nobody("gone")
      default: break
      }
    }
    return .stored(isDuplicate: !stream.insert(article).inserted)
  }

  private mutating func out(_ key: Flow.Key) -> UInt64 {
    guard let article = articles.removeValue(forKey: key), claimed.remove(article) != nil else {
      violations.append("key \(key) is not claimed")
      return 0
    }
    return article
  }

  /// What has not arrived is lost with the connection.
  private mutating func breakConnection() {
    guard isUp else { return }
    isUp = false
    dropMessages()
    tell(.lost(Trouble(.away, "broken")))
  }

  private mutating func dropMessages() {
    open.removeAll {
      switch $0 {
      case .message, .answer: true
      default: false
      }
    }
  }

  /// kill -9 and a new program; its claims grow old and are freed.
  private mutating func kill() {
    open = []
    articles = [:]
    queue.formUnion(claimed)
    claimed = []
    isUp = false
    flow = Flow(limits: limits, seed: UInt64(now * 1000))
    tell(.start)
  }

  private mutating func tell(_ input: Flow.Input) {
    for action in flow.handle(input, now: now) {
      switch action {
      case .look: open.append(.look)
      case .connect: open.append(.connect)
      case .disconnect:
        isUp = false
        dropMessages()
      case .send(let token, let key):
        guard let article = articles[key], claimed.contains(article) else {
          violations.append("key \(key) is sent and not claimed")
          continue
        }
        if open.contains(where: { if case .message(_, article) = $0 { true } else { false } }) {
          violations.append("\(article) is sent twice at once")
        }
        open.append(.message(token, article))
      case .remove(let key): open.append(.remove(key))
      case .setAside(let key, _): open.append(.setAside(key))
      case .giveBack(let key): open.append(.giveBack(key))
      case .finished: isFinished = true
      }
    }
    if flow.held > limits.articles + 1 { violations.append("\(flow.held) under way") }
    if open.count(where: { $0 == .look }) > 1 { violations.append("looks twice") }
  }
}
