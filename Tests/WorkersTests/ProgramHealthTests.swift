import Testing

@testable import Workers

@Suite("A program's health")
struct ProgramHealthTests {
  @Test("it rests longer after each failure, and is left alone after the last but for a probe")
  func quarantine() {
    var health = ProgramHealth(attempts: 4, retry: 1, probe: 1000)
    #expect(health.wait(now: 0) == nil)
    var verdicts = [health.failed(now: 0, jitter: 0)]
    #expect(health.wait(now: 0.5) == 0.5)
    #expect(health.wait(now: 1) == nil)
    for now in [1.0, 3, 7] { verdicts.append(health.failed(now: now, jitter: 0)) }
    let expected: [ProgramHealth.Verdict] = [
      .rests(seconds: 1), .rests(seconds: 2), .rests(seconds: 4), .quarantined(seconds: 1000, isNew: true),
    ]
    #expect(verdicts == expected)
    #expect(health.isQuarantined && health.wait(now: 8) == 999)
    // The probe.
    #expect(health.wait(now: 1007) == nil)
    let probe = health.failed(now: 1007, jitter: 0)
    #expect(probe == .quarantined(seconds: 1000, isNew: false))
    let hadFailed = health.succeeded()
    #expect(hadFailed && !health.isQuarantined && health.failures == 0 && health.wait(now: 1008) == nil)
    let again = health.succeeded()
    #expect(!again)
  }

  @Test(
    "one that an earlier run left in quarantine stays there until its probe, whatever the settings are now",
    arguments: [(5, 400.0, 400.0), (2, 400, 400), (9, 5000, 1000), (5, -3, 0)] as [(Int, Double, Double)])
  func restored(failures: Int, wait: Double, expected: Double) {
    var health = ProgramHealth(attempts: 4, retry: 1, probe: 1000, failures: failures, wait: wait, now: 50)
    #expect(health.isQuarantined && (health.wait(now: 50) ?? 0) == expected)
    #expect(health.wait(now: 50 + expected) == nil)
    let probe = health.failed(now: 2000, jitter: 0)
    #expect(probe == .quarantined(seconds: 1000, isNew: false))
    let hadFailed = health.succeeded()
    #expect(hadFailed && !health.isQuarantined)
  }

  @Test("no rest is longer than five minutes, its jitter aside")
  func longest() {
    var health = ProgramHealth(attempts: 1000, retry: 10, probe: 86_400)
    for number in 0..<60 {
      guard case .rests(let seconds) = health.failed(now: Double(number), jitter: 0.999) else { break }
      #expect(seconds < 360)
    }
    #expect(health.failures == 60)
  }
}

@Suite("A program's log")
struct ProgramLogTests {
  @Test(
    "levels are those of sd-daemon(3)",
    arguments: [
      ("<3>broken", 3, "broken"), ("plain", 6, "plain"), ("<7> debug ", 7, "debug"), ("<0>end", 2, "end"),
      ("<9>x", 6, "<9>x"), ("<a>x", 6, "<a>x"), ("<4>\u{1B}[31mred", 4, "[31mred"),
    ])
  func levels(line: String, priority: Int, text: String) {
    #expect(ProgramLog.line(line) == .init(priority: priority, text: text))
  }

  @Test("a job writes so many lines and no more; the rest is counted")
  func limits() {
    var log = ProgramLog()
    log.startJob()
    let lines = log.take(Array(String(repeating: "line\n", count: 80).utf8)[...])
    #expect(lines.count == ProgramLog.lineLimit && log.dropped == 30 && !log.isFlooding)
    _ = log.take([UInt8](repeating: 0x78, count: ProgramLog.byteLimit)[...])
    #expect(log.isFlooding)
    log.startJob()
    #expect(!log.isFlooding && log.dropped == 0)
    // A line without an end does not grow for ever.
    let long = log.take([0x0A])
    #expect(long.map(\.text.count) == [ProgramLog.length])
  }
}
