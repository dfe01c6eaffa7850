public import Values

/// A size in bytes as people read it, in powers of 1000: `812 B`, `34.1 kB`, `5.0 MB`.
public func readableBytes(_ count: Int) -> String {
  guard count.magnitude >= 1000 else { return "\(count) B" }
  var value = Double(count) / 1000
  for unit in ["kB", "MB", "GB"] {
    if value.magnitude < 999.95 { return "\(oneDecimal(value)) \(unit)" }
    value /= 1000
  }
  return "\(oneDecimal(value)) TB"
}

/// `1 publisher`, `2 publishers`.
public func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A duration as people read it, in the two largest units that matter: `850 µs`, `182 ms`, `1.4 s`, `2 min 5 s`, `3 h`.
public func readableDuration(microseconds: Int) -> String {
  let value = max(microseconds, 0)
  switch value {
  case ..<1000: return "\(value) µs"
  case ..<999_500: return "\((value + 500) / 1000) ms"
  case ..<9_950_000: return "\(oneDecimal(Double(value) / 1e6)) s"
  default: break
  }
  let seconds = value / 1_000_000 + (value % 1_000_000 >= 500_000 ? 1 : 0)
  func two(_ large: Int, _ unit: String, _ small: Int, _ smallUnit: String) -> String {
    small == 0 ? "\(large) \(unit)" : "\(large) \(unit) \(small) \(smallUnit)"
  }
  switch seconds {
  case ..<60: return "\(seconds) s"
  case ..<3600: return two(seconds / 60, "min", seconds % 60, "s")
  case ..<86_400: return two(seconds / 3600, "h", seconds % 3600 / 60, "min")
  default: return two(seconds / 86_400, "d", seconds % 86_400 / 3600, "h")
  }
}

/// A span as people say it, in one unit: `45 s`, `5 min`, `3 h`, `2 d`. Coarser than a duration: nobody needs the
/// seconds of "in 3 h".
public func readableSpan(seconds: Int) -> String {
  switch seconds {
  case ..<120: "\(seconds) s"
  case ..<7200: "\(seconds / 60) min"
  case ..<172_800: "\(seconds / 3600) h"
  default: "\(seconds / 86_400) d"
  }
}

/// A duration of whole seconds; negative ones count as none.
public func readableDuration(seconds: Int) -> String {
  readableDuration(microseconds: seconds.secondsInMicroseconds)
}

/// How far an instant is from `now`: `in 5 min`, `3 h ago`, `now` within a second.
public func readableDistance(_ instant: Timestamp, from now: Timestamp) -> String {
  let distance = instant.seconds(since: now)
  if distance.magnitude < 1 { return "now" }
  guard distance.magnitude < 3e9 else { return distance > 0 ? "far ahead" : "long ago" }
  let text = readableSpan(seconds: Int(distance.magnitude.rounded()))
  return distance > 0 ? "in \(text)" : "\(text) ago"
}

private func oneDecimal(_ value: Double) -> String {
  let tenths = Int((value * 10).rounded())
  return "\(tenths / 10).\(abs(tenths % 10))"
}
