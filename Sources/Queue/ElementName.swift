public import Values

/// An element's file name: 14 hexadecimal digits SSSSSSSSMMMMMR, that is seconds since 1970, microseconds, one random
/// digit. Names of one producer only grow, so that their order is the order of publication.
public struct ElementName: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let description: String

  /// The granularity of the directories that hold the elements, in seconds: dirq's default.
  static let granularity: Int64 = 60

  /// nil unless `text` is 14 lower-case hexadecimal digits.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count == 14, text.utf8.allSatisfy(Self.isHex) else { return nil }
    description = String(text)
  }

  private init(seconds: Int64, microseconds: Int64, digit: Int) {
    description =
      Self.hex(min(max(0, seconds), 0xFFFF_FFFF), digits: 8) + Self.hex(microseconds, digits: 5)
      + Self.hex(Int64(digit), digits: 1)
  }

  /// The name for an element published `now`, always greater than `last`: a clock that is set back cannot reorder.
  public init(now: Timestamp, after last: ElementName?, digit: Int = .random(in: 0..<16)) {
    let candidate = ElementName(seconds: now.seconds, microseconds: Int64(now.nanoseconds / 1000), digit: digit)
    guard let last, candidate <= last else {
      self = candidate
      return
    }
    var seconds = last.seconds
    var microseconds = last.microseconds + 1
    if microseconds >= 1_000_000 {
      seconds += 1
      microseconds = 0
    }
    self.init(seconds: seconds, microseconds: microseconds, digit: digit)
  }

  /// When the element was published, in seconds since 1970.
  public var seconds: Int64 { Int64(description.prefix(8), radix: 16) ?? 0 }
  private var microseconds: Int64 { Int64(description.dropFirst(8).prefix(5), radix: 16) ?? 0 }

  /// The directory the element belongs in: the seconds rounded down to a minute, 8 hexadecimal digits.
  public var bucket: String { Self.hex(seconds - seconds % Self.granularity, digits: 8) }

  /// The greatest name that belongs in the same directory.
  public var lastOfBucket: ElementName {
    ElementName(
      seconds: seconds - seconds % Self.granularity + Self.granularity - 1, microseconds: 999_999, digit: 15)
  }

  /// `<bucket>/<name>`: how dirq names an element.
  public var path: String { bucket + "/" + description }

  public static func < (a: ElementName, b: ElementName) -> Bool {
    a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
  }

  /// Whether a directory's name is that of a bucket.
  static func isBucket(_ name: String) -> Bool { name.utf8.count == 8 && name.utf8.allSatisfy(isHex) }

  private static func isHex(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) }

  private static func hex(_ value: Int64, digits: Int) -> String {
    let text = String(value, radix: 16)
    return String(repeating: "0", count: max(0, digits - text.count)) + text
  }
}
