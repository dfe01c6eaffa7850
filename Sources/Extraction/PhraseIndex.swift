/// Phrases by their first two bytes, so that a text is compared with the few that may stand at a place.
struct PhraseIndex: Sendable {
  private let phrases: [[UInt8]]
  private let goesOn: [Bool]
  /// By a hash of the first two bytes: where its phrases begin among `numbers`.
  private var starts: [Int32]
  private var numbers: [Int32] = []
  private static let size = 4096

  /// - Parameter ofWords: a phrase that ends in a letter of ASCII ends a word there, so that `most read` is no
  ///   beginning of `most readers`, unless a star behind it says that the word may go on.
  init(_ phrases: [String], ofWords: Bool = false) {
    goesOn = phrases.map { !ofWords || $0.hasSuffix("*") }
    self.phrases = phrases.map { Array($0.utf8.last == UInt8(ascii: "*") ? $0.utf8.dropLast() : $0.utf8[...]) }
    var table = [[Int32]](repeating: [], count: Self.size)
    for (number, bytes) in self.phrases.enumerated() {
      precondition(bytes.count >= 2, "a phrase has two bytes")
      table[Self.key(bytes[0], bytes[1])].append(Int32(number))
    }
    starts = []
    for list in table {
      starts.append(Int32(numbers.count))
      numbers += list
    }
    starts.append(Int32(numbers.count))
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }

  @inline(__always)
  private static func key(_ a: UInt8, _ b: UInt8) -> Int { (Int(a) << 5 ^ Int(b)) & (size - 1) }

  func matchesStart(of text: UnsafeBufferPointer<UInt8>) -> Bool { match(text, at: 0) != nil }

  /// The number of the first of the phrases that a text begins with.
  func matchStart(of text: UnsafeBufferPointer<UInt8>) -> Int? { match(text, at: 0) }

  /// The lowest number of the phrases that a text holds; any that is below `enough` will do.
  func lowest(in text: UnsafeBufferPointer<UInt8>, enough: Int) -> Int? {
    var lowest: Int?
    for place in text.indices {
      guard let number = match(text, at: place) else { continue }
      if number < enough { return number }
      lowest = min(lowest ?? number, number)
    }
    return lowest
  }

  func matchesAnywhere(in text: UnsafeBufferPointer<UInt8>) -> Bool {
    for place in text.indices where match(text, at: place) != nil { return true }
    return false
  }

  /// The phrases that a text holds, each once.
  func all(in text: String) -> Set<String> {
    var found: Set<Int> = []
    var text = text
    text.withUTF8 { bytes in
      for place in bytes.indices {
        if let number = match(bytes, at: place) { found.insert(number) }
      }
    }
    return Set(found.map { String(decoding: phrases[$0], as: UTF8.self) })
  }

  @inline(__always)
  private func match(_ text: UnsafeBufferPointer<UInt8>, at place: Int) -> Int? {
    guard place + 1 < text.count else { return nil }
    let key = Self.key(text[place], text[place + 1])
    let (start, end) = (starts[key], starts[key + 1])
    return start == end ? nil : match(text, at: place, among: Int(start)..<Int(end))
  }

  private func match(_ text: UnsafeBufferPointer<UInt8>, at place: Int, among range: Range<Int>) -> Int? {
    for index in range {
      let number = Int(numbers[index])
      let phrase = phrases[number]
      let end = place + phrase.count
      guard end <= text.count, phrase.indices.allSatisfy({ text[place + $0] == phrase[$0] }) else { continue }
      if end == text.count || goesOn[number] || !Self.isLetter(text[end - 1]) || !Self.isLetter(text[end]) {
        return number
      }
    }
    return nil
  }
}
