import Store
import Synchronization
import Values

/// States of sources whose loss would cost one needless request at worst. They are put here by whoever has them,
/// without waiting for the ledger's thread, and written by it a moment later, many at once.
final class UnsavedSources: Sendable {
  private struct Contents {
    var states: [String: SourceState] = [:]
    var isExpected = false
  }

  private let contents = Mutex(Contents())

  func put(_ state: SourceState) { contents.withLock { $0.states[state.id] = state } }

  /// True when nobody is on the way to write them yet: the caller is from now on, until `writingBegins`.
  func expectWriting() -> Bool {
    contents.withLock {
      let isFirst = !$0.isExpected
      $0.isExpected = true
      return isFirst
    }
  }

  func writingBegins() { contents.withLock { $0.isExpected = false } }

  func state(_ id: String) -> SourceState? { contents.withLock { $0.states[id] } }

  /// All, to be written now.
  func take() -> [String: SourceState] {
    contents.withLock {
      let all = $0.states
      $0.states = [:]
      return all
    }
  }

  /// They could not be written. What has been put here meanwhile is newer.
  func giveBack(_ states: [String: SourceState]) {
    contents.withLock { $0.states.merge(states) { newer, _ in newer } }
  }

  func shiftPlans(seconds: Int64) {
    contents.withLock {
      $0.states = $0.states.mapValues {
        var state = $0
        state.nextDue = $0.nextDue?.adding(seconds: seconds)
        return state
      }
    }
  }
}
