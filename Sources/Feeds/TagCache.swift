internal import CXML2

/// The tags of names met so far, by the addresses of their parts. Directly mapped: a clash only costs a look-up.
struct TagCache {
  private struct Entry {
    var local: UnsafePointer<xmlChar>?
    var prefix: UnsafePointer<xmlChar>?
    var uri: UnsafePointer<xmlChar>?
    var tag: XMLTag
  }

  private var entries = [Entry?](repeating: nil, count: 512)

  private func place(_ local: UnsafePointer<xmlChar>?, _ uri: UnsafePointer<xmlChar>?) -> Int {
    let bits = UInt(bitPattern: local) &* 0x9E37_79B9_7F4A_7C15 ^ UInt(bitPattern: uri) &* 0xC2B2_AE3D_27D4_EB4F
    return Int(bits >> 55)
  }

  subscript(
    local: UnsafePointer<xmlChar>?, prefix: UnsafePointer<xmlChar>?, uri: UnsafePointer<xmlChar>?
  ) -> XMLTag? {
    get {
      guard let entry = entries[place(local, uri)], entry.local == local, entry.prefix == prefix, entry.uri == uri
      else { return nil }
      return entry.tag
    }
    set {
      entries[place(local, uri)] = newValue.map { Entry(local: local, prefix: prefix, uri: uri, tag: $0) }
    }
  }
}
