internal import CCrypto
internal import Values

/// The signature of a pushed body (WebSub, section 7.1.2): `X-Hub-Signature: sha256=hex`, an HMAC with the secret that
/// the subscription was made with.
public enum Signature {
  /// Whether the field's value is the body's signature. The comparison takes the same time wherever they differ.
  public static func isValid(_ field: String?, of body: [UInt8], secret: String) -> Bool {
    guard let field, let equals = field.firstIndex(of: "="), !secret.isEmpty,
      let given = bytes(hex: field[field.index(after: equals)...]),
      let made = make(field[..<equals].lowercased(), of: body, secret: secret), given.count == made.count
    else { return false }
    return CRYPTO_memcmp(given, made, made.count) == 0
  }

  /// nil for a method that hubs do not use.
  static func make(_ method: String, of body: [UInt8], secret: String) -> [UInt8]? {
    let digest: OpaquePointer?
    switch method {
    case "sha1": digest = EVP_sha1()
    case "sha256": digest = EVP_sha256()
    case "sha384": digest = EVP_sha384()
    case "sha512": digest = EVP_sha512()
    default: return nil
    }
    let key = Array(secret.utf8)
    var out = [UInt8](repeating: 0, count: 64)
    var length: UInt32 = 0
    guard HMAC(digest, key, Int32(key.count), body, body.count, &out, &length) != nil else {
      preconditionFailure("libcrypto has no memory for a signature")
    }
    return Array(out[..<Int(length)])
  }

  private static func bytes(hex: Substring) -> [UInt8]? {
    let digits = Array(hex.utf8)
    guard digits.count % 2 == 0, !digits.isEmpty else { return nil }
    var out: [UInt8] = []
    for at in stride(from: 0, to: digits.count, by: 2) {
      guard let high = PercentEncoding.hexValue(digits[at]), let low = PercentEncoding.hexValue(digits[at + 1]) else {
        return nil
      }
      out.append(high << 4 | low)
    }
    return out
  }
}
