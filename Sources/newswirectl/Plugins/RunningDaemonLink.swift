import Service
import Values

/// The daemon, if it runs: verbs that also make sense without it.
struct RunningDaemonLink {
  let control: ControlOptions

  init(_ control: ControlOptions) { self.control = control }

  /// The answer, or nil when no daemon runs.
  func call(_ verb: String, _ arguments: JSONObject = JSONObject()) throws -> JSON? {
    do throws(ControlFailure) {
      return try ControlClient(path: control.path).call(verb, arguments)
    } catch {
      if case .notRunning = error { return nil }
      try fail(error.description, error.exitStatus)
    }
  }

  /// Whether a daemon runs and has read its settings and plugins again. When it refuses them, `undo` takes back what
  /// was changed for it, and its word is added to the daemon's.
  func reload(undo: () -> String) throws -> Bool {
    do throws(ControlFailure) {
      _ = try ControlClient(path: control.path).call("reload")
      return true
    } catch {
      switch error {
      case .notRunning: return false
      case .refused(let refusal) where [.refused, .forbidden].contains(refusal.code):
        try fail("\(error.description)\n\(undo())", error.exitStatus)
      default: try fail(error.description, error.exitStatus)
      }
    }
  }
}
