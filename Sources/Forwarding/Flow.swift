internal import Values

/// The way of articles from the queue into the stream: a pure machine. It is told what happened and answers with what
/// to do; it has no clock and does no I/O.
///
/// What it guarantees, whatever happens in whatever order: an article is removed from the queue only after the stream
/// acknowledged it; each article under way is sent, removed, set aside or given back by one hand at a time; no more are
/// under way than the limit; and it never gives up.
public struct Flow: Sendable {
  /// An article under way. Keys grow in the order of the queue.
  public typealias Key = UInt64
  /// One sending of an article: an answer to an earlier sending is told from one to this.
  public typealias Token = UInt64

  public struct Limits: Sendable, Equatable {
    /// Articles under way.
    public var articles = 256
    /// Bytes under way at which no further article is claimed.
    public var bytes = 64 << 20
    /// Seconds without an answer after which the connection counts as lost.
    public var answer = 10.0
    /// Seconds that sent articles get to be acknowledged after a stop was asked for.
    public var grace = 3.0
    /// Refusals after which an article that others do not share the fate of is set aside.
    public var refusals = 5
    public var backoff = Backoff()

    public init() {}
  }

  public enum Input: Sendable, Equatable {
    case start
    /// The queue was looked at: an article was claimed, or there is none.
    case claimed(Key, bytes: Int)
    /// One was claimed that no stream could tell from others.
    case unusable(Key, reason: String)
    case nothing
    /// The stream can be written to.
    case connected
    /// An attempt to connect failed, or the connection ended.
    case lost(Trouble)
    case answered(Token, StreamAnswer)
    /// An article is out of our hands: removed, set aside or given back.
    case left(Key)
    case tick
    case stop
  }

  public enum Action: Sendable, Equatable {
    /// Look at the queue and claim an article; answered by `claimed` or `nothing`.
    case look
    /// Connect; answered by `connected` or `lost`.
    case connect
    case disconnect
    case send(Token, Key)
    /// Out of the queue: answered by `left`, as the next two.
    case remove(Key)
    case setAside(Key, reason: String)
    case giveBack(Key)
    /// Nothing is under way any more after a stop.
    case finished
  }

  private enum Link: Equatable {
    case down(until: Double)
    case connecting
    case up(since: Double)
  }

  /// The stream refuses everything; single articles are tried.
  private struct Hold: Equatable {
    var until: Double
    var probe: Token?
  }

  private struct Sent {
    var key: Key
    var time: Double
  }

  private let limits: Limits
  private var random: SplitMix
  private var link = Link.down(until: 0)
  private var hold: Hold?
  /// Failures in a row.
  private var failures = 0
  /// To be sent, in order.
  private var waiting: [Key] = []
  private var sent: [Token: Sent] = [:]
  /// In the hands of the queue: being removed, set aside or given back.
  private var leaving: Set<Key> = []
  private var sizes: [Key: Int] = [:]
  private var heldBytes = 0
  private var isLooking = false
  private var lastToken: Token = 0
  private var stopBy: Double?
  private var isFinished = false
  /// Refusals of an article, and how many others the stream had stored at the last of them.
  private var refusals: [Key: (count: Int, stored: Int)] = [:]

  /// Articles stored in the stream, those included that were there before.
  public private(set) var stored = 0
  public private(set) var duplicates = 0
  public private(set) var setAside = 0
  /// What keeps articles from being sent.
  public private(set) var trouble: Trouble?

  public init(limits: Limits = Limits(), seed: UInt64) {
    self.limits = limits
    random = SplitMix(seed: seed)
  }

  /// Articles that are claimed.
  public var held: Int { sizes.count }
  public var isConnected: Bool { if case .up = link { true } else { false } }
  /// Whether an operation of the queue is under way.
  public var usesQueue: Bool { isLooking || !leaving.isEmpty }
  public var isConnecting: Bool { link == .connecting }

  /// When the next attempt at what fails is due.
  public var retry: Double? {
    if case .down(let until) = link { return until }
    return hold?.probe == nil ? hold?.until : nil
  }

  /// When `tick` is wanted at the latest; nil when there is nothing to wait for.
  public var wake: Double? {
    if let stopBy { return sent.isEmpty ? nil : stopBy }
    var times: [Double] = []
    if case .down(let until) = link { times.append(until) }
    if let hold, hold.probe == nil, !waiting.isEmpty { times.append(hold.until) }
    if let oldest { times.append(oldest + limits.answer) }
    return times.min()
  }

  /// - Parameter now: seconds of a clock that only goes forward.
  public mutating func handle(_ input: Input, now: Double) -> [Action] {
    var actions: [Action] = []
    switch input {
    case .start: break
    case .claimed(let key, let bytes):
      isLooking = false
      sizes[key] = bytes
      heldBytes += bytes
      waiting.append(key)
    case .unusable(let key, let reason):
      isLooking = false
      sizes[key] = 0
      setAside(key, reason, &actions)
    case .nothing: isLooking = false
    case .connected:
      guard link == .connecting else { break }
      link = .up(since: now)
      trouble = nil
    case .lost(let trouble):
      if link == .connecting || isConnected { fall(trouble, now: now) }
    case .answered(let token, let answer): take(answer, token, now: now, &actions)
    case .left(let key):
      leaving.remove(key)
      heldBytes -= sizes.removeValue(forKey: key) ?? 0
      refusals[key] = nil
    case .tick: break
    case .stop:
      if stopBy == nil { stopBy = now + limits.grace }
    }
    keepTime(now, &actions)
    if stopBy == nil { advance(now, &actions) } else { windUp(now, &actions) }
    return actions
  }

  /// When the oldest of the sent articles was sent.
  private var oldest: Double? { sent.values.lazy.map(\.time).min() }

  // MARK: Answers

  private mutating func take(_ answer: StreamAnswer, _ token: Token, now: Double, _ actions: inout [Action]) {
    // One to a sending before the connection was lost: the article was, or will be, sent again under another token.
    guard let key = sent.removeValue(forKey: token)?.key else { return }
    let wasProbe = hold?.probe == token
    switch answer {
    case .stored(let isDuplicate):
      stored += 1
      if isDuplicate { duplicates += 1 }
      leave(.remove(key), key, &actions)
      // What was sent before the stream refused may still be answered; only the probe says that it takes articles
      // again.
      if hold == nil || wasProbe {
        hold = nil
        failures = 0
        trouble = nil
      }
    case .tooLarge(let reason):
      setAside(key, reason, &actions)
      if wasProbe { hold?.probe = nil }
    case .full(let reason):
      requeue([key])
      pause(Trouble(.full, reason), wasProbe, now: now)
    case .nobody(let reason):
      // Looking the stream up again tells more than this answer does.
      requeue([key])
      actions.append(.disconnect)
      fall(Trouble(.misfit, reason), now: now)
    case .odd(let reason):
      var count = refusals[key]?.count ?? 0
      // Counted only when others were stored meanwhile: then the fault is the article's.
      if refusals[key]?.stored != stored { count += 1 }
      refusals[key] = (count, stored)
      if count >= limits.refusals {
        setAside(key, "refused \(count) times: \(reason)", &actions)
        if wasProbe { hold?.probe = nil }
      } else {
        // Last in line, so that the next to be tried is another.
        waiting.append(key)
        pause(Trouble(.odd, reason), wasProbe, now: now)
      }
    }
  }

  private mutating func setAside(_ key: Key, _ reason: String, _ actions: inout [Action]) {
    setAside += 1
    leave(.setAside(key, reason: reason), key, &actions)
  }

  private mutating func leave(_ action: Action, _ key: Key, _ actions: inout [Action]) {
    leaving.insert(key)
    actions.append(action)
  }

  /// Back in line, in the order of the queue.
  private mutating func requeue(_ keys: [Key]) {
    waiting += keys
    // Those that were refused for themselves stay last.
    waiting.sort { (refusals[$0]?.count ?? 0, $0) < (refusals[$1]?.count ?? 0, $1) }
  }

  // MARK: Trouble

  private mutating func delay() -> Double {
    failures += 1
    return limits.backoff.seconds(failures: failures, random: Double.random(in: 0..<1, using: &random))
  }

  private mutating func fall(_ trouble: Trouble, now: Double) {
    requeue(sent.values.map(\.key))
    sent = [:]
    hold = nil
    link = .down(until: now + delay())
    self.trouble = trouble
  }

  private mutating func pause(_ trouble: Trouble, _ wasProbe: Bool, now: Double) {
    guard hold == nil || wasProbe else { return }
    hold = Hold(until: now + delay(), probe: nil)
    self.trouble = trouble
  }

  private mutating func keepTime(_ now: Double, _ actions: inout [Action]) {
    guard case .up(let since) = link else { return }
    if let oldest, now - oldest >= limits.answer {
      actions.append(.disconnect)
      fall(Trouble(.away, "no acknowledgement for \(Int(limits.answer)) s"), now: now)
    } else if hold == nil, failures > 0, now - since > 60 {
      // Long in order without an article to prove it.
      failures = 0
    }
  }

  // MARK: Doing

  private mutating func advance(_ now: Double, _ actions: inout [Action]) {
    switch link {
    case .down(let until):
      if now >= until {
        link = .connecting
        actions.append(.connect)
      }
    case .connecting: break
    case .up:
      if let hold {
        if hold.probe == nil, now >= hold.until, !waiting.isEmpty {
          let probe = send(waiting.removeFirst(), now, &actions)
          self.hold?.probe = probe
        } else if hold.probe == nil, now >= hold.until, !isLooking, held < limits.articles {
          // All that was refused has been set aside: only a new article can tell whether the stream takes any.
          isLooking = true
          actions.append(.look)
        }
        return
      }
      for key in waiting { _ = send(key, now, &actions) }
      waiting = []
      if !isLooking, held < limits.articles, heldBytes < limits.bytes {
        isLooking = true
        actions.append(.look)
      }
    }
  }

  private mutating func send(_ key: Key, _ now: Double, _ actions: inout [Action]) -> Token {
    lastToken += 1
    sent[lastToken] = Sent(key: key, time: now)
    actions.append(.send(lastToken, key))
    return lastToken
  }

  /// Gives back what is not sent, waits a while for the stream's word on the rest, and gives that back too.
  private mutating func windUp(_ now: Double, _ actions: inout [Action]) {
    if let stopBy, now >= stopBy || !isConnected {
      requeue(sent.values.map(\.key))
      sent = [:]
    }
    for key in waiting { leave(.giveBack(key), key, &actions) }
    waiting = []
    if held == 0, !isLooking, !isFinished {
      isFinished = true
      actions.append(.finished)
    }
  }
}
