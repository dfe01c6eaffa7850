/// Elements that a consumer could not claim, and whether it has been told: of each it is told once, however often it is
/// met.
struct PassedOver {
  private var known: Set<String> = []
  private var untold: [QueueError] = []

  mutating func note(_ path: String, _ error: QueueError) {
    if known.insert(path).inserted { untold.append(error) }
  }

  mutating func take() -> [QueueError] {
    defer { untold = [] }
    return untold
  }
}
