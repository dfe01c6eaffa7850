import Store
import Testing
import Values

@testable import Ingest

struct UnsavedSourcesTests {
  private func state(_ id: String, failures: Int, due: Int64 = 0) -> SourceState {
    SourceState(
      id: id, publisher: "p", url: "https://p.example/", nextDue: Timestamp(seconds: due), failures: failures)
  }

  @Test func oneWriterIsExpectedAtATime() {
    let unsaved = UnsavedSources()
    unsaved.put(state("a", failures: 0))
    #expect(unsaved.expectWriting())
    #expect(!unsaved.expectWriting())
    // What is put without expecting anybody must not keep the next from it.
    unsaved.writingBegins()
    unsaved.put(state("a", failures: 1))
    #expect(unsaved.expectWriting())
  }

  @Test func theNewerStateWins() {
    let unsaved = UnsavedSources()
    unsaved.put(state("a", failures: 1))
    unsaved.put(state("b", failures: 1))
    unsaved.put(state("a", failures: 2))
    #expect(unsaved.state("a")?.failures == 2)
    let taken = unsaved.take()
    #expect(taken.count == 2 && unsaved.take().isEmpty)
    // Writing fails while a newer state has come.
    unsaved.put(state("a", failures: 3))
    unsaved.giveBack(taken)
    #expect(unsaved.state("a")?.failures == 3)
    #expect(unsaved.state("b")?.failures == 1)
  }

  @Test func plansMoveWithTheClock() {
    let unsaved = UnsavedSources()
    unsaved.put(state("a", failures: 0, due: 1000))
    unsaved.shiftPlans(seconds: -400)
    #expect(unsaved.state("a")?.nextDue == Timestamp(seconds: 600))
  }
}
