import Testing

@testable import Ingest

@Suite("The rest after a failure") struct FailureRestTests {
  enum Event {
    case fails(FailureRest.Deed, rest: Int64)
    case works(FailureRest.Deed)
  }

  @Test(
    "doubles until what failed has succeeded",
    arguments: [
      [5, 10, 20, 40, 80, 160, 300, 300].map { .fails(.publishing, rest: $0) },
      [.fails(.publishing, rest: 5), .fails(.publishing, rest: 10), .works(.publishing), .fails(.publishing, rest: 5)],
      // That lists can be recorded says nothing of the queue.
      [.fails(.publishing, rest: 5), .works(.recording), .fails(.publishing, rest: 10)],
      [.fails(.publishing, rest: 5), .fails(.recording, rest: 10), .works(.recording), .fails(.recording, rest: 20)],
      // An article that is published is recorded too.
      [.fails(.recording, rest: 5), .works(.publishing), .fails(.recording, rest: 5)],
      [.fails(.recording, rest: 5), .fails(.recording, rest: 10), .works(.recording), .fails(.publishing, rest: 5)],
    ] as [[Event]])
  func doubles(_ events: [Event]) {
    var rest = FailureRest()
    for event in events {
      switch event {
      case .fails(let deed, let seconds): #expect(rest.failed(deed) == seconds)
      case .works(let deed): rest.succeeded(deed)
      }
    }
  }
}
