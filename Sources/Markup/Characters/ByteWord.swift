/// The bytes of a word in an encoding that is not known. Letters of other scripts stand beside each other and not among
/// those of ASCII, as the letters do that Western Europe has side by side: "eleição", "päämäärä". Three in a row they
/// hardly have, while names in ASCII stand without a space in texts of Asia.
struct ByteWord {
  private var letters = 0
  private var others = 0
  private var beside = 0
  /// How many stand side by side at its end.
  private var row = 0
  private var holdsRow = false

  /// Adds bytes outside ASCII; `beside` when others stand next to them.
  mutating func add(_ count: Int, beside isBeside: Bool) {
    others += count
    if isBeside { beside += count }
    row = isBeside ? row + count : count == 1 ? 1 : 0
    if row > 2 { holdsRow = true }
  }

  /// Adds a letter of ASCII; false for what is none, which ends the word.
  mutating func takes(_ byte: UInt8) -> Bool {
    guard (byte | 0x20) &- 0x61 < 26 else { return false }
    letters += 1
    row = 0
    return true
  }

  /// Begins the next word; how many bytes of this one stand as the letters of other scripts do.
  mutating func end() -> Int {
    defer { self = ByteWord() }
    return others > letters || holdsRow ? beside : 0
  }
}
