import Testing
import Values

@testable import WorkerProtocol

@Suite("Frames")
struct FrameTests {
  private let frame = Frame(JSONObject([("type", "parse"), ("id", 7)]), body: Array("body\nwith lines\0".utf8))

  @Test("a message comes back the same, however the bytes are cut")
  func roundTrip() throws {
    let bytes = frame.bytes + Frame(JSONObject([("type", "end")])).bytes
    for step in 1...bytes.count {
      var decoder = FrameDecoder()
      var seen: [Frame] = []
      for start in stride(from: 0, to: bytes.count, by: step) {
        decoder.append(bytes[start..<min(start + step, bytes.count)])
        while let next = try decoder.next() { seen.append(next) }
      }
      #expect(seen.map(\.type) == ["parse", "end"])
      #expect(seen.first == frame)
      #expect(decoder.isBetweenMessages)
    }
  }

  @Test(
    "what is no message is refused",
    arguments: [
      "not json\n", "[]\n", "{}\n", "{\"length\":-1}\n", "{\"length\":\"5\"}\n", "{\"length\":99999999999}\n",
      String(repeating: "x", count: 70_000),
    ])
  func refused(text: String) {
    var decoder = FrameDecoder()
    decoder.append(text.utf8)
    #expect(throws: FrameError.self) { try decoder.next() }
  }

  @Test("a cut message is not mistaken for an end")
  func cut() throws {
    var decoder = FrameDecoder()
    decoder.append(frame.bytes.dropLast())
    #expect(try decoder.next() == nil)
    #expect(!decoder.isBetweenMessages)
  }
}
