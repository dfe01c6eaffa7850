import Glibc
import Testing

@testable import Service

@Suite struct EnvironmentTests {
  @Test func directories() {
    let service = environment([
      "STATE_DIRECTORY": "/var/lib/newswire:/var/lib/other",
      "CREDENTIALS_DIRECTORY": "/run/credentials/newswired.service",
    ])
    #expect(service.stateDirectory == "/var/lib/newswire")
    #expect(service.credentialsDirectory == "/run/credentials/newswired.service")
    #expect(environment(["STATE_DIRECTORY": ""]).stateDirectory == nil)
    #expect(environment([:]).stateDirectory == nil)
  }

  @Test func passedSockets() {
    func names(_ variables: [String: String]) -> [String] {
      environment(variables).passedSockets.map { "\($0.descriptor) \($0.name)" }
    }
    let table: [([String: String], [String])] = [
      ([:], []),
      (["LISTEN_PID": "4711", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "control"], ["3 control"]),
      (["LISTEN_PID": "4711", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "control:"], ["3 control", "4 unknown"]),
      (["LISTEN_PID": "4711", "LISTEN_FDS": "2"], ["3 unknown", "4 unknown"]),
      (["LISTEN_PID": "1", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "control"], []),
      (["LISTEN_FDS": "1", "LISTEN_FDNAMES": "control"], []),
      (["LISTEN_PID": "4711", "LISTEN_FDS": "-1"], []),
      (["LISTEN_PID": "4711", "LISTEN_FDS": "many"], []),
      (["LISTEN_PID": "4711", "LISTEN_FDS": "2000000000"], []),
    ]
    for (variables, expected) in table { #expect(names(variables) == expected, "\(variables)") }
  }

  @Test func journalStream() {
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    var status = stat()
    #expect(fstat(ends[1], &status) == 0)
    let own = "\(status.st_dev):\(status.st_ino)"
    let table: [(String?, Bool)] = [
      (own, true), ("\(status.st_dev):\(status.st_ino + 1)", false), ("\(status.st_dev)", false), ("a:b", false),
      ("", false), (nil, false),
    ]
    for (value, expected) in table {
      let service = environment(value.map { ["JOURNAL_STREAM": $0] } ?? [:])
      #expect(service.isJournalStream(ends[1]) == expected, "\(value ?? "nil")")
    }
  }

  @Test func service() {
    #expect(environment(["SYSTEMD_EXEC_PID": "4711"]).isService)
    #expect(environment(["NOTIFY_SOCKET": "/run/x"]).isService)
    // A terminal of a desktop inherits the variables of the unit it runs in.
    #expect(!environment(["SYSTEMD_EXEC_PID": "12", "INVOCATION_ID": "abc"]).isService)
  }

  @Test func current() {
    setenv("NEWSWIRE_TEST_VALUE", "a=b", 1)
    defer { unsetenv("NEWSWIRE_TEST_VALUE") }
    #expect(ServiceEnvironment.current().variables["NEWSWIRE_TEST_VALUE"] == "a=b")
    #expect(ServiceEnvironment.current().processID == getpid())
  }

  @Test func exitStatusesAreSysexits() {
    #expect(ExitStatus.allCases.map(\.rawValue) == [0, 64, 65, 69, 70, 71, 73, 74, 75, 77, 78])
  }
}
