// Digests: SHA-256 from libcrypto, which libcurl brings into our programs anyway. See
// docs/decisions/0040-digests-and-random-keys.md. It must not know what is digested.

internal import CCrypto

/// SHA-256 (FIPS 180-4), for digests of queue elements and for short names of long keys.
public enum SHA256 {
  /// Looked up once: libcrypto 3 searches its providers at every use of `EVP_sha256()`. Never changed or freed.
  nonisolated(unsafe) private static let method: OpaquePointer = {
    guard let method = EVP_MD_fetch(nil, "SHA256", nil) else { preconditionFailure("this libcrypto has no SHA-256") }
    return method
  }()

  /// The 64 lower-case hexadecimal digits of the digest of `bytes`.
  public static func hex(_ bytes: some Sequence<UInt8>) -> String {
    let made =
      bytes.withContiguousStorageIfAvailable { digest(of: UnsafeRawBufferPointer($0)) }
      ?? Array(bytes).withUnsafeBytes { digest(of: $0) }
    return String(unsafeUninitializedCapacity: 64) { text in
      for (index, byte) in made.enumerated() {
        text[2 * index] = digit(byte >> 4)
        text[2 * index + 1] = digit(byte & 15)
      }
      return 64
    }
  }

  private static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { out, count in
      // Fails only when there is no memory for its context.
      guard EVP_Digest(bytes.baseAddress, bytes.count, out.baseAddress, nil, method, nil) == 1 else {
        preconditionFailure("libcrypto has no memory for a digest")
      }
      count = 32
    }
  }

  private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }
}
