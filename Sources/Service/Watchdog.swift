import Synchronization

/// Keeps systemd's watchdog fed for as long as every loop of the daemon makes progress, and for no longer: a timer that
/// pings on its own would keep a hung daemon alive.
///
/// Each loop owns a counter that it raises at every turn, idle turns included; a loop must turn at least once in a
/// quarter of `WatchdogSec=`. Without `$WATCHDOG_USEC` (or when `$WATCHDOG_PID` names another process) `run` waits
/// for its cancellation and does nothing.
public final class Watchdog: Sendable {
  public typealias Counter = @Sendable () -> UInt64

  private let notifier: Notifier
  private let interval: UInt64?
  private let stalled: @Sendable ([String]) -> Void
  private let counters = Mutex<[(name: String, read: Counter)]>([])

  /// - Parameter stalled: told the names of the loops that stand still whenever a ping is withheld for a new set of
  ///   them; the place to record `watchdog.stalled`.
  public init(
    environment: ServiceEnvironment, notifier: Notifier, stalled: @escaping @Sendable ([String]) -> Void = { _ in }
  ) {
    interval = environment.watchdogMicroseconds
    self.notifier = notifier
    self.stalled = stalled
  }

  /// Whether the manager expects pings.
  public var isEnabled: Bool { interval != nil }

  /// Adds a loop that has to advance between pings.
  public func register(_ name: String, counter: @escaping Counter) {
    counters.withLock { $0.append((name, counter)) }
  }

  /// Pings until the task is cancelled. Runs on the cooperative pool on purpose: a pool that is blocked is a stall too.
  public func run() async {
    guard let interval else {
      while (try? await Task.sleep(for: .seconds(86_400))) != nil {}
      return
    }
    var decision = WatchdogDecision(interval: interval)
    var reported: [String] = []
    while !Task.isCancelled {
      let readings = counters.withLock { $0 }.map { WatchdogDecision.Reading(name: $0.name, count: $0.read()) }
      let verdict = decision.decide(readings)
      switch verdict.action {
      case .ping:
        notifier.pingWatchdog()
        reported = []
      case .withhold(let names):
        if names != reported { stalled(names) }
        reported = names
      }
      try? await Task.sleep(for: .microseconds(Int64(verdict.nextCheck)))
    }
  }
}

/// Whether a ping is deserved, from the counters alone.
struct WatchdogDecision {
  struct Reading: Equatable {
    var name: String
    var count: UInt64
  }

  enum Action: Equatable {
    case ping
    /// The loops that have not advanced since the last ping.
    case withhold([String])
  }

  struct Verdict: Equatable {
    var action: Action
    /// Microseconds until the next look.
    var nextCheck: UInt64
  }

  /// `WATCHDOG_USEC`
  let interval: UInt64
  private var atLastPing: [String: UInt64] = [:]

  init(interval: UInt64) { self.interval = interval }

  /// A loop seen for the first time counts as advanced. After a withheld ping the next look comes four times as soon,
  /// so that a loop that was only slow is forgiven in time.
  mutating func decide(_ readings: [Reading]) -> Verdict {
    let stalled = readings.filter { atLastPing[$0.name] == $0.count }.map(\.name)
    guard stalled.isEmpty else { return Verdict(action: .withhold(stalled), nextCheck: max(interval / 8, 1)) }
    for reading in readings { atLastPing[reading.name] = reading.count }
    return Verdict(action: .ping, nextCheck: max(interval / 2, 1))
  }
}
