extension Int {
  /// Seconds as a person says them: `45 s`, `5 min`, `3 h`, `2 d`.
  var spokenSeconds: String {
    switch self {
    case ..<120: "\(self) s"
    case ..<7200: "\(self / 60) min"
    case ..<172_800: "\(self / 3600) h"
    default: "\(self / 86_400) d"
    }
  }
}
