/// What a person can press.
enum WatchKey: Equatable {
  case up, down, pageUp, pageDown, home, end, enter, escape, backspace, interrupt, suspend
  case character(Character)
}

/// Turns the bytes of a terminal into keys (ECMA-48, section 5.4, and xterm's and the VT220's habits). Pure.
struct WatchKeyReader {
  private var pending: [UInt8] = []

  /// Whether a lone escape may be on its way: the caller waits a moment for more and then calls `flush`.
  var isUndecided: Bool { !pending.isEmpty }

  mutating func take(_ bytes: some Sequence<UInt8>) -> [WatchKey] {
    pending += bytes
    var keys: [WatchKey] = []
    while let (key, length) = next() {
      pending.removeFirst(length)
      if let key { keys.append(key) }
    }
    return keys
  }

  /// Nothing more came: what is left is an escape key, or nothing.
  mutating func flush() -> [WatchKey] {
    defer { pending = [] }
    return pending == [0x1B] ? [.escape] : []
  }

  /// The first key and how many bytes it took; nil when more bytes are needed. Unknown sequences are no key.
  private func next() -> (WatchKey?, Int)? {
    guard let first = pending.first else { return nil }
    switch first {
    case 0x1B: return sequence()
    case 0x03: return (.interrupt, 1)
    case 0x1A: return (.suspend, 1)
    case 0x0D, 0x0A: return (.enter, 1)
    case 0x7F, 0x08: return (.backspace, 1)
    case 0x00..<0x20: return (nil, 1)
    default: break
    }
    let length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
    guard pending.count >= length else { return nil }
    guard let text = String(validating: pending.prefix(length), as: UTF8.self), let character = text.first else {
      return (nil, 1)
    }
    return (.character(character), length)
  }

  private func sequence() -> (WatchKey?, Int)? {
    guard pending.count > 1 else { return nil }
    switch pending[1] {
    case UInt8(ascii: "["): break
    case UInt8(ascii: "O"):
      guard pending.count > 2 else { return nil }
      return (Self.letter(pending[2]), 3)
    case 0x1B: return (.escape, 1)
    default: return (nil, 2)  // a key with Alt
    }
    guard let end = pending.dropFirst(2).firstIndex(where: { (0x40...0x7E).contains($0) }) else {
      return pending.count > 16 ? (nil, pending.count) : nil
    }
    if pending[end] != UInt8(ascii: "~") { return (Self.letter(pending[end]), end + 1) }
    let number = pending[2..<end].prefix { $0 != UInt8(ascii: ";") }
    let key: WatchKey? =
      switch String(decoding: number, as: UTF8.self) {
      case "1", "7": .home
      case "4", "8": .end
      case "5": .pageUp
      case "6": .pageDown
      default: nil
      }
    return (key, end + 1)
  }

  private static func letter(_ byte: UInt8) -> WatchKey? {
    switch byte {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    default: nil
    }
  }
}
