/// Finds the next byte of interest, sixteen at a time: what reads markup spends its time on the bytes between.
public enum ByteScan {
  /// Where plain text stops being what a reader sees as it is: at a control character, a space before a space, or a
  /// byte that may begin an invisible character (C2, E2, EF). `end` when it does not.
  @inlinable @inline(__always)
  public static func visible(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
    scan(bytes, from, end, mask: { _, _ in .init(repeating: false) }, test: { _ in false })
  }

  /// The same, stopping at "&" and "<" too.
  @inlinable @inline(__always)
  public static func visibleBeforeMarkup(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
    scan(
      bytes, from, end, mask: { chunk, _ in (chunk .== splat(0x26)) .| (chunk .== splat(0x3C)) },
      test: { $0 == 0x26 || $0 == 0x3C })
  }

  /// The same, stopping at "&", "<" and ">", which HTML escapes.
  @inlinable @inline(__always)
  public static func visibleUnescaped(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
    scan(
      bytes, from, end,
      // 0x3C and 0x3E differ in one bit.
      mask: { chunk, _ in (chunk .== splat(0x26)) .| ((chunk & splat(0xFD)) .== splat(0x3C)) },
      test: { $0 == 0x26 || $0 & 0xFD == 0x3C })
  }

  /// The first control character that XML has not or that line ends are normalised from (0x00–0x08, 0x0B–0x1F), or EF,
  /// which may begin a non-character; `end` without one.
  @inlinable
  public static func control(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
    var index = from
    while index + 16 <= end {
      let chunk = load(bytes, index)
      let isLow = (chunk .< splat(0x20)) .& (chunk .!= splat(0x0A)) .& (chunk .!= splat(0x09))
      if let place = first(isLow .| (chunk .== splat(0xEF))) { return index + place }
      index += 16
    }
    while index < end, bytes[index] >= 0x20 && bytes[index] != 0xEF || bytes[index] == 0x0A || bytes[index] == 0x09 {
      index += 1
    }
    return index
  }

  /// The first of "\"" and "\\" and the control characters, which JSON escapes; `end` without one.
  @inlinable
  public static func jsonEscape(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
    var index = from
    while index + 16 <= end {
      let chunk = load(bytes, index)
      if let place = first((chunk .< splat(0x20)) .| (chunk .== splat(0x22)) .| (chunk .== splat(0x5C))) {
        return index + place
      }
      index += 16
    }
    while index < end, bytes[index] >= 0x20, bytes[index] != 0x22, bytes[index] != 0x5C { index += 1 }
    return index
  }

  /// The first of the five that HTML escapes in attributes, & < > " '; `end` without one.
  @inlinable
  public static func htmlEscape(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
    var index = from
    while index + 16 <= end {
      let chunk = load(bytes, index)
      // 0x26 and 0x27, 0x3C and 0x3E differ in one bit.
      let mask =
        ((chunk & splat(0xFE)) .== splat(0x26)) .| ((chunk & splat(0xFD)) .== splat(0x3C)) .| (chunk .== splat(0x22))
      if let place = first(mask) { return index + place }
      index += 16
    }
    while index < end, bytes[index] & 0xFE != 0x26, bytes[index] & 0xFD != 0x3C, bytes[index] != 0x22 { index += 1 }
    return index
  }

  /// The first byte outside ASCII; `end` without one.
  @inlinable
  public static func nonASCII(_ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int) -> Int {
    var index = from
    while index + 16 <= end {
      if let place = first(load(bytes, index) .>= splat(0x80)) { return index + place }
      index += 16
    }
    while index < end, bytes[index] < 0x80 { index += 1 }
    return index
  }

  // MARK: Sixteen bytes

  @usableFromInline typealias Chunk = SIMD16<UInt8>
  @usableFromInline typealias Mask = SIMDMask<SIMD16<Int8>>

  @inlinable @inline(__always)
  static func splat(_ byte: UInt8) -> Chunk { Chunk(repeating: byte) }

  @inlinable @inline(__always)
  static func load(_ bytes: UnsafePointer<UInt8>, _ index: Int) -> Chunk {
    UnsafeRawPointer(bytes + index).loadUnaligned(as: Chunk.self)
  }

  /// The first place that is set.
  @inlinable @inline(__always)
  static func first(_ mask: Mask) -> Int? {
    let words = unsafeBitCast(mask, to: SIMD2<UInt64>.self)
    if words[0] != 0 { return UInt64(littleEndian: words[0]).trailingZeroBitCount >> 3 }
    if words[1] != 0 { return 8 + UInt64(littleEndian: words[1]).trailingZeroBitCount >> 3 }
    return nil
  }

  @inlinable @inline(__always)
  static func scan(
    _ bytes: UnsafePointer<UInt8>, _ from: Int, _ end: Int, mask: (Chunk, Chunk) -> Mask, test: (UInt8) -> Bool
  ) -> Int {
    var index = from
    while index + 17 <= end {
      let chunk = load(bytes, index)
      let next = load(bytes, index + 1)
      let doubled = (chunk .== splat(0x20)) .& (next .== splat(0x20))
      let hidden =
        (chunk .< splat(0x20)) .| (chunk .== splat(0x7F)) .| (chunk .== splat(0xC2)) .| (chunk .== splat(0xE2))
        .| (chunk .== splat(0xEF))
      if let place = first(doubled .| hidden .| mask(chunk, next)) { return index + place }
      index += 16
    }
    while index < end {
      let byte = bytes[index]
      if byte < 0x20 || byte == 0x7F || byte == 0xC2 || byte == 0xE2 || byte == 0xEF || test(byte)
        || byte == 0x20 && index + 1 < end && bytes[index + 1] == 0x20
      {
        return index
      }
      index += 1
    }
    return end
  }
}
