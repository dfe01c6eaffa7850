import Values

/// When a feed says that nothing new comes: RSS 2.0 `skipHours` and `skipDays`, in UTC. Pure.
struct QuietTime: Equatable {
  /// Bit 0 for the hour from midnight.
  var hours: Int
  /// Bit 0 for Monday.
  var days: Int

  init(hours: Int = 0, days: Int = 0) {
    self.hours = hours & 0xFF_FFFF
    self.days = days & 0x7F
  }

  /// - Parameters:
  ///   - hours: 0...23.
  ///   - days: 1 for Monday to 7 for Sunday.
  init(hours: [Int], days: [Int]) {
    self.init(
      hours: hours.filter { (0...23).contains($0) }.reduce(0) { $0 | 1 << $1 },
      days: days.filter { (1...7).contains($0) }.reduce(0) { $0 | 1 << ($1 - 1) })
  }

  /// A feed that is quiet at all times says nothing that can be obeyed.
  var isNothing: Bool { hours == 0 && days == 0 || hours == 0xFF_FFFF || days == 0x7F }

  func contains(_ time: Timestamp) -> Bool {
    if isNothing { return false }
    // 1970-01-01 was a Thursday.
    let day = Int((time.seconds.flooredDivision(by: 86_400).quotient + 3) % 7)
    let hour = Int(time.seconds.flooredDivision(by: 3600).quotient % 24)
    return days & (1 << ((day + 7) % 7)) != 0 || hours & (1 << ((hour + 24) % 24)) != 0
  }

  /// The longest quiet that is believed: a weekend.
  static let longest: Int64 = 2 * 86_400

  /// The time itself, or the end of the quiet that it falls into, at most `longest` later.
  func end(from time: Timestamp) -> Timestamp {
    guard contains(time) else { return time }
    var hour = time.seconds.flooredDivision(by: 3600).quotient * 3600
    while hour <= time.seconds + Self.longest {
      hour += 3600
      let next = Timestamp(seconds: hour)
      if !contains(next) { return min(next, time.adding(seconds: Self.longest)) }
    }
    return time.adding(seconds: Self.longest)
  }

  /// For people: `0–5, 23 h UTC; Sat, Sun`.
  var spoken: String {
    let hourList = (0..<24).filter { hours & (1 << $0) != 0 }.map(String.init).joined(separator: ", ")
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let dayList = (0..<7).filter { days & (1 << $0) != 0 }.map { names[$0] }.joined(separator: ", ")
    return [hourList.isEmpty ? nil : "hours \(hourList) UTC", dayList.isEmpty ? nil : dayList].compactMap { $0 }
      .joined(separator: "; ")
  }
}
