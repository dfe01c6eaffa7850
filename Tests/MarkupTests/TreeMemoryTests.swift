import CXML2
import Testing
import Values

@testable import Markup

@Suite struct TreeMemoryTests {
  /// Blocks of all sizes, taken, grown and given back in any order, in a tree's memory and outside of it.
  @Test(arguments: 1...20) func blocksKeepWhatIsInThem(_ seed: UInt64) {
    prepareMarkup()
    var random = SplitMix(seed: seed)
    var texts: [(pointer: UnsafeMutablePointer<xmlChar>, expected: [UInt8])] = []
    func change(_ count: Int) {
      for step in 0..<count {
        let length = Int.random(in: 0..<10, using: &random) < 9 ? Int.random(in: 0..<90, using: &random) : 3000
        let added = [UInt8](repeating: UInt8(97 + step % 26), count: length)
        switch Int.random(in: 0..<4, using: &random) {
        case 0, 1:
          guard let made = xmlStrndup(added, Int32(added.count)) else {
            Issue.record("no memory for \(added.count) bytes")
            return
          }
          #expect(Int(bitPattern: made) % 16 == 0)
          texts.append((made, added))
        case 2 where !texts.isEmpty:
          let index = texts.indices.randomElement(using: &random)!
          guard let grown = xmlStrncat(texts[index].pointer, added, Int32(added.count)) else {
            Issue.record("no memory for \(added.count) bytes more")
            return
          }
          texts[index] = (grown, texts[index].expected + added)
        case 3 where !texts.isEmpty:
          newswire_xml_free(texts.remove(at: texts.indices.randomElement(using: &random)!).pointer)
        default: break
        }
      }
      for text in texts {
        #expect(Array(UnsafeBufferPointer(start: text.pointer, count: text.expected.count + 1)) == text.expected + [0])
      }
    }
    change(50)
    let memory = TreeMemory()
    memory.using { change(2000) }
    // What a tree gets and gives back when it is made.
    change(500)
    for text in texts { newswire_xml_free(text.pointer) }
    withExtendedLifetime(memory) {}
  }

  /// A document that was changed, after another one is gone and a third was made on its place.
  @Test func documentsAreApart() throws {
    let kept = try Document(html: Array("<p id=a class=b>One <b>two</b> &amp; three<i>four</i></p>".utf8))
    for round in 0..<50 {
      let other = try Document(
        html: Array("<div>\(String(repeating: "<p class=c>text \(round)</p>", count: round))</div>".utf8))
      #expect(other.root.descendants(named: ["p"]).count == round)
      try #require(other.element).append(html: "<table><tr><td>\(round)</table>")
    }
    try #require(kept.root.first(of: ["b"])).remove()
    #expect(kept.root.text == "One & threefour")
    #expect(kept.root.first(of: ["p"])?["class"] == "b")
  }

  /// An error of libxml2's is kept for the thread, not with the tree that it was found in.
  @Test func noErrorOutlivesItsTree() throws {
    _ = try Document(html: Array("<p <b></i>&nothing; <a href='x".utf8))
    #expect(xmlGetLastError() == nil)
    _ = try? Document(xml: Array("<a><b></a>".utf8))
    #expect(xmlGetLastError() == nil)
  }

  @Test(arguments: ["", "x", "let a = '<b>'", "&amp;"])
  func aScriptThatNothingCloses(_ script: String) throws {
    let document = try Document(html: Array("<p>text<script>\(script)".utf8))
    #expect(document.root.first(of: ["script"])?.rawText == script)
  }
}
