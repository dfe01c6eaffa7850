import Testing

@testable import Digests

@Suite struct SHA256Tests {
  /// Vectors of FIPS 180-4 and NIST's CAVS byte tests; the lengths around 55, 56 and 64 are where padding goes wrong.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    (String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
  ]) func vector(_ text: String, _ digest: String) { #expect(SHA256.hex(text.utf8) == digest) }

  /// Bytes that lie in one piece and bytes that do not are read in different ways; lengths around the blocks' ends.
  @Test func sequencesGiveTheSameDigest() {
    for length in [0, 1, 55, 56, 63, 64, 65, 119, 128, 300] {
      let bytes = (0..<length).map { UInt8($0 & 0xFF) }
      #expect(SHA256.hex(bytes) == SHA256.hex(bytes.lazy.map { $0 }))
      #expect(SHA256.hex(bytes[...]) == SHA256.hex(bytes.reversed().reversed() as [UInt8]))
    }
    #expect(SHA256.hex("\u{E9}t\u{E9}".utf8) == SHA256.hex([0xC3, 0xA9, 0x74, 0xC3, 0xA9]))
  }
}
