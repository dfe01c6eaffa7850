internal import Glibc
internal import Values

/// Takes out of a document what XML has not: control characters and the non-characters U+FFFE and U+FFFF. Line ends
/// become line feeds (XML 1.0, section 2.11).
enum DocumentRepair {
  /// The bytes, copied only where something had to change; whether characters are missing. `bytes` is valid UTF-8.
  static func repaired(_ bytes: ArraySlice<UInt8>) -> (bytes: ArraySlice<UInt8>, didStrip: Bool) {
    let first = bytes.withUnsafeBufferPointer { bytes in bytes.baseAddress.map { change($0, 0, bytes.count) } ?? 0 }
    guard first < bytes.count else { return (bytes, false) }
    var didStrip = false
    let out = bytes.withUnsafeBufferPointer { bytes in
      [UInt8](unsafeUninitializedCapacity: bytes.count) { space, count in
        let base = bytes.baseAddress!
        let out = space.baseAddress!
        var copied = 0
        var index = first
        while index < bytes.count {
          memcpy(out + count, base + copied, index - copied)
          count += index - copied
          if base[index] == 0x0D {
            out[count] = 0x0A
            count += 1
            index += index + 1 < bytes.count && base[index + 1] == 0x0A ? 2 : 1
          } else {
            didStrip = true
            index += base[index] == 0xEF ? 3 : 1
          }
          copied = index
          index = change(base, index, bytes.count)
        }
        memcpy(out + count, base + copied, bytes.count - copied)
        count += bytes.count - copied
      }
    }
    return (out[...], didStrip)
  }

  /// The first byte of something that has to change; `end` without one.
  private static func change(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
    var index = from
    while true {
      index = ByteScan.control(bytes, index, end)
      guard index < end, bytes[index] == 0xEF else { return index }
      if index + 2 < end, bytes[index + 1] == 0xBF, bytes[index + 2] >= 0xBE { return index }
      index += 1
    }
  }
}
