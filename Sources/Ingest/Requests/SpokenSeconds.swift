import Service

extension Int {
  /// Seconds as a person says them: `45 s`, `5 min`, `3 h`, `2 d`.
  var spokenSeconds: String { readableSpan(seconds: self) }
}
