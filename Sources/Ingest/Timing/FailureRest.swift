/// How long fetching rests after a failure of state or queue: twice as long each time until something of the kind that
/// failed has succeeded. A quota shows in no figure beforehand, and each try costs publishers the pages that it
/// fetches. Pure.
struct FailureRest: Sendable {
  enum Deed: Sendable {
    /// Saving what sources list and items become.
    case recording
    /// Staging and naming an article, and recording it.
    case publishing
  }

  /// Seconds.
  static let shortest: Int64 = 5
  static let longest: Int64 = 300

  private var next = shortest
  private var failed: Deed?

  /// Takes up a failure. Returns how long to rest.
  mutating func failed(_ deed: Deed) -> Int64 {
    defer { next = min(Self.longest, next * 2) }
    // Of both the harder counts: recording alone does not show that publishing can be done again.
    failed = failed == .publishing ? .publishing : deed
    return next
  }

  mutating func succeeded(_ deed: Deed) {
    guard let failed, deed == .publishing || failed == deed else { return }
    self = FailureRest()
  }
}
