import Testing
import Values

@Suite("UTF-8")
struct UTF8TextTests {
  @Test("agrees with the standard library on every sequence of three bytes behind text")
  func sequences() {
    let interesting: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF,
      0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]
    for lead in ["", "some text before"] {
      for a in interesting {
        for b in interesting {
          for c in interesting {
            for d in [UInt8(0x41), 0x80, 0xBF] {
              let bytes = Array(lead.utf8) + [a, b, c, d]
              bytes.withUnsafeBufferPointer { buffer in
                #expect(UTF8Text.isValid(buffer) == (String(validating: bytes, as: UTF8.self) != nil))
                #expect(UTF8Text.string(buffer) == String(decoding: bytes, as: UTF8.self))
              }
            }
          }
        }
      }
    }
  }

  @Test("reads text of every length", arguments: 0..<40)
  func lengths(count: Int) {
    for text in [String(repeating: "a", count: count), String(repeating: "é€😀", count: count)] {
      Array(text.utf8).withUnsafeBufferPointer { #expect(UTF8Text.string($0) == text) }
    }
  }
}
