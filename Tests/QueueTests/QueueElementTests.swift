import Foundation
import Testing
import Values

@testable import Queue

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

  @Test func piecesGiveTheSameDigest() {
    let bytes = (0..<300).map { UInt8($0 & 0xFF) }
    for cut in 0...300 {
      var hash = SHA256()
      hash.update(bytes[..<cut])
      hash.update(bytes[cut...])
      #expect(
        hash.finish().map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() == SHA256.hex(bytes))
    }
  }
}

@Suite struct QueueElementTests {
  let article = Array(#"{"uri":"urn:newswire:p:1","title":"Smörgåsbord"}"#.utf8)

  @Test func isTwoLines() throws {
    let bytes = QueueElement(article: article).bytes
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 3 && lines[2].isEmpty)
    #expect(Array(lines[0].utf8) == article)
    #expect(lines[1] == "#sha256=\(SHA256.hex(article))")
    let read = try #require(QueueElement(verifying: bytes))
    #expect(try read.json()["title"]?.string == "Smörgåsbord")
  }

  @Test func everyTruncationAndEveryChangedByteShows() {
    let bytes = QueueElement(article: article).bytes
    for length in 0..<bytes.count { #expect(QueueElement(verifying: Array(bytes[..<length])) == nil, "\(length)") }
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      #expect(QueueElement(verifying: changed) == nil, "\(index)")
    }
    #expect(QueueElement(verifying: bytes + [0x0A]) == nil)
    #expect(QueueElement(verifying: [UInt8](repeating: 0, count: bytes.count)) == nil)
  }
}

@Suite struct ElementNameTests {
  @Test func isSecondsMicrosecondsAndADigit() throws {
    let name = ElementName(now: Timestamp(seconds: 0x6AC1_F0D8, nanoseconds: 670_887_000), after: nil, digit: 7)
    #expect(name.description == "6ac1f0d8a3ca77")
    #expect(name.bucket == "6ac1f0d8" || Int(name.bucket, radix: 16)! % 60 == 0)
    #expect(name.seconds == 0x6AC1_F0D8)
    #expect(name.seconds - Int64(name.bucket, radix: 16)! < 60)
    #expect(ElementName(now: Timestamp(seconds: 5), after: nil, digit: 0).description == "00000005000000")
  }

  @Test func alwaysGrows() {
    var last = ElementName(now: Timestamp(seconds: 1000, nanoseconds: 999_998_000), after: nil, digit: 15)
    // Standing still, over the end of a second, and set back by a day.
    for now in [Timestamp(seconds: 1000, nanoseconds: 999_998_000)]
      + Array(repeating: Timestamp(seconds: -85_000), count: 50)
    {
      let next = ElementName(now: now, after: last)
      #expect(last < next)
      #expect(next.seconds - last.seconds <= 1)
      last = next
    }
    #expect(last.seconds == 1001)
    #expect(ElementName(now: Timestamp(seconds: 2000), after: last).seconds == 2000)
  }

  @Test(arguments: [
    "", "6ac1f0d8a3ca7", "6ac1f0d8a3ca770", "6AC1F0D8A3CA77", "6ac1f0d8a3ca7g", "6ac1f0d8a3ca77.lck", "../../etc/pass",
  ])
  func refuses(_ text: String) { #expect(ElementName(text) == nil) }
}
