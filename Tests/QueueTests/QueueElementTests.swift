import Digests
import Foundation
import Testing
import Values

@testable import Queue

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
