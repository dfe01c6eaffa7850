import Glibc
import Synchronization
import Testing

@testable import Service

@Suite struct WatchdogTests {
  /// Readings one after the other, and what each deserves.
  @Test func decisions() {
    typealias Reading = WatchdogDecision.Reading
    func readings(_ scheduler: UInt64, _ fetching: UInt64) -> [Reading] {
      [Reading(name: "scheduler", count: scheduler), Reading(name: "fetching", count: fetching)]
    }
    var decision = WatchdogDecision(interval: 60_000_000)
    let table: [(String, [Reading], WatchdogDecision.Action)] = [
      ("the first look", readings(0, 0), .ping),
      ("both moved", readings(5, 1), .ping),
      ("one stands still", readings(6, 1), .withhold(["fetching"])),
      ("it still does, the other too", readings(5, 1), .withhold(["scheduler", "fetching"])),
      ("late but there", readings(7, 2), .ping),
      ("a counter that wrapped has moved", readings(8, 0), .ping),
      ("nothing moved", readings(8, 0), .withhold(["scheduler", "fetching"])),
      ("a new loop counts as moved", readings(9, 1) + [Reading(name: "publisher", count: 0)], .ping),
      ("then it has to move", readings(10, 2) + [Reading(name: "publisher", count: 0)], .withhold(["publisher"])),
      ("no loops at all", [], .ping),
    ]
    for (name, readings, expected) in table {
      let verdict = decision.decide(readings)
      #expect(verdict.action == expected, "\(name)")
      #expect(verdict.nextCheck == (expected == .ping ? 30_000_000 : 7_500_000), "\(name)")
    }
  }

  @Test func interval() {
    let table: [([String: String], UInt64?)] = [
      ([:], nil),
      (["WATCHDOG_USEC": "60000000"], 60_000_000),
      (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "4711"], 60_000_000),
      (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"], nil),
      (["WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "x"], nil),
      (["WATCHDOG_USEC": "0"], nil),
      (["WATCHDOG_USEC": "-5"], nil),
      (["WATCHDOG_USEC": "soon"], nil),
    ]
    for (variables, expected) in table {
      #expect(environment(variables).watchdogMicroseconds == expected, "\(variables)")
    }
  }

  /// A loop that stops is not covered for by the one that goes on.
  @Test func pingsEndWithProgress() async {
    let scratch = ScratchDirectory()
    let path = scratch.path + "/notify"
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
    defer { close(descriptor) }
    #expect(withUnixAddress(path) { bind(descriptor, $0, $1) } == 0)
    func pings() -> Int {
      var count = 0
      var buffer = [UInt8](repeating: 0, count: 256)
      while recv(descriptor, &buffer, buffer.count, 0) > 0 { count += 1 }
      return count
    }

    let environment = environment(["NOTIFY_SOCKET": path, "WATCHDOG_USEC": "40000"])
    let stalled = Mutex<[[String]]>([])
    let hangs = Mutex(false)
    let watchdog = Watchdog(environment: environment, notifier: Notifier(environment: environment)) { names in
      stalled.withLock { $0.append(names) }
    }
    let lively = Mutex<UInt64>(0)
    let hanging = Mutex<UInt64>(0)
    watchdog.register("lively") {
      lively.withLock {
        $0 += 1
        return $0
      }
    }
    watchdog.register("hanging") {
      hanging.withLock { count in
        if !hangs.withLock({ $0 }) { count += 1 }
        return count
      }
    }
    let task = Task { await watchdog.run() }
    #expect(await eventually { pings() >= 1 })
    hangs.withLock { $0 = true }
    #expect(await eventually { stalled.withLock { !$0.isEmpty } })
    _ = pings()
    try? await Task.sleep(for: .milliseconds(200))
    #expect(pings() == 0)
    #expect(stalled.withLock { $0 } == [["hanging"]])
    hangs.withLock { $0 = false }
    var after = 0
    let goesOn = await eventually {
      after += pings()
      return after >= 2
    }
    #expect(goesOn)
    task.cancel()
    await task.value
  }
}
