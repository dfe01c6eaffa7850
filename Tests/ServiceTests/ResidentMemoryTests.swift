import Foundation
import Testing

@testable import Service

@Suite("Resident memory")
struct ResidentMemoryTests {
  @Test(
    "only private file mappings that cannot be written count",
    arguments: [
      ("7f00-7f10 r-xp 00000000 fe:00 12 /usr/lib/libc.so.6", 0x7f00..<0x7f10),
      ("7f00-7f10 r--p 00000000 fe:00 12 /usr/lib/a b.so", 0x7f00..<0x7f10),
      ("7f00-7f10 rw-p 00000000 fe:00 12 /usr/lib/libc.so.6", 0x7f00..<0x7f00),
      ("7f00-7f10 r--s 00000000 fe:00 12 /usr/lib/gconv.cache", 0x7f00..<0x7f00),
      ("7f00-7f10 r--p 00000000 00:00 0", 0x7f00..<0x7f00), ("7f00-7f10 r-xp 00000000 00:00 0 [vdso]", 0x7f00..<0x7f00),
    ] as [(String, Range<UInt>)])
  func mappings(line: String, range: Range<UInt>) { #expect(ResidentMemory.fileMapping(line) == range) }

  @Test(
    "other lines of smaps are no mappings", arguments: ["Rss:  12 kB", "Anonymous:  0 kB", "VmFlags: rd ex mr", ""])
  func others(line: String) { #expect(ResidentMemory.fileMapping(line) == nil) }

  @Test("the program works on after its pages were dropped")
  func worksOn() throws {
    let before = try JSONSerialization.data(withJSONObject: ["a": [1, 2, 3]])
    for _ in 0..<3 { ResidentMemory.giveBack() }
    #expect(try JSONSerialization.data(withJSONObject: ["a": [1, 2, 3]]) == before)
  }
}
