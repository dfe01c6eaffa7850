import Articles
import Markup
import Values

/// A picture's address with a part that a script is to fill in: `/image/123_${format}.jpg`, `/a/{width}/b.jpg`. What
/// may stand there is what the same element says of widths, or what stands in the same place of a complete address on
/// the page.
struct OpenAddress {
  private let head: Substring
  private let tail: Substring
  /// What the part is called.
  private let name: String

  init?(_ text: String) {
    let plain = text.replacing("%7B", with: "{").replacing("%7b", with: "{").replacing("%7D", with: "}")
      .replacing("%7d", with: "}")
    guard plain.utf8.count < 2048, let open = plain.firstIndex(of: "{"), let close = plain.lastIndex(of: "}"),
      open < close
    else { return nil }
    var head = plain[..<open]
    if head.last == "$" { head.removeLast() }
    let behind = plain[plain.index(after: close)...]
    // Where all of a file's name is open, any would do.
    guard !head.isEmpty, head.last != "/" || behind.contains("/") else { return nil }
    self.head = head
    tail = plain[plain.index(after: close)...]
    name = plain[plain.index(after: open)..<close].lowercased()
    // Several parts, or one that is something else than a size: nobody knows what belongs there.
    if name.contains(where: { "{}.".contains($0) }) || name == "id" || name.hasSuffix("_id") { return nil }
  }

  private func filled(with part: some CustomStringConvertible) -> String { "\(head)\(part)\(tail)" }

  /// Whether a width belongs there.
  private var wantsWidth: Bool { name.holds("width") || name.holds("size") || name == "w" }

  /// The addresses, the one for the greatest width first.
  func filled(for element: Node, beside complete: [Rendition]) -> [String] {
    if wantsWidth, let widths = Self.widths(of: element) {
      return widths.sorted(by: >).prefix(Self.most).map { filled(with: $0) }
    }
    var parts: [(part: Substring, width: Int)] = []
    for file in complete {
      guard let part = part(in: file.href), part.utf8.contains(where: Digits.isDigit) else { continue }
      if let known = parts.firstIndex(where: { $0.part == part }) {
        parts[known].width = max(parts[known].width, file.width ?? 0)
      } else {
        parts.append((part, file.width ?? 0))
      }
    }
    return parts.sorted { $0.width > $1.width }.prefix(Self.most).map { filled(with: $0.part) }.filter { address in
      !complete.contains { $0.href == address }
    }
  }

  private static let most = 4

  private static func widths(of element: Node) -> [Int]? {
    for attribute in ["data-widths", "data-sizes", "data-width"] {
      guard let value = element[attribute], value.utf8.count < 200 else { continue }
      let widths = value.split { !$0.isNumber }.compactMap { Int($0) }.filter { (100...6000).contains($0) }
      if !widths.isEmpty { return widths }
    }
    return nil
  }

  /// What stands in the open place of a complete address that is built alike: the same but for its numbers up to there,
  /// and the same to the end of the part between two slashes.
  private func part(in address: String) -> Substring? {
    guard var rest = Self.behind(head, in: address[...]) else { return nil }
    let end = tail.prefix { $0 != "/" && $0 != "?" }
    rest = rest.prefix { $0 != "/" && $0 != "?" }
    guard end.isEmpty || rest.hasSuffix(end) else { return nil }
    let part = rest.dropLast(end.count)
    return (1...24).contains(part.utf8.count) && part.utf8.allSatisfy(Self.isOfName) ? part : nil
  }

  /// The rest of an address that begins as `head` does, where both have a number in the same place, whatever it is.
  private static func behind(_ head: Substring, in address: Substring) -> Substring? {
    var (left, right) = (head.utf8[...], address.utf8[...])
    while let byte = left.first {
      guard let other = right.first else { return nil }
      if Digits.isDigit(byte), Digits.isDigit(other) {
        left = left.drop(while: Digits.isDigit)
        right = right.drop(while: Digits.isDigit)
      } else {
        guard byte == other else { return nil }
        left = left.dropFirst()
        right = right.dropFirst()
      }
    }
    return address[right.startIndex...]
  }

  private static func isOfName(_ byte: UInt8) -> Bool {
    Digits.isDigit(byte) || (byte | 0x20) &- 0x61 < 26 || "_-.,x".utf8.contains(byte)
  }
}
