/// Parameters of addresses whose values open something: tokens, passwords, signatures, sessions. One list for all that
/// is shown of an address, wherever that is written.
public enum SecretParameters {
  /// In lower case and without what joins words: `api_key`, `api-key` and `apiKey` are one name.
  private static let names: Set<String> = [
    "auth", "authkey", "authorization", "jwt", "key", "pass", "pw", "pwd", "sess", "session", "sid", "sig",
    "subscriptionkey",
  ]

  /// Whatever word stands before them: `refresh_token`, `X-Goog-Credential`, `PHPSESSID`.
  private static let endings = [
    "accesskey", "apikey", "credential", "passwd", "password", "privatekey", "secret", "secretkey", "sessid",
    "sessionid", "signature", "token",
  ]

  /// Whether the value of a parameter must not be shown.
  static func isSecret(_ name: ArraySlice<UInt8>, value: ArraySlice<UInt8>) -> Bool {
    var plain = String(decoding: name, as: UTF8.self).lowercased()
    if plain.utf8.contains(UInt8(ascii: "%")) { for code in ["%5f", "%2d", "%2e"] { plain.replace(code, with: "") } }
    plain.removeAll { $0 == "_" || $0 == "-" || $0 == "." }
    // A login's code has letters; a number is that of a story or a section.
    if plain == "code" { return !value.allSatisfy { (0x30...0x39).contains($0) } }
    return names.contains(plain) || endings.contains { plain.hasSuffix($0) }
  }

  /// Puts `mask` in place of secret values: of queries, of path parameters (`;jsessionid=`) and of fragments.
  ///
  /// - Parameter ends: whether a byte ends a value, besides `&`.
  /// - Returns: whether there was one.
  public static func hide(in bytes: inout [UInt8], mask: [UInt8], ends: (UInt8) -> Bool) -> Bool {
    var at = 0
    var changed = false
    while at < bytes.count {
      let before = bytes[at]
      at += 1
      guard startsParameter(before) else { continue }
      let nameStart = at
      while at < bytes.count, isNameByte(bytes[at]) { at += 1 }
      guard at < bytes.count, bytes[at] == UInt8(ascii: "="), at > nameStart else { continue }
      let start = at + 1
      var end = start
      while end < bytes.count, bytes[end] != UInt8(ascii: "&"), !ends(bytes[end]) {
        // The query follows the parameters of a path.
        if before == UInt8(ascii: ";"), bytes[end] == UInt8(ascii: "?") { break }
        end += 1
      }
      guard end > start, isSecret(bytes[nameStart..<at], value: bytes[start..<end]) else { continue }
      bytes.replaceSubrange(start..<end, with: mask)
      at = start + mask.count
      changed = true
    }
    return changed
  }

  /// Whether a parameter may follow the byte.
  public static func startsParameter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "?"), UInt8(ascii: "&"), UInt8(ascii: ";"), UInt8(ascii: "#"): true
    default: false
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, UInt8(ascii: "%"): true
    default: false
    }
  }
}
