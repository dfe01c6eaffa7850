internal import Values

// What may be shown. Every value of a record passes through here once, whatever sink it goes to: feeds, servers and
// file names are written by strangers, and a log is read in a terminal that obeys escape sequences.

/// The text with characters that act instead of being seen written out: C0 and C1 controls, DEL, the line and paragraph
/// separators, the bidirectional overrides and isolates, the byte order mark. `\n`, `\t` and `\r` get their short
/// names, the others `\u{…}`. Text without any is returned as it is, so escaping twice changes nothing.
public func escapingControls(_ text: String) -> String {
  // Nearly every text of a log is plain ASCII.
  if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
  guard text.unicodeScalars.contains(where: isActing) else { return text }
  var out = ""
  out.reserveCapacity(text.utf8.count + 16)
  for scalar in text.unicodeScalars {
    guard isActing(scalar) else {
      out.unicodeScalars.append(scalar)
      continue
    }
    switch scalar {
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    default: out += "\\u{\(String(scalar.value, radix: 16))}"
    }
  }
  return out
}

/// The same for a text of several lines, which stay lines: for a terminal, not for a log of one record a line.
public func escapingControls(ofLines text: String) -> String {
  text.split(separator: "\n", omittingEmptySubsequences: false).map { escapingControls(String($0)) }
    .joined(separator: "\n")
}

private func isActing(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0..<0x20, 0x7F...0x9F: true
  case 0x2028, 0x2029, 0x200E, 0x200F, 0x061C, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true
  default: false
  }
}

/// The text without what opens doors: `user:password@` in addresses, the values of parameters that carry keys, and what
/// follows `Bearer` or `Basic`. Each is replaced by `…`.
public func redacted(_ text: String) -> String {
  guard mayNeedRedaction(text) else { return text }
  var bytes = Array(text.utf8)
  let before = bytes.count
  let changedUser = removeUserinfo(&bytes)
  let changedParameter = SecretParameters.hide(in: &bytes, mask: ellipsis, ends: endsValue)
  let changedToken = hideTokens(&bytes)
  guard changedUser || changedParameter || changedToken || bytes.count != before else { return text }
  return String(decoding: bytes, as: UTF8.self)
}

/// Whether there is anything that the parts below look for: an `@`, a parameter, or a space after the end of `Bearer`
/// or `Basic`. Most texts of a log have none of it.
private func mayNeedRedaction(_ text: String) -> Bool {
  var before: UInt8 = 0
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "@"): return true
    case _ where SecretParameters.startsParameter(byte): return true
    case 0, UInt8(ascii: " "):
      if before == UInt8(ascii: "r") || before == UInt8(ascii: "c") { return true }
      before = 0
    default: before = byte | 0x20
    }
  }
  return false
}

private let ellipsis = Array("…".utf8)

/// `scheme://anything@` up to the next character that ends an authority.
private func removeUserinfo(_ bytes: inout [UInt8]) -> Bool {
  var at = 0
  var changed = false
  while at + 2 < bytes.count {
    guard bytes[at] == UInt8(ascii: ":"), bytes[at + 1] == UInt8(ascii: "/"), bytes[at + 2] == UInt8(ascii: "/") else {
      at += 1
      continue
    }
    let start = at + 3
    var end = start
    while end < bytes.count, !endsAuthority(bytes[end]) { end += 1 }
    if let last = bytes[start..<end].lastIndex(of: UInt8(ascii: "@")) {
      bytes.removeSubrange(start...last)
      changed = true
    }
    at = start
  }
  return changed
}

private func endsAuthority(_ byte: UInt8) -> Bool {
  byte <= 0x20 || [0x2F, 0x3F, 0x23, 0x22, 0x3C, 0x3E, 0x5C, 0x27].contains(byte)
}

private func isNameByte(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
  default: false
  }
}

/// Besides `&`: what ends an address in a text, and the fragment.
private func endsValue(_ byte: UInt8) -> Bool {
  byte <= 0x20 || [0x23, 0x22, 0x27, 0x3C, 0x3E, 0x29].contains(byte)
}

/// What follows the scheme's name in an Authorization header (RFC 9110, section 11.4).
private func hideTokens(_ bytes: inout [UInt8]) -> Bool {
  var changed = false
  for scheme in ["bearer ", "basic "] {
    let wanted = Array(scheme.utf8)
    var at = 0
    while at + wanted.count < bytes.count {
      let startsWord = at == 0 || !isNameByte(bytes[at - 1])
      guard startsWord, (0..<wanted.count).allSatisfy({ bytes[at + $0] | 0x20 == wanted[$0] | 0x20 }) else {
        at += 1
        continue
      }
      let start = at + wanted.count
      var end = start
      while end < bytes.count, isTokenByte(bytes[end]) { end += 1 }
      // A token has digits or is long; "basic errors" is prose.
      if end - start >= 8, bytes[start..<end].contains(where: { (0x30...0x39).contains($0) || $0 == 0x3D }) {
        bytes.replaceSubrange(start..<end, with: ellipsis)
        changed = true
      }
      at = start
    }
  }
  return changed
}

private func isTokenByte(_ byte: UInt8) -> Bool {
  isNameByte(byte) || byte == UInt8(ascii: "~") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "/")
    || byte == UInt8(ascii: "=")
}
