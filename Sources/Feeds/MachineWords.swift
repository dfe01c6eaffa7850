// Categories that publishers write for programs.
extension Reading {
  /// Whether the vocabulary of a category is one of identifiers and kinds.
  func isForMachines(_ attributes: XMLAttributes) -> Bool {
    guard let domain = attributes["domain"], let last = store.bytes(domain).last else { return false }
    // Most end in other letters.
    switch last {
    case UInt8(ascii: "r"): return ends(domain, "dc.identifier")
    case UInt8(ascii: "e"): return ends(domain, "dc.type")
    case UInt8(ascii: "l"): return ends(domain, "prism.channel")
    default: return false
    }
  }

  private func ends(_ text: Slice, _ word: StaticString) -> Bool {
    UnsafeBufferPointer(rebasing: store.bytes(text).suffix(word.utf8CodeUnitCount)).equals(word)
  }

  /// Whether a word is a UUID.
  func isForMachines(_ word: Slice) -> Bool {
    guard word.count == 36 else { return false }
    return store.bytes(word).enumerated().allSatisfy { index, byte in
      [8, 13, 18, 23].contains(index)
        ? byte == UInt8(ascii: "-") : byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6
    }
  }
}
